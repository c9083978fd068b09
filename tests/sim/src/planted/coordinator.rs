//! Bugs of a coordinator, at the cluster's doors: the oracle must not trust the brokers either.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use kohort_broker::{ArrivedRequest, ConnectionId, Input, Output};
use kohort_protocol::api::offset_commit::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic, OffsetCommitTopic,
};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Generation, MemberId, Timestamp};

use super::{At, Bug};

/// Every other member gets the assignment of the one before it (KAFKA-16147, crabka 521).
#[derive(Default)]
pub(super) struct TwoOwners {
    last: Option<Bytes>,
}

impl Bug for TwoOwners {
    fn cluster_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        if let Output::Reply {
            response: Response::SyncGroup(response),
            ..
        } = &mut output
            && response.error_code.is_ok()
        {
            match self.last.take() {
                Some(last) => response.assignment = last,
                None => self.last = Some(response.assignment.clone()),
            }
        }
        vec![output]
    }
}

/// Nobody looks at who commits: a zombie's offsets are stored (rules 18, 19).
#[derive(Default)]
pub(super) struct ZombieMayCommit {
    newest: Option<(Generation, MemberId)>,
}

impl Bug for ZombieMayCommit {
    fn cluster_output(&mut self, _: At, output: Output) -> Vec<Output> {
        if let Output::Reply {
            response: Response::JoinGroup(join),
            ..
        } = &output
            && join.error_code.is_ok()
        {
            self.newest = Some((join.generation_id, join.leader.clone()));
        }
        vec![output]
    }

    fn cluster_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Request(ArrivedRequest {
            request: Request::OffsetCommit(commit),
            ..
        }) = &mut input
            && let Some((generation, member)) = &self.newest
            && commit.generation_id_or_member_epoch != *generation
        {
            commit.generation_id_or_member_epoch = *generation;
            commit.member_id = member.clone();
            commit.group_instance_id = None;
        }
        vec![input]
    }
}

/// An acknowledged commit is not there when it is asked for: what is read is what was there long before.
#[derive(Default)]
pub(super) struct CommitLost {
    first: BTreeMap<i32, i64>,
}

impl Bug for CommitLost {
    fn cluster_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        if let Output::Reply {
            response: Response::OffsetFetch(response),
            ..
        } = &mut output
        {
            let topics = response.groups.iter_mut().flat_map(|group| &mut group.topics);
            for partition in topics.flat_map(|topic| &mut topic.partitions) {
                let first = self.first.entry(partition.partition_index);
                partition.committed_offset = *first.or_insert(partition.committed_offset);
            }
        }
        vec![output]
    }
}

/// A commit is acknowledged before it is stored, and then it is not (Jepsen on Bufstream).
#[derive(Default)]
pub(super) struct AcknowledgedNotStored {
    commits: u64,
    dropped: BTreeMap<(ConnectionId, i32), OffsetCommitTopic>,
}

impl Bug for AcknowledgedNotStored {
    fn cluster_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Request(request) = &mut input
            && let Request::OffsetCommit(commit) = &mut request.request
        {
            self.commits += 1;
            if self.commits.is_multiple_of(7)
                && let Some(topic) = commit.topics.pop()
            {
                self.dropped
                    .insert((request.connection, request.correlation_id), topic);
            }
        }
        vec![input]
    }

    fn cluster_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        if let Output::Reply {
            connection,
            correlation_id,
            response: Response::OffsetCommit(response),
            ..
        } = &mut output
            && let Some(topic) = self.dropped.remove(&(*connection, *correlation_id))
        {
            let stored = |partition_index| OffsetCommitResponsePartition {
                partition_index,
                error_code: ErrorCode::NONE,
            };
            let indexes = topic.partitions.iter().map(|one| one.partition_index);
            response.topics.push(OffsetCommitResponseTopic {
                partitions: indexes.map(stored).collect(),
                name: topic.name,
                topic_id: topic.topic_id,
            });
        }
        vec![output]
    }
}

/// A member that is there is told that nobody knows it.
#[derive(Default)]
pub(super) struct MemberForgotten {
    heartbeats: u64,
}

impl Bug for MemberForgotten {
    fn cluster_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        if let Output::Reply {
            response: Response::Heartbeat(response),
            ..
        } = &mut output
            && response.error_code.is_ok()
        {
            self.heartbeats += 1;
            if self.heartbeats.is_multiple_of(40) {
                response.error_code = ErrorCode::UNKNOWN_MEMBER_ID;
            }
        }
        vec![output]
    }
}

/// A JoinGroup that had to wait is never answered.
#[derive(Default)]
pub(super) struct JoinNeverAnswered {
    parked: BTreeMap<(ConnectionId, i32), Timestamp>,
}

impl Bug for JoinNeverAnswered {
    fn cluster_input(&mut self, at: At, input: Input) -> Vec<Input> {
        if let Input::Request(request) = &input
            && matches!(request.request, Request::JoinGroup(_))
        {
            self.parked
                .insert((request.connection, request.correlation_id), at.now);
        }
        vec![input]
    }

    fn cluster_output(&mut self, at: At, output: Output) -> Vec<Output> {
        if let Output::Reply {
            connection,
            correlation_id,
            response: Response::JoinGroup(_),
            ..
        } = &output
            && let Some(since) = self.parked.remove(&(*connection, *correlation_id))
            && at.now.since(since) > Duration::from_millis(100)
        {
            return Vec::new();
        }
        vec![output]
    }
}

/// Members are not told that the group rebalances: each round waits for its timeout.
#[derive(Default)]
pub(super) struct RebalanceUntold {}

impl Bug for RebalanceUntold {
    fn cluster_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        if let Output::Reply {
            response: Response::Heartbeat(response),
            ..
        } = &mut output
            && response.error_code == ErrorCode::REBALANCE_IN_PROGRESS
        {
            response.error_code = ErrorCode::NONE;
        }
        vec![output]
    }
}

//! S06, S11. A committed offset never goes back, unless the application's position did, and then not below where it went. One exception: a commit that was given up
//! without an answer may still land and rewind it (seen on Kafka 4.4.0), but only until the member's second acknowledgement, which must
//! follow by itself. What is committed vanishes with its topic only, and the coordinator answers OffsetFetch with nothing older. A node that was
//! coordinator before answers from its memory for a moment (seen on Kafka 4.4.0), and may name what was committed then. It knows only
//! generations that are over or that have no other owner, so that nothing older is committed on the strength of it.
//!
//! Source: specification S06, S11; franz-go consumer_group_sweep B1; doubt in `group/src/member/commits`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kohort_group::member::{Event, SeekTo};
use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::api::offset_fetch::OffsetFetchResponse;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ErrorCode, Timestamp, TopicPartition};

use super::names::named;
use super::s05_commit_fencing::{codes, offsets};
use super::{Invariant, Scene, Verdict, goes_by_id};
use crate::history::{Process, What};

/// A commit sent so long after an acknowledgement comes behind whatever was given up before that.
const LATE: Duration = Duration::from_millis(500);

/// What is decided is written so much later at most.
const FLUSH: Duration = Duration::from_millis(50);

/// A commit that may still land.
#[derive(Debug)]
struct GivenUp {
    process: Process,
    partition: TopicPartition,
    offset: i64,
    /// When the next one was acknowledged.
    acknowledged: Option<Timestamp>,
}

/// A rewound offset that its member must mend.
#[derive(Debug)]
struct Rewound {
    process: Process,
    partition: TopicPartition,
    from: i64,
    at: Timestamp,
}

#[derive(Default)]
pub(super) struct CommitsInOrder {
    /// And since when.
    committed: BTreeMap<TopicPartition, (i64, Timestamp)>,
    /// Sent and not answered.
    open: BTreeMap<Process, Vec<(TopicPartition, i64)>>,
    given_up: Vec<GivenUp>,
    rewound: Vec<Rewound>,
    /// Positions that went back by a reset, and how far at most: until the partition is assigned again.
    lowered: BTreeMap<TopicPartition, i64>,
    /// The lowest that applications asked for by themselves since the partition was last assigned.
    asked: BTreeMap<TopicPartition, i64>,
    /// What was committed before a late commit landed that was given up, and meant a topic that is gone: before KIP-848's v10 it names no id.
    overlaid: BTreeMap<TopicPartition, i64>,
    /// Whoever asked by id was told of no offset, for the one that is committed is of a topic that is gone.
    told_none: BTreeSet<TopicPartition>,
}

impl Invariant for CommitsInOrder {
    fn id(&self) -> &'static str {
        "S06"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        match (process, what) {
            (None, What::Committed { partition, from, to }) => {
                return self.changed(scene, partition, *from, *to);
            }
            (
                None,
                What::Replied {
                    node,
                    version,
                    response: Response::OffsetFetch(response),
                    ..
                },
            ) => {
                let is_of_coordinator = scene.cluster.coordinator(scene.group) == Some(*node);
                return self.read(scene, response, goes_by_id(*version), is_of_coordinator);
            }
            (
                Some(process),
                What::Sent {
                    request: Request::OffsetCommit(request),
                    ..
                },
            ) => self.open.entry(process).or_default().extend(offsets(request)),
            (
                Some(process),
                What::Answered {
                    request: Request::OffsetCommit(request),
                    reply,
                    sent,
                    ..
                },
            ) => match reply {
                Ok(Response::OffsetCommit(response)) => {
                    self.close(process, request);
                    if codes(response).values().any(|code| *code == ErrorCode::NONE) {
                        self.acknowledged(scene.now, process, request, *sent);
                    }
                }
                _ => self.give_up(process, request),
            },
            (
                Some(process),
                What::Abandoned {
                    request: Request::OffsetCommit(request),
                },
            ) => self.give_up(process, request),
            (Some(process), What::Crashed | What::Closed { .. }) => {
                for (partition, offset) in self.open.remove(&process).unwrap_or_default() {
                    self.given_up(process, partition, offset);
                }
            }
            (_, What::Sought { partition, to, .. }) => {
                let to = if let SeekTo::Offset(to) = to { *to } else { 0 };
                self.asked_for(partition, to);
            }
            (_, What::Lowered { partition, to }) => self.asked_for(partition, *to),
            (_, What::Said(Event::Assigned { partitions, .. })) => {
                for partition in partitions {
                    self.asked.remove(partition);
                    self.lowered.remove(partition);
                }
            }
            (
                _,
                What::Said(Event::Reset {
                    partition, from, to, ..
                }),
            ) if from.is_some() => {
                // What led to an earlier one may still be on its way to be committed.
                let lowest = self.lowered.entry(partition.clone()).or_insert(*to);
                *lowest = (*lowest).min(*to);
                self.not_above(partition, *to);
            }
            _ => {}
        }
        Ok(())
    }

    fn rest(&mut self, scene: &Scene<'_>) -> Verdict {
        let Some(calm) = scene.ghost.calm else {
            return Ok(());
        };
        self.rewound.retain(|rewound| {
            let ghost = scene.ghost.of(rewound.process);
            ghost.is_up() && ghost.owned.contains_key(&rewound.partition)
        });
        let is_late = |rewound: &&Rewound| {
            let patience = scene.ghost.of(rewound.process).config.request_timeout * 3 + LATE;
            scene.now.since(rewound.at.max(calm)) > patience
        };
        match self.rewound.iter().find(is_late) {
            None => Ok(()),
            Some(rewound) => Err(format!(
                "{} was rewound from {} at {} by a commit of process {} that was given up; it has not been mended",
                rewound.partition, rewound.from, rewound.at, rewound.process.0
            )),
        }
    }
}

impl CommitsInOrder {
    /// What was rewound by accident need not be mended any more.
    fn asked_for(&mut self, partition: &TopicPartition, to: i64) {
        let lowest = self.asked.entry(partition.clone()).or_insert(to);
        *lowest = to.min(*lowest);
        self.rewound.retain(|rewound| rewound.partition != *partition);
    }

    /// The log ends here: what was rewound is mended by a commit of as much.
    fn not_above(&mut self, partition: &TopicPartition, to: i64) {
        let stored = self.committed.get(partition).map(|(stored, _)| *stored);
        self.rewound.retain_mut(|rewound| {
            if rewound.partition == *partition {
                rewound.from = rewound.from.min(to);
            }
            rewound.partition != *partition || stored < Some(rewound.from)
        });
    }

    fn changed(
        &mut self,
        scene: &Scene<'_>,
        partition: &TopicPartition,
        from: Option<i64>,
        to: Option<i64>,
    ) -> Verdict {
        let Some(to) = to else {
            let was = self.committed.remove(partition);
            self.rewound.retain(|rewound| rewound.partition != *partition);
            // A coordinator that stood still hears of the deletion when it goes on.
            let outlived = |gone| was.is_some_and(|(_, at)| at <= gone + FLUSH);
            let gone = scene.ghost.logs.gone(partition);
            if gone.is_some_and(|gone| scene.now.since(gone) <= FLUSH || outlived(gone)) {
                return Ok(());
            }
            return Err(format!(
                "the committed offset of {partition}, {from:?}, has vanished"
            ));
        };
        self.committed.insert(partition.clone(), (to, scene.now));
        let overlaid = self.overlaid.remove(partition);
        let is_foreign = self.told_none.remove(partition);
        self.rewound
            .retain(|rewound| rewound.partition != *partition || to < rewound.from);
        let mut given_up = self.given_up.iter();
        let late = given_up.find(|given_up| given_up.partition == *partition && given_up.offset == to);
        let Some(from) = from.filter(|&from| to < from) else {
            if late.is_some() && scene.ghost.logs.gone(partition).is_some() {
                self.overlaid.insert(partition.clone(), from.unwrap_or(0));
            }
            return Ok(());
        };
        let is_fair = |lowest: &BTreeMap<TopicPartition, i64>| {
            lowest.get(partition).is_some_and(|&lowest| to >= lowest)
        };
        let is_uncovered = overlaid.is_some_and(|before| to >= before);
        if is_fair(&self.asked) || is_fair(&self.lowered) || is_foreign || is_uncovered {
            return Ok(());
        }
        let Some(reason) = late else {
            return Err(format!(
                "the committed offset of {partition} went back from {from} to {to}"
            ));
        };
        let (process, partition, at) = (reason.process, partition.clone(), scene.now);
        self.rewound.push(Rewound {
            process,
            partition,
            from,
            at,
        });
        Ok(())
    }

    /// What is read of the coordinator is what was stored last, unless that was for a topic that is gone.
    fn read(
        &mut self,
        scene: &Scene<'_>,
        response: &OffsetFetchResponse,
        by_id: bool,
        is_of_coordinator: bool,
    ) -> Verdict {
        for topic in response.groups.iter().flat_map(|group| &group.topics) {
            for partition in topic
                .partitions
                .iter()
                .filter(|partition| partition.error_code.is_ok())
            {
                let name = named(&topic.name, topic.topic_id, partition.partition_index);
                let stored = self.committed.get(&name).map_or(-1, |(stored, _)| *stored);
                let of = scene
                    .cluster
                    .committed(scene.group, &name)
                    .map(|stored| stored.topic_id);
                let is_foreign = of.is_some_and(|of| of != topic.topic_id);
                let expected = if by_id && is_foreign { -1 } else { stored };
                if expected != stored {
                    self.told_none.insert(name.clone());
                }
                if is_of_coordinator && partition.committed_offset != expected {
                    return Err(format!(
                        "S11: OffsetFetch answered {} for {name}; {stored} is committed (for topic {of:?})",
                        partition.committed_offset
                    ));
                }
            }
        }
        Ok(())
    }

    fn close(&mut self, process: Process, request: &OffsetCommitRequest) {
        let open = self.open.entry(process).or_default();
        for offset in offsets(request) {
            if let Some(at) = open.iter().position(|other| *other == offset) {
                open.swap_remove(at);
            }
        }
    }

    fn give_up(&mut self, process: Process, request: &OffsetCommitRequest) {
        self.close(process, request);
        for (partition, offset) in offsets(request) {
            self.given_up(process, partition, offset);
        }
    }

    fn given_up(&mut self, process: Process, partition: TopicPartition, offset: i64) {
        self.given_up.push(GivenUp {
            process,
            partition,
            offset,
            acknowledged: None,
        });
    }

    /// The first acknowledgement starts the clock; one of a request sent late enough after it ends the doubt.
    fn acknowledged(
        &mut self,
        now: Timestamp,
        process: Process,
        request: &OffsetCommitRequest,
        sent: Timestamp,
    ) {
        let named: BTreeSet<TopicPartition> = offsets(request).map(|(partition, _)| partition).collect();
        self.given_up.retain_mut(|given_up| {
            if given_up.process != process {
                return true;
            }
            let first = *given_up.acknowledged.get_or_insert(now);
            !(named.contains(&given_up.partition) && sent >= first + LATE)
        });
    }
}

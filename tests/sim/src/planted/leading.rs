//! Bugs of a group's leader: who gets what (KAFKA-12984, KAFKA-14639, KAFKA-7026), and whether all is given (KIP-814).

use kohort_group::member::{Input, Output};
use kohort_protocol::api::Response;
use kohort_protocol::api::sync_group::SyncGroupRequest;
use kohort_protocol::consumer_protocol::Assignment;

use super::touch::alter;
use super::{At, Bug};

pub(super) fn reassign(output: &mut Output, change: impl FnOnce(&mut [Assignment])) {
    alter(output, |sync: &mut SyncGroupRequest| {
        let decode = |one: &kohort_protocol::api::sync_group::SyncGroupAssignment| {
            Assignment::decode(&one.assignment).expect("a leader's own assignment")
        };
        let mut all: Vec<Assignment> = sync.assignments.iter().map(decode).collect();
        change(&mut all);
        for (one, changed) in sync.assignments.iter_mut().zip(&all) {
            one.assignment = changed.encode(0).expect("a few partitions");
        }
    });
}

/// A partition is given to two members.
#[derive(Default)]
pub(super) struct AssignedTwice {}

impl Bug for AssignedTwice {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        reassign(&mut output, |all| {
            if let [first, .., last] = all
                && let Some(partition) = first.partitions.first()
            {
                last.partitions.push(partition.clone());
            }
        });
        vec![output]
    }
}

/// A partition is given to nobody.
#[derive(Default)]
pub(super) struct AssignedToNobody {}

impl Bug for AssignedToNobody {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        reassign(&mut output, |all| {
            if let Some(one) = all.iter_mut().find(|one| !one.partitions.is_empty()) {
                one.partitions.remove(0);
            }
        });
        vec![output]
    }
}

/// A leader that comes back and is told not to divide takes the topics as they are then for what was divided (Java's client).
#[derive(Default)]
pub(super) struct SkipTakenForDivided {}

impl Bug for SkipTakenForDivided {
    fn member_input(&mut self, _: At, mut input: Input) -> Vec<Input> {
        if let Input::Reply {
            reply: Ok(Response::DescribeGroups(response)),
            ..
        } = &mut input
        {
            response
                .groups
                .iter_mut()
                .for_each(|group| group.group_state.clear());
        }
        vec![input]
    }
}

//! A static leader came back and was told not to divide (KIP-814). It decides whether what was divided is still all there is.
//!
//! The topics as they are now say nothing of that: they may have grown while it was away, or be gone, and nobody else watches them (rule
//! 20). The coordinator knows what each member was given, so it is asked once for each such return. Java's client does not ask: there a
//! partition that was added meanwhile has no owner until the next round, and one of a topic that was deleted keeps its owner. What
//! follows from the answer, the [`Watch`] says.
//!
//! [`Watch`]: super::leader::Watch

use alloc::vec;
use core::fmt::Display;

use kohort_protocol::api::describe_groups::{DescribeGroupsRequest, DescribeGroupsResponse, DescribedGroup};
use kohort_protocol::{ApiKey, ErrorCode, NodeId, Recovery, Timestamp};

use super::Member;
use super::backoff::Retry;
use super::error::MemberError;
use super::io::{Failure, Target, Token};
use super::membership::MemberState;
use super::wire::{Open, Purpose};

/// The question what the members were given, until it is answered.
pub(super) struct Review {
    open: Option<Token>,
    retry: Retry,
}

impl Review {
    const fn new() -> Self {
        Self {
            open: None,
            retry: Retry::new("asking what the members of the group were given"),
        }
    }
}

impl Member {
    /// A round is decided: what was asked about the one before is of no use any more.
    pub(super) fn begin_review(&mut self, is_wanted: bool) {
        if let Some(open) = self.review.take().and_then(|review| review.open) {
            self.wire.abandon(open);
        }
        self.review = is_wanted.then(Review::new);
    }

    /// Whom to ask and when, if there is something to ask. In another state than Stable the next round comes anyway.
    fn review_due(&self) -> Option<(NodeId, Timestamp)> {
        let review = self.review.as_ref().filter(|review| review.open.is_none())?;
        let leads = self.membership.is_leader() && self.membership.state() == MemberState::Stable;
        let node = self.coordinator.node().filter(|_| leads && !self.is_closing())?;
        // What a second broker does not know either is gone.
        let watch = self.watch.as_ref()?;
        let is_clear = !watch.topics().any(|topic| self.topics.is_in_doubt(topic));
        is_clear.then_some((node, review.retry.at()))
    }

    pub(super) fn review_deadline(&self) -> Option<Timestamp> {
        self.review_due().map(|(_, at)| at)
    }

    pub(super) fn drive_review(&mut self) {
        let Some((node, at)) = self.review_due() else {
            return;
        };
        if let Some(review) = self.review.as_mut().filter(|_| at <= self.wire.now) {
            let request = DescribeGroupsRequest {
                groups: vec![self.wire.config.group_id.clone()],
                include_authorized_operations: false,
            };
            let timeout = self.wire.config.request_timeout;
            review.open = Some(
                self.wire
                    .send(Purpose::Describe, Target::Node(node), request, timeout),
            );
        }
    }

    pub(super) fn described(&mut self, open: Open, reply: Result<DescribeGroupsResponse, Failure>) {
        let Some(mut review) = self.review.take_if(|review| review.open == Some(open.token)) else {
            return;
        };
        review.open = None;
        let (wire, coordinator) = (&mut self.wire, &mut self.coordinator);
        match reply.map(|response| response.groups.into_iter().next().unwrap_or_default()) {
            Ok(group) if group.error_code.is_ok() => return self.reviewed(&group),
            // It has lost the group, and the heartbeat will hear of it.
            Ok(group) if group.error_code == ErrorCode::GROUP_ID_NOT_FOUND => return,
            Ok(group) => match Recovery::of(ApiKey::DescribeGroups, group.error_code) {
                Recovery::FindCoordinator => coordinator.lost_by(wire, open, &group.error_code),
                Recovery::Fatal if says_why(group.error_code) => {
                    return self.cannot_review(&group.error_code);
                }
                _ => review.retry.failed(wire, &group.error_code),
            },
            Err(failure @ (Failure::Disconnected(_) | Failure::TimedOut)) => {
                coordinator.lost_by(wire, open, &failure);
                review.retry.failed(wire, &failure);
            }
            Err(failure) => return self.cannot_review(&failure),
        }
        self.review = Some(review);
    }

    /// Only in Stable the answer shows what was divided last.
    fn reviewed(&mut self, group: &DescribedGroup) {
        if let Some(watch) = self.watch.as_mut().filter(|_| group.group_state == "Stable") {
            watch.divided(&group.members, &self.topics);
        }
    }

    /// Told once; the group goes on as with Java's client.
    fn cannot_review(&mut self, why: &dyn Display) {
        let problem = alloc::format!(
            "DescribeGroups, which shows a static leader that came back what was assigned, failed: {why}. Partitions added while it was \
             away have no owner until the next rebalance; the principal needs DESCRIBE on the group, which READ includes"
        );
        let group = self.wire.config.group_id.clone();
        self.wire.tell(MemberError::Protocol { group, problem });
    }
}

/// What nobody knows the meaning of may pass: to give up would leave partitions without an owner.
const fn says_why(code: ErrorCode) -> bool {
    code.name().is_some() && code.0 != ErrorCode::UNKNOWN_SERVER_ERROR.0
}

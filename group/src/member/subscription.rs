//! What we want to read: what the group is told of it, and what changes the mind (rules 8, 20, S17).

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use kohort_protocol::api::join_group::JoinGroupProtocol;
use kohort_protocol::consumer_protocol::{NEWEST_VERSION, Subscription};
use kohort_protocol::{ErrorCode, Generation, TopicName, gather};

use super::config::is_legal;
use super::error::MemberError;
use super::leader::Watch;
use super::membership::MemberState;
use super::{Life, Member};
use crate::assignor::Assignor;

impl Member {
    /// Another set of topics. Names that no topic can have are told and passed over.
    pub(super) fn subscribe(&mut self, topics: Vec<TopicName>) {
        let (legal, others): (BTreeSet<_>, BTreeSet<_>) =
            topics.into_iter().partition(|topic| is_legal(topic.as_str()));
        for topic in others {
            let code = ErrorCode::INVALID_TOPIC_EXCEPTION;
            self.wire.tell(MemberError::Topic {
                topic: topic.to_string(),
                code,
            });
        }
        self.subscription = legal;
        self.want_topics();
    }

    /// Joins anew when the group was told something else than what is true now.
    pub(super) fn drive_subscription(&mut self) {
        if self.is_closing() {
            return;
        }
        if self.membership.state() == MemberState::Stable && self.offered != self.subscription {
            self.membership.rejoin(&self.wire, "the subscription changed");
        }
        let watch = self.watch.as_ref().filter(|_| self.membership.is_leader());
        if let Some(topic) = watch.and_then(|watch| watch.changed(&self.topics)) {
            let reason = format!("the partitions of topic {topic} changed");
            self.membership.rejoin(&self.wire, &reason);
        }
    }

    /// What the next JoinGroup says is what is wished when it is sent; said earlier, a changed wish would never be heard.
    pub(super) fn drive_offer(&mut self) {
        if self.membership.state() == MemberState::Unjoined && self.offered != self.subscription {
            self.offered = self.subscription.clone();
            self.membership.offer(self.protocols());
        }
    }

    /// What is told to the group, once for each assignor. Nothing is owned while joining under the eager protocol, and a generation
    /// without owned partitions says nothing: left out, so that rejoining with the same wishes shows the same bytes and a stable
    /// group is not disturbed (seen on Kafka 4.4.0).
    fn protocols(&self) -> Vec<JoinGroupProtocol> {
        let subscription = |assignor: &dyn Assignor| Subscription {
            topics: self.subscription.iter().cloned().collect(),
            user_data: assignor.user_data(&[], Generation::NONE),
            rack: self.wire.config.client_rack.clone(),
            ..Subscription::default()
        };
        let protocol = |assignor: &dyn Assignor| JoinGroupProtocol {
            name: assignor.name().into(),
            // Legal names are short enough.
            metadata: subscription(assignor).encode(NEWEST_VERSION).unwrap_or_default(),
        };
        self.assignors
            .iter()
            .map(|assignor| protocol(&**assignor))
            .collect()
    }

    /// Decides the round, as soon as the topics are known.
    pub(super) fn drive_lead(&mut self) {
        if let Some(asked) = self.membership.joining_since() {
            // We may lead; then the topics should be known by the time the round completes.
            self.topics
                .refresh_since(asked - self.wire.config.retry_backoff_max);
        }
        let now = self.wire.now;
        let Some(lead) = self.lead.take_if(|lead| lead.is_ready(now, &mut self.topics)) else {
            return;
        };
        self.begin_review(lead.skips());
        if let Some(assignor) = self
            .assignors
            .iter()
            .find(|assignor| assignor.name() == lead.protocol)
        {
            let (assignments, watch) = lead.decide(&self.topics, &**assignor);
            self.membership.lead(assignments);
            self.watch = Some(watch);
        }
        self.want_topics();
    }

    /// Says about which topics something must be known. What is owned is committed under its id before it is given back, also when
    /// nothing of its topic is wished any more, or nothing at all: without the id a commit travels by name, in version 9, and would be
    /// stored for whatever is called so by then (S17).
    pub(super) fn want_topics(&mut self) {
        let led = self.lead.iter().flat_map(|lead| lead.topics().iter());
        let watched = self.watch.iter().flat_map(Watch::topics);
        let wished = self.subscription.iter().chain(led).chain(watched);
        let wished = wished.filter(|_| !self.is_closing());
        let owned = self.partitions.iter().map(|(name, _)| &name.topic);
        self.topics.want(gather(wished.chain(owned).cloned()));
    }

    /// Partitions of a topic that was deleted and made anew are others, although they are called the same: no position of the old ones
    /// holds, and none must be committed for them (S17). They are lost, and a new assignment is asked for.
    pub(super) fn drop_recreated(&mut self) {
        let gone = self
            .partitions
            .drop_recreated(&mut self.wire, |topic| self.topics.id(topic));
        self.ledger.fence_partitions(&mut self.wire, &gone);
        if gone.is_empty() || self.life != Life::Running {
            return;
        }
        self.some_lost(gone);
        self.membership
            .rejoin(&self.wire, "a topic was deleted and made anew");
    }
}

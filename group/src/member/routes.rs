//! To which part an input belongs, and which part must hear what another has to say.

use core::time::Duration;

use kohort_protocol::TopicPartition;
use kohort_protocol::api::Response;
use kohort_protocol::api::metadata::MetadataResponse;

use super::error::{CommitError, MemberError, SeekError};
use super::io::{Failure, Input, Ticket};
use super::leader::Lead;
use super::membership::Signal;
use super::wire::{Open, Purpose, expect};
use super::{Life, Member};

impl Member {
    pub(super) fn take(&mut self, input: Input) {
        match input {
            // Who closes is done with everything else; only calls are owed an answer.
            Input::Commit { call, .. } | Input::CommitProcessed { call } if self.is_closing() => {
                self.wire.done(call, Err(CommitError::Closed.into()));
            }
            Input::Seek { call, partition, .. } if self.is_closing() => {
                self.wire
                    .done(call, Err(SeekError::NotAssigned(partition).into()));
            }
            _ if self.life == Life::Closed => {}
            Input::Start => self.start(),
            Input::Tick => {}
            Input::Reply { token, reply } => {
                if let Some(open) = self.wire.answered(token) {
                    self.answered(open, reply);
                }
            }
            Input::Fetched { token, reply } => self.fetched(token, reply),
            Input::Metadata(reply) => self.learned(reply),
            Input::Close { commit, deadline } => self.close(commit, deadline),
            _ if self.is_closing() => {}
            Input::Polled => self.polled(),
            Input::Waiting(waits) => self.polls.waits(self.wire.now, waits),
            Input::Taken(ticket) => self.taken(ticket),
            Input::Broken {
                ticket,
                offset,
                problem,
            } => self.broken(ticket, offset, problem),
            Input::Released { guard, unwinding } => self.released(guard, unwinding),
            Input::Commit { call, offsets } => self.commit(call, offsets),
            Input::CommitProcessed { call } => self.commit_processed(call),
            Input::Seek { call, partition, to } => self.seek(call, &partition, to),
            Input::Pause(partitions) => self.pause(&partitions, true),
            Input::Resume(partitions) => self.pause(&partitions, false),
            Input::Subscribe(topics) => self.subscribe(topics),
        }
    }

    pub(super) const fn is_closing(&self) -> bool {
        matches!(self.life, Life::Closing { .. } | Life::Closed)
    }

    fn start(&mut self) {
        if self.life == Life::New {
            self.life = Life::Running;
            self.polls.came(self.wire.now);
            self.want_topics();
            self.membership.join("the consumer starts");
        }
    }

    fn polled(&mut self) {
        self.polls.came(self.wire.now);
        self.partitions.processed();
        if self.life == Life::Away {
            self.life = Life::Running;
            self.membership.join("the application polls again");
        }
    }

    fn taken(&mut self, ticket: Ticket) {
        let limit = usize::try_from(self.wire.config.max_partition_fetch_bytes).unwrap_or(0);
        let is_hungry = self.partitions.taken(&mut self.wire, ticket, limit);
        if is_hungry || self.fetching.is_short() {
            self.attention.stir();
        }
    }

    fn pause(&mut self, partitions: &[TopicPartition], paused: bool) {
        self.attention.stir();
        for partition in partitions {
            self.partitions.pause(&mut self.wire, partition, paused);
        }
    }

    fn learned(&mut self, reply: Result<MetadataResponse, Failure>) {
        self.attention.stir();
        self.topics.answered(&mut self.wire, reply);
        self.drop_recreated();
    }

    /// The application did not come back in time: the group must not wait for it (rule 6).
    pub(super) fn poll_exceeded(&mut self) {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.wire.tell(MemberError::PollIntervalExceeded {
            group: self.wire.config.group_id.clone(),
            waited_ms: millis(self.polls.since(self.wire.now)),
            limit_ms: millis(self.wire.config.max_poll_interval),
        });
        self.leave("max.poll.interval.ms was exceeded");
    }

    /// An answer, or the certainty that none comes.
    fn answered(&mut self, open: Open, reply: Result<Response, Failure>) {
        let (wire, coordinator) = (&mut self.wire, &mut self.coordinator);
        if reply.is_ok() && open.purpose.is_for_coordinator() {
            coordinator.spoke(wire.now, open.to);
        }
        match open.purpose {
            Purpose::FindCoordinator => {
                self.attention.stir();
                if let Err(error) = coordinator.answered(wire, open.token, expect(reply)) {
                    self.stop_at_once(error);
                }
            }
            Purpose::Join | Purpose::Sync | Purpose::Heartbeat(_) => {
                self.membership.answered(wire, coordinator, open, reply);
            }
            Purpose::Describe => self.described(open, expect(reply)),
            Purpose::Leave => self.departures.answered(wire, coordinator, open, &expect(reply)),
            Purpose::Commit => self.commit_answered(open, expect(reply)),
            Purpose::Offsets => self.offsets_answered(open, expect(reply)),
            Purpose::ListOffsets => self.list_answered(open, expect(reply)),
            // Their answers come as `Input::Fetched`.
            Purpose::Fetch | Purpose::FetchOnce => self.fetch_unanswered(open, reply),
        }
    }

    pub(super) fn has_news(&self) -> bool {
        self.wire.has_cut() || self.membership.has_signal()
    }

    pub(super) fn heed_news(&mut self) {
        while self.life.is_active() {
            if let Some(open) = self.wire.next_cut() {
                let failure = Failure::Disconnected("given up: the coordinator does not answer".into());
                self.answered(open, Err(failure));
            } else if let Some(signal) = self.membership.next_signal() {
                self.heed(signal);
            } else {
                break;
            }
        }
    }

    fn heed(&mut self, signal: Signal) {
        match signal {
            Signal::Lead(round) => {
                self.lead = Some(Lead::new(&mut self.wire, round));
                self.want_topics();
            }
            Signal::Joined { assignment } => self.joined(&assignment),
            // Closing gives everything back anyway.
            Signal::RevokeWanted { .. } if self.is_closing() => {}
            Signal::RevokeWanted { learned } => self.revoke_wanted(learned),
            Signal::Lost => self.lose(),
            Signal::Orphan(id) => self.departures.add(id, "left before it knew its id"),
            Signal::Fatal(error) => self.stop(error),
        }
    }
}

//! What a Fetch brought: records, or a reason why not (rule 64, KIP-320, KIP-392, KIP-951).

use alloc::format;
use alloc::string::String;

use core::fmt::Display;

use kohort_protocol::api::Response;
use kohort_protocol::api::fetch::EpochEndOffset;
use kohort_protocol::{ApiKey, ErrorCode, LeaderEpoch, NodeId, Recovery, TopicPartition};

use super::{Flight, Spot};
use crate::member::config::AutoOffsetReset;
use crate::member::error::MemberError;
use crate::member::io::{
    Event, Failure, Fetched, FetchedPartition, FetchedRecords, Output, Target, Ticket, Token,
};
use crate::member::partitions::{Batch, Marks, Place, Position};
use crate::member::topics::Leader;
use crate::member::wire::{Open, Purpose};
use crate::member::{Life, Member};

impl Member {
    /// A Fetch was answered, or will not be. Records that nobody wants any more are dropped here.
    pub(in crate::member) fn fetched(&mut self, token: Token, reply: Result<Fetched, Failure>) {
        self.attention.stir();
        let Some(open) = self.wire.answered(token) else {
            return self.discard_all(reply);
        };
        let Target::Node(node) = open.to else {
            return self.discard_all(reply);
        };
        let Some(flight) = self.landed(node, open) else {
            return self.discard_all(reply);
        };
        match reply {
            Ok(fetched) if fetched.error_code.is_ok() => self.fetched_well(node, open, &flight, fetched),
            Ok(fetched) => self.fetch_refused(node, open, fetched),
            Err(failure) => self.fetch_failed(node, open, &failure),
        }
    }

    /// For a driver that says of a fetch what it says of other requests.
    pub(in crate::member) fn fetch_unanswered(&mut self, open: Open, reply: Result<Response, Failure>) {
        self.attention.stir();
        let odd = Failure::Malformed("a Fetch whose records were not put aside".into());
        if let Target::Node(node) = open.to
            && self.landed(node, open).is_some()
        {
            self.fetch_failed(node, open, &reply.err().unwrap_or(odd));
        }
    }

    fn landed(&mut self, node: NodeId, open: Open) -> Option<Flight> {
        let broker = self.fetching.brokers.get_mut(&node)?;
        let slot = if open.purpose == Purpose::Fetch {
            &mut broker.poll
        } else {
            &mut broker.once
        };
        slot.take_if(|flight| flight.token == open.token)
    }

    fn discard_all(&mut self, reply: Result<Fetched, Failure>) {
        for partition in reply.into_iter().flat_map(|fetched| fetched.partitions) {
            if let Some(records) = partition.records {
                self.discard(records.ticket);
            }
        }
    }

    fn discard(&mut self, ticket: Ticket) {
        self.wire.push(Output::Discard(ticket));
    }

    /// The answer as a whole is an error: the session is out of step.
    fn fetch_refused(&mut self, node: NodeId, open: Open, fetched: Fetched) {
        let code = fetched.error_code;
        if let Some(broker) = self.fetching.brokers.get_mut(&node) {
            match code {
                _ if open.purpose == Purpose::FetchOnce => {}
                ErrorCode::FETCH_SESSION_ID_NOT_FOUND => broker.session.forget(),
                _ => broker.session.doubt(),
            }
            if Recovery::of(ApiKey::Fetch, code) == Recovery::NewFetchSession {
                broker.retry.failed_try_at_once(&mut self.wire, &code);
            } else {
                broker.retry.failed(&mut self.wire, &code);
                self.topics.refresh();
            }
        }
        self.discard_all(Ok(fetched));
    }

    fn fetch_failed(&mut self, node: NodeId, open: Open, failure: &Failure) {
        self.topics.refresh();
        if let Some(broker) = self.fetching.brokers.get_mut(&node) {
            if open.purpose == Purpose::Fetch {
                broker.session.doubt();
            }
            broker
                .retry
                .failed(&mut self.wire, &format!("node {node}: {failure}"));
        }
        // A follower that cannot be reached is no better than the leader.
        for (_, partition) in self.partitions.iter_mut() {
            partition.replica.take_if(|&mut (replica, _)| replica == node);
        }
    }

    fn fetched_well(&mut self, node: NodeId, open: Open, flight: &Flight, fetched: Fetched) {
        let wait = self.wire.config.fetch_max_wait;
        let was_quick = self.wire.now.since(flight.sent) < wait / 2;
        let is_nothing = |said: &FetchedPartition| said.is_silent() || flight.asked(said).is_none();
        let brought_nothing = fetched.partitions.iter().all(is_nothing);
        if let Some(broker) = self.fetching.brokers.get_mut(&node) {
            if open.purpose == Purpose::Fetch {
                broker.session.answered(fetched.session_id);
            }
            broker.retry.succeeded();
            if was_quick && brought_nothing {
                // A broker that has nothing and yet does not wait would be asked as fast as the network lets us (L04).
                broker.retry.pace(&mut self.wire);
            }
        }
        for partition in fetched.partitions {
            self.partition_fetched(node, flight, partition);
        }
    }

    fn partition_fetched(&mut self, node: NodeId, flight: &Flight, fetched: FetchedPartition) {
        let asked = flight.asked(&fetched);
        let Some((name, spot)) = asked.filter(|(name, spot)| self.is_current(name, *spot)) else {
            // Another period or position by now, named twice, or never asked for.
            if let Some(records) = fetched.records {
                self.discard(records.ticket);
            }
            return;
        };
        if fetched.error_code.is_ok() {
            self.partition_read(node, &name, spot, fetched);
        } else {
            if let Some(records) = fetched.records {
                self.discard(records.ticket);
            }
            self.partition_refused(node, &name, spot, &fetched);
        }
    }

    fn is_current(&self, name: &TopicPartition, spot: Spot) -> bool {
        let partition = self.partitions.find(name);
        partition
            .is_some_and(|p| p.place == Place::At && p.stamp == spot.stamp && p.fetch.offset == spot.offset)
    }

    fn partition_read(&mut self, node: NodeId, name: &TopicPartition, spot: Spot, fetched: FetchedPartition) {
        let replica_until = self.wire.now + self.wire.config.metadata_max_age;
        let Some(partition) = self.partitions.find_mut(name) else {
            return;
        };
        partition.retry.succeeded();
        partition.marks = Some(Marks {
            high_watermark: fetched.high_watermark,
            last_stable_offset: fetched.last_stable_offset,
            log_start_offset: fetched.log_start_offset,
        });
        if fetched.preferred_read_replica.0 >= 0 && fetched.preferred_read_replica != node {
            partition.replica = Some((fetched.preferred_read_replica, replica_until));
        }
        if let Some(diverging) = fetched.diverging_epoch {
            if let Some(records) = fetched.records {
                self.discard(records.ticket);
            }
            return self.diverged(name, spot.offset, diverging);
        }
        if let Some(records) = fetched.records {
            self.records_came(name, spot, records);
        } else if let Some((offset, problem)) = fetched.corrupt {
            self.corrupt(name, if offset < 0 { spot.offset } else { offset }, problem);
        }
    }

    fn records_came(&mut self, name: &TopicPartition, spot: Spot, records: FetchedRecords) {
        let buffered = self.partitions.buffered();
        let room = self.wire.config.buffer_bytes;
        let is_wanted = self.handover.is_settled() && self.life == Life::Running;
        let Some(partition) = self.partitions.find_mut(name) else {
            return;
        };
        if records.next_offset <= spot.offset {
            partition.retry.failed(
                &mut self.wire,
                &format!("{name}: records below offset {}", spot.offset),
            );
            return self.discard(records.ticket);
        }
        if partition.paused || !is_wanted {
            return self.discard(records.ticket);
        }
        if records.visible && buffered > 0 && buffered + records.bytes > room {
            partition.needs = records.bytes;
            return self.discard(records.ticket);
        }
        partition.needs = 0;
        partition.suspect = None;
        let batch = Batch {
            ticket: records.ticket,
            from: spot.offset,
            next: Position {
                offset: records.next_offset,
                epoch: records.last_epoch,
            },
            bytes: if records.visible { records.bytes } else { 0 },
            visible: records.visible,
        };
        self.partitions.arrived(&mut self.wire, name, batch);
    }

    /// Bytes that are no records, at the very place to be read. Once may be the network or the page cache; twice is the log.
    fn corrupt(&mut self, name: &TopicPartition, offset: i64, problem: String) {
        let Some(partition) = self.partitions.find_mut(name) else {
            return;
        };
        if partition.suspect != Some(offset) {
            partition.suspect = Some(offset);
            return partition
                .retry
                .failed(&mut self.wire, &format!("{name}: {problem}"));
        }
        self.partitions.halt(name);
        self.wire.tell(MemberError::Corrupt {
            partition: name.clone(),
            offset,
            problem,
        });
    }

    fn partition_refused(
        &mut self,
        node: NodeId,
        name: &TopicPartition,
        spot: Spot,
        fetched: &FetchedPartition,
    ) {
        let code = fetched.error_code;
        let Some(partition) = self.partitions.find_mut(name) else {
            return;
        };
        let was_replica = partition
            .replica
            .take()
            .is_some_and(|(replica, _)| replica == node);
        match Recovery::of(ApiKey::Fetch, code) {
            Recovery::ResetOffset if was_replica => {} // it may only lag: the leader is asked
            Recovery::ResetOffset if partition.fetch.epoch != LeaderEpoch::NONE => {
                // A leader that cannot place the epoch of the last record says so with the same code. The offset alone decides.
                partition.fetch.epoch = LeaderEpoch::NONE;
            }
            Recovery::ResetOffset => self.out_of_range(name, spot.offset, fetched.log_start_offset),
            Recovery::Fatal if code == ErrorCode::CORRUPT_MESSAGE => {
                self.corrupt(
                    name,
                    spot.offset,
                    String::from("the broker cannot read its own log"),
                );
            }
            Recovery::RefreshMetadata => {
                self.topics.refresh();
                let hint = fetched.current_leader;
                let hint = hint.map(|hint| Leader {
                    node: hint.leader_id,
                    epoch: hint.leader_epoch,
                });
                let is_known = hint.is_some_and(|leader| self.topics.hint(name, leader));
                self.try_later(name, &code, is_known);
            }
            _ => self.try_later(name, &code, false),
        }
    }

    fn try_later(&mut self, name: &TopicPartition, why: &dyn Display, at_once: bool) {
        let Some(partition) = self.partitions.find_mut(name) else {
            return;
        };
        let why = format!("{name}: {why}");
        if at_once {
            partition.retry.failed_try_at_once(&mut self.wire, &why);
        } else {
            partition.retry.failed(&mut self.wire, &why);
        }
    }

    fn out_of_range(&mut self, name: &TopicPartition, offset: i64, log_start: i64) {
        let reason = if log_start > offset {
            format!("offset {offset} is before the start of the log ({log_start})")
        } else {
            format!("offset {offset} is out of range")
        };
        let error = MemberError::OutOfRange {
            partition: name.clone(),
            offset,
            log_start,
        };
        self.reset(name, offset, reason, error);
    }

    /// What was read last is not what the leader has: its history and ours part at `diverging` (KIP-320).
    fn diverged(&mut self, name: &TopicPartition, offset: i64, diverging: EpochEndOffset) {
        let EpochEndOffset { epoch, end_offset } = diverging;
        let is_known = end_offset >= 0 && epoch.0 >= 0;
        if is_known && end_offset >= offset {
            // Only the epoch was wrong.
            if let Some(partition) = self.partitions.find_mut(name) {
                partition.fetch.epoch = epoch;
            }
            return self.try_later(name, &"the epoch of the position was not the leader's", true);
        }
        let error = MemberError::Truncated {
            partition: name.clone(),
            offset,
            diverged: end_offset,
        };
        if is_known && self.wire.config.auto_offset_reset != AutoOffsetReset::None {
            let reason =
                format!("the log was truncated: it holds our history up to offset {end_offset} only");
            self.partitions.truncate(
                &mut self.wire,
                name,
                Position {
                    offset: end_offset,
                    epoch,
                },
            );
            let (partition, from) = (name.clone(), Some(offset));
            self.wire.event(Event::Reset {
                partition,
                from,
                to: end_offset,
                reason,
            });
        } else {
            self.reset(
                name,
                offset,
                String::from("the log was truncated, nobody knows where"),
                error,
            );
        }
    }

    /// The application could not read on in what it took.
    pub(in crate::member) fn broken(&mut self, ticket: Ticket, offset: i64, problem: String) {
        if let Some(partition) = self.partitions.broken(&mut self.wire, ticket, offset) {
            self.wire.tell(MemberError::Corrupt {
                partition,
                offset,
                problem,
            });
        }
    }
}

impl Flight {
    /// Which partition is meant, and from where it was to be read; nothing if it was not asked for.
    fn asked(&self, said: &FetchedPartition) -> Option<(TopicPartition, Spot)> {
        let named = Some(&said.topic).filter(|topic| !topic.is_empty());
        let topic = named.or_else(|| self.names.get(&said.topic_id))?.clone();
        let name = TopicPartition {
            topic,
            partition: said.partition,
        };
        let spot = *self.spots.get(&name)?;
        Some((name, spot))
    }
}

impl FetchedPartition {
    /// Whether it says nothing but how long the log is.
    fn is_silent(&self) -> bool {
        self.error_code.is_ok()
            && self.records.is_none()
            && self.corrupt.is_none()
            && self.diverging_epoch.is_none()
            && self.preferred_read_replica.0 < 0
    }
}

//! Which offsets may be committed at all: the ledger's door (rule 18, S10, S12).

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use kohort_protocol::api::offset_commit::OffsetCommitResponse;
use kohort_protocol::{ApiKey, TopicPartition, gather};

use super::Member;
use super::error::CommitError;
use super::io::{CallId, CommitOffset, Failure};
use super::partitions::{Partition, Position};
use super::wire::Open;

impl Member {
    /// The application names offsets. Of two for one partition the later counts.
    pub(super) fn commit(&mut self, call: CallId, offsets: Vec<CommitOffset>) {
        let offsets: BTreeMap<TopicPartition, CommitOffset> = gather(
            offsets
                .into_iter()
                .map(|offset| (offset.partition.clone(), offset)),
        );
        self.ledger.begin(&mut self.wire, call, offsets.len());
        for offset in offsets.into_values() {
            match self.objection(&offset) {
                Some(error) => self.ledger.refuse(&mut self.wire, call, error),
                None => self.ask(offset, Some(call)),
            }
        }
    }

    fn ask(&mut self, offset: CommitOffset, call: Option<CallId>) {
        if let Some(partition) = self.partitions.find_mut(&offset.partition) {
            partition.floor = Some(offset.offset);
        }
        self.ledger.ask(&mut self.wire, offset, call);
    }

    /// Why an offset cannot even be tried.
    fn objection(&self, offset: &CommitOffset) -> Option<CommitError> {
        if offset.offset < 0 {
            let (partition, offset) = (offset.partition.clone(), offset.offset);
            return Some(CommitError::Negative { partition, offset });
        }
        match offset.period {
            Some(period) if !self.partitions.is_owned_since(&offset.partition, period) => {
                Some(CommitError::Fenced {
                    partitions: vec![offset.partition.clone()],
                })
            }
            _ if self.membership.identity(&self.wire).is_some() => None,
            _ if self.membership.is_joining() => Some(CommitError::RebalanceInProgress),
            _ => Some(CommitError::NotMember),
        }
    }

    /// The application wants all committed that it is done with.
    pub(super) fn commit_processed(&mut self, call: CallId) {
        let processed = self.processed(|partition, at| partition.committed != Some(at));
        let (waits, asks): (Vec<_>, Vec<_>) = processed
            .into_iter()
            .partition(|offset| self.ledger.holds(&offset.partition, offset.offset));
        let asks: Vec<CommitOffset> = asks.into_iter().filter(|offset| self.is_news(offset)).collect();
        self.ledger.begin(&mut self.wire, call, waits.len() + asks.len());
        for offset in waits {
            self.ledger.join(&offset.partition, offset.offset, call);
        }
        for offset in asks {
            self.ask(offset, Some(call));
        }
    }

    /// Commits what the application is done with, for nobody in particular, if `enable.auto.commit` is on.
    pub(super) fn commit_processed_if_auto(&mut self) {
        if self.wire.config.auto_commit_interval.is_none() {
            return;
        }
        for offset in self.processed(|_, _| true) {
            if self.is_news(&offset) {
                self.ask(offset, None);
            }
        }
    }

    /// Never below what was asked for already: overlapping commits must not rewind each other (S06).
    fn is_news(&self, offset: &CommitOffset) -> bool {
        let floor = self
            .partitions
            .find(&offset.partition)
            .and_then(|partition| partition.floor);
        floor.is_none_or(|floor| offset.offset > floor)
    }

    fn processed(&self, wanted: impl Fn(&Partition, Position) -> bool) -> Vec<CommitOffset> {
        let period = Some(self.partitions.period());
        let offset = |(name, partition): (&TopicPartition, &Partition)| {
            let at = partition.processed?;
            wanted(partition, at).then(|| CommitOffset {
                partition: name.clone(),
                offset: at.offset,
                leader_epoch: at.epoch,
                metadata: Some(String::new()),
                period,
            })
        };
        self.partitions.iter().filter_map(offset).collect()
    }

    pub(super) fn commit_answered(&mut self, open: Open, reply: Result<OffsetCommitResponse, Failure>) {
        let outcome = self
            .ledger
            .answered(&mut self.wire, &mut self.coordinator, open, reply);
        for offset in outcome.stored {
            let owned = offset
                .period
                .is_none_or(|p| self.partitions.is_owned_since(&offset.partition, p));
            if let Some(partition) = self.partitions.find_mut(&offset.partition).filter(|_| owned) {
                partition.committed = Some(Position {
                    offset: offset.offset,
                    epoch: offset.leader_epoch,
                });
            }
            if owned {
                self.ledger.stored(offset);
            }
        }
        // What was refused is no floor: who asks for it once more is not to be told that it is done. Nor is what is stored above it, where
        // the application went back by its own wish.
        for offset in outcome.refused {
            if let Some(partition) = self.partitions.find_mut(&offset.partition)
                && partition.floor == Some(offset.offset)
            {
                let stored = partition.committed.map(|at| at.offset);
                partition.floor = stored.filter(|&stored| stored < offset.offset);
            }
        }
        if outcome.strange_topic {
            self.topics.refresh();
        }
        if let Some((round, code)) = outcome.heard {
            self.membership
                .heard(&mut self.wire, round, ApiKey::OffsetCommit, code);
        }
    }
}

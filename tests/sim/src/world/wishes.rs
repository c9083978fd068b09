//! What an application may wish besides reading on: to read elsewhere, to pause, to commit a lower offset, to close in the middle of a
//! notice. It does so when it comes back for more, or while it holds a notice.
//!
//! What it knows of its partitions is what it heard; that the machine may have lost them since is the point.

use std::time::Duration;

use kohort_group::member::{CommitOffset, GuardId, Input, SeekTo};
use kohort_protocol::{LeaderEpoch, TopicPartition};

use super::agent::Life;
use super::ends::End;
use super::{Later, World};
use crate::history::{Process, What};
use crate::plan::Wish;

/// Nobody resumes a process that stands still; it is tried again so much later.
const AGAIN: Duration = Duration::from_millis(100);

/// A wish that waits for its moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wished {
    pub(super) wish: Wish,
    /// Which of those that are owned then.
    pub(super) which: u32,
    /// How many records.
    pub(super) by: u32,
    pub(super) span: Duration,
}

impl World {
    /// The application has come back for more and does something else first. A seek waits for its answer, so nothing is wished while
    /// nobody answers.
    pub(super) fn fulfil_wishes(&mut self, index: usize) {
        if self.agents[index].is_starved() {
            return;
        }
        for wished in std::mem::take(&mut self.agents[index].app.wishes) {
            self.fulfil(index, wished);
        }
    }

    /// The application has a notice in its hands. Whether it let go of it already.
    pub(super) fn fulfil_in_notice(&mut self, index: usize, guard: GuardId) -> bool {
        if self.agents[index].is_starved() {
            return false;
        }
        let Some(wished) = self.agents[index].app.in_notice.take() else {
            return false;
        };
        match wished.wish {
            Wish::Drop | Wish::Panic => {
                self.release(index, guard, wished.wish == Wish::Panic);
                true
            }
            Wish::Close => {
                let member = self.agents[index].member;
                self.close(index, wished.span);
                self.let_go(index, guard, false);
                self.plan_in(wished.span * 2, Later::End(End::Return(member)));
                true
            }
            _ => {
                self.fulfil(index, wished);
                false
            }
        }
    }

    fn fulfil(&mut self, index: usize, wished: Wished) {
        let ghost = self.oracle.ghost().of(Process(index));
        let which = usize::try_from(wished.which).unwrap_or(0) % ghost.owned.len().max(1);
        let Some(partition) = ghost.owned.keys().nth(which).cloned() else {
            return;
        };
        let began = ghost.started.get(&partition).filter(|&&began| began != i64::MAX);
        let position = ghost.delivered.get(&partition).or(began);
        let position = position.copied().unwrap_or(0).max(0);
        let bounds = self
            .cluster
            .log_bounds(partition.topic.as_str(), partition.partition);
        let (start, end) = bounds.unwrap_or_default();
        let by = i64::from(wished.by);
        let older = (position - by).max(start);
        match wished.wish {
            Wish::Rewind => {
                self.seek(index, &partition, SeekTo::Offset(older));
                self.commit_by_hand(index, vec![(partition, older)], older < position);
            }
            Wish::Older => self.seek(index, &partition, SeekTo::Offset(older)),
            Wish::Newer => {
                let to = SeekTo::Offset((position + by).min(end));
                self.seek(index, &partition, to);
            }
            // Further than any log of these runs: the reset policy says where to go on.
            Wish::Beyond => self.seek(index, &partition, SeekTo::Offset(end + 1_000_000)),
            Wish::Beginning => self.seek(index, &partition, SeekTo::Beginning),
            Wish::End => self.seek(index, &partition, SeekTo::End),
            Wish::Commits => {
                let delivered = ghost.delivered.clone();
                for _ in 0..2 {
                    for (partition, offset) in delivered.clone() {
                        self.commit_by_hand(index, vec![(partition, offset)], false);
                    }
                }
            }
            Wish::Pause => {
                let paused = vec![partition];
                self.pause_reading(index, paused, true);
                self.plan_in(wished.span, Later::End(End::Resume(index)));
            }
            Wish::Close | Wish::Drop | Wish::Panic => {}
        }
    }

    fn seek(&mut self, index: usize, partition: &TopicPartition, to: SeekTo) {
        let call = self.agents[index].app.call();
        self.see(Some(Process(index)), &What::Sought { call, partition, to });
        let partition = partition.clone();
        self.give(index, Input::Seek { call, partition, to });
    }

    /// `lower`: than what it has read.
    fn commit_by_hand(&mut self, index: usize, wanted: Vec<(TopicPartition, i64)>, lower: bool) {
        let process = Some(Process(index));
        // All that it has is of one period, and what was lost of that too.
        let owned = &self.oracle.ghost().of(Process(index)).owned;
        let period = owned.values().next().copied();
        let offset = |(partition, offset): (TopicPartition, i64)| CommitOffset {
            period,
            partition,
            offset,
            leader_epoch: LeaderEpoch::NONE,
            metadata: None,
        };
        let offsets: Vec<CommitOffset> = wanted.into_iter().map(offset).collect();
        for CommitOffset {
            partition, offset, ..
        } in offsets.iter().filter(|_| lower)
        {
            let to = *offset;
            self.see(process, &What::Lowered { partition, to });
        }
        let call = self.agents[index].app.call();
        let asked = What::CommitAsked {
            call,
            offsets: &offsets,
        };
        self.see(process, &asked);
        self.give(index, Input::Commit { call, offsets });
    }

    fn pause_reading(&mut self, index: usize, partitions: Vec<TopicPartition>, paused: bool) {
        for partition in &partitions {
            self.see(Some(Process(index)), &What::Paused { partition, paused });
        }
        if paused {
            self.agents[index].app.paused.extend(partitions.iter().cloned());
            self.give(index, Input::Pause(partitions));
        } else {
            self.give(index, Input::Resume(partitions));
        }
    }

    /// It reads on all that it paused.
    pub(super) fn resume_reading(&mut self, index: usize) {
        match self.agents[index].life {
            Life::Running => {
                let paused = std::mem::take(&mut self.agents[index].app.paused);
                self.pause_reading(index, paused.into_iter().collect(), false);
            }
            Life::Frozen => self.plan_in(AGAIN, Later::End(End::Resume(index))),
            Life::Dead | Life::Closed => {}
        }
    }
}

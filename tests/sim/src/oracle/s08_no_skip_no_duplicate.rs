//! S08, S09. What an application is handed of a partition in one period of ownership is consecutive: nothing is skipped, nothing comes
//! twice or out of order, and nothing comes that is not owned (S02).
//!
//! Source: rule 63; KIP-429. Every record of these logs is visible, so consecutive means +1; a reset that was told starts anew.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use kohort_group::member::{Event, Period, SeekTo};
use kohort_protocol::TopicPartition;

use super::{Invariant, Scene, Verdict};
use crate::history::{LogChange, Process, What};

#[derive(Default)]
pub(super) struct InOrder {
    /// The offset that must come next.
    next: BTreeMap<(Process, TopicPartition), (Period, i64)>,
    /// Where the application wanted to go on: there the next record must be.
    sought: BTreeMap<(Process, TopicPartition), (Period, RangeInclusive<i64>)>,
}

impl Invariant for InOrder {
    fn id(&self) -> &'static str {
        "S08"
    }

    fn see(&mut self, scene: &Scene<'_>, process: Option<Process>, what: &What<'_>) -> Verdict {
        if let What::LogChanged {
            partition, change, ..
        } = what
        {
            self.cut(partition, change);
        }
        let Some(process) = process else { return Ok(()) };
        match what {
            What::Delivered {
                partition,
                offsets,
                period,
                ..
            } => {
                let owned = scene.ghost.of(process).owned.get(*partition);
                if owned != Some(period) {
                    return Err(format!(
                        "process {} is handed records of {partition} of {period:?}; it owns it under {owned:?}",
                        process.0
                    ));
                }
                self.delivered(process, partition, offsets, *period)
            }
            What::Said(Event::Reset { partition, .. }) => {
                self.next.remove(&(process, partition.clone()));
                self.sought.remove(&(process, partition.clone()));
                Ok(())
            }
            What::Sought { partition, to, .. } => {
                self.sought(scene, process, partition, *to);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl InOrder {
    fn sought(&mut self, scene: &Scene<'_>, process: Process, partition: &TopicPartition, to: SeekTo) {
        let bounds = scene
            .cluster
            .log_bounds(partition.topic.as_str(), partition.partition);
        let (start, end) = bounds.unwrap_or_default();
        let there = match to {
            SeekTo::Offset(offset) => offset..=offset,
            SeekTo::Beginning => start..=i64::MAX,
            SeekTo::End => end..=i64::MAX,
            _ => 0..=i64::MAX,
        };
        if let Some(period) = scene.ghost.of(process).owned.get(partition) {
            let key = (process, partition.clone());
            self.next.remove(&key);
            self.sought.insert(key, (*period, there));
        }
    }

    /// Who wants the end of a log finds it where it was cut.
    fn cut(&mut self, partition: &TopicPartition, change: &LogChange) {
        let end = match change {
            LogChange::Truncated(to, _) => *to,
            LogChange::Gone => 0,
            LogChange::DeletedBefore(_) => return,
        };
        let sought = self.sought.iter_mut().filter(|((_, name), _)| name == partition);
        for (_, (_, there)) in sought {
            if *there.end() == i64::MAX {
                *there = end.min(*there.start())..=i64::MAX;
            }
        }
    }

    fn delivered(
        &mut self,
        process: Process,
        partition: &TopicPartition,
        offsets: &[i64],
        period: Period,
    ) -> Verdict {
        let Some(&first) = offsets.first() else {
            return Ok(());
        };
        let sought = self.sought.remove(&(process, partition.clone()));
        if let Some((_, there)) = sought.filter(|(of, there)| *of == period && !there.contains(&first)) {
            return Err(format!(
                "process {} sought {there:?} of {partition}, and is handed offset {first}",
                process.0
            ));
        }
        let next = self
            .next
            .entry((process, partition.clone()))
            .or_insert((period, first));
        if next.0 != period {
            *next = (period, first);
        }
        for &offset in offsets {
            if offset != next.1 {
                return Err(format!(
                    "process {} is handed offset {offset} of {partition}; {} comes next in {period:?}",
                    process.0, next.1
                ));
            }
            next.1 += 1;
        }
        Ok(())
    }
}

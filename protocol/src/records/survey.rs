//! What a fetched partition holds, from framing and checksums alone: nothing is decompressed.
//!
//! It lets a caller deliver the good part first and tell the problem when it gets there.

use crate::LeaderEpoch;

use super::batch::{Crcs, Framing};
use super::error::RecordsError;
use super::header::BatchHeader;

/// The good batches at the front of a partition's bytes, and what ends them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Base offset of the first batch; `None` if there is no whole one. It may be below the offset asked for.
    pub first_offset: Option<i64>,
    /// Where to fetch next once all is read; `None` if there is no whole batch.
    pub next_offset: Option<i64>,
    /// Number of whole, good batches.
    pub batches: usize,
    /// Whether any of them holds more than control records.
    pub has_data: bool,
    /// Their size: `records.slice(..bytes)` is the part to deliver.
    pub bytes: usize,
    /// `partition_leader_epoch` of the last one.
    pub last_leader_epoch: Option<LeaderEpoch>,
    /// Bytes after them: a batch cut off by the fetch size, or where the problem begins.
    pub left_over: usize,
    /// What is wrong after them; [`RecordsError::base_offset`] says where. `None` for a mere cut.
    pub problem: Option<RecordsError>,
}

impl Survey {
    /// Whether there are bytes, but no whole batch nor a problem. Brokers send the first batch whole even if
    /// it is larger than asked for (KIP-74): fetching the same again would give the same again, for ever.
    pub fn is_stuck(&self) -> bool {
        self.batches == 0 && self.left_over > 0 && self.problem.is_none()
    }

    fn saw(&mut self, header: &BatchHeader) {
        self.first_offset.get_or_insert(header.base_offset);
        self.next_offset = Some(header.next_offset());
        self.last_leader_epoch = Some(header.partition_leader_epoch);
        self.batches += 1;
        self.has_data |= !header.attributes.is_control();
    }
}

/// Walks over `records`, the bytes of one fetched partition.
pub fn survey(records: &[u8], crcs: Crcs) -> Survey {
    let mut survey = Survey::default();
    let mut framing = Framing::new(crcs);
    let mut rest = records;
    loop {
        match framing.front(rest) {
            Ok(Some((size, header))) => {
                survey.saw(&header);
                rest = rest.get(size..).unwrap_or_default();
            }
            Ok(None) => break,
            Err(problem) => {
                survey.problem = Some(problem);
                break;
            }
        }
    }
    survey.left_over = rest.len();
    survey.bytes = records.len() - rest.len();
    survey
}

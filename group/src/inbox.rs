//! Where record payloads wait while the machine, which never sees them, decides about them.
//!
//! Takes a Fetch response apart: what the machine must know goes to it as [`Fetched`], the bytes stay here under a [`Ticket`].
//! Framing and checksums are verified on the way in; nothing is decompressed, and nothing is copied but a small part of a large
//! response: it would keep the memory of all the rest, which may be of no use to anybody (S20).

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use bytes::Bytes;
use kohort_protocol::LeaderEpoch;
use kohort_protocol::api::fetch::{
    AbortedTransaction, FetchResponse, FetchResponsePartition, FetchResponseTopic,
};
use kohort_protocol::records::{Crcs, Survey, survey};

use crate::member::{Fetched, FetchedPartition, FetchedRecords, Ticket};

/// A payload that is a smaller part of its response than one in so many is copied out of it.
const SMALL_PART: usize = 16;

/// Record payloads by ticket.
#[derive(Debug, Default)]
pub struct Inbox {
    payloads: BTreeMap<Ticket, Payload>,
    tickets: u64,
}

/// The records of one partition in one Fetch response.
#[derive(Clone, Debug)]
pub struct Payload {
    /// Whole, verified batches. A slice of the received frame, or a copy.
    pub records: Bytes,
    /// The transactions to hide under `read_committed`; `None` under `read_uncommitted`.
    pub aborted: Option<Vec<AbortedTransaction>>,
}

impl Payload {
    fn new(records: Bytes, aborted: Option<Vec<AbortedTransaction>>, size_of_all: usize) -> Self {
        let is_small = records.len() < size_of_all / SMALL_PART;
        let records = if is_small {
            Bytes::copy_from_slice(&records)
        } else {
            records
        };
        Self { records, aborted }
    }

    /// How much memory it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        let aborted = self.aborted.as_ref().map_or(0, Vec::len);
        self.records.len() + aborted * size_of::<AbortedTransaction>()
    }
}

impl Inbox {
    /// Puts the records of a response aside and tells what came. `check_crcs` as in Kafka's `check.crcs`.
    pub fn put(&mut self, response: FetchResponse, check_crcs: bool) -> Fetched {
        let crcs = if check_crcs { Crcs::Verify } else { Crcs::Trust };
        let all = response.responses.iter().flat_map(|topic| &topic.partitions);
        let size = all
            .filter_map(|partition| partition.records.as_ref())
            .map(Bytes::len)
            .sum();
        let mut partitions = Vec::new();
        for topic in response.responses {
            let FetchResponseTopic {
                topic,
                topic_id,
                partitions: fetched,
            } = topic;
            for partition in fetched {
                let (records, corrupt) = self.put_records(&partition, crcs, size);
                partitions.push(FetchedPartition {
                    topic: topic.clone(),
                    topic_id,
                    partition: partition.partition_index,
                    error_code: partition.error_code,
                    high_watermark: partition.high_watermark,
                    last_stable_offset: partition.last_stable_offset,
                    log_start_offset: partition.log_start_offset,
                    diverging_epoch: partition.diverging_epoch,
                    current_leader: partition.current_leader,
                    preferred_read_replica: partition.preferred_read_replica,
                    records,
                    corrupt,
                });
            }
        }
        Fetched {
            error_code: response.error_code,
            session_id: response.session_id,
            partitions,
        }
    }

    /// Takes a payload out, to deliver it or to drop it.
    pub fn take(&mut self, ticket: Ticket) -> Option<Payload> {
        self.payloads.remove(&ticket)
    }

    /// How much memory the payloads take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.payloads.values().map(Payload::size).sum()
    }

    /// How many payloads wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.payloads.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.payloads.is_empty()
    }

    fn put_records(
        &mut self,
        partition: &FetchResponsePartition,
        crcs: Crcs,
        size_of_all: usize,
    ) -> (Option<FetchedRecords>, Option<(i64, String)>) {
        let Some(bytes) = partition.records.as_ref().filter(|bytes| !bytes.is_empty()) else {
            return (None, None);
        };
        let found = survey(bytes, crcs);
        let corrupt = problem(&found, bytes.len());
        let Some(next_offset) = found.next_offset else {
            return (None, corrupt);
        };
        let ticket = Ticket(self.tickets);
        self.tickets += 1;
        let payload = Payload::new(
            bytes.slice(..found.bytes),
            partition.aborted_transactions.clone(),
            size_of_all,
        );
        let size = payload.size();
        self.payloads.insert(ticket, payload);
        let records = FetchedRecords {
            ticket,
            bytes: size,
            next_offset,
            last_epoch: found.last_leader_epoch.unwrap_or(LeaderEpoch::NONE),
            visible: found.has_data,
        };
        (Some(records), corrupt)
    }
}

/// What is wrong behind the good batches, and where it begins.
fn problem(found: &Survey, size: usize) -> Option<(i64, String)> {
    if found.is_stuck() {
        let text = alloc::format!(
            "the broker sent {size} bytes that hold no whole batch; raise max.partition.fetch.bytes"
        );
        return Some((-1, text));
    }
    let problem = found.problem.as_ref()?;
    Some((
        problem.base_offset().or(found.next_offset).unwrap_or(-1),
        problem.to_string(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kohort_protocol::ErrorCode;
    use kohort_protocol::records::{BatchBuilder, NewRecord};

    fn batch(base_offset: i64, records: usize) -> Bytes {
        let mut builder = BatchBuilder::new().base_offset(base_offset);
        for _ in 0..records {
            builder
                .push(&NewRecord {
                    value: Some(b"value"),
                    ..NewRecord::default()
                })
                .unwrap();
        }
        builder.finish().unwrap()
    }

    fn response(records: &[&[u8]]) -> FetchResponse {
        let partitions = records
            .iter()
            .zip(0..)
            .map(|(bytes, partition_index)| FetchResponsePartition {
                partition_index,
                records: Some(Bytes::copy_from_slice(bytes)),
                ..FetchResponsePartition::default()
            })
            .collect();
        let topic = FetchResponseTopic {
            topic: "t".into(),
            partitions,
            ..FetchResponseTopic::default()
        };
        FetchResponse {
            responses: alloc::vec![topic],
            session_id: 7,
            ..FetchResponse::default()
        }
    }

    #[test]
    fn good_records_are_kept_and_told_of() {
        let mut inbox = Inbox::default();
        let bytes = [&batch(10, 3)[..], &batch(13, 2)[..]].concat();
        let fetched = inbox.put(response(&[&bytes, b""]), true);
        assert_eq!((fetched.session_id, fetched.error_code), (7, ErrorCode::NONE));
        let records = fetched.partitions[0].records.unwrap();
        assert_eq!(
            (records.next_offset, records.bytes, records.visible),
            (15, bytes.len(), true)
        );
        assert_eq!(fetched.partitions[1].records, None);
        assert_eq!(inbox.take(records.ticket).unwrap().records, bytes);
        assert!(inbox.is_empty());
    }

    #[test]
    fn a_small_part_of_a_response_does_not_keep_the_rest_of_it_in_memory() {
        let mut inbox = Inbox::default();
        let (small, large) = (batch(10, 1), batch(0, 1000));
        let one = response(&[&[&small[..], &large[..]].concat()]);
        let frame = one.responses[0].partitions[0].records.clone().unwrap();
        let mut both = response(&[b"", b""]);
        both.responses[0].partitions[0].records = Some(frame.slice(..small.len()));
        both.responses[0].partitions[1].records = Some(frame.slice(small.len()..));
        drop(one);
        let fetched = inbox.put(both, true);
        let ticket = |at: usize| fetched.partitions[at].records.unwrap().ticket;
        let (first, second) = (inbox.take(ticket(0)).unwrap(), inbox.take(ticket(1)).unwrap());
        assert!(!frame.as_ptr_range().contains(&first.records.as_ptr()), "copied");
        assert!(
            frame.as_ptr_range().contains(&second.records.as_ptr()),
            "not copied"
        );
        assert_eq!((first.records, second.records), (small, large));
    }

    #[test]
    fn aborted_transactions_count_as_memory() {
        let mut inbox = Inbox::default();
        let mut one = response(&[&batch(10, 1)]);
        one.responses[0].partitions[0].aborted_transactions =
            Some(alloc::vec![AbortedTransaction::default(); 9]);
        let fetched = inbox.put(one, true);
        let records = fetched.partitions[0].records.unwrap();
        assert_eq!(records.bytes, batch(10, 1).len() + 9 * 16);
        assert_eq!(inbox.bytes(), records.bytes);
    }

    #[test]
    fn a_cut_tail_is_left_out_and_no_problem() {
        let mut inbox = Inbox::default();
        let first = batch(10, 3);
        let bytes = [&first[..], &batch(13, 2)[..20]].concat();
        let partition = &inbox.put(response(&[&bytes]), true).partitions[0];
        assert_eq!(partition.corrupt, None);
        assert_eq!(partition.records.unwrap().next_offset, 13);
        assert_eq!(
            inbox.take(partition.records.unwrap().ticket).unwrap().records,
            first
        );
    }

    #[test]
    fn the_good_part_comes_before_the_corrupt_one() {
        let mut inbox = Inbox::default();
        let mut second = batch(13, 2).to_vec();
        *second.last_mut().unwrap() ^= 1;
        let bytes = [&batch(10, 3)[..], &second[..]].concat();
        let partition = &inbox.put(response(&[&bytes]), true).partitions[0];
        assert_eq!(partition.records.unwrap().next_offset, 13);
        assert_eq!(partition.corrupt.as_ref().unwrap().0, 13);
    }

    #[test]
    fn bytes_without_a_whole_batch_are_a_problem_not_a_loop() {
        let mut inbox = Inbox::default();
        let partition = &inbox.put(response(&[&batch(13, 2)[..20]]), true).partitions[0];
        assert!(partition.records.is_none() && partition.corrupt.is_some());
        assert!(inbox.is_empty());
    }
}

//! Which batches `read_committed` shows, by the headers alone.

use kohort_protocol::ProducerId;
use kohort_protocol::api::fetch::AbortedTransaction;
use kohort_protocol::records::{AbortedTransactions, Attributes, BatchHeader, ControlType};

use super::support::{batch, only};

const PLAIN: i16 = 0;
const TRANSACTIONAL: i16 = 0x10;
const MARKER: i16 = 0x30;

fn header(attributes: i16, producer: i64, base_offset: i64, last_offset_delta: i32) -> BatchHeader {
    BatchHeader {
        base_offset,
        last_offset_delta,
        attributes: Attributes(attributes),
        producer_id: ProducerId(producer),
        ..*only(&batch(0, 1, Default::default())).unwrap().header()
    }
}

fn aborted(list: &[(i64, i64)]) -> AbortedTransactions {
    let entry = |&(producer, first_offset): &(i64, i64)| AbortedTransaction {
        producer_id: ProducerId(producer),
        first_offset,
    };
    AbortedTransactions::new(list.iter().map(entry))
}

#[test]
fn each_batch_is_judged_by_its_own_producer_from_first_offset_to_marker() {
    let mut judge = aborted(&[(2, 30), (1, 10)]);
    let mut admit = |attributes, producer, offset, control| {
        judge.admit(&header(attributes, producer, offset, 0), control)
    };
    assert!(
        admit(TRANSACTIONAL, 1, 9, None),
        "an earlier, committed transaction"
    );
    assert!(!admit(TRANSACTIONAL, 1, 10, None));
    assert!(admit(PLAIN, 1, 11, None), "not transactional");
    assert!(admit(TRANSACTIONAL, 2, 12, None), "its abort begins at 30");
    assert!(!admit(MARKER, 2, 13, Some(ControlType::Commit)));
    assert!(
        !admit(TRANSACTIONAL, 1, 14, None),
        "another producer's marker ends nothing"
    );
    assert!(!admit(MARKER, 1, 15, Some(ControlType::Abort)));
    assert!(admit(TRANSACTIONAL, 1, 16, None));
    assert!(!admit(TRANSACTIONAL, 2, 30, None));
    assert!(!admit(MARKER, 3, 31, Some(ControlType::Other(9))));
}

#[test]
fn a_transaction_that_begins_inside_a_batch_hides_it() {
    // Compaction can remove the first records, so that the transaction's first offset is in the gap.
    let mut judge = aborted(&[(1, 14)]);
    assert!(!judge.admit(&header(TRANSACTIONAL, 1, 10, 9), None));
}

#[test]
fn one_producer_can_abort_twice() {
    let mut judge = aborted(&[(1, 0), (1, 20)]);
    assert!(!judge.admit(&header(TRANSACTIONAL, 1, 0, 0), None));
    assert!(!judge.admit(&header(MARKER, 1, 1, 0), Some(ControlType::Abort)));
    assert!(judge.admit(&header(TRANSACTIONAL, 1, 2, 0), None));
    assert!(!judge.admit(&header(TRANSACTIONAL, 1, 20, 0), None));
}

#[test]
fn without_a_list_only_control_batches_are_hidden() {
    let mut judge = AbortedTransactions::default();
    assert!(judge.admit(&header(TRANSACTIONAL, 1, 0, 0), None));
    assert!(!judge.admit(&header(MARKER, 1, 1, 0), Some(ControlType::Abort)));
}

//! Bytes that somebody broke, with the checksum made right again: no panic, no hang, and the position holds.

use bytes::Bytes;
use kohort_protocol::records::{AbortedTransactions, Codec, Crcs, Cursor, survey};
use proptest::prelude::*;

use super::support::{batch, joined, repaired};

/// Reads all there is, as a consumer does, and checks what must hold whatever the bytes say.
fn read(bytes: &Bytes, from_offset: i64) {
    let seen = survey(bytes, Crcs::Verify);
    assert_eq!(seen.bytes + seen.left_over, bytes.len());
    assert_eq!(seen.batches == 0, seen.next_offset.is_none());
    for committed in [false, true] {
        let mut cursor = Cursor::new(bytes.clone(), from_offset)
            .verify_crcs()
            .decompressed_limit(1 << 20);
        if committed {
            cursor = cursor.read_committed(AbortedTransactions::default());
        }
        let mut at = from_offset;
        let mut records = 0;
        while let Some(next) = cursor.next() {
            let Ok(record) = next else { break };
            assert!(record.offset() >= at, "offsets rise");
            at = record.offset() + 1;
            assert_eq!(record.headers().count(), record.headers().len());
            let _ = (record.key_bytes(), record.value_bytes());
            records += 1;
            assert!(records < 1 << 20);
        }
        assert!(cursor.next_offset() >= at);
        assert!(
            seen.next_offset
                .is_none_or(|next| cursor.next_offset() <= next.max(from_offset))
        );
    }
}

#[test]
fn every_byte_broken_in_many_ways_is_read_or_refused() {
    for codec in Codec::ALL {
        let whole = batch(40, 12, codec);
        for at in 0..whole.len() {
            for new in [
                0,
                1,
                0x7f,
                0x80,
                0xff,
                whole[at] ^ 1,
                whole[at] ^ 0x10,
                whole[at].wrapping_add(1),
            ] {
                let mut broken = whole.to_vec();
                broken[at] = new;
                read(&repaired(broken), 43);
            }
        }
    }
}

#[test]
fn whole_batches_in_front_of_a_broken_one_are_read() {
    for codec in Codec::ALL {
        let mut broken = batch(12, 12, codec).to_vec();
        broken[61..].fill(0xff);
        let whole = joined(&[&batch(0, 12, codec), &repaired(broken)]);
        let mut cursor = Cursor::new(whole, 0);
        let mut good = 0;
        while let Some(Ok(_)) = cursor.next() {
            good += 1;
        }
        assert_eq!((good, cursor.next_offset()), (12, 12), "{codec}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn noise_is_read_or_refused(noise in prop::collection::vec(any::<u8>(), 0..300)) {
        read(&noise.into(), 0);
    }

    #[test]
    fn noise_behind_a_good_header_is_read_or_refused(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        attributes in 0_i16..0x80,
        count in 0..20_i32,
    ) {
        read(&super::support::handmade(attributes, 30, count, &noise), 0);
    }

    #[test]
    fn several_bytes_broken_are_read_or_refused(
        codec in prop::sample::select(&Codec::ALL[..]),
        breaks in prop::collection::vec((61_usize..4_000, any::<u8>()), 1..6),
    ) {
        let mut broken = batch(40, 30, codec).to_vec();
        let length = broken.len() - 61;
        for (at, new) in breaks {
            broken[61 + at % length] = new;
        }
        read(&repaired(broken), 0);
    }
}

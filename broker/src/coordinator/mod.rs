//! The group coordinator: its log, its shards, and what group code may touch.

pub(crate) mod log;
pub(crate) mod record;
mod retention;
pub(crate) mod shard;
pub(crate) mod turn;

use kohort_protocol::GroupId;

/// Which partition of `__consumer_offsets` a group lives on: `abs(String.hashCode())` modulo their number, as Java has it
/// (over UTF-16 units, and `abs` of the smallest integer is 0).
pub(crate) fn partition_for(group: &GroupId, partitions: i32) -> i32 {
    let hash = group.as_str().encode_utf16().fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    });
    hash.checked_abs().unwrap_or(0) % partitions.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_lie_where_java_puts_them() {
        // Seen on Kafka 4.4.0: `g1` with 6 partitions is on partition 2.
        assert_eq!(partition_for(&GroupId::from("g1"), 6), 2);
        assert_eq!(partition_for(&GroupId::from(""), 6), 0);
        // "polygenelubricants".hashCode() is Integer.MIN_VALUE.
        assert_eq!(partition_for(&GroupId::from("polygenelubricants"), 6), 0);
    }
}

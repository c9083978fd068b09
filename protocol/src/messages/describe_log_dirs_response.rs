//! DescribeLogDirsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response DescribeLogDirsResponse, key: 35, versions: V(1, 5), flexible: V(2, N);

    /// The body of DescribeLogDirsResponse.
    DescribeLogDirsResponse {
        /// int32, all versions.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// int16, v3 and later.
        error_code with_error_code: i16 = Default::default(), at(V(3, N)).ignorable();
        /// Array of DescribeLogDirsResult, all versions.
        results with_results: Vec<DescribeLogDirsResult> = Default::default(), at(V(0, N));
    }

    /// A part of DescribeLogDirsResponse.
    DescribeLogDirsResult {
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions.
        log_dir with_log_dir: StrBytes = Default::default(), at(V(0, N));
        /// Array of DescribeLogDirsTopic, all versions.
        topics with_topics: Vec<DescribeLogDirsTopic> = Default::default(), at(V(0, N));
        /// int64, v4 and later, -1 by default.
        total_bytes with_total_bytes: i64 = -1, at(V(4, N)).ignorable();
        /// int64, v4 and later, -1 by default.
        usable_bytes with_usable_bytes: i64 = -1, at(V(4, N)).ignorable();
        /// bool, v5 and later, false by default.
        is_cordoned with_is_cordoned: bool = false, at(V(5, N)).ignorable();
    }

    /// A part of DescribeLogDirsResponse.
    DescribeLogDirsTopic {
        /// string, all versions.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// Array of DescribeLogDirsPartition, all versions.
        partitions with_partitions: Vec<DescribeLogDirsPartition> = Default::default(), at(V(0, N));
    }

    /// A part of DescribeLogDirsResponse.
    DescribeLogDirsPartition {
        /// int32, all versions.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// int64, all versions.
        partition_size with_partition_size: i64 = Default::default(), at(V(0, N));
        /// int64, all versions.
        offset_lag with_offset_lag: i64 = Default::default(), at(V(0, N));
        /// bool, all versions.
        is_future_key with_is_future_key: bool = Default::default(), at(V(0, N));
    }
}

//! DescribeLogDirsResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response DescribeLogDirsResponse, key: 35, versions: V(1, 5), flexible: V(2, N);

    /// The body of DescribeLogDirsResponse.
    DescribeLogDirsResponse {
        /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero if the request did not violate any quota.
        throttle_time_ms with_throttle_time_ms: i32 = Default::default(), at(V(0, N));
        /// The error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(3, N)).ignorable();
        /// The log directories.
        results with_results: Vec<DescribeLogDirsResult> = Default::default(), at(V(0, N));
    }

    /// A part of DescribeLogDirsResponse.
    DescribeLogDirsResult {
        /// The error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The absolute log directory path.
        log_dir with_log_dir: StrBytes = Default::default(), at(V(0, N));
        /// The topics.
        topics with_topics: Vec<DescribeLogDirsTopic> = Default::default(), at(V(0, N));
        /// The total size in bytes of the volume the log directory is in. This value does not include the size of data stored in remote storage.
        total_bytes with_total_bytes: i64 = -1, at(V(4, N)).ignorable();
        /// The usable size in bytes of the volume the log directory is in. This value does not include the size of data stored in remote storage.
        usable_bytes with_usable_bytes: i64 = -1, at(V(4, N)).ignorable();
        /// True if this log directory is cordoned.
        is_cordoned with_is_cordoned: bool = false, at(V(5, N)).ignorable();
    }

    /// A part of DescribeLogDirsResponse.
    DescribeLogDirsTopic {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// The partitions.
        partitions with_partitions: Vec<DescribeLogDirsPartition> = Default::default(), at(V(0, N));
    }

    /// A part of DescribeLogDirsResponse.
    DescribeLogDirsPartition {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The size of the log segments in this partition in bytes.
        partition_size with_partition_size: i64 = Default::default(), at(V(0, N));
        /// The lag of the log's LEO w.r.t. partition's HW (if it is the current log for the partition) or current replica's LEO (if it is the future log for the partition).
        offset_lag with_offset_lag: i64 = Default::default(), at(V(0, N));
        /// True if this log is created by AlterReplicaLogDirsRequest and will replace the current log of the replica in the future.
        is_future_key with_is_future_key: bool = Default::default(), at(V(0, N));
    }
}

//! ListOffsetsRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request ListOffsetsRequest, key: 2, response: ListOffsetsResponse, versions: V(1, 11), flexible: V(6, N);

    /// The body of ListOffsetsRequest.
    ListOffsetsRequest {
        /// The broker ID of the requester, or -1 if this request is being made by a normal consumer.
        replica_id with_replica_id: BrokerId = Default::default(), at(V(0, N));
        /// This setting controls the visibility of transactional records. Using READ_UNCOMMITTED (isolation_level = 0) makes all records visible. With READ_COMMITTED (isolation_level = 1), non-transactional and COMMITTED transactional records are visible. To be more concrete, READ_COMMITTED returns all data from offsets smaller than the current LSO (last stable offset), and enables the inclusion of the list of aborted transactions in the result, which allows consumers to discard ABORTED transactional records.
        isolation_level with_isolation_level: i8 = Default::default(), at(V(2, N));
        /// Each topic in the request.
        topics with_topics: Vec<ListOffsetsTopic> = Default::default(), at(V(0, N));
        /// The timeout to await a response in milliseconds for requests that require reading from remote storage for topics enabled with tiered storage.
        timeout_ms with_timeout_ms: i32 = Default::default(), at(V(10, N)).ignorable();
    }

    /// A part of ListOffsetsRequest.
    ListOffsetsTopic {
        /// The topic name.
        name with_name: TopicName = Default::default(), at(V(0, N));
        /// Each partition in the request.
        partitions with_partitions: Vec<ListOffsetsPartition> = Default::default(), at(V(0, N));
    }

    /// A part of ListOffsetsRequest.
    ListOffsetsPartition {
        /// The partition index.
        partition_index with_partition_index: i32 = Default::default(), at(V(0, N));
        /// The current leader epoch.
        current_leader_epoch with_current_leader_epoch: i32 = -1, at(V(4, N)).ignorable();
        /// The current timestamp.
        timestamp with_timestamp: i64 = Default::default(), at(V(0, N));
    }
}

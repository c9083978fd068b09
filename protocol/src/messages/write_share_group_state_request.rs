//! WriteShareGroupStateRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request WriteShareGroupStateRequest, key: 85, response: WriteShareGroupStateResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of WriteShareGroupStateRequest.
    WriteShareGroupStateRequest {
        /// string, all versions.
        group_id with_group_id: StrBytes = Default::default(), at(V(0, N));
        /// Array of WriteStateData, all versions.
        topics with_topics: Vec<WriteStateData> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateRequest.
    WriteStateData {
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of PartitionData, all versions.
        partitions with_partitions: Vec<PartitionData> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateRequest.
    PartitionData {
        /// int32, all versions.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        state_epoch with_state_epoch: i32 = Default::default(), at(V(0, N));
        /// int32, all versions.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
        /// int64, all versions.
        start_offset with_start_offset: i64 = Default::default(), at(V(0, N));
        /// int32, v1 and later, -1 by default.
        delivery_complete_count with_delivery_complete_count: i32 = -1, at(V(1, N)).ignorable();
        /// Array of StateBatch, all versions.
        state_batches with_state_batches: Vec<StateBatch> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateRequest.
    StateBatch {
        /// int64, all versions.
        first_offset with_first_offset: i64 = Default::default(), at(V(0, N));
        /// int64, all versions.
        last_offset with_last_offset: i64 = Default::default(), at(V(0, N));
        /// int8, all versions.
        delivery_state with_delivery_state: i8 = Default::default(), at(V(0, N));
        /// int16, all versions.
        delivery_count with_delivery_count: i16 = Default::default(), at(V(0, N));
    }
}

//! WriteShareGroupStateRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request WriteShareGroupStateRequest, key: 85, response: WriteShareGroupStateResponse, versions: V(0, 1), flexible: V(0, N);

    /// The body of WriteShareGroupStateRequest.
    WriteShareGroupStateRequest {
        /// The group identifier.
        group_id with_group_id: StrBytes = Default::default(), at(V(0, N));
        /// The data for the topics.
        topics with_topics: Vec<WriteStateData> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateRequest.
    WriteStateData {
        /// The topic identifier.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// The data for the partitions.
        partitions with_partitions: Vec<PartitionData> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateRequest.
    PartitionData {
        /// The partition index.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// The state epoch of the share-partition.
        state_epoch with_state_epoch: i32 = Default::default(), at(V(0, N));
        /// The leader epoch of the share-partition.
        leader_epoch with_leader_epoch: i32 = Default::default(), at(V(0, N));
        /// The share-partition start offset, or -1 if the start offset is not being written.
        start_offset with_start_offset: i64 = Default::default(), at(V(0, N));
        /// The number of offsets greater than or equal to share-partition start offset for which delivery has been completed.
        delivery_complete_count with_delivery_complete_count: i32 = -1, at(V(1, N)).ignorable();
        /// The state batches for the share-partition.
        state_batches with_state_batches: Vec<StateBatch> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateRequest.
    StateBatch {
        /// The first offset of this state batch.
        first_offset with_first_offset: i64 = Default::default(), at(V(0, N));
        /// The last offset of this state batch.
        last_offset with_last_offset: i64 = Default::default(), at(V(0, N));
        /// The delivery state - 0:Available,2:Acked,4:Archived.
        delivery_state with_delivery_state: i8 = Default::default(), at(V(0, N));
        /// The delivery count.
        delivery_count with_delivery_count: i16 = Default::default(), at(V(0, N));
    }
}

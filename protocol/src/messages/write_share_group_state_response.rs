//! WriteShareGroupStateResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response WriteShareGroupStateResponse, key: 85, versions: V(0, 1), flexible: V(0, N);

    /// The body of WriteShareGroupStateResponse.
    WriteShareGroupStateResponse {
        /// Array of WriteStateResult, all versions.
        results with_results: Vec<WriteStateResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateResponse.
    WriteStateResult {
        /// uuid, all versions.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// Array of PartitionResult, all versions.
        partitions with_partitions: Vec<PartitionResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateResponse.
    PartitionResult {
        /// int32, all versions.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// int16, all versions.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// string, all versions, nullable, null by default.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }
}

//! WriteShareGroupStateResponse, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    response WriteShareGroupStateResponse, key: 85, versions: V(0, 1), flexible: V(0, N);

    /// The body of WriteShareGroupStateResponse.
    WriteShareGroupStateResponse {
        /// The write results.
        results with_results: Vec<WriteStateResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateResponse.
    WriteStateResult {
        /// The topic identifier.
        topic_id with_topic_id: Uuid = Default::default(), at(V(0, N));
        /// The results for the partitions.
        partitions with_partitions: Vec<PartitionResult> = Default::default(), at(V(0, N));
    }

    /// A part of WriteShareGroupStateResponse.
    PartitionResult {
        /// The partition index.
        partition with_partition: i32 = Default::default(), at(V(0, N));
        /// The error code, or 0 if there was no error.
        error_code with_error_code: i16 = Default::default(), at(V(0, N));
        /// The error message, or null if there was no error.
        error_message with_error_message: Option<StrBytes> = None, at(V(0, N)).null(V(0, N));
    }
}

//! InitProducerIdRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request InitProducerIdRequest, key: 22, response: InitProducerIdResponse, versions: V(0, 6), flexible: V(2, N);

    /// The body of InitProducerIdRequest.
    InitProducerIdRequest {
        /// string, all versions, nullable.
        transactional_id with_transactional_id: Option<TransactionalId> = Some(Default::default()), at(V(0, N)).null(V(0, N));
        /// int32, all versions.
        transaction_timeout_ms with_transaction_timeout_ms: i32 = Default::default(), at(V(0, N));
        /// int64, v3 and later, -1 by default.
        producer_id with_producer_id: ProducerId = ProducerId(-1), at(V(3, N));
        /// int16, v3 and later, -1 by default.
        producer_epoch with_producer_epoch: i16 = -1, at(V(3, N));
        /// bool, v6 and later, false by default.
        enable_2_pc with_enable_2_pc: bool = false, at(V(6, N));
        /// bool, v6 and later, false by default.
        keep_prepared_txn with_keep_prepared_txn: bool = false, at(V(6, N));
    }
}

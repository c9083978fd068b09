//! InitProducerIdRequest, as Kafka 4.4.0 defines it. Written by `tools/schema`; never edited by hand.

use super::declare::*;

message! {
    request InitProducerIdRequest, key: 22, response: InitProducerIdResponse, versions: V(0, 6), flexible: V(2, N);

    /// The body of InitProducerIdRequest.
    InitProducerIdRequest {
        /// The transactional id, or null if the producer is not transactional.
        transactional_id with_transactional_id: Option<TransactionalId> = Some(Default::default()), at(V(0, N)).null(V(0, N));
        /// The time in ms to wait before aborting idle transactions sent by this producer. This is only relevant if a TransactionalId has been defined.
        transaction_timeout_ms with_transaction_timeout_ms: i32 = Default::default(), at(V(0, N));
        /// The producer id. This is used to disambiguate requests if a transactional id is reused following its expiration.
        producer_id with_producer_id: ProducerId = ProducerId(-1), at(V(3, N));
        /// The producer's current epoch. This will be checked against the producer epoch on the broker, and the request will return an error if they do not match.
        producer_epoch with_producer_epoch: i16 = -1, at(V(3, N));
        /// True if the client wants to enable two-phase commit (2PC) protocol for transactions.
        enable_2_pc with_enable_2_pc: bool = false, at(V(6, N));
        /// True if the client wants to keep the currently ongoing transaction instead of aborting it.
        keep_prepared_txn with_keep_prepared_txn: bool = false, at(V(6, N));
    }
}

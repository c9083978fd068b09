//! InitProducerId, for idempotent producers. There are no transactions here.

use kohort_protocol::api::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use kohort_protocol::{ErrorCode, ProducerId};

use crate::cluster::Cluster;

impl Cluster {
    pub(super) fn init_producer_id(&mut self, request: &InitProducerIdRequest) -> InitProducerIdResponse {
        if request.transactional_id.is_some() {
            return refused(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        }
        let producer_id = ProducerId(self.next_producer_id);
        self.next_producer_id += 1;
        InitProducerIdResponse {
            producer_id,
            ..InitProducerIdResponse::default()
        }
    }
}

pub(super) fn refused(error_code: ErrorCode) -> InitProducerIdResponse {
    InitProducerIdResponse {
        error_code,
        producer_epoch: -1,
        ..InitProducerIdResponse::default()
    }
}

//! FindCoordinator: what any node says of where a group lives. The node it names may not know it yet, or be dead.

use alloc::string::String;
use alloc::vec::Vec;

use kohort_protocol::api::find_coordinator::{
    Coordinator, CoordinatorType, FindCoordinatorRequest, FindCoordinatorResponse,
};
use kohort_protocol::{ErrorCode, GroupId, NodeId};

use crate::cluster::{Cluster, OFFSETS_TOPIC};

impl Cluster {
    /// One answer per key, in order, duplicates too. An empty group id is a key like any other (seen on Kafka 4.4.0).
    pub(super) fn find_coordinator(&mut self, request: &FindCoordinatorRequest) -> FindCoordinatorResponse {
        match request.key_type {
            CoordinatorType::GROUP => {}
            // Transactions are not served: an error that no client repeats for ever.
            CoordinatorType::TRANSACTION => {
                return refused(request, ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
            }
            _ => return refused(request, ErrorCode::INVALID_REQUEST),
        }
        if self.topics.topic(OFFSETS_TOPIC).is_none() {
            self.request_offsets_topic();
            if self.config.latencies.offsets_topic.is_zero() {
                self.create_offsets_topic();
            }
        }
        let keys = request.keys.iter();
        FindCoordinatorResponse {
            throttle_time_ms: 0,
            coordinators: keys.map(|key| self.coordinator_of(key)).collect(),
        }
    }

    fn coordinator_of(&self, key: &str) -> Coordinator {
        let leader = self.coordinator(&GroupId::from(key));
        let Some(node) = leader.and_then(|leader| self.nodes.get(&leader)) else {
            return failed(key, ErrorCode::COORDINATOR_NOT_AVAILABLE);
        };
        Coordinator {
            key: String::from(key),
            node_id: node.id,
            host: node.host.clone(),
            port: i32::from(node.port),
            error_code: ErrorCode::NONE,
            error_message: None,
        }
    }
}

fn failed(key: &str, error_code: ErrorCode) -> Coordinator {
    Coordinator {
        key: String::from(key),
        node_id: NodeId::NONE,
        host: String::new(),
        port: -1,
        error_code,
        error_message: Some(String::new()),
    }
}

pub(super) fn refused(request: &FindCoordinatorRequest, code: ErrorCode) -> FindCoordinatorResponse {
    let coordinators: Vec<_> = request.keys.iter().map(|key| failed(key, code)).collect();
    FindCoordinatorResponse {
        throttle_time_ms: 0,
        coordinators,
    }
}

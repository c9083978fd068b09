//! JoinGroup: what is checked before the group is asked.

use core::time::Duration;

use kohort_protocol::ErrorCode;
use kohort_protocol::api::join_group::JoinGroupRequest;

use super::{Caller, Outcome};
use crate::cluster::Cluster;
use crate::config::Config;
use crate::group::{JoiningMember, join_refused};

impl Cluster {
    /// Whatever comes of it, it is answered by the group: now or at the end of the round.
    pub(super) fn join_group(&mut self, caller: &Caller, request: JoinGroupRequest) -> Outcome {
        let group = request.group_id.clone();
        let id = request.member_id.clone();
        let joined = check(&self.config, &request).and_then(|()| {
            let joining = joining(caller, request);
            self.coordinate(caller.call.node, &group, |books| books.join(&group, joining))
        });
        match joined {
            Ok(()) => Outcome::Parked,
            Err(code) => join_refused(id, code).into(),
        }
    }
}

/// The rebalance timeout is not checked (seen on Kafka 4.4.0: −1 and 0 are accepted).
fn check(config: &Config, request: &JoinGroupRequest) -> Result<(), ErrorCode> {
    if request.group_id.is_empty() {
        return Err(ErrorCode::INVALID_GROUP_ID);
    }
    let session = request.session_timeout_ms;
    let allowed = config.group_min_session_timeout..=config.group_max_session_timeout;
    if session < 0 || !allowed.contains(&millis(session)) {
        return Err(ErrorCode::INVALID_SESSION_TIMEOUT);
    }
    Ok(())
}

fn millis(value: i32) -> Duration {
    Duration::from_millis(u64::try_from(value).unwrap_or_default())
}

fn joining(caller: &Caller, request: JoinGroupRequest) -> JoiningMember {
    let patience = if caller.version == 0 {
        request.session_timeout_ms
    } else {
        request.rebalance_timeout_ms
    };
    JoiningMember {
        call: caller.call,
        version: caller.version,
        id: request.member_id,
        instance: request.group_instance_id,
        client_id: caller.client_id.clone(),
        client_host: caller.client_host.clone(),
        session_timeout: millis(request.session_timeout_ms),
        rebalance_timeout: millis(patience),
        protocol_type: request.protocol_type,
        protocols: request.protocols,
    }
}

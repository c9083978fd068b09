//! SyncGroup: the leader hands in what it computed, everybody receives its part (rule 8).

use alloc::string::String;
use alloc::vec::Vec;

use kohort_protocol::api::sync_group::{SyncGroupAssignment, SyncGroupRequest, SyncGroupResponse};
use kohort_protocol::{ApiKey, NodeId, Recovery};

use super::{Classic, Phase, Signal, Stage, to};
use crate::member::coordinator::Coordinator;
use crate::member::error::MemberError;
use crate::member::io::Failure;
use crate::member::wire::{Open, Purpose, Wire};

impl Classic {
    /// The layer above has decided.
    pub(in crate::member) fn lead(&mut self, assignments: Vec<SyncGroupAssignment>) {
        if let Phase::In(session) = &mut self.phase
            && matches!(session.stage, Stage::Leading)
        {
            session.stage = Stage::Syncing {
                assignments,
                open: None,
            };
        }
    }

    pub(super) fn send_sync(&mut self, wire: &mut Wire, node: NodeId) {
        let Phase::In(session) = &mut self.phase else {
            return;
        };
        let Stage::Syncing {
            assignments,
            open: open @ None,
        } = &mut session.stage
        else {
            return;
        };
        let request = SyncGroupRequest {
            group_id: wire.config.group_id.clone(),
            generation_id: session.generation,
            member_id: self.member_id.clone(),
            group_instance_id: wire.config.group_instance_id.clone(),
            protocol_type: Some(self.protocol_type.into()),
            protocol_name: Some(session.protocol.clone()),
            assignments: core::mem::take(assignments),
        };
        let timeout = wire.config.request_timeout;
        *open = Some(wire.send(Purpose::Sync, to(node), request, timeout));
    }

    pub(super) fn sync_answered(
        &mut self,
        wire: &mut Wire,
        coordinator: &mut Coordinator,
        open: Open,
        reply: Result<SyncGroupResponse, Failure>,
    ) {
        let Phase::In(session) = &self.phase else { return };
        if !matches!(session.stage, Stage::Syncing { open: Some(sync), .. } if sync == open.token) {
            return;
        }
        match reply {
            Err(failure) => self.round_failed(wire, coordinator, open, ApiKey::SyncGroup, &failure),
            Ok(response) => match Recovery::of(ApiKey::SyncGroup, response.error_code) {
                Recovery::Done => self.synced(wire, open, response),
                _ => self.round_refused(wire, coordinator, open, ApiKey::SyncGroup, response.error_code),
            },
        }
    }

    fn synced(&mut self, wire: &Wire, open: Open, response: SyncGroupResponse) {
        let Phase::In(session) = &mut self.phase else {
            return;
        };
        if let Some(problem) = disagreement(self.protocol_type, &session.protocol, &response) {
            let group = wire.config.group_id.clone();
            return self.fatal(MemberError::Protocol { group, problem });
        }
        self.unsynced = None;
        session.stage = Stage::Stable;
        session.pulse.acknowledged(open.sent);
        self.signals.push_back(Signal::Joined {
            assignment: response.assignment,
        });
    }
}

/// What the answer says of the group that is not so (rule 17).
fn disagreement(ours: &str, agreed: &str, response: &SyncGroupResponse) -> Option<String> {
    let differs =
        |theirs: &Option<String>, ours: &str| theirs.as_deref().is_some_and(|theirs| theirs != ours);
    (differs(&response.protocol_type, ours) || differs(&response.protocol_name, agreed)).then(|| {
        alloc::format!(
            "SyncGroup was answered for type {:?} and assignor {:?}, but the round agreed on {ours:?} and {agreed:?}",
            response.protocol_type.as_deref().unwrap_or("none"),
            response.protocol_name.as_deref().unwrap_or("none"),
        )
    })
}

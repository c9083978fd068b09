//! SyncGroup: what is checked before the group is asked.

use kohort_protocol::ErrorCode;
use kohort_protocol::api::sync_group::SyncGroupRequest;

use super::{Caller, Outcome};
use crate::cluster::Cluster;
use crate::group::sync_refused;

impl Cluster {
    pub(super) fn sync_group(&mut self, caller: &Caller, request: &SyncGroupRequest) -> Outcome {
        if request.group_id.is_empty() {
            return sync_refused(ErrorCode::INVALID_GROUP_ID).into();
        }
        let synced = self.coordinate(caller.call.node, &request.group_id, |books| {
            let group = books.groups.get_mut(&request.group_id);
            let group = group.ok_or(ErrorCode::UNKNOWN_MEMBER_ID)?;
            group.sync(&mut books.turn, caller.call, caller.version, request);
            Ok(())
        });
        match synced.flatten() {
            Ok(()) => Outcome::Parked,
            Err(code) => sync_refused(code).into(),
        }
    }
}

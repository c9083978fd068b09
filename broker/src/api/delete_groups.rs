//! DeleteGroups (KIP-229): an empty group goes with its offsets.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use kohort_protocol::api::delete_groups::{DeleteGroupsRequest, DeleteGroupsResponse, DeletedGroup};
use kohort_protocol::{ErrorCode, GroupId, NodeId};

use super::Caller;
use crate::cluster::Cluster;
use crate::coordinator::shard::Books;
use crate::coordinator::turn::Completion;

impl Cluster {
    /// A group that is named twice has one result.
    pub(super) fn delete_groups(
        &mut self,
        caller: &Caller,
        request: &DeleteGroupsRequest,
    ) -> DeleteGroupsResponse {
        let mut seen = BTreeSet::new();
        let mut results = Vec::new();
        for group in request.groups_names.iter().filter(|group| seen.insert(*group)) {
            let deleted = self.delete_group(caller.call.node, group);
            results.push(result(group, deleted.err().unwrap_or_default()));
        }
        DeleteGroupsResponse {
            throttle_time_ms: 0,
            results,
        }
    }

    /// The group of the empty id is one like others: it may have offsets. Answered before it is flushed: a kill may bring the
    /// group back. (Several groups, several logs: nobody waits for all.)
    fn delete_group(&mut self, node: NodeId, id: &GroupId) -> Result<(), ErrorCode> {
        self.coordinate(node, id, |books| delete(books, id))?
    }
}

fn delete(books: &mut Books<'_>, id: &GroupId) -> Result<(), ErrorCode> {
    let group = books.groups.get(id).ok_or(ErrorCode::GROUP_ID_NOT_FOUND)?;
    if !group.is_empty() {
        return Err(ErrorCode::NON_EMPTY_GROUP);
    }
    books.delete_group(id, Completion::Nothing)
}

pub(super) fn refused(request: &DeleteGroupsRequest, error_code: ErrorCode) -> DeleteGroupsResponse {
    let results = request.groups_names.iter().map(|group| result(group, error_code));
    DeleteGroupsResponse {
        throttle_time_ms: 0,
        results: results.collect(),
    }
}

fn result(group: &GroupId, error_code: ErrorCode) -> DeletedGroup {
    DeletedGroup {
        group_id: group.clone(),
        error_code,
        error_message: None,
    }
}

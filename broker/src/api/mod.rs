//! What each API answers, one file per API. `serve` is the only way to them, `refusal` the only way to answer a request with
//! an error without serving it.

mod api_versions;
mod create_partitions;
mod create_topics;
mod delete_groups;
mod delete_topics;
mod describe_groups;
mod fetch;
mod find_coordinator;
mod heartbeat;
mod init_producer_id;
mod join_group;
mod leave_group;
mod list_groups;
mod list_offsets;
mod metadata;
mod offset_commit;
mod offset_delete;
mod offset_fetch;
mod produce;
mod sync_group;

use alloc::sync::Arc;

use kohort_protocol::ErrorCode;
use kohort_protocol::api::{Request, Response};

pub use api_versions::{SERVED, served_versions};

use crate::cluster::Cluster;
use crate::connections::CallId;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) call: CallId,
    pub(crate) version: i16,
    pub(crate) client_id: Arc<str>,
    pub(crate) client_host: Arc<str>,
}

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer(Response),
    /// In another version than asked.
    AnswerInVersion(i16, Response),
    /// The answer comes later, by [`Cluster::complete`] or from group code.
    Parked,
    /// There is none.
    Unanswered,
    Close,
}

impl<R: Into<Response>> From<R> for Outcome {
    fn from(response: R) -> Self {
        Self::Answer(response.into())
    }
}

/// Serves a request. A version that is not served closes the connection; only ApiVersions ever says so.
pub(crate) fn serve(cluster: &mut Cluster, caller: &Caller, request: Request) -> Outcome {
    let release = cluster.release(caller.call.node).unwrap_or_default();
    let served = release.versions(request.api());
    let supported = served.is_some_and(|served| served.contains(caller.version));
    match request {
        Request::ApiVersions(request) => api_versions::serve(caller, release, &request),
        _ if !supported => Outcome::Close,
        Request::Produce(request) => cluster.produce(caller, &request),
        Request::Fetch(request) => cluster.fetch(caller, request),
        Request::ListOffsets(request) => cluster.list_offsets(caller, &request).into(),
        Request::Metadata(request) => cluster.metadata(&request).into(),
        Request::OffsetCommit(request) => cluster.offset_commit(caller, &request),
        Request::OffsetFetch(request) => cluster.offset_fetch(caller, &request).into(),
        Request::FindCoordinator(request) => cluster.find_coordinator(&request).into(),
        Request::JoinGroup(request) => cluster.join_group(caller, request),
        Request::Heartbeat(request) => cluster.heartbeat(caller, &request).into(),
        Request::LeaveGroup(request) => cluster.leave_group(caller, &request).into(),
        Request::SyncGroup(request) => cluster.sync_group(caller, &request),
        Request::CreateTopics(request) => cluster.create_topics(&request).into(),
        Request::DeleteTopics(request) => cluster.delete_topics(&request).into(),
        Request::InitProducerId(request) => cluster.init_producer_id(&request).into(),
        Request::CreatePartitions(request) => cluster.create_partitions(&request).into(),
        Request::OffsetDelete(request) => cluster.offset_delete(caller, &request),
        Request::DeleteGroups(request) => cluster.delete_groups(caller, &request).into(),
        Request::DescribeGroups(request) => cluster.describe_groups(caller, &request).into(),
        Request::ListGroups(request) => cluster.list_groups(caller, &request).into(),
        _ => Outcome::Close,
    }
}

/// The answer that says `code` wherever the API has room for it.
pub(crate) fn refusal(request: &Request, version: i16, code: ErrorCode) -> Response {
    match request {
        Request::ApiVersions(_) => api_versions::refused(code).into(),
        Request::Produce(request) => produce::refused(request, code).into(),
        Request::Fetch(request) => fetch::refused(request, code).into(),
        Request::ListOffsets(request) => list_offsets::refused(request, code).into(),
        Request::Metadata(request) => metadata::refused(request, code).into(),
        Request::OffsetCommit(request) => offset_commit::refused(request, code).into(),
        Request::OffsetFetch(request) => offset_fetch::refused(request, version, code).into(),
        Request::FindCoordinator(request) => find_coordinator::refused(request, code).into(),
        Request::JoinGroup(request) => crate::group::join_refused(request.member_id.clone(), code).into(),
        Request::Heartbeat(_) => heartbeat::answer(code).into(),
        Request::LeaveGroup(_) => leave_group::refused(code).into(),
        Request::SyncGroup(_) => crate::group::sync_refused(code).into(),
        Request::CreateTopics(request) => create_topics::refused(request, code).into(),
        Request::DeleteTopics(request) => delete_topics::refused(request, code).into(),
        Request::InitProducerId(_) => init_producer_id::refused(code).into(),
        Request::CreatePartitions(request) => create_partitions::refused(request, code).into(),
        Request::OffsetDelete(_) => offset_delete::refused(code).into(),
        Request::DeleteGroups(request) => delete_groups::refused(request, code).into(),
        Request::DescribeGroups(request) => describe_groups::refused(request, code).into(),
        Request::ListGroups(_) => list_groups::refused(code).into(),
        _ => api_versions::refused(code).into(),
    }
}

//! ApiVersions: only what is served, and no finalized features, so that clients use classic groups.

use alloc::vec::Vec;

use kohort_protocol::api::api_versions::{ApiVersion, ApiVersionsRequest, ApiVersionsResponse};
use kohort_protocol::api::{VersionRange, stable_versions};
use kohort_protocol::{ApiKey, ErrorCode};

use super::{Caller, Outcome};
use crate::release::Release;

/// The APIs that the embedded broker serves.
pub const SERVED: &[ApiKey] = &[
    ApiKey::Produce,
    ApiKey::Fetch,
    ApiKey::ListOffsets,
    ApiKey::Metadata,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
    ApiKey::FindCoordinator,
    ApiKey::JoinGroup,
    ApiKey::Heartbeat,
    ApiKey::LeaveGroup,
    ApiKey::SyncGroup,
    ApiKey::DescribeGroups,
    ApiKey::ListGroups,
    ApiKey::ApiVersions,
    ApiKey::CreateTopics,
    ApiKey::DeleteTopics,
    ApiKey::InitProducerId,
    ApiKey::CreatePartitions,
    ApiKey::DeleteGroups,
    ApiKey::OffsetDelete,
];

/// The versions of an API that the embedded broker serves, unless it plays an older [`Release`]: all that can be decoded and encoded and
/// that Kafka calls stable.
#[must_use]
pub fn served_versions(api: ApiKey) -> VersionRange {
    stable_versions(api)
}

/// KIP-511: a version that is too new is answered in v0, with the range of this API alone; the connection goes on.
pub(super) fn serve(caller: &Caller, release: Release, request: &ApiVersionsRequest) -> Outcome {
    let own = release.versions(ApiKey::ApiVersions);
    if !own.is_some_and(|own| own.contains(caller.version)) {
        let mut response = refused(ErrorCode::UNSUPPORTED_VERSION);
        response.api_keys = listed(release, ApiKey::ApiVersions).into_iter().collect();
        return Outcome::AnswerInVersion(0, response.into());
    }
    let named =
        is_software_name(&request.client_software_name) && is_software_name(&request.client_software_version);
    if caller.version >= 3 && !named {
        return refused(ErrorCode::INVALID_REQUEST).into();
    }
    ApiVersionsResponse {
        api_keys: SERVED.iter().filter_map(|api| listed(release, *api)).collect(),
        finalized_features_epoch: 0,
        ..ApiVersionsResponse::default()
    }
    .into()
}

pub(super) fn refused(error_code: ErrorCode) -> ApiVersionsResponse {
    ApiVersionsResponse {
        error_code,
        api_keys: Vec::new(),
        finalized_features_epoch: -1,
        ..ApiVersionsResponse::default()
    }
}

/// Produce is listed from v0 although it begins with v3, as Kafka 4 does (KAFKA-18659): librdkafka takes a broker without it for one
/// that cannot read compressed batches, and sends all of them uncompressed.
fn listed(release: Release, api: ApiKey) -> Option<ApiVersion> {
    let range = release.versions(api)?;
    Some(ApiVersion {
        api_key: api.number(),
        min_version: if api == ApiKey::Produce { 0 } else { range.min },
        max_version: range.max,
    })
}

/// Letters and digits, with `-` and `.` between them.
fn is_software_name(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let ends = [name.bytes().next(), name.bytes().next_back()];
    name.bytes().all(legal)
        && ends
            .into_iter()
            .all(|end| end.is_some_and(|byte| byte.is_ascii_alphanumeric()))
}

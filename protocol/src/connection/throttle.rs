//! How long a response asks its client to be silent.

use core::time::Duration;

use crate::Timestamp;
use crate::api::Response;

/// Longer silences are not obeyed: a broker never asks for more than its quota window (11 s by default).
const MAX_THROTTLE: Duration = Duration::from_secs(30);

/// The end of the silence that a response received at `now` asks for. KIP-219: from a certain version of each API on, the answer
/// precedes the throttling and the client has to wait; brokers that answer in older versions have waited already.
pub(super) fn silent_until(now: Timestamp, version: i16, response: &Response) -> Timestamp {
    let (throttle_time_ms, since) = match response {
        Response::Produce(r) => (r.throttle_time_ms, 6),
        Response::Fetch(r) => (r.throttle_time_ms, 8),
        Response::ListOffsets(r) => (r.throttle_time_ms, 3),
        Response::Metadata(r) => (r.throttle_time_ms, 6),
        Response::OffsetCommit(r) => (r.throttle_time_ms, 4),
        Response::OffsetFetch(r) => (r.throttle_time_ms, 4),
        Response::FindCoordinator(r) => (r.throttle_time_ms, 2),
        Response::JoinGroup(r) => (r.throttle_time_ms, 3),
        Response::Heartbeat(r) => (r.throttle_time_ms, 2),
        Response::LeaveGroup(r) => (r.throttle_time_ms, 2),
        Response::SyncGroup(r) => (r.throttle_time_ms, 2),
        Response::DescribeGroups(r) => (r.throttle_time_ms, 2),
        Response::ListGroups(r) => (r.throttle_time_ms, 2),
        Response::ApiVersions(r) => (r.throttle_time_ms, 2),
        Response::CreateTopics(r) => (r.throttle_time_ms, 3),
        Response::DeleteTopics(r) => (r.throttle_time_ms, 2),
        Response::InitProducerId(r) => (r.throttle_time_ms, 1),
        Response::CreatePartitions(r) => (r.throttle_time_ms, 1),
        Response::DeleteGroups(r) => (r.throttle_time_ms, 1),
        Response::OffsetDelete(r) => (r.throttle_time_ms, 0),
        Response::AddPartitionsToTxn(r) => (r.throttle_time_ms, 1),
        Response::AddOffsetsToTxn(r) => (r.throttle_time_ms, 1),
        Response::EndTxn(r) => (r.throttle_time_ms, 1),
        Response::TxnOffsetCommit(r) => (r.throttle_time_ms, 1),
        Response::ConsumerGroupHeartbeat(r) => (r.throttle_time_ms, 0),
        Response::ConsumerGroupDescribe(r) => (r.throttle_time_ms, 0),
        Response::ShareGroupHeartbeat(r) => (r.throttle_time_ms, 0),
        Response::ShareGroupDescribe(r) => (r.throttle_time_ms, 0),
        Response::ShareFetch(r) => (r.throttle_time_ms, 0),
        Response::ShareAcknowledge(r) => (r.throttle_time_ms, 0),
        Response::StreamsGroupHeartbeat(r) => (r.throttle_time_ms, 0),
        Response::StreamsGroupDescribe(r) => (r.throttle_time_ms, 0),
        Response::DescribeShareGroupOffsets(r) => (r.throttle_time_ms, 0),
        Response::AlterShareGroupOffsets(r) => (r.throttle_time_ms, 0),
        Response::DeleteShareGroupOffsets(r) => (r.throttle_time_ms, 0),
        Response::StreamsGroupTopologyDescriptionUpdate(r) => (r.throttle_time_ms, 0),
    };
    let millis = u64::try_from(throttle_time_ms).unwrap_or(0);
    if version < since || millis == 0 {
        return Timestamp::ZERO;
    }
    now + Duration::from_millis(millis).min(MAX_THROTTLE)
}

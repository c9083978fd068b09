//! The APIs that kohort speaks: one file per API with its request and its response as our own small owned structs, in both directions.
//!
//! The structs hold every field of every version that can be encoded. A field that a version does not carry holds Kafka's default
//! after decoding it; when encoding, it is dropped if Kafka's schema calls it ignorable, and refused by name if it says something else
//! than its default. Client, embedded broker and simulator share them, so none of them sees a version
//! except where Kafka's behaviour depends on it. Nothing here points into a received frame, except the record bytes of [`fetch`].
//!
//! What a hostile peer can at most do stands at the head of each file. Of all of them holds: bytes that are no such message are an error
//! that says where; none makes room for more than 48 times its own size and a quarter of a MiB; none panics
//! (`cargo run --release -p kohort-fuzz --example hostile`).

pub mod add_offsets_to_txn;
pub mod add_partitions_to_txn;
pub mod alter_share_group_offsets;
pub mod api_versions;
mod body;
mod codec;
pub mod consumer_group_describe;
pub mod consumer_group_heartbeat;
pub mod create_partitions;
pub mod create_topics;
pub mod delete_groups;
pub mod delete_share_group_offsets;
pub mod delete_topics;
pub mod describe_groups;
pub mod describe_share_group_offsets;
pub mod end_txn;
pub mod fetch;
pub mod find_coordinator;
pub mod heartbeat;
pub mod init_producer_id;
pub mod join_group;
pub mod leave_group;
pub mod list_groups;
pub mod list_offsets;
pub mod metadata;
pub mod offset_commit;
pub mod offset_delete;
pub mod offset_fetch;
mod out;
mod outgoing;
pub mod produce;
mod replicas;
pub mod share_acknowledge;
pub mod share_fetch;
pub mod share_group_describe;
pub mod share_group_heartbeat;
pub mod streams_group_describe;
pub mod streams_group_heartbeat;
pub mod streams_group_topology_description_update;
pub mod sync_group;
pub mod txn_offset_commit;
mod versions;
mod wire;

use core::fmt;

use bytes::{Bytes, BytesMut};

pub use codec::{Direction, EncodeError, Malformed, Message};
pub(crate) use outgoing::Code;
pub use outgoing::Outgoing;
pub use versions::{NoCommonVersion, VersionRange, Versions};
use wire::raw;

use crate::layout::{Schema, table};

/// Which records a consumer sees of transactions (`isolation.level`, KIP-98).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IsolationLevel {
    /// All records, those of open and aborted transactions too.
    #[default]
    ReadUncommitted,
    /// Only records outside transactions and of committed ones.
    ReadCommitted,
}

macro_rules! apis {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $module:ident::$request:ident $request_schema:ident => $response:ident $response_schema:ident;)*) => {
        /// The APIs that this crate speaks, by Kafka's names and numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ApiKey {
            $($(#[$doc])* $name = $key,)*
        }

        impl ApiKey {
            /// All of them, ascending by number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The API with this number, if this crate speaks it.
            #[must_use]
            pub const fn from_number(number: i16) -> Option<Self> {
                match number {
                    $($key => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// Its number on the wire.
            #[must_use]
            pub const fn number(self) -> i16 {
                self as i16
            }
        }

        /// Any request.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Request {
            $($(#[$doc])* $name($module::$request),)*
        }

        /// Any response.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Response {
            $($(#[$doc])* $name($module::$response),)*
        }

        messages!(Request $($name $module $request $request_schema)*);
        messages!(Response $($name $module $response $response_schema)*);

        /// The versions of an API that this crate writes and reads, requests and responses alike.
        #[must_use]
        pub const fn versions(api: ApiKey) -> VersionRange {
            match api {
                $(ApiKey::$name => codec::common::<raw::$request, raw::$response>(),)*
            }
        }

        /// The versions of an API that are safe to speak: [`versions`] without one that Kafka itself calls unstable. A broker
        /// offers that one only when it is told to, and what it means may change with the next release.
        #[must_use]
        pub const fn stable_versions(api: ApiKey) -> VersionRange {
            match api {
                $(ApiKey::$name => const {
                    codec::stable(versions(ApiKey::$name), $module::$request::SCHEMA)
                },)*
            }
        }

        $(
            impl Call for $module::$request {
                type Response = $module::$response;

                fn of(request: &Request) -> Option<&Self> {
                    match request {
                        Request::$name(request) => Some(request),
                        _ => None,
                    }
                }
            }

            impl From<$module::$request> for Request {
                fn from(request: $module::$request) -> Self {
                    Self::$name(request)
                }
            }

            impl From<$module::$response> for Response {
                fn from(response: $module::$response) -> Self {
                    Self::$name(response)
                }
            }

            impl TryFrom<Response> for $module::$response {
                type Error = Response;

                fn try_from(response: Response) -> Result<Self, Response> {
                    match response {
                        Response::$name(response) => Ok(response),
                        other => Err(other),
                    }
                }
            }
        )*
    };
}

/// Encoding and decoding for the enum of one direction and for each of its structs.
macro_rules! messages {
    ($direction:ident $($name:ident $module:ident $message:ident $schema:ident)*) => {
        impl $direction {
            /// Which API it belongs to.
            #[must_use]
            pub const fn api(&self) -> ApiKey {
                match self {
                    $(Self::$name(_) => ApiKey::$name,)*
                }
            }

            /// Its schema, whatever the version.
            pub(crate) const fn schema(api: ApiKey) -> &'static Schema {
                match api {
                    $(ApiKey::$name => $module::$message::SCHEMA,)*
                }
            }

            /// As [`Message::encode`].
            ///
            /// # Errors
            /// As there.
            pub fn encode(&self, version: i16, out: &mut BytesMut) -> Result<(), EncodeError> {
                match self {
                    $(Self::$name(message) => message.encode(version, out),)*
                }
            }

            /// As [`Message::decode`].
            ///
            /// # Errors
            /// As there.
            pub fn decode(api: ApiKey, version: i16, body: Bytes) -> Result<Self, Malformed> {
                match api {
                    $(ApiKey::$name => Message::decode(version, body).map(Self::$name),)*
                }
            }
        }

        $(
            impl Message for $module::$message {
                const API: ApiKey = ApiKey::$name;
                const DIRECTION: Direction = Direction::$direction;
                const SCHEMA: &'static Schema = &table::$schema;

                fn encode(&self, version: i16, out: &mut BytesMut) -> Result<(), EncodeError> {
                    codec::encode::<Self, raw::$message>(self, version, out)
                }

                fn decode(version: i16, body: Bytes) -> Result<Self, Malformed> {
                    codec::decode::<Self, raw::$message>(version, body)
                }
            }
        )*
    };
}

/// A request whose response has a known type.
pub trait Call: Message + Into<Request> {
    /// What answers it.
    type Response: Message + TryFrom<Response, Error = Response> + Into<Response>;

    /// The request within `request`, if it is one of this API.
    fn of(request: &Request) -> Option<&Self>;
}

apis! {
    /// Append records.
    Produce = 0, produce::ProduceRequest PRODUCE_REQUEST => ProduceResponse PRODUCE_RESPONSE;
    /// Read records.
    Fetch = 1, fetch::FetchRequest FETCH_REQUEST => FetchResponse FETCH_RESPONSE;
    /// Offsets at a time or an end of the log.
    ListOffsets = 2, list_offsets::ListOffsetsRequest LIST_OFFSETS_REQUEST => ListOffsetsResponse LIST_OFFSETS_RESPONSE;
    /// Brokers, topics, leaders.
    Metadata = 3, metadata::MetadataRequest METADATA_REQUEST => MetadataResponse METADATA_RESPONSE;
    /// Store a group's offsets.
    OffsetCommit = 8, offset_commit::OffsetCommitRequest OFFSET_COMMIT_REQUEST => OffsetCommitResponse OFFSET_COMMIT_RESPONSE;
    /// Read a group's offsets.
    OffsetFetch = 9, offset_fetch::OffsetFetchRequest OFFSET_FETCH_REQUEST => OffsetFetchResponse OFFSET_FETCH_RESPONSE;
    /// Which broker coordinates.
    FindCoordinator = 10, find_coordinator::FindCoordinatorRequest FIND_COORDINATOR_REQUEST => FindCoordinatorResponse FIND_COORDINATOR_RESPONSE;
    /// Enter a classic group's next generation.
    JoinGroup = 11, join_group::JoinGroupRequest JOIN_GROUP_REQUEST => JoinGroupResponse JOIN_GROUP_RESPONSE;
    /// Stay in a classic group.
    Heartbeat = 12, heartbeat::HeartbeatRequest HEARTBEAT_REQUEST => HeartbeatResponse HEARTBEAT_RESPONSE;
    /// Go.
    LeaveGroup = 13, leave_group::LeaveGroupRequest LEAVE_GROUP_REQUEST => LeaveGroupResponse LEAVE_GROUP_RESPONSE;
    /// Receive the assignment.
    SyncGroup = 14, sync_group::SyncGroupRequest SYNC_GROUP_REQUEST => SyncGroupResponse SYNC_GROUP_RESPONSE;
    /// State and members of classic groups.
    DescribeGroups = 15, describe_groups::DescribeGroupsRequest DESCRIBE_GROUPS_REQUEST => DescribeGroupsResponse DESCRIBE_GROUPS_RESPONSE;
    /// The groups of one broker.
    ListGroups = 16, list_groups::ListGroupsRequest LIST_GROUPS_REQUEST => ListGroupsResponse LIST_GROUPS_RESPONSE;
    /// What a broker speaks.
    ApiVersions = 18, api_versions::ApiVersionsRequest API_VERSIONS_REQUEST => ApiVersionsResponse API_VERSIONS_RESPONSE;
    /// Make topics.
    CreateTopics = 19, create_topics::CreateTopicsRequest CREATE_TOPICS_REQUEST => CreateTopicsResponse CREATE_TOPICS_RESPONSE;
    /// Delete topics.
    DeleteTopics = 20, delete_topics::DeleteTopicsRequest DELETE_TOPICS_REQUEST => DeleteTopicsResponse DELETE_TOPICS_RESPONSE;
    /// An id for an idempotent producer.
    InitProducerId = 22, init_producer_id::InitProducerIdRequest INIT_PRODUCER_ID_REQUEST => InitProducerIdResponse INIT_PRODUCER_ID_RESPONSE;
    /// Add partitions to a transaction.
    AddPartitionsToTxn = 24, add_partitions_to_txn::AddPartitionsToTxnRequest ADD_PARTITIONS_TO_TXN_REQUEST => AddPartitionsToTxnResponse ADD_PARTITIONS_TO_TXN_RESPONSE;
    /// Announce offsets in a transaction.
    AddOffsetsToTxn = 25, add_offsets_to_txn::AddOffsetsToTxnRequest ADD_OFFSETS_TO_TXN_REQUEST => AddOffsetsToTxnResponse ADD_OFFSETS_TO_TXN_RESPONSE;
    /// Commit or abort.
    EndTxn = 26, end_txn::EndTxnRequest END_TXN_REQUEST => EndTxnResponse END_TXN_RESPONSE;
    /// Store offsets in a transaction.
    TxnOffsetCommit = 28, txn_offset_commit::TxnOffsetCommitRequest TXN_OFFSET_COMMIT_REQUEST => TxnOffsetCommitResponse TXN_OFFSET_COMMIT_RESPONSE;
    /// Add partitions to topics.
    CreatePartitions = 37, create_partitions::CreatePartitionsRequest CREATE_PARTITIONS_REQUEST => CreatePartitionsResponse CREATE_PARTITIONS_RESPONSE;
    /// Delete empty groups.
    DeleteGroups = 42, delete_groups::DeleteGroupsRequest DELETE_GROUPS_REQUEST => DeleteGroupsResponse DELETE_GROUPS_RESPONSE;
    /// Forget committed offsets.
    OffsetDelete = 47, offset_delete::OffsetDeleteRequest OFFSET_DELETE_REQUEST => OffsetDeleteResponse OFFSET_DELETE_RESPONSE;
    /// Stay in a consumer group (KIP-848).
    ConsumerGroupHeartbeat = 68, consumer_group_heartbeat::ConsumerGroupHeartbeatRequest CONSUMER_GROUP_HEARTBEAT_REQUEST => ConsumerGroupHeartbeatResponse CONSUMER_GROUP_HEARTBEAT_RESPONSE;
    /// State and members of consumer groups (KIP-848).
    ConsumerGroupDescribe = 69, consumer_group_describe::ConsumerGroupDescribeRequest CONSUMER_GROUP_DESCRIBE_REQUEST => ConsumerGroupDescribeResponse CONSUMER_GROUP_DESCRIBE_RESPONSE;
    /// Stay in a share group (KIP-932).
    ShareGroupHeartbeat = 76, share_group_heartbeat::ShareGroupHeartbeatRequest SHARE_GROUP_HEARTBEAT_REQUEST => ShareGroupHeartbeatResponse SHARE_GROUP_HEARTBEAT_RESPONSE;
    /// State and members of share groups (KIP-932).
    ShareGroupDescribe = 77, share_group_describe::ShareGroupDescribeRequest SHARE_GROUP_DESCRIBE_REQUEST => ShareGroupDescribeResponse SHARE_GROUP_DESCRIBE_RESPONSE;
    /// Acquire records (KIP-932).
    ShareFetch = 78, share_fetch::ShareFetchRequest SHARE_FETCH_REQUEST => ShareFetchResponse SHARE_FETCH_RESPONSE;
    /// Acknowledge records (KIP-932).
    ShareAcknowledge = 79, share_acknowledge::ShareAcknowledgeRequest SHARE_ACKNOWLEDGE_REQUEST => ShareAcknowledgeResponse SHARE_ACKNOWLEDGE_RESPONSE;
    /// Stay in a streams group (KIP-1071).
    StreamsGroupHeartbeat = 88, streams_group_heartbeat::StreamsGroupHeartbeatRequest STREAMS_GROUP_HEARTBEAT_REQUEST => StreamsGroupHeartbeatResponse STREAMS_GROUP_HEARTBEAT_RESPONSE;
    /// State and members of streams groups (KIP-1071).
    StreamsGroupDescribe = 89, streams_group_describe::StreamsGroupDescribeRequest STREAMS_GROUP_DESCRIBE_REQUEST => StreamsGroupDescribeResponse STREAMS_GROUP_DESCRIBE_RESPONSE;
    /// Where share groups stand (KIP-932).
    DescribeShareGroupOffsets = 90, describe_share_group_offsets::DescribeShareGroupOffsetsRequest DESCRIBE_SHARE_GROUP_OFFSETS_REQUEST => DescribeShareGroupOffsetsResponse DESCRIBE_SHARE_GROUP_OFFSETS_RESPONSE;
    /// Move a share group (KIP-932).
    AlterShareGroupOffsets = 91, alter_share_group_offsets::AlterShareGroupOffsetsRequest ALTER_SHARE_GROUP_OFFSETS_REQUEST => AlterShareGroupOffsetsResponse ALTER_SHARE_GROUP_OFFSETS_RESPONSE;
    /// Forget where a share group stands (KIP-932).
    DeleteShareGroupOffsets = 92, delete_share_group_offsets::DeleteShareGroupOffsetsRequest DELETE_SHARE_GROUP_OFFSETS_REQUEST => DeleteShareGroupOffsetsResponse DELETE_SHARE_GROUP_OFFSETS_RESPONSE;
    /// Describe a topology (KIP-1331).
    StreamsGroupTopologyDescriptionUpdate = 93, streams_group_topology_description_update::StreamsGroupTopologyDescriptionUpdateRequest STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE_REQUEST => StreamsGroupTopologyDescriptionUpdateResponse STREAMS_GROUP_TOPOLOGY_DESCRIPTION_UPDATE_RESPONSE;
}

impl fmt::Display for ApiKey {
    /// `JoinGroup`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

//! The APIs that kohort speaks: one file per API with its request and its response as our own small owned structs, in both directions.
//!
//! The structs hold every field of every version that can be encoded; a field that a version does not carry is ignored when encoding
//! it and holds its default after decoding it. Client, embedded broker and simulator share them, so none of them sees a version
//! except where Kafka's behaviour depends on it. Nothing here points into a received frame, except the record bytes of [`fetch`].

pub mod api_versions;
pub mod create_partitions;
pub mod create_topics;
pub mod delete_topics;
pub mod fetch;
pub mod find_coordinator;
pub mod heartbeat;
pub mod init_producer_id;
pub mod join_group;
pub mod leave_group;
pub mod list_offsets;
pub mod metadata;
pub mod offset_commit;
pub mod offset_fetch;
pub mod produce;
pub mod sync_group;

use core::fmt;

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
    ($($(#[$doc:meta])* $name:ident = $key:literal, $module:ident::$request:ident => $response:ident;)*) => {
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

        impl Request {
            /// Which API it belongs to.
            #[must_use]
            pub const fn api(&self) -> ApiKey {
                match self {
                    $(Self::$name(_) => ApiKey::$name,)*
                }
            }
        }

        impl Response {
            /// Which API it belongs to.
            #[must_use]
            pub const fn api(&self) -> ApiKey {
                match self {
                    $(Self::$name(_) => ApiKey::$name,)*
                }
            }
        }

        $(
            impl Call for $module::$request {
                const API: ApiKey = ApiKey::$name;
                type Response = $module::$response;
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

/// A request whose response has a known type.
pub trait Call: Into<Request> {
    /// Its API.
    const API: ApiKey;
    /// What answers it.
    type Response: TryFrom<Response, Error = Response> + Into<Response>;
}

apis! {
    /// Append records.
    Produce = 0, produce::ProduceRequest => ProduceResponse;
    /// Read records.
    Fetch = 1, fetch::FetchRequest => FetchResponse;
    /// Offsets at a time or an end of the log.
    ListOffsets = 2, list_offsets::ListOffsetsRequest => ListOffsetsResponse;
    /// Brokers, topics, leaders.
    Metadata = 3, metadata::MetadataRequest => MetadataResponse;
    /// Store a group's offsets.
    OffsetCommit = 8, offset_commit::OffsetCommitRequest => OffsetCommitResponse;
    /// Read a group's offsets.
    OffsetFetch = 9, offset_fetch::OffsetFetchRequest => OffsetFetchResponse;
    /// Which broker coordinates.
    FindCoordinator = 10, find_coordinator::FindCoordinatorRequest => FindCoordinatorResponse;
    /// Enter a classic group's next generation.
    JoinGroup = 11, join_group::JoinGroupRequest => JoinGroupResponse;
    /// Stay in a classic group.
    Heartbeat = 12, heartbeat::HeartbeatRequest => HeartbeatResponse;
    /// Go.
    LeaveGroup = 13, leave_group::LeaveGroupRequest => LeaveGroupResponse;
    /// Receive the assignment.
    SyncGroup = 14, sync_group::SyncGroupRequest => SyncGroupResponse;
    /// What a broker speaks.
    ApiVersions = 18, api_versions::ApiVersionsRequest => ApiVersionsResponse;
    /// Make topics.
    CreateTopics = 19, create_topics::CreateTopicsRequest => CreateTopicsResponse;
    /// Delete topics.
    DeleteTopics = 20, delete_topics::DeleteTopicsRequest => DeleteTopicsResponse;
    /// An id for an idempotent producer.
    InitProducerId = 22, init_producer_id::InitProducerIdRequest => InitProducerIdResponse;
    /// Add partitions to topics.
    CreatePartitions = 37, create_partitions::CreatePartitionsRequest => CreatePartitionsResponse;
}

impl fmt::Display for ApiKey {
    /// `JoinGroup`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

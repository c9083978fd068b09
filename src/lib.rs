#![doc = include_str!("../README.md")]

pub use kohort_client::{Acks, Client, ClientConfig, ClientError};
pub use kohort_group::member::{
    AutoOffsetReset, CommitError, CommitOffset, ConfigError, GroupMetadata, MemberConfig, MemberError,
    MemberState, PartitionView, Period, SeekError, SeekTo,
};
pub use kohort_group::{
    Assigned, BuildError, Commit, Committer, Consumer, ConsumerBuilder, ConsumerError, Delivery, Notice,
    Properties, PropertyError, RecordError, Records, Revoking, SETTINGS, Setting, Status,
};
pub use kohort_protocol as protocol;
pub use kohort_protocol::records::{BatchBuilder, Header, Headers, NewRecord, Record};
pub use kohort_protocol::{
    ErrorCode, Generation, GroupId, GroupInstanceId, IsolationLevel, LeaderEpoch, MemberId, NodeId, TopicId,
    TopicName, TopicPartition,
};

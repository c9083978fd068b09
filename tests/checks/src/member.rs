//! A member of a classic group as a puppet: it does what the script says, and nothing by itself.
//!
//! JoinGroup and SyncGroup go over a connection of their own, since a parked one blocks all that comes behind it.

use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use kohort_protocol::api::heartbeat::HeartbeatRequest;
use kohort_protocol::api::join_group::{JoinGroupProtocol, JoinGroupRequest, JoinGroupResponse};
use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeaveGroupResponse, LeavingMember};
use kohort_protocol::api::offset_commit::{OffsetCommitPartition, OffsetCommitRequest, OffsetCommitTopic};
use kohort_protocol::api::sync_group::{SyncGroupAssignment, SyncGroupRequest, SyncGroupResponse};
use kohort_protocol::{ErrorCode, Generation, GroupId, GroupInstanceId, MemberId, TopicName};
use tokio::time::{Instant, sleep};

use crate::bench::ASK_AGAIN;
use crate::offsets::committed_code;
use crate::{Failed, RawConnection, expect};

pub(crate) const JOIN: i16 = 9;
pub(crate) const SYNC: i16 = 5;
pub(crate) const HEARTBEAT: i16 = 4;
pub(crate) const LEAVE: i16 = 5;
pub(crate) const COMMIT: i16 = 9;
/// How long the state of a group may take to show.
pub(crate) const SHOWS_WITHIN: Duration = Duration::from_secs(10);

/// One member, or who wants to be one.
#[derive(Debug)]
pub struct Member {
    /// Its group.
    pub group: GroupId,
    /// Its id, as the last answer gave it.
    pub id: MemberId,
    /// Its instance id.
    pub instance: Option<GroupInstanceId>,
    /// Its generation, as the last good join gave it.
    pub generation: Generation,
    /// What the next join says.
    pub session_timeout: Duration,
    /// What the next join says.
    pub rebalance_timeout: Duration,
    /// What the next join says.
    pub protocol_type: String,
    /// What the next join says: names with metadata.
    pub protocols: Vec<(String, Bytes)>,
    /// The newest version of any API that it speaks.
    pub newest: i16,
    /// For JoinGroup and SyncGroup.
    pub lane: RawConnection,
    /// For everything else.
    pub control: RawConnection,
}

impl Member {
    pub(crate) fn new(group: GroupId, lane: RawConnection, control: RawConnection) -> Self {
        Self {
            group,
            id: MemberId::default(),
            instance: None,
            generation: Generation::NONE,
            session_timeout: Duration::from_secs(20),
            rebalance_timeout: Duration::from_secs(15),
            protocol_type: "consumer".to_owned(),
            protocols: knows_range(""),
            newest: i16::MAX,
            lane,
            control,
        }
    }

    /// The same with an instance id.
    #[must_use]
    pub fn named(mut self, instance: &str) -> Self {
        self.instance = Some(instance.into());
        self
    }

    /// The same with these timeouts in milliseconds.
    #[must_use]
    pub fn timeouts(mut self, session: u64, rebalance: u64) -> Self {
        self.session_timeout = Duration::from_millis(session);
        self.rebalance_timeout = Duration::from_millis(rebalance);
        self
    }

    /// The JoinGroup it would send now.
    #[must_use]
    pub fn join_request(&self) -> JoinGroupRequest {
        let protocol = |(name, metadata): &(String, Bytes)| JoinGroupProtocol {
            name: name.clone(),
            metadata: metadata.clone(),
        };
        JoinGroupRequest {
            group_id: self.group.clone(),
            session_timeout_ms: milliseconds(self.session_timeout),
            rebalance_timeout_ms: match self.newest {
                ..1 => -1,
                _ => milliseconds(self.rebalance_timeout),
            },
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            protocol_type: self.protocol_type.clone(),
            protocols: self.protocols.iter().map(protocol).collect(),
            reason: None,
        }
    }

    /// Sends one JoinGroup, with `change` made to it.
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn send_join_with(&mut self, change: impl FnOnce(&mut JoinGroupRequest)) -> Result<(), Failed> {
        let mut request = self.join_request();
        change(&mut request);
        self.lane.send(JOIN.min(self.newest), &request).await
    }

    /// Sends one JoinGroup.
    ///
    /// # Errors
    /// As [`Member::send_join_with`].
    pub async fn send_join(&mut self) -> Result<(), Failed> {
        self.send_join_with(|_| ()).await
    }

    /// Reads the answer of a JoinGroup, and takes over the id and (if it is good) the generation.
    ///
    /// # Errors
    /// There is none.
    pub async fn join_answer(&mut self) -> Result<JoinGroupResponse, Failed> {
        let response = self.lane.answer::<JoinGroupRequest>().await?;
        if response.error_code.is_ok() {
            self.generation = response.generation_id;
        }
        if !response.member_id.is_empty() {
            self.id = response.member_id.clone();
        }
        Ok(response)
    }

    /// Reads the answer of a JoinGroup that must be good.
    ///
    /// # Errors
    /// It is refused.
    pub async fn joined(&mut self) -> Result<JoinGroupResponse, Failed> {
        let response = self.join_answer().await?;
        expect("JoinGroup", response.error_code, ErrorCode::NONE)?;
        Ok(response)
    }

    /// One JoinGroup and its answer, with `change` made to it.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn try_join_with(
        &mut self,
        change: impl FnOnce(&mut JoinGroupRequest),
    ) -> Result<JoinGroupResponse, Failed> {
        self.send_join_with(change).await?;
        self.join_answer().await
    }

    /// One JoinGroup and its answer.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn try_join(&mut self) -> Result<JoinGroupResponse, Failed> {
        self.try_join_with(|_| ()).await
    }

    /// Asks for a member id, if it has none and needs one.
    ///
    /// # Errors
    /// It gets none.
    pub async fn get_id(&mut self) -> Result<(), Failed> {
        if self.id.is_empty() && self.instance.is_none() && self.newest >= 4 {
            let response = self.try_join().await?;
            expect(
                "a first JoinGroup",
                response.error_code,
                ErrorCode::MEMBER_ID_REQUIRED,
            )?;
        }
        Ok(())
    }

    /// Joins, in two steps if need be, until the round is complete.
    ///
    /// # Errors
    /// It is refused.
    pub async fn join(&mut self) -> Result<JoinGroupResponse, Failed> {
        self.get_id().await?;
        self.send_join().await?;
        self.joined().await
    }

    /// Sends a SyncGroup with these assignments, with `change` made to it.
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn send_sync_with(
        &mut self,
        assignments: Vec<SyncGroupAssignment>,
        change: impl FnOnce(&mut SyncGroupRequest),
    ) -> Result<(), Failed> {
        let mut request = SyncGroupRequest {
            group_id: self.group.clone(),
            generation_id: self.generation,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            protocol_type: Some(self.protocol_type.clone()),
            protocol_name: self.protocols.first().map(|(name, _)| name.clone()),
            assignments,
        };
        change(&mut request);
        self.lane.send(SYNC.min(self.newest), &request).await
    }

    /// Sends a follower's SyncGroup.
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn send_sync(&mut self) -> Result<(), Failed> {
        self.send_sync_with(Vec::new(), |_| ()).await
    }

    /// Reads the answer of a SyncGroup.
    ///
    /// # Errors
    /// There is none.
    pub async fn synced(&mut self) -> Result<SyncGroupResponse, Failed> {
        self.lane.answer::<SyncGroupRequest>().await
    }

    /// A SyncGroup that must be good, and its answer.
    ///
    /// # Errors
    /// It is refused.
    pub async fn sync(&mut self, assignments: Vec<SyncGroupAssignment>) -> Result<SyncGroupResponse, Failed> {
        self.send_sync_with(assignments, |_| ()).await?;
        let response = self.synced().await?;
        expect("SyncGroup", response.error_code, ErrorCode::NONE)?;
        Ok(response)
    }

    /// The error of a follower's SyncGroup that is answered at once, with `change` made to it.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn sync_with(
        &mut self,
        change: impl FnOnce(&mut SyncGroupRequest),
    ) -> Result<ErrorCode, Failed> {
        self.send_sync_with(Vec::new(), change).await?;
        Ok(self.synced().await?.error_code)
    }

    /// What an assignment of `bytes` to this member looks like in the leader's SyncGroup.
    #[must_use]
    pub fn gets(&self, bytes: &str) -> SyncGroupAssignment {
        SyncGroupAssignment {
            member_id: self.id.clone(),
            assignment: Bytes::copy_from_slice(bytes.as_bytes()),
        }
    }

    /// The error of a Heartbeat, with `change` made to it.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn heartbeat_with(
        &mut self,
        change: impl FnOnce(&mut HeartbeatRequest),
    ) -> Result<ErrorCode, Failed> {
        let mut request = HeartbeatRequest {
            group_id: self.group.clone(),
            generation_id: self.generation,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
        };
        change(&mut request);
        Ok(self
            .control
            .call(HEARTBEAT.min(self.newest), &request)
            .await?
            .error_code)
    }

    /// The error of a Heartbeat.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn heartbeat(&mut self) -> Result<ErrorCode, Failed> {
        self.heartbeat_with(|_| ()).await
    }

    /// Whether the coordinator still knows the member, asked in a way that keeps no session alive: by a heartbeat of a
    /// generation that never was.
    ///
    /// # Errors
    /// There is no answer, or one that says neither.
    pub async fn is_known(&mut self) -> Result<bool, Failed> {
        match self
            .heartbeat_with(|request| request.generation_id = Generation(9999))
            .await?
        {
            ErrorCode::ILLEGAL_GENERATION => Ok(true),
            ErrorCode::UNKNOWN_MEMBER_ID => Ok(false),
            other => Err(Failed::new(
                "a heartbeat of a generation that never was",
                "22 or 25",
                other.to_string(),
            )),
        }
    }

    /// Sends heartbeats until `code` is answered, and returns how long that took.
    ///
    /// # Errors
    /// It is not within 10 s.
    pub async fn heartbeat_until(&mut self, code: ErrorCode) -> Result<Duration, Failed> {
        let began = Instant::now();
        let mut seen = self.heartbeat().await?;
        while seen != code {
            if began.elapsed() > SHOWS_WITHIN {
                return Err(Failed::new(
                    "heartbeats for 10 s",
                    code.to_string(),
                    seen.to_string(),
                ));
            }
            sleep(ASK_AGAIN).await;
            seen = self.heartbeat().await?;
        }
        Ok(began.elapsed())
    }

    /// The answer to a LeaveGroup for some members.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn leave_for(&mut self, members: Vec<LeavingMember>) -> Result<LeaveGroupResponse, Failed> {
        let request = LeaveGroupRequest {
            group_id: self.group.clone(),
            members,
        };
        self.control.call(LEAVE.min(self.newest), &request).await
    }

    /// Leaves, by its member id alone.
    ///
    /// # Errors
    /// It is refused.
    pub async fn leave(&mut self) -> Result<(), Failed> {
        let left = self.leave_for(vec![leaving(self.id.as_str())]).await?;
        let codes: Vec<ErrorCode> = left.members.iter().map(|member| member.error_code).collect();
        expect(
            "LeaveGroup",
            (left.error_code, codes),
            (ErrorCode::NONE, vec![ErrorCode::NONE]),
        )
    }

    /// The error of an OffsetCommit v9 for partition 0, with `change` made to it.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn commit_with(
        &mut self,
        topic: &TopicName,
        offset: i64,
        change: impl FnOnce(&mut OffsetCommitRequest),
    ) -> Result<ErrorCode, Failed> {
        let mut request = OffsetCommitRequest {
            group_id: self.group.clone(),
            generation_id_or_member_epoch: self.generation,
            member_id: self.id.clone(),
            group_instance_id: self.instance.clone(),
            topics: vec![OffsetCommitTopic {
                name: topic.clone(),
                partitions: vec![OffsetCommitPartition {
                    committed_offset: offset,
                    ..OffsetCommitPartition::default()
                }],
                ..OffsetCommitTopic::default()
            }],
            ..OffsetCommitRequest::default()
        };
        change(&mut request);
        committed_code(&self.control.call(self.newest.clamp(2, COMMIT), &request).await?)
    }

    /// The error of an OffsetCommit v9 for partition 0.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn commit(&mut self, topic: &TopicName, offset: i64) -> Result<ErrorCode, Failed> {
        self.commit_with(topic, offset, |_| ()).await
    }
}

/// The protocol `range` with a Subscription v0 to nothing and this user data. It must be a good one: Kafka 4.0.2 answers a member of
/// type `consumer` that changes to unreadable metadata −1, and cannot load its group's partition any more after a restart.
pub(crate) fn knows_range(user_data: &str) -> Vec<(String, Bytes)> {
    vec![("range".to_owned(), subscription(&[], user_data))]
}

/// A Subscription v0.
pub(crate) fn subscription(topics: &[&TopicName], user_data: &str) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_i16(0);
    bytes.put_i32(i32::try_from(topics.len()).unwrap_or(i32::MAX));
    for topic in topics {
        bytes.put_i16(i16::try_from(topic.as_str().len()).unwrap_or(i16::MAX));
        bytes.put_slice(topic.as_str().as_bytes());
    }
    bytes.put_i32(i32::try_from(user_data.len()).unwrap_or(i32::MAX));
    bytes.put_slice(user_data.as_bytes());
    bytes.freeze()
}

/// A member to leave by its id.
pub(crate) fn leaving(id: &str) -> LeavingMember {
    LeavingMember {
        member_id: id.into(),
        ..LeavingMember::default()
    }
}

/// A member to leave by its instance id and possibly its id.
pub(crate) fn leaving_instance(instance: &str, id: &str) -> LeavingMember {
    LeavingMember {
        member_id: id.into(),
        group_instance_id: Some(instance.into()),
        reason: None,
    }
}

fn milliseconds(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
}

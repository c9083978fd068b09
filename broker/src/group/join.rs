//! JoinGroup: who may enter, who is known, who is answered at once and who is parked. The order of checks is Kafka's.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use bytes::Bytes;
use kohort_protocol::api::join_group::{JoinGroupMember, JoinGroupProtocol, JoinGroupResponse};
use kohort_protocol::{ErrorCode, GroupInstanceId, MemberId};

use super::{Group, GroupState, Member};
use crate::connections::CallId;
use crate::coordinator::turn::{ShardTimer, Turn};

/// What a JoinGroup says, with who said it.
#[derive(Clone, Debug)]
pub(crate) struct JoiningMember {
    pub(crate) call: CallId,
    pub(crate) version: i16,
    /// Empty at first.
    pub(crate) id: MemberId,
    pub(crate) instance: Option<GroupInstanceId>,
    pub(crate) client_id: Arc<str>,
    pub(crate) client_host: Arc<str>,
    pub(crate) session_timeout: Duration,
    pub(crate) rebalance_timeout: Duration,
    pub(crate) protocol_type: String,
    pub(crate) protocols: Vec<JoinGroupProtocol>,
}

impl JoiningMember {
    fn into_member(self, id: MemberId) -> Member {
        Member {
            id,
            instance: self.instance,
            client_id: self.client_id,
            client_host: self.client_host,
            session_timeout: self.session_timeout,
            rebalance_timeout: self.rebalance_timeout,
            protocols: self.protocols,
            assignment: Bytes::new(),
            parked_join: Some(self.call),
            parked_sync: None,
            is_new: true,
        }
    }

    /// KIP-394: from v4 on a new dynamic member first gets an id and comes again with it.
    fn must_know_its_id(&self) -> bool {
        self.version >= 4 && self.instance.is_none()
    }
}

/// A JoinGroup answer that says no.
pub(crate) fn refused(id: MemberId, error_code: ErrorCode) -> JoinGroupResponse {
    JoinGroupResponse {
        error_code,
        member_id: id,
        ..JoinGroupResponse::default()
    }
}

impl Group {
    pub(crate) fn join(&mut self, turn: &mut Turn<'_>, joining: JoiningMember) {
        let (call, id) = (joining.call, joining.id.clone());
        if let Err((id, code)) = self.try_join(turn, joining, id) {
            turn.answer(call, refused(id, code));
        }
    }

    fn try_join(
        &mut self,
        turn: &mut Turn<'_>,
        joining: JoiningMember,
        id: MemberId,
    ) -> Result<(), (MemberId, ErrorCode)> {
        if !self.has_room_for(&id, turn.config.group_max_size) {
            self.forget(&id);
            return Err((MemberId::default(), ErrorCode::GROUP_MAX_SIZE_REACHED));
        }
        if !self.supports(&joining) {
            return Err((id, ErrorCode::INCONSISTENT_GROUP_PROTOCOL));
        }
        if id.is_empty() {
            self.join_newcomer(turn, joining)
        } else {
            self.join_known(turn, joining).map_err(|code| (id, code))
        }
    }

    /// During PreparingRebalance those that already wait are counted, so that the last to rejoin are turned away
    /// (and an id, which is only a promise, is given to anybody: 79 first, 81 afterwards).
    fn has_room_for(&self, id: &MemberId, limit: usize) -> bool {
        let known = self.members.get(id);
        match self.state {
            GroupState::Empty => true,
            GroupState::PreparingRebalance => {
                known.is_some_and(Member::is_joining)
                    || self.members.values().filter(|member| member.is_joining()).count() < limit
            }
            GroupState::CompletingRebalance | GroupState::Stable => {
                known.is_some() || self.members.len() < limit
            }
        }
    }

    fn supports(&self, joining: &JoiningMember) -> bool {
        if self.state == GroupState::Empty {
            return !joining.protocol_type.is_empty() && !joining.protocols.is_empty();
        }
        self.protocol_type.as_deref() == Some(joining.protocol_type.as_str())
            && joining
                .protocols
                .iter()
                .any(|protocol| self.members.values().all(|member| member.knows(&protocol.name)))
    }

    fn join_newcomer(
        &mut self,
        turn: &mut Turn<'_>,
        joining: JoiningMember,
    ) -> Result<(), (MemberId, ErrorCode)> {
        if joining.must_know_its_id() {
            return Err((self.promise_id(turn, &joining), ErrorCode::MEMBER_ID_REQUIRED));
        }
        let known = joining
            .instance
            .as_ref()
            .and_then(|instance| self.instances.get(instance));
        match known.cloned() {
            Some(previous) => self.replace_static(turn, joining, &previous),
            None => {
                let id = new_id(turn, &joining);
                self.admit(turn, joining, id);
            }
        }
        Ok(())
    }

    /// The id is kept for a session timeout, and holds up the join phase of everybody else so long.
    fn promise_id(&mut self, turn: &mut Turn<'_>, joining: &JoiningMember) -> MemberId {
        let id = new_id(turn, joining);
        self.pending.insert(id.clone());
        turn.after(
            joining.session_timeout,
            ShardTimer::Session(self.id.clone(), id.clone()),
        );
        id
    }

    fn join_known(&mut self, turn: &mut Turn<'_>, joining: JoiningMember) -> Result<(), ErrorCode> {
        let id = joining.id.clone();
        if self.pending.contains(&id) && joining.instance.is_none() {
            self.admit(turn, joining, id);
            return Ok(());
        }
        self.validate(&id, joining.instance.as_ref())?;
        let unchanged = self
            .members
            .get(&id)
            .is_some_and(|member| member.protocols == joining.protocols);
        match self.state {
            // The group was emptied meanwhile: let the member start anew.
            GroupState::Empty => return Err(ErrorCode::UNKNOWN_MEMBER_ID),
            // It did not get the answer: the same once more, without a new round.
            GroupState::CompletingRebalance if unchanged => {
                let members = if self.is_leader(&id) {
                    self.leaders_view()
                } else {
                    Vec::new()
                };
                turn.answer(joining.call, self.joined(&id, members));
            }
            GroupState::Stable if unchanged && !self.is_leader(&id) => {
                turn.answer(joining.call, self.joined(&id, Vec::new()));
            }
            _ => self.rejoin(turn, joining),
        }
        Ok(())
    }

    /// A new member, parked until the round is complete. Nobody can see that its client gave up, since a connection with
    /// a parked request is not read: hence the long but bounded wait.
    fn admit(&mut self, turn: &mut Turn<'_>, joining: JoiningMember, id: MemberId) {
        if let Some(delay) = &mut self.initial_delay {
            delay.someone_came = true;
        }
        if self.members.is_empty() {
            self.protocol_type = Some(joining.protocol_type.clone());
        }
        self.pending.remove(&id);
        if let Some(instance) = &joining.instance {
            self.instances.insert(instance.clone(), id.clone());
        }
        self.leader.get_or_insert_with(|| id.clone());
        self.members.insert(id.clone(), joining.into_member(id.clone()));
        let patience = turn.config.group_new_member_join_timeout;
        turn.after(patience, ShardTimer::Session(self.id.clone(), id));
        self.rebalance(turn);
    }

    /// A member that is known joins the next round. An earlier JoinGroup of it that is still parked is replaced and
    /// **never answered** (seen on Kafka 4.4.0).
    fn rejoin(&mut self, turn: &mut Turn<'_>, joining: JoiningMember) {
        if let Some(member) = self.members.get_mut(&joining.id) {
            update(member, joining);
        }
        self.rebalance(turn);
    }

    /// The answer of a complete round to one member.
    pub(super) fn joined(&self, id: &MemberId, members: Vec<JoinGroupMember>) -> JoinGroupResponse {
        JoinGroupResponse {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            generation_id: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol_name: self.protocol_name.clone(),
            leader: self.leader.clone().unwrap_or_default(),
            skip_assignment: false,
            member_id: id.clone(),
            members,
        }
    }

    pub(super) fn leaders_view(&self) -> Vec<JoinGroupMember> {
        let protocol = self.protocol_name.as_deref().unwrap_or_default();
        self.members
            .values()
            .map(|member| member.as_the_leader_sees_it(protocol))
            .collect()
    }
}

/// Takes what the member says of itself now. (Its client's name and host stay: Kafka keeps those of the first join.)
pub(super) fn update(member: &mut Member, joining: JoiningMember) {
    member.protocols = joining.protocols;
    member.session_timeout = joining.session_timeout;
    member.rebalance_timeout = joining.rebalance_timeout;
    member.parked_join = Some(joining.call);
}

/// `<client id>-<uuid>`, for a static member `<instance>-<uuid>`.
pub(super) fn new_id(turn: &mut Turn<'_>, joining: &JoiningMember) -> MemberId {
    let prefix = joining
        .instance
        .as_ref()
        .map_or(&*joining.client_id, |instance| instance.as_str());
    let uuid = crate::uuid::random(turn.rng);
    MemberId::from(format!("{prefix}-{uuid}"))
}

//! A stranger: a process of another kind that uses the same group id by mistake (M05). In a group that has members it is refused, and
//! disturbs nobody; an empty group is its own for a while, and our members are refused.
//!
//! It talks to the coordinator without delay, and leaves before its session ends, so that it needs no heartbeats.

use std::time::Duration;

use kohort_broker::{ArrivedRequest, Closing, ConnectionId, Input as ToCluster, Power};
use kohort_protocol::api::join_group::{JoinGroupProtocol, JoinGroupRequest};
use kohort_protocol::api::leave_group::{LeaveGroupRequest, LeavingMember};
use kohort_protocol::api::sync_group::SyncGroupRequest;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{MemberId, NodeId};

use super::ends::End;
use super::{Later, World};
use crate::history::What;

/// The shortest that brokers allow (`group.min.session.timeout.ms`).
const SESSION_MS: i32 = 6000;

/// Versions that need no second JoinGroup with an id (KIP-394) and name one member who leaves.
const JOIN: i16 = 3;
const SYNC: i16 = 2;
const LEAVE: i16 = 2;

/// See the head of this file.
pub(super) struct Stranger {
    node: NodeId,
    connection: ConnectionId,
    id: MemberId,
}

impl World {
    /// One comes. `connect`: a worker of Kafka Connect; else a consumer that knows no `range`.
    pub(super) fn invite_stranger(&mut self, connect: bool, span: Duration) -> Option<()> {
        let node = self.cluster.coordinator(&self.group)?;
        if self.stranger.is_some() || self.cluster.power(node) != Some(Power::Running) {
            return None;
        }
        let connection = self.new_connection();
        self.open_at_node(node, connection);
        self.stranger = Some(Stranger {
            node,
            connection,
            id: MemberId::default(),
        });
        let (protocol_type, name) = if connect {
            ("connect", "range")
        } else {
            ("consumer", "sticky")
        };
        let before = self.cluster.standing(&self.group);
        let are_ours = self.are_ours_in_it();
        self.stranger_asks(
            JOIN,
            JoinGroupRequest {
                group_id: self.group.clone(),
                session_timeout_ms: SESSION_MS,
                rebalance_timeout_ms: SESSION_MS,
                protocol_type: protocol_type.into(),
                protocols: vec![JoinGroupProtocol {
                    name: name.into(),
                    ..JoinGroupProtocol::default()
                }],
                ..JoinGroupRequest::default()
            }
            .into(),
        );
        if are_ours && self.cluster.standing(&self.group) != before {
            let text = format!(
                "a process of another kind disturbs the group: it was {before:?} and is {:?}",
                self.cluster.standing(&self.group)
            );
            self.oracle.object("M05", self.now, text);
        }
        self.plan_in(span, Later::End(End::Stranger(connection)));
        Some(())
    }

    /// Whether the group has a member of ours. One that strangers live in, or have died in without a word, is their affair.
    fn are_ours_in_it(&self) -> bool {
        let group = self.cluster.group(&self.group);
        group.is_some_and(|group| group.members.iter().any(|one| !one.client_id.is_empty()))
    }

    fn stranger_asks(&mut self, version: i16, request: Request) {
        let Some(Stranger { node, connection, .. }) = self.stranger else {
            return;
        };
        self.tell_cluster(ToCluster::Request(ArrivedRequest {
            node,
            connection,
            correlation_id: 0,
            version,
            client_id: None,
            request,
        }));
    }

    /// Whether this answer is for it.
    pub(super) fn stranger_hears(&mut self, connection: ConnectionId, response: &Response) -> bool {
        let Some(stranger) = &mut self.stranger else {
            return false;
        };
        if stranger.connection != connection {
            return false;
        }
        if let Response::JoinGroup(join) = response {
            stranger.id.clone_from(&join.member_id);
            let code = join.error_code;
            self.see(None, &What::Stranger { code });
            if code.is_ok() {
                let sync = SyncGroupRequest {
                    group_id: self.group.clone(),
                    generation_id: join.generation_id,
                    member_id: join.member_id.clone(),
                    ..SyncGroupRequest::default()
                };
                self.stranger_asks(SYNC, sync.into());
            }
        }
        true
    }

    /// It goes: with a word if it had joined, though its coordinator may be another by now, and its session must end.
    pub(super) fn stranger_goes(&mut self, connection: ConnectionId) {
        let Some(Stranger { node, id, .. }) = self.stranger.take_if(|one| one.connection == connection)
        else {
            return;
        };
        if !id.is_empty() {
            let leaving = LeavingMember {
                member_id: id,
                ..LeavingMember::default()
            };
            let request = LeaveGroupRequest {
                group_id: self.group.clone(),
                members: vec![leaving],
            };
            self.stranger = Some(Stranger {
                node,
                connection,
                id: MemberId::default(),
            });
            self.stranger_asks(LEAVE, request.into());
            self.stranger = None;
        }
        self.tell_cluster(ToCluster::Closed {
            node,
            connection,
            how: Closing::Fin,
        });
    }

    /// In the calm there is none.
    pub(super) fn dismiss_stranger(&mut self) {
        if let Some(connection) = self.stranger.as_ref().map(|one| one.connection) {
            self.stranger_goes(connection);
        }
    }
}

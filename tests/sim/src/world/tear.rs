//! Connections that end in the middle of a message, by FIN or by reset (W02): something between process and node breaks them, and tells
//! both.
//!
//! Half a message is none. Before a FIN everything that was whole still arrives; of what was on its way before a reset, some is lost.

use kohort_broker::{Closing, ConnectionId};
use kohort_protocol::api::{Request, Response};
use kohort_protocol::{ApiKey, ConnectionError, NodeId, Timestamp};

use super::{Later, World};
use crate::history::{Process, What};

/// What an operating system says of a reset.
pub(super) const RESET: &str = "Connection reset by peer (os error 104)";

/// Which message will be torn: the next of this member, this API and this direction.
pub(super) struct Tear {
    pub(super) member: usize,
    pub(super) api: ApiKey,
    pub(super) answer: bool,
    pub(super) how: Closing,
}

/// The message that is torn: the response, if there is one already.
pub(super) struct Torn<'a> {
    pub(super) index: usize,
    pub(super) node: NodeId,
    pub(super) connection: ConnectionId,
    pub(super) version: i16,
    pub(super) request: &'a Request,
    pub(super) response: Option<&'a Response>,
}

impl World {
    /// How a connection ends in the middle of this message, if it does.
    pub(super) fn tears(&mut self, index: usize, api: ApiKey, answer: bool) -> Option<Closing> {
        let member = self.agents[index].member;
        let is_it = |tear: &Tear| (tear.member, tear.api, tear.answer) == (member, api, answer);
        let tears = &mut self.disturbances.tears;
        let place = tears.iter().position(is_it)?;
        Some(tears.remove(place).how)
    }

    /// The rest of this message would arrive at `at`. A request's sender may be told of the end before its node is, and the other way round.
    pub(super) fn tear(&mut self, torn: &Torn<'_>, at: Timestamp, how: Closing) {
        let (index, node, connection) = (torn.index, torn.node, torn.connection);
        let (request, answer) = (torn.request, torn.response.is_some());
        self.see(Some(Process(index)), &What::Torn { request, answer });
        let end = match how {
            Closing::Fin => at,
            // It overtakes what its receiver has not read.
            Closing::Reset => self.now + at.since(self.now).mul_f64(self.agents[index].rng.f64()),
        };
        let (here, there) = if answer {
            (end, self.now + self.latency(index))
        } else {
            (end + self.latency(index), end)
        };
        let whole = self.links.lines.get(&connection).map(|line| line.in_until);
        let here = match whole {
            Some(whole) if how == Closing::Fin => here.max(whole),
            _ => here,
        };
        let words = self.last_words(torn, how);
        self.plan_at(there, Later::Ended(node, connection, how));
        self.plan_at(here, Later::Broken(connection, words));
    }

    /// What the client's connection says of it.
    fn last_words(&mut self, torn: &Torn<'_>, how: Closing) -> String {
        if self.go_as_bytes(torn.request.api(), torn.version) {
            return self.wire.torn(torn.version, torn.request, torn.response, how);
        }
        let error = match (how, torn.response) {
            (Closing::Reset, _) => ConnectionError::Broken(RESET.to_owned()),
            (Closing::Fin, None) => ConnectionError::Closed,
            (Closing::Fin, Some(_)) => ConnectionError::ClosedInFrame {
                arrived: 3,
                announced: None,
            },
        };
        format!("disconnected: broker {}: {error}", torn.node)
    }
}

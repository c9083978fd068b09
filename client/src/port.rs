//! The door for a pure machine: it names its requests by tokens, and each token gets one reply or is abandoned.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeMap;

use kohort_protocol::api::{Outgoing, Response};
use kohort_protocol::{CallFailure, Lane};
use tokio::sync::mpsc;

use crate::client::Client;
use crate::error::Target;
use crate::hub::SlotKey;
use crate::reply::{Outcome, Reply, Route, Serial};

/// A machine never has more than a handful of requests under way; thousands mean that it lost its way.
const MAX_OPEN: usize = 10_000;

/// A door to a [`Client`]'s connections for one machine, such as one member of a group. Its Fetch lanes are its own; all other
/// lanes are shared by all ports of the client. Dropping it abandons all its calls.
pub struct Port {
    client: Client,
    id: Serial,
    open: BTreeMap<Serial, Open>,
    sender: mpsc::UnboundedSender<(Serial, Outcome)>,
    replies: mpsc::UnboundedReceiver<(Serial, Outcome)>,
}

struct Open {
    token: u64,
    /// `None` if the call was refused at once.
    route: Option<Route>,
}

impl Port {
    pub(crate) fn new(client: Client) -> Self {
        let (sender, replies) = mpsc::unbounded_channel();
        let id = client.hub.serial();
        Self {
            client,
            id,
            open: BTreeMap::new(),
            sender,
            replies,
        }
    }

    /// The client it belongs to.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a request. Never blocks; `timeout` runs from now and covers connecting. Exactly one reply follows, unless the call is
    /// [abandoned](Self::abandon). A broker that failed lately is left alone for its backoff, within the timeout.
    pub fn send(&mut self, token: u64, target: Target, lane: Lane, request: Outgoing, timeout: Duration) {
        let serial = self.client.hub.serial();
        let reply = Reply::to_port(serial, self.sender.clone());
        let route = if self.open.len() < MAX_OPEN {
            let key = SlotKey::new(target, lane, self.id.0);
            Some(self.client.hub.send(key, serial, request, timeout, reply))
        } else {
            let detail = format!("{MAX_OPEN} calls of one port are under way");
            reply.answer(Err(CallFailure::Overloaded { detail }));
            None
        };
        self.open.insert(serial, Open { token, route });
    }

    /// Gives a call up: no reply follows. If the request was sent, its connection is reset (the only way to keep a broker from
    /// executing it later), and other calls on it fail as disconnected. Unknown tokens are passed over.
    pub fn abandon(&mut self, token: u64) {
        for (serial, call) in self.open.extract_if(.., |_, call| call.token == token) {
            call.abandon(&self.client, serial);
        }
    }

    /// The next reply; pends while there is none. Dropping the future loses nothing.
    pub async fn recv(&mut self) -> (u64, Result<Response, CallFailure>) {
        loop {
            let Some((serial, outcome)) = self.replies.recv().await else {
                // Cannot be: a sender is kept here.
                core::future::pending().await
            };
            // A reply that crossed its abandonment is dropped here, and only here.
            if let Some(call) = self.open.remove(&serial) {
                return (call.token, outcome);
            }
        }
    }
}

impl Open {
    fn abandon(&self, client: &Client, serial: Serial) {
        if let Some(route) = &self.route {
            client.hub.abandon(route, serial);
        }
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        for (serial, call) in &self.open {
            call.abandon(&self.client, *serial);
        }
        self.client.hub.close_port(self.id.0);
    }
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tokens: Vec<_> = self.open.values().map(|call| call.token).collect();
        f.debug_struct("Port")
            .field("open", &tokens)
            .finish_non_exhaustive()
    }
}

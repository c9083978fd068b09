//! The handle that users hold.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use kohort_protocol::api::{Call, Outgoing, Response};
use kohort_protocol::{CallFailure, Lane, NodeId};
use tokio::sync::oneshot;

use crate::address::Address;
use crate::config::ClientConfig;
use crate::error::{ClientError, Target};
use crate::hub::{Hub, SlotKey};
use crate::port::Port;
use crate::reply::{Reply, Route, Serial};

/// A client of one cluster. Cheap to clone: all clones share connections and metadata, and so do any number of members of any
/// groups. When the last clone (or [`Port`]) is dropped, all connections close.
///
/// Any of the futures here may be dropped at any await point. What was asked for is given up then: a request that was not sent never
/// is, and of one that was sent the connection is reset, on which other calls fail as disconnected. The broker may have executed it
/// all the same. Each flow with retries ends within `default.api.timeout.ms`, and a single call within its own time-out.
#[derive(Clone)]
pub struct Client {
    pub(crate) hub: Arc<Hub>,
}

impl Client {
    /// A client; nothing is connected until the first call.
    ///
    /// # Errors
    /// [`ClientError::Config`] if a setting cannot work, [`ClientError::NoRuntime`] outside a tokio runtime.
    pub fn new(config: ClientConfig) -> Result<Self, ClientError> {
        Hub::new(config).map(Self::of)
    }

    pub(crate) const fn of(hub: Arc<Hub>) -> Self {
        Self { hub }
    }

    /// The settings it was made with.
    #[must_use]
    pub fn config(&self) -> &ClientConfig {
        &self.hub.config
    }

    /// A door for a pure machine: requests in under tokens, replies out.
    #[must_use]
    pub fn port(&self) -> Port {
        Port::new(self.clone())
    }

    /// Teaches the address of a broker, from an answer that names it. An address nobody can connect to is passed over.
    pub fn learn(&self, node: NodeId, host: &str, port: i32) {
        match Address::advertised(host, port) {
            Some(address) if node.0 >= 0 => self.hub.learn(node, address),
            _ => tracing::warn!(%node, port, "a broker advertises an address nobody can connect to"),
        }
    }

    /// One request, once, on the lane it belongs to, within `request.timeout.ms`.
    ///
    /// Dropping the future gives the call up: if its request was sent, the connection is reset, and other calls on it fail as
    /// disconnected.
    ///
    /// # Errors
    /// [`ClientError::Call`] if there is no response. Error codes *within* a response are the caller's to read.
    pub async fn call<C: Call>(&self, target: Target, request: C) -> Result<C::Response, ClientError> {
        self.call_within(target, request, self.hub.config.request_timeout)
            .await
    }

    /// As [`call`](Self::call), with a time-out of its own; see [`join_group_timeout`] for the one that needs it. Dropping the future
    /// gives the call up likewise.
    ///
    /// # Errors
    /// As there.
    pub async fn call_within<C: Call>(
        &self,
        target: Target,
        request: C,
        timeout: Duration,
    ) -> Result<C::Response, ClientError> {
        let request = Outgoing::from(request);
        let (lane, serial) = (Lane::of(&request), self.hub.serial());
        let (reply, answer) = oneshot::channel();
        let key = SlotKey {
            target,
            lane,
            port: None,
        };
        let route = self
            .hub
            .send(key, serial, request, timeout, Reply::to_future(reply));
        let mut pending = Pending {
            hub: Some(&self.hub),
            route,
            serial,
        };
        let outcome = answer.await;
        pending.hub = None;
        let outcome = outcome.unwrap_or_else(|_| {
            Err(CallFailure::Disconnected {
                detail: "the client was closed".into(),
            })
        });
        let response = outcome.map_err(|failure| ClientError::Call {
            api: C::API,
            target,
            failure,
        })?;
        C::Response::try_from(response).map_err(|other: Response| ClientError::Call {
            api: C::API,
            target,
            failure: CallFailure::Malformed {
                api: C::API,
                detail: format!("it was decoded as an answer to {}", other.api()),
            },
        })
    }
}

/// Abandons its call when it is dropped before the answer came.
struct Pending<'a> {
    hub: Option<&'a Hub>,
    route: Route,
    serial: Serial,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if let Some(hub) = self.hub {
            hub.abandon(&self.route, self.serial);
        }
    }
}

/// How long to wait for a JoinGroup: the coordinator parks it for up to the rebalance timeout (rule 4).
#[must_use]
pub fn join_group_timeout(rebalance_timeout: Duration, request_timeout: Duration) -> Duration {
    (rebalance_timeout + Duration::from_secs(5)).max(request_timeout)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("config", &self.hub.config)
            .finish_non_exhaustive()
    }
}

//! Faults that a test or a simulation injects: what to do to which of the requests to come.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use kohort_protocol::{ApiKey, ErrorCode, NodeId};

use crate::input::ArrivedRequest;

/// Does something to requests of one API.
///
/// ```
/// use kohort_broker::{Fault, FaultAction};
/// use kohort_protocol::{ApiKey, ErrorCode};
///
/// // The second commit from now on is told that the coordinator moved.
/// let fault = Fault::on(ApiKey::OffsetCommit, FaultAction::Answer(ErrorCode::NOT_COORDINATOR)).skip(1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which API; `None` for all.
    pub api: Option<ApiKey>,
    /// Only on this node.
    pub node: Option<NodeId>,
    /// Only from clients with this client id.
    pub client_id: Option<String>,
    /// How many matching requests pass first.
    pub skip: u32,
    /// How many are hit then.
    pub times: u32,
    /// What happens to them.
    pub action: FaultAction,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultAction {
    /// It is not served, but answered with this error, wherever the API has room for it.
    Answer(ErrorCode),
    /// It is served so much later; its connection waits.
    Delay(Duration),
    /// It is neither served nor answered; its connection is blocked for ever.
    Drop,
    /// Its connection is closed before it is served.
    Close,
    /// It takes effect, and is never answered; its connection is blocked for ever.
    LoseAnswer,
    /// It takes effect, and its connection is closed when the answer is due.
    CloseInsteadOfAnswer,
    /// It is served and answered; then its connection is closed.
    AnswerThenClose,
}

impl Fault {
    /// Hits the next request of `api`, on any node, from any client.
    #[must_use]
    pub const fn on(api: ApiKey, action: FaultAction) -> Self {
        Self {
            api: Some(api),
            node: None,
            client_id: None,
            skip: 0,
            times: 1,
            action,
        }
    }

    /// Only on this node.
    #[must_use]
    pub const fn at(mut self, node: NodeId) -> Self {
        self.node = Some(node);
        self
    }

    /// Only from clients with this client id.
    #[must_use]
    pub fn from(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    /// Lets so many matching requests pass first.
    #[must_use]
    pub const fn skip(mut self, count: u32) -> Self {
        self.skip = count;
        self
    }

    /// Hits so many of them.
    #[must_use]
    pub const fn times(mut self, count: u32) -> Self {
        self.times = count;
        self
    }

    fn matches(&self, request: &ArrivedRequest) -> bool {
        self.api.is_none_or(|api| api == request.request.api())
            && self.node.is_none_or(|node| node == request.node)
            && (self.client_id.is_none() || self.client_id == request.client_id)
    }
}

/// The faults in force, oldest first. At most one hits a request; all that match count it.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn inject(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn heal(&mut self) {
        self.0.clear();
    }

    pub(crate) fn pick(&mut self, request: &ArrivedRequest) -> Option<FaultAction> {
        let mut action = None;
        for fault in self.0.iter_mut().filter(|fault| fault.matches(request)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if action.is_none() && fault.times > 0 {
                fault.times -= 1;
                action = Some(fault.action);
            }
        }
        self.0.retain(|fault| fault.times > 0);
        action
    }
}

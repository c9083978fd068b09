//! One connection of a client: requests come in order, one is in work, the others wait. A parked request therefore holds up
//! everything behind it, its own member's heartbeats included (seen on Kafka 4.4.0).

use alloc::collections::VecDeque;
use alloc::sync::Arc;

use kohort_protocol::NodeId;

use crate::input::{ArrivedRequest, ConnectionId};

/// One request in work. It is never used again, so an answer that comes after all finds nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallId {
    pub(crate) node: NodeId,
    pub(crate) connection: ConnectionId,
    pub(crate) sequence: u64,
}

/// What becomes of the answer to the request in work: faults change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Send,
    /// It is lost, and the connection stays blocked.
    Lose,
    CloseInstead,
    SendThenClose,
}

#[derive(Debug)]
pub(crate) struct InWork {
    pub(crate) sequence: u64,
    pub(crate) correlation_id: i32,
    pub(crate) version: i16,
    pub(crate) fate: Fate,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client_host: Arc<str>,
    pub(crate) in_work: Option<InWork>,
    pub(crate) queue: VecDeque<ArrivedRequest>,
    /// The client is gone, but nobody has noticed: a connection with a request in work is not read.
    pub(crate) abandoned: bool,
}

impl Connection {
    pub(crate) fn new(client_host: Arc<str>) -> Self {
        Self {
            client_host,
            in_work: None,
            queue: VecDeque::new(),
            abandoned: false,
        }
    }

    pub(crate) fn next_request(&mut self) -> Option<ArrivedRequest> {
        if self.in_work.is_some() {
            return None;
        }
        self.queue.pop_front()
    }

    /// Ends the work on a request, if it is this one.
    pub(crate) fn finish(&mut self, sequence: u64) -> Option<InWork> {
        self.in_work.take_if(|work| work.sequence == sequence)
    }
}

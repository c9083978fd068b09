//! A Fetch that waits until there is enough to read, or for so long as it may.

use alloc::vec::Vec;

use kohort_protocol::TopicName;
use kohort_protocol::api::fetch::FetchRequest;

use super::Plan;
use crate::api::Caller;
use crate::cluster::Cluster;
use crate::connections::CallId;
use crate::node::NodeTimer;

#[derive(Debug)]
pub(crate) struct ParkedFetch {
    pub(crate) caller: Caller,
    pub(crate) request: FetchRequest,
    pub(crate) plan: Plan,
    pub(crate) watched: Vec<(TopicName, i32)>,
}

impl Cluster {
    pub(crate) fn park_fetch(&mut self, parked: ParkedFetch) {
        let call = parked.caller.call;
        let patience = u64::try_from(parked.request.max_wait_ms).unwrap_or_default();
        let until = self.now + core::time::Duration::from_millis(patience);
        for partition in &parked.watched {
            self.watchers.entry(partition.clone()).or_default().insert(call);
        }
        if let Some(node) = self.nodes.get_mut(&call.node) {
            node.timers.set(NodeTimer::Fetch(call), until);
            node.parked_fetches.insert(call, parked);
        }
    }

    pub(crate) fn fetch_timed_out(&mut self, call: CallId) {
        if let Some(parked) = self.drop_fetch(call) {
            let response = self.answer_fetch(&parked.caller, &parked.request, &parked.plan);
            self.complete(call, None, response.into());
        }
    }

    /// Takes a parked Fetch out of all books.
    pub(crate) fn drop_fetch(&mut self, call: CallId) -> Option<ParkedFetch> {
        let node = self.nodes.get_mut(&call.node)?;
        node.timers.cancel(&NodeTimer::Fetch(call));
        let parked = node.parked_fetches.remove(&call)?;
        for partition in &parked.watched {
            if let Some(calls) = self.watchers.get_mut(partition) {
                calls.remove(&call);
                if calls.is_empty() {
                    self.watchers.remove(partition);
                }
            }
        }
        Some(parked)
    }

    /// A partition grew, shrank or changed hands: fetches that wait for it look again. Those on a paused node cannot.
    pub(crate) fn wake_fetches(&mut self, topic: &TopicName, partition: i32) {
        let waiting = self.watchers.get(&(topic.clone(), partition));
        let waiting: Vec<CallId> = waiting.into_iter().flatten().copied().collect();
        for call in waiting {
            let node = self.nodes.get(&call.node);
            let enough = node
                .filter(|node| node.power == crate::node::Power::Running)
                .and_then(|node| node.parked_fetches.get(&call))
                .is_some_and(|parked| self.is_enough(&parked.caller, &parked.request, &parked.plan));
            if enough {
                self.fetch_timed_out(call);
            }
        }
    }
}

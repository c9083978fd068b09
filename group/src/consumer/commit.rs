//! Commits as futures that need not be awaited.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;

use kohort_protocol::TopicPartition;
use tokio::sync::oneshot;

use crate::driver::{Call, Fact, Slot};
use crate::member::{CallError, CommitError, CommitOffset};

/// Commits from any task or thread, for a consumer that lives elsewhere.
#[derive(Clone, Debug)]
pub struct Committer {
    slot: Arc<Slot>,
}

impl Committer {
    pub(crate) fn new(slot: Arc<Slot>) -> Self {
        Self { slot }
    }

    /// Queues a commit of these positions. See [`Consumer::commit`](crate::Consumer::commit).
    pub fn commit(&self, positions: impl IntoIterator<Item = CommitOffset>) -> Commit {
        self.call(Call::Commit(positions.into_iter().collect()))
    }

    /// Queues a commit of all that is processed. See [`Consumer::commit_processed`](crate::Consumer::commit_processed).
    pub fn commit_processed(&self) -> Commit {
        self.call(Call::CommitProcessed)
    }

    /// Commits plain offsets that the application vouches for, of partitions that are assigned. Nothing protects them from being
    /// older than what is committed: prefer positions of records, which know when they were read.
    pub fn commit_bare_offsets(&self, offsets: impl IntoIterator<Item = (TopicPartition, i64)>) -> Commit {
        let bare = |(partition, offset)| CommitOffset {
            partition,
            offset,
            leader_epoch: kohort_protocol::LeaderEpoch::NONE,
            metadata: None,
            period: None,
        };
        self.call(Call::Commit(offsets.into_iter().map(bare).collect()))
    }

    fn call(&self, call: Call) -> Commit {
        let (answer, result) = oneshot::channel();
        self.slot.tell(Fact::Call(call, answer));
        Commit { result }
    }
}

/// A commit under way: queued when this was made, in order with others. Dropping it does not stop it. It resolves within
/// `default.api.timeout.ms`, also when no broker answers or the consumer ends.
#[derive(Debug)]
#[must_use = "a commit is under way already; await it to know how it went, or drop it on purpose"]
pub struct Commit {
    result: oneshot::Receiver<Result<(), CallError>>,
}

impl Future for Commit {
    type Output = Result<(), CommitError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.result)
            .poll(context)
            .map(|result| match result {
                Ok(Ok(())) => Ok(()),
                Ok(Err(CallError::Commit(error))) => Err(error),
                Ok(Err(CallError::Seek(_))) | Err(_) => Err(CommitError::Closed),
            })
    }
}

//! A consumer: the handle of one member of a group.

mod builder;
mod commit;
mod delivery;
mod records;
mod settings;
mod status;

use core::time::Duration;
use std::sync::Arc;

use kohort_client::Client;
use kohort_protocol::{GroupId, TopicName, TopicPartition};
use tokio::sync::oneshot;

pub use builder::{BuildError, ConsumerBuilder};
pub use commit::{Commit, Committer};
pub use delivery::{Assigned, Delivery, Revoking};
pub use records::{RecordError, Records};
pub use settings::{Properties, PropertyError, SETTINGS, Setting};
pub use status::Status;

use crate::driver::{Call, FAREWELL, Fact, Notice, Slot};
use crate::member::{CallError, CommitOffset, MemberError, SeekError, SeekTo};

/// How long [`Consumer::close`] may take: Kafka's default.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);

/// A member of a consumer group that reads records.
///
/// All work happens in a task of its own; heartbeats and rebalances go on while the application processes records, until it has not
/// come back for `max.poll.interval.ms`. Any of the futures here may be dropped at any await point: nothing is lost or done twice.
///
/// Dropping the consumer leaves the group in the background, without a final commit; [`close`](Self::close) does both.
#[derive(Debug)]
pub struct Consumer {
    slot: Arc<Slot>,
    closing: bool,
}

/// Why a consumer hands out nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsumerError {
    /// The member stopped, or a partition needs a decision of the application.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// A seek was refused.
    #[error(transparent)]
    Seek(#[from] SeekError),
    /// The consumer is closed, or the runtime that ran it is gone.
    #[error("the consumer is closed")]
    Closed,
}

impl Consumer {
    /// Begins to describe a consumer of this group; [`ConsumerBuilder::build`] starts it.
    pub fn builder(client: &Client, group: impl Into<GroupId>) -> ConsumerBuilder {
        ConsumerBuilder::new(client.clone(), group.into())
    }

    pub(crate) fn new(slot: Arc<Slot>) -> Self {
        Self { slot, closing: false }
    }

    /// The next records, of one partition. Says that all records returned before are processed: only that moves what automatic
    /// commits store, and resets `max.poll.interval.ms`. Assignments are taken up and given back by itself.
    ///
    /// Waits without limit. Dropping the future loses nothing.
    ///
    /// # Errors
    /// The member stopped for good, or a partition cannot go on without a decision: no committed offset or out of range with
    /// `auto.offset.reset=none`, or unreadable records. After the latter calls go on with the other partitions. What the consumer
    /// deals with by itself is logged at `warn`.
    pub async fn next(&mut self) -> Result<Records, ConsumerError> {
        loop {
            match self.next_delivery().await? {
                Delivery::Records(records) => return Ok(records),
                Delivery::Notice(Notice::Trouble(error)) if needs_decision(&error) => {
                    return Err(error.into());
                }
                Delivery::Notice(notice) => tracing::warn!("{notice}"),
                Delivery::Lost(partitions) => tracing::warn!(?partitions, "partitions lost"),
                // Dropping the guards lets the group go on: being here says that all is processed.
                Delivery::Assigned(assigned) => {
                    tracing::info!(partitions = ?assigned.partitions(), "assigned")
                }
                Delivery::Revoking(revoking) => {
                    tracing::info!(partitions = ?revoking.partitions(), "revoked")
                }
            }
        }
    }

    /// The next thing of any kind: records, or a notice about partitions gained, going or lost. Like [`next`](Self::next) it says
    /// that all records returned before are processed.
    ///
    /// # Errors
    /// The member stopped for good.
    pub async fn next_delivery(&mut self) -> Result<Delivery, ConsumerError> {
        self.slot.tell(Fact::Polled);
        if let Some(item) = self.slot.take() {
            return Ok(Delivery::of(item, &self.slot));
        }
        let _waiting = Waiting::new(&self.slot);
        loop {
            if let Some(item) = self.slot.take() {
                return Ok(Delivery::of(item, &self.slot));
            }
            match self.slot.closed() {
                Some(Ok(())) => return Err(ConsumerError::Closed),
                Some(Err(error)) => return Err(error.into()),
                None => self.slot.news().await,
            }
        }
    }

    /// Commits these positions ([`Records::position`]). The commit is queued by the call itself: dropping the future still commits.
    ///
    /// # Errors
    /// See [`CommitError`](crate::member::CommitError): not ours any more, superseded by a newer one, refused, or unknown.
    pub fn commit(&self, positions: impl IntoIterator<Item = CommitOffset>) -> Commit {
        self.committer().commit(positions)
    }

    /// Commits all that is processed: what was returned before the latest call of [`next`](Self::next) or
    /// [`next_delivery`](Self::next_delivery). Queued by the call itself.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_processed(&self) -> Commit {
        self.committer().commit_processed()
    }

    /// A handle that commits, for other tasks and threads.
    #[must_use]
    pub fn committer(&self) -> Committer {
        Committer::new(Arc::clone(&self.slot))
    }

    /// Continues reading a partition somewhere else. What lies ready of it is dropped.
    ///
    /// # Errors
    /// It is not assigned to this consumer, or the offset is negative.
    pub async fn seek(&self, partition: TopicPartition, to: SeekTo) -> Result<(), ConsumerError> {
        let (answer, result) = oneshot::channel();
        self.slot.tell(Fact::Call(Call::Seek(partition, to), answer));
        match result.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(CallError::Seek(error))) => Err(error.into()),
            Ok(Err(CallError::Commit(_))) | Err(_) => Err(ConsumerError::Closed),
        }
    }

    /// Hands out nothing of these partitions until they are resumed; the member stays in the group.
    pub fn pause(&self, partitions: impl IntoIterator<Item = TopicPartition>) {
        self.slot.tell(Fact::Pause(partitions.into_iter().collect()));
    }

    /// The opposite of [`pause`](Self::pause).
    pub fn resume(&self, partitions: impl IntoIterator<Item = TopicPartition>) {
        self.slot.tell(Fact::Resume(partitions.into_iter().collect()));
    }

    /// Subscribes to these topics instead.
    pub fn subscribe<T: Into<TopicName>>(&self, topics: impl IntoIterator<Item = T>) {
        self.slot
            .tell(Fact::Subscribe(topics.into_iter().map(Into::into).collect()));
    }

    /// How the member stands: state, identity, and per partition the positions and ends of the log.
    ///
    /// # Errors
    /// The consumer is closed.
    pub async fn status(&self) -> Result<Status, ConsumerError> {
        let (answer, status) = oneshot::channel();
        self.slot.tell(Fact::Inspect(answer));
        status.await.map_err(|_| ConsumerError::Closed)
    }

    /// Says that all records returned are processed, commits them (with automatic commits), gives the partitions back and leaves
    /// the group, within 30 seconds. See [`close_within`](Self::close_within).
    ///
    /// # Errors
    /// What could not be done in time, or why the member had stopped before.
    pub async fn close(self) -> Result<(), ConsumerError> {
        self.close_within(CLOSE_TIMEOUT).await
    }

    /// [`close`](Self::close) with a time limit of its own. Dropping the future leaves the farewell going on in the background.
    ///
    /// # Errors
    /// As [`close`](Self::close).
    pub async fn close_within(mut self, limit: Duration) -> Result<(), ConsumerError> {
        self.closing = true;
        self.slot.tell(Fact::Polled);
        self.slot.tell(Fact::Close {
            commit: true,
            within: limit,
        });
        loop {
            if let Some(result) = self.slot.closed() {
                return result.map_err(ConsumerError::from);
            }
            self.slot.news().await;
        }
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        if !self.closing {
            self.slot.tell(Fact::Close {
                commit: false,
                within: FAREWELL,
            });
        }
    }
}

/// Troubles after which a partition stands still until the application decides, or the member has stopped.
fn needs_decision(error: &MemberError) -> bool {
    matches!(
        error,
        MemberError::Refused { .. }
            | MemberError::NoOffset { .. }
            | MemberError::OutOfRange { .. }
            | MemberError::Corrupt { .. }
    )
}

/// While it lives, the application counts as polling (KAFKA-16243).
struct Waiting<'a>(&'a Slot);

impl<'a> Waiting<'a> {
    fn new(slot: &'a Slot) -> Self {
        slot.tell(Fact::Waiting(true));
        Self(slot)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.tell(Fact::Waiting(false));
    }
}

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

use crate::driver::{Call, End, FAREWELL, Fact, Notice, Slot};
use crate::member::{CallError, CommitOffset, GroupMetadata, MemberError, SeekError, SeekTo};

/// How long [`Consumer::close`] may take: Kafka's default.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);

/// A member of a consumer group that reads records.
///
/// All work happens in a task of its own, on the runtime that [`ConsumerBuilder::build`] was called in: heartbeats and rebalances go
/// on while the application processes records, until it has not come back for `max.poll.interval.ms`. Then the member leaves the
/// group; the next call tells of the partitions that were lost, and joins again.
///
/// Any of the futures here may be dropped at any await point: nothing is lost or done twice. What a future asks for is asked by its
/// first poll (a [`Commit`] even by the call that makes it), and is done also if the future is dropped then.
///
/// ```no_run
/// use kohort_client::{Client, ClientConfig};
/// use kohort_group::Consumer;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::new(ClientConfig::new("localhost:9092"))?;
/// let mut consumer = Consumer::builder(&client, "billing").topics(["orders"]).build()?;
/// for _ in 0..10 {
///     let mut records = consumer.next().await?;
///     println!("from {}:", records.partition());
///     while let Some(record) = records.next() {
///         println!("{:?}", record?.value());
///     }
/// }
/// consumer.close().await?;
/// # Ok(())
/// # }
/// ```
///
/// Dropping the consumer leaves the group in the background, without a final commit, as long as the runtime goes on;
/// [`close`](Self::close) commits and leaves, [`leave`](Self::leave) only leaves, and both wait until that is done.
#[derive(Debug)]
pub struct Consumer {
    slot: Arc<Slot>,
    closing: bool,
}

/// Why a consumer hands out nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsumerError {
    /// The member stopped, or partitions need a decision of the application: [`MemberError::stopped`] names those.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// A seek was refused.
    #[error(transparent)]
    Seek(#[from] SeekError),
    /// The consumer is closed.
    #[error("the consumer is closed")]
    Closed,
    /// The task that ran the consumer is gone with its runtime. Nothing was committed or told to the group at the end; it goes on
    /// when the session times out.
    #[error("the runtime that ran the consumer has ended; its last offsets may be uncommitted")]
    Gone,
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
    /// Waits without limit. Dropping the future loses nothing: records are taken only by the poll that returns them.
    ///
    /// # Errors
    /// The member stopped for good, or partitions cannot go on without a [`seek`](Self::seek): no committed offset or out of range
    /// with `auto.offset.reset=none`, or unreadable records. After the latter calls go on with the other partitions. What the
    /// consumer deals with by itself is logged at `warn`.
    pub async fn next(&mut self) -> Result<Records, ConsumerError> {
        loop {
            match self.next_delivery().await? {
                Delivery::Records(records) => return Ok(records),
                Delivery::Notice(Notice::Trouble(error)) if needs_decision(&error) => {
                    return Err(error.into());
                }
                // Without a committed offset somewhere must be begun; nothing is wrong with that.
                Delivery::Notice(notice @ Notice::Reset { from: None, .. }) => tracing::info!("{notice}"),
                Delivery::Notice(notice) => tracing::warn!("{notice}"),
                Delivery::Lost(partitions) => tracing::warn!(?partitions, "partitions lost"),
                // Dropping the guards lets the group go on: being here says that all is processed.
                Delivery::Assigned(assigned) => {
                    tracing::info!(partitions = ?assigned.partitions(), "assigned");
                }
                Delivery::Revoking(revoking) => {
                    tracing::info!(partitions = ?revoking.partitions(), "revoked");
                }
            }
        }
    }

    /// The next thing of any kind: records, or a notice about partitions gained, going or lost. Like [`next`](Self::next) it says
    /// that all records returned before are processed, waits without limit, and loses nothing when dropped.
    ///
    /// # Errors
    /// The member stopped for good. (Partitions that need a decision come as [`Delivery::Notice`].)
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
            match self.slot.end() {
                Some(_) => return Err(self.ended()),
                None => self.slot.news().await,
            }
        }
    }

    /// Commits these positions ([`Records::position`]). The commit is queued by the call itself: dropping the future still commits.
    ///
    /// # Errors
    /// See [`CommitError`](crate::member::CommitError): not ours any more, superseded by a newer one, refused, or unknown. It is
    /// tried for `default.api.timeout.ms` at most.
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

    /// A handle that commits, for other tasks and threads. It does not keep the consumer alive.
    #[must_use]
    pub fn committer(&self) -> Committer {
        Committer::new(Arc::clone(&self.slot))
    }

    /// Continues reading a partition somewhere else, also one that stopped because its records cannot be read or its position is
    /// not known. What lies ready of it is dropped. An offset outside the log shows later, and `auto.offset.reset` deals with it.
    /// Done by the first poll: a future that is dropped later has sought.
    ///
    /// # Errors
    /// It is not assigned to this consumer, the offset is negative, or the consumer has stopped.
    pub async fn seek(&self, partition: TopicPartition, to: SeekTo) -> Result<(), ConsumerError> {
        if let SeekTo::Offset(offset @ ..0) = to {
            return Err(SeekError::Negative { partition, offset }.into());
        }
        let (answer, result) = oneshot::channel();
        self.slot.tell(Fact::Call(Call::Seek(partition, to), answer));
        match result.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(CallError::Seek(error))) => Err(error.into()),
            Ok(Err(CallError::Commit(_))) | Err(_) => Err(self.ended()),
        }
    }

    /// Hands out nothing of these partitions until they are resumed; the member stays in the group. Those that are not assigned are
    /// passed over, and a partition that is assigned anew is not paused.
    pub fn pause(&self, partitions: impl IntoIterator<Item = TopicPartition>) {
        self.slot.tell(Fact::Pause(partitions.into_iter().collect()));
    }

    /// The opposite of [`pause`](Self::pause).
    pub fn resume(&self, partitions: impl IntoIterator<Item = TopicPartition>) {
        self.slot.tell(Fact::Resume(partitions.into_iter().collect()));
    }

    /// Subscribes to these topics instead: the group rebalances.
    pub fn subscribe<T: Into<TopicName>>(&self, topics: impl IntoIterator<Item = T>) {
        self.slot
            .tell(Fact::Subscribe(topics.into_iter().map(Into::into).collect()));
    }

    /// How the member stands: state, identity, and per partition the positions and ends of the log. No request is made for it, and
    /// nothing depends on whether the future is dropped.
    ///
    /// # Errors
    /// The consumer has stopped.
    pub async fn status(&self) -> Result<Status, ConsumerError> {
        let (answer, status) = oneshot::channel();
        self.slot.tell(Fact::Inspect(answer));
        status.await.map_err(|_| self.ended())
    }

    /// Who the member is to the coordinator: what a transactional producer passes on with its offsets (KIP-447). The future may be
    /// dropped like that of [`status`](Self::status).
    ///
    /// # Errors
    /// The consumer has stopped.
    pub async fn group_metadata(&self) -> Result<GroupMetadata, ConsumerError> {
        Ok(self.status().await?.group)
    }

    /// Says that all records returned are processed, commits them (with automatic commits), gives the partitions back and leaves
    /// the group, within 30 seconds. See [`close_within`](Self::close_within). After a failure, where the records returned last are
    /// *not* processed, use [`leave`](Self::leave).
    ///
    /// # Errors
    /// What could not be done in time, or why the member had stopped before.
    pub async fn close(self) -> Result<(), ConsumerError> {
        self.close_within(CLOSE_TIMEOUT).await
    }

    /// [`close`](Self::close) with a time limit of its own, kept also when no broker answers. Dropping the future leaves the farewell
    /// going on in the background; dropping it before its first poll is dropping the consumer.
    ///
    /// # Errors
    /// As [`close`](Self::close).
    pub async fn close_within(self, limit: Duration) -> Result<(), ConsumerError> {
        self.slot.tell(Fact::Polled);
        self.farewell(true, limit).await
    }

    /// Leaves the group without a final commit, within 30 seconds: records that were returned since the last commit are read again,
    /// by whoever gets their partitions. Commits that were asked for before are done. Dropping the future leaves the farewell going
    /// on in the background.
    ///
    /// # Errors
    /// As [`close`](Self::close).
    pub async fn leave(self) -> Result<(), ConsumerError> {
        self.farewell(false, CLOSE_TIMEOUT).await
    }

    async fn farewell(mut self, commit: bool, within: Duration) -> Result<(), ConsumerError> {
        self.closing = true;
        self.slot.tell(Fact::Close { commit, within });
        loop {
            match self.slot.end() {
                Some(End::Left) => return Ok(()),
                Some(_) => return Err(self.ended()),
                None => self.slot.news().await,
            }
        }
    }

    /// Why nothing more comes.
    fn ended(&self) -> ConsumerError {
        match self.slot.end() {
            Some(End::Left) => ConsumerError::Closed,
            Some(End::Stopped(error)) => error.into(),
            Some(End::Gone) | None => ConsumerError::Gone,
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

/// Whether a partition stands still until the application decides, or the coordinator refuses something for good.
fn needs_decision(error: &MemberError) -> bool {
    matches!(error, MemberError::Refused { .. }) || !error.stopped().is_empty()
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

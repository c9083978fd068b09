//! How a consumer is described.

use core::time::Duration;

use kohort_client::Client;
use kohort_protocol::{GroupId, GroupInstanceId, IsolationLevel, TopicName};

use super::{Consumer, Properties};
use crate::driver::{Driver, Slot};
use crate::member::{AutoOffsetReset, ConfigError, Member, MemberConfig};

/// The description of a consumer. Settings have Kafka's names and defaults; the README has them in a table.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before build()"]
pub struct ConsumerBuilder {
    client: Client,
    config: MemberConfig,
    check_crcs: bool,
}

/// Why a consumer cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A setting makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no runtime to run it.
    #[error("a consumer needs a Tokio runtime: call build() inside one, with time and IO enabled")]
    NoRuntime,
}

impl ConsumerBuilder {
    pub(crate) fn new(client: Client, group: GroupId) -> Self {
        Self {
            client,
            config: MemberConfig::new(group, Vec::new()),
            check_crcs: true,
        }
    }

    /// Takes over the consumer's settings, but for the group if none is given there. Topics stay.
    pub fn properties(mut self, properties: &Properties) -> Self {
        let topics = self.config.topics;
        let group = self.config.group_id;
        self.config = MemberConfig {
            topics,
            ..properties.member().clone()
        };
        if self.config.group_id.is_empty() {
            self.config.group_id = group;
        }
        self.check_crcs = properties.check_crcs();
        self
    }

    /// The topics to read. At least one; they may come into being later.
    pub fn topics<T: Into<TopicName>>(mut self, topics: impl IntoIterator<Item = T>) -> Self {
        self.config.topics = topics.into_iter().map(Into::into).collect();
        self
    }

    /// `auto.offset.reset` (default `latest`): where to begin without a committed offset, or when it is out of range.
    pub fn auto_offset_reset(mut self, reset: AutoOffsetReset) -> Self {
        self.config.auto_offset_reset = reset;
        self
    }

    /// `auto.commit.interval.ms` (default 5 s): how often what is processed is committed, which is what was returned before the latest
    /// call of [`Consumer::next`]. `None` is `enable.auto.commit=false`.
    pub fn auto_commit_interval(mut self, interval: Option<Duration>) -> Self {
        self.config.auto_commit_interval = interval;
        self
    }

    /// `session.timeout.ms` (default 45 s): without a heartbeat for so long the coordinator drops the member. Must lie within the
    /// broker's limits, 6 s to 30 min unless configured.
    pub fn session_timeout(mut self, timeout: Duration) -> Self {
        self.config.session_timeout = timeout;
        self
    }

    /// `heartbeat.interval.ms` (default 3 s): how often the member says that it lives, and hears of rebalances.
    pub fn heartbeat_interval(mut self, interval: Duration) -> Self {
        self.config.heartbeat_interval = interval;
        self
    }

    /// `max.poll.interval.ms` (default 5 min): an application that does not come back for so long leaves the group. Also how long a
    /// rebalance waits for [`Revoking`](crate::Revoking) to be dropped.
    pub fn max_poll_interval(mut self, interval: Duration) -> Self {
        self.config.max_poll_interval = interval;
        self
    }

    /// `isolation.level` (default `read_uncommitted`): `read_committed` hides open and aborted transactions.
    pub fn isolation_level(mut self, level: IsolationLevel) -> Self {
        self.config.isolation_level = level;
        self
    }

    /// `group.instance.id` (default none): static membership (KIP-345). Closing such a member keeps its place until the session ends.
    pub fn group_instance_id(mut self, id: impl Into<GroupInstanceId>) -> Self {
        self.config.group_instance_id = Some(id.into());
        self
    }

    /// `client.rack` (default none): records are read from a follower in this rack, if there is one (KIP-392).
    pub fn client_rack(mut self, rack: impl Into<String>) -> Self {
        self.config.client_rack = Some(rack.into());
        self
    }

    /// `check.crcs` (default true): checksums of record batches are verified when they arrive.
    pub fn check_crcs(mut self, check: bool) -> Self {
        self.check_crcs = check;
        self
    }

    /// Any other setting, see [`MemberConfig`].
    pub fn configure(mut self, change: impl FnOnce(&mut MemberConfig)) -> Self {
        change(&mut self.config);
        self
    }

    /// Starts the consumer: it joins its group in the background, on the Tokio runtime that this is called in. Whether brokers can be
    /// reached shows later: it keeps trying, and [`Consumer::next`] waits.
    ///
    /// # Errors
    /// A setting that makes no sense, or no Tokio runtime here.
    pub fn build(self) -> Result<Consumer, BuildError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| BuildError::NoRuntime)?;
        let member = Member::new(self.config, fastrand::u64(..))?;
        let slot = Slot::new();
        let driver = Driver::new(member, self.client, slot.clone(), self.check_crcs);
        runtime.spawn(driver.run());
        Ok(Consumer::new(slot))
    }
}

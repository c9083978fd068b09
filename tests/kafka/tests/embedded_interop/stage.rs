//! An embedded broker on a runtime of its own, and what it knows of its groups and logs.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use kohort::protocol::consumer_protocol::Assignment;
use kohort::protocol::records::{BatchHeader, Batches, Crcs};
use kohort::{GroupId, NodeId};
use kohort_broker::{Broker, Cluster, Config, GroupState, GroupView};
use kohort_testkafka::Tools;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Far more than anything here takes, so that only what never comes runs into it.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);
/// Of the topic of each test.
pub(crate) const PARTITIONS: i32 = 6;

pub(crate) struct Stage {
    pub(crate) runtime: Runtime,
    pub(crate) broker: Broker,
    pub(crate) tools: Tools,
    /// The name of the test's topic, and of its group.
    pub(crate) name: &'static str,
}

impl Stage {
    /// So many nodes, and a topic with [`PARTITIONS`] partitions.
    pub(crate) fn enter(nodes: u8, name: &'static str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let config = Config {
            nodes,
            auto_create_topics: false,
            group_min_session_timeout: Duration::from_secs(1),
            ..Config::default()
        };
        let broker = runtime.block_on(Broker::start(config))?;
        runtime.block_on(broker.create_topic(name, PARTITIONS))?;
        let tools = Tools::at(broker.bootstrap())?;
        Ok(Self {
            runtime,
            broker,
            tools,
            name,
        })
    }

    pub(crate) fn inspect<R: Send + 'static>(
        &self,
        look: impl FnOnce(&Cluster) -> R + Send + 'static,
    ) -> Result<R> {
        Ok(self.runtime.block_on(self.broker.inspect(look))?)
    }

    pub(crate) fn group(&self) -> Result<Option<GroupView>> {
        let id = GroupId::from(self.name);
        self.inspect(move |cluster| cluster.group(&id))
    }

    pub(crate) fn coordinator(&self) -> Result<NodeId> {
        let id = GroupId::from(self.name);
        let coordinator = self.inspect(move |cluster| cluster.coordinator(&id))?;
        coordinator.context("the group has no coordinator")
    }

    /// The client id that owns each partition, once the group is stable with just these clients and each owns something.
    pub(crate) fn settled(&self, clients: &[&str]) -> Result<BTreeMap<i32, String>> {
        let mut wanted = clients.to_vec();
        wanted.sort_unstable();
        wait_for(&format!("{wanted:?} share the partitions"), || {
            let group = self.group()?.context("there is no group yet");
            let owners = group.and_then(|group| owners(&group));
            Ok(owners.and_then(|owners| {
                let mut seen: Vec<&str> = owners.values().map(String::as_str).collect();
                seen.sort_unstable();
                seen.dedup();
                match seen == wanted {
                    true => Ok(owners),
                    false => bail!("the owners are {owners:?}"),
                }
            }))
        })
    }

    /// The committed offset of each partition that has one.
    pub(crate) fn committed(&self) -> Result<BTreeMap<i32, i64>> {
        let id = GroupId::from(self.name);
        let all = self.inspect(move |cluster| cluster.all_committed(&id))?;
        let entry = |(partition, committed): (kohort::TopicPartition, kohort_broker::CommittedOffset)| {
            (partition.partition, committed.offset)
        };
        Ok(all.into_iter().map(entry).collect())
    }

    /// The end of each partition.
    pub(crate) fn ends(&self) -> Result<BTreeMap<i32, i64>> {
        let name = self.name;
        let ends = self.inspect(move |cluster| {
            let end = |partition| Some((partition, cluster.log_bounds(name, partition)?.1));
            (0..PARTITIONS).map(end).collect::<Option<_>>()
        })?;
        ends.context("a partition is missing")
    }

    /// The headers of all batches of the topic.
    pub(crate) fn batches(&self) -> Result<Vec<BatchHeader>> {
        let name = self.name;
        let logs: Vec<Bytes> = self.inspect(move |cluster| {
            let log = |partition| cluster.batches(name, partition);
            (0..PARTITIONS).filter_map(log).collect()
        })?;
        let batches = logs.into_iter().flat_map(|log| Batches::new(log, Crcs::Verify));
        batches.map(|batch| Ok(*batch?.header())).collect()
    }

    /// Waits until all that is written is committed.
    pub(crate) fn all_committed(&self) -> Result<()> {
        wait_for("all is committed", || {
            let (committed, mut ends) = (self.committed()?, self.ends()?);
            ends.retain(|_, end| *end > 0);
            Ok(match committed == ends {
                true => Ok(()),
                false => Err(anyhow::anyhow!(
                    "the ends are {ends:?}, committed is {committed:?}"
                )),
            })
        })
    }
}

fn owners(group: &GroupView) -> Result<BTreeMap<i32, String>> {
    if group.state != GroupState::Stable {
        bail!("the group is {:?}", group.state);
    }
    let mut owners = BTreeMap::new();
    for member in &group.members {
        for partition in Assignment::decode(&member.assignment)?.partitions {
            let before = owners.insert(partition.partition, member.client_id.clone());
            assert_eq!(before, None, "two owners of {partition}: {group:?}");
        }
    }
    match i32::try_from(owners.len())? {
        PARTITIONS => Ok(owners),
        _ => bail!("owned are {owners:?}"),
    }
}

/// Looks every 20 ms until there is something to return. An error outside is final; one inside says what is missing yet.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Result<Result<T>>) -> Result<T> {
    let begin = Instant::now();
    loop {
        match look().with_context(|| format!("while waiting until {what}"))? {
            Ok(seen) => return Ok(seen),
            Err(why) if begin.elapsed() > LIMIT => {
                return Err(why.context(format!("not within {LIMIT:?}: {what}")));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

//! Where the demo plays: an embedded broker, or a real cluster that must be left as it was found.

use anyhow::{Context as _, Result};
use kohort::protocol::api::create_topics::CreatableTopic;
use kohort::{Client, ClientConfig, ErrorCode, GroupId, NodeId, TopicName};
use kohort_broker::{Broker, Config};

use crate::args;

pub(crate) struct Stage {
    runtime: tokio::runtime::Runtime,
    client: Client,
    broker: Option<Broker>,
    bootstrap: String,
    topic: TopicName,
    group: GroupId,
}

impl Stage {
    /// Starts the embedded broker, unless a cluster is named, and makes the demo's own topic.
    pub(crate) fn set(arguments: &args::Demo) -> Result<Self> {
        // The embedded broker lives on this runtime, and must go on while the story waits: it needs a thread of its own.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let broker = match &arguments.bootstrap {
            Some(_) => None,
            None => Some(runtime.block_on(Broker::start(Config {
                nodes: 3,
                ..Config::default()
            }))?),
        };
        let bootstrap = match (&arguments.bootstrap, &broker) {
            (Some(bootstrap), _) => bootstrap.clone(),
            (None, Some(broker)) => broker.bootstrap(),
            (None, None) => String::new(),
        };
        let name = format!("kohort-demo-{}-{}", std::process::id(), unix_seconds());
        let client = runtime.block_on(async { Client::new(ClientConfig::new(&bootstrap)) })?;
        let stage = Self {
            client,
            broker,
            bootstrap,
            topic: name.as_str().into(),
            group: name.as_str().into(),
            runtime,
        };
        stage
            .create_topic(arguments.partitions)
            .context("the demo's topic cannot be created")?;
        Ok(stage)
    }

    /// With as many replicas as the cluster gives by itself.
    fn create_topic(&self, num_partitions: i32) -> Result<()> {
        let topic = CreatableTopic {
            name: self.topic.clone(),
            num_partitions,
            replication_factor: -1,
            ..CreatableTopic::default()
        };
        for created in self.runtime.block_on(self.client.create_topics(vec![topic]))? {
            // Nobody else has this name: it exists already when the request had to be repeated.
            if created.error_code != ErrorCode::TOPIC_ALREADY_EXISTS {
                created
                    .error_code
                    .ok()
                    .with_context(|| created.error_message.unwrap_or_default())?;
            }
        }
        Ok(())
    }

    pub(crate) fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    pub(crate) fn topic(&self) -> &str {
        self.topic.as_str()
    }

    pub(crate) fn group(&self) -> &str {
        self.group.as_str()
    }

    pub(crate) fn introduction(&self) -> String {
        match self.broker {
            Some(_) => format!("an embedded broker with three nodes serves at {}", self.bootstrap),
            None => format!("a real cluster serves at {}", self.bootstrap),
        }
    }

    /// Moves the group's coordinator to another node, where that is in our hands.
    pub(crate) fn move_coordinator(&self) -> Result<Option<String>> {
        let Some(broker) = &self.broker else {
            return Ok(None);
        };
        let from = self.runtime.block_on(self.client.coordinator(&self.group))?;
        let to = broker
            .addresses()
            .keys()
            .copied()
            .find(|node| *node != from)
            .unwrap_or(NodeId(1));
        self.runtime
            .block_on(broker.move_coordinator(self.group.clone(), to))?;
        Ok(Some(format!(
            "the group's coordinator moves from node {from} to node {to}; nobody has to rejoin for that"
        )))
    }

    /// The sum of the group's committed offsets.
    pub(crate) fn committed(&self) -> Result<i64> {
        let group = self
            .runtime
            .block_on(self.client.offset_fetch(&self.group, None))?;
        let offsets = group
            .topics
            .iter()
            .flat_map(|topic| &topic.partitions)
            .map(|partition| partition.committed_offset);
        Ok(offsets.filter(|offset| *offset >= 0).sum())
    }

    /// Deletes the topic from a real cluster; the embedded one goes as a whole.
    pub(crate) fn clear(&mut self) -> Result<()> {
        if let Some(broker) = self.broker.take() {
            self.runtime.block_on(broker.shutdown());
            return Ok(());
        }
        let deleted = self
            .runtime
            .block_on(self.client.delete_topics(std::slice::from_ref(&self.topic)))?;
        for topic in deleted {
            topic.error_code.ok()?;
        }
        Ok(())
    }
}

/// Makes names differ from those of an earlier run on the same cluster.
fn unix_seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

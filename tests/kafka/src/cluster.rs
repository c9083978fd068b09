//! A cluster of one or three brokers: its start, up to the moment when it really serves, and its end.

use crate::folder::Folder;
use crate::jars::{Version, broker_jars};
use crate::jvm;
use crate::node::Node;
use crate::ports::{self, Port};
use crate::properties::{Address, ZOOKEEPER};
use crate::requests::KafkaError;
use crate::supervised::until;
use crate::tool::{Tool, ToolOutput};
use crate::tools::{ConsoleRecord, Tools};
use crate::wire::Wire;
use crate::zookeeper::ZooKeeper;
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// From nothing to serving takes 4 to 6 s on an idle machine.
const SERVE_LIMIT: Duration = Duration::from_secs(60);
/// For one answer of one broker; a stopped one never answers.
pub(crate) const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// What to start. See the crate documentation for an example.
#[derive(Clone, Debug)]
pub struct Builder {
    version: Version,
    brokers: usize,
    properties: BTreeMap<String, String>,
    with_groups: bool,
}

impl Builder {
    /// One broker (the default) or three.
    pub fn brokers(mut self, brokers: usize) -> Self {
        self.brokers = brokers;
        self
    }

    /// Kafka's release; default: `KOHORT_KAFKA_VERSION`, or the pinned one.
    pub fn version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// A server property of all brokers, instead of the launcher's own value.
    pub fn property(mut self, name: &str, value: &str) -> Self {
        self.properties.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Asks nobody for a coordinator: the cluster has no `__consumer_offsets` when it is handed over.
    pub fn without_groups(mut self) -> Self {
        self.with_groups = false;
        self
    }

    /// Starts the cluster and returns when all of its brokers serve clients and groups.
    ///
    /// # Errors
    /// Java or Maven is missing; Kafka does not start or does not serve within 60 s: then with the end of its log.
    pub fn start(self) -> Result<Cluster> {
        ensure!(
            [1, 3].contains(&self.brokers),
            "a cluster has 1 or 3 brokers, not {}",
            self.brokers
        );
        let jars = broker_jars(&self.version)?;
        jvm::make_archive(&jars, || {
            Cluster::builder()
                .version(self.version.clone())
                .start_on(&jars)?
                .terminate(1)
        })?;
        self.start_on(&jars)
    }

    /// Tries twice, because a stranger may have taken a port between our look and Kafka's bind.
    fn start_on(&self, jars: &Path) -> Result<Cluster> {
        let cluster = self.prepare(jars)?;
        match cluster.bring_up(self.with_groups) {
            Err(_) if cluster.nodes.iter().any(Node::found_its_port_taken) => {
                drop(cluster);
                let cluster = self.prepare(jars)?;
                cluster.bring_up(self.with_groups)?;
                Ok(cluster)
            }
            result => result.map(|()| cluster),
        }
    }

    fn prepare(&self, jars: &Path) -> Result<Cluster> {
        let folder = Folder::create(&self.version.to_string())?;
        let ports = ports::reserve(2 * self.brokers)?;
        let addresses = addresses(&ports);
        let (path, keep) = (folder.path(), folder.is_kept());
        let old = self.version.needs_zookeeper();
        let zookeeper = old.then(|| ZooKeeper::start(jars, path, keep)).transpose()?;
        let mut extra = self.properties.clone();
        if let Some(zookeeper) = &zookeeper {
            extra.insert(ZOOKEEPER.to_owned(), zookeeper.address());
        }
        let node = |own: &Address| Node::prepare(*own, &addresses, path, jars, &extra, keep);
        let nodes = addresses.iter().map(node).collect::<Result<_>>()?;
        Ok(Cluster {
            version: self.version.clone(),
            nodes,
            zookeeper,
            folder: Arc::new(folder),
            _ports: ports,
        })
    }
}

/// A running cluster; dropping it kills its processes and removes its files.
///
/// After a panic the logs stay, and their place is printed. With `KOHORT_KAFKA_KEEP=1` everything stays. If this
/// process is killed, the brokers and their data go all the same (but the logs stay).
#[derive(Debug)]
pub struct Cluster {
    version: Version,
    /// Before the folder, for the processes must be gone when that is removed.
    pub(crate) nodes: Vec<Node>,
    /// Of old releases alone; goes after the brokers, which would wait for it when they end.
    pub(crate) zookeeper: Option<ZooKeeper>,
    pub(crate) folder: Arc<Folder>,
    _ports: Vec<Port>,
}

impl Cluster {
    /// One broker of the default version, until told otherwise.
    pub fn builder() -> Builder {
        Builder {
            version: Version::from_env(),
            brokers: 1,
            properties: BTreeMap::new(),
            with_groups: true,
        }
    }

    /// Kafka's release.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// What clients take as `bootstrap.servers`: all brokers, down or not.
    pub fn bootstrap(&self) -> String {
        let addresses: Vec<String> = self.nodes.iter().map(|n| n.address().to_string()).collect();
        addresses.join(",")
    }

    /// The ids of the brokers, from 1.
    pub fn nodes(&self) -> Vec<i32> {
        self.nodes.iter().map(|node| node.id).collect()
    }

    /// Where a broker listens, also while it is down.
    ///
    /// # Errors
    /// There is no such node.
    pub fn address(&self, node: i32) -> Result<SocketAddr> {
        Ok(self.node(node)?.address())
    }

    /// The process id of a broker; `None` while it is down.
    ///
    /// # Errors
    /// There is no such node.
    pub fn pid(&self, node: i32) -> Result<Option<u32>> {
        Ok(self.node(node)?.pid())
    }

    /// The file with all that a broker says.
    ///
    /// # Errors
    /// There is no such node.
    pub fn log(&self, node: i32) -> Result<PathBuf> {
        Ok(self.node(node)?.log())
    }

    /// A raw connection to a broker, with a limit of 10 s for each answer.
    ///
    /// # Errors
    /// There is no such node, or it does not listen.
    pub fn wire(&self, node: i32) -> Result<Wire> {
        self.node(node)?.wire(ANSWER_LIMIT)
    }

    /// Kafka's tools and kcat, on this cluster.
    pub fn tools(&self) -> Tools {
        Tools::of(self.bootstrap(), Arc::clone(&self.folder))
    }

    /// [`Tools::run`].
    ///
    /// # Errors
    /// As there.
    pub fn tool(&self, main: &str, arguments: &[&str]) -> Result<ToolOutput> {
        self.tools().run(main, arguments)
    }

    /// [`Tools::start`].
    ///
    /// # Errors
    /// As there.
    pub fn start_tool(&self, main: &str, arguments: &[&str]) -> Result<Tool> {
        self.tools().start(main, arguments)
    }

    /// [`Tools::start_with_input`].
    ///
    /// # Errors
    /// As there.
    pub fn start_tool_with_input(&self, main: &str, arguments: &[&str], text: &str) -> Result<Tool> {
        self.tools().start_with_input(main, arguments, text)
    }

    /// [`Tools::produce`].
    ///
    /// # Errors
    /// As there.
    pub fn produce(
        &self,
        topic: &str,
        compression: &str,
        records: impl IntoIterator<Item = (String, String)>,
    ) -> Result<()> {
        self.tools().produce(topic, compression, records)
    }

    /// [`Tools::consume`].
    ///
    /// # Errors
    /// As there.
    pub fn consume(&self, topic: &str, count: usize) -> Result<Vec<ConsoleRecord>> {
        self.tools().consume(topic, count)
    }

    pub(crate) fn node(&self, id: i32) -> Result<&Node> {
        let found = self.nodes.iter().find(|node| node.id == id);
        found.with_context(|| format!("no node {id}; the nodes are {:?}", self.nodes()))
    }

    fn bring_up(&self, with_groups: bool) -> Result<()> {
        let id = cluster_id();
        std::thread::scope(|scope| {
            let starts: Vec<_> = self
                .nodes
                .iter()
                .map(|node| {
                    scope.spawn(|| match self.zookeeper {
                        Some(_) => node.start(),
                        None => node.create(&id),
                    })
                })
                .collect();
            starts.into_iter().try_for_each(|start| match start.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })?;
        match with_groups {
            true => self.wait_until_serving(),
            false => self.wait_until("all brokers answer", || self.check_brokers()),
        }
    }

    /// Returns when all brokers that are `Running` serve: they answer, see one another, their replicas are in sync, and
    /// every group has a coordinator that has finished loading.
    ///
    /// # Errors
    /// That is not so within 60 s, or one of them has ended: with the end of its log.
    pub fn wait_until_serving(&self) -> Result<()> {
        self.wait_until("all brokers serve", || self.check_serving())
    }

    fn wait_until(&self, what: &str, check: impl Fn() -> Result<()>) -> Result<()> {
        let served = until(SERVE_LIMIT, what, || match self.dead() {
            Some(dead) => Ok(Err(dead)),
            None => check().map(Ok),
        });
        served.and_then(|outcome| outcome).map_err(|error| {
            let logs: String = self.nodes.iter().map(Node::end_of_log).collect();
            anyhow::anyhow!("Kafka {} does not serve: {error:#}\n{logs}", self.version)
        })
    }

    fn dead(&self) -> Option<anyhow::Error> {
        self.nodes.iter().find_map(|node| node.check_alive().err())
    }

    fn check_serving(&self) -> Result<()> {
        self.check_brokers()?;
        for node in self.running() {
            node.wire(ANSWER_LIMIT)?.find_coordinator("kohort-testkafka")?;
        }
        self.check_coordinators()
    }

    fn check_brokers(&self) -> Result<()> {
        let running: BTreeSet<i32> = self.running().map(|node| node.id).collect();
        for node in self.running() {
            let mut wire = node.wire(ANSWER_LIMIT)?;
            wire.api_versions()?;
            let seen = wire.metadata()?.brokers;
            ensure!(
                seen.is_superset(&running),
                "node {} sees {seen:?} of {running:?}",
                node.id
            );
        }
        self.check_in_sync(&running)
    }

    /// Who kills the only replica in sync gets a partition without a leader, and waits for ever.
    fn check_in_sync(&self, running: &BTreeSet<i32>) -> Result<()> {
        for (topic, partitions) in self.metadata()?.topics {
            for (index, partition) in partitions {
                let lagging = |node: &&i32| running.contains(node) && !partition.in_sync.contains(node);
                let behind: Vec<&i32> = partition.replicas.iter().filter(lagging).collect();
                ensure!(behind.is_empty(), "{topic}-{index}: not in sync: {behind:?}");
            }
        }
        Ok(())
    }

    /// A fresh coordinator is found (0) up to 0.3 s before it serves (16, then 14), so each partition is asked.
    fn check_coordinators(&self) -> Result<()> {
        for partition in 0..self.offsets_partitions()? {
            let group = self.group_on(partition)?;
            let coordinator = self.coordinator(&group)?;
            let (code, _) = self.wire(coordinator)?.committed(&group, "kohort-testkafka", 0)?;
            ensure!(
                code == 0,
                KafkaError {
                    api: "OffsetFetch",
                    code
                }
            );
        }
        Ok(())
    }
}

/// Nodes from 1, with two ports each.
fn addresses(ports: &[Port]) -> Vec<Address> {
    let address = |(node, pair): (i32, &[Port])| match pair {
        [own, controller] => Some(Address {
            node,
            port: own.number,
            controller_port: controller.number,
        }),
        _ => None,
    };
    (1..).zip(ports.chunks_exact(2)).filter_map(address).collect()
}

/// 16 bytes in URL-safe base64, as Kafka writes an id; letters and digits only, for it must not begin with a dash.
fn cluster_id() -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let letter = |_| {
        let choice = usize::try_from(crate::random() % 62).unwrap_or_default();
        alphabet.get(choice).copied().map_or('A', char::from)
    };
    // The 22nd letter holds the last two bits.
    (0..21).map(letter).chain(['A']).collect()
}

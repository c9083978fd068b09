//! The cluster on real TCP ports: a handle, one task that owns the [`Cluster`](crate::Cluster), and connections that only move
//! bytes. All waiting is by tokio's time, so paused time works when the clients run in the same current-thread runtime.

mod connection;
mod operator;
mod port;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use kohort_protocol::{GroupId, NodeId, TopicName};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use self::operator::{Operator, Order};
use self::port::Port;
use crate::{Cluster, Command, CommandError, Config, Fault};

/// A running cluster: nodes on ports of 127.0.0.1, in this process. Dropping it stops everything.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let broker = kohort_broker::Broker::start(kohort_broker::Config { nodes: 3, ..Default::default() }).await?;
/// broker.create_topic("orders", 6).await?;
/// println!("bootstrap.servers={}", broker.bootstrap());
/// broker.shutdown().await;
/// # Ok::<(), kohort_broker::BrokerError>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Broker {
    orders: mpsc::Sender<Order>,
    addresses: BTreeMap<NodeId, SocketAddr>,
    operator: JoinHandle<()>,
}

/// Why an embedded broker could not start or do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// A port could not be opened.
    #[error("node {node} cannot listen on {address}: {source}")]
    Listen {
        /// Whose port.
        node: NodeId,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// There are more nodes than ports left above the first one.
    #[error("there are no {nodes} ports from {first_port} on")]
    Ports {
        /// The first port asked for.
        first_port: u16,
        /// How many nodes.
        nodes: u8,
    },
    /// The cluster refused a command.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The broker's task is gone, most likely with its runtime.
    #[error("the embedded broker has stopped")]
    Stopped,
}

impl Broker {
    /// Starts all nodes on free ports. Call it within a tokio runtime with IO and time.
    ///
    /// # Errors
    /// [`BrokerError::Listen`].
    pub async fn start(config: Config) -> Result<Self, BrokerError> {
        Self::start_at(config, 0).await
    }

    /// As [`Broker::start`], with node 1 on `first_port`, node 2 on the next one, ... (0: free ports).
    ///
    /// # Errors
    /// [`BrokerError::Listen`], [`BrokerError::Ports`].
    pub async fn start_at(config: Config, first_port: u16) -> Result<Self, BrokerError> {
        let nodes = config.nodes.max(1);
        if first_port != 0 && first_port.checked_add(u16::from(nodes) - 1).is_none() {
            return Err(BrokerError::Ports { first_port, nodes });
        }
        let mut cluster = Cluster::new(config);
        let mut ports = BTreeMap::new();
        let mut addresses = BTreeMap::new();
        for (node, place) in cluster.node_ids().zip(0_u16..).collect::<Vec<_>>() {
            let wanted = if first_port == 0 { 0 } else { first_port + place };
            let port = Port::reserve(node, wanted)?;
            cluster.advertise(node, port.address().ip().to_string(), port.address().port())?;
            addresses.insert(node, port.address());
            ports.insert(node, port);
        }
        let (orders, received) = mpsc::channel(16);
        let operator = Operator::new(cluster, ports)?;
        Ok(Self {
            orders,
            addresses,
            operator: tokio::spawn(operator.run(received)),
        })
    }

    /// What a client takes as `bootstrap.servers`: all nodes, also those that are stopped.
    #[must_use]
    pub fn bootstrap(&self) -> String {
        let addresses: Vec<String> = self.addresses.values().map(SocketAddr::to_string).collect();
        addresses.join(",")
    }

    /// Where each node listens.
    #[must_use]
    pub fn addresses(&self) -> &BTreeMap<NodeId, SocketAddr> {
        &self.addresses
    }

    /// Operates the cluster; done when this returns. If the call is dropped the command may be obeyed or not.
    ///
    /// # Errors
    /// [`BrokerError::Command`]; [`BrokerError::Listen`] if a node that starts again has lost its port.
    pub async fn command(&self, command: Command) -> Result<(), BrokerError> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Command { command, answer }, answered).await?
    }

    /// Looks at the cluster between two events: committed offsets, groups, leaders.
    ///
    /// # Errors
    /// [`BrokerError::Stopped`].
    pub async fn inspect<R: Send + 'static>(
        &self,
        look: impl FnOnce(&Cluster) -> R + Send + 'static,
    ) -> Result<R, BrokerError> {
        let (answer, answered) = oneshot::channel();
        let look = Box::new(move |cluster: &Cluster| {
            // Nobody may wait for it any more.
            let _ = answer.send(look(cluster));
        });
        self.order(Order::Inspect(look), answered).await
    }

    async fn order<R>(&self, order: Order, answered: oneshot::Receiver<R>) -> Result<R, BrokerError> {
        self.orders.send(order).await.map_err(|_| BrokerError::Stopped)?;
        answered.await.map_err(|_| BrokerError::Stopped)
    }

    /// Kills a node: its connections are reset and its port refuses.
    ///
    /// # Errors
    /// As [`Broker::command`].
    pub async fn stop_node(&self, node: NodeId) -> Result<(), BrokerError> {
        self.command(Command::Stop(node)).await
    }

    /// Starts a killed node again, on the same port.
    ///
    /// # Errors
    /// As [`Broker::command`].
    pub async fn start_node(&self, node: NodeId) -> Result<(), BrokerError> {
        self.command(Command::Start(node)).await
    }

    /// Makes a topic, unless it exists.
    ///
    /// # Errors
    /// As [`Broker::command`].
    pub async fn create_topic(
        &self,
        topic: impl Into<TopicName>,
        partitions: i32,
    ) -> Result<(), BrokerError> {
        let topic = topic.into();
        self.command(Command::CreateTopic { topic, partitions }).await
    }

    /// Makes another node the coordinator of a group (and of all groups on the same partition of `__consumer_offsets`).
    ///
    /// # Errors
    /// As [`Broker::command`].
    pub async fn move_coordinator(&self, group: impl Into<GroupId>, to: NodeId) -> Result<(), BrokerError> {
        let group = group.into();
        let partition = self
            .inspect(move |cluster| cluster.offsets_partition(&group))
            .await?;
        self.command(Command::MoveLeader {
            topic: partition.topic,
            partition: partition.partition,
            to,
        })
        .await
    }

    /// Does something to requests to come.
    ///
    /// # Errors
    /// As [`Broker::command`].
    pub async fn inject(&self, fault: Fault) -> Result<(), BrokerError> {
        self.command(Command::Inject(fault)).await
    }

    /// Stops everything and waits until the ports are closed.
    pub async fn shutdown(self) {
        let Self { orders, operator, .. } = self;
        drop(orders);
        if let Err(error) = operator.await {
            tracing::error!(%error, "the embedded broker's task failed");
        }
    }
}

//! What goes into a cluster and what comes out: requests, connections and commands in; answers and closed connections out.

use alloc::string::String;

use kohort_protocol::api::{Request, Response};
use kohort_protocol::{NodeId, TopicName};

use crate::{Fault, Release};

/// A connection of a client to one node. The caller numbers them; a number is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// What happens to a cluster.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "most of them are messages, and a few wait at a time"
)]
#[non_exhaustive]
pub enum Input {
    /// A client connected. A request on a connection that is not open is not served: the answer is [`Output::Close`].
    Opened {
        /// To which node.
        node: NodeId,
        /// The new connection.
        connection: ConnectionId,
        /// The client's address as DescribeGroups shows it (`/127.0.0.1`).
        client_host: String,
    },
    /// The client's side of a connection is gone.
    Closed {
        /// On which node.
        node: NodeId,
        /// The connection.
        connection: ConnectionId,
        /// In which way: it decides what becomes of requests that still wait.
        how: Closing,
    },
    /// A request arrived.
    Request(ArrivedRequest),
    /// Somebody operates the cluster.
    Command(Command),
    /// Nothing but time.
    Tick,
}

/// A request with what its header said.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrivedRequest {
    /// Which node it was sent to.
    pub node: NodeId,
    /// On which connection.
    pub connection: ConnectionId,
    /// Comes back with the answer.
    pub correlation_id: i32,
    /// The version of its API that it was written in.
    pub version: i16,
    /// The client's name for itself.
    pub client_id: Option<String>,
    /// The request.
    pub request: Request,
}

/// How a client's connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// By FIN: requests that wait behind a parked one are still served, later, and nobody reads the answers.
    /// (Seen on Kafka 4.4.0: an abandoned OffsetCommit lands after a newer one.)
    Fin,
    /// By RST: requests that wait are gone, unless the node is paused and had them already (then a coin is tossed).
    Reset,
}

/// What an operator does to a cluster.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Command {
    /// Kills a node (kill −9): connections are closed, memory and un-flushed records are lost.
    Stop(NodeId),
    /// Shuts a node down in order (SIGTERM): what it leads goes to others first; after [`shutdown`](crate::Latencies::shutdown) it
    /// closes its connections and is down. Nothing is lost. A node that is on its way down leads nothing more, and is down at once
    /// if it is killed.
    ShutDown(NodeId),
    /// Starts a stopped node again, with its disk.
    Start(NodeId),
    /// Puts another release of Kafka on a stopped node. Clients learn of it with their next connection.
    Install {
        /// The node.
        node: NodeId,
        /// What it runs from its next start on.
        release: Release,
    },
    /// Halts a node (SIGSTOP): it takes requests and answers none.
    Pause(NodeId),
    /// Lets a paused node go on (SIGCONT).
    Continue(NodeId),
    /// Makes another node the leader of a partition. On `__consumer_offsets` this moves the coordinators of its groups.
    MoveLeader {
        /// The topic.
        topic: TopicName,
        /// The partition.
        partition: i32,
        /// The new leader.
        to: NodeId,
    },
    /// Cuts a partition's log at this offset under a new leader epoch, as an unclean leader election does.
    Truncate {
        /// The topic.
        topic: TopicName,
        /// The partition.
        partition: i32,
        /// The new end of the log.
        end_offset: i64,
    },
    /// Drops the start of a partition's log (DeleteRecords, or retention).
    DeleteRecords {
        /// The topic.
        topic: TopicName,
        /// The partition.
        partition: i32,
        /// The new start of the log.
        before_offset: i64,
    },
    /// Creates a topic, or does nothing if it exists.
    CreateTopic {
        /// Its name.
        topic: TopicName,
        /// How many partitions.
        partitions: i32,
    },
    /// Deletes a topic and the groups' offsets for it.
    DeleteTopic(TopicName),
    /// Lets a topic grow to so many partitions.
    AddPartitions {
        /// Its name.
        topic: TopicName,
        /// How many partitions it has afterwards.
        count: i32,
    },
    /// Does something to requests to come.
    Inject(Fault),
    /// Forgets all faults.
    Heal,
}

/// What a cluster does to its clients.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "most of them are messages, and a few wait at a time"
)]
#[non_exhaustive]
pub enum Output {
    /// Answers a request.
    Reply {
        /// From which node.
        node: NodeId,
        /// On which connection.
        connection: ConnectionId,
        /// As in the request.
        correlation_id: i32,
        /// The version to write the answer in: the request's, but 0 for an ApiVersions request that was too new.
        version: i16,
        /// The answer.
        response: Response,
    },
    /// A request is done and has no answer (Produce with `acks` 0): the next one on the connection may be read.
    Unanswered {
        /// On which node.
        node: NodeId,
        /// On which connection.
        connection: ConnectionId,
        /// As in the request.
        correlation_id: i32,
    },
    /// Closes a connection.
    Close {
        /// On which node.
        node: NodeId,
        /// The connection.
        connection: ConnectionId,
        /// By reset when its node was killed, else by FIN.
        how: Closing,
    },
}

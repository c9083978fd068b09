//! The server properties of one node: small and fast, so that a cluster serves within seconds and three brokers
//! notice within three that one of them is dead. Each value was seen accepted by Kafka 4.4.0; older releases ignore names they do not know.

use std::collections::BTreeMap;
use std::path::Path;

/// Where the ZooKeeper of a release before 3.0 is.
pub(crate) const ZOOKEEPER: &str = "zookeeper.connect";

/// Where one node listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address {
    pub(crate) node: i32,
    pub(crate) port: u16,
    pub(crate) controller_port: u16,
}

/// Same on all nodes and for any number of them. Kafka's own default stands behind each.
const ANY: &[(&str, &str)] = &[
    ("process.roles", "broker,controller"),
    ("controller.listener.names", "CONTROLLER"),
    (
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    ),
    ("inter.broker.listener.name", "PLAINTEXT"),
    // Groups react at once and accept short sessions.
    ("group.initial.rebalance.delay.ms", "0"),             // 3000
    ("group.min.session.timeout.ms", "500"),               // 6000
    ("group.consumer.session.timeout.ms", "3000"),         // 45000
    ("group.consumer.min.session.timeout.ms", "500"),      // 45000
    ("group.consumer.heartbeat.interval.ms", "300"),       // 5000
    ("group.consumer.min.heartbeat.interval.ms", "100"),   // 5000
    ("group.consumer.assignment.interval.ms", "0"),        // 1000, from 4.3
    ("group.share.session.timeout.ms", "3000"),            // 45000
    ("group.share.min.session.timeout.ms", "500"),         // 45000
    ("group.share.heartbeat.interval.ms", "300"),          // 5000
    ("group.share.min.heartbeat.interval.ms", "100"),      // 5000
    ("group.share.assignment.interval.ms", "0"),           // 1000, from 4.3
    ("group.share.record.lock.duration.ms", "1500"),       // 30000
    ("group.share.min.record.lock.duration.ms", "1000"),   // 15000
    ("group.streams.session.timeout.ms", "3000"),          // 45000
    ("group.streams.min.session.timeout.ms", "500"),       // 45000
    ("group.streams.heartbeat.interval.ms", "300"),        // 5000
    ("group.streams.min.heartbeat.interval.ms", "100"),    // 5000
    ("group.streams.assignment.interval.ms", "0"),         // 1000, from 4.3
    ("group.streams.initial.rebalance.delay.ms", "0"),     // 3000, from 4.2
    ("offsets.topic.num.partitions", "6"),                 // 50
    ("transaction.state.log.num.partitions", "3"),         // 50
    ("share.coordinator.state.topic.num.partitions", "3"), // 50
    // Small: 128 MiB of heap otherwise, and two cores.
    ("log.cleaner.dedupe.buffer.size", "2097152"), // 134217728
    ("num.network.threads", "2"),                  // 3
    ("num.io.threads", "3"),                       // 8
    ("group.coordinator.threads", "1"),            // 4
    ("background.threads", "2"),                   // 10
    // Nothing happens that a test did not ask for.
    ("auto.create.topics.enable", "false"),    // true
    ("auto.leader.rebalance.enable", "false"), // true
];

/// Where another broker can take over: a dead one is fenced within 3 s.
///
/// Not where there is one broker. Nobody takes over from it, and on a busy machine Kafka's controller fences a living broker
/// too when it is silent for that long; all its groups then answer 16 in the middle of a test.
const TAKES_OVER: &[(&str, &str)] = &[
    ("controller.quorum.election.timeout.ms", "300"), // 1000
    ("controller.quorum.fetch.timeout.ms", "600"),    // 2000
    ("broker.heartbeat.interval.ms", "300"),          // 2000
    ("broker.session.timeout.ms", "3000"),            // 9000
    ("zookeeper.session.timeout.ms", "3000"),         // 18000, before 4.0
];

/// The text of a node's `server.properties`; `extra` wins over everything.
pub(crate) fn text(own: Address, all: &[Address], folder: &Path, extra: &BTreeMap<String, String>) -> String {
    let alone = all.len() < 3;
    let mut properties: BTreeMap<String, String> = ANY
        .iter()
        .chain(TAKES_OVER.iter().filter(|_| !alone))
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let mut set = |name: &str, value: String| properties.insert(name.to_owned(), value);
    let (three, two) = if alone { ("1", "1") } else { ("3", "2") };
    set("offsets.topic.replication.factor", three.to_owned());
    for internal in ["transaction.state.log", "share.coordinator.state.topic"] {
        set(&format!("{internal}.replication.factor"), three.to_owned());
        set(&format!("{internal}.min.isr"), two.to_owned());
    }
    let Address {
        node,
        port,
        controller_port,
    } = own;
    let voter = |a: &Address| format!("{}@127.0.0.1:{}", a.node, a.controller_port);
    set("node.id", node.to_string());
    if extra.contains_key(ZOOKEEPER) {
        set("broker.id", node.to_string());
    }
    set("broker.rack", format!("rack-{node}"));
    set(
        "controller.quorum.voters",
        all.iter().map(voter).collect::<Vec<_>>().join(","),
    );
    set(
        "listeners",
        format!("PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}"),
    );
    set("advertised.listeners", format!("PLAINTEXT://127.0.0.1:{port}"));
    set("log.dirs", folder.join("data").display().to_string());
    properties.extend(extra.clone());
    properties
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect()
}

//! The checks of `kohort-checks` on the embedded broker, under paused time: what takes a minute on a real Kafka takes none here.
//!
//! Broker and checks share one current-thread runtime: only so is paused time sound over loopback.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use kohort_broker::{Broker, BrokerError, Config, Fault, FaultAction, Latencies};
use kohort_checks::{CHECKS, Later, Plan, Profile, Release, Report, Target, run};
use kohort_protocol::{ApiKey, ErrorCode, GroupId, NodeId};

struct Embedded(Broker);

fn in_words(result: Result<(), BrokerError>) -> Result<(), String> {
    result.map_err(|error| error.to_string())
}

impl Target for Embedded {
    fn release(&self) -> Release {
        Release(4, 4)
    }

    fn is_kafka(&self) -> bool {
        false
    }

    fn nodes(&self) -> Vec<(NodeId, SocketAddr)> {
        self.0
            .addresses()
            .iter()
            .map(|(node, address)| (*node, *address))
            .collect()
    }

    fn move_coordinator<'a>(&'a self, group: &'a GroupId, to: NodeId) -> Later<'a, Result<(), String>> {
        Box::pin(async move { in_words(self.0.move_coordinator(group.clone(), to).await) })
    }

    fn restart(&self, node: NodeId) -> Later<'_, Result<(), String>> {
        Box::pin(async move {
            in_words(self.0.stop_node(node).await)?;
            in_words(self.0.start_node(node).await)
        })
    }
}

fn config(profile: Profile) -> Config {
    let usual = Config {
        auto_create_topics: false,
        offsets_topic_partitions: 6,
        group_min_session_timeout: Duration::from_millis(500),
        latencies: Latencies::KAFKA,
        ..Config::default()
    };
    match profile {
        Profile::One | Profile::Untouched => usual,
        Profile::Three => Config { nodes: 3, ..usual },
        Profile::Small => Config {
            group_max_size: 2,
            group_initial_rebalance_delay: Duration::from_secs(1),
            offsets_retention: Duration::from_secs(60),
            offsets_retention_check_interval: Duration::from_secs(1),
            ..usual
        },
    }
}

async fn check(profile: Profile, faults: Vec<Fault>) -> Report {
    let broker = Broker::start(config(profile)).await.expect("the broker starts");
    for fault in faults {
        broker.inject(fault).await.expect("a running broker takes faults");
    }
    let plan = Plan {
        profile,
        slow: true,
        side_by_side: 1,
        only: std::env::var("KOHORT_CHECKS").ok(),
    };
    run(CHECKS, Rc::new(Embedded(broker)), plan).await
}

async fn all_pass(profile: Profile) {
    let report = check(profile, Vec::new()).await;
    print!("{report}");
    assert!(report.failures().is_empty(), "some of\n{report}");
    assert!(std::env::var_os("KOHORT_CHECKS").is_some() || !report.0.is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_node_answers_as_kafka() {
    all_pass(Profile::One).await;
}

#[tokio::test(start_paused = true)]
async fn one_node_with_small_limits_answers_as_kafka() {
    all_pass(Profile::Small).await;
}

#[tokio::test(start_paused = true)]
async fn three_nodes_answer_as_kafka() {
    all_pass(Profile::Three).await;
}

#[tokio::test(start_paused = true)]
async fn a_fresh_cluster_answers_as_kafka() {
    all_pass(Profile::Untouched).await;
}

//! The checks of `kohort-checks` on the embedded broker, under paused time: what takes a minute on a real Kafka takes none here.
//!
//! Broker and checks share one current-thread runtime: only so is paused time sound over loopback.

use std::collections::BTreeSet;
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
            group_initial_rebalance_delay: Duration::from_secs(2),
            ..usual
        },
        Profile::Expiring => Config {
            offsets_retention: Duration::from_secs(60),
            offsets_retention_check_interval: Duration::from_secs(1),
            ..usual
        },
    }
}

/// Runs the checks of a profile whose ids begin with `only`.
async fn check(config: Config, profile: Profile, faults: Vec<Fault>, only: Option<String>) -> Report {
    let broker = Broker::start(config).await.expect("the broker starts");
    for fault in faults {
        broker.inject(fault).await.expect("a running broker takes faults");
    }
    let plan = Plan {
        profile,
        side_by_side: 1,
        only,
    };
    run(CHECKS, Rc::new(Embedded(broker)), plan).await
}

async fn all_pass(profile: Profile) {
    let only = std::env::var("KOHORT_CHECKS").ok();
    let all = only.is_none();
    let report = check(config(profile), profile, Vec::new(), only).await;
    print!("{report}");
    assert!(report.failures().is_empty(), "some of\n{report}");
    let ours = CHECKS.iter().filter(|check| check.profile == profile);
    assert!(!all || report.0.len() == ours.count());
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
async fn one_node_forgets_as_kafka() {
    all_pass(Profile::Expiring).await;
}

#[tokio::test(start_paused = true)]
async fn three_nodes_answer_as_kafka() {
    all_pass(Profile::Three).await;
}

#[tokio::test(start_paused = true)]
async fn a_fresh_cluster_answers_as_kafka() {
    all_pass(Profile::Untouched).await;
}

/// A broker that says yes to all requests of one API and does nothing, or worse; and the checks that are to notice.
fn broken(api: ApiKey, action: FaultAction, only: &str) -> (Fault, Option<String>) {
    (Fault::on(api, action).times(u32::MAX), Some(only.to_owned()))
}

fn broken_brokers() -> Vec<(Fault, Option<String>)> {
    let yes = FaultAction::Answer(ErrorCode::NONE);
    let mut brokers = vec![
        broken(ApiKey::ApiVersions, FaultAction::Close, "conn/1"),
        broken(ApiKey::Metadata, FaultAction::AnswerThenClose, "conn/3"),
        broken(ApiKey::Metadata, FaultAction::AnswerThenClose, "conn/4"),
        broken(ApiKey::ApiVersions, yes, "conn/5"),
        // Nothing works without a coordinator, so only those that look at nothing else.
        broken(ApiKey::FindCoordinator, yes, "conn/7"),
        broken(ApiKey::FindCoordinator, yes, "conn/8"),
        broken(ApiKey::FindCoordinator, yes, "fact/fresh-cluster"),
    ];
    let apis = [
        ApiKey::JoinGroup,
        ApiKey::SyncGroup,
        ApiKey::Heartbeat,
        ApiKey::LeaveGroup,
        ApiKey::OffsetCommit,
        ApiKey::OffsetDelete,
        ApiKey::DeleteGroups,
        ApiKey::DescribeGroups,
    ];
    brokers.extend(apis.map(|api| broken(api, yes, "")));
    brokers.push(broken(ApiKey::OffsetFetch, yes, "off/"));
    brokers
}

/// A check that cannot fail proves nothing. `conn/2` has a test of its own; `conn/6` sees no newer group API here.
#[tokio::test(start_paused = true)]
async fn each_check_fails_on_some_broken_broker() {
    let mut never: BTreeSet<&str> = CHECKS.iter().map(|check| check.id).collect();
    use Profile::{Expiring, One, Small, Three, Untouched};
    for profile in [One, Small, Three, Untouched, Expiring] {
        for (fault, only) in broken_brokers() {
            for outcome in check(config(profile), profile, vec![fault], only)
                .await
                .failures()
            {
                never.remove(outcome.id);
            }
        }
    }
    assert_eq!(never, BTreeSet::from(["conn/2", "conn/6", "conn/6.2"]));
}

#[tokio::test(start_paused = true)]
async fn a_broker_with_another_largest_request_is_caught() {
    let usual = config(Profile::One);
    for limit in [104_857_600 - 1, 104_857_600 + 1] {
        let config = Config {
            socket_request_max_bytes: limit,
            ..usual.clone()
        };
        let report = check(config, Profile::One, Vec::new(), Some("conn/2".to_owned())).await;
        assert_eq!(report.failures().len(), 1, "{report}");
    }
}

//! The checks of `kohort-checks` on a real Kafka: the newest release, and the oldest that the project supports.

use anyhow::{Context, Result, ensure};
use kohort_checks::{CHECKS, Plan, Profile, Report, run, skip};
use kohort_testkafka::{Cluster, Version};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use target::Real;

mod target;

fn cluster(version: &Version, profile: Profile) -> Result<Cluster> {
    let builder = Cluster::builder().version(version.clone());
    match profile {
        Profile::One => builder.start(),
        Profile::Untouched => builder.without_groups().start(),
        // Nobody is killed here, and side by side with other clusters a living broker may be silent for seconds.
        Profile::Three => builder
            .brokers(3)
            .property("broker.session.timeout.ms", "18000")
            .property("controller.quorum.fetch.timeout.ms", "5000")
            .start(),
        Profile::Expiring => builder
            .property("offsets.retention.minutes", "1")
            .property("offsets.retention.check.interval.ms", "1000")
            .start(),
        Profile::Small => {
            let small = builder
                .property("group.max.size", "2")
                .property("group.initial.rebalance.delay.ms", "2000")
                .start()?;
            without_group_version(&small)?;
            Ok(small)
        }
    }
}

fn without_group_version(cluster: &Cluster) -> Result<()> {
    let bootstrap = cluster.bootstrap();
    let arguments = [
        "--bootstrap-server",
        &bootstrap,
        "disable",
        "--feature",
        "group.version",
    ];
    cluster
        .tool("org.apache.kafka.tools.FeatureCommand", &arguments)?
        .success()?;
    Ok(())
}

/// All checks of one profile, on a cluster of their own.
fn check(version: &Version, profile: Profile) -> Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let plan = Plan {
        profile,
        side_by_side: 12,
        only: std::env::var("KOHORT_CHECKS").ok(),
    };
    let slow = std::env::var_os("KOHORT_SLOW_CHECKS").is_some_and(|set| set == "1");
    if profile == Profile::Expiring && !slow {
        return Ok(skip(
            CHECKS,
            &plan,
            "takes two minutes; KOHORT_SLOW_CHECKS=1 runs it",
        ));
    }
    let cluster = Arc::new(cluster(version, profile)?);
    Ok(runtime.block_on(run(CHECKS, Rc::new(Real(cluster)), plan)))
}

/// The clusters of the profiles side by side, for most of the time they wait; one release after the other, for there are
/// seven brokers of each.
fn check_all(version: &Version) -> Result<()> {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    use Profile::{Expiring, One, Small, Three, Untouched};
    let profiles = [One, Small, Three, Untouched, Expiring];
    let reports: Vec<Report> = std::thread::scope(|scope| {
        let running = profiles.map(|profile| scope.spawn(move || check(version, profile)));
        let reports = running.map(|running| running.join().expect("a check does not panic"));
        reports.into_iter().collect::<Result<_>>()
    })?;
    reports.iter().for_each(|report| print!("{report}"));
    let failures: Vec<String> = reports
        .iter()
        .flat_map(Report::failures)
        .map(ToString::to_string)
        .collect();
    ensure!(failures.is_empty(), "Kafka {version}:\n{}", failures.join("\n"));
    let run: usize = reports.iter().map(|report| report.0.len()).sum();
    let all = std::env::var_os("KOHORT_CHECKS").is_some() || run == CHECKS.len();
    ensure!(all, "{run} of {} checks were run", CHECKS.len());
    Ok(())
}

#[test]
fn kafka_4_4_0_answers_as_seen() -> Result<()> {
    check_all(&Version::V4_4_0).context("the checks are what this release was seen to answer")
}

#[test]
fn kafka_4_0_2_answers_as_seen() -> Result<()> {
    check_all(&Version::V4_0_2).context("the checks are what this release was seen to answer")
}

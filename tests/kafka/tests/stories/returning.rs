//! A static leader's process ends without a word and comes back within its session: the group hears of it only if there is a reason.

use crate::member::{Process, settled};
use crate::stage::Stage;
use anyhow::Result;
use std::time::Duration;

const TOPIC: &str = "grows-meanwhile";
const GROUP: &str = "returning";

/// KIP-814: the coordinator tells it not to divide. Java's client then takes the topic as it is for what was divided, and a partition
/// added meanwhile has no owner until the next round.
#[test]
fn a_static_leader_that_returns_divides_only_what_was_added_meanwhile() -> Result<()> {
    let stage = Stage::enter()?;
    stage.kafka.create_topic(TOPIC, 4, 1, &[])?;
    let start = |instance: &'static str| -> Result<_> {
        let process = Process::start(stage.kafka)?;
        let member = process.member(instance, GROUP, TOPIC, |builder| {
            builder
                .group_instance_id(instance)
                .session_timeout(Duration::from_secs(30))
        })?;
        Ok((process, member))
    };
    // Who is first leads, and keeps the lead as long as it rejoins.
    let (leaders, leader) = start("leader")?;
    settled(&[&leader], 4)?;
    let (_other, follower) = start("follower")?;
    let before = settled(&[&leader, &follower], 4)?;

    leaders.kill(&[&leader])?;
    let (leaders, leader) = start("leader")?;
    let after = settled(&[&leader, &follower], 4)?;
    assert_eq!(
        after[0].group.generation, before[0].group.generation,
        "all is owned, so nobody is disturbed"
    );
    assert_ne!(after[0].group.member_id, before[0].group.member_id);

    leaders.kill(&[&leader])?;
    stage.kafka.add_partitions(TOPIC, 7)?;
    let (_leaders, leader) = start("leader")?;
    settled(&[&leader, &follower], 7)?;
    leader.close()?;
    follower.close()
}

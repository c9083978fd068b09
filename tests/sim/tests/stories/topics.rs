//! Topics and their logs change under the group.

use std::time::Duration;

use kohort_protocol::TopicPartition;
use kohort_sim::plan::{Act, MemberPlan};

use crate::stage::Stage;

#[test]
fn partitions_that_are_added_start_one_round() {
    let mut stage = Stage::group(9, 3);
    let before = stage.generation();
    for _ in 0..3 {
        stage.disturb(&Act::AddPartition {});
    }
    stage.write(7);
    // metadata.max.age.ms is 5 minutes; a leader's error or anything else may show it sooner.
    stage.run(Duration::from_secs(310));
    stage.settle();
    assert_eq!([0, 1, 2].map(|member| stage.owns(member)), [3; 3]);
    stage.read_all();
    assert_eq!(stage.generation(), before + 1);
    assert_eq!(stage.read_again(), 0);
    stage.finish();
}

#[test]
fn a_topic_that_does_not_exist_yet_is_told_and_read_once_it_does() {
    let mut stage = Stage::new(10, 2, vec![MemberPlan::default()]);
    stage.run_ms(1);
    stage.world.subscribe(0, &["t", "u"]);
    stage.settle();
    stage.write(4);
    stage.read_all();
    stage.run_ms(3000);
    let told: Vec<String> = stage.errors().into_iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["topic u of the subscription: UNKNOWN_TOPIC_OR_PARTITION (3); still looking for it"]
    );
    stage.world.create_topic("u", 2);
    stage.write(4);
    stage.settle();
    assert_eq!(stage.owns(0), 4);
    stage.read_all();
    assert_eq!(stage.errors().len(), 1, "{}", stage.state());
    stage.finish();
}

#[test]
fn a_subscription_that_changes_moves_the_group_to_it() {
    let mut stage = Stage::group(13, 2);
    let before = stage.generation();
    stage.world.create_topic("u", 4);
    for member in 0..2 {
        stage.world.subscribe(member, &["t", "u"]);
    }
    stage.settle();
    assert_eq!([0, 1].map(|member| stage.owns(member)), [5; 2]);
    stage.write(4);
    stage.read_all();
    assert!(
        (before + 1..=before + 2).contains(&stage.generation()),
        "{}",
        stage.state()
    );
    assert_eq!(stage.read_again(), 0);
    assert!(stage.errors().is_empty(), "{}", stage.state());
    stage.finish();
}

#[test]
fn what_is_deleted_leaves_everybodys_hands_and_may_come_back() {
    let mut stage = Stage::group(16, 2);
    stage.world.create_topic("u", 4);
    for member in 0..2 {
        stage.world.subscribe(member, &["t", "u"]);
    }
    stage.settle();
    stage.write(4);
    stage.read_all();
    let before = stage.generation();
    stage.disturb(&Act::DeleteTopic { topic: 1 });
    stage.write(4);
    stage.settle();
    assert_eq!([0, 1].map(|member| stage.owns(member)), [3; 2]);
    stage.read_all();
    assert_eq!(stage.generation(), before + 1, "{}", stage.state());
    stage.run(Duration::from_secs(60));
    assert_eq!(stage.generation(), before + 1, "{}", stage.state());
    stage.world.create_topic("u", 4);
    stage.write(4);
    stage.run(Duration::from_secs(10));
    stage.settle();
    assert_eq!([0, 1].map(|member| stage.owns(member)), [5; 2]);
    stage.read_all();
    assert_eq!(stage.losses(), 0, "{}", stage.state());
    stage.finish();
}

#[test]
fn a_log_that_lost_its_head_or_its_tail_is_told_and_read_on() {
    let mut stage = Stage::group(15, 1);
    let names = [0, 1].map(|partition| TopicPartition::new("t", partition));
    let end = stage.committed(&names[0]).unwrap();
    // While it sleeps, its position falls below the start of the log: of what is written, one batch was on its way before that.
    let span = Duration::from_secs(3);
    stage.disturb(&Act::Freeze { member: 0, span });
    stage.write(4);
    stage.disturb(&Act::DeleteRecords {
        partition: 0,
        keep: 6,
    });
    stage.run_ms(6000);
    let lost = format!("offset {} is", end + 3);
    assert!(
        stage
            .resets()
            .iter()
            .any(|(name, why)| **name == names[0] && why.contains(&lost)),
        "{:?}",
        stage.resets()
    );
    stage.read_all();
    // The tail: what was read is gone.
    let end = stage.committed(&names[1]).unwrap();
    stage.disturb(&Act::Truncate {
        partition: 1,
        records: 75,
    });
    stage.run_ms(3000);
    assert!(
        stage
            .resets()
            .iter()
            .any(|(name, why)| **name == names[1] && why.contains("truncated")),
        "{:?}",
        stage.resets()
    );
    assert_eq!(
        stage.committed(&names[1]),
        Some(end - 75),
        "as far as the log holds"
    );
    stage.write(1);
    stage.read_all();
    assert_eq!(stage.committed(&names[1]), Some(end - 72));
    assert_eq!(
        stage.resets().len(),
        6 + 2,
        "no other was reset: {:?}",
        stage.resets()
    );
    assert!(stage.errors().is_empty(), "{}", stage.state());
    stage.finish();
}

//! Whole groups: several members, one client, and a coordinator that moves, dies, comes back or falls silent.

use kohort_broker::{Command, GroupState};
use kohort_group::Consumer;
use kohort_group::member::MemberState;
use kohort_protocol::{ApiKey, NodeId};
use tokio::task::JoinHandle;

use crate::rig::*;

/// Consumes in a task until told to stop; gives back the consumer and what it saw.
fn run(mut consumer: Consumer, stop: &tokio::sync::watch::Sender<bool>) -> JoinHandle<(Consumer, Seen)> {
    let mut stop = stop.subscribe();
    tokio::spawn(async move {
        let mut seen = Seen::default();
        loop {
            tokio::select! {
                records = consumer.next() => drop(seen.read(&mut records.unwrap())),
                _ = stop.wait_for(|stop| *stop) => return (consumer, seen),
            }
        }
    })
}

async fn add(task: JoinHandle<(Consumer, Seen)>, all: &mut Seen) -> Consumer {
    let (consumer, seen) = task.await.unwrap();
    for (record, times) in seen.0 {
        *all.0.entry(record).or_default() += times;
    }
    consumer
}

async fn members_on_one_client(count: usize) {
    let rig = Rig::new(1, 6).await;
    let (stop, _) = tokio::sync::watch::channel(false);
    let mut tasks: Vec<_> = (0..count)
        .map(|_| run(rig.consumer().build().unwrap(), &stop))
        .collect();
    sleep(30 * SECOND).await;
    let group = rig.group().await.unwrap();
    assert_eq!((group.state, group.members.len()), (GroupState::Stable, count));
    for index in 0..6 {
        rig.feed(index, 100).await;
    }
    // Ten minutes of nothing: no rebalance, no new member.
    sleep(600 * SECOND).await;
    let later = rig.group().await.unwrap();
    let ids = |group: &kohort_broker::GroupView| {
        group
            .members
            .iter()
            .map(|member| member.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!((later.generation, ids(&later)), (group.generation, ids(&group)));
    assert_eq!(rig.tap.count(ApiKey::LeaveGroup), 0);

    // One goes: the others take over what it had.
    let (stop_one, _) = tokio::sync::watch::channel(false);
    let goes = tasks.pop().unwrap();
    goes.abort();
    assert!(goes.await.is_err());
    tasks.push(run(rig.consumer().build().unwrap(), &stop_one));
    sleep(30 * SECOND).await;
    let last = tasks.pop().unwrap();
    stop_one.send(true).unwrap();
    let mut all = Seen::default();
    add(last, &mut all).await.close().await.unwrap();
    for index in 0..6 {
        rig.feed(index, 100).await;
    }
    sleep(30 * SECOND).await;
    let group = rig.group().await.unwrap();
    assert_eq!(
        (group.state, group.members.len()),
        (GroupState::Stable, count - 1)
    );
    stop.send(true).unwrap();
    for task in tasks {
        add(task, &mut all).await.close().await.unwrap();
    }
    assert!(all.0.values().all(|times| *times == 1));
    assert!(rig.committed().await.into_values().eq([200; 6]));
}

#[tokio::test(start_paused = true)]
async fn two_members_on_one_client_join_stay_and_hand_over() {
    members_on_one_client(2).await;
}

#[tokio::test(start_paused = true)]
async fn five_members_on_one_client_join_stay_and_hand_over() {
    members_on_one_client(5).await;
}

/// Something happens to the coordinator in the middle of a stream of records; member ids, generation and assignment stay.
async fn through<F: AsyncFn(&Rig, NodeId)>(happens: F) {
    let rig = Rig::new(3, 3).await;
    let (stop, _) = tokio::sync::watch::channel(false);
    let consumer = rig.consumer().auto_commit_interval(Some(SECOND)).build().unwrap();
    let task = run(consumer, &stop);
    rig.feed(0, 50).await;
    sleep(5 * SECOND).await;
    let before = rig.group().await.unwrap();
    assert_eq!(
        (before.state, rig.committed().await[&0]),
        (GroupState::Stable, 50)
    );
    let coordinator = rig.coordinator().await;
    let others = async {
        for round in 0..30 {
            rig.feed(round % 3, 10).await;
            sleep(SECOND / 2).await;
        }
    };
    tokio::join!(happens(&rig, coordinator), others);
    sleep(60 * SECOND).await;
    let after = rig.group().await.unwrap();
    let key = |group: &kohort_broker::GroupView| {
        (
            group.generation,
            group.leader.clone(),
            group.members[0].assignment.clone(),
        )
    };
    assert_eq!(key(&after), key(&before), "no rebalance, no new id");
    assert_eq!(rig.tap.count(ApiKey::JoinGroup), 2);
    stop.send(true).unwrap();
    let mut seen = Seen::default();
    let consumer = add(task, &mut seen).await;
    assert_eq!(consumer.status().await.unwrap().state, MemberState::Stable);
    seen.assert_once(3, 100);
    assert_eq!(seen.len(), 350);
    consumer.close().await.unwrap();
    assert!(rig.committed().await.into_values().eq([150, 100, 100]));
}

#[tokio::test(start_paused = true)]
async fn the_coordinator_moves() {
    through(async |rig, coordinator| {
        for step in 1..4 {
            let to = NodeId((coordinator.0 - 1 + step) % 3 + 1);
            rig.broker.move_coordinator("g", to).await.unwrap();
            sleep(4 * SECOND).await;
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_coordinator_is_killed_and_comes_back() {
    through(async |rig, coordinator| {
        rig.broker.stop_node(coordinator).await.unwrap();
        sleep(6 * SECOND).await;
        rig.broker.start_node(coordinator).await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_coordinator_falls_silent_without_closing_anything() {
    through(async |rig, coordinator| {
        rig.broker.command(Command::Pause(coordinator)).await.unwrap();
        sleep(9 * SECOND).await;
        rig.broker.command(Command::Continue(coordinator)).await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_only_broker_is_killed_and_comes_back() {
    outage(3 * SECOND).await;
}

#[tokio::test(start_paused = true)]
async fn the_only_broker_is_gone_for_longer_than_the_session() {
    outage(600 * SECOND).await;
}

/// Sessions begin anew when a coordinator loads a group: the member keeps its place, and nothing is read twice.
async fn outage(length: std::time::Duration) {
    let rig = Rig::new(1, 2).await;
    let (stop, _) = tokio::sync::watch::channel(false);
    let task = run(rig.consumer().build().unwrap(), &stop);
    rig.feed(0, 50).await;
    rig.feed(1, 50).await;
    sleep(10 * SECOND).await;
    let before = rig.group().await.unwrap();
    rig.broker.stop_node(NodeId(1)).await.unwrap();
    sleep(length).await;
    rig.broker.start_node(NodeId(1)).await.unwrap();
    sleep(60 * SECOND).await;
    rig.feed(0, 50).await;
    rig.feed(1, 50).await;
    sleep(10 * SECOND).await;
    let after = rig.group().await.unwrap();
    assert_eq!(
        (after.state, after.generation),
        (GroupState::Stable, before.generation)
    );
    stop.send(true).unwrap();
    let mut seen = Seen::default();
    let consumer = add(task, &mut seen).await;
    consumer.close().await.unwrap();
    seen.assert_once(2, 100);
    assert!(rig.committed().await.into_values().eq([100, 100]));
}

#[tokio::test(start_paused = true)]
async fn another_subscription_takes_effect_with_a_rebalance() {
    let rig = Rig::new(1, 2).await;
    rig.broker.create_topic("other", 3).await.unwrap();
    let mut consumer = rig.consumer().build().unwrap();
    assert_eq!(assigned(&mut consumer).await.partitions().len(), 2);
    consumer.subscribe(["other"]);
    assert_eq!(revoking(&mut consumer).await.partitions().len(), 2);
    let assigned = assigned(&mut consumer).await;
    assert!(
        assigned
            .partitions()
            .iter()
            .all(|name| name.topic.as_str() == "other")
    );
    assert_eq!(assigned.partitions().len(), 3);
}

//! Runtimes that end while everything lives, and applications that panic (C10, C03): nobody waits for ever, nothing counts as processed
//! that was not, and the group goes on.

use std::sync::Arc;
use std::time::Duration;

use kohort_broker::Command;
use kohort_group::member::CommitError;
use kohort_group::{Consumer, ConsumerError, Delivery};
use kohort_protocol::NodeId;
use tokio::task::JoinHandle;

use crate::clocks::{Clocks, Part};
use crate::rig::*;

fn begin() -> (Clocks, Arc<Rig>, Consumer) {
    let clocks = Clocks::new();
    let mut rig = clocks.runtime(Part::World).block_on(async {
        let rig = Rig::new(1, 1).await;
        rig.feed(0, 50).await;
        rig
    });
    {
        let _inside = clocks.runtime(Part::Links).enter();
        rig.connect_here();
    }
    let _inside = clocks.runtime(Part::Driver).enter();
    let builder = rig.consumer().auto_commit_interval(None);
    let consumer = builder.build().unwrap();
    (clocks, Arc::new(rig), consumer)
}

fn members(clocks: &mut Clocks, rig: &Arc<Rig>) -> usize {
    let rig = Arc::clone(rig);
    clocks.run(Part::World, SECOND, async move { rig.members().await })
}

/// A member that has read all there is.
fn reading() -> (Clocks, Arc<Rig>, Consumer, Seen) {
    let (mut clocks, rig, mut consumer) = begin();
    let (consumer, seen) = clocks.run(Part::App, 20 * SECOND, async move {
        let mut seen = Seen::default();
        read_until(&mut consumer, &mut seen, 50).await;
        (consumer, seen)
    });
    (clocks, rig, consumer, seen)
}

#[test]
fn the_drivers_runtime_ends_while_the_application_waits_and_holds_things() {
    let (mut clocks, rig, mut consumer) = begin();
    let held: JoinHandle<_> = clocks.runtime(Part::App).spawn(async move {
        let guard = assigned(&mut consumer).await;
        let commit = consumer.committer().commit_bare_offsets([(partition(0), 1)]);
        let next = consumer.next_delivery().await;
        (consumer, guard, commit, next.map(drop))
    });
    clocks.pass(5 * SECOND);
    assert!(!held.is_finished());
    clocks.end(Part::Driver);
    let (consumer, guard, commit, next) = clocks.join(held, SECOND);
    assert_eq!(next, Err(ConsumerError::Gone));
    assert_eq!(
        clocks.run(Part::App, SECOND, commit),
        Ok(()),
        "it was done before"
    );
    drop(guard);
    let commit = consumer.commit_processed();
    assert_eq!(clocks.run(Part::App, SECOND, commit), Err(CommitError::Closed));
    assert_eq!(
        clocks.run(Part::App, SECOND, consumer.close()),
        Err(ConsumerError::Gone)
    );
    // Nobody said goodbye: the session ends by itself.
    clocks.pass(7 * SECOND);
    assert_eq!(members(&mut clocks, &rig), 0);
}

#[test]
fn the_clients_runtime_ends_and_closing_is_in_time_all_the_same() {
    let (mut clocks, _rig, consumer, seen) = reading();
    seen.assert_once(1, 50);
    clocks.end(Part::Links);
    clocks.pass(20 * SECOND);
    let (consumer, status) = clocks.run(Part::App, SECOND, async move {
        let status = consumer.status().await;
        (consumer, status)
    });
    status.unwrap();
    let commit = consumer.committer().commit_bare_offsets([(partition(0), 50)]);
    let limit = Duration::from_secs(7);
    let closed = clocks.run(Part::App, limit + SECOND, consumer.close_within(limit));
    assert!(matches!(closed, Err(ConsumerError::Member(_))), "{closed:?}");
    assert!(clocks.run(Part::App, SECOND, commit).is_err());
}

/// The limit runs from the call, not from when the driver hears of it (S15).
#[test]
fn a_starved_driver_makes_closing_no_later() {
    let (mut clocks, rig, consumer, _) = reading();
    let silence = rig_silence(&rig);
    clocks.run(Part::World, SECOND, silence);
    drop(consumer.committer().commit_bare_offsets([(partition(0), 50)]));
    let closing = consumer.close_within(Duration::from_secs(7));
    let closing = clocks.runtime(Part::App).spawn(closing);
    clocks.starve(&[Part::Driver], 5 * SECOND);
    let closed = clocks.join(closing, 2 * SECOND + SECOND / 5);
    assert!(matches!(closed, Err(ConsumerError::Member(_))), "{closed:?}");
}

fn rig_silence(rig: &Arc<Rig>) -> impl Future<Output = ()> + Send + use<> {
    let rig = Arc::clone(rig);
    async move { rig.broker.command(Command::Pause(NodeId(1))).await.unwrap() }
}

#[test]
fn the_brokers_runtime_ends_and_closing_is_in_time_all_the_same() {
    let (mut clocks, _rig, consumer, _) = reading();
    clocks.end(Part::World);
    clocks.pass(20 * SECOND);
    let limit = Duration::from_secs(7);
    // Nothing is to be committed, and the session is over: there may be nothing left to do.
    drop(clocks.run(Part::App, limit + SECOND, consumer.close_within(limit)));
}

/// The consumer is dropped with the application's runtime: the driver says goodbye, and commits nothing of what was not come back for.
#[test]
fn the_applications_runtime_ends_with_everything_it_holds() {
    let (mut clocks, rig, mut consumer) = begin();
    let app = clocks.runtime(Part::App).spawn(async move {
        drop(assigned(&mut consumer).await);
        let held = records(&mut consumer).await;
        sleep(600 * SECOND).await;
        drop((held, consumer));
    });
    clocks.pass(5 * SECOND);
    assert_eq!((members(&mut clocks, &rig), app.is_finished()), (1, false));
    clocks.end(Part::App);
    clocks.pass(SECOND);
    assert_eq!(members(&mut clocks, &rig), 0);
    let rig = Arc::clone(&rig);
    let committed = clocks.run(Part::World, SECOND, async move { rig.committed().await });
    assert_eq!(committed, [].into());
}

/// Whatever a task holds while it panics, its consumer leaves and what it had in hand is read by the next.
#[tokio::test(start_paused = true)]
async fn an_application_that_panics_with_things_in_hand_leaves() {
    for holds_guard in [false, true] {
        let rig = Rig::new(1, 1).await;
        rig.feed(0, 50).await;
        let mut consumer = rig.consumer().build().unwrap();
        let task = tokio::spawn(async move {
            let guard = assigned(&mut consumer).await;
            if holds_guard {
                panic!("on purpose, with a guard");
            }
            drop(guard);
            let mut records = records(&mut consumer).await;
            while let Some(record) = records.next() {
                assert!(
                    record.unwrap().offset() < 7,
                    "on purpose, in the middle of records"
                );
            }
        });
        assert!(within(60 * SECOND, task).await.unwrap_err().is_panic());
        sleep(SECOND).await;
        assert_eq!((rig.members().await, rig.committed().await), (0, [].into()));
        let mut next = rig.consumer().build().unwrap();
        let mut seen = Seen::default();
        read_until(&mut next, &mut seen, 50).await;
        seen.assert_once(1, 50);
    }
}

/// A panic that ends only the delivery, not the consumer.
#[tokio::test(start_paused = true)]
async fn a_panic_with_the_assignment_in_hand_makes_the_member_leave_and_it_joins_again() {
    let rig = Rig::new(1, 1).await;
    rig.feed(0, 50).await;
    let mut consumer = rig.consumer().build().unwrap();
    let guard = assigned(&mut consumer).await;
    let panicked = tokio::spawn(async move {
        let _guard = guard;
        panic!("on purpose");
    });
    assert!(panicked.await.unwrap_err().is_panic());
    sleep(SECOND).await;
    assert_eq!(rig.members().await, 0, "nothing counts as set up");
    let again = async {
        loop {
            match consumer.next_delivery().await.unwrap() {
                Delivery::Assigned(assigned) => break drop(assigned),
                Delivery::Lost(_) | Delivery::Notice(_) => {}
                other => panic!("{other:?}"),
            }
        }
    };
    within(60 * SECOND, again).await;
    let mut seen = Seen::default();
    read_until(&mut consumer, &mut seen, 50).await;
    seen.assert_once(1, 50);
}

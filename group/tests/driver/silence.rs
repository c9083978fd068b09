//! A broker that stops answering without closing anything, at each moment of a member's life: every future ends within its limit
//! (L05), and when the broker answers again the consumer goes on.

use std::time::Duration;

use kohort_broker::Command;
use kohort_group::member::{CommitOffset, SeekTo};
use kohort_group::{Assigned, Consumer, Delivery, Revoking};
use kohort_protocol::NodeId;
use tokio::time::Instant;

use crate::rig::*;

const NODE: NodeId = NodeId(1);
/// `default.api.timeout.ms`
const CALL: Duration = Duration::from_secs(5);

/// Where in its life the member is when the broker falls silent.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Starting,
    /// Its JoinGroup is parked: another member holds on to its partitions.
    Joining,
    Assigning,
    Reading,
    Revoking,
}

const MOMENTS: [Moment; 5] = [
    Moment::Starting,
    Moment::Joining,
    Moment::Assigning,
    Moment::Reading,
    Moment::Revoking,
];

/// What the member holds at that moment, and another member if there is one.
#[derive(Default)]
struct Held {
    position: Option<CommitOffset>,
    assigned: Option<Assigned>,
    revoking: Option<Revoking>,
    other: Option<Consumer>,
}

impl Rig {
    fn hasty(&self) -> Consumer {
        let builder = self.consumer().configure(|config| {
            config.request_timeout = 2 * SECOND;
            config.default_api_timeout = CALL;
        });
        builder.build().unwrap()
    }

    async fn silence(&self) {
        self.broker.command(Command::Pause(NODE)).await.unwrap();
    }

    async fn arrive(&self, moment: Moment) -> (Consumer, Held) {
        let mut held = Held::default();
        if matches!(moment, Moment::Joining) {
            let mut other = self.consumer().build().unwrap();
            held.assigned = Some(assigned(&mut other).await);
            held.other = Some(other);
        }
        let mut consumer = self.hasty();
        match moment {
            Moment::Starting => {}
            Moment::Joining => sleep(2 * SECOND).await,
            Moment::Assigning => held.assigned = Some(assigned(&mut consumer).await),
            Moment::Reading | Moment::Revoking => {
                drop(assigned(&mut consumer).await);
                held.position = Some(Seen::default().read(&mut records(&mut consumer).await));
            }
        }
        if matches!(moment, Moment::Revoking) {
            held.other = Some(self.consumer().build().unwrap());
            held.revoking = Some(loop {
                if let Delivery::Revoking(guard) = delivery(&mut consumer).await {
                    break guard;
                }
            });
        }
        (consumer, held)
    }
}

async fn ends_within<F: Future>(limit: Duration, what: &str, moment: Moment, future: F) -> F::Output {
    let began = Instant::now();
    let output = tokio::time::timeout(limit, future).await;
    output.unwrap_or_else(|_| panic!("{what}, {moment:?}: not ended after {:?}", began.elapsed()))
}

#[tokio::test(start_paused = true)]
async fn every_call_ends_in_time_and_the_consumer_goes_on() {
    for moment in MOMENTS {
        let rig = Rig::new(1, 1).await;
        rig.feed(0, 50).await;
        let (mut consumer, mut held) = rig.arrive(moment).await;
        rig.silence().await;

        let soon = Duration::from_millis(10);
        ends_within(soon, "status", moment, consumer.status())
            .await
            .unwrap();
        ends_within(soon, "group_metadata", moment, consumer.group_metadata())
            .await
            .unwrap();
        let call = CALL + soon;
        if let Some(position) = held.position.take() {
            ends_within(call, "commit", moment, consumer.commit([position]))
                .await
                .unwrap_err();
        }
        let bare = consumer.committer().commit_bare_offsets([(partition(0), 1)]);
        ends_within(call, "commit_bare_offsets", moment, bare)
            .await
            .unwrap_err();
        drop(ends_within(call, "commit_processed", moment, consumer.commit_processed()).await);
        for to in [SeekTo::Offset(0), SeekTo::Beginning] {
            drop(ends_within(soon, "seek", moment, consumer.seek(partition(0), to)).await);
        }

        rig.broker.command(Command::Continue(NODE)).await.unwrap();
        drop(held);
        rig.feed(0, 50).await;
        let mut seen = Seen::default();
        let reading = async {
            while !seen.0.contains_key(&(0, 99)) {
                seen.read(&mut consumer.next().await.unwrap());
            }
        };
        ends_within(60 * SECOND, "reading on", moment, reading).await;
        within(5 * SECOND, consumer.close()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn closing_and_leaving_end_in_time_whatever_the_member_was_doing() {
    for moment in MOMENTS {
        let rig = Rig::new(1, 1).await;
        rig.feed(0, 50).await;
        let (consumer, held) = rig.arrive(moment).await;
        rig.silence().await;
        let limit = 7 * SECOND;
        drop(ends_within(limit + SECOND, "close", moment, consumer.close_within(limit)).await);
        drop(held);
    }
    for moment in MOMENTS {
        let rig = Rig::new(1, 1).await;
        rig.feed(0, 50).await;
        let (consumer, held) = rig.arrive(moment).await;
        rig.silence().await;
        drop(ends_within(31 * SECOND, "leave", moment, consumer.leave()).await);
        drop(held);
    }
}

//! Parts of the consumer's process are not polled for a while, and find answers and deadlines all at once (C05, C07): nothing is lost,
//! what the group took away meanwhile is not committed any more, and the consumer goes on.

use std::sync::{Arc, Mutex};

use kohort_group::member::{CommitError, CommitOffset, MemberError};
use kohort_group::{Consumer, ConsumerBuilder, ConsumerError, Delivery, Notice};
use kohort_protocol::ApiKey;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};

use crate::clocks::{Clocks, PROCESS, Part};
use crate::rig::*;

const PARTITIONS: i32 = 2;

/// What an application saw and was told.
#[derive(Debug, Default)]
struct Told {
    seen: Seen,
    lost: usize,
    /// It was away for too long.
    away: usize,
    /// How the commit went of what was read before the process stood still.
    late: Option<Result<(), CommitError>>,
}

impl Told {
    /// The position behind the records, if that is what it is.
    fn note(&mut self, delivery: Result<Result<Delivery, ConsumerError>, Elapsed>) -> Option<CommitOffset> {
        match delivery.ok()?.unwrap() {
            Delivery::Records(mut records) => return Some(self.seen.read(&mut records)),
            Delivery::Lost(_) => self.lost += 1,
            Delivery::Notice(Notice::Trouble(MemberError::PollIntervalExceeded { .. })) => self.away += 1,
            _ => {}
        }
        None
    }
}

/// Comes back every tenth of a second.
async fn read(mut consumer: Consumer, told: Arc<Mutex<Told>>, stop: watch::Receiver<bool>) -> Consumer {
    let mut last: Option<CommitOffset> = None;
    let mut before = Instant::now();
    while !*stop.borrow() {
        if before.elapsed() > SECOND
            && let Some(position) = last.take()
        {
            let late = consumer.commit([position]).await;
            told.lock().unwrap().late = Some(late);
        }
        before = Instant::now();
        let delivery = timeout(SECOND / 10, consumer.next_delivery()).await;
        last = told.lock().unwrap().note(delivery).or(last);
        sleep(SECOND / 10).await;
    }
    consumer
}

/// The group's offsets only ever grow (S06): a stale commit of one that was away would rewind them.
async fn watch_offsets(rig: Arc<Rig>) {
    let mut last = rig.committed().await;
    loop {
        let now = rig.committed().await;
        for (partition, offset) in &last {
            assert!(
                now[partition] >= *offset,
                "{partition}: from {offset} to {}",
                now[partition]
            );
        }
        last = now;
        sleep(SECOND / 10).await;
    }
}

struct Story {
    clocks: Clocks,
    rig: Arc<Rig>,
    told: Arc<Mutex<Told>>,
    stop: watch::Sender<bool>,
    app: JoinHandle<Consumer>,
    offsets: JoinHandle<()>,
    rival: Option<(JoinHandle<Consumer>, Arc<Mutex<Told>>)>,
}

impl Story {
    /// A consumer in the middle of reading.
    fn begin(settings: impl FnOnce(ConsumerBuilder) -> ConsumerBuilder) -> Self {
        let mut clocks = Clocks::new();
        let mut rig = clocks.runtime(Part::World).block_on(async {
            let rig = Rig::new(1, PARTITIONS).await;
            for index in 0..PARTITIONS {
                rig.feed(index, 100).await;
            }
            rig
        });
        {
            let _inside = clocks.runtime(Part::Links).enter();
            rig.connect_here();
        }
        let rig = Arc::new(rig);
        let consumer = {
            let _inside = clocks.runtime(Part::Driver).enter();
            let builder = rig.consumer().auto_commit_interval(Some(SECOND));
            let builder = builder.configure(|config| {
                config.max_partition_fetch_bytes = 600;
                config.request_timeout = 3 * SECOND;
            });
            settings(builder).build().unwrap()
        };
        let (stop, stopped) = watch::channel(false);
        let told = Arc::default();
        let app = clocks
            .runtime(Part::App)
            .spawn(read(consumer, Arc::clone(&told), stopped));
        let offsets = clocks.runtime(Part::World).spawn(watch_offsets(Arc::clone(&rig)));
        clocks.pass(2 * SECOND);
        let mut story = Self {
            clocks,
            rig,
            told,
            stop,
            app,
            offsets,
            rival: None,
        };
        assert!(story.seen() > 0);
        story.feed(20);
        story
    }

    fn seen(&self) -> usize {
        self.told.lock().unwrap().seen.len()
    }

    fn feed(&mut self, count: i64) {
        let rig = Arc::clone(&self.rig);
        self.clocks.run(Part::World, 60 * SECOND, async move {
            for index in 0..PARTITIONS {
                rig.feed(index, count).await;
            }
        });
    }

    /// Somebody else wants a share.
    fn rival_joins(&mut self) {
        let told: Arc<Mutex<Told>> = Arc::default();
        let world = self.clocks.runtime(Part::World);
        let consumer = {
            let _inside = world.enter();
            self.rig
                .rival()
                .auto_commit_interval(Some(SECOND))
                .build()
                .unwrap()
        };
        let reading = read(consumer, Arc::clone(&told), self.stop.subscribe());
        self.rival = Some((world.spawn(reading), told));
    }

    /// All records are read by somebody, and each offset committed; both close. How many records were read twice, and how often the
    /// member joined.
    fn end(mut self) -> (Told, usize, usize) {
        self.feed(20);
        self.clocks.pass(12 * SECOND);
        self.stop.send(true).unwrap();
        let consumer = self.clocks.join(self.app, SECOND);
        self.clocks.run(Part::App, 5 * SECOND, consumer.close()).unwrap();
        let mut all = Seen::default();
        let told = Arc::into_inner(self.told).unwrap().into_inner().unwrap();
        for (record, times) in &told.seen.0 {
            *all.0.entry(*record).or_default() += times;
        }
        if let Some((task, others)) = self.rival {
            let consumer = self.clocks.join(task, SECOND);
            self.clocks
                .run(Part::World, 5 * SECOND, consumer.close())
                .unwrap();
            for (record, times) in &others.lock().unwrap().seen.0 {
                *all.0.entry(*record).or_default() += times;
            }
        }
        assert!(!self.offsets.is_finished(), "an offset was rewound");
        all.assert_all(PARTITIONS, 140);
        let rig = Arc::clone(&self.rig);
        let committed = self
            .clocks
            .run(Part::World, SECOND, async move { rig.committed().await });
        assert!(committed.values().eq(&[140, 140]), "{committed:?}");
        let twice = all.0.values().filter(|times| **times > 1).count();
        (told, twice, self.rig.tap.count(ApiKey::JoinGroup))
    }
}

#[test]
fn for_less_than_the_session_nothing_changes() {
    for parts in [&PROCESS[..], &[Part::Driver], &[Part::Links], &[Part::App]] {
        let mut story = Story::begin(|builder| builder);
        story.clocks.starve(parts, 4 * SECOND);
        let (told, twice, joins) = story.end();
        assert_eq!((told.lost, told.away, twice), (0, 0, 0), "{parts:?}");
        assert_eq!(joins, 2, "{parts:?}: nothing rebalances because of it (L03)");
    }
}

/// Another member takes over meanwhile. What lay ready may be read twice, since the application finds it before the driver can take it
/// back; but its commit is refused, and no offset goes back (S05, S06, S12).
#[test]
fn for_more_than_the_session_the_partitions_are_lost_and_nothing_of_them_is_committed() {
    for parts in [&PROCESS[..], &[Part::Driver], &[Part::Links]] {
        for seconds in [8, 60] {
            let mut story = Story::begin(|builder| builder);
            story.rival_joins();
            story.clocks.starve(parts, seconds * SECOND);
            let (told, twice, _) = story.end();
            let place = format!("{parts:?} for {seconds} s");
            assert_eq!((told.lost, told.away), (1, 0), "{place}");
            assert!(twice > 0, "{place}: nobody took over?");
            if parts == PROCESS {
                let late = told.late.expect("it tried");
                assert!(
                    matches!(late, Err(CommitError::Fenced { .. })),
                    "{place}: {late:?}"
                );
            }
        }
    }
}

/// S13, S14: while it is away heartbeats go on, and the member leaves when `max.poll.interval.ms` is over; not earlier, not much later.
#[test]
fn an_application_that_starves_leaves_in_time_and_comes_back() {
    let mut story = Story::begin(|builder| builder.max_poll_interval(10 * SECOND));
    story.clocks.starve(&[Part::App], 30 * SECOND);
    let (heartbeats, leaves) = (
        story.rig.tap.times(ApiKey::Heartbeat),
        story.rig.tap.times(ApiKey::LeaveGroup),
    );
    assert_eq!(leaves.len(), 1);
    let gaps = heartbeats.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(gaps.max().unwrap() < SECOND * 3 / 2);
    let silent = leaves[0] - *heartbeats.last().unwrap();
    assert!(silent <= SECOND, "{silent:?}");
    let (told, ..) = story.end();
    assert_eq!((told.lost, told.away), (1, 1));
}

/// The time that counts is when the application came, not when the driver heard of it.
#[test]
fn an_application_that_came_in_time_is_not_away_because_the_driver_starved() {
    let mut story =
        Story::begin(|builder| builder.max_poll_interval(5 * SECOND).session_timeout(30 * SECOND));
    story.clocks.starve(&[Part::Driver], 15 * SECOND);
    let (told, twice, _) = story.end();
    assert_eq!((told.lost, told.away, twice), (0, 0, 0));
}

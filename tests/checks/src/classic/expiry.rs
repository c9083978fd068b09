//! `classic/3.5`, `3.6`: who is silent for too long goes, and not before.

use std::ops::Range;
use std::time::Duration;

use kohort_protocol::api::join_group::JoinGroupRequest;
use kohort_protocol::{ErrorCode, Generation, TopicName};
use tokio::time::{Instant, sleep};

use crate::member::knows_range;
use crate::offsets::{Asked, fetch};
use crate::{Bench, Failed, Member, expect, expect_that};

const GONE: ErrorCode = ErrorCode::UNKNOWN_MEMBER_ID;
const REBALANCING: ErrorCode = ErrorCode::REBALANCE_IN_PROGRESS;

/// Not before `expected`; after it, as late as a busy machine may be.
fn about(expected: u64) -> Range<Duration> {
    Duration::from_millis(expected.saturating_sub(100))..Duration::from_millis(expected + 2000)
}

fn took(what: &str, since: Instant, expected: u64) -> Result<(), Failed> {
    expect_that(what, since.elapsed(), &format!("about {expected} ms"), |time| {
        about(expected).contains(time)
    })
}

/// classic/3.5
pub(crate) async fn session(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [first, second] = bench.members(&group).await?;
    let mut members = [first, second.timeouts(1500, 10_000)];
    Member::gather(&mut members).await?;
    Member::share_out(&mut members).await?;
    let [leader, silent] = &mut members;
    expect("the last heartbeat", silent.heartbeat().await?, ErrorCode::NONE)?;
    let began = Instant::now();
    leader.heartbeat_until(REBALANCING).await?;
    took("the silent member goes", began, 1500)?;
    expect("its late heartbeat", silent.heartbeat().await?, GONE)?;
    expect("its late join", silent.try_join().await?.error_code, GONE)?;
    let alone = leader.join().await?;
    expect("the members left", alone.members.len(), 1)
}

/// What a member does in the middle of its session.
#[derive(Clone, Copy, Debug)]
enum SignOfLife {
    Heartbeat,
    Commit,
    StaleHeartbeat,
    Sync,
    OffsetFetch,
}

/// classic/3.5, what keeps a session alive
pub(crate) async fn refreshed(bench: &mut Bench) -> Result<(), Failed> {
    use SignOfLife::{Commit, Heartbeat, OffsetFetch, StaleHeartbeat, Sync};
    let topic = bench.topic(1).await?;
    let signs = [
        (Heartbeat, true),
        (Commit, true),
        (StaleHeartbeat, false),
        (Sync, false),
        (OffsetFetch, false),
    ];
    let mut members = Vec::new();
    for (sign, refreshes) in signs {
        let group = bench.group();
        let mut member = bench.member(&group).await?.timeouts(3000, 10_000);
        member.join().await?;
        member.sync(Vec::new()).await?;
        members.push((sign, refreshes, member));
    }
    for (_, _, member) in &mut members {
        expect("a heartbeat", member.heartbeat().await?, ErrorCode::NONE)?;
    }
    sleep(Duration::from_millis(2000)).await;
    for (sign, _, member) in &mut members {
        give(*sign, member, &topic).await?;
    }
    sleep(Duration::from_millis(2000)).await;
    for (sign, refreshes, member) in &mut members {
        expect(
            format!("the member is still known after {sign:?}"),
            member.is_known().await?,
            *refreshes,
        )?;
    }
    Ok(())
}

async fn give(sign: SignOfLife, member: &mut Member, topic: &TopicName) -> Result<(), Failed> {
    let (code, expected) = match sign {
        SignOfLife::Heartbeat => (member.heartbeat().await?, ErrorCode::NONE),
        SignOfLife::Commit => (member.commit(topic, 1).await?, ErrorCode::NONE),
        SignOfLife::StaleHeartbeat => {
            let code = member
                .heartbeat_with(|request| request.generation_id = Generation(0))
                .await?;
            (code, ErrorCode::ILLEGAL_GENERATION)
        }
        SignOfLife::Sync => (member.sync(Vec::new()).await?.error_code, ErrorCode::NONE),
        SignOfLife::OffsetFetch => {
            let group = member.group.clone();
            (
                fetch(&mut member.control, 8, &group, Asked::All)
                    .await?
                    .error_code,
                ErrorCode::NONE,
            )
        }
    };
    expect(format!("{sign:?}"), code, expected)
}

/// classic/3.5: a heartbeat answered 27 refreshes too, and a parked join stops the timer.
pub(crate) async fn while_rebalancing(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench
        .members::<2>(&group)
        .await?
        .map(|member| member.timeouts(1000, 20_000));
    Member::gather(&mut members).await?;
    Member::share_out(&mut members).await?;
    let [parked, beating] = &mut members;
    parked.send_join().await?;
    beating.heartbeat_until(REBALANCING).await?;
    for _ in 0..10 {
        sleep(Duration::from_millis(250)).await;
        expect(
            "a heartbeat while rebalancing",
            beating.heartbeat().await?,
            REBALANCING,
        )?;
    }
    parked
        .lane
        .expect_silence("a parked join, two sessions long")
        .await?;
    beating.join().await?;
    expect(
        "the parked join",
        parked.join_answer().await?.error_code,
        ErrorCode::NONE,
    )
}

/// classic/3.6: the round waits for the largest rebalance timeout of all members.
pub(crate) async fn rebalance_timeout(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let first = bench.member(&group).await?.timeouts(20_000, 600);
    let second = bench.member(&group).await?.timeouts(20_000, 1800);
    let mut members = [first, second];
    Member::gather(&mut members).await?;
    Member::share_out(&mut members).await?;
    let [leader, absent] = &mut members;
    let began = Instant::now();
    leader.join().await?;
    took("the round ends without the absent member", began, 1800)?;
    expect("the absent one's heartbeat", absent.heartbeat().await?, GONE)?;
    expect("its join", absent.try_join().await?.error_code, GONE)
}

/// classic/3.6: an absent leader loses the lead.
pub(crate) async fn absent_leader(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench
        .members::<2>(&group)
        .await?
        .map(|member| member.timeouts(20_000, 1000));
    Member::gather(&mut members).await?;
    Member::share_out(&mut members).await?;
    let [leader, follower] = &mut members;
    // Other metadata, or a follower's rejoin changes nothing.
    follower.protocols = knows_range("other");
    let began = Instant::now();
    let round = follower.join().await?;
    took("the round ends without the leader", began, 1000)?;
    expect(
        "the new leader",
        (&round.leader, round.members.len()),
        (&follower.id, 1),
    )?;
    expect("the old leader", leader.heartbeat().await?, GONE)
}

/// classic/3.6: who does not sync within the rebalance timeout is dropped, heartbeats or not.
pub(crate) async fn sync_timeout(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut members = bench
        .members::<2>(&group)
        .await?
        .map(|member| member.timeouts(20_000, 1500));
    Member::gather(&mut members).await?;
    let began = Instant::now();
    let [leader, follower] = &mut members;
    follower.send_sync().await?;
    leader.heartbeat_until(GONE).await?;
    took("the leader that does not sync goes", began, 1500)?;
    expect(
        "the follower's parked sync",
        follower.synced().await?.error_code,
        REBALANCING,
    )
}

/// classic/3.6: a silent member makes the wait no longer than its session.
pub(crate) async fn silent_member(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let first = bench.member(&group).await?.timeouts(20_000, 15_000);
    let second = bench.member(&group).await?.timeouts(1500, 15_000);
    let mut members = [first, second];
    Member::gather(&mut members).await?;
    Member::share_out(&mut members).await?;
    let [leader, silent] = &mut members;
    expect("the last heartbeat", silent.heartbeat().await?, ErrorCode::NONE)?;
    let began = Instant::now();
    leader.send_join().await?;
    let answer = leader.lane.answer::<JoinGroupRequest>().await?;
    took("the round ends without the silent member", began, 1500)?;
    expect("the members left", answer.members.len(), 1)
}

//! `classic/1.8`, `1.9` and the initial delay: how many, how long an id is kept, how long a new group waits.

use std::time::Duration;

use kohort_protocol::{ErrorCode, MemberId};
use tokio::time::{Instant, sleep};

use crate::{Bench, Failed, Member, expect, expect_that};

const FULL: ErrorCode = ErrorCode::GROUP_MAX_SIZE_REACHED;

/// Two members that are stable, in a group for two; `group.initial.rebalance.delay.ms` lets them join together.
async fn full_group(bench: &mut Bench) -> Result<[Member; 2], Failed> {
    let group = bench.group();
    let members = bench.members::<2>(&group).await?;
    let [mut first, mut second] = members.map(|member| member.timeouts(20_000, 2000));
    first.get_id().await?;
    second.get_id().await?;
    first.send_join().await?;
    second.send_join().await?;
    let leader = first.joined().await?.leader;
    second.joined().await?;
    if leader == second.id {
        (first, second) = (second, first);
    }
    let mut members = [first, second];
    Member::share_out(&mut members).await?;
    Ok(members)
}

/// classic/1.8, a stable group
pub(crate) async fn full_when_stable(bench: &mut Bench) -> Result<(), Failed> {
    let [mut first, mut second] = full_group(bench).await?;
    let mut third = bench.member(&first.group).await?;
    let answer = third.try_join().await?;
    expect(
        "a third member",
        (answer.error_code, answer.member_id),
        (FULL, MemberId::default()),
    )?;
    third.instance = Some("third".into());
    let answer = third.try_join().await?;
    expect(
        "a static third member",
        (answer.error_code, answer.member_id),
        (FULL, MemberId::default()),
    )?;
    third.instance = None;
    let answer = third.lane.call(3, &third.join_request()).await?;
    expect(
        "a third member by v3",
        (answer.error_code, answer.member_id),
        (FULL, MemberId::default()),
    )?;
    for member in [&mut first, &mut second] {
        expect(
            "the heartbeat of a member",
            member.heartbeat().await?,
            ErrorCode::NONE,
        )?;
    }
    Ok(())
}

/// classic/1.8, while the group rebalances: an id first, the refusal with the id
pub(crate) async fn full_when_rebalancing(bench: &mut Bench) -> Result<(), Failed> {
    let [mut first, mut second] = full_group(bench).await?;
    first.send_join().await?;
    second.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    let [mut third, mut fourth, mut fifth] = bench.members(&first.group).await?;
    third.get_id().await?;
    fourth.get_id().await?;
    third.send_join().await?;
    // Those who wait are counted, and now there are two of them.
    second.wait_for_members(3).await?;
    let late = fourth.try_join().await?.error_code;
    expect("a join with an id, while two wait", late, FULL)?;
    let late = fifth.try_join().await?.error_code;
    expect("a join without an id, while two wait", late, FULL)?;
    expect(
        "the member that comes too late",
        second.try_join().await?.error_code,
        FULL,
    )?;
    expect(
        "the first member",
        first.join_answer().await?.error_code,
        ErrorCode::NONE,
    )?;
    expect(
        "the third member",
        third.join_answer().await?.error_code,
        ErrorCode::NONE,
    )
}

/// classic/1.8, an empty group: ids without limit
pub(crate) async fn full_when_new(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [mut first, mut second, mut third] = bench.members(&group).await?;
    for member in [&mut first, &mut second, &mut third] {
        member.get_id().await?;
    }
    first.send_join().await?;
    second.send_join().await?;
    sleep(Duration::from_millis(500)).await;
    expect(
        "the third that joins with its id",
        third.try_join().await?.error_code,
        FULL,
    )?;
    for mut member in [first, second] {
        expect(
            "the others",
            member.join_answer().await?.error_code,
            ErrorCode::NONE,
        )?;
    }
    Ok(())
}

/// classic/1.9
pub(crate) async fn pending_ids(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let topic = bench.topic(1).await?;
    let mut late = bench.member(&group).await?.timeouts(2000, 10_000);
    late.get_id().await?;
    let mut member = bench.member(&group).await?;
    let began = Instant::now();
    member.join().await?;
    expect_that(
        "a first join beside a pending id",
        began.elapsed(),
        "no wait",
        |t| *t < Duration::from_millis(1500),
    )?;
    member.sync(Vec::new()).await?;

    let unknown = ErrorCode::UNKNOWN_MEMBER_ID;
    let mut pending = bench.member(&group).await?.timeouts(2000, 10_000);
    let began = Instant::now();
    pending.get_id().await?;
    expect("Heartbeat of a pending id", pending.heartbeat().await?, unknown)?;
    expect(
        "SyncGroup of a pending id",
        pending.sync_with(|_| ()).await?,
        unknown,
    )?;
    expect(
        "OffsetCommit of a pending id",
        pending.commit(&topic, 1).await?,
        unknown,
    )?;
    member.join().await?;
    expect_that(
        "a rejoin beside a pending id",
        began.elapsed(),
        "answered after its session, 2 s",
        |time| (Duration::from_millis(1900)..Duration::from_millis(4500)).contains(time),
    )?;
    expect("the late id", pending.try_join().await?.error_code, unknown)?;

    let mut gone = bench.member(&group).await?;
    gone.get_id().await?;
    gone.leave().await?;
    let began = Instant::now();
    member.join().await?;
    expect_that(
        "a rejoin after the pending id left",
        began.elapsed(),
        "no wait",
        |t| *t < Duration::from_secs(2),
    )?;
    expect("the id that left", gone.try_join().await?.error_code, unknown)
}

/// fact/initial-delay (`group.initial.rebalance.delay.ms=2000`): it grows when others join, within the rebalance timeout; it applies
/// to an emptied group too, but not to later rounds.
pub(crate) async fn initial_delay(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let [mut first, mut second] = bench.members(&group).await?;
    took(
        "two joins",
        join_one_after_another(&mut first, &mut second).await?,
        4000,
    )?;
    second.leave().await?;
    let began = Instant::now();
    first.join().await?;
    took("a later round", began.elapsed(), 0)?;
    first.leave().await?;
    let mut again = bench.member(&group).await?;
    let began = Instant::now();
    again.join().await?;
    took("a join of the emptied group", began.elapsed(), 2000)?;

    // The delay itself is longer than this rebalance timeout all the same.
    let group = bench.group();
    let members = bench.members::<2>(&group).await?;
    let [mut first, mut second] = members.map(|member| member.timeouts(20_000, 300));
    let both = join_one_after_another(&mut first, &mut second).await?;
    took("two joins with a short rebalance timeout", both, 2000)
}

async fn join_one_after_another(first: &mut Member, second: &mut Member) -> Result<Duration, Failed> {
    first.get_id().await?;
    let began = Instant::now();
    first.send_join().await?;
    let half = Duration::from_millis(1000);
    first.lane.expect_silence_of(half, "the first join").await?;
    second.join().await?;
    expect(
        "the first join",
        first.join_answer().await?.error_code,
        ErrorCode::NONE,
    )?;
    Ok(began.elapsed())
}

/// So long, and not a whole delay longer.
fn took(what: &str, seen: Duration, expected: u64) -> Result<(), Failed> {
    let range = Duration::from_millis(expected.saturating_sub(50))..Duration::from_millis(expected + 1800);
    expect_that(what, seen, &format!("about {expected} ms"), |time| {
        range.contains(time)
    })
}

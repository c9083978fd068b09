//! What a broker still knows of its groups after `kill -9` and a start on the same data.

use kohort_protocol::{ErrorCode, Generation, MemberId, TopicName};

use crate::classic::static_member::{restarted, stable_pair};
use crate::offsets::committed;
use crate::{Bench, Failed, Member, expect};

/// Connections to the restarted node.
async fn reconnect(bench: &Bench, member: &mut Member) -> Result<(), Failed> {
    let again = bench.member(&member.group).await?;
    (member.lane, member.control) = (again.lane, again.control);
    Ok(())
}

async fn restart(bench: &Bench) -> Result<(), Failed> {
    for node in bench.nodes() {
        let restarted = bench.target().restart(node).await;
        restarted.map_err(|error| Failed::trouble("restarting the broker", error))?;
    }
    Ok(())
}

/// fact/restart
pub(crate) async fn groups_come_back(bench: &mut Bench) -> Result<(), Failed> {
    let topic = bench.topic(1).await?;
    let (stable, preparing, completing, promised) =
        (bench.group(), bench.group(), bench.group(), bench.group());
    let [mut member] = bench.stable(&stable).await?;
    expect("OffsetCommit", member.commit(&topic, 42).await?, ErrorCode::NONE)?;
    let [mut parked, mut other] = bench.stable(&preparing).await?;
    parked.send_join().await?;
    other.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    let mut unsynced = bench.members::<2>(&completing).await?;
    Member::gather(&mut unsynced).await?;
    let [unsynced, _] = &mut unsynced;
    let mut pending = bench.member(&promised).await?;
    pending.get_id().await?;

    restart(bench).await?;
    for member in [&mut member, &mut parked, &mut other, unsynced, &mut pending] {
        reconnect(bench, member).await?;
    }
    expect("Stable: heartbeat", member.heartbeat().await?, ErrorCode::NONE)?;
    expect(
        "Stable: offset",
        committed(&mut member.control, &stable, &topic).await?,
        Some(42),
    )?;
    for member in [&mut parked, &mut other] {
        expect(
            "PreparingRebalance: heartbeat",
            member.heartbeat().await?,
            ErrorCode::NONE,
        )?;
        expect(
            "PreparingRebalance: state",
            &*member.describe().await?.group_state,
            "Stable",
        )?;
    }
    expect(
        "a pending id",
        pending.try_join().await?.error_code,
        ErrorCode::UNKNOWN_MEMBER_ID,
    )?;
    unsynced_generation(unsynced, &topic).await
}

/// The generation that nobody synced is gone, and the one before it is good again.
async fn unsynced_generation(member: &mut Member, topic: &TopicName) -> Result<(), Failed> {
    let illegal = ErrorCode::ILLEGAL_GENERATION;
    expect(
        "CompletingRebalance: heartbeat",
        member.heartbeat().await?,
        illegal,
    )?;
    expect(
        "CompletingRebalance: sync",
        member.sync_with(|_| ()).await?,
        illegal,
    )?;
    expect(
        "CompletingRebalance: commit",
        member.commit(topic, 1).await?,
        illegal,
    )?;
    member.generation = Generation(1);
    expect(
        "CompletingRebalance: heartbeat, generation before",
        member.heartbeat().await?,
        ErrorCode::NONE,
    )?;
    expect(
        "CompletingRebalance: commit, generation before",
        member.commit(topic, 1).await?,
        ErrorCode::NONE,
    )
}

/// fact/restart-static. The new id of a static member that returns while the group rebalances is written with the round. If the
/// coordinator dies before, its successor knows the old id alone, and takes who comes with the new one for a twin.
pub(crate) async fn unsynced_static_id(bench: &mut Bench) -> Result<(), Failed> {
    let [mut leader, mut old] = stable_pair(bench).await?;
    leader.send_join().await?;
    old.heartbeat_until(ErrorCode::REBALANCE_IN_PROGRESS).await?;
    let mut new = restarted(bench, &old).await?;
    new.join().await?;
    leader.joined().await?;
    restart(bench).await?;
    for member in [&mut leader, &mut old, &mut new] {
        reconnect(bench, member).await?;
    }
    let fenced = ErrorCode::FENCED_INSTANCE_ID;
    expect("the new id: heartbeat", new.heartbeat().await?, fenced)?;
    expect("the new id: JoinGroup", new.try_join().await?.error_code, fenced)?;
    expect("the old id: heartbeat", old.heartbeat().await?, ErrorCode::NONE)?;
    new.id = MemberId::default();
    expect(
        "without an id: JoinGroup",
        new.try_join().await?.error_code,
        ErrorCode::NONE,
    )
}

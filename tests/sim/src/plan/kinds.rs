//! The kinds of faults: how each is drawn for a plan.
//!
//! Each has a stream of its own by its name, so that one more does not change what is drawn of the others.

use kohort_broker::{FaultAction, Release};
use kohort_protocol::{ApiKey, ErrorCode, NodeId};

use super::draw::{ms, one};
use super::long::long;
use super::{Act, Mishap, Oddity, Plan, Profile, Topics, Wish};

/// The APIs that a member talks.
const APIS: [ApiKey; 11] = [
    ApiKey::FindCoordinator,
    ApiKey::JoinGroup,
    ApiKey::SyncGroup,
    ApiKey::Heartbeat,
    ApiKey::LeaveGroup,
    ApiKey::OffsetCommit,
    ApiKey::OffsetFetch,
    ApiKey::ListOffsets,
    ApiKey::Fetch,
    ApiKey::Metadata,
    ApiKey::DescribeGroups,
];

const PASSING: [ErrorCode; 4] = [
    ErrorCode::NOT_COORDINATOR,
    ErrorCode::COORDINATOR_NOT_AVAILABLE,
    ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
    ErrorCode::REQUEST_TIMED_OUT,
];

/// What passes by itself, of those who do not ask for the coordinator, or not for the group.
const OF_DATA: [(ApiKey, &[ErrorCode]); 4] = [
    (ApiKey::Fetch, &OF_LEADERS),
    (ApiKey::ListOffsets, &OF_LEADERS),
    (ApiKey::Metadata, &[ErrorCode::LEADER_NOT_AVAILABLE]),
    (ApiKey::OffsetFetch, &[ErrorCode::UNSTABLE_OFFSET_COMMIT]),
];

const OF_LEADERS: [ErrorCode; 8] = [
    ErrorCode::LEADER_NOT_AVAILABLE,
    ErrorCode::NOT_LEADER_OR_FOLLOWER,
    ErrorCode::REPLICA_NOT_AVAILABLE,
    ErrorCode::KAFKA_STORAGE_ERROR,
    ErrorCode::FENCED_LEADER_EPOCH,
    ErrorCode::UNKNOWN_LEADER_EPOCH,
    ErrorCode::OFFSET_NOT_AVAILABLE,
    ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
];

fn node(rng: &mut fastrand::Rng) -> NodeId {
    NodeId(rng.i32(1..=3))
}

/// A kind of fault.
pub(super) struct Kind {
    /// Of its stream.
    pub(super) name: &'static str,
    /// Draws one; `None` if it has no place in this plan, or to be rarer.
    pub(super) draw: fn(&mut fastrand::Rng, &Plan) -> Option<Act>,
}

const fn kind(name: &'static str, draw: fn(&mut fastrand::Rng, &Plan) -> Option<Act>) -> Kind {
    Kind { name, draw }
}

fn member(rng: &mut fastrand::Rng, plan: &Plan) -> usize {
    rng.usize(..plan.members.len())
}

/// Not 2.5, whose Fetch cannot say from which history a reader comes: it is not to be told that a log was truncated.
const UPGRADES: [Release; 3] = [Release::V2_7, Release::V4_0, Release::V4_4];

const SEEKS: [Wish; 6] = [
    Wish::Rewind,
    Wish::Older,
    Wish::Newer,
    Wish::Beyond,
    Wish::Beginning,
    Wish::End,
];

fn wishes(rng: &mut fastrand::Rng, plan: &Plan, wishes: &[Wish], held: bool) -> Act {
    Act::Wishes {
        member: member(rng, plan),
        wish: one(rng, wishes),
        held,
        which: rng.u32(..8),
        by: rng.u32(1..30),
        span: ms(rng, 100..10_000),
    }
}

pub(super) const KINDS: &[Kind] = &[
    kind("cut", |rng, plan| {
        Some(Act::Cut {
            member: member(rng, plan),
            node: node(rng),
        })
    }),
    kind("tear", |rng, plan| {
        Some(Act::Tear {
            member: member(rng, plan),
            api: one(rng, &APIS),
            answer: rng.bool(),
            reset: rng.bool(),
        })
    }),
    kind("silence", |rng, plan| {
        Some(Act::Silence {
            member: member(rng, plan),
            node: NodeId(rng.i32(0..=3)),
            span: ms(rng, 500..20_000),
        })
    }),
    kind("swizzle-clog", |rng, _| {
        Some(Act::SwizzleClog {
            seed: rng.u64(..),
            span: ms(rng, 500..10_000),
        })
    }),
    // In a long run also for longer, see "hang"; commits as far as that can be made good: see "late-commit".
    kind("lag", |rng, plan| {
        Some(Act::Lag {
            member: member(rng, plan),
            by: ms(rng, 1..400),
            span: ms(rng, 1000..15_000),
        })
    }),
    // Commits hang otherwise: see "late-commit".
    kind("hang", |rng, plan| {
        let (member, api) = (member(rng, plan), one(rng, &APIS));
        let hold = long(rng, 30_000);
        let answer = api == ApiKey::OffsetCommit || rng.bool();
        plan.is_long().then_some(Act::Hang {
            member,
            api,
            answer,
            hold,
        })
    }),
    kind("late-commit", |rng, plan| {
        Some(Act::LateCommit {
            member: member(rng, plan),
            hold: ms(rng, 500..12_000),
        })
    }),
    kind("delay", |rng, _| {
        let api = one(rng, &APIS);
        // A commit that its broker had in work for longer would land after the newest had been sent again: nobody has seen that.
        let longest = if api == ApiKey::OffsetCommit { 400 } else { 3000 };
        Some(Act::Inject {
            api,
            mishap: Mishap(FaultAction::Delay(ms(rng, 1..longest))),
            times: rng.u32(1..4),
        })
    }),
    kind("drop", |rng, _| {
        let actions = [FaultAction::Drop, FaultAction::LoseAnswer];
        Some(Act::Inject {
            api: one(rng, &APIS),
            mishap: Mishap(one(rng, &actions)),
            times: rng.u32(1..3),
        })
    }),
    kind("close-connection", |rng, _| {
        let actions = [
            FaultAction::Close,
            FaultAction::CloseInsteadOfAnswer,
            FaultAction::AnswerThenClose,
        ];
        Some(Act::Inject {
            api: one(rng, &APIS),
            mishap: Mishap(one(rng, &actions)),
            times: rng.u32(1..4),
        })
    }),
    kind("answer", |rng, _| {
        Some(Act::Inject {
            api: one(rng, &APIS),
            mishap: Mishap(FaultAction::Answer(one(rng, &PASSING))),
            times: rng.u32(1..4),
        })
    }),
    kind("refuse", |rng, _| {
        Some(Act::Refuse {
            api: one(rng, &APIS),
            code: one(rng, &PASSING),
            span: ms(rng, 500..15_000),
        })
    }),
    kind("loading", |rng, plan| {
        let span = long(rng, 60_000);
        plan.is_long().then_some(Act::Loading { span })
    }),
    kind("stop", |rng, _| {
        Some(Act::Stop {
            node: node(rng),
            span: ms(rng, 50..15_000),
        })
    }),
    kind("restart", |rng, _| {
        Some(Act::Restart {
            node: node(rng),
            span: ms(rng, 50..15_000),
        })
    }),
    kind("pause", |rng, _| {
        Some(Act::Pause {
            node: node(rng),
            span: ms(rng, 50..15_000),
        })
    }),
    kind("move-coordinator", |rng, _| {
        Some(Act::MoveCoordinator { to: node(rng) })
    }),
    kind("move-leader", |rng, plan| {
        Some(Act::MoveLeader {
            partition: rng.i32(0..plan.partitions),
            to: node(rng),
        })
    }),
    // Static groups rebalance seldom: growth is what they may sleep through.
    kind("add-partition", |rng, plan| {
        let often = rng.u8(..4) == 0 || plan.profile == Profile::Static;
        often.then_some(Act::AddPartition {})
    }),
    kind("truncate", |rng, plan| {
        Some(Act::Truncate {
            partition: rng.i32(0..plan.partitions),
            records: rng.i32(1..60),
        })
    }),
    kind("delete-records", |rng, plan| {
        Some(Act::DeleteRecords {
            partition: rng.i32(0..plan.partitions),
            keep: rng.i32(0..30),
        })
    }),
    kind("unhinted", |rng, _| {
        Some(Act::Unhinted {
            span: ms(rng, 5000..40_000),
        })
    }),
    kind("stale-metadata", |rng, _| {
        Some(Act::StaleMetadata {
            node: node(rng),
            span: ms(rng, 500..15_000),
        })
    }),
    kind("unknown-topic-id", |rng, _| {
        let apis = [ApiKey::Fetch, ApiKey::OffsetCommit, ApiKey::OffsetFetch];
        Some(Act::Refuse {
            api: one(rng, &apis),
            code: ErrorCode::UNKNOWN_TOPIC_ID,
            span: ms(rng, 100..3000),
        })
    }),
    kind("leader-error", |rng, _| {
        let (api, codes) = one(rng, &OF_DATA);
        let code = one(rng, codes);
        Some(if rng.bool() {
            let mishap = Mishap(FaultAction::Answer(code));
            let times = rng.u32(1..6);
            Act::Inject { api, mishap, times }
        } else {
            let span = ms(rng, 100..8000);
            Act::Refuse { api, code, span }
        })
    }),
    kind("throttle", |rng, _| {
        // Most often short; half a minute outlasts any session.
        let most = if rng.u8(..4) == 0 { 30_000 } else { 3000 };
        Some(Act::Odd {
            api: one(rng, &APIS),
            how: Oddity::Throttle(ms(rng, 1..most)),
            times: rng.u32(1..4),
        })
    }),
    kind("odd", |rng, _| {
        let ways = [
            Oddity::Omit,
            Oddity::Duplicate,
            Oddity::DuplicateOther,
            Oddity::Negative,
            Oddity::Uninvited,
        ];
        let apis = [
            ApiKey::Fetch,
            ApiKey::OffsetFetch,
            ApiKey::OffsetCommit,
            ApiKey::ListOffsets,
        ];
        Some(Act::Odd {
            api: one(rng, &apis),
            how: one(rng, &ways),
            times: rng.u32(1..20),
        })
    }),
    kind("unknown-code", |rng, _| {
        (rng.u8(..4) == 0).then(|| Act::Inject {
            api: one(rng, &APIS),
            mishap: Mishap(FaultAction::Answer(ErrorCode(9999))),
            times: rng.u32(1..3),
        })
    }),
    // With as many partitions in static groups: see "add-partition".
    kind("recreate", |rng, plan| {
        let partitions = match plan.profile {
            Profile::Static => plan.partitions,
            Profile::Eager => rng.i32(1..=8),
        };
        let span = ms(rng, 10..10_000);
        let topic = 0;
        let act = Act::Recreate {
            topic,
            partitions,
            span,
        };
        (rng.u8(..3) == 0 && plan.has_ids()).then_some(act)
    }),
    // The first topic stays, so that there is always something to read.
    kind("recreate-other", |rng, plan| {
        let topic = rng.usize(1..4);
        let partitions = match plan.profile {
            Profile::Static => plan.partitions_of(topic),
            Profile::Eager => rng.i32(1..=4),
        };
        let span = ms(rng, 10..10_000);
        (plan.has_others() && plan.has_ids()).then_some(Act::Recreate {
            topic,
            partitions,
            span,
        })
    }),
    kind("delete-topic", |rng, plan| {
        let topic = rng.usize(1..4);
        (plan.has_others() && plan.has_ids()).then_some(Act::DeleteTopic { topic })
    }),
    kind("freeze", |rng, plan| {
        Some(Act::Freeze {
            member: member(rng, plan),
            span: ms(rng, 100..25_000),
        })
    }),
    kind("stall", |rng, plan| {
        Some(Act::Stall {
            member: member(rng, plan),
            span: ms(rng, 1000..25_000),
        })
    }),
    kind("slow", |rng, plan| {
        Some(Act::Slow {
            member: member(rng, plan),
            work: ms(rng, 50..2000),
            span: ms(rng, 1000..15_000),
        })
    }),
    kind("seek", |rng, plan| Some(wishes(rng, plan, &SEEKS, false))),
    kind("pause-reading", |rng, plan| {
        Some(wishes(rng, plan, &[Wish::Pause], false))
    }),
    kind("in-notice", |rng, plan| {
        let wish = one(rng, &Wish::ALL).1;
        Some(wishes(rng, plan, &[wish], true))
    }),
    kind("create-topic", |rng, _| {
        Some(Act::CreateTopic {
            topic: rng.usize(1..4),
        })
    }),
    // A static member that comes back with other wishes than it left with is given what was divided before it changed its mind, and no
    // round begins (KIP-345: the protocol that would be chosen is the same); so static groups know their minds.
    kind("subscribe", |rng, plan| {
        let at_heartbeats = rng.u8(..3) == 0;
        let act = Act::Subscribe {
            member: member(rng, plan),
            topics: Topics::of_bits(rng.u8(..16)),
            every: if at_heartbeats {
                ms(rng, 300..2000)
            } else {
                ms(rng, 2000..60_000)
            },
            span: ms(rng, 500..40_000),
        };
        (plan.profile != Profile::Static).then_some(act)
    }),
    kind("starve", |rng, plan| {
        Some(Act::Starve {
            member: member(rng, plan),
            span: ms(rng, 1000..60_000),
        })
    }),
    kind("late-timers", |rng, plan| {
        Some(Act::LateTimers {
            member: member(rng, plan),
            by: ms(rng, 1..500),
            span: ms(rng, 1000..30_000),
        })
    }),
    kind("mass-leave", |rng, _| {
        (rng.u8(..4) == 0).then(|| Act::MassLeave {
            within: ms(rng, 10..5000),
            span: ms(rng, 100..20_000),
        })
    }),
    kind("rolling-bounce", |rng, _| {
        (rng.u8(..4) == 0).then(|| Act::RollingBounce {
            within: ms(rng, 10..5000),
            span: ms(rng, 100..10_000),
            gap: ms(rng, 100..10_000),
        })
    }),
    // It needs no heartbeats as long as it stays for less than its session.
    kind("stranger", |rng, _| {
        Some(Act::Stranger {
            connect: rng.bool(),
            span: ms(rng, 100..5500),
        })
    }),
    kind("close", |rng, plan| {
        Some(Act::Close {
            member: member(rng, plan),
            within: ms(rng, 10..5000),
            span: ms(rng, 100..20_000),
        })
    }),
    kind("crash", |rng, plan| {
        let member = member(rng, plan);
        Some(if plan.profile == Profile::Static && rng.u8(..4) == 0 {
            Act::Twin { member }
        } else {
            Act::Crash {
                member,
                span: ms(rng, 10..20_000),
            }
        })
    }),
    // Behind all that deletes topics: see `may_be_old`.
    kind("upgrade", |rng, plan| {
        let to = one(rng, &UPGRADES);
        let act = Act::Upgrade {
            to,
            span: ms(rng, 50..5000),
            gap: ms(rng, 500..20_000),
        };
        let is_known = to > Release::V2_7 || plan.may_be_old();
        (rng.bool() && is_known).then_some(act)
    }),
];

//! Planted bugs: what sits in the doors of the machines and distorts what passes, as a wrong member or a wrong broker would.
//!
//! Each is a small type that implements [`Bug`], headed by what is broken and whose bug it was, and a line in [`ALL`]. One of the
//! invariants named there must catch it within [`SEEDS`]; otherwise a rule is watched by nobody. To add one: write the type, add the
//! line, run `kohort sim --seeds 0 --planted NAME`, and write the seed that catches it into the line.

mod commits;
mod coordinator;
mod ending;
mod leading;
mod logs;
mod membership;
mod reading;
mod topics;
mod touch;
mod versions;

use kohort_broker::{Input as ToCluster, Output as FromCluster};
use kohort_group::member::{Input, Output};
use kohort_protocol::Timestamp;
use kohort_protocol::api::Versions;

use crate::history::Process;
use touch::Misread;

/// Each must be caught within so many seeds.
pub const SEEDS: u64 = 2000;

/// Besides the seed that is known to catch it, so many others are tried in each run.
pub const FRESH: u64 = 8;

/// Where something passes, and when.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// The time.
    pub now: Timestamp,
    /// Whose door; `None` for the cluster's.
    pub process: Option<Process>,
}

/// A bug. What it does not say passes unchanged.
pub trait Bug {
    /// What goes into a member.
    fn member_input(&mut self, _at: At, input: Input) -> Vec<Input> {
        vec![input]
    }

    /// What comes out of a member.
    fn member_output(&mut self, _at: At, output: Output) -> Vec<Output> {
        vec![output]
    }

    /// What goes into the cluster.
    fn cluster_input(&mut self, _at: At, input: ToCluster) -> Vec<ToCluster> {
        vec![input]
    }

    /// What a process believes that a broker offers, on a new connection.
    fn offered(&mut self, _at: At, versions: Versions) -> Versions {
        versions
    }

    /// What comes out of the cluster.
    fn cluster_output(&mut self, _at: At, output: FromCluster) -> Vec<FromCluster> {
        vec![output]
    }
}

/// A bug that can be planted.
#[derive(Debug)]
pub struct Planted {
    /// As in `--planted`.
    pub name: &'static str,
    /// What it is like.
    pub story: &'static str,
    /// The invariants that may catch it. Whatever else it breaks on the way does not count: an alarm for the wrong reason is silent
    /// when that reason is gone.
    pub caught_by: &'static [&'static str],
    /// A seed that is known to catch it.
    pub seed: u64,
    /// Makes it.
    pub plant: fn() -> Box<dyn Bug>,
}

const fn bug<B: Bug + Default + 'static>(
    name: &'static str,
    story: &'static str,
    caught_by: &'static [&'static str],
    seed: u64,
) -> Planted {
    Planted {
        name,
        story,
        caught_by,
        seed,
        plant: || Box::new(B::default()),
    }
}

/// All of them.
#[rustfmt::skip]
pub const ALL: &[Planted] = &[
    bug::<reading::RecordSkipped>("record-skipped", "now and then a delivery begins one record too late", &["S07", "S08"], 0),
    bug::<reading::DeliveriesSwapped>("deliveries-swapped", "two batches of a partition change places", &["S07", "S08"], 0),
    bug::<reading::ReadyRecordsKept>("ready-records-kept", "what lies ready is handed out after its partition was lost", &["S08"], 0),
    bug::<reading::FetchedAfterRevoke>("fetched-after-revoke", "fetching goes on after the revocation", &["S08"], 0),
    bug::<commits::CommitTooLow>("commit-too-low", "the last record is committed instead of the next", &["S05", "L02"], 0),
    bug::<commits::StaleGeneration>("stale-generation", "a commit carries the generation before", &["R18"], 0),
    bug::<Misread<commits::RefusedTakenForDone>>("refused-taken-for-done", "a refused commit is reported as done", &["S05"], 1),
    bug::<Misread<commits::UnansweredTakenForDone>>("unanswered-taken-for-done", "a commit without an answer is reported as done", &["S05"], 2),
    bug::<commits::NotSentAgain>("not-sent-again", "an abandoned commit lands over a newer one and stays", &["S06"], 10),
    bug::<commits::LeaderEpochForgotten>("leader-epoch-forgotten", "commits carry no leader epoch", &["R63"], 0),
    bug::<membership::IdForgottenOnMove>("id-forgotten-on-move", "a coordinator that moved costs the member its id", &["L03", "R02"], 1),
    bug::<membership::NewIdOnRejoin>("new-id-on-rejoin", "each rejoin is that of a new member", &["R02"], 0),
    bug::<membership::RebalanceIgnored>("rebalance-ignored", "the call to rejoin is passed over", &["L01", "L02", "L03"], 1),
    bug::<ending::GoneWithoutAWord>("gone-without-a-word", "no LeaveGroup on close", &["S15"], 1),
    bug::<coordinator::TwoOwners>("two-owners", "a coordinator gives a member the assignment of another", &["S01"], 2),
    bug::<coordinator::ZombieMayCommit>("zombie-may-commit", "a coordinator stores what a zombie commits", &["S05", "S06"], 1),
    bug::<coordinator::AcknowledgedNotStored>("acknowledged-not-stored", "a coordinator acknowledges a commit and does not store it", &["S06", "S11"], 0),
    bug::<coordinator::MemberForgotten>("member-forgotten", "a coordinator forgets a member", &["L03", "L01"], 0),
    bug::<coordinator::JoinNeverAnswered>("join-never-answered", "a coordinator never answers a parked JoinGroup", &["L01"], 1),
    bug::<coordinator::RebalanceUntold>("rebalance-untold", "a coordinator does not tell its members to rejoin", &["L01", "L02", "L03"], 1),
    bug::<reading::RecordSkippedAfterRejoin>("record-skipped-after-rejoin", "each period begins one record too late", &["S07"], 0),
    bug::<Misread<reading::ResetOnError>>("reset-on-error", "an error of OffsetFetch counts as nothing committed", &["S07"], 5),
    bug::<Misread<reading::HalfTakenForWhole>>("half-taken-for-whole", "half an answer to OffsetFetch counts as the whole", &["S07"], 49),
    bug::<reading::CommittedIgnored>("committed-ignored", "a reset although something is committed", &["S07"], 0),
    bug::<reading::CommittedRemembered>("committed-remembered", "committed offsets are not read again after a rebalance", &["S07"], 0),
    bug::<reading::BufferNotCounted>("buffer-not-counted", "what lies ready is not counted", &["S20"], 7),
    bug::<commits::CommitTooHigh>("commit-too-high", "a record that was never handed out is committed", &["S10"], 0),
    bug::<commits::CurrentRecordsCommitted>("current-records-committed", "records are committed while they are worked on", &["S10"], 0),
    bug::<commits::CommitsReordered>("commits-reordered", "overlapping commits overtake each other", &["S06"], 1),
    bug::<commits::CommitAfterLost>("commit-after-lost", "a commit goes out after the partitions were lost", &["S12"], 0),
    bug::<membership::RevokedAfterJoin>("revoked-after-join", "JoinGroup goes out before the application has let go", &["S02"], 0),
    bug::<membership::ReleasedUnnoticed>("released-unnoticed", "a group waits for one who has given everything back", &["L01"], 0),
    bug::<membership::HeartbeatStopsInCallback>("heartbeat-stops-in-callback", "no heartbeats while a notice is held", &["S13"], 1),
    bug::<membership::FencingIgnored>("fencing-ignored", "nobody looks at what heartbeats are answered", &["S12"], 1),
    bug::<membership::LostUntold>("lost-untold", "the application is not told that its partitions are lost", &["S02", "S12"], 0),
    bug::<membership::PollTimerIgnored>("poll-timer-ignored", "an application that is away costs nothing", &["S12", "S14"], 0),
    bug::<membership::WaitingIsNotPolling>("waiting-is-not-polling", "an application that waits inside the client counts as away", &["L03", "L07"], 0),
    bug::<membership::LookupStorm>("lookup-storm", "ten look-ups of the coordinator instead of one", &["L04"], 0),
    bug::<membership::FencedTwinReturns>("fenced-twin-returns", "a fenced static member joins again", &["S19"], 44),
    bug::<membership::TroubleUntold>("trouble-untold", "nobody hears that no coordinator can be found", &["L07"], 9),
    bug::<membership::OnlyLookupTold>("only-lookup-told", "of all that fails the application hears of the look-up alone", &["L07"], 10),
    bug::<membership::RefusalTakenForPassing>("refusal-taken-for-passing", "a member knocks again and again at the door of a group of another kind", &["L07"], 50),
    bug::<ending::CloseCommitsNothing>("close-commits-nothing", "no commit on close", &["S15"], 40),
    bug::<ending::CloseHangs>("close-hangs", "close never ends", &["L05"], 1),
    bug::<ending::CallForgotten>("call-forgotten", "a call is never answered", &["L05"], 1),
    bug::<ending::PanicsWhenDropped>("panics-when-dropped", "a member panics when it has been dropped from the group", &["PANIC"], 0),
    bug::<ending::FalseAlarm>("false-alarm", "an application is told of a refusal that nobody uttered", &["L07"], 0),
    bug::<leading::AssignedTwice>("assigned-twice", "a leader gives a partition to two members", &["S18"], 1),
    bug::<leading::AssignedToNobody>("assigned-to-nobody", "a leader gives a partition to nobody", &["S18"], 0),
    bug::<leading::SkipTakenForDivided>("skip-taken-for-divided", "a leader that is told not to divide takes the topics as they are for what was divided", &["L01", "L02"], 35),
    bug::<reading::PauseIgnored>("pause-ignored", "records of a paused partition are handed out", &["S08"], 0),
    bug::<reading::SeekIgnored>("seek-ignored", "a seek is answered and passed over", &["S08"], 11),
    bug::<ending::LeaveNotRetried>("leave-not-retried", "a goodbye that a moved coordinator refused is not said again", &["S15"], 3),
    bug::<membership::StaleAnswerCounts>("stale-answer-counts", "an answer of the last generation counts in this one", &["L03"], 1),
    bug::<commits::PeriodForgotten>("period-forgotten", "offsets of a period that is over are committed", &["S10", "S12"], 2),
    bug::<membership::LostOnCommitIgnored>("lost-on-commit-ignored", "nobody looks at what a refused commit says of the membership", &["S12"], 0),
    bug::<membership::NewCoordinatorUnheard>("new-coordinator-unheard", "a coordinator that was just found gets no heartbeat", &["S13"], 0),
    bug::<ending::LeftTwice>("left-twice", "who is leaving leaves again", &["S14"], 0),
    bug::<ending::LeaveBeforeCommit>("leave-before-commit", "the goodbye is said while the last commit is on its way", &["S15"], 40),
    bug::<commits::ProcessedTakenForDone>("processed-taken-for-done", "\"all that is processed\" is reported as done when it was refused", &["S05"], 3),
    bug::<Misread<reading::OmissionIsNothing>>("omission-is-nothing", "a partition that OffsetFetch passes over counts as nothing committed", &["S07"], 15),
    bug::<reading::LastWordCounts>("last-word-counts", "of two words on one partition the last counts", &["S07"], 27),
    bug::<logs::TruncationIgnored>("truncation-ignored", "a position beyond the divergence stays there", &["S08"], 3),
    bug::<logs::ResetToTheWrongEnd>("reset-to-the-wrong-end", "earliest goes to the end", &["S07"], 0),
    bug::<logs::LossUntold>("loss-untold", "a position moves and nobody is told why", &["S07", "S08"], 1),
    bug::<logs::RecreatedUnnoticed>("recreated-unnoticed", "a topic that was made anew keeps its positions", &["S17"], 1),
    bug::<coordinator::CommitLost>("commit-lost", "a coordinator answers with an offset that was committed long before", &["S06", "S11"], 0),
    bug::<reading::WaitsForMore>("waits-for-more", "a fetch waits until there is a megabyte", &["L02"], 0),
    bug::<reading::LogAskedThrice>("log-asked-thrice", "each leader is asked three times where its log begins", &["L04"], 7),
    bug::<topics::WishesUntold>("wishes-untold", "the group never hears that an application wants other topics", &["L02"], 0),
    bug::<topics::OldWishesTold>("old-wishes-told", "the group is told what the application wanted before", &["L02"], 0),
    bug::<topics::TopicOverlooked>("topic-overlooked", "committed offsets are looked up by the number of the partition alone", &["S07"], 1),
    bug::<topics::CommitsMixedUp>("commits-mixed-up", "a commit of two topics stores the offsets of each for the other", &["S05", "S06", "S10"], 1),
    bug::<topics::IdForgotten>("id-forgotten", "a commit does not say the id of the topic that was read", &["S17"], 0),
    bug::<topics::DeletedUnnoticed>("deleted-unnoticed", "what was deleted stays in everybody's hands", &["L01", "L02"], 45),
    bug::<topics::UnreadTopicGiven>("unread-topic-given", "a leader gives a topic to one who does not read it", &["S18"], 1),
    bug::<versions::VersionsRemembered>("versions-remembered", "what the first broker offered is taken for what all of them offer, for ever", &["B19"], 6),
];

/// The bug with this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Planted> {
    ALL.iter().find(|planted| planted.name == name)
}

/// The doors of a world: open, or with a bug in them.
#[derive(Default)]
pub struct Doors(Option<Box<dyn Bug>>);

/// What came through: nearly always what went in.
pub(crate) struct Passed<T> {
    same: Option<T>,
    other: std::vec::IntoIter<T>,
}

impl<T> Iterator for Passed<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.same.take().or_else(|| self.other.next())
    }
}

impl Doors {
    /// With this bug in them.
    #[must_use]
    pub fn with(planted: Option<&Planted>) -> Self {
        Self(planted.map(|planted| (planted.plant)()))
    }

    fn pass<T>(&mut self, thing: T, through: impl FnOnce(&mut dyn Bug, T) -> Vec<T>) -> Passed<T> {
        match &mut self.0 {
            None => Passed {
                same: Some(thing),
                other: Vec::new().into_iter(),
            },
            Some(bug) => Passed {
                same: None,
                other: through(bug.as_mut(), thing).into_iter(),
            },
        }
    }

    pub(crate) fn member_input(&mut self, now: Timestamp, process: Process, input: Input) -> Passed<Input> {
        let process = Some(process);
        self.pass(input, |bug, input| bug.member_input(At { now, process }, input))
    }

    pub(crate) fn member_output(
        &mut self,
        now: Timestamp,
        process: Process,
        output: Output,
    ) -> Passed<Output> {
        let process = Some(process);
        self.pass(output, |bug, output| {
            bug.member_output(At { now, process }, output)
        })
    }

    pub(crate) fn offered(&mut self, now: Timestamp, process: Process, versions: Versions) -> Versions {
        let process = Some(process);
        match &mut self.0 {
            None => versions,
            Some(bug) => bug.offered(At { now, process }, versions),
        }
    }

    pub(crate) fn cluster_input(&mut self, now: Timestamp, input: ToCluster) -> Passed<ToCluster> {
        let process = None;
        self.pass(input, |bug, input| bug.cluster_input(At { now, process }, input))
    }

    pub(crate) fn cluster_output(&mut self, now: Timestamp, output: FromCluster) -> Passed<FromCluster> {
        let process = None;
        self.pass(output, |bug, output| {
            bug.cluster_output(At { now, process }, output)
        })
    }
}

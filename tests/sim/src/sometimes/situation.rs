//! The list of situations. How one is recognised, the file above says; `world/requests` and `world/present` know a few by what they do.

macro_rules! situations {
    ($($(#[doc = $doc:literal])* $name:ident)*) => {
        /// A situation worth reaching.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Situation {
            $($(#[doc = $doc])* $name,)*
        }

        impl Situation {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// In words.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),*).trim_ascii_start(),)*
                }
            }
        }
    };
}

situations! {
    /// a member was given its id and told to come back with it
    MemberIdRequired
    /// a heartbeat was told to rejoin
    ToldToRejoin
    /// a follower's SyncGroup was parked until the leader had decided
    SyncParked
    /// a round was overtaken by the next before it was synced
    RebalanceDuringRebalance
    /// the coordinator moved between JoinGroup and SyncGroup
    MovedBetweenJoinAndSync
    /// a coordinator was lost while a member waited for its SyncGroup
    CoordinatorLostDuringSync
    /// a JoinGroup that its coordinator had parked was given up
    ParkedJoinGivenUp
    /// a round was completed with a JoinGroup whose sender had given it up
    AbandonedJoinCounted
    /// the leader died or stood still before it had handed in the assignment
    LeaderLostDuringRebalance
    /// another member leads than before
    LeaderChanged
    /// a member was given nothing
    AssignedNothing
    /// a static member came back without a rebalance
    StaticReturned
    /// a static member was fenced by another of its name
    FencedInstance
    /// a member was told that nobody knows it
    UnknownMember
    /// a member learned on waking up that it had been dropped
    DroppedWhileFrozen
    /// the generation changed while a process stood still
    GenerationChangedWhileFrozen
    /// a heartbeat's answer was read after the process had been suspended for longer than its session
    AnswerOfAnOldSession
    /// a generation number was given out twice
    GenerationWentBack
    /// no coordinator served the group
    NobodyServes
    /// a coordinator answered that it still loads
    CoordinatorLoading
    /// a member lost its partitions without being asked
    Lost
    /// an application stayed away for too long
    PollExpired
    /// a heartbeat was sent while the application held the notice of a revocation
    HeartbeatDuringRevocation
    /// a process stood still while its application held the notice of a revocation
    FrozenDuringRevocation
    /// a process died with partitions
    CrashedWithPartitions
    /// a member closed while a commit was on its way
    ClosedDuringCommit
    /// closing did not get done in time
    CloseUnfinished
    /// a LeaveGroup got no answer
    LeaveUnanswered
    /// a request was given up without an answer
    GivenUp
    /// a connection ended in the middle of a commit
    HalfACommit
    /// a commit took effect, and half of its answer came
    HalfACommitsAnswer
    /// a connection ended in the middle of an assignment
    HalfAnAssignment
    /// a zombie's commit was refused because nobody knows it any more
    ZombieCommitRefused
    /// a commit met a broker that was the coordinator no more
    CommitAfterMove
    /// the generation changed while a commit was in flight
    GenerationChangedUnderCommit
    /// a commit that was given up landed after a newer one
    CommittedWentBack
    /// a commit was overtaken by a newer one before it was sent
    Superseded
    /// an offset of a period that is over was refused
    PeriodOver
    /// committed offsets could not be read at once
    OffsetFetchRefused
    /// a Fetch was answered after its partitions had been given back
    FetchedAfterRevoke
    /// a Fetch reached a node that does not lead the partition
    FetchedFromOldLeader
    /// a broker had forgotten the fetch session
    FetchSessionLost
    /// a position was reset
    Reset
    /// an application sought
    Sought
    /// an application sought while a commit was in flight
    SoughtDuringCommit
    /// an application paused a partition
    Paused
    /// an application lowered a committed offset
    Lowered
    /// an application failed with a notice in its hands
    FailedInNotice
    /// an application closed with a notice in its hands
    ClosedInNotice
    /// an application took records while its machine was not called
    ReadWhileStarved
    /// the group was full
    GroupFull
    /// a process of another kind was refused, and nobody else noticed
    StrangerRefused
    /// a process of another kind had the group, and a member was refused
    StrangersGroup
    /// a log was cut below the position of its reader
    TruncatedBelowPosition
    /// a leader said where its log and the reader's parted
    Diverged
    /// a position was before the start of its log
    OutOfRange
    /// the topic was deleted while a commit was on its way
    DeletedUnderCommit
    /// the topic was made anew while somebody still reads the old one
    RecreatedUnnoticed
    /// one topic of several was deleted under its owner
    OtherTopicDeleted
    /// a topic was made anew after those who read it had forgotten it
    ForgottenTopicMadeAnew
    /// a commit was refused because its topic was gone
    CommitForGoneTopic
    /// a broker did not know a topic's id
    UnknownTopicId
    /// a leader had moved and nobody said where
    LeaderMovedUnhinted
    /// an application changed its mind about what it reads while a round was under way
    SubscribedDuringRebalance
    /// the members of a round read different topics
    MixedWishes
    /// a topic came to be that somebody had waited for
    AwaitedTopicMade
    /// a broker answered with metadata of earlier days
    MetadataOfEarlierDays
    /// a broker asked for silence
    Throttled
    /// a process went on after ten sessions
    FrozenForLong
    /// an application came back after ten times the time that it may stay away
    AwayForLong
    /// a member that had died came back after ten sessions
    BackFromTheDead
    /// requests of one kind got no answer for five minutes on end
    FailingForLong
    /// a coordinator said for half a minute that it still loads
    LoadingForLong
    /// the group had no members for five minutes
    EmptyForLong
    /// a broker closed a connection by which nothing had passed for too long
    IdleClosed
    /// a request came by a connection that its broker had closed
    ClosedUnheard
    /// a request came to its broker after its sender had given it up
    GivenUpAndArrived
    /// a message hung on its way for twenty seconds
    HungForLong
    /// a commit that had hung for twenty seconds came to its coordinator
    CommitHungForLong
    /// a link that had been dead for longer than an application may stay away passed messages again
    DeadForLong
    /// a commit by name followed one by id of the same member
    CommittedByNameAgain
    /// a member came back to its group in another version of JoinGroup
    JoinedInAnotherVersion
    /// a member fetched from brokers of two releases
    FetchedFromTwoReleases
}

//! The bug museum: what went wrong in other clients, each as a scenario with a name (`museum/*.txt`, whose first lines say whose it was).
//! Our members come through each without a violation; the situation that made it hard is reached; and where the same bug is planted,
//! this very scenario shows it, to the invariant that is meant for it.

use std::fs;
use std::path::{Path, PathBuf};

use kohort_sim::sometimes::Situation::{self, *};
use kohort_sim::{Plan, planted, run};

/// Scenario, what must be reached in it, and the planted bug that it shows.
const MUSEUM: &[(&str, &[Situation], Option<&str>)] = &[
    ("abandoned-commit-lands-late", &[GivenUp], Some("not-sent-again")),
    (
        "commit-carries-the-epoch",
        &[FetchedFromOldLeader],
        Some("leader-epoch-forgotten"),
    ),
    (
        "commit-during-a-rebalance",
        &[ToldToRejoin],
        Some("stale-generation"),
    ),
    (
        "coordinator-moves-and-all-stay",
        &[NobodyServes],
        Some("id-forgotten-on-move"),
    ),
    (
        "duplicate-partition-decides-nothing",
        &[],
        Some("last-word-counts"),
    ),
    ("goodbye-is-said", &[], Some("gone-without-a-word")),
    (
        "leader-dies-before-it-assigned",
        &[LeaderChanged],
        Some("assigned-twice"),
    ),
    (
        "leave-inside-a-long-poll",
        &[AssignedNothing],
        Some("waiting-is-not-polling"),
    ),
    ("leave-meets-a-moved-coordinator", &[], Some("leave-not-retried")),
    ("leaving-is-done-once", &[PollExpired], Some("left-twice")),
    (
        "offset-fetch-error-is-not-nothing",
        &[OffsetFetchRefused],
        Some("reset-on-error"),
    ),
    ("offset-fetch-outlasts-all-patience", &[OffsetFetchRefused], None),
    (
        "omitted-partition-is-asked-again",
        &[],
        Some("omission-is-nothing"),
    ),
    ("one-call-one-round", &[ToldToRejoin], Some("stale-answer-counts")),
    ("overlapping-commits", &[], Some("commits-reordered")),
    ("own-late-join", &[], Some("fenced-twin-returns")),
    (
        "poll-expires-during-a-rebalance",
        &[PollExpired],
        Some("commit-after-lost"),
    ),
    (
        "recreated-topic-begins-anew",
        &[RecreatedUnnoticed],
        Some("recreated-unnoticed"),
    ),
    (
        "silent-application-leaves",
        &[PollExpired],
        Some("poll-timer-ignored"),
    ),
    (
        "static-leader-returns-to-a-grown-topic",
        &[CrashedWithPartitions],
        Some("skip-taken-for-divided"),
    ),
    (
        "truncation-below-what-is-committed",
        &[Diverged],
        Some("truncation-ignored"),
    ),
    (
        "twins-during-a-rebalance",
        &[FencedInstance],
        Some("fenced-twin-returns"),
    ),
    ("two-of-one-name", &[FencedInstance], Some("fenced-twin-returns")),
    (
        "unanswered-commit-is-not-done",
        &[GivenUp],
        Some("unanswered-taken-for-done"),
    ),
    (
        "work-in-hand-is-not-done",
        &[CrashedWithPartitions],
        Some("current-records-committed"),
    ),
    ("work-of-the-last-period", &[PeriodOver], Some("period-forgotten")),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("museum")
}

fn exhibit(name: &str) -> Plan {
    let text = fs::read_to_string(folder().join(format!("{name}.txt"))).expect("a readable file");
    text.parse().expect("a plan")
}

#[test]
fn our_members_come_through_all_of_them() {
    for (name, situations, _) in MUSEUM {
        let outcome = run(&exhibit(name), None, false);
        assert_eq!(outcome.violation, None, "{name}");
        for situation in *situations {
            let count = outcome.sometimes.count(*situation);
            assert!(count > 0, "{name} does not get there: {}", situation.text());
        }
    }
}

#[test]
fn each_shows_the_bug_that_is_planted() {
    for (name, _, bug) in MUSEUM {
        let Some(bug) = bug else { continue };
        let bug = planted::named(bug).unwrap_or_else(|| panic!("nothing is called {bug}"));
        let outcome = run(&exhibit(name), Some(bug), false);
        let id = outcome.violation.as_ref().map(|violation| violation.id);
        assert!(
            id.is_some_and(|id| bug.caught_by.contains(&id)),
            "{name} with {}: {:?}",
            bug.name,
            outcome.violation
        );
    }
}

#[test]
fn nothing_stands_in_the_museum_without_a_label() {
    let mut files: Vec<String> = fs::read_dir(folder())
        .expect("the museum")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    files.sort();
    let names: Vec<&str> = MUSEUM.iter().map(|(name, ..)| *name).collect();
    assert_eq!(files, names);
}

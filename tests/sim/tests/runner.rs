//! The runner's promises: what is run twice, in parts or by several at a time comes to the same, and whatever breaks, a panic too, is told
//! with the plan that breaks it again.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // helpers outside #[test] functions

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use kohort_sim::planted::Planted;
use kohort_sim::runner::{Options, are_seeds, bug, replay, run_all};
use kohort_sim::{Plan, run};

fn lines_of(options: &Options) -> Vec<String> {
    let lines = Mutex::new(Vec::new());
    run_all(options, &|line| lines.lock().unwrap().push(line.to_owned()));
    lines.into_inner().unwrap()
}

/// The numbers of the last lines that add up: seeds, events, faults, rebalances, violations, and the hash of all that happened.
fn figures(from: u64, seeds: u64, jobs: usize) -> [u64; 6] {
    let lines = lines_of(&Options {
        from,
        seeds,
        jobs,
        ..Options::default()
    });
    let last = lines.last().unwrap().strip_prefix("sim: ").unwrap();
    let number = |name: &str| -> u64 {
        let pairs = last.split(' ').map(|pair| pair.split_once('=').unwrap());
        let (_, number) = pairs.clone().find(|(other, _)| *other == name).unwrap();
        number.parse().unwrap()
    };
    let hash = lines
        .iter()
        .find_map(|line| line.strip_prefix("trace hash of all seeds = 0x"));
    [
        number("seeds"),
        number("events"),
        number("faults"),
        number("rebalances"),
        number("violations"),
        u64::from_str_radix(hash.unwrap(), 16).unwrap(),
    ]
}

/// Once as a whole by two at a time, and once in two ranges, one of them by one at a time. `.ci/run` does it with more seeds.
#[test]
fn what_is_run_again_in_parts_or_by_fewer_at_a_time_comes_to_the_same() {
    let whole = figures(0, 16, 2);
    assert_eq!(whole[0], 16);
    assert!(whole[1] > 100_000 && whole[5] != 0, "{whole:?}");
    let (first, second) = (figures(0, 6, 1), figures(6, 10, 2));
    let sum: Vec<u64> = first.iter().zip(second).map(|(a, b)| a.wrapping_add(b)).collect();
    assert_eq!(sum, whole);
}

/// It has nothing after it: a range that ends before its successor would be empty, and green.
#[test]
fn the_greatest_seed_is_run_and_none_beyond_it() {
    let [seeds, events, ..] = figures(u64::MAX, 1, 2);
    assert!(seeds == 1 && events > 1000, "{events} events");
    assert_eq!(are_seeds(u64::MAX, 1), Ok(()));
    assert_eq!(are_seeds(u64::MAX, 0), Ok(()));
    assert!(
        are_seeds(u64::MAX, 2)
            .unwrap_err()
            .contains("no 2 seeds from 0xffffffffffffffff on")
    );
}

/// A moment, a choice or an offset that differs is another hash.
#[test]
fn the_hash_tells_runs_apart() {
    let short = |seed| {
        let mut plan = Plan::draw(seed, None);
        plan.chaos /= 20;
        plan.calm = plan.chaos;
        plan
    };
    let hash = |plan: &Plan| run(plan, None, false).hash;
    let plan = short(1);
    assert_eq!(hash(&plan), hash(&plan));
    assert_ne!(hash(&plan), hash(&short(2)));
    let mut later = plan.clone();
    later.members[0].heartbeat += std::time::Duration::from_millis(1);
    assert_ne!(hash(&plan), hash(&later));
}

/// A folder of its own for the files of one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A seed that catches it, whatever has been added since its own was found.
fn caught_by(with: &Planted) -> u64 {
    let catches = |&seed: &u64| {
        run(&Plan::draw(seed, None), Some(with), false)
            .violation
            .is_some()
    };
    (with.seed..with.seed + 100)
        .find(catches)
        .expect("a seed that catches it")
}

/// Runs a seed with this bug as if it were ours, and returns what was said of the first failure: it, its commands, its file.
fn failure(name: &str) -> (Vec<String>, PathBuf) {
    let with = bug(name).unwrap();
    let save = folder(name);
    let lines = lines_of(&Options {
        from: caught_by(with),
        seeds: 1,
        with: Some(with),
        save,
        ..Options::default()
    });
    let (_, path) = lines[1].split_once("kohort sim --replay ").expect("a command");
    let path = path.strip_suffix(&format!(" --with {name}")).expect("the bug");
    let path = PathBuf::from(path);
    (lines, path)
}

#[test]
fn a_panic_is_a_violation_like_any_other() {
    let (lines, path) = failure("panics-when-dropped");
    // When, where and what, and how to see it again.
    let seed = caught_by(bug("panics-when-dropped").unwrap());
    let (first, command) = lines[0].split_once('\n').unwrap();
    assert!(
        first.starts_with("SIM FAIL PANIC at ") && !first.starts_with("SIM FAIL PANIC at 0.000s"),
        "{first}"
    );
    assert!(
        first.contains("planted/ending.rs:") && first.contains(": planted: nobody thought of"),
        "{first}"
    );
    assert!(
        command.starts_with(&format!("  seed={seed:#x} profile=")),
        "{command}"
    );
    assert!(
        command.contains(&format!(": kohort sim --seed {seed:#x} --profile ")),
        "{command}"
    );
    // As small as it gets, in a file of its own.
    assert!(lines[1].starts_with("  1 of "), "{}", lines[1]);
    assert_eq!(
        path.file_name().unwrap().to_str().unwrap(),
        format!("panic-{seed:#x}.txt")
    );
    let plan: Plan = fs::read_to_string(&path).unwrap().parse().unwrap();
    assert_eq!(plan.faults.len(), 1);
    // What was known before it is not lost.
    let outcome = run(&plan, Some(bug("panics-when-dropped").unwrap()), true);
    assert!(outcome.events > 0 && outcome.faults == 1 && outcome.rebalances > 0);
    let trace = outcome.trace.unwrap();
    assert!(
        trace.lines().count() > 20 && trace.contains("UNKNOWN_MEMBER_ID"),
        "{trace}"
    );
    assert!(lines.last().unwrap().contains(" violations=1 "));
}

#[test]
fn the_file_of_a_failure_fails_alike() {
    for name in [
        "panics-when-dropped",
        "zombie-may-commit",
        "heartbeat-stops-in-callback",
    ] {
        let (lines, path) = failure(name);
        let head = fs::read_to_string(&path).unwrap();
        let head = head.lines().next().unwrap().strip_prefix("# ").unwrap();
        let id = head.split(' ').next().unwrap();
        assert!(
            lines[0].starts_with(&format!("SIM FAIL {id} at ")),
            "{name}: {head} but {}",
            lines[0]
        );
        let said = Mutex::new(Vec::new());
        let is_well = replay(&path, bug(name).ok(), false, &|line| {
            said.lock().unwrap().push(line.to_owned());
        });
        assert_eq!(is_well, Ok(false));
        assert_eq!(
            said.into_inner().unwrap()[0],
            format!("SIM FAIL {head}"),
            "{name}"
        );
        // Without the bug it is a plan like any other.
        assert_eq!(replay(&path, None, false, &|_| ()), Ok(true), "{name}");
    }
}

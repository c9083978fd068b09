//! `kohort sim` as a person uses it: the commands that it prints for a failure are run as they stand and show that failure again.

#![allow(clippy::unwrap_used)] // helpers outside #[test] functions

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is written lands here.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("failures");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a command line that begins with `kohort` and returns how it ended and what it said.
fn run(line: &str) -> (Option<i32>, String) {
    let mut words = line.split_whitespace();
    assert_eq!(words.next(), Some("kohort"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kohort"));
    let output = command.args(words).current_dir(folder()).output().unwrap();
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

fn failures(said: &str) -> Vec<&str> {
    said.lines()
        .filter(|line| line.starts_with("SIM FAIL "))
        .collect()
}

/// The commands that were printed, with the failure above them.
fn commands(said: &str) -> Vec<(&str, &str)> {
    let mut failure = "";
    let mut commands = Vec::new();
    for line in said.lines() {
        if line.starts_with("SIM FAIL ") {
            failure = line;
        }
        if let Some(at) = line.find("kohort sim ") {
            commands.push((failure, &line[at..]));
        }
    }
    commands
}

#[test]
fn a_failure_prints_commands_that_show_it_again() {
    let (code, said) = run(&format!(
        "kohort sim --from 0 --seeds 5 --jobs 2 --with panics-when-dropped --save {}",
        folder().display()
    ));
    assert_eq!(code, Some(1), "{said}");
    assert!(!failures(&said).is_empty(), "{said}");
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("sim: seeds=5 simulated_hours=0."), "{last}");
    assert!(
        last.contains(&format!(
            " violations={} planted=0/0 sometimes=",
            failures(&said).len()
        )),
        "{last}"
    );
    let printed = commands(&said);
    assert_eq!(
        printed.len(),
        2 * failures(&said).len(),
        "one by seed and one by file each: {said}"
    );
    for (failure, command) in printed.iter().take(4) {
        let (code, again) = run(command);
        assert_eq!(code, Some(1), "{command}");
        if command.contains("--replay") {
            // With fewer faults it breaks at another time perhaps.
            let rule = |failure: &str| failure.split(' ').nth(2).map(str::to_owned);
            assert_eq!(rule(failures(&again)[0]), rule(failure), "{command}");
        } else {
            assert_eq!(failures(&again), [*failure], "{command}");
            assert!(again.contains("     time proc what"), "its trace: {command}");
        }
    }
}

#[test]
fn what_does_not_exist_is_said_with_what_does() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_kohort"))
            .args(arguments)
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    for (arguments, said) in [
        (
            ["sim", "--from", "18446744073709551615"],
            "there are no 100 seeds from 0xffffffffffffffff on",
        ),
        (
            ["sim", "--with", "no-such-bug"],
            "no planted bug is called no-such-bug; there are record-skipped",
        ),
        (
            ["sim", "--planted", "no-such-bug"],
            "no planted bug is called no-such-bug; there are record-skipped",
        ),
        (
            ["sim", "--profile", "odd"],
            "no profile is called odd; there are eager, static",
        ),
    ] {
        let (is_well, text) = run(&arguments);
        assert!(!is_well && text.contains(said), "{arguments:?}: {text}");
    }
}

/// As behind `| head -1`.
#[test]
fn without_a_reader_it_ends_without_a_word() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kohort"))
        .args(["sim", "--seed", "1", "--trace"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::with_capacity(100, child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.contains("time"), "{first}");
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(1));
}

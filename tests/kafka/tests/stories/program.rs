//! The `kohort` command on a real Apache Kafka: `consume` and `demo`, as a person would run them.

use crate::groups;
use crate::stage::{LIMIT, Stage, committed, wait_for};
use crate::writing::{ends, lines, write};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const PARTITIONS: i32 = 3;
const WRITTEN: usize = 600;

#[test]
fn consume_prints_so_many_records_as_json_and_the_next_run_prints_the_rest() -> Result<()> {
    let stage = Stage::enter()?;
    let (bootstrap, written) = written(&stage, "printed")?;
    let consume = |max: &str| {
        let all = [
            "consume",
            "--bootstrap",
            &bootstrap,
            "--group",
            "printed",
            "--topic",
            "printed",
        ];
        let all = [&all[..], &["--from-beginning", "--json", "--max", max]].concat();
        Program::start(&all)?.end()
    };
    let first = consume("200")?;
    let so_far: i64 = committed(stage.kafka, "printed", "printed", PARTITIONS)?
        .values()
        .filter(|at| **at > 0)
        .sum();
    assert_eq!(
        (first.stdout.len(), so_far),
        (200, 200),
        "printed and committed; on stderr:\n{}",
        first.stderr
    );
    let state = groups::state(stage.kafka, "printed")?;
    assert_eq!((state.state.as_str(), state.members), ("Empty", 0));

    let second = consume("400")?;
    let printed: Vec<String> = first
        .stdout
        .iter()
        .chain(&second.stdout)
        .map(|line| printed(line))
        .collect::<Result<_>>()?;
    let (printed, written): (BTreeSet<_>, BTreeSet<_>) =
        (printed.into_iter().collect(), written.into_iter().collect());
    let differ: Vec<_> = printed.symmetric_difference(&written).take(3).collect();
    assert!(
        differ.is_empty(),
        "printed by one run or the other is not what was written, such as {differ:?}"
    );
    Ok(())
}

#[test]
fn consume_commits_and_leaves_on_ctrl_c() -> Result<()> {
    let stage = Stage::enter()?;
    let (bootstrap, _) = written(&stage, "interrupted")?;
    let arguments = [
        "consume",
        "--bootstrap",
        &bootstrap,
        "--group",
        "interrupted",
        "--topic",
        "interrupted",
    ];
    let mut program = Program::start(&[&arguments[..], &["--from-beginning"]].concat())?;
    program.lines(WRITTEN)?;
    program.interrupt()?;
    let interrupted = Instant::now();
    let output = program.end()?;
    println!("ended {:.2?} after Ctrl-C", interrupted.elapsed());
    assert!(
        output.stderr.contains("600 records"),
        "it says what it did: {}",
        output.stderr
    );
    // No session has to end first: the group knows that it left.
    let state = groups::state(stage.kafka, "interrupted")?;
    assert_eq!((state.state.as_str(), state.members), ("Empty", 0));
    let ends = ends(stage.kafka, "interrupted")?;
    assert_eq!(
        committed(stage.kafka, "interrupted", "interrupted", PARTITIONS)?,
        ends,
        "committed"
    );
    Ok(())
}

#[test]
fn the_demo_tells_its_story_on_a_real_cluster_and_leaves_no_topic() -> Result<()> {
    let stage = Stage::enter()?;
    let begin = Instant::now();
    let bootstrap = stage.kafka.bootstrap();
    let output = Program::start(&["demo", "--bootstrap", &bootstrap, "--records", "30000"])?.end()?;
    let last = output.stdout.last().context("the demo says nothing")?;
    println!("{last} ({:.2?})", begin.elapsed());
    let fields = last
        .strip_prefix("demo: ")
        .with_context(|| format!("the last line is {last:?}"))?;
    let fields: BTreeMap<&str, u64> = fields
        .split(' ')
        .map(|field| {
            let (name, value) = field
                .split_once('=')
                .with_context(|| format!("{field:?} in {last:?}"))?;
            Ok((name, value.parse()?))
        })
        .collect::<Result<_>>()?;
    let all = output.stdout.join("\n");
    for (name, wanted) in [
        ("records", 30_000),
        ("distinct", 30_000),
        ("lost", 0),
        ("committed", 30_000),
    ] {
        assert_eq!(
            fields.get(name),
            Some(&wanted),
            "{name} in {last:?}; all of it:\n{all}\n{}",
            output.stderr
        );
    }
    assert_eq!(
        fields["delivered"],
        fields["distinct"] + fields["duplicates"],
        "{last}"
    );
    wait_for("the demo's topic is gone", || {
        let topics = stage.kafka.metadata()?.topics;
        let left: Vec<_> = topics
            .keys()
            .filter(|name| name.starts_with("kohort-demo"))
            .collect();
        Ok(if left.is_empty() {
            Ok(())
        } else {
            Err(format!("{left:?}"))
        })
    })
}

fn written(stage: &Stage, topic: &str) -> Result<(String, Vec<String>)> {
    stage.kafka.create_topic(topic, PARTITIONS, 1, &[])?;
    let lines = lines("lz4", WRITTEN);
    write(stage.kafka, topic, "lz4", &lines)?;
    Ok((stage.kafka.bootstrap(), lines))
}

/// A line of JSON in the form of [`lines`].
fn printed(line: &str) -> Result<String> {
    let record: Value = serde_json::from_str(line).with_context(|| format!("not JSON: {line:?}"))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let headers: Vec<String> = record["headers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|header| format!("{}:{}", text(&header["key"]), text(&header["value"])))
        .collect();
    Ok(format!(
        "{}\t{}\t{}",
        headers.join(","),
        text(&record["key"]),
        text(&record["value"])
    ))
}

/// A running `kohort`; killed if it is dropped before its end.
pub(crate) struct Program {
    child: Child,
    lines: Receiver<String>,
    errors: Option<JoinHandle<String>>,
    pub(crate) stdout: Vec<String>,
}

pub(crate) struct Output {
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn start(arguments: &[&str]) -> Result<Self> {
        let mut child = Command::new(binary()?)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            bail!("no pipes")
        };
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let all = BufReader::new(stdout).lines().map_while(Result::ok);
            all.map_while(|line| sender.send(line).ok()).for_each(drop);
        });
        let errors = std::thread::spawn(move || std::io::read_to_string(stderr).unwrap_or_default());
        Ok(Self {
            child,
            lines,
            errors: Some(errors),
            stdout: Vec::new(),
        })
    }

    /// Waits until it has printed so many lines.
    pub(crate) fn lines(&mut self, count: usize) -> Result<()> {
        while self.stdout.len() < count {
            let line = self.lines.recv_timeout(LIMIT);
            self.stdout
                .push(line.with_context(|| format!("{} of {count} lines", self.stdout.len()))?);
        }
        Ok(())
    }

    /// SIGINT, as the terminal sends it.
    pub(crate) fn interrupt(&self) -> Result<()> {
        let sent = Command::new("kill")
            .args(["-s", "INT", &self.child.id().to_string()])
            .status()?;
        ensure!(sent.success(), "SIGINT cannot be sent");
        Ok(())
    }

    /// Its standard error, once it has ended.
    fn said(&mut self) -> String {
        let errors = self.errors.take().map(JoinHandle::join);
        errors.and_then(Result::ok).unwrap_or_default()
    }

    /// Waits for its end, which must be one with exit code 0.
    pub(crate) fn end(mut self) -> Result<Output> {
        let deadline = Instant::now() + LIMIT;
        let status = loop {
            match self.child.try_wait()? {
                Some(status) => break status,
                None if Instant::now() > deadline => {
                    self.child.kill()?;
                    let errors = self.said();
                    bail!("kohort does not end within {LIMIT:?}; on stderr:\n{errors}");
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        self.stdout.extend(self.lines.iter());
        let stderr = self.said();
        ensure!(
            status.success(),
            "kohort ended with {status}; on stderr:\n{stderr}\non stdout:\n{}",
            self.stdout.join("\n")
        );
        Ok(Output {
            stdout: std::mem::take(&mut self.stdout),
            stderr,
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended long ago; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Builds the command, as `cargo run` would. It belongs to another package, so Cargo does not hand its path to these tests.
fn binary() -> Result<PathBuf> {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "kohort-cli"])
        .status()?;
    ensure!(built.success(), "the kohort command cannot be built");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .context("the build folder has a name")?;
    let binary = target.join("debug").join("kohort");
    ensure!(binary.exists(), "{} was not built", binary.display());
    Ok(binary)
}

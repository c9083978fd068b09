//! The `kohort` program as a person runs it, on an embedded broker: what it prints, how it ends, and what is committed then.
//!
//! Nothing here sleeps: a child is waited for by reading its output to the end.

#![allow(clippy::panic, clippy::unwrap_used)] // helpers outside #[test] functions

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use kohort::protocol::records::{BatchBuilder, NewRecord};
use kohort::{Acks, Client, ClientConfig, GroupId, TopicPartition};
use kohort_broker::{Broker, Config};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Far more than anything here takes, so that only what never comes runs into it.
const LIMIT: Duration = Duration::from_secs(100);

/// The program, running; killed if a test leaves it behind.
struct Program {
    child: Child,
    lines: Receiver<String>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).spawn().unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// With its stdout for the test; the lines are those of its stderr.
    fn start_unread(arguments: &[&str]) -> (Self, ChildStdout) {
        let mut child = command(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let lines = lines_of(child.stderr.take().unwrap());
        (Self { child, lines }, stdout)
    }

    /// The next line; `None` when it has ended.
    fn line(&self) -> Option<String> {
        match self.lines.recv_timeout(LIMIT) {
            Ok(line) => Some(line),
            Err(mpsc::RecvTimeoutError::Disconnected) => None,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("it says nothing and does not end"),
        }
    }

    /// Ctrl-C.
    fn interrupt(&self) {
        let mut kill = Command::new("kill");
        let sent = kill.args(["-s", "INT", &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// The other lines, and how the program ended.
    fn end(mut self) -> (Vec<String>, ExitStatus) {
        let rest = std::iter::from_fn(|| self.line()).collect();
        (rest, self.child.wait().unwrap())
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kohort"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// Read on a thread, so that a test can wait with a limit.
fn lines_of(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        lines.for_each(|line| drop(sender.send(line)));
    });
    lines
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An embedded broker with one topic `t` of one partition, on a runtime of its own.
struct Stage {
    runtime: Runtime,
    broker: Broker,
}

impl Stage {
    fn with(values: &[&[u8]]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let broker = runtime.block_on(Broker::start(Config::default())).unwrap();
        runtime.block_on(broker.create_topic("t", 1)).unwrap();
        let stage = Self { runtime, broker };
        stage.write(values);
        stage
    }

    fn write(&self, values: &[&[u8]]) {
        let mut batch = BatchBuilder::new();
        for value in values {
            let record = NewRecord {
                key: Some(b"k"),
                value: Some(value),
                timestamp: 7,
                ..NewRecord::default()
            };
            batch.push(&record).unwrap();
        }
        let batch = batch.finish().unwrap();
        self.runtime.block_on(async {
            let client = Client::new(ClientConfig::new(&self.broker.bootstrap())).unwrap();
            let partition = TopicPartition::new("t", 0);
            client.produce(&partition, Acks::All, batch).await.unwrap();
        });
    }

    fn consume<'a>(&self, bootstrap: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec![
            "consume",
            "--bootstrap",
            bootstrap,
            "--group",
            "g",
            "--topic",
            "t",
        ];
        all.push("--from-beginning");
        all.extend(more);
        all
    }

    /// What group `g` has committed, and how many members it has.
    fn group(&self) -> (Option<i64>, usize) {
        let look = self.broker.inspect(|cluster| {
            let group = GroupId::from("g");
            let committed = cluster.committed(&group, &TopicPartition::new("t", 0));
            let members = cluster.group(&group).map_or(0, |group| group.members.len());
            (committed.map(|committed| committed.offset), members)
        });
        self.runtime.block_on(look).unwrap()
    }
}

#[test]
fn consume_prints_so_many_as_json_and_the_next_run_goes_on_behind_them() {
    let stage = Stage::with(&[b"one", b"\xff\x00", b"", b"four"]);
    let bootstrap = stage.broker.bootstrap();
    let arguments = stage.consume(&bootstrap, &["--json", "--max", "2"]);

    let (lines, status) = Program::start(&arguments).end();
    assert!(status.success());
    let object = |offset: i64, name: &str, value: &str| json!({"topic": "t", "partition": 0, "offset": offset, "timestamp": 7, "key": "k", name: value, "headers": []});
    let read: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        read,
        [object(0, "value", "one"), object(1, "value_hex", "ff00")],
        "bytes that are no text come as hex"
    );
    assert_eq!(
        stage.group(),
        (Some(2), 0),
        "what was printed is committed, and the member left"
    );

    let (lines, status) = Program::start(&arguments).end();
    assert!(status.success());
    let read: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(read, [object(2, "value", ""), object(3, "value", "four")]);
    assert_eq!(stage.group(), (Some(4), 0));
}

#[test]
fn consume_commits_and_leaves_on_ctrl_c() {
    let stage = Stage::with(&[b"one", b"two"]);
    let bootstrap = stage.broker.bootstrap();
    let program = Program::start(&stage.consume(&bootstrap, &[]));
    assert_eq!(program.line().as_deref(), Some("one"));
    assert_eq!(program.line().as_deref(), Some("two"));
    stage.write(&[b"three"]);
    assert_eq!(program.line().as_deref(), Some("three"));
    program.interrupt();
    let (rest, status) = program.end();
    assert!(rest.is_empty() && status.success(), "{rest:?} {status}");
    assert_eq!(stage.group(), (Some(3), 0));
}

/// `kohort consume ... | head -1`, with nothing more to print: the pipe alone tells that the reader has gone.
#[test]
fn consume_leaves_when_nobody_reads_its_output_any_more() {
    let stage = Stage::with(&[b"one"]);
    let bootstrap = stage.broker.bootstrap();
    let (program, stdout) = Program::start_unread(&stage.consume(&bootstrap, &[]));
    let mut reader = BufReader::new(stdout);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "one\n");
    drop(reader);

    let (said, status) = program.end();
    assert!(status.success(), "{status} {said:?}");
    assert_eq!(stage.group(), (Some(1), 0));
}

#[test]
fn the_broker_prints_its_bootstrap_line_and_serves_until_ctrl_c() {
    let program = Program::start(&["broker", "--nodes", "3"]);
    let bootstrap = program.line().expect("a bootstrap line");
    assert_eq!(bootstrap.split(',').count(), 3, "{bootstrap}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = Client::new(ClientConfig::new(&bootstrap)).unwrap();
        client.metadata(&[]).await.expect("it serves");
    });
    program.interrupt();
    let (rest, status) = program.end();
    assert!(rest.is_empty() && status.success(), "{rest:?} {status}");
}

/// Takes about 8 s: a member is killed, and its session lasts 6.
#[test]
fn the_demo_loses_nothing_and_says_so_in_its_last_line() {
    let (lines, status) = Program::start(&["demo", "--records", "2000"]).end();
    assert!(status.success(), "{status}: {lines:#?}");
    let last = lines.last().expect("it tells a story");
    let number = |name: &str| -> u64 {
        let mut fields = last.split_whitespace().filter_map(|field| field.split_once('='));
        let (_, value) = fields
            .find(|(field, _)| *field == name)
            .unwrap_or_else(|| panic!("no {name} in {last:?}"));
        value.parse().unwrap()
    };
    let (delivered, duplicates, rebalances) =
        (number("delivered"), number("duplicates"), number("rebalances"));
    assert_eq!(
        last,
        &format!(
            "demo: records=2000 delivered={delivered} distinct=2000 lost=0 duplicates={duplicates} \
             rebalances={rebalances} committed=2000"
        )
    );
    assert_eq!(delivered, 2000 + duplicates);
    assert!(rebalances >= 4, "three join, one leaves, one is killed: {last}");
}

//! `kohort sniff` between clients and brokers: a whole group works through it, whatever is thrown at it passes, and what it recorded
//! is told again by `kohort decode`.

#![allow(clippy::panic, clippy::unwrap_used)] // helpers outside #[test] functions

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use kohort::protocol::api::metadata::MetadataResponse;
use kohort::protocol::records::{BatchBuilder, NewRecord};
use kohort::{Acks, AutoOffsetReset, Client, ClientConfig, Consumer, TopicPartition};
use kohort_broker::{Broker, Config};
use serde_json::Value;

/// Far more than anything here takes, so that only what never comes runs into it.
const LIMIT: Duration = Duration::from_secs(60);

/// The proxy, running; killed if a test leaves it behind.
struct Sniff {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    address: String,
}

impl Sniff {
    fn start(upstream: &str, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kohort"))
            .args(["sniff", "--listen", "127.0.0.1:0", "--upstream", upstream])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            stdout
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let mut sniff = Self {
            child,
            lines,
            seen: Vec::new(),
            address: String::new(),
        };
        let first = sniff.wait_for("stands for");
        let address = first
            .split_whitespace()
            .find(|word| word.starts_with("127.0.0.1:"));
        sniff.address = address.unwrap().to_owned();
        sniff
    }

    /// The next line with these words in it.
    fn wait_for(&mut self, words: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(LIMIT);
            let line = line.unwrap_or_else(|_| panic!("no line with {words:?}: {:#?}", self.seen));
            self.seen.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Ctrl-C: all lines.
    fn end(mut self) -> Vec<String> {
        let mut kill = Command::new("kill");
        let sent = kill.args(["-s", "INT", &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        let mut seen = std::mem::take(&mut self.seen);
        while let Ok(line) = self.lines.recv_timeout(LIMIT) {
            seen.push(line);
        }
        assert!(self.child.wait().unwrap().success());
        seen
    }
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream
}

impl Drop for Sniff {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn temporary(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    folder.join(format!("{name}-{}", std::process::id()))
}

fn decode(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kohort"))
        .arg("decode")
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn ports(told: &MetadataResponse) -> BTreeSet<i32> {
    told.brokers.iter().map(|broker| broker.port).collect()
}

fn ports_of(bootstrap: &str) -> BTreeSet<i32> {
    let ports = bootstrap
        .split(',')
        .filter_map(|address| address.rsplit(':').next());
    ports.map(|port| port.parse().unwrap()).collect()
}

/// Six records in six partitions, read and committed by a group of two.
async fn group_works(bootstrap: &str, brokers: &str) {
    let client = Client::new(ClientConfig::new(bootstrap)).unwrap();
    for partition in 0..6 {
        let mut batch = BatchBuilder::new();
        let record = NewRecord {
            value: Some(b"value"),
            ..NewRecord::default()
        };
        batch.push(&record).unwrap();
        let partition = TopicPartition::new("t", partition);
        client
            .produce(&partition, Acks::All, batch.finish().unwrap())
            .await
            .unwrap();
    }
    let consumer = || {
        Consumer::builder(&client, "g")
            .topics(["t"])
            .auto_offset_reset(AutoOffsetReset::Earliest)
            .build()
            .unwrap()
    };
    let told = client.metadata(&[]).await.unwrap();
    assert!(
        ports(&told).is_disjoint(&ports_of(brokers)),
        "addresses past the proxy: {told:?}"
    );
    let (mut one, mut other) = (consumer(), consumer());
    let mut read = BTreeSet::new();
    while read.len() < 6 {
        let records = tokio::select! {
            records = one.next() => records,
            records = other.next() => records,
        };
        let mut records = records.unwrap();
        let partition = records.partition().clone();
        while let Some(record) = records.next() {
            assert_eq!(record.unwrap().value(), Some(&b"value"[..]));
        }
        read.insert(partition);
    }
    one.close().await.unwrap();
    other.close().await.unwrap();
}

#[test]
fn a_group_works_wholly_through_it_and_the_capture_tells_the_same_again() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        nodes: 3,
        ..Config::default()
    };
    let broker = runtime.block_on(Broker::start(config)).unwrap();
    runtime.block_on(broker.create_topic("t", 6)).unwrap();
    let upstream = broker.bootstrap().split(',').next().unwrap().to_owned();
    let capture = temporary("group");
    let capture = capture.to_str().unwrap();
    let sniff = Sniff::start(&upstream, &["--record", capture]);

    runtime
        .block_on(async {
            tokio::time::timeout(LIMIT, group_works(&sniff.address, &broker.bootstrap())).await
        })
        .unwrap();
    // Nobody went past: each connection that the brokers ever got came from the proxy.
    let lines = sniff.end();
    let opened: BTreeSet<&str> = lines
        .iter()
        .filter_map(|line| line.split(" to ").nth(1))
        .collect();
    let brokers: BTreeSet<String> = broker.bootstrap().split(',').map(str::to_owned).collect();
    assert_eq!(opened, brokers.iter().map(String::as_str).collect());
    for what in [
        "> JoinGroup v",
        "< SyncGroup v",
        "> OffsetCommit v",
        "< Fetch v",
        "addresses rewritten)",
        "group=g",
        "client=kohort",
    ] {
        assert!(lines.iter().any(|line| line.contains(what)), "{what}: {lines:#?}");
    }
    assert!(
        lines.iter().any(|line| line.starts_with("JoinGroup ")),
        "the table: {lines:#?}"
    );
    assert!(
        !lines.iter().any(|line| line.contains("answer no request")),
        "{lines:#?}"
    );

    let told = decode(&["--capture", capture]);
    let expected: Vec<&str> = lines
        .iter()
        .map(String::as_str)
        .filter(|line| !line.contains(" sniff: "))
        .collect();
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);

    let bodies = decode(&[
        "--capture",
        capture,
        "--json",
        "--bodies",
        "full",
        "--only",
        "SyncGroup",
    ]);
    let values: Vec<Value> = bodies
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let assigned = |value: &&Value| value["event"] == "response" && value["frame"]["body"]["errorCode"] == 0;
    let response = values.iter().find(assigned).unwrap();
    let topic = &response["frame"]["body"]["assignment"]["assignedPartitions"][0]["topic"];
    assert_eq!(topic, "t", "{response}");
    std::fs::remove_file(capture).unwrap();
}

/// A peer that sends back what it gets.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut from = stream.try_clone().unwrap();
                let _ = std::io::copy(&mut from, &mut &stream);
                let _ = stream.shutdown(Shutdown::Write);
            });
        }
    });
    address
}

/// What was sent comes back to its last byte, the end of one direction with it, though the other is still open.
fn goes_round(address: &str, bytes: &[u8]) {
    let mut stream = connect(address);
    let mut writer = stream.try_clone().unwrap();
    let sent = bytes.to_vec();
    let writing = std::thread::spawn(move || {
        writer.write_all(&sent).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    writing.join().unwrap();
    assert!(back == bytes, "{} of {} bytes came back", back.len(), bytes.len());
}

fn sized(frame: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(frame.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(frame);
    bytes
}

#[test]
fn whatever_passes_is_not_changed_and_what_it_was_is_told() {
    let mut sniff = Sniff::start(&echo(), &["--keep", "1000"]);
    let heartbeat = sized(b"\0\x0c\0\0\0\0\0\x07\0\x02me\0\x01g\0\0\0\x05\0\x01m");

    goes_round(
        &sniff.address,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and so on",
    );
    assert!(sniff.wait_for("unreadable").contains("TLS: passed on unread"));
    goes_round(&sniff.address, b"GET / HTTP/1.1\r\n\r\n");
    sniff.wait_for("no frames of Kafka");
    goes_round(&sniff.address, &sized(b"\x70\0\0\x01\0\0\0\x07\0\x01chello"));
    sniff.wait_for("> api 28672 v1 corr=7 16 bytes client=c (unknown API)");
    goes_round(&sniff.address, &sized(b"\0\x0c\0\x63\0\0\0\x08\0\x01chello"));
    sniff.wait_for("> Heartbeat v99 corr=8 16 bytes client=c (unknown version)");
    goes_round(&sniff.address, &heartbeat.repeat(500));
    sniff.wait_for("> Heartbeat v0 corr=7 22 bytes client=me group=g");
    goes_round(&sniff.address, &heartbeat[..20]);
    goes_round(&sniff.address, b"\0\0");
    goes_round(&sniff.address, b"");
    // Produce v3 without acks, of 20 MB: only its beginning is read.
    let mut large = b"\0\0\0\x03\0\0\0\x09\0\x02me\xff\xff\0\0\0\0\0\x05\0\0\0\x01".to_vec();
    large.resize(20_000_000, 7);
    goes_round(&sniff.address, &sized(&large));
    sniff.wait_for(
        "Produce v3 corr=9 20000000 bytes client=me (acks=0, no answer) (read only the first 1000 bytes)",
    );
    goes_round(
        &sniff.address,
        &[
            sized(b"\0\x11\0\0\0\0\0\x01\xff\xff\0\x05PLAIN"),
            sized(b"\0user\0secret"),
        ]
        .concat(),
    );
    sniff.wait_for("> SASL token, 12 bytes");
    let hostile = sized("\0\x0c\0\0\0\0\0\x07\0\x06a\u{1b}[2J \0\x01g\0\0\0\x05\0\x01m".as_bytes());
    goes_round(&sniff.address, &hostile);
    sniff.wait_for(r#"client="a\u{1b}[2J"#);
    let lines = sniff.end();
    assert!(!lines.iter().any(|line| line.contains("secret")));
}

#[test]
fn many_connections_at_once() {
    let sniff = Sniff::start(&echo(), &[]);
    let heartbeat = sized(b"\0\x0c\0\0\0\0\0\x07\0\x02me\0\x01g\0\0\0\x05\0\x01m").repeat(20);
    let address = &sniff.address;
    std::thread::scope(|scope| {
        for _ in 0..40 {
            scope.spawn(|| goes_round(address, &heartbeat));
        }
    });
    let lines = sniff.end();
    assert_eq!(lines.iter().filter(|line| line.contains("closed")).count(), 40);
}

#[test]
fn a_broker_that_cannot_be_reached_is_told() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let mut sniff = Sniff::start(&nobody, &[]);
    let mut stream = connect(&sniff.address);
    assert!(matches!(stream.read(&mut [0]), Err(_) | Ok(0)));
    assert!(sniff.wait_for("closed: ").contains("cannot be reached"));
    sniff.end();
}

/// Responses keep the brokers' own addresses.
#[test]
fn without_rewriting_nothing_is_changed() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let broker = runtime.block_on(Broker::start(Config::default())).unwrap();
    let sniff = Sniff::start(&broker.bootstrap(), &["--no-rewrite", "--json"]);
    runtime.block_on(async {
        let client = Client::new(ClientConfig::new(&sniff.address)).unwrap();
        let told = client.metadata(&[]).await.unwrap();
        assert_eq!(ports(&told), ports_of(&broker.bootstrap()));
    });
    let lines = sniff.end();
    let values: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let metadata = |value: &&Value| value["event"] == "response" && value["api"] == "Metadata";
    assert_eq!(
        values.iter().find(metadata).unwrap()["remarks"],
        Value::Array(Vec::new())
    );
    assert_eq!(values.last().unwrap()["event"], "summary");
}

/// What `docs/sniff.md` says of the format is what is read.
#[test]
fn the_capture_of_the_documents_is_one() {
    let page = include_str!("../../docs/sniff.md");
    let begin = page.find("kohort-capture 1").unwrap();
    let end = begin + page[begin..].find("```").unwrap();
    let capture = temporary("documents");
    std::fs::write(&capture, &page[begin..end]).unwrap();
    let told = decode(&["--capture", capture.to_str().unwrap(), "--bodies", "short"]);
    assert!(
        told.contains(" > Heartbeat v0 corr=7 22 bytes client=me group=g\n"),
        "{told}"
    );
    assert!(told.contains("errorCode: 0 NONE"), "{told}");
    std::fs::remove_file(capture).unwrap();
}

/// Credentials are neither shown nor recorded, unless asked for.
#[test]
fn a_capture_holds_no_credentials() {
    for (more, recorded) in [(&[][..], false), (&["--secrets"], true)] {
        let capture = temporary(if recorded { "secrets" } else { "blank" });
        let mut arguments = vec!["--bodies", "full", "--record", capture.to_str().unwrap()];
        arguments.extend(more);
        let mut sniff = Sniff::start(&echo(), &arguments);
        goes_round(
            &sniff.address,
            &sized(b"\0\x24\0\0\0\0\0\x01\xff\xff\0\0\0\x06secret"),
        );
        sniff.wait_for("authBytes");
        sniff.wait_for("closed");
        let lines = sniff.end();
        let text = std::fs::read_to_string(&capture).unwrap();
        let shown = lines.iter().any(|line| line.contains("736563726574"));
        assert_eq!(
            (text.contains("736563726574"), shown),
            (recorded, recorded),
            "{text}"
        );
        std::fs::remove_file(capture).unwrap();
    }
}

/// A client that gives up by a reset must not be heard out: behind an end, what it sent would still be done.
#[test]
fn a_reset_is_handed_on() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let sniff = Sniff::start(&listener.local_addr().unwrap().to_string(), &[]);
    let broker = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut frame = [0; 12];
        stream.read_exact(&mut frame).unwrap();
        stream.write_all(&frame).unwrap();
        stream.read(&mut frame).map_err(|error| error.kind())
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut client = tokio::net::TcpStream::connect(&sniff.address).await.unwrap();
        client.write_all(&sized(b"\x70\0\0\x01\0\0\0\x07")).await.unwrap();
        client.read_exact(&mut [0; 12]).await.unwrap();
        client.set_zero_linger().unwrap();
    });
    assert_eq!(broker.join().unwrap(), Err(std::io::ErrorKind::ConnectionReset));
    sniff.end();
}

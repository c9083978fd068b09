//! Nothing that the launcher started outlives who started it, whatever the way it ends.

use anyhow::{Context, Result, ensure};
use kohort_testkafka::Cluster;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const LAUNCHER: &str = env!("CARGO_BIN_EXE_kohort-testkafka");

fn signal(name: &str, pid: u32) -> bool {
    let mut kill = Command::new("kill");
    let status = kill
        .args(["-s", name, &pid.to_string()])
        .stderr(Stdio::null())
        .status();
    status.expect("there is a kill command").success()
}

fn wait_for_end(pid: u32, data: &Path) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(20);
    while signal("0", pid) || data.exists() {
        ensure!(
            Instant::now() < deadline,
            "process {pid} or {} is still there",
            data.display()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

#[test]
fn after_a_drop_everything_is_gone_also_a_stopped_broker() -> Result<()> {
    let kafka = Cluster::builder().start()?;
    let (pid, log) = (kafka.pid(1)?.context("it runs")?, kafka.log(1)?);
    kafka.pause(1)?;
    assert!(signal("0", pid) && log.exists());
    drop(kafka);
    assert!(!signal("0", pid), "drop returns when the broker is gone");
    assert!(!log.parent().context("a folder")?.exists());
    Ok(())
}

#[test]
fn after_a_panic_only_the_logs_are_left() -> Result<()> {
    let (sender, receiver) = mpsc::channel();
    let failing_test = std::thread::spawn(move || {
        let kafka = Cluster::builder().start().expect("it starts");
        sender
            .send((kafka.pid(1), kafka.log(1)))
            .expect("the test listens");
        panic!("on purpose");
    });
    assert!(failing_test.join().is_err());
    let (pid, log) = receiver.recv()?;
    let log = log?;
    assert!(!signal("0", pid?.context("it ran")?));
    assert!(log.exists() && !log.with_extension("").exists());
    std::fs::remove_dir_all(log.parent().context("a folder")?)?;
    Ok(())
}

#[test]
fn kill_9_of_the_starter_ends_a_stopped_broker() -> Result<()> {
    let mut starter = Starter::run(Command::new(LAUNCHER))?;
    assert!(signal("STOP", starter.broker));
    starter.process.kill()?;
    starter.check_gone()
}

#[test]
fn ctrl_c_of_the_starter_ends_the_broker() -> Result<()> {
    // A shell without job control ignores SIGINT in what it runs in the background, and in all that those start.
    let mut listening = Command::new("env");
    listening.args(["--default-signal=INT", LAUNCHER]);
    let starter = Starter::run(listening)?;
    assert!(signal("INT", starter.process.id()));
    starter.check_gone()
}

#[test]
fn sigterm_of_the_starter_ends_the_broker() -> Result<()> {
    let starter = Starter::run(Command::new(LAUNCHER))?;
    assert!(signal("TERM", starter.process.id()));
    starter.check_gone()
}

/// The launcher as a command, with one broker that serves.
struct Starter {
    process: Child,
    broker: u32,
    data: PathBuf,
}

impl Starter {
    fn run(mut launcher: Command) -> Result<Self> {
        let mut process = launcher.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut bootstrap = String::new();
        BufReader::new(process.stdout.take().context("a pipe")?).read_line(&mut bootstrap)?;
        ensure!(bootstrap.starts_with("127.0.0.1:"), "{bootstrap}");
        // node 1: 127.0.0.1:20001, pid 77, log /../node-1.log
        let said = BufReader::new(process.stderr.take().context("a pipe")?)
            .lines()
            .nth(1)
            .context("it says more")??;
        let after = |word| {
            said.split_once(word)
                .map(|(_, rest)| rest)
                .context("it names the broker")
        };
        let broker = after(", pid ")?.split(',').next().context("a number")?.parse()?;
        let data = PathBuf::from(after(", log ")?).with_extension("");
        ensure!(signal("0", broker) && data.exists(), "{said}");
        Ok(Self {
            process,
            broker,
            data,
        })
    }

    fn check_gone(mut self) -> Result<()> {
        assert!(!self.process.wait()?.success());
        wait_for_end(self.broker, &self.data)?;
        std::fs::remove_dir_all(self.data.parent().context("a folder")?)?;
        Ok(())
    }
}

/// A test that could not run must not look like one that passed.
#[test]
fn missing_java_or_maven_is_an_error_that_says_what_to_install() -> Result<()> {
    let without = |variable: &str, value: &Path| -> Result<String> {
        let mut launcher = Command::new(LAUNCHER);
        launcher
            .env_remove("JAVA_HOME")
            .env("PATH", "/nonexistent")
            .env(variable, value);
        let output = launcher.output()?;
        ensure!(!output.status.success());
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    };
    kohort_testkafka::broker_jars(&kohort_testkafka::Version::from_env())?;
    let message = without("UNUSED", Path::new(""))?;
    assert!(
        message.contains("cannot run java") && message.contains("Install a JDK"),
        "{message}"
    );
    let empty = std::env::temp_dir().join(format!("kohort-no-jars-{}", std::process::id()));
    let message = without("CARGO_TARGET_DIR", &empty)?;
    assert!(
        message.contains("cannot run mvn") && message.contains("Install Apache Maven"),
        "{message}"
    );
    std::fs::remove_dir_all(empty)?;
    Ok(())
}

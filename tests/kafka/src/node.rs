//! One broker process: its folder, its ports, and what was done to it last.

use crate::jvm::{self, Classes};
use crate::properties::{self, Address};
use crate::supervised::{Plan, Supervised, end_of};
use crate::wire::Wire;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const BROKER: &str = "kafka.Kafka";
/// A broker on an idle machine ends in 2.3 s after SIGTERM.
const END_LIMIT: Duration = Duration::from_secs(60);
const FORMAT_LIMIT: Duration = Duration::from_secs(60);

/// What the launcher did to the process last. (A broker that fell over by itself still counts as `Running`.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Started, and not stopped since.
    Running,
    /// Stopped by SIGSTOP.
    Paused,
    /// Killed or told to terminate.
    Down,
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) id: i32,
    pub(crate) port: u16,
    jars: PathBuf,
    folder: PathBuf,
    keep: bool,
    life: Mutex<Life>,
}

struct Life {
    state: State,
    process: Option<Supervised>,
}

impl std::fmt::Debug for Life {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.state.fmt(f)
    }
}

impl Node {
    /// Writes the properties file; nothing is started.
    pub(crate) fn prepare(
        own: Address,
        all: &[Address],
        cluster: &Path,
        jars: &Path,
        extra: &BTreeMap<String, String>,
        keep: bool,
    ) -> Result<Self> {
        let folder = cluster.join(format!("node-{}", own.node));
        fs::create_dir_all(folder.join("tmp"))?;
        fs::write(
            folder.join("server.properties"),
            properties::text(own, all, &folder, extra),
        )?;
        let life = Mutex::new(Life {
            state: State::Down,
            process: None,
        });
        Ok(Self {
            id: own.node,
            port: own.port,
            jars: jars.to_owned(),
            folder,
            keep,
            life,
        })
    }

    /// Formats the data folder and starts the broker; returns before it serves.
    pub(crate) fn create(&self, cluster_id: &str) -> Result<()> {
        let properties = self.folder.join("server.properties");
        let arguments: [OsString; 5] = [
            "format".into(),
            "-t".into(),
            cluster_id.into(),
            "-c".into(),
            properties.into(),
        ];
        let format = self.java("kafka.tools.StorageTool", "256m", &arguments)?;
        format.rest(Instant::now() + FORMAT_LIMIT)?;
        if format.finish()? != 0 {
            bail!("node {}: formatting failed. {}", self.id, self.end_of_log());
        }
        self.start()
    }

    /// Starts the broker on what its folder holds.
    pub(crate) fn start(&self) -> Result<()> {
        let mut life = self.life();
        if let Some(old) = &mut life.process {
            old.spare_folder()?;
        }
        life.process = None;
        let properties = self.folder.join("server.properties").into();
        life.process = Some(self.java(BROKER, "320m", &[properties])?);
        life.state = State::Running;
        Ok(())
    }

    pub(crate) fn state(&self) -> State {
        self.life().state
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        let life = self.life();
        life.process
            .as_ref()
            .filter(|_| life.state != State::Down)
            .map(Supervised::pid)
    }

    pub(crate) fn signal(&self, name: &str, then: State) -> Result<()> {
        let mut life = self.life();
        let process = life.process.as_mut().context("this node was never started")?;
        process
            .signal(name)
            .with_context(|| format!("node {}. {}", self.id, self.end_of_log()))?;
        life.state = then;
        Ok(())
    }

    /// Sends an ending signal, unless that was done or the process is over, and waits for the end.
    pub(crate) fn end(&self, name: &str) -> Result<()> {
        let mut life = self.life();
        life.state = State::Down;
        let process = life.process.as_mut().context("this node was never started")?;
        let sent = process.signal(name);
        let end = process.rest(Instant::now() + END_LIMIT);
        end.or_else(|error| sent.and(Err(error))).with_context(|| {
            format!(
                "node {} does not end after SIG{name}. {}",
                self.id,
                self.end_of_log()
            )
        })?;
        Ok(())
    }

    /// Fails when the process is over without our doing.
    pub(crate) fn check_alive(&self) -> Result<()> {
        let life = self.life();
        if life.state == State::Running && life.process.as_ref().is_some_and(Supervised::has_ended) {
            bail!("the broker of node {} has ended", self.id);
        }
        Ok(())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    pub(crate) fn wire(&self, limit: Duration) -> Result<Wire> {
        Wire::connect(self.address(), limit)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.with_extension("log")
    }

    pub(crate) fn end_of_log(&self) -> String {
        format!("{} ends:\n{}", self.log().display(), end_of(&self.log(), 25))
    }

    pub(crate) fn found_its_port_taken(&self) -> bool {
        end_of(&self.log(), usize::MAX).contains("java.net.BindException")
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn java(&self, main: &str, heap: &str, arguments: &[OsString]) -> Result<Supervised> {
        let archive = jvm::archive(&self.jars);
        let classes = match main {
            _ if archive.exists() => Classes::Archived(archive),
            BROKER => Classes::ToArchive(jvm::unfinished_archive(&self.jars)),
            _ => Classes::FromJars,
        };
        let mut command = jvm::command(&self.jars, &classes, main, heap, &self.folder.join("tmp"), "info")?;
        command.extend_from_slice(arguments);
        // The format tool ends with its folder still needed.
        let doomed = (main == BROKER && !self.keep).then(|| self.folder.clone());
        Supervised::start(Plan {
            command,
            folder: self.folder.clone(),
            input: None,
            errors: self.log(),
            merge: true,
            doomed,
        })
    }
}

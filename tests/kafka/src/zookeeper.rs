//! What a Kafka before 3.0 needs beside its brokers: a ZooKeeper of one node, out of the same jars. Of Kafka it knows only under which
//! name a broker is registered there.

use crate::jvm::{self, Classes};
use crate::ports::{self, Port};
use crate::supervised::{Plan, Supervised, until};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

const MAIN: &str = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
const START_LIMIT: Duration = Duration::from_secs(30);
/// Whoever asks while it starts may never be answered.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);
/// Longer than any session of a broker.
const FORGET_LIMIT: Duration = Duration::from_secs(60);

/// Dropping it kills the process and removes its data.
pub(crate) struct ZooKeeper {
    /// In a mutex to be shared between threads.
    _process: Mutex<Supervised>,
    port: Port,
}

impl std::fmt::Debug for ZooKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.address().fmt(f)
    }
}

impl ZooKeeper {
    /// Starts it in a folder of its own below `cluster`; returns when it answers.
    pub(crate) fn start(jars: &Path, cluster: &Path, keep: bool) -> Result<Self> {
        let [port] = <[Port; 1]>::try_from(ports::reserve(1)?)
            .ok()
            .context("one port was asked for")?;
        let folder = cluster.join("zookeeper");
        fs::create_dir_all(folder.join("tmp"))?;
        let settings = folder.join("zookeeper.properties");
        fs::write(&settings, properties(port.number, &folder))?;
        let mut command = jvm::command(
            jars,
            &Classes::FromJars,
            MAIN,
            "128m",
            &folder.join("tmp"),
            "warn",
        )?;
        command.push(settings.into());
        let process = Supervised::start(Plan {
            command,
            folder: folder.clone(),
            input: None,
            errors: folder.with_extension("log"),
            merge: true,
            doomed: (!keep).then_some(folder),
        })?;
        let started = Self {
            _process: Mutex::new(process),
            port,
        };
        until(START_LIMIT, "ZooKeeper answers", || started.registered())?;
        Ok(started)
    }

    /// What brokers take as `zookeeper.connect`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port.number)
    }

    /// Returns when nothing is left of a broker whose process is gone. Until its session ends it stays registered, and a
    /// process that comes back meanwhile finds its name taken and gives up.
    pub(crate) fn wait_until_forgotten(&self, node: i32) -> Result<()> {
        let name = format!("/brokers/ids/{node}");
        until(FORGET_LIMIT, "ZooKeeper forgets the broker", || {
            let stays = self.registered()?.lines().any(|line| line.trim() == name);
            ensure!(!stays, "{name} is there");
            Ok(())
        })
    }

    /// All sessions, and what lives no longer than they do, a line each.
    fn registered(&self) -> Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port.number))?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        stream.write_all(b"dump")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        ensure!(text.contains("Sessions"), "ZooKeeper answered {text:?}");
        Ok(text)
    }
}

/// The tick allows sessions of a second.
fn properties(port: u16, folder: &Path) -> String {
    let data = folder.join("data");
    format!(
        "dataDir={}\nclientPort={port}\nclientPortAddress=127.0.0.1\nmaxClientCnxns=0\ntickTime=500\n\
         admin.enableServer=false\n4lw.commands.whitelist=dump\n",
        data.display()
    )
}

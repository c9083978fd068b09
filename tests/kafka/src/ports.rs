//! Loopback ports that stay ours as long as the cluster lives, also while a broker is down and must come back on it.
//!
//! They lie below the range from which the kernel serves port 0 and outgoing connections, so that only another launcher
//! could take one; against that stands a lock on a file per port, which the kernel gives back when this process ends.

use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};

const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port and its lock.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) number: u16,
    _lock: File,
}

/// `count` ports, with the search starting at a place that differs from process to process and call to call.
pub(crate) fn reserve(count: usize) -> Result<Vec<Port>> {
    let folder = std::env::temp_dir().join("kohort-kafka-ports");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let start = u16::try_from(crate::random() % u64::from(COUNT)).unwrap_or_default();
    let candidates = (0..COUNT).map(|step| FIRST + (start + step) % COUNT);
    let mut ports = Vec::with_capacity(count);
    for number in candidates {
        if ports.len() == count {
            return Ok(ports);
        }
        // A file of another user is a port of another user.
        let Ok(lock) = File::create(folder.join(number.to_string())) else {
            continue;
        };
        if lock.try_lock().is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok() {
            ports.push(Port { number, _lock: lock });
        }
    }
    bail!(
        "no {count} free loopback ports between {FIRST} and {}",
        FIRST + COUNT
    )
}

//! A folder for what processes of ours write, under `target/kafka/clusters`: goes with its last user, stays after a panic.

use crate::jars;
use anyhow::Result;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Folders whose process is gone are kept this long for whoever wants to read their logs.
const LOGS_ARE_KEPT: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    keep: bool,
    /// Says to other processes that the folder is in use.
    _lock: File,
}

impl Folder {
    /// A new one, named after `what` and this process.
    pub(crate) fn create(what: &str) -> Result<Self> {
        let all = jars::home().join("clusters");
        forget_old(&all);
        let name = format!("{what}-{}-{:08x}", std::process::id(), crate::random() >> 32);
        let path = all.join(name);
        fs::create_dir_all(&path)?;
        let lock = File::create(path.join("lock"))?;
        lock.lock()?;
        let keep = std::env::var_os("KOHORT_KAFKA_KEEP").is_some_and(|keep| keep == "1");
        Ok(Self {
            path,
            keep,
            _lock: lock,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether everything in it is to stay.
    pub(crate) fn is_kept(&self) -> bool {
        self.keep
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.keep {
            eprintln!("kept: {}", self.path.display());
        } else if std::thread::panicking() {
            eprintln!("the logs are in {}", self.path.display());
        } else {
            // What cannot be removed now is removed by a later start.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Removes folders whose process is gone (their lock is free) a day after they were made.
fn forget_old(folders: &Path) {
    let old = |path: &Path| -> Result<bool> {
        let lock = File::open(path.join("lock"))?;
        let age = SystemTime::now().duration_since(lock.metadata()?.modified()?)?;
        Ok(age > LOGS_ARE_KEPT && lock.try_lock().is_ok())
    };
    let Ok(entries) = fs::read_dir(folders) else {
        return;
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if old(&path).unwrap_or(false) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

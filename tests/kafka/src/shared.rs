//! One cluster for all tests of a binary: starting one takes longer than most tests run.
//!
//! It is never dropped, statics are not; its processes end because this process does, and so does their data.

use crate::{Cluster, Version};
use anyhow::Result;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

type Slot = OnceLock<Result<Cluster, String>>;

/// The cluster of this kind in this process, started by the first who asks. For tests that break nothing and use
/// topics and groups of their own; a test that kills brokers takes a [`Cluster`] of its own.
///
/// # Errors
/// It could not be started; every further caller gets the same answer without another try.
pub fn shared(version: &Version, brokers: usize) -> Result<&'static Cluster> {
    static CLUSTERS: Mutex<BTreeMap<(Version, usize), &'static Slot>> = Mutex::new(BTreeMap::new());
    let slot = {
        let mut clusters = CLUSTERS.lock().unwrap_or_else(PoisonError::into_inner);
        *clusters
            .entry((version.clone(), brokers))
            .or_insert_with(|| Box::leak(Box::default()))
    };
    // The map is free while one cluster starts: another kind may start beside it.
    let started = slot.get_or_init(|| {
        let start = Cluster::builder()
            .version(version.clone())
            .brokers(brokers)
            .start();
        start.map_err(|error| format!("{error:#}"))
    });
    started.as_ref().map_err(|message| anyhow::anyhow!("{message}"))
}

//! The cluster all stories play on, one at a time, and waiting with a limit.

use anyhow::{Context, Result, bail};
use kohort_testkafka::{Cluster, State, Version, shared};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Far more than anything here takes, so that only what never comes runs into it.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

static TURN: Mutex<()> = Mutex::new(());

/// Three brokers, all of them serving, for this story alone.
pub(crate) struct Stage {
    pub(crate) kafka: &'static Cluster,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    pub(crate) fn enter() -> Result<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let kafka = shared(&Version::from_env(), 3)?;
        for node in kafka.nodes() {
            match kafka.state(node)? {
                State::Running => {}
                State::Paused => kafka.resume(node)?,
                State::Down => kafka.start_again(node)?,
            }
        }
        kafka.wait_until_serving()?;
        Ok(Self { kafka, _turn: turn })
    }
}

/// Looks every 10 ms until there is something to return. An error is final; `Ok(Err(why not yet))` is not, and is said at the end.
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Result<Result<T, String>>) -> Result<T> {
    let begin = Instant::now();
    loop {
        match look().with_context(|| format!("while waiting until {what}"))? {
            Ok(seen) => return Ok(seen),
            Err(why) if begin.elapsed() > LIMIT => bail!("not within {LIMIT:?}: {what}; {why}"),
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// What the coordinator says is committed, per partition; -1: nothing. A coordinator that was just found may not serve yet.
pub(crate) fn committed(
    kafka: &Cluster,
    group: &str,
    topic: &str,
    partitions: i32,
) -> Result<BTreeMap<i32, i64>> {
    wait_for(&format!("the coordinator of {group} serves its offsets"), || {
        let mut wire = kafka.wire(kafka.coordinator(group)?)?;
        let mut offsets = BTreeMap::new();
        for partition in 0..partitions {
            match wire.committed(group, topic, partition)? {
                (0, offset) => offsets.insert(partition, offset),
                (code, _) => return Ok(Err(format!("OffsetFetch: Kafka error {code}"))),
            };
        }
        Ok(Ok(offsets))
    })
}

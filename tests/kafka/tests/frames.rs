//! Frames of every API, in every version that both sides speak, exchanged with real brokers; and batches as Kafka's own producer and
//! librdkafka write them. They are the fixtures of `tests/fixtures/`: with `KOHORT_CAPTURE=1` these tests write them anew, else they
//! only see that today's frames can be read and written, and that there is one of each kind.

use anyhow::{Context, Result, ensure};
use kohort_checks::{Tape, Taped, frames};
use kohort_protocol::ApiKey;
use kohort_testkafka::{Cluster, Version};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod batches;
mod life;
mod target;

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures")
        .join(folder)
}

fn capturing() -> bool {
    std::env::var_os("KOHORT_CAPTURE").is_some_and(|set| set == "1")
}

/// A client's life in each version, on one broker.
fn exchange(cluster: &Arc<Cluster>) -> Result<Vec<Taped>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let tape = Tape::default();
    for newest in 0..=18 {
        let life = life::lead(Arc::clone(cluster), &tape, newest);
        runtime
            .block_on(life)
            .with_context(|| format!("with versions up to {newest}"))?;
    }
    Ok(tape.frames())
}

#[test]
fn frames_of_both_releases_are_read_and_written_again() -> Result<()> {
    let mut kept: BTreeMap<ApiKey, Vec<frames::StoredFrame>> = BTreeMap::new();
    for version in [Version::V4_4_0, Version::V4_0_2] {
        let cluster = Arc::new(Cluster::builder().version(version.clone()).start()?);
        let taped = exchange(&cluster)?;
        let chosen = frames::choose(&taped, &version.to_string(), version == Version::V4_4_0);
        for (api, stored) in chosen {
            for frame in &stored {
                frames::check(api, frame).map_err(anyhow::Error::msg)?;
            }
            frames::merge(kept.entry(api).or_default(), stored);
        }
    }
    let folder = fixtures("frames");
    let hello = kept
        .get(&ApiKey::ApiVersions)
        .context("nobody asked for ApiVersions")?;
    let missing = frames::missing(&frames::offered(hello).map_err(anyhow::Error::msg)?);
    let mut texts: BTreeMap<String, String> = BTreeMap::from([("MISSING.md".to_owned(), missing)]);
    for (api, stored) in &kept {
        texts.insert(frames::file_name(*api), frames::render(*api, stored));
    }
    for (name, text) in texts {
        if capturing() {
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(&name), &text)?;
        } else {
            let known = fs::read_to_string(folder.join(&name)).unwrap_or_default();
            ensure!(
                kinds(&known) == kinds(&text),
                "{name} is out of date: KOHORT_CAPTURE=1 writes it anew"
            );
        }
    }
    Ok(())
}

/// Each line without its hexadecimal bytes, which differ from day to day.
fn kinds(text: &str) -> std::collections::BTreeSet<String> {
    let kind = |line: &str| match line.split(' ').collect::<Vec<_>>().as_slice() {
        [version, direction, _, _] if version.starts_with('v') => format!("{version} {direction}"),
        _ => line.to_owned(),
    };
    text.lines().map(kind).collect()
}

#[test]
#[ignore = "writes tests/fixtures/batches anew; needs kcat (Debian: apt-get install kcat)"]
fn batches_of_other_producers_are_captured() -> Result<()> {
    let cluster = Arc::new(Cluster::builder().version(Version::V4_4_0).start()?);
    let folder = fixtures("batches");
    fs::create_dir_all(&folder)?;
    for (name, text) in batches::write_and_read(&cluster)? {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

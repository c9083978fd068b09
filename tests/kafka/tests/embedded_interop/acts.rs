//! One act: somebody writes, the members of a group read, and the two are compared.

use crate::reader::Reader;
use crate::stage::{Stage, wait_for};
use anyhow::{Result, ensure};
use kohort_testkafka::ConsoleRecord;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Every compression that Kafka knows, in the order of their ids in a batch.
pub(crate) const CODECS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];
const WRITING: Duration = Duration::from_secs(120);

/// Who writes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Writer {
    /// Kafka's console producer, which is idempotent by default.
    Java,
    /// kcat, idempotent too.
    Kcat,
}

pub(crate) type Written = Vec<(String, String)>;

/// Records that tell who wrote them; values from nothing to a kilobyte.
pub(crate) fn records(writer: Writer, codec: &str, count: usize) -> Written {
    let record = |n| {
        let filler = "abcdefghij".repeat(n % 100);
        (format!("{writer:?}-{codec}-{n}"), format!("value {n} {filler}"))
    };
    (0..count).map(record).collect()
}

/// Writes `count` records to the stage's topic.
pub(crate) fn write(stage: &Stage, writer: Writer, codec: &str, count: usize) -> Result<Written> {
    let records = records(writer, codec, count);
    match writer {
        Writer::Java => stage.tools.produce(stage.name, codec, records.clone())?,
        Writer::Kcat => kcat_produces(stage, codec, &records, &[])?,
    }
    Ok(records)
}

/// With librdkafka's settings beside ours.
pub(crate) fn kcat_produces(stage: &Stage, codec: &str, records: &Written, settings: &[&str]) -> Result<()> {
    let lines = records.iter().flat_map(|(key, value)| [key, "\t", value, "\n"]);
    let input: String = lines.collect();
    let codec = format!("compression.codec={codec}");
    let mut arguments = vec!["-P", "-t", stage.name, "-K", "\t"];
    arguments.extend(["-X", &codec, "-X", "enable.idempotence=true"]);
    arguments.extend(settings.iter().flat_map(|setting| ["-X", setting]));
    stage.tools.kcat(&arguments, &input)?.wait(WRITING)?.success()?;
    Ok(())
}

/// Waits until the readers have read what was written, beyond what they had `before`: each record once, each partition by its
/// owner alone.
pub(crate) fn read_by_owners(
    written: &Written,
    owners: &BTreeMap<i32, String>,
    readers: &mut [&mut Reader],
) -> Result<()> {
    let before: Vec<usize> = readers.iter().map(|reader| reader.read.len()).collect();
    let old: usize = before.iter().sum();
    wait_for("all is read", || {
        for reader in readers.iter_mut() {
            reader.look()?;
        }
        let all: usize = readers.iter().map(|reader| reader.read.len()).sum();
        let missing = (old + written.len()).saturating_sub(all);
        let said: Vec<String> = readers.iter().map(|reader| reader.said()).collect();
        Ok(match missing {
            0 => Ok(()),
            _ => Err(anyhow::anyhow!(
                "{missing} records are missing; the readers said {said:#?}"
            )),
        })
    })?;
    let mut read = Vec::new();
    for (reader, before) in readers.iter().zip(before) {
        let new = reader.read.get(before..).unwrap_or_default();
        ensure!(!new.is_empty(), "{} read nothing", reader.name);
        for record in new {
            let owner = owners.get(&record.partition);
            ensure!(
                owner == Some(&reader.name),
                "{} read {record:?} of {owner:?}",
                reader.name
            );
        }
        read.extend_from_slice(new);
    }
    same(written, &read)
}

/// No record less, more, twice, or different.
pub(crate) fn same(written: &Written, read: &[ConsoleRecord]) -> Result<()> {
    let places: BTreeSet<_> = read
        .iter()
        .map(|record| (record.partition, record.offset))
        .collect();
    ensure!(places.len() == read.len(), "a record was read twice");
    let mut written: Vec<_> = written
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let mut read: Vec<_> = read
        .iter()
        .map(|record| (record.key.as_str(), record.value.as_str()))
        .collect();
    written.sort_unstable();
    read.sort_unstable();
    let differs = written.iter().zip(&read).find(|(written, read)| written != read);
    ensure!(
        differs.is_none() && written.len() == read.len(),
        "{} records were written and {} read; the first difference (written, read): {differs:?}",
        written.len(),
        read.len()
    );
    Ok(())
}

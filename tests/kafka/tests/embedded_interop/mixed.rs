//! A Java consumer, kcat and ours in one group: whoever leads, each partition has one owner, and every record is read once.

use crate::acts::{Writer, read_by_owners, write};
use crate::reader::Reader;
use crate::stage::Stage;
use anyhow::Result;
use kohort_testkafka::ConsoleRecord;
use std::collections::BTreeSet;

type Start = fn(&Stage) -> Result<Reader>;

fn java(stage: &Stage) -> Result<Reader> {
    Reader::java(stage, "java")
}

fn kcat(stage: &Stage) -> Result<Reader> {
    Reader::kcat(stage, "kcat", &[])
}

fn ours(stage: &Stage) -> Result<Reader> {
    Reader::ours(stage, "ours")
}

#[test]
fn we_lead_then_a_java_consumer() -> Result<()> {
    come_and_go(&Stage::enter(3, "we-lead")?, [ours, java, kcat])
}

#[test]
fn a_java_consumer_leads_then_librdkafka() -> Result<()> {
    come_and_go(&Stage::enter(3, "java-leads")?, [java, kcat, ours])
}

#[test]
fn librdkafka_leads_then_we() -> Result<()> {
    come_and_go(&Stage::enter(3, "kcat-leads")?, [kcat, ours, java])
}

/// They come one after another and go in the same order, so that each change is led by another implementation.
fn come_and_go(stage: &Stage, members: [Start; 3]) -> Result<()> {
    let mut here: Vec<Reader> = Vec::new();
    let mut read: Vec<ConsoleRecord> = Vec::new();
    let mut count = 100;
    for start in members {
        here.push(start(stage)?);
        act(stage, &mut here, count)?;
        count += 100;
    }
    while here.len() > 1 {
        read.extend(here.remove(0).leave(stage)?);
        act(stage, &mut here, count)?;
        count += 100;
    }
    for reader in here {
        read.extend(reader.leave(stage)?);
    }
    stage.all_committed()?;
    let places: BTreeSet<_> = read
        .iter()
        .map(|record| (record.partition, record.offset))
        .collect();
    let written: i64 = stage.ends()?.values().sum();
    assert_eq!(
        (places.len(), read.len()),
        (usize::try_from(written)?, usize::try_from(written)?)
    );
    Ok(())
}

/// The first to come leads. Both writers write; all is read by who owns it.
fn act(stage: &Stage, here: &mut [Reader], count: usize) -> Result<()> {
    let names: Vec<String> = here.iter().map(|reader| reader.name.clone()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let owners = stage.settled(&names)?;
    let mut written = write(stage, Writer::Java, "zstd", count)?;
    written.extend(write(stage, Writer::Kcat, "lz4", count)?);
    let mut readers: Vec<&mut Reader> = here.iter_mut().collect();
    read_by_owners(&written, &owners, &mut readers)
}

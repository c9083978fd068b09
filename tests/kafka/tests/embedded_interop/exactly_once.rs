//! Idempotent producers that lose an answer send again, and the broker must not store it twice.

use crate::acts::{Writer, kcat_produces, records, same, write};
use crate::stage::{PARTITIONS, Stage};
use anyhow::Result;
use kohort::NodeId;
use kohort::protocol::ApiKey;
use kohort_broker::{Fault, FaultAction};

/// Stored, and the connection closed instead of an answer, three times. On one node, for kcat gives up when it has no connection
/// at all.
fn lose_answers(stage: &Stage) -> Result<()> {
    let fault = Fault::on(ApiKey::Produce, FaultAction::CloseInsteadOfAnswer);
    let fault = fault.at(NodeId(1)).times(3);
    Ok(stage.runtime.block_on(stage.broker.inject(fault))?)
}

#[test]
fn java_sends_again_what_was_not_answered() -> Result<()> {
    let stage = Stage::enter(3, "java-again")?;
    lose_answers(&stage)?;
    let written = write(&stage, Writer::Java, "lz4", 1000)?;
    is_there_once(&stage, &written)
}

#[test]
fn librdkafka_sends_again_what_was_not_answered() -> Result<()> {
    let stage = Stage::enter(3, "kcat-again")?;
    lose_answers(&stage)?;
    let written = records(Writer::Kcat, "zstd", 1000);
    kcat_produces(&stage, "zstd", &written, &["batch.num.messages=50"])?;
    is_there_once(&stage, &written)
}

fn is_there_once(stage: &Stage, written: &crate::acts::Written) -> Result<()> {
    let read = stage.tools.consume(stage.name, written.len())?;
    same(written, &read)?;
    assert_eq!(
        i32::try_from(stage.ends()?.len())?,
        PARTITIONS,
        "{:?}",
        stage.ends()?
    );
    assert_eq!(
        usize::try_from(stage.ends()?.values().sum::<i64>())?,
        written.len()
    );
    Ok(())
}

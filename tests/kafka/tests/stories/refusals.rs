//! What a real broker refuses reaches the application in words that name the way out.

use crate::member::Process;
use crate::stage::{LIMIT, Stage};
use anyhow::{Context, Result};
use kohort::{Consumer, Delivery, Notice};
use std::time::Duration;
use tokio::time::timeout;

#[test]
fn a_session_timeout_below_the_brokers_minimum_ends_the_consumer_with_the_brokers_setting() -> Result<()> {
    let stage = Stage::enter()?;
    stage.kafka.create_topic("refuses", 1, 1, &[])?;
    let process = Process::start(stage.kafka)?;
    let _inside = process.runtime.enter();
    // The launcher sets 500 ms; Kafka's own default is 6 s.
    let mut consumer = Consumer::builder(&process.client, "refuses")
        .topics(["refuses"])
        .session_timeout(Duration::from_millis(499))
        .heartbeat_interval(Duration::from_millis(100))
        .build()?;
    let ended = process
        .runtime
        .block_on(async { timeout(LIMIT, consumer.next()).await })?;
    let error = ended.err().context("it was accepted")?.to_string();
    for word in ["INVALID_SESSION_TIMEOUT", "group.min.session.timeout.ms"] {
        assert!(error.contains(word), "{word:?} is missing in: {error}");
    }
    Ok(())
}

#[test]
fn a_topic_that_does_not_exist_is_named_while_the_consumer_waits_for_it() -> Result<()> {
    let stage = Stage::enter()?;
    let process = Process::start(stage.kafka)?;
    let _inside = process.runtime.enter();
    let mut consumer = Consumer::builder(&process.client, "waits")
        .topics(["not-there"])
        .build()?;
    let told = async {
        loop {
            if let Delivery::Notice(Notice::Trouble(error)) = consumer.next_delivery().await? {
                return anyhow::Ok(error.to_string());
            }
        }
    };
    let said = process.runtime.block_on(async { timeout(LIMIT, told).await })??;
    for word in ["not-there", "UNKNOWN_TOPIC_OR_PARTITION"] {
        assert!(said.contains(word), "{word:?} is missing in: {said}");
    }
    process.runtime.block_on(consumer.close())?;
    Ok(())
}

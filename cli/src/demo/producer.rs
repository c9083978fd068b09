//! Writes the numbered records, round robin over the partitions.

use anyhow::Result;
use kohort::{Acks, BatchBuilder, Client, ClientConfig, NewRecord, TopicPartition};

/// Records in a batch: small enough that a member that is killed leaves some of them behind.
const BATCH: u64 = 100;

pub(crate) struct Producer {
    runtime: tokio::runtime::Runtime,
    client: Client,
    topic: String,
    partitions: u64,
    produced: u64,
}

impl Producer {
    pub(crate) fn new(bootstrap: &str, topic: &str, partitions: i32) -> Result<Self> {
        let runtime = crate::output::runtime()?;
        let client = runtime.block_on(async { Client::new(ClientConfig::new(bootstrap)) })?;
        Ok(Self {
            runtime,
            client,
            topic: topic.into(),
            partitions: u64::try_from(partitions)?,
            produced: 0,
        })
    }

    /// How many records have been acknowledged.
    pub(crate) fn produced(&self) -> u64 {
        self.produced
    }

    /// Produces one more batch, but no record of this number or above.
    pub(crate) fn produce_some(&mut self, limit: u64) -> Result<()> {
        let end = limit.min(self.produced + BATCH);
        let partition = i32::try_from(self.produced / BATCH % self.partitions)?;
        let mut batch = BatchBuilder::new();
        for number in self.produced..end {
            batch.push(&NewRecord {
                value: Some(number.to_string().as_bytes()),
                ..NewRecord::default()
            })?;
        }
        let partition = TopicPartition::new(self.topic.as_str(), partition);
        self.runtime
            .block_on(self.client.produce(&partition, Acks::All, batch.finish()?))?;
        self.produced = end;
        Ok(())
    }
}

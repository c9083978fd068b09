//! Topics of a cluster; every change returns when all running brokers know it, so that a test need not wait again.

use crate::KafkaError;
use crate::cluster::{ANSWER_LIMIT, Cluster};
use crate::supervised::until;
use anyhow::{Result, ensure};
use std::time::Duration;

/// Creating 100 partitions takes well below a second.
const CHANGE_LIMIT: Duration = Duration::from_secs(30);

const NOT_CONTROLLER: i16 = 41;
const TOPIC_ALREADY_EXISTS: i16 = 36;

/// # Errors
/// Kafka refuses (a [`crate::KafkaError`]), or no broker answers, or the change is not known everywhere within 30 s.
impl Cluster {
    /// Creates a topic; `configs` are topic settings such as `("max.message.bytes", "2000000")`.
    pub fn create_topic(
        &self,
        name: &str,
        partitions: i32,
        replication: i16,
        configs: &[(&str, &str)],
    ) -> Result<()> {
        let stood_before = self.metadata()?.topics.contains_key(name);
        match self.change(|wire| wire.create_topic(name, partitions, replication, configs)) {
            // A broker asks its controller twice when the first answer is slow; then this very request made it.
            Err(error) if code(&error) == Some(TOPIC_ALREADY_EXISTS) && !stood_before => {}
            created => created?,
        }
        self.wait_for_partitions(name, partitions)
    }

    /// Deletes a topic.
    pub fn delete_topic(&self, name: &str) -> Result<()> {
        self.change(|wire| wire.delete_topic(name))?;
        self.wait_for_partitions(name, 0)
    }

    /// Adds partitions, up to `total`.
    pub fn add_partitions(&self, topic: &str, total: i32) -> Result<()> {
        self.change(|wire| wire.create_partitions(topic, total))?;
        self.wait_for_partitions(topic, total)
    }

    /// Sent to one broker only: a change that is repeated elsewhere would be refused as done already. With ZooKeeper that one is the
    /// controller; the others refuse, where newer ones forward (KIP-590).
    fn change(&self, request: impl Fn(&mut crate::Wire) -> Result<()>) -> Result<()> {
        let mut result = Err(anyhow::anyhow!("no broker is running"));
        for node in self.running() {
            let Ok(mut wire) = node.wire(ANSWER_LIMIT) else {
                continue;
            };
            result = request(&mut wire);
            let elsewhere = |error| code(error) == Some(NOT_CONTROLLER);
            if !result.as_ref().is_err_and(elsewhere) {
                break;
            }
        }
        result
    }

    fn wait_for_partitions(&self, topic: &str, count: i32) -> Result<()> {
        let expected = usize::try_from(count)?;
        until(CHANGE_LIMIT, "all brokers know of the change", || {
            for node in self.running() {
                let metadata = node.wire(ANSWER_LIMIT)?.metadata()?;
                let partitions = metadata.topics.get(topic);
                let led = partitions.map_or(0, |all| all.values().filter(|p| p.leader >= 0).count());
                ensure!(
                    led == expected,
                    "node {} has {led} partitions of {topic}",
                    node.id
                );
                let left = partitions.is_some() && expected == 0;
                ensure!(!left, "node {} still has {topic}", node.id);
            }
            Ok(())
        })
    }
}

/// Kafka's number of an error, if it is one of Kafka's.
fn code(error: &anyhow::Error) -> Option<i16> {
    error.downcast_ref::<KafkaError>().map(|refused| refused.code)
}

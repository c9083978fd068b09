//! What operators and accidents do to the topic and its logs, and the history that is written of it: the oracle must know what was lost.

use kohort_broker::Command;
use kohort_protocol::{TopicId, TopicName, TopicPartition};

use super::World;
use crate::history::{LogChange, What};
use crate::oracle::note_topic;
use crate::plan::TOPIC;

fn topic() -> TopicName {
    TopicName::from(TOPIC)
}

impl World {
    /// Creates a topic, if there is none of this name. From now on its partitions are expected to be owned and read.
    pub fn create_topic(&mut self, topic: &str, partitions: i32) {
        if self.cluster.topic_id(topic).is_some() {
            return;
        }
        self.command(Command::CreateTopic {
            topic: TopicName::from(topic),
            partitions,
        });
        self.watch_partitions(topic, partitions);
        let Some(id) = self.cluster.topic_id(topic) else {
            return;
        };
        let name = TopicName::from(topic);
        note_topic(id, name.clone());
        self.see(
            None,
            &What::Created {
                name: &name,
                topic: id,
            },
        );
    }

    /// Deletes it with all that is in it. Whoever is told of an offset that goes has heard of this before.
    pub(super) fn delete_topic(&mut self, topic: &str) -> Option<()> {
        let id = self.cluster.topic_id(topic)?;
        let of_it = |partition: &&TopicPartition| partition.topic.as_str() == topic;
        let all: Vec<TopicPartition> = self.partitions().filter(of_it).cloned().collect();
        for partition in &all {
            self.changed(partition, id, LogChange::Gone);
        }
        self.command(Command::DeleteTopic(TopicName::from(topic)));
        Some(())
    }

    /// An unclean leader was elected that lacks the last records.
    pub(super) fn truncate(&mut self, partition: i32, records: i64) -> Option<()> {
        let (name, id) = (
            TopicPartition::new(TOPIC, partition),
            self.cluster.topic_id(TOPIC)?,
        );
        let (start, end) = self.bounds(&name).filter(|(start, end)| start < end)?;
        self.command(Command::Truncate {
            topic: topic(),
            partition,
            end_offset: (end - records).max(start),
        });
        let (_, end) = self.bounds(&name)?;
        let epoch = self.cluster.leader_epoch(TOPIC, partition)?;
        self.changed(&name, id, LogChange::Truncated(end, epoch));
        Some(())
    }

    /// Retention, or an operator: all but the last records go.
    pub(super) fn delete_records(&mut self, partition: i32, keep: i64) -> Option<()> {
        let (name, id) = (
            TopicPartition::new(TOPIC, partition),
            self.cluster.topic_id(TOPIC)?,
        );
        let (start, end) = self.bounds(&name)?;
        let before_offset = end - keep;
        if before_offset <= start {
            return None;
        }
        self.command(Command::DeleteRecords {
            topic: topic(),
            partition,
            before_offset,
        });
        self.changed(&name, id, LogChange::DeletedBefore(before_offset));
        Some(())
    }

    fn changed(&mut self, partition: &TopicPartition, topic: TopicId, change: LogChange) {
        self.see(
            None,
            &What::LogChanged {
                partition,
                topic,
                change,
            },
        );
    }
}

//! Assignors: whatever members and topics there are, each partition that anybody reads has one owner, who reads it.

use std::collections::BTreeMap;

use kohort_group::assignor::{Assignor, PartitionRacks, Range, Subscriber, TopicPartitions};
use kohort_protocol::{Generation, GroupInstanceId, MemberId, TopicName, TopicPartition};

/// Bytes as choices; zeros once they are used up.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, count: u8) -> u8 {
        self.0.next().map_or(0, |byte| byte % count)
    }

    fn is(&mut self) -> bool {
        self.below(2) == 1
    }

    fn topic(&mut self) -> TopicName {
        TopicName::from(match self.below(5) {
            0 => "t",
            1 => "u",
            2 => "\u{ff21}",
            3 => "\u{1f600}",
            _ => "a-topic",
        })
    }

    fn subscriber(&mut self, number: u8) -> Subscriber {
        let partition = |this: &mut Self| TopicPartition::new(this.topic(), i32::from(this.below(9)));
        Subscriber {
            member_id: MemberId::from(format!("m{number}")),
            instance_id: self
                .is()
                .then(|| GroupInstanceId::from(format!("i{}", self.below(4)))),
            topics: (0..self.below(5)).map(|_| self.topic()).collect(),
            owned: (0..self.below(6)).map(|_| partition(self)).collect(),
            generation: Generation(i32::from(self.below(4)) - 1),
            rack: self.is().then(|| format!("r{}", self.below(3))),
            user_data: None,
        }
    }

    fn topics(&mut self) -> TopicPartitions {
        let mut topics = TopicPartitions::new();
        for _ in 0..self.below(6) {
            let racks = |this: &mut Self| {
                (0..this.below(3))
                    .map(|_| format!("r{}", this.below(3)))
                    .collect()
            };
            let partitions = (0..self.below(20)).map(|partition| PartitionRacks {
                partition: partition.into(),
                racks: racks(self),
            });
            let partitions = partitions.collect();
            topics.insert(self.topic(), partitions);
        }
        topics
    }
}

pub(crate) fn fuzz(bytes: &[u8]) {
    let mut choices = Choices(bytes.iter());
    let members: Vec<Subscriber> = (0..choices.below(12)).map(|n| choices.subscriber(n)).collect();
    let topics = choices.topics();
    divide(&Range, &topics, &members);
}

fn divide(assignor: &dyn Assignor, topics: &TopicPartitions, members: &[Subscriber]) {
    let assigned = assignor.assign(topics, members);
    assert_eq!(
        assigned,
        assignor.assign(topics, members),
        "equal input, equal output"
    );
    assert_eq!(assigned.len(), members.len(), "every member has an entry");
    let mut owners: BTreeMap<&TopicPartition, &MemberId> = BTreeMap::new();
    for (member, partitions) in &assigned {
        for partition in partitions {
            assert_eq!(
                owners.insert(partition, member),
                None,
                "{partition} has two owners"
            );
            let reads = members.iter().find(|known| known.member_id == *member);
            assert!(
                reads.is_some_and(|reader| reader.topics.contains(&partition.topic)),
                "{partition} for {member}"
            );
        }
    }
    for (topic, partitions) in topics {
        let is_read = members.iter().any(|member| member.topics.contains(topic));
        for index in partitions {
            let partition = TopicPartition::new(topic.clone(), index.partition);
            assert_eq!(owners.contains_key(&partition), is_read, "{partition}");
        }
    }
}

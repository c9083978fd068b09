//! Assignors: whatever members and topics there are, each partition that anybody reads has one owner, who reads it; nobody has two more
//! of a topic than another reader; what an assignor must not know changes nothing: the order in which members and what they own are
//! listed, and, of a static member, the id that its process was given (KIP-345). Of `range` besides: each reader has one span of a
//! topic, in the order of the readers, and readers of the same topics have the same partitions of those that are equally long.

use std::collections::{BTreeMap, BTreeSet};

use kohort_group::assignor::{Assignments, Assignor, PartitionRacks, Range, Subscriber, TopicPartitions};
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
    let assigned = divide(&Range, &topics, &members);
    spans(&topics, &members, &assigned);
    forgets_what_it_must_not_know(&Range, &topics, &members, &assigned);
}

type Readers<'a> = Vec<&'a Subscriber>;

/// Who reads a topic, in the order of all members.
fn readers<'a>(topic: &TopicName, members: &'a [Subscriber]) -> Readers<'a> {
    let mut readers: Readers<'_> = members.iter().filter(|one| one.topics.contains(topic)).collect();
    readers.sort_by(|a, b| a.order(b));
    readers
}

fn of<'a>(assigned: &'a Assignments, member: &Subscriber, topic: &TopicName) -> Vec<&'a TopicPartition> {
    let all = assigned.get(&member.member_id).into_iter().flatten();
    all.filter(|partition| partition.topic == *topic).collect()
}

/// What is particular to `range`.
fn spans(topics: &TopicPartitions, members: &[Subscriber], assigned: &Assignments) {
    for (topic, partitions) in topics {
        let given: Vec<i32> = readers(topic, members)
            .into_iter()
            .flat_map(|reader| of(assigned, reader, topic))
            .map(|partition| partition.partition)
            .collect();
        let whole: Vec<i32> = partitions.iter().map(|one| one.partition).collect();
        assert!(
            given.is_empty() || given == whole,
            "{topic} is not given in spans: {given:?}"
        );
    }
    for one in members {
        for (topic, other) in one.topics.iter().zip(one.topics.iter().skip(1)) {
            let is_alike = readers(topic, members) == readers(other, members)
                && topics.get(topic).map(Vec::len) == topics.get(other).map(Vec::len);
            let numbers = |topic| of(assigned, one, topic).into_iter().map(|p| p.partition);
            assert!(
                !is_alike || numbers(topic).eq(numbers(other)),
                "{topic} and {other} cannot be joined"
            );
        }
    }
}

/// Members and what they own may be listed in any order; a static member may come back under another id.
fn forgets_what_it_must_not_know(
    assignor: &dyn Assignor,
    topics: &TopicPartitions,
    members: &[Subscriber],
    assigned: &Assignments,
) {
    let instances: Vec<_> = members
        .iter()
        .filter_map(|one| one.instance_id.as_ref())
        .collect();
    if instances.iter().collect::<BTreeSet<_>>().len() < instances.len() {
        return; // no coordinator lets two live at once
    }
    let mut others = members.to_vec();
    others.reverse();
    for other in &mut others {
        other.owned.reverse();
    }
    assert_eq!(
        &assignor.assign(topics, &others),
        assigned,
        "the order of members decides"
    );
    for other in others.iter_mut().filter(|other| other.instance_id.is_some()) {
        other.member_id = MemberId::from(format!("z{}", other.member_id));
    }
    let renamed = assignor.assign(topics, &others);
    for (other, member) in others.iter().rev().zip(members) {
        let (now, before) = (renamed.get(&other.member_id), assigned.get(&member.member_id));
        assert_eq!(
            now, before,
            "{:?} comes back under another id",
            member.instance_id
        );
    }
}

fn divide(assignor: &dyn Assignor, topics: &TopicPartitions, members: &[Subscriber]) -> Assignments {
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
        let counts = readers(topic, members).into_iter();
        let counts: Vec<usize> = counts.map(|reader| of(&assigned, reader, topic).len()).collect();
        let (least, most) = (counts.iter().min(), counts.iter().max());
        assert!(
            least.zip(most).is_none_or(|(least, most)| most - least <= 1),
            "{topic}: {counts:?}"
        );
    }
    assigned
}

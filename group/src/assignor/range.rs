//! `range`: for each topic by itself, contiguous spans of partitions to its members in order (Kafka's `RangeAssignor`).
//!
//! Members that read the same topics get the same partition numbers of each, so that topics that are partitioned alike can be joined.
//! The first members get one more where the numbers do not divide.

use alloc::vec::Vec;

use kohort_protocol::{TopicName, TopicPartition, gather};

use super::{Assignments, Assignor, PartitionRacks, RebalanceProtocol, Subscriber, TopicPartitions};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range;

impl Assignor for Range {
    fn name(&self) -> &'static str {
        "range"
    }

    fn protocol(&self) -> RebalanceProtocol {
        RebalanceProtocol::Eager
    }

    fn assign(&self, topics: &TopicPartitions, members: &[Subscriber]) -> Assignments {
        let mut ordered: Vec<&Subscriber> = members.iter().collect();
        ordered.sort_by(|a, b| a.order(b));
        let none = members
            .iter()
            .map(|member| (member.member_id.clone(), Vec::new()));
        let mut assignments: Assignments = gather(none);
        for (topic, partitions) in topics {
            let readers: Vec<&Subscriber> = ordered
                .iter()
                .copied()
                .filter(|member| member.topics.contains(topic))
                .collect();
            divide(topic, partitions, &readers, &mut assignments);
        }
        assignments
    }
}

fn divide(topic: &TopicName, partitions: &[PartitionRacks], readers: &[&Subscriber], to: &mut Assignments) {
    if readers.is_empty() {
        return;
    }
    let (each, extra) = (partitions.len() / readers.len(), partitions.len() % readers.len());
    let mut rest = partitions.iter();
    for (i, reader) in readers.iter().enumerate() {
        let span = rest.by_ref().take(each + usize::from(i < extra));
        let span = span.map(|p| TopicPartition {
            topic: topic.clone(),
            partition: p.partition,
        });
        to.entry(reader.member_id.clone()).or_default().extend(span);
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use kohort_protocol::{GroupInstanceId, MemberId};

    use super::*;

    fn member(id: &str, topics: &[&str]) -> Subscriber {
        Subscriber {
            member_id: MemberId::from(id),
            topics: topics.iter().map(|&topic| TopicName::from(topic)).collect(),
            ..Subscriber::default()
        }
    }

    fn fixed(id: &str, instance: &str, topics: &[&str]) -> Subscriber {
        Subscriber {
            instance_id: Some(GroupInstanceId::from(instance)),
            ..member(id, topics)
        }
    }

    fn topics(sizes: &[(&str, i32)]) -> TopicPartitions {
        let partitions = |n| {
            (0..n)
                .map(|partition| PartitionRacks {
                    partition,
                    ..PartitionRacks::default()
                })
                .collect()
        };
        sizes
            .iter()
            .map(|&(topic, n)| (TopicName::from(topic), partitions(n)))
            .collect()
    }

    /// `a: t-0 t-1 | b: t-2`
    fn shown(topics: &TopicPartitions, members: &[Subscriber]) -> String {
        let assignments = Range.assign(topics, members);
        let line = |(id, partitions): (&MemberId, &Vec<TopicPartition>)| {
            let list: Vec<String> = partitions.iter().map(ToString::to_string).collect();
            alloc::format!("{id}: {}", list.join(" "))
        };
        assignments.iter().map(line).collect::<Vec<_>>().join(" | ")
    }

    // The cases and results of Kafka's own RangeAssignorTest.

    #[test]
    fn one_member_without_topics_gets_nothing() {
        assert_eq!(shown(&topics(&[]), &[member("a", &[])]), "a: ");
    }

    #[test]
    fn a_topic_that_does_not_exist_gives_nothing() {
        assert_eq!(shown(&topics(&[]), &[member("a", &["t"])]), "a: ");
    }

    #[test]
    fn one_member_gets_all_of_its_topics_and_no_other() {
        let topics = topics(&[("other", 3), ("t", 3), ("u", 2)]);
        assert_eq!(
            shown(&topics, &[member("a", &["t", "u"])]),
            "a: t-0 t-1 t-2 u-0 u-1"
        );
    }

    #[test]
    fn two_members_one_partition() {
        assert_eq!(
            shown(&topics(&[("t", 1)]), &[member("b", &["t"]), member("a", &["t"])]),
            "a: t-0 | b: "
        );
    }

    #[test]
    fn members_with_different_topics() {
        let members = [member("a", &["t"]), member("b", &["t", "u"]), member("c", &["t"])];
        assert_eq!(
            shown(&topics(&[("t", 3), ("u", 2)]), &members),
            "a: t-0 | b: t-1 u-0 u-1 | c: t-2"
        );
    }

    #[test]
    fn the_first_members_get_one_more_in_every_topic() {
        let members = [member("a", &["t", "u"]), member("b", &["t", "u"])];
        assert_eq!(
            shown(&topics(&[("t", 3), ("u", 3)]), &members),
            "a: t-0 t-1 u-0 u-1 | b: t-2 u-2"
        );
    }

    #[test]
    fn static_members_come_first_in_order_of_their_instance_ids() {
        // testTwoStaticConsumersTwoTopicsSixPartitions: member ids alone would order them the other way.
        let members = [
            fixed("a", "instance2", &["t", "u"]),
            fixed("b", "instance1", &["t", "u"]),
        ];
        assert_eq!(
            shown(&topics(&[("t", 3), ("u", 3)]), &members),
            "a: t-2 u-2 | b: t-0 t-1 u-0 u-1"
        );
        let mixed = [member("a", &["t"]), fixed("b", "z", &["t"])];
        assert_eq!(shown(&topics(&[("t", 3)]), &mixed), "a: t-2 | b: t-0 t-1");
    }

    #[test]
    fn texts_are_ordered_as_java_orders_them() {
        // U+1F600 is a surrogate pair (D83D DE00) and comes before U+FF21 in UTF-16, behind it in UTF-8.
        let members = [member("\u{ff21}", &["t"]), member("\u{1f600}", &["t"])];
        assert_eq!(
            shown(&topics(&[("t", 1)]), &members),
            "\u{ff21}:  | \u{1f600}: t-0"
        );
    }

    #[test]
    fn every_partition_has_one_owner_who_reads_its_topic() {
        let mut rng = fastrand::Rng::with_seed(7);
        for _ in 0..300 {
            let names = ["t", "u", "v"];
            let sizes: Vec<(&str, i32)> = names.iter().map(|&name| (name, rng.i32(0..9))).collect();
            let members: Vec<Subscriber> = (0..rng.usize(1..8))
                .map(|i| {
                    let read: Vec<&str> = names.iter().copied().filter(|_| rng.bool()).collect();
                    member(&alloc::format!("m{i}"), &read)
                })
                .collect();
            let topics = topics(&sizes);
            let assignments = Range.assign(&topics, &members);
            for (topic, partitions) in &topics {
                let readers: Vec<_> = members.iter().filter(|m| m.topics.contains(topic)).collect();
                for p in partitions {
                    let tp = TopicPartition {
                        topic: topic.clone(),
                        partition: p.partition,
                    };
                    let owners: Vec<_> = assignments
                        .iter()
                        .filter(|(_, list)| list.contains(&tp))
                        .collect();
                    assert_eq!(owners.len(), usize::from(!readers.is_empty()), "{tp}");
                    assert!(
                        owners
                            .iter()
                            .all(|(id, _)| readers.iter().any(|r| r.member_id == **id)),
                        "{tp}"
                    );
                }
            }
            assert_eq!(assignments.len(), members.len());
        }
    }
}

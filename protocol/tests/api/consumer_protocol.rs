//! Subscriptions and assignments: Kafka's bytes, all versions, and what hostile members may send.

use bytes::Bytes;
use kafka_protocol::messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use kafka_protocol::protocol::Decodable as _;
use kohort_protocol::consumer_protocol::{Assignment, ConsumerProtocolError, MAX_BYTES, Subscription};
use kohort_protocol::layout::{self, table};
use kohort_protocol::{Generation, TopicName, TopicPartition};
use proptest::prelude::*;

fn subscription() -> Subscription {
    Subscription {
        topics: vec!["a".into(), "b".into()],
        user_data: Some(Bytes::from_static(&[9])),
        owned_partitions: vec![
            TopicPartition::new("a", 0),
            TopicPartition::new("a", 2),
            TopicPartition::new("b", 1),
        ],
        generation: Generation(5),
        rack: Some("r".to_owned()),
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.chars().filter_map(|digit| digit.to_digit(16));
    let digits: Vec<u8> = digits.filter_map(|digit| u8::try_from(digit).ok()).collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect()
}

/// Written down from Kafka's ConsumerProtocolSubscription.json, not from what this code does.
#[test]
fn a_subscription_byte_by_byte() {
    let v0 = "0000  00000002 0001 61 0001 62  00000001 09";
    let owned = "00000002  0001 61 00000002 00000000 00000002  0001 62 00000001 00000001";
    let v1 = format!("{} {owned}", v0.replacen("0000", "0001", 1));
    let v2 = format!("{} 00000005", v1.replacen("0001", "0002", 1));
    let v3 = format!("{} 0001 72", v2.replacen("0002", "0003", 1));
    for (version, bytes) in (0..).zip([v0, &v1, &v2, &v3]) {
        assert_eq!(
            subscription().encode(version).unwrap()[..],
            hex(bytes),
            "v{version}"
        );
    }
}

#[test]
fn an_assignment_byte_by_byte() {
    let assignment = Assignment {
        partitions: subscription().owned_partitions,
        user_data: None,
    };
    let bytes = "0001  00000002  0001 61 00000002 00000000 00000002  0001 62 00000001 00000001  ffffffff";
    assert_eq!(assignment.encode(1).unwrap()[..], hex(bytes));
    assert_eq!(Assignment::decode(&hex(bytes)).unwrap(), assignment);
}

#[test]
fn each_version_gives_back_what_it_carries() {
    for version in 0..=3 {
        let back = Subscription::decode(&subscription().encode(version).unwrap()).unwrap();
        let mut expected = subscription();
        if version < 1 {
            expected.owned_partitions.clear();
        }
        if version < 2 {
            expected.generation = Generation::NONE;
        }
        if version < 3 {
            expected.rack = None;
        }
        assert_eq!(back, expected, "v{version}");
    }
}

/// A broker rebalances when the bytes of a follower's subscription change: another order must not do that.
#[test]
fn order_and_duplicates_do_not_change_the_bytes() {
    let mut shuffled = subscription();
    shuffled.topics.reverse();
    shuffled.topics.push("a".into());
    shuffled.owned_partitions.rotate_left(1);
    shuffled.owned_partitions.push(TopicPartition::new("a", 2));
    assert_eq!(shuffled.encode(3), subscription().encode(3));
}

#[test]
fn a_newer_version_is_read_as_the_newest_known() {
    for version in [4, 7, i16::MAX] {
        let mut blob = subscription().encode(3).unwrap().to_vec();
        blob[..2].copy_from_slice(&version.to_be_bytes());
        blob.extend_from_slice(b"appended by a later KIP");
        assert_eq!(Subscription::decode(&blob).unwrap(), subscription());
    }
}

#[test]
fn no_version_below_0_and_none_above_3_is_written() {
    let error = Subscription::decode(&[0xff, 0xff, 0, 0, 0, 0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "subscription of version -1: only 0 to 3 are known"
    );
    assert!(matches!(
        subscription().encode(4),
        Err(ConsumerProtocolError::Version { version: 4, .. })
    ));
    assert!(matches!(
        Assignment::default().encode(-1),
        Err(ConsumerProtocolError::Version { .. })
    ));
}

/// sarama says v1 and stops after the user data; Java fails the leader over it.
#[test]
fn a_v1_subscription_may_lack_what_v1_added() {
    let sarama = hex("0001  00000001 0001 61  ffffffff");
    let read = Subscription::decode(&sarama).unwrap();
    assert_eq!((read.topics, read.owned_partitions), (vec!["a".into()], vec![]));
}

#[test]
fn what_is_wrong_is_named() {
    let cases = [
        // The counts that abort a process which trusts them.
        (
            "0000 72000001 0000 0000 0100",
            "subscription v0, byte 8: an empty topic name in `topics`",
        ),
        (
            "0000 72000001 0001 61",
            "subscription v0, byte 9: the bytes end in `topics`",
        ),
        (
            "0000 ffffffff ffffffff",
            "subscription v0, byte 6: a negative count in `topics`",
        ),
        (
            "0000 00000001 ffff",
            "subscription v0, byte 8: a null topic name in `topics`",
        ),
        (
            "0000 00000001 fffe",
            "subscription v0, byte 8: a negative length in `topics`",
        ),
        (
            "0000 00000001 0001 ff",
            "subscription v0, byte 9: text that is not UTF-8 in `topics`",
        ),
        (
            "0000 00000000 00000009 00",
            "subscription v0, byte 10: the bytes end in `user_data`",
        ),
        (
            "0000 00000000 fffffffe",
            "subscription v0, byte 10: a negative length in `user_data`",
        ),
        (
            "0001 00000000 ffffffff 00000001 0001 61 00000001 ffffffff",
            "subscription v1, byte 25: a negative partition in `owned_partitions`",
        ),
        (
            "0002 00000000 ffffffff 00000000 0000",
            "subscription v2, byte 14: the bytes end in `generation_id`",
        ),
        ("00", "subscription v0, byte 0: the bytes end in `version`"),
        ("", "subscription is empty: not even a version is there"),
    ];
    for (bytes, said) in cases {
        assert_eq!(Subscription::decode(&hex(bytes)).unwrap_err().to_string(), said);
    }
    let error = Assignment::decode(&hex("0000 20000001 0001 61 20000001 00000000")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "assignment v0, byte 17: the bytes end in `assigned_partitions`"
    );
}

#[test]
fn size_is_capped() {
    let error = Assignment::decode(&vec![0; MAX_BYTES + 1]).unwrap_err();
    assert!(matches!(error, ConsumerProtocolError::TooLarge { .. }), "{error}");
    let large = Assignment {
        user_data: Some(Bytes::from(vec![0; MAX_BYTES])),
        ..Assignment::default()
    };
    assert!(matches!(
        large.encode(0),
        Err(ConsumerProtocolError::TooLarge { .. })
    ));
    let long = Subscription {
        topics: vec![TopicName::from("x".repeat(40_000))],
        ..Subscription::default()
    };
    assert!(long.encode(0).unwrap_err().to_string().contains("`topics`"));
}

#[test]
fn what_is_read_does_not_keep_the_frame() {
    let blob = subscription().encode(3).unwrap();
    let read = Subscription::decode(&blob).unwrap();
    assert!(!blob.as_ptr_range().contains(&read.user_data.unwrap().as_ptr()));
}

fn partitions() -> impl Strategy<Value = Vec<TopicPartition>> {
    let one = ("[a-c]{1,2}", 0..4_i32).prop_map(|(topic, partition)| TopicPartition::new(topic, partition));
    prop::collection::btree_set(one, 0..8).prop_map(Vec::from_iter)
}

fn user_data() -> impl Strategy<Value = Option<Bytes>> {
    prop::option::of(prop::collection::vec(any::<u8>(), 0..5).prop_map(Bytes::from))
}

fn subscriptions() -> impl Strategy<Value = Subscription> {
    let topics = prop::collection::btree_set("[a-cü]{1,3}", 0..5);
    let rest = (partitions(), any::<i32>(), prop::option::of("[a-z]{0,3}"));
    (topics, user_data(), rest).prop_map(|(topics, user_data, (owned_partitions, generation, rack))| {
        Subscription {
            topics: topics.into_iter().map(TopicName::from).collect(),
            user_data,
            owned_partitions,
            generation: Generation(generation),
            rack,
        }
    })
}

/// A blob, whole or with some bytes changed and the end cut off.
fn blobs() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (
        subscriptions(),
        0..=3_i16,
        changes,
        any::<prop::sample::Index>(),
        any::<bool>(),
    )
        .prop_map(|(subscription, version, changes, end, cut)| {
            let mut blob = subscription.encode(version).unwrap_or_default().to_vec();
            for (at, byte) in changes {
                *at.get_mut(&mut blob) = byte;
            }
            if cut {
                blob.truncate(end.index(blob.len()));
            }
            blob
        })
}

proptest! {
    #[test]
    fn a_subscription_survives_its_bytes(subscription in subscriptions()) {
        let blob = subscription.encode(3).unwrap();
        prop_assert_eq!(Subscription::decode(&blob).unwrap(), subscription);
    }

    #[test]
    fn an_assignment_survives_its_bytes(partitions in partitions(), user_data in user_data(), version in 0..=3_i16) {
        let assignment = Assignment { partitions, user_data };
        let blob = assignment.encode(version).unwrap();
        prop_assert_eq!(Assignment::decode(&blob).unwrap(), assignment);
    }

    #[test]
    fn garbage_neither_panics_nor_reads_as_more_than_it_is(blob in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(read) = Subscription::decode(&blob) {
            prop_assert!(read.topics.len() * 3 + read.owned_partitions.len() * 4 <= blob.len());
        }
        let _ = Assignment::decode(&blob);
    }

    /// Where Kafka's schema holds, we read what kafka-protocol reads, unless we say why not; where it does not, we read nothing,
    /// except a subscription that ends early (sarama).
    #[test]
    fn we_read_what_kafka_protocol_reads(blob in blobs()) {
        let ours = Subscription::decode(&blob);
        let Some((version, body)) = blob.split_first_chunk() else { return Ok(()) };
        let version = i16::from_be_bytes(*version);
        if layout::check(&table::CONSUMER_PROTOCOL_SUBSCRIPTION, version, body).is_err() {
            if let Ok(ours) = ours {
                let again = ours.encode(3).unwrap();
                prop_assert!(again.len() >= blob.len(), "something was passed over");
            }
            return Ok(());
        }
        let theirs = ConsumerProtocolSubscription::decode(&mut Bytes::copy_from_slice(body), version.min(3));
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                let mut topics: Vec<_> = theirs.topics.iter().map(|topic| TopicName::from(topic.as_str())).collect();
                topics.sort();
                topics.dedup();
                prop_assert_eq!(ours.topics, topics);
                prop_assert_eq!(ours.user_data, theirs.user_data);
                prop_assert_eq!(ours.generation.0, theirs.generation_id);
                prop_assert_eq!(ours.rack.as_deref(), theirs.rack_id.as_deref());
            }
            (Err(ConsumerProtocolError::Field { problem, .. }), _) => {
                let reasons = ["an empty topic name", "a negative partition", "text that is not UTF-8"];
                prop_assert!(reasons.contains(&problem), "{}", problem);
            }
            (ours, theirs) => prop_assert!(false, "{:?} {:?}", ours, theirs),
        }
    }

    #[test]
    fn an_assignment_reads_as_kafka_protocol_reads_it(partitions in partitions(), user_data in user_data()) {
        let blob = Assignment { partitions: partitions.clone(), user_data: user_data.clone() }.encode(3).unwrap();
        let theirs = ConsumerProtocolAssignment::decode(&mut blob.slice(2..), 3).unwrap();
        let listed = theirs.assigned_partitions.iter().flat_map(|topic| {
            topic.partitions.iter().map(|partition| TopicPartition::new(topic.topic.as_str(), *partition))
        });
        prop_assert_eq!(listed.collect::<Vec<_>>(), partitions);
        prop_assert_eq!(theirs.user_data, user_data);
    }
}

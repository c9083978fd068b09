//! off/*: offsets.

use std::time::Duration;

use kohort_broker::{Command, Config};
use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::api::offset_delete::{
    OffsetDeletePartition, OffsetDeleteRequest, OffsetDeleteResponse, OffsetDeleteTopic,
};
use kohort_protocol::api::offset_fetch::{OffsetFetchGroup, OffsetFetchRequest, OffsetFetchTopic};
use kohort_protocol::{ErrorCode, LeaderEpoch, MemberEpoch, NodeId};

use crate::lab::*;

#[test]
fn off_1_metadata_is_limited_per_partition_in_utf_16_units() {
    let mut lab = Lab::new(quick());
    let mut request = commit(0);
    request.topics = vec![commit_topic("t", &[(0, 1), (1, 2), (2, 3)])];
    request.topics[0].partitions[0].committed_metadata = Some("x".repeat(4097));
    request.topics[0].partitions[1].committed_metadata = Some("ä".repeat(4096)); // 8192 bytes
    request.topics[0].partitions[1].committed_leader_epoch = LeaderEpoch(3);
    let wire = lab.coordinator_wire();
    let answer = lab.call(wire, 9, request);
    let codes: Vec<_> = answer.topics[0]
        .partitions
        .iter()
        .map(|partition| partition.error_code)
        .collect();
    assert_eq!(codes, [ErrorCode::OFFSET_METADATA_TOO_LARGE, NONE, NONE]);
    let fetch = OffsetFetchRequest {
        groups: vec![OffsetFetchGroup {
            group_id: GROUP.into(),
            ..Default::default()
        }],
        require_stable: true,
    };
    let answer = lab.call(wire, 9, fetch);
    let [big, none] = answer.groups[0].topics[0].partitions.as_slice() else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (
            big.committed_offset,
            big.committed_leader_epoch,
            big.metadata.as_ref().unwrap().len()
        ),
        (2, LeaderEpoch(3), 8192)
    );
    assert_eq!(
        (none.committed_offset, none.metadata.as_deref()),
        (3, Some("")),
        "null reads back as \"\""
    );
}

#[test]
fn off_1_kafka_checks_nothing_on_the_value() {
    let mut lab = Lab::new(quick());
    for offset in [1 << 60, -5, 3, 2] {
        assert_eq!(lab.commit(commit(offset)), NONE);
        assert_eq!(lab.committed(), offset);
    }
    let twice = OffsetCommitRequest {
        topics: vec![commit_topic("t", &[(0, 7), (0, 8)])],
        ..commit(0)
    };
    assert_eq!(lab.commit(twice), NONE);
    assert_eq!(lab.committed(), 8, "the last one wins");
}

#[test]
fn off_2_a_moved_coordinator_has_the_same_offsets() {
    let mut lab = Lab::new(Config { nodes: 3, ..quick() });
    let members = lab.stable_group(1);
    lab.commit(members[0].commit(42));
    let to = NodeId(lab.coordinator().0 % 3 + 1);
    lab.move_coordinator(to);
    assert_eq!(lab.coordinator(), to);
    assert_eq!(lab.committed(), 42);
    assert_eq!(lab.group().generation, members[0].generation);
}

fn delete(group: &str, topics: &[(&str, i32)]) -> OffsetDeleteRequest {
    OffsetDeleteRequest {
        group_id: group.into(),
        topics: topics
            .iter()
            .map(|(name, partition_index)| OffsetDeleteTopic {
                name: (*name).into(),
                partitions: vec![OffsetDeletePartition {
                    partition_index: *partition_index,
                }],
            })
            .collect(),
    }
}

fn codes(answer: &OffsetDeleteResponse) -> Vec<ErrorCode> {
    let topics = answer.topics.iter();
    topics
        .flat_map(|topic| &topic.partitions)
        .map(|partition| partition.error_code)
        .collect()
}

#[test]
fn off_3_offsets_in_use_are_not_deleted_the_others_are() {
    let mut lab = Lab::new(quick());
    lab.command(Command::CreateTopic {
        topic: "old".into(),
        partitions: 1,
    });
    let member = lab.stable_group(1).remove(0);
    let both = OffsetCommitRequest {
        topics: vec![commit_topic("t", &[(0, 1)]), commit_topic("old", &[(0, 2)])],
        ..member.commit(0)
    };
    lab.commit(both);
    let wire = lab.coordinator_wire();
    let answer = lab.call(
        wire,
        0,
        delete(GROUP, &[("t", 0), ("old", 0), ("t", 6), ("none", 0)]),
    );
    assert_eq!(answer.error_code, NONE);
    let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    assert_eq!(
        codes(&answer),
        [ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC, NONE, unknown, unknown]
    );
    assert_eq!(lab.cluster.all_committed(&GROUP.into()).len(), 1);
    assert_eq!(
        lab.call(wire, 0, delete("g7", &[("t", 0)])).error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );

    lab.leave(&[member.leaving()]);
    let answer = lab.call(wire, 0, delete(GROUP, &[("t", 0)]));
    assert_eq!(codes(&answer), [NONE], "an empty group uses nothing");
    assert_eq!(lab.committed(), -1);
}

#[test]
fn off_3_a_live_group_of_another_type_keeps_its_offsets() {
    let mut lab = Lab::new(quick());
    let member = lab.newcomer();
    lab.leave(&[member.leaving()]);
    let member = Member::new(lab.coordinator_wire(), lab.coordinator_wire());
    let mut join = member.join();
    join.protocol_type = "connect".to_owned();
    assert_eq!(lab.call(member.wire, 3, join).error_code, NONE);
    let wire = lab.coordinator_wire();
    assert_eq!(
        lab.call(wire, 0, delete(GROUP, &[("t", 0)])).error_code,
        ErrorCode::NON_EMPTY_GROUP
    );
}

#[test]
fn off_4_a_batch_fetch_answers_per_group_in_order() {
    let mut lab = Lab::new(Config { nodes: 3, ..quick() });
    lab.commit(commit(5));
    let elsewhere = (0..).map(|n| format!("other{n}")).find(|name| {
        let other = lab.cluster.coordinator(&name.as_str().into());
        other != Some(lab.coordinator())
    });
    let groups = vec![
        fetch_offset_of(&elsewhere.unwrap()),
        fetch_offset_of(GROUP),
        fetch_offset_of("g7"),
    ];
    let wire = lab.coordinator_wire();
    let answer = lab.call(
        wire,
        8,
        OffsetFetchRequest {
            groups: groups.clone(),
            require_stable: false,
        },
    );
    let ids: Vec<_> = answer.groups.iter().map(|group| group.group_id.clone()).collect();
    assert_eq!(
        ids,
        groups
            .iter()
            .map(|group| group.group_id.clone())
            .collect::<Vec<_>>()
    );
    let codes: Vec<_> = answer.groups.iter().map(|group| group.error_code).collect();
    assert_eq!(codes, [ErrorCode::NOT_COORDINATOR, NONE, NONE]);
    assert_eq!(answer.groups[1].topics[0].partitions[0].committed_offset, 5);
    let empty = OffsetFetchRequest::default();
    assert_eq!(lab.call(wire, 8, empty).groups, [], "no groups, no answers");
}

#[test]
fn off_5_offsets_expire() {
    let config = || Config {
        offsets_retention: Duration::from_secs(60),
        offsets_retention_check_interval: Duration::from_secs(1),
        ..quick()
    };
    // From outside: a retention after the commit.
    let mut lab = Lab::new(config());
    let wire = lab.coordinator_wire();
    let request = commit(1);
    assert_eq!(
        lab.call(wire, 2, request).topics[0].partitions[0].error_code,
        NONE
    );
    lab.pass(59_000);
    assert_eq!(lab.committed(), 1);
    lab.pass(2000);
    assert_eq!(lab.committed(), -1);
    assert!(
        lab.cluster.group(&GROUP.into()).is_none(),
        "and the group with them"
    );

    // v2-v4 may name a retention of their own, and it counts.
    for (own, passed, left) in [(2000, 4000, -1), (3_600_000, 70_000, 1)] {
        let mut lab = Lab::new(config());
        let wire = lab.coordinator_wire();
        let request = OffsetCommitRequest {
            retention_time_ms: own,
            ..commit(1)
        };
        lab.call(wire, 2, request);
        lab.pass(passed);
        assert_eq!(lab.committed(), left, "committed for {own} ms");
    }

    // An emptied group: a retention after it was emptied.
    let mut lab = Lab::new(config());
    let mut member = lab.newcomer();
    member.session = 1_000_000;
    lab.round(std::slice::from_mut(&mut member));
    lab.commit(member.commit(2));
    lab.pass(100_000);
    assert_eq!(lab.committed(), 2, "a live group keeps what it subscribes to");
    lab.leave(&[member.leaving()]);
    lab.pass(59_000);
    assert_eq!(lab.committed(), 2);
    lab.pass(2000);
    assert_eq!(lab.committed(), -1);

    // A live group: topics nobody subscribes to.
    let mut lab = Lab::new(config());
    lab.command(Command::CreateTopic {
        topic: "old".into(),
        partitions: 1,
    });
    let mut member = lab.newcomer();
    member.session = 1_000_000;
    lab.round(std::slice::from_mut(&mut member));
    let both = OffsetCommitRequest {
        topics: vec![commit_topic("t", &[(0, 1)]), commit_topic("old", &[(0, 2)])],
        ..member.commit(0)
    };
    lab.commit(both);
    lab.pass(62_000);
    let left = lab.cluster.all_committed(&GROUP.into());
    assert_eq!(
        left.iter()
            .map(|(partition, _)| partition.to_string())
            .collect::<Vec<_>>(),
        ["t-0"]
    );
}

#[test]
fn off_6_an_unknown_group_or_topic_has_no_offsets_and_that_is_no_error() {
    let mut lab = Lab::new(quick());
    let wire = lab.coordinator_wire();
    let ask = |topics: Option<Vec<OffsetFetchTopic>>| OffsetFetchRequest {
        groups: vec![OffsetFetchGroup {
            group_id: GROUP.into(),
            member_id: Some("anybody".into()),
            member_epoch: MemberEpoch(7),
            topics,
        }],
        require_stable: false,
    };
    let topic = OffsetFetchTopic {
        name: "nowhere".into(),
        partition_indexes: vec![3],
        ..Default::default()
    };
    for version in 1..=9 {
        let answer = lab.call(wire, version, ask(Some(vec![topic.clone()])));
        let partition = &answer.groups[0].topics[0].partitions[0];
        assert_eq!(answer.groups[0].error_code, NONE, "v{version}");
        assert_eq!(
            (partition.error_code, partition.committed_offset),
            (NONE, -1),
            "v{version}"
        );
        assert_eq!(partition.metadata.as_deref(), Some(""));
    }
    let all = lab.call(wire, 9, ask(None));
    assert_eq!((all.groups[0].error_code, all.groups[0].topics.len()), (NONE, 0));
    assert!(
        lab.cluster.group(&GROUP.into()).is_none(),
        "the group is not made"
    );
}

#[test]
fn deleting_a_topic_deletes_its_offsets() {
    let mut lab = Lab::new(quick());
    lab.commit(commit(5));
    lab.command(Command::DeleteTopic("t".into()));
    assert_eq!(lab.committed(), -1);
    lab.command(Command::CreateTopic {
        topic: "t".into(),
        partitions: 1,
    });
    assert_eq!(lab.committed(), -1, "also when it comes back");
}

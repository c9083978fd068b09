//! Topics, produce, fetch, list offsets.

use bytes::Bytes;
use kohort_broker::{Command, Config};
use kohort_protocol::api::create_partitions::{CreatePartitionsRequest, CreatePartitionsTopic};
use kohort_protocol::api::create_topics::{CreatableTopic, CreateTopicsRequest};
use kohort_protocol::api::delete_topics::{DeletableTopic, DeleteTopicsRequest};
use kohort_protocol::api::fetch::{
    EpochEndOffset, FetchPartition, FetchRequest, FetchResponse, FetchResponsePartition, FetchTopic,
    ForgottenTopic,
};
use kohort_protocol::api::init_producer_id::InitProducerIdRequest;
use kohort_protocol::api::list_offsets::{ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic};
use kohort_protocol::api::metadata::{MetadataRequest, MetadataRequestTopic};
use kohort_protocol::api::produce::{
    ProducePartition, ProduceRequest, ProduceResponsePartition, ProduceTopic,
};
use kohort_protocol::records::{BatchBuilder, Cursor, NewRecord, Producer};
use kohort_protocol::{ErrorCode, LeaderEpoch, NodeId, TopicId};

use crate::lab::*;

fn batch(values: &[&str], first_timestamp: i64) -> BatchBuilder {
    let mut batch = BatchBuilder::new();
    for (place, value) in (0..).zip(values) {
        let record = NewRecord {
            value: Some(value.as_bytes()),
            timestamp: first_timestamp + place,
            ..Default::default()
        };
        batch.push(&record).unwrap();
    }
    batch
}

fn produce(partition: i32, records: Bytes) -> ProduceRequest {
    ProduceRequest {
        acks: -1,
        timeout_ms: 1000,
        topic_data: vec![ProduceTopic {
            name: "t".into(),
            partition_data: vec![ProducePartition {
                index: partition,
                records: Some(records),
            }],
            ..Default::default()
        }],
        ..Default::default()
    }
}

impl Lab {
    fn leader_wire(&mut self, partition: i32) -> Wire {
        let leader = self.cluster.leader("t", partition).unwrap();
        self.wire(leader)
    }

    fn produced(&mut self, wire: Wire, records: Bytes) -> ProduceResponsePartition {
        let mut answer = self.call(wire, 12, produce(0, records));
        answer.responses.remove(0).partition_responses.remove(0)
    }

    fn write(&mut self, values: &[&str], first_timestamp: i64) -> i64 {
        let wire = self.leader_wire(0);
        let answer = self.produced(wire, batch(values, first_timestamp).finish().unwrap());
        assert_eq!(answer.error_code, NONE);
        answer.base_offset
    }

    pub(crate) fn topic_id(&mut self) -> TopicId {
        let wire = self.wire(NodeId(1));
        self.call(wire, 12, metadata(&["t"])).topics[0].topic_id
    }
}

fn metadata(names: &[&str]) -> MetadataRequest {
    MetadataRequest {
        topics: Some(
            names
                .iter()
                .map(|name| MetadataRequestTopic {
                    name: Some((*name).into()),
                    ..Default::default()
                })
                .collect(),
        ),
        ..Default::default()
    }
}

/// Sessionless, without waiting.
fn fetch(offset: i64) -> FetchRequest {
    FetchRequest {
        max_bytes: 1 << 20,
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: "t".into(),
            partitions: vec![FetchPartition {
                fetch_offset: offset,
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    }
}

fn only(answer: &FetchResponse) -> &FetchResponsePartition {
    assert_eq!(answer.error_code, NONE);
    let [topic] = answer.responses.as_slice() else {
        panic!("{answer:?}")
    };
    let [partition] = topic.partitions.as_slice() else {
        panic!("{answer:?}")
    };
    partition
}

fn values(partition: &FetchResponsePartition, from: i64) -> Vec<String> {
    let mut cursor = Cursor::new(partition.records.clone().unwrap(), from);
    let mut found = Vec::new();
    while let Some(record) = cursor.next() {
        found.push(String::from_utf8(record.unwrap().value().unwrap().to_vec()).unwrap());
    }
    found
}

#[test]
fn what_is_produced_is_fetched() {
    let mut lab = Lab::new(quick());
    assert_eq!(lab.write(&["a", "b"], 100), 0);
    assert_eq!(lab.write(&["c"], 200), 2);
    let wire = lab.leader_wire(0);
    let answer = lab.call(wire, 12, fetch(1));
    let partition = only(&answer);
    assert_eq!(
        (
            partition.high_watermark,
            partition.last_stable_offset,
            partition.log_start_offset
        ),
        (3, 3, 0)
    );
    assert_eq!(values(partition, 1), ["b", "c"]);
    assert_eq!(partition.aborted_transactions, None);
    let committed = FetchRequest {
        isolation_level: kohort_protocol::IsolationLevel::ReadCommitted,
        ..fetch(3)
    };
    let answer = lab.call(wire, 12, committed);
    assert_eq!(only(&answer).aborted_transactions, Some(vec![]));
    assert_eq!(only(&answer).records, Some(Bytes::new()));
    for offset in [-1, 4] {
        let answer = lab.call(wire, 12, fetch(offset));
        assert_eq!(only(&answer).error_code, ErrorCode::OFFSET_OUT_OF_RANGE);
    }
}

#[test]
fn a_bad_batch_is_refused_and_not_appended() {
    let mut lab = Lab::new(quick());
    let wire = lab.leader_wire(0);
    let good = batch(&["a"], 1).finish().unwrap();
    let mut corrupt = good.to_vec();
    *corrupt.last_mut().unwrap() ^= 1;
    let two = [&good[..], &good[..]].concat();
    for (records, code) in [
        (Bytes::from(corrupt), ErrorCode::CORRUPT_MESSAGE),
        (Bytes::new(), ErrorCode::INVALID_RECORD),
        (good.slice(..40), ErrorCode::INVALID_RECORD),
        (Bytes::from(two), ErrorCode::INVALID_RECORD),
        (Bytes::from(vec![0; 1_048_589]), ErrorCode::MESSAGE_TOO_LARGE),
    ] {
        assert_eq!(lab.produced(wire, records).error_code, code);
    }
    assert_eq!(lab.cluster.log_bounds("t", 0), Some((0, 0)));
    let mut missing = produce(0, good.clone());
    missing.topic_data[0].name = "nowhere".into();
    let answer = lab.call(wire, 12, missing);
    assert_eq!(
        answer.responses[0].partition_responses[0].error_code,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    let acks = ProduceRequest {
        acks: 2,
        ..produce(0, good)
    };
    let answer = lab.call(wire, 12, acks);
    assert_eq!(
        answer.responses[0].partition_responses[0].error_code,
        ErrorCode::INVALID_REQUIRED_ACKS
    );
}

#[test]
fn with_acks_0_there_is_no_answer_and_an_error_closes() {
    let mut lab = Lab::new(quick());
    let wire = lab.leader_wire(0);
    let silent = |partition| ProduceRequest {
        acks: 0,
        ..produce(partition, batch(&["a"], 1).finish().unwrap())
    };
    lab.send(wire, 12, silent(0));
    assert_eq!(lab.next(wire), None);
    assert_eq!(lab.cluster.log_bounds("t", 0), Some((0, 1)));
    let next = lab.send(wire, 12, metadata(&[]));
    assert_eq!(lab.next(wire).unwrap().0, next, "the connection goes on");
    lab.send(wire, 12, silent(77));
    assert!(lab.is_closed(wire));
}

#[test]
fn an_idempotent_producer_writes_each_batch_once_and_in_order() {
    let mut lab = Lab::new(quick());
    let wire = lab.leader_wire(0);
    let id = lab.call(wire, 4, InitProducerIdRequest::default());
    let other = lab.call(wire, 4, InitProducerIdRequest::default());
    assert_eq!((id.error_code, id.producer_epoch), (NONE, 0));
    assert_ne!(id.producer_id, other.producer_id);
    let written = |lab: &mut Lab, epoch, base_sequence, count: usize| {
        let producer = Producer {
            id: id.producer_id,
            epoch,
            base_sequence,
        };
        let records = batch(&vec!["x"; count], 1).producer(producer).finish().unwrap();
        let answer = lab.produced(wire, records);
        (answer.error_code, answer.base_offset)
    };
    assert_eq!(written(&mut lab, 0, 0, 2), (NONE, 0));
    assert_eq!(written(&mut lab, 0, 2, 1), (NONE, 2));
    assert_eq!(written(&mut lab, 0, 0, 2), (NONE, 0), "a duplicate");
    assert_eq!(
        written(&mut lab, 0, 5, 1),
        (ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER, -1)
    );
    assert_eq!(
        written(&mut lab, 1, 3, 1),
        (ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER, -1),
        "a new epoch starts at 0"
    );
    assert_eq!(written(&mut lab, 1, 0, 1), (NONE, 3));
    assert_eq!(
        written(&mut lab, 0, 3, 1),
        (ErrorCode::INVALID_PRODUCER_EPOCH, -1)
    );
    assert_eq!(lab.cluster.log_bounds("t", 0), Some((0, 4)));
    let transactional = InitProducerIdRequest {
        transactional_id: Some("tx".into()),
        ..Default::default()
    };
    assert!(!lab.call(wire, 4, transactional).error_code.is_ok());
}

#[test]
fn a_fetch_waits_for_enough_bytes_or_long_enough() {
    let mut lab = Lab::new(quick());
    let size = i32::try_from(batch(&["a"], 1).finish().unwrap().len()).unwrap();
    let waiting = |min_bytes| FetchRequest {
        max_wait_ms: 500,
        min_bytes,
        ..fetch(0)
    };
    let wire = lab.leader_wire(0);
    lab.send(wire, 12, waiting(size * 2));
    lab.pass(100);
    lab.write(&["a"], 1);
    assert_eq!(lab.next(wire), None, "not enough");
    lab.write(&["b"], 1);
    let answer = lab.answer::<FetchRequest>(wire).expect("enough");
    assert_eq!(values(only(&answer), 0), ["a", "b"]);

    lab.send(wire, 12, waiting(size * 3));
    lab.pass(499);
    assert_eq!(lab.next(wire), None);
    lab.pass(1);
    let answer = lab.answer::<FetchRequest>(wire).expect("long enough");
    assert_eq!(values(only(&answer), 0), ["a", "b"]);

    lab.send(
        wire,
        12,
        FetchRequest {
            max_wait_ms: 500,
            min_bytes: 1,
            ..fetch(2)
        },
    );
    lab.command(Command::DeleteTopic("t".into()));
    let answer = lab.answer::<FetchRequest>(wire).expect("an error does not wait");
    assert_eq!(only(&answer).error_code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

#[test]
fn the_first_batch_comes_whole_and_the_others_within_the_limits() {
    let mut lab = Lab::new(quick());
    for _ in 0..3 {
        lab.write(&["0123456789"], 1);
    }
    let wire = lab.leader_wire(0);
    let mut small = fetch(0);
    small.max_bytes = 1;
    assert_eq!(values(only(&lab.call(wire, 12, small.clone())), 0).len(), 1);
    small.max_bytes = 200;
    assert_eq!(values(only(&lab.call(wire, 12, small.clone())), 0).len(), 2);
    small.max_bytes = 1 << 20;
    small.topics[0].partitions[0].partition_max_bytes = 200;
    assert_eq!(values(only(&lab.call(wire, 12, small)), 0).len(), 2);
}

#[test]
fn leader_epochs_are_fenced_and_the_new_leader_is_named() {
    let mut lab = Lab::new(Config { nodes: 3, ..quick() });
    lab.write(&["a"], 1);
    let old = lab.leader_wire(0);
    let to = NodeId(old.node.0 % 3 + 1);
    lab.command(Command::MoveLeader {
        topic: "t".into(),
        partition: 0,
        to,
    });
    let mut by_id = fetch(0);
    by_id.topics[0].topic_id = lab.topic_id();
    let answer = lab.call(old, 16, by_id);
    let partition = only(&answer);
    assert_eq!(partition.error_code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    let leader = partition.current_leader.unwrap();
    assert_eq!((leader.leader_id, leader.leader_epoch), (to, LeaderEpoch(1)));
    assert_eq!(answer.node_endpoints[0].node_id, to);
    let refused = lab.produced(old, batch(&["b"], 1).finish().unwrap());
    assert_eq!(refused.error_code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    assert_eq!(refused.current_leader.unwrap().leader_id, to);

    let new = lab.leader_wire(0);
    for (epoch, code) in [
        (0, ErrorCode::FENCED_LEADER_EPOCH),
        (1, NONE),
        (2, ErrorCode::UNKNOWN_LEADER_EPOCH),
    ] {
        let mut with_epoch = fetch(0);
        with_epoch.topics[0].partitions[0].current_leader_epoch = LeaderEpoch(epoch);
        assert_eq!(only(&lab.call(new, 12, with_epoch)).error_code, code);
        let list = list_offsets(-1, LeaderEpoch(epoch));
        assert_eq!(lab.call(new, 5, list).topics[0].partitions[0].error_code, code);
    }
}

#[test]
fn a_log_that_diverged_says_where() {
    let mut lab = Lab::new(quick());
    lab.write(&["a"], 1);
    lab.write(&["b"], 1);
    lab.command(Command::Truncate {
        topic: "t".into(),
        partition: 0,
        end_offset: 1,
    });
    lab.write(&["c"], 1); // epoch 1 from offset 1
    let wire = lab.leader_wire(0);
    let mut read = fetch(2);
    read.topics[0].partitions[0].last_fetched_epoch = LeaderEpoch(0);
    let answer = lab.call(wire, 12, read.clone());
    let expected = EpochEndOffset {
        epoch: LeaderEpoch(0),
        end_offset: 1,
    };
    assert_eq!(only(&answer).diverging_epoch, Some(expected));
    read.topics[0].partitions[0].last_fetched_epoch = LeaderEpoch(1);
    assert_eq!(only(&lab.call(wire, 12, read.clone())).diverging_epoch, None);
    read.topics[0].partitions[0].last_fetched_epoch = LeaderEpoch(2);
    let newer = lab.call(wire, 12, read);
    assert_eq!(
        only(&newer).error_code,
        ErrorCode::OFFSET_OUT_OF_RANGE,
        "seen on Kafka 4.4.0"
    );
}

fn list_offsets(timestamp: i64, current_leader_epoch: LeaderEpoch) -> ListOffsetsRequest {
    ListOffsetsRequest {
        topics: vec![ListOffsetsTopic {
            name: "t".into(),
            partitions: vec![ListOffsetsPartition {
                partition_index: 0,
                current_leader_epoch,
                timestamp,
            }],
        }],
        ..Default::default()
    }
}

#[test]
fn list_offsets_at_the_ends_and_at_times() {
    let mut lab = Lab::new(quick());
    let found = |lab: &mut Lab, timestamp| {
        let wire = lab.leader_wire(0);
        let answer = lab.call(wire, 7, list_offsets(timestamp, LeaderEpoch::NONE));
        let partition = &answer.topics[0].partitions[0];
        assert_eq!(partition.error_code, NONE);
        (partition.offset, partition.timestamp)
    };
    assert_eq!(
        (found(&mut lab, -2), found(&mut lab, -1), found(&mut lab, -3)),
        ((0, -1), (0, -1), (-1, -1))
    );
    lab.write(&["a", "b", "c"], 100);
    lab.write(&["d"], 50);
    assert_eq!(found(&mut lab, -1), (4, -1));
    assert_eq!(found(&mut lab, 101), (1, 101));
    assert_eq!(found(&mut lab, 0), (0, 100));
    assert_eq!(found(&mut lab, 103), (-1, -1), "nothing so late");
    assert_eq!(found(&mut lab, -3), (2, 102), "the largest timestamp");
    lab.command(Command::DeleteRecords {
        topic: "t".into(),
        partition: 0,
        before_offset: 2,
    });
    assert_eq!(found(&mut lab, -2), (2, -1));
    assert_eq!(found(&mut lab, 0), (2, 102));
    let wire = lab.leader_wire(0);
    assert_eq!(
        only(&lab.call(wire, 12, fetch(1))).error_code,
        ErrorCode::OFFSET_OUT_OF_RANGE
    );
}

#[test]
fn a_fetch_session_tells_only_news() {
    let mut lab = Lab::new(quick());
    let id = lab.topic_id();
    let wire = lab.leader_wire(0);
    let ask = |session_id, session_epoch, offsets: &[(i32, i64)]| FetchRequest {
        max_bytes: 1 << 20,
        session_id,
        session_epoch,
        topics: if offsets.is_empty() {
            vec![]
        } else {
            vec![FetchTopic {
                topic_id: id,
                partitions: offsets
                    .iter()
                    .map(|(partition, fetch_offset)| FetchPartition {
                        partition: *partition,
                        fetch_offset: *fetch_offset,
                        ..Default::default()
                    })
                    .collect(),
                ..Default::default()
            }]
        },
        ..Default::default()
    };
    let full = lab.call(wire, 13, ask(0, 0, &[(0, 0), (1, 0)]));
    assert_eq!(full.responses[0].partitions.len(), 2, "all, at first");
    let session = full.session_id;
    assert_ne!(session, 0);
    assert_eq!(lab.call(wire, 13, ask(session, 1, &[])).responses, [], "no news");
    lab.write(&["a"], 1);
    let news = lab.call(wire, 13, ask(session, 2, &[]));
    assert_eq!(values(only(&news), 0), ["a"]);
    let moved = lab.call(wire, 13, ask(session, 3, &[(0, 1)]));
    assert_eq!(moved.responses, [], "the high watermark was told");

    let wrong = lab.call(wire, 13, ask(session, 3, &[]));
    assert_eq!(wrong.error_code, ErrorCode::INVALID_FETCH_SESSION_EPOCH);
    let unknown = lab.call(wire, 13, ask(session + 1, 4, &[]));
    assert_eq!(unknown.error_code, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
    let by_name = lab.call(wire, 12, ask(session, 4, &[]));
    assert_eq!(by_name.error_code, ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR);

    lab.write(&["b"], 1);
    let forgetting = FetchRequest {
        forgotten_topics_data: vec![ForgottenTopic {
            topic_id: id,
            partitions: vec![0],
            ..Default::default()
        }],
        ..ask(session, 4, &[])
    };
    assert_eq!(lab.call(wire, 13, forgetting).responses, []);
    assert_eq!(
        lab.call(wire, 13, ask(session, -1, &[])).error_code,
        NONE,
        "closes it"
    );
    let closed = lab.call(wire, 13, ask(session, 5, &[]));
    assert_eq!(closed.error_code, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);

    let mut unknown = ask(0, -1, &[(0, 0)]);
    unknown.topics[0].topic_id = TopicId([9; 16]);
    assert_eq!(
        only(&lab.call(wire, 13, unknown)).error_code,
        ErrorCode::UNKNOWN_TOPIC_ID
    );
}

#[test]
fn the_session_cache_is_bounded() {
    let mut lab = Lab::new(Config {
        fetch_session_slots: 2,
        ..quick()
    });
    let wire = lab.leader_wire(0);
    let ask = |session_id, session_epoch| FetchRequest {
        session_id,
        session_epoch,
        ..fetch(0)
    };
    let ids: Vec<i32> = (0..2).map(|_| lab.call(wire, 12, ask(0, 0)).session_id).collect();
    assert_eq!(lab.call(wire, 12, ask(ids[0], 1)).error_code, NONE);
    lab.call(wire, 12, ask(0, 0));
    assert_eq!(
        lab.call(wire, 12, ask(ids[1], 1)).error_code,
        ErrorCode::FETCH_SESSION_ID_NOT_FOUND,
        "idle longest"
    );
    assert_eq!(lab.call(wire, 12, ask(ids[0], 2)).error_code, NONE);
}

#[test]
fn no_partition_of_a_session_starves() {
    let mut lab = Lab::new(quick());
    let wire = lab.leader_wire(0);
    for partition in [0, 1] {
        let records = batch(&["0123456789"], 1).finish().unwrap();
        lab.call(wire, 12, produce(partition, records));
    }
    let mut ask = fetch(0);
    (ask.session_epoch, ask.max_bytes) = (0, 1);
    let second = FetchPartition {
        partition: 1,
        ..Default::default()
    };
    ask.topics[0].partitions.push(second);
    let first = lab.call(wire, 12, ask);
    let has_records = |answer: &FetchResponse| {
        let partitions = answer.responses.iter().flat_map(|topic| &topic.partitions);
        let full = partitions.filter(|partition| !partition.records.as_ref().unwrap().is_empty());
        full.map(|partition| partition.partition_index)
            .collect::<Vec<_>>()
    };
    assert_eq!(has_records(&first), [0]);
    let next = FetchRequest {
        max_bytes: 1,
        session_id: first.session_id,
        session_epoch: 1,
        ..Default::default()
    };
    assert_eq!(has_records(&lab.call(wire, 12, next)), [1]);
}

#[test]
fn topics_are_made_grown_and_deleted() {
    let mut lab = Lab::new(Config {
        nodes: 3,
        auto_create_topics: false,
        ..quick()
    });
    let wire = lab.wire(NodeId(1));
    let topic = |name: &str, num_partitions, replication_factor| CreatableTopic {
        name: name.into(),
        num_partitions,
        replication_factor,
        ..Default::default()
    };
    let create = |topics: Vec<CreatableTopic>| CreateTopicsRequest {
        topics,
        timeout_ms: 1000,
        validate_only: false,
    };
    let made = lab.call(
        wire,
        7,
        create(vec![
            topic("new", 4, 2),
            topic("t", 1, 1),
            topic("a/b", 1, 1),
            topic("x", 0, 1),
            topic("y", 1, 4),
            topic("z", -1, -1),
        ]),
    );
    let codes: Vec<_> = made.topics.iter().map(|topic| topic.error_code).collect();
    assert_eq!(
        codes,
        [
            NONE,
            ErrorCode::TOPIC_ALREADY_EXISTS,
            ErrorCode::INVALID_TOPIC_EXCEPTION,
            ErrorCode::INVALID_PARTITIONS,
            ErrorCode::INVALID_REPLICATION_FACTOR,
            NONE,
        ]
    );
    assert_eq!(
        (made.topics[0].num_partitions, made.topics[0].replication_factor),
        (4, 2)
    );
    let grow = |count| CreatePartitionsRequest {
        topics: vec![CreatePartitionsTopic {
            name: "new".into(),
            count,
            assignments: None,
        }],
        ..Default::default()
    };
    assert_eq!(
        lab.call(wire, 3, grow(4)).results[0].error_code,
        ErrorCode::INVALID_PARTITIONS
    );
    assert_eq!(lab.call(wire, 3, grow(6)).results[0].error_code, NONE);

    let described = lab.call(wire, 12, metadata(&["new", "nowhere"]));
    assert_eq!(described.brokers.len(), 3);
    let new = &described.topics[0];
    assert_eq!((new.topic_id, new.partitions.len()), (made.topics[0].topic_id, 6));
    let leaders: Vec<_> = new
        .partitions
        .iter()
        .map(|partition| partition.leader_id.0)
        .collect();
    assert_eq!(leaders, [1, 2, 3, 1, 2, 3]);
    assert_eq!(new.partitions[2].replica_nodes, [NodeId(3), NodeId(1)]);
    assert_eq!(
        described.topics[1].error_code,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );

    let by_id = DeletableTopic {
        name: None,
        topic_id: new.topic_id,
    };
    let delete = DeleteTopicsRequest {
        topics: vec![by_id.clone(), by_id],
        timeout_ms: 1000,
    };
    let gone = lab.call(wire, 6, delete);
    assert_eq!(gone.responses[0].error_code, NONE);
    assert_eq!(gone.responses[1].error_code, ErrorCode::UNKNOWN_TOPIC_ID);
    let all = lab.call(wire, 12, MetadataRequest::default());
    let names: Vec<_> = all
        .topics
        .iter()
        .map(|topic| topic.name.clone().unwrap().to_string())
        .collect();
    assert_eq!(names, ["__consumer_offsets", "t", "z"]);
    assert!(all.topics[0].is_internal);
}

#[test]
fn metadata_makes_a_missing_topic_if_both_sides_allow_it() {
    let mut lab = Lab::new(quick());
    let wire = lab.wire(NodeId(1));
    let ask = MetadataRequest {
        allow_auto_topic_creation: true,
        ..metadata(&["auto"])
    };
    assert_eq!(
        lab.call(wire, 12, metadata(&["auto"])).topics[0].error_code,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    assert_eq!(lab.call(wire, 12, ask).topics[0].error_code, NONE);
}

#[test]
fn a_dead_leader_is_replaced_and_metadata_forgets_the_node() {
    let mut lab = Lab::new(Config { nodes: 3, ..quick() });
    lab.write(&["a"], 1);
    let victim = lab.cluster.leader("t", 0).unwrap();
    lab.command(Command::Stop(victim));
    let leader = lab.cluster.leader("t", 0).unwrap();
    assert_ne!(leader, victim);
    let wire = lab.wire(leader);
    assert_eq!(
        values(only(&lab.call(wire, 12, fetch(0))), 0),
        ["a"],
        "nothing is lost"
    );
    let seen = lab.call(wire, 12, metadata(&["t"]));
    assert_eq!(seen.brokers.len(), 2);
    assert_eq!(seen.topics[0].partitions[0].offline_replicas, [victim]);
}

//! Injected faults.

use std::time::Duration;

use bytes::Bytes;
use kohort_broker::{Command, Config, Fault, FaultAction};
use kohort_protocol::api::Request;
use kohort_protocol::api::api_versions::ApiVersionsRequest;
use kohort_protocol::api::create_partitions::{CreatePartitionsRequest, CreatePartitionsTopic};
use kohort_protocol::api::create_topics::{CreatableTopic, CreateTopicsRequest};
use kohort_protocol::api::delete_groups::DeleteGroupsRequest;
use kohort_protocol::api::delete_topics::{DeletableTopic, DeleteTopicsRequest};
use kohort_protocol::api::describe_groups::DescribeGroupsRequest;
use kohort_protocol::api::fetch::{FetchPartition, FetchRequest, FetchTopic};
use kohort_protocol::api::find_coordinator::FindCoordinatorRequest;
use kohort_protocol::api::init_producer_id::InitProducerIdRequest;
use kohort_protocol::api::list_groups::ListGroupsRequest;
use kohort_protocol::api::list_offsets::{
    EARLIEST_TIMESTAMP, LATEST_TIMESTAMP, ListOffsetsPartition, ListOffsetsRequest, ListOffsetsTopic,
};
use kohort_protocol::api::metadata::{MetadataRequest, MetadataRequestTopic};
use kohort_protocol::api::offset_delete::OffsetDeleteRequest;
use kohort_protocol::api::produce::{ProducePartition, ProduceRequest, ProduceTopic};
use kohort_protocol::{ApiKey, ErrorCode, NodeId};

use crate::lab::*;

fn inject(lab: &mut Lab, fault: Fault) {
    lab.command(Command::Inject(fault));
}

#[test]
fn an_error_stands_where_the_api_has_room_for_it() {
    let code = ErrorCode::GROUP_AUTHORIZATION_FAILED;
    let mut lab = Lab::new(quick());
    let member = lab.stable_group(1).remove(0);
    let wire = lab.coordinator_wire();
    inject(
        &mut lab,
        Fault {
            api: None,
            ..Fault::on(ApiKey::Fetch, FaultAction::Answer(code)).times(100)
        },
    );
    assert_eq!(lab.call(wire, 9, member.join()).error_code, code);
    assert_eq!(lab.call(wire, 5, member.sync(vec![])).error_code, code);
    assert_eq!(lab.call(wire, 4, member.heartbeat()).error_code, code);
    assert_eq!(lab.call(wire, 5, leave(&[member.leaving()])).error_code, code);
    assert_eq!(
        lab.call(wire, 9, member.commit(1)).topics[0].partitions[0].error_code,
        code
    );
    assert_eq!(lab.call(wire, 8, fetch_offset()).groups[0].error_code, code);
    assert_eq!(
        lab.call(wire, 1, fetch_offset()).groups[0].topics[0].partitions[0].error_code,
        code
    );
    let find = FindCoordinatorRequest {
        keys: vec!["a".to_owned(), "b".to_owned()],
        ..Default::default()
    };
    let found = lab.call(wire, 4, find).coordinators;
    assert!(found.len() == 2 && found.iter().all(|found| found.error_code == code));
    let metadata = MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            name: Some("t".into()),
            ..Default::default()
        }]),
        ..Default::default()
    };
    assert_eq!(lab.call(wire, 12, metadata).topics[0].error_code, code);
    lab.command(Command::Heal);
    assert_eq!(lab.heartbeat(&member), NONE);
}

#[test]
fn a_fault_hits_the_nth_request_that_matches_and_no_other() {
    let mut lab = Lab::new(quick());
    let member = lab.stable_group(1).remove(0);
    let refuse = FaultAction::Answer(ErrorCode::NOT_COORDINATOR);
    inject(&mut lab, Fault::on(ApiKey::Heartbeat, refuse).skip(1).times(2));
    inject(
        &mut lab,
        Fault::on(ApiKey::OffsetCommit, refuse).from("somebody else"),
    );
    inject(&mut lab, Fault::on(ApiKey::OffsetCommit, refuse).at(NodeId(9)));
    let beats: Vec<_> = (0..4).map(|_| lab.heartbeat(&member)).collect();
    assert_eq!(
        beats,
        [NONE, ErrorCode::NOT_COORDINATOR, ErrorCode::NOT_COORDINATOR, NONE]
    );
    assert_eq!(lab.commit(member.commit(1)), NONE);
}

#[test]
fn a_delayed_request_holds_up_its_connection_only() {
    let mut lab = Lab::new(quick());
    let member = lab.stable_group(1).remove(0);
    inject(
        &mut lab,
        Fault::on(
            ApiKey::OffsetCommit,
            FaultAction::Delay(Duration::from_millis(300)),
        ),
    );
    let wire = lab.coordinator_wire();
    lab.send(wire, 9, member.commit(1));
    lab.send(wire, 4, member.heartbeat());
    assert_eq!(lab.commit(member.commit(2)), NONE);
    lab.pass(299);
    assert_eq!((lab.next(wire), lab.stored()), (None, Some(2)));
    lab.pass(1);
    assert_eq!(lab.stored(), Some(1), "an old commit lands late");
    assert!(lab.next(wire).is_some() && lab.next(wire).is_some());
}

#[test]
fn lost_requests_and_lost_answers() {
    let cases = [
        (FaultAction::Drop, None, false),
        (FaultAction::LoseAnswer, Some(5), false),
        (FaultAction::Close, None, true),
        (FaultAction::CloseInsteadOfAnswer, Some(5), true),
    ];
    for (action, stored, closed) in cases {
        let mut lab = Lab::new(quick());
        let wire = lab.coordinator_wire();
        inject(&mut lab, Fault::on(ApiKey::OffsetCommit, action));
        lab.send(wire, 9, commit(5));
        lab.send(wire, 8, fetch_offset());
        lab.pass(60_000);
        assert_eq!(lab.next(wire), None, "{action:?}");
        assert_eq!(
            (lab.stored(), lab.is_closed(wire)),
            (stored, closed),
            "{action:?}"
        );
    }
}

/// One request of each API, with little in it.
fn one_of_each(lab: &mut Lab) -> Vec<Request> {
    let member = lab.newcomer();
    let topic = || MetadataRequestTopic {
        name: Some("t".into()),
        ..Default::default()
    };
    vec![
        ProduceRequest {
            acks: -1,
            topic_data: vec![ProduceTopic {
                name: "t".into(),
                partition_data: vec![ProducePartition {
                    index: 1,
                    records: Some(Bytes::new()),
                }],
                ..Default::default()
            }],
            ..Default::default()
        }
        .into(),
        FetchRequest {
            session_epoch: -1,
            topics: vec![FetchTopic {
                topic: "t".into(),
                partitions: vec![
                    FetchPartition::default(),
                    FetchPartition {
                        partition: 1,
                        ..Default::default()
                    },
                ],
                ..Default::default()
            }],
            ..Default::default()
        }
        .into(),
        ListOffsetsRequest {
            topics: vec![ListOffsetsTopic {
                name: "t".into(),
                partitions: [0, 1, LATEST_TIMESTAMP, EARLIEST_TIMESTAMP]
                    .map(|timestamp| ListOffsetsPartition {
                        partition_index: i32::from(timestamp == 1),
                        timestamp,
                        ..Default::default()
                    })
                    .to_vec(),
            }],
            ..Default::default()
        }
        .into(),
        MetadataRequest {
            topics: Some(vec![
                topic(),
                MetadataRequestTopic {
                    name: Some("nowhere".into()),
                    ..Default::default()
                },
            ]),
            ..Default::default()
        }
        .into(),
        commit(1).into(),
        fetch_offset().into(),
        FindCoordinatorRequest {
            keys: vec![GROUP.to_owned()],
            ..Default::default()
        }
        .into(),
        member.join().into(),
        member.heartbeat().into(),
        leave(&[member.leaving()]).into(),
        member.sync(vec![]).into(),
        DescribeGroupsRequest {
            groups: vec![GROUP.into(), "g7".into()],
            ..Default::default()
        }
        .into(),
        ListGroupsRequest::default().into(),
        ApiVersionsRequest {
            client_software_name: "lab".to_owned(),
            client_software_version: "0".to_owned(),
            ..ApiVersionsRequest::default()
        }
        .into(),
        CreateTopicsRequest {
            topics: vec![
                CreatableTopic {
                    name: "new".into(),
                    num_partitions: 1,
                    replication_factor: 1,
                    ..Default::default()
                },
                CreatableTopic {
                    name: "t".into(),
                    num_partitions: 1,
                    replication_factor: 1,
                    ..Default::default()
                },
            ],
            validate_only: true,
            ..Default::default()
        }
        .into(),
        DeleteTopicsRequest {
            topics: vec![DeletableTopic {
                name: Some("nowhere".into()),
                ..Default::default()
            }],
            ..Default::default()
        }
        .into(),
        InitProducerIdRequest::default().into(),
        CreatePartitionsRequest {
            topics: vec![CreatePartitionsTopic {
                name: "t".into(),
                count: 1,
                assignments: None,
            }],
            ..Default::default()
        }
        .into(),
        DeleteGroupsRequest {
            groups_names: vec!["g7".into()],
        }
        .into(),
        OffsetDeleteRequest {
            group_id: GROUP.into(),
            topics: vec![],
        }
        .into(),
    ]
}

/// The lab writes every answer it gets: one that its version cannot carry fails there.
#[test]
fn every_answer_of_every_api_can_be_written_in_every_version() {
    let mut lab = Lab::new(Config { nodes: 3, ..quick() });
    let requests = one_of_each(&mut lab);
    let apis: std::collections::BTreeSet<_> = requests.iter().map(Request::api).collect();
    assert!(apis.iter().eq(kohort_broker::SERVED), "an API is missing here");
    for request in requests {
        let api = request.api();
        let range = kohort_broker::served_versions(api);
        for version in range.min..=range.max {
            for node in 1..=3 {
                let wire = lab.wire(NodeId(node));
                lab.send(wire, version, request.clone());
                assert!(lab.next(wire).is_some(), "{api} v{version}");
                inject(
                    &mut lab,
                    Fault::on(api, FaultAction::Answer(ErrorCode::UNKNOWN_SERVER_ERROR)),
                );
                lab.send(wire, version, request.clone());
                assert!(lab.next(wire).is_some(), "{api} v{version}, refused");
            }
        }
    }
}

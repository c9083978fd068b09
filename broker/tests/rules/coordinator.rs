//! Finding, loading, moving and losing the coordinator.

use std::time::Duration;

use kohort_broker::{Closing, Command, Config, GroupState, Latencies};
use kohort_protocol::api::delete_groups::DeleteGroupsRequest;
use kohort_protocol::api::describe_groups::DescribeGroupsRequest;
use kohort_protocol::api::find_coordinator::{Coordinator, CoordinatorType, FindCoordinatorRequest};
use kohort_protocol::api::heartbeat::HeartbeatRequest;
use kohort_protocol::api::offset_commit::OffsetCommitRequest;
use kohort_protocol::api::offset_delete::OffsetDeleteRequest;
use kohort_protocol::{ErrorCode, Generation, NodeId, TopicId};

use crate::lab::*;

const NOT_COORDINATOR: ErrorCode = ErrorCode::NOT_COORDINATOR;
const LOADING: ErrorCode = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;

fn slow() -> Config {
    Config {
        nodes: 3,
        latencies: Latencies::KAFKA,
        ..quick()
    }
}

fn find(lab: &mut Lab, node: i32) -> Coordinator {
    let wire = lab.wire(NodeId(node));
    let request = FindCoordinatorRequest {
        keys: vec![GROUP.to_owned()],
        ..Default::default()
    };
    lab.call(wire, 4, request).coordinators.remove(0)
}

/// Settled after whatever happened.
fn settled(config: Config) -> Lab {
    let mut lab = Lab::new(config);
    lab.pass(5000);
    lab
}

#[test]
fn a_fresh_cluster_says_15_then_a_node_that_says_16_then_14_then_serves() {
    let mut lab = Lab::fresh(slow());
    let early = lab.wire(NodeId(1));
    assert_eq!(lab.fetched(early), Err(NOT_COORDINATOR), "a direct call before");
    let first = find(&mut lab, 1);
    assert_eq!(
        (first.error_code, first.node_id),
        (ErrorCode::COORDINATOR_NOT_AVAILABLE, NodeId::NONE)
    );
    lab.pass(119);
    assert_eq!(find(&mut lab, 2).error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
    lab.pass(1);
    let named = find(&mut lab, 3);
    assert_eq!(named.error_code, NONE);
    let wire = lab.wire(named.node_id);
    assert_eq!(
        lab.fetched(wire),
        Err(NOT_COORDINATOR),
        "a single retry after 0 is not enough"
    );
    lab.pass(199);
    assert_eq!(lab.fetched(wire), Err(NOT_COORDINATOR));
    lab.pass(1);
    assert_eq!(lab.fetched(wire), Err(LOADING));
    lab.pass(30);
    assert_eq!(lab.fetched(wire), Ok(-1));
}

#[test]
fn conn_7_and_8_find_coordinator() {
    let mut lab = settled(Config { nodes: 3, ..quick() });
    let wire = lab.wire(NodeId(1));
    let ask = |key_type, keys: &[&str]| FindCoordinatorRequest {
        key_type: CoordinatorType(key_type),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    };
    let found = lab.call(wire, 4, ask(0, &["b", "a", "b", ""])).coordinators;
    let keys: Vec<_> = found.iter().map(|found| found.key.as_str()).collect();
    assert_eq!(keys, ["b", "a", "b", ""], "in order, duplicates twice");
    assert!(
        found
            .iter()
            .all(|found| found.error_code.is_ok() && found.port > 0),
        "an empty group id too"
    );
    assert_eq!(found[0], found[2]);
    assert_eq!(lab.call(wire, 4, ask(0, &[])).coordinators, []);
    for (key_type, version) in [(5, 4), (2, 4), (2, 6)] {
        let refused = lab.call(wire, version, ask(key_type, &["x"])).coordinators;
        assert_eq!(
            refused[0].error_code,
            ErrorCode::INVALID_REQUEST,
            "type {key_type} v{version}"
        );
    }
    let everywhere: Vec<_> = (1..=3).map(|node| find(&mut lab, node).node_id).collect();
    assert!(
        everywhere.iter().all(|node| *node == everywhere[0]),
        "the same node from all brokers"
    );
}

#[test]
fn errors_on_the_wrong_node() {
    let mut lab = settled(Config { nodes: 3, ..quick() });
    let wire = lab.wire(NodeId(lab.coordinator().0 % 3 + 1));
    let member = Member::new(wire, wire);
    assert_eq!(lab.call(wire, 9, member.join()).error_code, NOT_COORDINATOR);
    assert_eq!(lab.call(wire, 4, member.heartbeat()).error_code, NOT_COORDINATOR);
    assert_eq!(lab.call(wire, 5, member.sync(vec![])).error_code, NOT_COORDINATOR);
    assert_eq!(
        lab.call(wire, 5, leave(&[member.leaving()])).error_code,
        NOT_COORDINATOR
    );
    let describe = DescribeGroupsRequest {
        groups: vec![GROUP.into()],
        ..Default::default()
    };
    assert_eq!(lab.call(wire, 6, describe).groups[0].error_code, NOT_COORDINATOR);
    let delete = DeleteGroupsRequest {
        groups_names: vec![GROUP.into()],
    };
    assert_eq!(lab.call(wire, 2, delete).results[0].error_code, NOT_COORDINATOR);
    let delete = OffsetDeleteRequest {
        group_id: GROUP.into(),
        topics: vec![],
    };
    assert_eq!(lab.call(wire, 0, delete).error_code, NOT_COORDINATOR);
    for version in 2..=9 {
        let answer = lab.call(wire, version, fetch_offset());
        assert_eq!(
            (answer.groups[0].error_code, answer.groups[0].topics.len()),
            (NOT_COORDINATOR, 0),
            "v{version}"
        );
    }
    let answer = lab.call(wire, 1, fetch_offset());
    assert_eq!(
        answer.groups[0].topics[0].partitions[0].error_code, NOT_COORDINATOR,
        "v1 per partition"
    );

    // OffsetCommit looks at the topic first.
    let mut request = commit(1);
    request.topics = vec![
        commit_topic("t", &[(0, 1), (99, 1)]),
        commit_topic("nowhere", &[(0, 1)]),
    ];
    request.generation_id_or_member_epoch = Generation(77);
    let answer = lab.call(wire, 9, request);
    let codes: Vec<_> = answer
        .topics
        .iter()
        .flat_map(|topic| &topic.partitions)
        .map(|partition| partition.error_code)
        .collect();
    let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    assert_eq!(codes, [NOT_COORDINATOR, unknown, unknown]);
}

/// A Stable group of one on a settled cluster of three with Kafka's latencies.
pub(super) fn slow_group() -> (Lab, Member) {
    let mut lab = settled(slow());
    let mut member = Member::new(lab.coordinator_wire(), lab.coordinator_wire());
    member.session = 10_000;
    member.id = lab.call(member.wire, 9, member.join()).member_id;
    let joined = lab.call(member.wire, 9, member.join());
    member.note(&joined);
    lab.send(member.wire, 5, member.sync(vec![]));
    assert_eq!(lab.synced(&member), None, "not before it is flushed");
    lab.pass(5);
    assert_eq!(lab.synced(&member).unwrap().error_code, NONE);
    (lab, member)
}

pub(super) fn code_of_commit(lab: &mut Lab, wire: Wire, member: &Member, offset: i64) -> Option<ErrorCode> {
    lab.send(wire, 9, member.commit(offset));
    let answer = lab.answer::<OffsetCommitRequest>(wire)?;
    Some(answer.topics[0].partitions[0].error_code)
}

pub(super) fn beat(lab: &mut Lab, wire: Wire, member: &Member) -> ErrorCode {
    lab.call(wire, 4, member.heartbeat()).error_code
}

pub(super) fn next_node(node: NodeId) -> NodeId {
    NodeId(node.0 % 3 + 1)
}

#[test]
fn a_move_leaves_a_zombie_that_reads_but_does_not_write() {
    let (mut lab, member) = slow_group();
    let old = lab.coordinator();
    let new = next_node(old);
    let (at_old, at_new) = (lab.wire(old), lab.wire(new));
    lab.move_coordinator(new);
    assert_eq!(find(&mut lab, old.0).node_id, new);
    assert_eq!(
        code_of_commit(&mut lab, at_old, &member, 1),
        Some(NOT_COORDINATOR),
        "at once"
    );
    assert_eq!(beat(&mut lab, at_old, &member), NONE, "while heartbeats");
    assert_eq!(lab.fetched(at_old), Ok(-1), "and reads are served");
    assert_eq!(lab.fetched(at_new), Err(LOADING));
    assert_eq!(code_of_commit(&mut lab, at_new, &member, 1), Some(LOADING));
    assert_eq!(
        beat(&mut lab, at_new, &member),
        NONE,
        "a good heartbeat does not prove a loaded coordinator"
    );

    lab.pass(30);
    assert_eq!(
        code_of_commit(&mut lab, at_new, &member, 7),
        None,
        "flushed after 5 ms"
    );
    lab.pass(5);
    assert!(lab.next(at_new).is_some());
    assert_eq!(
        lab.fetched(at_old),
        Ok(-1),
        "two coordinators: the old one is out of date"
    );
    assert_eq!(lab.fetched(at_new), Ok(7));
    lab.pass(315);
    assert_eq!(lab.fetched(at_old), Err(NOT_COORDINATOR));
    assert_eq!(beat(&mut lab, at_old, &member), NOT_COORDINATOR);
    assert_eq!(beat(&mut lab, at_new, &member), NONE, "the same generation");
}

#[test]
fn a_parked_join_on_the_old_coordinator_gets_16() {
    let (mut lab, member) = slow_group();
    let newcomer = lab.newcomer();
    lab.joining(&newcomer);
    let to = next_node(lab.coordinator());
    lab.move_coordinator(to);
    lab.pass(349);
    assert_eq!(lab.joined(&newcomer), None);
    lab.pass(1);
    assert_eq!(lab.joined(&newcomer).unwrap().error_code, NOT_COORDINATOR);
    let at_new = lab.wire(to);
    assert_eq!(
        beat(&mut lab, at_new, &member),
        NONE,
        "the round is forgotten: Stable as last written"
    );
}

#[test]
fn a_coordinator_that_moves_away_and_back_forgets_what_was_parked() {
    let (mut lab, member) = slow_group();
    let newcomer = lab.newcomer();
    lab.joining(&newcomer);
    let old = lab.coordinator();
    lab.move_coordinator(next_node(old));
    lab.pass(100);
    lab.move_coordinator(old);
    assert_eq!(lab.joined(&newcomer).unwrap().error_code, NOT_COORDINATOR);
    let wire = lab.wire(old);
    assert_eq!(lab.fetched(wire), Err(LOADING));
    lab.pass(30);
    assert_eq!(beat(&mut lab, wire, &member), NONE);
    assert_eq!(lab.group().members.len(), 1);
}

#[test]
fn a_sync_that_was_not_flushed_is_refused_when_the_coordinator_moves() {
    let (mut lab, mut member) = slow_group();
    let joined = lab.call(member.wire, 9, member.join());
    member.note(&joined);
    lab.send(member.wire, 5, member.sync(vec![]));
    let to = next_node(lab.coordinator());
    lab.move_coordinator(to);
    assert_eq!(lab.synced(&member).unwrap().error_code, NOT_COORDINATOR);
}

#[test]
fn an_unflushed_commit_is_kept_or_lost_by_a_kill_but_never_acknowledged_and_an_acknowledged_one_is_never_lost()
 {
    let mut outcomes = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let mut lab = settled(Config { seed, ..slow() });
        let wire = lab.coordinator_wire();
        lab.send(wire, 9, commit(1));
        lab.pass(5);
        assert!(lab.next(wire).is_some(), "acknowledged");
        lab.send(wire, 9, commit(2));
        lab.pass(4);
        let victim = lab.coordinator();
        lab.command(Command::Stop(victim));
        assert!(lab.is_closed(wire));
        lab.pass(2000);
        assert_ne!(lab.coordinator(), victim);
        lab.pass(230);
        assert_eq!(lab.next(wire), None, "never acknowledged");
        outcomes.insert(lab.committed());
    }
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_killed_coordinator_is_replaced_after_the_failover() {
    let (mut lab, member) = slow_group();
    let victim = lab.coordinator();
    lab.command(Command::Stop(victim));
    let other = next_node(victim);
    lab.pass(1999);
    assert_eq!(find(&mut lab, other.0).node_id, victim, "nobody has noticed");
    lab.pass(1);
    let named = find(&mut lab, other.0).node_id;
    assert_ne!(named, victim);
    let wire = lab.wire(named);
    assert_eq!(beat(&mut lab, wire, &member), NOT_COORDINATOR);
    lab.pass(200);
    assert_eq!(lab.fetched(wire), Err(LOADING));
    lab.pass(30);
    assert_eq!(
        beat(&mut lab, wire, &member),
        NONE,
        "no rebalance by the move itself"
    );

    lab.command(Command::Start(victim));
    assert_eq!(lab.coordinator(), named, "it does not take back what it lost");
}

/// One replica: nobody takes over, the node itself comes back with its disk.
fn restart(lab: &mut Lab) {
    let node = lab.coordinator();
    lab.command(Command::Stop(node));
    lab.pass(10);
    lab.command(Command::Start(node));
}

#[test]
fn after_a_restart_the_last_synced_generation_counts() {
    let mut lab = Lab::new(quick());
    let mut members = lab.stable_group(1);
    let pending = lab.newcomer();
    restart(&mut lab);
    let stale = members[0].other;
    assert!(lab.is_closed(stale));
    members[0].wire = lab.coordinator_wire();
    members[0].other = lab.coordinator_wire();
    assert_eq!(lab.heartbeat(&members[0]), NONE, "Stable");
    let wire = lab.coordinator_wire();
    assert_eq!(
        lab.call(wire, 9, pending.join()).error_code,
        ErrorCode::UNKNOWN_MEMBER_ID,
        "pending ids are gone"
    );

    // PreparingRebalance: back to Stable.
    let second = lab.newcomer();
    lab.joining(&second);
    assert_eq!(lab.heartbeat(&members[0]), ErrorCode::REBALANCE_IN_PROGRESS);
    restart(&mut lab);
    members[0].wire = lab.coordinator_wire();
    members[0].other = lab.coordinator_wire();
    assert_eq!(lab.heartbeat(&members[0]), NONE);

    // CompletingRebalance: the unsynced generation is gone, the one before is valid again.
    let before = members[0].generation;
    let joined = lab.call(members[0].wire, 9, members[0].join());
    members[0].note(&joined);
    restart(&mut lab);
    members[0].other = lab.coordinator_wire();
    let illegal = ErrorCode::ILLEGAL_GENERATION;
    assert_eq!(lab.heartbeat(&members[0]), illegal);
    assert_eq!(lab.commit(members[0].commit(1)), illegal);
    let sync = members[0].sync(vec![]);
    assert_eq!(lab.call(members[0].other, 5, sync).error_code, illegal);
    members[0].generation = before;
    assert_eq!(lab.heartbeat(&members[0]), NONE, "generation - 1");
    assert_eq!(lab.group().state, GroupState::Stable);
}

#[test]
fn a_restarted_node_says_16_then_loads() {
    let mut lab = settled(Config { nodes: 1, ..slow() });
    let node = lab.coordinator();
    restart(&mut lab);
    let wire = lab.wire(node);
    assert_eq!(lab.fetched(wire), Err(NOT_COORDINATOR));
    lab.pass(200);
    assert_eq!(lab.fetched(wire), Err(LOADING));
    lab.pass(30);
    assert_eq!(lab.fetched(wire), Ok(-1));
}

#[test]
fn with_one_replica_a_dead_coordinator_has_no_successor() {
    let mut lab = settled(Config {
        offsets_topic_replication_factor: 1,
        ..slow()
    });
    let node = lab.coordinator();
    lab.command(Command::Stop(node));
    lab.pass(2000);
    assert_eq!(
        find(&mut lab, next_node(node).0).error_code,
        ErrorCode::COORDINATOR_NOT_AVAILABLE
    );
}

#[test]
fn a_paused_coordinator_goes_on_as_a_zombie_beside_the_real_one() {
    let (mut lab, member) = slow_group();
    let old = lab.coordinator();
    let at_old = lab.wire(old);
    lab.command(Command::Pause(old));
    lab.send(at_old, 4, member.heartbeat());
    lab.pass(3000);
    assert_eq!(lab.next(at_old), None);
    let new = lab.coordinator();
    assert_ne!(new, old);
    let at_new = lab.wire(new);
    assert_eq!(code_of_commit(&mut lab, at_new, &member, 9), None);
    lab.pass(5);
    assert!(lab.next(at_new).is_some());

    lab.command(Command::Continue(old));
    assert_eq!(
        lab.answer::<HeartbeatRequest>(at_old).unwrap().error_code,
        NONE,
        "what lay in its socket"
    );
    assert_eq!(lab.fetched(at_old), Ok(-1), "out of date");
    assert_eq!(lab.fetched(at_new), Ok(9));
    assert_eq!(
        code_of_commit(&mut lab, at_old, &member, 1),
        Some(NOT_COORDINATOR)
    );
    lab.pass(350);
    assert_eq!(lab.fetched(at_old), Err(NOT_COORDINATOR));
}

/// Found by the simulator: its shard began to serve when it was started again, ended the sessions of members that it never heard of,
/// and wrote that down.
#[test]
fn a_dead_node_that_is_elected_before_it_is_missed_is_no_second_coordinator_when_it_comes_back() {
    let (mut lab, _) = slow_group();
    let first = lab.coordinator();
    lab.command(Command::Stop(first));
    lab.pass(1900);
    let others = [next_node(first), next_node(next_node(first))];
    for other in others {
        lab.command(Command::Stop(other));
    }
    lab.pass(150);
    let elected = lab.coordinator();
    assert!(others.contains(&elected), "it is not missed yet");
    lab.command(Command::Start(first));
    lab.pass(2000);
    assert_eq!(lab.coordinator(), first);
    lab.command(Command::Start(elected));
    lab.pass(1000);
    let group = kohort_protocol::GroupId::from(GROUP);
    assert!(lab.cluster.group_on(first, &group).is_some());
    assert!(lab.cluster.group_on(elected, &group).is_none());
}

#[test]
fn sessions_do_not_end_on_a_paused_node_but_when_it_goes_on() {
    let mut lab = Lab::new(quick());
    let member = lab.stable_group(1).remove(0);
    let node = lab.coordinator();
    lab.command(Command::Pause(node));
    lab.pass(100);
    lab.command(Command::Continue(node));
    lab.pass(100);
    assert_eq!(lab.heartbeat(&member), NONE, "a short pause harms nobody");
}

#[test]
fn what_a_paused_node_had_in_its_sockets_when_the_client_reset_may_land_or_not() {
    let mut outcomes = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let mut lab = Lab::new(Config {
            seed,
            latencies: Latencies {
                failover: Duration::from_secs(60),
                ..Latencies::NONE
            },
            ..quick()
        });
        let node = lab.coordinator();
        let wire = lab.wire(node);
        lab.command(Command::Pause(node));
        lab.send(wire, 9, commit(10));
        lab.hang_up(wire, Closing::Reset);
        lab.command(Command::Continue(node));
        outcomes.insert(lab.stored());
    }
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), [None, Some(10)]);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = |seed| {
        let mut lab = Lab::new(Config { seed, ..quick() });
        lab.stable_group(3)
            .iter()
            .map(|member| member.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

/// What the member commits is acknowledged by this node.
fn commits(lab: &mut Lab, node: NodeId, request: OffsetCommitRequest) {
    let wire = lab.wire(node);
    lab.send(wire, 9, request);
    lab.pass(5);
    let answer = lab.answer::<OffsetCommitRequest>(wire).expect("it is flushed");
    assert_eq!(answer.topics[0].partitions[0].error_code, NONE);
}

fn make_anew(lab: &mut Lab) {
    lab.command(Command::DeleteTopic("t".into()));
    lab.command(Command::CreateTopic {
        topic: "t".into(),
        partitions: 1,
    });
}

/// Seen on Kafka 4.4.0: whatever the version of the commit, the id is stored with it, and looked at only where an id is asked for.
#[test]
fn offsets_that_outlive_their_topic_are_hidden_from_requests_by_id_alone() {
    for version in [9, 10] {
        let mut lab = settled(slow());
        let (old, first) = (lab.topic_id(), lab.coordinator());
        let mut request = commit(9);
        request.topics[0].topic_id = old;
        let wire = lab.wire(first);
        lab.send(wire, version, request);
        lab.pass(5);
        lab.command(Command::Stop(first));
        make_anew(&mut lab);
        lab.pass(5000);
        let new = lab.topic_id();
        assert_eq!(lab.committed(), 9, "by name");
        assert_eq!(offset_by_id(&mut lab, Some(new)), (new, NONE, -1));
        assert_eq!(
            offset_by_id(&mut lab, Some(old)),
            (old, ErrorCode::UNKNOWN_TOPIC_ID, -1)
        );
        assert_eq!(offset_by_id(&mut lab, None), (new, NONE, 9), "all topics");
        lab.command(Command::DeleteTopic("t".into()));
        lab.pass(5);
        assert_eq!(lab.committed(), 9, "the deletion of another topic of its name");
    }
}

/// The topic, error and offset of OffsetFetch v10; of all topics without an id.
fn offset_by_id(lab: &mut Lab, id: Option<TopicId>) -> (TopicId, ErrorCode, i64) {
    let mut fetch = fetch_offset();
    let topics = &mut fetch.groups[0].topics;
    match id {
        Some(id) => topics.as_mut().unwrap()[0].topic_id = id,
        None => *topics = None,
    }
    let wire = lab.coordinator_wire();
    let answer = lab.call(wire, 10, fetch);
    let topic = &answer.groups[0].topics[0];
    let partition = &topic.partitions[0];
    (topic.topic_id, partition.error_code, partition.committed_offset)
}

#[test]
fn a_coordinator_that_stood_still_deletes_the_offsets_of_a_deleted_topic_when_it_goes_on() {
    let mut lab = settled(slow());
    let first = lab.coordinator();
    commits(&mut lab, first, commit(9));
    lab.command(Command::Pause(first));
    make_anew(&mut lab);
    lab.command(Command::Continue(first));
    lab.pass(5);
    assert_eq!((lab.coordinator(), lab.committed()), (first, -1));
}

/// Found by the simulator: the one that stood still wrote the deletion into the log that its successor leads, whose commits were then
/// flushed one record late.
#[test]
fn a_topic_that_is_deleted_while_a_deposed_coordinator_stands_still_costs_no_commit() {
    let (mut lab, member) = slow_group();
    let old = lab.coordinator();
    lab.command(Command::CreateTopic {
        topic: "u".into(),
        partitions: 1,
    });
    let of_u = OffsetCommitRequest {
        topics: vec![commit_topic("u", &[(0, 5)])],
        ..member.commit(1)
    };
    commits(&mut lab, old, of_u);
    lab.command(Command::Pause(old));
    lab.pass(3000);
    let new = lab.coordinator();
    assert_ne!(new, old);
    lab.command(Command::DeleteTopic("u".into()));
    commits(&mut lab, new, member.commit(9));
    assert_eq!(lab.stored(), Some(9), "what is acknowledged is stored");
    lab.command(Command::Stop(new));
    lab.pass(5000);
    assert_eq!(lab.committed(), 9, "and survives");
}

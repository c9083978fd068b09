//! The leader's share: hostile members, missing topics, topics that change.

use std::time::Duration;

use bytes::Bytes;
use kohort_protocol::api::join_group::JoinGroupResponse;
use kohort_protocol::{ErrorCode, LeaderEpoch, NodeId, TopicName};

use super::rig::*;
use crate::member::{Input, MemberConfig, MemberState};

const NOTHING: [&str; 0] = [];

#[test]
fn a_member_that_cannot_be_read_gets_nothing_and_the_others_go_on() {
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    let mut answer = lead(1, "m-1", &[("m-1", "t"), ("m-2", "t"), ("m-3", "t")]);
    answer.members[1].metadata = Bytes::from_static(b"\0\x01\x7f\xff\xff\xff");
    assert_eq!(
        rig.reply(answer),
        [
            "error: group g: subscription v1, byte 6: the bytes end in `topics`. Member m-2 wrote it, and gets no partitions",
            "SyncGroup@1 m-1 g1 m-1=[t-0 t-1] m-2=[] m-3=[t-2] (30s)"
        ]
    );
}

/// Four mebibytes of topics called `x` would take 69 MB.
#[test]
fn a_subscription_that_would_cost_the_leader_too_much_memory_is_one_that_cannot_be_read() {
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    let mut answer = lead(1, "m-1", &[("m-0", "t"), ("m-1", "t"), ("m-2", "t")]);
    let topics: i32 = 1_400_000;
    let hostile = [
        &[0, 0][..],
        &topics.to_be_bytes(),
        &b"\0\x01x".repeat(1_400_000),
        &[0xff; 4],
    ]
    .concat();
    answer.members[0].metadata = hostile.into();
    assert_eq!(
        rig.reply(answer),
        [
            "error: group g: subscription v0, byte 2054361: `topics` makes it take more than the 33554432 bytes of memory it may. Member m-0 wrote it, and gets no partitions",
            "SyncGroup@1 m-1 g1 m-0=[] m-1=[t-0 t-1] m-2=[t-2] (30s)"
        ]
    );
}

/// Each is below the limit; together they are not. Those that want little are served.
#[test]
fn subscriptions_of_all_members_together_have_a_limit_and_small_ones_come_first() {
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    let mut answer = lead(1, "m-1", &[("a", "t"), ("b", "t"), ("c", "t"), ("m-1", "t")]);
    for (member, topics) in answer.members.iter_mut().zip([600_000_i32, 500_000, 550_000]) {
        let names = b"\0\x01t".repeat(usize::try_from(topics).unwrap());
        member.metadata = [&[0, 0][..], &topics.to_be_bytes(), &names, &[0xff; 4]]
            .concat()
            .into();
    }
    let shown = rig.reply(answer);
    assert!(
        shown[0].ends_with("Member a wrote it, and gets no partitions"),
        "{shown:?}"
    );
    assert_eq!(
        shown[1..],
        ["SyncGroup@1 m-1 g1 a=[] b=[t-0] c=[t-1] m-1=[t-2] (30s)"]
    );
}

#[test]
fn topics_of_other_members_are_looked_up_before_they_are_divided() {
    let mut rig = Rig::started(config());
    rig.cluster = None;
    rig.reply(take_id("m-1"));
    let shown = rig.reply(lead(1, "m-1", &[("m-1", "t"), ("m-2", "u")]));
    assert_eq!(shown, NOTHING);
    assert_eq!(rig.pass_ms(120), ["metadata t u"]);
    assert_eq!(
        rig.metadata(topics(&[("t", 3), ("u", 2)])),
        ["SyncGroup@1 m-1 g1 m-1=[t-0 t-1 t-2] m-2=[u-0 u-1] (30s)"]
    );
}

#[test]
fn metadata_that_does_not_come_holds_the_round_up_for_a_while_only() {
    let mut rig = Rig::started(MemberConfig {
        request_timeout: Duration::from_secs(4),
        ..config()
    });
    rig.cluster = None;
    rig.reply(take_id("m-1"));
    rig.reply(lead(1, "m-1", &[("m-1", "t"), ("m-2", "u")]));
    let shown = rig.live(Duration::from_secs(4));
    assert_eq!(
        shown.last().unwrap(),
        "SyncGroup@1 m-1 g1 m-1=[t-0 t-1 t-2] m-2=[] (4s)"
    );
}

#[test]
fn a_leader_that_is_told_to_skip_the_assignment_syncs_empty_and_watches_all_the_same() {
    let mut rig = Rig::started(config());
    rig.reply(take_id("m-1"));
    let answer = JoinGroupResponse {
        skip_assignment: true,
        ..lead(1, "m-1", &[("m-1", "t")])
    };
    assert_eq!(rig.reply(answer), ["SyncGroup@1 m-1 g1  (30s)"]);
    rig.reply(synced("t-0 t-1 t-2"));
    rig.release();
    rig.give(Input::Waiting(true));
    rig.cluster = Some(topics(&[("t", 4)]));
    let shown = rig.live(Duration::from_secs(300));
    assert!(shown.iter().any(|line| line.starts_with("revoking")), "{shown:?}");
}

#[test]
fn rule_20_only_the_leader_watches_partition_counts() {
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    rig.cluster = Some(topics(&[("t", 4)]));
    let shown = rig.live(Duration::from_secs(300));
    assert_eq!(shown.last().unwrap(), "revoking t-0 t-1 t-2 by 600.000s");
    // A follower sees the same and does nothing.
    let mut rig = Rig::started(config());
    rig.give(Input::Waiting(true));
    rig.reply(take_id("m-1"));
    rig.reply(follow(1, "m-1"));
    rig.reply(synced("t-0"));
    rig.release();
    rig.cluster = Some(topics(&[("t", 4)]));
    let shown = rig.live(Duration::from_secs(300));
    assert!(
        !shown.iter().any(|line| line.starts_with("revoking")),
        "{shown:?}"
    );
}

#[test]
fn rule_20_a_leader_that_bounces_is_no_reason() {
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    let mut headless = topics(&[("t", 3)]);
    for partition in &mut headless.topics[0].partitions {
        partition.leader_id = NodeId(-1);
        partition.error_code = ErrorCode::LEADER_NOT_AVAILABLE;
    }
    rig.cluster = Some(headless);
    let shown = rig.live(Duration::from_secs(310));
    assert!(
        !shown.iter().any(|line| line.starts_with("revoking")),
        "{shown:?}"
    );
}

#[test]
fn a_single_broker_that_has_not_heard_of_a_topic_does_not_make_it_vanish() {
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    rig.cluster = None;
    rig.live(Duration::from_secs(300));
    assert!(rig.metadata_asked);
    rig.metadata(no_topic("t", ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    rig.live(Duration::from_secs(1));
    assert!(rig.metadata_asked, "it is asked about again, soon");
    assert_eq!(rig.metadata(topics(&[("t", 3)])), NOTHING);
    // Twice in a row is believed.
    rig.live(Duration::from_secs(301));
    rig.metadata(no_topic("t", ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    rig.live(Duration::from_secs(1));
    let shown = rig.metadata(no_topic("t", ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
    assert!(shown[0].starts_with("revoking"), "{shown:?}");
}

#[test]
fn s17_a_topic_made_anew_is_another_topic_and_its_old_offsets_are_not_committed() {
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    rig.reply(offsets(&[("t-0", 5), ("t-1", 5), ("t-2", 5)]));
    rig.live(Duration::from_secs(299));
    rig.commit(1, "t-0=7");
    rig.commit(2, "t-1=7");
    let mut anew = topics(&[("t", 3)]);
    anew.topics[0].topic_id = topic_id("new");
    rig.cluster = Some(anew);
    let fenced = |call, partition| {
        format!(
            "done {call}: fenced: {partition} not ours any more, or gained anew since; its owner continues from the last commit"
        )
    };
    let shown = rig.live(Duration::from_secs(1));
    assert_eq!(
        shown,
        [fenced(1, "t-0"), fenced(2, "t-1"), "lost t-0 t-1 t-2".into(),]
    );
    // The answer to the commit under way is of no use to anybody; then the next round begins.
    assert_eq!(rig.commit_stored(), ["JoinGroup@1 id=m-1 (305s)"]);
}

/// KIP-320's epochs begin anew with the topic, and it may have fewer partitions.
#[test]
fn s17_what_was_known_of_the_topic_before_is_forgotten() {
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    rig.reply(offsets(&[("t-0", 5), ("t-1", 5), ("t-2", 5)]));
    let mut anew = topics(&[("t", 1)]);
    anew.topics[0].topic_id = topic_id("new");
    anew.topics[0].partitions[0].leader_id = NodeId(2);
    anew.topics[0].partitions[0].leader_epoch = LeaderEpoch(0);
    rig.cluster = Some(anew);
    rig.live(Duration::from_secs(300));
    assert_eq!(
        rig.reply(lead(2, "m-1", &[("m-1", "t")])),
        ["SyncGroup@1 m-1 g2 m-1=[t-0] (30s)"]
    );
    rig.reply(synced("t-0"));
    rig.release();
    let mut nothing = offsets(&[("t-0", -1)]);
    nothing.groups[0].topics[0].topic_id = topic_id("new");
    assert_eq!(rig.reply(nothing), ["ListOffsets@2 t-0@-1 (30s)"]);
}

/// A commit of the old topic that got no answer may land late. Nothing that follows can tell, and the next round does not wait for it.
#[test]
fn s17_a_lost_answer_about_the_topic_before_holds_nothing_up() {
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    rig.reply(offsets(&[("t-0", 5), ("t-1", 5), ("t-2", 5)]));
    rig.commit(1, "t-0=7");
    rig.disconnect("OffsetCommit");
    let mut anew = topics(&[("t", 3)]);
    anew.topics[0].topic_id = topic_id("new");
    rig.cluster = Some(anew);
    rig.reply(found(1));
    rig.pass_ms(120);
    rig.commit_refused(ErrorCode::UNKNOWN_TOPIC_ID);
    rig.live(Duration::from_secs(1));
    if rig.is_open("OffsetCommit") {
        rig.commit_refused(ErrorCode::UNKNOWN_TOPIC_ID);
    }
    assert!(rig.is_open("JoinGroup"));
}

/// KIP-516, during a rolling upgrade: brokers before 2.8 name no ids. That makes no topic another one, nor does it when they do later.
/// What was known of it holds: the answer is also an old one, and passes a partition over.
#[test]
fn s17_what_an_old_broker_does_not_name_is_as_it_was() {
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    rig.reply(offsets(&[("t-0", 5), ("t-1", 5), ("t-2", 5)]));
    let named = topics(&[("t", 3)]);
    let mut unnamed = topics(&[("t", 2)]);
    unnamed.topics[0].topic_id = kohort_protocol::TopicId::ZERO;
    for said in [unnamed, named] {
        rig.cluster = Some(said);
        let shown = rig.live(Duration::from_secs(301));
        assert!(
            !shown.iter().any(|line| line.starts_with("revoking")),
            "{shown:?}"
        );
        rig.commit(1, "t-0=7");
        let kohort_protocol::api::Request::OffsetCommit(commit) = rig.request("OffsetCommit").1 else {
            unreachable!()
        };
        assert_eq!(commit.topics[0].topic_id, topic_id("t"));
        rig.commit_stored();
    }
}

/// KIP-516, likewise: a topic whose id is heard only after it was divided is the one that was divided.
#[test]
fn s17_a_topic_is_no_other_when_its_id_is_heard_later() {
    let named = topics(&[("t", 3)]);
    let mut unnamed = named.clone();
    unnamed.topics[0].topic_id = kohort_protocol::TopicId::ZERO;
    let mut rig = Rig::new(config());
    rig.give(Input::Start);
    rig.metadata(unnamed.clone());
    rig.cluster = Some(unnamed);
    rig.reply(found(1));
    rig.reply(take_id("m-1"));
    rig.reply(lead(1, "m-1", &[("m-1", "t")]));
    rig.reply(synced("t-0 t-1 t-2"));
    rig.release();
    rig.give(Input::Waiting(true));
    rig.cluster = Some(named);
    let shown = rig.live(Duration::from_secs(301));
    assert!(
        !shown.iter().any(|line| line.starts_with("revoking")),
        "{shown:?}"
    );
    assert_eq!(rig.member.state(), MemberState::Stable);
}

/// Our own client sees for itself that what it reads was made anew. Java's (ConsumerCoordinator.MetadataSnapshot) compares partitions,
/// not ids: the leader begins a round.
#[test]
fn s17_a_leader_divides_again_what_was_made_anew_and_others_read() {
    let mut rig = Rig::started(config());
    let both = topics(&[("t", 3), ("u", 3)]);
    rig.cluster = Some(both.clone());
    rig.reply(take_id("m-1"));
    rig.reply(lead(1, "m-1", &[("m-1", "t"), ("m-2", "u")]));
    rig.pass_ms(120);
    rig.reply(synced("t-0 t-1 t-2"));
    rig.release();
    rig.give(Input::Waiting(true));
    let shown = rig.live(Duration::from_secs(301));
    assert_eq!(rig.member.state(), MemberState::Stable, "{shown:?}");
    let mut anew = both;
    anew.topics[1].topic_id = topic_id("new");
    rig.cluster = Some(anew);
    let shown = rig.live(Duration::from_secs(301));
    assert!(shown.iter().any(|line| line.starts_with("revoking")), "{shown:?}");
}

/// KIP-848's OffsetCommit v10: the commit under way names the topic by its old id, so that the new topic of that name does not get
/// its offset. The refusal is how the member learns of it; it asks for metadata then, and lets go of the offset.
#[test]
fn s17_a_refused_topic_id_shows_that_the_topic_was_made_anew() {
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    rig.reply(offsets(&[("t-0", 5), ("t-1", 5), ("t-2", 5)]));
    rig.commit(1, "t-0=7");
    let mut anew = topics(&[("t", 3)]);
    anew.topics[0].topic_id = topic_id("new");
    rig.cluster = Some(anew);
    let mut shown = rig.commit_refused(ErrorCode::UNKNOWN_TOPIC_ID);
    shown.extend(rig.live(Duration::from_secs(1)));
    // It was said once more before the metadata came: of the old topic, of which the broker knows nothing.
    let kohort_protocol::api::Request::OffsetCommit(again) = rig.request("OffsetCommit").1 else {
        unreachable!()
    };
    assert_eq!(again.topics[0].topic_id, topic_id("t"));
    let fenced = "done 1: fenced: t-0 not ours any more, or gained anew since; its owner continues from the last commit";
    assert!(shown.contains(&fenced.to_owned()), "{shown:?}");
    assert!(shown.contains(&"lost t-0 t-1 t-2".to_owned()), "{shown:?}");
}

/// OffsetFetch v10 answers by id as well.
#[test]
fn offsets_of_an_unknown_topic_id_have_the_metadata_asked_for() {
    let mut rig = Rig::stable(config());
    rig.give(Input::Waiting(true));
    rig.cluster = None;
    rig.reply(offsets_with(&[
        ("t-0", 5, ErrorCode::UNKNOWN_TOPIC_ID),
        ("t-1", 5, ErrorCode::NONE),
        ("t-2", 5, ErrorCode::NONE),
    ]));
    rig.live(Duration::from_secs(1));
    assert!(rig.metadata_asked);
}

#[test]
fn a_missing_topic_is_told_once_and_looked_for_on() {
    let mut rig = Rig::new(config());
    rig.give(Input::Start);
    rig.reply(found(1));
    let mut told = Vec::new();
    let mut asked = 0;
    for _ in 0..600 {
        if rig.metadata_asked {
            asked += 1;
            told.extend(rig.metadata(no_topic("t", ErrorCode::UNKNOWN_TOPIC_OR_PARTITION)));
        }
        told.extend(rig.pass_ms(100));
    }
    told.retain(|line| line.starts_with("error"));
    assert_eq!(
        told,
        ["error: topic t of the subscription: UNKNOWN_TOPIC_OR_PARTITION (3); still looking for it"]
    );
    assert!((12..22).contains(&asked), "{asked} times in a minute");
}

#[test]
fn a_changed_subscription_is_offered_in_the_next_round() {
    let mut rig = Rig::stable(config());
    let shown = rig.give(Input::Subscribe(vec![TopicName::from("u")]));
    assert_eq!(shown, ["revoking t-0 t-1 t-2 by 300.000s"]);
    rig.release();
    let kohort_protocol::api::Request::JoinGroup(join) = rig.request("JoinGroup").1 else {
        unreachable!()
    };
    let offered =
        kohort_protocol::consumer_protocol::Subscription::decode(&join.protocols[0].metadata).unwrap();
    assert_eq!(offered.topics, [TopicName::from("u")]);
}

//! The classic protocol's life.

use kohort_protocol::ErrorCode;

use super::rig::*;
use crate::member::{Input, MemberState};

#[test]
fn the_first_member_joins_in_two_steps_and_leads() {
    let mut rig = Rig::new(config());
    assert_eq!(
        rig.give(Input::Start),
        ["FindCoordinator@any g (30s)", "metadata t"]
    );
    assert_eq!(rig.metadata(topics(&[("t", 3)])), [""; 0]);
    assert_eq!(
        rig.reply(found(1)),
        ["learned 1 h:9001", "JoinGroup@1 id= (305s)"]
    );
    assert_eq!(rig.member.state(), MemberState::PreparingRebalance);
    assert_eq!(rig.reply(take_id("m-1")), ["JoinGroup@1 id=m-1 (305s)"]);
    assert_eq!(
        rig.reply(lead(1, "m-1", &[("m-1", "t"), ("m-2", "t")])),
        ["SyncGroup@1 m-1 g1 m-1=[t-0 t-1] m-2=[t-2] (30s)"]
    );
    assert_eq!(rig.member.state(), MemberState::CompletingRebalance);
    assert_eq!(
        rig.reply(synced("t-0 t-1")),
        ["assigned t-0 t-1 in 1", "OffsetFetch@1 t-0 t-1 (30s)"]
    );
    assert_eq!(rig.member.state(), MemberState::Stable);
    assert_eq!(rig.pass_ms(2999), [""; 0]);
    assert_eq!(rig.pass_ms(1), ["Heartbeat@1 m-1 g1 (3.5s)"]);
    assert_eq!(rig.reply(heartbeat(ErrorCode::NONE)), [""; 0]);
}

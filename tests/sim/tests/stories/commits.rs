//! Commits whose answers are lost, and one that comes late.

use std::time::Duration;

use kohort_broker::FaultAction;
use kohort_protocol::{ApiKey, TopicPartition};
use kohort_sim::plan::{Act, MemberPlan, Mishap};

use crate::stage::Stage;

#[test]
fn a_commit_whose_answer_is_lost_is_sent_again() {
    for action in [
        FaultAction::LoseAnswer,
        FaultAction::CloseInsteadOfAnswer,
        FaultAction::Close,
        FaultAction::Drop,
    ] {
        let mut stage = Stage::group(14, 1);
        let before = stage.generation();
        let (api, mishap) = (ApiKey::OffsetCommit, Mishap(action));
        stage.disturb(&Act::Inject {
            api,
            mishap,
            times: 1,
        });
        let sent = stage.world.sent(ApiKey::OffsetCommit);
        stage.write(7);
        stage.read_all();
        stage.run_ms(8000); // a lost answer is noticed after request.timeout.ms
        // The one that was lost, the one after it, and the newest once more.
        assert!(stage.world.sent(ApiKey::OffsetCommit) >= sent + 3, "{mishap}");
        stage.was_undisturbed_since(before);
        stage.finish();
    }
}

#[test]
fn half_a_commit_is_none_and_half_of_its_answer_is_no_answer() {
    for (answer, reset) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut stage = Stage::group(15, 1);
        let (generation, partition) = (stage.generation(), TopicPartition::new("t", 0));
        let before = stage.committed(&partition);
        let tear = Act::Tear {
            member: 0,
            api: ApiKey::OffsetCommit,
            answer,
            reset,
        };
        stage.disturb(&tear);
        let sent = stage.world.sent(ApiKey::OffsetCommit);
        stage.write(1);
        stage.until("it is sent again", |world| {
            world.sent(ApiKey::OffsetCommit) == sent + 2
        });
        assert_eq!(stage.committed(&partition) != before, answer, "{tear}");
        stage.read_all();
        stage.run_ms(3000);
        stage.was_undisturbed_since(generation);
        stage.finish();
    }
}

#[test]
fn an_abandoned_commit_that_lands_late_is_overwritten_again() {
    // S06: a commit hangs in the coordinator and is given up; a newer one is acknowledged; then the old one takes effect and rewinds
    // it (seen on Kafka 4.4.0: 18 of 30).
    let impatient = MemberPlan {
        request: Duration::from_millis(700),
        ..MemberPlan::default()
    };
    let mut stage = Stage::new(20, 1, vec![impatient]);
    stage.settle();
    stage.write(17);
    stage.read_all();
    let partition = TopicPartition::new("t", 0);
    let first = stage.committed(&partition).unwrap();
    stage.run_ms(3000); // the coordinator has stayed: it is looked up at once when it is lost
    let hold = Duration::from_secs(6);
    stage.disturb(&Act::LateCommit { member: 0, hold });
    stage.write(3);
    stage.run_ms(500);
    assert_eq!(stage.committed(&partition), Some(first), "it hangs");
    stage.write(3);
    let newest = first + 18;
    stage.until("the newer one is stored", |world| world.is_caught_up());
    assert_eq!(stage.committed(&partition), Some(newest));
    let stored = stage.world.now;
    stage.until("the old one rewinds it", |world| !world.is_caught_up());
    assert_eq!(stage.committed(&partition), Some(first + 9));
    stage.until("it is stored again", |world| world.is_caught_up());
    let took = stage.world.now.since(stored);
    assert!(took < Duration::from_millis(700), "{took:?}");
    stage.run_ms(5000);
    assert_eq!(stage.committed(&partition), Some(newest));
    stage.finish();
}

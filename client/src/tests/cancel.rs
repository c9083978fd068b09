//! Every public future is dropped at each of its await points (C09): nothing stays behind, and the same call works then.

use std::collections::BTreeSet;

use kohort_protocol::ErrorCode;
use tokio::time::timeout;

use super::every::{Cut, EVERY, Named, answer, cut};
use super::*;

/// A broker with trouble at first, so that flows pause and repeat: the first request of each kind loses its connection, or
/// (a Produce, which is not repeated without an answer) is refused by a leader that moved. Answers take their time.
fn net() -> Net {
    let net = Net::default();
    let mut troubled = BTreeSet::new();
    net.broker("b1:9092", move |_, request| {
        let first = troubled.insert(request.api);
        match request.api {
            ApiKey::Produce if first => Then::After(
                SECOND,
                answer(&request.request, ErrorCode::NOT_LEADER_OR_FOLLOWER),
            ),
            ApiKey::Heartbeat | ApiKey::JoinGroup | ApiKey::Produce => {
                Then::After(SECOND, answer(&request.request, ErrorCode::NONE))
            }
            _ if first => Then::Close,
            _ => Then::After(SECOND, answer(&request.request, ErrorCode::NONE)),
        }
    });
    net
}

/// How many polls the future takes.
async fn cut_everywhere((name, call): Named, when: Cut) -> usize {
    for polls in 0.. {
        let net = net();
        let client = net.client("b1:9092");
        let outcome = cut(polls, when, call(client.clone())).await;
        if let Some(outcome) = outcome {
            outcome.unwrap();
            return polls;
        }
        settle().await;
        let place = format!("{name}, dropped {when:?} after {polls} polls");
        assert_eq!(net.under_way(), 0, "{place}: its request goes on");
        assert_eq!(
            Arc::strong_count(&client.hub),
            1,
            "{place}: somebody still holds the client"
        );
        let again = timeout(20 * SECOND, call(client.clone())).await;
        again
            .unwrap_or_else(|_| panic!("{place}: the next call hangs"))
            .unwrap_or_else(|error| panic!("{place}: the next call fails: {error}"));
        assert!(
            net.count(ApiKey::Produce) <= 3,
            "{place}: appended more often than asked"
        );
        drop(client);
        settle().await;
        assert_eq!(net.open(), 0, "{place}: a connection stays behind");
    }
    unreachable!()
}

#[tokio::test(start_paused = true)]
async fn every_future_at_every_await_point() {
    let mut sum = 0;
    for named in EVERY {
        let at_once = cut_everywhere(named, Cut::AtOnce).await;
        let when_woken = cut_everywhere(named, Cut::WhenWoken).await;
        println!("{:<20} polls={at_once}", named.0);
        assert!(
            at_once >= 2 && at_once == when_woken,
            "{}: it never waits?",
            named.0
        );
        sum += at_once + when_woken;
    }
    println!("client futures={} cuts={sum}", EVERY.len());
}

/// The one await point that needs company: a refresh waits for its turn behind another's.
#[tokio::test(start_paused = true)]
async fn a_refresh_that_waits_for_its_turn() {
    for when in [Cut::AtOnce, Cut::WhenWoken] {
        for polls in 0..3 {
            let net = net();
            let client = net.client("b1:9092");
            let (ahead, behind) = (client.clone(), client.clone());
            let ahead = tokio::spawn(async move { ahead.refresh_metadata(&["a".into()]).await });
            settle().await;
            let wanted = ["b".into()];
            let waiting = cut(polls, when, client.refresh_metadata(&wanted));
            let behind = async move {
                settle().await;
                behind.refresh_metadata(&["c".into()]).await
            };
            let (waiting, behind) = tokio::join!(waiting, behind);
            assert!(waiting.is_none());
            assert_eq!(behind.unwrap().topics.len(), 1, "{when:?}, {polls}");
            ahead.await.unwrap().unwrap();
            assert_eq!(client.metadata(&wanted).await.unwrap().topics.len(), 1);
        }
    }
}

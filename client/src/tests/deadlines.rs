//! No future of the client outlives its limit, whatever a broker keeps to itself (L05).

use kohort_protocol::ErrorCode;

use super::every::{EVERY, Named, answer};
use super::*;

/// `default.api.timeout.ms`, which is longer than any single request may take.
const LIMIT: Duration = Duration::from_secs(60);

async fn ends_in_time((name, call): Named, net: &Net, how: &str) {
    let client = net.client("b1:9092");
    let begin = Instant::now();
    let outcome = call(client.clone()).await;
    let took = begin.elapsed();
    assert!(took < LIMIT + SECOND, "{name}, {how}: {took:?}, {outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn of_a_broker_that_stops_answering_without_closing() {
    for silent_from in 0..5 {
        for named in EVERY {
            let net = Net::default();
            let mut asked = 0;
            net.broker("b1:9092", move |_, request| {
                asked += 1;
                match asked > silent_from {
                    true => Then::Park,
                    false => Then::Answer(answer(&request.request, ErrorCode::NONE)),
                }
            });
            ends_in_time(named, &net, &format!("silent after {silent_from} requests")).await;
        }
    }
}

/// Each answer comes just before its request would time out, and half of the connections break then.
#[tokio::test(start_paused = true)]
async fn of_a_broker_that_is_always_late() {
    for named in EVERY {
        let net = Net::default();
        let mut asked = 0;
        net.broker("b1:9092", move |_, request| {
            asked += 1;
            match asked % 3 {
                1 => Then::Park,
                2 => Then::Close,
                _ => Then::After(29 * SECOND, answer(&request.request, ErrorCode::NONE)),
            }
        });
        ends_in_time(named, &net, "always late").await;
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_broker_that_does_not_even_shake_hands() {
    for named in EVERY {
        let net = Net::default();
        net.rude("b1:9092", &[], false);
        ends_in_time(named, &net, "a black hole").await;
    }
}

/// Whoever waits for another's refresh has a limit of its own.
#[tokio::test(start_paused = true)]
async fn of_a_refresh_that_waits_behind_others_which_are_given_up() {
    let net = Net::default();
    net.broker("b1:9092", |_, _| Then::Park);
    let client = net.client("b1:9092");
    let others = (1..6).map(|number| {
        let client = client.clone();
        tokio::time::timeout(
            number * 20 * SECOND,
            async move { client.refresh_metadata(&[]).await },
        )
    });
    let others: Vec<_> = others.map(tokio::spawn).collect();
    settle().await;
    let begin = Instant::now();
    client.metadata(&["t".into()]).await.unwrap_err();
    assert!(begin.elapsed() < LIMIT + SECOND, "{:?}", begin.elapsed());
    drop(others);
}

#[tokio::test(start_paused = true)]
async fn the_error_says_what_was_tried_before() {
    let net = Net::default();
    let mut asked = 0;
    net.broker("b1:9092", move |_, _| {
        asked += 1;
        if asked == 1 { Then::Close } else { Then::Park }
    });
    let client = net.client_with("b1:9092", |config| config.default_api_timeout = 10 * SECOND);
    let text = client.coordinator(&"g".into()).await.unwrap_err().to_string();
    assert!(
        text.contains("not done within default.api.timeout.ms (10s)")
            && text.contains("the broker closed the connection"),
        "{text}"
    );
}

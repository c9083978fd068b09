//! Answers that come late, in pieces, or not to their end.

use core::ops::RangeInclusive;

use kohort_protocol::api::metadata::MetadataRequest;

use super::*;

/// Every byte of a short answer; of a long one the beginning, the end, and some in between.
fn places(size: usize) -> impl Iterator<Item = usize> {
    let ends: [RangeInclusive<usize>; 2] = [0..=40, size.saturating_sub(10)..=size];
    (0..size).filter(move |at| at % 37 == 0 || ends.iter().any(|end| end.contains(at)))
}

#[tokio::test(start_paused = true)]
async fn w01_w04_answers_that_are_late_by_anything_up_to_half_a_minute() {
    for (named, api, _) in each_answer().await {
        for millis in [1, 500, 9_000, 29_000] {
            let pause = Duration::from_millis(millis);
            let late = move |bytes: Vec<u8>| Then::Pieces(vec![(pause, bytes)]);
            let (outcome, took) = after_one(named, api, late).await;
            let in_time = pause < 9 * SECOND || api != ApiKey::ApiVersions;
            if in_time && !matches!(named.0, "call_within" | "Port::recv") {
                assert_eq!(outcome, Ok(()), "{}, {api:?}, {pause:?}", named.0);
                assert!(took < pause + SECOND, "{}: {took:?}", named.0);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn w08_an_answer_in_two_pieces_is_one_answer() {
    for (named, api, size) in each_answer().await {
        for at in places(size) {
            let pieces = move |mut bytes: Vec<u8>| {
                let rest = bytes.split_off(at);
                Then::Pieces(vec![(Duration::ZERO, bytes), (SECOND, rest)])
            };
            let (outcome, _) = after_one(named, api, pieces).await;
            assert_eq!(outcome, Ok(()), "{}, {api:?} cut at {at}", named.0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn w02_a_connection_that_ends_at_any_byte_of_an_answer() {
    for (named, api, size) in each_answer().await {
        for at in places(size) {
            let cut = move |mut bytes: Vec<u8>| {
                bytes.truncate(at);
                Then::RawThenClose(bytes)
            };
            let (outcome, took) = after_one(named, api, cut).await;
            assert!(took < SECOND, "{}, {api:?} cut at {at}: {took:?}", named.0);
            if let Err(error) = outcome {
                let text = error.to_string();
                assert!(
                    text.contains("closed"),
                    "{}, {api:?} cut at {at}: {text}",
                    named.0
                );
            }
        }
    }
}

/// What came of a handshake that failed has no place in the next, with another address.
#[tokio::test(start_paused = true)]
async fn w02_a_handshake_that_ends_at_any_byte_is_begun_anew_elsewhere() {
    for at in 0..100 {
        let net = Net::default();
        let hit = Arc::new(Mutex::new(false));
        for address in ["b1:9092", "b2:9092"] {
            let hit = Arc::clone(&hit);
            net.broker_from_the_start(address, move |_, request| {
                let mut bytes = good(request);
                if core::mem::replace(&mut *hit.lock().unwrap(), true) {
                    return Then::Raw(bytes);
                }
                bytes.truncate(at);
                Then::RawThenClose(bytes)
            });
        }
        let client = net.client("b1:9092,b2:9092");
        let metadata = client.call(Target::Any, MetadataRequest::default()).await;
        assert_eq!(metadata.unwrap().brokers.len(), 1, "cut at {at}");
        assert_eq!(net.dials().len(), 2);
    }
}

/// Half-open: nothing more comes, or it comes when nobody waits for it any more.
#[tokio::test(start_paused = true)]
async fn w03_a_connection_that_falls_silent_at_any_byte_of_an_answer() {
    for (named, api, size) in each_answer().await {
        for at in places(size).step_by(3) {
            for late in [false, true] {
                let silent = move |mut bytes: Vec<u8>| {
                    let rest = bytes.split_off(at);
                    match late {
                        false => Then::RawThenPark(bytes),
                        true => Then::Pieces(vec![(Duration::ZERO, bytes), (31 * SECOND, rest)]),
                    }
                };
                drop(after_one(named, api, silent).await);
            }
        }
    }
}

/// A peer that dribbles keeps no call beyond its time-out: each byte proves that it lives, and nothing else.
#[tokio::test(start_paused = true)]
async fn w09_an_answer_byte_by_byte() {
    for (named, api, _) in each_answer().await {
        let dribble = |pause| {
            move |bytes: Vec<u8>| Then::Pieces(bytes.into_iter().map(|byte| (pause, vec![byte])).collect())
        };
        let (outcome, _) = after_one(named, api, dribble(Duration::from_micros(10))).await;
        assert_eq!(outcome, Ok(()), "{}, {api:?} byte by byte", named.0);
        let (outcome, took) = after_one(named, api, dribble(SECOND)).await;
        if (named.0, api) == ("call", ApiKey::ApiVersions) {
            assert!(outcome.is_err() && took < 11 * SECOND, "{took:?}");
        }
    }
}

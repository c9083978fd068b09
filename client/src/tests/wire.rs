//! What can go wrong with the bytes of an answer (W01-W04, W08-W14 of the simulator's fault table), for every future of the client:
//! a clear error to whoever waits or another attempt, in time; and whatever it was, the next call works.

use core::ops::RangeInclusive;

use kohort_protocol::ErrorCode;
use kohort_protocol::api::metadata::MetadataRequest;

use super::every::{EVERY, Named, answer};
use super::*;
use crate::{CallFailure, ClientError};

/// No flow takes longer: `default.api.timeout.ms`.
const LIMIT: Duration = Duration::from_secs(60);

/// The good answer to any request.
fn good(request: &Incoming) -> Vec<u8> {
    match request.api {
        ApiKey::ApiVersions => encoded(request, &all_versions().into()),
        _ => encoded(request, &answer(&request.request, ErrorCode::NONE)),
    }
}

/// Errors that say what was wrong with the connection or the answer, as opposed to panics, or an "ended by the runtime".
fn is_clear(error: &ClientError) -> bool {
    let text = error.to_string();
    let known = matches!(
        error,
        ClientError::Broker { .. }
            | ClientError::Missing { .. }
            | ClientError::Call {
                failure: CallFailure::Disconnected { .. }
                    | CallFailure::TimedOut { .. }
                    | CallFailure::Malformed { .. }
                    | CallFailure::Unreachable { .. },
                ..
            }
    );
    known && text.contains("b1:9092") && !text.contains("ended by the runtime")
}

/// The first answer of an API on the wire is what `wrong` makes of the good one, later ones are good. Returns the outcome and how
/// long it took, after the same call has worked once more.
async fn after_one(
    named: Named,
    api: ApiKey,
    wrong: impl Fn(Vec<u8>) -> Then + Send + 'static,
) -> (Result<(), ClientError>, Duration) {
    after_one_and(0, named, api, wrong).await
}

/// As `after_one`, but so many calls in between may fail too: they find what is left on the connection.
async fn after_one_and(
    more: usize,
    (name, call): Named,
    api: ApiKey,
    wrong: impl Fn(Vec<u8>) -> Then + Send + 'static,
) -> (Result<(), ClientError>, Duration) {
    let net = Net::default();
    let mut hit = false;
    net.broker_from_the_start("b1:9092", move |_, request| {
        let bytes = good(request);
        match request.api == api && !core::mem::replace(&mut hit, true) {
            true => wrong(bytes),
            false => Then::Raw(bytes),
        }
    });
    let client = net.client("b1:9092");
    let mut outcomes = Vec::new();
    for _ in 0..=more {
        let begin = Instant::now();
        let outcome = call(client.clone()).await;
        let took = begin.elapsed();
        assert!(took <= LIMIT, "{name}, {api:?}: {took:?}");
        let is_clear = outcome.as_ref().err().is_none_or(is_clear);
        assert!(is_clear, "{name}, {api:?}: {outcome:?}");
        outcomes.push((outcome, took));
    }
    let again = tokio::time::timeout(LIMIT, call(client.clone())).await;
    let again = again.unwrap_or_else(|_| panic!("{name}, {api:?}: the next call hangs"));
    assert_eq!(
        again,
        Ok(()),
        "{name}, {api:?}: the next call, after {outcomes:?}"
    );
    drop(client);
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(net.open(), 0, "{name}, {api:?}: a connection stays behind");
    outcomes.swap_remove(0)
}

/// Each future with each API that it uses, and the length of that answer. The handshake is the same for all.
async fn each_answer() -> Vec<(Named, ApiKey, usize)> {
    let mut all = Vec::new();
    for named in EVERY {
        let net = Net::default();
        let sizes = Arc::new(Mutex::new(BTreeMap::new()));
        let list = Arc::clone(&sizes);
        net.broker_from_the_start("b1:9092", move |_, request| {
            let bytes = good(request);
            list.lock().unwrap().insert(request.api, bytes.len());
            Then::Raw(bytes)
        });
        named.1(net.client("b1:9092")).await.unwrap();
        all.extend(
            sizes
                .lock()
                .unwrap()
                .iter()
                .filter(|(api, _)| **api != ApiKey::ApiVersions || ["call", "metadata"].contains(&named.0))
                .map(|(api, size)| (named, *api, *size)),
        );
    }
    assert!(all.len() > EVERY.len() + 5);
    all
}

/// Every byte of a short answer; of a long one the beginning, the end, and some in between.
fn places(size: usize) -> impl Iterator<Item = usize> {
    let ends: [RangeInclusive<usize>; 2] = [0..=40, size.saturating_sub(10)..=size];
    (0..size).filter(move |at| at % 37 == 0 || ends.iter().any(|end| end.contains(at)))
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

fn prefixed(length: i32) -> Vec<u8> {
    [&length.to_be_bytes()[..], &[0; 40]].concat()
}

#[tokio::test(start_paused = true)]
async fn w10_lengths_that_no_broker_sends_end_in_an_error_at_once() {
    for length in [-1, i32::MIN, 0, 3, i32::MAX, 64 * 1024 * 1024 + 1] {
        for (named, api, _) in each_answer().await {
            let (outcome, took) = after_one(named, api, move |_| Then::Raw(prefixed(length))).await;
            assert!(took < SECOND, "{}, {api:?}, {length}: {took:?}", named.0);
            if named.0 == "call" && api == ApiKey::Heartbeat {
                let text = outcome.unwrap_err().to_string();
                assert!(text.contains("a frame announces"), "{text}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn w10_garbage_in_place_of_an_answer() {
    let mut rng = fastrand::Rng::with_seed(10);
    for (named, api, _) in each_answer().await {
        for _ in 0..20 {
            let garbage: Vec<u8> = (0..rng.usize(1..200)).map(|_| rng.u8(..)).collect();
            drop(after_one(named, api, move |_| Then::Raw(garbage.clone())).await);
        }
    }
}

/// As garbage, but with a length that is right: what is inside is refused, or it is an answer that happens to make sense.
#[tokio::test(start_paused = true)]
async fn w10_answers_with_a_wrong_byte() {
    let mut rng = fastrand::Rng::with_seed(11);
    for (named, api, size) in each_answer().await {
        for _ in 0..20 {
            let (at, with) = (rng.usize(8..size), rng.u8(..));
            let net = Net::default();
            net.broker_from_the_start("b1:9092", move |connection, request| {
                let mut bytes = good(request);
                if connection == 1 && request.api == api && at < bytes.len() {
                    bytes[at] = with;
                }
                Then::Raw(bytes)
            });
            let client = net.client_with("b1:9092", |config| config.default_api_timeout = 20 * SECOND);
            let begin = Instant::now();
            let outcome = named.1(client).await;
            let took = begin.elapsed();
            let place = format!("{}, {api:?}, {with} at {at}: {outcome:?}", named.0);
            assert!(took < 31 * SECOND, "{place}: {took:?}");
            assert!(net.dials().len() < 40, "{place}: a storm");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn w11_bytes_behind_the_body_are_an_error_and_bytes_behind_the_frame_harm_no_later_call() {
    for (named, api, _) in each_answer().await {
        let within_the_frame = |mut bytes: Vec<u8>| {
            bytes.extend([0; 3]);
            Then::Raw(reframed(&bytes[4..]))
        };
        let (outcome, took) = after_one(named, api, within_the_frame).await;
        assert!(took < SECOND);
        if named.0 == "call" && api == ApiKey::Heartbeat {
            let text = outcome.unwrap_err().to_string();
            assert!(text.contains("malformed"), "{text}");
        }
        let behind_it = |mut bytes: Vec<u8>| {
            bytes.extend([0, 0]);
            Then::Raw(bytes)
        };
        let (outcome, took) = after_one_and(1, named, api, behind_it).await;
        assert!(took < SECOND);
        if named.0 == "call" && api == ApiKey::Heartbeat {
            assert_eq!(outcome, Ok(()), "it was complete");
        }
    }
}

fn reframed(body: &[u8]) -> Vec<u8> {
    let length = i32::try_from(body.len()).unwrap();
    [&length.to_be_bytes()[..], body].concat()
}

#[tokio::test(start_paused = true)]
async fn w12_correlation_ids_that_are_wrong_repeated_or_unknown() {
    for (named, api, _) in each_answer().await {
        for wrong in [-1_i32, 77, i32::MAX] {
            let other = move |mut bytes: Vec<u8>| {
                bytes[4..8].copy_from_slice(&wrong.to_be_bytes());
                Then::Raw(bytes)
            };
            let (outcome, took) = after_one(named, api, other).await;
            assert!(took < SECOND, "{}, {api:?}: {took:?}", named.0);
            if named.0 == "call" && api == ApiKey::Heartbeat {
                let text = outcome.unwrap_err().to_string();
                assert!(text.contains(&format!("correlation id {wrong}")), "{text}");
            }
        }
        let twice = |bytes: Vec<u8>| Then::Raw([&bytes[..], &bytes[..]].concat());
        drop(after_one_and(1, named, api, twice).await);
    }
}

#[tokio::test(start_paused = true)]
async fn w13_unknown_tagged_fields_are_passed_over() {
    const UNKNOWN: [u8; 6] = [1, 99, 3, 1, 2, 3];
    for (named, api, _) in each_answer().await {
        if api == ApiKey::ApiVersions {
            continue; // Its header has none in any version (KIP-511).
        }
        let tagged = |bytes: Vec<u8>| {
            // In the header behind the correlation id, and at the end of the body.
            assert_eq!((bytes[8], bytes.last()), (0, Some(&0)), "not flexible?");
            let body = &bytes[9..bytes.len() - 1];
            Then::Raw(reframed(&[&bytes[4..8], &UNKNOWN, body, &UNKNOWN].concat()))
        };
        let (outcome, took) = after_one(named, api, tagged).await;
        assert_eq!(outcome, Ok(()), "{}, {api:?}", named.0);
        assert!(took < SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn w14_an_unknown_error_code_is_named() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| {
        Then::Answer(match answer(&request.request, ErrorCode(9999)) {
            Response::Metadata(mut metadata) if request_names_no_topic(request) => {
                metadata.error_code = ErrorCode(9999);
                metadata.into()
            }
            Response::FindCoordinator(mut found) => {
                found
                    .coordinators
                    .iter_mut()
                    .for_each(|one| one.error_code = ErrorCode(9999));
                found.into()
            }
            Response::InitProducerId(mut answer) => {
                answer.error_code = ErrorCode(9999);
                answer.into()
            }
            good => good,
        })
    });
    let client = net.client("b1:9092");
    for (name, call) in EVERY {
        let begin = Instant::now();
        let outcome = call(client.clone()).await;
        assert!(begin.elapsed() < LIMIT + SECOND, "{name}");
        let fails = ["coordinator", "offset_fetch", "produce", "init_producer_id"];
        if fails.contains(&name) {
            let error = outcome.unwrap_err();
            assert_eq!(error.code(), Some(ErrorCode(9999)), "{name}: {error}");
            assert!(error.to_string().contains("9999"), "{name}: {error}");
        }
    }
}

fn request_names_no_topic(request: &Incoming) -> bool {
    matches!(
        &request.request,
        Request::Metadata(MetadataRequest { topics: None, .. })
    )
}

#[tokio::test(start_paused = true)]
async fn w14_a_broker_that_speaks_no_version_of_ours_is_told_apart() {
    for range in [(100, 200), (5, 2), (-3, -1), (i16::MIN, i16::MIN)] {
        let net = Net::default();
        let mut speaks = all_versions();
        speaks
            .api_keys
            .iter_mut()
            .for_each(|api| (api.min_version, api.max_version) = range);
        net.broker_speaking("b1:9092", speaks, polite(&[]));
        let client = net.client("b1:9092");
        for (name, call) in EVERY {
            let begin = Instant::now();
            let text = call(client.clone()).await.unwrap_err().to_string();
            assert!(begin.elapsed() < SECOND, "{name}, {range:?}: {text}");
            assert!(text.contains("b1:9092"), "{name}, {range:?}: {text}");
        }
    }
}

/// A peer that floods a connection which waits for nothing, or for little, is cut off before it costs memory.
#[tokio::test(start_paused = true)]
async fn what_nobody_asked_for_is_not_kept() {
    let net = Net::default();
    let flood: Vec<u8> = (0..10_000).flat_map(|_| reframed(&[0; 100])).collect();
    net.broker("b1:9092", move |connection, request| match connection {
        1 => Then::Raw([good(request), flood.clone()].concat()),
        _ => Then::Raw(good(request)),
    });
    let client = net.client("b1:9092");
    client.call(NODE, heartbeat()).await.unwrap();
    settle().await;
    assert_eq!(net.open(), 0);
    client.call(NODE, heartbeat()).await.unwrap();
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

//! Answers that are whole, and wrong.

use kohort_protocol::api::metadata::MetadataRequest;

use super::*;

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

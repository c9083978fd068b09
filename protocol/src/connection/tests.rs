//! A scripted broker on the other end of the bytes.

use super::*;
use crate::ErrorCode;
use crate::api::Request;
use crate::api::api_versions::{ApiVersion, ApiVersionsResponse};
use crate::api::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use crate::api::metadata::{MetadataRequest, MetadataResponse};
use crate::api::produce::ProduceRequest;
use crate::message::{Incoming, read_request, write_response};

const SECOND: Duration = Duration::from_secs(1);

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn heartbeat() -> Outgoing {
    HeartbeatRequest::default().into()
}

/// What the connection wrote since the last look.
fn sent(connection: &mut Connection, now: Timestamp) -> Vec<Incoming> {
    let mut cutter = FrameCutter::new(1 << 20);
    cutter.push(connection.io().0);
    let count = connection.io().0.len();
    connection.written(now, count);
    let mut requests = Vec::new();
    while let Some(frame) = cutter.next_frame().unwrap() {
        requests.push(read_request(frame).unwrap());
    }
    requests
}

fn answer(to: &Incoming, response: impl Into<Response>) -> BytesMut {
    let mut bytes = BytesMut::new();
    write_response(&mut bytes, to.version, to.correlation_id, &response.into()).unwrap();
    bytes
}

fn all_versions() -> ApiVersionsResponse {
    let known = ApiKey::ALL.iter().map(|api| ApiVersion {
        api_key: api.number(),
        min_version: versions(*api).min,
        max_version: versions(*api).max,
    });
    ApiVersionsResponse {
        api_keys: known.collect(),
        ..ApiVersionsResponse::default()
    }
}

fn ready() -> Connection {
    ready_with(&all_versions())
}

fn ready_with(speaks: &ApiVersionsResponse) -> Connection {
    let mut connection = Connection::new(ConnectionConfig::default());
    connection.open(at(0), "broker 1 at b1:9092");
    let hello = sent(&mut connection, at(0)).remove(0);
    connection.feed(at(0), &answer(&hello, speaks.clone())).unwrap();
    assert!(connection.is_ready());
    connection
}

fn results(connection: &mut Connection) -> Vec<Completed> {
    std::iter::from_fn(|| connection.poll()).collect()
}

fn failures(connection: &mut Connection) -> Vec<(u64, CallFailure)> {
    let failed = results(connection).into_iter();
    failed
        .map(|(token, result)| (token, result.unwrap_err()))
        .collect()
}

#[test]
fn the_handshake_names_the_software_in_the_highest_version() {
    let mut connection = Connection::new(ConnectionConfig::default());
    connection.open(at(0), "b");
    let hello = sent(&mut connection, at(0)).remove(0);
    assert_eq!(hello.version, versions(ApiKey::ApiVersions).max);
    assert_eq!(hello.client_id.as_deref(), Some("kohort"));
    let Request::ApiVersions(request) = hello.request else {
        panic!("not ApiVersions");
    };
    assert_eq!(request.client_software_name, "kohort");
    assert_eq!(request.client_software_version, env!("CARGO_PKG_VERSION"));
}

#[test]
fn kip_511_error_35_is_retried_in_the_version_named_or_v0() {
    for (known, retried) in [(None, 0), (Some(2), 2)] {
        let mut connection = Connection::new(ConnectionConfig::default());
        connection.open(at(0), "b");
        let hello = sent(&mut connection, at(0)).remove(0);
        let refusal = ApiVersionsResponse {
            error_code: ErrorCode::UNSUPPORTED_VERSION,
            api_keys: (known.iter())
                .map(|max| ApiVersion {
                    api_key: ApiKey::ApiVersions.number(),
                    min_version: 0,
                    max_version: *max,
                })
                .collect(),
            ..ApiVersionsResponse::default()
        };
        let in_v0 = Incoming { version: 0, ..hello };
        connection.feed(at(1), &answer(&in_v0, refusal.clone())).unwrap();
        let again = sent(&mut connection, at(1)).remove(0);
        assert_eq!(again.version, retried);
        // A second refusal walks down further and ends at v0, never in a loop.
        if retried == 0 {
            let error = connection.feed(at(2), &answer(&again, refusal)).unwrap_err();
            assert_eq!(
                error,
                ConnectionError::HandshakeRefused(ErrorCode::UNSUPPORTED_VERSION)
            );
        } else {
            connection.feed(at(2), &answer(&again, all_versions())).unwrap();
            assert!(connection.is_ready());
        }
    }
}

#[test]
fn calls_made_early_are_sent_once_ready_and_answered_in_order_whatever_the_split() {
    let stream = |connection: &mut Connection| {
        connection.call(at(0), 7, heartbeat(), SECOND);
        connection.call(at(0), 8, MetadataRequest::default().into(), SECOND);
        connection.open(at(0), "b");
        let hello = sent(connection, at(0)).remove(0);
        connection.feed(at(0), &answer(&hello, all_versions())).unwrap();
        let requests = sent(connection, at(0));
        let mut bytes = answer(&requests[0], HeartbeatResponse::default());
        bytes.unsplit(answer(&requests[1], MetadataResponse::default()));
        bytes
    };
    let length = stream(&mut Connection::new(ConnectionConfig::default())).len();
    for cut in 0..=length {
        let mut connection = Connection::new(ConnectionConfig::default());
        let bytes = stream(&mut connection);
        connection.feed(at(1), &bytes[..cut]).unwrap();
        connection.feed(at(1), &bytes[cut..]).unwrap();
        let tokens: Vec<_> = (results(&mut connection).into_iter())
            .map(|(token, result)| (token, result.unwrap().api()))
            .collect();
        assert_eq!(tokens, [(7, ApiKey::Heartbeat), (8, ApiKey::Metadata)]);
        assert!(connection.is_idle());
    }
}

#[test]
fn a_wrong_a_repeated_and_an_unasked_correlation_id_end_the_connection() {
    let mut connection = ready();
    connection.call(at(0), 1, heartbeat(), SECOND);
    connection.call(at(0), 2, heartbeat(), SECOND);
    let requests = sent(&mut connection, at(0));
    let error = connection
        .feed(at(1), &answer(&requests[1], HeartbeatResponse::default()))
        .unwrap_err();
    assert!(
        matches!(error, ConnectionError::WrongCorrelation { .. }),
        "{error}"
    );
    let failed = failures(&mut connection);
    assert_eq!(failed.len(), 2);
    assert!(
        failed[0].1.to_string().contains("broker 1 at b1:9092"),
        "{}",
        failed[0].1
    );

    let mut connection = ready();
    connection.call(at(0), 1, heartbeat(), SECOND);
    let request = sent(&mut connection, at(0)).remove(0);
    let bytes = answer(&request, HeartbeatResponse::default());
    connection.feed(at(1), &bytes).unwrap();
    assert_eq!(results(&mut connection).len(), 1);
    let error = connection.feed(at(2), &bytes).unwrap_err();
    assert!(matches!(error, ConnectionError::Unasked(_)), "{error}");
    connection.call(at(3), 9, heartbeat(), SECOND);
    assert!(matches!(
        failures(&mut connection)[..],
        [(9, CallFailure::Disconnected { .. })]
    ));
}

#[test]
fn an_unreadable_answer_is_malformed_for_its_call_and_ends_the_others() {
    let mut connection = ready();
    connection.call(at(0), 1, heartbeat(), SECOND);
    connection.call(at(0), 2, heartbeat(), SECOND);
    let requests = sent(&mut connection, at(0));
    let mut bytes = answer(&requests[0], HeartbeatResponse::default());
    bytes.truncate(10);
    bytes[..4].copy_from_slice(&6_i32.to_be_bytes());
    assert!(connection.feed(at(1), &bytes).is_err());
    let failed = failures(&mut connection);
    assert!(
        matches!(
            failed[..],
            [
                (1, CallFailure::Malformed { .. }),
                (2, CallFailure::Disconnected { .. })
            ]
        ),
        "{failed:?}"
    );
}

#[test]
fn a_request_that_times_out_after_it_was_sent_ends_the_connection() {
    let mut connection = ready();
    connection.call(at(0), 1, heartbeat(), SECOND);
    connection.call(at(0), 2, heartbeat(), 2 * SECOND);
    sent(&mut connection, at(0));
    assert_eq!(connection.deadline(), at(1000));
    connection.tick(at(999)).unwrap();
    assert!(connection.tick(at(1000)).is_err());
    let failed = failures(&mut connection);
    assert!(
        matches!(
            failed[..],
            [
                (1, CallFailure::TimedOut { .. }),
                (2, CallFailure::Disconnected { .. })
            ]
        ),
        "{failed:?}"
    );
}

#[test]
fn a_call_that_was_never_sent_times_out_alone() {
    let mut connection = Connection::new(ConnectionConfig::default());
    connection.call(at(0), 1, heartbeat(), SECOND);
    connection.call(at(0), 2, heartbeat(), 2 * SECOND);
    connection.set_obstacle("b1:9092: connection refused".into());
    connection.tick(at(1000)).unwrap();
    let failed = failures(&mut connection);
    assert_eq!(failed.len(), 1);
    assert!(
        failed[0].1.to_string().contains("connection refused"),
        "{}",
        failed[0].1
    );
    assert_eq!(connection.deadline(), at(2000));
}

#[test]
fn time_first_an_answer_that_lay_in_the_socket_past_its_deadline_does_not_count() {
    let mut connection = ready();
    connection.call(at(0), 1, heartbeat(), SECOND);
    let request = sent(&mut connection, at(0)).remove(0);
    let late = connection.feed(at(5000), &answer(&request, HeartbeatResponse::default()));
    assert!(late.is_err());
    assert!(matches!(
        failures(&mut connection)[..],
        [(1, CallFailure::TimedOut { .. })]
    ));
}

#[test]
fn rule_62_after_a_throttled_answer_nothing_is_sent_until_it_is_over() {
    let mut connection = ready();
    connection.call(at(0), 1, heartbeat(), SECOND);
    let request = sent(&mut connection, at(0)).remove(0);
    let throttled = HeartbeatResponse {
        throttle_time_ms: 300,
        ..HeartbeatResponse::default()
    };
    connection.feed(at(100), &answer(&request, throttled)).unwrap();
    connection.call(at(110), 2, heartbeat(), SECOND);
    assert_eq!(sent(&mut connection, at(399)).len(), 0);
    assert_eq!(connection.deadline(), at(400));
    connection.tick(at(400)).unwrap();
    assert_eq!(sent(&mut connection, at(400)).len(), 1);
}

#[test]
fn a_throttle_time_is_obeyed_for_thirty_seconds_at_most_and_not_below_the_version_of_kip_219() {
    let day = HeartbeatResponse {
        throttle_time_ms: 86_400_000,
        ..HeartbeatResponse::default()
    };
    let day = Response::from(day);
    assert_eq!(throttle::silent_until(at(0), 4, &day), at(30_000));
    assert_eq!(throttle::silent_until(at(0), 1, &day), Timestamp::ZERO);
}

#[test]
fn produce_with_acks_0_is_over_when_its_last_byte_is_written() {
    let mut connection = ready();
    connection.call(at(0), 1, ProduceRequest::default().into(), SECOND);
    let length = connection.io().0.len();
    connection.written(at(1), length - 1);
    assert!(connection.poll().is_none());
    connection.written(at(2), 1);
    assert!(matches!(connection.poll(), Some((1, Ok(Response::Produce(_))))));
    // The next answer is not taken for the produce's.
    connection.call(at(3), 2, heartbeat(), SECOND);
    let request = sent(&mut connection, at(3)).remove(0);
    connection
        .feed(at(3), &answer(&request, HeartbeatResponse::default()))
        .unwrap();
    assert!(matches!(connection.poll(), Some((2, Ok(_)))));
}

#[test]
fn an_api_the_broker_lacks_fails_alone_and_names_both_ranges() {
    let mut speaks = all_versions();
    speaks
        .api_keys
        .retain(|api| api.api_key != ApiKey::Heartbeat.number());
    speaks.api_keys.iter_mut().for_each(|api| {
        if api.api_key == ApiKey::Metadata.number() {
            (api.min_version, api.max_version) = (90, 99);
        }
    });
    let mut connection = ready_with(&speaks);
    connection.call(at(0), 1, heartbeat(), SECOND);
    connection.call(at(0), 2, MetadataRequest::default().into(), SECOND);
    let failed = failures(&mut connection);
    assert!(failed[0].1.to_string().contains("Heartbeat"), "{}", failed[0].1);
    let text = failed[1].1.to_string();
    assert!(
        text.contains("Metadata") && text.contains("90-99") && text.contains("0-13"),
        "{text}"
    );
    assert!(connection.is_ready());
}

#[test]
fn abandoned_calls_stay_silent_and_one_that_was_sent_ends_the_connection() {
    let mut connection = Connection::new(ConnectionConfig::default());
    connection.call(at(0), 1, heartbeat(), SECOND);
    connection.abandon(1).unwrap();
    assert!(connection.is_idle());

    let mut connection = ready();
    connection.call(at(0), 1, heartbeat(), SECOND);
    connection.call(at(0), 2, heartbeat(), SECOND);
    assert_eq!(
        connection.abandon(1),
        Err(ConnectionError::Abandoned(ApiKey::Heartbeat))
    );
    assert!(matches!(
        failures(&mut connection)[..],
        [(2, CallFailure::Disconnected { .. })]
    ));
}

#[test]
fn a_failed_handshake_keeps_the_calls_for_the_next_broker() {
    let mut connection = Connection::new(ConnectionConfig::default());
    connection.call(at(0), 1, heartbeat(), 60 * SECOND);
    connection.open(at(0), "b1");
    let error = connection
        .feed(at(1), b"HTTP/1.1 400 Bad Request\r\n")
        .unwrap_err();
    assert!(error.to_string().contains("HTTP server"));
    connection.open(at(2), "b2");
    assert!(connection.tick(at(10_002)).is_err(), "no answer to the handshake");
    connection.open(at(10_003), "b3");
    assert_eq!(connection.ended(), Err(ConnectionError::ClosedInHandshake));
    connection.open(at(10_004), "b4");
    let hello = sent(&mut connection, at(10_004)).remove(0);
    connection
        .feed(at(10_005), &answer(&hello, all_versions()))
        .unwrap();
    assert_eq!(sent(&mut connection, at(10_005)).len(), 1);
}

#[test]
fn a_broker_that_closes_says_where_it_stopped() {
    let mut connection = ready();
    connection.call(at(0), 1, heartbeat(), SECOND);
    connection.feed(at(1), &[0, 0, 0, 100, 1, 2]).unwrap();
    let error = connection.ended().unwrap_err();
    let expected = ConnectionError::ClosedInFrame {
        arrived: 6,
        announced: Some(104),
    };
    assert_eq!(error, expected);
    assert_eq!(failures(&mut connection).len(), 1);
    assert_eq!(ready().ended(), Err(ConnectionError::Closed));
}

#[test]
fn waiting_calls_are_bounded_and_so_are_those_under_way() {
    let config = ConnectionConfig {
        max_queued: 2,
        max_in_flight: 1,
        ..ConnectionConfig::default()
    };
    let mut connection = Connection::new(config);
    for token in 0..3 {
        connection.call(at(0), token, heartbeat(), SECOND);
    }
    assert!(matches!(
        failures(&mut connection)[..],
        [(2, CallFailure::Overloaded { .. })]
    ));
    connection.open(at(0), "b");
    let hello = sent(&mut connection, at(0)).remove(0);
    connection.feed(at(0), &answer(&hello, all_versions())).unwrap();
    let first = sent(&mut connection, at(0));
    assert_eq!(first.len(), 1);
    connection
        .feed(at(1), &answer(&first[0], HeartbeatResponse::default()))
        .unwrap();
    assert_eq!(sent(&mut connection, at(1)).len(), 1);
}

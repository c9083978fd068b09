//! Whole frames: sizes, headers, and what a broker makes of frames that are none.

use bytes::{Bytes, BytesMut};
use kohort_protocol::ErrorCode;
use kohort_protocol::api::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use kohort_protocol::api::{
    ApiKey, EncodeError, Request, Response, VersionRange, Versions, api_versions::ApiVersion, stable_versions,
};
use kohort_protocol::message::{
    BadRequest, Incoming, correlation_id, read_reply, read_request, read_response, write_call, write_request,
    write_response,
};

use crate::samples;

fn heartbeat() -> HeartbeatRequest {
    HeartbeatRequest {
        group_id: "g".into(),
        generation_id: kohort_protocol::Generation(5),
        member_id: "m".into(),
        group_instance_id: None,
    }
}

/// The frame without its size, which must be right.
fn unframed(out: BytesMut) -> Bytes {
    let mut frame = out.freeze();
    let size = frame.split_to(4);
    assert_eq!(
        u32::from_be_bytes(*size.first_chunk().expect("four bytes")) as usize,
        frame.len()
    );
    frame
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Written down from Kafka's protocol guide, not from what this code does.
#[test]
fn a_frame_byte_by_byte() {
    let mut out = BytesMut::new();
    write_call(&mut out, 3, 7, Some("me"), &heartbeat()).unwrap();
    //              size     key  v3   correlation  "me"     "g"    generation "m"    no instance
    let v3 = "00000018 000c 0003 00000007 00026d65 000167 00000005 00016d ffff";
    assert_eq!(hex(&out), v3.replace(' ', ""));

    out.clear();
    write_call(&mut out, 4, 7, None, &heartbeat()).unwrap();
    // The client id keeps its two-byte length in header v2; the 00 after it says: no tagged fields.
    let v4 = "00000015 000c 0004 00000007 ffff 00 0267 00000005 026d 00 00";
    assert_eq!(hex(&out), v4.replace(' ', ""));

    out.clear();
    let answer = HeartbeatResponse {
        throttle_time_ms: 1,
        error_code: ErrorCode::REBALANCE_IN_PROGRESS,
    };
    write_response(&mut out, 4, 7, &answer.into()).unwrap();
    assert_eq!(
        hex(&out),
        "0000000c 00000007 00 00000001 001b 00".replace(' ', "")
    );
}

#[test]
fn every_request_and_response_survives_its_frame() {
    for &api in ApiKey::ALL {
        let VersionRange { min, max } = stable_versions(api);
        for version in min..=max {
            let request = samples::request(api, version, version);
            let mut out = BytesMut::new();
            write_request(&mut out, version, 42, Some("me"), &request).unwrap();
            let expected = Incoming {
                api,
                version,
                correlation_id: 42,
                client_id: Some("me".to_owned()),
                request,
            };
            assert_eq!(read_request(unframed(out)).unwrap(), expected);

            let response = samples::response(api, version, version);
            let mut out = BytesMut::new();
            write_response(&mut out, version, -42, &response).unwrap();
            let frame = unframed(out);
            assert_eq!(correlation_id(&frame), Some(-42));
            assert_eq!(read_response(api, version, frame).unwrap(), (-42, response));
        }
    }
}

#[test]
fn the_typed_functions_do_what_those_of_the_enums_do() {
    let (mut typed, mut any) = (BytesMut::new(), BytesMut::new());
    write_call(&mut typed, 4, 1, Some("c"), &heartbeat()).unwrap();
    write_request(&mut any, 4, 1, Some("c"), &heartbeat().into()).unwrap();
    assert_eq!(typed, any);

    let mut out = BytesMut::new();
    let answer = HeartbeatResponse::default();
    write_response(&mut out, 4, 9, &answer.clone().into()).unwrap();
    let frame = unframed(out);
    assert_eq!(
        read_reply::<HeartbeatRequest>(4, frame.clone()).unwrap(),
        (9, answer.clone())
    );
    assert_eq!(
        read_response(ApiKey::Heartbeat, 4, frame).unwrap(),
        (9, Response::Heartbeat(answer))
    );
}

#[test]
fn a_failed_write_leaves_the_buffer_as_it_was() {
    let mut out = BytesMut::from(&b"before"[..]);
    let long = "x".repeat(40_000);
    let error = write_request(&mut out, 3, 1, Some(&long), &heartbeat().into()).unwrap_err();
    assert!(error.to_string().contains("client.id"), "{error}");
    let error = write_request(&mut out, 99, 1, None, &heartbeat().into()).unwrap_err();
    assert!(matches!(error, EncodeError::Version { version: 99, .. }));
    write_response(&mut out, 99, 1, &HeartbeatResponse::default().into()).unwrap_err();
    assert_eq!(out, &b"before"[..]);
}

#[test]
fn unknown_tagged_fields_in_headers_are_passed_over() {
    // Header v2 with one tagged field: tag 5, two bytes.
    let request = [
        &[0, 12, 0, 4, 0, 0, 0, 7, 0xff, 0xff, 1, 5, 2, 0xaa, 0xbb][..],
        &[2, b'g', 0, 0, 0, 5, 2, b'm', 0, 0],
    ];
    let incoming = read_request(request.concat().into()).unwrap();
    assert_eq!(incoming.request, Request::Heartbeat(heartbeat()));
    assert_eq!(incoming.client_id, None);

    let response = [&[0, 0, 0, 7, 1, 5, 2, 0xaa, 0xbb][..], &[0, 0, 0, 0, 0, 0, 0]];
    let (correlation_id, answer) = read_response(ApiKey::Heartbeat, 4, response.concat().into()).unwrap();
    assert_eq!((correlation_id, answer), (7, HeartbeatResponse::default().into()));
}

#[test]
fn every_cut_of_a_request_is_a_bad_request() {
    for version in [3, 4] {
        let mut out = BytesMut::new();
        write_call(&mut out, version, 7, Some("me"), &heartbeat()).unwrap();
        let whole = unframed(out);
        for end in 0..whole.len() {
            let error = read_request(whole.slice(..end)).unwrap_err();
            let in_header = end < if version == 3 { 12 } else { 13 };
            assert_eq!(
                matches!(error, BadRequest::Header { .. }),
                in_header,
                "cut at {end}: {error}"
            );
        }
    }
}

#[test]
fn bad_requests_are_told_apart() {
    let read = |frame: &[u8]| read_request(Bytes::copy_from_slice(frame)).unwrap_err();
    let unknown = read(&[0x7f, 0xff, 0, 1, 0, 0, 0, 7]);
    let expected = BadRequest::UnknownApi {
        api_key: 0x7fff,
        version: 1,
        correlation_id: 7,
    };
    assert_eq!(unknown, expected);

    // Its header's version is not known either, so nothing after the correlation id is looked at.
    let too_new = read(&[0, 18, 0, 99, 0, 0, 0, 7]);
    let expected = BadRequest::UnsupportedVersion {
        api: ApiKey::ApiVersions,
        version: 99,
        correlation_id: 7,
        supported: stable_versions(ApiKey::ApiVersions),
    };
    assert_eq!(too_new, expected);
    assert!(matches!(
        read(&[0, 12, 0xff, 0xff, 0, 0, 0, 7]),
        BadRequest::UnsupportedVersion { .. }
    ));

    for header in [
        &[0, 12, 0, 3, 0, 0, 0, 7, 0xff, 0xfe][..], // length −2
        &[0, 12, 0, 3, 0, 0, 0, 7, 0, 9, b'x'],     // longer than the frame
        &[0, 12, 0, 3, 0, 0, 0, 7, 0, 1, 0xff],     // not UTF-8
        &[0, 12, 0, 4, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 15], // four billion tagged fields
        b"GET / HTTP/1.1\r\n"[..7].as_ref(),
    ] {
        assert!(matches!(read(header), BadRequest::Header { .. }), "{header:?}");
    }

    // A good header before four billion members.
    let body = [
        &[0, 13, 0, 3, 0, 0, 0, 7, 0xff, 0xff][..],
        &[0, 1, b'g', 0x7f, 0xff, 0xff, 0xff],
    ]
    .concat();
    assert!(matches!(
        read(&body),
        BadRequest::Body {
            correlation_id: 7,
            ..
        }
    ));
}

#[test]
fn the_highest_common_version_is_chosen() {
    let listed = |api: ApiKey, min_version, max_version| ApiVersion {
        api_key: api.number(),
        min_version,
        max_version,
    };
    let broker = Versions::new(&[
        listed(ApiKey::OffsetCommit, 2, 10),
        listed(ApiKey::Fetch, 4, 11),
        listed(ApiKey::InitProducerId, 0, 6),
        listed(ApiKey::JoinGroup, 10, 12),
        ApiVersion {
            api_key: 999,
            min_version: 0,
            max_version: 1,
        },
    ]);
    assert_eq!(broker.negotiate(ApiKey::OffsetCommit), Ok(10));
    assert_eq!(broker.negotiate(ApiKey::InitProducerId), Ok(5));
    assert_eq!(broker.negotiate(ApiKey::Fetch), Ok(11));
    assert_eq!(
        broker.negotiate_within(ApiKey::Fetch, VersionRange::new(0, 7)),
        Ok(7)
    );

    let error = broker.negotiate(ApiKey::JoinGroup).unwrap_err();
    let said = "no common version of JoinGroup: the broker serves 10-12, this client needs 0-9";
    assert_eq!(error.to_string(), said);
    let error = broker.negotiate(ApiKey::Heartbeat).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the broker does not serve Heartbeat (this client needs 0-4)"
    );
    let by_id = VersionRange::new(13, 18);
    broker.negotiate_within(ApiKey::Fetch, by_id).unwrap_err();
}

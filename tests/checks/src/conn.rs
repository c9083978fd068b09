//! `conn/1-6`: frames, pipelines, versions: what a broker reads, what it answers, and when it hangs up.

use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use kohort_protocol::api::api_versions::{ApiVersion, ApiVersionsRequest, ApiVersionsResponse};
use kohort_protocol::api::find_coordinator::FindCoordinatorRequest;
use kohort_protocol::api::metadata::MetadataRequest;
use kohort_protocol::message::read_reply;
use kohort_protocol::{ApiKey, ErrorCode};
use tokio::time::sleep;

use crate::raw::request_frame;
use crate::{Bench, Failed, RawConnection, Release, expect, expect_that};

/// `socket.request.max.bytes`.
const LARGEST_REQUEST: i32 = 104_857_600;

/// conn/1
pub(crate) async fn cut_anywhere(bench: &mut Bench) -> Result<(), Failed> {
    let frame = request_frame(0, 7, &ApiVersionsRequest::default())?;
    let mut whole = bench.connect().await?;
    whole.send_bytes(&frame).await?;
    let expected = whole.frame().await?;
    for at in 1..frame.len() {
        let (first, rest) = frame.split_at(at);
        let mut connection = bench.connect().await?;
        connection.send_bytes(first).await?;
        sleep(Duration::from_millis(2)).await;
        connection.send_bytes(rest).await?;
        expect(
            format!("the answer to a request cut after {at} bytes"),
            connection.frame().await?,
            expected.clone(),
        )?;
    }
    Ok(())
}

/// conn/2
pub(crate) async fn bad_sizes(bench: &mut Bench) -> Result<(), Failed> {
    for size in [LARGEST_REQUEST + 1, i32::MAX, -1, i32::MIN, 0] {
        let mut connection = bench.connect().await?;
        connection.send_bytes(&size.to_be_bytes()).await?;
        connection
            .expect_closed(&format!("a frame that claims {size} bytes"))
            .await?;
    }
    let unparsable: [(&str, &[u8]); 2] = [
        ("a frame of 3 bytes", &[0, 0, 0, 3, 1, 2, 3]),
        // ApiVersions v0 with correlation id 7, and nothing where the client id should be.
        (
            "a header v1 without a client id",
            &[0, 0, 0, 8, 0, 18, 0, 0, 0, 0, 0, 7],
        ),
    ];
    for (what, bytes) in unparsable {
        let mut connection = bench.connect().await?;
        connection.send_bytes(bytes).await?;
        connection.expect_closed(what).await?;
    }
    let mut connection = bench.connect().await?;
    connection.send_bytes(&LARGEST_REQUEST.to_be_bytes()).await?;
    connection
        .expect_silence("a frame that claims the largest size allowed")
        .await
}

/// conn/3
pub(crate) async fn pipelined(bench: &mut Bench) -> Result<(), Failed> {
    let mut connection = bench.connect().await?;
    for i in 0..20 {
        if i % 2 == 0 {
            connection.send(1, &no_topics()).await?;
        } else {
            connection.send(3, &software("kohort", "1")).await?;
        }
    }
    // Each answer is checked to be that of the oldest request.
    for i in 0..20 {
        if i % 2 == 0 {
            connection.answer::<MetadataRequest>().await?;
        } else {
            connection.answer::<ApiVersionsRequest>().await?;
        }
    }
    Ok(())
}

/// conn/3, second half
pub(crate) async fn behind_a_parked_join(bench: &mut Bench) -> Result<(), Failed> {
    let group = bench.group();
    let mut first = bench.member(&group).await?;
    first.join().await?;
    first.sync(Vec::new()).await?;
    let mut second = bench.member(&group).await?;
    second.get_id().await?;
    second.send_join().await?;
    second.lane.send(1, &no_topics()).await?;
    second
        .lane
        .expect_silence("Metadata behind a parked JoinGroup")
        .await?;
    first.wait_for_members(2).await?;
    first.send_join().await?;
    expect(
        "the parked JoinGroup",
        second.join_answer().await?.error_code,
        ErrorCode::NONE,
    )?;
    second.lane.answer::<MetadataRequest>().await?;
    Ok(())
}

/// conn/4
pub(crate) async fn unknown_requests(bench: &mut Bench) -> Result<(), Failed> {
    for (what, key, version) in [
        ("an unknown API key", 999, 0),
        ("a removed API key, 4", 4, 0),
        ("a removed API key, 7", 7, 0),
        ("a removed API key, 27", 27, 0),
        ("an unsupported version of JoinGroup", 11, 99),
        ("an unsupported version of Metadata", 3, 99),
    ] {
        let mut connection = bench.connect().await?;
        connection.send_bytes(&header_only(key, version)).await?;
        connection.expect_closed(what).await?;
    }
    truncated_body(bench).await?;
    trailing_bytes(bench).await
}

async fn truncated_body(bench: &mut Bench) -> Result<(), Failed> {
    let request = FindCoordinatorRequest {
        keys: vec!["some-group".to_owned()],
        ..FindCoordinatorRequest::default()
    };
    let frame = request_frame(0, 7, &request)?;
    let cut = frame.len().saturating_sub(3);
    let mut connection = bench.connect().await?;
    connection
        .send_bytes(&resized(frame.get(4..cut).unwrap_or_default()))
        .await?;
    connection.expect_closed("a body that is cut short").await
}

async fn trailing_bytes(bench: &mut Bench) -> Result<(), Failed> {
    let frame = request_frame(1, 7, &no_topics())?;
    let longer = [frame.get(4..).unwrap_or_default(), b"more"].concat();
    let mut connection = bench.connect().await?;
    connection
        .send_frame(ApiKey::Metadata, 1, 7, &resized(&longer))
        .await?;
    connection.answer::<MetadataRequest>().await?;
    connection.call(1, &no_topics()).await?;
    Ok(())
}

/// conn/5
pub(crate) async fn api_versions_too_new(bench: &mut Bench) -> Result<(), Failed> {
    let mut connection = bench.connect().await?;
    let served = connection.call(0, &ApiVersionsRequest::default()).await?;
    let own = served.api_keys.iter().find(|api| api.api_key == 18).cloned();
    let own = own.ok_or_else(|| Failed::new("ApiVersions v0", "an entry for itself", "none"))?;
    for version in [own.max_version + 1, 99] {
        // The body of v3 and later, where the newest has what it has: the broker does not read it.
        let mut frame = request_frame(3, 41, &software("kohort", "1"))?;
        frame.get_mut(6..8).unwrap_or_default().put_i16(version);
        connection.send_bytes(&frame).await?;
        let (correlation_id, answer) = api_versions_v0(connection.frame().await?)?;
        let entry = ApiVersion {
            api_key: 18,
            min_version: 0,
            max_version: own.max_version,
        };
        expect(
            format!("ApiVersions v{version}"),
            (correlation_id, answer.error_code, answer.api_keys),
            (41, ErrorCode::UNSUPPORTED_VERSION, vec![entry]),
        )?;
    }
    connection.call(3, &software("kohort", "1")).await?;
    Ok(())
}

fn api_versions_v0(frame: Bytes) -> Result<(i32, ApiVersionsResponse), Failed> {
    let read = read_reply::<ApiVersionsRequest>(0, frame);
    read.map_err(|error| {
        Failed::new(
            "ApiVersions of an unsupported version",
            "an answer in v0",
            error.to_string(),
        )
    })
}

/// conn/5, second half
pub(crate) async fn software_names(bench: &mut Bench) -> Result<(), Failed> {
    for (name, version) in [
        ("", "1"),
        ("kohort", ""),
        ("with space", "1"),
        ("kohort", "1/2"),
        ("-kohort", "1"),
    ] {
        let mut connection = bench.connect().await?;
        let answer = connection.call(3, &software(name, version)).await?;
        expect(
            format!("ApiVersions of software {name:?} {version:?}"),
            (answer.error_code, answer.api_keys),
            (ErrorCode::INVALID_REQUEST, Vec::new()),
        )?;
    }
    Ok(())
}

/// conn/6: a group API that is listed answers 35 if and only if its feature is at level 0.
pub(crate) async fn features(bench: &mut Bench) -> Result<(), Failed> {
    let mut connection = bench.connect().await?;
    let served = connection.call(3, &software("kohort", "1")).await?;
    let on = |feature: &str| {
        let mut finalized = served.finalized_features.iter();
        finalized.any(|f| f.name == feature && f.max_version > 0)
    };
    for (key, version, feature, since, body) in GROUP_APIS {
        let listed = served.api_keys.iter().any(|api| api.api_key == *key);
        let mut connection = bench.connect().await?;
        connection.send_bytes(&flexible(*key, *version, body)).await?;
        if !listed {
            connection
                .expect_closed(&format!("API {key}, which is not listed"))
                .await?;
            expect_that(
                format!("listing of API {key}"),
                bench.release(),
                "a release before it",
                |release| release < since || !bench.target().is_kafka(),
            )?;
            continue;
        }
        let code = error_code(&mut connection, *key).await?;
        let unsupported = code == ErrorCode::UNSUPPORTED_VERSION;
        expect(
            format!("API {key} answers UNSUPPORTED_VERSION (it said {code})"),
            unsupported,
            !on(feature),
        )?;
    }
    Ok(())
}

/// Key, version, feature, since when it is listed, and a body whose answer begins with throttle time and error code.
const GROUP_APIS: &[(i16, i16, &str, Release, &[u8])] = &[
    // Heartbeats of the empty group "": refused by all, for one reason or another.
    (
        68,
        0,
        "group.version",
        Release(4, 0),
        b"\x01\x01\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0",
    ),
    (76, 1, "share.version", Release(4, 2), b"\x01\x01\0\0\0\0\0\0\0"),
];

async fn error_code(connection: &mut RawConnection, key: i16) -> Result<ErrorCode, Failed> {
    let frame = connection.frame().await?;
    // Correlation id, tagged fields of the header, throttle time, error code.
    match frame.get(9..11) {
        Some(&[high, low]) => Ok(ErrorCode(i16::from_be_bytes([high, low]))),
        _ => Err(Failed::new(
            format!("the answer of API {key}"),
            "an error code",
            format!("{frame:?}"),
        )),
    }
}

fn no_topics() -> MetadataRequest {
    MetadataRequest {
        topics: Some(Vec::new()),
        allow_auto_topic_creation: true,
        ..MetadataRequest::default()
    }
}

pub(crate) fn software(name: &str, version: &str) -> ApiVersionsRequest {
    ApiVersionsRequest {
        client_software_name: name.to_owned(),
        client_software_version: version.to_owned(),
        ..ApiVersionsRequest::default()
    }
}

/// A request with a header v1 (client id "c"), and no body.
fn header_only(key: i16, version: i16) -> BytesMut {
    let mut frame = BytesMut::new();
    frame.put_i16(key);
    frame.put_i16(version);
    frame.put_i32(7);
    frame.put_slice(b"\0\x01c");
    resized(&frame)
}

/// A request with a header v2.
fn flexible(key: i16, version: i16, body: &[u8]) -> BytesMut {
    let header = header_only(key, version);
    resized(&[header.get(4..).unwrap_or_default(), &[0], body].concat())
}

/// A frame with its size in front.
fn resized(frame: &[u8]) -> BytesMut {
    let mut sized = BytesMut::new();
    sized.put_i32(i32::try_from(frame.len()).unwrap_or(i32::MAX));
    sized.put_slice(frame);
    sized
}

//! Everything that can be on a wire can be shown: each API in each version, and whatever becomes of it.

use bytes::{BufMut, Bytes, BytesMut};
use kohort_protocol::api::{Direction, Request, Response, join_group, sync_group};
use kohort_protocol::consumer_protocol::{Assignment, Subscription};
use kohort_protocol::dissect::{self, Dissect, DissectError, Form};
use kohort_protocol::layout::{self, Role, Schema, table};
use kohort_protocol::message;
use kohort_protocol::records::{BatchBuilder, Codec, NewRecord};
use serde_json::{Value, json};

const JSON: Dissect = Dissect {
    form: Form::Json,
    bytes: 64,
    text: 1024,
    records: 10,
    decompressed: 1 << 20,
    output: 1 << 20,
    secrets: false,
    indent: 0,
};

const TEXT: Dissect = Dissect {
    form: Form::Text,
    ..JSON
};

fn body(
    how: Dissect,
    schema: &'static Schema,
    version: i16,
    body: &Bytes,
) -> (String, Result<(), DissectError>) {
    let mut out = String::new();
    let outcome = how.body(schema, version, body, &mut out);
    (out, outcome)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect(text)
}

fn messages() -> impl Iterator<Item = &'static Schema> {
    let bodies = table::REQUESTS.iter().chain(table::RESPONSES).copied();
    bodies.chain([
        &table::REQUEST_HEADER,
        &table::RESPONSE_HEADER,
        &table::CONSUMER_PROTOCOL_ASSIGNMENT,
        &table::CONSUMER_PROTOCOL_SUBSCRIPTION,
    ])
}

fn arbitrary(schema: &'static Schema, version: i16, rng: &mut fastrand::Rng) -> Bytes {
    layout::arbitrary(schema, version, &mut |below| rng.u32(..below))
        .expect("a version it has")
        .into()
}

#[test]
fn each_message_of_each_version_is_shown_to_its_last_byte() {
    let mut rng = fastrand::Rng::with_seed(1);
    for schema in messages() {
        for version in schema.versions() {
            for _ in 0..20 {
                let bytes = arbitrary(schema, version, &mut rng);
                let (text, outcome) = body(TEXT, schema, version, &bytes);
                assert_eq!(outcome, Ok(()), "{text}");
                assert!(!text.contains("trailing") && text.ends_with('\n'), "{text}");
                let (text, outcome) = body(JSON, schema, version, &bytes);
                assert_eq!(outcome, Ok(()), "{text}");
                let value = parsed(&text);
                assert_eq!(value["message"], schema.name);
                assert!(value["body"].is_object() && value["error"].is_null(), "{text}");
            }
        }
    }
}

/// Truncated anywhere, and with bytes turned over: an error that is told in the output too, JSON that can be read, no panic.
#[test]
fn broken_messages_are_shown_up_to_their_fault() {
    let mut rng = fastrand::Rng::with_seed(2);
    let mut errors = 0;
    for schema in messages() {
        for version in schema.versions() {
            for _ in 0..10 {
                let mut bytes = arbitrary(schema, version, &mut rng).to_vec();
                if rng.bool() {
                    bytes.truncate(rng.usize(..bytes.len().max(1)));
                }
                for _ in 0..rng.usize(..4) {
                    let at = rng.usize(..bytes.len().max(1));
                    bytes.get_mut(at).into_iter().for_each(|byte| *byte = rng.u8(..));
                }
                let bytes = Bytes::from(bytes);
                let (text, outcome) = body(JSON, schema, version, &bytes);
                let value = parsed(&text);
                assert_eq!(
                    value["error"].as_str(),
                    outcome.as_ref().err().map(ToString::to_string).as_deref()
                );
                errors += usize::from(outcome.is_err());
                let (again, same) = body(TEXT, schema, version, &bytes);
                assert_eq!(
                    (same.is_err(), again.contains("\n  error: ")),
                    (outcome.is_err(), outcome.is_err())
                );
            }
        }
    }
    assert!(errors > 1000, "only {errors} of the mutants were broken");
}

/// Whatever comes as a whole frame, of whatever API.
#[test]
fn arbitrary_frames_never_panic() {
    let mut rng = fastrand::Rng::with_seed(3);
    for _ in 0..20_000 {
        let mut frame = BytesMut::new();
        frame.put_i16(rng.i16(-2..100));
        frame.put_i16(rng.i16(-1..20));
        (0..rng.usize(..60)).for_each(|_| frame.put_u8(if rng.bool() { 0 } else { rng.u8(..) }));
        frame.truncate(rng.usize(..=frame.len()));
        let frame = frame.freeze();
        let mut out = String::new();
        let _ = JSON.request(&frame, &mut out);
        parsed(&out);
        out.clear();
        let _ = JSON.response(rng.i16(-2..100), rng.i16(-1..20), &frame, &mut out);
        parsed(&out);
    }
}

#[test]
fn a_small_limit_of_output_cuts_and_says_so() {
    let mut rng = fastrand::Rng::with_seed(4);
    for schema in messages() {
        let version = *schema.versions().end();
        for output in [0, 10, 60, 300] {
            let bytes = arbitrary(schema, version, &mut rng);
            let how = Dissect { output, ..JSON };
            let (text, outcome) = body(how, schema, version, &bytes);
            assert_eq!(outcome, Ok(()));
            assert!(
                parsed(&text)["cut"].is_string() || text.len() < output + 200,
                "{text}"
            );
            assert!(text.len() < output + 1500, "{text}");
        }
    }
}

fn subscription() -> Bytes {
    let subscription = Subscription {
        topics: vec!["orders".into()],
        rack: Some("r1".to_owned()),
        ..Subscription::default()
    };
    subscription.encode(3).expect("a short one")
}

fn join(protocol_type: &str, metadata: Bytes) -> Request {
    Request::JoinGroup(join_group::JoinGroupRequest {
        group_id: "g".into(),
        protocol_type: protocol_type.to_owned(),
        protocols: vec![join_group::JoinGroupProtocol {
            name: "range".to_owned(),
            metadata,
        }],
        ..Default::default()
    })
}

fn request(version: i16, request: &Request) -> Bytes {
    let mut out = BytesMut::new();
    message::write_request(&mut out, version, 7, Some("me"), request).expect("it is valid");
    out.freeze().slice(4..)
}

fn shown(frame: &Bytes) -> Value {
    let mut out = String::new();
    JSON.request(frame, &mut out).expect("it is valid");
    parsed(&out)
}

#[test]
fn subscriptions_of_consumers_are_opened_and_those_of_others_are_not() {
    let opened = shown(&request(9, &join("consumer", subscription())));
    assert_eq!(
        opened["header"],
        json!({"requestApiKey": 11, "requestApiKeyName": "JoinGroup", "requestApiVersion": 9, "correlationId": 7, "clientId": "me"})
    );
    let metadata = &opened["body"]["protocols"][0]["metadata"];
    assert_eq!(
        *metadata,
        json!({"size": 30, "message": "ConsumerProtocolSubscription", "version": 3, "topics": ["orders"], "userData": null,
               "ownedPartitions": [], "generationId": -1, "rackId": "r1"})
    );
    let closed = shown(&request(9, &join("connect", subscription())));
    assert_eq!(closed["body"]["protocols"][0]["metadata"]["size"], 30);
    assert!(closed["body"]["protocols"][0]["metadata"]["hex"].is_string());
}

/// What some member wrote is not the frame's fault: the rest of it is shown.
#[test]
fn a_broken_subscription_does_not_hide_what_follows() {
    let broken = subscription().slice(..9);
    let shown = shown(&request(9, &join("consumer", broken)));
    let metadata = &shown["body"]["protocols"][0]["metadata"];
    let error = metadata["error"].as_str().unwrap();
    assert!(
        error.starts_with("ConsumerProtocolSubscription.v3.topics[0]: "),
        "{error}"
    );
    assert_eq!(metadata["bytes"]["size"], 9);
    assert!(shown["body"].get("reason").is_some());
}

/// SyncGroup says whose protocol it is only since v5.
#[test]
fn an_assignment_of_an_older_version_is_opened_if_it_reads_as_one() {
    let sync = |assignment: Bytes| {
        let mut out = BytesMut::new();
        let response = sync_group::SyncGroupResponse {
            assignment,
            ..Default::default()
        };
        message::write_response(&mut out, 3, 7, &Response::SyncGroup(response)).unwrap();
        let mut text = String::new();
        JSON.response(14, 3, &out.freeze().slice(4..), &mut text).unwrap();
        parsed(&text)["body"]["assignment"].clone()
    };
    let partitions = vec![kohort_protocol::TopicPartition::new("t", 3)];
    let assignment = Assignment {
        partitions,
        user_data: None,
    };
    let opened = sync(assignment.encode(1).unwrap());
    assert_eq!(
        opened["assignedPartitions"],
        json!([{"topic": "t", "partitions": [3]}])
    );
    assert_eq!(sync(Bytes::from_static(b"\0\x01else"))["hex"], "0001656c7365");
}

fn batch(codec: Codec) -> Bytes {
    let mut batch = BatchBuilder::new().codec(codec);
    for n in 0..3_u8 {
        let value = [0xff, n];
        let record = NewRecord {
            key: Some(b"k"),
            value: Some(&value),
            timestamp: 1_700_000_000_000,
            headers: &[],
        };
        batch.push(&record).expect("it is valid");
    }
    batch.finish().expect("it is valid")
}

/// ProduceRequest v3: transactionalId, acks, timeoutMs, topicData [name, partitionData [index, records]].
fn produce(records: &[u8]) -> Bytes {
    let mut body = BytesMut::new();
    body.put_slice(b"\xff\xff\0\x01\0\0\0\x05\0\0\0\x01\0\x01t\0\0\0\x01\0\0\0\0");
    body.put_i32(records.len().try_into().expect("it is valid"));
    body.put_slice(records);
    body.freeze()
}

fn records(how: Dissect, bytes: &[u8]) -> Value {
    let (text, outcome) = body(how, &table::PRODUCE_REQUEST, 3, &produce(bytes));
    assert_eq!(outcome, Ok(()));
    let mut value = parsed(&text);
    let records = value.pointer_mut("/body/topicData/0/partitionData/0/records");
    records.expect("there are some").take()
}

#[test]
fn batches_of_every_codec_are_opened_and_so_many_records_shown() {
    for codec in Codec::ALL {
        let how = Dissect { records: 2, ..JSON };
        let shown = records(how, &batch(codec));
        let batch = &shown["batches"][0];
        assert_eq!(batch["recordsCount"], 3);
        assert_eq!(batch["attributesName"], codec.name());
        let first = json!({"offset": 0, "timestamp": 1_700_000_000_000_i64, "key": "k", "value": {"size": 2, "hex": "ff00"}});
        assert_eq!(batch["records"][0], first);
        assert_eq!(batch["records"].as_array().map(Vec::len), Some(2));
        assert!(
            records(Dissect { records: 0, ..JSON }, &self::batch(codec))["batches"][0]["records"].is_null()
        );
    }
}

#[test]
fn bad_batches_say_what_is_wrong_and_show_what_is_there() {
    let good = batch(Codec::None);
    let mut corrupt = good.to_vec();
    *corrupt.last_mut().unwrap() ^= 0x40;
    let batch = &records(JSON, &corrupt)["batches"][0];
    assert!(batch["error"].as_str().unwrap().contains("checksum"), "{batch}");
    assert_eq!(batch["recordsCount"], 3);

    let mut two = good.to_vec();
    two.extend_from_slice(&good[..20]);
    let shown = records(JSON, &two);
    assert_eq!(shown["batches"].as_array().map(Vec::len), Some(1));
    assert_eq!(shown["cutOffBatch"]["size"], 20);

    let mut old = good.to_vec();
    old[16] = 1;
    let shown = records(JSON, &old);
    assert!(shown["error"].as_str().unwrap().contains("format 1"), "{shown}");
    assert_eq!(shown["unreadable"]["size"], good.len());

    let bomb = {
        let mut batch = BatchBuilder::new().codec(Codec::Gzip);
        let value = vec![0; 2 << 20];
        batch
            .push(&NewRecord {
                value: Some(&value),
                ..NewRecord::default()
            })
            .unwrap();
        batch.finish().unwrap()
    };
    let shown = records(JSON, &bomb);
    let error = shown["batches"][0]["recordsError"].as_str().unwrap();
    assert!(error.contains("too large"), "{error}");
}

#[test]
fn credentials_are_hidden_unless_asked_for() {
    let auth = Bytes::from_static(b"\0\0\0\x0c\0user\0secret");
    let schema = dissect::schema(36, Direction::Request).unwrap();
    for how in [TEXT, JSON] {
        let (text, outcome) = body(how, schema, 0, &auth);
        assert_eq!(outcome, Ok(()));
        assert!(
            text.contains("hidden") && !text.contains("736563726574"),
            "{text}"
        );
        let (text, _) = body(Dissect { secrets: true, ..how }, schema, 0, &auth);
        assert!(text.contains("736563726574"), "{text}");
    }
}

#[test]
fn unknown_apis_and_versions_show_their_header() {
    let mut out = String::new();
    let frame = Bytes::from_static(b"\x12\x34\0\x01\0\0\0\x09\0\x01cbody");
    assert_eq!(
        JSON.request(&frame, &mut out),
        Err(DissectError::UnknownApi(0x1234))
    );
    let value = parsed(&out);
    assert_eq!(value["header"]["clientId"], "c");
    assert_eq!(value["unreadable"]["hex"], "626f6479");

    out.clear();
    let frame = Bytes::from_static(b"\0\x0c\0\x63\0\0\0\x09\0\x01c\0body");
    let Err(DissectError::Layout(error)) = JSON.request(&frame, &mut out) else {
        panic!("{out}");
    };
    assert_eq!(error.version, 99);
    let value = parsed(&out);
    assert_eq!(
        value["header"]["clientId"], "c",
        "a newer version is flexible as the newest known"
    );
    assert_eq!(value["unreadable"]["hex"], "626f6479");
}

#[test]
fn the_places_of_credentials() {
    let schema = dissect::schema(36, Direction::Request).expect("known");
    let auth = b"\0\0\0\x06secret";
    let secrets = |version, body: &[u8]| -> Vec<(usize, usize)> {
        let found = dissect::secrets(schema, version, body);
        found.into_iter().map(|range| (range.start, range.end)).collect()
    };
    assert_eq!(secrets(0, auth), [(4, 10)]);
    assert_eq!(secrets(0, &auth[..7]), [(0, 7)], "it cannot be read: all of it");
    assert_eq!(secrets(2, b"\x07secret\0"), [(1, 7)]);
    let heartbeat = dissect::schema(12, Direction::Request).expect("known");
    assert!(dissect::secrets(heartbeat, 0, b"\0\x01g\0\0\0\x05\0\x01m").is_empty());
}

/// KIP-511: it names the versions it has, in one that everybody reads.
#[test]
fn a_refusal_of_api_versions_is_read_in_version_0() {
    let mut out = String::new();
    let frame = Bytes::from_static(b"\0\0\0\x01\0\x23\0\0\0\x01\0\x12\0\0\0\x04");
    JSON.response(18, 9, &frame, &mut out).unwrap();
    let value = parsed(&out);
    assert_eq!(
        (&value["apiVersion"], &value["body"]["errorCodeName"]),
        (&json!(0), &json!("UNSUPPORTED_VERSION"))
    );
    assert_eq!(
        value["body"]["apiKeys"],
        json!([{"apiKey": 18, "apiKeyName": "ApiVersions", "minVersion": 0, "maxVersion": 4}])
    );
}

#[test]
fn faults_name_their_path_and_their_place_in_the_frame() {
    let mut out = String::new();
    let frame = request(9, &join("consumer", subscription()));
    let cut = frame.slice(..frame.len() - 20);
    let Err(DissectError::Layout(error)) = TEXT.request(&cut, &mut out) else {
        panic!("{out}");
    };
    assert_eq!(error.path, ".protocols[0].metadata");
    assert!(out.contains("groupId: \"g\"\n"), "{out}");
    assert_eq!(frame[error.offset], 31, "the length of the metadata stands there");
}

#[test]
fn names_and_keys_of_apis() {
    let apis: Vec<(i16, &str)> = dissect::apis().collect();
    assert_eq!(apis.len(), table::REQUESTS.len());
    assert!(apis.contains(&(11, "JoinGroup")) && apis.is_sorted());
    for (key, _) in apis {
        let response = dissect::schema(key, Direction::Response).expect("one for each request");
        assert_eq!(response.role, Role::Response(key));
    }
}

/// A writer that takes nothing ends it with an error, not with a panic.
#[test]
fn a_full_output_is_an_error() {
    struct Full;
    impl std::fmt::Write for Full {
        fn write_str(&mut self, _: &str) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }
    let frame = request(9, &join("consumer", subscription()));
    assert_eq!(
        TEXT.request(&frame, &mut Full),
        Err(DissectError::Output(std::fmt::Error))
    );
}

//! Other addresses in responses: they are there afterwards, and every other byte is what it was.

use bytes::Bytes;
use kohort_protocol::NodeId;
use kohort_protocol::dissect::{Dissect, Form, Gist};
use kohort_protocol::endpoints::{Endpoint, rewrite, tells_addresses};
use kohort_protocol::layout::{self, Field, Schema, Value, Visit, table};
use serde_json::Value as Json;

fn json(schema: &'static Schema, version: i16, body: &[u8]) -> Json {
    let how = Dissect {
        form: Form::Json,
        ..Dissect::default()
    };
    let mut out = String::new();
    let dissected = how.body(schema, version, &Bytes::copy_from_slice(body), &mut out);
    assert_eq!(dissected, Ok(()), "{out}");
    let mut value: Json = serde_json::from_str(&out).expect("JSON");
    value.get_mut("body").expect("a body").take()
}

/// Changes host and port wherever they stand behind a node's id, and counts.
fn expect(value: &mut Json, host: &str, port: u16) -> usize {
    match value {
        Json::Array(elements) => elements
            .iter_mut()
            .map(|element| expect(element, host, port))
            .sum(),
        Json::Object(fields) => {
            let node = fields.contains_key("nodeId") || fields.contains_key("brokerId");
            let real = fields
                .get("port")
                .and_then(Json::as_i64)
                .is_some_and(|port| (1..65536).contains(&port));
            let here = node && real && fields.contains_key("host");
            if here {
                fields["host"] = host.into();
                fields["port"] = port.into();
            }
            usize::from(here)
                + fields
                    .values_mut()
                    .map(|field| expect(field, host, port))
                    .sum::<usize>()
        }
        _ => 0,
    }
}

/// Ports in arbitrary messages are seldom any.
fn with_ports(schema: &'static Schema, version: i16, body: &mut [u8]) {
    struct Ports(Vec<usize>);
    impl Visit for Ports {
        fn value(&mut self, at: usize, field: &'static Field, value: Value<'_>) {
            if field.name == "port" && matches!(value, Value::Int(_)) {
                self.0.push(at);
            }
        }
    }
    let mut ports = Ports(Vec::new());
    layout::walk(schema, version, body, &mut ports).expect("a good one");
    for at in ports.0 {
        let port = body.get_mut(at..at + 4).expect("four bytes");
        port.copy_from_slice(&9092_i32.to_be_bytes());
    }
}

#[test]
fn addresses_are_replaced_and_nothing_else_in_every_message_and_version() {
    let mut rng = fastrand::Rng::with_seed(5);
    let long = "a-host-with-a-name-so-long-that-sizes-of-tagged-fields-need-another-byte.".repeat(3);
    for api_key in [0, 1, 3, 10, 60, 78, 79] {
        let schema = layout::response(api_key).expect("known");
        for version in schema.versions() {
            let mut replaced = 0;
            for round in 0..200 {
                let host = if round % 2 == 0 { "h" } else { long.as_str() };
                let mut body =
                    layout::arbitrary(schema, version, &mut |below| rng.u32(..below)).expect("known");
                with_ports(schema, version, &mut body);
                let other = Endpoint {
                    host: host.to_owned(),
                    port: 19093,
                };
                let rewritten =
                    rewrite(schema, version, &body, &mut |_, _| Some(other.clone())).expect("good");
                let mut expected = json(schema, version, &body);
                let count = expect(&mut expected, host, 19093);
                assert_eq!(rewritten.is_some(), count > 0);
                if let Some(rewritten) = rewritten {
                    assert_eq!(json(schema, version, &rewritten), expected);
                    let undone = rewrite(schema, version, &rewritten, &mut |_, _| None);
                    assert_eq!(undone, Ok(None), "nobody to place, nothing to change");
                }
                replaced += count;
            }
            assert_eq!(
                replaced > 0,
                tells_addresses(api_key, version),
                "{} v{version}",
                schema.name
            );
        }
    }
}

#[test]
fn what_is_asked_is_what_stands_there_and_putting_it_back_gives_the_same_bytes() {
    let mut rng = fastrand::Rng::with_seed(6);
    let schema = &table::METADATA_RESPONSE;
    for version in schema.versions() {
        for _ in 0..50 {
            let mut body = layout::arbitrary(schema, version, &mut |below| rng.u32(..below)).expect("known");
            with_ports(schema, version, &mut body);
            let mut asked = Vec::new();
            let same = rewrite(schema, version, &body, &mut |node, endpoint| {
                asked.push(node);
                Some(endpoint.clone())
            });
            let same = same.expect("good");
            assert_eq!(same.is_some(), !asked.is_empty());
            assert_eq!(same.unwrap_or(body.clone()), body);
        }
    }
}

/// Endpoints of other things than brokers stay: Raft voters, Kafka Streams applications.
#[test]
fn other_messages_are_never_changed() {
    let mut rng = fastrand::Rng::with_seed(7);
    for schema in table::RESPONSES {
        let layout::Role::Response(api_key) = schema.role else {
            continue;
        };
        for version in schema
            .versions()
            .filter(|version| !tells_addresses(api_key, *version))
        {
            for _ in 0..20 {
                let body = layout::arbitrary(schema, version, &mut |below| rng.u32(..below)).expect("known");
                let all = &mut |_, endpoint: &Endpoint| Some(endpoint.clone());
                assert_eq!(
                    rewrite(schema, version, &body, all),
                    Ok(None),
                    "{} v{version}",
                    schema.name
                );
            }
        }
    }
}

#[test]
fn a_coordinator_that_is_not_known_has_no_address_and_broken_bytes_are_an_error() {
    let schema = &table::FIND_COORDINATOR_RESPONSE;
    let nobody = b"\0\x0f\xff\xff\xff\xff\0\0\xff\xff\xff\xff";
    let mut asked = 0;
    let mut place = |_: NodeId, _: &Endpoint| {
        asked += 1;
        None
    };
    assert_eq!(rewrite(schema, 0, nobody, &mut place), Ok(None));
    assert!(rewrite(schema, 0, &nobody[..9], &mut place).is_err());
    assert_eq!(asked, 0);
}

#[test]
fn the_gist_of_a_message() {
    let (gist, read) = Gist::of(&table::HEARTBEAT_REQUEST, 0, b"\0\x01g\0\0\0\x05\0\x01m");
    assert_eq!((gist.groups.as_slice(), read), (&["g".to_owned()][..], Ok(())));
    let (gist, _) = Gist::of(&table::HEARTBEAT_RESPONSE, 0, b"\0\x19");
    assert_eq!(
        gist.errors
            .into_iter()
            .map(|(code, n)| (code.0, n))
            .collect::<Vec<_>>(),
        [(25, 1)]
    );
    let (gist, _) = Gist::of(&table::FIND_COORDINATOR_REQUEST, 1, b"\0\x01g\0");
    assert_eq!(gist.groups, ["g"]);
    let (gist, _) = Gist::of(&table::FIND_COORDINATOR_REQUEST, 1, b"\0\x01t\x01");
    assert!(gist.groups.is_empty(), "a transaction");
    let (gist, _) = Gist::of(&table::DESCRIBE_GROUPS_REQUEST, 0, b"\0\0\0\x02\0\x01a\0\x01b");
    assert_eq!(gist.groups, ["a", "b"]);
    let (gist, read) = Gist::of(&table::PRODUCE_REQUEST, 3, b"\xff\xff\0\0\0\0\0\x05\0\0");
    assert_eq!((gist.acks, read.is_err()), (Some(0), true), "cut off behind it");
}

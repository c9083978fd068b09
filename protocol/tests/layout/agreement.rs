//! The table against the messages, in both directions: they read what arbitrary messages of the table say, to the last
//! byte, and what they write back is the same.

use crate::peers::{Peer, completed, peers};
use bytes::Bytes;
use kohort_protocol::layout::{self, table};

const ROUNDS: u64 = 40;

#[test]
fn messages_read_and_write_what_the_table_says() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for peer in peers() {
        for version in peer.versions() {
            for seed in 0..ROUNDS {
                let made = arbitrary(&peer, version, seed);
                layout::check(peer.schema, version, &made).unwrap();
                match (peer.again)(Bytes::from(made.clone()), version) {
                    Ok((again, 0)) if again == made => compared += 1,
                    Ok((again, left)) => {
                        wrong.push(format!(
                            "{} v{version}: {made:02x?} came back as {:02x?}, {left} left",
                            peer.schema.name,
                            &again[..]
                        ));
                        break;
                    }
                    Err(error) => {
                        wrong.push(format!("{} v{version}: {error} {made:02x?}", peer.schema.name));
                        break;
                    }
                }
            }
        }
    }
    println!("{compared} messages came back as they were");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn arbitrary(peer: &Peer, version: i16, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    layout::arbitrary(peer.schema, version, &mut |n| random.u32(..n)).expect("a known version")
}

/// Nothing that is written by default surprises the table either.
#[test]
fn the_table_reads_the_defaults() {
    for peer in peers() {
        for version in peer.versions() {
            // Some defaults cannot be written in every version: a field that must not be null is.
            if let Ok(default) = (peer.default)(version) {
                layout::check(peer.schema, version, &default).unwrap();
            }
        }
    }
}

/// A new Kafka shows here: what is named must join the list in `tools/schema`.
#[test]
fn every_message_of_the_table_can_be_spoken() {
    let peers = peers();
    let spoken = |name| {
        let peer = peers.iter().find(|peer| peer.schema.name == name);
        peer.map(|peer| peer.versions())
    };
    for schema in table::REQUESTS.iter().chain(table::RESPONSES) {
        assert_eq!(spoken(schema.name), Some(schema.versions()), "{}", schema.name);
    }
}

/// A new kafka-protocol shows here: what it no longer lacks must leave the list in `tools/schema`.
#[test]
fn what_kafka_protocol_lacks() {
    for theirs in completed() {
        let (name, newest) = (theirs.schema.name, *theirs.schema.versions().end());
        assert!(*theirs.versions().end() < newest, "{name} v{newest} is there");
    }
}

/// Fields that have another name in Kafka 4.4 than in the 4.1 that kafka-protocol was made from.
const RENAMED: [(&str, &str); 1] = [("  generation_id:", "  generation_id_or_member_epoch:")];

/// In the versions that kafka-protocol has, a caller sees no difference: the same bytes, read as the same fields.
#[test]
fn completed_messages_are_those_of_kafka_protocol() {
    let ours = peers();
    let mut compared = 0;
    for theirs in completed() {
        let name = theirs.schema.name;
        let ours = ours.iter().find(|peer| peer.schema.name == name).unwrap();
        for version in theirs.versions() {
            let defaults = [theirs.default, ours.default].map(|default| default(version).ok());
            assert_eq!(defaults[0], defaults[1], "{name} v{version}: the default");
            for seed in 0..ROUNDS {
                let made = Bytes::from(arbitrary(&theirs, version, seed));
                let shown = [theirs.shown, ours.shown].map(|shown| shown(made.clone(), version).unwrap());
                let renamed = RENAMED
                    .iter()
                    .fold(shown[0].clone(), |text, (was, is)| text.replace(was, is));
                assert_eq!(
                    missing(&renamed, &shown[1]),
                    "",
                    "{name} v{version}: {}",
                    shown[1]
                );
                let again = [theirs.again, ours.again].map(|again| again(made.clone(), version).unwrap());
                assert_eq!(again[0], again[1], "{name} v{version}");
                compared += 1;
            }
        }
    }
    println!("{compared} messages, the same bytes and fields");
}

/// The first line of `theirs` that `ours` does not have as often. Fields that only ours has are more lines there.
fn missing<'a>(theirs: &'a str, ours: &str) -> &'a str {
    let count = |text: &str, line: &str| text.lines().filter(|other| *other == line).count();
    let mut lines = theirs.lines();
    lines
        .find(|line| count(theirs, line) > count(ours, line))
        .unwrap_or_default()
}

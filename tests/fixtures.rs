//! What real brokers and other clients wrote, read and (frames) written again byte for byte. The fixtures come from
//! `tests/kafka/tests/frames.rs`, which writes them anew with `KOHORT_CAPTURE=1`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use kohort_checks::frames::{self, StoredFrame};
use kohort_protocol::ApiKey;
use kohort_protocol::api::Direction;
use kohort_protocol::records::{Batches, Codec, Crcs, Cursor};

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder)
}

fn stored() -> BTreeMap<ApiKey, Vec<StoredFrame>> {
    let read = |api: &ApiKey| {
        let text = fs::read_to_string(fixtures("frames").join(frames::file_name(*api)));
        let text = text.map_err(|error| format!("{api}: {error}"));
        let text = text.expect("each API has its file of frames");
        (
            *api,
            frames::parse(&text).expect("a file as the capture writes it"),
        )
    };
    ApiKey::ALL.iter().map(read).collect()
}

#[test]
fn each_frame_is_read_and_written_again() {
    for (api, frames) in stored() {
        for frame in &frames {
            frames::check(api, frame).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

/// A frame that is not what its schema says is refused, whichever byte is gone: the test above can fail.
#[test]
fn a_frame_without_its_last_byte_is_refused() {
    for (api, frames) in stored() {
        for mut frame in frames {
            frame.frame.truncate(frame.frame.len() - 1);
            assert!(frames::check(api, &frame).is_err(), "{api} v{}", frame.version);
        }
    }
}

#[test]
fn there_is_a_frame_of_each_version_that_both_sides_speak() {
    let stored = stored();
    let offered = frames::offered(&stored[&ApiKey::ApiVersions]).expect("ApiVersions can be read");
    assert_eq!(offered.keys().collect::<Vec<_>>(), ["4.0.2", "4.4.0"]);
    for (api, frames) in &stored {
        for (release, offered) in &offered {
            let Some(range) = frames::range_of(*api, offered) else {
                assert!(
                    release < &"4.4.0".to_owned(),
                    "{api}: {release} does not offer it"
                );
                continue;
            };
            let Some(common) = range.intersect(kohort_protocol::api::versions(*api)) else {
                panic!("{api}: {release} offers {range}");
            };
            for version in common.min..=common.max {
                let of = |direction| {
                    frames.iter().any(|frame| {
                        frame.version == version
                            && frame.direction == direction
                            && frame.releases.contains(release)
                    })
                };
                assert!(
                    of(Direction::Request) && of(Direction::Response),
                    "{api} v{version} of {release}"
                );
            }
        }
    }
    let missing =
        fs::read_to_string(fixtures("frames").join("MISSING.md")).expect("the table of what is missing");
    assert_eq!(missing, frames::missing(&offered));
}

fn batches(name: &str) -> Bytes {
    let text = fs::read_to_string(fixtures("batches").join(name)).map_err(|error| format!("{name}: {error}"));
    let text = text.expect("each writer and compression has its file");
    let hex = text
        .lines()
        .find(|line| !line.starts_with('#'))
        .expect("a line of bytes");
    frames::from_hex(hex).expect("hexadecimal digits")
}

#[test]
fn batches_of_other_producers_are_read() {
    for (name, codec) in [
        ("none", Codec::None),
        ("gzip", Codec::Gzip),
        ("snappy", Codec::Snappy),
        ("lz4", Codec::Lz4),
        ("zstd", Codec::Zstd),
    ] {
        for writer in ["java", "librdkafka"] {
            let name = format!("{writer}-{name}.txt");
            let records = batches(&name);
            let codecs: Vec<Codec> = Batches::new(records.clone(), Crcs::Verify)
                .map(|batch| batch.and_then(|batch| batch.codec()).expect("a good batch"))
                .collect();
            assert!(codecs.contains(&codec), "{name}: {codecs:?}");
            twenty_records(&name, records);
        }
    }
}

/// As the capture's producers were told to write them.
fn twenty_records(name: &str, records: Bytes) {
    let mut cursor = Cursor::new(records, 0).verify_crcs();
    let mut n = 0;
    while let Some(record) = cursor.next() {
        let record = record.map_err(|error| format!("{name}: {error}"));
        let record = record.expect("a good record");
        let value = format!("value {n} value {n} value {n} value {n}");
        assert_eq!(record.offset(), n, "{name}");
        assert_eq!(record.key(), Some(format!("key-{n}").as_bytes()), "{name}");
        assert_eq!(record.value(), Some(value.as_bytes()), "{name}");
        let headers: Vec<_> = record
            .headers()
            .map(|header| (header.key, header.value))
            .collect();
        assert_eq!(
            headers,
            [(&b"a"[..], Some(&b"1"[..])), (b"b", Some(b"2"))],
            "{name}"
        );
        n += 1;
    }
    assert_eq!(n, 20, "{name}");
}

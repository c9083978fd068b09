//! The captured frames of real brokers, shown to people and to programs: all of them can be read, and some look exactly so.
//!
//! `KOHORT_DISSECT=1 cargo test --test dissect` writes what is shown in `tests/fixtures/dissected` anew; read the difference before you keep it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kohort_checks::frames::{self, StoredFrame};
use kohort_protocol::ApiKey;
use kohort_protocol::api::Direction;
use kohort_protocol::dissect::{Dissect, Form};
use serde_json::Value;

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder)
}

fn stored(api: ApiKey) -> Vec<StoredFrame> {
    let path = fixtures("frames").join(frames::file_name(api));
    let text = fs::read_to_string(path).expect("each API has its file of frames");
    frames::parse(&text).expect("a file as the capture writes it")
}

fn dissect(form: Form, api: ApiKey, stored: &StoredFrame) -> String {
    let how = Dissect {
        form,
        ..Dissect::default()
    };
    let mut out = String::new();
    let outcome = match stored.direction {
        Direction::Request => how.request(&stored.frame, &mut out),
        Direction::Response => how.response(api.number(), stored.version, &stored.frame, &mut out),
    };
    assert_eq!(outcome, Ok(()), "{api} v{}: {out}", stored.version);
    out
}

#[test]
fn each_captured_frame_is_shown_as_text_and_as_json() {
    for &api in ApiKey::ALL {
        for stored in stored(api) {
            let text = dissect(Form::Text, api, &stored);
            assert!(text.contains("\n  body:"), "{text}");
            assert!(!text.contains("\n  trailing:"), "{text}");
            let json = dissect(Form::Json, api, &stored);
            let value: Value = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
            assert_eq!(value["message"], format!("{api}{}", direction(&stored)));
            assert_eq!(value["apiVersion"], stored.version);
        }
    }
}

fn direction(stored: &StoredFrame) -> &'static str {
    match stored.direction {
        Direction::Request => "Request",
        Direction::Response => "Response",
    }
}

/// Which look exactly so. Their frames stand beside what is shown of them, so that a new capture does not change what is expected.
const GOLDEN: [(ApiKey, i16, Direction); 9] = [
    (ApiKey::JoinGroup, 9, Direction::Response),
    (ApiKey::SyncGroup, 3, Direction::Request),
    (ApiKey::SyncGroup, 5, Direction::Response),
    (ApiKey::OffsetCommit, 9, Direction::Request),
    (ApiKey::Metadata, 12, Direction::Response),
    (ApiKey::Produce, 9, Direction::Request),
    (ApiKey::Fetch, 17, Direction::Response),
    (ApiKey::DescribeGroups, 6, Direction::Response),
    (ApiKey::FindCoordinator, 6, Direction::Response),
];

#[test]
fn some_look_exactly_so() {
    for (api, version, direction) in GOLDEN {
        let name = format!("{api}{direction:?}-v{version}");
        let path = |ending| fixtures("dissected").join(format!("{name}.{ending}"));
        let hex = fs::read_to_string(path("hex")).expect("its frame stands beside it");
        let stored = StoredFrame {
            version,
            direction,
            releases: BTreeSet::new(),
            frame: frames::from_hex(hex.trim()).expect("hexadecimal digits"),
        };
        expect(&path("txt"), &dissect(Form::Text, api, &stored));
        expect(&path("json"), &(dissect(Form::Json, api, &stored) + "\n"));
    }
}

fn expect(path: &Path, shown: &str) {
    if std::env::var_os("KOHORT_DISSECT").is_some() {
        fs::write(path, shown).expect("a folder that can be written");
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(kept, shown, "{}", path.display());
}

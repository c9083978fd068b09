//! What a visitor sees of a frame: names, values and offsets enough to print it.

use kohort_protocol::layout::{self, Field, Value, Visit, table};

#[derive(Default)]
struct Lines(Vec<String>);

impl Visit for Lines {
    fn value(&mut self, at: usize, field: &'static Field, value: Value<'_>) {
        let text = match value {
            Value::String(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            other => format!("{other:?}"),
        };
        self.0.push(format!("{at} {} {text}", field.name));
    }

    fn begin(&mut self, at: usize, field: &'static Field, count: Option<usize>) {
        self.0.push(format!(
            "{at} {} {}",
            field.name,
            count.map_or("{".to_owned(), |count| format!("{count} ["))
        ));
    }

    fn end(&mut self, at: usize, field: &'static Field) {
        self.0.push(format!("{at} end of {}", field.name));
    }

    fn unknown(&mut self, at: usize, tag: u32, bytes: &[u8]) {
        self.0.push(format!("{at} tag {tag} {bytes:?}"));
    }
}

/// A JoinGroup response of version 9: one member, whose instance id is null, and an unknown tag.
#[test]
fn a_visitor_sees_fields_in_the_order_of_the_bytes() {
    let mut frame = vec![0, 0, 0, 0, 0, 0]; // throttle time, error
    frame.extend([0, 0, 0, 7, 0, 2, b'r', 2, b'L', 0, 2, b'm']); // generation to member id
    frame.extend([2, 2, b'm', 0, 3, 0xab, 0xcd, 0]); // the member
    frame.extend([1, 9, 1, 0xff]); // tag 9
    let mut lines = Lines::default();
    let read = layout::walk(&table::JOIN_GROUP_RESPONSE, 9, &frame, &mut lines).unwrap();
    assert_eq!(read, frame.len());
    let expected = [
        "0 throttleTimeMs Int(0)",
        "4 errorCode Int(0)",
        "6 generationId Int(7)",
        "10 protocolType Null",
        "11 protocolName r",
        "13 leader L",
        "15 skipAssignment Bool(false)",
        "16 memberId m",
        "18 members 1 [",
        "19 members {",
        "19 memberId m",
        "21 groupInstanceId Null",
        "22 metadata Bytes([171, 205])",
        "26 end of members",
        "26 end of members",
        "29 tag 9 [255]",
    ];
    assert_eq!(lines.0, expected);
}

/// Tagged fields carry their names too, and offsets of the whole frame.
#[test]
fn a_visitor_sees_known_tags_as_fields() {
    let frame = [0, 0, 1, 0, 0, 0, 0, 1, 0, 8, 2, 5, b'f', b'e', b'a', b't', 0, 1];
    let mut lines = Lines::default();
    let error = layout::walk(&table::API_VERSIONS_RESPONSE, 3, &frame, &mut lines).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ApiVersionsResponse.v3.supportedFeatures[0].maxVersion: needs 2 bytes where 0 are left (at byte 18)"
    );
    let expected = [
        "10 supportedFeatures 1 [",
        "11 supportedFeatures {",
        "11 name feat",
        "16 minVersion Int(1)",
    ];
    assert!(lines.0.ends_with(&expected.map(str::to_owned)), "{:?}", lines.0);
}

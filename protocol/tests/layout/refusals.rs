//! Single frames, each with the words the check finds for it.

use kohort_protocol::layout::{self, Fault, LayoutError, Schema, table};

#[allow(clippy::indexing_slicing, reason = "a test")]
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("two hex digits"))
        .collect()
}

fn refused(schema: &'static Schema, version: i16, hex: &str) -> String {
    layout::check(schema, version, &bytes(hex))
        .expect_err(hex)
        .to_string()
}

/// Frames on which kafka-protocol 0.18 asks for 30 to 800 GB, so that the process aborts.
#[test]
fn frames_that_abort_the_decoder_are_refused() {
    let killers: &[(&'static Schema, i16, &str, &str)] = &[
        (
            &table::SASL_HANDSHAKE_RESPONSE,
            0,
            "0200 40000001",
            "SaslHandshakeResponse.v0.mechanisms: array of 1073741825 does not fit in 0 bytes (at byte 2)",
        ),
        (
            &table::LIST_GROUPS_RESPONSE,
            0,
            "00ff 10010000 0000",
            "ListGroupsResponse.v0.groups: array of 268500992 does not fit in 2 bytes (at byte 2)",
        ),
        (
            &table::DELETE_GROUPS_RESPONSE,
            0,
            "00000000 20004800 0000",
            "DeleteGroupsResponse.v0.results: array of 536889344 does not fit in 2 bytes (at byte 4)",
        ),
        (
            &table::API_VERSIONS_RESPONSE,
            0,
            "0000 40000070 0000000000",
            "ApiVersionsResponse.v0.apiKeys: array of 1073741936 does not fit in 5 bytes (at byte 2)",
        ),
        (
            &table::LEAVE_GROUP_RESPONSE,
            3,
            "00000000 0000 47010000 000000",
            "LeaveGroupResponse.v3.members: array of 1191247872 does not fit in 3 bytes (at byte 6)",
        ),
        (
            &table::OFFSET_COMMIT_RESPONSE,
            2,
            "20000001 00000000000000000000",
            "OffsetCommitResponse.v2.topics: array of 536870913 does not fit in 10 bytes (at byte 0)",
        ),
        (
            &table::CONSUMER_PROTOCOL_ASSIGNMENT,
            0,
            "20000001 00000000000000000000000000",
            "ConsumerProtocolAssignment.v0.assignedPartitions: array of 536870913 does not fit in 13 bytes (at byte 0)",
        ),
        (
            &table::CONSUMER_PROTOCOL_SUBSCRIPTION,
            0,
            "72000001 000000000100",
            "ConsumerProtocolSubscription.v0.topics: array of 1912602625 does not fit in 6 bytes (at byte 0)",
        ),
        (
            &table::JOIN_GROUP_RESPONSE,
            0,
            "0000 00000001 0000 0000 0000 5f000100 000000000100",
            "JoinGroupResponse.v0.members: array of 1593835776 does not fit in 6 bytes (at byte 12)",
        ),
        (
            &table::OFFSET_FETCH_RESPONSE,
            1,
            "00000001 0000 40000001 000000000000000000000000000000",
            "OffsetFetchResponse.v1.topics[0].partitions: array of 1073741825 does not fit in 15 bytes (at byte 6)",
        ),
        (
            &table::FIND_COORDINATOR_RESPONSE,
            4,
            "02020202 ffffffff0f 02000000000000000000",
            "FindCoordinatorResponse.v4.coordinators: array of 4294967294 does not fit in 10 bytes (at byte 4)",
        ),
        (
            &table::CONSUMER_GROUP_DESCRIBE_RESPONSE,
            0,
            "00000000 ffffffff0f 0000",
            "ConsumerGroupDescribeResponse.v0.groups: array of 4294967294 does not fit in 2 bytes (at byte 4)",
        ),
        (
            &table::SHARE_GROUP_DESCRIBE_RESPONSE,
            1,
            "00000000 ffffffff0f 0000",
            "ShareGroupDescribeResponse.v1.groups: array of 4294967294 does not fit in 2 bytes (at byte 4)",
        ),
        (
            &table::SHARE_FETCH_RESPONSE,
            1,
            "00000000 0000 00 00000000 ffffffff0f 0000",
            "ShareFetchResponse.v1.responses: array of 4294967294 does not fit in 2 bytes (at byte 11)",
        ),
        (
            &table::SHARE_ACKNOWLEDGE_RESPONSE,
            1,
            "00000000 0000 00 ffffffff0f 0000",
            "ShareAcknowledgeResponse.v1.responses: array of 4294967294 does not fit in 2 bytes (at byte 7)",
        ),
    ];
    for (schema, version, hex, words) in killers {
        assert_eq!(refused(schema, *version, hex), *words);
    }
}

#[test]
fn the_error_names_the_path_through_nested_arrays() {
    // One group "g" whose topics claim to be 2^32 - 2.
    let hex = "00000000 02 0267 ffffffff0f 0000";
    let words =
        "OffsetFetchResponse.v9.groups[0].topics: array of 4294967294 does not fit in 2 bytes (at byte 7)";
    assert_eq!(refused(&table::OFFSET_FETCH_RESPONSE, 9, hex), words);
}

#[test]
fn lengths_nulls_and_varints() {
    let heartbeat = |hex: &str| refused(&table::HEARTBEAT_REQUEST, 0, hex);
    assert!(
        heartbeat("0005 6162").ends_with(".groupId: string of 5 bytes does not fit in 2 bytes (at byte 0)")
    );
    assert!(heartbeat("fffe").ends_with(".groupId: length -2 is negative (at byte 0)"));
    assert!(heartbeat("ffff").ends_with(".groupId: null, which this version does not allow (at byte 0)"));
    assert!(heartbeat("0000 0000").ends_with(".generationId: needs 4 bytes where 2 are left (at byte 2)"));

    let flexible = |hex: &str| refused(&table::HEARTBEAT_REQUEST, 4, hex);
    assert!(flexible("ffffffff1f").ends_with(".groupId: varint of more than 32 bits (at byte 0)"));
    assert!(flexible("808080808000").ends_with(".groupId: varint of more than 32 bits (at byte 0)"));
    assert!(flexible("00").ends_with(".groupId: null, which this version does not allow (at byte 0)"));
    assert!(flexible("8080").ends_with(".groupId: needs 1 bytes where 0 are left (at byte 0)"));

    // A next cursor is there (1) or null (-1).
    let cursor = |hex: &str| refused(&table::DESCRIBE_TOPIC_PARTITIONS_RESPONSE, 0, hex);
    assert!(
        cursor("00000000 01 00").ends_with(".nextCursor: presence byte 0 is neither 1 nor -1 (at byte 5)")
    );
}

/// KIP-482: tags ascend, each once, and a known one takes exactly its size.
#[test]
fn tag_blocks() {
    let empty = "0000 01 00000000";
    let refused = |tags: &str| refused(&table::API_VERSIONS_RESPONSE, 3, &format!("{empty}{tags}"));
    let passes = |tags: &str| {
        layout::check(
            &table::API_VERSIONS_RESPONSE,
            3,
            &bytes(&format!("{empty}{tags}")),
        )
        .unwrap();
    };
    passes("00");
    passes("01 01 08 ffffffffffffffff");
    passes("02 01 08 ffffffffffffffff 07 02 abcd");
    assert!(refused("09 0100").ends_with(".v3: 9 tagged fields do not fit in 2 bytes (at byte 7)"));
    assert!(refused("02 0700").ends_with(".v3: 2 tagged fields do not fit in 2 bytes (at byte 7)"));
    assert!(refused("01 07 03 abcd").ends_with(".tag7: needs 3 bytes where 2 are left (at byte 8)"));
    assert!(refused("02 07 00 07 00").ends_with(".tag7: tag 7 follows tag 7 (at byte 10)"));
    assert!(refused("02 07 00 05 00").ends_with(".tag5: tag 5 follows tag 7 (at byte 10)"));
    // kafka-protocol ignores the size of a tag it knows and reads on behind it.
    let short = "01 01 01 ffffffffffffffff";
    assert!(
        refused(short).ends_with(".finalizedFeaturesEpoch: needs 8 bytes where 1 are left (at byte 10)"),
        "{}",
        refused(short)
    );
    let long = "01 01 09 ffffffffffffffffff";
    assert!(
        refused(long).ends_with(".finalizedFeaturesEpoch: tagged field of 9 bytes holds 8 bytes (at byte 8)")
    );
}

#[test]
fn only_responses_must_end_where_their_fields_end() {
    let trailing = "HeartbeatResponse.v0: 1 bytes follow its end (at byte 2)";
    assert_eq!(refused(&table::HEARTBEAT_RESPONSE, 0, "0000 00"), trailing);
    // Brokers ignore what follows a request (seen on Kafka 4.0.2 and 4.4.0).
    layout::check(&table::HEARTBEAT_REQUEST, 0, &bytes("0000 00000000 0000 abcd")).unwrap();
    layout::check(
        &table::CONSUMER_PROTOCOL_ASSIGNMENT,
        0,
        &bytes("00000000 ffffffff abcd"),
    )
    .unwrap();
}

#[test]
fn versions_out_of_range_are_refused_except_newer_member_blobs() {
    let version =
        |schema, version| layout::check(schema, version, &[0; 64]).map_err(|LayoutError { fault, .. }| fault);
    let unknown = Fault::Version { first: 0, last: 4 };
    assert_eq!(version(&table::HEARTBEAT_REQUEST, 5), Err(unknown));
    assert_eq!(version(&table::HEARTBEAT_REQUEST, -1), Err(unknown));
    assert_eq!(version(&table::HEARTBEAT_REQUEST, 300), Err(unknown));
    assert_eq!(version(&table::CONSUMER_PROTOCOL_SUBSCRIPTION, 300), Ok(()));
    assert_eq!(version(&table::CONSUMER_PROTOCOL_SUBSCRIPTION, 4), Ok(()));
    assert!(version(&table::CONSUMER_PROTOCOL_SUBSCRIPTION, -1).is_err());
}

#[test]
fn headers() {
    let request = bytes("0012 0003 00000007 0001 61 00 ff");
    assert_eq!(layout::check_header(&table::REQUEST_HEADER, 2, &request), Ok(12));
    assert_eq!(layout::check_header(&table::REQUEST_HEADER, 1, &request), Ok(11));
    let tags = layout::check_header(
        &table::REQUEST_HEADER,
        2,
        &bytes("0012 0003 00000007 ffff ffffffff0f"),
    );
    assert!(
        tags.unwrap_err()
            .to_string()
            .contains("4294967295 tagged fields do not fit")
    );
    assert_eq!(
        layout::check_header(&table::RESPONSE_HEADER, 0, &bytes("00000007 00")),
        Ok(4)
    );
    assert_eq!(
        layout::check_header(&table::RESPONSE_HEADER, 1, &bytes("00000007 00")),
        Ok(5)
    );
    assert!(layout::check_header(&table::RESPONSE_HEADER, 1, &bytes("00000007 01 00 05 00")).is_err());
}

/// KIP-511: a client must be able to read the answer to its first question.
#[test]
fn the_api_versions_response_keeps_the_oldest_header() {
    let header = |schema: Option<&'static Schema>, version| schema.unwrap().header_version(version);
    assert_eq!(header(layout::request(18), 3), Some(2));
    assert_eq!(header(layout::response(18), 3), Some(0));
    assert_eq!(header(layout::response(11), 6), Some(1));
    assert_eq!(header(layout::response(11), 5), Some(0));
    assert_eq!(header(layout::request(17), 1), Some(1));
    assert!(layout::request(4).is_none(), "LeaderAndIsr is gone");
}

/// A group in an OffsetFetch request takes 3 bytes on the wire and 120 decoded.
#[test]
fn an_array_that_would_cost_too_much_memory_is_refused() {
    // A count of 12,801 in two bytes, which is one more than there are.
    let large = [&[0x81, 100][..], &[1, 1, 0].repeat(12_800), &[0, 0]].concat();
    let error = layout::check(&table::OFFSET_FETCH_REQUEST, 8, &large).unwrap_err();
    assert_eq!(
        error.to_string(),
        "OffsetFetchRequest.v8.groups: array of 12800 makes a message that takes 1536000 bytes decoded, \
         more than the 987232 allowed for its frame (at byte 0)"
    );
}

/// A later Kafka may add tagged fields wherever it likes, so that many are no reason to refuse a frame.
#[test]
fn many_unknown_tagged_fields_are_left_out_of_what_is_decoded() {
    // Throttle time, error, and tags 1 to 100 with nothing in them.
    let tags = |count: u8| (1..=count).flat_map(|tag| [tag, 0]).collect::<Vec<u8>>();
    let few = [&[0, 0, 0, 7, 0, 25, 100][..], &tags(100)].concat();
    let many = [
        &[0, 0, 0, 7, 0, 25, 0x81, 1][..],
        &tags(127),
        &[0x80, 1, 0, 0x81, 1, 0],
    ]
    .concat();
    let admitted =
        |frame: &[u8]| layout::admit(&table::HEARTBEAT_RESPONSE, 4, frame.to_vec().into()).unwrap();
    assert_eq!(admitted(&few), few);
    assert_eq!(&*admitted(&many), [0, 0, 0, 7, 0, 25, 0]);
}

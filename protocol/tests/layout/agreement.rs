//! The table against kafka-protocol, in both directions: it reads what arbitrary messages of the table say, to the last
//! byte, and what it writes back is the same.

use crate::peers::{Peer, peers};
use bytes::Bytes;
use kohort_protocol::layout::{self, table};

const ROUNDS: u64 = 40;

#[test]
fn kafka_protocol_reads_and_writes_what_the_table_says() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for peer in peers() {
        for version in peer.versions() {
            for seed in 0..ROUNDS {
                let mut random = fastrand::Rng::with_seed(seed);
                let made = layout::arbitrary(peer.schema, version, &mut |n| random.u32(..n)).unwrap();
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

/// Nothing that kafka-protocol writes by default surprises the table either.
#[test]
fn the_table_reads_the_defaults_of_kafka_protocol() {
    for peer in peers() {
        for version in peer.versions() {
            // Some defaults cannot be written in every version: a field that must not be null is.
            if let Ok(default) = (peer.default)(version) {
                layout::check(peer.schema, version, &default).unwrap();
            }
        }
    }
}

/// What must be written by hand, or left out of negotiation. When kafka-protocol learns a version this list shrinks.
#[test]
fn what_kafka_protocol_lacks() {
    let peers = peers();
    let mut lacking = Vec::new();
    for schema in table::REQUESTS.iter().chain(table::RESPONSES) {
        let newest = *schema.versions().end();
        match peers
            .iter()
            .find(|peer| peer.schema.name == schema.name)
            .map(Peer::versions)
        {
            None => lacking.push(schema.name.to_owned()),
            Some(theirs) if *theirs.end() < newest => lacking.push(format!("{} v{newest}", schema.name)),
            Some(theirs) => assert_eq!(theirs, schema.versions(), "{}", schema.name),
        }
    }
    assert_eq!(lacking, LACKING);
}

const LACKING: &[&str] = &[
    "ListOffsetsRequest v11",
    "OffsetCommitRequest v10",
    "OffsetFetchRequest v10",
    "ApiVersionsRequest v5",
    "InitProducerIdRequest v6",
    "WriteTxnMarkersRequest v2",
    "TxnOffsetCommitRequest v6",
    "DescribeLogDirsRequest v5",
    "DeleteGroupsRequest v3",
    "ShareFetchRequest v2",
    "ShareAcknowledgeRequest v2",
    "AddRaftVoterRequest v1",
    "WriteShareGroupStateRequest v1",
    "ReadShareGroupStateSummaryRequest v1",
    "StreamsGroupHeartbeatRequest",
    "StreamsGroupDescribeRequest",
    "DescribeShareGroupOffsetsRequest v1",
    "StreamsGroupTopologyDescriptionUpdateRequest",
    "UnregisterControllerRequest",
    "ListOffsetsResponse v11",
    "ApiVersionsResponse v5",
    "WriteTxnMarkersResponse v2",
    "TxnOffsetCommitResponse v6",
    "DescribeLogDirsResponse v5",
    "DeleteGroupsResponse v3",
    "ShareFetchResponse v2",
    "ShareAcknowledgeResponse v2",
    "AddRaftVoterResponse v1",
    "WriteShareGroupStateResponse v1",
    "ReadShareGroupStateSummaryResponse v1",
    "StreamsGroupHeartbeatResponse",
    "StreamsGroupDescribeResponse",
    "DescribeShareGroupOffsetsResponse v1",
    "StreamsGroupTopologyDescriptionUpdateResponse",
    "UnregisterControllerResponse",
];

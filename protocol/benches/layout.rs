//! What the layout check costs beside the decoding it guards: `cargo bench -p kohort-protocol --bench layout`.
//!
//! Both run in turn in one process; the ratio of their medians is the figure, the times depend on the machine.

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::join_group_response::JoinGroupResponseMember;
use kafka_protocol::messages::metadata_response::{MetadataResponsePartition, MetadataResponseTopic};
use kafka_protocol::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartitions, OffsetFetchResponseTopics,
};
use kafka_protocol::messages::{
    BrokerId, HeartbeatResponse, JoinGroupResponse, MetadataResponse, OffsetFetchResponse,
};
use kafka_protocol::protocol::{Decodable, Encodable, StrBytes};
use kohort_protocol::layout::{self, Schema, table};
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 101;

fn main() {
    compare(
        "JoinGroup, 1,000 members",
        &table::JOIN_GROUP_RESPONSE,
        9,
        &join_group(),
    );
    compare(
        "OffsetFetch, 10,000 partitions",
        &table::OFFSET_FETCH_RESPONSE,
        9,
        &offset_fetch(),
    );
    compare(
        "Metadata, 1,000 x 50 partitions",
        &table::METADATA_RESPONSE,
        12,
        &metadata(),
    );
    compare(
        "Heartbeat",
        &table::HEARTBEAT_RESPONSE,
        4,
        &HeartbeatResponse::default(),
    );
}

fn compare<M: Encodable + Decodable>(what: &str, schema: &'static Schema, version: i16, message: &M) {
    let mut frame = BytesMut::new();
    message.encode(&mut frame, version).expect("a valid message");
    let frame = frame.freeze();
    // Short frames many times, so that the clock can see them.
    let times = 1 + 100_000 / frame.len();
    let (mut checks, mut decodes) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        checks.push(timed(times, || {
            layout::check(schema, version, black_box(&frame)).expect("a good frame");
        }));
        decodes.push(timed(times, || drop(black_box(decode::<M>(&frame, version)))));
    }
    let (check, decode) = (median(checks), median(decodes));
    let percent = 100.0 * check.as_secs_f64() / decode.as_secs_f64();
    let bytes = frame.len();
    println!("{what:33} {bytes:>9} bytes: check {check:>9.1?}, decode {decode:>9.1?}: {percent:.0} %");
}

fn decode<M: Decodable>(frame: &Bytes, version: i16) -> M {
    M::decode(&mut frame.clone(), version).expect("a good frame")
}

fn timed(times: usize, mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        work();
    }
    start.elapsed() / u32::try_from(times).expect("few")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.swap_remove(times.len() / 2)
}

fn text(number: usize) -> StrBytes {
    StrBytes::from_string(format!("a-name-of-common-length-{number:06}"))
}

fn join_group() -> JoinGroupResponse {
    let member = |n| {
        JoinGroupResponseMember::default()
            .with_member_id(text(n))
            .with_metadata(Bytes::from(vec![7; 220]))
    };
    JoinGroupResponse::default()
        .with_protocol_name(Some(text(0)))
        .with_protocol_type(Some(text(0)))
        .with_members((0..1_000).map(member).collect())
}

fn offset_fetch() -> OffsetFetchResponse {
    let partition = |n| {
        OffsetFetchResponsePartitions::default()
            .with_partition_index(n)
            .with_committed_offset(1 << 40)
            .with_metadata(Some(StrBytes::default()))
    };
    let topic = |n| {
        OffsetFetchResponseTopics::default()
            .with_name(text(n).into())
            .with_partitions((0..100).map(partition).collect())
    };
    let group = OffsetFetchResponseGroup::default()
        .with_group_id(text(0).into())
        .with_topics((0..100).map(topic).collect());
    OffsetFetchResponse::default().with_groups(vec![group])
}

fn metadata() -> MetadataResponse {
    let nodes = || vec![BrokerId(1), BrokerId(2), BrokerId(3)];
    let partition = |n| {
        MetadataResponsePartition::default()
            .with_partition_index(n)
            .with_replica_nodes(nodes())
            .with_isr_nodes(nodes())
    };
    let topic = |n| {
        MetadataResponseTopic::default()
            .with_name(Some(text(n).into()))
            .with_partitions((0..50).map(partition).collect())
    };
    MetadataResponse::default().with_topics((0..1_000).map(topic).collect())
}

//! A fetched partition, from the frame to every record's key, value and headers seen.

use std::hint::black_box;

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::FetchResponse as RawFetchResponse;
use kafka_protocol::protocol::Decodable;
use kafka_protocol::records::RecordBatchDecoder;
use kohort_protocol::TopicId;
use kohort_protocol::api::Message;
use kohort_protocol::api::fetch::{FetchResponse, FetchResponsePartition, FetchResponseTopic};
use kohort_protocol::records::{BatchBuilder, Crcs, Cursor, NewRecord, survey};

use crate::race::{contender, race};

const VERSION: i16 = 16;

/// The default `batch.size`.
const USUAL: usize = 16 << 10;
const ONE: usize = usize::MAX;

pub(crate) fn run() {
    compare(
        "Fetch, 1,000 records of 1 KiB in one batch",
        1_000,
        1024,
        ONE,
        1.4,
    );
    compare(
        "Fetch, 1,000 records of 1 KiB in batches of 16 KiB",
        1_000,
        1024,
        USUAL,
        1.4,
    );
    compare("Fetch, 9,000 records of 100 B in one batch", 9_000, 100, ONE, 7.0);
    compare(
        "Fetch, 9,000 records of 100 B in batches of 16 KiB",
        9_000,
        100,
        USUAL,
        7.0,
    );
}

fn compare(title: &str, count: usize, size: usize, batch_size: usize, target: f64) {
    let batches = batches(count, size, batch_size);
    let frame = frame(batches.concat().into());
    assert_eq!((ours(&frame), theirs(&frame)), (count, count));
    let sum = || batches.iter().fold(0, |sum, batch| sum ^ crc32c::crc32c(batch));
    race(
        title,
        frame.len(),
        vec![
            contender("CRC32C alone, of each batch", sum),
            contender("kohort: check, decode, CRC, every record", || ours(&frame)).target(target),
            contender("the same with check.crcs=false", || unchecked(&frame)),
            contender("kafka-protocol: decode, CRC, every record", || theirs(&frame)),
        ],
    );
}

fn batches(count: usize, size: usize, batch_size: usize) -> Vec<Bytes> {
    let value = vec![b'v'; size];
    let mut all = Vec::new();
    let mut written = 0;
    while written < count {
        let mut batch = BatchBuilder::new().base_offset(i64::try_from(written).unwrap());
        while written < count && batch.size() < batch_size {
            let record = NewRecord {
                key: Some(b"a-key"),
                value: Some(&value),
                timestamp: 1_700_000_000_000,
                headers: &[],
            };
            batch.push(&record).unwrap();
            written += 1;
        }
        all.push(batch.finish().unwrap());
    }
    all
}

fn frame(records: Bytes) -> Bytes {
    let partition = FetchResponsePartition {
        high_watermark: 1 << 40,
        records: Some(records),
        ..FetchResponsePartition::default()
    };
    let topic = FetchResponseTopic {
        topic_id: TopicId([7; 16]),
        partitions: vec![partition],
        ..FetchResponseTopic::default()
    };
    let response = FetchResponse {
        responses: vec![topic],
        ..FetchResponse::default()
    };
    let mut frame = BytesMut::new();
    response.encode(VERSION, &mut frame).unwrap();
    frame.freeze()
}

/// As a consumer does: framing and checksums before anything is delivered, then record by record.
fn ours(frame: &Bytes) -> usize {
    read(frame, Crcs::Verify)
}

fn unchecked(frame: &Bytes) -> usize {
    read(frame, Crcs::Trust)
}

fn read(frame: &Bytes, crcs: Crcs) -> usize {
    let response = FetchResponse::decode(VERSION, frame.clone()).unwrap();
    let mut seen = 0;
    for partition in response.responses.into_iter().flat_map(|topic| topic.partitions) {
        let records = partition.records.unwrap();
        let found = survey(&records, crcs);
        let mut cursor = Cursor::new(records.slice(..found.bytes), 0);
        while let Some(record) = cursor.next() {
            let record = record.unwrap();
            black_box((record.offset(), record.timestamp(), record.key(), record.value()));
            black_box(record.headers());
            seen += 1;
        }
    }
    seen
}

fn theirs(frame: &Bytes) -> usize {
    let response = RawFetchResponse::decode(&mut frame.clone(), VERSION).unwrap();
    let mut seen = 0;
    for partition in response.responses.into_iter().flat_map(|topic| topic.partitions) {
        for set in RecordBatchDecoder::decode_all(&mut partition.records.unwrap()).unwrap() {
            for record in &set.records {
                black_box((
                    record.offset,
                    record.timestamp,
                    &record.key,
                    &record.value,
                    &record.headers,
                ));
                seen += 1;
            }
        }
    }
    seen
}

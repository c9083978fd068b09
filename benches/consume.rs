//! What a consumer costs on top of reading its batches, in ratios of one run: `cargo bench --bench consume`.
//!
//! The same records three times: iterated in memory (*plain*), fetched from the embedded broker by bare Fetch calls and iterated
//! (*wire*), and through a [`Consumer`]. Broker and client share one thread, so *wire* holds the broker's work too; what the consumer
//! adds to it is its machine, its driver and the hand-over.

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kohort::protocol::api::fetch::{FetchPartition, FetchRequest, FetchTopic};
use kohort::protocol::records::Cursor;
use kohort::{
    Acks, AutoOffsetReset, BatchBuilder, Client, ClientConfig, Consumer, NewRecord, NodeId, TopicId,
    TopicPartition,
};
use kohort_broker::{Broker, Config};
use kohort_client::Target;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Partitions of the topic.
const PARTITIONS: i32 = 6;
/// Bytes of values in a batch.
const BATCH: usize = 64 << 10;
/// Runs of each; the fastest counts.
const RUNS: usize = 5;
const MAX_BYTES: i32 = 1 << 20;

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    println!(
        "{:>9} {:>6}  {:>12} {:>12} {:>12}  {:>13} {:>14}",
        "records", "bytes", "plain/s", "wire/s", "consumer/s", "wire/plain", "consumer/wire"
    );
    for (count, size) in [(1_000_000, 100), (200_000, 1024)] {
        runtime.block_on(compare(count, size))?;
    }
    Ok(())
}

async fn compare(count: usize, size: usize) -> Outcome<()> {
    let broker = Broker::start(Config::default()).await?;
    broker.create_topic("bench", PARTITIONS).await?;
    let client = Client::new(ClientConfig::new(&broker.bootstrap()))?;
    let batches = produce(&client, count, size).await?;
    let (mut plain, mut wire, mut consumer) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for run in 0..RUNS {
        plain = plain.min(iterate(&batches)?);
        wire = wire.min(fetch_all(&client, count).await?);
        consumer = consumer.min(consume(&client, run, count).await?);
    }
    let rate = |time: Duration| count as f64 / time.as_secs_f64();
    println!(
        "{count:>9} {size:>6}  {:>12.0} {:>12.0} {:>12.0}  {:>12.2}x {:>13.2}x",
        rate(plain),
        rate(wire),
        rate(consumer),
        wire.as_secs_f64() / plain.as_secs_f64(),
        consumer.as_secs_f64() / wire.as_secs_f64(),
    );
    broker.shutdown().await;
    Ok(())
}

/// Fills the topic; gives back the batches as they were sent.
async fn produce(client: &Client, count: usize, size: usize) -> Outcome<Vec<Bytes>> {
    let value = vec![b'v'; size];
    let record = NewRecord {
        value: Some(&value),
        ..NewRecord::default()
    };
    let mut batches = Vec::new();
    let mut left = count;
    for partition in (0..PARTITIONS).cycle() {
        if left == 0 {
            break;
        }
        let mut batch = BatchBuilder::new();
        for _ in 0..left.min(BATCH / size) {
            batch.push(&record)?;
        }
        left -= left.min(BATCH / size);
        let batch = batch.finish()?;
        client
            .produce(
                &TopicPartition::new("bench", partition),
                Acks::Leader,
                batch.clone(),
            )
            .await?;
        batches.push(batch);
    }
    Ok(batches)
}

/// Looks at each record; how many there were.
fn read(cursor: &mut Cursor) -> Outcome<usize> {
    let mut count = 0;
    while let Some(record) = cursor.next() {
        black_box(record?.value());
        count += 1;
    }
    Ok(count)
}

fn iterate(batches: &[Bytes]) -> Outcome<Duration> {
    let before = Instant::now();
    for batch in batches {
        black_box(read(&mut Cursor::new(batch.clone(), 0))?);
    }
    Ok(before.elapsed())
}

async fn fetch_all(client: &Client, count: usize) -> Outcome<Duration> {
    let metadata = client.metadata(&["bench".into()]).await?;
    let topic_id = metadata
        .topics
        .first()
        .map(|topic| topic.topic_id)
        .unwrap_or_default();
    let before = Instant::now();
    let mut positions: BTreeMap<i32, i64> = (0..PARTITIONS).map(|partition| (partition, 0)).collect();
    let mut seen = 0;
    while seen < count {
        let response = client
            .call(Target::Node(NodeId(1)), request(topic_id, &positions))
            .await?;
        for partition in response.responses.into_iter().flat_map(|topic| topic.partitions) {
            let position = positions.entry(partition.partition_index).or_default();
            let mut cursor = Cursor::new(partition.records.unwrap_or_default(), *position);
            seen += read(&mut cursor)?;
            *position = cursor.next_offset();
        }
    }
    Ok(before.elapsed())
}

fn request(topic_id: TopicId, positions: &BTreeMap<i32, i64>) -> FetchRequest {
    let partition = |(&partition, &fetch_offset)| FetchPartition {
        partition,
        fetch_offset,
        partition_max_bytes: MAX_BYTES,
        ..FetchPartition::default()
    };
    FetchRequest {
        max_wait_ms: 500,
        min_bytes: 1,
        max_bytes: 50 << 20,
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: "bench".into(),
            topic_id,
            partitions: positions.iter().map(partition).collect(),
        }],
        ..FetchRequest::default()
    }
}

/// From the moment that it may fetch.
async fn consume(client: &Client, run: usize, count: usize) -> Outcome<Duration> {
    let mut consumer = Consumer::builder(client, format!("bench-{run}"))
        .topics(["bench"])
        .auto_offset_reset(AutoOffsetReset::Earliest)
        .build()?;
    let assigned = consumer.next_delivery().await?;
    let before = Instant::now();
    drop(assigned);
    let mut seen = 0;
    while seen < count {
        let mut records = consumer.next().await?;
        while let Some(record) = records.next() {
            black_box(record?.value());
            seen += 1;
        }
    }
    let time = before.elapsed();
    consumer.close().await?;
    Ok(time)
}

//! Settings that cannot work, and applications that do not keep to them.

use crate::{assert_says, builder, client, trouble};
use kohort::{
    Acks, AutoOffsetReset, BatchBuilder, Client, ClientConfig, Consumer, ConsumerError, Delivery, NewRecord,
    TopicPartition,
};
use kohort_broker::{Broker, Config};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

async fn broker() -> Broker {
    Broker::start(Config {
        auto_create_topics: false,
        ..Config::default()
    })
    .await
    .unwrap()
}

async fn write(client: &Client, value: &[u8]) {
    let mut batch = BatchBuilder::new();
    batch
        .push(&NewRecord {
            value: Some(value),
            ..NewRecord::default()
        })
        .unwrap();
    let partition = TopicPartition::new("orders", 0);
    client
        .produce(&partition, Acks::All, batch.finish().unwrap())
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_usable_address_is_refused_at_once() {
    let refused = |servers: &str| Client::new(ClientConfig::new(servers)).unwrap_err().to_string();
    assert_says(&refused(""), &["bootstrap.servers is empty", "host:port"]);
    assert_says(
        &refused("localhost"),
        &["bootstrap.servers", "\"localhost\"", "port"],
    );
}

#[tokio::test(start_paused = true)]
async fn a_consumer_without_group_or_topic_is_refused_at_once() {
    let client = client("127.0.0.1:1");
    let no_group = Consumer::builder(&client, "")
        .topics(["orders"])
        .build()
        .unwrap_err();
    assert_says(&no_group.to_string(), &["group.id is empty"]);
    let no_topic = Consumer::builder(&client, "billing").build().unwrap_err();
    assert_says(&no_topic.to_string(), &["no topics"]);
    let bad_topic = Consumer::builder(&client, "billing")
        .topics(["or ders"])
        .build()
        .unwrap_err();
    assert_says(&bad_topic.to_string(), &["\"or ders\"", "cannot exist"]);
    let beats_late = builder("127.0.0.1:1")
        .heartbeat_interval(45 * SECOND)
        .build()
        .unwrap_err();
    assert_says(
        &beats_late.to_string(),
        &["heartbeat.interval.ms (45000)", "session.timeout.ms (45000)"],
    );
}

#[test]
fn outside_a_runtime_it_is_an_error_and_not_a_panic() {
    let refused = Client::new(ClientConfig::new("127.0.0.1:1")).unwrap_err();
    assert_says(&refused.to_string(), &["tokio runtime"]);
}

#[tokio::test(start_paused = true)]
async fn a_session_timeout_outside_of_the_brokers_range_ends_the_consumer_with_the_brokers_settings() {
    let broker = broker().await;
    broker.create_topic("orders", 1).await.unwrap();
    for session in [SECOND, 3600 * SECOND] {
        let begin = Instant::now();
        let mut consumer = builder(&broker.bootstrap())
            .session_timeout(session)
            .heartbeat_interval(SECOND / 2)
            .build()
            .unwrap();
        let error = timeout(20 * SECOND, consumer.next())
            .await
            .expect("it ends")
            .unwrap_err();
        assert_says(
            &error.to_string(),
            &[
                "billing",
                "INVALID_SESSION_TIMEOUT",
                "group.min.session.timeout.ms",
                "group.max.session.timeout.ms",
            ],
        );
        assert!(begin.elapsed() < 5 * SECOND, "{:?}", begin.elapsed());
        // It stays so, and closing it says so again instead of hanging.
        assert!(matches!(
            consumer.next().await,
            Err(ConsumerError::Member(_) | ConsumerError::Closed)
        ));
        let closed = timeout(20 * SECOND, consumer.close()).await.expect("close ends");
        assert!(closed.is_err(), "close says why the consumer had stopped");
    }
}

#[tokio::test(start_paused = true)]
async fn a_topic_that_does_not_exist_is_named_and_read_once_it_does() {
    let broker = broker().await;
    let client = client(&broker.bootstrap());
    let partition = TopicPartition::new("orders", 0);
    let unknown = client.produce(&partition, Acks::All, Vec::new().into());
    let error = timeout(70 * SECOND, unknown).await.expect("it ends").unwrap_err();
    assert_says(&error.to_string(), &["orders", "UNKNOWN_TOPIC_OR_PARTITION"]);

    let mut consumer = builder(&broker.bootstrap())
        .auto_offset_reset(AutoOffsetReset::Earliest)
        .build()
        .unwrap();
    let begin = Instant::now();
    let said = trouble(&mut consumer).await.unwrap();
    assert_says(&said, &["orders", "UNKNOWN_TOPIC_OR_PARTITION", "still looking"]);
    assert!(begin.elapsed() < 30 * SECOND, "only after {:?}", begin.elapsed());

    broker.create_topic("orders", 1).await.unwrap();
    write(&client, b"first").await;
    let mut records = timeout(60 * SECOND, consumer.next())
        .await
        .expect("it finds the topic")
        .unwrap();
    assert_eq!(records.next().unwrap().unwrap().value(), Some(&b"first"[..]));
    consumer.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_application_that_does_not_come_back_in_time_is_told_so_and_reads_on_from_the_last_commit() {
    let broker = broker().await;
    broker.create_topic("orders", 1).await.unwrap();
    let client = client(&broker.bootstrap());
    write(&client, b"slow").await;
    let mut consumer = builder(&broker.bootstrap())
        .auto_offset_reset(AutoOffsetReset::Earliest)
        .max_poll_interval(10 * SECOND)
        .build()
        .unwrap();
    let mut records = consumer.next().await.unwrap();
    assert_eq!(records.next().unwrap().unwrap().value(), Some(&b"slow"[..]));
    let position = records.position();
    sleep(11 * SECOND).await;

    let refused = consumer.commit([position]).await.unwrap_err().to_string();
    assert!(
        refused.contains("not ours any more") || refused.contains("not a member"),
        "{refused}"
    );
    let mut said = Vec::new();
    let mut again = loop {
        match timeout(20 * SECOND, consumer.next_delivery())
            .await
            .expect("it rejoins")
            .unwrap()
        {
            Delivery::Records(records) => break records,
            Delivery::Notice(notice) => said.push(notice.to_string()),
            Delivery::Lost(partitions) => said.push(format!("lost {partitions:?}")),
            _ => {}
        }
    };
    let said = said.join("\n");
    assert_says(
        &said,
        &[
            "max.poll.interval.ms (10000)",
            "the member left the group",
            "lost [orders-0]",
        ],
    );
    assert_eq!(
        again.next().unwrap().unwrap().value(),
        Some(&b"slow"[..]),
        "nothing was committed"
    );
    consumer.close().await.unwrap();
}

//! Wrong settings, wrong addresses and broken brokers, through the public API alone: what a person reads then, and how soon.
//!
//! Time is paused and all peers live in the test's runtime, so nothing here sleeps on a real clock. Texts are compared by the
//! words that tell the cause and the way out, so that wording may get better.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // helpers outside #[test] functions

mod brokers;
mod peers;
mod settings;

use kohort::{Client, ClientConfig, Consumer, ConsumerBuilder, ConsumerError, Delivery, Notice};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Nothing here may take longer; most take a moment.
const BOUND: Duration = Duration::from_secs(180);

fn client(bootstrap: &str) -> Client {
    Client::new(ClientConfig::new(bootstrap)).unwrap()
}

fn builder(bootstrap: &str) -> ConsumerBuilder {
    Consumer::builder(&client(bootstrap), "billing").topics(["orders"])
}

/// The next thing but records that a consumer says is wrong: by a notice while it goes on, or by an error.
async fn trouble(consumer: &mut Consumer) -> Result<String, ConsumerError> {
    let told = async {
        loop {
            if let Delivery::Notice(Notice::Trouble(error)) = consumer.next_delivery().await? {
                return Ok(error.to_string());
            }
        }
    };
    timeout(BOUND, told).await.expect("the consumer waits in silence")
}

/// What a call of a client and a consumer on this bootstrap address say, and after how long.
async fn verdicts(bootstrap: &str) -> [(String, Duration); 2] {
    let begin = Instant::now();
    let call = timeout(BOUND, client(bootstrap).metadata(&[]))
        .await
        .expect("the client waits in silence");
    let of_client = (call.unwrap_err().to_string(), begin.elapsed());
    let begin = Instant::now();
    let mut consumer = builder(bootstrap).build().unwrap();
    let said = match trouble(&mut consumer).await {
        Ok(notice) => notice,
        Err(error) => error.to_string(),
    };
    let of_consumer = (said, begin.elapsed());
    // Whoever gives up must not wait for a broker either.
    let closed = timeout(BOUND, consumer.close_within(Duration::from_secs(5))).await;
    drop(closed.expect("close has a limit"));
    [of_client, of_consumer]
}

#[track_caller]
fn assert_says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is missing in: {text}");
    }
}

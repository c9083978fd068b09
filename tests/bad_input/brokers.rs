//! Addresses where no Kafka broker is, and brokers that send what Kafka would not.

use crate::peers::{Says, frame, nobody, peer};
use crate::{assert_says, verdicts};
use std::time::Duration;

/// Both a client's call and a consumer name the address and these words, within so long.
async fn both_say(address: &str, words: &[&str], within: [Duration; 2]) {
    for ((text, took), within) in verdicts(address).await.into_iter().zip(within) {
        println!("{took:?}: {text}");
        assert_says(&text, &[address]);
        assert_says(&text, words);
        assert!(took <= within, "only after {took:?}: {text}");
    }
}

/// A client's call fails at the first try; a consumer goes on trying, and says so after ten times.
const AT_ONCE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(15)];

#[tokio::test(start_paused = true)]
async fn an_address_where_nobody_listens_is_named_with_connection_refused() {
    both_say(
        &nobody().await,
        &["connection refused", "nothing listens there"],
        AT_ONCE,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_address_that_accepts_and_says_nothing_is_given_up_after_the_setup_timeout() {
    let silent = peer(Says::bytes(|_| Vec::new())).await;
    let within = [Duration::from_secs(11), Duration::from_secs(150)];
    both_say(
        &silent,
        &["did not answer the ApiVersions handshake within 10s"],
        within,
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_web_server_is_recognised() {
    let page = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>";
    let web = peer(Says::bytes(|_| page.to_vec()).and_closes()).await;
    both_say(&web, &["HTTP server", "not a Kafka broker"], AT_ONCE).await;
}

#[tokio::test(start_paused = true)]
async fn garbage_for_a_handshake_is_no_kafka_broker() {
    let babbling = peer(Says::bytes(|id| frame(id, &[0xa5; 40]))).await;
    both_say(&babbling, &["is this a Kafka broker?"], AT_ONCE).await;
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_closes_at_once_may_want_tls_or_sasl() {
    let closing = peer(Says::bytes(|_| Vec::new()).and_closes()).await;
    both_say(
        &closing,
        &["closed the connection during the handshake", "TLS or SASL"],
        AT_ONCE,
    )
    .await;
}

/// Each right after a good handshake, where a broker that is broken or not what it seems would do it.
async fn broken_broker_says(says: Says, words: &[&str]) {
    let broken = peer(says.after_the_handshake()).await;
    // A client's call is repeated until `default.api.timeout.ms` is over, for the next broker may be well.
    let within = [Duration::from_secs(61), Duration::from_secs(15)];
    both_say(&broken, words, within).await;
}

#[tokio::test(start_paused = true)]
async fn garbage_after_the_handshake_names_the_request_that_it_should_answer() {
    broken_broker_says(Says::bytes(|id| frame(id, &[0xff; 7])), &["malformed"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_negative_length_is_said_to_be_no_kafka_frame() {
    broken_broker_says(
        Says::bytes(|_| (-5_i32).to_be_bytes().to_vec()),
        &["negative length", "-5"],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_length_of_two_gib_is_refused_before_memory_is_taken() {
    let two_gib = Says::bytes(|_| i32::MAX.to_be_bytes().to_vec());
    broken_broker_says(two_gib, &["2147483647 bytes", "limit"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_correlation_id_is_named_beside_the_one_that_was_next() {
    let wrong = Says::bytes(|id| frame(id + 1000, &[0; 20]));
    broken_broker_says(wrong, &["correlation id 100", "the stream is corrupt"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_closed_in_the_middle_of_a_frame_says_how_much_of_it_came() {
    let half = Says::bytes(|id| frame(id, &[0; 100])[..20].to_vec()).and_closes();
    broken_broker_says(half, &["in the middle of a frame", "20 bytes of 108"]).await;
}

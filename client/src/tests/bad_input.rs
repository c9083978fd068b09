//! Peers that are no brokers, or broken ones: an error that a person understands, within a bounded time.

use kohort_protocol::api::metadata::MetadataRequest;

use super::*;

/// What `metadata` says of a single bootstrap server, and how long that took.
async fn verdict(net: &Net) -> (String, Duration) {
    let begin = Instant::now();
    let client = net.client_with("wrong:9092", |_| {});
    let error = client.metadata(&[]).await.unwrap_err();
    (error.to_string(), begin.elapsed())
}

/// A client that knows no broker but the bootstrap server.
async fn rude_verdict(bytes: &[u8], close: bool) -> (String, Duration) {
    let net = Net::default();
    net.rude("wrong:9092", bytes, close);
    verdict(&net).await
}

#[tokio::test(start_paused = true)]
async fn peers_that_are_no_kafka_are_named() {
    let http = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let two_gib = i32::MAX.to_be_bytes();
    let cases: [(&[u8], &str); 7] = [
        (http, "HTTP server"),
        (&[0x15, 3, 3, 0, 2, 2, 80], "TLS"),
        (b"SSH-2.0-OpenSSH\r\n", "SSH"),
        (&[0xff, 0xff, 0xff, 0xff], "negative length"),
        (&two_gib, "2147483647 bytes"),
        (&[0, 0, 0, 1, 0], "too few"),
        (
            &[0, 0, 0, 9, 0, 0, 0, 0, 1, 2, 3, 4, 5],
            "is this a Kafka broker?",
        ),
    ];
    for (bytes, said) in cases {
        let (text, took) = rude_verdict(bytes, false).await;
        assert!(
            text.contains(said) && text.contains("wrong:9092"),
            "{said}: {text}"
        );
        assert!(took < SECOND, "{said}: {took:?}");
    }
    let (text, _) = rude_verdict(&[], true).await;
    assert!(
        text.contains("closed the connection during the handshake"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn refused_bootstrap_servers_are_all_named_at_once() {
    let net = Net::default();
    let begin = Instant::now();
    let client = net.client("w1:9092,w2:9093");
    let text = client.metadata(&[]).await.unwrap_err().to_string();
    for address in ["w1:9092", "w2:9093"] {
        assert!(text.contains(&format!("{address}: connection refused")), "{text}");
    }
    assert!(begin.elapsed() < SECOND, "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_black_hole_is_given_up_after_the_setup_timeout() {
    let (text, took) = rude_verdict(&[], false).await;
    assert!(
        text.contains("did not answer the ApiVersions handshake within 10s"),
        "{text}"
    );
    assert!(took < 11 * SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_times_out_while_connecting_says_what_it_was_waiting_for() {
    let net = Net::default();
    net.rude("w2:9092", &[], false);
    let client = net.client("w2:9092");
    let call = client.call_within(Target::Any, heartbeat(), 3 * SECOND);
    let text = call.await.unwrap_err().to_string();
    assert!(
        text.contains("still trying w2:9092") && text.contains("3s"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_second_bootstrap_server_is_enough() {
    let net = Net::default();
    net.rude("w1:9092", b"HTTP/1.1 400", true);
    net.broker("b2:9092", polite(&[(2, "b2")]));
    for seed in 0..10 {
        let client = net.client_with("w1:9092,b2:9092", |config| config.seed = Some(seed));
        assert_eq!(client.metadata(&[]).await.unwrap().brokers.len(), 1);
    }
}

/// A broker that goes wrong after the handshake.
async fn late_verdict(bytes: &'static [u8]) -> String {
    let net = Net::default();
    net.broker("b1:9092", move |_, _| Then::Raw(bytes.to_vec()));
    let client = net.client("b1:9092");
    let begin = Instant::now();
    let error = client.call(NODE, heartbeat()).await.unwrap_err();
    assert!(begin.elapsed() < SECOND);
    error.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_answers_garbage_is_named_with_what_is_wrong() {
    let wrong_id = late_verdict(&[0, 0, 0, 6, 0, 0, 0, 99, 0, 0]).await;
    assert!(
        wrong_id.contains("broker 1 at b1:9092") && wrong_id.contains("correlation id 99"),
        "{wrong_id}"
    );
    let short = late_verdict(&[0, 0, 0, 6, 0, 0, 0, 1, 0, 0]).await;
    assert!(
        short.contains("malformed") && short.contains("Heartbeat"),
        "{short}"
    );
    let negative = late_verdict(&[0x80, 0, 0, 0]).await;
    assert!(negative.contains("negative length"), "{negative}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_closed_in_mid_frame_says_so() {
    let net = Net::default();
    let mut asked = 0;
    net.broker("b1:9092", move |_, _| {
        asked += 1;
        match asked {
            1 => Then::Raw(vec![0, 0, 0, 50, 0, 0, 0, 1]),
            _ => Then::Close,
        }
    });
    let client = net.client("b1:9092");
    let mut port = client.port();
    port.send(1, NODE, crate::Lane::Control, heartbeat().into(), SECOND);
    port.send(2, NODE, crate::Lane::Control, heartbeat().into(), SECOND);
    for _ in 0..2 {
        let failure = port.recv().await.1.unwrap_err().to_string();
        assert!(
            failure.contains("in the middle of a frame, after 8 bytes of 54"),
            "{failure}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_is_not_in_the_cluster_is_an_error_and_not_a_wait() {
    let net = Net::default();
    net.broker("b1:9092", polite(&[(1, "b1"), (2, "b2")]));
    let client = net.client("b1:9092");
    let error = client
        .call(Target::Node(NodeId(9)), heartbeat())
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("broker 9 is not in the cluster (its brokers: [1, 2])"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_address_nobody_can_connect_to_is_not_learned() {
    let net = Net::default();
    net.broker("b1:9092", |_, request| {
        let Request::Metadata(MetadataRequest { .. }) = &request.request else {
            return Then::Close;
        };
        let mut answer = cluster(&[(1, "b1"), (2, "")]);
        answer.brokers[0].port = 70_000;
        Then::Answer(answer.into())
    });
    let client = net.client("b1:9092");
    client.learn(NodeId(-1), "b1", 9092);
    client.learn(NodeId(3), "b1", 0);
    client.refresh_metadata(&[]).await.unwrap();
    assert_eq!(client.hub.known_nodes(), []);
}

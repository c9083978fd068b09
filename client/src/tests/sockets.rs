//! What only a real socket shows: reset or orderly close, refused ports, name resolution.

use tokio::net::{TcpListener, TcpStream};

use super::*;

async fn listener() -> (TcpListener, ClientConfig) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, ClientConfig::new(&format!("localhost:{port}")))
}

/// Shakes hands and reads one request, without answering it.
async fn read_one(listener: &TcpListener) -> (TcpStream, Incoming) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut cutter = FrameCutter::new(1 << 20);
    loop {
        while let Some(frame) = cutter.next_frame().unwrap() {
            let request = read_request(frame).unwrap();
            if request.api != ApiKey::ApiVersions {
                return (stream, request);
            }
            stream
                .write_all(&encoded(&request, &all_versions().into()))
                .await
                .unwrap();
        }
        assert!(stream.read_buf(cutter.room()).await.unwrap() > 0);
    }
}

async fn end_of(mut stream: TcpStream) -> io::Result<usize> {
    stream.read(&mut [0; 100]).await
}

#[tokio::test]
async fn an_abandoned_request_resets_its_connection() {
    let (listener, config) = listener().await;
    let client = Client::new(config).unwrap();
    let mut port = client.port();
    port.send(
        1,
        Target::Any,
        crate::Lane::Control,
        heartbeat().into(),
        60 * SECOND,
    );
    let (stream, _) = read_one(&listener).await;
    port.abandon(1);
    assert_eq!(
        end_of(stream).await.unwrap_err().kind(),
        io::ErrorKind::ConnectionReset
    );
}

#[tokio::test]
async fn a_dropped_call_resets_its_connection() {
    let (listener, config) = listener().await;
    let client = Client::new(config).unwrap();
    let call = tokio::spawn(async move { client.call(Target::Any, heartbeat()).await });
    let (stream, _) = read_one(&listener).await;
    call.abort();
    assert_eq!(
        end_of(stream).await.unwrap_err().kind(),
        io::ErrorKind::ConnectionReset
    );
}

/// Paused time over sockets is sound here because the peer runs in the same single-threaded runtime.
#[tokio::test(start_paused = true)]
async fn a_request_that_times_out_resets_its_connection() {
    let (listener, config) = listener().await;
    let client = Client::new(config).unwrap();
    let call = client.call_within(Target::Any, heartbeat(), 7 * SECOND);
    let (answer, (stream, _)) = tokio::join!(call, read_one(&listener));
    assert!(answer.unwrap_err().to_string().contains("no answer within 7s"));
    assert_eq!(
        end_of(stream).await.unwrap_err().kind(),
        io::ErrorKind::ConnectionReset
    );
}

#[tokio::test]
async fn a_connection_without_calls_is_closed_in_order() {
    let (listener, config) = listener().await;
    let client = Client::new(config).unwrap();
    let answer = async {
        let (mut stream, request) = read_one(&listener).await;
        stream
            .write_all(&encoded(&request, &HeartbeatResponse::default().into()))
            .await
            .unwrap();
        stream
    };
    let (answered, stream) = tokio::join!(client.call(Target::Any, heartbeat()), answer);
    answered.unwrap();
    drop(client);
    assert_eq!(end_of(stream).await.unwrap(), 0);
}

#[tokio::test]
async fn a_port_where_nothing_listens_and_a_name_that_does_not_resolve() {
    let (listener, config) = listener().await;
    drop(listener);
    let error = Client::new(config).unwrap().metadata(&[]).await.unwrap_err();
    assert!(
        error.to_string().contains("127.0.0.1: connection refused"),
        "{error}"
    );
    let config = ClientConfig::new("no-such-host.invalid:9092");
    let error = Client::new(config).unwrap().metadata(&[]).await.unwrap_err();
    assert!(error.to_string().contains("cannot be resolved"), "{error}");
}

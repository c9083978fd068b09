//! Peers that are no Kafka brokers, or broken ones, on real ports of this machine. They live on the test's own runtime, so its
//! clock can be paused: a bound of a minute takes no time to prove.

use bytes::BytesMut;
use kohort::protocol::api::api_versions::{ApiVersion, ApiVersionsResponse};
use kohort::protocol::api::versions;
use kohort::protocol::message::{Incoming, read_request, write_response};
use kohort::protocol::{ApiKey, FrameCutter};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a peer says to the first request that it does not answer as Kafka would.
#[derive(Clone)]
pub(crate) struct Says {
    /// Made from the correlation id of that request.
    pub(crate) bytes: Arc<dyn Fn(i32) -> Vec<u8> + Send + Sync>,
    /// Whether it closes the connection then.
    pub(crate) closes: bool,
    /// Whether it completes the ApiVersions handshake first, as a broker that goes wrong later.
    pub(crate) shakes_hands: bool,
}

impl Says {
    pub(crate) fn bytes(bytes: impl Fn(i32) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self {
            bytes: Arc::new(bytes),
            closes: false,
            shakes_hands: false,
        }
    }

    pub(crate) fn and_closes(self) -> Self {
        Self { closes: true, ..self }
    }

    pub(crate) fn after_the_handshake(self) -> Self {
        Self {
            shakes_hands: true,
            ..self
        }
    }
}

/// Nobody listens at this address.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

/// The address of a peer that says this on every connection.
pub(crate) async fn peer(says: Says) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, says.clone()));
        }
    });
    address
}

async fn serve(mut stream: TcpStream, says: Says) {
    let mut cutter = FrameCutter::new(1 << 20);
    loop {
        let Some(frame) = cutter.next_frame().unwrap() else {
            match stream.read_buf(cutter.room()).await {
                Ok(count) if count > 0 => continue,
                _ => return,
            }
        };
        let request = read_request(frame).unwrap();
        let goes_well = says.shakes_hands && request.api == ApiKey::ApiVersions;
        let bytes = if goes_well {
            handshake(&request)
        } else {
            (says.bytes)(request.correlation_id)
        };
        // A client that has closed already has seen enough.
        let _ = stream.write_all(&bytes).await;
        if says.closes && !goes_well {
            return;
        }
    }
}

fn handshake(request: &Incoming) -> Vec<u8> {
    let known = ApiKey::ALL.iter().map(|api| ApiVersion {
        api_key: api.number(),
        min_version: versions(*api).min,
        max_version: versions(*api).max,
    });
    let response = ApiVersionsResponse {
        api_keys: known.collect(),
        ..ApiVersionsResponse::default()
    };
    let mut bytes = BytesMut::new();
    write_response(
        &mut bytes,
        request.version,
        request.correlation_id,
        &response.into(),
    )
    .unwrap();
    bytes.to_vec()
}

/// A frame with this correlation id and body.
pub(crate) fn frame(correlation: i32, body: &[u8]) -> Vec<u8> {
    let length = i32::try_from(4 + body.len()).unwrap();
    [&length.to_be_bytes(), &correlation.to_be_bytes(), body].concat()
}

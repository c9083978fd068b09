//! One TCP connection: cuts frames, hands over one request, waits for its answer, writes it, and only then looks at the next, as
//! Kafka's broker does (it mutes the socket meanwhile). So a client that is gone behind a parked request is not noticed, and what it
//! sent before lies in the socket until its time comes.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kohort_protocol::api::api_versions::ApiVersionsRequest;
use kohort_protocol::api::{Request, Response};
use kohort_protocol::message::{BadRequest, Incoming, read_request, write_response};
use kohort_protocol::{ApiKey, FrameCutter, NodeId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::operator::Event;
use crate::{ArrivedRequest, Closing, Config, ConnectionId, Input};

/// A buffer that grew beyond this for a large answer is not kept.
const KEPT_BUFFER: usize = 64 * 1024;

/// What the cluster says to a connection.
#[derive(Debug)]
pub(super) enum Answer {
    Reply {
        correlation_id: i32,
        version: i16,
        response: Box<Response>,
    },
    /// The request has no answer: the next one may be read.
    None,
    Close(Closing),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    max_frame: usize,
    max_idle: Duration,
}

impl Settings {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            max_frame: config.socket_request_max_bytes,
            max_idle: config.connections_max_idle,
        }
    }
}

/// Why a connection ends.
enum End {
    /// The client said goodbye, or sent what no client sends.
    Finished,
    /// The client, or the cluster, cut it off.
    Cut,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Cut
    }
}

struct Mover {
    stream: TcpStream,
    node: NodeId,
    id: ConnectionId,
    cutter: FrameCutter,
    out: BytesMut,
    events: mpsc::Sender<Event>,
    answers: mpsc::Receiver<Answer>,
    settings: Settings,
}

pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    node: NodeId,
    id: ConnectionId,
    events: mpsc::Sender<Event>,
    settings: Settings,
) {
    let (sender, answers) = mpsc::channel(2);
    let input = Input::Opened {
        node,
        connection: id,
        client_host: format!("/{}", peer.ip()),
    };
    let opened = Event::Opened {
        input,
        node,
        connection: id,
        answers: sender,
    };
    if events.send(opened).await.is_err() {
        return;
    }
    let mover = Mover {
        stream,
        node,
        id,
        cutter: FrameCutter::new(settings.max_frame),
        out: BytesMut::new(),
        events,
        answers,
        settings,
    };
    mover.run().await;
}

impl Mover {
    async fn run(mut self) {
        // Small answers should not wait for the client's acknowledgement of the one before.
        let _ = self.stream.set_nodelay(true);
        let how = match self.move_bytes().await {
            End::Finished => Closing::Fin,
            End::Cut => {
                // A broker that was killed leaves a reset behind, and so does one that a client reset.
                let _ = self.stream.set_zero_linger();
                Closing::Reset
            }
        };
        let closed = Event::Closed {
            input: Input::Closed {
                node: self.node,
                connection: self.id,
                how,
            },
            node: self.node,
            connection: self.id,
        };
        // The cluster may be gone already.
        let _ = self.events.send(closed).await;
    }

    async fn move_bytes(&mut self) -> End {
        loop {
            if let Err(end) = self.one_request().await {
                return end;
            }
        }
    }

    async fn one_request(&mut self) -> Result<(), End> {
        let frame = self.frame().await?;
        let request = arrived(self.node, self.id, frame).ok_or(End::Finished)?;
        let sent = self.events.send(Event::Request(Input::Request(request))).await;
        sent.map_err(|_| End::Cut)?;
        let idle = tokio::time::timeout(self.settings.max_idle, self.answers.recv());
        match idle.await.ok().flatten() {
            Some(Answer::Reply {
                correlation_id,
                version,
                response,
            }) => self.write(correlation_id, version, &response).await,
            Some(Answer::None) => Ok(()),
            other => Err(unasked(other.as_ref())),
        }
    }

    async fn frame(&mut self) -> Result<Bytes, End> {
        loop {
            match self.cutter.next_frame() {
                Ok(Some(frame)) => return Ok(frame),
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(connection = self.id.0, %error, "closing a connection");
                    return Err(End::Finished);
                }
            }
            let room = self.cutter.room();
            let read = tokio::select! {
                read = self.stream.read_buf(room) => read?,
                answer = self.answers.recv() => return Err(unasked(answer.as_ref())),
                () = tokio::time::sleep(self.settings.max_idle) => return Err(End::Finished),
            };
            if read == 0 {
                return Err(End::Finished);
            }
        }
    }

    async fn write(&mut self, correlation_id: i32, version: i16, response: &Response) -> Result<(), End> {
        self.out.clear();
        if let Err(error) = write_response(&mut self.out, version, correlation_id, response) {
            tracing::error!(connection = self.id.0, %error, "an answer cannot be written");
            return Err(End::Cut);
        }
        tokio::select! {
            biased; // an answer that fits the socket goes out before the goodbye that follows it
            written = self.stream.write_all(&self.out) => written?,
            answer = self.answers.recv() => return Err(unasked(answer.as_ref())),
        }
        if self.out.capacity() > KEPT_BUFFER {
            self.out = BytesMut::new();
        }
        Ok(())
    }
}

/// Between requests the cluster has nothing to say but goodbye.
fn unasked(answer: Option<&Answer>) -> End {
    match answer {
        Some(Answer::Close(Closing::Fin)) => End::Finished,
        _ => End::Cut,
    }
}

/// The request in a frame; `None` closes the connection. Only an ApiVersions that is too new is passed on all the same, since it
/// is the one that is answered.
fn arrived(node: NodeId, connection: ConnectionId, frame: Bytes) -> Option<ArrivedRequest> {
    let incoming = match read_request(frame) {
        Ok(incoming) => incoming,
        Err(BadRequest::UnsupportedVersion {
            api: ApiKey::ApiVersions,
            version,
            correlation_id,
            ..
        }) => Incoming {
            api: ApiKey::ApiVersions,
            version,
            correlation_id,
            client_id: None,
            request: Request::ApiVersions(ApiVersionsRequest::default()),
        },
        Err(error) => {
            tracing::debug!(connection = connection.0, %error, "closing a connection");
            return None;
        }
    };
    Some(ArrivedRequest {
        node,
        connection,
        correlation_id: incoming.correlation_id,
        version: incoming.version,
        client_id: incoming.client_id,
        request: incoming.request,
    })
}

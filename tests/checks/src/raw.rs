//! A connection on which everything can be said, the wrong things too. It negotiates nothing, retries nothing and repairs nothing.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kohort_protocol::ApiKey;
use kohort_protocol::api::{Call, Direction};
use kohort_protocol::message;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Failed;

/// What the checks call themselves; member ids begin with it.
pub(crate) const CLIENT_ID: &str = "kohort-checks";
/// Longer than any answer is held back on purpose.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// How long "nothing comes" is watched.
pub(crate) const SILENCE: Duration = Duration::from_millis(300);
const LARGEST_ANSWER: usize = 64 << 20;

/// One frame as it went over a connection, without its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taped {
    /// The API.
    pub api: ApiKey,
    /// The version.
    pub version: i16,
    /// Which way it went.
    pub direction: Direction,
    /// Its bytes.
    pub frame: Bytes,
}

/// Keeps the frames of the connections that were given it.
#[derive(Clone, Debug, Default)]
pub struct Tape(Arc<Mutex<Vec<Taped>>>);

impl Tape {
    /// All frames so far.
    #[must_use]
    pub fn frames(&self) -> Vec<Taped> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn push(&self, taped: Taped) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(taped);
    }
}

/// A raw connection to one node.
#[derive(Debug)]
pub struct RawConnection {
    stream: TcpStream,
    correlation_id: i32,
    /// Requests without an answer yet; a broker answers them in order.
    waiting: VecDeque<(ApiKey, i16, i32)>,
    tape: Option<Tape>,
}

impl RawConnection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn connect(address: SocketAddr) -> Result<Self, Failed> {
        let stream = TcpStream::connect(address).await;
        let stream = stream.map_err(|error| Failed::trouble(format!("connecting to {address}"), error))?;
        stream
            .set_nodelay(true)
            .map_err(|error| Failed::trouble("TCP_NODELAY", error))?;
        Ok(Self {
            stream,
            correlation_id: 0,
            waiting: VecDeque::new(),
            tape: None,
        })
    }

    /// Keeps the frames of all requests and answers from now on.
    #[must_use]
    pub fn taped(mut self, tape: &Tape) -> Self {
        self.tape = Some(tape.clone());
        self
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        let written = self.stream.write_all(bytes).await;
        written.map_err(|error| Failed::trouble("writing to the broker", error))
    }

    /// Writes a request whose frame is `bytes` (size included) and expects its answer later.
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn send_frame(
        &mut self,
        api: ApiKey,
        version: i16,
        correlation_id: i32,
        frame: &[u8],
    ) -> Result<(), Failed> {
        self.send_bytes(frame).await?;
        self.waiting.push_back((api, version, correlation_id));
        Ok(())
    }

    /// Writes a request, whose answer [`RawConnection::answer`] will read.
    ///
    /// # Errors
    /// The connection is broken, or the version cannot say this.
    pub async fn send<C: Call>(&mut self, version: i16, call: &C) -> Result<(), Failed> {
        self.correlation_id += 1;
        let frame = request_frame(version, self.correlation_id, call)?;
        self.record(C::API, version, Direction::Request, &frame);
        self.send_frame(C::API, version, self.correlation_id, &frame)
            .await
    }

    /// Reads the answer to the oldest request that has none.
    ///
    /// # Errors
    /// The connection is closed, nothing comes for 20 s, or what comes is no such answer.
    pub async fn answer<C: Call>(&mut self) -> Result<C::Response, Failed> {
        self.answer_within::<C>(ANSWER_WITHIN).await
    }

    /// As [`RawConnection::answer`] with another limit.
    ///
    /// # Errors
    /// As there.
    pub async fn answer_within<C: Call>(&mut self, limit: Duration) -> Result<C::Response, Failed> {
        let Some((api, version, correlation_id)) = self.waiting.pop_front() else {
            return Err(Failed::trouble(
                format!("reading an answer of {}", C::API),
                "nothing was asked",
            ));
        };
        let what = format!("the answer of {api} v{version}");
        let frame = self
            .frame_within(limit)
            .await
            .map_err(|failed| failed.during(&what))?;
        self.record(api, version, Direction::Response, &frame);
        let read = message::read_reply::<C>(version, frame);
        let (seen, response) =
            read.map_err(|error| Failed::new(&what, "an answer of this API", error.to_string()))?;
        crate::expect(format!("the correlation id in {what}"), seen, correlation_id)?;
        Ok(response)
    }

    /// Writes a request and reads its answer.
    ///
    /// # Errors
    /// As [`RawConnection::send`] and [`RawConnection::answer`].
    pub async fn call<C: Call>(&mut self, version: i16, call: &C) -> Result<C::Response, Failed> {
        self.send(version, call).await?;
        self.answer::<C>().await
    }

    /// Reads a frame, whatever it is, and returns it without its size.
    ///
    /// # Errors
    /// The connection is closed, or no whole frame comes for 20 s.
    pub async fn frame(&mut self) -> Result<Bytes, Failed> {
        self.frame_within(ANSWER_WITHIN).await
    }

    async fn frame_within(&mut self, limit: Duration) -> Result<Bytes, Failed> {
        match timeout(limit, read_frame(&mut self.stream)).await {
            Ok(Ok(frame)) => Ok(frame),
            Ok(Err(error)) => Err(Failed::new(
                "reading from the broker",
                "a frame",
                error.to_string(),
            )),
            Err(_) => Err(Failed::new(
                "reading from the broker",
                "a frame",
                format!("nothing for {limit:?}"),
            )),
        }
    }

    /// The broker closes the connection and says nothing more.
    ///
    /// # Errors
    /// It sends something, or the connection is still open after 5 s.
    pub async fn expect_closed(&mut self, what: &str) -> Result<(), Failed> {
        let seen = match timeout(Duration::from_secs(5), self.stream.read_u8()).await {
            Ok(Err(_)) => return Ok(()),
            Ok(Ok(_)) => "an answer",
            Err(_) => "an open connection after 5 s",
        };
        Err(Failed::new(what, "a closed connection", seen))
    }

    /// Nothing comes for 300 ms, and the connection stays open.
    ///
    /// # Errors
    /// Something comes, or the connection is closed.
    pub async fn expect_silence(&mut self, what: &str) -> Result<(), Failed> {
        self.expect_silence_of(SILENCE, what).await
    }

    /// As [`RawConnection::expect_silence`], for another time.
    ///
    /// # Errors
    /// As there.
    pub async fn expect_silence_of(&mut self, time: Duration, what: &str) -> Result<(), Failed> {
        let mut one = [0];
        let seen = match timeout(time, self.stream.peek(&mut one)).await {
            Err(_) => return Ok(()),
            Ok(Ok(1)) => "an answer",
            Ok(_) => "a closed connection",
        };
        Err(Failed::new(what, format!("silence for {time:?}"), seen))
    }

    fn record(&self, api: ApiKey, version: i16, direction: Direction, frame: &[u8]) {
        let Some(tape) = &self.tape else { return };
        let sized = direction == Direction::Request;
        let frame = frame.get(if sized { 4 } else { 0 }..).unwrap_or_default();
        tape.push(Taped {
            api,
            version,
            direction,
            frame: Bytes::copy_from_slice(frame),
        });
    }
}

/// A request as it goes over the wire, size included.
pub(crate) fn request_frame<C: Call>(
    version: i16,
    correlation_id: i32,
    call: &C,
) -> Result<BytesMut, Failed> {
    let mut frame = BytesMut::new();
    message::write_call(&mut frame, version, correlation_id, Some(CLIENT_ID), call)
        .map_err(|error| Failed::trouble("encoding the request", error))?;
    Ok(frame)
}

async fn read_frame(stream: &mut TcpStream) -> std::io::Result<Bytes> {
    let size = usize::try_from(stream.read_i32().await?).unwrap_or(usize::MAX);
    if size > LARGEST_ANSWER {
        return Err(std::io::Error::other(format!("an answer of {size} bytes")));
    }
    let mut frame = vec![0; size];
    stream.read_exact(&mut frame).await?;
    Ok(Bytes::from(frame))
}

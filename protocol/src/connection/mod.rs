//! One connection to one broker, without the socket: bytes in, completed calls out; calls in, bytes out.
//!
//! Decides the handshake (ApiVersions; SASL will be further steps of it), the version of each request, pipelining, time-outs,
//! throttling, and when a connection is beyond use. Knows no clock, no socket and no address: whoever owns the transport moves
//! the bytes, passes the time in, and **resets** the transport (never an orderly close) as soon as a method returns an error.
//! A broker that sees an orderly close still executes what it has read, so an abandoned commit lands after a newer one
//! (seen on Kafka 4.4.0).

mod exchange;
mod failure;
mod handshake;
mod negotiate;
#[cfg(test)]
mod tests;
mod throttle;

use core::time::Duration;
use std::collections::VecDeque;

use bytes::BytesMut;

pub use failure::{CallFailure, ConnectionError};

use crate::api::produce::ProduceResponse;
use crate::api::{Code, Outgoing, Response, Versions, versions};
use crate::frame::{DEFAULT_MAX_FRAME_SIZE, FrameCutter};
use crate::{ApiKey, Timestamp};

/// Calls are encoded only while less than this waits to be written: a stalled peer costs no more memory than that.
const OUTPUT_SIZE: usize = 64 * 1024;

/// The settings of a [`Connection`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionConfig {
    /// `client.id`: how the broker names this client in its logs and quotas.
    pub client_id: String,
    /// Name of the client software (KIP-511): letters, digits, `-` and `.`.
    pub software_name: String,
    /// Its version, in the same alphabet.
    pub software_version: String,
    /// Larger frames are refused.
    pub max_frame_size: usize,
    /// How many calls may wait to be sent.
    pub max_queued: usize,
    /// How many calls may await their answer (`max.in.flight.requests.per.connection`).
    pub max_in_flight: usize,
    /// How long the handshake may take.
    pub handshake_timeout: Duration,
}

impl Default for ConnectionConfig {
    fn default() -> Self {
        Self {
            client_id: "kohort".into(),
            software_name: "kohort".into(),
            software_version: env!("CARGO_PKG_VERSION").into(),
            max_frame_size: DEFAULT_MAX_FRAME_SIZE,
            max_queued: 10_000,
            max_in_flight: 100,
            handshake_timeout: Duration::from_secs(10),
        }
    }
}

/// A call that is over: its token, and its response or why there is none.
pub type Completed = (u64, Result<Response, CallFailure>);

/// One connection. Every call gets exactly one [`Completed`], unless it is [abandoned](Self::abandon).
#[derive(Debug)]
pub struct Connection {
    config: ConnectionConfig,
    /// How errors name the broker.
    peer: String,
    obstacle: String,
    state: State,
    cutter: FrameCutter,
    output: BytesMut,
    /// Positions in the stream of bytes to the peer: how far it is encoded, and how far written.
    encoded: u64,
    written: u64,
    next_correlation: i32,
    queue: VecDeque<Queued>,
    in_flight: VecDeque<InFlight>,
    completed: VecDeque<Completed>,
    silent_until: Timestamp,
}

#[derive(Debug)]
enum State {
    /// Not opened yet, or the last attempt failed before anything but the handshake was sent.
    Unopened,
    /// ApiVersions is under way. SaslHandshake and SaslAuthenticate become states between this one and `Ready`.
    Handshake {
        version: i16,
        correlation: i32,
        deadline: Timestamp,
    },
    Ready(Versions),
    Closed(CallFailure),
}

#[derive(Debug)]
struct Queued {
    token: u64,
    request: Outgoing,
    deadline: Timestamp,
    timeout: Duration,
}

#[derive(Debug)]
struct InFlight {
    token: u64,
    code: &'static Code,
    api: ApiKey,
    version: i16,
    correlation: i32,
    deadline: Timestamp,
    timeout: Duration,
    /// Produce with `acks=0` is never answered: it is over when the stream is written up to here.
    done_at: Option<u64>,
}

impl Connection {
    /// A connection that is not open yet; calls may be made already.
    #[must_use]
    pub fn new(config: ConnectionConfig) -> Self {
        Self {
            cutter: FrameCutter::new(config.max_frame_size),
            config,
            peer: "broker".into(),
            obstacle: String::new(),
            state: State::Unopened,
            output: BytesMut::new(),
            encoded: 0,
            written: 0,
            next_correlation: 0,
            queue: VecDeque::new(),
            in_flight: VecDeque::new(),
            completed: VecDeque::new(),
            silent_until: Timestamp::ZERO,
        }
    }

    /// The transport stands: begin the handshake. `peer` names the broker in error texts. To be called once, and once more after
    /// each error that left the connection [unopened](Self::is_unopened).
    pub fn open(&mut self, now: Timestamp, peer: &str) {
        if !self.is_unopened() {
            return;
        }
        peer.clone_into(&mut self.peer);
        let deadline = now + self.config.handshake_timeout;
        self.shake_hands(versions(ApiKey::ApiVersions).max, deadline);
    }

    /// Whether no transport is attached: the calls so far wait for [`open`](Self::open).
    #[must_use]
    pub const fn is_unopened(&self) -> bool {
        matches!(self.state, State::Unopened)
    }

    /// Whether the handshake is complete.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready(_))
    }

    /// Whether no call waits, is under way, or is to be taken from [`poll`](Self::poll).
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.in_flight.is_empty() && self.completed.is_empty()
    }

    /// What the broker speaks, once ready.
    #[must_use]
    pub const fn versions(&self) -> Option<&Versions> {
        match &self.state {
            State::Ready(versions) => Some(versions),
            _ => None,
        }
    }

    /// What keeps the connection from being opened, for the error text of calls that time out before it is.
    pub fn set_obstacle(&mut self, obstacle: String) {
        self.obstacle = obstacle;
    }

    /// Makes a call under a token of the caller's choice, unique among the calls that are not over. `timeout` covers waiting too.
    pub fn call(&mut self, now: Timestamp, token: u64, request: Outgoing, timeout: Duration) {
        if let State::Closed(failure) = &self.state {
            self.completed.push_back((token, Err(failure.clone())));
            return;
        }
        if self.queue.len() >= self.config.max_queued {
            let detail = format!("{}: the limit is {}", self.peer, self.config.max_queued);
            let failure = CallFailure::Overloaded { detail };
            self.completed.push_back((token, Err(failure)));
            return;
        }
        self.queue.push_back(Queued {
            token,
            request,
            deadline: now + timeout,
            timeout,
        });
        self.send_queued(now);
    }

    /// Gives a call up: it will not be completed. Unknown tokens are passed over.
    ///
    /// # Errors
    /// [`ConnectionError::Abandoned`] if its request was sent: the only way to take it back is to reset the connection, and
    /// all other calls fail as disconnected.
    pub fn abandon(&mut self, token: u64) -> Result<(), ConnectionError> {
        self.completed.retain(|(completed, _)| *completed != token);
        self.queue.retain(|call| call.token != token);
        let Some(place) = self.in_flight.iter().position(|call| call.token == token) else {
            return Ok(());
        };
        match self.in_flight.remove(place) {
            Some(call) => self.break_off(ConnectionError::Abandoned(call.api)),
            None => Ok(()),
        }
    }

    /// The next call that is over.
    pub fn poll(&mut self) -> Option<Completed> {
        self.completed.pop_front()
    }

    /// What to write, and where to append what is read: report both by [`written`](Self::written) and [`received`](Self::received).
    pub fn io(&mut self) -> (&[u8], &mut BytesMut) {
        (&self.output, self.cutter.room())
    }

    /// The first `count` bytes of the output are written.
    pub fn written(&mut self, now: Timestamp, count: usize) {
        let count = count.min(self.output.len());
        bytes::Buf::advance(&mut self.output, count);
        self.written += count as u64;
        let written = self.written;
        let completed = &mut self.completed;
        self.in_flight.retain(|call| {
            let done = call.done_at.is_some_and(|end| end <= written);
            if done {
                completed.push_back((call.token, Ok(ProduceResponse::default().into())));
            }
            !done
        });
        self.send_queued(now);
    }

    /// As appending to the read buffer and calling [`received`](Self::received).
    ///
    /// # Errors
    /// As there.
    pub fn feed(&mut self, now: Timestamp, bytes: &[u8]) -> Result<(), ConnectionError> {
        self.cutter.push(bytes);
        self.received(now)
    }

    /// Bytes were appended to the read buffer.
    ///
    /// # Errors
    /// The peer does not keep to the protocol, or a deadline had passed before its bytes were looked at: after a suspended
    /// process wakes, a stale answer must not count.
    pub fn received(&mut self, now: Timestamp) -> Result<(), ConnectionError> {
        self.tick(now)?;
        loop {
            match self.cutter.next_frame() {
                Ok(Some(frame)) => self.frame(now, frame)?,
                Ok(None) => return Ok(()),
                Err(error) => return self.break_off(error.into()),
            }
        }
    }

    /// The peer closed its side.
    ///
    /// # Errors
    /// Always, saying at which point it closed.
    pub fn ended(&mut self) -> Result<(), ConnectionError> {
        let error = match (self.cutter.unfinished(), self.is_ready()) {
            (Some((arrived, announced)), _) => ConnectionError::ClosedInFrame { arrived, announced },
            (None, true) => ConnectionError::Closed,
            (None, false) => ConnectionError::ClosedInHandshake,
        };
        self.break_off(error)
    }

    /// The transport failed.
    ///
    /// # Errors
    /// Always.
    pub fn broken(&mut self, reason: String) -> Result<(), ConnectionError> {
        self.break_off(ConnectionError::Broken(reason))
    }

    /// Ends the connection for a reason of the caller's: every call fails with `failure`. The first reason stays.
    pub fn close(&mut self, failure: &CallFailure) {
        if matches!(self.state, State::Closed(_)) {
            return;
        }
        let calls = self.in_flight.drain(..).map(|call| call.token);
        let calls = calls.chain(self.queue.drain(..).map(|call| call.token));
        self.completed
            .extend(calls.map(|token| (token, Err(failure.clone()))));
        self.output.clear();
        self.state = State::Closed(failure.clone());
    }

    /// Time passed.
    ///
    /// # Errors
    /// A request that was sent, or the handshake, timed out.
    pub fn tick(&mut self, now: Timestamp) -> Result<(), ConnectionError> {
        if let State::Handshake { deadline, .. } = self.state
            && deadline <= now
        {
            return self.break_off(ConnectionError::HandshakeTimedOut(self.config.handshake_timeout));
        }
        self.expire_queued(now);
        self.expire_in_flight(now)?;
        self.send_queued(now);
        Ok(())
    }

    /// When [`tick`](Self::tick) has to be called at the latest.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        let handshake = match self.state {
            State::Handshake { deadline, .. } => deadline,
            _ => Timestamp::MAX,
        };
        let silence = match self.state {
            State::Ready(_) if self.silent_until > Timestamp::ZERO && !self.queue.is_empty() => {
                self.silent_until
            }
            _ => Timestamp::MAX,
        };
        let calls = self.in_flight.iter().map(|call| call.deadline);
        let calls = calls.chain(self.queue.iter().map(|call| call.deadline));
        calls.min().unwrap_or(Timestamp::MAX).min(handshake).min(silence)
    }
}

/// Ends.
impl Connection {
    /// Calls that were never sent just fail; the connection is still good.
    fn expire_queued(&mut self, now: Timestamp) {
        let (peer, obstacle) = (&self.peer, &self.obstacle);
        let ready = matches!(self.state, State::Ready(_));
        let completed = &mut self.completed;
        self.queue.retain(|call| {
            let expired = call.deadline <= now;
            if expired {
                let (api, timeout) = (call.request.api(), call.timeout);
                let detail = match (ready, obstacle.is_empty()) {
                    (true, _) => format!("{peer}: {api} could not be sent within {timeout:?} (throttled, or the broker is slow)"),
                    (false, true) => format!("{api}: no connection to {peer} within {timeout:?}"),
                    (false, false) => format!("{api}: no connection within {timeout:?} ({obstacle})"),
                };
                completed.push_back((call.token, Err(CallFailure::TimedOut { detail })));
            }
            !expired
        });
    }

    /// A request that was sent may still be executed: nothing else can follow on this connection.
    fn expire_in_flight(&mut self, now: Timestamp) -> Result<(), ConnectionError> {
        let Some(first) = self.in_flight.iter().find(|call| call.deadline <= now) else {
            return Ok(());
        };
        let (api, after) = (first.api, first.timeout);
        let peer = &self.peer;
        let completed = &mut self.completed;
        self.in_flight.retain(|call| {
            let expired = call.deadline <= now;
            if expired {
                let detail = format!("{peer}: {} got no answer within {:?}", call.api, call.timeout);
                completed.push_back((call.token, Err(CallFailure::TimedOut { detail })));
            }
            !expired
        });
        self.break_off(ConnectionError::RequestTimedOut { api, after })
    }

    /// Before the handshake is complete nothing of a caller's was sent: the calls stay, for another attempt or another broker.
    fn break_off(&mut self, error: ConnectionError) -> Result<(), ConnectionError> {
        match self.state {
            State::Ready(_) => {
                let detail = format!("{}: {error}", self.peer);
                self.close(&CallFailure::Disconnected { detail });
            }
            State::Handshake { .. } => {
                self.state = State::Unopened;
                self.output.clear();
                self.cutter = FrameCutter::new(self.config.max_frame_size);
                (self.encoded, self.written) = (0, 0);
                self.silent_until = Timestamp::ZERO;
            }
            State::Unopened | State::Closed(_) => {}
        }
        Err(error)
    }
}

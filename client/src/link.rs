//! The task of one connection: it makes the connection, moves bytes between the socket and the pure `Connection`, and resets or
//! closes the socket at the end. It knows nothing of requests and responses, and holds the hub only weakly: when the last clone
//! of a client is dropped, the commands end and so does it.

use core::future::poll_fn;
use core::pin::pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Weak};

use bytes::BytesMut;
use kohort_protocol::{CallFailure, Connection, ConnectionError, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use crate::address::Address;
use crate::dial::{Dial, Stream};
use crate::error::{Target, shortened};
use crate::hub::{Hub, SlotKey};
use crate::reply::{Command, Reply, Serial};

/// How long an orderly close may take (TLS says goodbye).
const CLOSING: Duration = Duration::from_secs(1);

pub(crate) struct Link {
    hub: Weak<Hub>,
    key: SlotKey,
    id: Serial,
    commands: mpsc::UnboundedReceiver<Command>,
    connection: Connection,
    replies: BTreeMap<u64, Reply>,
    dial: Arc<dyn Dial>,
    start: Instant,
    idle_time: Duration,
    idle_since: Instant,
    /// When bytes came last.
    heard: Instant,
}

/// Why a link ends.
enum End {
    /// Nobody can want it any more, or it was idle for too long: an orderly close.
    Unwanted,
    /// It broke, or a request on it was given up: a reset.
    Broken(ConnectionError),
    /// No connection could be made.
    Unreachable(String),
}

#[allow(
    clippy::large_enum_variant,
    reason = "nearly all of them are calls, and few wait at a time"
)]
enum Event {
    Command(Option<Command>),
    Read(usize),
    Written(usize),
    Broken(io::Error),
    Time,
}

impl Link {
    pub(crate) fn new(
        hub: &Arc<Hub>,
        key: SlotKey,
        id: Serial,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> Self {
        Self {
            hub: Arc::downgrade(hub),
            key,
            id,
            commands,
            connection: Connection::new(hub.connection_config()),
            replies: BTreeMap::new(),
            dial: Arc::clone(&hub.config.dial),
            start: hub.start(),
            idle_time: hub.idle_time(key),
            idle_since: Instant::now(),
            heard: Instant::now(),
        }
    }

    pub(crate) async fn run(mut self) {
        let end = match self.establish().await {
            Ok((address, stream)) => {
                let end = self.serve(stream).await;
                self.avoid(&address, &end);
                end
            }
            Err(end) => end,
        };
        self.finish(&end);
    }

    /// Tries the addresses one after the other, while calls wait.
    async fn establish(&mut self) -> Result<(Address, Box<dyn Stream>), End> {
        let found = candidates(self.hub.clone(), self.key.target);
        let addresses = self.meanwhile(found).await?.map_err(End::Unreachable)?;
        let mut tried = Vec::new();
        for address in addresses {
            self.connection.set_obstacle(obstacle(&tried, &address));
            match self.attempt(&address).await? {
                Ok(stream) => return Ok((address, stream)),
                Err(reason) => tried.push(format!("{address}: {reason}")),
            }
            tracing::debug!(failed = tried.last(), "no connection");
            if let Some(hub) = self.hub.upgrade() {
                hub.failed(&address);
                hub.metadata.doubt();
            }
        }
        Err(End::Unreachable(tried.join("; ")))
    }

    /// One attempt at one address: backoff, connect, handshake.
    async fn attempt(&mut self, address: &Address) -> Result<Result<Box<dyn Stream>, String>, End> {
        let Some((retry_at, patience)) = self.hub.upgrade().map(|hub| hub.patience(address)) else {
            return Err(End::Unwanted);
        };
        self.meanwhile(sleep_until(retry_at)).await?;
        if let Some(hub) = self.hub.upgrade() {
            hub.leads_to(self.key, self.id, address);
        }
        self.heard = Instant::now();
        let dialing = timeout(patience, self.dial.dial(address, patience));
        let mut stream = match self.meanwhile(dialing).await? {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Ok(Err(shortened(&error.to_string()))),
            Err(_) => return Ok(Err(format!("no connection within {patience:.1?}"))),
        };
        self.connection.open(self.now(), &self.peer(address));
        if let Err(end) = self.pump(&mut *stream, true).await {
            stream.reset_on_drop();
            return match end {
                End::Broken(error) => Ok(Err(error.to_string())),
                other => Err(other),
            };
        }
        if let Some(hub) = self.hub.upgrade() {
            hub.reached(address);
        }
        Ok(Ok(stream))
    }

    fn peer(&self, address: &Address) -> String {
        match self.key.target {
            Target::Any => address.to_string(),
            Target::Node(node) => format!("broker {node} at {address}"),
        }
    }

    async fn serve(&mut self, mut stream: Box<dyn Stream>) -> End {
        self.idle_since = Instant::now();
        let end = match self.pump(&mut *stream, false).await {
            Ok(()) => End::Unwanted,
            Err(end) => end,
        };
        if matches!(end, End::Unwanted) && self.connection.is_idle() {
            // Whatever fails now concerns nobody.
            let _ = timeout(CLOSING, stream.shutdown()).await;
        } else {
            stream.reset_on_drop();
        }
        end
    }

    /// "Any broker" should be another one next time, if this one stopped answering or went away.
    fn avoid(&self, address: &Address, end: &End) {
        let End::Broken(error) = end else { return };
        tracing::debug!(%address, lane = ?self.key.lane, %error, "connection reset");
        let Some(hub) = self.hub.upgrade() else { return };
        match error {
            ConnectionError::RequestTimedOut { after, .. } => hub.hangs(address, *after, error),
            ConnectionError::Abandoned(_) => {}
            _ if self.key.target == Target::Any => hub.failed(address),
            _ => {}
        }
    }

    /// Moves bytes and time until the handshake is complete (with `opening`), or until the end.
    async fn pump(&mut self, stream: &mut dyn Stream, opening: bool) -> Result<(), End> {
        let mut flushed = true;
        let mut timer = pin!(sleep_until(Instant::now()));
        loop {
            self.settle();
            if opening && self.connection.is_ready() {
                return Ok(());
            }
            let wake = self.wake(opening);
            if timer.deadline() != wake {
                timer.as_mut().reset(wake);
            }
            let (output, input) = self.connection.io();
            let event = tokio::select! {
                biased;
                command = self.commands.recv() => Event::Command(command),
                event = poll_fn(|cx| move_bytes(stream, output, input, &mut flushed, cx)) => event,
                () = &mut timer => Event::Time,
            };
            self.apply(event, opening)?;
        }
    }

    fn apply(&mut self, event: Event, opening: bool) -> Result<(), End> {
        let now = self.now();
        let result = match event {
            Event::Command(Some(command)) => return self.obey(command),
            Event::Command(None) => return Err(End::Unwanted),
            Event::Read(0) => self.connection.ended(),
            Event::Read(_) => {
                self.heard = Instant::now();
                self.connection.received(now)
            }
            Event::Written(count) => {
                self.connection.written(now, count);
                Ok(())
            }
            Event::Broken(error) => self.connection.broken(error.to_string()),
            Event::Time => self.connection.tick(now),
        };
        result.map_err(End::Broken)?;
        if opening || !self.is_idle_for_too_long() || !self.retire() {
            return Ok(());
        }
        Err(End::Unwanted)
    }

    fn obey(&mut self, command: Command) -> Result<(), End> {
        match command {
            Command::Call(call) => {
                self.idle_since = Instant::now();
                self.replies.insert(call.serial.0, call.reply);
                self.connection
                    .call(call.at, call.serial.0, call.request, call.timeout);
                Ok(())
            }
            Command::Abandon(serial) => {
                self.forgo(serial);
                self.connection.abandon(serial.0).map_err(End::Broken)
            }
            Command::Suspect { since, reason } if self.heard < since => {
                self.connection.broken(reason).map_err(End::Broken)
            }
            Command::Suspect { .. } => Ok(()),
        }
    }

    /// Runs `future` while commands and deadlines are attended to.
    async fn meanwhile<F: Future>(&mut self, future: F) -> Result<F::Output, End> {
        let mut future = pin!(future);
        loop {
            self.settle();
            let wake = self.wake(true);
            tokio::select! {
                biased;
                command = self.commands.recv() => match command {
                    Some(command) => self.obey(command)?,
                    None => return Err(End::Unwanted),
                },
                output = &mut future => return Ok(output),
                () = sleep_until(wake) => self.apply(Event::Time, true)?,
            }
        }
    }

    /// Hands out what is complete. A borrowed connection is free again *before* its caller hears of it, so that the SyncGroup which
    /// follows a JoinGroup finds it.
    fn settle(&mut self) {
        let mut answers = Vec::new();
        while let Some((token, outcome)) = self.connection.poll() {
            answers.extend(self.replies.remove(&token).map(|reply| (reply, outcome)));
        }
        if answers.is_empty() && !self.replies.is_empty() {
            return;
        }
        if self.replies.is_empty()
            && self.key.is_exclusive()
            && let Some(hub) = self.hub.upgrade()
        {
            hub.free(self.key, self.id, &self.commands);
        }
        for (reply, outcome) in answers {
            self.idle_since = Instant::now();
            reply.answer(outcome);
        }
    }

    fn is_idle_for_too_long(&self) -> bool {
        self.connection.is_idle() && self.idle_since + self.idle_time <= Instant::now()
    }

    /// Steps out of the hub, unless a call is on its way to us.
    fn retire(&self) -> bool {
        let hub = self.hub.upgrade();
        hub.is_none_or(|hub| hub.retire(self.key, self.id, &self.commands))
    }

    fn finish(mut self, end: &End) {
        let disconnected = |detail| CallFailure::Disconnected { detail };
        let failure = match end {
            End::Unwanted => disconnected("the client was closed".to_owned()),
            End::Broken(error) => disconnected(error.to_string()),
            End::Unreachable(detail) => CallFailure::Unreachable {
                detail: detail.clone(),
            },
        };
        if let Some(hub) = self.hub.upgrade() {
            for serial in hub.reroute(self.key, self.id, &mut self.commands) {
                self.forgo(serial);
            }
        }
        self.connection.close(&failure);
        self.settle();
    }

    fn forgo(&mut self, serial: Serial) {
        if let Some(reply) = self.replies.remove(&serial.0) {
            reply.abandon();
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::ZERO + self.start.elapsed()
    }

    fn wake(&self, opening: bool) -> Instant {
        let idle = self.idle_since + self.idle_time;
        let idle = (!opening && self.connection.is_idle()).then_some(idle);
        let deadline = self.connection.deadline();
        let deadline = (deadline < Timestamp::MAX).then(|| self.start + deadline.since(Timestamp::ZERO));
        // Without either, an hour: the timer must be set to something.
        let hour = || Instant::now() + Duration::from_secs(3600);
        idle.into_iter().chain(deadline).min().unwrap_or_else(hour)
    }
}

fn obstacle(tried: &[String], now: &Address) -> String {
    let tried: String = tried.iter().map(|one| format!("{one}; ")).collect();
    format!("{tried}still trying {now}")
}

/// Where to find the target; asks the cluster for a broker that is not known.
async fn candidates(hub: Weak<Hub>, target: Target) -> Result<Vec<Address>, String> {
    let closed = || "the client was closed".to_owned();
    let hub = hub.upgrade().ok_or_else(closed)?;
    let Target::Node(node) = target else {
        return Ok(hub.any());
    };
    if let Some(address) = hub.address(node) {
        return Ok(vec![address]);
    }
    let refreshed = crate::Client::of(Arc::clone(&hub)).refresh_metadata(&[]).await;
    if let Some(address) = hub.address(node) {
        return Ok(vec![address]);
    }
    Err(match refreshed {
        Ok(_) => format!(
            "broker {node} is not in the cluster (its brokers: {:?})",
            hub.known_nodes()
        ),
        Err(error) => format!("the address of broker {node} is not known, and asking for it failed: {error}"),
    })
}

/// Writes what there is to write, then flushes it, and reads meanwhile.
fn move_bytes(
    stream: &mut dyn Stream,
    output: &[u8],
    input: &mut BytesMut,
    flushed: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<Event> {
    if !output.is_empty() {
        if let Poll::Ready(result) = pin!(stream.write(output)).poll(cx) {
            *flushed = false;
            return Poll::Ready(match result {
                Ok(0) => Event::Broken(io::ErrorKind::WriteZero.into()),
                Ok(count) => Event::Written(count),
                Err(error) => Event::Broken(error),
            });
        }
    } else if !*flushed && let Poll::Ready(result) = pin!(stream.flush()).poll(cx) {
        *flushed = true;
        if let Err(error) = result {
            return Poll::Ready(Event::Broken(error));
        }
    }
    pin!(stream.read_buf(input)).poll(cx).map(|result| match result {
        Ok(count) => Event::Read(count),
        Err(error) => Event::Broken(error),
    })
}

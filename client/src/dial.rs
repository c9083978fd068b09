//! How a connection is made: the one seam between the client and the network, for TLS, proxies and tests.

use core::future::Future;
use core::pin::Pin;
use core::time::Duration;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use crate::address::Address;

/// A connected byte stream.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {
    /// From now on, dropping the stream resets the connection (TCP RST, by zero linger) instead of closing it in order. After an
    /// orderly close a broker still executes the requests it has not read yet; after a reset it drops them (seen on Kafka 4.4.0).
    fn reset_on_drop(&mut self);
}

impl Stream for TcpStream {
    fn reset_on_drop(&mut self) {
        // It can only fail for a socket that is gone already.
        let _ = self.set_zero_linger();
    }
}

/// A pipe has no reset: its peer sees an end of stream either way.
impl Stream for tokio::io::DuplexStream {
    fn reset_on_drop(&mut self) {}
}

/// A connection in the making. Dropping it gives up.
pub type Dialing = Pin<Box<dyn Future<Output = io::Result<Box<dyn Stream>>> + Send>>;

/// Makes connections.
pub trait Dial: Send + Sync {
    /// Connects to `address` within `timeout`. Whoever dials enforces the time-out too; it is passed so that several attempts
    /// can share it.
    fn dial(&self, address: &Address, timeout: Duration) -> Dialing;
}

/// Plain TCP: the name is resolved anew each time, and all its addresses are tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct TcpDial;

impl Dial for TcpDial {
    fn dial(&self, address: &Address, timeout: Duration) -> Dialing {
        let address = address.clone();
        Box::pin(async move {
            let stream = connect(&address, Instant::now() + timeout).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream) as Box<dyn Stream>)
        })
    }
}

async fn connect(address: &Address, deadline: Instant) -> io::Result<TcpStream> {
    let found = lookup_host((address.host.as_str(), address.port)).await;
    let found = found.map_err(|error| {
        io::Error::new(error.kind(), format!("the host name cannot be resolved: {error}"))
    })?;
    let mut sockets: Vec<_> = found.collect();
    sockets.dedup();
    let mut failures = Vec::new();
    for (place, socket) in sockets.iter().enumerate() {
        // An equal share of what is left, so that one silent address does not use up the time of the others.
        let left = u32::try_from(sockets.len() - place).unwrap_or(1);
        let share = deadline.saturating_duration_since(Instant::now()) / left;
        match timeout_at(Instant::now() + share, TcpStream::connect(socket)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => failures.push(format!("{}: {}", socket.ip(), plainly(&error))),
            Err(_) => failures.push(format!("{}: no answer within {share:.1?}", socket.ip())),
        }
    }
    Err(io::Error::other(match failures.is_empty() {
        true => "the host name resolves to no address".to_owned(),
        false => failures.join(", "),
    }))
}

/// The usual failures without the number of the operating system.
fn plainly(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused (nothing listens there)".into(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "no route to it".into(),
        _ => error.to_string(),
    }
}

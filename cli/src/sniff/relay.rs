//! Moves the bytes of one connection, both ways at once. Ends pass on as they come: an end of one direction leaves the other open, and
//! a reset resets the other side too, for a client that gives up by a reset means it.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use kohort::protocol::endpoints::Endpoint;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::tap::{Frame, Look, Tap, Way};
use super::{Proxy, shown};

/// What is read at a time.
const CHUNK: usize = 64 << 10;
/// When no connection can be accepted (no file descriptor is free), the next try is made after this.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes connections in, for as long as the program runs.
pub(super) async fn accept(listener: TcpListener, upstream: Endpoint, proxy: Arc<Proxy>) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                tokio::spawn(connection(client, upstream.clone(), Arc::clone(&proxy)));
            }
            Err(error) => {
                eprintln!("kohort: cannot take a connection: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn connection(mut client: TcpStream, upstream: Endpoint, proxy: Arc<Proxy>) {
    let id = proxy.connection();
    let from = client
        .peer_addr()
        .map_or_else(|_| "?".to_owned(), |address| address.to_string());
    proxy.told(|observer, at| observer.opened(at, id, &from, &shown(&upstream)));
    let mut broker = match TcpStream::connect((upstream.host.as_str(), upstream.port)).await {
        Ok(broker) => broker,
        Err(error) => {
            let how = format!("{} cannot be reached: {error}", shown(&upstream));
            let _ = client.set_zero_linger();
            return proxy.told(|observer, at| observer.closed(at, id, &how));
        }
    };
    let ended = both_ways(&mut client, &mut broker, id, &proxy).await;
    if ended.is_err() {
        let _ = (client.set_zero_linger(), broker.set_zero_linger());
    }
    let how = ended.map_or_else(|error| error.to_string(), |()| String::new());
    proxy.told(|observer, at| observer.closed(at, id, &how));
}

async fn both_ways(client: &mut TcpStream, broker: &mut TcpStream, id: u64, proxy: &Proxy) -> io::Result<()> {
    client.set_nodelay(true)?;
    broker.set_nodelay(true)?;
    let local = client
        .local_addr()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip());
    let (from_client, to_client) = client.split();
    let (from_broker, to_broker) = broker.split();
    let there = pump(from_client, to_broker, proxy.keep, Requests { id, proxy });
    let back = pump(from_broker, to_client, proxy.keep, Responses { id, proxy, local });
    tokio::try_join!(there, back).map(drop)
}

/// One direction, to its end.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    keep: usize,
    mut look: impl Look,
) -> io::Result<()> {
    let mut tap = Tap::new(keep);
    let mut chunk = vec![0; CHUNK];
    let mut out = Vec::new();
    loop {
        let count = from.read(&mut chunk).await?;
        match chunk.get(..count).unwrap_or_default() {
            [] => tap.finish(&mut out),
            read => tap.feed(read, &mut look, &mut out),
        }
        to.write_all(&out).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        out.clear();
        out.shrink_to(2 * CHUNK);
    }
}

/// What the client sends.
struct Requests<'p> {
    id: u64,
    proxy: &'p Proxy,
}

impl Look for Requests<'_> {
    fn way(&mut self, _size: usize, _start: &[u8]) -> Way {
        Way::Pass
    }

    fn frame(&mut self, frame: Frame) -> Option<Vec<u8>> {
        self.proxy.told(|observer, at| observer.sent(at, self.id, &frame));
        None
    }

    fn unreadable(&mut self, why: &str) {
        self.proxy
            .told(|observer, at| observer.unreadable(at, self.id, &format!("> {why}")));
    }

    fn is_unreadable(&self) -> bool {
        self.proxy.told(|observer, _| observer.is_unreadable(self.id))
    }
}

/// What the broker answers.
struct Responses<'p> {
    id: u64,
    proxy: &'p Proxy,
    /// The address that the client used for us.
    local: IpAddr,
}

impl Look for Responses<'_> {
    fn way(&mut self, size: usize, start: &[u8]) -> Way {
        if !self.proxy.rewrite {
            return Way::Pass;
        }
        self.proxy.told(|observer, _| observer.way(self.id, size, start))
    }

    fn frame(&mut self, frame: Frame) -> Option<Vec<u8>> {
        self.proxy.told(|observer, at| {
            let mut remarks = Vec::new();
            let mut place =
                |node, endpoint: &Endpoint| self.proxy.place(self.local, node, endpoint, &mut remarks);
            let rewritten = match self.proxy.rewrite && frame.is_whole() {
                true => observer.rewrite(self.id, &frame, &mut place),
                false => None,
            };
            let (other, count) = rewritten.unzip();
            observer.answered(at, self.id, &frame, count.unwrap_or(0));
            remarks
                .iter()
                .for_each(|remark| observer.say(at, "listening", remark));
            other
        })
    }

    fn unreadable(&mut self, why: &str) {
        self.proxy
            .told(|observer, at| observer.unreadable(at, self.id, &format!("< {why}")));
    }

    fn is_unreadable(&self) -> bool {
        self.proxy.told(|observer, _| observer.is_unreadable(self.id))
    }
}

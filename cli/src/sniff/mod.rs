//! `kohort sniff`: stands between clients and brokers. Here are the listeners, the output and the end; `relay` moves bytes, and the
//! pure files decide: `tap` what passes on, `exchange` what answers what, `observer` what is told.

pub(crate) mod addresses;
pub(crate) mod capture;
mod exchange;
mod line;
mod observer;
mod relay;
mod secret;
mod stats;
mod tap;

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use kohort::NodeId;
use kohort::protocol::endpoints::Endpoint;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::{args, output};
use addresses::{Addresses, Opened};
pub(crate) use observer::{Observer, Show};

pub(crate) fn run(arguments: &args::Sniff) -> Result<ExitCode> {
    output::runtime()?.block_on(sniff(arguments))
}

async fn sniff(arguments: &args::Sniff) -> Result<ExitCode> {
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let listen = listener.local_addr()?;
    let (opened, mut new) = mpsc::unbounded_channel();
    let proxy = Arc::new(Proxy::new(arguments, listen, opened)?);
    proxy.told(|observer, at| {
        let rewriting = if arguments.no_rewrite {
            "addresses are not rewritten"
        } else {
            "addresses are rewritten"
        };
        let words = format!(
            "sniff: {listen} stands for {}; {rewriting}; Ctrl-C ends",
            shown(&arguments.upstream)
        );
        observer.say(at, "listening", &words);
    });
    tokio::spawn(relay::accept(
        listener,
        arguments.upstream.clone(),
        Arc::clone(&proxy),
    ));
    let serve = async {
        while let Some(Opened { listener, upstream }) = new.recv().await {
            let listener = TcpListener::from_std(listener)?;
            tokio::spawn(relay::accept(listener, upstream, Arc::clone(&proxy)));
        }
        Ok(())
    };
    let ended = tokio::select! {
        ended = serve => ended,
        signal = output::asked_to_end() => signal.context("cannot wait for Ctrl-C"),
        () = output::stdout_has_no_reader() => Ok(()),
    };
    proxy.told(|observer, _| observer.summary());
    ended.map(|()| ExitCode::SUCCESS)
}

/// What all connections share.
struct Proxy {
    begin: Instant,
    keep: usize,
    rewrite: bool,
    /// The last number given to a connection, and what has been seen.
    seen: Mutex<Seen>,
    addresses: Mutex<Addresses>,
    opened: mpsc::UnboundedSender<Opened>,
}

struct Seen {
    observer: Observer,
    connections: u64,
    record: Option<BufWriter<File>>,
}

impl Proxy {
    fn new(
        arguments: &args::Sniff,
        listen: SocketAddr,
        opened: mpsc::UnboundedSender<Opened>,
    ) -> Result<Self> {
        let mut record = None;
        if let Some(path) = &arguments.record {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            let mut file = BufWriter::new(file);
            file.write_all(capture::beginning(&shown(&arguments.upstream)).as_bytes())?;
            record = Some(file);
        }
        let seen = Seen {
            observer: Observer::new(arguments.show.clone().into(), record.is_some()),
            connections: 0,
            record,
        };
        Ok(Self {
            begin: Instant::now(),
            keep: arguments.keep,
            rewrite: !arguments.no_rewrite,
            seen: Mutex::new(seen),
            addresses: Mutex::new(Addresses::new(listen, arguments.upstream.clone())),
            opened,
        })
    }

    /// The number of a new connection.
    fn connection(&self) -> u64 {
        let mut seen = lock(&self.seen);
        seen.connections += 1;
        seen.connections
    }

    /// Lets the observer see something, and prints and records what it makes of it.
    fn told<R>(&self, see: impl FnOnce(&mut Observer, Duration) -> R) -> R {
        let mut seen = lock(&self.seen);
        // As precise as a capture has it, so that both are told alike.
        let at = u64::try_from(self.begin.elapsed().as_micros()).map_or(Duration::MAX, Duration::from_micros);
        let result = see(&mut seen.observer, at);
        seen.write();
        result
    }

    /// Where clients that came in at `local` find the broker that listens at `upstream`.
    fn place(
        &self,
        local: IpAddr,
        node: NodeId,
        upstream: &Endpoint,
        observer: &mut Vec<String>,
    ) -> Option<Endpoint> {
        let found = lock(&self.addresses).port(upstream);
        let (port, opened) = match found {
            Ok(found) => found,
            Err(why) => {
                observer.push(format!(
                    "broker {node} at {} is not listened for: {why}",
                    shown(upstream)
                ));
                return None;
            }
        };
        if let Some(opened) = opened {
            let here = SocketAddr::new(local, port);
            observer.push(format!(
                "sniff: {here} stands for broker {node} at {}",
                shown(upstream)
            ));
            // Nobody receives only while the program ends.
            let _ = self.opened.send(opened);
        }
        Some(Endpoint {
            host: local.to_string(),
            port,
        })
    }
}

impl Seen {
    fn write(&mut self) {
        let lines = self.observer.take_lines();
        if !lines.is_empty() {
            // Who read it may have gone; that is noticed elsewhere.
            let mut out = io::stdout().lock();
            let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
        }
        let lines = self.observer.take_record();
        let written = self
            .record
            .as_mut()
            .map(|file| file.write_all(lines.as_bytes()).and_then(|()| file.flush()));
        if let Some(Err(error)) = written {
            eprintln!("kohort: the capture ends here, it cannot be written: {error}");
            self.record = None;
        }
    }
}

impl From<args::Show> for Show {
    fn from(show: args::Show) -> Self {
        Self {
            json: show.json,
            only: show.only.into_iter().collect(),
            bodies: show.bodies.unwrap_or_default(),
            secrets: show.secrets,
        }
    }
}

/// A panic elsewhere has left nothing half done that matters here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shown(endpoint: &Endpoint) -> String {
    let Endpoint { host, port } = endpoint;
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{}:{port}", host.escape_debug())
    }
}

//! A wire tap between a client and the broker: it lists what is asked, and changes answers on their way.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use std::{io, pin::Pin};

use bytes::{Bytes, BytesMut};
use kohort_client::{Address, Dial, Dialing, Stream};
use kohort_protocol::api::Response;
use kohort_protocol::message::{Incoming, read_request, read_response, write_response};
use kohort_protocol::{ApiKey, FrameCutter};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

const MAX: usize = 128 << 20;

type Change = Box<dyn FnMut(&Incoming, Response) -> Response + Send>;
type Spoil = Box<dyn FnMut(ApiKey, Vec<u8>) -> Spoilt + Send>;

/// What becomes of the bytes of an answer.
#[derive(Debug)]
pub(crate) enum Spoilt {
    Bytes(Vec<u8>),
    ThenEnd(Vec<u8>),
    /// Half-open: nothing passes any more, either way.
    ThenSilence(Vec<u8>),
}

#[derive(Clone, Default)]
pub(crate) struct Tap(Arc<Inside>);

#[derive(Default)]
struct Inside {
    asked: Mutex<Vec<(Instant, Incoming)>>,
    change: Mutex<Option<Change>>,
    spoil: Mutex<Option<Spoil>>,
    record_bytes: Mutex<usize>,
}

impl Tap {
    /// When each request of this API was sent.
    pub(crate) fn times(&self, api: ApiKey) -> Vec<Instant> {
        let asked = self.0.asked.lock().unwrap();
        asked
            .iter()
            .filter(|(_, asked)| asked.api == api)
            .map(|(at, _)| *at)
            .collect()
    }

    pub(crate) fn count(&self, api: ApiKey) -> usize {
        self.times(api).len()
    }

    /// The APIs asked for, in order.
    pub(crate) fn asked(&self) -> Vec<ApiKey> {
        self.0
            .asked
            .lock()
            .unwrap()
            .iter()
            .map(|(_, asked)| asked.api)
            .collect()
    }

    /// How many bytes of records were fetched.
    pub(crate) fn record_bytes(&self) -> usize {
        *self.0.record_bytes.lock().unwrap()
    }

    /// Passes every answer through `change` from now on.
    pub(crate) fn change(&self, change: impl FnMut(&Incoming, Response) -> Response + Send + 'static) {
        *self.0.change.lock().unwrap() = Some(Box::new(change));
    }

    /// Does this to the bytes of every answer from now on.
    pub(crate) fn spoil(&self, spoil: impl FnMut(ApiKey, Vec<u8>) -> Spoilt + Send + 'static) {
        *self.0.spoil.lock().unwrap() = Some(Box::new(spoil));
    }

    fn spoilt(&self, api: ApiKey, bytes: Vec<u8>) -> Spoilt {
        match &mut *self.0.spoil.lock().unwrap() {
            Some(spoil) => spoil(api, bytes),
            None => Spoilt::Bytes(bytes),
        }
    }

    fn on_request(&self, frame: &Bytes) -> Incoming {
        let request = read_request(frame.clone()).unwrap();
        self.0
            .asked
            .lock()
            .unwrap()
            .push((Instant::now(), request.clone()));
        request
    }

    fn on_answer(&self, to: &Incoming, frame: &Bytes) -> Vec<u8> {
        if to.api == ApiKey::Fetch {
            let (_, response) = read_response(to.api, to.version, frame.clone()).unwrap();
            let response = match &mut *self.0.change.lock().unwrap() {
                Some(change) => change(to, response),
                None => response,
            };
            *self.0.record_bytes.lock().unwrap() += record_bytes(&response);
            let mut bytes = BytesMut::new();
            write_response(&mut bytes, to.version, to.correlation_id, &response).unwrap();
            return bytes.to_vec();
        }
        framed(frame)
    }

    async fn carry(
        self,
        mut near: DuplexStream,
        mut far: TcpStream,
        reset: Arc<AtomicBool>,
    ) -> io::Result<()> {
        let (mut up, mut down) = (FrameCutter::new(MAX), FrameCutter::new(MAX));
        let mut open = VecDeque::new();
        loop {
            while let Some(frame) = up.next_frame().unwrap() {
                open.push_back(self.on_request(&frame));
                far.write_all(&framed(&frame)).await?;
            }
            while let Some(frame) = down.next_frame().unwrap() {
                let request = open.pop_front().unwrap();
                match self.spoilt(request.api, self.on_answer(&request, &frame)) {
                    Spoilt::Bytes(bytes) => near.write_all(&bytes).await?,
                    Spoilt::ThenEnd(bytes) => return near.write_all(&bytes).await,
                    Spoilt::ThenSilence(bytes) => {
                        near.write_all(&bytes).await?;
                        while near.read_buf(up.room()).await? > 0 {}
                        break;
                    }
                }
            }
            let count = tokio::select! {
                count = near.read_buf(up.room()) => count?,
                count = far.read_buf(down.room()) => count?,
            };
            if count == 0 {
                break;
            }
        }
        if reset.load(Ordering::Relaxed) {
            far.set_zero_linger()?;
        }
        Ok(())
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(body);
    bytes
}

fn record_bytes(response: &Response) -> usize {
    let Response::Fetch(fetch) = response else {
        return 0;
    };
    let partitions = fetch.responses.iter().flat_map(|topic| &topic.partitions);
    partitions
        .filter_map(|partition| partition.records.as_ref())
        .map(Bytes::len)
        .sum()
}

impl Dial for Tap {
    fn dial(&self, address: &Address, _: Duration) -> Dialing {
        let (tap, address) = (self.clone(), format!("{}:{}", address.host, address.port));
        Box::pin(async move {
            let far = TcpStream::connect(address).await?;
            far.set_nodelay(true)?;
            let (near, end) = tokio::io::duplex(1 << 20);
            let reset = Arc::new(AtomicBool::new(false));
            // A connection that breaks is what some tests are about.
            tokio::spawn(tap.carry(end, far, Arc::clone(&reset)));
            Ok(Box::new(Pipe { near, reset }) as Box<dyn Stream>)
        })
    }
}

/// The client's end.
struct Pipe {
    near: DuplexStream,
    reset: Arc<AtomicBool>,
}

impl Stream for Pipe {
    fn reset_on_drop(&mut self) {
        self.reset.store(true, Ordering::Relaxed);
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.near).poll_read(cx, buf)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.near).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.near).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.near).poll_shutdown(cx)
    }
}

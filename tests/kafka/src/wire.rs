//! Raw Kafka frames over a blocking socket: just enough to ask a broker something and read its answer.
//!
//! Encoded by hand on purpose: what these tests say about a broker must not rest on the code that they test. Only
//! request header v1 (no flexible versions) unless the caller writes the rest himself, see [`Wire::call_flexible`].

use anyhow::{Context, Result, bail, ensure};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No answer that these tests ask for comes near it.
const LARGEST_ANSWER: usize = 16 << 20;

/// One connection to one broker.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    /// Correlation id of the last request sent.
    sent: i32,
    /// Correlation id of the last answer read; a broker answers a connection in order.
    answered: i32,
}

impl Wire {
    /// Connects; `limit` also bounds each later read and write.
    ///
    /// # Errors
    /// Nobody listens there, or not in time.
    pub fn connect(address: SocketAddr, limit: Duration) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, limit)
            .with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
        Ok(Self {
            stream,
            sent: 0,
            answered: 0,
        })
    }

    /// Sends a request of a non-flexible version and returns the body of its answer.
    ///
    /// # Errors
    /// The connection broke, the limit passed, or the answer is no answer to this request.
    pub fn call(&mut self, api_key: i16, version: i16, body: &Body) -> Result<Answer> {
        self.send(api_key, version, body)?;
        self.receive()
    }

    /// As [`Wire::call`] for a flexible version: empty tagged fields in both headers.
    ///
    /// # Errors
    /// As [`Wire::call`].
    pub fn call_flexible(&mut self, api_key: i16, version: i16, body: &Body) -> Result<Answer> {
        self.send(
            api_key,
            version,
            &Body(std::iter::once(0).chain(body.0.iter().copied()).collect()),
        )?;
        let mut answer = self.receive()?;
        answer.no_tags()?;
        Ok(answer)
    }

    /// Sends a request and does not wait for its answer, which [`Wire::receive`] will return.
    ///
    /// # Errors
    /// The connection broke, or the limit passed.
    pub fn send(&mut self, api_key: i16, version: i16, body: &Body) -> Result<()> {
        self.sent += 1;
        let header = Body::new()
            .i16(api_key)
            .i16(version)
            .i32(self.sent)
            .string("kohort-testkafka");
        let size = i32::try_from(header.0.len() + body.0.len())?;
        let frame = [&size.to_be_bytes(), header.0.as_slice(), &body.0].concat();
        self.stream.write_all(&frame)?;
        Ok(())
    }

    /// Reads the answer to the oldest request that is not answered yet.
    ///
    /// # Errors
    /// As [`Wire::call`].
    pub fn receive(&mut self) -> Result<Answer> {
        let mut size = [0; 4];
        self.stream.read_exact(&mut size)?;
        let size = usize::try_from(i32::from_be_bytes(size))?;
        ensure!(size <= LARGEST_ANSWER, "an answer of {size} bytes");
        let mut bytes = vec![0; size];
        self.stream.read_exact(&mut bytes)?;
        let mut answer = Answer { bytes, at: 0 };
        let correlation = answer.i32()?;
        self.answered += 1;
        ensure!(
            correlation == self.answered,
            "answer {correlation} to request {}",
            self.answered
        );
        Ok(answer)
    }
}

/// A request body under construction.
#[derive(Clone, Debug, Default)]
pub struct Body(Vec<u8>);

macro_rules! put_number {
    ($($name:ident: $type:ty),*) => {$(
        #[doc = concat!("Appends a big-endian `", stringify!($type), "`.")]
        pub fn $name(mut self, value: $type) -> Self {
            self.0.extend(value.to_be_bytes());
            self
        }
    )*};
}

impl Body {
    /// An empty body.
    pub fn new() -> Self {
        Self::default()
    }

    put_number!(i8: i8, i16: i16, i32: i32, i64: i64);

    /// Appends a STRING. Names in these tests are short.
    pub fn string(self, value: &str) -> Self {
        let length = i16::try_from(value.len()).expect("names in tests are short");
        let mut body = self.i16(length);
        body.0.extend(value.as_bytes());
        body
    }

    /// Appends BYTES.
    pub fn bytes(self, value: &[u8]) -> Self {
        let length = i32::try_from(value.len()).expect("values in tests are short");
        let mut body = self.i32(length);
        body.0.extend(value);
        body
    }

    /// Appends an ARRAY, each item written by `item`.
    pub fn array<T>(self, items: &[T], item: impl Fn(Self, &T) -> Self) -> Self {
        let count = i32::try_from(items.len()).expect("arrays in tests are short");
        items.iter().fold(self.i32(count), item)
    }

    /// Appends an unsigned varint below 128: a compact length plus one, or a number of tagged fields.
    pub fn small(mut self, value: usize) -> Self {
        self.0.push(
            u8::try_from(value)
                .ok()
                .filter(|v| *v < 128)
                .expect("a short length"),
        );
        self
    }

    /// Appends a COMPACT_STRING.
    pub fn compact_string(self, value: &str) -> Self {
        let mut body = self.small(value.len() + 1);
        body.0.extend(value.as_bytes());
        body
    }
}

/// The body of an answer, read from front to back.
#[derive(Debug)]
pub struct Answer {
    bytes: Vec<u8>,
    at: usize,
}

macro_rules! take_number {
    ($($name:ident: $type:ty),*) => {$(
        #[doc = concat!("Reads a big-endian `", stringify!($type), "`.\n\n# Errors\nThe answer ends before it.")]
        pub fn $name(&mut self) -> Result<$type> {
            const SIZE: usize = size_of::<$type>();
            Ok(<$type>::from_be_bytes(self.take(SIZE)?.try_into()?))
        }
    )*};
}

impl Answer {
    take_number!(i8: i8, i16: i16, i32: i32, i64: i64);

    /// Reads a NULLABLE_STRING; null reads as "".
    ///
    /// # Errors
    /// The answer ends before it.
    pub fn string(&mut self) -> Result<String> {
        let length = usize::try_from(self.i16()?).unwrap_or(0);
        Ok(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    /// Reads NULLABLE_BYTES; null reads as empty.
    ///
    /// # Errors
    /// The answer ends before it.
    pub fn bytes(&mut self) -> Result<Vec<u8>> {
        let length = usize::try_from(self.i32()?).unwrap_or(0);
        Ok(self.take(length)?.to_vec())
    }

    /// Reads an ARRAY, each item by `item`; null reads as empty.
    ///
    /// # Errors
    /// The answer ends within it.
    pub fn array<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        // Grows as items are found: the count itself is not trusted.
        let mut items = Vec::new();
        for _ in 0..self.i32()? {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// Reads a compact length (below 127) and returns it less one.
    ///
    /// # Errors
    /// The answer ends before it, or it is longer than one byte.
    pub fn small(&mut self) -> Result<usize> {
        match self.take(1)?.first() {
            Some(length) if *length < 128 => Ok(usize::from(*length).saturating_sub(1)),
            other => bail!("compact length {other:?}"),
        }
    }

    fn no_tags(&mut self) -> Result<()> {
        let tags = self.take(1)?;
        ensure!(tags == [0], "tagged fields: {tags:?}");
        Ok(())
    }

    fn take(&mut self, count: usize) -> Result<&[u8]> {
        let end = self.at.saturating_add(count);
        let found = self.bytes.get(self.at..end).context("the answer is cut short")?;
        self.at = end;
        Ok(found)
    }
}

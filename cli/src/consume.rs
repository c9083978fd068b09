//! `kohort consume`: a member of a group that prints what it reads.

use std::io::{self, BufWriter, StdoutLock, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use kohort::{AutoOffsetReset, Client, ClientConfig, Consumer, Record, SeekTo, TopicPartition};
use serde_json::{Map, Value, json};

use crate::args::Consume;
use crate::output;

pub(crate) fn run(arguments: &Consume) -> Result<ExitCode> {
    output::runtime()?.block_on(consume(arguments))
}

async fn consume(arguments: &Consume) -> Result<ExitCode> {
    let client = Client::new(ClientConfig::new(&arguments.bootstrap))?;
    let reset = if arguments.from_beginning {
        AutoOffsetReset::Earliest
    } else {
        AutoOffsetReset::Latest
    };
    let mut consumer = Consumer::builder(&client, arguments.group.as_str())
        .topics(arguments.topics.iter().map(String::as_str))
        .auto_offset_reset(reset)
        .build()?;
    let mut printer = Printer::new(arguments);
    let outcome = tokio::select! {
        outcome = printer.print_all(&mut consumer) => outcome,
        signal = output::asked_to_end() => signal.context("cannot wait for Ctrl-C"),
        () = output::stdout_has_no_reader() => Ok(()),
    };
    eprintln!(
        "kohort: {} records; leaving group {}",
        printer.printed, arguments.group
    );
    // What was returned last and is not printed must not be committed; but the group should not have to wait for the session to end.
    let closed = if outcome.is_ok() && !printer.reader_left {
        consumer.close().await
    } else {
        consumer.leave().await
    };
    outcome?;
    closed?;
    Ok(ExitCode::SUCCESS)
}

/// Records to stdout, each as its value and a line feed or as one line of JSON.
struct Printer {
    out: BufWriter<StdoutLock<'static>>,
    json: bool,
    max: u64,
    printed: u64,
    /// Nobody reads stdout any more: a write failed.
    reader_left: bool,
}

impl Printer {
    fn new(arguments: &Consume) -> Self {
        Self {
            out: BufWriter::with_capacity(64 << 10, io::stdout().lock()),
            json: arguments.json,
            max: arguments.max.unwrap_or(u64::MAX),
            printed: 0,
            reader_left: false,
        }
    }

    /// Ends at the wanted number of records, or when nobody reads stdout any more.
    async fn print_all(&mut self, consumer: &mut Consumer) -> Result<()> {
        while self.printed < self.max {
            let mut records = consumer.next().await?;
            let partition = records.partition().clone();
            while self.printed < self.max {
                let Some(record) = records.next() else { break };
                match self.print(&partition, &record?) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return self.without_reader(),
                    printed => printed.context("cannot write to stdout")?,
                }
                self.printed += 1;
            }
            if self.printed == self.max {
                // Exactly the records that were printed count as processed, not the rest of this batch.
                let read = records.position();
                consumer.seek(read.partition, SeekTo::Offset(read.offset)).await?;
            }
            match self.out.flush() {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return self.without_reader(),
                flushed => flushed.context("cannot write to stdout")?,
            }
        }
        Ok(())
    }

    /// A closed pipe is an ordinary end (`| head -3`), but what it did not take is not done.
    fn without_reader(&mut self) -> Result<()> {
        self.reader_left = true;
        Ok(())
    }

    fn print(&mut self, partition: &TopicPartition, record: &Record<'_>) -> io::Result<()> {
        if self.json {
            serde_json::to_writer(&mut self.out, &as_json(partition, record))?;
        } else {
            self.out.write_all(record.value().unwrap_or_default())?;
        }
        self.out.write_all(b"\n")
    }
}

fn as_json(partition: &TopicPartition, record: &Record<'_>) -> Value {
    let mut object = Map::new();
    object.insert("topic".into(), partition.topic.as_str().into());
    object.insert("partition".into(), partition.partition.into());
    object.insert("offset".into(), record.offset().into());
    object.insert("timestamp".into(), record.timestamp().into());
    put(&mut object, "key", record.key());
    put(&mut object, "value", record.value());
    let headers: Vec<Value> = record
        .headers()
        .map(|header| {
            let mut pair = Map::new();
            put(&mut pair, "key", Some(header.key));
            put(&mut pair, "value", header.value);
            Value::Object(pair)
        })
        .collect();
    object.insert("headers".into(), json!(headers));
    Value::Object(object)
}

/// Text as text; other bytes under `<name>_hex`, so that nothing is lost or mistaken.
fn put(object: &mut Map<String, Value>, name: &str, bytes: Option<&[u8]>) {
    match bytes.map(std::str::from_utf8) {
        None => object.insert(name.into(), Value::Null),
        Some(Ok(text)) => object.insert(name.into(), text.into()),
        Some(Err(_)) => {
            let hex: String = bytes
                .unwrap_or_default()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            object.insert(format!("{name}_hex"), hex.into())
        }
    };
}

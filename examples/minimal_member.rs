//! A whole member of a group in a program below 1 MiB, for machines that have little: it joins, heartbeats, fetches, commits,
//! rejoins, and follows its coordinator when it moves.
//!
//! `tools/footprint` builds, runs and measures it; docs/embedded.md says where the bytes went and which of them come back when.

use kohort::{AutoOffsetReset, Client, ClientConfig, Consumer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(bootstrap), Some(group), Some(topic)) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: minimal_member HOST:PORT GROUP TOPIC".into());
    };
    let mut config = ClientConfig::new(&bootstrap);
    config.max_frame_size = 2 << 20;
    let client = Client::new(config)?;
    let mut consumer = Consumer::builder(&client, group)
        .topics([topic])
        .auto_offset_reset(AutoOffsetReset::Earliest)
        .auto_commit_interval(None)
        .configure(|config| {
            config.fetch_max_bytes = 64 << 10;
            config.max_partition_fetch_bytes = 16 << 10;
            config.buffer_bytes = 128 << 10;
        })
        .build()?;
    loop {
        let mut records = consumer.next().await?;
        while let Some(record) = records.next() {
            let record = record?;
            println!("{}", String::from_utf8_lossy(record.value().unwrap_or_default()));
        }
        // Refused if the partition went to another member meanwhile: that one reads these records again.
        if let Err(refusal) = consumer.commit([records.position()]).await {
            eprintln!("not committed: {refusal}");
        }
    }
}

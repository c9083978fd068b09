//! Five lines that consume a topic: `cargo run --example consume -- localhost:9092 billing orders`.

use kohort::{Client, ClientConfig, Consumer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(bootstrap), Some(group), Some(topic)) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: consume HOST:PORT GROUP TOPIC".into());
    };
    let client = Client::new(ClientConfig::new(&bootstrap))?;
    let mut consumer = Consumer::builder(&client, group).topics([topic]).build()?;
    loop {
        let mut records = consumer.next().await?;
        while let Some(record) = records.next() {
            println!("{}", String::from_utf8_lossy(record?.value().unwrap_or_default()));
        }
    }
}

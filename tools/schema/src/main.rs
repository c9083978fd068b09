//! Writes `protocol/src/layout/table.rs` from the message definitions inside a `kafka-clients` jar.
//!
//! The table is what kohort believes about Kafka's wire format, so it is never written by hand: this program prints it,
//! and with `--check` it compares the committed file with what the jar says, which is how CI notices a new Kafka.
//! It knows the definitions and the text of the table; it does not know how the table is walked.

mod definition;
mod jar;
mod rust;

use anyhow::{Context, bail, ensure};
use std::fs;

const USAGE: &str = "usage: kohort-schema <kafka-clients.jar> [--check <table.rs>]";

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [jar] => print!("{}", table(jar)?),
        [jar, "--check", committed] => check(&table(jar)?, committed)?,
        _ => bail!(USAGE),
    }
    Ok(())
}

fn table(jar: &str) -> anyhow::Result<String> {
    let definitions = jar::definitions(jar)?;
    rust::table(&jar::version(jar)?, &definitions)
}

fn check(made: &str, committed: &str) -> anyhow::Result<()> {
    let text = fs::read_to_string(committed).with_context(|| format!("cannot read {committed}"))?;
    let different = made
        .lines()
        .zip(text.lines())
        .position(|(made, held)| made != held);
    if let Some(index) = different {
        let line = |text: &str| text.lines().nth(index).unwrap_or_default().to_owned();
        bail!(
            "{committed}:{}: holds `{}`, the jar says `{}`",
            index + 1,
            line(&text),
            line(made)
        );
    }
    ensure!(
        made == text,
        "{committed}: its length differs from what the jar says; write it again"
    );
    println!("{committed} agrees with the jar");
    Ok(())
}

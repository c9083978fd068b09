//! Writes what kohort believes about Kafka's wire format, from the message definitions inside a `kafka-clients` jar: the
//! layout table, and the messages that the kafka-protocol crate lacks.
//!
//! None of it is ever written by hand. CI has `--check` compare the committed files with what the jar says. When a new
//! Kafka is out, `--write` with its jar and then `git diff` show what is new, a line for each field. This program knows
//! the definitions and the text of the files; it does not know how either is used.

mod definition;
mod jar;
mod messages;
mod table;

use anyhow::{Context, bail, ensure};
use std::fs;
use std::path::Path;

const USAGE: &str = "usage: kohort-schema <kafka-clients.jar> --write|--check <protocol/src>";

/// A file of the protocol crate, below its `src`.
struct Source {
    path: String,
    text: String,
}

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [jar, "--write", folder] => write(&sources(jar)?, Path::new(folder)),
        [jar, "--check", folder] => check(&sources(jar)?, Path::new(folder)),
        _ => bail!(USAGE),
    }
}

fn sources(jar: &str) -> anyhow::Result<Vec<Source>> {
    let definitions = jar::definitions(jar)?;
    let version = jar::version(jar)?;
    let mut sources = messages::sources(&version, &definitions)?;
    sources.push(Source {
        path: "layout/table.rs".to_owned(),
        text: table::table(&version, &definitions)?,
    });
    Ok(sources)
}

fn write(sources: &[Source], folder: &Path) -> anyhow::Result<()> {
    for Source { path, text } in sources {
        let path = folder.join(path);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!("{} files written", sources.len());
    Ok(())
}

fn check(sources: &[Source], folder: &Path) -> anyhow::Result<()> {
    for Source { path, text } in sources {
        let path = folder.join(path);
        let held = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        same(text, &held)
            .with_context(|| format!("{}: write it again and read `git diff`", path.display()))?;
    }
    println!("{} files agree with the jar", sources.len());
    Ok(())
}

fn same(made: &str, held: &str) -> anyhow::Result<()> {
    let mut pairs = made.lines().zip(held.lines()).enumerate();
    if let Some((index, (made, held))) = pairs.find(|(_, (made, held))| made != held) {
        bail!("line {} holds `{held}`, the jar says `{made}`", index + 1);
    }
    ensure!(made == held, "its length differs from what the jar says");
    Ok(())
}

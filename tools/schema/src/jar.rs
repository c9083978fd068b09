//! Finds the definitions inside the jar and decides which of them kohort's table holds.

use crate::definition::Definition;
use anyhow::{Context, ensure};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use zip::ZipArchive;

const FOLDER: &str = "common/message/";
const PROPERTIES: &str = "kafka/kafka-version.properties";

/// Messages without an API key that the table holds as well.
const KEYLESS: [&str; 4] = [
    "ConsumerProtocolAssignment",
    "ConsumerProtocolSubscription",
    "RequestHeader",
    "ResponseHeader",
];

/// The definitions kohort keeps, by API key and then by name.
///
/// An API is kept when a *broker's* listener offers it (Kafka's own `listeners` attribute): a client can send it there.
/// That leaves out what only controllers serve and what Kafka removed; it keeps WriteTxnMarkers and the share-group
/// state APIs 83-87, which brokers send to each other.
pub(crate) fn definitions(jar: &str) -> anyhow::Result<Vec<Definition>> {
    let mut all = read_all(jar)?;
    let offered: BTreeSet<i16> = all
        .iter()
        .filter(|d| d.listeners.iter().any(|l| l == "broker"))
        .filter_map(|d| d.api_key)
        .collect();
    all.retain(|d| match d.api_key {
        Some(key) => offered.contains(&key),
        None => KEYLESS.contains(&d.name.as_str()),
    });
    all.sort_by(|a, b| {
        (a.api_key.is_none(), a.api_key, &a.name).cmp(&(b.api_key.is_none(), b.api_key, &b.name))
    });
    ensure!(
        all.len() == 2 * offered.len() + KEYLESS.len(),
        "an API lacks its request or its response"
    );
    Ok(all)
}

/// The version of Kafka the jar was built from.
pub(crate) fn version(jar: &str) -> anyhow::Result<String> {
    let properties = text(&mut open(jar)?, PROPERTIES)?;
    let line = properties.lines().find_map(|line| line.strip_prefix("version="));
    line.map(str::to_owned)
        .with_context(|| format!("{PROPERTIES} names no version"))
}

fn read_all(jar: &str) -> anyhow::Result<Vec<Definition>> {
    let mut archive = open(jar)?;
    let mut names = Vec::new();
    for name in archive.file_names() {
        names.push(name?.into_owned());
    }
    names.retain(|name| name.starts_with(FOLDER) && name.ends_with(".json"));
    ensure!(
        !names.is_empty(),
        "{jar} holds no {FOLDER}*.json: is it a kafka-clients jar?"
    );
    names
        .iter()
        .map(|name| parse(&text(&mut archive, name)?).with_context(|| name.clone()))
        .collect()
}

fn open(jar: &str) -> anyhow::Result<ZipArchive<File>> {
    let file = File::open(jar).with_context(|| format!("cannot open {jar}"))?;
    ZipArchive::new(file).with_context(|| format!("{jar} is not a jar"))
}

fn text(archive: &mut ZipArchive<File>, name: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    archive
        .by_name(name)
        .with_context(|| name.to_owned())?
        .read_to_string(&mut text)?;
    Ok(text)
}

/// Kafka's definitions are JSON with whole-line comments.
fn parse(text: &str) -> anyhow::Result<Definition> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    Ok(serde_json::from_str(&lines.collect::<Vec<_>>().join("\n"))?)
}

//! `kohort-testkafka`: a real Apache Kafka for people, until Ctrl-C.

use anyhow::{Context, Result, bail};
use kohort_testkafka::{Cluster, Version};

const USAGE: &str = "\
Starts a real Apache Kafka on this machine and runs it until Ctrl-C.

Usage: kohort-testkafka [--brokers 1|3] [--version 4.4.0] [--property NAME=VALUE]...

Standard output gets one line, the addresses for --bootstrap; everything else goes to standard error.";

fn main() -> Result<()> {
    let mut builder = Cluster::builder();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if ["-h", "--help"].contains(&argument.as_str()) {
            println!("{USAGE}");
            return Ok(());
        }
        let value = arguments
            .next()
            .with_context(|| format!("{argument} needs a value\n\n{USAGE}"))?;
        builder = match argument.as_str() {
            "--brokers" => builder.brokers(value.parse().context("--brokers takes 1 or 3")?),
            "--version" => builder.version(Version::new(value)),
            "--property" => {
                let (name, value) = value.split_once('=').context("--property takes NAME=VALUE")?;
                builder.property(name, value)
            }
            other => bail!("{other} is not known here\n\n{USAGE}"),
        };
    }
    run(&builder.start()?)
}

/// Ctrl-C ends this process in the ordinary way; the brokers then see their pipe closed and end too.
fn run(cluster: &Cluster) -> Result<()> {
    eprintln!("Kafka {} serves; Ctrl-C ends it", cluster.version());
    for node in cluster.nodes() {
        let pid = cluster.pid(node)?.context("it has just started")?;
        eprintln!(
            "node {node}: {}, pid {pid}, log {}",
            cluster.address(node)?,
            cluster.log(node)?.display()
        );
    }
    println!("{}", cluster.bootstrap());
    loop {
        std::thread::park();
    }
}

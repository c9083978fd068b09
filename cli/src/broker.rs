//! `kohort broker`: the embedded broker, for trying things out.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use kohort_broker::{Broker, Config};

use crate::{args, output};

pub(crate) fn run(arguments: &args::Broker) -> Result<ExitCode> {
    output::runtime()?.block_on(async {
        let broker = Broker::start(Config {
            nodes: arguments.nodes,
            ..Config::default()
        })
        .await?;
        println!("{}", broker.bootstrap());
        eprintln!(
            "kohort: {} node(s) serve at {}; everything is kept in memory; Ctrl-C ends",
            arguments.nodes,
            broker.bootstrap()
        );
        output::asked_to_end().await.context("cannot wait for Ctrl-C")?;
        broker.shutdown().await;
        Ok(ExitCode::SUCCESS)
    })
}

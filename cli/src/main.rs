//! The `kohort` command.

mod args;
mod broker;
mod consume;
mod decode;
mod demo;
mod output;
mod sim;
mod sniff;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A simulated group meets more trouble in a second than anybody wants to read about.
    if arguments.verbose > 0 || !matches!(arguments.command, Command::Sim(_)) {
        output::log_to_stderr(arguments.verbose);
    }
    let result = match arguments.command {
        Command::Demo(demo) => demo::run(&demo),
        Command::Consume(consume) => consume::run(&consume),
        Command::Broker(broker) => broker::run(&broker),
        Command::Decode(decode) => decode::run(&decode),
        Command::Sim(sim) => sim::run(&sim),
        Command::Sniff(sniff) => sniff::run(&sniff),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kohort: {error:#}");
            ExitCode::FAILURE
        }
    }
}

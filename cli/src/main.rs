//! The `kohort` command.

mod args;
mod broker;
mod consume;
mod decode;
mod demo;
mod output;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    output::log_to_stderr(arguments.verbose);
    let result = match arguments.command {
        Command::Demo(demo) => demo::run(&demo),
        Command::Consume(consume) => consume::run(&consume),
        Command::Broker(broker) => broker::run(&broker),
        Command::Decode(decode) => decode::run(&decode),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kohort: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! `kohort sim`: whole groups under virtual time, faults and an oracle.

use std::io::{self, Write as _};
use std::process::{self, ExitCode};

use anyhow::{Context as _, Result, anyhow};
use kohort_sim::Profile;
use kohort_sim::runner::{self, Options, PlantedChoice};

use crate::args;

pub(crate) fn run(arguments: &args::Sim) -> Result<ExitCode> {
    let say = |line: &str| {
        // Nobody reads any more, as behind `| head -3`: what is left to find out is for nobody.
        if writeln!(io::stdout(), "{line}").is_err() {
            process::exit(1);
        }
    };
    let options = options(arguments)?;
    let is_green = match &arguments.replay {
        Some(path) => {
            runner::replay(path, options.with, options.trace, &say).map_err(|problem| anyhow!(problem))?
        }
        None => runner::run_all(&options, &say).is_green(),
    };
    Ok(if is_green {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn options(arguments: &args::Sim) -> Result<Options> {
    let profile = arguments.profile.as_deref().map(|name| {
        let names = Profile::ALL.map(Profile::name).join(", ");
        Profile::named(name).with_context(|| format!("no profile is called {name}; there are {names}"))
    });
    let with = arguments
        .with
        .as_deref()
        .map(|name| runner::bug(name).map_err(|problem| anyhow!(problem)));
    let (from, seeds) = match arguments.seed {
        Some(seed) => (seed, 1),
        None => (arguments.from, arguments.seeds),
    };
    runner::are_seeds(from, seeds).map_err(|problem| anyhow!(problem))?;
    Ok(Options {
        from,
        seeds,
        profile: profile.transpose()?,
        long: arguments.long,
        jobs: arguments.jobs,
        with: with.transpose()?,
        planted: PlantedChoice::named(&arguments.planted).map_err(|problem| anyhow!(problem))?,
        trace: arguments.trace,
        save: arguments.save.clone(),
        must_reach_all: arguments.reach_all,
        ..Options::default()
    })
}

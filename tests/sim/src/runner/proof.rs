//! The proof of the oracle: each planted bug is caught by an invariant that is meant for it.

use std::collections::BTreeMap;

use super::{Options, Report, Seeds, run_seeds};
use crate::planted::{self, Planted};

/// Which planted bugs are checked.
#[derive(Clone, Copy, Debug, Default)]
pub enum PlantedChoice {
    /// None.
    #[default]
    None,
    /// Each, with the seed that is known to catch it, then with a few others.
    All,
    /// Each, with all seeds from 0 on until one catches it: how many it takes.
    Search,
    /// This one.
    One(&'static Planted),
}

impl PlantedChoice {
    /// `all`, `none`, `search`, or the name of a planted bug.
    ///
    /// # Errors
    /// No bug has this name.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "all" => Ok(Self::All),
            "search" => Ok(Self::Search),
            "none" => Ok(Self::None),
            name => bug(name).map(Self::One),
        }
    }
}

/// The planted bug with this name.
///
/// # Errors
/// There is none; these there are.
pub fn bug(name: &str) -> Result<&'static Planted, String> {
    planted::named(name).ok_or_else(|| {
        let names: Vec<&str> = planted::ALL.iter().map(|planted| planted.name).collect();
        format!("no planted bug is called {name}; there are {}", names.join(", "))
    })
}

/// How a hunt for a planted bug went.
#[derive(Default)]
struct Hunt {
    /// The seed that caught it, and the invariant.
    caught: Option<(u64, &'static str)>,
    seeds: u64,
    /// Alarms that were not for it.
    others: BTreeMap<&'static str, u64>,
}

/// Looks for a planted bug with these seeds until one catches it for the right reason.
fn hunt(options: &Options, planted: &Planted, seeds: Seeds) -> Hunt {
    let is_right = |id: &&str| planted.caught_by.contains(id);
    let report = run_seeds(options, Some(planted), seeds, |violation| is_right(&violation.id));
    let mut hunt = Hunt {
        seeds: report.seeds,
        ..Hunt::default()
    };
    for (plan, violation) in &report.failures {
        if is_right(&violation.id) {
            hunt.caught.get_or_insert((plan.seed, violation.id));
        } else {
            *hunt.others.entry(violation.id).or_default() += 1;
        }
    }
    hunt
}

/// Checks those that are chosen.
pub(super) fn check_planted(options: &Options, report: &mut Report, say: &impl Fn(&str)) {
    let chosen: Vec<&Planted> = match &options.planted {
        PlantedChoice::None => return,
        PlantedChoice::All | PlantedChoice::Search => planted::ALL.iter().collect(),
        PlantedChoice::One(planted) => vec![planted],
    };
    let caught = chosen.iter().filter(|planted| is_caught(options, planted, say));
    let caught = caught.count();
    report.is_red |= caught < chosen.len();
    report.planted = Some((caught, chosen.len()));
}

/// By the seed that is known to, and, for the record, by how many of some others; if by none of them, by any.
fn is_caught(options: &Options, planted: &Planted, say: &impl Fn(&str)) -> bool {
    let name = planted.name;
    if matches!(options.planted, PlantedChoice::All) {
        let known = hunt(options, planted, (planted.seed, 1));
        if let Some((seed, id)) = known.caught {
            let from = options.from.wrapping_add(options.seeds);
            let fresh = (0..options.fresh).filter(|number| {
                hunt(options, planted, (from.wrapping_add(*number), 1))
                    .caught
                    .is_some()
            });
            let (fresh, of) = (fresh.count(), options.fresh);
            say(&format!(
                "planted {name}: {id} with seed {seed}, and with {fresh} of {of} others"
            ));
            return true;
        }
    }
    let hunt = hunt(options, planted, (0, planted::SEEDS));
    let others: Vec<String> = hunt
        .others
        .iter()
        .map(|(id, times)| format!("{id} x{times}"))
        .collect();
    let (seeds, others) = (hunt.seeds, others.join(" "));
    match hunt.caught {
        Some((seed, id)) => say(&format!(
            "planted {name}: {id} with seed {seed} after {seeds} seeds; other alarms: [{others}]"
        )),
        None => say(&format!(
            "planted {name}: NOT caught by {seeds} seeds: {}; it should be by {:?}; other alarms: [{others}]",
            planted.story, planted.caught_by
        )),
    }
    hunt.caught.is_some()
}

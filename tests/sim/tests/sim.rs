//! The simulator's own promises: it finds what is planted, it breaks nothing else, and what it found once stays mended.

use std::fs;
use std::path::Path;

use kohort_sim::runner::{Options, PlantedChoice, run_all};
use kohort_sim::{Plan, run};

/// More by hand: `cargo run --profile sim -p kohort-cli -- sim --seeds 2000`.
#[test]
fn a_few_seeds_break_nothing_and_every_planted_bug_is_caught() {
    let options = Options {
        seeds: 10,
        jobs: 2,
        planted: PlantedChoice::All,
        fresh: 0,
        save: std::env::temp_dir(),
        ..Options::default()
    };
    let report = run_all(&options, &|line| println!("{line}"));
    assert!(report.is_green(), "{}", report.line());
}

/// What was found once: each plan must run without a violation.
#[test]
fn regressions_stay_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder of regressions")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    for path in files {
        let text = fs::read_to_string(&path).expect("a readable file");
        let plan: Plan = text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let outcome = run(&plan, None, false);
        assert_eq!(outcome.violation, None, "{}", path.display());
    }
}

//! The corpus, on stable Rust: whatever a coverage-guided run found worth keeping must stay harmless.

use kohort_fuzz::{Campaign, TARGETS, bombs, run};
use std::path::Path;

#[test]
fn every_target_survives_its_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus");
    for (target, _) in TARGETS {
        let folder = std::fs::read_dir(corpus.join(target)).expect("each target has a corpus");
        let mut files = 0;
        for file in folder {
            let path = file.expect("a readable folder").path();
            println!("{}", path.display());
            assert!(run(target, &std::fs::read(&path).expect("a readable file")));
            files += 1;
        }
        assert!(files > 0, "{target} has no corpus");
    }
}

#[test]
fn mutated_frames_cost_no_panic_and_no_more_memory_than_they_may() {
    let campaign = Campaign {
        seed: 7,
        base: 0,
        frames: 200_000,
    };
    let tally = campaign.run(|_| {});
    assert_eq!(tally.frames, campaign.frames);
    assert!(tally.breaches.is_empty(), "{:#?}", tally.breaches);
    // Mutants that are all refused prove nothing about decoding, and so do those that are all accepted.
    for kind in &tally.kinds {
        assert!(
            kind.errors > kind.frames / 5 && kind.errors < kind.frames * 19 / 20,
            "{kind:?}"
        );
    }
    // Equal seeds give equal campaigns.
    let again = Campaign {
        frames: 5_000,
        ..campaign
    };
    assert_eq!(again.run(|_| {}).kinds, again.run(|_| {}).kinds);
}

#[test]
fn bombs_are_refused_at_the_limit() {
    for bomb in bombs() {
        let start = std::time::Instant::now();
        let judged = bomb.judge();
        println!("{} {judged:?} {:?}", bomb.codec, start.elapsed());
    }
}

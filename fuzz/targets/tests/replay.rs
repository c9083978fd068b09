//! The corpus, on stable Rust: whatever a coverage-guided run found worth keeping must stay harmless.

use kohort_fuzz::{Campaign, TARGETS, bombs, run};
use kohort_protocol::consumer_protocol::{Assignment, MAX_BYTES, MAX_MEMORY, Subscription};
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

/// The worst that fits into what one member may write, whatever its lists hold.
#[test]
fn a_blob_of_a_hostile_member_costs_no_more_than_its_limit() {
    let list = |count: usize, element: &[u8]| {
        let count = count / element.len();
        [
            &u32::try_from(count).expect("a count").to_be_bytes()[..],
            &element.repeat(count),
        ]
        .concat()
    };
    let size = MAX_BYTES - 100;
    let none = [0; 4];
    let topic = [0, 1, b'x', 0, 0, 0, 1, 0, 0, 0, 9];
    let empty_topic = [0, 1, b'x', 0, 0, 0, 0];
    let partitions = [&[0, 0, 0, 1, 0, 1, b'x'][..], &list(size, &[0, 0, 0, 9])].concat();
    let lists = [list(size, b"\0\x01x"), list(size, b"\0\x04long"), none.to_vec()];
    let owned = [list(size, &topic), list(size, &empty_topic), partitions];
    let blobs = lists
        .iter()
        .map(|topics| [&[0, 0][..], topics, &[0xff; 4], &none].concat());
    let blobs = blobs.chain(
        owned
            .iter()
            .map(|owned| [&[0, 1][..], &none, &[0xff; 4], owned].concat()),
    );
    for (number, blob) in blobs.enumerate() {
        assert!(blob.len() <= MAX_BYTES);
        let subscription = allocation_counter::measure(|| drop(Subscription::decode(&blob))).bytes_max;
        let assigned = [&blob[..2], blob.get(10..).unwrap_or_default()].concat();
        let assignment = allocation_counter::measure(|| drop(Assignment::decode(&assigned))).bytes_max;
        println!(
            "{number}: {} bytes: {subscription} as a subscription, {assignment} as an assignment",
            blob.len()
        );
        // A list that grows by doubling holds its old and its new self at once.
        let most = 3 * MAX_MEMORY as u64;
        assert!(
            subscription.max(assignment) <= most,
            "{number}: {subscription} {assignment}"
        );
    }
}

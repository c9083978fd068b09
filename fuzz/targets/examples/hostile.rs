//! Ten million broken frames, or as many as asked for:
//!
//! ```text
//! cargo run --release -p kohort-fuzz --example hostile -- --seed 1 --frames 10000000
//! ```
//! Frames of every message in every version, record batches, blobs and streams are cut, lied in and mutated; then four codecs
//! are bombed. Exits with 1 if anything panics or takes more memory than it may, and prints the frame and how to repeat it.

use kohort_fuzz::{Breach, Campaign, Tally, bombs};
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const USAGE: &str = "hostile [--seed N] [--frames N] [--base N]: numbers only";

fn main() -> ExitCode {
    let Some(campaign) = arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let tally = run(campaign);
    for breach in &tally.breaches {
        report(campaign.seed, breach);
    }
    let bombed = std::panic::catch_unwind(explode);
    if bombed.is_err() {
        println!("BREACH: a bomb was not refused, or took too much memory");
    }
    let panics = tally.breaches.len() + usize::from(bombed.is_err());
    let (largest, frame) = tally.largest();
    println!(
        "hostile: seed={} frames={} errors={} largest_allocation={largest} ({} times its frame) panics={panics}",
        campaign.seed,
        tally.frames,
        tally.errors,
        times(largest, frame),
    );
    ExitCode::from(u8::from(panics > 0))
}

fn arguments() -> Option<Campaign> {
    let mut campaign = Campaign {
        seed: 1,
        base: 0,
        frames: 200_000,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number = words.next()?.parse().ok()?;
        match word.as_str() {
            "--seed" => campaign.seed = number,
            "--frames" => campaign.frames = number,
            "--base" => campaign.base = number,
            _ => return None,
        }
    }
    Some(campaign)
}

fn run(campaign: Campaign) -> Tally {
    let began = Instant::now();
    let mut said = Duration::ZERO;
    let tally = campaign.run(|tally| {
        let time = began.elapsed();
        if time > said + Duration::from_secs(5) {
            said = time;
            println!("{} of {} frames in {time:.0?}", tally.frames, campaign.frames);
        }
    });
    println!("{} frames in {:.1?}", tally.frames, began.elapsed());
    for kind in &tally.kinds {
        println!(
            "{:8} {:>9} frames, {:>9} refused",
            kind.name, kind.frames, kind.errors
        );
        let ranks = [
            ("largest", &kind.largest),
            ("steepest, of 4 KiB or more", &kind.steepest),
        ];
        for (rank, (allocated, frame, subject)) in ranks {
            let times = times(*allocated, *frame);
            println!("         {rank}: {allocated} bytes for {frame} of {subject}, {times} times");
        }
    }
    tally
}

fn explode() {
    for bomb in bombs() {
        let judged = bomb.judge();
        println!(
            "bomb     a gibibyte of zeros as {} bytes of {}: refused; largest allocation {} MiB",
            judged.frame,
            bomb.codec,
            judged.allocated >> 20
        );
    }
}

fn report(seed: u64, breach: &Breach) {
    let Breach {
        subject,
        base,
        frame,
        message,
    } = breach;
    let hex = frame.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    println!("BREACH: {subject}: {message}");
    println!("  frame {hex}");
    println!(
        "  again: cargo run --release -p kohort-fuzz --example hostile -- --seed {seed} --base {base} --frames 20000"
    );
}

/// With one digit after the point.
fn times(allocated: u64, frame: usize) -> String {
    let tenths = allocated * 10 / u64::try_from(frame.max(1)).unwrap_or(u64::MAX);
    format!("{}.{}", tenths / 10, tenths % 10)
}

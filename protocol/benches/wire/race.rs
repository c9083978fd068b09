//! Contenders in turn: times, allocations, and the table they are printed in.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use allocation_counter::{measure, opt_out};

/// Rounds in which each contender runs once.
const ROUNDS: u32 = 101;
/// How long a contender runs in a round at least: short work is repeated, so that the clock can see it.
const ROUND: Duration = Duration::from_micros(200);

pub(crate) struct Contender<'a> {
    name: &'static str,
    work: Box<dyn FnMut() + 'a>,
    /// How many times the first contender's time it may take.
    target: Option<f64>,
}

pub(crate) fn contender<'a, T>(name: &'static str, mut work: impl FnMut() -> T + 'a) -> Contender<'a> {
    let work = Box::new(move || drop(black_box(work())));
    let target = None;
    Contender { name, work, target }
}

impl Contender<'_> {
    pub(crate) fn target(self, times: f64) -> Self {
        let target = Some(times);
        Self { target, ..self }
    }
}

/// Runs them in turn and prints a line for each, if the title has the word given on the command line. The first is what the others
/// are compared with.
pub(crate) fn race(title: &str, bytes: usize, mut contenders: Vec<Contender<'_>>) {
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    if wanted.is_some_and(|word| !title.contains(&word)) {
        return;
    }
    println!("\n{title}, {bytes} bytes");
    println!(
        "  {:44} {:>11} {:>8} {:>9} {:>12}",
        "", "time", "ratio", "allocs", "allocated"
    );
    let costs: Vec<_> = contenders
        .iter_mut()
        .map(|contender| {
            (contender.work)(); // fills what is reused
            measure(|| (contender.work)())
        })
        .collect();
    let mut best = Vec::new();
    opt_out(|| best = times(&mut contenders));
    let first = best[0];
    for ((contender, time), cost) in contenders.iter().zip(best).zip(costs) {
        let target = contender.target.map_or(String::new(), |target| {
            let met = if time <= first * target {
                "reached"
            } else {
                "MISSED"
            };
            format!("   target {target}: {met}")
        });
        println!(
            "  {:44} {:>11} {:>8.2} {:>9} {:>12}{target}",
            contender.name,
            in_words(time),
            time / first,
            cost.count_total,
            cost.bytes_total,
        );
    }
}

/// The fastest round of each, in nanoseconds.
fn times(contenders: &mut [Contender<'_>]) -> Vec<f64> {
    let repeats: Vec<u32> = contenders.iter_mut().map(repeats).collect();
    let mut best = vec![f64::MAX; contenders.len()];
    for _ in 0..ROUNDS {
        for (index, contender) in contenders.iter_mut().enumerate() {
            let nanos = timed(contender, repeats[index]).as_secs_f64() * 1e9;
            best[index] = best[index].min(nanos / f64::from(repeats[index]));
        }
    }
    best
}

fn repeats(contender: &mut Contender<'_>) -> u32 {
    let mut repeats = 1;
    while timed(contender, repeats) < ROUND {
        repeats *= 2;
    }
    repeats
}

fn timed(contender: &mut Contender<'_>, repeats: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..repeats {
        (contender.work)();
    }
    start.elapsed()
}

fn in_words(nanos: f64) -> String {
    if nanos < 10_000.0 {
        format!("{nanos:.0} ns")
    } else {
        format!("{:.1} us", nanos / 1e3)
    }
}

/// What the figures depend on.
pub(crate) fn print_environment() {
    let first_line = |text: String| text.lines().next().unwrap_or("unknown").to_owned();
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.unwrap_or("unknown").trim_start_matches(['\t', ' ', ':']);
    println!("{}", first_line(rustc));
    println!(
        "{} on {}, {model}, {} processors, debug assertions {}",
        std::env::consts::ARCH,
        std::env::consts::OS,
        std::thread::available_parallelism().map_or(0, usize::from),
        if cfg!(debug_assertions) {
            "ON: these times mean nothing"
        } else {
            "off"
        },
    );
    println!("fastest of {ROUNDS} rounds, contenders in turn; ratios to the first line of each table");
}

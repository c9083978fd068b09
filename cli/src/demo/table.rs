//! What the person in front of the screen sees: the story, and below it one table that is drawn anew in place.
//! Without a terminal: plain lines, and the table only where the story pauses.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::Instant;

use super::ledger::Ledger;

/// Draws the story and its table on stdout.
pub(crate) struct Screen {
    ledger: Arc<Ledger>,
    records: u64,
    live: bool,
    began: Instant,
    /// How many lines of the table stand below the story.
    drawn: usize,
}

impl Screen {
    pub(crate) fn new(ledger: Arc<Ledger>, records: u64) -> Self {
        Self {
            ledger,
            records,
            live: io::stdout().is_terminal(),
            began: Instant::now(),
            drawn: 0,
        }
    }

    /// A sentence of the story.
    pub(crate) fn say(&mut self, sentence: &str) {
        let at = self.began.elapsed().as_secs_f64();
        let mut text = self.erase();
        let _ = writeln!(text, "[{at:5.1}s] {sentence}");
        if self.live {
            self.draw_into(&mut text);
        }
        put(&text);
    }

    /// Draws the table anew, on a terminal.
    pub(crate) fn refresh(&mut self) {
        if self.live {
            let mut text = self.erase();
            self.draw_into(&mut text);
            put(&text);
        }
    }

    /// Leaves the table standing.
    pub(crate) fn table(&mut self) {
        let mut text = self.erase();
        self.draw_into(&mut text);
        self.drawn = 0;
        put(&text);
    }

    fn erase(&mut self) -> String {
        let lines = core::mem::take(&mut self.drawn);
        if lines == 0 {
            String::new()
        } else {
            format!("\x1b[{lines}A\x1b[0J")
        }
    }

    fn draw_into(&mut self, text: &mut String) {
        let tally = self.ledger.tally();
        let mut lines = vec![format!(
            "  {:<10} {:<9} {:>10} {:>9}  partitions",
            "member", "state", "generation", "records"
        )];
        for member in &tally.members {
            lines.push(format!(
                "  {:<10} {:<9} {:>10} {:>9}  {}",
                member.name,
                member.state,
                member.generation,
                member.records,
                shown(&member.partitions)
            ));
        }
        lines.push(format!(
            "  delivered {} of {} ({} twice or more), {} generations",
            tally.distinct,
            self.records,
            tally.delivered - tally.distinct,
            tally.generations
        ));
        for line in &lines {
            let _ = writeln!(text, "{line}");
        }
        self.drawn = lines.len();
    }
}

/// `0 1 2`, or how many if they are many.
fn shown(partitions: &[i32]) -> String {
    const SHOWN: usize = 12;
    if partitions.is_empty() {
        return "-".into();
    }
    if partitions.len() > SHOWN {
        return format!("{} partitions", partitions.len());
    }
    partitions
        .iter()
        .map(i32::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

/// A closed stdout is no reason to stop: the exit code still tells.
fn put(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

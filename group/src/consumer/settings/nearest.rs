//! What a misspelt name was meant to be.

use super::SETTINGS;

/// The known name with the fewest edits to it, if they are few.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let known = SETTINGS
        .iter()
        .map(|setting| (edits(name, setting.name), setting.name));
    known
        .min()
        .filter(|(edits, _)| *edits <= 1 + name.len() / 5)
        .map(|(_, name)| name)
}

/// Levenshtein's distance.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(to.chars()) {
            let above = *cell;
            left = (corner + usize::from(a != b)).min(above + 1).min(left + 1);
            corner = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

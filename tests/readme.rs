//! What README.md says of the settings is what the code says.

use std::fmt::Write as _;

use kohort::SETTINGS;

/// The rows of the settings table, one for each property that changes something.
fn rows() -> String {
    let mut rows = String::new();
    for setting in SETTINGS.iter().filter(|setting| setting.is_used()) {
        let default = if setting.default.is_empty() {
            "-".to_owned()
        } else {
            format!("`{}`", setting.default)
        };
        writeln!(rows, "| `{}` | {default} | {} |", setting.name, setting.meaning)
            .expect("a string takes everything");
    }
    rows
}

#[test]
fn the_table_of_settings_is_that_of_the_code() {
    let rows = rows();
    assert!(
        include_str!("../README.md").contains(&rows),
        "put this into README.md:\n{rows}"
    );
}

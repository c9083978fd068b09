//! The arrows of ARCHITECTURE.md, read from what Cargo really resolves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

fn metadata() -> serde_json::Value {
    let text = cargo(&["metadata", "--format-version", "1", "--no-deps", "--offline"]);
    serde_json::from_str(&text).expect("cargo metadata prints JSON")
}

/// The packages in the normal tree of one of ours, itself included.
fn tree(package: &str, features: &[&str]) -> BTreeSet<String> {
    let mut arguments = vec![
        "tree",
        "--offline",
        "-e",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "-p",
        package,
    ];
    arguments.extend(features);
    cargo(&arguments)
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

/// What each of our crates may use of the others in its normal dependencies, direct or not.
#[test]
fn the_arrows_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("kohort-protocol", &[][..]),
        ("kohort-client", &["kohort-protocol"]),
        ("kohort-group", &["kohort-protocol", "kohort-client"]),
        ("kohort-broker", &["kohort-protocol"]),
        ("kohort", &["kohort-protocol", "kohort-client", "kohort-group"]),
        // The machines without the driver: no runtime in a simulated world.
        (
            "kohort-sim",
            &["kohort-protocol", "kohort-group", "kohort-broker"],
        ),
    ]);
    for (package, allowed) in allowed {
        let ours: BTreeSet<String> = tree(package, &["--all-features"])
            .into_iter()
            .filter(|name| name.starts_with("kohort") && name != package)
            .collect();
        let allowed: BTreeSet<String> = allowed.iter().map(|&name| name.to_owned()).collect();
        assert!(
            ours.is_subset(&allowed),
            "{package} reaches {:?}",
            ours.difference(&allowed)
        );
    }
}

#[test]
fn the_pure_cores_know_no_runtime() {
    for (package, features) in [
        ("kohort-protocol", &["--all-features"][..]),
        ("kohort-group", &["--no-default-features"]),
        ("kohort-broker", &["--no-default-features"]),
        ("kohort-sim", &[]),
    ] {
        let tree = tree(package, features);
        for outsider in ["tokio", "mio", "socket2", "kohort-client"] {
            assert!(
                !tree.contains(outsider),
                "{package} {features:?} reaches {outsider}"
            );
        }
    }
}

/// Only `protocol/` may use the message crate, so that its types never stand in a public signature.
#[test]
fn only_protocol_names_the_message_crate() {
    let mut offenders = Vec::new();
    for room in [
        "src", "examples", "client", "group", "broker", "cli", "fuzz", "tests", "benches",
    ] {
        visit(&root().join(room), &mut |path, text| {
            // In two pieces, for this file is searched too.
            if text.contains(concat!("kafka_", "protocol::")) {
                offenders.push(path.to_owned());
            }
        });
    }
    assert!(
        offenders.is_empty(),
        "kafka_protocol is named outside protocol/: {offenders:?}"
    );
}

#[test]
fn the_default_members_hold_exactly_one_binary() {
    let metadata = metadata();
    let default: BTreeSet<&str> = metadata["workspace_default_members"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|id| id.as_str())
        .collect();
    let binaries: Vec<&str> = metadata["packages"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|package| default.contains(package["id"].as_str().expect("an id")))
        .flat_map(|package| package["targets"].as_array().expect("a list"))
        .filter(|target| {
            target["kind"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|kind| kind == "bin"))
        })
        .filter_map(|target| target["name"].as_str())
        .collect();
    assert_eq!(binaries, ["kohort"]);
}

/// A number users decide by: how many packages they take in. The limits are in ARCHITECTURE.md.
#[test]
fn the_trees_stay_small() {
    for (package, limit) in [("kohort", 40), ("kohort-cli", 65)] {
        let tree = tree(package, &[]);
        println!("{package}: {} packages in its normal tree", tree.len());
        assert!(
            tree.len() <= limit,
            "{package} takes in {} packages, more than {limit}: {tree:?}",
            tree.len()
        );
    }
}

#[test]
fn no_package_of_the_default_build_compiles_c() {
    let tree = cargo(&[
        "tree",
        "--offline",
        "-e",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    for line in tree.lines() {
        let name = line.split(' ').next().unwrap_or_default();
        let compiles = name.ends_with("-sys") && name != "windows-sys"
            || ["cc", "cmake", "ring", "openssl"].contains(&name);
        assert!(!compiles, "{name} compiles or links C");
    }
}

/// The table of rules is worth something only as long as the tests that it names are there, in the files that it names.
#[test]
fn every_rule_names_tests_and_files_that_exist() {
    let table = std::fs::read_to_string(root().join("tests/rules.md")).expect("the table");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('`'))
        .map(|line| line.split(" | ").collect())
        .collect();
    assert!(rows.len() > 80, "{} rows", rows.len());
    let mut tests = BTreeSet::new();
    for room in ["protocol", "group", "broker", "tests"] {
        visit(&root().join(room), &mut |_, text| {
            let names = text.lines().filter_map(|line| line.trim().strip_prefix("fn "));
            tests.extend(names.filter_map(|name| Some(name.split_once('(')?.0.to_owned())));
        });
    }
    for row in rows {
        // The test, and where it is if it is not beside the others; the file below the member's that was broken.
        let quoted = |cell: usize| {
            row.get(cell)
                .into_iter()
                .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        };
        let mut named = quoted(1);
        let test = named.next().expect("a test");
        assert!(tests.contains(test), "no test is called {test}");
        let below = |path: &str| root().join("group/src/member").join(path);
        let missing = named
            .map(|path| root().join(path))
            .chain(quoted(2).map(below))
            .find(|path| !path.exists());
        assert_eq!(missing, None, "beside {test}");
    }
}

fn visit(folder: &Path, look: &mut impl FnMut(&Path, &str)) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            // `benches/peers` is a workspace with a build folder of its own.
            if !path.ends_with("target") {
                visit(&path, look);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            look(&path, &std::fs::read_to_string(&path).expect("UTF-8 source"));
        }
    }
}

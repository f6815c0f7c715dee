use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::*;
use crate::config::tests::configured;

/// The folder of the whole project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(text: &str) -> Result<Limits, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
}

/// The names of all tests of the crates.
fn tests_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text.lines().filter_map(|line| {
                let rest = line
                    .trim_start()
                    .trim_start_matches("pub ")
                    .trim_start_matches("async ")
                    .strip_prefix("fn ")?;
                Some(rest.split('(').next()?.to_owned())
            });
            found.extend(names);
        }
    }
}

#[test]
fn every_limit_has_a_test_that_exists() {
    let mut tests = BTreeSet::new();
    for folder in std::fs::read_dir(root().join("crates")).unwrap() {
        tests_in(&folder.unwrap().path(), &mut tests);
    }
    for limit in TABLE {
        assert!(tests.contains(limit.test), "{}: {}", limit.name, limit.test);
    }
}

#[test]
fn names_are_unique_and_defaults_within_their_ranges() {
    let mut names = BTreeSet::new();
    let config = configured("");
    for limit in TABLE {
        assert!(names.insert(limit.name), "{}", limit.name);
        if let Value::Set {
            range: (least, most),
            ..
        } = limit.value
        {
            let default = limit.value(&config);
            assert!((least..=most).contains(&default), "{}", limit.name);
        }
    }
}

#[test]
fn every_limit_that_can_be_set_is_set() {
    for limit in TABLE {
        let Value::Set {
            range: (least, most),
            ..
        } = limit.value
        else {
            continue;
        };
        for number in [least, most] {
            let config = configured(&format!("[limits]\n{} = {number}\n", limit.name));
            assert_eq!(limit.value(&config), number, "{}", limit.name);
            assert!(config.limits.contains(&(limit.name, number)));
        }
    }
}

#[test]
fn a_mistake_is_named() {
    insta::assert_snapshot!(read("refused_message = 5").unwrap_err(), @"there is no such limit");
    insta::assert_snapshot!(read("tiles = 5").unwrap_err(), @"this limit is fixed");
    insta::assert_snapshot!(read("refused_messages = 100000").unwrap_err(), @"it must be from 0 to 10000");
    insta::assert_snapshot!(read("refused_messages = -1").unwrap_err(), @"invalid value: integer `-1`, expected u64");
}

#[test]
fn the_documentation_has_this_table() {
    let config = configured("");
    let mut table = String::from(
        "| `[limits]` | what it limits | default | beyond it a client sees | test |\n|---|---|---|---|---|\n",
    );
    for limit in TABLE {
        let name = match limit.value {
            Value::Set { .. } => format!("`{}`", limit.name),
            Value::Fixed(_) => format!("{} (fixed)", limit.name),
        };
        let seen = match limit.seen {
            code if code.contains('.') && !code.contains(' ') => format!("`{code}`"),
            words => words.to_owned(),
        };
        let default = amount(limit.name, limit.value(&config));
        let (what, test) = (limit.what, limit.test);
        writeln!(table, "| {name} | {what} | {default} | {seen} | `{test}` |").unwrap();
    }
    let path = root().join("docs/development/limits.md");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.contains(&table),
        "{} lacks this table:\n{table}",
        path.display()
    );
}

/// A number as people read it.
fn amount(name: &str, number: u64) -> String {
    let unit = |shift: u32, word: &str| {
        (number >= 1 << shift && number.is_multiple_of(1 << shift))
            .then(|| format!("{} {word}", number >> shift))
    };
    if name.contains("bytes") {
        unit(30, "GiB")
            .or_else(|| unit(20, "MiB"))
            .or_else(|| unit(10, "KiB"))
            .unwrap_or_else(|| format!("{number} B"))
    } else if name.ends_with("_seconds") {
        format!("{number} s")
    } else {
        number.to_string()
    }
}

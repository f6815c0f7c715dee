//! The editor's English words for the kinds are those of the table.
#![allow(missing_docs, reason = "tests are named after what they prove")]

use std::path::Path;

use recto_losses::LossKind;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

#[derive(Serialize)]
struct Words {
    rank: &'static str,
    name: &'static str,
    sentence: &'static str,
}

/// In the order of the table.
struct Table;

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(LossKind::ALL.len()))?;
        for kind in LossKind::ALL {
            let words = Words {
                rank: kind.rank().code(),
                name: kind.name(),
                sentence: kind.sentence(),
            };
            map.serialize_entry(kind.code(), &words)?;
        }
        map.end()
    }
}

#[test]
fn the_editor_has_the_words_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../editor/src/app/i18n/losses.json");
    let table = serde_json::to_string_pretty(&Table).unwrap() + "\n";
    if std::env::var("RECTO_WRITE_DOCS").as_deref() == Ok("1") {
        std::fs::write(&path, &table).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == table,
        "editor/src/app/i18n/losses.json is not the table. Run this test with RECTO_WRITE_DOCS=1, and give each kind its French words in editor/src/app/i18n/losses.fr.ts."
    );
}

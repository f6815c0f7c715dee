//! The table of kinds in the book is that of the code.
#![allow(missing_docs, reason = "tests are named after what they prove")]

use std::path::Path;

use recto_losses::LossKind;

const HEAD: &str = "| kind | rank | what | what a save does |\n|---|---|---|---|\n";

fn table() -> String {
    let rows = LossKind::ALL.iter().map(|kind| {
        let (code, rank) = (kind.code(), kind.rank().code());
        format!(
            "| `{code}` | {rank} | {} | {} |\n",
            kind.name(),
            kind.sentence()
        )
    });
    std::iter::once(HEAD.to_owned()).chain(rows).collect()
}

#[test]
fn the_book_has_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/topics/losses.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let before = page.split(HEAD).next().unwrap();
    let wanted = format!("{before}{}", table());
    if std::env::var("RECTO_WRITE_DOCS").as_deref() == Ok("1") {
        std::fs::write(&path, &wanted).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == wanted,
        "the table in docs/topics/losses.md is not that of the code: run this test with RECTO_WRITE_DOCS=1"
    );
}

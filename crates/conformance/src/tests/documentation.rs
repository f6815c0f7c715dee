//! The table of deliberate differences in the documentation.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::cases;

const BEGIN: &str = "<!-- differences: written by `RECTO_WRITE_DOCS=1 cargo test -p recto-conformance documentation` -->\n";
const END: &str = "<!-- end of differences -->\n";

fn table() -> String {
    let code = |text: String| {
        if text.contains('`') || text.starts_with("no code") {
            text
        } else {
            format!("`{text}`")
        }
    };
    let mut text =
        "\n| row | case | ONLYOFFICE 9.3 | Recto | why |\n|---|---|---|---|---|\n".to_owned();
    for case in cases().unwrap() {
        if let Some(difference) = &case.difference {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} | {} |",
                case.id,
                case.title,
                code(case.expect.to_string()),
                code(difference.expect.to_string()),
                difference.why
            );
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_documentation_lists_the_deliberate_differences() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/topics/conformance.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("RECTO_WRITE_DOCS").is_some() {
        fs::write(&path, &wanted).unwrap();
        return;
    }
    assert_eq!(page, wanted);
}

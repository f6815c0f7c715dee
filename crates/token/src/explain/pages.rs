//! The documentation's pages on codes, made from the catalogue: the server shows them, and the book
//! is built with them.

use std::fmt::Write as _;

use super::{Severity, catalogue};

/// The folder of the pages in the documentation.
const FOLDER: &str = "refusals";
/// What `explain` says of a case of each code, as a test of this crate writes it.
const EXAMPLES: &str = include_str!("examples.txt");

/// The names of all pages, such as `refusals/index` and `refusals/payload/empty`.
pub fn names() -> impl Iterator<Item = String> {
    std::iter::once("index")
        .chain(catalogue::all().map(|entry| entry.docs))
        .map(|name| format!("{FOLDER}/{name}"))
}

/// The page of a name, as Markdown; `None` if no page has it.
pub fn page(name: &str) -> Option<String> {
    let name = name.strip_prefix(FOLDER)?.strip_prefix('/')?;
    if name == "index" {
        return Some(index());
    }
    catalogue::all()
        .find(|entry| entry.docs == name)
        .map(of_code)
}

/// The book's summary, with a line for each code below the line of their list.
pub fn summary(text: &str) -> String {
    let mut whole = String::new();
    for line in text.lines() {
        whole.push_str(line);
        whole.push('\n');
        if line.ends_with(&format!("({FOLDER}/index.md)")) {
            for entry in catalogue::all() {
                // Writing to a String cannot fail.
                let _ = writeln!(whole, "    - [{}]({FOLDER}/{}.md)", entry.code, entry.docs);
            }
        }
    }
    whole
}

/// The list of all codes.
fn index() -> String {
    let mut text = String::from(
        "# All codes\n\nWhat `recto token explain`, the page `/token` and a refusing server can find, in the order in which a server comes upon it.\n",
    );
    let mut before = "";
    for entry in catalogue::all() {
        let group = group(entry);
        if group != before {
            before = group;
            let _ = write!(text, "\n| {group} | |\n|---|---|\n");
        }
        let _ = writeln!(
            text,
            "| [`{}`]({}.md) | {} |",
            entry.code, entry.docs, entry.message
        );
    }
    text
}

/// The page of a code, with an example where there is one.
fn of_code(entry: &catalogue::Entry) -> String {
    let mut text = format!(
        "# {}\n\n{}\n\n**What to do.** {}\n\n**What ONLYOFFICE shows.** {}\n\n**Severity.** {}\n",
        entry.code,
        entry.message,
        entry.hint,
        entry.symptom,
        match entry.severity {
            Severity::Fatal => "Fatal: it is refused, or can't work.",
            Severity::Silent =>
                "Silent: it works, but with a different value from the one that was written.",
            Severity::Risk => "Risk: it works, but may be misused or fail one day.",
            Severity::Note => "Note: worth knowing.",
        }
    );
    if let Some(example) = example(entry.code) {
        let _ = write!(
            text,
            "\n## An example\n\nWhat `recto token explain` says of such a case:\n\n```text\n{}\n```\n",
            example.trim_end()
        );
    }
    text.push_str("\nThe way from the first line to a working token is in [Tokens in five minutes](../../tokens/five-minutes.md); all codes are [in one list](../index.md).");
    let related: Vec<_> = neighbours(entry)
        .into_iter()
        .flatten()
        .map(|other| format!("[`{}`](../{}.md)", other.code, other.docs))
        .collect();
    if !related.is_empty() {
        let _ = write!(text, " Related: {}.", related.join(", "));
    }
    text.push('\n');
    text
}

/// The subject of a code, which is a folder of pages.
fn group(entry: &catalogue::Entry) -> &'static str {
    entry.docs.split('/').next().unwrap_or_default()
}

/// What a server looks for just before and just after, on the same subject.
fn neighbours(entry: &catalogue::Entry) -> [Option<&'static catalogue::Entry>; 2] {
    let same = || catalogue::all().filter(|other| group(other) == group(entry));
    [
        same().take_while(|other| other.code != entry.code).last(),
        same().skip_while(|other| other.code != entry.code).nth(1),
    ]
}

/// What `explain` says of a case with this code.
fn example(code: &str) -> Option<&'static str> {
    EXAMPLES.split("\n# ").find_map(|case| {
        let (_, told) = case.split_once('\n')?;
        let (_, first) = told.lines().next()?.split_once(": ")?;
        (first == code).then_some(told)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_and_the_book_a_line_for_it() {
        let summary = summary("- [One](one.md)\n  - [All codes](refusals/index.md)\n\n# Next\n");
        for entry in catalogue::all() {
            let name = format!("refusals/{}", entry.docs);
            let text = page(&name).unwrap();
            assert!(text.starts_with(&format!("# {}\n", entry.code)), "{text}");
            let line = format!("    - [{}]({name}.md)\n", entry.code);
            assert!(summary.contains(&line), "{line}");
        }
        assert!(summary.ends_with(".md)\n\n# Next\n"), "{summary}");
        assert!(names().all(|name| page(&name).is_some()));
        for name in ["refusals", "refusals/", "refusals/payload", "payload/empty"] {
            assert_eq!(page(name), None, "{name}");
        }
    }

    #[test]
    fn a_page() {
        insta::assert_snapshot!(page("refusals/secrets/short").unwrap(), @r#"
        # secret.short

        The secret is shorter than 32 bytes, so it might be guessed from a token.

        **What to do.** Make a secret with "openssl rand -hex 32" and set it on both sides.

        **What ONLYOFFICE shows.** It works; some JWT libraries refuse keys under 256 bits.

        **Severity.** Risk: it works, but may be misused or fail one day.

        ## An example

        What `recto token explain` says of such a case:

        ```text
        risk: secret.short
          The secret has 9 bytes; with fewer than 32 it might be guessed from a token.
          path      JWT_SECRET
          expected  at least 32 bytes
          found     9 bytes
          do        Make a secret with "openssl rand -hex 32" and set it on both sides.
          read      docs/refusals/secrets/short
        ```

        The way from the first line to a working token is in [Tokens in five minutes](../../tokens/five-minutes.md); all codes are [in one list](../index.md). Related: [`secret.default`](../secrets/default.md), [`secret.changes_at_restart`](../secrets/changes-at-restart.md).
        "#);
    }
}

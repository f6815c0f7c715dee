//! The catalogue and its documentation.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

use super::rows;
use crate::explain::{Severity, catalogue};

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

const MADE: &str = "Made from the catalogue in `recto-token`; `RECTO_WRITE_DOCS=1 cargo test -p recto-token documentation` writes it anew.";

/// The page of a code, as the catalogue has it, with an example where there is one.
fn page(entry: &catalogue::Entry) -> String {
    let mut text = format!(
        "# {}\n\n{}\n\n**What to do.** {}\n\n**What ONLYOFFICE shows.** {}\n\n**Severity.** {}\n",
        entry.code,
        entry.message,
        entry.hint,
        entry.symptom,
        match entry.severity {
            Severity::Fatal => "Fatal: it is refused, or can't work.",
            Severity::Silent =>
                "Silent: it works, with another value than the one that was written.",
            Severity::Risk => "Risk: it works, and may be misused or fail one day.",
            Severity::Note => "Note: worth knowing.",
        }
    );
    if let Some(example) = rows::example(entry.code) {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n## An example\n\nWhat `recto token explain` says of such a case:\n\n```text\n{example}```\n"
        );
    }
    let group = entry.docs.split('/').next().unwrap_or_default();
    let others: Vec<_> = catalogue::all()
        .filter(|other| other.docs.starts_with(&format!("{group}/")) && other.code != entry.code)
        .map(|other| format!("[`{}`]({}.md)", other.code, id(other)))
        .collect();
    let _ = write!(
        text,
        "\nThe way from the first line to a working token is in [Tokens in five minutes](../../tokens/five-minutes.md); all codes are [in one list](../index.md). Near to this one: {}.\n\n<!-- {MADE} -->\n",
        others.join(", ")
    );
    text
}

fn id(entry: &catalogue::Entry) -> &'static str {
    entry.docs.split('/').next_back().unwrap_or_default()
}

/// The list of all codes.
fn index() -> String {
    let mut text = String::from(
        "# All codes\n\nWhat `recto token explain`, the page `/token` and a refusing server can find, in the order in which a server comes upon it.\n",
    );
    let mut group = "";
    for entry in catalogue::all() {
        let own = entry.docs.split('/').next().unwrap_or_default();
        if own != group {
            group = own;
            let _ = write!(text, "\n| {group} | |\n|---|---|\n");
        }
        let _ = writeln!(
            text,
            "| [`{}`]({}.md) | {} |",
            entry.code, entry.docs, entry.message
        );
    }
    let _ = write!(text, "\n<!-- {MADE} -->\n");
    text
}

/// The lines of the book's summary.
fn summary() -> String {
    let mut text = String::from("  - [All codes](refusals/index.md)\n");
    for entry in catalogue::all() {
        let _ = writeln!(text, "    - [{}](refusals/{}.md)", entry.code, entry.docs);
    }
    text
}

/// Compares a file with what it should be, or writes it.
fn check(path: &str, wanted: &str) {
    let file = docs().join(path);
    if std::env::var_os("RECTO_WRITE_DOCS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, wanted).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&file).unwrap_or_default(),
        wanted,
        "{path}"
    );
}

#[test]
fn every_code_has_a_page() {
    let mut files = BTreeSet::from(["index.md".to_owned()]);
    check("refusals/index.md", &index());
    for entry in catalogue::all() {
        check(&format!("refusals/{}.md", entry.docs), &page(entry));
        files.insert(format!("{}.md", entry.docs));
    }
    let root = docs().join("refusals");
    for folder in fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if folder.is_dir() {
            for file in fs::read_dir(&folder).unwrap() {
                let file = file.unwrap().path();
                let name = file
                    .strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                assert!(files.contains(&name), "{name} belongs to no code");
            }
        }
    }
}

#[test]
fn the_book_has_every_page() {
    let path = docs().join("SUMMARY.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("  - [All codes]").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    check("SUMMARY.md", &format!("{before}{}\n{after}", summary()));
}

#[test]
fn codes_are_unique_and_have_sentences() {
    let mut seen = BTreeSet::new();
    for entry in catalogue::all() {
        assert!(seen.insert(entry.code), "{} twice", entry.code);
        for text in [entry.message, entry.hint] {
            assert!(text.ends_with(['.', '"', ')']), "{}: {text}", entry.code);
        }
        let id = entry.code.split_once('.').unwrap().1.replace('_', "-");
        assert!(entry.docs.ends_with(&format!("/{id}")), "{}", entry.code);
    }
}

#[test]
fn the_codes_of_the_contract_exist() {
    let contract = "input.unreadable token.missing token.misplaced token.not_a_string token.malformed token.is_the_secret token.base64_padding token.alg_none token.alg_unsupported token.unsigned token.signature token.signed_with_empty_key token.signed_with_known_key token.secret_whitespace token.secret_quoted token.secret_encoding token.docs_sample token.expired token.not_yet_valid token.time_type token.exp_milliseconds token.no_expiry token.wrong_purpose token.too_large payload.empty payload.not_an_object payload.double_encoded payload.wrapped payload.not_wrapped payload.flat payload.missing_field payload.extra_field payload.opens_history payload.type payload.reserved_claim config.missing_field config.misplaced_field config.type config.permissions_differ config.value_replaced config.mode_lowered config.user_unsigned config.key_characters config.key_length config.key_random config.file_type config.document_type config.html_entities config.url_loopback config.url_private config.url_double_slash config.url_scheme config.mixed_content request.header_prefix request.header_name request.body_ignored request.body_token_wins request.missing_parameter secret.empty secret.default secret.short secret.in_browser_code secret.variable_name secret.changes_at_restart token.placeholder config.template_unexpanded config.unknown_field config.key_constant config.url_needs_login request.header_missing request.not_json callback.bad_answer time.clock_skew input.server_config input.no_fault_found";
    let known: BTreeSet<_> = catalogue::all().map(|entry| entry.code).collect();
    for code in contract.split(' ') {
        assert!(known.contains(code), "{code}");
    }
}

//! 33 documents through a save: each rule of `cases.json` is kept, or `recto check` announces that it is
//! not. Every rule is a test, named after the document and what must survive.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;

/// What the engine does not keep, and the kind by which `recto check` says so: document, rule, kind.
const ANNOUNCED: [(&str, &str, &str); 21] = [
    (
        "chart-combo-trendline.xlsx",
        "alternative text",
        "chart-description",
    ),
    (
        "chart-embedded-workbook.pptx",
        "data of the chart (PowerPoint: Edit data)",
        "chart-data",
    ),
    (
        "comment-thread-resolved.docx",
        "who the author is (people part)",
        "comment-people",
    ),
    ("conditional-formats.xlsx", "stop if true", "stop-if-true"),
    (
        "dynamic-array-functions.xlsx",
        "4 dynamic arrays stay dynamic",
        "dynamic-array",
    ),
    ("fields-kinds.docx", "EQ field", "equation-field"),
    ("fields-kinds.docx", "IF field", "if-field"),
    ("fields-kinds.docx", "formula field", "formula-field"),
    ("fields-kinds.docx", "index entry", "index-entry"),
    (
        "formula-union-intersection.xlsx",
        "union operator is written as a comma (Excel calls `~` damage)",
        "union-formula",
    ),
    (
        "layouts-placeholders.pptx",
        "placeholder types",
        "placeholder-kind",
    ),
    (
        "layouts-placeholders.pptx",
        "the master keeps its 5 placeholders",
        "master-placeholder",
    ),
    (
        "macro-enabled.docm",
        "macro project (or a refusal/warning before saving)",
        "macros",
    ),
    ("pivot-slicer.xlsx", "slicer", "slicers"),
    ("pivot-slicer.xlsx", "slicer cache", "slicers"),
    ("sections-show-jump.pptx", "2 sections", "slide-sections"),
    (
        "table-totals-structured.xlsx",
        "calculated column",
        "calculated-column",
    ),
    ("table-totals-structured.xlsx", "table style", "table-style"),
    (
        "tracked-kinds.docx",
        "deletion of another author inside an insertion",
        "tracked-change",
    ),
    (
        "what-if-data-table.xlsx",
        "values 30, 40, 50 stay",
        "what-if-table",
    ),
    ("what-if-data-table.xlsx", "what-if table", "what-if-table"),
];

#[derive(Deserialize)]
struct Case {
    file: String,
    part: String,
}

#[derive(Deserialize)]
struct Judged {
    file: String,
    what: String,
    why: Option<String>,
}

#[derive(Deserialize)]
struct Checked {
    file: PathBuf,
    #[serde(default)]
    losses: Vec<Loss>,
}

#[derive(Deserialize)]
struct Loss {
    kind: String,
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents")
}

/// The type in which a document comes back.
fn own_type(name: &str) -> &str {
    let (_, extension) = name.rsplit_once('.').unwrap();
    match extension {
        "docm" => "docx",
        extension => extension,
    }
}

/// Converts every document, some at a time. A conversion that fails leaves no file, and the rules say so.
fn convert(folder: &Path) {
    let text = std::fs::read_to_string(here().join("cases.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    let mut jobs: BTreeSet<(String, String)> = cases
        .iter()
        .map(|case| (case.file.clone(), own_type(&case.file).to_owned()))
        .collect();
    let printed = cases.iter().filter(|case| case.part == "PDF");
    jobs.extend(printed.map(|case| (case.file.clone(), "pdf".to_owned())));
    let jobs = Mutex::new(jobs.into_iter());
    let at_once = std::thread::available_parallelism()
        .map_or(2, usize::from)
        .min(8);
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some((file, kind)) = { jobs.lock().unwrap().next() } {
                    let mut command = Command::new(env!("CARGO_BIN_EXE_recto"));
                    command
                        .arg("convert")
                        .arg(here().join("files").join(&file))
                        .arg(folder.join(format!("{file}.{kind}")));
                    if file == "password-swordfish.docx" {
                        command.args(["--password", "swordfish"]);
                    }
                    let done = command.output().unwrap();
                    if !done.status.success() {
                        eprint!("{file}: {}", String::from_utf8_lossy(&done.stderr));
                    }
                }
            });
        }
    });
}

fn judge(folder: &Path) -> Vec<Judged> {
    let done = Command::new("python3")
        .arg(here().join("check.py"))
        .arg("--made")
        .arg(folder)
        .output()
        .expect("python3 is installed by scripts/setup");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The kinds that `recto check` announces for each document.
fn announced() -> BTreeMap<String, BTreeSet<String>> {
    let done = Command::new(env!("CARGO_BIN_EXE_recto"))
        .args(["check", "--json"])
        .arg(here().join("files"))
        .output()
        .unwrap();
    let all: Vec<Checked> = serde_json::from_slice(&done.stdout).unwrap();
    all.into_iter()
        .map(|one| {
            let name = one.file.file_name().unwrap().to_string_lossy().into_owned();
            (name, one.losses.into_iter().map(|loss| loss.kind).collect())
        })
        .collect()
}

fn kept(rule: Judged) -> Trial {
    let name = format!("{}: {}", rule.file, rule.what);
    Trial::test(name, move || match rule.why {
        None => Ok(()),
        Some(why) => Err(Failed::from(format!("not kept: {why}"))),
    })
}

/// A rule that the engine does not keep: it must have been said. Once it is kept, saying so is wrong.
fn told(rule: Judged, kind: &'static str, kinds: Option<&BTreeSet<String>>) -> Trial {
    let name = format!("{}: {} is announced as {kind}", rule.file, rule.what);
    let is_told = kinds.is_some_and(|kinds| kinds.contains(kind));
    Trial::test(name, move || {
        if rule.why.is_none() {
            return Err("it is kept by now. Take it out of ANNOUNCED, and its kind out of the table of losses if nothing else needs it".into());
        }
        if !is_told {
            return Err("recto check says nothing of it".into());
        }
        Ok(())
    })
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = tempfile::tempdir().unwrap();
    if !arguments.list {
        convert(folder.path());
    }
    let kinds = announced();
    let mut trials = Vec::new();
    let mut left: BTreeSet<_> = ANNOUNCED
        .iter()
        .map(|(file, what, _)| (*file, *what))
        .collect();
    for rule in judge(folder.path()) {
        let row = ANNOUNCED
            .iter()
            .find(|(file, what, _)| *file == rule.file && *what == rule.what);
        match row {
            Some((file, what, kind)) => {
                left.remove(&(*file, *what));
                let kinds = kinds.get(&rule.file);
                trials.push(told(rule, kind, kinds));
            }
            None => trials.push(kept(rule)),
        }
    }
    trials.push(Trial::test(
        "every announced rule is one of cases.json",
        move || {
            if left.is_empty() {
                return Ok(());
            }
            Err(Failed::from(format!("{left:?}")))
        },
    ));
    libtest_mimic::run(&arguments, trials).exit_code()
}

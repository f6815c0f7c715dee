//! `recto check`

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use recto_docs_api::{Explain, FileType};
use recto_losses::{Loss, Options, Report, scan};
use serde_json::{Value, json};

use crate::args::check::Check;

/// Folders within each other that are looked at.
const DEPTH: usize = 64;

/// Says what a save would lose. The exit code is 0 if no file has anything that must be said before it
/// is changed, 1 if one has, and 2 if one can't be read.
pub fn run(args: &Check) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let mut answers = Vec::new();
    let (mut lost, mut unread) = (false, false);
    for (path, found) in files(&args.files) {
        let checked = found.and_then(|()| check(&path));
        match &checked {
            Ok(report) => lost |= report.line_worthy(),
            Err(_) => unread = true,
        }
        if args.json {
            answers.push(answer(&path, &checked));
        } else {
            match checked {
                Ok(report) => out.write_all(text(&path, &report).as_bytes()),
                Err(why) => {
                    eprintln!("recto: {}: {why}", path.display());
                    Ok(())
                }
            }
            .context("The answer can't be written")?;
        }
    }
    if args.json {
        let text = serde_json::to_string_pretty(&answers)? + "\n";
        out.write_all(text.as_bytes())
            .context("The answer can't be written")?;
    }
    Ok(match (unread, lost) {
        (true, _) => ExitCode::from(2),
        (false, true) => ExitCode::FAILURE,
        (false, false) => ExitCode::SUCCESS,
    })
}

/// The files that are named, and the documents in the folders that are, in the order of their names.
fn files(named: &[PathBuf]) -> Vec<(PathBuf, Result<(), String>)> {
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            walk(path, 0, &mut files);
        } else {
            files.push((path.clone(), Ok(())));
        }
    }
    files
}

fn walk(folder: &Path, depth: usize, files: &mut Vec<(PathBuf, Result<(), String>)>) {
    let unreadable = || "The folder can't be read. Check its rights.".to_owned();
    let Ok(entries) = std::fs::read_dir(folder) else {
        files.push((folder.to_owned(), Err(unreadable())));
        return;
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // A link may lead back to where it stands.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < DEPTH => walk(&path, depth + 1, files),
            Ok(kind) if kind.is_file() && type_of(&path).is_ok() => files.push((path, Ok(()))),
            Ok(_) => {}
            Err(_) => files.push((path, Err(unreadable()))),
        }
    }
}

fn type_of(path: &Path) -> Result<FileType, String> {
    let extension = path.extension().and_then(|it| it.to_str());
    FileType::parse(extension.unwrap_or_default())
        .map_err(|error| format!("{} {}", error.message(), error.hint()))
}

fn check(path: &Path) -> Result<Report, String> {
    let file_type = type_of(path)?;
    let file = File::open(path)
        .map_err(|_| "The file can't be read. Check its path and rights.".to_owned())?;
    scan(BufReader::new(file), file_type, &Options::default()).map_err(|error| error.to_string())
}

fn text(path: &Path, report: &Report) -> String {
    let mut text = String::new();
    if report.losses.is_empty() {
        let _ = writeln!(text, "{}: nothing would be lost.", path.display());
    } else {
        let _ = writeln!(text, "{}:", path.display());
    }
    for loss in &report.losses {
        let _ = writeln!(
            text,
            "  {:8}  {}: {}{}",
            loss.rank.code(),
            loss.kind,
            loss.kind.name(),
            where_it_is(loss)
        );
        let _ = writeln!(text, "            {}", loss.kind.sentence());
    }
    if !report.complete {
        let _ = writeln!(
            text,
            "  The file is damaged or goes beyond a limit, so that not all of it was looked at."
        );
    }
    text
}

/// How often it is there, and its first places.
fn where_it_is(loss: &Loss) -> String {
    let mut text = String::new();
    if loss.count > 1 {
        let _ = write!(text, " ({})", loss.count);
    }
    let places: Vec<String> = loss.places.iter().map(ToString::to_string).collect();
    if !places.is_empty() {
        let _ = write!(text, " – {}", places.join(", "));
    }
    text
}

fn answer(path: &Path, checked: &Result<Report, String>) -> Value {
    match checked {
        Ok(report) => json!({
            "file": path,
            "losses": report.losses,
            "complete": report.complete,
        }),
        Err(why) => json!({ "file": path, "error": why }),
    }
}

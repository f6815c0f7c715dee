//! `recto deaths`: the documents over which an engine process died, without what is in them.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use recto_store::{DeathOutcome, DeathPhase, DeathReport, deaths_in};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::args::deaths::Deaths;

/// Prints the reports, the newest first.
pub fn run(args: &Deaths) -> anyhow::Result<ExitCode> {
    let store = args.data.join("store");
    if !store.is_dir() {
        bail!(
            "There is no data of a server in {}. Name its folder with --data",
            args.data.display()
        );
    }
    let reports = deaths_in(&store).with_context(|| {
        format!(
            "The reports in {} can't be read. Check the folder's rights",
            store.display()
        )
    })?;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &reports)?;
        writeln!(out)?;
    } else if reports.is_empty() {
        writeln!(out, "No engine process has died over a document.")?;
    } else {
        for report in &reports {
            writeln!(out, "{}", shown(report))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// One report for people.
fn shown(report: &DeathReport) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    let at = OffsetDateTime::from_unix_timestamp(report.at)
        .ok()
        .and_then(|at| at.format(&format).ok())
        .unwrap_or_default();
    let size = report
        .bytes
        .map_or_else(String::new, |bytes| format!(" of {bytes} bytes"));
    let during = match (report.phase, &report.command) {
        (_, Some(command)) => format!(" during {command}"),
        (DeathPhase::Open, None) => " while opening it".into(),
        (DeathPhase::Edit, None) => " during something that a user did".into(),
        (DeathPhase::Save, None) => " while saving it".into(),
        (DeathPhase::Idle, None) => String::new(),
    };
    let signal = report
        .signal
        .map_or_else(String::new, |signal| format!(" by signal {signal}"));
    let then = match report.outcome {
        DeathOutcome::Reopened => "its last stored state was opened again",
        DeathOutcome::LeftOut => "that was left out, and its last stored state opened again",
        DeathOutcome::NotOpened => "it was not opened",
        DeathOutcome::Closed => "it was closed",
    };
    let has = if report.features.is_empty() {
        String::new()
    } else {
        format!("\n  The document has: {}.", report.features.join(", "))
    };
    format!(
        "{at}, report {}: {} {}{signal} over a document of type {}{size}{during}, after {} s; {then}.{has}",
        report.id, report.engine, report.death, report.file_type, report.seconds,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_told_in_a_sentence() {
        let mut report = DeathReport {
            id: "k3v9q2".into(),
            at: 1_790_000_000,
            file_type: "xlsx".into(),
            bytes: Some(10_184),
            features: vec!["slicers".into(), "what-if-table".into()],
            phase: DeathPhase::Edit,
            death: "crashed".into(),
            signal: Some(11),
            seconds: 73,
            command: Some("InsertTable".into()),
            outcome: DeathOutcome::LeftOut,
            engine: "LibreOffice 25.2.3.2".into(),
        };
        insta::assert_snapshot!(shown(&report), @r"
        2026-09-21 14:13:20 UTC, report k3v9q2: LibreOffice 25.2.3.2 crashed by signal 11 over a document of type xlsx of 10184 bytes during InsertTable, after 73 s; that was left out, and its last stored state opened again.
          The document has: slicers, what-if-table.
        ");
        report.command = None;
        report.signal = None;
        report.features.clear();
        report.phase = DeathPhase::Open;
        report.outcome = DeathOutcome::NotOpened;
        insta::assert_snapshot!(shown(&report), @"2026-09-21 14:13:20 UTC, report k3v9q2: LibreOffice 25.2.3.2 crashed over a document of type xlsx of 10184 bytes while opening it, after 73 s; it was not opened.");
    }
}

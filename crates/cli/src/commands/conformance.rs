//! `recto conformance`

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Context;
use recto_conformance::{Listen, Options, Progress, Report, Secret, Target, run as compare};

use crate::args::conformance::Conformance;
use crate::config::Environment;
use crate::secret;

/// Prints how a server's answers differ from ONLYOFFICE's. The exit code is 0 if no row is wrong, and
/// 1 if one is.
pub fn run(args: Conformance, environment: &Environment) -> anyhow::Result<ExitCode> {
    let (json, verbose) = (args.json, args.verbose);
    let report = ask(args, environment)?;
    let text = if json {
        serde_json::to_string_pretty(&report)? + "\n"
    } else {
        report.to_text(verbose)
    };
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("The report can't be written")?;
    Ok(if report.is_fine() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn ask(args: Conformance, environment: &Environment) -> anyhow::Result<Report> {
    let secret = match args.secret {
        Some(secret) => secret,
        None => secret::find_text(args.secret_file.as_deref(), None, environment)?,
    };
    let header = args
        .header
        .or_else(|| environment.jwt_header.clone())
        .unwrap_or_else(|| "Authorization".to_owned());
    http::HeaderName::try_from(&header).with_context(|| {
        format!(
            "{header:?} is not the name of a header. Give one such as Authorization, without a colon"
        )
    })?;
    let target = Target {
        url: args.url,
        secret: Secret::from(secret),
        header,
        file: args.file_url,
        listen: args.listen.map(|address| Listen {
            address,
            url: args.listen_url,
        }),
    };
    let options = Options {
        only: args.only,
        ..Options::default()
    };
    let runtime = tokio::runtime::Runtime::new()
        .context("The system gave no threads. Raise the limit of processes for this user")?;
    let shown = std::io::stderr().is_terminal();
    let report = runtime.block_on(compare(&target, &options, &|progress| {
        if shown {
            show(progress);
        }
    }));
    Ok(report?)
}

/// One line that is written over, and wiped at the end.
fn show(progress: Progress) {
    let Progress { done, total } = progress;
    if done < total {
        eprint!("\r{done} of {total} rows ");
    } else {
        eprint!("\r{:24}\r", "");
    }
}

//! `recto token explain`

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use recto_token::{explain, explain::Context as Known};

use crate::args::Explain;
use crate::config::Environment;
use crate::secret;

/// Prints what is wrong and what to change. The exit code is 1 if something is.
pub fn run(args: &Explain, environment: &Environment) -> anyhow::Result<ExitCode> {
    let input = read(args.file.as_deref())?;
    let mut secrets = Vec::new();
    for file in &args.secret_file {
        secrets.push(secret::find(Some(file), None, environment)?);
    }
    let has_own = environment.jwt_secret.is_some() || environment.jwt_secret_file.is_some();
    if secrets.is_empty() && has_own {
        secrets.push(secret::find(None, None, environment)?);
    }
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let known = Known {
        secrets,
        now: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        ..Known::default()
    };
    let explanation = explain(&input, &known);
    let text = if args.json {
        serde_json::to_string_pretty(&explanation)? + "\n"
    } else {
        explanation.to_text()
    };
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("The explanation can't be written")?;
    Ok(if explanation.is_fine() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn read(file: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    let mut input = Vec::new();
    match file.filter(|file| *file != Path::new("-")) {
        Some(file) => {
            input = std::fs::read(file).with_context(|| {
                format!(
                    "The file {} can't be read. Check its path and rights",
                    file.display()
                )
            })?;
        }
        None => {
            std::io::stdin()
                .read_to_end(&mut input)
                .context("Standard input can't be read. Name a file instead")?;
        }
    }
    Ok(input)
}

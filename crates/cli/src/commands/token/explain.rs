//! `recto token explain`

use std::path::Path;
use std::process::ExitCode;

use recto_token::explain::{Context, Evidence, Explanation, Part, Severity, explain_evidence};

use super::{in_colour, print, public_keys, read, sarif, secrets, time};
use crate::args::token::{Explain, Form};
use crate::config::Environment;

/// Prints what is wrong and what to change. The exit code is 1 if something is.
pub fn run(args: &Explain, environment: &Environment) -> anyhow::Result<ExitCode> {
    let part = |file: Option<&Path>| file.map(|file| read(Some(file))).transpose();
    let config = part(args.config.as_deref())?;
    let request = part(args.request.as_deref())?;
    let known = args.token.is_some() || config.is_some() || request.is_some();
    let paste = match &args.file {
        Some(file) => Some(read(Some(file))?),
        None if known => None,
        None => Some(read(None)?),
    };
    let evidence = Evidence {
        token: args.token.as_deref().map(str::as_bytes),
        config: config.as_deref(),
        request: request.as_deref(),
        paste: paste.as_deref(),
    };
    let context = Context {
        secrets: secrets(&args.secrets, environment)?,
        public_keys: public_keys(&args.secrets)?,
        now: time(args.now),
        purpose: args.purpose,
    };
    let explanation = explain_evidence(&evidence, &context);
    let source = [&args.file, &args.config, &args.request]
        .into_iter()
        .flatten()
        .find(|file| **file != Path::new("-"));
    print(&written(
        &explanation,
        &args.form,
        source.map(AsRef::as_ref),
    )?)?;
    Ok(if explanation.is_fine() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn written(
    explanation: &Explanation,
    form: &Form,
    source: Option<&Path>,
) -> anyhow::Result<String> {
    Ok(if form.json {
        serde_json::to_string_pretty(explanation)? + "\n"
    } else if form.sarif {
        serde_json::to_string_pretty(&sarif::log(explanation, source))? + "\n"
    } else if in_colour(form.color) {
        explanation.to_styled_text(|part, text| format!("\u{1b}[{}m{text}\u{1b}[0m", colour(part)))
    } else {
        explanation.to_text()
    })
}

/// The parameters of the terminal's "select graphic rendition".
fn colour(part: Part) -> &'static str {
    match part {
        Part::Severity(Severity::Fatal) => "1;31",
        Part::Severity(Severity::Silent) => "1;33",
        Part::Severity(Severity::Risk) => "1;35",
        Part::Severity(Severity::Note) => "1;36",
        Part::Code | Part::Message => "1",
        Part::Label => "2",
        Part::Value => "0",
    }
}

//! `recto token …`, one command a file.

mod explain;
mod rotate;
mod sarif;
mod secret;
mod sign;
mod verify;

use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use recto_docs_api::Explain;
use recto_token::{Key, Secret};

use crate::args::token::{Color, Secrets, Token};
use crate::config::Environment;

/// Carries out a command. The exit code is 0 if all is well and 1 if something was found; an error is
/// for what can't be carried out.
pub fn run(command: &Token, environment: &Environment) -> anyhow::Result<ExitCode> {
    match command {
        Token::Explain(args) => explain::run(args, environment),
        Token::Verify(args) => verify::run(args, environment),
        Token::Sign(args) => sign::run(args, environment),
        Token::NewSecret(args) => secret::run(args),
        Token::Rotate(args) => rotate::run(args, environment),
    }
}

/// The secrets that were given; those of the environment if none was.
fn secrets(given: &Secrets, environment: &Environment) -> anyhow::Result<Vec<Secret>> {
    let mut secrets: Vec<_> = given
        .secret
        .iter()
        .map(|secret| Secret::from(secret.as_str()))
        .collect();
    for file in &given.secret_file {
        secrets.push(crate::secret::find(Some(file), None, environment)?);
    }
    let has_own = environment.jwt_secret.is_some() || environment.jwt_secret_file.is_some();
    if secrets.is_empty() && has_own {
        secrets.push(crate::secret::find(None, None, environment)?);
    }
    Ok(secrets)
}

/// The public keys that were given.
fn public_keys(given: &Secrets) -> anyhow::Result<Vec<Key>> {
    let mut all = Vec::new();
    for file in &given.public_key {
        let keys = Key::from_file_text(&crate::secret::text(file)?)
            .map_err(|error| anyhow::anyhow!("{} {}", error.message(), error.hint()))?;
        if keys.iter().any(Key::can_sign) {
            bail!(
                "The file {} has neither a public key in PEM form nor a JWK set. Give it with --secret-file if it is a secret.",
                file.display()
            );
        }
        all.extend(keys);
    }
    Ok(all)
}

/// The time that was given, else that of this machine, in Unix seconds.
fn time(given: Option<i64>) -> i64 {
    given.unwrap_or_else(|| {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// A file, or standard input for `-` and for none.
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

fn print(text: &str) -> anyhow::Result<()> {
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("The answer can't be written")
}

fn in_colour(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            std::io::stdout().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}

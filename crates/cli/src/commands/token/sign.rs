//! `recto token sign`

use std::process::ExitCode;

use anyhow::{Context, bail};
use recto_token::{Secret, sign_config};
use serde_json::{Value, json};

use super::{print, read, time};
use crate::args::token::{Layout, Sign};
use crate::config::Environment;
use crate::secret;

/// Signs a JSON object, and prints the token or the object with it.
pub fn run(args: &Sign, environment: &Environment) -> anyhow::Result<ExitCode> {
    let input = read(args.file.as_deref())?;
    let mut fields: Value = serde_json::from_slice(&input).context(
        "What is to be signed is not JSON. Give the config or the fields of the request as one JSON object",
    )?;
    if !fields.is_object() {
        bail!(
            "What is to be signed is not a JSON object. Give the config or the fields of the request, with braces around them."
        );
    }
    let secret = match &args.secret {
        Some(secret) => Secret::from(secret.as_str()),
        None => secret::find(args.secret_file.as_deref(), None, environment)?,
    };
    let secret = secret::checked(secret)?;
    if let Some(members) = fields.as_object_mut() {
        members.remove("token");
    }
    let now = time(args.now);
    let token = match args.layout {
        Layout::Body => sign_config(&secret, &fields, now, args.ttl),
        Layout::Header => sign_config(&secret, &json!({"payload": fields}), now, args.ttl),
    };
    if args.whole {
        fields["token"] = token.into();
        print(&(serde_json::to_string_pretty(&fields)? + "\n"))?;
    } else {
        print(&(token + "\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

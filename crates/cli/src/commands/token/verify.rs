//! `recto token verify`

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use recto_token::{
    Key, KeyRing, Keys, Purpose, Refusal, RequestParts, Service, verify_callback_with,
    verify_download_with, verify_method, verify_opening, verify_request,
};
use serde_json::{Value, json};

use super::{print, public_keys, read, secrets, time};
use crate::args::token::Verify;
use crate::config::Environment;

/// Checks a token as strictly as the server does. The exit code is 1 if it is refused.
pub fn run(args: &Verify, environment: &Environment) -> anyhow::Result<ExitCode> {
    let mut token = args.token.clone();
    if token == "-" {
        token.clear();
        std::io::stdin()
            .read_to_string(&mut token)
            .context("Standard input can't be read. Give the token as an argument")?;
    } else if Path::new(&token).is_file() {
        token = String::from_utf8_lossy(&read(Some(Path::new(&token)))?).into_owned();
    }
    let token = token.trim();
    let ring = ring(args, environment)?;
    let now = time(args.now);
    let result = verify(args, token, &ring, now)?;
    let text = match (&result, args.json) {
        (Ok(holds), true) => serde_json::to_string_pretty(&json!({"valid": true, "holds": holds}))?,
        (Err(refusal), true) => {
            serde_json::to_string_pretty(&json!({"valid": false, "refusal": refusal}))?
        }
        (Ok(holds), false) => format!(
            "The token is good for {}.\n{}",
            args.purpose,
            serde_json::to_string_pretty(holds)?
        ),
        (Err(refusal), false) => refused(refusal),
    };
    print(&(text + "\n"))?;
    Ok(if result.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn ring(args: &Verify, environment: &Environment) -> anyhow::Result<KeyRing> {
    let mut keys: Vec<_> = secrets(&args.secrets, environment)?
        .into_iter()
        .map(Key::secret)
        .collect();
    keys.extend(public_keys(&args.secrets)?);
    if keys.is_empty() {
        bail!(
            "A token can't be verified without a key. Give the server's secret with --secret-file or JWT_SECRET, or the application's public key with --public-key; `recto token explain` needs none."
        );
    }
    KeyRing::new(keys)
        .map_err(|error| anyhow::anyhow!("{error} Give at most {} keys.", KeyRing::MAX))
}

type Judged = Result<Value, Refusal>;

fn verify(args: &Verify, token: &str, ring: &KeyRing, now: i64) -> anyhow::Result<Judged> {
    let keys = Keys::verifying(ring.clone());
    let service = |service: Service| {
        let body = json!({ "token": token }).to_string();
        let parts = RequestParts {
            body: body.as_bytes(),
            query: &[],
            header: None,
            prefix: "Bearer ",
        };
        verify_request(&keys, service, &parts, now).map(|parameters| json!(parameters))
    };
    Ok(match args.purpose {
        Purpose::Open => {
            let mut config: Value = match &args.config {
                Some(file) => serde_json::from_slice(&read(Some(file))?)
                    .context("The config is not JSON. Give it as the page has it, or use `recto token explain`, which reads code too")?,
                // Without a page there is nothing to compare with but what was signed.
                None => signed(token).unwrap_or_else(|| json!({})),
            };
            if !config.is_object() {
                bail!("The config is not a JSON object. Give it as the page has it.");
            }
            config["token"] = token.into();
            verify_opening(&keys, &config, now).map(|opening| json!(opening))
        }
        Purpose::Command => service(Service::Command),
        Purpose::Convert => service(Service::Converter),
        Purpose::Callback => {
            let header = format!("Bearer {token}");
            // As it comes in a header, or in a body: wrapped or flat.
            verify_callback_with(ring, &json!({ "token": token }), None, now)
                .or_else(|refusal| {
                    verify_callback_with(ring, &json!({}), Some(&header), now).map_err(|_| refusal)
                })
                .map(|callback| json!(callback))
        }
        Purpose::Download => {
            let Some(url) = &args.url else {
                bail!("A token for a download is for one address. Give it with --url.");
            };
            verify_download_with(ring, Some(&format!("Bearer {token}")), url, now)
                .map(|url| json!({ "url": *url }))
        }
        Purpose::Method => {
            let Some(method) = args.method else {
                bail!("A token for a method is for one method. Name it with --method.");
            };
            verify_method(&keys, token, method, now).map(|grant| {
                json!({
                    "method": grant.method.as_str(),
                    "c": grant.command,
                    "files": grant.files.iter().map(|file| json!({"fileType": file.file_type, "url": file.url})).collect::<Vec<_>>(),
                })
            })
        }
    })
}

/// What a token signs, not verified.
fn signed(token: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload)
        .ok()
        .filter(Value::is_object)
}

fn refused(refusal: &Refusal) -> String {
    let mut text = format!("refused: {}\n  {}\n", refusal.code, refusal.message);
    for (name, value) in [
        ("path", &refusal.path),
        ("expected", &refusal.expected),
        ("found", &refusal.found),
    ] {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {name:<9} {value}");
        }
    }
    text + &format!(
        "  do        {}\n  wire      {} {}\n  read      docs/refusals/{}",
        refusal.hint, refusal.wire.code, refusal.wire.description, refusal.docs
    )
}

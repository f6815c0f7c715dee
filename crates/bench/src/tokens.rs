//! How many tokens one core verifies a second, beside Node's libraries in the same run.

use std::hint::black_box;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use hmac::{Hmac, KeyInit, Mac};
use recto_token::{
    Keys, RequestParts, Secret, Service, sign_config, verify_opening, verify_request,
};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::report::Report;

const SECRET: &str = "k3Jx9-Qm2vT7_wZ4.pL8sR5tY1uN6bC0";
const NOW: i64 = 1_795_514_400;
/// Characters of the token.
const LENGTH: usize = 840;
/// Time of one measurement.
const ROUND: Duration = Duration::from_secs(1);
/// Measurements of each; the best one counts, since the machine does other things too.
const ROUNDS: usize = 3;

/// Adds a line for each.
///
/// Like is compared with like in the line of the command: fast-jwt too checks
/// form, signature and times, and gives the claims. What Recto adds there is the
/// search for the token in the request, for duplicate names and for another
/// purpose. In the line of the opening it adds all rules for a config too, and
/// fast-jwt does not, so that aim is the harder one.
pub fn measure(report: &mut Report) -> anyhow::Result<()> {
    eprintln!("verifying tokens …");
    let config = config();
    let token = sign_config(&Secret::from(SECRET), &config, NOW, 315_360_000);
    let keys = Keys::from_secret(Secret::from(SECRET));
    let mut sent = config.clone();
    sent["token"] = token.clone().into();
    let request = json!({ "token": command() }).to_string();
    let parts = RequestParts {
        body: request.as_bytes(),
        query: &[],
        header: None,
        prefix: "Bearer ",
    };
    let (input, signature) = token.rsplit_once('.').context("a token has dots")?;
    let signature =
        base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature)?;
    let mut own = [0.0_f64; 3];
    let mut node = Value::Null;
    for _ in 0..ROUNDS {
        let rates = [
            rate(|| verify_opening(&keys, black_box(&sent), NOW).is_ok()),
            rate(|| verify_request(&keys, Service::Command, black_box(&parts), NOW).is_ok()),
            rate(|| {
                Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).is_ok_and(|mac| {
                    mac.chain_update(black_box(input))
                        .verify_slice(&signature)
                        .is_ok()
                })
            }),
        ];
        for (best, rate) in own.iter_mut().zip(rates) {
            *best = best.max(rate?);
        }
        merge(&mut node, &in_node(&token)?);
    }
    let theirs = |name: &str| node.get(name).and_then(Value::as_f64);
    let fast = theirs("fast-jwt");
    report.rate(
        "token of an opening, all rules",
        own[0],
        "fast-jwt",
        fast,
        Some(5.0),
    );
    report.rate(
        "token of a command: signature, times, purpose",
        own[1],
        "fast-jwt",
        fast,
        Some(5.0),
    );
    report.rate(
        "the same opening",
        own[0],
        "jsonwebtoken",
        theirs("jsonwebtoken"),
        None,
    );
    report.rate(
        "bare HMAC of it",
        own[2],
        "OpenSSL's HMAC in Node",
        theirs("OpenSSL's HMAC"),
        None,
    );
    Ok(())
}

/// A config whose token has the length.
fn config() -> Value {
    let mut title = String::new();
    loop {
        let config = json!({
            "documentType": "word",
            "document": {
                "fileType": "docx", "key": "shop.17.3", "title": format!("{title}.docx"),
                "url": "https://app.example/files/17/content",
                "permissions": { "edit": true, "comment": true, "download": true, "print": true },
            },
            "editorConfig": {
                "callbackUrl": "https://app.example/files/17/callback", "mode": "edit", "lang": "fr",
                "user": { "id": "u1", "name": "Ada Okafor" },
            },
        });
        if sign_config(&Secret::from(SECRET), &config, NOW, 300).len() >= LENGTH {
            return config;
        }
        title.push('x');
    }
}

/// A command whose token has the length.
fn command() -> String {
    let mut userdata = String::new();
    loop {
        let command = json!({ "c": "info", "key": "shop.17.3", "userdata": userdata });
        let token = sign_config(&Secret::from(SECRET), &command, NOW, 300);
        if token.len() >= LENGTH {
            return token;
        }
        userdata.push('x');
    }
}

/// Verifications a second.
fn rate(verify: impl Fn() -> bool) -> anyhow::Result<f64> {
    if !verify() {
        bail!("The token that is measured was refused.");
    }
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < ROUND {
        for _ in 0..50 {
            black_box(verify());
        }
        count += 50;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

/// The same token by Node's libraries.
fn in_node(token: &str) -> anyhow::Result<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/node/verify.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("Node can't be started")?;
    let order = json!({ "token": token, "secret": SECRET, "seconds": ROUND.as_secs_f64() });
    node.stdin
        .take()
        .context("Node has no standard input")?
        .write_all(order.to_string().as_bytes())?;
    let output = node.wait_with_output()?;
    if !output.status.success() {
        bail!("Node's libraries can't be measured. Run this by `make bench`, which installs them.");
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Keeps the better rates.
fn merge(best: &mut Value, rates: &Value) {
    for (name, rate) in rates.as_object().into_iter().flatten() {
        let kept = best.get(name).and_then(Value::as_f64).unwrap_or_default();
        if rate.as_f64().is_some_and(|rate| rate > kept) {
            best[name] = rate.clone();
        }
    }
}

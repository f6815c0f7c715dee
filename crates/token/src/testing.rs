//! What the tests of this crate share.

pub(crate) mod asymmetric;

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

use crate::{KeyRing, Keys, Opening, Refusal, Secret, Verified, verify_opening};

pub(crate) const SECRET: &str = "k3Jx9-Qm2vT7_wZ4.pL8sR5tY1uN6bC0";

/// 2026-11-24T10:00:00Z.
pub(crate) const NOW: i64 = 1_795_514_400;

pub(crate) fn keys() -> Keys {
    Keys::from_secret(Secret::from(SECRET))
}

/// The bytes of a ring's first secret.
pub(crate) fn bytes(ring: &KeyRing) -> Vec<u8> {
    ring.secrets().next().unwrap().bytes().to_vec()
}

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn hmac<M: Mac + KeyInit>(key: &[u8], input: &str) -> String {
    let mac = M::new_from_slice(key).unwrap();
    b64(mac.chain_update(input).finalize().into_bytes())
}

/// A token with any header and payload, signed with HMAC under any key. The
/// hash is that of `alg`, or SHA-256.
pub(crate) fn token(key: impl AsRef<[u8]>, header: &Value, payload: impl AsRef<[u8]>) -> String {
    let input = format!("{}.{}", b64(header.to_string()), b64(payload));
    let signature = match header["alg"].as_str() {
        Some("HS384") => hmac::<Hmac<Sha384>>(key.as_ref(), &input),
        Some("HS512") => hmac::<Hmac<Sha512>>(key.as_ref(), &input),
        _ => hmac::<Hmac<Sha256>>(key.as_ref(), &input),
    };
    format!("{input}.{signature}")
}

pub(crate) fn hs256(key: impl AsRef<[u8]>, payload: &Value) -> String {
    token(
        key,
        &json!({"alg": "HS256", "typ": "JWT"}),
        payload.to_string(),
    )
}

/// A config as a good integrator makes it, without its token.
pub(crate) fn config() -> Value {
    json!({
        "document": {
            "fileType": "docx",
            "key": "report_7",
            "title": "Report.docx",
            "url": "https://files.example/report.docx?pass=hidden",
            "permissions": {"edit": true, "download": false}
        },
        "documentType": "word",
        "editorConfig": {
            "callbackUrl": "https://files.example/callback",
            "lang": "de",
            "mode": "edit",
            "user": {"id": "u1", "name": "Ada Lovelace", "group": "Engines"}
        }
    })
}

/// Sets (or with `null` removes) the member at a dotted path.
pub(crate) fn set(value: &mut Value, path: &str, new: Value) {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    let parent = parent
        .split('.')
        .filter(|n| !n.is_empty())
        .fold(value, |v, n| &mut v[n]);
    let members = parent.as_object_mut().unwrap();
    if new.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), new);
    }
}

/// The good config with a change.
pub(crate) fn with(path: &str, new: Value) -> Value {
    let mut config = config();
    set(&mut config, path, new);
    config
}

/// What the browser sends: a config, with a token that signs `payload`.
pub(crate) fn sent(mut config: Value, payload: &Value) -> Value {
    config["token"] = hs256(SECRET, payload).into();
    config
}

/// What the browser sends when everything is right.
pub(crate) fn good() -> Value {
    sent(config(), &config())
}

/// The opening that `config` and a token that signs `payload` are granted.
pub(crate) fn opened(config: Value, payload: &Value) -> Opening {
    open(&sent(config, payload)).unwrap().into_inner()
}

pub(crate) fn open(sent: &Value) -> Result<Verified<Opening>, Refusal> {
    verify_opening(&keys(), sent, NOW)
}

/// The refusal for the good config with this token.
pub(crate) fn refused_token(token: impl Into<Value>) -> Refusal {
    let mut config = config();
    config["token"] = token.into();
    open(&config).expect_err("this token must be refused")
}

/// The refusal for the good config with a token that signs `payload`.
pub(crate) fn refused_payload(payload: &Value) -> Refusal {
    open(&sent(config(), payload)).expect_err("this payload must be refused")
}

/// All that a person or program sees of a refusal.
pub(crate) fn shown(refusal: &Refusal) -> String {
    let json = serde_json::to_string(refusal).unwrap();
    format!("{refusal:?} {refusal} {json}")
}

/// A refusal as text, one line each.
pub(crate) fn lines(refusal: &Refusal) -> String {
    let mut text = format!(
        "{} {:?}\n{}\n{}",
        refusal.code, refusal.wire.description, refusal.message, refusal.hint
    );
    for (name, value) in [
        ("path", &refusal.path),
        ("expected", &refusal.expected),
        ("found", &refusal.found),
    ] {
        if let Some(value) = value {
            write!(text, "\n{name}: {value}").unwrap();
        }
    }
    text
}

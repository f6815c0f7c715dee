//! Verifying, on the integrator's side, what a document server sent.

use recto_docs_api::Callback;
use serde_json::{Map, Value};
use url::Url;

use crate::{
    KeyRing, Refusal, Secret, Verified,
    json::{cut, type_name},
    jws::{self, Expect, wrong_purpose},
    refusal::reason,
    shape::Shape,
};

/// The token of an `Authorization` header: what follows `Bearer `.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn header_claims(
    ring: &KeyRing,
    header: Option<&str>,
    now: i64,
) -> Result<Map<String, Value>, Refusal> {
    let token = header.and_then(bearer).ok_or_else(|| {
        Refusal::token(
            &reason::MISSING,
            "jwt must be provided",
            "The request carries no token.",
            "Switch tokens on in the document server, and check that no proxy removes the Authorization header.",
        )
    })?;
    let mut claims = jws::open(ring, token, Expect::OUTBOX, now)?;
    // Document servers wrap what they sign for a header.
    match claims.remove("payload") {
        Some(Value::Object(payload)) => Ok(payload),
        Some(other) => Err(Refusal::token(
            &reason::TYPE,
            "invalid token",
            format!(
                "The token's \"payload\" is {} and not an object.",
                type_name(&other)
            ),
            "Use a document server that speaks the Docs API.",
        )
        .at("payload")),
        None => Ok(claims),
    }
}

/// Verifies a callback: the body's token when there is one, else the header's
/// (`Bearer …`). A bad token in the body is not made good by the header's, and
/// members outside the token are not looked at.
pub fn verify_callback(
    secret: &Secret,
    body: &Value,
    header: Option<&str>,
    now: i64,
) -> Result<Verified<Callback>, Refusal> {
    verify_callback_with(&KeyRing::from(secret.clone()), body, header, now)
}

/// [`verify_callback`] with a ring, for a time in which an old and a new secret
/// are both in use.
pub fn verify_callback_with(
    ring: &KeyRing,
    body: &Value,
    header: Option<&str>,
    now: i64,
) -> Result<Verified<Callback>, Refusal> {
    let claims = match body.get("token") {
        None | Some(Value::Null) => header_claims(ring, header, now)?,
        Some(Value::String(token)) if token.is_empty() => header_claims(ring, header, now)?,
        Some(Value::String(token)) => jws::open(ring, token, Expect::OUTBOX, now)?,
        Some(other) => {
            return Err(Refusal::token(
                &reason::NOT_A_STRING,
                "jwt must be a string",
                format!(
                    "The callback's \"token\" is {} and not a string.",
                    type_name(other)
                ),
                "Use a document server that speaks the Docs API.",
            )
            .at("token"));
        }
    };
    for name in ["key", "status"] {
        if !claims.contains_key(name) {
            return Err(wrong_purpose(
                format!("The token signs no callback: \"{name}\" is missing in it."),
                "Accept only callbacks that the document server signed.",
            )
            .at(name));
        }
    }
    let shape = Shape::of(&claims);
    if !matches!(shape, Shape::Callback | Shape::Other) {
        return Err(shape.refused(
            "a callback",
            "Accept only callbacks that the document server signed.",
        ));
    }
    serde_json::from_value(Value::Object(claims))
        .map(Verified::new)
        .map_err(|error| {
            Refusal::token(
                &reason::TYPE,
                "invalid token",
                format!(
                    "The signed callback cannot be read: {}.",
                    cut(&error.to_string())
                ),
                "Check that the document server's version is supported.",
            )
        })
}

/// Verifies that a document server asks for a file, and gives the URL that it
/// signed. `url_requested` is the URL at which the request arrived.
pub fn verify_download(
    secret: &Secret,
    header: Option<&str>,
    url_requested: &str,
    now: i64,
) -> Result<Verified<String>, Refusal> {
    verify_download_with(&KeyRing::from(secret.clone()), header, url_requested, now)
}

/// [`verify_download`] with a ring, for a time in which an old and a new secret
/// are both in use.
pub fn verify_download_with(
    ring: &KeyRing,
    header: Option<&str>,
    url_requested: &str,
    now: i64,
) -> Result<Verified<String>, Refusal> {
    let claims = header_claims(ring, header, now)?;
    // Tokens of callbacks, conversions and methods have a URL too. Browsers know
    // those of methods, and must not get by them what only the server may get.
    let signed = match claims.get("url") {
        Some(Value::String(url)) if Shape::of(&claims) == Shape::Address => url,
        _ => {
            return Err(wrong_purpose(
                "The token of the request signs no download.",
                "Give the file only to requests that the document server signed for it.",
            )
            .at("payload.url"));
        }
    };
    if !same_url(signed, url_requested) {
        return Err(wrong_purpose(
            "The token of the request was signed for another URL.",
            "Compare with the URL as the document server sees it: a proxy may have changed scheme, host or path.",
        )
        .at("payload.url")
        .expected(without_query(url_requested))
        .found(without_query(signed)));
    }
    Ok(Verified::new(signed.clone()))
}

/// Whether two URLs are the same once they are written in one way; what goes
/// over the wire may be encoded otherwise than what was signed.
fn same_url(one: &str, other: &str) -> bool {
    one == other
        || matches!((Url::parse(one), Url::parse(other)), (Ok(one), Ok(other)) if one == other)
}

/// A URL without what may be a credential in it.
fn without_query(url: &str) -> String {
    match Url::parse(url) {
        Ok(url) => format!("{}{}", url.origin().ascii_serialization(), url.path()),
        Err(_) => "no absolute URL".to_owned(),
    }
}

#[cfg(test)]
mod tests;

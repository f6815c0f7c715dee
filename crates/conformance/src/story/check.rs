//! What the story sees, beside what it should be.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value;

use crate::forge::{Algorithm, Secret, token};
use crate::integrator::Asked;

/// An answer without links and sentences.
pub(super) fn short(answer: &Value) -> String {
    let mut answer = answer.clone();
    if let Some(members) = answer.as_object_mut() {
        for name in ["message", "hint", "token", "url", "changesurl"] {
            if let Some(value) = members.get_mut(name) {
                *value = "…".into();
            }
        }
    }
    answer.to_string()
}

pub(super) fn judge(
    body: &Value,
    values: &Value,
    members: &[&str],
    optional: &[&str],
) -> Result<(), String> {
    let wanted = values.as_object().into_iter().flatten();
    let same = wanted.clone().all(|(name, value)| body[name] == *value);
    let there = members.iter().all(|name| !body[*name].is_null());
    let known = |name: &String| {
        values.get(name).is_some()
            || members.contains(&name.as_str())
            || optional.contains(&name.as_str())
    };
    let no_more = body.as_object().is_some_and(|body| body.keys().all(known));
    if same && there && no_more {
        Ok(())
    } else {
        Err(short(body))
    }
}

/// The claims of a token that the secret signs with HS256 and that lives for 300 s.
pub(super) fn claims(secret: &Secret, text: &str) -> Result<Value, String> {
    let mut parts = text.split('.');
    let (header, payload) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let decoded = |part: &str| {
        BASE64
            .decode(part)
            .map_err(|_| "a token that is no base64url".to_owned())
    };
    let (header, payload) = (decoded(header)?, decoded(payload)?);
    let header = String::from_utf8_lossy(&header).into_owned();
    if token(&header, &payload, Algorithm::Hs256, secret.bytes()) != text {
        return Err("a token with another signature".to_owned());
    }
    let claims: Value =
        serde_json::from_slice(&payload).map_err(|_| "claims that are no JSON".to_owned())?;
    let life =
        claims["exp"].as_i64().unwrap_or_default() - claims["iat"].as_i64().unwrap_or_default();
    if life == 300 {
        Ok(claims)
    } else {
        Err(format!("a token for {life} s"))
    }
}

pub(super) fn in_header(secret: &Secret, asked: &Asked, payload: &Value) -> Result<(), String> {
    let header = asked.header.as_deref().ok_or("no header with a token")?;
    let text = header
        .strip_prefix("Bearer ")
        .ok_or("a header without Bearer")?;
    let claims = claims(secret, text)?;
    if claims["payload"] == *payload {
        Ok(())
    } else {
        Err("a header's token that says something else".to_owned())
    }
}

pub(super) fn tokens(secret: &Secret, called: &Asked) -> Result<(), String> {
    let mut fields = called.body.clone();
    let body = fields.as_object_mut().and_then(|body| body.remove("token"));
    in_header(secret, called, &fields)?;
    let body = body.ok_or("no token in the body")?;
    let mut claims = claims(secret, body.as_str().unwrap_or_default())?;
    if let Some(claims) = claims.as_object_mut() {
        claims.remove("iat");
        claims.remove("exp");
    }
    if claims == fields {
        Ok(())
    } else {
        Err("a body's token that says something else".to_owned())
    }
}

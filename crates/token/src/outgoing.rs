//! Tokens that are signed here for others to verify.

use serde_json::{Map, Value};

use crate::{
    Key, Keys, Secret,
    jws::{sign, sign_with},
};

/// Life of a token for an outgoing request, in seconds.
const OUTGOING_LIFE: i64 = 300;

fn timed(mut claims: Map<String, Value>, now: i64, life: i64) -> Map<String, Value> {
    claims.insert("iat".to_owned(), now.into());
    claims.insert("exp".to_owned(), now.saturating_add(life).into());
    claims
}

/// The members of an object; any other value becomes the member `payload`.
fn members(value: &Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members.clone(),
        other => Map::from_iter([("payload".to_owned(), other.clone())]),
    }
}

/// The token for the header of an outgoing request: `{"payload": …, "iat", "exp"}`,
/// valid for 5 minutes.
pub fn sign_header(keys: &Keys, payload: &Value, now: i64) -> String {
    let claims = Map::from_iter([("payload".to_owned(), payload.clone())]);
    sign_with(
        keys.outbox(),
        "JWT",
        &timed(claims, now, OUTGOING_LIFE),
        now,
    )
}

/// The member `token` for the body of an outgoing request: all `fields`, flat,
/// with `iat` and `exp`; valid for 5 minutes.
pub fn sign_body(keys: &Keys, fields: &Value, now: i64) -> String {
    let mut claims = members(fields);
    claims.remove("token");
    sign_with(
        keys.outbox(),
        "JWT",
        &timed(claims, now, OUTGOING_LIFE),
        now,
    )
}

/// Signs a config on the integrator's side; the result goes into
/// `config.token`. It is valid for `ttl` seconds from `now`.
pub fn sign_config(secret: &Secret, config: &Value, now: i64, ttl: i64) -> String {
    let mut claims = members(config);
    claims.remove("token");
    sign(
        &Key::secret(secret.clone()),
        "JWT",
        &timed(claims, now, ttl),
    )
}

#[cfg(test)]
mod tests;

//! Tokens that are signed here for others to verify.

use serde_json::{Map, Value};

use crate::{
    Key, KeyError, KeyRing, Keys, Secret,
    jws::{sign, sign_with},
};

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
/// valid for 5 minutes unless the keys say otherwise.
pub fn sign_header(keys: &Keys, payload: &Value, now: i64) -> String {
    let claims = Map::from_iter([("payload".to_owned(), payload.clone())]);
    sign_with(
        keys.outbox(),
        "JWT",
        &timed(claims, now, keys.outgoing_life()),
        now,
    )
}

/// The member `token` for the body of an outgoing request: all `fields`, flat,
/// with `iat` and `exp`; valid for 5 minutes unless the keys say otherwise.
pub fn sign_body(keys: &Keys, fields: &Value, now: i64) -> String {
    let claims = flat(fields, now, keys.outgoing_life());
    sign_with(keys.outbox(), "JWT", &claims, now)
}

/// Where the token of a request goes, which decides how its fields stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The member `token` of the body: the fields at the top level of the payload.
    Body,
    /// A header, after `Bearer` and a blank: the fields inside `payload`.
    Header,
}

/// The claims of what an integrator signs flat: a config, a method's argument,
/// the body of a request. A token that is in it already is not signed again.
fn flat(value: &Value, now: i64, ttl: i64) -> Map<String, Value> {
    let mut claims = members(value);
    claims.remove("token");
    timed(claims, now, ttl)
}

fn request(fields: &Value, layout: Layout, now: i64, ttl: i64) -> Map<String, Value> {
    match layout {
        Layout::Body => flat(fields, now, ttl),
        Layout::Header => {
            let mut fields = fields.clone();
            if let Some(members) = fields.as_object_mut() {
                members.remove("token");
            }
            timed(Map::from_iter([("payload".to_owned(), fields)]), now, ttl)
        }
    }
}

fn by_secret(secret: &Secret, claims: &Map<String, Value>) -> String {
    sign(&Key::secret(secret.clone()), "JWT", claims)
}

fn by_ring(ring: &KeyRing, claims: &Map<String, Value>, now: i64) -> Result<String, KeyError> {
    ring.signer(now)
        .map(|key| sign(key, "JWT", claims))
        .ok_or(KeyError::NoSecret)
}

/// Signs a config on the integrator's side; the result goes into
/// `config.token`. It is valid for `ttl` seconds from `now`.
pub fn sign_config(secret: &Secret, config: &Value, now: i64, ttl: i64) -> String {
    by_secret(secret, &flat(config, now, ttl))
}

/// [`sign_config`] with the key of a ring that signs now, which is named as
/// `kid` if it has an id.
pub fn sign_config_with(
    ring: &KeyRing,
    config: &Value,
    now: i64,
    ttl: i64,
) -> Result<String, KeyError> {
    by_ring(ring, &flat(config, now, ttl), now)
}

/// Signs the argument of a method of the editor, such as `insertImage`, on the
/// integrator's side; the result goes into its member `token`. It is valid for
/// `ttl` seconds from `now`.
pub fn sign_method(secret: &Secret, argument: &Value, now: i64, ttl: i64) -> String {
    by_secret(secret, &flat(argument, now, ttl))
}

/// [`sign_method`] with the key of a ring that signs now.
pub fn sign_method_with(
    ring: &KeyRing,
    argument: &Value,
    now: i64,
    ttl: i64,
) -> Result<String, KeyError> {
    by_ring(ring, &flat(argument, now, ttl), now)
}

/// Signs a request to the command, conversion or builder service on the
/// integrator's side. It is valid for `ttl` seconds from `now`.
///
/// ```
/// use recto_token::{Layout, Secret, sign_request};
/// use serde_json::json;
///
/// let secret = Secret::from("the secret that both sides share");
/// let fields = json!({"c": "forcesave", "key": "report_7"});
/// let now = 1_795_514_400;
/// let mut body = fields.clone();
/// body["token"] = sign_request(&secret, &fields, Layout::Body, now, 300).into();
/// let header = format!("Bearer {}", sign_request(&secret, &fields, Layout::Header, now, 300));
/// # assert!(header.len() > body["token"].as_str().unwrap().len());
/// ```
pub fn sign_request(secret: &Secret, fields: &Value, layout: Layout, now: i64, ttl: i64) -> String {
    by_secret(secret, &request(fields, layout, now, ttl))
}

/// [`sign_request`] with the key of a ring that signs now.
pub fn sign_request_with(
    ring: &KeyRing,
    fields: &Value,
    layout: Layout,
    now: i64,
    ttl: i64,
) -> Result<String, KeyError> {
    by_ring(ring, &request(fields, layout, now, ttl), now)
}

#[cfg(test)]
mod tests;

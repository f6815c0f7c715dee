//! Tokens that only this server reads: session tokens and the sealed journal.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use recto_docs_api::DocumentKey;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Keys, Opening, Refusal, Verified,
    jws::{self, Expect, sign_with, wrong_purpose},
    refusal::reason,
};

/// Life of a session token in seconds: 12 hours.
const SESSION_LIFE: i64 = 12 * 3600;

const SESSION: &str = "recto-session+jwt";
const JOURNAL: &str = "recto-journal+jwt";

/// What a session token grants: to come back as the participant that one was,
/// with the rights that one had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionGrant {
    /// This server's id of the participant.
    pub participant: String,
    /// What the participant opened, with the access that was granted.
    pub opening: Opening,
    /// Which token the participant's view counts for, by its SHA-256; `None` while tokens are off.
    pub counts_for: Option<[u8; 32]>,
}

impl Verified<SessionGrant> {
    /// What the participant opened, as verified as the grant.
    pub fn opening(&self) -> Verified<Opening> {
        Verified::new(self.get().opening.clone())
    }
}

fn claims(opening: &Verified<Opening>) -> Map<String, Value> {
    let opening = serde_json::to_value(opening.get()).unwrap_or_default();
    Map::from_iter([("opening".to_owned(), opening)])
}

fn read_opening(claims: &mut Map<String, Value>) -> Result<Opening, Refusal> {
    let opening = claims.remove("opening").unwrap_or_default();
    serde_json::from_value(opening).map_err(|_| {
        Refusal::token(
            &reason::MALFORMED,
            "invalid token",
            "The token is of this server, but of another version of it.",
            "Reload the page, so that the document is opened again.",
        )
    })
}

/// Makes the token with which a participant comes back after a lost connection.
///
/// It is bound to the document key (`aud`) and the participant (`sub`), holds
/// the granted access, and is valid for 12 hours. Views that are opened with it count for the same token
/// as the participant's own.
pub fn issue_session(
    keys: &Keys,
    opening: &Verified<Opening>,
    participant: &str,
    counts_for: Option<[u8; 32]>,
    now: i64,
) -> String {
    let mut claims = claims(opening);
    claims.insert("aud".to_owned(), opening.key.as_str().into());
    claims.insert("sub".to_owned(), participant.into());
    if let Some(token) = counts_for {
        claims.insert("tok".to_owned(), URL_SAFE_NO_PAD.encode(token).into());
    }
    claims.insert("iat".to_owned(), now.into());
    claims.insert("exp".to_owned(), now.saturating_add(SESSION_LIFE).into());
    sign_with(keys.session(), SESSION, &claims, now)
}

/// Verifies a session token that came on the connection of document `key`.
pub fn verify_session(
    keys: &Keys,
    token: &str,
    key: &DocumentKey,
    now: i64,
) -> Result<Verified<SessionGrant>, Refusal> {
    let mut claims = jws::open(keys.session(), token, Expect::own(SESSION), now)?;
    let audience = claims
        .get("aud")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let participant = claims
        .get("sub")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let counts_for = claims
        .get("tok")
        .and_then(Value::as_str)
        .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok());
    let opening = read_opening(&mut claims)?;
    if audience != key.as_str() || opening.key != *key || participant.is_empty() {
        return Err(wrong_purpose(
            "The session token is for another document.",
            "Reload the page, so that the document is opened again.",
        )
        .at("aud")
        .expected(key.as_str())
        .found(audience));
    }
    Ok(Verified::new(SessionGrant {
        participant,
        opening,
        counts_for,
    }))
}

/// Seals an opening for the journal on disk; it does not expire.
pub fn seal(keys: &Keys, opening: &Verified<Opening>) -> String {
    sign_with(keys.journal(), JOURNAL, &claims(opening), 0)
}

/// Reads a sealed opening back.
pub fn unseal(keys: &Keys, sealed: &str) -> Result<Verified<Opening>, Refusal> {
    // Sealed openings carry no time, so any clock will do.
    let mut claims = jws::open(keys.journal(), sealed, Expect::own(JOURNAL), 0)?;
    read_opening(&mut claims).map(Verified::new)
}

#[cfg(test)]
mod tests;

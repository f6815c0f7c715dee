//! Signed links that expire.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::{Key, Keys, PublicUrl, Refusal, Secret, jws::mac, key::KeyState, refusal};

/// A link to a path of this server, signed until `expires` (Unix seconds).
pub fn link(keys: &Keys, public: &PublicUrl, path: &str, expires: i64) -> String {
    public.at(&format!("{path}?{}", sign_link(keys, path, expires)))
}

/// Signs a path of this server, and returns the query that goes with it:
/// `expires=<Unix seconds>&sig=<signature>`.
pub(crate) fn sign_link(keys: &Keys, path: &str, expires: i64) -> String {
    // The time at which a link is signed is not known here, and does not matter
    // for a key that only this server has.
    let signature = keys
        .links()
        .secrets()
        .next()
        .map_or_else(String::new, |secret| signature(secret, path, expires));
    format!("expires={expires}&sig={signature}")
}

/// Checks the query of a signed link.
///
/// `path` is the path of the request as it was signed. The code is
/// `token.signature` for a link that was not signed here (answer 403) and
/// `token.expired` for one whose time is over (answer 410).
pub fn verify_link(
    keys: &Keys,
    path: &str,
    expires: &str,
    sig: &str,
    now: i64,
) -> Result<(), Refusal> {
    let time: i64 = expires.parse().map_err(|_| refusal::link_signature())?;
    // "+5" and "05" parse too, but were never written by us.
    let canonical = time.to_string() == expires;
    let usable = |key: &&Key| !matches!(key.state(now), KeyState::Retired(_)) && !key.is_void();
    let same = keys
        .links()
        .keys()
        .iter()
        .filter(usable)
        .filter_map(Key::as_secret)
        .any(|secret| {
            signature(secret, path, time)
                .as_bytes()
                .ct_eq(sig.as_bytes())
                .into()
        });
    if !canonical || !same {
        return Err(refusal::link_signature());
    }
    if now >= time {
        return Err(refusal::link_expired(time, now));
    }
    Ok(())
}

fn signature(secret: &Secret, path: &str, expires: i64) -> String {
    let text = format!("recto-link\n{expires}\n{path}");
    URL_SAFE_NO_PAD.encode(mac(secret, text.as_bytes()))
}

#[cfg(test)]
mod tests;

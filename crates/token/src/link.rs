//! Signed links that expire.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use crate::{Keys, Refusal, jws::mac, refusal};

/// Signs a path of this server, and returns the query that goes with it:
/// `expires=<Unix seconds>&sig=<signature>`.
pub fn sign_link(keys: &Keys, path: &str, expires: i64) -> String {
    format!("expires={expires}&sig={}", signature(keys, path, expires))
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
    let same: bool = signature(keys, path, time)
        .as_bytes()
        .ct_eq(sig.as_bytes())
        .into();
    if !canonical || !same {
        return Err(refusal::link_signature());
    }
    if now >= time {
        return Err(refusal::link_expired(time, now));
    }
    Ok(())
}

fn signature(keys: &Keys, path: &str, expires: i64) -> String {
    let text = format!("recto-link\n{expires}\n{path}");
    URL_SAFE_NO_PAD.encode(mac(&keys.links, text.as_bytes()))
}

#[cfg(test)]
mod tests;

//! Refusing an algorithm that no key is for.

use serde_json::Value;

use crate::{KeyRing, Refusal, json::shown, key::Algorithm, refusal::reason};

/// The algorithms that a ring takes, in words, and whether all are HMAC.
fn accepted(ring: &KeyRing) -> (String, bool) {
    let symmetric = ring.keys().iter().all(|key| key.algorithm().is_symmetric());
    let mut names: Vec<_> = ring
        .keys()
        .iter()
        .map(|key| key.algorithm().as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    (names.join(" or "), symmetric)
}

fn sign_with_this(ring: &KeyRing) -> String {
    match accepted(ring) {
        (names, true) if ring.keys().iter().any(|key| key.accepts(Algorithm::Hs512)) => format!(
            "Sign the token with {names} (HS384 and HS512 will do too) and the shared secret."
        ),
        (names, true) => format!("Sign the token with {names} and the shared secret."),
        (names, false) => format!("Sign the token with {names} and a key that this server knows."),
    }
}

/// The refusal of an algorithm that no key of the ring is for. The algorithm
/// belongs to the key, and not to the token.
pub(super) fn other_algorithm(ring: &KeyRing, given: &str) -> Refusal {
    let given = shown(&Value::from(given));
    let (names, symmetric) = accepted(ring);
    let message = if symmetric
        && Algorithm::named(given.trim_matches('"')).is_none_or(|a| !a.is_symmetric())
    {
        format!("The token's algorithm is {given}, which a shared secret cannot verify.")
    } else {
        format!("The token's algorithm is {given}, and the key that verifies it is for {names}.")
    };
    unsupported(ring, message, &given)
}

pub(super) fn unnamed_algorithm(ring: &KeyRing) -> Refusal {
    unsupported(
        ring,
        "The header of the token names no algorithm.".to_owned(),
        "nothing",
    )
}

fn unsupported(ring: &KeyRing, message: String, found: &str) -> Refusal {
    Refusal::token(
        &reason::ALG_UNSUPPORTED,
        "invalid algorithm",
        message,
        sign_with_this(ring),
    )
    .at("alg")
    .expected(accepted(ring).0)
    .found(found)
}

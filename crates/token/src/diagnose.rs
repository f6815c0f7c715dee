//! What may have gone wrong when a signature does not fit.

use base64::{
    Engine as _,
    engine::{
        DecodePaddingMode, GeneralPurpose,
        general_purpose::{GeneralPurposeConfig, NO_PAD, STANDARD as PADDED},
    },
};

use crate::{
    Key, Refusal, Secret, explain::catalogue::Entry, key::Algorithm, refusal::reason, secret::KNOWN,
};

/// Longest input that is tried with other keys. An opening is far shorter, and a
/// long token from outside must not cost much.
const MAX_INPUT: usize = 16 * 1024;

const LENIENT: GeneralPurposeConfig =
    NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);

/// Most keys that are tried in other forms.
const MAX_KEYS: usize = 3;

/// The refusal for a signature that none of the keys made which were tried.
pub(crate) fn signature(
    tried: &[&Key],
    algorithm: Algorithm,
    input: &[u8],
    signature: &[u8],
) -> Refusal {
    if !algorithm.is_symmetric() {
        return public(tried, algorithm, signature);
    }
    let fits = |key: &[u8]| input.len() <= MAX_INPUT && algorithm.hmac_fits(key, input, signature);
    let refuse = |reason, message: String, hint: &str| {
        Refusal::token(reason, "invalid signature", message, hint)
    };
    let secrets = || {
        tried
            .iter()
            .filter_map(|key| key.as_secret())
            .take(MAX_KEYS)
    };

    if fits(b"") {
        return refuse(
            &reason::EMPTY_KEY,
            "The token was signed with an empty secret.".to_owned(),
            "Check that the back end really reads its secret: an unset variable or setting often becomes an empty text.",
        );
    }
    if KNOWN.iter().any(|known| fits(known.as_bytes())) {
        return refuse(
            &reason::KNOWN_KEY,
            "The token was signed with a secret that manuals and examples print.".to_owned(),
            "Set this server's secret in the back end in place of the default one.",
        );
    }
    if let Some(what) = secrets()
        .flat_map(whitespace)
        .find_map(|(key, what)| fits(&key).then_some(what))
    {
        return refuse(
            &reason::SECRET_WHITESPACE,
            format!("The token was signed with this server's secret {what}."),
            "Make the secret the same byte for byte on both sides; a file that is read whole often ends with a line break.",
        );
    }
    if let Some((entry, what)) = secrets()
        .flat_map(other_forms)
        .find_map(|(key, entry, what)| fits(&key).then_some((entry, what)))
    {
        return refuse(
            entry,
            format!("The token was signed with {what}."),
            entry.hint,
        );
    }
    let fingerprints = fingerprints(tried);
    let message = match tried {
        [_] => format!(
            "The token was signed with another secret than the inbox secret, whose fingerprint is {fingerprints}, or was changed afterwards."
        ),
        _ => format!(
            "The token was signed with another secret than the inbox secrets, whose fingerprints are {fingerprints}, or was changed afterwards."
        ),
    };
    refuse(
        &reason::SIGNATURE,
        message,
        "Set the same secret in the back end and here, and check that nothing changed the token on its way.",
    )
        .expected(format!("a signature by the secret {fingerprints}"))
}

fn fingerprints(keys: &[&Key]) -> String {
    let all: Vec<_> = keys.iter().map(|key| key.fingerprint()).collect();
    all.join(" or ")
}

/// The refusal for a signature that no public key verifies.
fn public(tried: &[&Key], algorithm: Algorithm, signature: &[u8]) -> Refusal {
    let fingerprints = fingerprints(tried);
    // Most libraries for cryptography write ECDSA signatures in ASN.1, and the
    // shortest of those is longer than the two numbers are.
    let asn1 =
        algorithm == Algorithm::Es256 && signature.first() == Some(&0x30) && signature.len() != 64;
    let hint = if asn1 {
        "Write the ES256 signature as two numbers of 32 bytes each (RFC 7518, 3.4), not in ASN.1, best with a JWT library."
    } else {
        "Sign with the private key that belongs to it, or give this server the public key that the back end's private key has."
    };
    Refusal::token(
        &reason::SIGNATURE,
        "invalid signature",
        format!("No public key of this server fits the {algorithm} signature of the token; tried: {fingerprints}."),
        hint,
    )
    .expected(format!("a signature by the key {fingerprints}"))
}

/// Forms of the secret that differ by white space, which is easily lost.
fn whitespace(secret: &Secret) -> Vec<(Vec<u8>, &'static str)> {
    let bytes = secret.bytes();
    let trimmed = bytes.trim_ascii();
    let mut forms = vec![
        ([bytes, b"\n"].concat(), "and a line break after it"),
        (
            [bytes, b"\r\n"].concat(),
            "and a Windows line break after it",
        ),
        ([bytes, b" "].concat(), "and a blank after it"),
        ([b" ", bytes].concat(), "and a blank before it"),
        (
            [b"\xEF\xBB\xBF", bytes].concat(),
            "and a byte order mark before it",
        ),
    ];
    if trimmed.len() != bytes.len() {
        forms.push((trimmed.to_vec(), "without the white space around it"));
        forms.push((
            bytes.trim_ascii_end().to_vec(),
            "without the white space after it",
        ));
        forms.push((
            bytes.trim_ascii_start().to_vec(),
            "without the white space before it",
        ));
    }
    forms
}

/// Forms of the secret that differ by an encoding or by quotation marks, each
/// with the code of its refusal.
fn other_forms(secret: &Secret) -> Vec<(Vec<u8>, &'static Entry, &'static str)> {
    let bytes = secret.bytes();
    let quoted = |mark: &[u8]| {
        (
            [mark, bytes, mark].concat(),
            &reason::SECRET_QUOTED,
            "quotation marks around this server's secret",
        )
    };
    let mut forms = vec![quoted(b"\""), quoted(b"'")];
    for encoded in [PADDED.encode(bytes), STANDARD.encode(bytes)] {
        forms.push((
            encoded.into_bytes(),
            &reason::SECRET_ENCODING,
            "the Base64 form of this server's secret",
        ));
    }
    for engine in [STANDARD, URL_SAFE] {
        if let Ok(decoded) = engine.decode(bytes) {
            forms.push((
                decoded,
                &reason::SECRET_ENCODING,
                "the bytes that this server's secret gives when it is decoded as Base64",
            ));
        }
    }
    if let Ok(decoded) = hex::decode(bytes)
        && !decoded.is_empty()
    {
        forms.push((
            decoded,
            &reason::SECRET_ENCODING,
            "the bytes that this server's secret gives when it is decoded as hex digits",
        ));
    }
    forms
}

#[cfg(test)]
mod tests;

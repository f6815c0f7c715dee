//! Which key made a signature.

use base64::{
    Engine as _,
    engine::{
        DecodePaddingMode, GeneralPurpose,
        general_purpose::{GeneralPurposeConfig, NO_PAD},
    },
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use super::{Context, Finding, Severity, catalogue, report::Report};
use crate::{Algorithm, Secret, secret::KNOWN};

const LENIENT: GeneralPurposeConfig =
    NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);

/// The hash of an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

fn check<M: Mac + KeyInit>(key: &[u8], input: &[u8], signature: &[u8]) -> bool {
    M::new_from_slice(key).is_ok_and(|mac| mac.chain_update(input).verify_slice(signature).is_ok())
}

impl Hash {
    /// The hash that a header's `alg` names.
    pub(super) fn of(algorithm: &str) -> Option<Self> {
        match algorithm {
            "HS256" => Some(Self::Sha256),
            "HS384" => Some(Self::Sha384),
            "HS512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn verifies(self, key: &[u8], input: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Sha256 => check::<Hmac<Sha256>>(key, input, signature),
            Self::Sha384 => check::<Hmac<Sha384>>(key, input, signature),
            Self::Sha512 => check::<Hmac<Sha512>>(key, input, signature),
        }
    }

    /// Bytes of a signature.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// A signed text and its signature.
pub(super) struct Signed<'t> {
    pub(super) hash: Hash,
    pub(super) input: &'t str,
    pub(super) signature: Vec<u8>,
}

/// What a signature says about the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// One of the given secrets made it.
    Verified,
    /// Another key made it, or the text was changed.
    Wrong,
    /// No secret was given, and none of the well-known keys made it.
    Open,
}

impl Signed<'_> {
    fn fits(&self, key: &[u8]) -> bool {
        self.hash
            .verifies(key, self.input.as_bytes(), &self.signature)
    }

    /// Whether the empty key made the signature.
    pub(super) fn by_empty_key(&self) -> bool {
        self.fits(b"")
    }

    /// Judges the signature and reports what is wrong with it.
    pub(super) fn judge(&self, context: &Context, report: &mut Report) -> Judgement {
        let usable = || context.secrets.iter().filter(|secret| !secret.is_empty());
        if let Some(secret) = usable().find(|secret| self.fits(secret.bytes())) {
            if is_known(secret.bytes()) {
                report.add(
                    Finding::new(&catalogue::KNOWN_KEY)
                        .severity(Severity::Risk)
                        .at("signature"),
                );
            }
            return Judgement::Verified;
        }
        if self.by_empty_key() {
            report.add(Finding::new(&catalogue::EMPTY_KEY).at("signature"));
            return Judgement::Wrong;
        }
        for secret in usable() {
            if let Some((entry, what)) = variant(secret, |key| self.fits(key)) {
                report.add(
                    Finding::new(entry)
                        .says(format!(
                            "The token was signed with the given secret {what}."
                        ))
                        .at("signature")
                        .expected(format!(
                            "a signature by the secret {}",
                            secret.fingerprint()
                        )),
                );
                return Judgement::Wrong;
            }
        }
        let any = usable().next().is_some();
        if KNOWN.iter().any(|known| self.fits(known.as_bytes())) {
            let severity = if any { Severity::Fatal } else { Severity::Risk };
            report.add(
                Finding::new(&catalogue::KNOWN_KEY)
                    .severity(severity)
                    .at("signature"),
            );
            return Judgement::Wrong;
        }
        if let Some(shape) = self.shape() {
            report.add(shape);
            return Judgement::Wrong;
        }
        if !any {
            report.add(
                Finding::new(&catalogue::SIGNATURE)
                    .severity(Severity::Note)
                    .says("Whether the signature is right can be judged only with the secret; none of the well-known secrets made it.")
                    .hint("Give the server's secret too (on the command line with --secret-file): it must be the same in the back end, byte for byte, and the signature must fit it exactly. The secret belongs in the server's and the back end's settings, never into the page.")
                    .at("signature"),
            );
            return Judgement::Open;
        }
        let fingerprints: Vec<_> = usable().map(Secret::fingerprint).collect();
        report.add(
            Finding::new(&catalogue::SIGNATURE)
                .says(match fingerprints.as_slice() {
                    [one] => format!("The token was signed with another secret than the given one, whose fingerprint is {one}, or was changed afterwards."),
                    _ => "The token was signed with none of the given secrets, or was changed afterwards.".to_owned(),
                })
                .at("signature")
                .expected(format!("a signature by the secret {}", fingerprints.join(" or "))),
        );
        Judgement::Wrong
    }

    /// Signatures that no key can make, whatever the secret is.
    fn shape(&self) -> Option<Finding> {
        let expected = self.hash.length();
        let length = self.signature.len();
        if length == expected {
            return None;
        }
        let finding = Finding::new(&catalogue::SIGNATURE)
            .at("signature")
            .expected(format!("{expected} bytes"))
            .found(format!("{length} bytes"));
        let hex = length == 2 * expected && self.signature.iter().all(u8::is_ascii_hexdigit);
        // A signature that was written in hex where Base64url belongs.
        let bare_hex = 4 * length == 2 * expected * 3
            && URL_SAFE
                .encode(&self.signature)
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit());
        Some(if hex || bare_hex {
            finding
                .says("The signature is written in hex digits, and a JWT has the bytes themselves, as Base64url.")
                .hint("Encode the bytes of the HMAC: in PHP hash_hmac needs true as its fourth argument, in Python .digest(), in Node .digest() without \"hex\".")
        } else {
            finding
                .says(format!(
                    "The signature has {length} bytes, and one of this algorithm has {expected}: it was cut off or made in another way."
                ))
                .hint("Give the token whole, and make it with a JWT library.")
        })
    }
}

/// Judges a signature that a private key made, by the public keys that were given.
pub(super) fn judge_public(
    algorithm: Algorithm,
    input: &str,
    signature: &[u8],
    context: &Context,
    report: &mut Report,
) {
    let fitting: Vec<_> = context
        .public_keys
        .iter()
        .filter(|key| key.accepts(algorithm))
        .collect();
    if fitting
        .iter()
        .any(|key| key.verifies(algorithm, input.as_bytes(), signature))
    {
        return;
    }
    let fingerprints: Vec<_> = fitting.iter().map(|key| key.fingerprint()).collect();
    report.add(
        Finding::new(&catalogue::SIGNATURE)
            .says("The token was signed with another private key than the one that belongs to the given public key, or was changed afterwards.")
            .hint("Give the server the public key that belongs to the back end's private key, and check that nothing changed the token on its way.")
            .at("signature")
            .expected(format!("a signature that the public key {} verifies", fingerprints.join(" or "))),
    );
}

/// Whether a key is printed in manuals.
fn is_known(key: &[u8]) -> bool {
    KNOWN.iter().any(|known| known.as_bytes() == key)
}

type Variant = (&'static catalogue::Entry, &'static str);

const SPACE: &catalogue::Entry = &catalogue::SECRET_WHITESPACE;
const QUOTE: &catalogue::Entry = &catalogue::SECRET_QUOTED;
const CODED: &catalogue::Entry = &catalogue::SECRET_ENCODING;

/// The first form of the secret that fits.
fn variant(secret: &Secret, fits: impl Fn(&[u8]) -> bool) -> Option<Variant> {
    forms(secret.bytes())
        .into_iter()
        .find_map(|(key, entry, what)| fits(&key).then_some((entry, what)))
}

/// Forms of a secret that the other side may have taken by mistake.
fn forms(bytes: &[u8]) -> Vec<(Vec<u8>, &'static catalogue::Entry, &'static str)> {
    let trimmed = bytes.trim_ascii();
    let mut forms = vec![
        ([bytes, b"\n"].concat(), SPACE, "and a line break after it"),
        (
            [bytes, b"\r\n"].concat(),
            SPACE,
            "and a Windows line break after it",
        ),
        (
            [bytes, b"\r"].concat(),
            SPACE,
            "and a carriage return after it",
        ),
        ([bytes, b" "].concat(), SPACE, "and a blank after it"),
        ([b" ", bytes].concat(), SPACE, "and a blank before it"),
        ([bytes, b"\t"].concat(), SPACE, "and a tab after it"),
        ([bytes, b"\0"].concat(), SPACE, "and a zero byte after it"),
        (
            [b"\xEF\xBB\xBF", bytes].concat(),
            SPACE,
            "and a byte order mark before it",
        ),
        (
            [b"\"", bytes, b"\""].concat(),
            QUOTE,
            "with quotation marks around it",
        ),
        (
            [b"'", bytes, b"'"].concat(),
            QUOTE,
            "with quotation marks around it",
        ),
        (
            [b"`", bytes, b"`"].concat(),
            QUOTE,
            "with quotation marks around it",
        ),
        (
            STANDARD.encode(bytes).into_bytes(),
            CODED,
            "in its Base64 form",
        ),
        (padded(bytes).into_bytes(), CODED, "in its Base64 form"),
        (
            URL_SAFE.encode(bytes).into_bytes(),
            CODED,
            "in its Base64url form",
        ),
        (hex(bytes).into_bytes(), CODED, "in its hex form"),
    ];
    if trimmed.len() != bytes.len() {
        forms.push((trimmed.to_vec(), SPACE, "without the white space around it"));
        forms.push((
            bytes.trim_ascii_end().to_vec(),
            SPACE,
            "without the white space after it",
        ));
        forms.push((
            bytes.trim_ascii_start().to_vec(),
            SPACE,
            "without the white space before it",
        ));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        forms.push((
            rest.to_vec(),
            SPACE,
            "without the byte order mark before it",
        ));
    }
    for quote in [b'"', b'\'', b'`'] {
        if trimmed.len() >= 2 && trimmed.first() == Some(&quote) && trimmed.last() == Some(&quote) {
            forms.push((
                trimmed[1..trimmed.len() - 1].to_vec(),
                QUOTE,
                "without the quotation marks around it",
            ));
        }
    }
    for engine in [STANDARD, URL_SAFE] {
        if let Ok(decoded) = engine.decode(trimmed) {
            forms.push((decoded, CODED, "decoded as Base64"));
        }
    }
    if let Some(decoded) = unhex(trimmed) {
        forms.push((decoded, CODED, "decoded as hex digits"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        forms.push((wide, CODED, "as UTF-16"));
        if !text.is_ascii() && text.chars().all(|c| u32::from(c) < 256) {
            let latin = text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok());
            forms.push((latin.collect(), CODED, "as Latin-1"));
        }
    }
    forms.retain(|(key, _, _)| !key.is_empty() && key != bytes);
    forms
}

fn padded(bytes: &[u8]) -> String {
    let mut text = STANDARD.encode(bytes);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    if text.is_empty() || !text.len().is_multiple_of(2) {
        return None;
    }
    text.chunks_exact(2)
        .map(|pair| u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok())
        .collect()
}

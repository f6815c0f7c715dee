//! Taking a token apart and judging its form, signature and time.

use base64::{
    Engine as _,
    engine::{
        DecodePaddingMode, GeneralPurpose,
        general_purpose::{GeneralPurposeConfig, NO_PAD, URL_SAFE_NO_PAD},
    },
};
use serde_json::{Map, Value};

use super::{
    Context, Finding, Purpose, Severity, catalogue, placeholder,
    report::Report,
    signature::{self, Hash, Signed},
    time,
};
use crate::{
    Algorithm,
    json::{self, JsonError, type_name},
    secret::KNOWN,
};

/// Most bytes of a token from an integrator, and of one from a server.
const MAX_INBOX: usize = 64 * 1024;
const MAX_OUTBOX: usize = 512 * 1024;
const MAX_DEPTH: usize = 32;

const LENIENT: GeneralPurposeConfig = NO_PAD
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);

/// Where a token was found, and for what it is meant.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    /// Its path in the config or request; none for a token alone.
    pub(super) path: Option<&'p str>,
    pub(super) purpose: Option<Purpose>,
    /// Whether stand-ins are natural here, as in a template's source.
    pub(super) source: bool,
}

impl Place<'_> {
    fn finding(&self, entry: &catalogue::Entry) -> Finding {
        let finding = Finding::new(entry);
        match self.path {
            Some(path) => finding.at(path),
            None => finding,
        }
    }
}

/// The claims of a token that is not judged.
pub(super) fn claims_of(text: &str) -> Option<Value> {
    let payload = text.trim().split('.').nth(1)?;
    match json::parse(&URL_SAFE.decode(payload).ok()?, MAX_DEPTH) {
        Ok(claims @ Value::Object(_)) => Some(claims),
        _ => None,
    }
}

/// Judges a token and gives its claims, as far as they can be read.
pub(super) fn inspect(
    text: &str,
    place: Place<'_>,
    context: &Context,
    report: &mut Report,
) -> Option<Map<String, Value>> {
    let given = text;
    let text = given.trim();
    if let Some(finding) = not_a_token(text, place, context) {
        if finding.code == catalogue::IS_THE_SECRET.code {
            report.hide(text);
        }
        report.add(finding);
        return None;
    }
    let max = if place.purpose.is_some_and(Purpose::is_outgoing) {
        MAX_OUTBOX
    } else {
        MAX_INBOX
    };
    if text.len() > max {
        report.add(
            place
                .finding(&catalogue::TOO_LARGE)
                .expected(format!("at most {max} bytes"))
                .found(format!("{} bytes", text.len())),
        );
        if text.len() > MAX_OUTBOX {
            return None;
        }
    }
    if given != text && place.path.is_some() {
        report.add(
            place
                .finding(&catalogue::MALFORMED)
                .says("There is white space around the token.")
                .hint("Pass on the token alone, without a space or a line break."),
        );
    }
    let segments: Vec<&str> = text.split('.').collect();
    let &[header, payload, signature] = segments.as_slice() else {
        report.add(wrong_parts(text, &segments, place));
        return None;
    };
    report.hide(signature);
    let header = segment(header, "header", place, report)?;
    let Ok(Value::Object(header)) = serde_json::from_slice(&header) else {
        report.add(
            place
                .finding(&catalogue::MALFORMED)
                .says("The first part of the token is not the header of a JWT."),
        );
        return None;
    };
    let signer = check_header(&header, context, report);
    let payload = segment(payload, "payload", place, report)?;
    if signature.is_empty() {
        if !report.has(&catalogue::ALG_NONE) {
            report.add(place.finding(&catalogue::UNSIGNED));
        }
    } else {
        judge(text, signature, signer, &payload, place, context, report);
    }
    let claims = claims(&payload, place, report)?;
    time::check(&claims, place.purpose, context.now, report);
    Some(claims)
}

/// Texts that are no token at all.
fn not_a_token(text: &str, place: Place<'_>, context: &Context) -> Option<Finding> {
    let is_secret = context
        .secrets
        .iter()
        .any(|secret| !secret.is_empty() && secret.is(text.as_bytes()))
        || KNOWN.contains(&text);
    if is_secret {
        return Some(place.finding(&catalogue::IS_THE_SECRET));
    }
    if text.starts_with("b'") || text.starts_with("b\"") {
        return Some(
            place
                .finding(&catalogue::NOT_A_STRING)
                .says("The token is the printed form of a Python bytes object.")
                .hint("Decode it before it goes into the page, with token.decode(\"ascii\") in Python, or use PyJWT 2 or later.")
                .expected("a string"),
        );
    }
    if text.starts_with("[object ")
        || matches!(
            text,
            "undefined" | "null" | "None" | "NaN" | "true" | "false" | "Array"
        )
    {
        return Some(
            place
                .finding(&catalogue::NOT_A_STRING)
                .says(format!(
                    "The token is the text \"{}\", which is what another value becomes in a text.",
                    json::cut(text)
                ))
                .expected("a token")
                .found(text),
        );
    }
    if text.is_empty() {
        return Some(place.finding(&catalogue::MISSING));
    }
    if let Some(what) = placeholder::stand_in(text) {
        let severity = if place.source {
            Severity::Note
        } else {
            Severity::Fatal
        };
        return Some(
            place
                .finding(&catalogue::PLACEHOLDER)
                .severity(severity)
                .says(format!(
                    "The token is {what}, so nothing can be said about the real one."
                )),
        );
    }
    None
}

/// The finding for a text that has not three parts.
fn wrong_parts(text: &str, segments: &[&str], place: Place<'_>) -> Finding {
    let finding = place.finding(&catalogue::MALFORMED);
    let object = |text: &str| {
        URL_SAFE
            .decode(text.replace('+', "-").replace('/', "_"))
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok())
    };
    if text.starts_with('{') || text.starts_with('[') {
        return finding
            .says("The token is JSON that was not signed.")
            .hint("Sign it with a JWT library, and pass on the text that comes out.");
    }
    if let [one] = segments {
        if object(one).is_some_and(|members| !members.contains_key("alg")) {
            return finding
                .says("The token is the Base64 form of JSON, without a header and a signature.");
        }
        let inner = URL_SAFE
            .decode(one)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        if inner.is_some_and(|inner| inner.starts_with("eyJ") && inner.matches('.').count() == 2) {
            return finding
                .says("The token was encoded once more: it is the Base64 form of a token.")
                .hint("Pass on the token as the JWT library gave it.");
        }
    }
    let cut = match segments {
        [one] => one.starts_with("eyJ"),
        [header, payload] => header.starts_with("eyJ") && object(payload).is_none(),
        _ => false,
    };
    if cut {
        return place
            .finding(&catalogue::PLACEHOLDER)
            .says("The token is cut off: it does not have all of its three parts.")
            .expected("2 dots")
            .found(dots(segments));
    }
    if segments.len() == 5 && text.starts_with("eyJ") {
        return finding
            .says("The token is encrypted (a JWE with five parts), and a signed one (a JWS with three) is needed.")
            .hint("Sign the config with HS256 and the shared secret, and do not encrypt it.");
    }
    let says = match segments {
        [_, _] => "The token has two parts: its signature is not there.".to_owned(),
        _ => format!("The token has {}, and a JWT has two.", dots(segments)),
    };
    finding.says(says).expected("2 dots").found(dots(segments))
}

fn dots(segments: &[&str]) -> String {
    match segments.len().saturating_sub(1) {
        1 => "1 dot".to_owned(),
        n => format!("{n} dots"),
    }
}

/// Decodes a part, and reports another kind of Base64.
fn segment(part: &str, name: &str, place: Place<'_>, report: &mut Report) -> Option<Vec<u8>> {
    if let Some(sign) = part.chars().find(|c| matches!(c, '=' | '+' | '/')) {
        report.add(
            place
                .finding(&catalogue::BASE64_PADDING)
                .says(format!("The {name} of the token has the character \"{sign}\", which belongs to another kind of Base64.")),
        );
    }
    let alphabet = part.replace('+', "-").replace('/', "_");
    match URL_SAFE.decode(&alphabet) {
        Ok(bytes) if !part.is_empty() || name == "payload" => {
            // A last character may hold bits that no byte has; a strict reader refuses it.
            if URL_SAFE_NO_PAD.encode(&bytes) != alphabet.trim_end_matches('=') {
                report.add(place.finding(&catalogue::MALFORMED).says(format!(
                    "The last character of the {name} cannot be the last one in Base64url: it was changed or cut off."
                )));
            }
            Some(bytes)
        }
        _ => {
            let strange = alphabet
                .chars()
                .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=')));
            let says = match strange {
                Some(' ' | '\n' | '\r' | '\t') => {
                    format!("There is white space inside the {name} of the token.")
                }
                Some('"' | '\'' | '`') => "There are quotation marks around the token.".to_owned(),
                Some(c) => format!(
                    "The {name} of the token has the character U+{:04X}, which no part of a JWT has.",
                    u32::from(c)
                ),
                None => format!("The {name} of the token is not Base64url."),
            };
            report.add(place.finding(&catalogue::MALFORMED).says(says));
            None
        }
    }
}

/// What can judge a signature.
#[derive(Clone, Copy)]
enum Signer {
    /// A shared secret.
    Secret(Hash),
    /// A public key.
    Public(Algorithm),
}

/// Judges the header, and gives what can judge the signature.
fn check_header(
    header: &Map<String, Value>,
    context: &Context,
    report: &mut Report,
) -> Option<Signer> {
    if header.contains_key("crit") {
        report.add(
            Finding::new(&catalogue::MALFORMED)
                .says(
                    "The header of the token demands an extension by \"crit\", and none is known.",
                )
                .hint("Leave \"crit\" out of the header.")
                .at("header.crit"),
        );
    }
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or("JWT");
    if typ.to_ascii_lowercase().starts_with("recto-") {
        report.add(
            Finding::new(&catalogue::WRONG_PURPOSE)
                .says(
                    "The token was made by a document server for its own use and signs no request.",
                )
                .hint("Send the token that the back end of the application signed.")
                .at("header.typ")
                .expected("JWT")
                .found(typ),
        );
    }
    let Some(name) = header.get("alg").and_then(Value::as_str) else {
        let finding = Finding::new(&catalogue::ALG_UNSUPPORTED)
            .at("header.alg")
            .expected("HS256");
        report.add(match header.get("alg") {
            Some(other) => finding
                .says(format!(
                    "The header's \"alg\" is {} and not a string.",
                    type_name(other)
                ))
                .found(json::shown(other)),
            None => finding
                .says("The header of the token names no algorithm.")
                .found("nothing"),
        });
        return None;
    };
    let found = |entry| {
        Finding::new(entry)
            .at("header.alg")
            .expected("HS256")
            .found(name)
    };
    if name.eq_ignore_ascii_case("none") {
        report.add(found(&catalogue::ALG_NONE));
        return None;
    }
    let public = Algorithm::named(name).filter(|algorithm| {
        !algorithm.is_symmetric()
            && context
                .public_keys
                .iter()
                .any(|key| key.accepts(*algorithm))
    });
    if let Some(algorithm) = public {
        return Some(Signer::Public(algorithm));
    }
    let hash = Hash::of(name);
    match hash {
        Some(Hash::Sha256) => {}
        Some(_) => report.add(found(&catalogue::ALG_HASH).says(format!(
            "The token is signed with {name}, which servers accept and some libraries of integrators do not."
        ))),
        None => {
            let finding = found(&catalogue::ALG_UNSUPPORTED).says(format!(
                "The token's algorithm is {}, which a shared secret cannot verify.",
                json::cut(name)
            ));
            let finding = if Hash::of(&name.to_ascii_uppercase()).is_some() {
                finding.hint("Write the name of the algorithm in capitals: HS256.")
            } else {
                finding
            };
            report.add(finding);
        }
    }
    hash.map(Signer::Secret)
}

/// Judges the signature.
fn judge(
    text: &str,
    signature: &str,
    signer: Option<Signer>,
    payload: &[u8],
    place: Place<'_>,
    context: &Context,
    report: &mut Report,
) {
    let Some(decoded) = segment(signature, "signature", place, report) else {
        return;
    };
    let input = &text[..text.len() - signature.len() - 1];
    let hash = match signer {
        None => return,
        Some(Signer::Public(algorithm)) => {
            signature::judge_public(algorithm, input, &decoded, context, report);
            return;
        }
        Some(Signer::Secret(hash)) => hash,
    };
    if decoded.len() < hash.length() {
        report.add(
            place
                .finding(&catalogue::PLACEHOLDER)
                .says(format!(
                    "The token is cut off: its signature has {} bytes, and one of this algorithm has {}.",
                    decoded.len(),
                    hash.length()
                ))
                .hint("Give the token whole; a database column or a log line may have cut it."),
        );
        return;
    }
    let judged = Signed {
        hash,
        input,
        signature: decoded,
    };
    judged.judge(context, report);
    if judged.by_empty_key() && placeholder::is_documentation(payload) {
        report.add(place.finding(&catalogue::DOCS_SAMPLE));
    }
}

/// The claims of a payload.
fn claims(payload: &[u8], place: Place<'_>, report: &mut Report) -> Option<Map<String, Value>> {
    match json::parse(payload, MAX_DEPTH) {
        Ok(Value::Object(claims)) => return Some(claims),
        Ok(Value::String(text)) if serde_json::from_str::<Map<String, Value>>(&text).is_ok() => {
            report.add(
                place
                    .finding(&catalogue::DOUBLE_ENCODED)
                    .expected("an object")
                    .found("a string with JSON in it"),
            );
        }
        Ok(other) => report.add(
            place
                .finding(&catalogue::NOT_AN_OBJECT)
                .says(format!(
                    "The payload of the token is {} and not an object.",
                    type_name(&other)
                ))
                .expected("an object")
                .found(type_name(&other)),
        ),
        Err(JsonError::Syntax) => report.add(
            place
                .finding(&catalogue::NOT_AN_OBJECT)
                .says("The payload of the token is not JSON.")
                .expected("an object")
                .found("no JSON"),
        ),
        Err(JsonError::Depth) => report.add(place.finding(&catalogue::TOO_LARGE).says(format!(
            "The payload of the token is nested more than {MAX_DEPTH} levels deep."
        ))),
        Err(JsonError::Duplicate(path)) => {
            report.add(
                Finding::new(&catalogue::MALFORMED)
                    .says(format!("The payload of the token has the member {} twice.", json::cut(&path)))
                    .hint("Build the payload with a JSON library, so that each name occurs once in an object.")
                    .at(json::cut(&path)),
            );
            return serde_json::from_slice(payload).ok();
        }
    }
    None
}

//! JSON Web Signatures in compact form, with a shared secret.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::{Map, Value, json};
use sha2::{Sha256, Sha384, Sha512};

use crate::{
    Refusal, Secret, claims, diagnose,
    json::{self, JsonError, shown, type_name},
    refusal::reason,
};

/// `typ` of every token that only this server reads begins so.
const OWN_TYPE: &str = "recto-";

/// The algorithms that a shared secret can verify. Which key is used never
/// depends on the token, so a token can choose nothing but the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Hs256,
    Hs384,
    Hs512,
}

impl Algorithm {
    /// Whether `signature` is that of `input`; takes the same time wherever
    /// they differ.
    pub(crate) fn verifies(self, key: &[u8], input: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Hs256 => check::<Hmac<Sha256>>(key, input, signature),
            Self::Hs384 => check::<Hmac<Sha384>>(key, input, signature),
            Self::Hs512 => check::<Hmac<Sha512>>(key, input, signature),
        }
    }
}

fn check<M: Mac + hmac::digest::KeyInit>(key: &[u8], input: &[u8], signature: &[u8]) -> bool {
    <M as Mac>::new_from_slice(key)
        .is_ok_and(|mac| mac.chain_update(input).verify_slice(signature).is_ok())
}

/// HMAC-SHA256.
pub(crate) fn mac(secret: &Secret, input: &[u8]) -> [u8; 32] {
    // HMAC takes keys of every length, so there is no error to report.
    match <Hmac<Sha256> as Mac>::new_from_slice(secret.bytes()) {
        Ok(mac) => mac.chain_update(input).finalize().into_bytes().into(),
        Err(_) => unreachable!("HMAC takes keys of every length"),
    }
}

/// Signs claims with HS256.
pub(crate) fn sign(secret: &Secret, typ: &str, claims: &Map<String, Value>) -> String {
    let header = json!({"alg": "HS256", "typ": typ}).to_string();
    let payload = serde_json::to_vec(claims).unwrap_or_default();
    let input = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let signature = URL_SAFE_NO_PAD.encode(mac(secret, input.as_bytes()));
    format!("{input}.{signature}")
}

/// What a token signs, in the words of the sentences about it.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    /// What is signed: "the config".
    pub(crate) name: &'static str,
    /// The same, said so that nobody leaves out a part of it.
    pub(crate) whole: &'static str,
    /// Where the token goes.
    pub(crate) place: &'static str,
    /// When a new one is made.
    pub(crate) renewed: &'static str,
}

impl Subject {
    const CONFIG: Self = Self {
        name: "the config",
        whole: "the whole config",
        place: "config.token",
        renewed: "each time the page is built",
    };

    const REQUEST: Self = Self {
        name: "the request",
        whole: "all fields of the request",
        place: "the member \"token\" of the body",
        renewed: "for each request",
    };

    const METHOD: Self = Self {
        name: "the method's argument",
        whole: "the whole argument of the method",
        place: "its member \"token\"",
        renewed: "each time the method is called",
    };
}

/// What a token is expected to be.
#[derive(Clone, Copy)]
pub(crate) struct Expect {
    /// What it signs.
    pub(crate) subject: Subject,
    /// The `typ` of a token of our own; `None` for one from somebody else.
    pub(crate) own_type: Option<&'static str>,
    /// Most bytes of the token.
    pub(crate) max_bytes: usize,
    /// Most levels of nesting.
    pub(crate) max_depth: usize,
}

impl Expect {
    /// A token from an integrator.
    pub(crate) const INBOX: Self = Self {
        subject: Subject::CONFIG,
        own_type: None,
        max_bytes: 64 * 1024,
        max_depth: 32,
    };

    /// A token from an integrator for a method of the editor.
    pub(crate) const METHOD: Self = Self {
        subject: Subject::METHOD,
        ..Self::INBOX
    };

    /// A token from an integrator for a request, which may hold a list of users
    /// or a watermark.
    pub(crate) const REQUEST: Self = Self {
        subject: Subject::REQUEST,
        max_bytes: 512 * 1024,
        ..Self::INBOX
    };

    /// A token of a document server, which may hold a long history of changes.
    pub(crate) const OUTBOX: Self = Self {
        subject: Subject::REQUEST,
        max_bytes: 512 * 1024,
        ..Self::INBOX
    };

    /// A token of our own. It holds what an inbox token held, a level deeper.
    pub(crate) const fn own(own_type: &'static str) -> Self {
        Self {
            subject: Subject::CONFIG,
            own_type: Some(own_type),
            max_bytes: 256 * 1024,
            max_depth: 64,
        }
    }
}

struct Parts<'t> {
    input: &'t str,
    algorithm: Algorithm,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// Verifies a token's form, purpose, signature and time, and gives its claims.
pub(crate) fn open(
    secret: &Secret,
    token: &str,
    expect: Expect,
    now: i64,
) -> Result<Map<String, Value>, Refusal> {
    if secret.is_empty() {
        return Err(Refusal::token(
            reason::NO_SECRET,
            "secret or public key must be provided",
            "No token can be verified, because the secret of this server is empty.",
            "Set the same secret here and in the application that embeds the editor.",
        ));
    }
    let parts = split(secret, token, expect)?;
    if !parts
        .algorithm
        .verifies(secret.bytes(), parts.input.as_bytes(), &parts.signature)
    {
        let mut refusal = diagnose::signature(
            secret,
            parts.algorithm,
            parts.input.as_bytes(),
            &parts.signature,
        );
        if json::parse(&parts.payload, expect.max_depth).is_ok_and(|payload| has_nothing(&payload))
        {
            refusal = refusal.and("Mend the payload too: it is empty.");
        }
        return Err(refusal);
    }
    let claims = object(&parts.payload, expect)?;
    claims::check_time(&claims, expect.subject.renewed, now)?;
    Ok(claims)
}

/// Whether a claim is a registered one (RFC 7519, 4.1), which says something of
/// the token and nothing of what it signs.
pub(crate) fn is_registered(name: &str) -> bool {
    matches!(name, "iss" | "sub" | "aud" | "exp" | "nbf" | "iat" | "jti")
}

/// Whether a payload has no member but registered claims.
pub(crate) fn has_nothing(payload: &Value) -> bool {
    payload
        .as_object()
        .is_some_and(|members| members.keys().all(|name| is_registered(name)))
}

fn malformed(description: &str, message: impl Into<String>, hint: impl Into<String>) -> Refusal {
    Refusal::token(reason::MALFORMED, description, message, hint)
}

fn make_a_jwt(Subject { whole, place, .. }: Subject) -> String {
    format!(
        "Make the token with a JWT library: sign {whole} with HS256, and put the resulting text in {place} unchanged."
    )
}

fn split<'t>(secret: &Secret, token: &'t str, expect: Expect) -> Result<Parts<'t>, Refusal> {
    if token.len() > expect.max_bytes {
        return Err(Refusal::token(
            reason::TOO_LARGE,
            "jwt malformed",
            "The token is too large.",
            format!(
                "Sign only the members that {} needs, and no images or texts.",
                expect.subject.name
            ),
        )
        .expected(format!("at most {} bytes", expect.max_bytes))
        .found(format!("{} bytes", token.len())));
    }
    if secret.is(token.as_bytes()) || secret.is(token.trim().as_bytes()) {
        return Err(Refusal::token(
            reason::IS_THE_SECRET,
            "jwt malformed",
            "The secret itself was sent as the token, and whoever saw the page knows it now.",
            "Set a new secret on both sides, and send a token that the back end signed with it.",
        ));
    }
    if token.starts_with("b'") || token.starts_with("b\"") {
        return Err(malformed(
            "jwt malformed",
            "The token is the printed form of a Python bytes object.",
            "Decode it before it goes into the page, with token.decode(\"ascii\") in Python, or use PyJWT 2 or later.",
        ));
    }
    let segments: Vec<&str> = token.split('.').collect();
    let &[header, payload, signature] = segments.as_slice() else {
        let dots = match segments.len() - 1 {
            1 => "1 dot".to_owned(),
            more => format!("{more} dots"),
        };
        return Err(malformed(
            "jwt malformed",
            format!("The token has {dots}, and a JWT has two."),
            make_a_jwt(expect.subject),
        )
        .expected("2 dots")
        .found(dots));
    };
    let header = decode(header, "header", expect)?;
    let Ok(Value::Object(header)) = json::parse(&header, expect.max_depth) else {
        return Err(malformed(
            "invalid token",
            "The first part of the token is not the header of a JWT.",
            make_a_jwt(expect.subject),
        ));
    };
    check_type(&header, expect)?;
    let algorithm = algorithm(&header, expect)?;
    if signature.is_empty() {
        return Err(Refusal::token(
            reason::UNSIGNED,
            "jwt signature is required",
            "The token has no signature.",
            "Sign the token with HS256 and the shared secret; its third part must not be empty.",
        ));
    }
    Ok(Parts {
        input: &token[..token.len() - signature.len() - 1],
        algorithm,
        payload: decode(payload, "payload", expect)?,
        signature: decode(signature, "signature", expect)?,
    })
}

fn decode(segment: &str, name: &str, expect: Expect) -> Result<Vec<u8>, Refusal> {
    if let Some(sign) = segment.chars().find(|c| matches!(c, '=' | '+' | '/')) {
        return Err(Refusal::token(
            reason::BASE64_PADDING,
            "invalid token",
            format!("The {name} of the token has the character \"{sign}\", which belongs to another kind of Base64."),
            "Encode each part as Base64url (RFC 4648, section 5) without \"=\" at the end, best with a JWT library.",
        )
        .at(name)
        .found(sign.to_string()));
    }
    match URL_SAFE_NO_PAD.decode(segment) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        Ok(_) => Err(malformed(
            "invalid token",
            format!("The {name} of the token is empty."),
            make_a_jwt(expect.subject),
        )
        .at(name)),
        Err(_) => Err(malformed(
            "invalid token",
            format!("The {name} of the token is not Base64url."),
            make_a_jwt(expect.subject),
        )
        .at(name)),
    }
}

fn check_type(header: &Map<String, Value>, expect: Expect) -> Result<(), Refusal> {
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or("JWT");
    let own = typ
        .get(..OWN_TYPE.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(OWN_TYPE));
    match expect.own_type {
        Some(expected) if typ != expected => Err(wrong_purpose(
            "The token was not made for this use.",
            "Send the token that this server last gave for this use.",
        )
        .at("typ")
        .expected(expected)
        .found(typ)),
        None if own => Err(wrong_purpose(
            "The token was made by a document server for its own use and signs no request.",
            "Send the token that the back end of the application signed.",
        )
        .at("typ")
        .expected("JWT")
        .found(typ)),
        _ => Ok(()),
    }
}

pub(crate) fn wrong_purpose(message: impl Into<String>, hint: impl Into<String>) -> Refusal {
    Refusal::token(reason::WRONG_PURPOSE, "invalid token", message, hint)
}

fn algorithm(header: &Map<String, Value>, expect: Expect) -> Result<Algorithm, Refusal> {
    if let Some(critical) = header.get("crit") {
        return Err(malformed(
            "invalid token",
            "The header of the token demands an extension by \"crit\", and none is known here.",
            "Leave \"crit\" out of the header.",
        )
        .at("crit")
        .found(shown(critical)));
    }
    let name = header
        .get("alg")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if name.eq_ignore_ascii_case("none") {
        return Err(Refusal::token(
            reason::ALG_NONE,
            "jwt signature is required",
            "The token is not signed: its \"alg\" is \"none\".",
            "Sign the token with HS256 and the shared secret.",
        )
        .at("alg")
        .expected("HS256")
        .found(name));
    }
    match (name, expect.own_type) {
        ("HS256", _) => Ok(Algorithm::Hs256),
        ("HS384", None) => Ok(Algorithm::Hs384),
        ("HS512", None) => Ok(Algorithm::Hs512),
        _ => {
            let given = header.get("alg").map(shown);
            let message = match &given {
                Some(given) => format!(
                    "The token's algorithm is {given}, which a shared secret cannot verify."
                ),
                None => "The header of the token names no algorithm.".to_owned(),
            };
            Err(Refusal::token(
                reason::ALG_UNSUPPORTED,
                "invalid algorithm",
                message,
                "Sign the token with HS256 (HS384 and HS512 will do too) and the shared secret.",
            )
            .at("alg")
            .expected("HS256")
            .found(given.as_deref().unwrap_or("nothing")))
        }
    }
}

fn object(payload: &[u8], expect: Expect) -> Result<Map<String, Value>, Refusal> {
    let max_depth = expect.max_depth;
    let Subject { name, .. } = expect.subject;
    let value = json::parse(payload, max_depth).map_err(|error| match error {
        JsonError::Syntax => Refusal::token(
            reason::NOT_AN_OBJECT,
            "invalid token",
            "The payload of the token is no JSON.",
            format!("Sign {name} as a JSON object in UTF-8."),
        )
        .expected("an object")
        .found("no JSON"),
        JsonError::Depth => Refusal::token(
            reason::TOO_LARGE,
            "invalid token",
            format!("The payload of the token is nested more than {max_depth} levels deep."),
            format!("Sign only the members that {name} needs."),
        ),
        JsonError::Duplicate(path) => malformed(
            "invalid token",
            format!(
                "The payload of the token has the member {} twice.",
                json::cut(&path)
            ),
            "Build the payload with a JSON library, so that each name occurs once in an object.",
        )
        .at(json::cut(&path)),
    })?;
    match value {
        Value::Object(claims) => Ok(claims),
        Value::String(text) if matches!(json::parse(text.as_bytes(), max_depth), Ok(Value::Object(_))) => {
            Err(Refusal::token(
                reason::DOUBLE_ENCODED,
                "invalid token",
                format!("The payload of the token is a string that contains JSON: {name} was encoded twice."),
                format!("Give the JWT library {name} as an object, not the text that json_encode or JSON.stringify makes of it."),
            )
            .expected("an object")
            .found("a string with JSON in it"))
        }
        other => Err(Refusal::token(
            reason::NOT_AN_OBJECT,
            "invalid token",
            format!("The payload of the token is {} and no object.", type_name(&other)),
            format!("Sign {name} as a JSON object."),
        )
        .expected("an object")
        .found(type_name(&other))),
    }
}

#[cfg(test)]
mod tests;

//! JSON Web Signatures in compact form.

mod algorithm;
mod expect;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::{
    Key, KeyRing, Refusal, Secret, claims, diagnose,
    json::{self, JsonError, Look as _, Tree, shown, type_name},
    key::{Algorithm, KeyState},
    key_ring::Misfit,
    refusal::{self, reason},
};

use algorithm::{other_algorithm, unnamed_algorithm};
pub(crate) use expect::{Expect, Subject};

/// `typ` of every token that only this server reads begins so.
const OWN_TYPE: &str = "recto-";

/// `{"alg":"HS256","typ":"JWT"}` and `{"typ":"JWT","alg":"HS256"}`, as almost
/// every library writes the header. They need not be read to be known.
const USUAL_HEADERS: [&str; 2] = [
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9",
];

/// HMAC-SHA256.
pub(crate) fn mac(secret: &Secret, input: &[u8]) -> [u8; 32] {
    // HMAC takes keys of every length, so there is no error to report.
    match Hmac::<Sha256>::new_from_slice(secret.bytes()) {
        Ok(mac) => mac.chain_update(input).finalize().into_bytes().into(),
        Err(_) => unreachable!("HMAC takes keys of every length"),
    }
}

/// Signs claims. A key that has an id is named in the header.
pub(crate) fn sign(key: &Key, typ: &str, claims: &Map<String, Value>) -> String {
    let mut header = json!({"alg": key.algorithm().as_str(), "typ": typ});
    if let Some(id) = key.id() {
        header["kid"] = id.into();
    }
    let payload = serde_json::to_vec(claims).unwrap_or_default();
    let input = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let signature = key.signature(input.as_bytes());
    format!("{input}.{signature}")
}

/// Signs claims with the key of a ring that signs now.
pub(crate) fn sign_with(
    ring: &KeyRing,
    typ: &str,
    claims: &Map<String, Value>,
    now: i64,
) -> String {
    // A ring that signs has a secret; without one there is no token.
    ring.signer(now)
        .map_or_else(String::new, |key| sign(key, typ, claims))
}

struct Parts<'t> {
    input: &'t str,
    algorithm: Algorithm,
    /// The id of the key that the token names.
    kid: Option<String>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// Verifies a token's form, purpose, signature and time, and gives its claims.
pub(crate) fn open(
    ring: &KeyRing,
    token: &str,
    expect: Expect,
    now: i64,
) -> Result<Map<String, Value>, Refusal> {
    let payload = payload(ring, token, expect, now)?;
    match payload.plain(now)? {
        Some(tree) => Ok(tree.root().to_map()),
        None => payload.claims(now),
    }
}

/// A payload whose signature is good.
pub(crate) struct Payload {
    bytes: Vec<u8>,
    expect: Expect,
}

impl Payload {
    /// The claims where they stand, if they are plain enough, and if the token
    /// is valid now. If they are not plain, [`Self::claims`] judges them.
    pub(crate) fn plain(&self, now: i64) -> Result<Option<Tree<'_>>, Refusal> {
        let Some(tree) = Tree::read(&self.bytes, self.expect.max_depth) else {
            return Ok(None);
        };
        claims::check_time(
            |name| tree.root().member(name),
            self.expect.subject.renewed,
            now,
        )?;
        Ok(Some(tree))
    }

    /// The claims, if the token is valid now.
    pub(crate) fn claims(&self, now: i64) -> Result<Map<String, Value>, Refusal> {
        let claims = object(&self.bytes, self.expect)?;
        claims::check_time(|name| claims.get(name), self.expect.subject.renewed, now)?;
        Ok(claims)
    }
}

/// Verifies a token's form, purpose and signature.
pub(crate) fn payload(
    ring: &KeyRing,
    token: &str,
    expect: Expect,
    now: i64,
) -> Result<Payload, Refusal> {
    if ring.is_void() {
        return Err(Refusal::token(
            &reason::SECRET_EMPTY,
            "secret or public key must be provided",
            "No token can be verified, because the secret of this server is empty.",
            "Set the same secret here and in the application that embeds the editor.",
        ));
    }
    let parts = split(ring, token, expect)?;
    let input = parts.input.as_bytes();
    if let Err(misfit) = ring.verify(
        parts.kid.as_deref(),
        parts.algorithm,
        input,
        &parts.signature,
        now,
    ) {
        let refusal = match misfit {
            Misfit::Algorithm => return Err(other_algorithm(ring, parts.algorithm.as_str())),
            Misfit::Signature(tried) => {
                diagnose::signature(&tried, parts.algorithm, input, &parts.signature)
            }
            Misfit::Early(key, time) => refusal::key_not_yet_valid(&key.label(), time, now),
            Misfit::Retired(key, time) => {
                let mut keys = ring.keys().iter();
                let next = keys.find(|key| key.state(now) == KeyState::Usable);
                refusal::key_retired(&key.label(), time, next.map(Key::label).as_deref())
            }
        };
        let payload = json::parse(&parts.payload, expect.max_depth);
        return Err(if payload.is_ok_and(|payload| has_nothing(&payload)) {
            refusal.and("Fix the payload too: it is empty.")
        } else {
            refusal
        });
    }
    Ok(Payload {
        bytes: parts.payload,
        expect,
    })
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
    Refusal::token(&reason::MALFORMED, description, message, hint)
}

fn make_a_jwt(Subject { whole, place, .. }: Subject) -> String {
    format!(
        "Make the token with a JWT library: sign {whole} with HS256, and put the resulting text in {place} unchanged."
    )
}

fn split<'t>(ring: &KeyRing, token: &'t str, expect: Expect) -> Result<Parts<'t>, Refusal> {
    if token.len() > expect.max_bytes {
        return Err(Refusal::token(
            &reason::TOO_LARGE,
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
    if ring
        .secrets()
        .any(|secret| secret.is(token.as_bytes()) || secret.is(token.trim().as_bytes()))
    {
        return Err(Refusal::token(
            &reason::IS_THE_SECRET,
            "jwt malformed",
            "The secret itself was sent as the token, and anyone who saw the page knows it now.",
            "Set a new secret on both sides, and send a token that the back end signed with it.",
        ));
    }
    if token.starts_with("b'") || token.starts_with("b\"") {
        return Err(Refusal::token(
            &reason::NOT_A_STRING,
            "jwt malformed",
            "The token is the printed form of a Python bytes object.",
            "Decode it before it goes into the page, with token.decode(\"ascii\") in Python, or use PyJWT 2 or later.",
        ));
    }
    let parts = token.rsplit_once('.').and_then(|(input, signature)| {
        let (header, payload) = input.split_once('.')?;
        Some((input, header, payload, signature))
    });
    let decoded = parts.and_then(|(_, _, payload, _)| decoded(payload));
    // What could be decoded has no dot in it.
    let Some((input, header, payload, signature)) =
        parts.filter(|(_, _, payload, _)| decoded.is_some() || !payload.contains('.'))
    else {
        let dots = match token.matches('.').count() {
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
    let (algorithm, kid) = if expect.own_type.is_none() && USUAL_HEADERS.contains(&header) {
        (Algorithm::Hs256, None)
    } else {
        read_header(ring, header, expect)?
    };
    if signature.is_empty() {
        return Err(Refusal::token(
            &reason::UNSIGNED,
            "jwt signature is required",
            "The token has no signature.",
            "Sign the token with HS256 and the shared secret; its third part must not be empty.",
        ));
    }
    Ok(Parts {
        input,
        algorithm,
        kid,
        payload: match decoded {
            Some(payload) => payload,
            None => decode(payload, "payload", expect)?,
        },
        signature: decode(signature, "signature", expect)?,
    })
}

/// The algorithm, and the id of the key if there is one.
fn read_header(
    ring: &KeyRing,
    header: &str,
    expect: Expect,
) -> Result<(Algorithm, Option<String>), Refusal> {
    let header = decode(header, "header", expect)?;
    let Ok(Value::Object(header)) = json::parse(&header, expect.max_depth) else {
        return Err(malformed(
            "invalid token",
            "The first part of the token is not the header of a JWT.",
            make_a_jwt(expect.subject),
        ));
    };
    check_type(&header, expect)?;
    let algorithm = algorithm(ring, &header, expect)?;
    let kid = header.get("kid").and_then(Value::as_str);
    Ok((algorithm, kid.map(str::to_owned)))
}

/// The bytes of a segment that has some.
fn decoded(segment: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(segment).ok();
    bytes.filter(|bytes| !bytes.is_empty())
}

fn decode(segment: &str, name: &str, expect: Expect) -> Result<Vec<u8>, Refusal> {
    decoded(segment).ok_or_else(|| not_decoded(segment, name, expect))
}

fn not_decoded(segment: &str, name: &str, expect: Expect) -> Refusal {
    if let Some(sign) = segment.chars().find(|c| matches!(c, '=' | '+' | '/')) {
        return Refusal::token(
            &reason::BASE64_PADDING,
            "invalid token",
            format!("The {name} of the token has the character \"{sign}\", which belongs to another kind of Base64."),
            "Encode each part as Base64url (RFC 4648, section 5) without \"=\" at the end, best with a JWT library.",
        )
        .at(name)
        .found(sign.to_string());
    }
    let what = if segment.is_empty() {
        "empty"
    } else {
        "not Base64url"
    };
    malformed(
        "invalid token",
        format!("The {name} of the token is {what}."),
        make_a_jwt(expect.subject),
    )
    .at(name)
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
    Refusal::token(&reason::WRONG_PURPOSE, "invalid token", message, hint)
}

fn algorithm(
    ring: &KeyRing,
    header: &Map<String, Value>,
    expect: Expect,
) -> Result<Algorithm, Refusal> {
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
            &reason::ALG_NONE,
            "jwt signature is required",
            "The token is not signed: its \"alg\" is \"none\".",
            "Sign the token with HS256 and the shared secret.",
        )
        .at("alg")
        .expected("HS256")
        .found(name));
    }
    Algorithm::named(name)
        .filter(|algorithm| expect.own_type.is_none() || *algorithm == Algorithm::Hs256)
        .ok_or_else(|| match header.get("alg").map(shown) {
            Some(given) => other_algorithm(ring, given.trim_matches('"')),
            None => unnamed_algorithm(ring),
        })
}

fn object(payload: &[u8], expect: Expect) -> Result<Map<String, Value>, Refusal> {
    let max_depth = expect.max_depth;
    let Subject { name, .. } = expect.subject;
    let value = json::parse(payload, max_depth).map_err(|error| match error {
        JsonError::Syntax => Refusal::token(
            &reason::NOT_AN_OBJECT,
            "invalid token",
            "The payload of the token is not JSON.",
            format!("Sign {name} as a JSON object in UTF-8."),
        )
        .expected("an object")
        .found("no JSON"),
        JsonError::Depth => Refusal::token(
            &reason::TOO_LARGE,
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
                &reason::DOUBLE_ENCODED,
                "invalid token",
                format!("The payload of the token is a string that contains JSON: {name} was encoded twice."),
                format!("Give the JWT library {name} as an object, not the text that json_encode or JSON.stringify makes of it."),
            )
            .expected("an object")
            .found("a string with JSON in it"))
        }
        other => Err(Refusal::token(
            &reason::NOT_AN_OBJECT,
            "invalid token",
            format!("The payload of the token is {} and not an object.", type_name(&other)),
            format!("Sign {name} as a JSON object."),
        )
        .expected("an object")
        .found(type_name(&other))),
    }
}

#[cfg(test)]
mod tests;

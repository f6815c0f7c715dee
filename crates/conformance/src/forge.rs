//! Tokens of every kind, the wrong ones above all.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Sha256, Sha384, Sha512};

use crate::template::{UnknownPlaceholder, Values, with, without};

/// The secret that the server has. It cannot be printed.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([hidden])")
    }
}

/// A secret that no server has.
const WRONG: &str = "conformance-signs-with-a-wrong-secret-here";

/// How the third part of a token is made, whatever its header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    #[default]
    #[serde(rename = "HS256")]
    Hs256,
    /// HMAC with SHA-384.
    #[serde(rename = "HS384")]
    Hs384,
    /// HMAC with SHA-512.
    #[serde(rename = "HS512")]
    Hs512,
    /// It is empty.
    #[serde(rename = "none")]
    None,
}

/// Which secret signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// The server's.
    #[default]
    Right,
    /// Another one.
    Wrong,
    /// No bytes.
    Empty,
}

/// What is done to a finished token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// The payload gets another member, and the signature stays.
    Tamper,
    /// Each part is padded with `=`.
    Pad,
}

/// How a token is made. Without any member it is a good one.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Template of the claims; the default depends on what is asked.
    pub claims: Option<Value>,
    /// Dotted paths of claims that are left out.
    #[serde(default)]
    pub without: Vec<String>,
    /// Claims that are set, by dotted path.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// The payload, when it is not to be JSON.
    pub payload: Option<String>,
    /// The header.
    pub header: Option<Value>,
    /// How it is signed.
    #[serde(default)]
    pub mac: Algorithm,
    /// What it is signed with.
    #[serde(default)]
    pub secret: Key,
    /// What is done to it afterwards.
    pub edit: Option<Edit>,
    /// What stands in place of a token; all else is void then.
    pub raw: Option<Value>,
}

impl Recipe {
    /// Makes the token. `claims` is the template for a recipe that has none.
    pub fn make(
        &self,
        claims: &Value,
        values: &Values,
        secret: &Secret,
    ) -> Result<Value, UnknownPlaceholder> {
        if let Some(raw) = &self.raw {
            return Ok(raw.clone());
        }
        let payload = if let Some(payload) = &self.payload {
            payload.clone()
        } else {
            let mut claims = values.fill(self.claims.as_ref().unwrap_or(claims))?;
            without(&mut claims, &self.without);
            if let Value::Object(members) = values.fill(&self.with.clone().into())? {
                with(&mut claims, &members);
            }
            claims.to_string()
        };
        let header = match &self.header {
            Some(header) => header.to_string(),
            None => r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(),
        };
        let key = match self.secret {
            Key::Right => secret.bytes(),
            Key::Wrong => WRONG.as_bytes(),
            Key::Empty => b"",
        };
        let token = token(&header, payload.as_bytes(), self.mac, key);
        Ok(match self.edit {
            None => token,
            Some(Edit::Tamper) => tampered(&token),
            Some(Edit::Pad) => padded(&token),
        }
        .into())
    }
}

/// A token of any header and payload.
pub fn token(header: &str, payload: &[u8], algorithm: Algorithm, key: &[u8]) -> String {
    let input = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
    let signature = match algorithm {
        Algorithm::Hs256 => mac::<Hmac<Sha256>>(key, &input),
        Algorithm::Hs384 => mac::<Hmac<Sha384>>(key, &input),
        Algorithm::Hs512 => mac::<Hmac<Sha512>>(key, &input),
        Algorithm::None => Vec::new(),
    };
    format!("{input}.{}", BASE64.encode(signature))
}

fn mac<M: Mac + KeyInit>(key: &[u8], input: &str) -> Vec<u8> {
    // HMAC takes keys of every length, so there is no error to report.
    match M::new_from_slice(key) {
        Ok(mac) => mac
            .chain_update(input)
            .finalize()
            .into_bytes()
            .as_slice()
            .to_vec(),
        Err(_) => unreachable!("HMAC takes keys of every length"),
    }
}

/// The token with a further claim, under the old signature.
fn tampered(token: &str) -> String {
    let mut parts = token.splitn(3, '.');
    let (Some(header), Some(payload), Some(signature)) = (parts.next(), parts.next(), parts.next())
    else {
        return token.to_owned();
    };
    let mut claims = BASE64
        .decode(payload)
        .ok()
        .and_then(|payload| serde_json::from_slice::<Map<String, Value>>(&payload).ok())
        .unwrap_or_default();
    claims.insert("tampered".to_owned(), true.into());
    let payload = BASE64.encode(Value::Object(claims).to_string());
    format!("{header}.{payload}.{signature}")
}

/// The token with each part filled up to a multiple of four characters.
fn padded(token: &str) -> String {
    let parts = token.split('.').map(|part| {
        let missing = (4 - part.len() % 4) % 4;
        format!("{part}{}", "=".repeat(missing))
    });
    parts.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    /// Vectors made by another implementation (spec/tokens.md, section 12).
    #[test]
    fn tokens_are_those_of_other_libraries() {
        for (payload, expected) in [
            (
                r#"{"c":"version"}"#,
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjIjoidmVyc2lvbiJ9.noAX_X8Lp2rRoCTiMM6hvHAC0WbS3Rl5WgekOuSfyiE",
            ),
            (
                r#"{"payload":{"c":"version"}}"#,
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJwYXlsb2FkIjp7ImMiOiJ2ZXJzaW9uIn19.R93z7iXo0HEHvObx6Pzkc3oPEKqFNqyxG8cqZhCR_oU",
            ),
            (
                r#"{"c":"version","exp":1700000000}"#,
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjIjoidmVyc2lvbiIsImV4cCI6MTcwMDAwMDAwMH0.wL_a6thTLJmjARfsYiFSe3jMk3CHUQrAHuGl_QDNy6U",
            ),
            (
                r#"{"payload":{"url":"https://files.example/a%20b.docx"},"iat":1700000000,"exp":1700000300}"#,
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJwYXlsb2FkIjp7InVybCI6Imh0dHBzOi8vZmlsZXMuZXhhbXBsZS9hJTIwYi5kb2N4In0sImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAwMzAwfQ.b2Jgkmis7NibIdDawETbqA_tIIyhFgUkG7x2Hsn7h6I",
            ),
        ] {
            let made = token(HEADER, payload.as_bytes(), Algorithm::Hs256, b"secret");
            assert_eq!(made, expected);
        }
    }

    fn make(recipe: Value) -> Value {
        let recipe: Recipe = serde_json::from_value(recipe).unwrap();
        let values = Values::at(1_700_000_300);
        let secret = Secret::from("secret");
        recipe
            .make(&json!({ "c": "version" }), &values, &secret)
            .unwrap()
    }

    fn parts(token: &Value) -> Vec<String> {
        let parts = token.as_str().unwrap().split('.');
        let text = |part| match BASE64.decode(part) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => format!("no Base64url: {part}"),
        };
        parts.map(text).collect()
    }

    #[test]
    fn a_recipe_without_members_makes_a_good_token() {
        let good = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjIjoidmVyc2lvbiJ9.noAX_X8Lp2rRoCTiMM6hvHAC0WbS3Rl5WgekOuSfyiE";
        assert_eq!(make(json!({})), good);
        let claims = json!({ "c": "version", "exp": "{now-300}" });
        assert_eq!(
            make(json!({ "claims": claims })),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjIjoidmVyc2lvbiIsImV4cCI6MTcwMDAwMDAwMH0.wL_a6thTLJmjARfsYiFSe3jMk3CHUQrAHuGl_QDNy6U"
        );
    }

    #[test]
    fn a_recipe_changes_only_what_it_says() {
        let good = make(json!({}));
        let good = good.as_str().unwrap();
        let (input, signature) = good.rsplit_once('.').unwrap();

        let wrong = make(json!({ "secret": "wrong" }));
        let (same, other) = wrong.as_str().unwrap().rsplit_once('.').unwrap();
        assert_eq!(same, input);
        assert_ne!(other, signature);

        let tampered = make(json!({ "edit": "tamper" }));
        assert_eq!(parts(&tampered)[1], r#"{"c":"version","tampered":true}"#);
        assert!(tampered.as_str().unwrap().ends_with(signature));

        assert_eq!(make(json!({ "edit": "pad" })), format!("{good}="));
        let none = make(json!({ "header": { "alg": "none" }, "mac": "none" }));
        assert_eq!(
            parts(&none),
            [r#"{"alg":"none"}"#, r#"{"c":"version"}"#, ""]
        );
        let text = make(json!({ "payload": "no JSON" }));
        assert_eq!(parts(&text)[1], "no JSON");
        assert_eq!(make(json!({ "raw": 7 })), 7);
        let lacking = make(json!({ "without": ["c"], "with": { "a.b": "{now}" } }));
        assert_eq!(parts(&lacking)[1], r#"{"a":{"b":1700000300}}"#);
    }

    #[test]
    fn longer_hashes_make_longer_signatures() {
        for (mac, length) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
            let token = make(json!({ "mac": mac }));
            let signature = token.as_str().unwrap().rsplit_once('.').unwrap().1;
            assert_eq!(BASE64.decode(signature).unwrap().len(), length, "{mac}");
        }
    }

    #[test]
    fn the_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Secret::from("geheim")), "Secret([hidden])");
    }
}

//! Verifying tokens as ONLYOFFICE was seen to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value};
use sha2::{Sha256, Sha384, Sha512};

use super::super::SECRET;
use super::{Fault, Ways};

/// Code and description; both null in two cases.
pub type Refused = (Option<i64>, Option<String>);

pub fn refused(code: i64, description: &str) -> Refused {
    (Some(code), Some(format!("token:{description}")))
}

pub fn verify(ways: Ways, token: &Value) -> Result<Map<String, Value>, Refused> {
    let malformed = |description| Err(refused(4006, description));
    let token = match token {
        Value::Null => return malformed("jwt must be provided"),
        Value::String(token) if token.is_empty() => return malformed("jwt must be provided"),
        Value::String(token) => token,
        _ => return malformed("jwt must be a string"),
    };
    let parts: Vec<_> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        return malformed("jwt malformed");
    };
    let (Some(head), Ok(body), Ok(mac)) = (
        BASE64
            .decode(header)
            .ok()
            .and_then(|header| serde_json::from_slice::<Value>(&header).ok()),
        BASE64.decode(payload),
        BASE64.decode(signature),
    ) else {
        return malformed("invalid token");
    };
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(&body) else {
        return Err(nameless(ways, "invalid token"));
    };
    if signature.is_empty() {
        return malformed("jwt signature is required");
    }
    let input = format!("{header}.{payload}");
    macro_rules! verifies {
        ($hash:ty) => {
            <Hmac<$hash>>::new_from_slice(SECRET.as_bytes())
                .unwrap()
                .chain_update(&input)
                .verify_slice(&mac)
                .is_ok()
        };
    }
    let right = match head["alg"].as_str() {
        Some("HS256") => verifies!(Sha256),
        Some("HS384") => verifies!(Sha384),
        Some("HS512") => verifies!(Sha512),
        _ => return malformed("invalid algorithm"),
    };
    if !right {
        return malformed("invalid signature");
    }
    if let Some(nbf) = claims.get("nbf") {
        match nbf.as_i64() {
            None => return malformed("invalid nbf value"),
            Some(nbf) if nbf > ways.now() + 60 => return Err(nameless(ways, "jwt not active")),
            Some(_) => {}
        }
    }
    if let Some(exp) = claims.get("exp") {
        let tolerance = match ways.fault {
            Some(Fault::Tolerance(seconds)) => seconds,
            _ => 60,
        };
        match exp.as_i64() {
            None => return malformed("invalid exp value"),
            Some(exp) if ways.now() >= exp + tolerance => {
                return Err(refused(4005, "jwt expired"));
            }
            Some(_) => {}
        }
    }
    Ok(claims)
}

/// What ONLYOFFICE gives no code.
fn nameless(ways: Ways, description: &str) -> Refused {
    if ways.is_recto() {
        refused(4006, description)
    } else {
        (None, None)
    }
}

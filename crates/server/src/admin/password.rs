//! The administrator's password.

use std::fmt;

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Fewest characters.
const SHORTEST: usize = 12;
/// The only user name.
const USER: &str = "admin";

/// The password of the administrator's pages: its hash alone is kept.
#[derive(Clone)]
pub struct AdminPassword([u8; 32]);

/// A password that is not fit for use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The administrator's password has {length} characters, and {SHORTEST} are the fewest. Make one with `openssl rand -base64 18`."
)]
pub struct PasswordError {
    length: usize,
}

impl AdminPassword {
    /// Takes a password of at least 12 characters.
    pub fn new(text: &str) -> Result<Self, PasswordError> {
        let length = text.chars().count();
        if length < SHORTEST {
            return Err(PasswordError { length });
        }
        Ok(Self(hash(text.as_bytes())))
    }

    /// Whether an `Authorization` header has it, as HTTP Basic authentication (RFC 7617) writes it.
    /// Hashes are compared, so that the time tells neither where it differs nor how long it is.
    pub(super) fn is_in(&self, header: &HeaderValue) -> bool {
        let Some((scheme, encoded)) = header.to_str().ok().and_then(|text| text.split_once(' '))
        else {
            return false;
        };
        let Ok(decoded) = STANDARD.decode(encoded.trim()) else {
            return false;
        };
        let Some(colon) = decoded.iter().position(|byte| *byte == b':') else {
            return false;
        };
        let (user, password) = decoded.split_at(colon);
        let right: bool = hash(password.get(1..).unwrap_or_default())
            .ct_eq(&self.0)
            .into();
        right & scheme.eq_ignore_ascii_case("basic") & (user == USER.as_bytes())
    }
}

impl fmt::Debug for AdminPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminPassword([hidden])")
    }
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(scheme: &str, text: &str) -> HeaderValue {
        format!("{scheme} {}", STANDARD.encode(text))
            .parse()
            .unwrap()
    }

    #[test]
    fn it_is_known_by_name_and_password() {
        let password = AdminPassword::new("correct horse").unwrap();
        assert!(password.is_in(&sent("Basic", "admin:correct horse")));
        assert!(password.is_in(&sent("basic", "admin:correct horse")));
        for wrong in [
            sent("Basic", "admin:correct hors"),
            sent("Basic", "admin:correct horse "),
            sent("Basic", "admin:"),
            sent("Basic", "root:correct horse"),
            sent("Basic", ":correct horse"),
            sent("Basic", "admin"),
            sent("Bearer", "admin:correct horse"),
            HeaderValue::from_static("Basic"),
            HeaderValue::from_static("Basic ?"),
            HeaderValue::from_static("admin:correct horse"),
        ] {
            assert!(!password.is_in(&wrong), "{wrong:?}");
        }
        // A colon may be in a password, and letters beyond ASCII are sent as UTF-8.
        let other = AdminPassword::new("a:b:c:d:e:f:é").unwrap();
        assert!(other.is_in(&sent("Basic", "admin:a:b:c:d:e:f:é")));
    }

    #[test]
    fn a_short_one_is_refused() {
        let error = AdminPassword::new("elevenchars").unwrap_err();
        insta::assert_snapshot!(error, @"The administrator's password has 11 characters, and 12 are the fewest. Make one with `openssl rand -base64 18`.");
        assert!(AdminPassword::new("twelve chars").is_ok());
    }

    #[test]
    fn it_cannot_be_printed() {
        let password = AdminPassword::new("correct horse").unwrap();
        assert_eq!(format!("{password:?}"), "AdminPassword([hidden])");
    }
}

//! The secret that integrator and document server share.

use std::fmt;

use recto_docs_api::{Explain, editor_error};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::refusal::reason;

/// Fewest bytes of a secret that gives HMAC-SHA256 its full strength
/// (RFC 7518, 3.2).
pub(crate) const STRONG: usize = 32;

/// Secrets that are printed in manuals, images and examples. A server that signs with
/// one of them can be imitated by anybody.
pub(crate) const KNOWN: [&str; 22] = [
    "secret",
    "verysecretstring",
    "changeme",
    "change-me",
    "change_me",
    "mysecret",
    "my_secret",
    "my-secret",
    "my_jwt_secret",
    "my-jwt-secret",
    "jwt_secret",
    "jwt-secret",
    "your_jwt_secret",
    "your-jwt-secret",
    "your-secret",
    "your_secret",
    "your-256-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "onlyoffice",
    "password",
    "test",
    "example",
];

/// A shared secret.
///
/// It cannot be printed, and its memory is overwritten when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// The secret in the text of a file. One line end after it does not belong
    /// to it, as editors put one there; other white space does.
    pub fn from_file_text(text: &str) -> Self {
        let text = text
            .strip_suffix('\n')
            .map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        Self::from(text)
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the secret has no bytes; such a secret signs nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// First 8 hex digits of a hash of the secret.
    ///
    /// Two places that show the same fingerprint have the same secret; that can
    /// be compared in a log or on the telephone without telling the secret.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::new()
            .chain_update(b"recto secret fingerprint\0")
            .chain_update(self.bytes())
            .finalize();
        hex::encode(&digest[..4])
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compares in a time that does not depend on where the bytes differ.
    pub(crate) fn is(&self, other: &[u8]) -> bool {
        self.0.ct_eq(other).into()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.as_bytes().to_vec()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text.into_bytes()))
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.is(other.bytes())
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([hidden])")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// A secret that must not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It has no bytes.
    #[error("The token secret is empty.")]
    Empty,
    /// It is printed in manuals and examples.
    #[error(
        "The token secret is one that manuals and examples print, so anybody can sign with it."
    )]
    Known,
}

/// A secret that may be used, but should not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretWarning {
    /// It has fewer than 32 bytes.
    Short {
        /// How many bytes it has.
        bytes: usize,
    },
    /// It begins or ends with white space, which is easily lost when it is
    /// copied to the other side.
    Whitespace,
}

const MAKE_ONE: &str = "Make one with \"openssl rand -hex 32\" and set it on both sides, here and in the application that embeds the editor.";

impl Explain for SecretError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => reason::SECRET_EMPTY.code,
            Self::Known => reason::SECRET_DEFAULT.code,
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        MAKE_ONE.to_owned()
    }

    fn editor_error(&self) -> i32 {
        editor_error::UNKNOWN
    }
}

impl Explain for SecretWarning {
    fn code(&self) -> &'static str {
        match self {
            Self::Short { .. } => reason::SECRET_SHORT.code,
            Self::Whitespace => reason::SECRET_WHITESPACE.code,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Short { bytes } => {
                format!(
                    "The token secret has {bytes} bytes; with fewer than {STRONG} it might be guessed from a token."
                )
            }
            Self::Whitespace => {
                "The token secret begins or ends with white space, which is part of it.".to_owned()
            }
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Short { .. } => MAKE_ONE.to_owned(),
            Self::Whitespace => {
                "Remove the white space, or make sure that the other side has it too.".to_owned()
            }
        }
    }

    fn editor_error(&self) -> i32 {
        editor_error::UNKNOWN
    }
}

/// Judges a secret before it is used: refuses one that anybody knows, and warns
/// of a weak one.
pub fn check_secret(secret: &Secret) -> Result<Option<SecretWarning>, SecretError> {
    let trimmed = secret.bytes().trim_ascii();
    if trimmed.is_empty() {
        return Err(SecretError::Empty);
    }
    if KNOWN
        .iter()
        .any(|known| trimmed.eq_ignore_ascii_case(known.as_bytes()))
    {
        return Err(SecretError::Known);
    }
    if trimmed.len() < STRONG {
        return Ok(Some(SecretWarning::Short {
            bytes: trimmed.len(),
        }));
    }
    Ok((trimmed.len() != secret.len()).then_some(SecretWarning::Whitespace))
}

#[cfg(test)]
mod tests;

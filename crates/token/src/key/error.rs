//! Why a key cannot be used.

use recto_docs_api::{Explain, editor_error};

use super::{Algorithm, Key};
use crate::refusal::reason;

/// A key that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is no PEM, no JWKS, or not what its label says.
    #[error("The public key cannot be read.")]
    Unreadable,
    /// A private key, where a public one belongs.
    #[error("The file holds a private key, and this server must never have it.")]
    Private,
    /// A certificate, or a public key in another form.
    #[error("The file holds a certificate or a key in another form than \"BEGIN PUBLIC KEY\".")]
    Form,
    /// A kind of key that verifies nothing here.
    #[error("The public key is none of RSA, P-256 and Ed25519.")]
    Unsupported,
    /// An RSA key that can be broken, or one that is too large to be of use.
    #[error("The RSA key has {bits} bits, and 2048 to 8192 are permitted.")]
    RsaSize {
        /// Its size.
        bits: usize,
    },
    /// An RSA key with an exponent that gives no security.
    #[error("The exponent of the RSA key is not one that signatures can be verified with.")]
    RsaExponent,
    /// No key for signatures is in the JWKS.
    #[error("The JWKS has no key for RS256, ES256 or EdDSA.")]
    NoneUsable,
    /// An id that no token could name.
    #[error(
        "The id of the key is empty, is longer than {} bytes, or has control characters.",
        Key::ID_MAX
    )]
    Id,
    /// An algorithm that the key is not for.
    #[error("The key is for {key} and cannot be restricted to {wanted}.")]
    Algorithm {
        /// What the key is for.
        key: Algorithm,
        /// What was asked for.
        wanted: Algorithm,
    },
    /// Another number of keys than a ring holds.
    #[error(
        "{count} keys are given, and a ring holds 1 to {}.",
        crate::KeyRing::MAX
    )]
    Count {
        /// How many.
        count: usize,
    },
    /// Two keys of one id.
    #[error("Two keys have the same id.")]
    SameId,
    /// Only public keys, where something must be signed.
    #[error("The ring has no secret, so nothing can be signed with it.")]
    NoSecret,
}

impl Explain for KeyError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable | Self::Form => reason::KEY_UNREADABLE,
            Self::Private => reason::KEY_PRIVATE,
            Self::Unsupported | Self::NoneUsable | Self::Algorithm { .. } => {
                reason::KEY_UNSUPPORTED
            }
            Self::RsaSize { .. } | Self::RsaExponent => reason::KEY_WEAK,
            Self::Id | Self::SameId => reason::KEY_ID,
            Self::Count { .. } => reason::KEY_COUNT,
            Self::NoSecret => reason::KEY_NO_SECRET,
        }
        .code
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Unreadable => "Give a PEM file that begins with \"-----BEGIN PUBLIC KEY-----\", or a JWKS.",
            Self::Private => "Give the public key alone (\"openssl pkey -in private.pem -pubout\" writes it), and treat the private one as no longer secret.",
            Self::Form => "Write the public key with \"openssl pkey -pubin -in key.pem\" or, from a certificate, \"openssl x509 -in cert.pem -noout -pubkey\".",
            Self::Unsupported | Self::NoneUsable => "Make one with \"openssl genpkey -algorithm ed25519\", or sign with a shared secret.",
            Self::RsaSize { .. } | Self::RsaExponent => "Make one with \"openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:3072\".",
            Self::Id => "Give it a short id, such as the date on which it was made.",
            Self::Algorithm { .. } => "Restrict a secret to HS256, HS384 or HS512; a public key has one algorithm only.",
            Self::Count { .. } => "Leave out the keys whose tokens have all expired.",
            Self::SameId => "Give each key an id of its own.",
            Self::NoSecret => "Add a secret; \"openssl rand -hex 32\" makes one.",
        }
        .to_owned()
    }

    fn editor_error(&self) -> i32 {
        editor_error::UNKNOWN
    }
}

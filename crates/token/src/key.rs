//! One key: what it verifies and signs, since when and until when.

mod error;
mod public;
mod shared;

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use crate::{Secret, SecretError, SecretWarning, check_secret};
pub use error::KeyError;
pub(crate) use public::PublicKey;
use shared::Shared;

/// How a token is signed (RFC 7518, 3.1, and RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// HMAC with SHA-256 and a shared secret.
    Hs256,
    /// HMAC with SHA-384 and a shared secret.
    Hs384,
    /// HMAC with SHA-512 and a shared secret.
    Hs512,
    /// RSA (PKCS #1, version 1.5) with SHA-256.
    Rs256,
    /// ECDSA on the curve P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// All algorithms.
    pub const ALL: [Self; 6] = [
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
        Self::Rs256,
        Self::Es256,
        Self::EdDsa,
    ];

    /// The name in a token's header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of a name, which is case-sensitive.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
    }

    /// Whether both sides share the key.
    pub fn is_symmetric(self) -> bool {
        matches!(self, Self::Hs256 | Self::Hs384 | Self::Hs512)
    }

    /// Whether `secret` made the HMAC `signature`; takes the same time wherever
    /// they differ. No secret makes a signature of another kind.
    pub(crate) fn hmac_fits(self, secret: &[u8], input: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Hs256 => fits::<Hmac<Sha256>>(secret, input, signature),
            Self::Hs384 => fits::<Hmac<Sha384>>(secret, input, signature),
            Self::Hs512 => fits::<Hmac<Sha512>>(secret, input, signature),
            Self::Rs256 | Self::Es256 | Self::EdDsa => false,
        }
    }

    fn hmac(self, secret: &[u8], input: &[u8]) -> String {
        match self {
            Self::Hs384 => hmac::<Hmac<Sha384>>(secret, input),
            Self::Hs512 => hmac::<Hmac<Sha512>>(secret, input),
            _ => hmac::<Hmac<Sha256>>(secret, input),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn fits<M: Mac + KeyInit>(secret: &[u8], input: &[u8], signature: &[u8]) -> bool {
    M::new_from_slice(secret)
        .is_ok_and(|mac| mac.chain_update(input).verify_slice(signature).is_ok())
}

fn hmac<M: Mac + KeyInit>(secret: &[u8], input: &[u8]) -> String {
    // HMAC takes keys of every length, so there is no error to report.
    match M::new_from_slice(secret) {
        Ok(mac) => URL_SAFE_NO_PAD.encode(mac.chain_update(input).finalize().into_bytes()),
        Err(_) => unreachable!("HMAC takes keys of every length"),
    }
}

/// Whether a key may be used at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Not before this time, in Unix seconds.
    Early(i64),
    /// Now.
    Usable,
    /// No longer since this time, in Unix seconds.
    Retired(i64),
}

/// A key with its algorithm, and with the time in which it may be used.
///
/// The algorithm belongs to the key, so that no token can choose how it is
/// verified. A secret cannot be printed, is compared in constant time, and is
/// overwritten in memory when the key is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    /// Whether HMAC with another hash is accepted too.
    any_hash: bool,
    not_before: Option<i64>,
    retires: Option<i64>,
    material: Material,
}

#[derive(Clone, PartialEq, Eq)]
enum Material {
    Secret(Shared),
    Public(PublicKey),
}

impl Key {
    /// Longest id in bytes.
    pub const ID_MAX: usize = 256;

    /// A shared secret. It signs with HS256, and verifies HS384 and HS512 too,
    /// which some integrators use and ONLYOFFICE's server accepts.
    pub fn secret(secret: Secret) -> Self {
        Self {
            any_hash: true,
            ..Self::with(Algorithm::Hs256, Material::Secret(secret.into()))
        }
    }

    /// A public key as PEM (`BEGIN PUBLIC KEY`): RSA of 2048 bits or more,
    /// P-256, or Ed25519. It verifies and signs nothing.
    pub fn public_pem(pem: &str) -> Result<Self, KeyError> {
        PublicKey::from_pem(pem).map(Self::public)
    }

    fn public(key: PublicKey) -> Self {
        Self::with(key.algorithm(), Material::Public(key))
    }

    /// The public keys of a JWKS or of a single JWK (RFC 7517), with their ids.
    ///
    /// Keys for encryption and of unknown kinds are left out; if none is left it
    /// is an error. So is a private key.
    pub fn jwks(text: &str) -> Result<Vec<Self>, KeyError> {
        public::jwks(text)?
            .into_iter()
            .map(|(id, key)| match id {
                Some(id) => Self::public(key).with_id(&id),
                None => Ok(Self::public(key)),
            })
            .collect()
    }

    /// The keys in the text of a file: PEM, a JWKS, or a secret. One line end
    /// after a secret does not belong to it, as editors put one there.
    pub fn from_file_text(text: &str) -> Result<Vec<Self>, KeyError> {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        if start.starts_with("-----BEGIN ") {
            Ok(vec![Self::public_pem(text)?])
        } else if start.starts_with('{')
            && (start.contains("\"keys\"") || start.contains("\"kty\""))
        {
            Self::jwks(start)
        } else {
            Ok(vec![Self::secret(Secret::from_file_text(text))])
        }
    }

    fn with(algorithm: Algorithm, material: Material) -> Self {
        Self {
            id: None,
            algorithm,
            any_hash: false,
            not_before: None,
            retires: None,
            material,
        }
    }

    /// Gives the key an id. Tokens may name it as `kid`, and those that are
    /// signed with the key do.
    pub fn with_id(mut self, id: &str) -> Result<Self, KeyError> {
        if id.is_empty() || id.len() > Self::ID_MAX || id.chars().any(char::is_control) {
            return Err(KeyError::Id);
        }
        self.id = Some(id.to_owned());
        Ok(self)
    }

    /// The key may be used from this time on (Unix seconds).
    #[must_use]
    pub fn not_before(mut self, time: i64) -> Self {
        self.not_before = Some(time);
        self
    }

    /// The key may no longer be used from this time on (Unix seconds).
    #[must_use]
    pub fn retires(mut self, time: i64) -> Self {
        self.retires = Some(time);
        self
    }

    /// Restricts a secret to one HMAC: it signs with this one, and accepts no
    /// other.
    pub fn only(mut self, algorithm: Algorithm) -> Result<Self, KeyError> {
        if algorithm.is_symmetric() != self.algorithm.is_symmetric()
            || !algorithm.is_symmetric() && algorithm != self.algorithm
        {
            return Err(KeyError::Algorithm {
                key: self.algorithm,
                wanted: algorithm,
            });
        }
        self.algorithm = algorithm;
        self.any_hash = false;
        Ok(self)
    }

    /// The id, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The algorithm that it signs with, or verifies if it cannot sign.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Unix second from which it may be used, if there is one.
    pub fn begins(&self) -> Option<i64> {
        self.not_before
    }

    /// Unix second from which it may no longer be used, if there is one.
    pub fn ends(&self) -> Option<i64> {
        self.retires
    }

    /// Whether it can sign: whether it is a secret.
    pub fn can_sign(&self) -> bool {
        matches!(self.material, Material::Secret(_))
    }

    /// First 8 hex digits of a hash of the key, for comparing it with another
    /// place without telling it. That of a secret is [`Secret::fingerprint`].
    pub fn fingerprint(&self) -> String {
        match &self.material {
            Material::Secret(shared) => shared.secret().fingerprint(),
            Material::Public(key) => key.fingerprint(),
        }
    }

    /// Judges a secret before it is used, as [`check_secret`](crate::check_secret)
    /// does. A public key is good if it could be read.
    pub fn check(&self) -> Result<Option<SecretWarning>, SecretError> {
        self.as_secret().map_or(Ok(None), check_secret)
    }

    /// Whether it may be used at a time (Unix seconds).
    pub fn state(&self, now: i64) -> KeyState {
        match (self.not_before, self.retires) {
            (_, Some(time)) if now >= time => KeyState::Retired(time),
            (Some(time), _) if now < time => KeyState::Early(time),
            _ => KeyState::Usable,
        }
    }

    /// Whether both verify the same signatures, whatever their ids and times.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.material == other.material
    }

    /// The id, else the fingerprint: what a person calls the key.
    pub(crate) fn label(&self) -> String {
        match &self.id {
            Some(id) => format!("\"{}\"", crate::json::cut(id)),
            None => self.fingerprint(),
        }
    }

    pub(crate) fn as_secret(&self) -> Option<&Secret> {
        match &self.material {
            Material::Secret(shared) => Some(shared.secret()),
            Material::Public(_) => None,
        }
    }

    /// Whether it verifies and signs nothing, because it is an empty secret.
    pub(crate) fn is_void(&self) -> bool {
        self.as_secret().is_some_and(Secret::is_empty)
    }

    /// Whether tokens with this algorithm may be verified with it.
    pub(crate) fn accepts(&self, algorithm: Algorithm) -> bool {
        self.algorithm == algorithm || self.any_hash && algorithm.is_symmetric()
    }

    /// Whether it made the signature.
    pub(crate) fn verifies(&self, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
        self.accepts(algorithm)
            && !self.is_void()
            && match &self.material {
                Material::Secret(shared) => shared.fits(algorithm, input, signature),
                Material::Public(key) => key.verifies(input, signature),
            }
    }

    /// Signs, as Base64url. A public key signs nothing, and its signature is
    /// empty.
    pub(crate) fn signature(&self, input: &[u8]) -> String {
        self.as_secret().map_or_else(String::new, |secret| {
            self.algorithm.hmac(secret.bytes(), input)
        })
    }

    /// The key for another purpose, made from a secret: with the same id and
    /// time, for HS256 only.
    pub(crate) fn derived(&self, derive: impl Fn(&Secret) -> Secret) -> Option<Self> {
        let secret = derive(self.as_secret()?);
        Some(Self {
            id: self.id.clone(),
            not_before: self.not_before,
            retires: self.retires,
            ..Self::with(Algorithm::Hs256, Material::Secret(secret.into()))
        })
    }

    /// The key without limits in time.
    pub(crate) fn timeless(mut self) -> Self {
        self.not_before = None;
        self.retires = None;
        self
    }
}

impl From<Secret> for Key {
    fn from(secret: Secret) -> Self {
        Self::secret(secret)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .field("fingerprint", &self.fingerprint())
            .field("not_before", &self.not_before)
            .field("retires", &self.retires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

//! Public keys: reading them, and verifying with them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use spki::{
    ObjectIdentifier, SubjectPublicKeyInfoRef,
    der::{Decode as _, Reader as _, SliceReader, asn1::UintRef, pem},
};

use super::{Algorithm, KeyError};
use crate::json;

/// rsaEncryption (RFC 8017, A.1).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-ecPublicKey (RFC 5480, 2.1.1).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// secp256r1 (RFC 5480, 2.1.1.1).
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// id-Ed25519 (RFC 8410, 3).
const ED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A key that verifies.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// Modulus and exponent, big-endian without leading zeros.
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// The point, uncompressed.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl PublicKey {
    pub(super) fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let pem = pem.trim_start_matches('\u{feff}').trim();
        if pem.contains("PRIVATE KEY-----") {
            return Err(KeyError::Private);
        }
        let (label, der) = pem::decode_vec(pem.as_bytes()).map_err(|_| KeyError::Unreadable)?;
        if label != "PUBLIC KEY" {
            return Err(KeyError::Form);
        }
        let key = SubjectPublicKeyInfoRef::from_der(&der).map_err(|_| KeyError::Unreadable)?;
        let bits = key
            .subject_public_key
            .as_bytes()
            .ok_or(KeyError::Unreadable)?;
        match key.algorithm.oid {
            RSA => {
                let (n, e) = rsa_members(bits).map_err(|_| KeyError::Unreadable)?;
                Self::rsa(n, e)
            }
            EC if key.algorithm.parameters_oid() == Ok(P256) => Self::p256(bits),
            ED => Self::ed25519(bits),
            _ => Err(KeyError::Unsupported),
        }
    }

    fn rsa(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        let [n, e] = [n, e].map(|number| {
            let zeros = number.iter().take_while(|byte| **byte == 0).count();
            number[zeros..].to_vec()
        });
        let bits = n
            .first()
            .map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
        if !(2048..=8192).contains(&bits) {
            return Err(KeyError::RsaSize { bits });
        }
        // The library takes odd exponents from 3 on, and none in use has more than
        // 32 bits.
        if e.is_empty() || e == [1] || e.len() > 4 || e.last().is_none_or(|last| last % 2 == 0) {
            return Err(KeyError::RsaExponent);
        }
        Ok(Self::Rsa { n, e })
    }

    fn p256(point: &[u8]) -> Result<Self, KeyError> {
        if point.len() == 65 && point[0] == 4 {
            Ok(Self::P256(point.to_vec()))
        } else {
            Err(KeyError::Unreadable)
        }
    }

    fn ed25519(key: &[u8]) -> Result<Self, KeyError> {
        if key.len() == 32 {
            Ok(Self::Ed25519(key.to_vec()))
        } else {
            Err(KeyError::Unreadable)
        }
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256(_) => Algorithm::Es256,
            Self::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    pub(super) fn verifies(&self, input: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, input, signature)
                .is_ok(),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(input, signature)
                .is_ok(),
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key)
                .verify(input, signature)
                .is_ok(),
        }
    }

    pub(super) fn fingerprint(&self) -> String {
        let mut digest = Sha256::new().chain_update(b"recto key fingerprint\0");
        match self {
            Self::Rsa { n, e } => {
                digest.update(b"rsa\0");
                digest.update(n);
                digest.update(e);
            }
            Self::P256(bytes) | Self::Ed25519(bytes) => digest.update(bytes),
        }
        hex::encode(&digest.finalize()[..4])
    }
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017, A.1.1).
fn rsa_members(der: &[u8]) -> spki::der::Result<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(der)?;
    let members = reader.sequence(|reader| {
        let n = UintRef::decode(reader)?;
        let e = UintRef::decode(reader)?;
        Ok((n.as_bytes(), e.as_bytes()))
    })?;
    reader.finish(members)
}

/// The keys for signatures of a JWKS, or of one JWK, with their ids.
pub(super) fn jwks(text: &str) -> Result<Vec<(Option<String>, PublicKey)>, KeyError> {
    let Ok(Value::Object(members)) = json::parse(text.as_bytes(), 16) else {
        return Err(KeyError::Unreadable);
    };
    let keys = match members.get("keys") {
        Some(Value::Array(keys)) => keys.iter().filter_map(Value::as_object).collect(),
        Some(_) => return Err(KeyError::Unreadable),
        None => vec![&members],
    };
    let mut read = Vec::new();
    for key in keys {
        if let Some(public) = jwk(key)? {
            let id = key.get("kid").and_then(Value::as_str).map(str::to_owned);
            read.push((id, public));
        }
    }
    if read.is_empty() {
        return Err(KeyError::NoneUsable);
    }
    Ok(read)
}

/// One key; `None` when it is not for verifying what tokens are signed with here.
fn jwk(key: &Map<String, Value>) -> Result<Option<PublicKey>, KeyError> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let bytes = |name: &str| {
        text(name)
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .ok_or(KeyError::Unreadable)
    };
    if key.contains_key("d") {
        return Err(KeyError::Private);
    }
    let for_signatures = text("use").is_none_or(|used| used == "sig")
        && key
            .get("key_ops")
            .and_then(Value::as_array)
            .is_none_or(|all| all.iter().any(|one| one == "verify"));
    let algorithm = match (text("kty"), text("crv")) {
        (Some("RSA"), _) => Algorithm::Rs256,
        (Some("EC"), Some("P-256")) => Algorithm::Es256,
        (Some("OKP"), Some("Ed25519")) => Algorithm::EdDsa,
        _ => return Ok(None),
    };
    if !for_signatures || text("alg").is_some_and(|alg| alg != algorithm.as_str()) {
        return Ok(None);
    }
    match algorithm {
        Algorithm::Rs256 => PublicKey::rsa(&bytes("n")?, &bytes("e")?),
        Algorithm::Es256 => {
            let [x, y] = [bytes("x")?, bytes("y")?];
            PublicKey::p256(&[&[4], x.as_slice(), y.as_slice()].concat())
        }
        _ => PublicKey::ed25519(&bytes("x")?),
    }
    .map(Some)
}

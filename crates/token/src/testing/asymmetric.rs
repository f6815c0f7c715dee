//! Private keys for tests, and what they sign.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use serde_json::Value;

use super::{b64, token};
use crate::{Algorithm, Key, Secret};

pub(crate) const RSA_PUBLIC: &str = include_str!("keys/rsa.public.pem");
pub(crate) const P256_PUBLIC: &str = include_str!("keys/p256.public.pem");
pub(crate) const ED25519_PUBLIC: &str = include_str!("keys/ed25519.public.pem");
pub(crate) const JWKS: &str = include_str!("keys/jwks.json");

/// The private keys are for tests only and protect nothing.
const RSA_PRIVATE: &str = include_str!("keys/rsa.test-only-private.pem");
const P256_PRIVATE: &str = include_str!("keys/p256.test-only-private.pem");
const ED25519_PRIVATE: &str = include_str!("keys/ed25519.test-only-private.pem");

fn der(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(lines).unwrap()
}

/// The key that verifies what [`signed`] signs.
pub(crate) fn verifier(algorithm: Algorithm) -> Key {
    match algorithm {
        Algorithm::Rs256 => Key::public_pem(RSA_PUBLIC).unwrap(),
        Algorithm::Es256 => Key::public_pem(P256_PUBLIC).unwrap(),
        Algorithm::EdDsa => Key::public_pem(ED25519_PUBLIC).unwrap(),
        _ => Key::secret(Secret::from(super::SECRET))
            .only(algorithm)
            .unwrap(),
    }
}

/// A token with any header, signed by `algorithm`'s test key.
pub(crate) fn signed(algorithm: Algorithm, header: &Value, payload: impl AsRef<[u8]>) -> String {
    let input = format!("{}.{}", b64(header.to_string()), b64(&payload));
    let random = SystemRandom::new();
    let bytes = input.as_bytes();
    let signature = match algorithm {
        Algorithm::Rs256 => {
            let key = RsaKeyPair::from_pkcs8(&der(RSA_PRIVATE)).unwrap();
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature)
                .unwrap();
            signature
        }
        Algorithm::Es256 => {
            let key = EcdsaKeyPair::from_pkcs8(
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                &der(P256_PRIVATE),
                &random,
            )
            .unwrap();
            key.sign(&random, bytes).unwrap().as_ref().to_vec()
        }
        Algorithm::EdDsa => {
            let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der(ED25519_PRIVATE)).unwrap();
            key.sign(bytes).as_ref().to_vec()
        }
        _ => return token(super::SECRET, header, payload),
    };
    format!("{input}.{}", b64(signature))
}

use proptest::prelude::*;
use recto_docs_api::Explain as _;
use serde_json::{Value, json};

use super::*;
use crate::{
    KeyRing, Refusal,
    jws::{self, Expect},
    testing::{
        NOW, SECRET,
        asymmetric::{ED25519_PUBLIC, JWKS, P256_PUBLIC, RSA_PUBLIC, signed, verifier},
        b64, lines, token,
    },
};

fn open(key: Key, token: &str) -> Result<Value, Refusal> {
    jws::open(&KeyRing::from(key), token, Expect::INBOX, NOW).map(Value::Object)
}

/// Tokens that OpenSSL signed.
#[test]
fn vectors_of_openssl() {
    for (algorithm, token) in [
        (
            Algorithm::Rs256,
            include_str!("../testing/keys/rs256.token.txt"),
        ),
        (
            Algorithm::Es256,
            include_str!("../testing/keys/es256.token.txt"),
        ),
        (
            Algorithm::EdDsa,
            include_str!("../testing/keys/eddsa.token.txt"),
        ),
    ] {
        let claims = open(verifier(algorithm), token.trim()).unwrap();
        assert_eq!(claims, json!({"c": "version"}), "{algorithm}");
    }
}

/// The algorithm belongs to the key: no token makes a public key a secret.
#[test]
fn t2_a_public_key_is_no_secret() {
    let claims = json!({"c": "version"}).to_string();
    let forged = |key: &str, alg: &str| token(key, &json!({"alg": alg}), &claims);
    for (pem, algorithm) in [
        (RSA_PUBLIC, Algorithm::Rs256),
        (P256_PUBLIC, Algorithm::Es256),
        (ED25519_PUBLIC, Algorithm::EdDsa),
    ] {
        for text in [pem, pem.trim(), pem.trim_end()] {
            for alg in ["HS256", "HS384", "HS512"] {
                let refusal = open(verifier(algorithm), &forged(text, alg)).unwrap_err();
                assert_eq!(refusal.code, "token.alg_unsupported", "{algorithm} {alg}");
            }
            let refusal = open(verifier(algorithm), &forged(text, algorithm.as_str())).unwrap_err();
            assert_eq!(refusal.code, "token.signature");
        }
    }
    let refusal = open(verifier(Algorithm::Rs256), &forged(RSA_PUBLIC, "HS256")).unwrap_err();
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.alg_unsupported "token:invalid algorithm"
        The token's algorithm is "HS256", and the key that verifies it is for RS256.
        Sign the token with RS256 and a key that this server knows.
        path: alg
        expected: RS256
        found: "HS256"
    "#);
    let both = KeyRing::new(vec![
        verifier(Algorithm::Rs256),
        Key::secret(Secret::from(SECRET)),
    ])
    .unwrap();
    let refusal = jws::open(&both, &forged(RSA_PUBLIC, "HS256"), Expect::INBOX, NOW).unwrap_err();
    assert_eq!(refusal.code, "token.signature");
}

#[test]
fn t2_a_key_takes_its_algorithm_only() {
    for key in Algorithm::ALL {
        for claimed in Algorithm::ALL {
            for signer in Algorithm::ALL {
                let token = signed(signer, &json!({"alg": claimed.as_str()}), "{}");
                let accepted = open(verifier(key), &token).is_ok();
                // The tests' HMAC takes the hash that the header names.
                let same = claimed == signer || claimed.is_symmetric() && signer.is_symmetric();
                assert_eq!(
                    accepted,
                    key == claimed && same,
                    "{signer} signed, {claimed} claimed, {key} verifies"
                );
            }
        }
    }
    let other = open(
        verifier(Algorithm::Rs256),
        &signed(Algorithm::Es256, &json!({"alg": "ES256"}), "{}"),
    );
    insta::assert_snapshot!(lines(&other.unwrap_err()), @r#"
        token.alg_unsupported "token:invalid algorithm"
        The token's algorithm is "ES256", and the key that verifies it is for RS256.
        Sign the token with RS256 and a key that this server knows.
        path: alg
        expected: RS256
        found: "ES256"
    "#);
}

#[test]
fn t3_other_hashes_only_for_keys_that_are_not_restricted() {
    let free = Key::secret(Secret::from(SECRET));
    let restricted = free.clone().only(Algorithm::Hs256).unwrap();
    for (alg, passes) in [("HS256", true), ("HS384", false), ("HS512", false)] {
        let token = token(SECRET, &json!({"alg": alg}), "{}");
        assert!(open(free.clone(), &token).is_ok());
        let got = open(restricted.clone(), &token);
        assert_eq!(got.is_ok(), passes, "{alg}");
        if let Err(refusal) = got {
            assert_eq!(refusal.code, "token.alg_unsupported");
        }
    }
    let refusal = open(restricted, &token(SECRET, &json!({"alg": "HS512"}), "{}")).unwrap_err();
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.alg_unsupported "token:invalid algorithm"
        The token's algorithm is "HS512", and the key that verifies it is for HS256.
        Sign the token with HS256 and the shared secret.
        path: alg
        expected: HS256
        found: "HS512"
    "#);
    assert!(free.clone().only(Algorithm::Rs256).is_err());
    assert!(verifier(Algorithm::Rs256).only(Algorithm::Es256).is_err());
    assert!(verifier(Algorithm::Rs256).only(Algorithm::Rs256).is_ok());
}

#[test]
fn signatures_of_other_keys_are_refused_and_explained() {
    let [header, payload] = [b64(r#"{"alg":"EdDSA"}"#), b64("{}")];
    let refusal = open(
        verifier(Algorithm::EdDsa),
        &format!("{header}.{payload}.{}", b64([7; 64])),
    )
    .unwrap_err();
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.signature "token:invalid signature"
        No public key of this server fits the EdDSA signature of the token; tried: fe1581c9.
        Sign with the private key that belongs to it, or give this server the public key that the back end's private key has. Fix the payload too: it is empty.
        expected: a signature by the key fe1581c9
    "#);
    let asn1 = include_str!("../testing/keys/es256-asn1.token.txt");
    let refusal = open(verifier(Algorithm::Es256), asn1.trim()).unwrap_err();
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.signature "token:invalid signature"
        No public key of this server fits the ES256 signature of the token; tried: 6c6a97dd.
        Write the ES256 signature as two numbers of 32 bytes each (RFC 7518, 3.4), not in ASN.1, best with a JWT library.
        expected: a signature by the key 6c6a97dd
    "#);
}

#[test]
fn a_jwks_gives_its_keys_for_signatures() {
    let keys = Key::jwks(JWKS).unwrap();
    let found: Vec<_> = keys
        .iter()
        .map(|key| (key.id().unwrap(), key.algorithm()))
        .collect();
    assert_eq!(
        found,
        [
            ("rsa-1", Algorithm::Rs256),
            ("p256-1", Algorithm::Es256),
            ("ed-1", Algorithm::EdDsa)
        ]
    );
    for key in keys {
        let pem = verifier(key.algorithm());
        assert_eq!(key.fingerprint(), pem.fingerprint());
        let token = signed(
            key.algorithm(),
            &json!({"alg": key.algorithm().as_str()}),
            "{}",
        );
        assert!(open(key, &token).is_ok());
    }
    let single = json!({"kty": "OKP", "crv": "Ed25519", "x": b64([1; 32])}).to_string();
    assert_eq!(Key::jwks(&single).unwrap().len(), 1);
}

#[test]
fn bad_public_keys_are_refused() {
    let private = include_str!("../testing/keys/rsa.test-only-private.pem");
    let small = include_str!("../testing/keys/rsa-1024.public.pem");
    let p384 = include_str!("../testing/keys/p384.public.pem");
    let pkcs1 = include_str!("../testing/keys/rsa.pkcs1.pem");
    for (pem, error) in [
        ("", KeyError::Unreadable),
        (
            "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----",
            KeyError::Unreadable,
        ),
        (
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            KeyError::Unreadable,
        ),
        (private, KeyError::Private),
        (small, KeyError::RsaSize { bits: 1024 }),
        (p384, KeyError::Unsupported),
        (pkcs1, KeyError::Form),
    ] {
        assert_eq!(Key::public_pem(pem), Err(error), "{pem}");
    }
    let jwk = |members: Value| Key::jwks(&json!({"keys": [members]}).to_string()).map(|_| ());
    for (members, error) in [
        (json!({"kty": "oct", "k": "AAAA"}), KeyError::NoneUsable),
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": b64([1; 31])}),
            KeyError::Unreadable,
        ),
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": b64([1; 32]), "d": "AA"}),
            KeyError::Private,
        ),
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": b64([1; 32]), "use": "enc"}),
            KeyError::NoneUsable,
        ),
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": b64([1; 32]), "alg": "HS256"}),
            KeyError::NoneUsable,
        ),
        (
            json!({"kty": "OKP", "crv": "Ed25519", "x": b64([1; 32]), "kid": ""}),
            KeyError::Id,
        ),
        (
            json!({"kty": "EC", "crv": "P-256", "x": b64([1; 32]), "y": b64([1; 31])}),
            KeyError::Unreadable,
        ),
        (
            json!({"kty": "RSA", "n": b64([255; 256]), "e": "AQ"}),
            KeyError::RsaExponent,
        ),
        (
            json!({"kty": "RSA", "n": b64([255; 2000]), "e": "AQAB"}),
            KeyError::RsaSize { bits: 16000 },
        ),
    ] {
        assert_eq!(jwk(members.clone()), Err(error), "{members}");
    }
    assert_eq!(Key::jwks("{\"keys\":5}"), Err(KeyError::Unreadable));
    assert_eq!(Key::jwks("[]"), Err(KeyError::Unreadable));
}

#[test]
fn sentences_of_keys() {
    for error in [
        KeyError::Unreadable,
        KeyError::Private,
        KeyError::Form,
        KeyError::Unsupported,
        KeyError::RsaExponent,
        KeyError::NoneUsable,
        KeyError::Id,
        KeyError::SameId,
        KeyError::NoSecret,
    ] {
        assert!(
            error.message().ends_with('.') && error.hint().ends_with('.'),
            "{error:?}"
        );
    }
    insta::assert_snapshot!(KeyError::RsaSize { bits: 1024 }.message(), @"The RSA key has 1024 bits, and 2048 to 8192 are permitted.");
    insta::assert_snapshot!(KeyError::Private.message(), @"The file holds a private key, and this server must never have it.");
    insta::assert_snapshot!(KeyError::Private.hint(), @r#"Give the public key alone ("openssl pkey -in private.pem -pubout" writes it), and treat the private one as no longer secret."#);
    insta::assert_snapshot!(KeyError::Id.message(), @"The id of the key is empty, is longer than 256 bytes, or has control characters.");
    insta::assert_snapshot!(KeyError::Count { count: 9 }.message(), @"9 keys are given, and a ring holds 1 to 8.");
    let algorithm = KeyError::Algorithm {
        key: Algorithm::Rs256,
        wanted: Algorithm::Hs256,
    };
    insta::assert_snapshot!(algorithm.message(), @"The key is for RS256 and cannot be restricted to HS256.");
}

#[test]
fn files_hold_keys_of_all_kinds() {
    let kind = |text: &str| {
        Key::from_file_text(text).map(|keys| keys.iter().map(Key::algorithm).collect::<Vec<_>>())
    };
    assert_eq!(kind(RSA_PUBLIC), Ok(vec![Algorithm::Rs256]));
    assert_eq!(
        kind(&RSA_PUBLIC.replace('\n', "\r\n")),
        Ok(vec![Algorithm::Rs256])
    );
    assert_eq!(kind(JWKS).map(|keys| keys.len()), Ok(3));
    assert_eq!(kind("a secret\n"), Ok(vec![Algorithm::Hs256]));
    assert_eq!(kind("{not json"), Ok(vec![Algorithm::Hs256]));
    assert!(kind("-----BEGIN PRIVATE KEY-----").is_err());
    for (text, secret) in [
        ("s", "s"),
        ("s\n", "s"),
        ("s\r\n", "s"),
        ("s\n\n", "s\n"),
        (" s ", " s "),
        ("s\r", "s\r"),
        ("\n", ""),
    ] {
        assert_eq!(
            Key::from_file_text(text).unwrap()[0].as_secret(),
            Some(&Secret::from(secret)),
            "{text:?}"
        );
    }
}

#[test]
fn keys_have_their_time() {
    let key = Key::secret(Secret::from(SECRET))
        .not_before(100)
        .retires(200);
    for (now, state) in [
        (99, KeyState::Early(100)),
        (100, KeyState::Usable),
        (199, KeyState::Usable),
        (200, KeyState::Retired(200)),
    ] {
        assert_eq!(key.state(now), state);
    }
    assert_eq!(
        Key::secret(Secret::from(SECRET)).state(i64::MIN),
        KeyState::Usable
    );
}

#[test]
fn ids_are_short_texts() {
    let named = |id: &str| Key::secret(Secret::from(SECRET)).with_id(id);
    assert_eq!(named("2026-11").unwrap().id(), Some("2026-11"));
    for id in ["", "a\nb", &"x".repeat(257)] {
        assert_eq!(named(id), Err(KeyError::Id));
    }
}

#[test]
fn t19_keys_cannot_be_printed() {
    let key = Key::secret(Secret::from(SECRET)).with_id("now").unwrap();
    let shown = format!("{key:?} {:?}", KeyRing::from(key.clone()));
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(shown.contains(&key.fingerprint()) && shown.contains("now"));
}

/// What each algorithm is tried with; `Es256` is not deterministic.
fn algorithms() -> impl Strategy<Value = Algorithm> {
    proptest::sample::select(Algorithm::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_signed_is_verified(algorithm in algorithms(), text in ".{0,30}") {
        let claims = json!({"c": text});
        let token = signed(algorithm, &json!({"alg": algorithm.as_str()}), claims.to_string());
        prop_assert_eq!(open(verifier(algorithm), &token).unwrap(), claims);
    }

    /// Any bit of header, payload or signature, whatever the algorithm is.
    #[test]
    fn no_changed_bit_passes(algorithm in algorithms(), part in 0usize..3, at in any::<prop::sample::Index>(), bit in 0u8..8) {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let token = signed(algorithm, &json!({"alg": algorithm.as_str()}), r#"{"c":"version"}"#);
        let mut parts: Vec<_> = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        let index = at.index(parts[part].len());
        parts[part][index] ^= 1 << bit;
        let changed: Vec<_> = parts.iter().map(b64).collect();
        prop_assert!(open(verifier(algorithm), &changed.join(".")).is_err());
    }

    #[test]
    fn any_text_of_a_file_gets_an_answer(text in "(-----BEGIN [A-Z ]{0,12}-----|\\{\"keys\":|)[ -~\n]{0,80}") {
        let _ = Key::from_file_text(&text);
        let _ = Key::public_pem(&text);
        let _ = Key::jwks(&text);
    }
}

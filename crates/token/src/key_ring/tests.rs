use serde_json::{Value, json};

use super::*;
use crate::{
    Refusal,
    jws::{self, Expect},
    testing::{NOW, SECRET, lines, token},
};

const OLD: &str = "the secret that was used before it";

fn key(secret: &str, id: &str) -> Key {
    Key::secret(Secret::from(secret)).with_id(id).unwrap()
}

/// A new key, and an old one that retires in an hour.
fn rotated() -> KeyRing {
    KeyRing::new(vec![
        key(SECRET, "new"),
        key(OLD, "old").retires(NOW + 3600),
    ])
    .unwrap()
}

fn with_kid(secret: &str, kid: impl Into<Value>) -> String {
    token(
        secret,
        &json!({"alg": "HS256", "kid": kid.into()}),
        "{\"c\":\"version\"}",
    )
}

fn without_kid(secret: &str) -> String {
    token(secret, &json!({"alg": "HS256"}), "{\"c\":\"version\"}")
}

fn open(ring: &KeyRing, token: &str, now: i64) -> Result<(), Refusal> {
    jws::open(ring, token, Expect::INBOX, now).map(|_| ())
}

fn code(ring: &KeyRing, token: &str, now: i64) -> &'static str {
    open(ring, token, now).unwrap_err().code
}

#[test]
fn a_rotation_overlaps() {
    let ring = rotated();
    for secret in [SECRET, OLD] {
        assert!(open(&ring, &without_kid(secret), NOW).is_ok());
    }
    for (secret, kid) in [(SECRET, "new"), (OLD, "old")] {
        assert!(open(&ring, &with_kid(secret, kid), NOW).is_ok());
    }
    assert_eq!(ring.signer(NOW).unwrap().id(), Some("new"));
}

/// Replay of a token that the old key signed, after its time.
#[test]
fn t15_a_retired_key_is_named() {
    let ring = rotated();
    for token in [without_kid(OLD), with_kid(OLD, "old")] {
        assert!(open(&ring, &token, NOW + 3599).is_ok());
        assert_eq!(code(&ring, &token, NOW + 3600), "token.key_retired");
    }
    // Who does not have the old key learns nothing of it.
    assert_eq!(
        code(&ring, &with_kid("wrong", "old"), NOW + 3600),
        "token.signature"
    );
    let refusal = open(&ring, &without_kid(OLD), NOW + 3600).unwrap_err();
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.key_retired "token:invalid signature"
        The token was signed with the key "old", which this server has not accepted since 2026-11-24T11:00:00Z.
        Sign with this server's present key, "new": set it in the back end, and restart that if it reads its settings only then.
        path: signature
        expected: a signature by a key in use
        found: a signature by the key "old"
    "#);
    let alone = KeyRing::from(Key::secret(Secret::from(OLD)).retires(NOW));
    let refusal = open(&alone, &without_kid(OLD), NOW).unwrap_err();
    insta::assert_snapshot!(refusal.message, @"The token was signed with the key c38e2c2d, which this server has not accepted since 2026-11-24T10:00:00Z.");
    insta::assert_snapshot!(refusal.hint, @"Set a new secret here and in the back end: no key of this server is in use.");
}

#[test]
fn t15_a_key_has_a_first_time_too() {
    let ring = KeyRing::new(vec![
        key(SECRET, "next").not_before(NOW + 60),
        key(OLD, "present"),
    ])
    .unwrap();
    assert_eq!(
        code(&ring, &without_kid(SECRET), NOW),
        "token.key_not_yet_valid"
    );
    assert!(open(&ring, &without_kid(SECRET), NOW + 60).is_ok());
    assert_eq!(ring.signer(NOW).unwrap().id(), Some("present"));
    assert_eq!(ring.signer(NOW + 60).unwrap().id(), Some("next"));
    let refusal = open(&ring, &without_kid(SECRET), NOW).unwrap_err();
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.key_not_yet_valid "token:invalid signature"
        The token was signed with the key "next", which this server accepts only from 2026-11-24T10:01:00Z on.
        Sign with the present key until then, or correct the server's clock: here it is 2026-11-24T10:00:00Z.
        path: signature
        expected: a signature by a key in use
        found: a signature by the key "next"
    "#);
}

/// A `kid` finds a key of the ring and nothing else: no file, and no other key.
#[test]
fn t9_kid_chooses_among_the_keys_of_the_ring() {
    let ring = rotated();
    for kid in [
        json!("unknown"),
        json!("../../etc/passwd"),
        json!("/dev/null"),
        json!("new\0"),
        json!("' OR 1=1 --"),
        json!(7),
        json!(null),
        json!(["new"]),
    ] {
        assert!(
            open(&ring, &with_kid(SECRET, kid.clone()), NOW).is_ok(),
            "{kid}"
        );
        assert_eq!(
            code(&ring, &with_kid("", kid.clone()), NOW),
            "token.signed_with_empty_key"
        );
        assert_eq!(
            code(&ring, &with_kid("another tenant's", kid), NOW),
            "token.signature"
        );
    }
    // The token names the key that did not sign it.
    assert_eq!(
        code(&ring, &with_kid(SECRET, "old"), NOW),
        "token.signature"
    );
}

#[test]
fn a_wrong_signature_names_all_keys() {
    let refusal = open(
        &rotated(),
        &without_kid("another secret of thirty-two byte"),
        NOW,
    )
    .unwrap_err();
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.signature "token:invalid signature"
        The token was signed with another secret than the inbox secrets, whose fingerprints are 66d269fe or c38e2c2d, or was changed afterwards.
        Set the same secret in the back end and here, and check that nothing changed the token on its way.
        expected: a signature by the secret 66d269fe or c38e2c2d
    "#);
    let named = open(
        &rotated(),
        &with_kid("another secret of thirty-two byte", "old"),
        NOW,
    )
    .unwrap_err();
    let [new, old] = [SECRET, OLD].map(|secret| Secret::from(secret).fingerprint());
    assert!(
        named.message.contains(&old) && !named.message.contains(&new),
        "{named}"
    );
}

#[test]
fn variants_of_each_secret_are_found() {
    for secret in [SECRET, OLD] {
        let token = without_kid(&format!("{secret}\n"));
        assert_eq!(code(&rotated(), &token, NOW), "token.secret_whitespace");
    }
    for secret in [SECRET, OLD] {
        assert_eq!(code(&rotated(), secret, NOW), "token.is_the_secret");
    }
}

#[test]
fn empty_secrets_verify_nothing() {
    let ring = KeyRing::new(vec![Key::secret(Secret::from("")), key(SECRET, "new")]).unwrap();
    assert_eq!(
        code(&ring, &without_kid(""), NOW),
        "token.signed_with_empty_key"
    );
    assert!(open(&ring, &without_kid(SECRET), NOW).is_ok());
    let void = KeyRing::from(Secret::from(""));
    assert_eq!(code(&void, &without_kid(""), NOW), "secret.empty");
}

#[test]
fn rings_have_1_to_8_keys_of_different_ids() {
    let keys = |count: usize| {
        KeyRing::new((0..count).map(|n| key(SECRET, &n.to_string())).collect()).map(|_| ())
    };
    assert_eq!(keys(0), Err(KeyError::Count { count: 0 }));
    assert_eq!(keys(8), Ok(()));
    assert_eq!(keys(9), Err(KeyError::Count { count: 9 }));
    let same = KeyRing::new(vec![key(SECRET, "a"), key(OLD, "a")]);
    assert_eq!(same, Err(KeyError::SameId));
    let unnamed = vec![
        Key::secret(Secret::from(SECRET)),
        Key::secret(Secret::from(OLD)),
    ];
    assert!(KeyRing::new(unnamed).is_ok());
}

#[test]
fn somebody_signs_even_when_all_keys_are_out_of_use() {
    let ring = KeyRing::new(vec![
        key(SECRET, "first").retires(NOW - 100),
        key(OLD, "second").retires(NOW - 50),
    ])
    .unwrap();
    assert_eq!(ring.signer(NOW).unwrap().id(), Some("second"));
}

use serde_json::json;

use super::*;
use crate::{
    issue_session,
    link::sign_link,
    seal, sign_header,
    testing::{
        NOW, SECRET,
        asymmetric::{signed, verifier},
        config, good, open as opened,
    },
    unseal, verify_download_with, verify_link, verify_opening, verify_session,
};

const OLD: &str = "the secret that was used before it";
const URL: &str = "https://files.example/a";

fn key(secret: &str, id: &str) -> Key {
    Key::secret(Secret::from(secret)).with_id(id).unwrap()
}

fn keys(ring: Vec<Key>) -> Keys {
    let ring = KeyRing::new(ring).unwrap();
    Keys::from_rings(ring.clone(), ring.clone(), &ring, &ring).unwrap()
}

/// The header of a token.
fn header(token: &str) -> serde_json::Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap())
        .unwrap();
    serde_json::from_slice(&header).unwrap()
}

/// What the server signed for itself before a rotation is valid until the old
/// key retires; what lies on disk stays valid.
#[test]
fn t15_own_tokens_survive_a_rotation() {
    let before = keys(vec![key(OLD, "old")]);
    let during = keys(vec![
        key(SECRET, "new"),
        key(OLD, "old").retires(NOW + 3600),
    ]);
    let after = NOW + 3600;
    let opening = opened(&good()).unwrap();
    let document = "report_7".parse().unwrap();

    let session = issue_session(&before, &opening, "p1", None, NOW);
    assert!(verify_session(&during, &session, &document, NOW).is_ok());
    let refusal = verify_session(&during, &session, &document, after).unwrap_err();
    assert_eq!(refusal.code, "token.key_retired");

    let link = sign_link(&before, "/cache/a", NOW + 9000);
    let (expires, sig) = link
        .strip_prefix("expires=")
        .unwrap()
        .split_once("&sig=")
        .unwrap();
    assert!(verify_link(&during, "/cache/a", expires, sig, NOW).is_ok());
    assert!(verify_link(&during, "/cache/a", expires, sig, after).is_err());

    let sealed = seal(&before, &opening);
    assert_eq!(unseal(&during, &sealed).unwrap(), opening);
    let journal = seal(&during, &opening);
    assert!(unseal(&before, &journal).is_err(), "the new key seals");
    assert_eq!(
        header(&issue_session(&during, &opening, "p1", None, NOW))["kid"],
        "new"
    );
}

#[test]
fn outgoing_tokens_name_their_key() {
    let token = sign_header(&keys(vec![key(SECRET, "2026")]), &json!({"url": URL}), NOW);
    assert_eq!(
        header(&token),
        json!({"alg": "HS256", "typ": "JWT", "kid": "2026"})
    );
    let plain = sign_header(
        &Keys::from_secret(Secret::from(SECRET)),
        &json!({"url": URL}),
        NOW,
    );
    assert_eq!(header(&plain), json!({"alg": "HS256", "typ": "JWT"}));
    // The integrator goes over to the new secret while the server still signs
    // with the old one.
    let both = KeyRing::new(vec![key("new", "x"), key(SECRET, "y")]).unwrap();
    let header = format!("Bearer {token}");
    assert!(verify_download_with(&both, Some(&header), URL, NOW).is_ok());
}

#[test]
fn openings_may_be_signed_with_a_private_key() {
    let secret = KeyRing::from(Secret::from(SECRET));
    for algorithm in [
        crate::Algorithm::Rs256,
        crate::Algorithm::Es256,
        crate::Algorithm::EdDsa,
    ] {
        let inbox = KeyRing::from(verifier(algorithm));
        let keys = Keys::from_rings(inbox, secret.clone(), &secret, &secret).unwrap();
        let mut page = config();
        page["token"] = signed(
            algorithm,
            &json!({"alg": algorithm.as_str()}),
            config().to_string(),
        )
        .into();
        assert_eq!(
            verify_opening(&keys, &page, NOW).unwrap().key.as_str(),
            "report_7"
        );
        // The shared secret is for the other direction only.
        assert_eq!(
            verify_opening(&keys, &good(), NOW).unwrap_err().code,
            "token.alg_unsupported"
        );
    }
}

#[test]
fn what_signs_needs_a_secret() {
    let public = KeyRing::from(verifier(crate::Algorithm::EdDsa));
    let secret = KeyRing::from(Secret::from(SECRET));
    for (outbox, session, links) in [
        (&public, &secret, &secret),
        (&secret, &public, &secret),
        (&secret, &secret, &public),
    ] {
        let keys = Keys::from_rings(secret.clone(), outbox.clone(), session, links);
        assert_eq!(keys.unwrap_err(), KeyError::NoSecret);
    }
}

/// An empty secret would give keys that anybody can derive.
#[test]
fn empty_secrets_give_no_keys() {
    let keys = Keys::from_secret(Secret::from(""));
    let opening = opened(&good()).unwrap();
    let session = issue_session(&keys, &opening, "p1", None, NOW);
    let document = "report_7".parse().unwrap();
    assert_eq!(
        verify_session(&keys, &session, &document, NOW)
            .unwrap_err()
            .code,
        "secret.empty"
    );
    let link = sign_link(&keys, "/a", NOW + 100);
    let (expires, sig) = link
        .strip_prefix("expires=")
        .unwrap()
        .split_once("&sig=")
        .unwrap();
    assert!(verify_link(&keys, "/a", expires, sig, NOW).is_err());
    assert!(unseal(&keys, &seal(&keys, &opening)).is_err());
}

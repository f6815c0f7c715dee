use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    Secret,
    testing::{NOW, SECRET, bytes, config, hs256, keys, lines, open, sent, token, with},
};

fn opening() -> Verified<Opening> {
    open(&sent(config(), &config())).unwrap()
}

fn key(text: &str) -> DocumentKey {
    text.parse().unwrap()
}

fn verify(token: &str, now: i64) -> Result<Verified<SessionGrant>, Refusal> {
    verify_session(&keys(), token, &key("report_7"), now)
}

#[test]
fn a_session_comes_back_with_its_rights() {
    let token = issue_session(&keys(), &opening(), "p1", None, NOW);
    let grant = verify(&token, NOW + 11 * 3600).unwrap();
    assert_eq!(grant.participant, "p1");
    assert_eq!(grant.opening, *opening().get());
    assert_eq!(grant.counts_for, None);
    let token = issue_session(&keys(), &opening(), "p1", Some([7; 32]), NOW);
    assert_eq!(verify(&token, NOW).unwrap().counts_for, Some([7; 32]));
    // The granted access is in the token, so a viewer cannot come back as an editor.
    let view = with("editorConfig.mode", json!("view"));
    let viewer = open(&sent(view.clone(), &view)).unwrap();
    let token = issue_session(&keys(), &viewer, "p2", None, NOW);
    assert_eq!(
        verify(&token, NOW).unwrap().opening.access,
        recto_docs_api::Access::View
    );
}

#[test]
fn t7_session_expires_after_12_hours() {
    let token = issue_session(&keys(), &opening(), "p1", None, NOW);
    assert!(verify(&token, NOW + SESSION_LIFE + 59).is_ok());
    let refusal = verify(&token, NOW + SESSION_LIFE + 60).unwrap_err();
    assert_eq!((refusal.code, refusal.wire.code), ("token.expired", 4005));
}

#[test]
fn t14_session_of_another_document() {
    let token = issue_session(&keys(), &opening(), "p1", None, NOW);
    let refusal = verify_session(&keys(), &token, &key("report_8"), NOW).unwrap_err();
    assert_eq!(refusal.code, "token.wrong_purpose");
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.wrong_purpose "token:invalid token"
        The session token is for another document.
        Reload the page, so that the document is opened again.
        path: aud
        expected: report_8
        found: report_7
    "#);
}

#[test]
fn t13_other_tokens_are_no_session() {
    let journal = seal(&keys(), &opening());
    let config_token = hs256(SECRET, &config());
    for token in [journal.clone(), config_token.clone()] {
        assert_eq!(verify(&token, NOW).unwrap_err().code, "token.wrong_purpose");
    }
    let session = issue_session(&keys(), &opening(), "p1", None, NOW);
    for token in [session, config_token] {
        assert_eq!(
            unseal(&keys(), &token).unwrap_err().code,
            "token.wrong_purpose"
        );
    }
    insta::assert_snapshot!(lines(&verify(&journal, NOW).unwrap_err()), @r#"
        token.wrong_purpose "token:invalid token"
        The token was not made for this use.
        Send the token that this server last gave for this use.
        path: typ
        expected: recto-session+jwt
        found: recto-journal+jwt
    "#);
}

/// An integrator knows the shared secret, and still cannot make what the
/// server makes for itself by naming its type.
#[test]
fn t13_the_inbox_secret_makes_no_session() {
    let genuine = issue_session(&keys(), &opening(), "p1", None, NOW);
    let claims = crate::jws::open(keys().session(), &genuine, Expect::own(SESSION), NOW).unwrap();
    let claims = Value::Object(claims).to_string();
    let header = json!({"alg": "HS256", "typ": SESSION});
    for secret in [
        SECRET.as_bytes().to_vec(),
        bytes(keys().links()),
        bytes(keys().journal()),
    ] {
        let forged = token(secret, &header, &claims);
        assert_eq!(verify(&forged, NOW).unwrap_err().code, "token.signature");
    }
    assert!(
        verify(&token(bytes(keys().session()), &header, &claims), NOW).is_ok(),
        "the claims are right"
    );
    let journal = token(SECRET, &json!({"alg": "HS256", "typ": JOURNAL}), &claims);
    assert_eq!(
        unseal(&keys(), &journal).unwrap_err().code,
        "token.signature"
    );
}

/// After a change of the secret nothing signed with the old one is valid.
#[test]
fn t15_old_keys_are_no_keys() {
    let old = Keys::from_secret(Secret::from("the secret that was used before it"));
    let session = issue_session(&old, &opening(), "p1", None, NOW);
    assert_eq!(verify(&session, NOW).unwrap_err().code, "token.signature");
    assert_eq!(
        unseal(&keys(), &seal(&old, &opening())).unwrap_err().code,
        "token.signature"
    );
}

#[test]
fn session_without_participant_or_opening() {
    let header = json!({"alg": "HS256", "typ": SESSION});
    let forged = |claims: Value| {
        verify(
            &token(bytes(keys().session()), &header, claims.to_string()),
            NOW,
        )
    };
    let opening = serde_json::to_value(opening().get()).unwrap();
    assert!(forged(json!({"aud": "report_7", "opening": opening})).is_err());
    let refusal = forged(json!({"aud": "report_7", "sub": "p1"})).unwrap_err();
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.malformed "token:invalid token"
        The token is of this server, but of another version of it.
        Reload the page, so that the document is opened again.
    "#);
}

#[test]
fn the_journal_does_not_expire() {
    let sealed = seal(&keys(), &opening());
    assert_eq!(unseal(&keys(), &sealed).unwrap(), opening());
}

#[test]
fn t19_no_url_is_needed_to_send_a_session() {
    let grant = verify(&issue_session(&keys(), &opening(), "p1", None, NOW), NOW).unwrap();
    let shown = format!("{grant:?}");
    assert!(shown.contains("p1") && !shown.contains("hidden"), "{shown}");
}

#[test]
fn separate_secrets_stay_separate() {
    let same = Secret::from(SECRET);
    let keys = Keys::separate(same.clone(), same.clone(), &same, &same);
    assert_ne!(keys.session(), keys.inbox());
    assert_ne!(bytes(keys.links()), bytes(keys.session()));
    assert_ne!(bytes(keys.journal()), bytes(keys.session()));
    assert_eq!(keys.outbox(), keys.inbox());
    let other = Keys::separate(
        same.clone(),
        Secret::from("outbox"),
        &Secret::from("session"),
        &same,
    );
    assert_ne!(bytes(other.session()), bytes(keys.session()));
    assert_ne!(other.outbox(), keys.outbox());
}

proptest! {
    /// Everything that can be opened survives session token and journal,
    /// however it is nested.
    #[test]
    fn openings_survive(title in ".{1,40}", name in ".{1,40}", depth in 0usize..28) {
        let nested = (0..depth).fold(json!(1), |inner, _| json!([inner]));
        let mut config = with("document.title", json!(title));
        config["editorConfig"]["user"]["name"] = json!(name);
        config["document"]["permissions"]["x"] = nested;
        let opening = open(&sent(config.clone(), &config)).unwrap();
        let token = issue_session(&keys(), &opening, "p", None, NOW);
        prop_assert_eq!(&verify(&token, NOW).unwrap().opening, opening.get());
        prop_assert_eq!(unseal(&keys(), &seal(&keys(), &opening)).unwrap(), opening);
    }
}

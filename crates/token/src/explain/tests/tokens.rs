//! Rows of 10.1, 10.3 and 10.6: what is wrong with a token.

use serde_json::json;

use super::*;
use crate::testing::{b64, hs256, set, token};

#[test]
fn a_good_config_has_no_fault() {
    let explanation = of(&good());
    assert_eq!(codes(&explanation), ["input.no_fault_found"]);
    assert!(explanation.is_fine());
}

#[test]
fn a_good_token_alone_has_no_fault() {
    assert_eq!(
        codes(&of_text(&hs256(SECRET, &payload()))),
        ["input.no_fault_found"]
    );
}

#[test]
fn row_wrong_secret() {
    assert_eq!(
        root(&hs256(
            "another secret of enough bytes ........",
            &payload()
        )),
        "token.signature"
    );
}

#[test]
fn row_secret_in_another_form() {
    for (key, code) in [
        (format!("{SECRET}\n"), "token.secret_whitespace"),
        (format!(" {SECRET}"), "token.secret_whitespace"),
        (format!("\"{SECRET}\""), "token.secret_quoted"),
        (b64(SECRET), "token.secret_encoding"),
        (String::new(), "token.signed_with_empty_key"),
        ("secret".to_owned(), "token.signed_with_known_key"),
    ] {
        assert_eq!(root(&hs256(&key, &payload())), code, "{key:?}");
    }
}

#[test]
fn row_secret_that_is_decoded_on_the_other_side() {
    let context = Context {
        secrets: vec![Secret::from("30313233343536373839616263646566")],
        ..without_secret()
    };
    let explanation = explain(hs256("0123456789abcdef", &payload()).as_bytes(), &context);
    assert_eq!(explanation.findings[0].code, "token.secret_encoding");
}

#[test]
fn row_hex_signature_of_hash_hmac() {
    let good = hs256(SECRET, &payload());
    let (input, _) = good.rsplit_once('.').unwrap();
    let explanation = of_text(&format!("{input}.{}", b64("0f".repeat(32))));
    assert_eq!(explanation.findings[0].code, "token.signature");
    assert!(explanation.findings[0].hint.contains("hash_hmac"));
}

#[test]
fn row_texts_that_are_no_token() {
    let good = hs256(SECRET, &payload());
    for (text, code) in [
        (SECRET.to_owned(), "token.is_the_secret"),
        ("abc".to_owned(), "token.malformed"),
        ("a.b.c".to_owned(), "token.malformed"),
        (b64(payload().to_string()), "token.malformed"),
        (b64(&good), "token.malformed"),
        (format!("b'{good}'"), "token.not_a_string"),
        (
            "eyJhbGciOiJIUzI1NiJ9.eyJh***".to_owned(),
            "token.placeholder",
        ),
        ("{{$token}}".to_owned(), "token.placeholder"),
        ("YOUR_TOKEN".to_owned(), "token.placeholder"),
        (good[..good.len() - 20].to_owned(), "token.placeholder"),
        (good[..40].to_owned(), "token.placeholder"),
        (format!("{good}="), "token.base64_padding"),
        (
            format!("{}.", good.rsplit_once('.').unwrap().0),
            "token.unsigned",
        ),
        (
            token(SECRET, &json!({"alg": "none"}), payload().to_string()),
            "token.alg_none",
        ),
        (
            token(SECRET, &json!({"alg": "RS256"}), payload().to_string()),
            "token.alg_unsupported",
        ),
        (
            token(
                SECRET,
                &json!({"alg": "HS256"}),
                json!("{\"document\":{}}").to_string(),
            ),
            "payload.double_encoded",
        ),
        (
            token(SECRET, &json!({"alg": "HS256"}), "[1]"),
            "payload.not_an_object",
        ),
        (
            token(
                SECRET,
                &json!({"alg": "HS256", "typ": "recto-session"}),
                payload().to_string(),
            ),
            "token.wrong_purpose",
        ),
    ] {
        assert_eq!(
            of_text(&text).findings[0].code,
            code,
            "{}",
            of_text(&text).to_text()
        );
    }
    let large = hs256(
        SECRET,
        &json!({"document": "x".repeat(70_000), "exp": NOW + 9}),
    );
    assert_eq!(root(&large), "token.too_large");
}

#[test]
fn row_other_hashes_are_a_note() {
    let explanation = of_text(&token(
        SECRET,
        &json!({"alg": "HS512"}),
        payload().to_string(),
    ));
    assert!(explanation.is_fine());
    assert!(codes(&explanation).contains(&"token.alg_hash"));
}

#[test]
fn row_token_in_a_wrong_place_or_missing() {
    let mut page = good();
    let token = page["token"].take();
    set(&mut page, "token", Value::Null);
    assert_eq!(of(&page).findings[0].code, "token.missing");
    page["editorConfig"]["token"] = token;
    assert_eq!(of(&page).findings[0].code, "token.misplaced");
    assert_eq!(
        page_with("token", json!({"a": 1})).findings[0].code,
        "token.not_a_string"
    );
}

#[test]
fn row_times() {
    for (name, value, code) in [
        ("exp", json!(NOW - 300), "token.expired"),
        ("exp", json!("2026"), "token.time_type"),
        ("exp", json!((NOW + 300) * 1000), "token.exp_milliseconds"),
        ("exp", Value::Null, "token.no_expiry"),
        ("nbf", json!(NOW + 300), "token.not_yet_valid"),
        ("iat", json!(NOW + 300), "time.clock_skew"),
    ] {
        assert_eq!(payload_with(name, value).findings[0].code, code, "{name}");
    }
    assert!(payload_with("exp", json!(NOW - 59)).is_fine());
    assert_eq!(
        payload_with("exp", json!(NOW - 60)).findings[0].code,
        "token.expired"
    );
}

#[test]
fn row_payloads() {
    let mut version = payload();
    version["version"] = json!(2);
    let mut extra = payload();
    extra["url"] = json!("https://files.example/x");
    let mut reserved = payload();
    reserved["ds_encrypted"] = json!(true);
    let exp = NOW + 300;
    for (payload, code) in [
        (json!({"exp": exp}), "payload.empty"),
        (json!({"payload": payload(), "exp": exp}), "payload.wrapped"),
        (json!({"config": payload(), "exp": exp}), "payload.wrapped"),
        (
            json!({"fileType": "docx", "key": "k7", "url": "https://files.example/x", "exp": exp}),
            "payload.flat",
        ),
        (
            json!({"fileType": "docx", "url": "https://files.example/x", "exp": exp}),
            "token.wrong_purpose",
        ),
        (
            json!({"key": "k7", "status": 2, "exp": exp}),
            "token.wrong_purpose",
        ),
        (
            json!({"document": {"key": "report_7"}, "exp": exp}),
            "payload.missing_field",
        ),
        (extra, "payload.extra_field"),
        (version, "payload.opens_history"),
        (reserved, "payload.reserved_claim"),
    ] {
        assert_eq!(
            signing(&payload).findings[0].code,
            code,
            "{}",
            signing(&payload).to_text()
        );
    }
    assert_eq!(
        payload_with("editorConfig.mode", json!("review")).findings[0].code,
        "payload.type"
    );
}

#[test]
fn row_secrets() {
    let judged = |secret: &str| {
        let context = Context {
            secrets: vec![Secret::from(secret)],
            ..without_secret()
        };
        let token = hs256(secret, &payload());
        codes(&explain(token.as_bytes(), &context))
    };
    assert!(judged("secret").contains(&"secret.default"));
    assert!(judged("short-one").contains(&"secret.short"));
    assert!(judged("").contains(&"secret.empty"));
}

#[test]
fn a_last_character_with_bits_of_no_byte_is_told() {
    let good = hs256(SECRET, &payload());
    let (start, last) = good.split_at(good.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let at = alphabet.find(last).unwrap();
    // 32 bytes leave two bits of the last character unused.
    for other in (at & !3)..=(at | 3) {
        let text = format!("{start}{}", &alphabet[other..=other]);
        assert_eq!(of_text(&text).is_fine(), other == at, "{text}");
    }
}

#[test]
fn public_keys_judge_what_private_ones_signed() {
    use crate::{
        Algorithm,
        testing::asymmetric::{signed, verifier},
    };
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let header = json!({"alg": algorithm.as_str(), "typ": "JWT"});
        let token = signed(algorithm, &header, payload().to_string());
        let context = Context {
            public_keys: vec![verifier(algorithm)],
            ..without_secret()
        };
        let good = explain(token.as_bytes(), &context);
        assert!(good.is_fine(), "{}", good.to_text());
        let mut other = payload();
        other["document"]["key"] = json!("other_8");
        let forged = signed(algorithm, &header, other.to_string());
        let (_, signature) = forged.rsplit_once('.').unwrap();
        let (input, _) = token.rsplit_once('.').unwrap();
        let forged = explain(format!("{input}.{signature}").as_bytes(), &context);
        assert_eq!(forged.findings[0].code, "token.signature");
        let without = explain(token.as_bytes(), &without_secret());
        assert_eq!(without.findings[0].code, "token.alg_unsupported");
    }
}

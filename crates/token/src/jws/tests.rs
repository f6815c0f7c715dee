use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::testing::{
    NOW, SECRET, b64, bytes, config, hs256, keys, lines, open, refused_token, shown, token,
};

const VERSION: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjIjoidmVyc2lvbiJ9.noAX_X8Lp2rRoCTiMM6hvHAC0WbS3Rl5WgekOuSfyiE";
const EXPIRED: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjIjoidmVyc2lvbiIsImV4cCI6MTcwMDAwMDAwMH0.wL_a6thTLJmjARfsYiFSe3jMk3CHUQrAHuGl_QDNy6U";

fn verify(token: &str, now: i64) -> Result<Map<String, Value>, Refusal> {
    super::open(&Secret::from("secret").into(), token, Expect::INBOX, now)
}

fn code(token: &str) -> &'static str {
    refused_token(token).code
}

fn description(refusal: &Refusal) -> &str {
    &refusal.wire.description
}

/// A token whose header says `alg`, with the rest of a good one.
fn with_alg(alg: &Value) -> String {
    token(
        SECRET,
        &json!({"alg": alg, "typ": "JWT"}),
        config().to_string(),
    )
}

#[test]
fn test_vectors_of_the_api() {
    assert_eq!(verify(VERSION, NOW).unwrap()["c"], "version");
    let claims = json!({"c": "version"});
    assert_eq!(
        sign(
            &Secret::from("secret").into(),
            "JWT",
            claims.as_object().unwrap()
        ),
        VERSION
    );
    let refusal = verify(EXPIRED, NOW).unwrap_err();
    assert_eq!((refusal.code, refusal.wire.code), ("token.expired", 4005));
    assert!(verify(EXPIRED, 1_700_000_000).is_ok());
}

#[test]
fn usual_headers_are_read_as_they_are_known() {
    for header in USUAL_HEADERS {
        let read = read_header(keys().inbox(), header, Expect::INBOX).unwrap();
        assert_eq!(read, (Algorithm::Hs256, None));
    }
}

/// The header of another's token does not pass for one of this server's own.
#[test]
fn usual_headers_are_no_headers_of_own_tokens() {
    let own = Expect::own("recto-session+jwt");
    let claims = json!({"aud": "report_7"});
    let token = sign(
        &keys().session().keys()[0],
        "JWT",
        claims.as_object().unwrap(),
    );
    let refusal = super::open(keys().session(), &token, own, NOW).unwrap_err();
    assert_eq!(refusal.code, "token.wrong_purpose");
}

#[test]
fn t1_alg_none() {
    for alg in ["none", "None", "nOnE", "NONE"] {
        for token in [
            with_alg(&json!(alg)),
            format!("{}.{}.", b64(json!({"alg": alg}).to_string()), b64("{}")),
        ] {
            let refusal = refused_token(token);
            assert_eq!(refusal.code, "token.alg_none");
            assert_eq!(description(&refusal), "token:jwt signature is required");
        }
    }
    insta::assert_snapshot!(lines(&refused_token(with_alg(&json!("none")))), @r#"
        token.alg_none "token:jwt signature is required"
        The token is not signed: its "alg" is "none".
        Sign the token with HS256 and the shared secret.
        path: alg
        expected: HS256
        found: none
    "#);
}

/// The header never chooses the key: what names a public key algorithm is
/// refused before any key is used.
#[test]
fn t2_public_key_algorithms() {
    for alg in ["RS256", "ES256", "PS512", "EdDSA", "hs256", "HS1", ""] {
        let refusal = refused_token(with_alg(&json!(alg)));
        assert_eq!(refusal.code, "token.alg_unsupported", "{alg}");
        assert_eq!(description(&refusal), "token:invalid algorithm");
    }
    for alg in [json!(null), json!(["HS256"]), json!(256)] {
        assert_eq!(refused_token(with_alg(&alg)).code, "token.alg_unsupported");
    }
    insta::assert_snapshot!(lines(&refused_token(with_alg(&json!("RS256")))), @r#"
        token.alg_unsupported "token:invalid algorithm"
        The token's algorithm is "RS256", which a shared secret cannot verify.
        Sign the token with HS256 (HS384 and HS512 will do too) and the shared secret.
        path: alg
        expected: HS256
        found: "RS256"
    "#);
}

#[test]
fn t3_longer_hashes_pass_for_integrators_only() {
    for alg in ["HS256", "HS384", "HS512"] {
        assert!(
            open(&{
                let mut config = config();
                config["token"] = with_alg(&json!(alg)).into();
                config
            })
            .is_ok()
        );
    }
    let own = Expect::own("recto-session+jwt");
    for alg in ["HS384", "HS512"] {
        let header = json!({"alg": alg, "typ": "recto-session+jwt"});
        let token = token(bytes(keys().session()), &header, "{}");
        let refusal = super::open(keys().session(), &token, own, NOW).unwrap_err();
        assert_eq!(refusal.code, "token.alg_unsupported");
    }
}

#[test]
fn t4_forms_that_are_no_token() {
    let good = hs256(SECRET, &config());
    let [header, payload, signature] =
        <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
    for (token, code, description) in [
        ("abc".to_owned(), "token.malformed", "token:jwt malformed"),
        ("a.b.c".to_owned(), "token.malformed", "token:invalid token"),
        (
            format!("{header}.{payload}"),
            "token.malformed",
            "token:jwt malformed",
        ),
        (format!("{good}."), "token.malformed", "token:jwt malformed"),
        (
            format!("{good}.{signature}"),
            "token.malformed",
            "token:jwt malformed",
        ),
        (
            format!("{header}.{payload}."),
            "token.unsigned",
            "token:jwt signature is required",
        ),
        (
            format!(".{payload}.{signature}"),
            "token.malformed",
            "token:invalid token",
        ),
        (
            format!("{header}..{signature}"),
            "token.malformed",
            "token:invalid token",
        ),
        ("..".to_owned(), "token.malformed", "token:invalid token"),
        (
            format!("{good}="),
            "token.base64_padding",
            "token:invalid token",
        ),
        (
            format!("{header}.{payload}==.{signature}"),
            "token.base64_padding",
            "token:invalid token",
        ),
        (
            format!("{header}.{payload}.+{signature}"),
            "token.base64_padding",
            "token:invalid token",
        ),
        (
            format!("{header}.{payload}.{signature}/"),
            "token.base64_padding",
            "token:invalid token",
        ),
        (
            format!("{header} .{payload}.{signature}"),
            "token.malformed",
            "token:invalid token",
        ),
        (
            format!("b'{good}'"),
            "token.not_a_string",
            "token:jwt malformed",
        ),
        (
            format!("{}.{payload}.{signature}", b64("[]")),
            "token.malformed",
            "token:invalid token",
        ),
    ] {
        let refusal = refused_token(token.clone());
        assert_eq!(
            (refusal.code, refusal.wire.description.as_str()),
            (code, description),
            "{token}"
        );
        assert_eq!(refusal.wire.code, 4006);
    }
}

#[test]
fn t4_sentences() {
    insta::assert_snapshot!(lines(&refused_token("abc")), @r#"
        token.malformed "token:jwt malformed"
        The token has 0 dots, and a JWT has two.
        Make the token with a JWT library: sign the whole config with HS256, and put the resulting text in config.token unchanged.
        expected: 2 dots
        found: 0 dots
    "#);
    insta::assert_snapshot!(lines(&refused_token("a.b.c")), @r#"
        token.malformed "token:invalid token"
        The header of the token is not Base64url.
        Make the token with a JWT library: sign the whole config with HS256, and put the resulting text in config.token unchanged.
        path: header
    "#);
    let good = hs256(SECRET, &config());
    insta::assert_snapshot!(lines(&refused_token(format!("{good}="))), @r#"
        token.base64_padding "token:invalid token"
        The signature of the token has the character "=", which belongs to another kind of Base64.
        Encode each part as Base64url (RFC 4648, section 5) without "=" at the end, best with a JWT library.
        path: signature
        found: =
    "#);
    insta::assert_snapshot!(lines(&refused_token(format!("b'{good}'"))), @r#"
        token.not_a_string "token:jwt malformed"
        The token is the printed form of a Python bytes object.
        Decode it before it goes into the page, with token.decode("ascii") in Python, or use PyJWT 2 or later.
    "#);
    let unsigned = &good[..=good.rfind('.').unwrap()];
    insta::assert_snapshot!(lines(&refused_token(unsigned)), @r#"
        token.unsigned "token:jwt signature is required"
        The token has no signature.
        Sign the token with HS256 and the shared secret; its third part must not be empty.
    "#);
    insta::assert_snapshot!(lines(&refused_token(format!("{}.{}.x", b64("{}"), b64("{}")))), @r#"
        token.alg_unsupported "token:invalid algorithm"
        The header of the token names no algorithm.
        Sign the token with HS256 (HS384 and HS512 will do too) and the shared secret.
        path: alg
        expected: HS256
        found: nothing
    "#);
    let critical = token(SECRET, &json!({"alg": "HS256", "crit": ["b64"]}), "{}");
    insta::assert_snapshot!(lines(&refused_token(critical)), @r#"
        token.malformed "token:invalid token"
        The header of the token demands an extension by "crit", and none is known here.
        Leave "crit" out of the header.
        path: crit
        found: ["b64"]
    "#);
}

/// Trailing bits that decode to the same bytes would let one signature be
/// written in several ways.
#[test]
fn t4_signature_has_one_spelling() {
    let good = hs256(SECRET, &config());
    let (rest, last) = good.split_at(good.len() - 1);
    let others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for other in others.chars().filter(|c| last != c.to_string()) {
        assert!(["token.malformed", "token.signature"].contains(&code(&format!("{rest}{other}"))));
    }
}

#[test]
fn t5_secret_as_token() {
    for token in [SECRET.to_owned(), format!("{SECRET}\n")] {
        let refusal = refused_token(token);
        assert_eq!(refusal.code, "token.is_the_secret");
        assert_eq!(description(&refusal), "token:jwt malformed");
    }
    insta::assert_snapshot!(lines(&refused_token(SECRET)), @r#"
        token.is_the_secret "token:jwt malformed"
        The secret itself was sent as the token, and anyone who saw the page knows it now.
        Set a new secret on both sides, and send a token that the back end signed with it.
    "#);
}

/// A key is chosen by the purpose, so a `kid` has nothing to choose.
#[test]
fn t9_kid_has_no_effect() {
    for kid in [json!("unknown"), json!("../../etc/passwd"), json!(7)] {
        let header = json!({"alg": "HS256", "kid": kid});
        let mut config = config();
        config["token"] = token(SECRET, &header, config.to_string()).into();
        assert!(open(&config).is_ok());
        config["token"] = token(
            "another secret of another tenant",
            &header,
            config.to_string(),
        )
        .into();
        assert_eq!(open(&config).unwrap_err().code, "token.signature");
    }
}

/// Each single wrong bit refuses, and so does each wrong length: the comparison
/// looks at all of the signature.
#[test]
fn t12_every_bit_of_the_signature_counts() {
    let input = b"input";
    let good = mac(&Secret::from(SECRET), input);
    assert!(Algorithm::Hs256.hmac_fits(SECRET.as_bytes(), input, &good));
    for bit in 0..256 {
        let mut bad = good;
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(
            !Algorithm::Hs256.hmac_fits(SECRET.as_bytes(), input, &bad),
            "bit {bit}"
        );
    }
    for length in 0..32 {
        assert!(!Algorithm::Hs256.hmac_fits(SECRET.as_bytes(), input, &good[..length]));
    }
    assert!(!Algorithm::Hs256.hmac_fits(SECRET.as_bytes(), input, &[&good[..], b"\0"].concat()));
}

fn signed_text(payload: &str) -> String {
    token(SECRET, &json!({"alg": "HS256"}), payload)
}

#[test]
fn t16_duplicates_depth_and_size() {
    let duplicate = refused_token(signed_text(r#"{"document":{"key":"a","key":"b"}}"#));
    assert_eq!(
        (duplicate.code, duplicate.path.as_deref()),
        ("token.malformed", Some("document.key"))
    );
    let bomb = format!(
        r#"{{"document":{}{}}}"#,
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    let deep = refused_token(signed_text(&bomb));
    assert_eq!(deep.code, "token.too_large");
    let mut large = config();
    large["filling"] = "x".repeat(1024 * 1024).into();
    let large = refused_token(hs256(SECRET, &large));
    assert_eq!(large.code, "token.too_large");
    insta::assert_snapshot!(lines(&duplicate), @r#"
        token.malformed "token:invalid token"
        The payload of the token has the member document.key twice.
        Build the payload with a JSON library, so that each name occurs once in an object.
        path: document.key
    "#);
    insta::assert_snapshot!(lines(&deep), @r#"
        token.too_large "token:invalid token"
        The payload of the token is nested more than 32 levels deep.
        Sign only the members that the config needs.
    "#);
    insta::assert_snapshot!(lines(&large), @r#"
        token.too_large "token:jwt malformed"
        The token is too large.
        Sign only the members that the config needs, and no images or texts.
        expected: at most 65536 bytes
        found: 1398655 bytes
    "#);
    let header = format!("{}.{}.x", b64(r#"{"alg":"HS256","alg":"none"}"#), b64("{}"));
    assert_eq!(code(&header), "token.malformed");
}

#[test]
fn t18_payloads_that_are_no_object() {
    let double = refused_token(signed_text(&json!(config().to_string()).to_string()));
    assert_eq!(double.code, "payload.double_encoded");
    insta::assert_snapshot!(lines(&double), @r#"
        payload.double_encoded "token:invalid token"
        The payload of the token is a string that contains JSON: the config was encoded twice.
        Give the JWT library the config as an object, not the text that json_encode or JSON.stringify makes of it.
        expected: an object
        found: a string with JSON in it
    "#);
    for payload in ["[]", "5", "null", "\"text\"", "not json", "{", "\"[1]\""] {
        let refusal = refused_token(signed_text(payload));
        assert_eq!(
            (refusal.code, refusal.wire.code),
            ("payload.not_an_object", 4006),
            "{payload}"
        );
    }
    insta::assert_snapshot!(lines(&refused_token(signed_text("[]"))), @r#"
        payload.not_an_object "token:invalid token"
        The payload of the token is an array and not an object.
        Sign the config as a JSON object.
        expected: an object
        found: an array
    "#);
    insta::assert_snapshot!(lines(&refused_token(signed_text("not json"))), @r#"
        payload.not_an_object "token:invalid token"
        The payload of the token is not JSON.
        Sign the config as a JSON object in UTF-8.
        expected: an object
        found: no JSON
    "#);
}

#[test]
fn empty_secret_verifies_nothing() {
    let refusal = super::open(
        &Secret::from("").into(),
        &hs256("", &config()),
        Expect::INBOX,
        NOW,
    )
    .unwrap_err();
    assert_eq!(refusal.code, "secret.empty");
    assert_eq!(
        description(&refusal),
        "token:secret or public key must be provided"
    );
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in ".{0,60}(\\..{0,60}){0,3}") {
        let refusal = refused_token(text.clone());
        prop_assert!(!refusal.message.is_empty() && !refusal.hint.is_empty());
    }

    /// Whatever single character of a good token is changed, it is refused.
    #[test]
    fn no_changed_token_passes(at in 0usize..1000, new in "[A-Za-z0-9_.=-]") {
        let good = hs256(SECRET, &config());
        let at = at % good.len();
        let mut bad = good.clone();
        bad.replace_range(at..=at, &new);
        if bad != good {
            refused_token(bad);
        }
    }

    /// No part of a token, however it was spoilt, is seen in a refusal.
    #[test]
    fn t19_refusals_hide_token_and_secret(
        key in prop_oneof![Just(String::new()), Just("secret".to_owned()), Just(format!("{SECRET}\n")), "[a-z]{8,40}"],
        alg in prop_oneof![Just("HS256"), Just("none"), Just("RS256"), Just("HS512")],
        cut in 0usize..12,
        tail in "[=.x+]?",
        exp in 0i64..NOW,
    ) {
        let mut payload = config();
        payload["exp"] = exp.into();
        let token = token(&key, &json!({"alg": alg}), payload.to_string());
        let spoilt = format!("{}{tail}", &token[..token.len() - cut]);
        let refusal = refused_token(spoilt.clone());
        let shown = shown(&refusal);
        prop_assert!(!shown.contains(SECRET));
        for part in spoilt.split('.').filter(|part| part.len() >= 8) {
            prop_assert!(!shown.contains(part), "{shown}");
        }
        prop_assert!(key.len() < 8 || !shown.contains(key.trim()), "{shown}");
    }
}

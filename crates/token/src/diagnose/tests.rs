use serde_json::json;

use super::*;
use crate::{
    Keys,
    testing::{NOW, SECRET, config, hs256, lines, refused_token, token},
    verify_opening,
};

fn code(key: impl AsRef<[u8]>) -> &'static str {
    refused_token(hs256(key, &config())).code
}

/// The refusal of a server that has `secret` for a token signed with `key`.
fn with_secret(secret: &str, key: impl AsRef<[u8]>) -> Refusal {
    let mut sent = config();
    sent["token"] = hs256(key, &config()).into();
    verify_opening(&Keys::from_secret(Secret::from(secret)), &sent, NOW).unwrap_err()
}

#[test]
fn another_secret() {
    let refusal = refused_token(hs256("quite another secret of 32 bytes!", &config()));
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.signature "token:invalid signature"
        The token was signed with another secret than the inbox secret, whose fingerprint is 66d269fe, or was changed afterwards.
        Set the same secret in the back end and here, and check that nothing changed the token on its way.
        expected: a signature by the secret 66d269fe
    "#);
    assert!(
        refusal
            .message
            .contains(&Secret::from(SECRET).fingerprint())
    );
}

#[test]
fn every_algorithm_is_diagnosed() {
    for alg in ["HS256", "HS384", "HS512"] {
        let spoilt = token(b"", &json!({"alg": alg}), config().to_string());
        assert_eq!(refused_token(spoilt).code, "token.signed_with_empty_key");
    }
}

#[test]
fn empty_and_known_keys() {
    assert_eq!(code(""), "token.signed_with_empty_key");
    insta::assert_snapshot!(lines(&refused_token(hs256("", &config()))), @r#"
        token.signed_with_empty_key "token:invalid signature"
        The token was signed with an empty secret.
        Check that the back end really reads its secret: an unset variable or setting often becomes an empty text.
    "#);
    for known in KNOWN {
        assert_eq!(code(known), "token.signed_with_known_key", "{known}");
    }
    let refusal = refused_token(hs256("verysecretstring", &config()));
    insta::assert_snapshot!(lines(&refusal), @r#"
        token.signed_with_known_key "token:invalid signature"
        The token was signed with a secret that manuals and examples print.
        Set this server's secret in the back end in place of the default one.
    "#);
    assert!(!format!("{refusal:?}").contains("verysecretstring"));
}

#[test]
fn white_space_is_named() {
    for (key, what) in [
        (format!("{SECRET}\n"), "and a line break after it"),
        (format!("{SECRET}\r\n"), "and a Windows line break after it"),
        (format!("{SECRET} "), "and a blank after it"),
        (format!(" {SECRET}"), "and a blank before it"),
        (
            format!("\u{feff}{SECRET}"),
            "and a byte order mark before it",
        ),
    ] {
        let refusal = refused_token(hs256(key, &config()));
        assert_eq!(refusal.code, "token.secret_whitespace");
        assert!(refusal.message.contains(what), "{}", refusal.message);
    }
    let trimmed = with_secret(&format!("\t{SECRET}\n"), SECRET);
    assert_eq!(trimmed.code, "token.secret_whitespace");
    insta::assert_snapshot!(lines(&trimmed), @r#"
        token.secret_whitespace "token:invalid signature"
        The token was signed with this server's secret without the white space around it.
        Make the secret the same byte for byte on both sides; a file that is read whole often ends with a line break.
    "#);
    let end = with_secret(&format!(" {SECRET}\n"), format!(" {SECRET}"));
    assert!(
        end.message.contains("without the white space after it"),
        "{}",
        end.message
    );
}

#[test]
fn other_forms_of_the_secret_are_named() {
    let digits = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let bytes: Vec<u8> = (0..32).collect();
    let (quoted, encoding) = ("token.secret_quoted", "token.secret_encoding");
    for (refusal, code, what) in [
        (
            with_secret(digits, hex::decode(digits).unwrap()),
            encoding,
            "decoded as hex digits",
        ),
        (with_secret(base64, &bytes), encoding, "decoded as Base64"),
        (
            with_secret(&base64[..43], &bytes),
            encoding,
            "decoded as Base64",
        ),
        (
            with_secret(SECRET, format!("\"{SECRET}\"")),
            quoted,
            "quotation marks",
        ),
        (
            with_secret(SECRET, format!("'{SECRET}'")),
            quoted,
            "quotation marks",
        ),
        (
            with_secret(SECRET, STANDARD.encode(SECRET)),
            encoding,
            "the Base64 form of this server's secret",
        ),
        (
            with_secret(SECRET, PADDED.encode(SECRET)),
            encoding,
            "the Base64 form of this server's secret",
        ),
    ] {
        assert_eq!(refusal.code, code);
        assert!(refusal.message.contains(what), "{}", refusal.message);
    }
    insta::assert_snapshot!(lines(&with_secret(base64, bytes)), @r#"
        token.secret_encoding "token:invalid signature"
        The token was signed with the bytes that this server's secret gives when it is decoded as Base64.
        Use the text of the secret as it is, as UTF-8, on both sides.
    "#);
    insta::assert_snapshot!(lines(&with_secret(SECRET, format!("'{SECRET}'"))), @r#"
        token.secret_quoted "token:invalid signature"
        The token was signed with quotation marks around this server's secret.
        Remove the quotation marks from the setting: .env and compose files differ in whether they take them off.
    "#);
}

#[test]
fn empty_payload_is_mentioned_beside_a_bad_signature() {
    let refusal = refused_token(hs256(
        "quite another secret of 32 bytes!",
        &json!({"iat": 1}),
    ));
    assert_eq!(refusal.code, "token.signature");
    insta::assert_snapshot!(refusal.hint, @"Set the same secret in the back end and here, and check that nothing changed the token on its way. Fix the payload too: it is empty.");
}

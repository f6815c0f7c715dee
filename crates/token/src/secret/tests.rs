use proptest::prelude::*;

use super::*;

fn check(text: &str) -> Result<Option<SecretWarning>, SecretError> {
    check_secret(&Secret::from(text))
}

#[test]
fn t10_short_secrets_warn() {
    assert_eq!(
        check(&"x".repeat(31)),
        Ok(Some(SecretWarning::Short { bytes: 31 }))
    );
    assert_eq!(check(&"x".repeat(32)), Ok(None));
    let padded = format!("{}{}", "x".repeat(31), " ".repeat(9));
    assert_eq!(check(&padded), Ok(Some(SecretWarning::Short { bytes: 31 })));
    let warning = SecretWarning::Short { bytes: 31 };
    insta::assert_snapshot!(warning.message(), @"The token secret has 31 bytes; with fewer than 32 it might be guessed from a token.");
    insta::assert_snapshot!(warning.hint(), @r#"Make one with "openssl rand -hex 32" and set it on both sides, here and in the application that embeds the editor."#);
}

#[test]
fn t11_default_secrets_are_refused() {
    for text in [
        "secret",
        "verysecretstring",
        "changeme",
        "Secret",
        " secret\n",
    ] {
        assert_eq!(check(text), Err(SecretError::Known), "{text}");
    }
    for text in ["", " ", "\r\n"] {
        assert_eq!(check(text), Err(SecretError::Empty), "{text:?}");
    }
    insta::assert_snapshot!(SecretError::Known.message(), @"The token secret is one that manuals and examples print, so anybody can sign with it.");
    insta::assert_snapshot!(SecretError::Known.hint(), @r#"Make one with "openssl rand -hex 32" and set it on both sides, here and in the application that embeds the editor."#);
    insta::assert_snapshot!(SecretError::Empty.message(), @"The token secret is empty.");
}

#[test]
fn white_space_warns() {
    assert_eq!(
        check(&format!("{}\n", "x".repeat(32))),
        Ok(Some(SecretWarning::Whitespace))
    );
    insta::assert_snapshot!(SecretWarning::Whitespace.message(), @"The token secret begins or ends with white space, which is part of it.");
    insta::assert_snapshot!(SecretWarning::Whitespace.hint(), @"Remove the white space, or make sure that the other side has it too.");
}

#[test]
fn fingerprint_is_stable() {
    assert_eq!(
        Secret::from("one").fingerprint(),
        Secret::from("one").fingerprint()
    );
    insta::assert_snapshot!(Secret::from("one").fingerprint(), @"c4075052");
}

proptest! {
    #[test]
    fn t19_secrets_cannot_be_printed(text in "[A-Za-z0-9]{12,40}") {
        let secret = Secret::from(text.as_str());
        let shown = format!("{secret} {secret:?} {:?}", crate::Keys::from_secret(secret.clone()));
        prop_assert!(!shown.contains(&text));
        prop_assert_eq!(secret.fingerprint().len(), 8);
        prop_assert_eq!(secret.len(), text.len());
    }

    #[test]
    fn t12_equal_only_when_equal(one in "[ab]{0,4}", other in "[ab]{0,4}") {
        prop_assert_eq!(Secret::from(one.as_str()) == Secret::from(other.as_str()), one == other);
    }
}

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use recto_docs_api::Explain as _;
use serde_json::json;

use super::*;
use crate::{
    sign_header,
    testing::{NOW, SECRET, good},
    verify_download, verify_opening,
};

const OUTBOX: &str = "the outbox secret of 32 bytes ...";

/// As a packaged server writes it.
fn settings() -> Value {
    json!({"services": {"CoAuthoring": {
        "sql": {"type": "postgres"},
        "token": {
            "enable": {"request": {"inbox": true, "outbox": true}, "browser": true},
            "inbox": {"header": "Authorization", "inBody": false},
            "outbox": {"header": "Authorization", "inBody": false}
        },
        "secret": {
            "inbox": {"string": SECRET},
            "outbox": {"string": OUTBOX},
            "session": {"string": "the session secret of 32 bytes .."}
        }
    }}})
}

fn with(path: &str, value: Value) -> Value {
    let mut settings = settings();
    let mut place = &mut settings["services"]["CoAuthoring"];
    for name in path.split('.') {
        place = &mut place[name];
    }
    *place = value;
    settings
}

fn parse(settings: &Value) -> Result<LocalJson, LocalJsonError> {
    LocalJson::parse(&settings.to_string())
}

fn no_files(path: &Path) -> io::Result<String> {
    panic!("{} is not to be read", path.display())
}

#[test]
fn a_packaged_file_gives_keys() {
    let local = parse(&settings()).unwrap();
    assert!(local.browser_tokens && local.inbox_tokens && local.outbox_tokens);
    assert_eq!(
        (local.inbox_header.as_str(), local.inbox_prefix.as_str()),
        ("Authorization", "Bearer ")
    );
    assert_eq!((local.outbox_life, local.clock_tolerance), (300, 60));
    assert_eq!(local.files().count(), 0);
    let keys = local.keys(&no_files).unwrap();
    assert!(verify_opening(&keys, &good(), NOW).is_ok());
    let url = "https://files.example/a";
    let header = format!("Bearer {}", sign_header(&keys, &json!({"url": url}), NOW));
    assert!(verify_download(&Secret::from(OUTBOX), Some(&header), url, NOW).is_ok());
    assert!(verify_download(&Secret::from(SECRET), Some(&header), url, NOW).is_err());
}

#[test]
fn defaults_are_those_of_the_server() {
    let local = parse(&json!({"services": {"CoAuthoring": {}}})).unwrap();
    assert!(!local.browser_tokens && !local.inbox_tokens && !local.outbox_tokens);
    assert_eq!(local.outbox_algorithm, Algorithm::Hs256);
    assert_eq!(local.inbox, None);
    let error = local.keys(&no_files).unwrap_err();
    assert_eq!(
        (error.clone(), error.code()),
        (LocalJsonError::NoSecret { kind: "inbox" }, "secret.default")
    );
    insta::assert_snapshot!(error.message(), @"The file sets no secret for the inbox, and that which ONLYOFFICE's server then takes is known to everybody.");
    insta::assert_snapshot!(error.hint(), @r#"Set services.CoAuthoring.secret.inbox.string; make a secret with "openssl rand -hex 32" and set it in the application that embeds the editor too."#);
}

#[test]
fn a_string_wins_over_a_file() {
    let both = with("secret.inbox.file", json!("/etc/secret"));
    assert_eq!(
        parse(&both).unwrap().inbox,
        Some(SecretSource::Value(SECRET.into()))
    );
    for string in [json!(""), Value::Null] {
        let mut file = both.clone();
        file["services"]["CoAuthoring"]["secret"]["inbox"]["string"] = string;
        let local = parse(&file).unwrap();
        assert_eq!(
            local.files().collect::<Vec<_>>(),
            [Path::new("/etc/secret")]
        );
        let keys = local.keys(&|_| Ok(SECRET.to_owned())).unwrap();
        assert!(verify_opening(&keys, &good(), NOW).is_ok());
        // The line end belongs to the secret there, and is named if it is wrong.
        let keys = local.keys(&|_| Ok(format!("{SECRET}\n"))).unwrap();
        let refusal = verify_opening(&keys, &good(), NOW).unwrap_err();
        assert_eq!(refusal.code, "token.secret_whitespace");
        let missing = local
            .keys(&|_| Err(io::ErrorKind::NotFound.into()))
            .unwrap_err();
        insta::allow_duplicates! {
            insta::assert_snapshot!(missing.message(), @"The file /etc/secret with the secret for the inbox cannot be read (entity not found).");
        }
        let empty = local.keys(&|_| Ok(String::new())).unwrap_err();
        assert_eq!(empty, LocalJsonError::EmptySecret { kind: "inbox" });
    }
}

#[test]
fn empty_secrets_are_refused() {
    let empty = with("secret.outbox.string", json!(""));
    let error = parse(&empty).unwrap().keys(&no_files).unwrap_err();
    assert_eq!(error.code(), "secret.empty");
    insta::assert_snapshot!(error.message(), @"The secret for the outbox is empty.");
}

#[test]
fn the_session_secret_may_be_missing() {
    let without = with("secret.session", Value::Null);
    assert!(parse(&without).unwrap().keys(&no_files).is_ok());
}

#[test]
fn times_have_units() {
    for (value, life) in [
        (json!("5m"), Some(300)),
        (json!("10 minutes"), Some(600)),
        (json!("1h"), Some(3600)),
        (json!("2 days"), Some(172_800)),
        (json!(90), Some(90)),
        (json!("90s"), Some(90)),
        (json!("90000"), Some(90)),
        (json!("soon"), None),
        (json!("0m"), None),
        (json!(-5), None),
        (json!(true), None),
        (json!("99999999999999999999d"), None),
    ] {
        if let (Ok(local), Some(life)) = (parse(&with("token.outbox.expires", value.clone())), life)
        {
            let token = sign_header(&local.keys(&no_files).unwrap(), &json!({}), NOW);
            let claims = token.split('.').nth(1).unwrap();
            let claims = URL_SAFE_NO_PAD.decode(claims).unwrap();
            let claims: Value = serde_json::from_slice(&claims).unwrap();
            assert_eq!(claims["exp"], json!(NOW + life));
        }
        let got =
            parse(&with("token.outbox.expires", value.clone())).map(|local| local.outbox_life);
        assert_eq!(got.ok(), life, "{value}");
    }
}

#[test]
fn other_settings_are_read() {
    let mut settings = with(
        "token.inbox",
        json!({"header": "AuthorizationJwt", "prefix": "JWT "}),
    );
    let server = &mut settings["services"]["CoAuthoring"];
    server["token"]["outbox"] = json!({"header": "X", "prefix": "", "algorithm": "HS512", "urlExclusionRegex": "s3.example"});
    server["token"]["verifyOptions"] = json!({"clockTolerance": 5});
    let local = parse(&settings).unwrap();
    assert_eq!(
        (local.inbox_header.as_str(), local.inbox_prefix.as_str()),
        ("AuthorizationJwt", "JWT ")
    );
    assert_eq!(
        (local.outbox_header.as_str(), local.outbox_prefix.as_str()),
        ("X", "")
    );
    assert_eq!(local.unsigned_urls.as_deref(), Some("s3.example"));
    assert_eq!(local.clock_tolerance, 5);
    let keys = local.keys(&no_files).unwrap();
    assert_eq!(
        keys.outbox().signer(NOW).unwrap().algorithm(),
        Algorithm::Hs512
    );
}

#[test]
fn wrong_files_are_refused() {
    let code = |text: &str| LocalJson::parse(text).unwrap_err().code();
    assert_eq!(code("// comment\n{}"), "input.unreadable");
    assert_eq!(code("{}"), "input.unreadable");
    for (path, value) in [
        ("token.enable.browser", json!("true")),
        ("token.inbox.header", json!(5)),
        ("token.outbox.algorithm", json!("RS256")),
        ("token.verifyOptions.clockTolerance", json!(-1)),
        ("secret.inbox.string", json!(123_456)),
    ] {
        let error = parse(&with(path, value)).unwrap_err();
        assert_eq!(error.code(), "config.type", "{path}");
        assert!(
            error
                .message()
                .starts_with(&format!("services.CoAuthoring.{path} is ")),
            "{error}"
        );
    }
    insta::assert_snapshot!(parse(&with("token.enable.browser", json!("true"))).unwrap_err().message(), @r#"services.CoAuthoring.token.enable.browser is "true" where true or false belongs."#);
    let number = parse(&with("secret.inbox.string", json!(123_456))).unwrap_err();
    insta::assert_snapshot!(number.message(), @r#"services.CoAuthoring.secret.inbox.string is a number where a string belongs."#);
}

proptest! {
    #[test]
    fn t19_no_secret_is_shown(secret in "[A-Z0-9]{12,40}") {
        let local = parse(&with("secret.inbox.string", json!(secret))).unwrap();
        let shown = format!("{local:?}");
        prop_assert!(!shown.contains(&secret));
    }

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,60}") {
        let _ = LocalJson::parse(&text);
    }
}

#[test]
fn comments_are_passed_over_and_texts_are_not() {
    let text = "// the server\n{ /* all of it */ \"services\": {\"CoAuthoring\": {\"secret\": {\"inbox\": {\"string\": \"a//b/*c*/\\\"d\"}}}}} // end";
    let local = LocalJson::parse(text).unwrap();
    assert_eq!(
        local.inbox,
        Some(SecretSource::Value("a//b/*c*/\"d".into()))
    );
    for broken in ["{ /* not closed", "//", "{\"a\": \"\\"] {
        assert!(LocalJson::parse(broken).is_err(), "{broken}");
    }
}

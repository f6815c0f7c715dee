use recto_token::{sign_config, verify_opening};
use serde_json::{Value, json};

use super::*;

const OLD: &str = "0123456789abcdef0123456789abcdef";
const NEW: &str = "fedcba9876543210fedcba9876543210";
const NOW: i64 = 1_795_514_400;

fn written(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn refused(places: &Places, environment: &Environment) -> String {
    match find(places, environment) {
        Ok(_) => panic!("this should be refused"),
        Err(error) => format!("{error:#}"),
    }
}

fn opens(keys: &Keys, secret: &str, now: i64) -> bool {
    let config = json!({"document": {"key": "k", "url": "https://files.example/a.docx", "fileType": "docx"}});
    let mut sent = config.clone();
    sent["token"] = Value::from(sign_config(&Secret::from(secret), &config, now, 300));
    verify_opening(keys, &sent, now).is_ok()
}

#[test]
fn an_old_and_a_new_secret_overlap() {
    let text = format!(
        "[[key]]\nid = \"old\"\nsecret = \"{OLD}\"\nretires = {}\n[[key]]\nid = \"new\"\nsecret = \"{NEW}\"\n",
        NOW + 3600
    );
    let (_folder, path) = written("keys.toml", &text);
    let places = Places {
        keys_file: Some(path),
        ..Places::default()
    };
    let keys = find(&places, &Environment::default()).unwrap().keys;
    assert!(opens(&keys, OLD, NOW) && opens(&keys, NEW, NOW));
    assert!(!opens(&keys, OLD, NOW + 3600) && opens(&keys, NEW, NOW + 3600));
    let signer = |now| {
        keys.outbox()
            .signer(now)
            .and_then(Key::id)
            .map(str::to_owned)
    };
    assert_eq!(signer(NOW).as_deref(), Some("old"));
    assert_eq!(signer(NOW + 3600).as_deref(), Some("new"));
}

#[test]
fn a_local_json_is_read_as_it_is() {
    let text = json!({"services": {"CoAuthoring": {
        "secret": {"inbox": {"string": OLD}, "outbox": {"string": NEW}, "session": {"string": OLD}},
        "token": {
            "enable": {"browser": true, "request": {"inbox": true, "outbox": true}},
            "inbox": {"header": "AuthorizationJwt", "prefix": "Token "},
            "outbox": {"header": "Authorization", "prefix": "Bearer ", "urlExclusionRegex": "X-Amz-Signature"}
        }
    }}});
    let (_folder, path) = written("local.json", &text.to_string());
    let places = Places {
        local_json: Some(path),
        ..Places::default()
    };
    let found = find(&places, &Environment::default()).unwrap();
    assert!(opens(&found.keys, OLD, NOW) && !opens(&found.keys, NEW, NOW));
    let said = |header: &str, prefix: &str| Said {
        header: Some(header.into()),
        prefix: Some(prefix.into()),
    };
    assert_eq!(found.incoming, said("AuthorizationJwt", "Token "));
    assert_eq!(found.outgoing, said("Authorization", "Bearer "));
    assert_eq!(found.unsigned_url.unwrap().to_string(), "X-Amz-Signature");
}

#[test]
fn t11_a_default_secret_is_refused_wherever_it_stands() {
    let file = "[[key]]\nid = \"a\"\nsecret = \"secret\"\n";
    let (_folder, path) = written("keys.toml", file);
    let places = Places {
        keys_file: Some(path),
        ..Places::default()
    };
    insta::assert_snapshot!(refused(&places, &Environment::default()), @r#"The key a can't be used: The token secret is one that manuals and examples print, so anybody can sign with it. Make one with "openssl rand -hex 32" and set it on both sides, here and in the application that embeds the editor."#);
    let local = json!({"services": {"CoAuthoring": {"secret": {"inbox": {"string": "secret"}, "outbox": {"string": "secret"}}}}});
    let (_folder, path) = written("local.json", &local.to_string());
    let places = Places {
        local_json: Some(path.clone()),
        ..Places::default()
    };
    let said = refused(&places, &Environment::default());
    insta::assert_snapshot!(said.replace(&path.display().to_string(), "FILE"), @r#"FILE can't be used: The token secret is one that manuals and examples print, so anybody can sign with it. Make one with "openssl rand -hex 32" and set it on both sides, here and in the application that embeds the editor."#);
}

#[test]
fn two_places_are_one_too_many() {
    let both = Places {
        keys_file: Some("a".into()),
        local_json: Some("b".into()),
        ..Places::default()
    };
    insta::assert_snapshot!(refused(&both, &Environment::default()), @"Both a file of keys and a local.json are given, so it is not clear which counts. Leave out one of them.");
    let environment = Environment {
        jwt_secret: Some(OLD.to_owned()),
        ..Environment::default()
    };
    let one = Places {
        keys_file: Some("a".into()),
        ..Places::default()
    };
    insta::assert_snapshot!(refused(&one, &environment), @"Both a secret and a file with keys are given, so it is not clear which counts. Leave out --secret-file, JWT_SECRET and JWT_SECRET_FILE, or the file.");
}

#[test]
fn a_public_key_verifies_and_a_secret_signs() {
    let folder = tempfile::tempdir().unwrap();
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    std::fs::write(folder.path().join("app.pem"), pem).unwrap();
    let path = folder.path().join("keys.toml");
    let key = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Places {
            keys_file: Some(path.clone()),
            ..Places::default()
        }
    };
    let both = key(&format!(
        "[[key]]\nid = \"app\"\npublic_key_file = \"app.pem\"\n[[key]]\nid = \"own\"\nsecret = \"{OLD}\"\n"
    ));
    let keys = find(&both, &Environment::default()).unwrap().keys;
    assert_eq!(keys.inbox().keys().len(), 2);
    assert_eq!(keys.outbox().keys().len(), 1);
    let alone = key("[[key]]\nid = \"app\"\npublic_key_file = \"app.pem\"\n");
    let said = refused(&alone, &Environment::default());
    insta::assert_snapshot!(said.replace(&path.display().to_string(), "FILE"), @"The file of keys FILE has no secret: 0 keys are given, and a ring holds 1 to 8. Leave out the keys whose tokens have all expired.");
}

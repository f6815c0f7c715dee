//! Every code that a refusal may have: it is in the catalogue, and the reference
//! in the documentation has it with what goes over the wire.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use recto_docs_api::Explain as _;
use serde_json::{Value, json};

use super::{Refusal, reason::Entry};
use crate::{
    Key, KeyRing, RequestParts, Secret, Service, Tenants,
    explain::catalogue,
    jws::{self, Expect},
    testing::{
        NOW, SECRET, b64, config, hs256, keys, open, refused_payload, refused_token, sent, token,
        with,
    },
    verify_request,
};

/// A request without a token in its body.
fn request(body: &str, header: Option<&str>) -> Refusal {
    let parts = RequestParts {
        body: body.as_bytes(),
        query: &[],
        header,
        prefix: "Bearer ",
    };
    verify_request(&keys(), Service::Command, &parts, NOW).unwrap_err()
}

fn by_ring(ring: impl Into<KeyRing>) -> Refusal {
    jws::open(&ring.into(), &hs256(SECRET, &config()), Expect::INBOX, NOW).unwrap_err()
}

fn by_alg(alg: &str) -> Refusal {
    refused_token(token(SECRET, &json!({"alg": alg}), config().to_string()))
}

fn by_secret(secret: &str) -> Refusal {
    refused_token(hs256(secret, &config()))
}

fn by_payload(path: &str, value: Value) -> Refusal {
    refused_payload(&with(path, value))
}

fn by_text(payload: &str) -> Refusal {
    refused_token(token(SECRET, &json!({"alg": "HS256"}), payload))
}

/// A refusal of each code, by the name that the code has in the source.
fn samples() -> Vec<(&'static str, Refusal)> {
    let parts = RequestParts {
        body: b"{\"url\":\"a\"}",
        query: &[],
        header: None,
        prefix: "Bearer ",
    };
    let key = Key::secret(Secret::from(SECRET));
    let other = json!({"edit": false, "download": false});
    vec![
        ("MISSING", open(&config()).unwrap_err()),
        (
            "MISPLACED",
            open(&with("document.token", json!("x"))).unwrap_err(),
        ),
        ("NOT_A_STRING", refused_token(json!(5))),
        ("IS_THE_SECRET", refused_token(SECRET)),
        ("TOO_LARGE", refused_token("x".repeat(100_000))),
        (
            "BASE64_PADDING",
            refused_token(format!("{}=", hs256(SECRET, &config()))),
        ),
        ("MALFORMED", refused_token("abc")),
        ("ALG_NONE", by_alg("none")),
        ("ALG_UNSUPPORTED", by_alg("RS256")),
        (
            "UNSIGNED",
            refused_token(format!("{}.{}.", b64(r#"{"alg":"HS256"}"#), b64("{}"))),
        ),
        ("EMPTY_KEY", by_secret("")),
        ("SECRET_WHITESPACE", by_secret(&format!("{SECRET}\n"))),
        ("SECRET_QUOTED", by_secret(&format!("'{SECRET}'"))),
        (
            "SECRET_ENCODING",
            by_secret("azNKeDktUW0ydlQ3X3daNC5wTDhzUjV0WTF1TjZiQzA="),
        ),
        ("KNOWN_KEY", by_secret("secret")),
        ("SIGNATURE", by_secret("another secret of thirty-two byte")),
        ("KEY_RETIRED", by_ring(key.clone().retires(NOW))),
        ("KEY_NOT_YET_VALID", by_ring(key.not_before(NOW + 1))),
        (
            "UNKNOWN_TENANT",
            Tenants::without_default()
                .find(Some("a.example"), None)
                .unwrap_err(),
        ),
        ("TIME_TYPE", by_payload("exp", json!("soon"))),
        ("NOT_YET_VALID", by_payload("nbf", json!(NOW + 3600))),
        ("EXPIRED", by_payload("exp", json!(NOW - 3600))),
        (
            "WRONG_PURPOSE",
            refused_payload(&json!({"c": "info", "key": "k"})),
        ),
        ("WRONG_DOCUMENT", Refusal::wrong_document("k")),
        ("SECRET_EMPTY", by_ring(Secret::from(""))),
        ("EMPTY", refused_payload(&json!({}))),
        (
            "DOUBLE_ENCODED",
            by_text(&json!(config().to_string()).to_string()),
        ),
        ("NOT_AN_OBJECT", by_text("[]")),
        ("WRAPPED", refused_payload(&json!({"payload": config()}))),
        (
            "FLAT",
            refused_payload(&json!({"key": "k", "url": "https://files.example/a"})),
        ),
        ("MISSING_FIELD", by_payload("document.key", Value::Null)),
        ("TYPE", by_payload("document.title", json!(5))),
        (
            "EXTRA_FIELD",
            by_payload("url", json!("https://files.example/a")),
        ),
        ("OPENS_HISTORY", by_payload("version", json!(2))),
        (
            "PERMISSIONS_DIFFER",
            open(&sent(config(), &with("document.permissions", other))).unwrap_err(),
        ),
        ("KEY_CHARACTERS", by_payload("document.key", json!("a/b"))),
        (
            "KEY_LENGTH",
            by_payload("document.key", json!("x".repeat(129))),
        ),
        ("FILE_TYPE", by_payload("document.fileType", json!("exe"))),
        ("HEADER_PREFIX", request("", Some("bearer x"))),
        ("NOT_JSON", request("c=info", None)),
        ("BODY_IGNORED", Refusal::missing_parameter("url", &parts)),
        (
            "MISSING_PARAMETER",
            Refusal::missing_parameter("key", &parts),
        ),
    ]
}

/// The names of the entries that the source refuses with.
fn names_in_source(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "explain" {
            names_in_source(&path, names);
        } else if path.extension().is_some_and(|end| end == "rs") && !name.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).unwrap();
            for (at, found) in text.match_indices("&reason::") {
                let rest = &text[at + found.len()..];
                let end = rest
                    .find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_')
                    .unwrap_or(rest.len());
                names.insert(rest[..end].to_owned());
            }
        }
    }
}

fn entry(code: &str) -> &'static Entry {
    catalogue::all()
        .find(|entry| entry.code == code)
        .unwrap_or_else(|| panic!("{code} is not in the catalogue"))
}

#[test]
fn every_refusal_is_in_the_catalogue() {
    let mut names = BTreeSet::new();
    names_in_source(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut names,
    );
    let sampled: BTreeSet<_> = samples()
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(sampled, names, "a sample for each code, and no other");
    let mut codes = BTreeSet::new();
    for (name, refusal) in samples() {
        assert_eq!(refusal.docs, entry(refusal.code).docs, "{name}");
        assert!(codes.insert(refusal.code), "{} twice", refusal.code);
    }
}

/// The table of refusals in the reference.
fn table() -> String {
    let mut text = "| code | what is wrong | WebSocket | editor | `/command` | `/converter` |\n|---|---|---|---|---|---|\n".to_owned();
    for (_, refusal) in samples() {
        let (group, id) = refusal.docs.split_once('/').unwrap();
        let request = refusal.code.starts_with("request.");
        let page = refusal.code.starts_with("config.") || refusal.code.starts_with("payload.");
        let number = |service| match refusal.service_error(service) {
            _ if page
                && !["payload.double_encoded", "payload.not_an_object"].contains(&refusal.code) =>
            {
                "–".to_owned()
            }
            number => number.to_string(),
        };
        let wire = if request {
            "–".to_owned()
        } else {
            format!("{} `{}`", refusal.wire.code, refusal.wire.description)
        };
        let editor = if request {
            "–".to_owned()
        } else {
            refusal.editor_error().to_string()
        };
        writeln!(
            text,
            "| [`{}`](../refusals/{group}/{id}.md) | {} | {wire} | {editor} | {} | {} |",
            refusal.code,
            entry(refusal.code).message,
            number(Service::Command),
            number(Service::Converter),
        )
        .unwrap();
    }
    text
}

#[test]
fn the_reference_in_the_documentation_has_every_refusal() {
    const BEGIN: &str = "<!-- The table is made by a test of recto-token; RECTO_WRITE_DOCS=1 cargo test -p recto-token documentation writes it again. -->\n\n";
    const END: &str = "<!-- End of the table. -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/tokens.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the beginning of the table");
    let (found, after) = rest.split_once(END).expect("the end of the table");
    if std::env::var_os("RECTO_WRITE_DOCS").is_some() {
        fs::write(&path, [before, BEGIN, &table(), "\n", END, after].concat()).unwrap();
    } else {
        assert_eq!(found.trim_end(), table().trim_end());
    }
}

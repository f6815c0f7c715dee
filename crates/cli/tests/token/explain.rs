//! `recto token explain`

use serde_json::Value;

use super::{EMPTY, SECRET, token};

fn json(arguments: &[&str], input: &str) -> (Option<i32>, Value) {
    let done = token(&[&["explain", "--json"], arguments].concat(), input);
    (
        done.code,
        serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err)),
    )
}

#[test]
fn an_empty_payload_is_the_root_cause() {
    for (arguments, input) in [
        (&["-"][..], EMPTY),
        (&[][..], EMPTY),
        (&["--token", EMPTY][..], ""),
    ] {
        let (code, explanation) = json(arguments, input);
        assert_eq!(code, Some(1));
        assert_eq!(explanation["findings"][0]["code"], "payload.empty");
        assert_eq!(explanation["findings"][0]["severity"], "fatal");
    }
}

#[test]
fn a_finding_has_the_fields_of_the_contract() {
    let (_, explanation) = json(&["--token", EMPTY], "");
    for finding in explanation["findings"].as_array().unwrap() {
        for name in [
            "code", "severity", "message", "hint", "path", "expected", "found",
        ] {
            assert!(finding.get(name).is_some(), "{name} in {finding}");
        }
    }
}

#[test]
fn t19_an_explanation_shows_neither_secret_nor_signature() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "a-secret-that-nobody-else-has-got").unwrap();
    for form in [&[][..], &["--json"], &["--sarif"], &["--color", "always"]] {
        let arguments = [&["explain", "--secret-file", file.to_str().unwrap()], form].concat();
        let done = token(&arguments, EMPTY);
        let all = format!("{}{}", done.out, done.err);
        assert!(all.contains("payload.empty"), "{all}");
        assert!(!all.contains("nobody-else"), "{all}");
        assert!(
            !all.contains("5IuXpdN4fObi2fx6W5CGCNoz6SJXz8Kvjc1n15krGFo"),
            "{all}"
        );
    }
}

#[test]
fn parts_secrets_clock_and_purpose_count() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let config = r#"{"document":{"fileType":"docx","key":"shop.17.3","url":"https://files.example/17","permissions":{"edit":true}},"documentType":"word","editorConfig":{"mode":"edit","callbackUrl":"https://files.example/c","user":{"id":"u1","name":"Ada"}}}"#;
    let signed = token(&["sign", "--secret", SECRET, "--now", "1000000"], config);
    let given = signed.out.trim();
    let page = file("config.json", config);
    let good = ["--token", given, "--config", &page, "--secret", SECRET];
    let (code, explanation) = json(&[&good[..], &["--now", "1000100"]].concat(), "");
    assert_eq!(code, Some(0), "{explanation}");
    let (code, explanation) = json(&[&good[..], &["--now", "1000400"]].concat(), "");
    assert_eq!(code, Some(1));
    assert_eq!(explanation["findings"][0]["code"], "token.expired");
    let two = [
        "--token",
        given,
        "--secret",
        "another-secret-that-is-long-enough",
        "--secret",
        SECRET,
        "--now",
        "1000100",
    ];
    assert_eq!(json(&two, "").0, Some(0));
    let (_, explanation) = json(&[&two[..], &["--for", "command"]].concat(), "");
    assert_eq!(explanation["findings"][0]["code"], "token.wrong_purpose");
    let request = file(
        "request.txt",
        "POST /command HTTP/1.1\nAuthorization: bearer abc\n\n{}",
    );
    let (_, explanation) = json(&["--request", &request], "");
    let codes = explanation["findings"].to_string();
    assert!(codes.contains("request.header_prefix"), "{codes}");
}

#[test]
fn sarif_has_rules_and_results() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.txt");
    std::fs::write(&path, EMPTY).unwrap();
    let done = token(&["explain", "--sarif", path.to_str().unwrap()], "");
    assert_eq!(done.code, Some(1));
    let log: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "payload.empty");
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "payload.empty");
    assert_eq!(result["level"], "error");
    assert!(
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            .as_str()
            .unwrap()
            .ends_with("token.txt")
    );
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let plain = token(&["explain"], EMPTY).out;
    assert!(!plain.contains('\u{1b}'));
    let coloured = token(&["explain", "--color", "always"], EMPTY).out;
    assert!(coloured.contains("\u{1b}[1;31mfatal\u{1b}[0m"));
    let mut bare = coloured;
    for code in ["0", "1", "2", "1;31", "1;33", "1;35", "1;36"] {
        bare = bare.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(bare, plain);
}

#[test]
fn what_cannot_be_carried_out_is_2() {
    for arguments in [
        &["explain", "no-such-file"][..],
        &["explain", "--for", "nothing"],
        &["explain", "--json", "--sarif"],
        &["explain", "--secret-file", "no-such-file"],
        &["nothing"],
    ] {
        let done = token(arguments, "");
        assert_eq!(done.code, Some(2), "{arguments:?}");
        assert!(!done.err.is_empty());
    }
}

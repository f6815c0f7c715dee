//! `recto token verify`

use serde_json::{Value, json};

use super::{EMPTY, SECRET, token};

const NOW: &str = "1795514400";

fn sign(fields: &Value, more: &[&str]) -> String {
    let arguments = [&["sign", "--secret", SECRET, "--now", NOW], more].concat();
    token(&arguments, &fields.to_string()).out.trim().to_owned()
}

fn verify(given: &str, more: &[&str]) -> (Option<i32>, Value) {
    let arguments = [
        &["verify", given, "--secret", SECRET, "--now", NOW, "--json"],
        more,
    ]
    .concat();
    let done = token(&arguments, "");
    let result = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err));
    (done.code, result)
}

#[test]
fn a_token_is_good_for_what_it_was_made_for_and_nothing_else() {
    let opening =
        json!({"document": {"fileType": "docx", "key": "k.1", "url": "https://files.example/1"}});
    let download = json!({"url": "https://files.example/1"});
    let cases = [
        ("open", sign(&opening, &[]), &[][..]),
        (
            "command",
            sign(&json!({"c": "info", "key": "k.1"}), &[]),
            &[],
        ),
        (
            "convert",
            sign(
                &json!({"url": "https://files.example/1", "filetype": "docx", "outputtype": "pdf", "key": "k.1"}),
                &[],
            ),
            &[],
        ),
        (
            "callback",
            sign(&json!({"key": "k.1", "status": 4}), &[]),
            &[],
        ),
        (
            "download",
            sign(&download, &["--layout", "header"]),
            &["--url", "https://files.example/1"],
        ),
        (
            "method",
            sign(
                &json!({"c": "add", "images": [{"fileType": "png", "url": "https://files.example/1.png"}]}),
                &[],
            ),
            &["--method", "insertImage"],
        ),
    ];
    for (made_for, given, _) in &cases {
        for (purpose, _, more) in &cases {
            let (code, result) = verify(given, &[&["--for", purpose], *more].concat());
            let good = made_for == purpose;
            assert_eq!(
                code,
                Some(i32::from(!good)),
                "{made_for} {purpose} {result}"
            );
            assert_eq!(result["valid"], good);
        }
    }
}

#[test]
fn a_token_may_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.txt");
    std::fs::write(&file, format!("{EMPTY}\n")).unwrap();
    let verify = |token_or_file: &str| {
        let args = ["verify", token_or_file, "--secret", SECRET, "--now", NOW];
        token(&args, "").out
    };
    assert_eq!(verify(file.to_str().unwrap()), verify(EMPTY));
}

#[test]
fn a_refusal_is_in_words() {
    let done = token(&["verify", EMPTY, "--secret", SECRET, "--now", NOW], "");
    assert_eq!(done.code, Some(1));
    insta::assert_snapshot!(done.out.trim(), @r#"
    refused: token.signature
      The token was signed with another secret than the inbox secret, whose fingerprint is 10784b51, or was changed afterwards.
      expected  a signature by the secret 10784b51
      do        Set the same secret in the back end and here, and check that nothing changed the token on its way. Fix the payload too: it is empty.
      wire      4006 token:invalid signature
      read      docs/refusals/tokens/signature
    "#);
    let page = json!({"document": {"fileType": "docx", "key": "k.1", "url": "https://files.example/1", "permissions": {"edit": true}}});
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    std::fs::write(&file, page.to_string()).unwrap();
    let mut signed = page.clone();
    signed["document"]["permissions"]["edit"] = false.into();
    let given = sign(&signed, &[]);
    let config = ["--config", file.to_str().unwrap()];
    let done = token(
        &[
            &["verify", "-", "--secret", SECRET, "--now", NOW],
            &config[..],
        ]
        .concat(),
        &given,
    );
    assert_eq!(done.code, Some(1));
    insta::assert_snapshot!(done.out.trim(), @r#"
    refused: config.permissions_differ
      The permissions that the page sent are not those that were signed: document.permissions.edit is true, and the token has false.
      path      document.permissions.edit
      expected  false
      found     true
      do        Send the page exactly the config that the back end signed, and change no permission after signing.
      wire      4004 access deny
      read      docs/refusals/config/permissions-differ
    "#);
}

#[test]
fn what_cannot_be_judged_is_2() {
    for (arguments, said) in [
        (&["verify", EMPTY][..], "without a key"),
        (
            &["verify", EMPTY, "--secret", SECRET, "--for", "download"],
            "--url",
        ),
        (
            &["verify", EMPTY, "--secret", SECRET, "--for", "method"],
            "--method",
        ),
        (
            &[
                "verify",
                EMPTY,
                "--secret",
                SECRET,
                "--config",
                "no-such-file",
            ],
            "no-such-file",
        ),
    ] {
        let done = token(arguments, "");
        assert_eq!(done.code, Some(2), "{arguments:?}");
        assert!(done.err.contains(said), "{}", done.err);
    }
}

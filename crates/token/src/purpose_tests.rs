//! T13: every kind of token at every verifier.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    Method, RequestParts, Service, issue_session, seal, sign_body, sign_header,
    testing::{NOW, SECRET, config, good, hs256, keys, open},
    unseal, verify_callback, verify_download, verify_method, verify_opening, verify_request,
    verify_session,
};

const FILE: &str = "https://files.example/a";

/// Tokens of all kinds, by name.
fn tokens() -> Vec<(&'static str, String)> {
    let signed = |payload: Value| hs256(SECRET, &payload);
    let opening = open(&good()).unwrap();
    let callback = json!({"key": "report_7", "status": 2, "url": FILE, "filetype": "docx"});
    vec![
        ("opening", signed(config())),
        ("opening, wrapped", signed(json!({"payload": config()}))),
        (
            "command",
            signed(json!({"c": "forcesave", "key": "report_7"})),
        ),
        (
            "command, wrapped",
            signed(json!({"payload": {"c": "info", "key": "report_7"}})),
        ),
        (
            "conversion",
            signed(json!({
                "async": false, "filetype": "docx", "key": "report_7", "outputtype": "pdf", "url": FILE
            })),
        ),
        (
            "conversion, wrapped",
            signed(json!({"payload": {"filetype": "docx", "outputtype": "pdf", "url": FILE}})),
        ),
        (
            "builder",
            signed(json!({"async": true, "key": "b1", "url": FILE})),
        ),
        ("callback", sign_body(&keys(), &callback, NOW)),
        ("callback, header", sign_header(&keys(), &callback, NOW)),
        ("download", sign_header(&keys(), &json!({"url": FILE}), NOW)),
        (
            "images",
            signed(json!({"c": "add", "images": [{"fileType": "png", "url": FILE}]})),
        ),
        (
            "document",
            signed(json!({"c": "compare", "fileType": "docx", "url": FILE})),
        ),
        (
            "spreadsheet",
            signed(json!({"fileType": "xlsx", "url": FILE})),
        ),
        (
            "reference",
            signed(
                json!({"fileType": "xlsx", "path": "a", "referenceData": {"fileKey": "f"}, "url": FILE}),
            ),
        ),
        (
            "version",
            signed(json!({"version": 2, "key": "report_7", "url": FILE})),
        ),
        ("session", issue_session(&keys(), &opening, "p1", None, NOW)),
        ("journal", seal(&keys(), &opening)),
    ]
}

/// The names of the verifiers that accept a token.
fn accepted_by(token: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut note = |accepted: bool, name: &str| {
        if accepted {
            names.insert(name.to_owned());
        }
    };
    let keys = keys();
    let secret = crate::Secret::from(SECRET);
    let header = format!("Bearer {token}");
    let body = json!({"token": token});
    let mut page = config();
    page["token"] = token.into();
    note(verify_opening(&keys, &page, NOW).is_ok(), "opening");
    let key = "report_7".parse().unwrap();
    note(verify_session(&keys, token, &key, NOW).is_ok(), "session");
    note(unseal(&keys, token).is_ok(), "journal");
    for (service, name) in Service::ALL
        .into_iter()
        .zip(["command", "converter", "builder", "file"])
    {
        let mut parts = RequestParts {
            body: b"",
            query: &[],
            header: Some(&header),
            prefix: "Bearer ",
        };
        let in_header = verify_request(&keys, service, &parts, NOW).is_ok();
        let body = body.to_string();
        parts = RequestParts {
            body: body.as_bytes(),
            header: None,
            ..parts
        };
        assert_eq!(
            verify_request(&keys, service, &parts, NOW).is_ok(),
            in_header,
            "{name}"
        );
        note(in_header, name);
    }
    for method in Method::ALL {
        note(
            verify_method(&keys, token, method, NOW).is_ok(),
            method.as_str(),
        );
    }
    note(
        verify_callback(&secret, &body, None, NOW).is_ok(),
        "callback",
    );
    note(
        verify_callback(&secret, &json!({}), Some(&header), NOW).is_ok(),
        "callback, header",
    );
    note(
        verify_download(&secret, Some(&header), FILE, NOW).is_ok(),
        "download",
    );
    names
}

/// What is not in this table is refused. Where a token has several uses the Docs
/// API gives it the same members for each; separate secrets for inbox and outbox
/// take the builder's and the download's token apart.
#[test]
fn t13_every_token_has_its_purpose() {
    let table: Vec<_> = tokens()
        .into_iter()
        .map(|(name, token)| {
            let by: Vec<_> = accepted_by(&token).into_iter().collect();
            let by = if by.is_empty() {
                "nobody".to_owned()
            } else {
                by.join("; ")
            };
            format!("{name}: {by}")
        })
        .collect();
    insta::assert_snapshot!(table.join("\n"), @"
        opening: opening
        opening, wrapped: nobody
        command: command
        command, wrapped: command
        conversion: converter
        conversion, wrapped: converter
        builder: builder; converter
        callback: callback; callback, header
        callback, header: callback, header
        download: builder; download
        images: insertImage
        document: file; setRequestedDocument; setRevisedFile
        spreadsheet: file; setMailMergeRecipients; setReferenceData; setReferenceSource; setRequestedSpreadsheet
        reference: file; setReferenceData; setReferenceSource
        version: file; setHistoryData
        session: session
        journal: journal
    ");
}

/// With a secret for each direction nothing that the server signs for others is
/// accepted by the server, and the other way round.
#[test]
fn t13_separate_secrets_separate_the_directions() {
    let outbox = crate::Secret::from("the outbox secret of 32 bytes ...");
    let keys = crate::Keys::separate(
        crate::Secret::from(SECRET),
        outbox.clone(),
        &crate::Secret::from(SECRET),
        &crate::Secret::from(SECRET),
    );
    let download = sign_header(&keys, &json!({"url": FILE}), NOW);
    let header = format!("Bearer {download}");
    let parts = RequestParts {
        body: b"",
        query: &[],
        header: Some(&header),
        prefix: "Bearer ",
    };
    for service in Service::ALL {
        let refusal = verify_request(&keys, service, &parts, NOW).unwrap_err();
        assert_eq!(refusal.code, "token.signature");
    }
    assert!(verify_download(&outbox, Some(&header), FILE, NOW).is_ok());
    let builder = hs256(SECRET, &json!({"url": FILE}));
    let header = format!("Bearer {builder}");
    let refusal = verify_download(&outbox, Some(&header), FILE, NOW).unwrap_err();
    assert_eq!(refusal.code, "token.signature");
}

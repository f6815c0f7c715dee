use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::testing::{NOW, SECRET, config, hs256, keys, lines};

fn verify(method: Method, payload: &Value) -> Result<MethodGrant, Refusal> {
    verify_method(&keys(), &hs256(SECRET, payload), method, NOW).map(Verified::into_inner)
}

fn code(method: Method, payload: &Value) -> &'static str {
    verify(method, payload).unwrap_err().code
}

fn file(file_type: &str) -> Value {
    json!({"c": "compare", "fileType": file_type, "url": "https://files.example/a?pass=hidden"})
}

fn signed(url: &str, file_type: Option<&str>) -> SignedFile {
    SignedFile {
        url: url.to_owned(),
        file_type: file_type.map(str::to_owned),
    }
}

#[test]
fn images_are_read() {
    let payload = json!({
        "c": "add", "exp": NOW + 300,
        "images": [
            {"fileType": "PNG", "url": "https://files.example/a.png"},
            {"url": "data:image/png;base64,AA=="}
        ]
    });
    let grant = verify(Method::InsertImage, &payload).unwrap();
    assert_eq!(grant.command.as_deref(), Some("add"));
    assert_eq!(
        grant.files,
        [
            signed("https://files.example/a.png", Some("png")),
            signed("data:image/png;base64,AA==", None)
        ]
    );
    for older in [
        json!({"url": "https://files.example/a.png"}),
        json!({"c": "add", "url": "https://files.example/a.png"}),
        json!({"c": "add", "fileType": "png", "url": "https://files.example/a.png"}),
    ] {
        assert_eq!(
            verify(Method::InsertImage, &older).unwrap().files[0].url,
            "https://files.example/a.png"
        );
    }
}

#[test]
fn files_are_read() {
    for (method, file_type) in [
        (Method::SetRevisedFile, "docx"),
        (Method::SetRequestedDocument, "odt"),
        (Method::SetMailMergeRecipients, "xlsx"),
        (Method::SetRequestedSpreadsheet, "csv"),
        (Method::SetReferenceData, "XLSX"),
        (Method::SetReferenceSource, "ods"),
    ] {
        let grant = verify(method, &file(file_type)).unwrap();
        assert_eq!(grant.method, method);
        assert_eq!(
            grant.files,
            [signed(
                "https://files.example/a?pass=hidden",
                Some(&file_type.to_lowercase())
            )]
        );
        assert!(!format!("{grant:?}").contains("hidden"));
    }
}

#[test]
fn references_are_read() {
    let data = json!({"fileKey": "f1", "instanceId": "https://app.example", "key": "k"});
    let payload = json!({
        "fileType": "xlsx", "path": "sums.xlsx", "referenceData": data,
        "url": "https://files.example/sums.xlsx"
    });
    for method in [Method::SetReferenceData, Method::SetReferenceSource] {
        assert_eq!(
            verify(method, &payload).unwrap().reference,
            Some(Reference {
                path: Some("sums.xlsx".to_owned()),
                data: Some(data.clone())
            })
        );
    }
}

#[test]
fn versions_are_read() {
    let payload = json!({
        "version": 2, "key": "k2", "url": "https://files.example/2", "fileType": "docx",
        "changesUrl": "https://files.example/changes.zip",
        "previous": {"key": "k1", "url": "https://files.example/1", "fileType": "docx"}
    });
    let grant = verify(Method::SetHistoryData, &payload).unwrap();
    assert_eq!(
        grant.files,
        [signed("https://files.example/2", Some("docx"))]
    );
    let version = grant.version.unwrap();
    assert_eq!(
        (version.version.as_str(), version.key.as_str()),
        ("2", "k2")
    );
    assert_eq!(
        version.changes_url.as_deref(),
        Some("https://files.example/changes.zip")
    );
    let previous = version.previous.unwrap();
    assert_eq!(previous.key.as_str(), "k1");
    assert_eq!(
        previous.file,
        signed("https://files.example/1", Some("docx"))
    );
    let first = json!({"version": "first", "key": "k1", "url": "https://files.example/1"});
    assert_eq!(
        verify(Method::SetHistoryData, &first)
            .unwrap()
            .version
            .unwrap()
            .version,
        "first"
    );
    for (path, value) in [
        ("key", json!("a/b")),
        ("previous", json!([1])),
        ("url", json!(5)),
    ] {
        let mut bad = payload.clone();
        bad[path] = value;
        assert!(verify(Method::SetHistoryData, &bad).is_err(), "{path}");
    }
}

#[test]
fn t13_openings_are_no_methods() {
    for method in Method::ALL {
        for payload in [config(), json!({"payload": config()})] {
            assert_eq!(code(method, &payload), "token.wrong_purpose", "{method}");
        }
    }
    insta::assert_snapshot!(lines(&verify(Method::InsertImage, &config()).unwrap_err()), @r#"
        token.wrong_purpose "token:invalid token"
        The token was made for opening a document, not for the method insertImage.
        Sign what the method is given: images with fileType and url of each, and c.
        path: document
        expected: a token for the method insertImage
        found: a token for opening a document
    "#);
}

/// A file that another method takes.
#[test]
fn t13_a_method_takes_its_kind_of_file() {
    for (method, file_type) in [
        (Method::InsertImage, "docx"),
        (Method::SetRevisedFile, "png"),
        (Method::SetRevisedFile, "xlsx"),
        (Method::SetRequestedDocument, "csv"),
        (Method::SetMailMergeRecipients, "docx"),
        (Method::SetReferenceData, "pptx"),
        (Method::SetReferenceData, "png"),
        (Method::SetHistoryData, "docx"),
    ] {
        assert_eq!(
            code(method, &file(file_type)),
            "token.wrong_purpose",
            "{method} {file_type}"
        );
    }
    insta::assert_snapshot!(lines(&verify(Method::SetRevisedFile, &file("xlsx")).unwrap_err()), @r#"
        token.wrong_purpose "token:invalid token"
        The token signs a file of the type xlsx, which setRevisedFile does not take.
        Sign what the method is given: fileType and url, and c where the event had it.
        path: fileType
        found: xlsx
    "#);
    insta::assert_snapshot!(lines(&verify(Method::SetRevisedFile, &file("png")).unwrap_err()), @r#"
        token.wrong_purpose "token:invalid token"
        The token was made for the method insertImage, not for the method setRevisedFile.
        Sign what the method is given: fileType and url, and c where the event had it.
        path: images
        expected: a token for the method setRevisedFile
        found: a token for the method insertImage
    "#);
}

#[test]
fn sentences_of_methods() {
    let refused = |method, payload: Value| lines(&verify(method, &payload).unwrap_err());
    insta::assert_snapshot!(refused(Method::InsertImage, json!({"exp": NOW})), @r#"
        payload.empty "token: url is missing"
        The token is correctly signed, but its payload is empty.
        Sign what the method is given: images with fileType and url of each, and c.
        expected: the method's argument
        found: {}
    "#);
    insta::assert_snapshot!(refused(Method::InsertImage, json!({"images": [{"fileType": "emf", "url": "x"}]})), @r#"
        config.file_type "token: images[0].fileType is no image"
        Images of the type "emf" are not taken.
        Give one of jpg, jpeg, jpe, png, gif, bmp, svg, tiff, tif, webp, heic, heif, avif.
        path: images[0].fileType
        found: emf
    "#);
    insta::assert_snapshot!(refused(Method::InsertImage, json!({"images": [{"url": "a"}, {"fileType": "png"}]})), @r#"
        payload.missing_field "token: images[1].url is missing"
        The token has no images[1].url.
        Sign everything that the method gets; missing in the payload: images[1].url.
        path: images[1].url
        expected: a value
        found: nothing
    "#);
    insta::assert_snapshot!(refused(Method::InsertImage, json!({"images": {"url": "a"}})), @r#"
        payload.type "token: images has a wrong type"
        In the token, images is an object where an array belongs.
        Write images as an array before the method's argument is signed.
        path: images
        expected: an array
        found: an object
    "#);
    insta::assert_snapshot!(refused(Method::SetRevisedFile, json!({"fileType": "docx"})), @r#"
        payload.missing_field "token: url is missing"
        The token has no url.
        Sign everything that the method gets; missing in the payload: url.
        path: url
        expected: a value
        found: nothing
    "#);
    insta::assert_snapshot!(refused(Method::SetRevisedFile, json!({"fileType": "exe", "url": "a"})), @r#"
        config.file_type "token: fileType cannot be opened"
        The file type "exe" cannot be opened.
        Convert the file to one of these types first: docx, docm, dotx, dotm, odt, ott, doc, rtf, txt, xlsx, xlsm, xltx, xltm, ods, ots, xls, csv, tsv, pptx, pptm, potx, potm, ppsx, ppsm, odp, otp, ppt.
        path: fileType
        found: exe
    "#);
    let missing = verify_method(&keys(), "", Method::SetRevisedFile, NOW).unwrap_err();
    insta::assert_snapshot!(lines(&missing), @r#"
        token.missing "token:jwt must be provided"
        The call of setRevisedFile has no token.
        Sign the argument of the method in the back end, and put the result into its member "token".
        path: token
    "#);
    let expired = refused(
        Method::SetRevisedFile,
        json!({"fileType": "docx", "url": "a", "exp": 1}),
    );
    insta::assert_snapshot!(expired.lines().nth(2).unwrap(), @r#"Sign a new token each time the method is called, with an "exp" some minutes ahead, and check that both clocks agree: here it is 2026-11-24T10:00:00Z."#);
}

proptest! {
    #[test]
    fn any_payload_gets_an_answer(
        names in proptest::sample::subsequence(vec!["c", "images", "url", "fileType", "version", "key", "previous", "path", "referenceData", "document", "payload"], 0..11),
        value in prop_oneof![Just(json!(null)), Just(json!(5)), Just(json!("x")), Just(json!([1])), Just(json!({"url": 1}))],
    ) {
        let payload: Map<String, Value> = names.into_iter().map(|name| (name.to_owned(), value.clone())).collect();
        for method in Method::ALL {
            if let Err(refusal) = verify(method, &Value::Object(payload.clone())) {
                prop_assert!(!refusal.message.is_empty() && !refusal.hint.is_empty());
            }
        }
    }
}

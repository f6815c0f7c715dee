//! A second document, which the integrator gives and the page hands on.

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, get, new_key, sign, signed};

/// A text as RTF.
fn rtf(paragraphs: &[&str]) -> String {
    format!("{{\\rtf1\\ansi {}}}", paragraphs.join("\\par "))
}

/// The argument of `setRequestedDocument`, signed.
fn document(url: &str, command: &str) -> Value {
    let mut call = json!({ "c": command, "fileType": "rtf", "url": url });
    call["token"] = sign(&call, 300).into();
    call
}

async fn give(browser: &mut Browser, method: &str, call: &Value) -> Value {
    let message = json!({ "type": "takeDocument", "id": 3, "method": method, "call": call });
    browser.say(&message).await;
    browser.until("taken").await
}

async fn changes(browser: &mut Browser) -> Vec<String> {
    browser
        .say(&json!({ "type": "query", "id": 1, "command": ".uno:AcceptTrackedChanges" }))
        .await;
    let values = browser.until("values").await;
    let list = values["values"]["redlines"].as_array().unwrap().clone();
    list.iter()
        .map(|one| {
            format!(
                "{}: {}",
                one["author"].as_str().unwrap(),
                one["description"].as_str().unwrap()
            )
        })
        .collect()
}

#[tokio::test]
async fn a_document_is_compared_with_another_and_the_file_has_the_changes() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("text.txt", "The first line\nThe second line\n");
    integrator.serve("new.rtf", rtf(&["The first word", "The second line", ""]));
    let key = new_key("compare");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let url = integrator.url("/files/new.rtf");
    // As ONLYOFFICE's example does it: what is done with the file is not signed.
    let mut call = json!({ "fileType": "rtf", "url": url });
    call["token"] = sign(&call, 300).into();
    call["c"] = "compare".into();
    let answer = give(&mut ann, "setRequestedDocument", &call).await;
    assert_eq!(
        (&answer["changes"], &answer["id"]),
        (&json!(2), &json!(3)),
        "{answer}"
    );
    assert_eq!(
        changes(&mut ann).await,
        ["Ann: Insert “word”", "Ann: Delete “line”"]
    );
    // The changes are there already, and would be mixed with those of another comparison.
    let again = give(&mut ann, "setRevisedFile", &call).await;
    assert_eq!(again["code"], "second.has_changes", "{again}");
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    assert_eq!(saved.body["history"]["changes"][0]["user"]["name"], "Ann");
}

#[tokio::test]
async fn the_text_of_another_document_is_inserted() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("more.rtf", rtf(&["Inserted here. "]));
    let key = new_key("insert-text");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let call = document(&integrator.url("/files/more.rtf"), "insert-text");
    let answer = give(&mut ann, "setRequestedDocument", &call).await;
    assert_eq!(answer["code"], Value::Null, "{answer}");
    let select = json!({ "kind": "command", "name": ".uno:SelectAll", "args": {} });
    let seq = ann.input(select).await;
    ann.until_applied(seq).await;
    ann.say(&json!({ "type": "copy", "id": 7 })).await;
    let text = ann.until("clipboard").await["text"].clone();
    assert!(
        text.as_str()
            .unwrap()
            .contains("Inserted here. The first line"),
        "{text}"
    );
    let call = document(&integrator.url("/files/more.rtf"), "combine");
    let answer = give(&mut ann, "setRequestedDocument", &call).await;
    assert_eq!(answer["code"], "second.no_changes", "{answer}");
}

#[tokio::test]
async fn s6_a_second_document_is_fetched_from_where_the_token_says() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("same.rtf", rtf(&["The first line"]));
    integrator.serve("no.rtf", "%PDF-1.7");
    let key = new_key("s6-second");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let good = document(&integrator.url("/files/same.rtf"), "compare");
    // What stands beside the token counts for nothing.
    let mut forged = good.clone();
    forged["url"] = "http://169.254.169.254/latest/meta-data".into();
    forged["c"] = ".uno:InsertDoc".into();
    let mut bare = good.clone();
    bare["token"] = "".into();
    let sheet = {
        let mut call = json!({ "fileType": "xlsx", "url": integrator.url("/files/same.rtf") });
        call["token"] = sign(&call, 300).into();
        call
    };
    for (call, code) in [
        (&forged, Value::Null),
        (&bare, json!("token.missing")),
        (&sheet, json!("token.wrong_purpose")),
        (
            &document("file:///etc/passwd", "compare"),
            json!("fetch.scheme"),
        ),
        (
            &document("http://169.254.169.254/a.rtf", "compare"),
            json!("fetch.forbidden_address"),
        ),
        (
            &document(&integrator.url("/files/same.rtf"), ".uno:InsertDoc"),
            json!("second.purpose"),
        ),
        (
            &document(&integrator.url("/files/no.rtf"), "compare"),
            json!("content.mismatch"),
        ),
    ] {
        let answer = give(&mut ann, "setRequestedDocument", call).await;
        assert_eq!(answer["code"], code, "{answer}");
    }
    // For users who may not edit, nothing is fetched.
    let before = integrator.fetched().len();
    for permissions in [
        json!({ "edit": false }),
        json!({ "edit": false, "review": true }),
    ] {
        let mut config = integrator.config(&key, "v1", "Vera");
        config["document"]["permissions"] = permissions;
        let mut vera = Browser::open(&server, &signed(config)).await;
        let answer = give(&mut vera, "setRequestedDocument", &good).await;
        assert_eq!(answer["code"], "rights.no_second", "{answer}");
    }
    assert_eq!(integrator.fetched().len(), before);
}

#[tokio::test]
async fn a_version_of_the_history_is_marked_against_the_one_before() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let version = rtf(&["Head", "The old text and more", "Foot"]);
    integrator.serve("v2.rtf", version.clone());
    integrator.serve("v1.rtf", rtf(&["Gone", "Head", "The old text", "Foot"]));
    integrator.serve("no.rtf", "%PDF-1.7");
    let key = new_key("marks");
    let ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let open = |previous: &str, marks: bool| {
        let mut data = json!({
            "version": 2, "key": "v2", "url": integrator.url("/files/v2.rtf"),
            "changesUrl": integrator.url("/files/changes.zip"),
            "previous": { "key": "v1", "url": integrator.url(previous) },
        });
        data["token"] = sign(&data, 300).into();
        json!({ "type": "open", "version": data, "session": ann.opened["session"], "marks": marks })
    };

    let mut marked = Browser::connect(&server, &key).await;
    marked.say(&open("/files/v1.rtf", true)).await;
    marked.opened = marked.until_opened().await;
    assert_eq!(marked.opened["access"], "view");
    assert_eq!(marked.opened["document"]["changes"], 2);
    let seen: Vec<_> = changes(&mut marked)
        .await
        .iter()
        .map(|change| change.trim().to_owned())
        .collect();
    assert_eq!(seen, ["Recto: Delete “Gone ”", "Recto: Insert “ and more”"]);
    let seq = marked
        .input(json!({ "kind": "command", "name": ".uno:AcceptAllTrackedChanges", "args": {} }))
        .await;
    let denied = marked.until_that(|m| m["seq"] == seq).await;
    assert_eq!(denied["code"], "rights.view_only");
    // A copy is of the version, and not of what is shown.
    for (id, format) in [(8, "rtf"), (9, "txt")] {
        marked
            .say(&json!({ "type": "download", "id": id, "format": format }))
            .await;
        let copy = marked.until("download").await;
        let (status, text) = get(copy["url"].as_str().unwrap()).await;
        assert_eq!(status, 200);
        assert!(
            text.contains("The old text and more") && !text.contains("Gone"),
            "{text}"
        );
    }
    marked.leave().await;

    let mut plain = Browser::connect(&server, &key).await;
    plain.say(&open("/files/v1.rtf", false)).await;
    plain.opened = plain.until_opened().await;
    assert_eq!(plain.opened["document"]["changes"], Value::Null);
    assert_eq!(changes(&mut plain).await, [""; 0]);
    plain.leave().await;

    // Without the version before, the version is shown anyway.
    let mut alone = Browser::connect(&server, &key).await;
    alone.say(&open("/files/no.rtf", true)).await;
    alone.opened = alone.until_opened().await;
    let notice = alone.until("notice").await;
    assert_eq!(notice["code"], "history.not_marked", "{notice}");
    assert_eq!(alone.opened["document"]["changes"], Value::Null);
    let fetched = integrator.fetched();
    assert!(
        fetched
            .iter()
            .all(|(path, token)| token.is_some() && path != "changes.zip")
    );
}

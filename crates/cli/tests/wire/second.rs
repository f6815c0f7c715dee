//! A second document, which the integrator gives and the page hands on.

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, new_key, sign, signed};

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
    // Whoever may not edit has nothing fetched for him.
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

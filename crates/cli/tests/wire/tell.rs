//! What a save would lose is said to browsers and integrators, and under the strict rule nobody loses it.

use std::io::{Cursor, Write};

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::common::{Browser, Integrator, Server, Setup, command, new_key, signed};

/// A text with a digital signature, which no changed file keeps.
fn signed_text() -> Vec<u8> {
    const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/_xmlsignatures/sig1.xml" ContentType="application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"/></Types>"#;
    const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    const TEXT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Signed.</w:t></w:r></w:p></w:body></w:document>"#;
    const SIGNATURE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>"#;
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("word/document.xml", TEXT),
        ("_xmlsignatures/sig1.xml", SIGNATURE),
    ] {
        package
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        package.write_all(content.as_bytes()).unwrap();
    }
    package.finish().unwrap().into_inner()
}

/// A config for that text, with what `change` does to it before it is signed.
fn config(integrator: &Integrator, key: &str, change: impl FnOnce(&mut Value)) -> Value {
    integrator.serve("signed.docx", signed_text());
    let mut config = integrator.config(key, "u1", "Ann");
    config["document"]["fileType"] = "docx".into();
    config["document"]["title"] = "Signed.docx".into();
    config["document"]["url"] = integrator.url("/files/signed.docx").into();
    change(&mut config);
    signed(config)
}

fn kinds(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|lost| lost["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_a_save_loses_is_told_at_the_opening_and_with_each_saved_file() {
    let setup = Setup::default().arg("--recover-seconds", "60");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("tell");
    let config = config(&integrator, &key, |_| {});
    let mut ann = Browser::open(&server, &config).await;
    let told = ann.opened["losses"].clone();
    assert_eq!(
        (&told["rule"], &told["held"], &told["complete"]),
        (&json!("tell"), &json!(false), &json!(true))
    );
    assert_eq!(kinds(&told["losses"]), ["signatures"]);
    assert_eq!(told["losses"][0]["rank"], "function");
    assert_eq!(ann.opened["access"], "edit");
    ann.types("By Ann. ").await;
    ann.saves().await;
    let forced = command(&server, &json!({ "c": "forcesave", "key": key })).await;
    assert_eq!(forced["error"], 0, "{forced}");
    let saved = integrator.called_with(6).await;
    assert_eq!(kinds(&saved.body["lost"]), ["signatures"]);
    // It is known after a restart, though nobody opens the document again.
    ann.types("More. ").await;
    ann.saves().await;
    let before = ann.opened.clone();
    server.kill();
    let address = server.address().to_string();
    drop(server);
    let server = Server::start(&setup.arg("--listen", &address)).await;
    let ann = Browser::come_back(&server, &key, &before, 2).await;
    assert_eq!(ann.opened["losses"], told);
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    assert_eq!(saved.body["lost"], told["losses"]);
}

#[tokio::test]
async fn a_document_that_loses_nothing_says_nothing() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("nothing");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    assert_eq!(ann.opened.get("losses"), None);
    ann.types("Text. ").await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    assert_eq!(saved.body.get("lost"), None);
}

#[tokio::test]
async fn under_the_strict_rule_nobody_changes_what_a_save_would_lose() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("strict");
    let strict = |config: &mut Value| {
        config["editorConfig"]["customization"] = json!({ "losses": "strict" });
    };
    let config = config(&integrator, &key, strict);
    let mut ann = Browser::open(&server, &config).await;
    let told = &ann.opened["losses"];
    assert_eq!(
        (&told["rule"], &told["held"]),
        (&json!("strict"), &json!(true))
    );
    assert_eq!(ann.opened["access"], "view");
    let typed = json!({ "kind": "text", "text": "x" });
    ann.input(typed.clone()).await;
    let denied = ann.until("denied").await;
    assert_eq!(denied["code"], "losses.strict", "{denied}");
    // No command of the application makes it editable, …
    let order = json!({ "c": "permissions", "key": key, "permissions": { "edit": true } });
    command(&server, &order).await;
    ann.input(typed.clone()).await;
    let denied = ann.until("denied").await;
    assert_eq!(denied["code"], "losses.strict", "{denied}");
    // … and neither does coming back.
    let before = ann.opened.clone();
    drop(ann);
    let mut ann = Browser::come_back(&server, &key, &before, 2).await;
    assert_eq!(ann.opened["access"], "view");
    ann.numbered(3, typed).await;
    let denied = ann.until("denied").await;
    assert_eq!(denied["code"], "losses.strict", "{denied}");
}

#[tokio::test]
async fn the_servers_rule_can_be_made_stricter_and_not_milder() {
    let strict = Server::start(&Setup::default().file("losses = \"strict\"\n")).await;
    let integrator = Integrator::start().await;
    let ruled = |rule: &'static str| {
        let key = new_key("ruled");
        config(&integrator, &key, |config| {
            config["editorConfig"]["customization"] = json!({ "losses": rule });
        })
    };
    let ann = Browser::open(&strict, &ruled("quiet")).await;
    assert_eq!(
        (&ann.opened["losses"]["rule"], &ann.opened["access"]),
        (&json!("strict"), &json!("view"))
    );
    // What loses nothing is edited.
    let key = new_key("ruled");
    let mut ben = Browser::open(&strict, &integrator.signed(&key, "u2", "Ben")).await;
    ben.types("Text. ").await;
    // A server that says nothing leaves it to the configs.
    let server = Server::shared().await;
    let mut eve = Browser::open(&server, &ruled("quiet")).await;
    assert_eq!(eve.opened["losses"]["rule"], "quiet");
    eve.types("Text. ").await;
    eve.leave().await;
    let saved = integrator.called_with(2).await;
    assert_eq!(kinds(&saved.body["lost"]), ["signatures"]);
}

#[tokio::test]
async fn the_strict_rule_and_saving_hold_while_a_viewer_keeps_the_document_open() {
    let setup = Setup::default().arg("--save-seconds", "1");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("kept");
    let opened_by = |user: &'static str, mode: &'static str, rule: &'static str| {
        config(&integrator, &key, |config| {
            config["editorConfig"]["user"] = json!({ "id": user, "name": user });
            config["editorConfig"]["mode"] = mode.into();
            config["editorConfig"]["customization"] = json!({ "losses": rule });
            if mode == "edit" {
                config["editorConfig"]
                    .as_object_mut()
                    .unwrap()
                    .remove("callbackUrl");
            }
        })
    };
    let _viewer = Browser::open(&server, &opened_by("viewer", "view", "tell")).await;
    // An editor looks at it and leaves; nothing is owed to anybody.
    Browser::open(&server, &opened_by("ann", "edit", "tell"))
        .await
        .leave()
        .await;
    let closed = format!("the final save begins key={key}");
    server.logged(|log| log.contains(&closed)).await;
    let held = Browser::open(&server, &opened_by("ben", "edit", "strict")).await;
    assert_eq!(held.opened["access"], "view");
    let mut ann = Browser::open(&server, &opened_by("ann", "edit", "tell")).await;
    ann.types("Kept. ").await;
    ann.saves().await;
}

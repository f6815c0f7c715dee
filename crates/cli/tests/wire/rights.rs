//! What a participant may do, against a browser that does not keep to it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, command as order, new_key, sign, signed};

/// A config for a reader.
fn reading(integrator: &Integrator, key: &str, permissions: &Value) -> Value {
    let mut config = integrator.config(key, "v1", "Vera");
    config["document"]["permissions"] = permissions.clone();
    signed(config)
}

/// Inputs that would change the document.
fn changes() -> Vec<Value> {
    vec![
        json!({ "kind": "text", "text": "EVIL" }),
        json!({ "kind": "key", "char": 97, "code": 512 }),
        json!({ "kind": "key", "char": 0, "code": 1286 }),
        json!({ "kind": "key", "char": 0, "code": 0x2219 }),
        json!({ "kind": "compose", "text": "EVIL" }),
        json!({ "kind": "erase", "before": 0, "after": 5 }),
        json!({ "kind": "command", "name": ".uno:Bold", "args": {} }),
        json!({ "kind": "command", "name": ".uno:Undo", "args": {} }),
        json!({ "kind": "command", "name": ".uno:SwBackspace", "args": {} }),
        json!({ "kind": "paste", "mime": "text/plain;charset=utf-8", "data": "RVZJTA==" }),
        json!({ "kind": "graphic", "action": "start", "x": 2000, "y": 2000 }),
        json!({ "kind": "cell", "address": "A1", "text": "EVIL" }),
        json!({ "kind": "cut", "id": 7 }),
    ]
}

/// Sends everything that a reader must not do; each is denied by name.
async fn try_everything(reader: &mut Browser) {
    for input in changes() {
        let seq = reader.input(input.clone()).await;
        let answer = reader
            .until_that(|m| m["seq"] == seq && (m["type"] == "denied" || m["type"] == "ack"))
            .await;
        assert_eq!(answer["type"], "denied", "{input}");
        assert_eq!(answer["code"], "rights.view_only", "{input}");
        assert!(answer["message"].is_string() && answer["hint"].is_string());
    }
    // Selecting and copying is permitted.
    let seq = reader
        .input(json!({ "kind": "command", "name": ".uno:SelectAll", "args": {} }))
        .await;
    reader.until_applied(seq).await;
    reader.say(&json!({ "type": "copy", "id": 7 })).await;
    let clipboard = reader.until("clipboard").await;
    assert!(
        clipboard["text"]
            .as_str()
            .unwrap()
            .contains("The first line")
    );
    reader.say(&json!({ "type": "save" })).await;
    reader.say(&json!({ "type": "ping" })).await;
    reader.until("pong").await;
}

#[tokio::test]
async fn p1_a_reader_changes_nothing_whatever_he_sends() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p1");
    let ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut vera = Browser::open(
        &server,
        &reading(&integrator, &key, &json!({ "edit": false })),
    )
    .await;
    assert_eq!(vera.opened["access"], "view");
    try_everything(&mut vera).await;
    ann.leave().await;
    vera.leave().await;
    // 4, not 2: the document is as it was.
    let told = [integrator.called().await, integrator.called().await];
    assert_eq!(told.map(|called| called.status()), [1, 4]);
}

#[tokio::test]
async fn p1_what_a_reader_sent_is_not_in_the_file_that_others_save() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p1-file");
    let mut config = integrator.config(&key, "v1", "Vera");
    config["editorConfig"]["mode"] = "view".into();
    let mut vera = Browser::open(&server, &signed(config)).await;
    try_everything(&mut vera).await;
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("By Ann. ").await;
    try_everything(&mut vera).await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    assert_eq!(saved.body["users"], json!(["u1"]));
    let text = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap();
    let text = text.text().await.unwrap();
    assert_eq!(
        text.trim_start_matches('\u{feff}').trim_end(),
        "By Ann. The first line"
    );
}

/// What somebody tries, and how the server answered: `yes`, or the code of the refusal.
pub async fn tries(browser: &mut Browser, what: &str) -> String {
    let input = match what {
        "type" => json!({ "kind": "text", "text": "x" }),
        "bold" => command("Bold", &json!({})),
        "page" => command(
            "AttributePageSize",
            &json!({
                "AttributePageSize.Width": { "type": "long", "value": 20000 },
                "AttributePageSize.Height": { "type": "long", "value": 20000 },
            }),
        ),
        "accept" => command("AcceptAllTrackedChanges", &json!({})),
        "comment" => comment("a comment"),
        "copy" => {
            let seq = browser.input(command("SelectAll", &json!({}))).await;
            browser.until_applied(seq).await;
            browser.say(&json!({ "type": "copy", "id": 1 })).await;
            let copied = browser.until("clipboard").await;
            return if copied["text"].is_string() {
                "yes"
            } else {
                "no"
            }
            .into();
        }
        "download" | "print" => {
            let print = what == "print";
            browser
                .say(&json!({ "type": "download", "id": 1, "print": print }))
                .await;
            let copy = browser.until("download").await;
            if let Some(code) = copy["code"].as_str() {
                return code.into();
            }
            let file = reqwest::get(copy["url"].as_str().unwrap()).await.unwrap();
            assert_eq!(file.status(), 200);
            let pdf = file.bytes().await.unwrap().starts_with(b"%PDF");
            assert_eq!(pdf, print, "{copy}");
            return "yes".into();
        }
        "chat" => {
            browser
                .say(&json!({ "type": "chat", "text": "hello" }))
                .await;
            browser.say(&json!({ "type": "ping" })).await;
            let answer = browser
                .until_that(|m| m["type"] == "chat" || m["type"] == "pong")
                .await;
            if answer["type"] == "pong" {
                return "no".into();
            }
            browser.until("pong").await;
            return "yes".into();
        }
        other => panic!("{other}"),
    };
    let seq = browser.input(input).await;
    let answer = browser
        .until_that(|m| m["seq"] == seq && (m["type"] == "denied" || m["type"] == "ack"))
        .await;
    answer["code"].as_str().unwrap_or("yes").to_owned()
}

fn command(name: &str, args: &Value) -> Value {
    json!({ "kind": "command", "name": format!(".uno:{name}"), "args": args })
}

fn comment(text: &str) -> Value {
    command(
        "InsertAnnotation",
        &json!({ "Text": { "type": "string", "value": text }, "Author": { "type": "string", "value": "Forged" } }),
    )
}

/// Rights × actions, against the real server. P1, P2, P3 and P8 in one table.
#[tokio::test]
async fn p_matrix_of_rights_and_actions() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let rows = [
        ("edit", json!({})),
        ("edit, no comments", json!({ "comment": false })),
        ("edit, no copy", json!({ "copy": false })),
        ("edit, no download", json!({ "download": false })),
        ("edit, no print", json!({ "print": false })),
        ("edit, no chat", json!({ "chat": false })),
        ("edit, groups", json!({ "reviewGroups": ["Sales"] })),
        ("review", json!({ "edit": false, "review": true })),
        (
            "review, no comments",
            json!({ "edit": false, "review": true, "comment": false }),
        ),
        ("comment", json!({ "edit": false, "comment": true })),
        ("forms", json!({ "edit": false, "fillForms": true })),
        (
            "forms, comments",
            json!({ "edit": false, "fillForms": true, "comment": true }),
        ),
        ("view", json!({ "edit": false })),
        (
            "mode view",
            json!({ "edit": true, "comment": true, "review": true }),
        ),
        ("anonymous", json!({})),
    ];
    let actions = [
        "copy", "type", "bold", "page", "accept", "comment", "download", "print", "chat",
    ];
    let mut table = format!("{:20} {}\n", "", actions.join(" | "));
    for (row, permissions) in rows {
        // A key that was saved and closed would not open again.
        let mut config = integrator.config(&new_key("matrix"), "u1", row);
        config["document"]["permissions"] = permissions;
        match row {
            "mode view" => config["editorConfig"]["mode"] = "view".into(),
            "anonymous" => {
                config["editorConfig"]
                    .as_object_mut()
                    .unwrap()
                    .remove("user");
            }
            _ => {}
        }
        let mut browser = Browser::open(&server, &signed(config)).await;
        let mut answers = Vec::new();
        for action in actions {
            answers.push(tries(&mut browser, action).await);
        }
        writeln!(table, "{row:20} {}", answers.join(" | ")).unwrap();
        browser.leave().await;
    }
    insta::assert_snapshot!(table, @r#"
                     copy | type | bold | page | accept | comment | download | print | chat
edit                 yes | yes | yes | yes | yes | yes | yes | yes | yes
edit, no comments    yes | yes | yes | yes | yes | rights.no_comments | yes | yes | yes
edit, no copy        no | yes | yes | yes | yes | yes | yes | yes | yes
edit, no download    yes | yes | yes | yes | yes | yes | rights.no_download | yes | yes
edit, no print       yes | yes | yes | yes | yes | yes | yes | rights.no_print | yes
edit, no chat        yes | yes | yes | yes | yes | yes | yes | yes | no
edit, groups         yes | yes | yes | yes | rights.not_all_changes | yes | yes | yes | yes
review               yes | yes | yes | rights.review_only | rights.review_only | yes | yes | yes | yes
review, no comments  yes | yes | yes | rights.review_only | rights.review_only | rights.no_comments | yes | yes | yes
comment              yes | rights.comment_only | rights.comment_only | rights.comment_only | rights.comment_only | yes | yes | yes | yes
forms                yes | rights.fill_only | rights.fill_only | rights.fill_only | rights.fill_only | rights.no_comments | yes | yes | yes
forms, comments      yes | rights.fill_only | rights.fill_only | rights.fill_only | rights.fill_only | yes | yes | yes | yes
view                 yes | rights.view_only | rights.view_only | rights.view_only | rights.view_only | rights.view_only | yes | yes | yes
mode view            yes | rights.view_only | rights.view_only | rights.view_only | rights.view_only | rights.view_only | yes | yes | yes
anonymous            yes | yes | yes | yes | yes | yes | yes | yes | yes
"#);
}

#[tokio::test]
async fn p2_a_reviewers_words_are_proposals_in_the_file() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p2-review");
    integrator.serve("text.rtf", r"{\rtf1\ansi The first line\par}");
    let config = |user: &str, name: &str| {
        let mut config = integrator.config(&key, user, name);
        config["document"]["fileType"] = "rtf".into();
        config["document"]["url"] = integrator.url("/files/text.rtf").into();
        config
    };
    let mut reviews = config("u2", "Rob");
    reviews["document"]["permissions"] = json!({ "edit": false, "review": true });
    let mut rob = Browser::open(&server, &signed(reviews)).await;
    assert_eq!(rob.opened["access"], "review");
    let mut ann = Browser::open(&server, &signed(config("u1", "Ann"))).await;
    rob.types("Proposed. ").await;
    ann.types("Written. ").await;
    let seq = rob.input(comment("Is this right?")).await;
    rob.until_applied(seq).await;
    // A copy for one participant has the same in it.
    rob.say(&json!({ "type": "download", "id": 3, "format": "docx" }))
        .await;
    let copy = rob.until("download").await;
    assert_eq!(
        (&copy["id"], &copy["fileType"]),
        (&json!(3), &json!("docx"))
    );
    let bytes = reqwest::get(copy["url"].as_str().unwrap())
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let part = |name: &str| {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes.clone())).unwrap();
        std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
    };
    let xml = part("word/document.xml");
    let (_, proposed) = xml.split_once("<w:ins ").expect("there is a proposal");
    let (proposed, _) = proposed.split_once("</w:ins>").unwrap();
    assert!(proposed.contains("Proposed.") && proposed.contains("w:author=\"Rob\""));
    assert!(!proposed.contains("Written") && xml.contains("Written"));
    let comments = part("word/comments.xml");
    assert!(
        comments.contains("w:author=\"Rob\"") && !comments.contains("Forged"),
        "p5: {comments}"
    );
    rob.leave().await;
    ann.leave().await;
    assert_eq!(integrator.called_with(2).await.body["users"], json!(["u2"]));
}

/// A text with one field.
fn form() -> Vec<u8> {
    let office = "urn:oasis:names:tc:opendocument:xmlns";
    let content = format!(
        "<office:document-content xmlns:office=\"{office}:office:1.0\" xmlns:text=\"{office}:text:1.0\" office:version=\"1.3\"><office:body><office:text><text:p><text:text-input text:description=\"\">Your whole name goes here</text:text-input> is my name.</text:p></office:text></office:body></office:document-content>"
    );
    let kind = "application/vnd.oasis.opendocument.text";
    let manifest = format!(
        "<manifest:manifest xmlns:manifest=\"{office}:manifest:1.0\"><manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{kind}\"/><manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
    );
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in [
        ("mimetype", kind),
        ("META-INF/manifest.xml", &manifest),
        ("content.xml", &content),
    ] {
        zip.start_file(name, plain).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn p1_who_may_fill_in_forms_changes_the_fields_and_nothing_else() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p1-form");
    integrator.serve("form.odt", form());
    let mut config = integrator.config(&key, "u1", "Fay");
    config["document"]["fileType"] = "odt".into();
    config["document"]["url"] = integrator.url("/files/form.odt").into();
    config["document"]["permissions"] = json!({ "edit": false, "fillForms": true });
    let mut fay = Browser::open(&server, &signed(config)).await;
    assert_eq!(fay.opened["access"], "fill");
    assert_eq!(fay.until("fields").await["count"], 1);
    let seq = fay.input(json!({ "kind": "fill", "text": "x" })).await;
    let denied = fay.until_that(|m| m["seq"] == seq).await;
    assert_eq!(denied["code"], "input.no_field", "nothing was clicked yet");
    assert_eq!(tries(&mut fay, "type").await, "rights.fill_only");
    for action in ["down", "up"] {
        // Into the first line, wherever its margins are.
        let seq = fay
            .input(json!({ "kind": "mouse", "action": action, "x": 2600, "y": 1600, "count": 1, "buttons": 1, "modifiers": 0 }))
            .await;
        fay.until_applied(seq).await;
    }
    let seq = fay
        .input(json!({ "kind": "fill", "text": "Fay Day" }))
        .await;
    fay.until_applied(seq).await;
    fay.leave().await;
    let saved = integrator.called_with(2).await;
    assert_eq!(saved.body["users"], json!(["u1"]));
    let file = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    let text = std::io::read_to_string(archive.by_name("content.xml").unwrap()).unwrap();
    assert!(text.contains(">Fay Day</text:text-input>"), "{text}");
}

#[tokio::test]
async fn p5_nobody_writes_in_anothers_name() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p5");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    // What a page says of itself is not asked for.
    ann.say(&json!({
        "type": "chat", "text": "hi", "userId": "boss", "name": "Boss", "user": { "id": "boss" }
    }))
    .await;
    let said = ann.until("chat").await;
    let message = &said["messages"][0];
    assert_eq!(
        (&message["userId"], &message["name"]),
        (&json!("u1"), &json!("Ann"))
    );
    let seq = ann.input(comment("mine")).await;
    ann.until_applied(seq).await;
    ann.say(&json!({ "type": "query", "id": 1, "command": ".uno:ViewAnnotations" }))
        .await;
    let list = ann.until("values").await;
    assert_eq!(list["values"]["comments"][0]["author"], "Ann", "{list}");
}

#[tokio::test]
async fn s6_pictures_are_fetched_from_where_the_token_says() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let pixel = image::RgbImage::from_pixel(4, 4, image::Rgb([200, 0, 0]));
    let mut png = std::io::Cursor::new(Vec::new());
    pixel.write_to(&mut png, image::ImageFormat::Png).unwrap();
    integrator.serve("dot.png", png.into_inner());
    integrator.serve("dot.txt", "no picture");
    let key = new_key("s6-image");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let call = |url: &str| {
        let mut call = json!({ "c": "add", "images": [{ "fileType": "png", "url": url }] });
        call["token"] = sign(&call, 300).into();
        call
    };
    let good = call(&integrator.url("/files/dot.png"));
    // What stands beside the token is not fetched.
    let mut forged = good.clone();
    forged["images"][0]["url"] = "http://169.254.169.254/latest/meta-data".into();
    for (call, code) in [
        (good.clone(), Value::Null),
        (forged, Value::Null),
        (
            call(&integrator.url("/files/dot.txt")),
            json!("insert.no_picture"),
        ),
        (call("file:///etc/passwd"), json!("fetch.scheme")),
        (
            call("http://169.254.169.254/a.png"),
            json!("fetch.forbidden_address"),
        ),
        (
            json!({ "images": [{ "url": integrator.url("/files/dot.png") }] }),
            json!("token.missing"),
        ),
    ] {
        ann.say(&json!({ "type": "insertImage", "id": 5, "call": call }))
            .await;
        let answer = ann.until("inserted").await;
        assert_eq!(answer["code"], code, "{answer}");
    }
    let fetched = integrator.fetched();
    assert_eq!(
        fetched
            .iter()
            .filter(|(path, _)| path.ends_with("dot.png"))
            .count(),
        2
    );
    let mut vera = Browser::open(
        &server,
        &reading(&integrator, &key, &json!({ "edit": false })),
    )
    .await;
    vera.say(&json!({ "type": "insertImage", "id": 6, "call": good }))
        .await;
    assert_eq!(vera.until("inserted").await["code"], "rights.no_insert");
}

/// A command of Recto's own, for integrators whose users lose a right while they write.
#[tokio::test]
async fn p7_rights_are_lowered_in_a_live_session() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p7");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut bob = Browser::open(&server, &integrator.signed(&key, "u2", "Bob")).await;
    ann.types("Before. ").await;
    let lower = |permissions: Value| {
        let fields =
            json!({ "c": "permissions", "key": key, "users": ["u1"], "permissions": permissions });
        let server = &server;
        async move { order(server, &fields).await }
    };
    let answer = lower(json!({ "edit": false, "copy": false, "chat": false })).await;
    assert_eq!(answer["error"], 0, "{answer}");
    let rights = ann.until("rights").await;
    assert_eq!(
        (&rights["access"], &rights["copy"], &rights["download"]),
        (&json!("view"), &json!(false), &json!(true))
    );
    assert_eq!(tries(&mut ann, "type").await, "rights.view_only");
    assert_eq!(tries(&mut ann, "copy").await, "no");
    assert_eq!(tries(&mut ann, "chat").await, "no");
    assert_eq!(tries(&mut bob, "type").await, "yes");
    // A session token brings no more back than there is.
    let opened = ann.opened.clone();
    drop(ann);
    let mut ann = Browser::come_back(&server, &key, &opened, 0).await;
    assert_eq!(ann.opened["access"], "view");
    assert_eq!(tries(&mut ann, "type").await, "rights.view_only");
    // Given back, up to what was signed.
    lower(json!({ "edit": true })).await;
    assert_eq!(ann.until("rights").await["access"], "edit");
    assert_eq!(tries(&mut ann, "type").await, "yes");
    assert_eq!(tries(&mut ann, "copy").await, "no");
    ann.leave().await;
    bob.leave().await;
    let called = integrator.all_called();
    assert!(
        called.iter().all(|called| called.status() != 4),
        "{called:?}"
    );
}

#[tokio::test]
async fn p7_nothing_beyond_what_was_signed_is_given() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p7-more");
    let mut vera = Browser::open(
        &server,
        &reading(
            &integrator,
            &key,
            &json!({ "edit": false, "comment": true, "copy": false }),
        ),
    )
    .await;
    let fields = json!({
        "c": "permissions", "key": key,
        "permissions": { "edit": true, "print": false, "copy": true },
    });
    assert_eq!(order(&server, &fields).await["error"], 0);
    let rights = vera.until("rights").await;
    assert_eq!(
        (&rights["access"], &rights["print"], &rights["copy"]),
        (&json!("comment"), &json!(false), &json!(false))
    );
    assert_eq!(tries(&mut vera, "type").await, "rights.comment_only");

    let key = new_key("p7-other");
    let signed = json!({ "edit": false, "fillForms": true });
    let mut fay = Browser::open(&server, &reading(&integrator, &key, &signed)).await;
    let permissions = json!({ "fillForms": false, "comment": true });
    let fields = json!({ "c": "permissions", "key": key, "permissions": permissions });
    assert_eq!(order(&server, &fields).await["error"], 0);
    let rights = fay.until("rights").await;
    assert_eq!(
        (&rights["access"], &rights["comment"]),
        (&json!("view"), &json!(false))
    );
}

#[tokio::test]
async fn p7_the_last_editor_who_may_no_longer_edit_has_his_work_saved() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p7-last");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Kept. ").await;
    ann.say(&json!({ "type": "giveUpEditing" })).await;
    assert_eq!(ann.until("rights").await["access"], "view");
    assert_eq!(tries(&mut ann, "type").await, "rights.view_only");
    // Another change of the integrator's does not bring it back.
    let fields = json!({ "c": "permissions", "key": key, "permissions": { "print": false } });
    assert_eq!(order(&server, &fields).await["error"], 0);
    assert_eq!(ann.until("rights").await["access"], "view");
    let saved = integrator.called_with(2).await;
    let file = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap();
    assert!(file.text().await.unwrap().contains("Kept. "));
}

#[tokio::test]
async fn p3_copying_is_refused_by_the_server() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("p3");
    let permissions = json!({ "edit": true, "copy": false, "download": false });
    let mut ann = Browser::open(&server, &reading(&integrator, &key, &permissions)).await;
    assert_eq!(
        (&ann.opened["copy"], &ann.opened["download"]),
        (&json!(false), &json!(false))
    );
    let seq = ann
        .input(json!({ "kind": "command", "name": ".uno:SelectAll", "args": {} }))
        .await;
    ann.until_applied(seq).await;
    ann.say(&json!({ "type": "copy", "id": 1 })).await;
    let clipboard = ann.until("clipboard").await;
    assert_eq!(
        (&clipboard["text"], &clipboard["html"]),
        (&Value::Null, &Value::Null)
    );
    ann.input(json!({ "kind": "cut", "id": 2 })).await;
    assert_eq!(ann.until("denied").await["code"], "rights.no_copy");
    for path in ["/downloadas", "/savefile"] {
        let answer = reqwest::Client::new()
            .post(server.url(&format!("{path}/{key}")))
            .bearer_auth(ann.opened["session"].as_str().unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 501, "{path}");
    }
}

#[tokio::test]
async fn an_input_that_is_sent_again_is_applied_once() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("again");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let text = |text: &str| json!({ "kind": "text", "text": text });
    let first = ann.input(text("One. ")).await;
    ann.until_applied(first).await;
    for _ in 0..3 {
        ann.numbered(first, text("One. ")).await;
        let ack = ann.until("ack").await;
        assert_eq!(ack["seq"], first);
    }
    // Both halves of a pair under way, and sent again before either is confirmed.
    let second = ann.input(text("Two. ")).await;
    ann.numbered(second, text("Two. ")).await;
    let third = ann.input(text("Three. ")).await;
    ann.numbered(second, text("EVIL")).await;
    ann.until_applied(third).await;
    // A lost connection: the browser does not know what arrived, and sends all of it again.
    let opened = ann.opened.clone();
    drop(ann);
    let mut ann = Browser::come_back(&server, &key, &opened, third).await;
    assert_eq!(ann.opened["participant"], opened["participant"]);
    assert_eq!(
        (&ann.opened["fresh"], &ann.opened["applied"]),
        (&json!(false), &json!(third))
    );
    for seq in [first, second, third] {
        ann.numbered(seq, text("EVIL")).await;
    }
    ann.types("Four. ").await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    let answer = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap();
    let saved = answer.text().await.unwrap();
    assert!(
        saved.contains("One. Two. Three. Four. The first line"),
        "{saved}"
    );
    assert!(!saved.contains("EVIL"), "{saved}");
}

#[tokio::test]
async fn a_denied_input_does_not_stop_the_next() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let key = new_key("denied");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    for input in [
        json!({ "kind": "command", "name": ".uno:Open", "args": {} }),
        json!({ "kind": "command", "name": ".uno:RunMacro", "args": {} }),
        json!({ "kind": "command", "name": "macro:///Standard.Module1.Main()", "args": {} }),
        json!({ "kind": "key", "char": 0, "code": 0x220e }),
        json!({ "kind": "paste", "mime": "application/x-openoffice", "data": "AAAA" }),
        json!({ "kind": "text", "text": "\u{1}" }),
    ] {
        let seq = ann.input(input.clone()).await;
        let denied = ann.until_that(|m| m["seq"] == seq).await;
        assert_eq!(denied["type"], "denied", "{input}");
        assert!(denied["code"].as_str().unwrap().contains('.'), "{denied}");
        ann.types("X").await;
    }
    ann.types(" ").await;
    ann.leave().await;
    let saved = integrator.called_with(2).await;
    let answer = reqwest::get(saved.body["url"].as_str().unwrap())
        .await
        .unwrap();
    let saved = answer.text().await.unwrap();
    assert!(saved.contains("XXXXXX The first line"), "{saved}");
}

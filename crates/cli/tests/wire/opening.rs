//! Files that are not what their names say, and those that open with a password.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, Setup, kill, new_key, signed};

const RICH: &[u8] = b"{\\rtf1\\ansi\\pard The first line\\par}";
const PAGE: &str = "<html><body><table><tr><th>Name</th><th>City</th></tr><tr><td>Zo&euml;</td>\
    <td>&#321;&oacute;d&#378;</td></tr></table></body></html>";
const LOCKED: &[u8] = include_bytes!("../../../engine/tests/fixtures/locked.docx");
const OLE: &[u8] = b"\xD0\xCF\x11\xE0";

/// A config for a file that is served under this name.
fn config(integrator: &Integrator, name: &str, kind: &str, key: &str) -> Value {
    let mut config = integrator.config(key, "u1", "Ann");
    config["document"]["fileType"] = name.rsplit('.').next().unwrap().into();
    config["document"]["url"] = integrator.url(&format!("/files/{name}")).into();
    config["documentType"] = kind.into();
    signed(config)
}

async fn open(server: &Server, config: &Value) -> (Browser, Value) {
    let key = config["document"]["key"].as_str().unwrap();
    let mut browser = Browser::connect(server, key).await;
    browser
        .say(&json!({ "type": "open", "config": config }))
        .await;
    let opened = browser.until_opened().await;
    (browser, opened)
}

async fn saved(integrator: &Integrator) -> (Value, Vec<u8>) {
    let called = integrator.called_with(2).await;
    let file = reqwest::get(called.body["url"].as_str().unwrap())
        .await
        .unwrap();
    (called.body, file.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn rich_text_that_is_called_doc_opens_is_told_and_comes_back_as_rich_text() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("letter.doc", RICH);
    let config = config(&integrator, "letter.doc", "word", &new_key("rich"));
    let (mut ann, opened) = open(&server, &config).await;
    assert_eq!(opened["document"]["fileType"], "rtf");
    let told = ann.until("notice").await;
    insta::assert_snapshot!(format!("{} {} {}", told["code"], told["message"], told["hint"]), @r#""content.renamed" "The file is called doc, but its content is rich text (rtf)." "It was read as that, and it is saved as rtf.""#);
    ann.types("By Ann. ").await;
    ann.leave().await;
    let (callback, file) = saved(&integrator).await;
    assert_eq!(callback["filetype"], "rtf");
    let text = String::from_utf8_lossy(&file);
    assert!(
        text.starts_with("{\\rtf") && text.contains("By Ann. "),
        "{text}"
    );
}

#[tokio::test]
async fn a_page_of_tables_that_is_called_xls_opens_and_becomes_a_workbook() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("report.xls", PAGE);
    let config = config(&integrator, "report.xls", "cell", &new_key("page"));
    let (mut ann, opened) = open(&server, &config).await;
    assert_eq!(opened["document"]["kind"], "cell");
    let told = ann.until("notice").await;
    assert_eq!(told["code"], "content.renamed", "{told}");
    let seq = ann
        .input(json!({ "kind": "cell", "address": "A3", "text": "More" }))
        .await;
    ann.until_applied(seq).await;
    ann.leave().await;
    let (callback, file) = saved(&integrator).await;
    assert_eq!(callback["filetype"], "xls");
    assert!(file.starts_with(OLE));
}

#[tokio::test]
async fn a_page_that_asks_for_a_login_is_refused_as_one() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let page = "<html><form><table><tr><td>User<td><input name=user></table></form></html>";
    integrator.serve("login.xls", page);
    let config = config(&integrator, "login.xls", "cell", &new_key("login"));
    let ending = Browser::open_refused(
        &server,
        config["document"]["key"].as_str().unwrap(),
        &config,
    )
    .await;
    assert_eq!(ending.code(), "fetch.html_instead");
}

/// Opens `locked.docx`, up to the question.
async fn asked(server: &Server, config: &Value) -> Browser {
    let key = config["document"]["key"].as_str().unwrap();
    let mut browser = Browser::connect(server, key).await;
    browser
        .say(&json!({ "type": "open", "config": config }))
        .await;
    let question = browser.until("password").await;
    assert_eq!(question, json!({ "type": "password", "wrong": false }));
    browser
}

async fn gives(browser: &mut Browser, password: &str) {
    browser
        .say(&json!({ "type": "password", "password": password }))
        .await;
}

fn is_protected(file: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    file.starts_with(OLE) && file.windows(name.len()).any(|part| part == name)
}

#[tokio::test]
async fn a_protected_document_opens_with_its_password_and_stays_protected() {
    let setup = Setup::default();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    integrator.serve("locked.docx", LOCKED);
    let key = new_key("locked");
    let config = config(&integrator, "locked.docx", "word", &key);
    let mut ann = asked(&server, &config).await;
    gives(&mut ann, "Lantern").await;
    let question = ann.until("password").await;
    assert_eq!(question, json!({ "type": "password", "wrong": true }));
    gives(&mut ann, "lantern").await;
    ann.until_opened().await;
    ann.types("By Ann. ").await;
    ann.saves().await;
    // What is in the store is protected, the snapshot too.
    for blob in std::fs::read_dir(setup.data().join("store/blobs")).unwrap() {
        assert!(is_protected(&std::fs::read(blob.unwrap().path()).unwrap()));
    }
    // The engine's death is no reason to ask again, and neither is one more user.
    kill(server.kit_of(&key).await, Signal::KILL);
    ann.until_opened().await;
    let mut ben = Browser::open(&server, &config).await;
    ben.types("By Ben. ").await;
    // Copies in other formats have no password.
    ben.say(&json!({ "type": "download", "id": 1, "format": "txt" }))
        .await;
    let copy = ben.until("download").await;
    let text = reqwest::get(copy["url"].as_str().unwrap()).await.unwrap();
    assert!(text.text().await.unwrap().contains("By Ann. "));
    ann.leave().await;
    ben.leave().await;
    let (callback, file) = saved(&integrator).await;
    assert_eq!(callback["filetype"], "docx");
    assert!(is_protected(&file));
    assert!(
        !server.log().to_lowercase().contains("lantern"),
        "{}",
        server.log()
    );
    // The password is that of before.
    integrator.serve("again.docx", file);
    let config = config_of(&integrator, "again.docx", &new_key("again"));
    let mut eve = asked(&server, &config).await;
    gives(&mut eve, "lantern").await;
    eve.until_opened().await;
}

#[tokio::test]
async fn a_protected_document_whose_password_a_save_would_lose_is_for_reading_from_its_first_user_on()
 {
    let setup = Setup::default();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    integrator.serve("locked.docm", LOCKED);
    let config = config_of(&integrator, "locked.docm", &new_key("macros"));
    let mut ann = asked(&server, &config).await;
    gives(&mut ann, "lantern").await;
    ann.until_opened().await;
    ann.until_that(|told| told["code"] == "content.password_not_kept")
        .await;
    let seq = ann
        .input(json!({ "kind": "text", "text": "By Ann. " }))
        .await;
    assert_eq!(ann.until("denied").await["seq"], seq);
    ann.leave().await;
    for blob in std::fs::read_dir(setup.data().join("store/blobs")).unwrap() {
        assert!(is_protected(&std::fs::read(blob.unwrap().path()).unwrap()));
    }
}

#[tokio::test]
async fn whoever_is_there_is_asked_and_one_of_them_answers() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("locked.docx", LOCKED);
    let config = config_of(&integrator, "locked.docx", &new_key("asked"));
    let ann = asked(&server, &config).await;
    let mut ben = asked(&server, &config).await;
    ann.leave().await;
    let mut eve = asked(&server, &config).await;
    gives(&mut ben, "wrong").await;
    assert_eq!(ben.until("password").await["wrong"], true);
    assert_eq!(eve.until("password").await["wrong"], false, "hers was not");
    gives(&mut eve, "lantern").await;
    ben.until_opened().await;
    eve.until_opened().await;
}

#[tokio::test]
async fn a_password_is_not_tried_more_often_than_the_limit() {
    let setup = Setup::default().file("[limits]\npassword_tries = 2\n");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    integrator.serve("locked.docx", LOCKED);
    let config = config_of(&integrator, "locked.docx", &new_key("tries"));
    let mut ann = asked(&server, &config).await;
    for _ in 0..2 {
        gives(&mut ann, "wrong").await;
        assert_eq!(ann.until("password").await["wrong"], true);
    }
    gives(&mut ann, "lantern").await;
    let told = ann.until("password").await;
    assert!((1..=60).contains(&told["wait"].as_u64().unwrap()), "{told}");
    // Nor by who goes away and comes again, whose session is another one.
    ann.leave().await;
    server.logged(|log| log.contains("session ended")).await;
    let mut ann = asked(&server, &config).await;
    gives(&mut ann, "lantern").await;
    let told = ann.until("password").await;
    assert!((1..=60).contains(&told["wait"].as_u64().unwrap()), "{told}");
}

#[tokio::test]
async fn a_document_does_not_wait_for_its_password_for_ever() {
    let setup = Setup::default().file("[limits]\npassword_seconds = 5\n");
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    integrator.serve("locked.docx", LOCKED);
    let config = config_of(&integrator, "locked.docx", &new_key("waits"));
    let mut ann = asked(&server, &config).await;
    assert_eq!(ann.ending().await.code(), "open.no_password");
}

fn config_of(integrator: &Integrator, name: &str, key: &str) -> Value {
    config(integrator, name, "word", key)
}

#[tokio::test]
async fn a_text_of_values_keeps_encoding_separator_and_line_ends() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("values.csv", b"a;b\r\nZo\xeb;1,5\r\n");
    let config = config(&integrator, "values.csv", "cell", &new_key("values"));
    let (mut ann, _) = open(&server, &config).await;
    let cell = json!({ "kind": "cell", "address": "A3", "text": "007;x" });
    let seq = ann.input(cell).await;
    ann.until_applied(seq).await;
    ann.leave().await;
    let (callback, file) = saved(&integrator).await;
    assert_eq!(callback["filetype"], "csv");
    assert_eq!(file, b"a;b\r\nZo\xeb;1,5\r\n\"007;x\";\r\n");
}

#[tokio::test]
async fn a_letter_that_an_encoding_does_not_have_is_told() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("latin.csv", b"Zo\xeb,1\n");
    let config = config(&integrator, "latin.csv", "cell", &new_key("latin"));
    let (mut ann, _) = open(&server, &config).await;
    let cell = json!({ "kind": "cell", "address": "A2", "text": "Łódź" });
    let seq = ann.input(cell).await;
    ann.until_applied(seq).await;
    ann.say(&json!({ "type": "save" })).await;
    let told = ann
        .until_that(|message| message["code"] == "content.recoded")
        .await;
    assert!(told["message"].as_str().unwrap().contains("windows-1252"));
    ann.leave().await;
    let (_, file) = saved(&integrator).await;
    assert_eq!(file, "\u{feff}Zoë,1\nŁódź,\n".as_bytes());
}

#[tokio::test]
async fn a_change_of_a_text_of_values_leaves_the_digits_of_the_other_numbers() {
    const NUMBERS: &str = "3.141592653589793,0.30000000000000004,123456789012345680\n\n\
        100000000000000000000,-0,0.000000000000001\n3.14159265358979,123456789012345,0.00000000000001\n";
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("numbers.csv", NUMBERS);
    let config = config(&integrator, "numbers.csv", "cell", &new_key("numbers"));
    let (mut ann, _) = open(&server, &config).await;
    let cell = json!({ "kind": "cell", "address": "A5", "text": "typed" });
    let seq = ann.input(cell).await;
    ann.until_applied(seq).await;
    ann.leave().await;
    let (_, file) = saved(&integrator).await;
    let text = String::from_utf8(file).unwrap();
    assert_eq!(text, format!("{NUMBERS}typed\n"));
}

#[tokio::test]
async fn a_stored_text_opens_again_whatever_it_begins_with() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("page.txt", "> the source of a page\n");
    let key = new_key("source");
    let config = config(&integrator, "page.txt", "word", &key);
    let (mut ann, _) = open(&server, &config).await;
    ann.types("<!doctype html><html><b>bold</b>").await;
    ann.saves().await;
    kill(server.kit_of(&key).await, Signal::KILL);
    ann.until_opened().await;
    ann.types("By Ann. ").await;
    ann.leave().await;
    let (_, file) = saved(&integrator).await;
    let text = String::from_utf8(file).unwrap();
    assert!(text.contains("<!doctype html><html><b>bold</b>"), "{text}");
    assert!(text.contains("By Ann. "), "{text}");
}

//! Files that are not what their names say.

use serde_json::{Value, json};

use crate::common::{Browser, Integrator, Server, new_key, signed};

const RICH: &[u8] = b"{\\rtf1\\ansi\\pard The first line\\par}";
const PAGE: &str = "<html><body><table><tr><th>Name</th><th>City</th></tr><tr><td>Zo&euml;</td>\
    <td>&#321;&oacute;d&#378;</td></tr></table></body></html>";
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

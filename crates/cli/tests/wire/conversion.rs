//! The conversion service, with real files.

use std::io::Read as _;

use recto_token::{Secret, sign_config};
use serde_json::{Value, json};

use crate::common::{Integrator, LONGEST, SECRET, Server, new_key, now};

const LOCKED: &[u8] = include_bytes!("../../../engine/tests/fixtures/locked.docx");

fn body(fields: &Value) -> Value {
    json!({ "token": sign_config(&Secret::from(SECRET), fields, now(), 300) })
}

async fn convert(server: &Server, fields: &Value) -> Value {
    let answer = reqwest::Client::new()
        .post(server.url("/converter"))
        .header("accept", "application/json")
        .json(&body(fields))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// The file that an answer names, with the header that names it.
async fn file(answer: &Value) -> (Vec<u8>, String) {
    assert_eq!(
        (&answer["percent"], &answer["endConvert"]),
        (&json!(100), &json!(true)),
        "{answer}"
    );
    let file = reqwest::get(answer["fileUrl"].as_str().unwrap())
        .await
        .unwrap();
    assert_eq!(file.status(), 200);
    let name = file.headers()["content-disposition"].to_str().unwrap();
    let name = name.to_owned();
    (file.bytes().await.unwrap().to_vec(), name)
}

/// Converts the content of a file, which is there under a name of its own.
async fn made(
    server: &Server,
    integrator: &Integrator,
    (from, content): (&str, &[u8]),
    to: &str,
    more: &Value,
) -> Value {
    let name = format!("{}.{from}", new_key("convert"));
    integrator.serve(&name, content);
    let mut fields = json!({
        "key": new_key("convert"), "url": integrator.url(&format!("/files/{name}")),
        "filetype": from, "outputtype": to,
    });
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    convert(server, &fields).await
}

fn part(archive: Vec<u8>, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut text = String::new();
    let mut part = archive.by_name(name).unwrap();
    part.read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn files_are_converted_and_named_after_the_title() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let more = json!({ "title": "Übersicht.csv", "delimiter": 2 });
    let csv = ("csv", "a;1,5\nb;2\n".as_bytes());
    let answer = made(&server, &integrator, csv, "xlsx", &more).await;
    assert_eq!(answer["fileType"], "xlsx");
    let (book, name) = file(&answer).await;
    assert!(
        name.contains("filename*=UTF-8''%C3%9Cbersicht.xlsx"),
        "{name}"
    );
    assert!(part(book.clone(), "xl/sharedStrings.xml").contains("1,5"));

    let back = made(&server, &integrator, ("xlsx", &book), "csv", &json!({})).await;
    let (text, name) = file(&back).await;
    assert_eq!(String::from_utf8(text).unwrap(), "a,\"1,5\"\nb,2\n");
    assert_eq!(name, "attachment; filename=\"output.csv\"");

    let locked = ("docx", LOCKED);
    let word = json!({ "password": "lantern" });
    let docx = made(&server, &integrator, locked, "docx", &word).await;
    let (docx, _) = file(&docx).await;
    let docx = ("docx", &docx[..]);
    let (pdf, _) = file(&made(&server, &integrator, docx, "pdf", &json!({})).await).await;
    assert!(pdf.starts_with(b"%PDF-"));
    let size = json!({ "thumbnail": { "aspect": 1, "width": 120, "height": 120 } });
    let (png, _) = file(&made(&server, &integrator, docx, "png", &size).await).await;
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let pixels = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!(pixels(20), 120, "the height of a page in portrait");
    assert!((80..120).contains(&pixels(16)));
    let (jpg, _) = file(&made(&server, &integrator, docx, "jpg", &json!({})).await).await;
    assert!(jpg.starts_with(b"\xff\xd8\xff"));
}

#[tokio::test]
async fn failures_have_their_numbers() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let none = json!({});
    let wrong = json!({ "password": "Lantern" });
    let text = ("txt", "Hello".as_bytes());
    let html = ("docx", "<!doctype html><html>".as_bytes());
    let large = vec![b'a'; (1 << 20) + 1];
    for (source, to, more, error, code) in [
        (("docx", LOCKED), "pdf", &none, -5, "open.encrypted"),
        (("docx", LOCKED), "pdf", &wrong, -5, "open.wrong_password"),
        (text, "xlsx", &none, -7, "conversion.pair"),
        (("docx", text.1), "pdf", &none, -3, "content.mismatch"),
        (html, "pdf", &none, -4, "fetch.html_instead"),
        (("txt", &large), "pdf", &none, -10, "fetch.too_large"),
    ] {
        let answer = made(&server, &integrator, source, to, more).await;
        assert_eq!(
            (&answer["error"], &answer["code"]),
            (&json!(error), &json!(code)),
            "{answer}"
        );
        for said in ["message", "hint"] {
            assert!(!answer[said].as_str().unwrap().is_empty(), "{answer}");
        }
    }
    let gone = json!({
        "url": integrator.url("/files/gone.docx"), "filetype": "docx", "outputtype": "pdf",
    });
    let answer = convert(&server, &gone).await;
    assert_eq!(
        (&answer["error"], &answer["code"]),
        (&json!(-4), &json!("fetch.status"))
    );
    let untyped = json!({ "url": integrator.url("/files/1"), "outputtype": "ooxml" });
    assert_eq!(convert(&server, &untyped).await["error"], -9);
    assert!(!server.log().contains("Lantern"), "passwords are in no log");
}

#[tokio::test]
async fn who_does_not_wait_asks_again() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let fields = json!({
        "async": true, "key": new_key("async"), "url": integrator.url("/files/text.txt"),
        "filetype": "txt", "outputtype": "pdf",
    });
    let first = convert(&server, &fields).await;
    assert_eq!(first, json!({ "percent": 0, "endConvert": false }));
    let ended = async {
        loop {
            let answer = convert(&server, &fields).await;
            if answer["endConvert"] == true || answer.get("error").is_some() {
                return answer;
            }
            assert!(answer["percent"].as_u64().unwrap() < 100, "{answer}");
        }
    };
    let answer = tokio::time::timeout(LONGEST, ended).await.unwrap();
    assert!(file(&answer).await.0.starts_with(b"%PDF-"));
    assert_eq!(integrator.fetched().len(), 1, "it was one job");
}

#[tokio::test]
async fn the_same_key_with_another_content_gives_another_result() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    integrator.serve("same.csv", "first,1\n");
    let fields = json!({
        "key": new_key("same"), "url": integrator.url("/files/same.csv"),
        "filetype": "csv", "outputtype": "tsv",
    });
    let text = async |answer: Value| String::from_utf8(file(&answer).await.0).unwrap();
    assert_eq!(text(convert(&server, &fields).await).await, "first\t1\n");
    integrator.serve("same.csv", "second,2\n");
    assert_eq!(text(convert(&server, &fields).await).await, "second\t2\n");
    let mut other = fields.clone();
    other["outputtype"] = "csv".into();
    assert_eq!(text(convert(&server, &other).await).await, "second,2\n");
}

#[tokio::test]
async fn the_old_address_answers_xml() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let fields = json!({
        "key": new_key("xml"), "url": integrator.url("/files/text.txt"),
        "filetype": "txt", "outputtype": "odt",
    });
    let answer = reqwest::Client::new()
        .post(server.url("/ConvertService.ashx"))
        .json(&body(&fields))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "text/xml; charset=UTF-8");
    let text = answer.text().await.unwrap();
    for part in [
        "<FileType>odt</FileType>",
        "<Percent>100</Percent>",
        "<EndConvert>True</EndConvert>",
        "output.odt?expires=",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

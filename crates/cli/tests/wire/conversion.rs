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

/// Names that lead elsewhere, if anybody takes them for a path.
const PATHS: [&str; 7] = [
    "../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "a\0b",
    "\u{202e}fdp.exe",
    "Übersicht \u{1f4c4}.docx",
];

#[tokio::test]
async fn f1_no_name_of_a_request_becomes_a_path() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let text = ("txt", "Hello".as_bytes());
    let long = "x".repeat(5000);
    // One key and one content: it is converted once.
    let key = new_key("named");
    for name in PATHS.into_iter().chain([&*long]) {
        for more in [
            json!({ "key": name }),
            json!({ "filetype": name }),
            json!({ "filetype": null, "fileType": name }),
            json!({ "outputtype": name }),
        ] {
            let answer = made(&server, &integrator, text, "odt", &more).await;
            assert_eq!(answer["error"], -7, "{more}: {answer}");
        }
        // A field that nobody knows is passed over, as the server's own name for a file is.
        let more = json!({ "key": key, "title": name, "filename": name, "saveKey": name });
        let answer = made(&server, &integrator, text, "odt", &more).await;
        let (odt, header) = file(&answer).await;
        assert!(part(odt, "content.xml").contains("Hello"));
        let named = header.split("filename=").nth(1).unwrap();
        assert!(!named.contains(['/', '\\', '\0']), "{header}");
        assert!(header.is_ascii() && header.len() < 2200, "{header}");
    }
}

#[tokio::test]
async fn f1_the_address_of_a_result_leads_nowhere_else() {
    let server = Server::shared().await;
    for path in [
        "/cache/files/../../etc/passwd",
        "/cache/files/%2e%2e%2f%2e%2e%2f/x",
        "/cache/files/..%2f..%2f/passwd",
        "/cache/files/%00/x",
        "/cache/files/a/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/cache/files/\u{fc}/x",
    ] {
        for query in ["", "?expires=9999999999&sig=x", "?filename=../../x"] {
            let url = server.url(&format!("{path}{query}"));
            let status = reqwest::get(url).await.unwrap().status().as_u16();
            assert!(matches!(status, 403 | 404 | 400), "{path}{query}: {status}");
        }
    }
}

#[tokio::test]
async fn f4_only_listed_types_are_read_and_written() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    for (from, to, code) in [
        ("html", "pdf", "conversion.file_type"),
        ("odb", "pdf", "conversion.file_type"),
        ("hwp", "docx", "conversion.file_type"),
        ("pdf", "docx", "conversion.file_type"),
        ("svg", "png", "conversion.file_type"),
        ("txt", "exe", "conversion.output_type"),
        ("txt", "php", "conversion.output_type"),
        ("txt", "fodt", "conversion.output_type"),
        ("txt", "pptx", "conversion.pair"),
        ("csv", "docx", "conversion.pair"),
    ] {
        let answer = made(&server, &integrator, (from, b"Hello"), to, &json!({})).await;
        assert_eq!(
            (&answer["error"], &answer["code"]),
            (&json!(-7), &json!(code)),
            "{from} {to}: {answer}"
        );
    }
    assert!(
        integrator.fetched().is_empty(),
        "nothing was fetched for it"
    );
}

#[tokio::test]
async fn f5_a_result_is_given_for_its_link_alone_and_for_900_seconds() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let text = ("txt", "Hello".as_bytes());
    let answer = made(&server, &integrator, text, "odt", &json!({})).await;
    let other = made(&server, &integrator, text, "rtf", &json!({})).await;
    let link = |answer: &Value| answer["fileUrl"].as_str().unwrap().to_owned();
    let (link, other) = (link(&answer), link(&other));
    let (path, query) = link.split_once('?').unwrap();
    let parameter = |name: &str| {
        let mut all = query.split('&');
        let found = all.find_map(|part| part.strip_prefix(&format!("{name}=")));
        found.unwrap().to_owned()
    };
    let (expires, sig) = (parameter("expires"), parameter("sig"));
    let life = expires.parse::<i64>().unwrap() - now();
    assert!((880..=900).contains(&life), "{life}");
    let status = async |url: String| reqwest::get(url).await.unwrap().status().as_u16();
    assert_eq!(status(link.clone()).await, 200);
    let later = expires.parse::<i64>().unwrap() + 1;
    let renamed = path.replace("output.odt", "output.html");
    let (elsewhere, _) = other.split_once('?').unwrap();
    for url in [
        path.to_owned(),
        format!("{path}?expires={expires}"),
        format!("{path}?expires={later}&sig={sig}"),
        format!("{path}?expires=0{expires}&sig={sig}"),
        format!("{path}?expires={expires}&sig={}", sig.to_lowercase()),
        format!("{renamed}?{query}"),
        format!("{elsewhere}?{query}"),
    ] {
        assert_eq!(status(url.clone()).await, 403, "{url}");
    }
}

#[tokio::test]
async fn c3_what_a_file_links_to_is_not_fetched() {
    let server = Server::shared().await;
    let integrator = Integrator::start().await;
    let target = integrator.url("/files/outside.png");
    let flat = format!(
        r#"<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:p>Hello<draw:frame text:anchor-type="as-char" svg:width="3cm" svg:height="3cm"><draw:image xlink:href="{target}" xlink:type="simple"/></draw:frame></text:p><text:section text:name="S"><text:section-source xlink:href="file:///etc/passwd" xlink:type="simple"/><text:p>Kept</text:p></text:section></office:text></office:body></office:document>"#
    );
    for to in ["txt", "docx", "pdf"] {
        let source = ("fodt", flat.as_bytes());
        let answer = made(&server, &integrator, source, to, &json!({})).await;
        let (bytes, _) = file(&answer).await;
        assert!(!String::from_utf8_lossy(&bytes).contains("root:"), "{to}");
    }
    let fetched = integrator.fetched();
    assert!(
        fetched.iter().all(|(path, _)| !path.contains("outside")),
        "{fetched:?}"
    );
}

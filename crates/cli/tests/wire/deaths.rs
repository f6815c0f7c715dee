//! An engine that dies over a document says so in terms of the document, offers what there is of it, and
//! leaves a report without what is in it.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::common::{Browser, Integrator, Server, Setup, get, kill, new_key, signed};

/// A text whose tables lie so deep in each other that loading it takes seconds.
fn deep_text() -> Vec<u8> {
    const DEPTH: usize = 1500;
    let mut content = String::from(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3"><office:body><office:text>"#,
    );
    content +=
        &"<table:table><table:table-column/><table:table-row><table:table-cell>".repeat(DEPTH);
    content += "<text:p>Deep.</text:p>";
    content += &"</table:table-cell></table:table-row></table:table>".repeat(DEPTH);
    content += "</office:text></office:body></office:document-content>";
    let manifest = r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"#;
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content, how) in [
        (
            "mimetype",
            "application/vnd.oasis.opendocument.text",
            stored,
        ),
        (
            "META-INF/manifest.xml",
            manifest,
            SimpleFileOptions::default(),
        ),
        ("content.xml", &content, SimpleFileOptions::default()),
    ] {
        package.start_file(name, how).unwrap();
        package.write_all(content.as_bytes()).unwrap();
    }
    package.finish().unwrap().into_inner()
}

/// The kits that have an odt in their folder, as the mounts of their jails tell.
fn kits_with_a_text(data: &Path) -> Vec<i32> {
    let entries = |path: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let with_text = entries(&data.join("engine")).into_iter().filter(|kit| {
        let documents = entries(&kit.join("doc"));
        documents
            .iter()
            .any(|path| path.extension().is_some_and(|it| it == "odt"))
    });
    let folders: Vec<String> = with_text
        .map(|kit| kit.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let processes = entries(Path::new("/proc"))
        .into_iter()
        .filter_map(|process| {
            let pid = process.file_name()?.to_str()?.parse().ok()?;
            let mounts = std::fs::read_to_string(process.join("mountinfo")).ok()?;
            folders
                .iter()
                .any(|folder| mounts.contains(folder))
                .then_some(pid)
        });
    processes.collect()
}

async fn reports(server: &Server) -> (String, Vec<Value>) {
    let (status, text) = get(&format!("http://{}/info/deaths.json", server.address())).await;
    assert_eq!(status, 200, "{text}");
    let deaths: Value = serde_json::from_str(&text).unwrap();
    (text, deaths["deaths"].as_array().unwrap().clone())
}

/// What is offered, by kind and state.
fn offered(failed: &Value) -> Vec<(&str, &str)> {
    let ways = failed["ways"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    assert!(ways.iter().all(|way| way["url"].is_string()), "{failed}");
    ways.iter()
        .map(|way| (way["kind"].as_str().unwrap(), way["of"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_document_that_ends_the_engine_as_it_opens_is_offered_as_it_is() {
    let setup = Setup::default();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    integrator.serve("deep.odt", deep_text());
    let key = new_key("deadly");
    let mut config = integrator.config(&key, "u1", "Ann");
    config["document"]["fileType"] = "odt".into();
    config["document"]["title"] = "Salaries.odt".into();
    config["document"]["url"] = integrator.url("/files/deep.odt").into();
    let mut ann = Browser::connect(&server, &key).await;
    ann.say(&json!({ "type": "open", "config": signed(config) }))
        .await;
    let data = setup.data().to_owned();
    let killer = tokio::spawn(async move {
        loop {
            for pid in kits_with_a_text(&data) {
                // It may have ended since.
                let pid = rustix::process::Pid::from_raw(pid).unwrap();
                let _ = rustix::process::kill_process(pid, Signal::SEGV);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let failed = ann.until("failed").await;
    killer.abort();
    assert_eq!(
        (&failed["code"], &failed["fatal"]),
        (&json!("open.crashed"), &json!(true))
    );
    assert_eq!(
        failed["message"],
        "LibreOffice cannot open this document: it ends while it reads the file."
    );
    // A PDF of it cannot be made either.
    assert_eq!(offered(&failed), [("file", "original")]);
    let file = reqwest::get(failed["ways"][0]["url"].as_str().unwrap()).await;
    assert_eq!(file.unwrap().bytes().await.unwrap(), deep_text());
    let (text, all) = reports(&server).await;
    let report = &all[0];
    assert_eq!(
        (&report["phase"], &report["outcome"], &report["fileType"]),
        (&json!("open"), &json!("not-opened"), &json!("odt"))
    );
    assert_eq!(report["bytes"], deep_text().len());
    assert_eq!(report["signal"], 11);
    let id = report["id"].as_str().unwrap();
    server
        .logged(|log| log.lines().any(|it| it.contains(id) && it.contains(&key)))
        .await;
    for secret in [&*key, "Salaries", "u1", "Ann", "127.0.0.1"] {
        assert!(!text.contains(secret), "{text}");
    }
    let list = Command::new(env!("CARGO_BIN_EXE_recto"))
        .args(["deaths", "--data"])
        .arg(setup.data())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.status.success(), "{list:?}");
    assert!(
        said.contains(id) && said.contains("while opening it"),
        "{said}"
    );
}

#[tokio::test]
async fn a_document_that_ends_the_engine_again_and_again_is_offered_as_it_was_stored() {
    let server = Server::start(&Setup::default()).await;
    let integrator = Integrator::start().await;
    let key = new_key("deadly-edit");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut config = integrator.config(&key, "u2", "Ben");
    config["document"]["permissions"] = json!({ "edit": false, "download": false, "print": false });
    let mut ben = Browser::open(&server, &signed(config)).await;
    ann.types("Stored. ").await;
    ann.saves().await;
    for death in 1..=4 {
        let kit = server.kit_of(&key).await;
        if death == 1 {
            kill(kit, Signal::STOP);
            let bold = json!({ "kind": "command", "name": ".uno:Bold", "args": {} });
            ann.input(bold).await;
            ann.say(&json!({ "type": "ping" })).await;
            ann.until("pong").await;
        }
        kill(kit, Signal::KILL);
        if death == 1 {
            let told = ann
                .until_that(|message| message["code"] == "session.recovered")
                .await;
            assert_eq!(
                told["message"],
                "LibreOffice ended during the command Bold and opens the last stored state of this document again; nothing that was confirmed is lost."
            );
        }
        if death < 4 {
            ann.until_opened().await;
            ben.until_opened().await;
        }
    }
    let failed = ann.until("failed").await;
    assert_eq!(failed["code"], "engine.crashed_repeatedly", "{failed}");
    assert_eq!(offered(&failed), [("pdf", "stored"), ("file", "stored")]);
    let pdf = reqwest::get(failed["ways"][0]["url"].as_str().unwrap()).await;
    assert!(pdf.unwrap().bytes().await.unwrap().starts_with(b"%PDF"));
    let (_, text) = get(failed["ways"][1]["url"].as_str().unwrap()).await;
    assert!(text.contains("Stored. The first line"), "{text}");
    // One who may neither download nor print gets neither.
    let failed = ben.until("failed").await;
    assert_eq!(offered(&failed), []);
    let saved = integrator.called_with(2).await;
    let (_, text) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(text.contains("Stored. "), "{text}");
    let (_, all) = reports(&server).await;
    let mut told: Vec<_> = all
        .iter()
        .map(|report| {
            (
                report["outcome"].as_str().unwrap(),
                report["command"].as_str(),
            )
        })
        .collect();
    // Their times are in seconds, so those of one second have no order.
    told.sort_unstable();
    let bold = ("reopened", Some("Bold"));
    let idle = ("reopened", None);
    assert_eq!(told, [("closed", None), idle, idle, bold]);
    assert!(all.iter().all(|report| report["signal"] == 9), "{all:?}");
}

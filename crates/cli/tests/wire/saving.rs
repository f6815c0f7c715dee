//! Nobody's key waits for a disk, an archive or another user's file, and nothing stops the server.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;
use serde_json::json;

use crate::common::{Browser, Integrator, Server, Setup, command, get, kill, new_key};

/// The stored file that holds exactly this.
fn blob_with(data: &Path, content: &str) -> PathBuf {
    std::fs::read_dir(data.join("store/blobs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| std::fs::read(path).unwrap() == content.as_bytes())
        .expect("the file is stored")
}

/// Puts a pipe in the place of a file: opening it waits until the test opens it, too.
fn hold(file: &Path) {
    std::fs::remove_file(file).unwrap();
    let made = Command::new("mkfifo").arg(file).status();
    assert!(made.unwrap().success());
}

/// Ends the wait of those who have opened the pipe, or will.
async fn release(file: PathBuf) {
    let opened = tokio::task::spawn_blocking(move || {
        std::fs::OpenOptions::new().write(true).open(file).unwrap();
    });
    opened.await.unwrap();
}

#[tokio::test]
async fn o4_keys_and_snapshots_do_not_wait_for_an_archive() {
    let setup = Setup::default();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("o4");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    let mut ben = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    ann.types("By Ann. ").await;
    ann.saves().await;
    // The archive of both versions cannot be made until the test lets it.
    let original = blob_with(setup.data(), "The first line\n");
    hold(&original);
    let forced = command(&server, &json!({ "c": "forcesave", "key": key })).await;
    assert_eq!(forced["error"], 0, "{forced}");
    ben.types("By Ben. ").await;
    ben.saves().await;
    ann.types("More. ").await;
    let mut eve = Browser::open(&server, &integrator.signed(&key, "u3", "Eve")).await;
    eve.types("By Eve. ").await;
    let early = integrator.all_called();
    assert!(early.iter().all(|it| it.status() == 1), "{early:?}");
    release(original).await;
    let saved = integrator.called_with(6).await;
    // A pipe is no file to put into an archive: the version is given without. It is what was there when it was ordered, although newer snapshots were stored meanwhile.
    let (status, text) = get(saved.body["url"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    assert!(
        text.contains("By Ann. ") && !text.contains("By Ben. "),
        "{text}"
    );
}

#[tokio::test]
async fn ch1_a_burst_of_downloads_while_snapshots_are_stored_stops_nothing() {
    let setup = Setup::default();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let keys = [new_key("ch1"), new_key("ch1")];
    let mut users = Vec::new();
    for key in &keys {
        users.push(Browser::open(&server, &integrator.signed(key, "u1", "Ann")).await);
    }
    for round in 0..12 {
        for user in &mut users {
            let word = json!({ "kind": "text", "text": "x " });
            user.input(word).await;
            for id in 0..4 {
                if id == 2 {
                    user.say(&json!({ "type": "save" })).await;
                }
                let id = round * 10 + id;
                user.say(&json!({ "type": "download", "id": id, "format": "txt", "print": false }))
                    .await;
            }
        }
        for user in &mut users {
            let mut open = 4;
            user.until_that(|message| {
                open -= i32::from(message["type"] == "download");
                open == 0
            })
            .await;
        }
    }
    // And a document that nobody disturbed opens, is stored and delivered.
    let key = new_key("ch1-new");
    let mut new = Browser::open(&server, &integrator.signed(&key, "u2", "Ben")).await;
    new.types("New. ").await;
    new.saves().await;
    assert_eq!(server.stop().await.code(), Some(0), "{}", server.log());
}

/// Somebody else who writes to the journal and does not come to an end.
struct Writer(Child);

impl Writer {
    fn begin(data: &Path) -> Self {
        let program = "import sqlite3, sys\n\
            journal = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
            journal.execute('BEGIN IMMEDIATE')\n\
            print('begun', flush=True)\n\
            sys.stdin.read()";
        let mut child = Command::new("python3")
            .args(["-c", program])
            .arg(data.join("store/journal.db"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        assert_eq!(line, "begun\n");
        Self(child)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks again and again, for as long as a test may wait.
async fn until_health(server: &Server, wanted: &str) {
    let asked = async { while get(&server.url("/healthcheck")).await.1 != wanted {} };
    let seen = tokio::time::timeout(crate::common::LONGEST, asked).await;
    assert!(seen.is_ok(), "not {wanted}: {}", server.log());
}

#[tokio::test]
async fn ch1_a_store_that_does_not_answer_is_told_and_a_stop_does_not_wait_for_it() {
    let setup = Setup::default();
    let limits = "[limits]\nanswer_seconds = 1\nstop_seconds = 2\n";
    std::fs::write(setup.data().join("recto.toml"), limits).unwrap();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("hangs");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Stored. ").await;
    ann.saves().await;
    until_health(&server, "true").await;
    let writer = Writer::begin(setup.data());
    ann.input(json!({ "kind": "text", "text": "Kept. " })).await;
    server
        .logged(|log| {
            log.contains("the data folder does not answer")
                && log.contains("on=\"writing a record\"")
        })
        .await;
    until_health(&server, "false").await;
    drop(writer);
    until_health(&server, "true").await;
    ann.until_saved().await;

    let _writer = Writer::begin(setup.data());
    ann.input(json!({ "kind": "text", "text": "Lost. " })).await;
    ann.until_that(|message| message["state"] == "unsaved")
        .await;
    assert_eq!(server.stop().await.code(), Some(1), "{}", server.log());
    let log = server.log();
    let line = format!("a document was not stored in the time that a stop may take key={key}");
    assert!(log.contains(&line), "{log}");
    assert!(log.contains("last snapshots have them: 1."), "{log}");
}

#[tokio::test]
async fn ch1_who_asks_twice_for_the_end_of_a_server_gets_it_at_once() {
    let setup = Setup::default();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("twice");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Stored. ").await;
    ann.saves().await;
    let _writer = Writer::begin(setup.data());
    ann.input(json!({ "kind": "text", "text": "Lost. " })).await;
    ann.until_that(|message| message["state"] == "unsaved")
        .await;
    kill(server.pid(), Signal::TERM);
    // The first was heard; the document can't be stored.
    ann.until("failed").await;
    assert_eq!(server.stop().await.code(), Some(1), "{}", server.log());
    let log = server.log();
    assert!(log.contains("asked to stop a second time"), "{log}");
}

//! Nobody's key waits for a disk, an archive or another user's file, and nothing stops the server.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::common::{Browser, Integrator, Server, Setup, command, get, new_key};

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
    let made = std::process::Command::new("mkfifo").arg(file).status();
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

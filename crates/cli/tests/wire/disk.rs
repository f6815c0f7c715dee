//! A disk that is full.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::common::{Browser, Integrator, LONGEST, Server, Setup, get, new_key};

/// A disk of its own, as long as the value lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where the test may not mount one.
    fn at(folder: &Path) -> Option<Self> {
        let made = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=96m", "recto-test"])
            .arg(folder)
            .output();
        made.is_ok_and(|made| made.status.success())
            .then(|| Self(folder.to_owned()))
    }

    /// Writes until nothing more can be written; what was written can be removed.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        for size in [1 << 20, 4096] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

async fn until_health(server: &Server, wanted: &str) {
    let asked = async { while get(&server.url("/healthcheck")).await.1 != wanted {} };
    let seen = tokio::time::timeout(LONGEST, asked).await;
    assert!(seen.is_ok(), "not {wanted}: {}", server.log());
}

#[tokio::test]
async fn ch5_a_full_disk_costs_nobody_a_word() {
    let setup = Setup::default();
    let Some(disk) = SmallDisk::at(setup.data()) else {
        eprintln!("not run: a disk of its own cannot be mounted here");
        return;
    };
    let limits = "[limits]\nreserve_bytes = 8000000\nanswer_seconds = 2\n";
    std::fs::write(setup.data().join("recto.toml"), limits).unwrap();
    let server = Server::start(&setup).await;
    let integrator = Integrator::start().await;
    let key = new_key("ch5");
    let mut ann = Browser::open(&server, &integrator.signed(&key, "u1", "Ann")).await;
    ann.types("Before. ").await;
    ann.saves().await;
    until_health(&server, "true").await;

    let filler = disk.fill();
    ann.types("Full. ").await;
    let failed = ann
        .until_that(|message| message["type"] == "save" && message["state"] == "failed")
        .await;
    assert_eq!(
        failed["message"],
        "The disk that holds the document server's data folder is full."
    );
    until_health(&server, "false").await;
    let config = integrator.signed(&new_key("ch5-new"), "u2", "Ben");
    let mut ben = Browser::connect(&server, config["document"]["key"].as_str().unwrap()).await;
    ben.say(&json!({ "type": "open", "config": config })).await;
    assert_eq!(ben.ending().await.code(), "store.disk_full");

    // The final save does not make do with the old snapshot, however often it fails.
    ann.leave().await;
    let begun = format!("the final save begins key={key}");
    let failures = |log: &str| {
        let after = log.split_once(&begun).map_or("", |(_, after)| after);
        after.matches("a snapshot failed").count()
    };
    server.logged(|log| failures(log) > 4).await;
    assert!(integrator.all_called().iter().all(|it| it.status() == 1));
    std::fs::remove_file(filler).unwrap();
    let saved = integrator.called_with(2).await;
    let (_, text) = get(saved.body["url"].as_str().unwrap()).await;
    assert!(text.contains("Before. Full. "), "{text}");
    until_health(&server, "true").await;
}

//! The disk of the data folder is full for a while. An engine that fails over it may take unsaved words
//! along, but nobody is left to believe that they are there.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rand::Rng;
use rand::rngs::StdRng;
use tempfile::TempDir;

use crate::common::Setup;
use crate::judge::Findings;
use crate::round::{Fate, Stage};

/// No snapshot is made while the disk is full, so that all since then may be lost with an engine.
const FULL: Duration = Duration::from_secs(60);
/// More than the server keeps free, and soon full.
const SIZE: &str = "size=192m";

/// A file system of its own, which is gone with the value.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// None where mounting is not permitted.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "tmpfs"])
            .arg(folder.path())
            .stderr(std::process::Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Until the value is dropped there is no room.
    fn fill(&self) -> Filler {
        let path = self.path().join("filler");
        let mut file = File::create(&path).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        Filler(path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

struct Filler(std::path::PathBuf);

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Two documents are written while the disk fills and empties again. In one, everybody leaves while
/// it is full.
pub async fn fills(random: &mut StdRng, findings: &mut Findings) {
    let Some(disk) = SmallDisk::mount() else {
        println!("chaos: a full disk is not tried: this user may not mount one");
        return;
    };
    let data = disk.path().to_str().unwrap();
    let mut stage = Stage::on(Setup::default().arg("--data", data)).await;
    std::mem::swap(&mut stage.findings, findings);
    let mut stays = stage.opened(random, Fate::default()).await;
    let mut leaves = stage.opened(random, Fate::default()).await;
    for part in 0..3 {
        let filler = (part == 1).then(|| disk.fill());
        for _ in 0..40 {
            for typist in stays.typists.iter().chain(&leaves.typists) {
                if random.random_bool(0.2) {
                    typist.word();
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        if filler.is_some() {
            stage.findings.full_disks += 1;
            stage.end(&mut leaves).await;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
    stage.end(&mut stays).await;
    for scene in [stays, leaves] {
        let mut trial = stage.delivered(scene).await;
        let lost = format!("changes are lost that no snapshot held key={}", trial.key);
        if stage.log().contains(&lost) {
            trial.kills.push(Instant::now());
            trial.may_be_lost = FULL;
        }
        stage.findings.judge(&trial);
    }
    std::mem::swap(&mut stage.findings, findings);
}

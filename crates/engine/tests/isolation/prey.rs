//! Something to attack, and the probe that attacks it.

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::judge::Tier;

/// The probe's files, one for each attempt that changes one.
const FILES: [&str; 12] = [
    "append",
    "chmod",
    "chown",
    "fchmodat",
    "fchownat",
    "hard_link",
    "open",
    "read",
    "remove",
    "take_away",
    "truncate",
    "utimensat",
];

/// A process, files and a listener of the same user: what the server is to a kit.
struct Prey {
    process: Child,
    folder: TempDir,
    listener: TcpListener,
}

impl Prey {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in FILES {
            let path = folder.path().join(name);
            std::fs::write(&path, "swordfish").unwrap();
            // A change of the owner shows in the first bit.
            std::fs::set_permissions(path, Permissions::from_mode(0o4700)).unwrap();
        }
        let process = Command::new("sleep")
            .arg("3600")
            .env("RECTO_SECRET", "swordfish")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            process,
            folder,
            listener: TcpListener::bind("127.0.0.1:0").unwrap(),
        }
    }
}

impl Drop for Prey {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the probe reports from this tier. Outside of every sandbox it has an environment, as the
/// server has; a kit is started without one.
pub fn probe(tier: Tier) -> Value {
    let prey = Prey::new();
    let dir = tempfile::tempdir().unwrap();
    for name in ["doc", "tmp", "profile", "root"] {
        std::fs::create_dir(dir.path().join(name)).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_recto-kit"));
    command
        .args(["--probe", tier.name()])
        .arg(dir.path())
        .arg("/usr/lib/libreoffice/program")
        .arg(prey.process.id().to_string())
        .arg(prey.folder.path())
        .arg(prey.listener.local_addr().unwrap().to_string())
        .env_clear();
    if tier == Tier::None {
        command.env("RECTO_SECRET", "swordfish");
    }
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report: {error}"))
}

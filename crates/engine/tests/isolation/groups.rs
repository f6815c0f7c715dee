//! Control groups, in one that systemd delegates: the test starts itself there, alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use recto_engine::{Death, Event};

use crate::attacks::{attacker, hostile_kit};
use crate::support::{LIMIT, start, text, wait};

/// The argument with which the test starts itself.
pub const INSIDE: &str = "--inside-a-control-group";

const MEMORY: u64 = 512 << 20;

pub fn l8_a_kit_that_hoards_memory_is_ended_by_its_control_group() {
    let test = std::env::current_exe().unwrap();
    let status = in_a_group().arg(test).arg(INSIDE).status();
    assert!(status.unwrap().success());
}

/// Whether systemd is there, and gives a group what kits need.
pub fn delegated() -> bool {
    let controllers =
        r#"cat "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/cgroup.controllers""#;
    let listed = in_a_group().args(["sh", "-c", controllers]).output();
    listed.is_ok_and(|listed| {
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        ["memory", "pids"]
            .iter()
            .all(|name| listed.split_whitespace().any(|given| given == *name))
    })
}

/// A command alone in a group that is delegated to it.
fn in_a_group() -> Command {
    let mut command = Command::new("systemd-run");
    if !rustix::process::getuid().is_root() {
        command.arg("--user");
    }
    command.args(["--scope", "--quiet", "--property=Delegate=yes", "--"]);
    command
}

pub async fn a_kit_that_hoards_memory() {
    let tools = tempfile::tempdir().unwrap();
    let kit_command = hostile_kit(tools.path());
    let fixture = start(|config| {
        config.kit_command = kit_command;
        config.limits.memory = MEMORY;
    })
    .await;
    assert!(group("self").ends_with("recto-server"));
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (bystander, _events) = fixture.open(&source).await;
    let (document, mut events) = attacker(&fixture, "hoard").await;

    let (its, other) = (kit(document.kit_pid()), kit(bystander.kit_pid()));
    assert_ne!(its, other);
    let value = |file: &str| std::fs::read_to_string(its.join(file)).unwrap();
    assert_eq!(value("memory.max").trim(), MEMORY.to_string());
    assert_eq!(value("memory.oom.group").trim(), "1");
    assert_ne!(value("pids.max").trim(), "max");

    let saved = document.save_copy("odt", &fixture.path("never.odt")).await;
    assert!(saved.is_err());
    let death = wait(&mut events, |event| match event {
        Event::Died { reason } => Some(*reason),
        _ => None,
    });
    assert_eq!(death.await, Death::Greedy);
    let copy = fixture.path("saved.odt");
    bystander.save_copy("odt", &copy).await.unwrap();
    gone(&its).await;
    fixture.engine.stop().await;
    gone(&other).await;
}

/// The folder of the group of a kit.
fn kit(pid: u32) -> PathBuf {
    let group = group(&pid.to_string());
    let name = group.file_name().unwrap().to_string_lossy();
    assert!(name.starts_with("recto-kit-"), "{name}");
    group
}

fn group(process: &str) -> PathBuf {
    let groups = std::fs::read_to_string(format!("/proc/{process}/cgroup")).unwrap();
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/"));
    Path::new("/sys/fs/cgroup").join(group.unwrap())
}

/// The kernel tells nobody of the end of a group.
async fn gone(group: &Path) {
    let removed = async {
        while group.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LIMIT, removed).await.unwrap();
}

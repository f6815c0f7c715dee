//! A load that hangs. In a process of its own, because it stops every kit below this one.

mod support;

use std::time::Duration;

use recto_engine::{OpenError, OpenOptions};
use rustix::process::{Pid, Signal, kill_process};
use support::{start, text};

/// The processes below this one that are kits or wait for one, but not the launcher.
fn kits() -> Vec<u32> {
    let parent = |pid: u32| -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit(')')
            .next()?
            .split_whitespace()
            .nth(1)?
            .parse()
            .ok()
    };
    let me = std::process::id();
    let pids = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let Some(launcher) = parent(*pid) else {
            return false;
        };
        launcher != me
            && std::iter::successors(Some(launcher), |pid| parent(*pid)).any(|pid| pid == me)
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_a_load_that_hangs_is_killed() {
    let fixture = start(|config| config.load_limit = Duration::from_millis(500)).await;
    let source = fixture.write("text.fodt", text(&["Hello"]));
    for pid in kits() {
        let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
        kill_process(pid, Signal::STOP).unwrap();
    }
    let opened = fixture
        .engine
        .open(&source, OpenOptions::untitled("fodt"))
        .await;
    assert!(
        matches!(opened, Err(OpenError::TimedOut)),
        "{:?}",
        opened.err()
    );
}

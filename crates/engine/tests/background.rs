//! Snapshots that a copy of the kit writes while the kit goes on.

mod support;

use std::path::PathBuf;
use std::time::Instant;

use recto_engine::{Document, Engine, Foreground, Input, SaveError, Snapshot, ViewId};
use rustix::event::{PollFd, PollFlags};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use support::{Fixture, LIMIT, editor, start, text, words};
use tokio::task::JoinHandle;

/// Copies that may be missed before one is seen at work.
const TRIES: usize = 50;

/// A document that takes long enough to be written for its copy to be seen.
async fn long_text(fixture: &Fixture) -> PathBuf {
    let line = "All the words of a long paragraph, which are many. ".repeat(8);
    let paragraphs = vec![&*line; 1500];
    fixture.make("long.docx", &text(&paragraphs)).await
}

fn write(text: &str) -> Input {
    Input::Text { text: text.into() }
}

/// The copy that a kit has, if any.
fn copy_of(kit: u32) -> Option<Pid> {
    let children = std::fs::read_to_string(format!("/proc/{kit}/task/{kit}/children")).ok()?;
    Pid::from_raw(children.split_whitespace().next()?.parse().ok()?)
}

/// The sockets that a process has. A copy closes the kit's when its clock is set.
fn sockets(process: u32) -> usize {
    let all = std::fs::read_dir(format!("/proc/{process}/fd"));
    all.into_iter()
        .flatten()
        .flatten()
        .filter_map(|file| std::fs::read_link(file.path()).ok())
        .filter(|to| to.to_string_lossy().starts_with("socket:"))
        .count()
}

type Snapshotting = JoinHandle<Result<Snapshot, SaveError>>;

/// Begins a snapshot and stops its copy in the middle.
async fn stopped(fixture: &Fixture, document: &Document, to: &str) -> (Snapshotting, Pid) {
    for _ in 0..TRIES {
        let (engine, path) = (fixture.engine.clone(), fixture.path(to));
        let (snapshotted, kit) = (document.clone(), document.kit_pid());
        let snapshot =
            tokio::spawn(async move { engine.snapshot(&snapshotted, "docx", &path).await });
        let begun = Instant::now();
        let copy = tokio::task::spawn_blocking(move || {
            while begun.elapsed() < LIMIT {
                let copy = copy_of(kit);
                let ready =
                    |copy: &Pid| sockets(copy.as_raw_nonzero().get().unsigned_abs()) < sockets(kit);
                if let Some(copy) = copy.filter(ready) {
                    return kill_process(copy, Signal::STOP).ok().map(|()| copy);
                }
            }
            None
        });
        let copy = copy.await.unwrap();
        // It may have been at its end.
        if let Some(copy) = copy.filter(|_| copy_of(kit).is_some()) {
            return (snapshot, copy);
        }
        snapshot.await.unwrap().unwrap();
    }
    panic!("no copy was seen at work");
}

async fn finished(snapshot: Snapshotting) -> Snapshot {
    let snapshot = tokio::time::timeout(LIMIT, snapshot).await;
    snapshot.unwrap().unwrap().unwrap()
}

async fn begin(fixture: &Fixture) -> (Document, [ViewId; 2]) {
    let source = long_text(fixture).await;
    let (document, _events) = fixture.open(&source).await;
    let views = [
        editor(&document, "Ann").await,
        editor(&document, "Bob").await,
    ];
    document.input(views[0], write("Before. ")).await.unwrap();
    (document, views)
}

/// Snapshots are written by copies where kits have process namespaces. They may stand still for long.
async fn fixture() -> Option<Fixture> {
    let fixture = start(|config| config.copy_slack = LIMIT).await;
    let possible = fixture.engine.isolation().namespaces;
    if !possible {
        eprintln!("no process namespaces here, so no copies");
    }
    possible.then_some(fixture)
}

fn count(engine: &Engine, how: Snapshot) -> u64 {
    let counts = engine.snapshots();
    counts
        .iter()
        .find(|(name, _)| *name == how.name())
        .unwrap()
        .1
}

#[tokio::test(flavor = "multi_thread")]
async fn fk2_keys_are_answered_while_a_snapshot_is_written_and_belong_to_the_next() {
    let Some(fixture) = fixture().await else {
        return;
    };
    let (document, [ann, bob]) = begin(&fixture).await;
    let (snapshot, copy) = stopped(&fixture, &document, "first.docx").await;
    document.input(bob, write("Meanwhile. ")).await.unwrap();
    document.input(ann, write("Too. ")).await.unwrap();
    support::tile(&document, bob, 0, 0).await;
    assert!(!snapshot.is_finished(), "the copy is stopped");
    kill_process(copy, Signal::CONT).unwrap();
    assert_eq!(finished(snapshot).await, Snapshot::Background);

    let first = words(&fixture.path("first.docx"), "word/document.xml");
    assert!(first.contains("Before. All the words"));
    assert!(!first.contains("Meanwhile"));
    let next = fixture.path("next.docx");
    let how = fixture.engine.snapshot(&document, "docx", &next).await;
    assert_eq!(how.unwrap(), Snapshot::Background);
    let next = words(&next, "word/document.xml");
    assert!(next.contains("Meanwhile. ") && next.contains("Too. "));
    assert!(count(&fixture.engine, Snapshot::Background) >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn fk3_a_copy_that_is_killed_leaves_a_snapshot_of_the_kit_itself() {
    let Some(fixture) = fixture().await else {
        return;
    };
    let (document, [ann, _]) = begin(&fixture).await;
    let (snapshot, copy) = stopped(&fixture, &document, "saved.docx").await;
    document.input(ann, write("After. ")).await.unwrap();
    kill_process(copy, Signal::KILL).unwrap();
    let died = Snapshot::Foreground(Foreground::Died);
    assert_eq!(finished(snapshot).await, died);
    assert_eq!(count(&fixture.engine, died), 1);
    // The kit wrote it later, when there was more.
    let saved = words(&fixture.path("saved.docx"), "word/document.xml");
    assert!(saved.contains("Before. After. "));
    let again = fixture.path("again.docx");
    let how = fixture.engine.snapshot(&document, "docx", &again).await;
    assert_eq!(how.unwrap(), Snapshot::Background);
}

#[tokio::test(flavor = "multi_thread")]
async fn fk4_a_copy_ends_with_its_kit() {
    let Some(fixture) = fixture().await else {
        return;
    };
    let (document, _) = begin(&fixture).await;
    let (snapshot, copy) = stopped(&fixture, &document, "saved.docx").await;
    let copy = pidfd_open(copy, PidfdFlags::empty()).unwrap();
    let kit = Pid::from_raw(document.kit_pid().cast_signed()).unwrap();
    kill_process(kit, Signal::KILL).unwrap();
    let failed = tokio::time::timeout(LIMIT, snapshot)
        .await
        .unwrap()
        .unwrap();
    assert!(failed.is_err(), "{failed:?}");
    let ended = tokio::task::spawn_blocking(move || {
        let mut ended = [PollFd::new(&copy, PollFlags::IN)];
        let limit = rustix::event::Timespec {
            tv_sec: LIMIT.as_secs().cast_signed(),
            tv_nsec: 0,
        };
        rustix::event::poll(&mut ended, Some(&limit))
    });
    assert_eq!(ended.await.unwrap().unwrap(), 1, "it is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn fk5_a_copy_that_does_not_end_is_given_up_by_its_own_clock() {
    let fixture = start(|config| config.copy_slack = std::time::Duration::from_secs(2)).await;
    if !fixture.engine.isolation().namespaces {
        return;
    }
    let (document, _) = begin(&fixture).await;
    // Then it is known what a save takes, and a copy need not have as long as the longest one.
    let known = fixture.path("known.docx");
    let how = fixture.engine.snapshot(&document, "docx", &known).await;
    assert_eq!(how.unwrap(), Snapshot::Background);
    let (snapshot, copy) = stopped(&fixture, &document, "saved.docx").await;
    // It goes on, but too late: its clock went on while it stood.
    let late = tokio::task::spawn_blocking(move || {
        let clock = pidfd_open(copy, PidfdFlags::empty()).unwrap();
        let pending = || {
            let status = std::fs::read_to_string(format!("/proc/{}/status", copy.as_raw_nonzero()));
            let status = status.unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("ShdPnd:"));
            let bits = line.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
            bits.is_none_or(|bits| bits & (1 << (Signal::ALARM.as_raw() - 1)) != 0)
        };
        // As long as the longest save may take, where the known one was slow.
        let (begun, longest) = (Instant::now(), std::time::Duration::from_secs(200));
        while !pending() && begun.elapsed() < longest {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let _ = rustix::process::pidfd_send_signal(&clock, Signal::CONT);
    });
    late.await.unwrap();
    let how = finished(snapshot).await;
    assert_eq!(how, Snapshot::Foreground(Foreground::Died));
    let saved = words(&fixture.path("saved.docx"), "word/document.xml");
    assert!(saved.contains("Before. "));
}

#[tokio::test(flavor = "multi_thread")]
async fn fk6_without_namespaces_and_groups_the_kit_saves_itself() {
    let fixture = start(|config| config.namespaces = false).await;
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    document.input(ann, write("Before. ")).await.unwrap();
    let saved = fixture.path("saved.docx");
    let how = fixture.engine.snapshot(&document, "docx", &saved).await;
    let grouped = std::fs::read_to_string(format!("/proc/{}/cgroup", document.kit_pid()))
        .unwrap()
        .contains("recto-kit-");
    let expected = if grouped {
        Snapshot::Background
    } else {
        Snapshot::Foreground(Foreground::NotPermitted)
    };
    assert_eq!(how.unwrap(), expected);
    assert!(words(&saved, "word/document.xml").contains("Before. Hello"));
}

/// A document that is edited for a working day is written ten thousands of times.
#[tokio::test(flavor = "multi_thread")]
async fn fk7_copies_leave_nothing_behind() {
    let Some(fixture) = fixture().await else {
        return;
    };
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let pid = document.kit_pid();
    let files = || {
        let mut count = 0;
        let root = format!("/proc/{pid}/root");
        let mut folders: Vec<_> = ["doc", "tmp", "profile"]
            .map(|it| PathBuf::from(&root).join(it))
            .into();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                count += 1;
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                }
            }
        }
        (
            count,
            std::fs::read_dir(format!("/proc/{pid}/fd"))
                .unwrap()
                .count(),
        )
    };
    let mut before = None;
    for number in 0..12 {
        document.input(ann, write("More. ")).await.unwrap();
        let saved = fixture.path(&format!("saved-{number}.docx"));
        let how = fixture.engine.snapshot(&document, "docx", &saved).await;
        assert_eq!(how.unwrap(), Snapshot::Background);
        // What the first ones make is kept for the others.
        if number == 1 {
            before = Some(files());
        }
    }
    assert_eq!(Some(files()), before);
    assert_eq!(copy_of(pid), None);
}

/// LibreOffice asks how to write such a file.
#[tokio::test(flavor = "multi_thread")]
async fn fk8_a_question_of_the_engine_is_answered_in_a_copy_too() {
    let Some(fixture) = fixture().await else {
        return;
    };
    let source = fixture
        .make("table.xlsx", &support::sheet(&[&["A", "2"]]))
        .await;
    let (document, _events) = fixture.open(&source).await;
    let [itself, copied] = ["itself.csv", "copied.csv"].map(|name| fixture.path(name));
    document.save_copy("csv", &itself).await.unwrap();
    let how = fixture.engine.snapshot(&document, "csv", &copied).await;
    assert_eq!(how.unwrap(), Snapshot::Background);
    let [itself, copied] = [itself, copied].map(|path| std::fs::read_to_string(path).unwrap());
    assert_eq!(itself, copied);
    assert!(copied.starts_with("A,2"), "{copied}");
}

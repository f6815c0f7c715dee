//! What happens when documents or kits go wrong: one document suffers, and nobody else.

mod support;

use std::io::Write;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use recto_engine::{
    Death, Engine, EngineError, Event, Events, Input, Limits, OpenError, OpenOptions, SaveError,
    TileRequest,
};
use rustix::process::{Pid, Signal, kill_process};
use support::{Fixture, LIMIT, editor, start, text, unzip, wait, words};

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

async fn death(events: &mut Events) -> Death {
    wait(events, |event| match event {
        Event::Died { reason } => Some(*reason),
        _ => None,
    })
    .await
}

async fn c6_a_crash_takes_one_document(zygote: bool) {
    let fixture = start(|config| config.zygote = zygote).await;
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (victim, mut victim_events) = fixture.open(&source).await;
    let (other, _other_events) = fixture.open(&source).await;
    let ann = editor(&victim, "Ann").await;
    let bob = editor(&other, "Bob").await;
    assert_eq!(fixture.engine.kit_pids().len(), 2);

    signal(victim.kit_pid(), Signal::ABORT);
    assert_eq!(death(&mut victim_events).await, Death::Crashed);
    assert!(victim_events.recv().await.is_none(), "it is the last event");
    let lost = victim
        .input(
            ann,
            Input::Text {
                text: "lost".into(),
            },
        )
        .await;
    assert!(lost.is_err());
    let gone = victim.save_copy("docx", &fixture.path("gone.docx")).await;
    assert!(
        matches!(gone, Err(SaveError::Engine(EngineError::Gone))),
        "{gone:?}"
    );

    other
        .input(
            bob,
            Input::Text {
                text: "Unharmed ".into(),
            },
        )
        .await
        .unwrap();
    let saved = fixture.path("saved.docx");
    other.save_copy("docx", &saved).await.unwrap();
    assert!(words(&saved, "word/document.xml").contains("Unharmed Hello"));
    assert!(fixture.engine.ready());
    let (again, _events) = fixture.open(&source).await;
    assert_ne!(again.kit_pid(), victim.kit_pid());
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_a_crash_takes_one_document_zygote() {
    c6_a_crash_takes_one_document(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c6_a_crash_takes_one_document_without_zygote() {
    c6_a_crash_takes_one_document(false).await;
}

/// A picture of a few kilobytes that is a gigabyte or more once it is unpacked.
fn swelling_png() -> Vec<u8> {
    const SIDE: u32 = 30_000;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().unwrap();
    let row = usize::try_from(SIDE.div_ceil(8)).unwrap();
    let rows = vec![0; row * usize::try_from(SIDE).unwrap()];
    writer.write_image_data(&rows).unwrap();
    writer.finish().unwrap();
    assert!(file.len() < 1 << 20, "{} bytes", file.len());
    file
}

/// Its document may be shown without it or be given up: what it may use has a limit, and no other
/// document feels it.
#[tokio::test(flavor = "multi_thread")]
async fn c10_a_picture_that_swells_harms_its_own_document_alone() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (other, _other_events) = fixture.open(&source).await;
    let bob = editor(&other, "Bob").await;

    let picture = STANDARD.encode(swelling_png());
    let framed = format!(
        r#"Text<draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="5cm"><draw:image><office:binary-data>{picture}</office:binary-data></draw:image></draw:frame>"#
    );
    let evil = fixture.write("evil.fodt", text(&[&framed]));
    let options = OpenOptions::untitled("fodt");
    if let Ok((document, _events)) = fixture.engine.open(&evil, options).await {
        let pid = document.kit_pid();
        let ann = editor(&document, "Ann").await;
        let request = TileRequest {
            part: 0,
            pixels: 256,
            twips: 3840,
            column: 0,
            row: 0,
        };
        // Whether it is painted or the kit dies of it is the engine's affair.
        let painted = tokio::time::timeout(LIMIT, document.paint(ann, request)).await;
        let painted = painted.expect("an answer or the end, and no endless work");
        if painted.is_ok() {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
            let peak: u64 = status
                .lines()
                .find_map(|line| {
                    line.strip_prefix("VmPeak:")?
                        .split_whitespace()
                        .next()?
                        .parse()
                        .ok()
                })
                .unwrap();
            assert!(peak << 10 <= Limits::default().address_space, "{status}");
        }
    }

    let input = Input::Text {
        text: "Unharmed ".into(),
    };
    other.input(bob, input).await.unwrap();
    let saved = fixture.path("saved.docx");
    other.save_copy("docx", &saved).await.unwrap();
    assert!(words(&saved, "word/document.xml").contains("Unharmed Hello"));
    assert!(fixture.engine.ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn c7_a_kit_that_hangs_is_killed() {
    let fixture = start(|config| config.hang_limit = Duration::from_secs(5)).await;
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (document, mut events) = fixture.open(&source).await;
    editor(&document, "Ann").await;
    // Nobody asks it anything: the sign of life that it owes is enough.
    signal(document.kit_pid(), Signal::STOP);
    assert_eq!(death(&mut events).await, Death::Hung);
    let (again, _events) = fixture.open(&source).await;
    editor(&again, "Ann").await;
}

async fn refusal(fixture: &Fixture, name: &str, content: &[u8]) -> OpenError {
    let path = fixture.write(name, content);
    let file_type = path.extension().unwrap().to_str().unwrap();
    match fixture
        .engine
        .open(&path, OpenOptions::untitled(file_type))
        .await
    {
        Ok(_) => panic!("{name} was opened"),
        Err(error) => error,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_not_opened_say_why() {
    let fixture = start(|_| {}).await;
    let good = fixture.make("good.docx", &text(&["Hello"])).await;
    let bytes = std::fs::read(&good).unwrap();

    assert!(matches!(
        refusal(&fixture, "empty.docx", b"").await,
        OpenError::Empty
    ));
    // An emptied text is an empty file.
    for name in ["empty.txt", "empty.csv", "empty.tsv"] {
        let (document, _events) = fixture.open(&fixture.write(name, b"")).await;
        document.close().await;
    }
    let half = refusal(&fixture, "half.docx", &bytes[..bytes.len() / 2]).await;
    assert!(matches!(half, OpenError::Damaged), "{half:?}");
    let renamed = refusal(&fixture, "renamed.xlsx", &bytes).await;
    assert!(matches!(renamed, OpenError::Damaged), "{renamed:?}");
    let odd = refusal(&fixture, "base.odb", &bytes).await;
    assert!(matches!(odd, OpenError::Type(_)), "{odd:?}");

    let encrypted = include_bytes!("fixtures/locked.docx");
    let error = refusal(&fixture, "secret.docx", encrypted).await;
    assert!(matches!(error, OpenError::Encrypted), "{error:?}");

    let error = refusal(&fixture, "secret.odt", &encrypted_odt()).await;
    assert!(matches!(error, OpenError::Encrypted), "{error:?}");
}

/// What an ODF file with a password looks like from outside.
fn encrypted_odt() -> Vec<u8> {
    let manifest = r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text" manifest:version="1.3"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml" manifest:size="100">
<manifest:encryption-data manifest:checksum-type="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0#sha256-1k" manifest:checksum="kVjg8p2fVzGYVYTkVZRbY0XwJzVbVzq4bHtc3gLdVx4=">
<manifest:algorithm manifest:algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc" manifest:initialisation-vector="Gvm5kqY1PnQ5lq6oJx3Fvw=="/>
<manifest:key-derivation manifest:key-derivation-name="PBKDF2" manifest:key-size="32" manifest:iteration-count="100000" manifest:salt="4bPmGLqBkGLmZnQ5o1q6ow=="/>
<manifest:start-key-generation manifest:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256" manifest:key-size="32"/>
</manifest:encryption-data></manifest:file-entry></manifest:manifest>"#;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in [
        ("mimetype", &b"application/vnd.oasis.opendocument.text"[..]),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", &[0x5a; 112]),
    ] {
        archive.start_file(name, stored).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crashed_server_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("engine");
    std::fs::create_dir_all(work.join("kit-left/doc")).unwrap();
    std::fs::write(work.join("kit-left/doc/document.docx"), "x").unwrap();
    std::fs::write(work.join("unrelated"), "x").unwrap();
    let fixture = start(|config| config.work.clone_from(&work)).await;
    assert!(!work.join("kit-left").exists());
    assert!(work.join("unrelated").exists());
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (document, _events) = fixture.open(&source).await;
    document.close().await;
    fixture.engine.stop().await;
    let left = std::fs::read_dir(&work).unwrap().filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with("kit-")
    });
    assert_eq!(left.count(), 0, "kits leave nothing behind");
    assert!(unzip(&source, "word/document.xml").contains("Hello"));
}

/// The processes that were started by this path.
fn started_by(program: &Path) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let found = processes.filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let first = line.split(|byte| *byte == 0).next()?;
        (first == program.as_os_str().as_bytes()).then_some(pid)
    });
    found.collect()
}

/// Waits until the engine says so.
async fn becomes(engine: &Engine, ready: bool) {
    let waiting = async {
        while engine.ready() != ready {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = tokio::time::timeout(LIMIT, waiting).await;
    assert!(in_time.is_ok(), "{} starts failed", engine.failed_starts());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_can_start_no_kit_says_so_and_recovers() {
    let programs = tempfile::tempdir().unwrap();
    let program = programs.path().join("kit");
    let link = || std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_recto-kit"), &program).unwrap();
    link();
    let fixture = start(|config| config.kit_command.clone_from(&program)).await;
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    assert!(fixture.engine.ready());
    std::fs::remove_file(&program).unwrap();
    for pid in started_by(&program) {
        // One may end with another.
        if let Some(pid) = Pid::from_raw(pid.cast_signed()) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
    // A dead kit may still wait in the pool: opening a document finds that out.
    let engine = fixture.engine.clone();
    let path = source.clone();
    let opening = tokio::spawn(async move {
        let options = OpenOptions::untitled("docx");
        engine
            .open(&path, options)
            .await
            .map(|(document, _)| document)
    });
    becomes(&fixture.engine, false).await;
    assert!(fixture.engine.failed_starts() >= 3);
    link();
    becomes(&fixture.engine, true).await;
    assert!(opening.await.unwrap().is_ok());
    assert_eq!(fixture.engine.failed_starts(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn l3_what_is_under_way_to_a_kit_has_an_end() {
    let fixture = start(|config| {
        config.requests_under_way = 8;
        config.request_bytes_under_way = 100_000;
    })
    .await;
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let typed = |text: &str| Input::Text { text: text.into() };
    signal(document.kit_pid(), Signal::STOP);
    // What is beyond a limit waits, and nothing is refused or out of its order.
    let mut under_way = Vec::new();
    let pasted = || Input::Paste {
        mime: "text/plain;charset=utf-8".into(),
        data: vec![b'z'; 60_000],
    };
    let mut expected = String::new();
    for _ in 0..3 {
        for _ in 0..30 {
            under_way.push(document.send_input(ann, typed("x")).unwrap());
        }
        under_way.push(document.send_input(ann, pasted()).unwrap());
        expected += &("x".repeat(30) + &"z".repeat(60_000));
    }
    // Saving has room of its own.
    let saved = fixture.path("saved.docx");
    let goes_on = async { signal(document.kit_pid(), Signal::CONT) };
    let (saving, ()) = tokio::join!(document.save_copy("docx", &saved), goes_on);
    saving.unwrap();
    for pending in under_way {
        pending.await.unwrap();
    }
    document.destroy_view(ann).await.unwrap();
    document.save_copy("docx", &saved).await.unwrap();
    let expected = format!("{expected}Hello");
    assert!(words(&saved, "word/document.xml").contains(&expected));
}

/// LibreOffice says nothing while it writes a long document; that is no reason to kill it, as it is
/// while it does anything else.
#[tokio::test(flavor = "multi_thread")]
async fn ch6_a_save_may_take_longer_than_other_work() {
    let hang_limit = Duration::from_secs(4);
    let fixture = start(|config| config.hang_limit = hang_limit).await;
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (document, mut events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    signal(document.kit_pid(), Signal::STOP);
    let saved = fixture.path("saved.docx");
    let goes_on = async {
        // An input behind it does not shorten its time.
        let behind = document.send_input(ann, Input::Text { text: "x".into() });
        tokio::time::sleep(hang_limit * 2).await;
        signal(document.kit_pid(), Signal::CONT);
        behind.unwrap().await.unwrap();
    };
    let (saving, ()) = tokio::join!(document.save_copy("docx", &saved), goes_on);
    saving.unwrap();
    signal(document.kit_pid(), Signal::STOP);
    assert_eq!(death(&mut events).await, Death::Hung);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_leaves_all_digits_of_a_text_of_values() {
    const NUMBERS: &str = "0\n-1.5\n-0\n3.14159265358979\n3.141592653589793\n0.30000000000000004\n\
        999999999999999\n1000000000000000\n123456789012345680\n100000000000000000000\n12345678901234.5\n\
        0.0001\n-0.000123456789012345\n0.00001\n0.00000000000001\n";
    let fixture = start(|_| {}).await;
    let (document, _events) = fixture.open(&fixture.write("a.csv", NUMBERS)).await;
    let saved = fixture.path("saved.csv");
    document.save_copy("csv", &saved).await.unwrap();
    document.close().await;
    assert_eq!(std::fs::read_to_string(saved).unwrap(), NUMBERS);
}

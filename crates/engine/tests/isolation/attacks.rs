//! An engine that a document has taken over takes all that it can get.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use recto_engine::{Death, Event, OpenOptions};

use crate::support::{Fixture, start, text, wait};

/// What a kit does, and how it may end: killed by the server, or refused by the kernel, at which
/// the attacker exits. Were neither to happen it would rest, and be found hung.
const ATTACKS: [(&str, &[Death]); 6] = [
    ("fill", &[Death::Greedy]),
    ("fill-unlinked", &[Death::Greedy]),
    ("fill-temporary", &[Death::Crashed]),
    ("memory", &[Death::Crashed]),
    ("threads", &[Death::Greedy, Death::Crashed]),
    ("burn", &[Death::Crashed]),
];

pub async fn l8_a_greedy_kit_ends_alone(namespaces: bool) {
    let tools = tempfile::tempdir().unwrap();
    let kit_command = hostile_kit(tools.path());
    let fixture = start(|config| {
        config.kit_command = kit_command;
        config.namespaces = namespaces;
        config.limits.folder = 64 << 20;
        config.limits.temporary = 64 << 20;
        config.limits.threads = 64;
        config.limits.cpu_seconds = 10;
        // Ten seconds of a processor can take minutes on a busy machine.
        config.hang_limit = Duration::from_secs(600);
        config.save_limit = config.hang_limit;
    })
    .await;
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (bystander, _events) = fixture.open(&source).await;

    for (attack, ends) in ATTACKS {
        let (document, mut events) = attacker(&fixture, attack).await;
        let saved = document.save_copy("odt", &fixture.path("never.odt")).await;
        assert!(saved.is_err(), "{attack}");
        let death = wait(&mut events, |event| match event {
            Event::Died { reason } => Some(*reason),
            _ => None,
        })
        .await;
        assert!(ends.contains(&death), "{attack}: {death:?}");
        bystander
            .save_copy("odt", &fixture.path("saved.odt"))
            .await
            .unwrap();
    }
}

pub async fn attacker(
    fixture: &Fixture,
    attack: &str,
) -> (recto_engine::Document, recto_engine::Events) {
    let source = fixture.write("attack.txt", format!("ATTACK {attack}\n"));
    let options = OpenOptions::untitled("txt");
    fixture.engine.open(&source, options).await.unwrap()
}

/// The kit, with the attacker loaded beside LibreOffice.
pub fn hostile_kit(tools: &Path) -> PathBuf {
    let library = tools.join("hostile.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/isolation/hostile.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&library, &source])
        .args(["-ldl", "-lpthread"])
        .status();
    assert!(compiled.unwrap().success());
    let script = tools.join("kit");
    let kit = env!("CARGO_BIN_EXE_recto-kit");
    let library = library.display();
    std::fs::write(
        &script,
        format!("#!/bin/sh\nLD_PRELOAD={library} exec {kit} \"$@\"\n"),
    )
    .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

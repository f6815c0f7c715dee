//! The end of an engine leaves no process behind.

mod support;

use support::{start, text};

#[tokio::test(flavor = "multi_thread")]
async fn no_process_outlives_its_engine() {
    let fixture = start(|_| {}).await;
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_recto-kit"))
        .canonicalize()
        .unwrap();
    let source = fixture.write("text.fodt", text(&["Hello"]));
    let (document, _events) = fixture.open(&source).await;
    let mine = std::fs::read_link(format!("/proc/{}/ns/pid", document.kit_pid())).unwrap();
    let inside = || {
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        entries
            .filter(|entry| {
                std::fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == program)
            })
            .filter(|entry| {
                std::fs::read_link(entry.path().join("ns/pid")).is_ok_and(|space| space == mine)
            })
            .count()
    };
    assert!(inside() > 0);
    if !fixture.engine.isolation().namespaces {
        return;
    }
    document.close().await;
    fixture.engine.stop().await;
    // The kernel ends the rest of a namespace as soon as it is scheduled; there is no event.
    let end = std::time::Instant::now() + support::LIMIT;
    while inside() > 0 {
        assert!(std::time::Instant::now() < end, "processes are left");
        tokio::task::yield_now().await;
    }
}

//! The sandbox, tried from the inside and with hostile documents.

mod support;

use std::net::TcpListener;
use std::process::Command;

use serde_json::Value;
use support::{editor, ink, sheet, start, text, tile, unzip};

fn probe(namespaces: bool) -> Value {
    let dir = tempfile::tempdir().unwrap();
    for name in ["doc", "tmp", "profile", "root"] {
        std::fs::create_dir(dir.path().join(name)).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_recto-kit"));
    command.arg("--probe").arg(dir.path()).arg("/usr/lib/libreoffice/program").env_clear();
    if !namespaces {
        command.arg("--plain");
    }
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no report: {error}"))
}

/// Namespaces are an addition: where the system forbids them there is nothing to test.
fn namespaces_work() -> bool {
    Command::new("unshare").args(["-Urm", "true"]).status().is_ok_and(|status| status.success())
}

fn check(report: &Value) {
    for forbidden in
        ["passwd", "root", "write", "write_root", "link", "tcp", "udp", "unix", "execute", "fork"]
    {
        assert_ne!(report[forbidden], "permitted", "{forbidden}: {report}");
    }
    for needed in ["own", "thread"] {
        assert_eq!(report[needed], "permitted", "{needed}: {report}");
    }
    assert_eq!(report["variables"], 0);
    assert_eq!(report["environment"], 0);
}

#[test]
fn c9_from_inside_without_namespaces() {
    let report = probe(false);
    assert_eq!(report["landlock"], true, "{report}");
    assert_ne!(report["others"], "permitted", "{report}");
    check(&report);
}

#[test]
fn c9_from_inside_with_namespaces() {
    if namespaces_work() {
        check(&probe(true));
    }
}

#[test]
fn c8_no_forks_and_no_endless_memory() {
    let report = probe(false);
    assert_ne!(report["fork"], "permitted");
    assert_ne!(report["memory"], "permitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn c9_a_real_kit_is_enclosed() {
    for namespaces in [true, false] {
        let fixture = start(|config| config.namespaces = namespaces).await;
        let source = fixture.make("text.docx", &text(&["Hello"])).await;
        let (document, _events) = fixture.open(&source).await;
        let pid = document.kit_pid();
        let environment = std::fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
        for variable in environment.split('\0').filter(|variable| !variable.is_empty()) {
            let name = variable.split('=').next().unwrap();
            assert!(["SAL_LOK_OPTIONS", "LANG", "HOME", "TMPDIR"].contains(&name), "{name}");
        }
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        for line in ["NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000"] {
            assert!(status.contains(line), "{line}: {status}");
        }
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let unlimited = limits.lines().find(|line| line.starts_with("Max address space")).unwrap();
        assert!(!unlimited.contains("unlimited"), "{limits}");
        if fixture.engine.isolation().namespaces {
            let space = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/net")).unwrap();
            assert_ne!(space(&pid.to_string()), space("self"));
        }
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
        let sockets = files
            .filter_map(|file| std::fs::read_link(file.unwrap().path()).ok())
            .filter(|target| target.to_string_lossy().starts_with("socket:"));
        assert_eq!(sockets.count(), 1, "only the one to the server");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_a_linked_picture_is_not_fetched() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for namespaces in [true, false] {
        let fixture = start(|config| config.namespaces = namespaces).await;
        let picture = format!(
            r#"Text<draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="5cm"><draw:image xlink:href="http://127.0.0.1:{port}/x.png" xlink:type="simple"/></draw:frame>"#
        );
        let source = fixture.write("linked.fodt", text(&[&picture]));
        let (document, _events) = fixture.open(&source).await;
        let ann = editor(&document, "Ann").await;
        assert!(ink(&tile(&document, ann, 0, 0).await) > 0);
        document.save_copy("pdf", &fixture.path("linked.pdf")).await.unwrap();
        let asked = listener.accept();
        assert!(asked.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_a_section_of_the_servers_files_stays_empty() {
    for namespaces in [true, false] {
        let fixture = start(|config| config.namespaces = namespaces).await;
        let secret = fixture.write("secret.txt", "swordfish");
        let section = format!(
            r#"</text:p><text:section text:name="S"><text:section-source xlink:href="file://{}" xlink:type="simple"/><text:p>Cached</text:p></text:section><text:p>"#,
            secret.display()
        );
        let source = fixture.write("linked.fodt", text(&[&section]));
        let (document, _events) = fixture.open(&source).await;
        let saved = fixture.path("saved.odt");
        document.save_copy("odt", &saved).await.unwrap();
        assert!(!unzip(&saved, "content.xml").contains("swordfish"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c5_the_place_of_the_file_is_not_told() {
    let fixture = start(|_| {}).await;
    if !fixture.engine.isolation().namespaces {
        return;
    }
    let source = fixture.make("table.xlsx", &sheet(&[&["A"]])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let formula = r#"=CELL("filename")"#.to_owned();
    let input = recto_engine::Input::Cell { address: "B1".into(), text: formula };
    document.input(ann, input).await.unwrap();
    let saved = fixture.path("saved.csv");
    document.save_copy("csv", &saved).await.unwrap();
    let told = std::fs::read_to_string(saved).unwrap();
    assert!(told.contains("file:///doc/document.xlsx"), "{told}");
}

//! Kits of a running engine, looked at from outside.

use crate::support::{editor, sheet, start, text};

pub async fn a_real_kit_is_enclosed(namespaces: bool) {
    let fixture = start(|config| config.namespaces = namespaces).await;
    assert_eq!(fixture.engine.isolation().namespaces, namespaces);
    let source = fixture.make("text.docx", &text(&["Hello"])).await;
    let (document, _events) = fixture.open(&source).await;
    let pid = document.kit_pid();
    let environment = std::fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
    for variable in environment
        .split('\0')
        .filter(|variable| !variable.is_empty())
    {
        let name = variable.split('=').next().unwrap();
        assert!(
            [
                "SAL_LOK_OPTIONS",
                "LANG",
                "HOME",
                "TMPDIR",
                "UserInstallation",
                "FONTCONFIG_FILE",
                "LOK_ALLOWLIST_LANGUAGES",
            ]
            .contains(&name),
            "{name}"
        );
    }
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    for line in ["NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000"] {
        assert!(status.contains(line), "{line}: {status}");
    }
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let unlimited = limits
        .lines()
        .find(|line| line.starts_with("Max address space"))
        .unwrap();
    assert!(!unlimited.contains("unlimited"), "{limits}");
    if namespaces {
        let space = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/net")).unwrap();
        assert_ne!(space(&pid.to_string()), space("self"));
    }
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let sockets = files
        .filter_map(|file| std::fs::read_link(file.unwrap().path()).ok())
        .filter(|target| target.to_string_lossy().starts_with("socket:"));
    assert_eq!(sockets.count(), 1, "only the one to the server");
}

pub async fn the_place_of_the_file_is_not_told() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("table.xlsx", &sheet(&[&["A"]])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let formula = r#"=CELL("filename")"#.to_owned();
    let input = recto_engine::Input::Cell {
        address: "B1".into(),
        text: formula,
    };
    document.input(ann, input).await.unwrap();
    let saved = fixture.path("saved.csv");
    document.save_copy("csv", &saved).await.unwrap();
    let told = std::fs::read_to_string(saved).unwrap();
    let place = fixture.folder.path().to_str().unwrap();
    assert!(
        told.contains(".xlsx'#$One") && !told.contains(place) && !told.contains("kit-"),
        "{told}"
    );
}

//! Archives and other files that were made to do harm.

mod support;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use recto_engine::{ConvertError, ConvertOptions, OpenError, OpenOptions};
use support::{Fixture, LIMIT, sheet, start, text};
use zip::write::SimpleFileOptions;

/// What `source` has, but for the entry that is left out, and what `more` adds.
fn changed(
    source: &Path,
    target: &Path,
    without: Option<&str>,
    more: impl FnOnce(&mut zip::ZipWriter<File>),
) {
    let mut from = zip::ZipArchive::new(File::open(source).unwrap()).unwrap();
    let mut to = zip::ZipWriter::new(File::create(target).unwrap());
    for index in 0..from.len() {
        let mut entry = from.by_index(index).unwrap();
        if Some(entry.name()) == without {
            continue;
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        // OpenDocument's first entry is not compressed.
        let options = SimpleFileOptions::default().compression_method(entry.compression());
        to.start_file(entry.name(), options).unwrap();
        to.write_all(&bytes).unwrap();
    }
    more(&mut to);
    to.finish().unwrap();
}

async fn convert(fixture: &Fixture, from: &Path, to: &str) -> Result<PathBuf, ConvertError> {
    let target = fixture.path(to);
    let extension = |path: &Path| path.extension().unwrap().to_str().unwrap().to_owned();
    let (file_type, to) = (extension(from), extension(&target));
    let options = ConvertOptions {
        file_type: &file_type,
        title: "",
        to: &to,
        password: None,
        code_page: None,
        delimiter: None,
        region: None,
        archival: false,
        limit: LIMIT,
    };
    fixture.engine.convert(from, &target, &options).await?;
    Ok(target)
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn f2_an_entry_whose_name_leads_elsewhere_is_written_nowhere() {
    let fixture = start(|_| {}).await;
    let absolute = fixture.path("planted-by-path");
    let shared = std::env::temp_dir().join("planted-by-recto");
    for (name, flat) in [
        ("a.docx", text(&["Hello"])),
        ("a.odt", text(&["Hello"])),
        ("a.ods", sheet(&[&["Hello"]])),
    ] {
        let good = fixture.make(name, &flat).await;
        let evil = fixture.path(&format!("evil-{name}"));
        changed(&good, &evil, None, |archive| {
            for name in [
                "../planted",
                &format!("../../../../../../../..{}", shared.display()),
                "word/../../planted",
                "..\\planted",
                absolute.to_str().unwrap(),
            ] {
                archive
                    .start_file(name, SimpleFileOptions::default())
                    .unwrap();
                archive.write_all(b"planted").unwrap();
            }
        });
        // Whether it is opened or refused is the engine's affair.
        let made = convert(&fixture, &evil, &format!("{name}.pdf")).await;
        if let Ok(made) = made {
            assert!(std::fs::read(made).unwrap().starts_with(b"%PDF-"));
        }
        let planted = |path: &PathBuf| path.to_string_lossy().contains("planted");
        assert!(!files(fixture.folder.path()).iter().any(planted), "{name}");
    }
    assert!(!shared.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn f3_a_link_in_an_archive_is_not_followed() {
    let fixture = start(|_| {}).await;
    for (name, part, flat) in [
        ("a.docx", "word/document.xml", text(&["swordfish"])),
        ("a.odt", "content.xml", text(&["swordfish"])),
    ] {
        let good = fixture.make(name, &flat).await;
        let secret = fixture.write("secret.xml", support::unzip(&good, part));
        let evil = fixture.path(&format!("evil-{name}"));
        changed(&good, &evil, Some(part), |archive| {
            let target = secret.to_str().unwrap();
            archive
                .add_symlink(part, target, SimpleFileOptions::default())
                .unwrap();
        });
        let made = convert(&fixture, &evil, &format!("{name}.txt")).await;
        if let Ok(made) = made {
            let text = std::fs::read_to_string(made).unwrap();
            assert!(!text.contains("swordfish"), "{name}: {text}");
        }
        // The same file without the link has it.
        let made = convert(&fixture, &good, "good.txt").await.unwrap();
        assert!(std::fs::read_to_string(made).unwrap().contains("swordfish"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c1_an_archive_that_swells_is_refused_before_a_process_is_taken() {
    let fixture = start(|_| {}).await;
    let good = fixture.make("a.docx", &text(&["Hello"])).await;
    let evil = fixture.path("evil.docx");
    changed(&good, &evil, None, |archive| {
        archive
            .start_file("word/bomb.xml", SimpleFileOptions::default())
            .unwrap();
        let blanks = vec![b' '; 1 << 20];
        for _ in 0..60 {
            archive.write_all(&blanks).unwrap();
        }
    });
    assert!(std::fs::metadata(&evil).unwrap().len() < 1 << 20);
    let refused = convert(&fixture, &evil, "a.pdf").await;
    assert!(
        matches!(
            refused,
            Err(ConvertError::Open(OpenError::TooLarge { mib: 50 }))
        ),
        "{refused:?}"
    );
    let options = OpenOptions::untitled("docx");
    let refused = fixture.engine.open(&evil, options).await.map(|_| ());
    assert!(matches!(refused, Err(OpenError::TooLarge { mib: 50 })));
    assert!(fixture.engine.kit_pids().is_empty());
}

/// Both in the document's own part: an entity that is a file of the machine, and one that a few lines
/// make larger than any memory.
#[tokio::test(flavor = "multi_thread")]
async fn c2_entities_bring_in_no_file_and_do_not_swell() {
    let fixture = start(|_| {}).await;
    let secret = fixture.write("secret.txt", "SECRET OF THE MACHINE");
    let url = url::Url::from_file_path(&secret).unwrap();
    let external = format!("<!DOCTYPE d [<!ENTITY e SYSTEM \"{url}\">]>");
    let mut levels = String::new();
    for level in 1..=40 {
        let below = format!("&l{};", level - 1);
        write!(levels, "<!ENTITY l{level} \"{below}{below}\">").unwrap();
    }
    let laughs = format!("<!DOCTYPE d [<!ENTITY l0 \"LAUGH\">{levels}]>");
    for (name, part) in [("a.docx", "word/document.xml"), ("a.odt", "content.xml")] {
        let good = fixture.make(name, &text(&["MARK"])).await;
        let xml = support::unzip(&good, part);
        for (doctype, entity) in [(&external, "&e;"), (&laughs, "&l40;")] {
            let at = xml.find("?>").unwrap() + 2;
            let bad = format!("{}{doctype}{}", &xml[..at], &xml[at..]).replace("MARK", entity);
            let target = fixture.path(&format!("bad-{name}"));
            changed(&good, &target, Some(part), |archive| {
                archive
                    .start_file(part, SimpleFileOptions::default())
                    .unwrap();
                archive.write_all(bad.as_bytes()).unwrap();
            });
            // Whether it is opened at all is LibreOffice's choice.
            match convert(&fixture, &target, "out.txt").await {
                Ok(out) => {
                    let seen = std::fs::read_to_string(out).unwrap();
                    assert!(!seen.contains("SECRET"), "{name} {entity}");
                    assert!(
                        seen.len() < 1 << 20,
                        "{name} {entity}: {} bytes",
                        seen.len()
                    );
                }
                Err(error) => {
                    let refused = matches!(
                        error,
                        ConvertError::Open(
                            OpenError::Damaged
                                | OpenError::Crashed { .. }
                                | OpenError::TooLarge { .. }
                        ) | ConvertError::Crashed
                    );
                    assert!(refused, "{name} {entity}: {error:?}");
                }
            }
        }
    }
    fixture.engine.stop().await;
}

/// LibreOffice looks at the content if the name does not fit: what begins like a file of an importer that
/// is not on the list of types must not get there by a name that is.
#[tokio::test(flavor = "multi_thread")]
async fn c11_an_old_importer_is_not_reached_under_another_name() {
    let padded = |start: &[u8]| {
        let mut content = start.to_vec();
        content.resize(4096, 0);
        content
    };
    let hwp = padded(b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05");
    let wpd = padded(b"\xffWPC\x10\0\0\0\x01\x0a\x02\x01\0\0\0\x02");
    for zygote in [true, false] {
        let fixture = start(|config| config.zygote = zygote).await;
        for (name, content) in [("hwp", &hwp), ("wpd", &wpd)] {
            let own = fixture.write(&format!("a.{name}"), content);
            let options = OpenOptions::untitled(name);
            let refused = fixture.engine.open(&own, options).await.map(|_| ());
            assert!(matches!(refused, Err(OpenError::Type(_))), "{refused:?}");
            for file_type in ["docx", "odt", "doc", "rtf"] {
                let other = fixture.write(&format!("{name}.{file_type}"), content);
                let options = OpenOptions::untitled(file_type);
                let refused = fixture.engine.open(&other, options).await.map(|_| ());
                assert!(
                    matches!(refused, Err(OpenError::Damaged)),
                    "{name} as {file_type}: {refused:?}"
                );
            }
        }
        // What is on the list opens as usual.
        let good = fixture.make("a.doc", &text(&["Hello"])).await;
        let made = convert(&fixture, &good, "good.txt").await.unwrap();
        assert!(std::fs::read_to_string(made).unwrap().contains("Hello"));
    }
}

//! What the tests of the engine share: an engine on real LibreOffice, sample documents, waiting.
#![allow(dead_code, reason = "every test file uses its own part of it")]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use recto_engine::{
    Document, Engine, EngineConfig, Event, Events, OpenOptions, TilePixels, TileRequest, ViewEvent,
    ViewId, ViewOptions, ViewRights,
};

/// Longer than anything takes on the slowest machine; reached only when something is wrong.
pub const LIMIT: Duration = Duration::from_secs(90);

pub struct Fixture {
    pub engine: Engine,
    pub folder: tempfile::TempDir,
}

pub async fn start(change: impl FnOnce(&mut EngineConfig)) -> Fixture {
    let _ = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_test_writer()
        .try_init();
    let folder = tempfile::tempdir().unwrap();
    let kit = PathBuf::from(env!("CARGO_BIN_EXE_recto-kit"));
    let mut config = EngineConfig::new(kit, folder.path().join("engine"));
    config.warm = 1;
    // Each language takes time at the start.
    config.languages = vec!["en-US".into()];
    config.engine_messages = std::env::var_os("RECTO_TEST_MESSAGES").is_some();
    change(&mut config);
    let engine = Engine::start(config).await.unwrap();
    Fixture { engine, folder }
}

impl Fixture {
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub async fn open(&self, path: &Path) -> (Document, Events) {
        let file_type = path.extension().unwrap().to_str().unwrap();
        self.engine
            .open(path, OpenOptions::untitled(file_type))
            .await
            .unwrap()
    }

    /// A document of the type of `name`, made by the engine from a flat one.
    pub async fn make(&self, name: &str, flat: &str) -> PathBuf {
        let target = self.path(name);
        let extension = target.extension().unwrap().to_str().unwrap().to_owned();
        let flat_type = match &*extension {
            "docx" | "odt" | "doc" | "rtf" | "txt" => "fodt",
            "pptx" | "odp" | "ppt" => "fodp",
            _ => "fods",
        };
        let source = self.write(&format!("{name}.{flat_type}"), flat);
        let (document, _events) = self.open(&source).await;
        document.save_copy(&extension, &target).await.unwrap();
        document.close().await;
        target
    }
}

pub async fn editor(document: &Document, name: &str) -> ViewId {
    view(document, name, ViewRights::edit()).await
}

pub async fn onlooker(document: &Document, name: &str) -> ViewId {
    view(document, name, ViewRights::view()).await
}

pub async fn view(document: &Document, name: &str, rights: ViewRights) -> ViewId {
    let options = ViewOptions {
        author: name.into(),
        lang: "en-US".into(),
        rights,
    };
    document.create_view(options).await.unwrap()
}

/// The first event that `pick` picks.
pub async fn wait<T>(events: &mut Events, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
    let mut seen = Vec::new();
    let search = async {
        loop {
            let event = events
                .recv()
                .await
                .unwrap_or_else(|| panic!("no more events: {seen:?}"));
            if let Some(found) = pick(&event) {
                return found;
            }
            seen.push(event);
        }
    };
    let found = tokio::time::timeout(LIMIT, search).await;
    found.unwrap_or_else(|_| panic!("the event did not come, but {seen:#?}"))
}

pub async fn wait_view<T>(
    events: &mut Events,
    of: ViewId,
    mut pick: impl FnMut(&ViewEvent) -> Option<T>,
) -> T {
    wait(events, |event| match event {
        Event::View { view, event } if *view == of => pick(event),
        _ => None,
    })
    .await
}

pub async fn tile(document: &Document, view: ViewId, column: u32, row: u32) -> TilePixels {
    let request = TileRequest {
        part: 0,
        pixels: 256,
        twips: 3840,
        column,
        row,
    };
    tokio::time::timeout(LIMIT, document.paint(view, request))
        .await
        .unwrap()
        .unwrap()
        .pixels()
        .unwrap()
}

/// How many pixels are dark.
pub fn ink(tile: &TilePixels) -> usize {
    let dark = |pixel: &&[u8]| pixel[3] > 200 && pixel[..3].iter().all(|channel| *channel < 128);
    tile.rgba.chunks_exact(4).filter(dark).count()
}

/// A part of a zip file without its tags.
pub fn words(path: &Path, part: &str) -> String {
    let mut tag = false;
    let plain = |letter: &char| {
        let text = !tag && *letter != '<';
        tag = *letter == '<' || (tag && *letter != '>');
        text
    };
    unzip(path, part).chars().filter(plain).collect()
}

/// A part of a zip file as text.
pub fn unzip(path: &Path, part: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive
        .by_name(part)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

const OFFICE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"
 xmlns:xlink="http://www.w3.org/1999/xlink"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument."#;

pub fn text(paragraphs: &[&str]) -> String {
    let body = format!("<text:p>{}</text:p>", paragraphs.join("</text:p><text:p>"));
    format!(
        "{OFFICE}text\"><office:body><office:text>{body}</office:text></office:body></office:document>"
    )
}

pub fn sheet(rows: &[&[&str]]) -> String {
    let cell = |value: &&str| match value.parse::<f64>() {
        Ok(number) => format!(
            r#"<table:table-cell office:value-type="float" office:value="{number}"><text:p>{number}</text:p></table:table-cell>"#
        ),
        Err(_) => format!(
            r#"<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>"#
        ),
    };
    let row = |cells: &&[&str]| -> String {
        format!(
            "<table:table-row>{}</table:table-row>",
            cells.iter().map(cell).collect::<String>()
        )
    };
    let rows: String = rows.iter().map(row).collect();
    format!(
        r#"{OFFICE}spreadsheet"><office:body><office:spreadsheet><table:table table:name="One">{rows}</table:table><table:table table:name="Two"><table:table-row><table:table-cell/></table:table-row></table:table></office:spreadsheet></office:body></office:document>"#
    )
}

pub fn slides(texts: &[&str]) -> String {
    let page = |text: &&str| {
        format!(
            r#"<draw:page draw:name="{text}" draw:master-page-name="Default"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="12cm" svg:height="3cm"><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame></draw:page>"#
        )
    };
    let pages: String = texts.iter().map(page).collect();
    format!(
        r#"{OFFICE}presentation"><office:body><office:presentation>{pages}</office:presentation></office:body></office:document>"#
    )
}

//! Measures the engine on this machine: `cargo run --example measure`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use recto_engine::{
    Document, Engine, EngineConfig, Event, Events, Input, OpenOptions, TileRequest, ViewId,
    ViewOptions,
};

const TEXT: &str = "<?xml version=\"1.0\"?><office:document \
    xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.3\" \
    office:mimetype=\"application/vnd.oasis.opendocument.text\"><office:body><office:text>";

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let kit = std::env::current_exe()?;
    let programs = kit
        .parent()
        .and_then(Path::parent)
        .ok_or("no program folder")?;
    let work = std::env::temp_dir().join(format!("recto-measure-{}", std::process::id()));
    let mut config = EngineConfig::new(programs.join("recto-kit"), work.clone());
    config.zygote = std::env::args().all(|arg| arg != "--single");
    let start = Instant::now();
    let engine = Engine::start(config).await?;
    println!("engine start to ready: {:?}", start.elapsed());
    let source = sample(&work)?;
    let docx = work.join("sample.docx");
    let (document, _events) = engine.open(&source, OpenOptions::untitled("fodt")).await?;
    document.save_copy("docx", &docx).await?;
    document.close().await;

    let mut first = Vec::new();
    let mut private = Vec::new();
    let mut keys = Vec::new();
    for _ in 0..5 {
        while engine.warm_kits() == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // A warm kit is waiting, but another may be warming itself beside us.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let start = Instant::now();
        let (document, mut events) = engine.open(&docx, OpenOptions::untitled("docx")).await?;
        let loaded = start.elapsed();
        let view = document.create_view(ViewOptions::default()).await?;
        println!("view after {:?}", start.elapsed());
        tile(&document, view).await?;
        first.push(start.elapsed());
        println!(
            "loaded {loaded:?}, view and first tile {:?}",
            start.elapsed()
        );
        tokio::time::sleep(Duration::from_secs(1)).await;
        for _ in 0..20 {
            keys.push(key(&document, view, &mut events).await?);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        private.push(private_memory(document.kit_pid())?);
        document.close().await;
    }
    first.sort();
    private.sort_unstable();
    println!("open to first tile: median {:?}", first[first.len() / 2]);
    for (index, name) in ["carried out", "invalidated", "painted"].iter().enumerate() {
        let mut times: Vec<_> = keys.iter().map(|key| key[index]).collect();
        times.sort();
        println!(
            "key to {name}: median {:?}, worst {:?}",
            times[times.len() / 2],
            times.last()
        );
    }
    println!(
        "private memory of a kit: median {} MiB",
        private[private.len() / 2] / 1024
    );
    engine.stop().await;
    std::fs::remove_dir_all(&work)?;
    Ok(())
}

fn sample(work: &Path) -> Result<PathBuf, Failure> {
    let paragraphs = "<text:p>A paragraph with some words to lay out.</text:p>".repeat(300);
    let path = work.join("sample.fodt");
    let end = "</office:text></office:body></office:document>";
    std::fs::write(&path, format!("{TEXT}{paragraphs}{end}"))?;
    Ok(path)
}

async fn tile(document: &Document, view: ViewId) -> Result<(), Failure> {
    let request = TileRequest {
        part: 0,
        pixels: 512,
        twips: 7680,
        column: 0,
        row: 0,
    };
    document.paint(view, request).await?.pixels()?;
    Ok(())
}

/// From sending a key to: carried out, invalidated, and painted again.
async fn key(
    document: &Document,
    view: ViewId,
    events: &mut Events,
) -> Result<[Duration; 3], Failure> {
    while events.try_recv().is_some() {}
    let start = Instant::now();
    document
        .input(view, Input::Key { char: 120, code: 0 })
        .await?;
    let done = start.elapsed();
    while let Some(event) = events.recv().await {
        if matches!(event, Event::Invalidated { .. }) {
            break;
        }
    }
    let invalidated = start.elapsed();
    tile(document, view).await?;
    Ok([done, invalidated, start.elapsed()])
}

fn private_memory(pid: u32) -> Result<u64, Failure> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let numbers = rollup.lines().filter(|line| line.starts_with("Private_"));
    let kib = numbers.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    Ok(kib.sum())
}

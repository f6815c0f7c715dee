//! Measures Recto beside the figures of a named alternative: `make bench`.
//!
//! It starts the release binary, plays integrator and browsers against it, and prints what a user
//! waits for. Nothing here is a test: machines differ, and ratios say more than times.
#![forbid(unsafe_code)]

mod browser;
mod conversions;
mod integrator;
mod large;
mod memory;
mod report;
mod requests;
mod samples;
mod server;
mod tokens;
mod versions;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use crate::browser::Browser;
use crate::integrator::{Integrator, SECRET};
use crate::report::{Figures, Report};
use crate::server::Server;

/// Openings measured, and keys typed.
const OPENINGS: usize = 20;
const KEYS: usize = 200;
/// Rest before an opening, so that a warm engine process waits for it, as on a server in use.
const REST: Duration = Duration::from_millis(2500);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut report = Report::default();
    let only = std::env::args().nth(1);
    if only.as_deref() == Some("services") {
        services(&mut report).await?;
        println!("{report}");
        return Ok(());
    }
    if only.as_deref() == Some("large") {
        large::measure(&own_neighbour("recto")?, &mut report).await?;
        println!("{report}");
        return Ok(());
    }
    if only.as_deref() == Some("beside") {
        let other = std::env::args().nth(2).map(PathBuf::from);
        let other = other.context("name the other build: beside PROGRAM [OFFICE]")?;
        let office = std::env::args().nth(3);
        let own = own_neighbour("recto")?;
        versions::measure(&own, &other, office.as_deref(), &mut report).await?;
        println!("{report}");
        return Ok(());
    }
    tokens::measure(&mut report)?;
    if only.as_deref() == Some("tokens") {
        println!("{report}");
        return Ok(());
    }
    services(&mut report).await?;
    let binary = own_neighbour("recto")?;
    let sample = std::env::args()
        .nth(1)
        .map_or_else(|| PathBuf::from("samples/out/Welcome.docx"), PathBuf::from);
    if !sample.exists() {
        bail!(
            "There is no sample document {}. Run `make samples` first.",
            sample.display()
        );
    }
    let integrator = Integrator::start(&sample).await?;
    eprintln!("starting {} …", binary.display());
    let started = Instant::now();
    let server = Server::start(&binary, SECRET).await?;
    report.single(
        "start to healthy",
        started.elapsed(),
        "ONLYOFFICE 9.3",
        Some(Duration::from_secs(11)),
    );
    report.size(
        "server without kits",
        memory::resident(server.pid())?,
        "ONLYOFFICE 9.3, all processes",
        Some(482_000),
        Some(40_000),
    );
    opening(&server, &integrator, &mut report).await?;
    typing(&server, &integrator, &mut report).await?;
    println!("{report}");
    Ok(())
}

/// The requests of an integrator's back end: commands and conversions.
async fn services(report: &mut Report) -> anyhow::Result<()> {
    let binary = own_neighbour("recto")?;
    {
        let server = Server::start(&binary, SECRET).await?;
        requests::measure(&server, report).await?;
    }
    conversions::measure(&binary, report).await
}

/// How long somebody waits for the first piece of a document that nobody has open.
async fn opening(
    server: &Server,
    integrator: &Integrator,
    report: &mut Report,
) -> anyhow::Result<()> {
    eprintln!("opening {OPENINGS} documents …");
    let mut first_tile = Figures::default();
    for number in 0..OPENINGS {
        tokio::time::sleep(REST).await;
        let key = format!("bench-open-{number}");
        let begun = Instant::now();
        let mut browser = Browser::open(server, integrator, &key, "u1", "Bench").await?;
        browser.ask_for_tiles().await?;
        browser.next_tile().await?;
        first_tile.add(begun.elapsed());
        browser.leave().await?;
    }
    report.times(
        "join to first tile",
        &first_tile,
        "ONLYOFFICE 9.3, document ready",
        Some(Duration::from_millis(4800)),
        Some(Duration::from_millis(200)),
    );
    Ok(())
}

/// How long a letter takes to the screen of the person who types it, and to another's.
async fn typing(
    server: &Server,
    integrator: &Integrator,
    report: &mut Report,
) -> anyhow::Result<()> {
    eprintln!("typing {KEYS} letters with two people in one document …");
    server.until_healthy().await?;
    let mut writer = Browser::open(server, integrator, "bench-type", "u1", "Ada").await?;
    let mut other = Browser::open(server, integrator, "bench-type", "u2", "Bruno").await?;
    for browser in [&mut writer, &mut other] {
        browser.ask_for_tiles().await?;
        browser.next_tile().await?;
        browser.until_quiet().await?;
    }
    let (mut own, mut others) = (Figures::default(), Figures::default());
    for number in 0..KEYS {
        let letter = u32::from(b"abcdefghij"[number % 10]);
        let begun = Instant::now();
        writer
            .input(json!({ "kind": "key", "char": letter, "code": 0 }))
            .await?;
        let (mine, theirs) = tokio::join!(writer.next_tile_at(), other.next_tile_at());
        own.add(mine? - begun);
        others.add(theirs? - begun);
        writer.until_quiet().await?;
        other.until_quiet().await?;
    }
    report.times(
        "key to own repaint",
        &own,
        "ONLYOFFICE 9.3, own screen",
        Some(Duration::from_millis(45)),
        Some(Duration::from_millis(15)),
    );
    report.times(
        "key to the other's repaint",
        &others,
        "ONLYOFFICE 9.3, other's screen",
        Some(Duration::from_millis(159)),
        Some(Duration::from_millis(25)),
    );
    let kits = memory::private_of_kits(server.pid())?;
    let largest = kits
        .iter()
        .max()
        .copied()
        .context("no engine process was found")?;
    report.size(
        "largest private memory of a kit",
        largest,
        "LibreOfficeKit with a zygote, measured before",
        Some(27_000),
        Some(35_000),
    );
    report.size(
        "server with two browsers",
        memory::resident(server.pid())?,
        "",
        None,
        None,
    );
    writer.leave().await?;
    other.leave().await?;
    Ok(())
}

/// A program of the same build.
fn own_neighbour(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let path = own.with_file_name(name);
    if !path.exists() {
        bail!(
            "{} is not built. Run `make bench`, which builds it.",
            path.display()
        );
    }
    Ok(path)
}

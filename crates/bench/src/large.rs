//! What is as large as documents get: opened, a letter changed, stored.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::browser::Browser;
use crate::integrator::{Integrator, SECRET};
use crate::memory;
use crate::report::Report;
use crate::samples;
use crate::server::Server;

/// Nothing here may take longer.
const PATIENCE: Duration = Duration::from_secs(600);
/// What a server needs beyond its defaults: the file of 200 MB is larger than a document may be.
const MORE: [&str; 2] = ["--max-document-mib", "300"];

/// How a document is made.
type Make = fn(&Path) -> anyhow::Result<()>;

/// Adds its lines.
pub async fn measure(binary: &Path, report: &mut Report) -> anyhow::Result<()> {
    let all: [(&str, &str, Make); 3] = [
        ("500 pages", "docx", |to| samples::pages(to, 500)),
        ("100,000 x 20 cells", "xlsx", |to| {
            samples::cells(to, 100_000, 20)
        }),
        ("200 MB of pictures", "docx", |to| samples::pictures(to, 50)),
    ];
    let folder = tempfile::tempdir()?;
    for (name, extension, make) in all {
        let file = folder.path().join(format!("large.{extension}"));
        make(&file)?;
        let kb = u32::try_from(std::fs::metadata(&file)?.len() / 1000)?;
        eprintln!("{name}: {} MB …", kb / 1000);
        report.size(&format!("{name}: the file"), kb, "", None, None);
        if let Err(error) = one(binary, name, &file, report).await {
            eprintln!("{name} failed: {error:#}");
        }
        std::fs::remove_file(&file)?;
    }
    Ok(())
}

async fn one(binary: &Path, name: &str, file: &Path, report: &mut Report) -> anyhow::Result<()> {
    let integrator = Integrator::start(file).await?;
    let server = Server::start_with(binary, SECRET, &MORE).await?;
    let mut line = |what: &str, time: Duration| {
        report.single(&format!("{name}: {what}"), time, "", None);
    };
    let begun = Instant::now();
    let user = ("u1", "Ann");
    let mut browser = Browser::open_within(&server, &integrator, "large", user, PATIENCE).await?;
    line("opened", begun.elapsed());
    browser.ask_for_tiles().await?;
    browser.next_tile().await?;
    line("first tile", begun.elapsed());
    browser.until_quiet().await?;
    let typed = Instant::now();
    browser
        .input(json!({ "kind": "key", "char": u32::from(b'x'), "code": 0 }))
        .await?;
    // Leaves a cell, whose text is in the document from then on.
    browser
        .input(json!({ "kind": "key", "char": 13, "code": 1280 }))
        .await?;
    browser.acknowledged().await?;
    line("a letter, acknowledged", typed.elapsed());
    browser.saved().await?;
    line("a letter, stored", typed.elapsed());
    let mut keys = crate::report::Figures::default();
    for _ in 0..20 {
        let typed = Instant::now();
        browser
            .input(json!({ "kind": "key", "char": u32::from(b'y'), "code": 0 }))
            .await?;
        browser.acknowledged().await?;
        keys.add(typed.elapsed());
    }
    report.times(&format!("{name}: keys meanwhile"), &keys, "", None, None);
    let kits = memory::kits(server.pid())?;
    let peak = kits.iter().map(|kit| memory::peak(*kit)).max();
    let private = memory::private_of_kits(server.pid())?.into_iter().max();
    for (what, kb) in [("private", private), ("at most, resident", peak)] {
        let kb = kb.unwrap_or_default();
        report.size(
            &format!("{name}: memory of the kit, {what}"),
            kb,
            "",
            None,
            None,
        );
    }
    browser.leave().await
}

//! Two builds of Recto in turn, in one sitting: `make bench ARGS="beside PROGRAM [OFFICE]"`.
//!
//! The machine has other things to do, so neither is measured alone for long: each round measures both,
//! and the ratio of the medians is what counts.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use crate::browser::Browser;
use crate::conversions::convert;
use crate::integrator::{Integrator, SECRET};
use crate::report::{Figures, Report};
use crate::server::Server;
use crate::{memory, samples};

const ROUNDS: usize = 3;
const KEYS: usize = 60;
/// Keys of one user while the other's changes are stored, and the pause between them.
const OTHERS_KEYS: usize = 120;
const PAUSE: Duration = Duration::from_millis(60);
/// Pages of the text that is stored meanwhile.
const PAGES: usize = 200;
/// As in `main`.
const REST: Duration = Duration::from_millis(2500);

/// A build, and the LibreOffice that it is measured with.
struct Build {
    program: PathBuf,
    office: Option<String>,
    figures: Vec<Figures>,
}

/// What is measured: a name, and whether it is a size in kB rather than a time.
const WHAT: [(&str, bool); 11] = [
    ("start to healthy", false),
    ("docx: join to first tile", false),
    ("xlsx: join to first tile", false),
    ("pptx: join to first tile", false),
    ("docx: private memory of its kit", true),
    ("xlsx: private memory of its kit", true),
    ("pptx: private memory of its kit", true),
    ("key to own repaint", false),
    ("docx to pdf, alone", false),
    ("key, while others' changes are stored", false),
    ("slowest of these keys", false),
];

/// Adds its lines: the build of this run, beside another one.
pub async fn measure(
    own: &Path,
    other: &Path,
    office: Option<&str>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let build = |program: &Path, office: Option<&str>| Build {
        program: program.to_owned(),
        office: office.map(str::to_owned),
        figures: WHAT.iter().map(|_| Figures::default()).collect(),
    };
    let mut builds = [build(other, office), build(own, None)];
    let folder = tempfile::tempdir()?;
    let long = folder.path().join("long.docx");
    samples::pages(&long, PAGES)?;
    for round in 1..=ROUNDS {
        for (build, name) in builds.iter_mut().zip(["the other", "this"]) {
            eprintln!("round {round} of {ROUNDS}: {name} …");
            build.measure(&long).await?;
        }
    }
    let [other, own] = &builds;
    for (((what, is_size), own), other) in WHAT.iter().zip(&own.figures).zip(&other.figures) {
        if *is_size {
            let kb = |figures: &Figures| u32::try_from(figures.median().as_micros()).unwrap_or(0);
            report.size(what, kb(own), "the other", Some(kb(other)), None);
        } else {
            report.times(what, own, "the other", Some(other.median()), None);
        }
    }
    Ok(())
}

impl Build {
    async fn measure(&mut self, long: &Path) -> anyhow::Result<()> {
        let mut values = Vec::new();
        let mut arguments = vec!["--snapshot-seconds", "1"];
        if let Some(office) = &self.office {
            arguments.extend(["--office", office]);
        }
        let begun = Instant::now();
        let server = Server::start_with(&self.program, SECRET, &arguments).await?;
        values.push(begun.elapsed());
        let mut sizes = Vec::new();
        for sample in ["Welcome.docx", "Budget.xlsx", "Slides.pptx"] {
            sleep(REST).await;
            server.until_healthy().await?;
            let integrator = Integrator::start(&Path::new("samples/out").join(sample)).await?;
            let begun = Instant::now();
            let mut browser = Browser::open(&server, &integrator, sample, "u1", "Ann").await?;
            browser.ask_for_tiles().await?;
            browser.next_tile().await?;
            values.push(begun.elapsed());
            browser.until_quiet().await?;
            sleep(REST).await;
            // The kit with a document has more than those that wait.
            let kits = memory::private_of_kits(server.pid())?;
            let kb = kits.into_iter().max().unwrap_or_default();
            // Sizes are kept in the same table, a microsecond for a kilobyte.
            sizes.push(Duration::from_micros(kb.into()));
            browser.leave().await?;
        }
        values.extend(sizes);
        let integrator = Integrator::start(Path::new("samples/out/Welcome.docx")).await?;
        values.push(typing(&server, &integrator).await?);
        let mut conversions = Figures::default();
        for number in 0..4 {
            sleep(REST).await;
            let begun = Instant::now();
            convert(&server, &integrator, &format!("pdf-{number}")).await?;
            conversions.add(begun.elapsed());
        }
        values.push(conversions.median());
        let (usual, slowest) = beside_snapshots(&server, long).await?;
        values.extend([usual, slowest]);
        for (figures, value) in self.figures.iter_mut().zip(values) {
            figures.add(value);
        }
        Ok(())
    }
}

async fn typing(server: &Server, integrator: &Integrator) -> anyhow::Result<Duration> {
    let mut browser = Browser::open(server, integrator, "type", "u1", "Ann").await?;
    browser.ask_for_tiles().await?;
    browser.next_tile().await?;
    browser.until_quiet().await?;
    let mut figures = Figures::default();
    for _ in 0..KEYS {
        let begun = Instant::now();
        press(&mut browser).await?;
        figures.add(browser.next_tile_at().await? - begun);
        browser.until_quiet().await?;
    }
    browser.leave().await?;
    Ok(figures.median())
}

/// The usual and the longest time from a key of one user until it is acknowledged, while another one's
/// changes to a long text are stored every second.
async fn beside_snapshots(server: &Server, long: &Path) -> anyhow::Result<(Duration, Duration)> {
    let integrator = Integrator::start(long).await?;
    let mut writer = Browser::open(server, &integrator, "long", "u1", "Ann").await?;
    let mut other = Browser::open(server, &integrator, "long", "u2", "Bob").await?;
    for browser in [&mut writer, &mut other] {
        browser.ask_for_tiles().await?;
        browser.next_tile().await?;
        browser.until_quiet().await?;
    }
    let mut figures = Figures::default();
    for number in 0..OTHERS_KEYS {
        if number % 5 == 0 {
            press(&mut writer).await?;
            writer.acknowledged().await?;
        }
        let begun = Instant::now();
        press(&mut other).await?;
        other.acknowledged().await?;
        figures.add(begun.elapsed());
        sleep(PAUSE).await;
    }
    writer.leave().await?;
    other.leave().await?;
    Ok((figures.median(), figures.longest()))
}

async fn press(browser: &mut Browser) -> anyhow::Result<()> {
    browser
        .input(json!({ "kind": "key", "char": u32::from(b'e'), "code": 0 }))
        .await
}

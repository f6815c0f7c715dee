//! A text of 200 paragraphs to PDF, alone and eight at once, beside LibreOffice itself and unoserver.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use recto_token::{Secret, sign_config};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::integrator::{Integrator, SECRET, now};
use crate::memory;
use crate::report::{Figures, Report};
use crate::server::Server;

/// Conversions of each kind, and how often so many at once.
const ALONE: usize = 12;
const AT_ONCE: usize = 8;
const ROUNDS: usize = 3;
const PARAGRAPHS: usize = 200;
/// Where `make bench` puts unoserver, and LibreOffice's bridge to Python for it.
const VENV: &str = "target/venv-bench";
const OFFICE: &str = "/usr/lib/libreoffice/program";

/// Adds its lines.
pub async fn measure(binary: &Path, report: &mut Report) -> anyhow::Result<()> {
    let place = tempfile::tempdir()?;
    let sample = sample(binary, place.path()).await?;
    let (alone, together) = of_recto(binary, &sample).await?;
    let (of_office, all_of_office) = of_office(&sample, place.path()).await?;
    let uno = if let Some(uno) = Unoserver::start()? {
        Some(of_uno(&uno, &sample, place.path()).await?)
    } else {
        eprintln!("unoserver is not there: run this by `make bench`");
        None
    };
    let what = format!("docx of {PARAGRAPHS} paragraphs to pdf");
    let seconds = Duration::from_secs_f64;
    let aim = |theirs: Duration, part: u32| Some(theirs / part);
    report.times(
        &what,
        &alone,
        "ONLYOFFICE 9.3",
        Some(seconds(2.0)),
        aim(seconds(2.0), 4),
    );
    report.times(
        "the same",
        &alone,
        "soffice --convert-to",
        Some(of_office),
        None,
    );
    if let Some((uno, _)) = uno {
        report.times("the same", &alone, "unoserver", Some(uno), None);
    }
    report.times(
        &format!("{AT_ONCE} of them at once, until the last"),
        &together,
        "ONLYOFFICE 9.3",
        Some(seconds(14.1)),
        aim(seconds(14.1), 5),
    );
    report.times(
        "the same",
        &together,
        "soffice --convert-to, 8 processes",
        Some(all_of_office),
        None,
    );
    if let Some((_, uno)) = uno {
        report.times("the same", &together, "unoserver", Some(uno), None);
    }
    Ok(())
}

/// A docx of many paragraphs, made by Recto of a plain text.
async fn sample(binary: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let sentence =
        "The quick brown fox jumps over the lazy dog, and the dog thinks nothing of it. ";
    let text = format!("{}\n", sentence.repeat(4)).repeat(PARAGRAPHS);
    let (from, to) = (folder.join("sample.txt"), folder.join("sample.docx"));
    std::fs::write(&from, text)?;
    let status = Command::new(binary)
        .arg("convert")
        .args([&from, &to])
        .status()
        .await?;
    if !status.success() {
        bail!("The sample can't be made. Run `recto convert` by hand to see why.");
    }
    Ok(to)
}

/// Over HTTP, from the request to the last byte of the result.
async fn of_recto(binary: &Path, sample: &Path) -> anyhow::Result<(Figures, Figures)> {
    eprintln!("converting with Recto …");
    let integrator = Integrator::start(sample).await?;
    let warm = AT_ONCE.to_string();
    let server = Server::start_with(binary, SECRET, &["--warm-kits", &warm]).await?;
    let (mut alone, mut together) = (Figures::default(), Figures::default());
    for number in 0..ALONE {
        until_warm(&server).await?;
        let begun = Instant::now();
        convert(&server, &integrator, &format!("alone-{number}")).await?;
        alone.add(begun.elapsed());
    }
    for round in 0..ROUNDS {
        until_warm(&server).await?;
        let begun = Instant::now();
        let all = (0..AT_ONCE).map(|number| {
            let key = format!("together-{round}-{number}");
            let (server, integrator) = (&server, &integrator);
            async move { convert(server, integrator, &key).await }
        });
        futures::future::try_join_all(all).await?;
        together.add(begun.elapsed());
    }
    Ok((alone, together))
}

/// Waits until all kits are warm and at rest.
async fn until_warm(server: &Server) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut quiet = 0;
    let mut last = Vec::new();
    while begun.elapsed() < Duration::from_secs(120) {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let kits = memory::private_of_kits(server.pid())?;
        quiet = if kits.len() >= AT_ONCE && kits == last {
            quiet + 1
        } else {
            0
        };
        last = kits;
        if quiet == 3 {
            return Ok(());
        }
    }
    bail!("The engine processes did not become warm within 120 s.")
}

/// Has the sample converted to PDF.
pub async fn convert(server: &Server, integrator: &Integrator, key: &str) -> anyhow::Result<()> {
    let fields = json!({
        "key": key, "url": integrator.file(), "filetype": "docx", "outputtype": "pdf",
    });
    let token = sign_config(&Secret::from(SECRET), &fields, now(), 300);
    let answer: Value = reqwest::Client::new()
        .post(format!("http://{}/converter", server.address()))
        .header("accept", "application/json")
        .json(&json!({ "token": token }))
        .send()
        .await?
        .json()
        .await?;
    let link = answer["fileUrl"]
        .as_str()
        .with_context(|| format!("The conversion was answered with {answer}"))?;
    let file = reqwest::get(link).await?.bytes().await?;
    check(&file)
}

fn check(pdf: &[u8]) -> anyhow::Result<()> {
    if pdf.starts_with(b"%PDF-") {
        Ok(())
    } else {
        bail!("What was made is no PDF.")
    }
}

/// `soffice --headless --convert-to pdf`, a process each, with profiles that have been used before.
async fn of_office(sample: &Path, folder: &Path) -> anyhow::Result<(Duration, Duration)> {
    eprintln!("converting with soffice …");
    let mut alone = Figures::default();
    for _ in 0..=AT_ONCE / 2 {
        let begun = Instant::now();
        office(sample, folder, 0).await?;
        alone.add(begun.elapsed());
    }
    for number in 1..AT_ONCE {
        office(sample, folder, number).await?;
    }
    let mut together = Figures::default();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        futures::future::try_join_all((0..AT_ONCE).map(|number| office(sample, folder, number)))
            .await?;
        together.add(begun.elapsed());
    }
    Ok((alone.median(), together.median()))
}

async fn office(sample: &Path, folder: &Path, number: usize) -> anyhow::Result<()> {
    let out = folder.join(format!("out-{number}"));
    let profile = folder.join(format!("profile-{number}"));
    let status = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            profile.display()
        ))
        .args(["--headless", "--convert-to", "pdf", "--outdir"])
        .args([&out, sample])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await
        .context("soffice can't be started")?;
    if !status.success() {
        bail!("soffice did not convert the sample.");
    }
    check(&std::fs::read(out.join("sample.pdf"))?)
}

/// A running unoserver; it ends with the value, and its LibreOffice with it.
struct Unoserver {
    child: Child,
    address: String,
    _profile: TempDir,
}

impl Unoserver {
    fn start() -> anyhow::Result<Option<Self>> {
        let venv = PathBuf::from(VENV).canonicalize().unwrap_or_default();
        let program = venv.join("bin/unoserver");
        if !program.exists() {
            return Ok(None);
        }
        eprintln!("converting with unoserver …");
        let bridge = venv.join("uno/usr/lib");
        let paths = |parts: &[&Path]| {
            let parts: Vec<_> = parts.iter().map(|it| it.display().to_string()).collect();
            parts.join(":")
        };
        let own = bridge.join("libreoffice/program");
        let (port, uno_port) = (free_port()?, free_port()?);
        let profile = tempfile::tempdir()?;
        let child = Command::new(program)
            .args([
                "--port",
                &port.to_string(),
                "--uno-port",
                &uno_port.to_string(),
            ])
            .arg("--user-installation")
            .arg(profile.path())
            .env("LD_LIBRARY_PATH", paths(&[&own, Path::new(OFFICE)]))
            .env(
                "PYTHONPATH",
                paths(&[&bridge.join("python3/dist-packages"), &own]),
            )
            .env(
                "URE_BOOTSTRAP",
                format!("vnd.sun.star.pathname:{OFFICE}/fundamentalrc"),
            )
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Some(Self {
            child,
            address: format!("http://127.0.0.1:{port}/RPC2"),
            _profile: profile,
        }))
    }

    /// Converts by its own protocol, without the client that starts a Python for each file.
    async fn convert(&self, from: &Path, to: &Path) -> anyhow::Result<()> {
        let text = |path: &Path| {
            format!(
                "<param><value><string>{}</string></value></param>",
                path.display()
            )
        };
        let call = format!(
            "<?xml version=\"1.0\"?><methodCall><methodName>convert</methodName><params>{}<param><value><nil/></value></param>{}<param><value><string>pdf</string></value></param></params></methodCall>",
            text(from),
            text(to)
        );
        let answer = reqwest::Client::new()
            .post(&self.address)
            .header("content-type", "text/xml")
            .body(call)
            .send()
            .await?
            .text()
            .await?;
        if answer.contains("<fault>") {
            bail!("unoserver answered with a fault: {answer}");
        }
        check(&std::fs::read(to)?)
    }
}

impl Drop for Unoserver {
    fn drop(&mut self) {
        // It ends its LibreOffice when it is asked to end.
        if let Some(pid) = self.child.id() {
            let _ = std::process::Command::new("kill")
                .arg(pid.to_string())
                .status();
        }
    }
}

async fn of_uno(
    uno: &Unoserver,
    sample: &Path,
    folder: &Path,
) -> anyhow::Result<(Duration, Duration)> {
    let begun = Instant::now();
    while let Err(error) = uno.convert(sample, &folder.join("uno.pdf")).await {
        if begun.elapsed() > Duration::from_secs(60) {
            return Err(error.context("unoserver did not convert within 60 s"));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (mut alone, mut together) = (Figures::default(), Figures::default());
    for _ in 0..ALONE {
        let begun = Instant::now();
        uno.convert(sample, &folder.join("uno.pdf")).await?;
        alone.add(begun.elapsed());
    }
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let all = (0..AT_ONCE).map(|number| {
            let to = folder.join(format!("uno-{number}.pdf"));
            async move { uno.convert(sample, &to).await }
        });
        futures::future::try_join_all(all).await?;
        together.add(begun.elapsed());
    }
    Ok((alone.median(), together.median()))
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

//! The server under measurement: the release binary, in a process of its own.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// The server; it ends with the value.
pub struct Server {
    child: Child,
    address: String,
    _data: TempDir,
}

impl Server {
    /// Starts it and waits until it could open a document.
    pub async fn start(binary: &Path, secret: &str) -> anyhow::Result<Self> {
        Self::start_with(binary, secret, &[]).await
    }

    /// The same with further arguments.
    pub async fn start_with(
        binary: &Path,
        secret: &str,
        arguments: &[&str],
    ) -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(binary)
            .args([
                "serve",
                "--listen",
                &address,
                "--allow-network",
                "127.0.0.0/8",
                "--data",
            ])
            .arg(data.path())
            .args(arguments)
            .env("JWT_SECRET", secret)
            .env("RECTO_LOG", "warn")
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} can't be started", binary.display()))?;
        let server = Self {
            child,
            address,
            _data: data,
        };
        server.until_healthy().await?;
        Ok(server)
    }

    /// Waits until a document could be opened: an engine process is warm.
    pub async fn until_healthy(&self) -> anyhow::Result<()> {
        let url = format!("http://{}/healthcheck", self.address);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if let Ok(answer) = reqwest::get(&url).await
                && answer.text().await.is_ok_and(|text| text == "true")
            {
                return Ok(());
            }
            sleep(Duration::from_millis(20)).await;
        }
        bail!("The server was not healthy within 60 s. Start it by hand to see why.")
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process id; 0 if it has ended.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }
}

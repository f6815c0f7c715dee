//! A browser as far as the live protocol sees it.

use std::time::Duration;

use anyhow::{Context, bail};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::integrator::Integrator;
use crate::server::Server;

/// Nothing that is measured may take longer.
const LONGEST: Duration = Duration::from_secs(20);
/// A document without a message for so long has nothing more to say.
const QUIET: Duration = Duration::from_millis(60);

/// One participant.
pub struct Browser {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    seq: u64,
    patience: Duration,
}

impl Browser {
    /// Opens a document and waits for `opened`.
    pub async fn open(
        server: &Server,
        integrator: &Integrator,
        key: &str,
        user: &str,
        name: &str,
    ) -> anyhow::Result<Self> {
        Self::open_within(server, integrator, key, (user, name), LONGEST).await
    }

    /// The same for a document that may take longer.
    pub async fn open_within(
        server: &Server,
        integrator: &Integrator,
        key: &str,
        (user, name): (&str, &str),
        patience: Duration,
    ) -> anyhow::Result<Self> {
        let (socket, _) =
            connect_async(format!("ws://{}/doc/{key}/live", server.address())).await?;
        let mut browser = Self {
            socket,
            seq: 0,
            patience,
        };
        let config = integrator.config(key, user, name);
        browser
            .say(&json!({ "type": "open", "config": config }))
            .await?;
        loop {
            if let Message::Text(text) = browser.receive().await? {
                let message: Value = serde_json::from_str(&text)?;
                match message["type"].as_str() {
                    Some("opened") => return Ok(browser),
                    Some("refused" | "failed") => bail!("the document was not opened: {message}"),
                    _ => {}
                }
            }
        }
    }

    /// Says what a window of 1280 × 800 at 100 % shows, and asks for its tiles.
    pub async fn ask_for_tiles(&mut self) -> anyhow::Result<()> {
        let tiles: Vec<[u32; 2]> = (0..4)
            .flat_map(|row| (0..5).map(move |column| [column, row]))
            .collect();
        self.say(
            &json!({ "type": "viewport", "part": 0, "tileTwips": 3840, "tilePixels": 256,
            "x": 0, "y": 0, "width": 19_200, "height": 12_000 }),
        )
        .await?;
        self.say(&json!({ "type": "tiles", "part": 0, "tileTwips": 3840, "tilePixels": 256, "tiles": tiles })).await
    }

    /// Sends an input.
    pub async fn input(&mut self, input: Value) -> anyhow::Result<()> {
        self.seq += 1;
        let seq = self.seq;
        self.say(&json!({ "type": "input", "seq": seq, "input": input }))
            .await
    }

    /// Waits for a tile.
    pub async fn next_tile(&mut self) -> anyhow::Result<()> {
        self.next_tile_at().await.map(|_| ())
    }

    /// Waits for a tile and tells when it came.
    pub async fn next_tile_at(&mut self) -> anyhow::Result<std::time::Instant> {
        loop {
            if let Message::Binary(_) = self.receive().await? {
                return Ok(Instant::now().into_std());
            }
        }
    }

    /// Waits until the input that was sent last is acknowledged.
    pub async fn acknowledged(&mut self) -> anyhow::Result<()> {
        let seq = self.seq;
        self.until(|message| {
            message["type"] == "ack" && message["seq"].as_u64().is_some_and(|it| it >= seq)
        })
        .await
    }

    /// Waits until the server has begun to store a change, and has stored it.
    pub async fn saved(&mut self) -> anyhow::Result<()> {
        for state in ["saving", "saved"] {
            self.until(|message| message["type"] == "save" && message["state"] == state)
                .await?;
        }
        Ok(())
    }

    async fn until(&mut self, is: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
        loop {
            if let Message::Text(text) = self.receive().await? {
                let message: Value = serde_json::from_str(&text)?;
                if message["type"] == "failed" {
                    bail!("the server gave up: {message}");
                }
                if is(&message) {
                    return Ok(());
                }
            }
        }
    }

    /// Waits until nothing more comes.
    pub async fn until_quiet(&mut self) -> anyhow::Result<()> {
        while let Ok(message) = timeout(QUIET, self.socket.next()).await {
            message.context("the connection ended")??;
        }
        Ok(())
    }

    /// Leaves on purpose.
    pub async fn leave(mut self) -> anyhow::Result<()> {
        self.say(&json!({ "type": "leave" })).await?;
        self.socket.close(None).await?;
        Ok(())
    }

    async fn say(&mut self, message: &Value) -> anyhow::Result<()> {
        self.socket.send(Message::text(message.to_string())).await?;
        Ok(())
    }

    async fn receive(&mut self) -> anyhow::Result<Message> {
        let message = timeout(self.patience, self.socket.next())
            .await
            .context("nothing came for too long")?;
        Ok(message.context("the connection ended")??)
    }
}

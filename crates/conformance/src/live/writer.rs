//! Somebody who has a document open in Recto's own protocol, and writes.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use super::{Protocol, Socket};

/// Opening includes the download and, on a busy machine, the start of a process.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection with a document that is open.
pub(crate) struct Writer {
    socket: Socket,
    seq: u64,
}

impl Writer {
    /// Opens the document of a config, which holds its token.
    pub async fn open(
        client: &Client,
        base: &str,
        key: &str,
        config: &Value,
    ) -> Result<Self, String> {
        let url = format!("{base}{}", Protocol::Recto.path(key));
        let mut socket = Socket::connect(client, &url).await?;
        let first = json!({ "type": "open", "config": config });
        socket.say(first.to_string()).await?;
        let mut writer = Self { socket, seq: 0 };
        let opened = writer.until(|message| message["type"] == "opened").await?;
        writer.seq = opened["applied"].as_u64().unwrap_or_default();
        Ok(writer)
    }

    /// Types, and waits until the server has it.
    pub async fn types(&mut self, text: &str) -> Result<(), String> {
        self.seq += 1;
        let seq = self.seq;
        let input =
            json!({ "type": "input", "seq": seq, "input": { "kind": "text", "text": text } });
        self.socket.say(input.to_string()).await?;
        self.until(|message| message["type"] == "ack" && message["seq"].as_u64() >= Some(seq))
            .await?;
        Ok(())
    }

    /// Presses the Save button.
    pub async fn saves(&mut self) -> Result<(), String> {
        self.socket.say(json!({ "type": "save" }).to_string()).await
    }

    /// The next message that is wanted; others are passed over.
    pub async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<Value, String> {
        let waiting = async {
            loop {
                let text = self.socket.next().await?;
                let Ok(message) = serde_json::from_str::<Value>(&text) else {
                    continue;
                };
                if wanted(&message) {
                    return Ok(message);
                }
                if matches!(message["type"].as_str(), Some("refused" | "failed")) {
                    let said = message["message"].as_str().unwrap_or_default();
                    return Err(format!("the server said: {said}"));
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap_or_else(|_| Err("the server did not say what was awaited".to_owned()))
    }

    /// Leaves on purpose.
    pub async fn leave(mut self) {
        // The connection may be gone already.
        let _ = self
            .socket
            .say(json!({ "type": "leave" }).to_string())
            .await;
        let _ = tokio::time::timeout(PATIENCE, async {
            while self.socket.next().await.is_ok() {}
        })
        .await;
    }
}

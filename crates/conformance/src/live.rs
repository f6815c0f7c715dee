//! Opening a document over a WebSocket, in the two protocols that there are.

mod onlyoffice;
mod recto;
mod writer;

use futures::{SinkExt as _, StreamExt as _};
use rand::RngCore as _;
use reqwest::{Client, StatusCode, Upgraded, header};
use serde_json::Value;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

pub(crate) use writer::Writer;

use crate::judge::Outcome;
use crate::request::ReadyLive;

/// What a server speaks on its WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// socket.io 4.
    Onlyoffice,
    /// Recto's own.
    Recto,
}

impl Protocol {
    fn path(self, key: &str) -> String {
        match self {
            Self::Onlyoffice => format!("/doc/{key}/c/?EIO=4&transport=websocket"),
            Self::Recto => format!("/doc/{key}/live"),
        }
    }

    /// Whether the server at `base` speaks it.
    pub async fn is_spoken(self, client: &Client, base: &str) -> bool {
        let path = self.path("conformance");
        let Ok(mut socket) = Socket::connect(client, &format!("{base}{path}")).await else {
            return false;
        };
        let spoken = match self {
            // The server speaks first.
            Self::Onlyoffice => socket.next().await.is_ok_and(|text| text.starts_with("0{")),
            Self::Recto => true,
        };
        socket.close().await;
        spoken
    }

    /// Opens a document as far as it takes to know whether the token is accepted.
    pub async fn open(self, client: &Client, base: &str, request: &ReadyLive) -> Outcome {
        let url = format!("{base}{}", self.path(&request.key));
        let mut socket = match Socket::connect(client, &url).await {
            Ok(socket) => socket,
            Err(reason) => return Outcome::Nothing(reason),
        };
        let outcome = match self {
            Self::Onlyoffice => onlyoffice::open(&mut socket, request).await,
            Self::Recto => recto::open(&mut socket, request).await,
        };
        socket.close().await;
        outcome.unwrap_or_else(Outcome::Nothing)
    }
}

/// A connection; errors are sentences for the report.
struct Socket(WebSocketStream<Upgraded>);

impl Socket {
    /// Connects as the HTTP client does, and goes on as a WebSocket: one way through proxies and TLS.
    async fn connect(client: &Client, url: &str) -> Result<Self, String> {
        let mut nonce = [0_u8; 16];
        rand::rng().fill_bytes(&mut nonce);
        let nonce = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, nonce);
        let answer = client
            .get(url)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, &nonce)
            .send()
            .await
            .map_err(|error| crate::runner::reason(&error))?;
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(format!("no WebSocket: status {}", answer.status().as_u16()));
        }
        let accept = answer.headers().get(header::SEC_WEBSOCKET_ACCEPT);
        if accept.is_none_or(|accept| *accept != derive_accept_key(nonce.as_bytes())) {
            return Err("no WebSocket: a wrong handshake".to_owned());
        }
        let upgraded = answer
            .upgrade()
            .await
            .map_err(|error| crate::runner::reason(&error))?;
        Ok(Self(
            WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await,
        ))
    }

    /// The next text.
    async fn next(&mut self) -> Result<String, String> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(_))) | None => {
                    return Err("the server closed the connection without an answer".to_owned());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(format!("the connection broke: {error}")),
            }
        }
    }

    async fn say(&mut self, text: String) -> Result<(), String> {
        self.0
            .send(Message::text(text))
            .await
            .map_err(|error| format!("the connection broke: {error}"))
    }

    async fn close(&mut self) {
        // The server may have closed it.
        let _ = self.0.close(None).await;
    }
}

/// A refusal with the members `code` and `description`.
fn refused(data: &Value) -> Outcome {
    Outcome::Refused {
        code: data["code"].as_i64(),
        description: data["description"].as_str().map(str::to_owned),
    }
}

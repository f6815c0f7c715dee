//! A browser as far as the live protocol sees it.

use axum::http::HeaderName;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{LONGEST, Server};

/// What a WebSocket goes over.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<W: AsyncRead + AsyncWrite + Unpin + Send> Wire for W {}

/// One participant's connection. Dropping it is losing it.
pub struct Browser {
    socket: WebSocketStream<Box<dyn Wire>>,
    seq: u64,
    /// The last `opened`.
    pub opened: Value,
}

/// How a connection ended.
#[derive(Debug)]
pub struct Ending {
    /// `refused` or `failed`, or the last message of all.
    pub last: Value,
}

impl Ending {
    /// The stable code of the reason.
    pub fn code(&self) -> &str {
        self.last["code"].as_str().unwrap_or_default()
    }
}

impl Browser {
    /// Connects, and says nothing yet.
    pub async fn connect(server: &Server, key: &str) -> Self {
        Self::connect_to(server, &server.address().to_string(), key).await
    }

    /// Connects to the server by one of its names.
    pub async fn connect_to(server: &Server, host: &str, key: &str) -> Self {
        Self::connect_with(server, &[("host", host)], key).await
    }

    /// Connects with headers of one's own choice.
    pub async fn connect_with(server: &Server, headers: &[(&str, &str)], key: &str) -> Self {
        let url = format!("ws://{}/doc/{key}/live", server.address());
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let wire = TcpStream::connect(server.address()).await.unwrap();
        Self::over(Box::new(wire), request).await.unwrap()
    }

    /// Connects over what leads to the server; gives the error of a connection that is refused.
    pub async fn over(wire: Box<dyn Wire>, request: Request) -> Result<Self, Error> {
        let (socket, _) = client_async(request, wire).await?;
        Ok(Self {
            socket,
            seq: 0,
            opened: Value::Null,
        })
    }

    /// Connects, unless the server does not take the connection.
    pub async fn try_connect(server: &Server, key: &str) -> Option<Self> {
        let url = format!("ws://{}/doc/{key}/live", server.address());
        let wire = TcpStream::connect(server.address()).await.ok()?;
        let request = url.into_client_request().unwrap();
        Self::over(Box::new(wire), request).await.ok()
    }

    /// Sends bytes as they are; false if the server did not take all of them.
    pub async fn send_raw(&mut self, bytes: &[u8]) -> bool {
        self.socket.get_mut().write_all(bytes).await.is_ok()
    }

    /// Opens the document that a config names, and waits for `opened`.
    pub async fn open(server: &Server, config: &Value) -> Self {
        let key = config["document"]["key"].as_str().unwrap();
        let mut browser = Self::connect(server, key).await;
        browser
            .say(&json!({ "type": "open", "config": config }))
            .await;
        browser.until_opened().await;
        browser
    }

    /// Opens the document that a config names at one of the server's names.
    pub async fn open_at(server: &Server, host: &str, config: &Value) -> Self {
        Self::open_with(server, &[("host", host)], config).await
    }

    /// Opens the document that a config names with headers of one's own choice.
    pub async fn open_with(server: &Server, headers: &[(&str, &str)], config: &Value) -> Self {
        let key = config["document"]["key"].as_str().unwrap();
        let mut browser = Self::connect_with(server, headers, key).await;
        browser
            .say(&json!({ "type": "open", "config": config }))
            .await;
        browser.until_opened().await;
        browser
    }

    /// Sends a first message to one of the server's names, which is expected to refuse it.
    pub async fn refused_at(server: &Server, host: &str, key: &str, open: &Value) -> Ending {
        let mut browser = Self::connect_to(server, host, key).await;
        browser.say(open).await;
        browser.ending().await
    }

    /// Comes back with what an earlier connection was given.
    pub async fn come_back(server: &Server, key: &str, before: &Value, sent: u64) -> Self {
        let mut browser = Self::connect(server, key).await;
        browser
            .say(&json!({
                "type": "open", "config": {}, "session": before["session"],
                "resume": { "participant": before["participant"], "sent": sent },
            }))
            .await;
        browser.until_opened().await;
        browser
    }

    /// Sends a first message that is expected to be refused.
    pub async fn refused(server: &Server, key: &str, open: &Value) -> Ending {
        let mut browser = Self::connect(server, key).await;
        browser.say(open).await;
        browser.ending().await
    }

    /// Opens a document that is expected to be refused.
    pub async fn open_refused(server: &Server, key: &str, config: &Value) -> Ending {
        Self::refused(server, key, &json!({ "type": "open", "config": config })).await
    }

    /// Waits for `opened`, and numbers inputs on from what it says.
    pub async fn until_opened(&mut self) -> Value {
        let opened = self.until("opened").await;
        self.seq = opened["applied"].as_u64().unwrap();
        self.opened = opened.clone();
        opened
    }

    /// Sends a message.
    pub async fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string())).await;
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Message) {
        self.socket.send(frame).await.unwrap();
    }

    /// Sends a frame to a server that may have ended the connection.
    pub async fn try_send(&mut self, frame: Message) -> bool {
        self.socket.send(frame).await.is_ok()
    }

    /// Sends an input and gives its number.
    pub async fn input(&mut self, input: Value) -> u64 {
        self.seq += 1;
        self.numbered(self.seq, input).await;
        self.seq
    }

    /// Sends an input under a number of one's own choice.
    pub async fn numbered(&mut self, seq: u64, input: Value) {
        self.say(&json!({ "type": "input", "seq": seq, "input": input }))
            .await;
    }

    /// Types, and waits until the engine has it.
    pub async fn types(&mut self, text: &str) {
        let seq = self.input(json!({ "kind": "text", "text": text })).await;
        self.until_applied(seq).await;
    }

    /// Waits until an input was applied.
    pub async fn until_applied(&mut self, seq: u64) {
        self.until_that(|m| m["type"] == "ack" && m["seq"].as_u64() >= Some(seq))
            .await;
    }

    /// Has the document stored now, and waits until it is.
    pub async fn saves(&mut self) {
        self.say(&json!({ "type": "save" })).await;
        self.until_saved().await;
    }

    /// Waits until the server says that all is on disk.
    pub async fn until_saved(&mut self) {
        self.until_that(|m| m["type"] == "save" && m["state"] == "saved")
            .await;
    }

    /// The next message of a type.
    pub async fn until(&mut self, kind: &str) -> Value {
        self.until_that(|message| message["type"] == kind).await
    }

    /// The next message that is what the test waits for; others are passed over.
    pub async fn until_that(&mut self, wanted: impl FnMut(&Value) -> bool) -> Value {
        self.all_until(wanted).await.pop().unwrap()
    }

    /// All messages up to the one that the test waits for.
    pub async fn all_until(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Vec<Value> {
        let mut passed = Vec::new();
        let waiting = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let message: Value = serde_json::from_str(&text).unwrap();
                        passed.push(message);
                        if passed.last().is_some_and(&mut wanted) {
                            return;
                        }
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => {
                        panic!("the connection ended after {passed:#?}")
                    }
                    Some(Ok(_)) => {}
                }
            }
        };
        let found = timeout(LONGEST, waiting).await;
        assert!(
            found.is_ok(),
            "the awaited message did not come after {passed:#?}"
        );
        passed
    }

    /// Reads on until the connection ends.
    pub async fn ending(&mut self) -> Ending {
        let mut last = Value::Null;
        let waiting = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let message: Value = serde_json::from_str(&text).unwrap();
                        let reason = |m: &Value| m["type"] == "refused" || m["type"] == "failed";
                        if reason(&message) || !reason(&last) {
                            last = message;
                        }
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                }
            }
        };
        let ended = timeout(LONGEST, waiting).await;
        assert!(ended.is_ok(), "the connection did not end");
        Ending { last }
    }

    /// Leaves on purpose.
    pub async fn leave(mut self) {
        self.say(&json!({ "type": "leave" })).await;
        self.ending().await;
    }
}

//! Recto's own protocol (`docs/development/live-protocol.md`).

use serde_json::{Value, json};

use super::{Socket, refused};
use crate::judge::Outcome;
use crate::request::ReadyLive;

pub async fn open(socket: &mut Socket, request: &ReadyLive) -> Result<Outcome, String> {
    let first = if request.as_session {
        json!({ "type": "open", "config": {}, "session": request.token, "resume": null })
    } else {
        let mut config = request.config.clone();
        if let Some(token) = &request.token {
            config["token"] = token.clone();
        }
        json!({ "type": "open", "config": config })
    };
    socket.say(first.to_string()).await?;
    loop {
        let text = socket.next().await?;
        let message: Value = serde_json::from_str(&text)
            .map_err(|_| "the server sent a message that is not JSON".to_owned())?;
        match message["type"].as_str() {
            Some("refused") => return Ok(refused(&message["wire"])),
            // The document is fetched only after the token was accepted, and this one cannot be.
            Some("progress" | "opened") => {
                socket.say(json!({ "type": "leave" }).to_string()).await?;
                return Ok(Outcome::Accepted);
            }
            Some("failed") => {
                let code = message["code"].as_str().unwrap_or_default();
                return if code.starts_with("live.") {
                    Err(format!("the server did not understand the opening: {code}"))
                } else {
                    Ok(Outcome::Accepted)
                };
            }
            _ => {}
        }
    }
}

//! ONLYOFFICE's protocol: socket.io 4 on engine.io 4, as far as an opening needs it.

use serde_json::{Value, json};

use super::{Socket, refused};
use crate::judge::Outcome;
use crate::request::ReadyLive;

pub async fn open(socket: &mut Socket, request: &ReadyLive) -> Result<Outcome, String> {
    loop {
        let text = socket.next().await?;
        // The first digit is engine.io's type, and after its 4 the second one socket.io's.
        if text.starts_with('0') {
            socket.say(format!("40{}", handshake(request))).await?;
        } else if text == "2" {
            socket.say("3".to_owned()).await?;
        } else if text.starts_with("40") {
            let event = json!(["message", auth(request)]);
            socket.say(format!("42{event}")).await?;
        } else if let Some(error) = text.strip_prefix("44") {
            return Ok(refused(&parsed(error)?["data"]));
        } else if let Some(event) = text.strip_prefix("42") {
            let message = &parsed(event)?[1];
            match message["type"].as_str() {
                Some("disconnectReason") => return Ok(refused(message)),
                Some("auth" | "authChanges" | "waitAuth" | "documentOpen") => {
                    socket.say("41".to_owned()).await?;
                    return Ok(Outcome::Accepted);
                }
                Some("error") => {
                    let description = message["description"].as_str().unwrap_or_default();
                    return Err(format!("the server reports an error: {description}"));
                }
                _ => {}
            }
        } else if text.starts_with("41") {
            return Err("the server ended the session without a reason".to_owned());
        }
    }
}

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|_| "the server sent a message that is not JSON".to_owned())
}

/// What goes with the connection.
fn handshake(request: &ReadyLive) -> Value {
    let mut handshake = json!({ "data": {} });
    if let Some(token) = &request.token {
        let name = if request.as_session {
            "session"
        } else {
            "token"
        };
        handshake[name] = token.clone();
    }
    handshake
}

/// The message that opens a document.
fn auth(request: &ReadyLive) -> Value {
    let config = &request.config;
    let (document, editor) = (&config["document"], &config["editorConfig"]);
    let user = &editor["user"];
    let mut auth = json!({
        "type": "auth",
        "docid": document["key"],
        // Any text does here; the token itself comes under another name.
        "token": "conformance",
        "user": { "id": user["id"], "username": user["name"], "indexUser": -1 },
        "editorType": 0,
        "lastOtherSaveTime": -1,
        "block": [],
        "sessionTimeIdle": 0,
        "documentFormatSave": 65,
        "isCloseCoAuthoring": false,
        "openCmd": {
            "c": "open", "id": document["key"], "userid": user["id"], "format": document["fileType"],
            "url": document["url"], "title": document["title"], "lcid": 9, "nobase64": true,
        },
        "lang": editor["lang"],
        "encrypted": false,
        "IsAnonymousUser": false,
        "timezoneOffset": 0,
        "coEditingMode": "fast",
        "supportAuthChangesAck": true,
    });
    // What the config does not have is not sent.
    for (name, value) in [
        ("documentCallbackUrl", &editor["callbackUrl"]),
        ("mode", &editor["mode"]),
        ("permissions", &document["permissions"]),
    ] {
        if !value.is_null() {
            auth[name] = value.clone();
        }
    }
    if let Some(token) = &request.token {
        let name = if request.as_session {
            "jwtSession"
        } else {
            "jwtOpen"
        };
        auth[name] = token.clone();
    }
    auth
}

//! The live protocols.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::SECRET;
use super::verify::{Refused, refused, verify};
use super::{Fault, Ways};

/// What the page says, wherever the protocol has it.
struct Page {
    permissions: Value,
    callback_url: Value,
    mode: Value,
}

fn truthy(value: &Value) -> bool {
    !(value.is_null() || *value == "" || *value == false || *value == 0)
}

/// Verifies an opening as ONLYOFFICE was seen to.
fn open(ways: Ways, token: &Value, page: &Page) -> Result<(), Refused> {
    let claims = Value::Object(verify(ways, token)?);
    let (document, editor) = (&claims["document"], &claims["editorConfig"]);
    let lacking = [
        ("document.key", &document["key"], true),
        (
            "document.permissions",
            &document["permissions"],
            truthy(&page.permissions),
        ),
        ("document.url", &document["url"], true),
        (
            "editorConfig.callbackUrl",
            &editor["callbackUrl"],
            truthy(&page.callback_url),
        ),
        (
            "editorConfig.mode",
            &editor["mode"],
            truthy(&page.mode) && page.mode != "view",
        ),
    ]
    .into_iter()
    .find(|(_, value, needed)| *needed && !truthy(value));
    if let Some((path, _, _)) = lacking {
        return Err(match ways.fault {
            Some(Fault::NothingNamed) => refused(4006, ""),
            Some(Fault::WrongNamed) => refused(4006, " document.title is missing"),
            _ if ways.is_recto() => refused(4006, &format!(" {path} is missing")),
            _ => refused(4006, ""),
        });
    }
    let alien = ["url", "payload", "key"]
        .into_iter()
        .any(|name| truthy(&claims[name]) && !(name == "payload" && ways.has(Fault::AlienClaims)));
    if alien || document["permissions"] != page.permissions {
        return Err((Some(4004), Some("access deny".to_owned())));
    }
    // A callback has to go to a host that can be found.
    let callback = page.callback_url.as_str().unwrap_or_default();
    if !ways.is_recto() && callback.contains(".invalid/") {
        return Err((Some(4007), Some("drop".to_owned())));
    }
    Ok(())
}

fn member(value: &Value, path: [&str; 2]) -> Value {
    value[path[0]][path[1]].clone()
}

async fn text(socket: &mut WebSocket) -> Option<String> {
    while let Some(Ok(message)) = socket.recv().await {
        if let Message::Text(text) = message {
            return Some(text.to_string());
        }
    }
    None
}

async fn say(socket: &mut WebSocket, text: String) {
    // The client may have gone.
    let _ = socket.send(Message::Text(text.into())).await;
}

pub async fn recto(State(ways): State<Arc<Ways>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |mut socket| async move {
        let Some(first) = text(&mut socket).await else {
            return;
        };
        let first: Value = serde_json::from_str(&first).unwrap();
        let config = &first["config"];
        let result = if first["session"].is_null() {
            let page = Page {
                permissions: member(config, ["document", "permissions"]),
                callback_url: member(config, ["editorConfig", "callbackUrl"]),
                mode: member(config, ["editorConfig", "mode"]),
            };
            open(*ways, &config["token"], &page)
        } else {
            Err(refused(4006, "invalid token"))
        };
        let answer = match result {
            Ok(()) => json!({ "type": "progress", "stage": "downloading" }),
            Err((code, description)) => json!({
                "type": "refused", "wire": { "code": code, "description": description },
            }),
        };
        say(&mut socket, answer.to_string()).await;
        text(&mut socket).await;
    })
}

pub async fn onlyoffice(
    State(ways): State<Arc<Ways>>,
    Path(key): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(move |mut socket| async move {
        say(&mut socket, format!("0{}", json!({ "sid": "s", "pingInterval": 25_000 }))).await;
        let Some(handshake) = text(&mut socket).await else {
            return;
        };
        let Some(handshake) = handshake.strip_prefix("40") else {
            return;
        };
        let handshake: Map<String, Value> = serde_json::from_str(handshake).unwrap();
        assert!(handshake["data"].is_object());
        let token = handshake.get("session").or(handshake.get("token"));
        let token = token.cloned().unwrap_or_default();
        if let Err((code, description)) = verify(*ways, &token) {
            let description = match description {
                Some(description) if ways.has(Fault::Echo) => {
                    Some(format!("{description} {token} {SECRET}"))
                }
                description => description,
            };
            let refusal = json!({ "message": "not authorized", "data": { "code": code, "description": description } });
            say(&mut socket, format!("44{refusal}")).await;
            return;
        }
        say(&mut socket, "2".to_owned()).await;
        assert_eq!(text(&mut socket).await.as_deref(), Some("3"));
        say(&mut socket, "40{\"sid\":\"t\"}".to_owned()).await;
        let event = |message: Value| format!("42{}", json!(["message", message]));
        say(&mut socket, event(json!({ "type": "license", "license": {} }))).await;
        let Some(auth) = text(&mut socket).await else {
            return;
        };
        let auth: Value = serde_json::from_str(auth.strip_prefix("42").unwrap()).unwrap();
        let auth = &auth[1];
        assert_eq!(auth["docid"], key);
        assert!(truthy(&auth["token"]) && truthy(&auth["user"]));
        let token = if auth["jwtSession"].is_null() {
            &auth["jwtOpen"]
        } else {
            &auth["jwtSession"]
        };
        let page = Page {
            permissions: auth["permissions"].clone(),
            callback_url: auth["documentCallbackUrl"].clone(),
            mode: auth["mode"].clone(),
        };
        let answer = match open(*ways, token, &page) {
            Ok(()) => json!({ "type": "auth", "result": 1, "jwt": SECRET }),
            Err((code, description)) => json!({ "type": "disconnectReason", "code": code, "description": description }),
        };
        say(&mut socket, event(answer)).await;
        text(&mut socket).await;
    })
}

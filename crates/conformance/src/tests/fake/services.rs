//! The services over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::super::SECRET;
use super::verify::verify;
use super::{Fault, Ways};

type Parameters = Map<String, Value>;

/// What was sent, and what was signed of it or the code of the refusal.
struct Received {
    sent: Parameters,
    signed: Result<Parameters, Option<i64>>,
}

fn receive(ways: Ways, query: Parameters, headers: &HeaderMap, body: &[u8]) -> Received {
    let sent: Parameters = serde_json::from_slice(body).unwrap_or(query);
    let token = sent.get("token").cloned().unwrap_or_default();
    let token = if token.is_null() || token == "" {
        let name = if ways.has(Fault::Header) {
            "authorizationjwt"
        } else {
            "authorization"
        };
        let value = headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap());
        let mut bare = value.strip_prefix("Bearer ");
        if ways.has(Fault::LowerCaseBearer) {
            bare = bare.or_else(|| value.strip_prefix("bearer "));
        }
        bare.map(Value::from).unwrap_or_default()
    } else {
        token
    };
    let signed = verify(ways, &token)
        .map_err(|(code, _)| code)
        .map(|claims| {
            let mut all = claims.clone();
            for name in ["payload", "query"] {
                if let Some(Value::Object(members)) = claims.get(name) {
                    all.extend(members.clone());
                }
            }
            all
        });
    Received { sent, signed }
}

fn answer(ways: Ways, mut answer: Value, sent: &Parameters) -> Response {
    if ways.is_recto() && answer["error"] != 0 {
        answer["message"] = "What is wrong.".into();
        answer["hint"] = "What to do.".into();
    }
    if ways.has(Fault::Echo) {
        answer["echo"] = json!([sent, SECRET]);
    }
    Json(answer).into_response()
}

fn not_built(error: i64) -> Response {
    let answer = json!({ "error": error, "code": "server.not_built", "message": "m", "hint": "h" });
    (StatusCode::NOT_IMPLEMENTED, Json(answer)).into_response()
}

pub async fn command(
    State(ways): State<Arc<Ways>>,
    Query(query): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let received = receive(*ways, query, &headers, &body);
    let (mut parameters, refused) = match received.signed {
        Ok(signed) => (signed, None),
        Err(_) if ways.has(Fault::TokensOff) => (received.sent.clone(), None),
        Err(code) => (received.sent.clone(), Some(code)),
    };
    if ways.has(Fault::UnsignedKey) && parameters.contains_key("key") {
        parameters.insert("key".into(), received.sent["key"].clone());
    }
    let text = |name: &str| parameters.get(name).and_then(Value::as_str);
    let mut reply = match (refused, text("c"), text("key")) {
        (Some(Some(4005)), _, _) => json!({ "error": 7 }),
        (Some(_), _, _) => json!({ "error": 6 }),
        (None, Some("version"), _) if ways.is_recto() => {
            json!({ "error": 0, "version": "9.3.0", "recto": "0.1.0" })
        }
        (None, Some("version"), _) => json!({ "error": 0, "version": "9.3.0.1" }),
        (None, Some("getForgottenList"), _) => json!({ "error": 0, "keys": [] }),
        (None, _, None) | (None, Some("info" | "forcesave" | "getForgotten"), _) => {
            json!({ "error": 1 })
        }
        (None, Some("drop"), _) => json!({ "error": 0 }),
        (None, _, Some(_)) => json!({ "error": 5 }),
    };
    if let Some(key) = parameters.get("key") {
        reply["key"] = key.clone();
    }
    answer(*ways, reply, &received.sent)
}

pub async fn converter(
    State(ways): State<Arc<Ways>>,
    uri: Uri,
    Query(query): Query<Parameters>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let received = receive(*ways, query, &headers, &body);
    let reply = match &received.signed {
        Err(_) => json!({ "error": -8 }),
        Ok(signed) => {
            let text = |name: &str| signed.get(name).and_then(Value::as_str).unwrap_or_default();
            let output = text("outputtype");
            let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            if !plain(text("key"))
                || text("filetype").contains('-')
                || text("url").is_empty()
                || output != "pdf"
            {
                json!({ "error": -7 })
            } else if ways.is_recto() {
                return not_built(-1);
            } else if text("url").contains(".invalid/") {
                json!({ "error": -4 })
            } else if signed.get("async") == Some(&Value::Bool(true)) {
                json!({ "percent": 0, "endConvert": false })
            } else {
                let host = headers[header::HOST].to_str().unwrap();
                let expires = ways.now() + 900;
                let link = format!("http://{host}/cache/files/x?md5=good&expires={expires}");
                json!({ "fileUrl": link, "fileType": "pdf", "percent": 100, "endConvert": true })
            }
        }
    };
    let json = headers
        .get(header::ACCEPT)
        .is_some_and(|accept| accept != "*/*");
    if uri.path() == "/ConvertService.ashx" && !json {
        let error = &reply["error"];
        let hint = if ways.is_recto() {
            "<Hint>What to do.</Hint>"
        } else {
            ""
        };
        return format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<FileResult><Error>{error}</Error>{hint}</FileResult>"
        )
        .into_response();
    }
    answer(*ways, reply, &received.sent)
}

pub async fn docbuilder(
    State(ways): State<Arc<Ways>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if ways.has(Fault::Silent) {
        std::future::pending::<()>().await;
    }
    let received = receive(*ways, Map::new(), &headers, &body);
    assert!(received.signed.is_err());
    answer(*ways, json!({ "error": -8 }), &received.sent)
}

/// A converted file.
pub async fn result(State(ways): State<Arc<Ways>>, Query(query): Query<Parameters>) -> StatusCode {
    let expires: i64 = query["expires"].as_str().unwrap().parse().unwrap();
    if expires < ways.now() {
        StatusCode::GONE
    } else if query["md5"] == "good" {
        StatusCode::OK
    } else {
        StatusCode::FORBIDDEN
    }
}

/// What has no route, or not this method.
pub async fn others(State(ways): State<Arc<Ways>>, method: Method, uri: Uri) -> Response {
    let path = uri.path();
    let known = [
        "downloadfile",
        "savefile",
        "downloadas",
        "upload",
        "printfile",
    ];
    let service = path.split('/').nth(1).unwrap_or_default();
    if known.contains(&service) {
        if ways.is_recto() {
            return not_built(3);
        }
        return StatusCode::FORBIDDEN.into_response();
    }
    assert!(
        path == "/command" && method == Method::GET
            || path.ends_with("/healthcheck")
            || path.starts_with("/doc/"),
        "nobody asks for {method} {path}"
    );
    if ways.is_recto() && path == "/command" {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    StatusCode::NOT_FOUND.into_response()
}

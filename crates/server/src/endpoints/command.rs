//! `/command` and `/coauthoring/CommandService.ashx`: the command service.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use recto_docs_api::{DOCS_API_VERSION, DocumentKey};
use recto_session::ForceSaving;
use recto_token::Service;
use serde_json::{Map, Value, json};

use super::Shared;
use super::not_built::sentence;
use crate::request_id::Reference;
use crate::service::ServiceRequest;

/// `error` of an answer (spec 7.1).
mod error {
    pub const KEY: i32 = 1;
    pub const CALLBACK: i32 = 2;
    pub const INTERNAL: i32 = 3;
    pub const UNCHANGED: i32 = 4;
    pub const COMMAND: i32 = 5;
}

/// Commands that name no document.
const WITHOUT_KEY: [&str; 3] = ["version", "license", "getForgottenList"];

/// Commands that name one.
const WITH_KEY: [&str; 7] = [
    "info",
    "drop",
    "forcesave",
    "meta",
    "saved",
    "getForgotten",
    "deleteForgotten",
];

/// Checks the token before the key, and the key before the command, as on the server whose clients
/// read the numbers (spec 3.3). Every answer is JSON.
pub async fn command(
    State(shared): State<Arc<Shared>>,
    reference: Reference,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = ServiceRequest::new(&shared, Service::Command, &uri, &headers, &body, &reference);
    let parameters = match request.verified() {
        Ok(parameters) => parameters.into_inner(),
        Err(answer) => return Json(answer).into_response(),
    };
    let key = parameters.get("key").cloned();
    let (status, mut answer) = carry_out(&shared, &request, &parameters).await;
    if let Some(key) = key {
        answer["key"] = key;
    }
    (status, Json(answer)).into_response()
}

async fn carry_out(
    shared: &Shared,
    request: &ServiceRequest<'_>,
    parameters: &Map<String, Value>,
) -> (StatusCode, Value) {
    let ok = |answer: Value| (StatusCode::OK, answer);
    let name = parameters.get("c").and_then(Value::as_str).unwrap_or("");
    if WITHOUT_KEY.contains(&name) {
        return match name {
            "version" => ok(json!({ "error": 0, "version": DOCS_API_VERSION })),
            _ => not_built(name),
        };
    }
    let Some(key) = parameters.get("key").and_then(Value::as_str) else {
        return ok(request.lacks("key"));
    };
    if !WITH_KEY.contains(&name) {
        if name.is_empty() {
            let mut answer = request.lacks("c");
            answer["error"] = error::COMMAND.into();
            return ok(answer);
        }
        return ok(request.wrong(
            error::COMMAND,
            "request.unknown_command",
            "There is no such command.",
            "Give one of version, license, info, drop, forcesave, meta, getForgotten, getForgottenList and deleteForgotten as \"c\".",
        ));
    }
    let unknown = || {
        ok(request.wrong(
            error::KEY,
            "request.unknown_key",
            "No document with this key is open here.",
            "Give the key that the document was opened with; when it was saved and closed, there is none any more.",
        ))
    };
    if name == "meta" && !parameters.get("meta").is_some_and(Value::is_object) {
        let mut answer = request.lacks("meta");
        answer["error"] = error::COMMAND.into();
        return ok(answer);
    }
    let open = match DocumentKey::try_from(key) {
        Ok(key) if shared.sessions.is_open(&key) => Some(key),
        _ => None,
    };
    let userdata = || {
        let userdata = parameters.get("userdata").and_then(Value::as_str);
        userdata.map(str::to_owned)
    };
    match (name, open) {
        ("info", Some(key)) => match shared.sessions.info(&key, userdata()).await {
            Some(users) => ok(json!({ "error": 0, "users": users })),
            None => unknown(),
        },
        ("forcesave", Some(key)) => match shared.sessions.force_save(&key, userdata()).await {
            Some(ForceSaving::Started) => ok(json!({ "error": 0 })),
            Some(ForceSaving::Unchanged) => ok(request.wrong(
                error::UNCHANGED,
                "request.unchanged",
                "Nothing was changed since this document was opened or saved.",
                "Take this for a success: the file that you have is the newest.",
            )),
            Some(ForceSaving::NoCallback) => ok(request.wrong(
                error::CALLBACK,
                "callback.missing",
                "There is no address to give this document to.",
                "Set editorConfig.callbackUrl in the signed config of those who edit.",
            )),
            None => unknown(),
        },
        ("info" | "forcesave", None) => unknown(),
        ("drop", open) => {
            let Ok(users) = users(parameters.get("users")) else {
                return ok(request.wrong(
                    error::INTERNAL,
                    "request.users",
                    "\"users\" is no list of user ids.",
                    "Give an array of the ids that the configs have as editorConfig.user.id, or leave \"users\" out to send everybody away.",
                ));
            };
            // Of a document that is not open, nobody has to be sent away.
            if let Some(key) = open {
                shared.sessions.drop_users(&key, users).await;
            }
            ok(json!({ "error": 0 }))
        }
        // Nobody is there to see a new title.
        ("meta", None) => ok(json!({ "error": 0 })),
        _ => not_built(name),
    }
}

/// The ids of users: an array, or the JSON text of one. `None` means everybody.
fn users(value: Option<&Value>) -> Result<Option<Vec<String>>, ()> {
    let parsed;
    let value = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => {
            parsed = serde_json::from_str(text).map_err(|_| ())?;
            &parsed
        }
        Some(value) => value,
    };
    let ids = value.as_array().ok_or(())?.iter().map(|id| match id {
        Value::String(id) => Ok(id.clone()),
        // An id that is a number in a config is a text from there on.
        Value::Number(id) => Ok(id.to_string()),
        _ => Err(()),
    });
    ids.collect::<Result<_, _>>().map(Some)
}

fn not_built(name: &str) -> (StatusCode, Value) {
    (
        StatusCode::NOT_IMPLEMENTED,
        sentence(error::INTERNAL, &format!("the command {name}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_an_array_or_the_text_of_one() {
        let some = |ids: &[&str]| Ok(Some(ids.iter().map(ToString::to_string).collect()));
        assert_eq!(users(None), Ok(None));
        assert_eq!(users(Some(&json!(["a", 7]))), some(&["a", "7"]));
        assert_eq!(users(Some(&json!(r#"["a"]"#))), some(&["a"]));
        assert_eq!(users(Some(&json!([]))), some(&[]));
        for wrong in [
            json!("a"),
            json!("7"),
            json!({}),
            json!([{}]),
            json!(true),
            json!(""),
        ] {
            assert_eq!(users(Some(&wrong)), Err(()), "{wrong}");
        }
    }
}

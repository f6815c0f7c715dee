//! Telling the document server that somebody's rights have changed, for those who have the file open.

use std::time::Duration;

use serde_json::{Value, json};

use super::config::{document_key, rights_of};
use crate::App;
use crate::storage::{FileRow, Level};

/// A document server that does not answer must not keep the owner of a file waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// Has the document server keep to a user's new right at once: without one he is sent away, with a
/// lesser one he may do less from his next key on. A right that is more than he opened the file with
/// counts when he opens it again.
///
/// What the database says counts in any case, so a failure is logged and no more.
pub(crate) async fn tell_right(app: &App, file: &FileRow, user: &str, level: Option<Level>) {
    let key = document_key(&file.id, &file.key_version);
    let fields = match level {
        None => json!({ "c": "drop", "key": key, "users": [user] }),
        Some(level) => json!({
            "c": "permissions",
            "key": key,
            "users": [user],
            "permissions": rights_of(level).permissions(),
        }),
    };
    if let Err(reason) = send(app, &fields).await {
        tracing::warn!(
            file = file.id,
            reason,
            "the document server was not told of a changed right"
        );
    }
}

async fn send(app: &App, fields: &Value) -> Result<(), String> {
    let url = app
        .settings
        .document_server
        .join("command")
        .map_err(|error| error.to_string())?;
    let answer = app
        .http
        .post(url)
        .timeout(PATIENCE)
        .json(&app.settings.integrator.sign_request(fields, app.now()))
        .send()
        .await
        .map_err(|error| error.without_url().to_string())?;
    let answer: Value = answer
        .json()
        .await
        .map_err(|error| error.without_url().to_string())?;
    match answer["error"].as_i64() {
        Some(0) => Ok(()),
        _ => Err(format!("it answered {answer}")),
    }
}

//! Telling the document server that somebody's rights have changed, for those who have the file open.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::config::{document_key, rights_of};
use crate::App;
use crate::storage::{FileRow, Level};

/// A document server that does not answer must not keep the owner of a file waiting: for all that it is
/// told together.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes the document server apply users' new rights at once: without one they are sent away, with a
/// lesser one they may do less from their next key on. A right that is more than they opened the file with
/// counts when they open it again.
///
/// Those who get the same right are told of together, and all at once. What the database says counts in
/// any case, so a failure is logged and no more.
pub(crate) async fn tell_rights(app: &App, file: &FileRow, rights: &[(String, Option<Level>)]) {
    let key = document_key(&file.id, &file.key_version);
    let mut users_with: BTreeMap<Option<Level>, Vec<&str>> = BTreeMap::new();
    for (user, level) in rights {
        users_with.entry(*level).or_default().push(user);
    }
    let all = users_with.into_iter().map(|(level, users)| {
        let fields = match level {
            None => json!({ "c": "drop", "key": key, "users": users }),
            Some(level) => json!({
                "c": "permissions",
                "key": key,
                "users": users,
                "permissions": rights_of(level).permissions(),
            }),
        };
        let app = app.clone();
        async move { send(&app, &fields).await }
    });
    let all = futures::future::join_all(all);
    // It goes on when the owner's browser does not wait for it.
    let told = tokio::spawn(tokio::time::timeout(PATIENCE, all)).await;
    let reasons: Vec<String> = match told {
        Ok(Ok(answers)) => answers.into_iter().filter_map(Result::err).collect(),
        Ok(Err(_)) => vec![format!(
            "it took longer than {} seconds",
            PATIENCE.as_secs()
        )],
        Err(error) => vec![error.to_string()],
    };
    for reason in reasons {
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

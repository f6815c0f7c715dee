//! `/command` and `/coauthoring/CommandService.ashx`: the command service.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use recto_docs_api::{DOCS_API_VERSION, DocumentKey, Explain};
use recto_session::ForceSaving;
use recto_token::Service;
use serde_json::{Map, Value, json};

use super::Shared;
use crate::client::Client;
use crate::request_id::Reference;
use crate::service::ServiceRequest;
use crate::tenants::Tenant;

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
const WITH_KEY: [&str; 8] = [
    "info",
    "drop",
    "permissions",
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
    client: Client,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = ServiceRequest::new(
        &shared,
        Service::Command,
        &uri,
        &client,
        &headers,
        &body,
        &reference,
    );
    let (tenant, parameters) = match request.verified() {
        Ok((tenant, parameters)) => (tenant, parameters.into_inner()),
        Err(answer) => {
            shared
                .metrics
                .commanded("unverified", answer["error"].as_i64());
            return Json(answer).into_response();
        }
    };
    let key = parameters.get("key").cloned();
    let mut answer = carry_out(tenant, &request, &parameters).await;
    tenant
        .metrics
        .commanded(known(&parameters), answer["error"].as_i64());
    if let Some(key) = key {
        answer["key"] = key;
    }
    Json(answer).into_response()
}

/// The command's name, if there is such a command.
fn known(parameters: &Map<String, Value>) -> &'static str {
    let name = parameters.get("c").and_then(Value::as_str);
    let mut all = WITHOUT_KEY.iter().chain(&WITH_KEY);
    all.find(|known| name == Some(**known)).unwrap_or(&"other")
}

async fn carry_out(
    tenant: &Tenant,
    request: &ServiceRequest<'_>,
    parameters: &Map<String, Value>,
) -> Value {
    let name = parameters.get("c").and_then(Value::as_str).unwrap_or("");
    if WITHOUT_KEY.contains(&name) {
        return match name {
            "version" => json!({ "error": 0, "version": DOCS_API_VERSION }),
            "license" => license(),
            _ => forgotten_list(tenant).await,
        };
    }
    let Some(key) = parameters.get("key").and_then(Value::as_str) else {
        return request.lacks("key");
    };
    if !WITH_KEY.contains(&name) {
        if name.is_empty() {
            let mut answer = request.lacks("c");
            answer["error"] = error::COMMAND.into();
            return answer;
        }
        return request.wrong(
            error::COMMAND,
            "request.unknown_command",
            "There is no such command.",
            "Give one of version, license, info, drop, permissions, forcesave, meta, getForgotten, getForgottenList and deleteForgotten as \"c\".",
        );
    }
    let command = Command {
        tenant,
        request,
        parameters,
        key: DocumentKey::try_from(key).ok(),
    };
    match name {
        "info" => command.info().await,
        "forcesave" => command.force_save().await,
        "drop" => command.drop_users().await,
        "permissions" => command.permissions().await,
        "meta" => command.meta().await,
        "getForgotten" => command.get_forgotten().await,
        "deleteForgotten" => command.delete_forgotten().await,
        _ => command.saved().await,
    }
}

/// A command that names a document.
struct Command<'r> {
    /// Whose document it is: nobody sees or commands another one's.
    tenant: &'r Tenant,
    request: &'r ServiceRequest<'r>,
    parameters: &'r Map<String, Value>,
    /// `None` if no document can have it.
    key: Option<DocumentKey>,
}

impl Command<'_> {
    async fn info(&self) -> Value {
        let users = match &self.key {
            Some(key) => self.tenant.sessions.info(key, self.userdata()).await,
            None => None,
        };
        match users {
            Some(users) => json!({ "error": 0, "users": users }),
            None => self.unknown(),
        }
    }

    async fn force_save(&self) -> Value {
        let forced = match &self.key {
            Some(key) => self.tenant.sessions.force_save(key, self.userdata()).await,
            None => None,
        };
        match forced {
            Some(ForceSaving::Started) => json!({ "error": 0 }),
            Some(ForceSaving::Unchanged) => self.request.wrong(
                error::UNCHANGED,
                "request.unchanged",
                "Nothing was changed since this document was opened or saved.",
                "Take this for a success: the file that you have is the newest.",
            ),
            Some(ForceSaving::NoCallback) => self.request.wrong(
                error::CALLBACK,
                "callback.missing",
                "There is no address to give this document to.",
                "Set editorConfig.callbackUrl in the signed config of those who edit.",
            ),
            None => self.unknown(),
        }
    }

    /// A list of users, or everybody.
    fn users(&self) -> Result<Option<Vec<String>>, Value> {
        users(self.parameters.get("users")).map_err(|()| {
            self.request.wrong(
                error::INTERNAL,
                "request.users",
                "\"users\" is no list of user ids.",
                "Give an array of the ids that the configs have as editorConfig.user.id, or leave \"users\" out to mean everybody.",
            )
        })
    }

    /// Recto's own: lowers what users may do while they have the document open, or gives it back, up to
    /// what their configs say. Of a document that is not open, nobody's rights have to be changed.
    async fn permissions(&self) -> Value {
        let Some(permissions) = self
            .parameters
            .get("permissions")
            .and_then(Value::as_object)
        else {
            let mut answer = self.request.lacks("permissions");
            answer["error"] = error::COMMAND.into();
            return answer;
        };
        let users = match self.users() {
            Ok(users) => users,
            Err(answer) => return answer,
        };
        if let Some(key) = &self.key {
            let sessions = &self.tenant.sessions;
            sessions
                .change_rights(key, users, permissions.clone())
                .await;
        }
        json!({ "error": 0 })
    }

    /// Of a document that is not open, nobody has to be sent away.
    async fn drop_users(&self) -> Value {
        let users = match self.users() {
            Ok(users) => users,
            Err(answer) => return answer,
        };
        if let Some(key) = &self.key {
            self.tenant.sessions.drop_users(key, users).await;
        }
        json!({ "error": 0 })
    }

    /// Of a document that is not open, nobody has to be shown a new title.
    async fn meta(&self) -> Value {
        let Some(meta) = self.parameters.get("meta").and_then(Value::as_object) else {
            let mut answer = self.request.lacks("meta");
            answer["error"] = error::COMMAND.into();
            return answer;
        };
        let title = match meta.get("title") {
            None | Some(Value::Null) => None,
            Some(Value::String(title)) => Some(title.clone()),
            Some(_) => {
                return self.request.wrong(
                    error::COMMAND,
                    "request.meta_title",
                    "\"meta.title\" is no text.",
                    "Give the document's new title as a text.",
                );
            }
        };
        if let (Some(key), Some(title)) = (&self.key, title) {
            self.tenant.sessions.rename(key, title).await;
        }
        json!({ "error": 0 })
    }

    async fn get_forgotten(&self) -> Value {
        let link = match &self.key {
            Some(key) => self.tenant.sessions.forgotten_link(key).await,
            None => Ok(None),
        };
        match link {
            Ok(Some(url)) => json!({ "error": 0, "url": url }),
            Ok(None) => self.not_forgotten(),
            Err(error) => store_failed(&error),
        }
    }

    async fn delete_forgotten(&self) -> Value {
        let deleted = match &self.key {
            Some(key) => self.tenant.sessions.delete_forgotten(key).await,
            None => Ok(false),
        };
        match deleted {
            Ok(true) => json!({ "error": 0 }),
            Ok(false) => self.not_forgotten(),
            Err(error) => store_failed(&error),
        }
    }

    fn not_forgotten(&self) -> Value {
        self.request.wrong(
            error::KEY,
            "request.not_forgotten",
            "There is no forgotten file with this key.",
            "Ask for the keys by getForgottenList; a file that is opened again is no longer forgotten.",
        )
    }

    /// Whether the integrator has the file of the callback that it is just being told by: any status but
    /// 1 takes back what it will answer (spec 6.5). Where no callback is under way, nothing is to be done.
    async fn saved(&self) -> Value {
        let has_it = match self.parameters.get("status") {
            Some(Value::String(status)) => status == "1",
            Some(Value::Number(status)) => status.as_u64() == Some(1),
            _ => false,
        };
        if let (Some(key), false) = (&self.key, has_it) {
            self.tenant.sessions.take_back_saved(key).await;
        }
        json!({ "error": 0 })
    }

    fn userdata(&self) -> Option<String> {
        let userdata = self.parameters.get("userdata").and_then(Value::as_str);
        userdata.map(str::to_owned)
    }

    fn unknown(&self) -> Value {
        self.request.wrong(
            error::KEY,
            "request.unknown_key",
            "No document with this key is open here.",
            "Give the key that the document was opened with; when it was saved and closed, there is none any more.",
        )
    }
}

/// There is no license that could expire or limit anything: limits are 0, as in the API where none is in
/// force, and nobody counts towards a quota. An end and a date of the build there are not.
pub(super) fn license() -> Value {
    /// The server may be used.
    const VALID: i32 = 3;
    /// Neither of the editions that are sold.
    const OPEN_SOURCE: i32 = 0;
    json!({
        "error": 0,
        "license": {
            "trial": false,
            "customization": false,
            "connections": 0,
            "connections_view": 0,
            "users_count": 0,
            "users_view_count": 0,
            "users_expire": 0,
        },
        "server": {
            "resultType": VALID,
            "packageType": OPEN_SOURCE,
            "buildVersion": DOCS_API_VERSION,
            "buildNumber": 0,
        },
        "quota": { "users": [], "users_view": [] },
    })
}

async fn forgotten_list(tenant: &Tenant) -> Value {
    match tenant.sessions.forgotten().await {
        Ok(keys) => json!({ "error": 0, "keys": keys }),
        Err(error) => store_failed(&error),
    }
}

/// The details are for the log alone.
fn store_failed(error: &impl Explain) -> Value {
    tracing::error!(code = error.code(), message = %error.message(), "a command could not be carried out");
    json!({
        "error": error::INTERNAL,
        "code": error.code(),
        "message": "The server cannot read or write its stored files.",
        "hint": "Try again, and see the server's log.",
    })
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

//! `/callbacks`: the page with the last callbacks of each document, for the administrator.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use recto_docs_api::Callback;
use recto_store::{ResultRecord, new_id};
use recto_token::link;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use url::Url;

use super::token_page::POLICY;
use super::{Shared, front_end};
use crate::callback_log::{IN_ALL, PER_DOCUMENT, Shown};
use crate::request_id::Reference;
use crate::tenants::Tenant;

/// Most bytes of a request.
const MAX_BODY: usize = 4096;
/// Where results are, on this server.
const RESULTS: &str = "/cache/files/";
/// Callbacks that are sent again at once. An integrator may take its time.
static REPLAYS: Semaphore = Semaphore::const_new(4);

/// The page and what it asks, without a guard.
pub fn routes() -> Router<Arc<Shared>> {
    let pages = Router::new()
        .route("/callbacks", get(without_slash))
        .route("/callbacks/", get(page))
        .route("/callbacks/assets/{*path}", get(asset))
        .route("/callbacks.json", get(list))
        .layer(CompressionLayer::new());
    let replay = Router::new()
        .route("/callbacks/replay", post(replay))
        .layer(DefaultBodyLimit::max(MAX_BODY));
    pages.merge(replay)
}

/// The page's addresses are relative, so that it works behind any path prefix.
pub async fn without_slash() -> Response {
    let to = [(header::LOCATION, "callbacks/")];
    (StatusCode::TEMPORARY_REDIRECT, to).into_response()
}

pub async fn page(headers: HeaderMap) -> Response {
    front_end::file("callbacks/index.html", &headers, Some(POLICY.into()))
}

pub async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    front_end::file(&format!("callbacks/assets/{path}"), &headers, None)
}

/// Which callbacks are wanted.
#[derive(Deserialize)]
pub struct Wanted {
    key: Option<String>,
    tenant: Option<String>,
}

pub async fn list(State(shared): State<Arc<Shared>>, Query(wanted): Query<Wanted>) -> Response {
    let tenants = shared.tenants.all().filter(|tenant| {
        let wanted = wanted.tenant.as_deref();
        wanted.is_none_or(|wanted| tenant.name.as_deref().unwrap_or_default() == wanted)
    });
    let mut callbacks: Vec<Shown> = tenants
        .flat_map(|tenant| tenant.callbacks.list(wanted.key.as_deref()))
        .collect();
    // Each tenant's are in order already, and stay so.
    callbacks.sort_by_key(|shown| std::cmp::Reverse(shown.at));
    Json(json!({
        "callbacks": callbacks,
        "kept": { "perDocument": PER_DOCUMENT, "inAll": IN_ALL },
    }))
    .into_response()
}

/// Which callback is to be sent again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    id: String,
}

/// Sends a callback again: the same members, newly signed, with new links. What the
/// session knows of the document does not change by it.
pub async fn replay(
    State(shared): State<Arc<Shared>>,
    Reference(request): Reference,
    ask: Result<Json<Ask>, JsonRejection>,
) -> Response {
    // Only JSON is read: a form of another site cannot send that.
    let Ok(Json(Ask { id })) = ask else {
        return refused(Refused::Form);
    };
    let Ok(_turn) = REPLAYS.try_acquire() else {
        return refused(Refused::Busy);
    };
    let known = shared
        .tenants
        .all()
        .find_map(|tenant| Some((tenant, tenant.callbacks.original(&id)?)));
    let Some((tenant, (opening, mut callback))) = known else {
        return refused(Refused::Unknown);
    };
    if let Err(why) = renew(tenant, &mut callback).await {
        return refused(why);
    }
    let status = u8::from(callback.status);
    tracing::info!(request, key = %callback.key, status, of = id, "the administrator sends a callback again");
    let delivered = tenant
        .sessions
        .services()
        .fetcher
        .deliver(&opening, &callback)
        .await;
    let shown = tenant
        .callbacks
        .replayed(&opening, &callback, &delivered, id);
    tracing::info!(request, key = %callback.key, status, outcome = shown.outcome, "the callback was sent again");
    Json(shown).into_response()
}

/// Links expire after a quarter of an hour; new ones are made to the same files.
async fn renew(tenant: &Tenant, callback: &mut Callback) -> Result<(), Refused> {
    let services = tenant.sessions.services();
    let now = (services.clock)();
    let life = i64::try_from(services.config.link_life.as_secs()).unwrap_or(900);
    let links = [&mut callback.url, &mut callback.changesurl];
    for old in links.into_iter().flatten() {
        let url = Url::parse(old).map_err(|_| Refused::Gone)?;
        let (_, rest) = url.path().split_once(RESULTS).ok_or(Refused::Gone)?;
        let id = rest.split('/').next().unwrap_or_default().to_owned();
        let result = match services.store.result(&id).await {
            Ok(Some(result)) => result,
            Ok(None) => return Err(Refused::Gone),
            Err(error) => return Err(Refused::store(&error)),
        };
        let result = ResultRecord {
            id: new_id(),
            expires: now.saturating_add(life),
            ..result
        };
        // Its file may have gone since.
        services
            .store
            .add_result(&result)
            .await
            .map_err(|_| Refused::Gone)?;
        // Names of results are `output` and an extension: there is nothing to be encoded.
        let path = format!("{RESULTS}{}/{}", result.id, result.file_name);
        *old = link(&tenant.keys, &services.public, &path, result.expires);
    }
    Ok(())
}

/// Why a callback is not sent again.
#[derive(Clone, Copy, Debug)]
enum Refused {
    Form,
    Busy,
    Unknown,
    Gone,
    Store,
}

impl Refused {
    fn store(error: &impl recto_docs_api::Explain) -> Self {
        tracing::error!(code = error.code(), message = %error.message(), "a result cannot be read");
        Self::Store
    }

    fn words(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::Form => (
                StatusCode::BAD_REQUEST,
                "callbacks.form",
                "The request is not of the form that is expected here.",
                "Send JSON such as {\"id\": \"…\"}, with the content type application/json.",
            ),
            Self::Busy => (
                StatusCode::TOO_MANY_REQUESTS,
                "callbacks.busy",
                "Other callbacks are being sent again, and wait for their answers.",
                "Try again when they are answered.",
            ),
            Self::Unknown => (
                StatusCode::NOT_FOUND,
                "callbacks.unknown",
                "This callback is no longer kept, or was too large to be.",
                "Load the list again and choose one that is in it.",
            ),
            Self::Gone => (
                StatusCode::GONE,
                "callbacks.gone",
                "The file that this callback names is no longer kept.",
                "Save the document again, with the command forcesave or by editing it.",
            ),
            Self::Store => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "callbacks.store",
                "The server cannot read or write its stored files.",
                "Try again, and see the server's log.",
            ),
        }
    }
}

fn refused(why: Refused) -> Response {
    let (status, code, message, hint) = why.words();
    let body = json!({ "code": code, "message": message, "hint": hint });
    (status, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_what_to_do() {
        let all = [
            Refused::Form,
            Refused::Busy,
            Refused::Unknown,
            Refused::Gone,
            Refused::Store,
        ]
        .map(|why| {
            let (status, code, message, hint) = why.words();
            format!("{} {code}: {message} {hint}", status.as_u16())
        })
        .join("\n");
        insta::assert_snapshot!(all, @r#"
        400 callbacks.form: The request is not of the form that is expected here. Send JSON such as {"id": "…"}, with the content type application/json.
        429 callbacks.busy: Other callbacks are being sent again, and wait for their answers. Try again when they are answered.
        404 callbacks.unknown: This callback is no longer kept, or was too large to be. Load the list again and choose one that is in it.
        410 callbacks.gone: The file that this callback names is no longer kept. Save the document again, with the command forcesave or by editing it.
        500 callbacks.store: The server cannot read or write its stored files. Try again, and see the server's log.
        "#);
    }
}

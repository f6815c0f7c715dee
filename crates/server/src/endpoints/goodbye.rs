//! `POST /doc/{key}/goodbye`: a page says that it was closed.
//!
//! What a page sends on its WebSocket while it is closed may never leave the browser; a beacon does.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use recto_docs_api::DocumentKey;
use recto_token::verify_session;

use super::{Shared, log_refusal};
use crate::client::Client;
use crate::request_id::Reference;

/// Takes the session token as the body. The connection ends by itself, and is then no lost one.
pub async fn goodbye(
    State(shared): State<Arc<Shared>>,
    Path(key): Path<String>,
    Reference(request): Reference,
    client: Client,
    headers: HeaderMap,
    session: String,
) -> StatusCode {
    let (true, Ok(key)) = (shared.origins.has(&headers), key.parse::<DocumentKey>()) else {
        return StatusCode::FORBIDDEN;
    };
    let tenant = shared.tenants.find(client.host(), Some(&session));
    let granted = tenant.and_then(|tenant| {
        let grant = verify_session(&tenant.keys, &session, &key, shared.now())?;
        Ok((tenant, grant))
    });
    match granted {
        Ok((tenant, grant)) => {
            let participant = grant.get().participant.clone();
            tenant.sessions.goodbye(&key, participant).await;
            StatusCode::NO_CONTENT
        }
        Err(refusal) => {
            log_refusal("a goodbye was refused", &request, &refusal);
            StatusCode::FORBIDDEN
        }
    }
}

//! `GET /cache/files/{id}/{name}`: a saved document, for anyone who has its signed link.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use recto_docs_api::Explain;
use recto_store::StoreError;
use recto_token::{Refusal, verify_link};
use serde::Deserialize;
use serde_json::json;

use super::{Shared, log_refusal};
use crate::client::Client;
use crate::request_id::Reference;
use crate::tenants::Tenant;

/// What a signed link carries.
#[derive(Deserialize)]
pub struct Signature {
    #[serde(default)]
    expires: String,
    #[serde(default)]
    sig: String,
}

/// Streams the file. A wrong signature is 403, an expired link or file 410, as on the server whose
/// clients read this (spec 6.8).
pub async fn result_file(
    State(shared): State<Arc<Shared>>,
    Path((id, _)): Path<(String, String)>,
    Query(signature): Query<Signature>,
    Reference(request): Reference,
    uri: Uri,
    client: Client,
) -> Response {
    let tenant = match owner(&shared, &client, &id).await {
        Ok(tenant) => tenant,
        Err(error) => return unreadable(&error),
    };
    let verified = match tenant {
        Some(tenant) => verify_link(
            &tenant.keys,
            uri.path(),
            &signature.expires,
            &signature.sig,
            shared.now(),
        )
        .map(|()| tenant),
        None => Err(Refusal::unknown_tenant(client.host())),
    };
    let services = match verified {
        Ok(tenant) => tenant.sessions.services(),
        Err(refusal) => {
            log_refusal("a result link was refused", &request, &refusal);
            let status = if refusal.code == "token.expired" {
                StatusCode::GONE
            } else {
                StatusCode::FORBIDDEN
            };
            return explained(status, refusal.code, &refusal.message, &refusal.hint);
        }
    };
    let found = match services.store.result(&id).await {
        Ok(Some(result)) => services
            .store
            .read(&result.blob)
            .await
            .map(|file| Some((result, file))),
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    match found {
        Ok(Some((result, (length, stream)))) => (
            [
                (header::CONTENT_TYPE, result.mime),
                (header::CONTENT_LENGTH, length.to_string()),
                (header::CONTENT_DISPOSITION, attachment(&result.file_name)),
                (header::CACHE_CONTROL, "private, no-store".into()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
            ],
            Body::from_stream(stream),
        )
            .into_response(),
        Ok(None) => explained(
            StatusCode::GONE,
            "result.gone",
            "This saved file is no longer here.",
            "Fetch a result as soon as the callback names it; links are valid for 15 minutes.",
        ),
        Err(error) => unreadable(&error),
    }
}

/// Whose link it is: that of the host that it was fetched from. Where that is nobody's, as when the
/// token of the request that it was made for named the tenant, it is the one that has the file.
async fn owner<'s>(
    shared: &'s Shared,
    client: &Client,
    id: &str,
) -> Result<Option<&'s Arc<Tenant>>, StoreError> {
    if let Some(tenant) = shared.tenants.by_host(client) {
        return Ok(Some(tenant));
    }
    let owner = shared.store.tenant_of_result(id).await?.unwrap_or_default();
    Ok(shared.tenants.named(owner.as_deref()))
}

fn unreadable(error: &StoreError) -> Response {
    tracing::error!(code = error.code(), message = %error.message(), "a result cannot be read");
    explained(
        StatusCode::INTERNAL_SERVER_ERROR,
        error.code(),
        "The server cannot read this saved file.",
        "Try again, and see the server's log.",
    )
}

/// A name in ASCII for old clients, and the whole one (RFC 6266) if that is not all of it.
fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' => '_',
            ' '..='~' => c,
            _ => '_',
        })
        .collect();
    if plain == name {
        return format!("attachment; filename=\"{plain}\"");
    }
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

fn explained(status: StatusCode, code: &str, message: &str, hint: &str) -> Response {
    (
        status,
        Json(json!({ "code": code, "message": message, "hint": hint })),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(attachment("a b.pdf"), "attachment; filename=\"a b.pdf\"");
        assert_eq!(
            attachment("Ü\"\r\n.pdf"),
            "attachment; filename=\"____.pdf\"; filename*=UTF-8''%C3%9C%22%0D%0A.pdf"
        );
    }
}

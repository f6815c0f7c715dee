//! What the editor's history asks for.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::{Failure, SignedIn, visible};
use crate::App;
use crate::integration::history;

pub(super) async fn list(
    State(app): State<App>,
    Path(id): Path<String>,
    person: SignedIn,
) -> Result<Json<Value>, Failure> {
    let file = visible(&app, &id, &person).await?;
    let versions = app.storage.versions(&file.id).await?;
    Ok(Json(history::list(&file, &versions, person.visit.language)))
}

pub(super) async fn data(
    State(app): State<App>,
    Path((id, number)): Path<(String, i64)>,
    person: SignedIn,
) -> Result<Json<Value>, Failure> {
    let file = visible(&app, &id, &person).await?;
    let version = app
        .storage
        .version(&file.id, number)
        .await?
        .ok_or(Failure::NotFound)?;
    let previous = app.storage.version(&file.id, number - 1).await?;
    Ok(Json(history::data(
        &app.settings,
        &file,
        &version,
        previous.as_ref(),
        app.now(),
    )))
}

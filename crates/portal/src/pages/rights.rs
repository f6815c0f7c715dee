//! Who may see and edit a file. Only its owner decides.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::{Failure, Page, Posted, SignedIn, owned, render};
use crate::App;
use crate::integration::command::tell_rights;
use crate::storage::{FileRow, Level, Member};

#[derive(Template)]
#[template(path = "rights.html")]
struct RightsPage {
    page: Page,
    file: FileRow,
    kind: &'static str,
    members: Vec<Member>,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    person: SignedIn,
) -> Result<Response, Failure> {
    let file = owned(&app, &id, &person).await?;
    let members = app.storage.members(&file).await?;
    render(&RightsPage {
        page: person.visit.page(),
        kind: super::files::kind(&file.file_type),
        members,
        file,
    })
}

pub(super) async fn save(
    State(app): State<App>,
    Path(id): Path<String>,
    person: SignedIn,
    form: Posted,
) -> Result<Response, Failure> {
    let file = owned(&app, &id, &person).await?;
    let mut rights = Vec::new();
    for member in app.storage.members(&file).await? {
        let level = match form.get(&format!("right-{}", member.user.id)) {
            "none" => None,
            name => Some(Level::given(name).ok_or(Failure::BadRequest)?),
        };
        // What did not change is not written either.
        if level != member.level {
            rights.push((member.user.id, level));
        }
    }
    app.storage.set_rights(&file.id, &rights).await?;
    tell_rights(&app, &file, &rights).await;
    Ok(Redirect::to("/files?done=shared").into_response())
}

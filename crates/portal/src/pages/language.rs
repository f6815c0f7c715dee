//! Choosing the language of the pages.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use time::Duration;

use super::Failure;
use super::context::{Posted, cookie, local_path};
use crate::App;
use crate::i18n::{COOKIE, Language};

pub(super) async fn choose(
    State(app): State<App>,
    cookies: CookieJar,
    form: Posted,
) -> Result<Response, Failure> {
    let language = Language::parse(form.get("language")).ok_or(Failure::BadRequest)?;
    let mut chosen = cookie(&app, COOKIE, language.code().to_owned());
    chosen.set_max_age(Duration::days(365));
    Ok((
        cookies.add(chosen),
        Redirect::to(local_path(form.get("next"))),
    )
        .into_response())
}

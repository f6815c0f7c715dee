//! Signing in and out.

use std::net::SocketAddr;

use askama::Template;
use axum::extract::{ConnectInfo, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use http::{Extensions, StatusCode};
use serde::Deserialize;

use super::context::{Posted, cookie, local_path};
use super::{Failure, Page, Visit, render};
use crate::csrf::{SESSION_COOKIE, VISITOR_COOKIE};
use crate::i18n::fill;
use crate::seed::{SAMPLE_PASSWORD, SAMPLE_USERS};
use crate::storage::User;
use crate::{App, auth};

/// Longer passwords are not looked at: hashing them would be work for nothing.
const LONGEST_PASSWORD: usize = 1024;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    next: String,
    user: String,
    problem: Option<String>,
    samples: Vec<Sample>,
    sample_intro: String,
    sample_password: &'static str,
}

struct Sample {
    user: User,
    label: String,
    role: &'static str,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    next: String,
}

pub(super) async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    if visit.user.is_some() {
        return Ok(Redirect::to(local_path(&asked.next)).into_response());
    }
    page(&app, &visit, local_path(&asked.next), "", None).await
}

async fn page(
    app: &App,
    visit: &Visit,
    next: &str,
    user: &str,
    problem: Option<String>,
) -> Result<Response, Failure> {
    let text = visit.text();
    let mut samples = Vec::new();
    for (id, _, writer) in SAMPLE_USERS {
        if let Some(user) = app.storage.user(id).await? {
            samples.push(Sample {
                label: fill(text.sign_in_as, &[("name", &user.name)]),
                role: if writer {
                    text.sample_writer
                } else {
                    text.sample_viewer
                },
                user,
            });
        }
    }
    render(&SignInPage {
        page: visit.page(),
        next: next.to_owned(),
        user: user.to_owned(),
        problem,
        samples,
        sample_intro: fill(text.sample_intro, &[("password", SAMPLE_PASSWORD)]),
        sample_password: SAMPLE_PASSWORD,
    })
}

pub(super) async fn sign_in(
    State(app): State<App>,
    visit: Visit,
    cookies: CookieJar,
    extensions: Extensions,
    form: Posted,
) -> Result<Response, Failure> {
    // The peer's own address: forwarded ones can be made up by anybody.
    let address = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip());
    let (user, next) = (
        form.get("user").trim().to_lowercase(),
        local_path(form.get("next")).to_owned(),
    );
    let password = form.get("password").to_owned();
    if let Err(seconds) = app.sign_in_limit.begin(&user, address, app.now()) {
        tracing::warn!(address = ?address, "sign-in refused: too many failed attempts");
        return Err(Failure::TooMany { seconds });
    }
    let hash = app.storage.password_hash(&user).await?;
    let right = password.len() <= LONGEST_PASSWORD
        && tokio::task::spawn_blocking(move || auth::password_matches(&password, hash.as_deref()))
            .await
            .map_err(|_| Failure::Internal)?;
    if !right {
        let problem = Some(visit.text().wrong_password.to_owned());
        let mut response = page(&app, &visit, &next, &user, problem).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    app.sign_in_limit.succeeded(&user, address);
    if let Some(old) = cookies.get(SESSION_COOKIE) {
        app.storage.end_session(old.value()).await?;
    }
    let secret = app.storage.start_session(&user, app.now()).await?;
    let cookies = cookies
        .add(cookie(&app, SESSION_COOKIE, secret))
        .remove(gone(VISITOR_COOKIE));
    Ok((cookies, Redirect::to(&next)).into_response())
}

pub(super) async fn sign_out(
    State(app): State<App>,
    cookies: CookieJar,
    _: Posted,
) -> Result<Response, Failure> {
    if let Some(session) = cookies.get(SESSION_COOKIE) {
        app.storage.end_session(session.value()).await?;
    }
    Ok((
        cookies.remove(gone(SESSION_COOKIE)),
        Redirect::to("/sign-in"),
    )
        .into_response())
}

fn gone(name: &'static str) -> Cookie<'static> {
    Cookie::build(name).path("/").build()
}

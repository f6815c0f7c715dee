//! What every page knows about the visit: language, person, form token. And the headers that every
//! page is sent with.

use std::collections::HashMap;

use axum::extract::{Form, FromRequest, FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::Failure;
use crate::App;
use crate::csrf::{self, SESSION_COOKIE, VISITOR_COOKIE};
use crate::i18n::Language;
use crate::storage::{User, new_secret};
use crate::text::Text;

/// Only our own files, and no script in the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What is known about a request before its handler runs.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) language: Language,
    pub(crate) user: Option<User>,
    /// The cookie value that this visit's forms are tied to.
    form_key: String,
    path: String,
}

/// What the frame around every page shows.
pub(crate) struct Page {
    pub(crate) text: &'static Text,
    pub(crate) language: Language,
    pub(crate) user: Option<User>,
    pub(crate) csrf: String,
    pub(crate) path: String,
}

impl Visit {
    pub(crate) fn text(&self) -> &'static Text {
        self.language.text()
    }

    pub(crate) fn page(&self) -> Page {
        Page {
            text: self.text(),
            language: self.language,
            user: self.user.clone(),
            csrf: csrf::token(&self.form_key),
            path: self.path.clone(),
        }
    }

    /// Whether a form was sent from a page that this visitor was given.
    pub(crate) fn owns(&self, token: &str) -> bool {
        csrf::matches(&self.form_key, token)
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Failure::Internal)
    }
}

/// A visit by somebody who is signed in; others are sent to the sign-in page.
pub(crate) struct SignedIn {
    pub(crate) user: User,
    pub(crate) visit: Visit,
}

/// The way to the sign-in page, and back afterwards.
pub(crate) struct MustSignIn(String);

impl IntoResponse for MustSignIn {
    fn into_response(self) -> Response {
        Redirect::to(&self.0).into_response()
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        match visit.user.clone() {
            Some(user) => Ok(Self { user, visit }),
            None if parts.method == Method::GET => {
                let next: String = byte_serialize(parts.uri.path().as_bytes()).collect();
                Err(MustSignIn(format!("/sign-in?next={next}")).into_response())
            }
            None => Err(MustSignIn("/sign-in".to_owned()).into_response()),
        }
    }
}

/// The fields of a form that came from a page of ours.
pub(crate) struct Posted(HashMap<String, String>);

impl Posted {
    /// A field's text; an absent field is empty.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let visit = request
            .extensions()
            .get::<Visit>()
            .cloned()
            .ok_or(Failure::Internal)?;
        if !csrf::same_site(request.headers(), &app.settings.public_url) {
            return Err(Failure::Stale);
        }
        let Form(fields) = Form::<HashMap<String, String>>::from_request(request, app)
            .await
            .map_err(|_| Failure::BadRequest)?;
        let posted = Self(fields);
        if visit.owns(posted.get("csrf")) {
            Ok(posted)
        } else {
            Err(Failure::Stale)
        }
    }
}

/// A path of ours to go on to, and nothing that leads away from here.
pub(crate) fn local_path(sent: &str) -> &str {
    let here = Url::parse("http://portal.invalid/").ok();
    let stays = here.is_some_and(|here| {
        here.join(sent)
            .is_ok_and(|url| url.origin() == here.origin() && !url.path().starts_with("//"))
    });
    let plain = sent.starts_with('/') && sent.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if stays && plain { sent } else { "/files" }
}

/// A cookie that scripts cannot read and other sites cannot send along with forms.
pub(crate) fn cookie(app: &App, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.settings.public_url.scheme() == "https")
        .build()
}

/// Middleware: prepares the [`Visit`], renders failures in the visitor's language, sets the headers.
pub(super) async fn visit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let cookies = CookieJar::from_headers(request.headers());
    // Where a change of language leads back to: a page, and never a form's address.
    let path = match *request.method() {
        Method::GET => request.uri().path().to_owned(),
        _ => "/files".to_owned(),
    };
    let headers = request.headers().clone();
    let (visit, new_visitor) = match prepare(&app, headers, path, &cookies).await {
        Ok(prepared) => prepared,
        Err(failure) => return failure.status().into_response(),
    };
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    let failure = response.extensions().get::<Failure>().cloned().or_else(|| {
        // What the framework refuses on its own, such as a wrong method, is told like our own errors.
        response
            .status()
            .is_client_error()
            .then_some(())
            .and_then(|()| Failure::of_status(response.status()))
    });
    if let Some(failure) = failure {
        response = failure.page(&visit);
    }
    let headers = response.headers_mut();
    if let Some(secret) = new_visitor
        && let Ok(value) = HeaderValue::from_str(&cookie(&app, VISITOR_COOKIE, secret).to_string())
    {
        headers.append(SET_COOKIE, value);
    }
    secure(headers);
    response
}

async fn prepare(
    app: &App,
    headers: HeaderMap,
    path: String,
    cookies: &CookieJar,
) -> Result<(Visit, Option<String>), Failure> {
    let session = cookies
        .get(SESSION_COOKIE)
        .map(|cookie| cookie.value().to_owned());
    let user = match &session {
        Some(secret) => app.storage.session_user(secret, app.now()).await?,
        None => None,
    };
    let known = match (&user, session) {
        (Some(_), session) => session,
        (None, _) => cookies
            .get(VISITOR_COOKIE)
            .map(|cookie| cookie.value().to_owned()),
    };
    let (form_key, new_visitor) = if let Some(known) = known {
        (known, None)
    } else {
        let secret = new_secret()?;
        (secret.clone(), Some(secret))
    };
    let language = Language::of_request(&headers, cookies);
    Ok((
        Visit {
            language,
            user,
            form_key,
            path,
        },
        new_visitor,
    ))
}

fn secure(headers: &mut HeaderMap) {
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_our_own_are_gone_on_to() {
        assert_eq!(local_path("/files/1/edit"), "/files/1/edit");
        for away in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "evil",
            "",
            "/\t/evil.example",
            "/a\r\nb",
            "/..//evil.example",
        ] {
            assert_eq!(local_path(away), "/files", "{away}");
        }
    }
}

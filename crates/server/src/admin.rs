//! Who may see the pages that the server has for its administrator.
//!
//! If there is a password, anyone who gives it. If there is none, only somebody at this machine: the
//! connection comes from it, the page was asked for under a name of it (a foreign name may have been
//! pointed here, which is DNS rebinding), and nothing passed the request on.

mod answer;
mod failures;
mod password;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use self::answer::Denied;
use self::failures::Failures;
pub use self::password::{AdminPassword, PasswordError};
use crate::client::Client;
use crate::origin::{self, Origins};

/// Headers that a proxy adds, besides those that begin with `x-forwarded`.
const PASSED_ON: [&str; 6] = [
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
];

/// The guard of the administrator's pages.
pub(crate) struct Admin {
    password: Option<AdminPassword>,
    origins: Arc<Origins>,
    failures: Failures,
}

impl Admin {
    pub(crate) fn new(password: Option<AdminPassword>, origins: Arc<Origins>) -> Self {
        Self {
            password,
            origins,
            failures: Failures::default(),
        }
    }

    fn judge(&self, request: &Parts, now: Instant) -> Result<(), Denied> {
        let peer = request
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip().to_canonical());
        match &self.password {
            Some(password) => {
                let client = request.extensions.get::<Client>();
                let address = client.and_then(|client| client.address).or(peer);
                self.knows(password, address, &request.headers, now)?;
            }
            None => is_here(peer, request)?,
        }
        let reads = matches!(request.method, Method::GET | Method::HEAD);
        if reads || origin::is_of_host(&request.headers) || self.origins.has(&request.headers) {
            Ok(())
        } else {
            Err(Denied::ForeignPage)
        }
    }

    fn knows(
        &self,
        password: &AdminPassword,
        client: Option<IpAddr>,
        headers: &HeaderMap,
        now: Instant,
    ) -> Result<(), Denied> {
        let given = headers
            .get(header::AUTHORIZATION)
            .ok_or(Denied::PasswordWanted)?;
        let right = self
            .failures
            .attempt(client, now, || password.is_in(given))
            .map_err(Denied::TooMany)?;
        if right {
            Ok(())
        } else {
            tracing::warn!(?client, "a wrong password for the administrator's pages");
            Err(Denied::PasswordWrong)
        }
    }
}

/// Whether a request comes from this machine, to this machine, and straight.
fn is_here(peer: Option<IpAddr>, request: &Parts) -> Result<(), Denied> {
    if !peer.is_some_and(|peer| peer.is_loopback()) {
        return Err(Denied::FromElsewhere);
    }
    let passed_on = request
        .headers
        .keys()
        .any(|name| name.as_str().starts_with("x-forwarded") || PASSED_ON.contains(&name.as_str()));
    // nginx passes requests on by HTTP/1.0 unless it is told otherwise, and no browser speaks that.
    if passed_on || request.version < Version::HTTP_11 {
        return Err(Denied::PassedOn);
    }
    let mut hosts = request.headers.get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().is_ok_and(|host| {
            host.parse::<Authority>()
                .is_ok_and(|host| is_loopback_name(&host))
        }),
        (None, None) => request.uri.authority().is_some(),
        _ => false,
    };
    if named && request.uri.authority().is_none_or(is_loopback_name) {
        Ok(())
    } else {
        Err(Denied::ForeignName)
    }
}

fn is_loopback_name(authority: &Authority) -> bool {
    !authority.as_str().contains('@')
        && ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|name| authority.host().eq_ignore_ascii_case(name))
}

/// The same pages, for the administrator only. None of them may be framed, and none is kept by a
/// cache unless it says so itself.
pub(crate) fn guarded<S>(pages: Router<S>, admin: Arc<Admin>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    pages.layer(from_fn_with_state(admin, guard))
}

async fn guard(State(admin): State<Arc<Admin>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match admin.judge(&parts, Instant::now()) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(denied) => denied.answer(&parts.headers).into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (SAME_ORIGIN_ONLY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

const SAME_ORIGIN_ONLY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

#[cfg(test)]
mod tests;

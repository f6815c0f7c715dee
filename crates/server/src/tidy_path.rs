//! Addresses as people, connectors and proxies make them: from one with a slash at its end, with one too
//! many, and with the path of `public_url` in front.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::map_request;

/// Pages whose addresses end in a slash, since what they link to is beside them.
const PAGES: [&str; 3] = ["/docs/", "/token/", "/callbacks/"];

/// Answers `//healthcheck`, `/healthcheck/` and, with `/office` as a prefix, `/office/healthcheck` like
/// `/healthcheck`. A prefix that is the beginning of a page of `own` is what the proxy takes off.
pub fn tidied(router: Router, prefixes: &[String], own: &[String]) -> Router {
    let first = |path: &str| path.split('/').nth(1).map(str::to_owned);
    let taken: Vec<_> = own.iter().map(|path| first(path)).collect();
    let prefixes: Arc<[String]> = prefixes
        .iter()
        .filter(|prefix| !prefix.is_empty() && !taken.contains(&first(prefix)))
        .cloned()
        .collect();

    // What is layered on a router runs after it has chosen a route, so this one has none of its own.
    Router::new()
        .fallback_service(router)
        .layer(map_request(move |mut request: Request| {
            if let Some(uri) = tidy(request.uri(), &prefixes) {
                *request.uri_mut() = uri;
            }
            std::future::ready(request)
        }))
}

/// The address without slashes too many, and without a prefix; none if there are none.
fn tidy(uri: &Uri, prefixes: &[String]) -> Option<Uri> {
    let path = uri.path();
    let mut tidy = String::with_capacity(path.len());
    for letter in path.chars() {
        if letter != '/' || !tidy.ends_with('/') {
            tidy.push(letter);
        }
    }
    let without = prefixes.iter().find_map(|prefix| {
        let rest = tidy.strip_prefix(prefix.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
    });
    if let Some(without) = without {
        tidy = if without.is_empty() {
            "/".into()
        } else {
            without
        };
    }
    if tidy.len() > 1 && tidy.ends_with('/') && !PAGES.contains(&tidy.as_str()) {
        tidy.pop();
    }
    if tidy == path {
        return None;
    }
    if let Some(query) = uri.query() {
        tidy.push('?');
        tidy.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(tidy).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(text: &str) -> String {
        let uri: Uri = text.parse().unwrap();
        let prefixes = ["/office".to_owned()];
        tidy(&uri, &prefixes).unwrap_or(uri).to_string()
    }

    #[test]
    fn slashes_too_many_are_left_out() {
        for (text, tidy) in [
            ("/", "/"),
            ("//", "/"),
            ("//web-apps/a.js?x=//y/", "/web-apps/a.js?x=//y/"),
            ("/healthcheck/", "/healthcheck"),
            ("//healthcheck///?x", "/healthcheck?x"),
            ("/doc/a%2F%2Fb/live", "/doc/a%2F%2Fb/live"),
            ("http://docs.test//command/", "http://docs.test/command"),
            ("/office", "/"),
            ("//office/docs/", "/docs/"),
            ("/office/healthcheck?x", "/healthcheck?x"),
            ("/officer/office/x", "/officer/office/x"),
        ] {
            assert_eq!(tidied(text), tidy, "{text}");
        }
    }

    #[test]
    fn pages_keep_their_slash() {
        for text in ["/docs/", "/token/", "/callbacks/"] {
            assert_eq!(tidied(text), text);
            assert_eq!(tidied(&format!("/{text}/")), text);
        }
        assert_eq!(tidied("/docs/topics/"), "/docs/topics");
    }
}

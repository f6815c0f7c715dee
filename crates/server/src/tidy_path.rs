//! Addresses as people and connectors make them: from one with a slash at its end, and with one too many.

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::map_request;

/// Pages whose addresses end in a slash, since what they link to is beside them.
const PAGES: [&str; 3] = ["/docs/", "/token/", "/callbacks/"];

/// Answers `//healthcheck` and `/healthcheck/` like `/healthcheck`.
pub fn tidied(router: Router) -> Router {
    // What is layered on a router runs after it has chosen a route, so this one has none of its own.
    Router::new()
        .fallback_service(router)
        .layer(map_request(|mut request: Request| async move {
            if let Some(uri) = tidy(request.uri()) {
                *request.uri_mut() = uri;
            }
            request
        }))
}

/// The address without slashes too many; none if there are none.
fn tidy(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let mut tidy = String::with_capacity(path.len());
    for letter in path.chars() {
        if letter != '/' || !tidy.ends_with('/') {
            tidy.push(letter);
        }
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
        tidy(&uri).unwrap_or(uri).to_string()
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

//! Which address a request came to, and from which page.

use axum::http::{HeaderMap, Uri, header};

/// The address under which the client reached this server, without a path: what a proxy in front
/// says, or else the `Host` header.
pub fn base(headers: &HeaderMap) -> String {
    let scheme = match first(headers, "x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    match host(headers) {
        Some(host) => format!("{scheme}://{host}"),
        None => String::new(),
    }
}

/// Whether a WebSocket comes from a page of this server (attack W2). A client that is no browser
/// sends no `Origin`.
pub fn is_own(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let authority = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.parse::<Uri>().ok())
        .and_then(|origin| {
            origin
                .authority()
                .map(|authority| authority.as_str().to_owned())
        });
    match (authority, host(headers)) {
        (Some(origin), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

/// The host that the client called, with its port: what a proxy in front says, or else the `Host`
/// header. Anybody can write either, so it grants nothing; whose keys count follows from it.
pub fn host(headers: &HeaderMap) -> Option<&str> {
    let host = first(headers, "x-forwarded-host").or_else(|| first(headers, "host"))?;
    // A link is built from it: what is no authority is no host.
    host.parse::<axum::http::uri::Authority>()
        .is_ok_and(|a| !a.as_str().contains('@'))
        .then_some(host)
}

fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.split(',').next().unwrap_or(value).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_proxy_knows_the_address_better() {
        let seen = headers(&[
            ("host", "10.0.0.3:8080"),
            ("x-forwarded-host", "docs.example, inner"),
            ("x-forwarded-proto", "https"),
        ]);
        assert_eq!(base(&seen), "https://docs.example");
        assert_eq!(
            base(&headers(&[("host", "localhost:8080")])),
            "http://localhost:8080"
        );
    }

    #[test]
    fn w2_a_foreign_page_opens_no_socket() {
        assert!(is_own(&headers(&[
            ("host", "docs.example"),
            ("origin", "https://docs.example")
        ])));
        assert!(is_own(&headers(&[("host", "docs.example")])));
        assert!(!is_own(&headers(&[
            ("host", "docs.example"),
            ("origin", "https://evil.example")
        ])));
        assert!(!is_own(&headers(&[
            ("host", "docs.example"),
            ("origin", "null")
        ])));
        assert!(!is_own(&headers(&[
            ("host", "docs.example"),
            ("origin", "https://docs.example@evil.example")
        ])));
    }
}

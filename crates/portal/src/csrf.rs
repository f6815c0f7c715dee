//! Forms are accepted only from our own pages.
//!
//! Two independent checks: the browser's own statement of where a request comes from (`Origin`,
//! `Sec-Fetch-Site`), and a token in the form that is derived from the cookie. The token is an
//! HMAC under the cookie's value, so nothing is stored, and a page cannot be used with another
//! person's cookie.

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use http::header::{HOST, ORIGIN};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use url::Url;

/// The cookie of a signed-in person.
pub(crate) const SESSION_COOKIE: &str = "recto_session";
/// The cookie that ties the sign-in form to a browser.
pub(crate) const VISITOR_COOKIE: &str = "recto_visitor";

/// The form token that goes with a cookie's value.
pub(crate) fn token(cookie: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(cookie.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(b"recto portal form");
    hex::encode(mac.finalize().into_bytes())
}

/// Whether a form's token belongs to a cookie's value.
pub(crate) fn matches(cookie: &str, sent: &str) -> bool {
    token(cookie).as_bytes().ct_eq(sent.as_bytes()).into()
}

/// Whether the browser says that the request comes from a page of ours. A client that says
/// nothing is no browser that could be tricked, and still needs the form's token.
pub(crate) fn same_site(headers: &HeaderMap, public_url: &Url) -> bool {
    if let Some(site) = headers.get("sec-fetch-site")
        && site != "same-origin"
        && site != "none"
    {
        return false;
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return true;
    };
    let Some(origin) = origin
        .to_str()
        .ok()
        .and_then(|origin| Url::parse(origin).ok())
    else {
        return false;
    };
    if origin.origin() == public_url.origin() {
        return true;
    }
    // Browsers may reach the portal by another name than the document server does.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let named = host.and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok());
    named.is_some_and(|named| named.origin().is_tuple() && named.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    http::HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn w3_only_our_own_origin_may_send_forms() {
        let public = Url::parse("http://portal.example:8081").expect("valid");
        let ok = |pairs: &[(&'static str, &'static str)]| same_site(&headers(pairs), &public);
        assert!(ok(&[]));
        assert!(ok(&[("origin", "http://portal.example:8081")]));
        assert!(ok(&[
            ("origin", "http://127.0.0.1:8081"),
            ("host", "127.0.0.1:8081")
        ]));
        assert!(ok(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://portal.example:8081")
        ]));
        assert!(!ok(&[("origin", "null")]));
        assert!(!ok(&[
            ("origin", "http://portal.example:8081.evil.example"),
            ("host", "portal.example:8081")
        ]));
        assert!(!ok(&[
            ("origin", "http://evil.example"),
            ("host", "portal.example:8081")
        ]));
        assert!(!ok(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "http://portal.example:8081")
        ]));
        assert!(!ok(&[("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn w3_a_token_goes_with_one_cookie() {
        assert!(matches("one", &token("one")));
        assert!(!matches("one", &token("two")));
        assert!(!matches("one", ""));
    }
}

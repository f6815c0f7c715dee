//! An id for every request, by which a person can name it and an administrator find it in the log.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::map_request;
use rand::Rng;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::trace::{DefaultOnResponse, TraceLayer};

use crate::client::Client;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Letters and digits that are not taken for each other, as in Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 12;

/// The id of a request, as an endpoint asks for it.
#[derive(Debug, Clone)]
pub struct Reference(pub String);

impl Reference {
    /// A new one: 60 random bits.
    pub fn new() -> Self {
        let mut random: u64 = rand::rng().random();
        let text = (0..LENGTH)
            .map(|_| {
                let digit = ALPHABET[usize::try_from(random % 32).unwrap_or_default()];
                random /= 32;
                char::from(digit)
            })
            .collect();
        Self(text)
    }
}

impl<S: Sync> FromRequestParts<S> for Reference {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let given = parts
            .extensions
            .get::<RequestId>()
            .and_then(|id| id.header_value().to_str().ok());
        Ok(given.map_or_else(Self::new, |id| Self(id.to_owned())))
    }
}

#[derive(Clone, Copy)]
struct Maker;

impl MakeRequestId for Maker {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&Reference::new().0)
            .ok()
            .map(RequestId::new)
    }
}

/// Gives every request an id and a span in the log, and every answer the id.
pub fn traced(router: Router) -> Router {
    // Paths are logged, queries are not: a signed link is a right.
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            let id = request
                .extensions()
                .get::<RequestId>()
                .and_then(|id| id.header_value().to_str().ok());
            let client = request.extensions().get::<Client>();
            let client = client.and_then(|client| client.address).map(tracing::field::display);
            tracing::info_span!("request", id, client, method = %request.method(), path = request.uri().path())
        })
        .on_response(DefaultOnResponse::new());
    router
        .layer(trace)
        .layer(PropagateRequestIdLayer::new(HEADER))
        .layer(SetRequestIdLayer::new(HEADER, Maker))
        // A client could name another's request, or fill the log.
        .layer(map_request(|mut request: Request| async move {
            request.headers_mut().remove(HEADER);
            request
        }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn ask(own: Option<&str>) -> (String, String) {
        let router =
            traced(Router::new().route("/", get(|Reference(id): Reference| async move { id })));
        let mut request = Request::get("/");
        if let Some(own) = own {
            request = request.header(HEADER, own);
        }
        let answer = router
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let header = answer.headers()[HEADER].to_str().unwrap().to_owned();
        let body = to_bytes(answer.into_body(), 100).await.unwrap();
        (header, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn an_endpoint_and_the_answer_have_the_same_id() {
        let (header, seen) = ask(None).await;
        assert_eq!(header, seen);
        assert_eq!(header.len(), LENGTH);
        assert!(header.bytes().all(|byte| ALPHABET.contains(&byte)));
    }

    #[tokio::test]
    async fn a_clients_own_id_is_not_taken_over() {
        let (header, seen) = ask(Some("chosen")).await;
        assert_eq!(header, seen);
        assert_ne!(header, "chosen");
    }

    #[test]
    fn ids_do_not_repeat() {
        let ids: HashSet<String> = (0..1000).map(|_| Reference::new().0).collect();
        assert_eq!(ids.len(), 1000);
    }
}

//! What the services for integrators have in common: reading a request, checking its token, and
//! telling why it is refused.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, Uri};
use recto_token::{
    Refusal, RequestParts, Service, Verified, request_without_tokens, unsigned_parameters,
    unsigned_token, verify_request,
};
use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::endpoints::{Shared, log_refusal};
use crate::request_id::Reference;
use crate::tenants::Tenant;

/// The parameters that a token signs.
pub type Parameters = Verified<Map<String, Value>>;

/// A request to a service, as it came.
pub struct ServiceRequest<'r> {
    shared: &'r Shared,
    service: Service,
    query: Vec<(String, String)>,
    header: Option<&'r str>,
    client: &'r Client,
    body: &'r Bytes,
    reference: &'r str,
}

impl<'r> ServiceRequest<'r> {
    /// Takes apart what came.
    pub fn new(
        shared: &'r Shared,
        service: Service,
        uri: &Uri,
        client: &'r Client,
        headers: &'r HeaderMap,
        body: &'r Bytes,
        Reference(reference): &'r Reference,
    ) -> Self {
        let query = uri.query().unwrap_or_default();
        Self {
            shared,
            service,
            query: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            header: headers
                .get(&shared.token_header)
                .and_then(|value| value.to_str().ok()),
            client,
            body,
            reference,
        }
    }

    fn parts(&self) -> RequestParts<'_> {
        RequestParts {
            body: self.body,
            query: &self.query,
            header: self.header,
            prefix: &self.shared.token_prefix,
        }
    }

    /// Whose request it is, and the parameters that the token signs, or the body of the answer that
    /// refuses them.
    pub fn verified(&self) -> Result<(&'r Arc<Tenant>, Parameters), Value> {
        let parts = self.parts();
        let token = unsigned_token(&parts);
        let tenant = self
            .shared
            .tenants
            .find(self.client.host(), token.as_deref());
        let tenant = tenant.map_err(|refusal| self.unverified(&refusal))?;
        if !self.shared.tokens {
            tracing::warn!(request = self.reference, service = ?self.service,
                "tokens are off: an unsigned request is accepted");
            return Ok((tenant, request_without_tokens(&parts)));
        }
        let parameters = verify_request(&tenant.keys, self.service, &parts, self.shared.now());
        parameters
            .map(|parameters| (tenant, parameters))
            .map_err(|refusal| self.unverified(&refusal))
    }

    fn unverified(&self, refusal: &Refusal) -> Value {
        let mut answer = self.refused(refusal);
        // The command service repeats the key even of what it refuses (spec 3.3).
        if self.service == Service::Command
            && let Some(key) = unsigned_parameters(&self.parts()).remove("key")
            && key.as_str().is_some_and(|key| key.len() <= 1024)
        {
            answer["key"] = key;
        }
        answer
    }

    /// The body of an answer that refuses the request, which is logged.
    pub fn refused(&self, refusal: &Refusal) -> Value {
        log_refusal(
            "a request to a service was refused",
            self.reference,
            refusal,
        );
        json!({
            "error": refusal.service_error(self.service),
            "code": refusal.code,
            "message": refusal.message,
            "hint": refusal.hint,
            "path": refusal.path,
            "docs": refusal.docs,
        })
    }

    /// The same for a parameter that is missing.
    pub fn lacks(&self, name: &str) -> Value {
        self.refused(&Refusal::missing_parameter(name, &self.parts()))
    }

    /// The same for what is wrong with a signed parameter.
    pub fn wrong(&self, error: i32, code: &str, message: &str, hint: &str) -> Value {
        tracing::warn!(
            request = self.reference,
            code,
            message,
            hint,
            "a request to a service was refused"
        );
        json!({ "error": error, "code": code, "message": message, "hint": hint })
    }
}

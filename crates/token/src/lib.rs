//! JSON Web Tokens for the Docs API: keys, signing, verification and refusals that explain themselves.
//!
//! Every value that a request is authorised by goes through here and comes out
//! as a [`Verified`], or is refused with a [`Refusal`] that says what is wrong
//! and what to do. There is no I/O, and the time is an argument (`now`, Unix
//! seconds), so that each rule can be tested without waiting.
//!
//! A token is made for one purpose. Those that only this server reads (for a
//! session, for the journal) are signed with keys derived for that purpose and
//! carry a `typ` of their own; they are refused everywhere else.
#![forbid(unsafe_code)]

mod claims;
mod diagnose;
pub mod explain;
mod history;
mod incoming;
mod json;
mod jws;
mod key;
mod key_ring;
mod keys;
mod link;
mod local_json;
mod method;
mod opening;
mod outgoing;
mod permissions;
mod public_url;
mod refusal;
mod request;
mod secret;
mod session;
mod shape;
mod tenants;
mod verified;

pub use explain::{
    Context, Evidence, Explanation, Finding, Purpose, Severity, explain, explain_evidence,
};
pub use history::{history_with_tokens_off, verify_history};
pub use incoming::{verify_callback, verify_callback_with, verify_download, verify_download_with};
pub use key::{Algorithm, Key, KeyError, KeyState};
pub use key_ring::KeyRing;
pub use keys::Keys;
pub use link::{link, verify_link};
pub use local_json::{LocalJson, LocalJsonError, SecretSource};
pub use method::{
    HistoryVersion, Method, MethodGrant, PreviousVersion, Reference, SignedFile,
    method_with_tokens_off, verify_method,
};
pub use opening::{Opening, Participant, VersionOf, opening_with_tokens_off, verify_opening};
pub use outgoing::{
    Layout, sign_body, sign_config, sign_config_with, sign_header, sign_method, sign_method_with,
    sign_request, sign_request_with,
};
pub use public_url::{PublicUrl, PublicUrlError};
pub use refusal::{Refusal, RefusalDetails, Wire};
pub use request::{
    RequestParts, Service, conversion, request_without_tokens, unsigned_parameters, unsigned_token,
    verify_request,
};
pub use secret::{Secret, SecretError, SecretWarning, check_secret};
pub use session::{SessionGrant, issue_session, seal, unseal, verify_session};
pub use tenants::{Tenant, Tenants};
pub use verified::Verified;

/// Seconds by which clocks may differ: `exp` and `nbf` are judged with this
/// tolerance, as ONLYOFFICE's server does by default.
pub const CLOCK_TOLERANCE: i64 = 60;

#[cfg(test)]
mod purpose_tests;
#[cfg(test)]
mod testing;

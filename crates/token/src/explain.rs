//! Says what is wrong with whatever a person has in hand.
//!
//! The input may be a token, a config, a snippet of a page or of a back end, a
//! request, a line of a log, an environment or a server's configuration. Every
//! input gets an answer, the same input always the same one, and the time it
//! takes grows with the input's length only. No answer contains a secret or the
//! signature of a token.

pub(crate) mod catalogue;
mod compare;
mod config;
mod document;
mod environment;
mod fields;
mod finding;
mod lexer;
mod log;
mod opening;
pub mod pages;
mod payload;
mod placeholder;
mod purpose;
mod recognise;
mod render;
mod report;
mod request;
mod request_rules;
mod secrets;
mod server_config;
mod signature;
mod snippet;
mod time;
mod token;
mod url;

#[cfg(test)]
mod tests;

use crate::{Key, Secret};

pub use finding::{Explanation, Finding, Kind, Severity};
pub use purpose::{Purpose, UnknownPurpose};
pub use render::Part;

use report::Report;

/// Longest input that is read, in bytes; the rest is not looked at.
pub const MAX_INPUT: usize = 2 * 1024 * 1024;

/// What is known beside the input.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The secrets that the server may have; none if none is known.
    pub secrets: Vec<Secret>,
    /// The public keys that the server may have; most have none.
    pub public_keys: Vec<Key>,
    /// The time at which tokens are judged, in Unix seconds.
    pub now: i64,
    /// What the token is meant for, when that is known.
    pub purpose: Option<Purpose>,
}

/// The parts of a case whose kinds are known, and a paste of unknown kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// A token alone, without a header's `Bearer`.
    pub token: Option<&'a [u8]>,
    /// A config, as JSON or as the code that makes it.
    pub config: Option<&'a [u8]>,
    /// A request with or without its answer, or a `curl` line.
    pub request: Option<&'a [u8]>,
    /// Anything else; its kind is found out.
    pub paste: Option<&'a [u8]>,
}

/// Explains an input of unknown kind.
pub fn explain(input: &[u8], context: &Context) -> Explanation {
    explain_evidence(
        &Evidence {
            paste: Some(input),
            ..Evidence::default()
        },
        context,
    )
}

/// Explains a case of which some parts are known for what they are.
///
/// A token and a config that are given together belong together: the token is
/// judged as that config's.
pub fn explain_evidence(evidence: &Evidence<'_>, context: &Context) -> Explanation {
    let mut report = Report::new(context);
    let kind = recognise::judge(evidence, context, &mut report);
    report.finish(kind)
}

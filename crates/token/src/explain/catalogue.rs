//! All codes of findings and refusals: how much each matters, in which order it is told, what
//! it says when nothing more precise is known, and what an ONLYOFFICE server or
//! editor shows for it. The documentation of the codes is made from here.

mod config;
mod keys;
mod requests;
mod secrets;
mod tokens;

pub(crate) use config::*;
pub(crate) use keys::*;
pub(crate) use requests::*;
pub(crate) use secrets::*;
pub(crate) use tokens::*;

use super::Severity;

/// One code.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Stable name.
    pub(crate) code: &'static str,
    /// Anchor of its documentation.
    pub(crate) docs: &'static str,
    /// Its place among findings of equal severity: the order in which a server
    /// comes upon them.
    pub(crate) rank: u16,
    /// How much it matters, unless the case says otherwise.
    pub(crate) severity: Severity,
    /// What is wrong.
    pub(crate) message: &'static str,
    /// What to do.
    pub(crate) hint: &'static str,
    /// What an ONLYOFFICE server does or shows.
    pub(crate) symptom: &'static str,
}

/// Declares entries, and a list of all of them.
macro_rules! entries {
    ($list:ident: $($name:ident $code:literal $docs:literal $rank:literal $severity:ident $message:literal $hint:literal $symptom:literal;)*) => {
        $(
            #[doc = $message]
            pub(crate) const $name: crate::explain::catalogue::Entry = crate::explain::catalogue::Entry {
                code: $code,
                docs: $docs,
                rank: $rank,
                severity: crate::explain::Severity::$severity,
                message: $message,
                hint: $hint,
                symptom: $symptom,
            };
        )*
        pub(crate) const $list: &[crate::explain::catalogue::Entry] = &[$($name),*];
    };
}
use entries;

/// All entries, by subject.
pub(crate) fn all() -> impl Iterator<Item = &'static Entry> {
    [
        tokens::TOKENS,
        tokens::PAYLOADS,
        secrets::SECRETS,
        keys::KEYS,
        secrets::INPUTS,
        config::CONFIGS,
        requests::REQUESTS,
        requests::CALLBACKS,
    ]
    .into_iter()
    .flatten()
}

/// The rank of a code.
pub(super) fn rank(code: &str) -> u16 {
    all()
        .find(|entry| entry.code == code)
        .map_or(u16::MAX, |entry| entry.rank)
}

/// What an ONLYOFFICE server does or shows for a code.
pub(super) fn symptom(code: &str) -> &'static str {
    all()
        .find(|entry| entry.code == code)
        .map_or("", |entry| entry.symptom)
}

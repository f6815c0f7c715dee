//! What a payload signs, told by its members.
//!
//! The Docs API has no claim that names the purpose of a token. So each
//! verifier asks here what a payload was made for, and refuses what was made
//! for something else.

use serde_json::{Map, Value};

use crate::{
    Refusal,
    jws::wrong_purpose,
    opening::fields::{absent, text_of},
};

/// What a payload signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An editor's config.
    Opening,
    /// A callback of a document server.
    Callback,
    /// A command.
    Command,
    /// A conversion.
    Conversion,
    /// The images of `insertImage`.
    Images,
    /// A file for a method such as `setRevisedFile`.
    File,
    /// The source of referenced data, for `setReferenceData`.
    Reference,
    /// A version of the document, for `setHistoryData`.
    History,
    /// A script for the builder service.
    Script,
    /// An address and nothing else that tells more: a download by a document
    /// server, a script too, or an image of an older integrator.
    Address,
    /// Nothing that is known here.
    Other,
}

/// The commands of the command service.
pub(crate) const COMMANDS: [&str; 10] = [
    "info",
    "drop",
    "forcesave",
    "meta",
    "saved",
    "version",
    "license",
    "getForgotten",
    "getForgottenList",
    "deleteForgotten",
];

impl Shape {
    /// What the members of a request, a callback or a method's argument are.
    /// What a token wraps in `payload` was unwrapped before.
    pub(crate) fn of(members: &Map<String, Value>) -> Self {
        let has = |name: &str| !absent(members.get(name));
        // Methods have a "c" too, which says what is done with the file.
        let command = text_of(members, "c").is_some_and(|c| COMMANDS.contains(&c) || !has("url"));
        if members.get("document").is_some_and(Value::is_object)
            || members.get("editorConfig").is_some_and(Value::is_object)
        {
            Self::Opening
        } else if has("outputtype") || has("outputType") {
            Self::Conversion
        } else if has("images") {
            Self::Images
        } else if command {
            Self::Command
        } else if has("status") && has("key") {
            Self::Callback
        } else if has("changesUrl") || (has("version") && has("key") && has("url")) {
            Self::History
        } else if has("referenceData") || (has("path") && has("url")) {
            Self::Reference
        } else if has("url") && has("filetype") {
            Self::Conversion
        } else if has("url") && has("fileType") {
            Self::File
        } else if has("url") && ["key", "async", "argument"].iter().any(|name| has(name)) {
            Self::Script
        } else if has("url") {
            Self::Address
        } else {
            Self::Other
        }
    }

    /// The purpose in words that follow "made for"; `None` when there is none
    /// that could be named.
    pub(crate) fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::Opening => "opening a document",
            Self::Callback => "a callback",
            Self::Command => "the command service",
            Self::Conversion => "the conversion service",
            Self::Images => "the method insertImage",
            Self::File => "a method of the editor that takes a file, such as setRevisedFile",
            Self::Reference => "the method setReferenceData",
            Self::History => "the method setHistoryData",
            Self::Script => "the builder service",
            Self::Address => "a download by a document server",
            Self::Other => return None,
        })
    }

    /// The member that gives the purpose away.
    fn member(self) -> &'static str {
        match self {
            Self::Opening => "document",
            Self::Callback => "status",
            Self::Command => "c",
            Self::Conversion => "outputtype",
            Self::Images => "images",
            Self::File => "fileType",
            Self::Reference => "referenceData",
            Self::History => "version",
            Self::Script | Self::Address | Self::Other => "url",
        }
    }

    /// The refusal of a token of this shape where one for `wanted` belongs.
    pub(crate) fn refused(self, wanted: &str, hint: impl Into<String>) -> Refusal {
        let made = self.words().unwrap_or("something else");
        wrong_purpose(
            format!("The token was made for {made}, not for {wanted}."),
            hint,
        )
        .at(self.member())
        .expected(format!("a token for {wanted}"))
        .found(format!("a token for {made}"))
    }
}

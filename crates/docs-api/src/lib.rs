//! The wire types of the Docs API and their rules.
//!
//! No I/O happens here but reading a file's beginning: what comes from the network is parsed, checked and
//! given a type; what goes out is written in the form that integrators expect.
#![forbid(unsafe_code)]

mod access;
pub mod bounded;
mod callback;
mod comments;
mod config;
mod content;
mod conversion;
mod explain;
mod file_type;
mod history;
mod key;
mod losses;
mod macros;
mod permissions;
pub mod tagged;

pub use access::Access;
pub use callback::{Action, ActionKind, Callback, ForceSaveKind, Status, UnknownNumber};
pub use comments::{CommentRule, CommentRules, GROUP_SEPARATOR, is_of_groups};
pub use config::{DocumentConfig, EditorConfig, EditorSettings, User};
pub use content::{Content, ContentError, Note};
pub use conversion::{
    Aspect, CodePage, Conversion, OutputType, ParameterError, Password, Region, SourceType,
    Thumbnail,
};
pub use explain::{Explain, editor_error};
pub use file_type::{DocumentKind, FileType, FileTypeError};
pub use history::{History, HistoryChange, HistoryUser};
pub use key::{DocumentKey, KeyError};
pub use losses::{LossRank, LossReport, LossRule, Lost, LostPlace, UnknownLossRule};
pub use macros::MacroRule;
pub use permissions::Permissions;

/// The version of the Docs API that this implementation speaks. Connectors ask
/// for it and leave out what older versions do not have.
pub const DOCS_API_VERSION: &str = "9.3.0";

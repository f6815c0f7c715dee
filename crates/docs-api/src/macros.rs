//! What becomes of macros.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What happens to a document that has macros. They never run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MacroRule {
    /// They stay in the document, byte for byte.
    #[default]
    Keep,
    /// The document is open for reading.
    Read,
}

impl FromStr for MacroRule {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "keep" => Ok(Self::Keep),
            "read" => Ok(Self::Read),
            _ => Err("give \"keep\" or \"read\"".into()),
        }
    }
}

impl fmt::Display for MacroRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "keep",
            Self::Read => "read",
        })
    }
}

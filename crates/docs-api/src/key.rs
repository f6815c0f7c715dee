//! `document.key`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Explain, editor_error};

/// Identifies one revision of one document.
///
/// 1 to 128 characters of `0-9 a-z A-Z . _ = -`, as the Docs API documents it
/// (`document.key`). All who give the same key edit the same document together,
/// so a changed document needs a new key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentKey(String);

impl DocumentKey {
    /// The longest permitted key, in characters (all of them ASCII).
    pub const MAX_LENGTH: usize = 128;

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn check(key: &str) -> Result<(), KeyError> {
        if key.is_empty() {
            return Err(KeyError::Empty);
        }
        let outside = |c: &char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '=' | '-'));
        if let Some((index, character)) = key.chars().enumerate().find(|(_, c)| outside(c)) {
            return Err(KeyError::Character {
                character,
                position: index + 1,
            });
        }
        if key.len() > Self::MAX_LENGTH {
            return Err(KeyError::TooLong { length: key.len() });
        }
        Ok(())
    }
}

impl TryFrom<&str> for DocumentKey {
    type Error = KeyError;

    fn try_from(key: &str) -> Result<Self, KeyError> {
        Self::check(key)?;
        Ok(Self(key.to_owned()))
    }
}

impl TryFrom<String> for DocumentKey {
    type Error = KeyError;

    fn try_from(key: String) -> Result<Self, KeyError> {
        Self::check(&key)?;
        Ok(Self(key))
    }
}

impl FromStr for DocumentKey {
    type Err = KeyError;

    fn from_str(key: &str) -> Result<Self, KeyError> {
        Self::try_from(key)
    }
}

impl From<DocumentKey> for String {
    fn from(key: DocumentKey) -> Self {
        key.0
    }
}

impl AsRef<str> for DocumentKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no document key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The key has no characters.
    #[error("The document key is empty.")]
    Empty,
    /// The key has more than 128 characters.
    #[error("The document key has {length} characters; at most 128 are permitted.")]
    TooLong {
        /// Its length in characters.
        length: usize,
    },
    /// The key has a character that is not permitted.
    #[error("The document key has the character {character:?} at position {position}.")]
    Character {
        /// The first character that is not permitted.
        character: char,
        /// Where it stands, counted from 1.
        position: usize,
    },
}

impl Explain for KeyError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty | Self::TooLong { .. } => "config.key_length",
            Self::Character { .. } => "config.key_characters",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Empty => "Give each revision of each document its own key, for example the file's id and version joined by \"_\"."
                .to_owned(),
            Self::TooLong { .. } => {
                "Use a shorter key, for example a hash of the file's id and version written as hex digits.".to_owned()
            }
            Self::Character { .. } => {
                "Use only the characters 0-9, a-z, A-Z, \".\", \"_\", \"=\" and \"-\", and replace any other by \"_\"."
                    .to_owned()
            }
        }
    }

    fn editor_error(&self) -> i32 {
        editor_error::RIGHTS
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> Result<DocumentKey, KeyError> {
        text.parse()
    }

    #[test]
    fn documented_characters_pass() {
        let text = "Az09.-_=";
        assert_eq!(key(text).unwrap().as_str(), text);
    }

    #[test]
    fn length_is_1_to_128() {
        assert!(key(&"k".repeat(128)).is_ok());
        assert_eq!(
            key(&"k".repeat(129)),
            Err(KeyError::TooLong { length: 129 })
        );
        assert_eq!(key(""), Err(KeyError::Empty));
    }

    #[test]
    fn sentences() {
        let bad = key("a/b").unwrap_err();
        insta::assert_snapshot!(bad.message(), @r#"The document key has the character '/' at position 2."#);
        insta::assert_snapshot!(bad.hint(), @r#"Use only the characters 0-9, a-z, A-Z, ".", "_", "=" and "-", and replace any other by "_"."#);
        let long = key(&"k".repeat(200)).unwrap_err();
        insta::assert_snapshot!(long.message(), @"The document key has 200 characters; at most 128 are permitted.");
        insta::assert_snapshot!(long.hint(), @"Use a shorter key, for example a hash of the file's id and version written as hex digits.");
        let empty = key("").unwrap_err();
        insta::assert_snapshot!(empty.message(), @"The document key is empty.");
        insta::assert_snapshot!(empty.hint(), @r#"Give each revision of each document its own key, for example the file's id and version joined by "_"."#);
        assert_eq!(
            [bad.code(), long.code(), empty.code()],
            [
                "config.key_characters",
                "config.key_length",
                "config.key_length"
            ]
        );
    }

    #[test]
    fn json_is_checked_too() {
        assert!(serde_json::from_str::<DocumentKey>(r#""../x""#).is_err());
        let key: DocumentKey = serde_json::from_str(r#""a.1""#).unwrap();
        assert_eq!(serde_json::to_string(&key).unwrap(), r#""a.1""#);
    }

    proptest! {
        /// No key can leave a folder, a URL path segment or a header line.
        #[test]
        fn keys_are_harmless_in_a_url(text in ".{0,140}") {
            if let Ok(key) = key(&text) {
                prop_assert!(key.as_str().len() <= DocumentKey::MAX_LENGTH);
                prop_assert!(!key.as_str().contains(['/', '\\', '%', '?', '#', '\0', '\r', '\n', ' ']));
            }
        }

        #[test]
        fn every_documented_key_passes(text in "[0-9A-Za-z._=-]{1,128}") {
            let parsed = key(&text).unwrap();
            prop_assert_eq!(parsed.as_str(), text);
        }
    }
}

//! Addresses by what is in them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// Addresses that contain a text, in which `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlPattern(String);

/// A text that is no [`UrlPattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} would mean every address. Give a part of those that are meant, such as X-Amz-Signature= or https://*.s3.example/."
)]
pub struct UrlPatternError(String);

impl UrlPattern {
    /// Whether an address contains the text.
    pub(crate) fn matches(&self, address: &str) -> bool {
        let mut rest = address;
        self.0.split('*').all(|part| {
            let Some(at) = rest.find(part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
            true
        })
    }
}

impl FromStr for UrlPattern {
    type Err = UrlPatternError;

    fn from_str(text: &str) -> Result<Self, UrlPatternError> {
        let text = text.trim();
        if text.split('*').all(str::is_empty) {
            return Err(UrlPatternError(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for UrlPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UrlPattern {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_meant_by_a_part_of_it() {
        let signed = "https://docs.s3.example/a%20b.docx?X-Amz-Date=1&X-Amz-Signature=00ff";
        for (pattern, meant) in [
            ("X-Amz-Signature=", true),
            ("https://*.s3.example/*X-Amz-Signature=*", true),
            (".docx?", true),
            ("x-amz-signature=", false),
            ("Signature=*Date=", false),
            ("https://*.s4.example/", false),
        ] {
            let pattern: UrlPattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(signed), meant, "{pattern}");
        }
    }

    #[test]
    fn no_pattern_means_every_address() {
        for text in ["", " ", "*", "**"] {
            assert!(text.parse::<UrlPattern>().is_err(), "{text:?}");
        }
    }
}

//! The languages of dictionaries.

use std::str::FromStr;

use serde::Deserialize;

/// A language tag such as `de-DE` or `sr-Latn-RS`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Language(String);

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(['-', '_']);
        let first = parts.next().unwrap_or_default();
        let is_language =
            (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_part = |part: &str| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if is_language && text.len() <= 35 && parts.all(is_part) {
            return Ok(Self(text.replace('_', "-")));
        }
        Err(format!(
            "{text:?} is no language tag. Write it as de-DE: the language, and the country or script"
        ))
    }
}

impl TryFrom<String> for Language {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_tag_and_nothing_else() {
        for good in ["de-DE", "en", "sr-Latn-RS", "pt_BR", "ca-ES-valencia"] {
            let language: Language = good.parse().unwrap();
            assert_eq!(String::from(language), good.replace('_', "-"));
        }
        for bad in ["", "DE", "german", "de DE", "de-", "de-DE,en", "d", "../de"] {
            assert!(bad.parse::<Language>().is_err(), "{bad}");
        }
    }
}

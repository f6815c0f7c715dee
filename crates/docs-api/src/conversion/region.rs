//! How numbers are written where a text comes from.

use super::ParameterError;

/// Languages that write a comma before the fraction (Unicode CLDR, symbol "decimal").
const COMMA: [&str; 44] = [
    "af", "az", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fo", "fr",
    "gl", "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "ky", "lt", "lv", "mk", "nb", "nl", "nn",
    "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk",
];
/// Countries where such a language has a point anyway.
const POINT: [&str; 12] = [
    "de-CH", "de-LI", "es-DO", "es-GT", "es-HN", "es-MX", "es-NI", "es-PA", "es-PE", "es-PR",
    "es-SV", "es-US",
];
/// Countries where another language has a comma.
const COMMA_TOO: [&str; 4] = ["en-ZA", "en-DE", "en-NL", "vi-VN"];

/// A language and perhaps a country, as in `de-DE`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region {
    language: String,
    country: Option<String>,
}

impl Region {
    /// Reads a tag such as `de-DE`, `de_DE` or `de`.
    pub fn parse(tag: &str) -> Result<Self, ParameterError> {
        let wrong = ParameterError::Wrong(
            "region",
            "Give a language and a country, such as en-US or de-DE.",
        );
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !(2..=3).contains(&language.len()) || !letters(&language) {
            return Err(wrong);
        }
        let mut country = None;
        for part in parts {
            match part.len() {
                // A script, as in sr-Latn-RS, changes no number.
                4 if letters(part) => {}
                2 if letters(part) => country = Some(part.to_ascii_uppercase()),
                _ => return Err(wrong),
            }
        }
        Ok(Self { language, country })
    }

    /// Whether numbers have a comma before their fraction.
    pub fn has_decimal_comma(&self) -> bool {
        let tag = match &self.country {
            Some(country) => format!("{}-{country}", self.language),
            None => self.language.clone(),
        };
        let known = |list: &[&str], tag: &str| list.contains(&tag);
        known(&COMMA_TOO, &tag) || (known(&COMMA, &self.language) && !known(&POINT, &tag))
    }

    /// The language, in lower case.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The country, in upper case.
    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_decides_with_the_language() {
        let comma = |tag| Region::parse(tag).unwrap().has_decimal_comma();
        for tag in [
            "de",
            "de-DE",
            "de_at",
            "sr-Latn-RS",
            "es-ES",
            "en-ZA",
            "pt-BR",
        ] {
            assert!(comma(tag), "{tag}");
        }
        for tag in ["en", "en-US", "de-CH", "es-MX", "ja-JP", "zh-Hans-CN"] {
            assert!(!comma(tag), "{tag}");
        }
    }

    #[test]
    fn what_is_no_locale_is_refused() {
        for tag in [
            "",
            "d",
            "de-",
            "de-D",
            "de-D1",
            "1033",
            "de-DE/../x",
            "\u{e9}\u{e9}",
        ] {
            assert!(Region::parse(tag).is_err(), "{tag:?}");
        }
    }
}

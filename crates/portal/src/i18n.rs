//! The languages of the portal's pages.

use axum_extra::extract::CookieJar;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

use crate::text::{EN, FR, Text};

/// The cookie that keeps a person's choice of language.
pub(crate) const COOKIE: &str = "recto_language";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    French,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::French];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// The language's name in that language.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    pub(crate) fn text(self) -> &'static Text {
        match self {
            Self::English => &EN,
            Self::French => &FR,
        }
    }

    pub(crate) fn parse(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(code))
    }

    /// The cookie's choice, else the best of `Accept-Language`, else English.
    pub(crate) fn of_request(headers: &HeaderMap, cookies: &CookieJar) -> Self {
        let accepted = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        cookies
            .get(COOKIE)
            .and_then(|cookie| Self::parse(cookie.value()))
            .unwrap_or_else(|| Self::best_of(accepted))
    }

    fn best_of(accepted: &str) -> Self {
        let mut best = (Self::English, 0.0_f32);
        for entry in accepted.split(',') {
            let mut parts = entry.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |quality| quality.parse().unwrap_or(0.0));
            let primary = tag.split('-').next().unwrap_or_default();
            if let Some(language) = Self::parse(primary)
                && quality > best.1
            {
                best = (language, quality);
            }
        }
        best.0
    }
}

/// Puts values into a sentence's `{names}`.
pub(crate) fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        filled.push_str(
            values
                .iter()
                .find(|(key, _)| *key == name)
                .map_or("", |(_, value)| value),
        );
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_best_known_language_wins() {
        assert_eq!(
            Language::best_of("de, fr-CA;q=0.8, en;q=0.5"),
            Language::French
        );
        assert_eq!(
            Language::best_of("en-GB,en;q=0.9,fr;q=0.8"),
            Language::English
        );
        assert_eq!(Language::best_of("fr;q=0, de"), Language::English);
        assert_eq!(Language::best_of(""), Language::English);
    }

    #[test]
    fn a_value_is_not_read_as_a_sentence() {
        assert_eq!(
            fill("Delete “{name}”?", &[("name", "{name}")]),
            "Delete “{name}”?"
        );
    }

    fn names(sentence: &str) -> Vec<&str> {
        let mut names: Vec<_> = sentence
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name)
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_say_everything_with_the_same_values() {
        let (english, french) = (EN.entries(), FR.entries());
        assert_eq!(english.len(), french.len());
        // Words that are the same in both languages.
        let alike = [
            "product",
            "versions",
            "version_number",
            "one_version",
            "count_versions",
        ];
        for ((key, en), (_, fr)) in english.iter().zip(&french) {
            assert!(
                !en.trim().is_empty() && !fr.trim().is_empty(),
                "`{key}` is empty"
            );
            assert_eq!(names(en), names(fr), "`{key}` has other values in French");
            assert!(en != fr || alike.contains(key), "`{key}` is not translated");
        }
    }
}

//! Which fonts of a document are not there, and what stands in for them.

use serde_json::Value;

use super::main_loop::Kit;
use crate::protocol::bounds;

/// Fonts of signs that LibreOffice reports as missing, although it has their signs in a font of its own.
const SIGNS: [&str; 8] = [
    "mt extra",
    "symbol",
    "webdings",
    "wingdings",
    "wingdings 2",
    "wingdings 3",
    "zapf dingbats",
    "zapfdingbats",
];

/// The fonts that a report of LibreOffice names.
pub(super) fn named(payload: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(payload).unwrap_or_default();
    let names = report.get("fontsmissing").and_then(Value::as_array);
    let names = names.into_iter().flatten().filter_map(Value::as_str);
    let names = names.filter(|name| !SIGNS.contains(&name.to_lowercase().as_str()));
    names.map(str::to_owned).collect()
}

/// Each with what stands in for it, as far as the server wants to hear of them.
pub(super) fn missing(kit: &Kit) -> Vec<(String, String)> {
    let Some(fonts) = kit.fonts else {
        return Vec::new();
    };
    let names = kit.missing_fonts.take();
    let fits = |name: &String| !name.is_empty() && name.len() <= bounds::FONT_NAME;
    names
        .into_iter()
        .filter(fits)
        .take(bounds::FONTS)
        .filter_map(|name| Some((fonts.stand_in(&name).filter(fits)?, name)))
        .map(|(stand_in, name)| (name, stand_in))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_that_are_there_are_not_missing() {
        let report = r#"{ "fontsmissing": [ "Frutiger", "Symbol", "Wingdings", 5 ] }"#;
        assert_eq!(named(report), ["Frutiger"]);
        assert!(named("no report").is_empty());
    }
}

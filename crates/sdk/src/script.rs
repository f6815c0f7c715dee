//! JSON inside a page.

use serde_json::Value;

/// The value as JSON that may stand in a `<script>` element and in an HTML
/// attribute with quotation marks escaped: no character of it ends a script or
/// begins a comment.
pub(crate) fn json(value: &Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        match c {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_ends_the_script_and_nothing_is_lost(text in ".*(</script>|<!--|&amp;)?.*") {
            let written = json(&Value::from(text.clone()));
            let ends = written.contains(['<', '>', '&', '\u{2028}']);
            prop_assert!(!ends);
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}

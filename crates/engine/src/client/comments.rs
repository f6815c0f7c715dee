//! The texts of comments. LibreOffice gives those of a text document as HTML; editors get plain text, as
//! of the other kinds of documents.

use serde_json::Value;

/// The query whose answer this is about.
pub(super) const COMMENTS: &str = ".uno:ViewAnnotations";

/// Gives each comment its text in place of HTML.
pub(super) fn plain(answer: &mut Value) {
    let each = |comment: &mut Value| {
        let Some(comment) = comment.as_object_mut() else {
            return;
        };
        if let Some(Value::String(html)) = comment.remove("html") {
            comment.insert("text".into(), text_of(&html).into());
        }
    };
    match answer.get_mut("comments") {
        Some(Value::Array(comments)) => comments.iter_mut().for_each(each),
        // As presentations have them.
        Some(Value::Object(comments)) => comments.values_mut().for_each(each),
        _ => {}
    }
}

/// The text of HTML as LibreOffice writes it for a comment: a block is a line.
fn text_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(letter) = rest.chars().next() {
        rest = match letter {
            '<' => {
                let (tag, after) = rest[1..].split_once('>').unwrap_or((&rest[1..], ""));
                if is_line_end(tag, after) {
                    text.push('\n');
                }
                after
            }
            '&' => {
                let (letter, after) = entity(rest).unwrap_or(('&', &rest[1..]));
                text.push(letter);
                after
            }
            // The end of a line in the source is none in the text.
            '\n' | '\r' => &rest[1..],
            letter => {
                text.push(letter);
                &rest[letter.len_utf8()..]
            }
        };
    }
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// Whether a tag ends a line. A break before the end of a block only keeps the block from being empty.
fn is_line_end(tag: &str, after: &str) -> bool {
    let ends_block = |tag: &str| {
        let name = tag.trim().to_ascii_lowercase();
        matches!(&*name, "/div" | "/p" | "/li")
    };
    let name = tag.trim_end_matches('/').trim();
    if name.eq_ignore_ascii_case("br") {
        let next = after
            .strip_prefix('<')
            .and_then(|tag| tag.split('>').next());
        return !next.is_some_and(ends_block);
    }
    ends_block(tag)
}

/// The letter of an entity at the beginning of a text, and what comes after it.
fn entity(text: &str) -> Option<(char, &str)> {
    /// Of the longest: `&#x10ffff;`.
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    };
    Some((letter, &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn comments_come_as_plain_text() {
        for (html, text) in [
            ("<div>from Ann</div>", "from Ann"),
            (
                "<div>a</div><div>b</div><div><br/></div><div>c</div>",
                "a\nb\n\nc",
            ),
            ("<div>a<br/>b</div>", "a\nb"),
            (
                "<div>x &lt;b&gt; &amp; &quot;y&quot; &#233;&#xe9;</div>",
                "x <b> & \"y\" éé",
            ),
            (
                "<div><b>bold</b> <a href=\"https://x/\">link</a>\n</div>",
                "bold link",
            ),
            (
                "a & b &unknown; &#x110000; &",
                "a & b &unknown; &#x110000; &",
            ),
            ("<div>cut off <", "cut off "),
            ("", ""),
        ] {
            assert_eq!(text_of(html), text, "{html}");
        }
        let mut answer =
            json!({"comments": [{"id": 1, "html": "<div>a</div>"}, {"id": 2, "text": "b"}, 3]});
        plain(&mut answer);
        assert_eq!(
            answer,
            json!({"comments": [{"id": 1, "text": "a"}, {"id": 2, "text": "b"}, 3]})
        );
        let mut slides = json!({"comments": {"comment1": {"html": "<p>x</p>"}}});
        plain(&mut slides);
        assert_eq!(slides["comments"]["comment1"]["text"], "x");
    }

    proptest! {
        #[test]
        fn no_html_panics_or_grows(html in "[<>&;#a-zäé/\n]{0,60}") {
            prop_assert!(text_of(&html).len() <= html.len());
        }
    }
}

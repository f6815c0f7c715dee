//! Texts that stand for something else.

/// What a text is that is in a token's place, if it is not a token.
pub(super) fn stand_in(text: &str) -> Option<&'static str> {
    if is_template(text) || names_variable(text) {
        return Some("a template that was not filled in");
    }
    let masked = ["***", "•••", "…", "...", "XXXX", "xxxx", "####", "■", "█"]
        .iter()
        .any(|mask| text.contains(mask));
    if masked {
        return Some("masked or cut off");
    }
    let bracketed = |open, close| text.starts_with(open) && text.ends_with(close);
    if bracketed('<', '>') || (bracketed('[', ']') && !text.contains(['"', ','])) {
        return Some("a description of a token");
    }
    if text.contains('.') && text.starts_with("eyJ") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let words = [
        "your",
        "token_here",
        "token-here",
        "jwt_here",
        "my_token",
        "mytoken",
        "redacted",
        "masked",
        "hidden",
        "placeholder",
        "removed",
        "omitted",
        "censored",
        "jwt_token",
        "insert",
    ];
    let whole = [
        "token",
        "jwt",
        "jwttoken",
        "the_token",
        "string",
        "signature",
        "config.token",
    ];
    let short = text.len() <= 64;
    (short && (words.iter().any(|word| lower.contains(word)) || whole.contains(&lower.as_str())))
        .then_some("a word that stands for one")
}

/// Whether a text has a placeholder of a template language in it.
pub(super) fn is_template(text: &str) -> bool {
    [
        ("{{", "}}"),
        ("{!!", "!!}"),
        ("<?", "?>"),
        ("<%", "%>"),
        ("${", "}"),
        ("{%", "%}"),
        ("#{", "}"),
        ("@json(", ")"),
        ("@{", "}"),
        ("[[${", "}]]"),
    ]
    .iter()
    .any(|(open, close)| {
        text.find(open)
            .is_some_and(|start| text[start + open.len()..].contains(close))
    })
}

/// Whether a whole text is the name of a variable: `$url`, `%URL%`, `$row->url`.
pub(super) fn names_variable(text: &str) -> bool {
    let name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_->[]'\"".contains(c))
    };
    let percent = text
        .strip_prefix('%')
        .and_then(|rest| rest.strip_suffix('%'))
        .is_some_and(|inner| inner.len() > 1 && name(inner));
    percent || text.strip_prefix('$').is_some_and(name)
}

/// Whether a text has a PHP variable in it, as single quotation marks leave it.
pub(super) fn has_variable(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|c| c.is_ascii_alphanumeric())
            && text[at + 1..].starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
    })
}

/// Whether a payload has the marks of ONLYOFFICE's documentation.
pub(super) fn is_documentation(payload: &[u8]) -> bool {
    let text = String::from_utf8_lossy(payload);
    [
        "example.com",
        "Khirz6zTPdfd7",
        "af86C7e71Ca8",
        "78e1e841",
        "F89d8069ba2b",
        "url-to-",
        "documentserver/",
        "static.onlyoffice.com",
        "api.onlyoffice.com",
    ]
    .iter()
    .any(|mark| text.contains(mark))
}

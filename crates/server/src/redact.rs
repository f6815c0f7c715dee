//! What is left of an address or of a foreign text when it is shown to the administrator.

use recto_token::Keys;
use serde_json::Value;
use url::Url;

/// From this length on, a part of a path that looks random may be an access token.
const LONG: usize = 20;
/// Characters of a text in a callback that are shown.
const SHOWN: usize = 500;

/// An address without its query, fragment and user, and without parts of its path that look like
/// access tokens.
pub fn address(text: &str) -> String {
    let Ok(url) = Url::parse(text) else {
        return "(not an address)".into();
    };
    let path: Vec<&str> = url
        .path()
        .split('/')
        .map(|part| if looks_random(part) { "…" } else { part })
        .collect();
    let query = if url.query().is_some() { "?…" } else { "" };
    format!(
        "{}{}{query}",
        url.origin().ascii_serialization(),
        path.join("/")
    )
}

/// A text that an application wrote, without addresses' queries, tokens and this server's secrets.
pub fn text(text: &str, keys: &Keys) -> String {
    let text = keys.hidden_in(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(is_separator).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.starts_with("http://") || word.starts_with("https://") {
            out.push_str(&address(word));
        } else if looks_like_a_token(word) {
            out.push_str("[token]");
        } else {
            out.push_str(word);
        }
        let separators = after.find(|c| !is_separator(c)).unwrap_or(after.len());
        out.push_str(&after[..separators]);
        rest = &after[separators..];
    }
    out
}

/// The same for every text in a value; long ones are cut.
pub fn value(value: &Value, keys: &Keys) -> Value {
    match value {
        Value::String(content) => {
            let mut shown: String = text(content, keys);
            if let Some((at, _)) = shown.char_indices().nth(SHOWN) {
                shown.truncate(at);
                shown.push('…');
            }
            shown.into()
        }
        Value::Array(items) => items.iter().map(|item| self::value(item, keys)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), self::value(member, keys)))
            .collect(),
        other => other.clone(),
    }
}

/// What ends a word. A query's `&`, `?` and `=` do not: they belong to an address.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '"' | '\'' | '<' | '>' | '(' | ')' | '{' | '}' | ',' | ';' | '`' | '\\'
        )
}

/// Three parts of base64url with dots between them, the first of which begins with `{"` (RFC 7515), or a
/// part of that which was cut off.
fn looks_like_a_token(word: &str) -> bool {
    word.split(['=', ':', '&', '?'])
        .any(|part| part.starts_with("eyJ") && part.len() > LONG)
}

fn looks_random(part: &str) -> bool {
    part.len() >= LONG
        && (looks_like_a_token(part)
            || (part.bytes().any(|byte| byte.is_ascii_digit())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_=%+~".contains(&byte))))
}

#[cfg(test)]
mod tests {
    use recto_token::Secret;
    use serde_json::json;

    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn keys() -> Keys {
        Keys::from_secret(Secret::from(SECRET))
    }

    #[test]
    fn t19_an_address_keeps_what_names_the_handler() {
        for (whole, shown) in [
            (
                "https://cloud.example/index.php/apps/onlyoffice/track?doc=eyJx.y.z",
                "https://cloud.example/index.php/apps/onlyoffice/track?…",
            ),
            (
                "http://user:pass@app.example:8080/callback#x",
                "http://app.example:8080/callback",
            ),
            (
                "https://app.example/c/4f9a0b1c2d3e4f5a6b7c8d9e/save",
                "https://app.example/c/…/save",
            ),
            ("nonsense", "(not an address)"),
        ] {
            assert_eq!(address(whole), shown);
        }
    }

    #[test]
    fn t19_a_text_loses_tokens_addresses_and_secrets() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl";
        let page = format!(
            "<pre>JWT_SECRET={SECRET}; Authorization: Bearer {token} at https://a.example/x?sig=1&e=2 ({token})</pre> token={token}"
        );
        insta::assert_snapshot!(text(&page, &keys()), @"<pre>JWT_SECRET=[secret]; Authorization: Bearer [token] at https://a.example/x?… ([token])</pre> [token]");
    }

    #[test]
    fn t19_every_text_of_a_value_is_looked_at() {
        let shown = value(
            &json!({ "url": "http://a/b?sig=1", "users": ["u1"], "history": { "x": "y".repeat(600) }, "status": 2 }),
            &keys(),
        );
        assert_eq!(shown["url"], "http://a/b?…");
        assert_eq!(shown["users"], json!(["u1"]));
        assert_eq!(shown["status"], 2);
        assert_eq!(shown["history"]["x"].as_str().unwrap().chars().count(), 501);
    }
}

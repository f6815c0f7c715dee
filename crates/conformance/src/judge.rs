//! Whether an answer is the expected one.

use serde_json::{Map, Value};

use crate::case::{Expected, HttpAnswer, refusal};
use crate::forge::Secret;
use crate::template::Values;

/// Members with which Recto explains a refusal, and with which it says its own version. ONLYOFFICE has
/// none of them; who does not know them passes them over, so they are no difference in any row.
const EXPLANATION: [&str; 6] = ["code", "message", "hint", "path", "docs", "recto"];
/// Those that a report shows.
const SHOWN_OF_IT: [&str; 2] = ["code", "recto"];
/// Most characters of an answer in a report.
const SHOWN: usize = 300;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Http(HttpOutcome),
    /// The opening was accepted.
    Accepted,
    /// The opening was refused.
    Refused {
        code: Option<i64>,
        description: Option<String>,
    },
    /// No answer that could be compared, and what there was instead.
    Nothing(String),
    /// The question could not be put, and why.
    Impossible(String),
}

#[derive(Clone, Debug)]
pub(crate) struct HttpOutcome {
    pub status: u16,
    pub body: String,
    /// When it was given, in Unix seconds by the server's clock.
    pub date: Option<i64>,
}

impl HttpOutcome {
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(self.body.trim()).ok()
    }
}

impl Outcome {
    /// Whether it is what was expected. `values` are those of the request; `explained` says whether the
    /// members of an explanation may be there.
    pub fn meets(&self, expected: &Expected, values: &Values, explained: bool) -> bool {
        match (expected, self) {
            (Expected::Http(expected), Self::Http(got)) => http(expected, got, values, explained),
            (Expected::Accepted, Self::Accepted) => true,
            (
                Expected::Refused { code, description },
                Self::Refused {
                    code: got_code,
                    description: got_description,
                },
            ) => code == got_code && description == got_description,
            _ => false,
        }
    }

    /// How it is shown in a report: without sentences, links, tokens and the secret.
    pub fn shown(&self, secret: &Secret) -> String {
        let text = match self {
            Self::Http(got) => {
                let body = match got.json() {
                    Some(json) => presentable(json, secret).to_string(),
                    None => presentable_xml(&got.body),
                };
                match (got.status, body.is_empty()) {
                    (200, _) => body,
                    (status, true) => format!("status {status}"),
                    (status, false) => format!("status {status} {body}"),
                }
            }
            Self::Accepted => "accepted".to_owned(),
            Self::Refused { code, description } => refusal(*code, description.as_deref()),
            Self::Nothing(what) | Self::Impossible(what) => what.clone(),
        };
        // What is hidden is hidden before the text is cut, which could leave a part of it.
        cut(without_secrets(&text, secret))
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The text without the secret, and without anything that looks like a token.
fn without_secrets(text: &str, secret: &Secret) -> String {
    // The beginning of every JSON object in Base64.
    const TOKEN: &str = "eyJ";
    let secret = String::from_utf8_lossy(secret.bytes());
    let text = if secret.is_empty() {
        text.to_owned()
    } else {
        // As it is, and as JSON has it.
        let escaped = Value::from(&*secret).to_string();
        text.replace(&*secret, "<secret>")
            .replace(&escaped[1..escaped.len() - 1], "<secret>")
    };
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, token)) = rest.split_once(TOKEN) {
        shown.push_str(before);
        shown.push_str("<token>");
        rest =
            token.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_.=+/".contains(c));
    }
    shown.push_str(rest);
    shown
}

fn http(expected: &HttpAnswer, got: &HttpOutcome, values: &Values, explained: bool) -> bool {
    if expected.status != got.status {
        return false;
    }
    if let Some(xml) = &expected.xml {
        let (Some(expected), Some(elements)) = (elements(xml), elements(&got.body)) else {
            return false;
        };
        let (explaining, told): (Vec<_>, Vec<_>) = elements
            .into_iter()
            .partition(|(name, _)| EXPLANATION.contains(&&*name.to_ascii_lowercase()));
        return told == expected && (explained || explaining.is_empty());
    }
    let Some(json) = &expected.json else {
        return true;
    };
    let (Ok(Value::Object(expected_members)), Some(Value::Object(members))) =
        (values.fill(json), got.json())
    else {
        return false;
    };
    let all_there = expected_members
        .iter()
        .all(|(name, pattern)| members.get(name).is_some_and(|value| fits(pattern, value)));
    let nothing_else = members.keys().all(|name| {
        expected_members.contains_key(name)
            || expected.optional.contains(name)
            || (explained && EXPLANATION.contains(&name.as_str()))
    });
    all_there && nothing_else
}

fn fits(pattern: &Value, value: &Value) -> bool {
    match pattern.as_str() {
        Some("<text>") => value.as_str().is_some_and(|text| !text.is_empty()),
        Some("<list>") => value.is_array(),
        _ => match (pattern.as_f64(), value.as_f64()) {
            // 100 and 100.0 are one number to every reader.
            (Some(pattern), Some(value)) => (pattern - value).abs() < f64::EPSILON,
            _ => pattern == value,
        },
    }
}

/// JSON without sentences, and without links, which are signed.
fn presentable(json: Value, secret: &Secret) -> Value {
    match json {
        Value::Object(members) => members
            .into_iter()
            .filter(|(name, _)| is_shown(name))
            .map(|(name, value)| (without_secrets(&name, secret), presentable(value, secret)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items
            .into_iter()
            .map(|item| presentable(item, secret))
            .collect(),
        Value::String(text) if text.contains("://") => "<link>".into(),
        // Before it is written as JSON, which changes some characters.
        Value::String(text) => without_secrets(&text, secret).into(),
        other => other,
    }
}

fn is_shown(name: &str) -> bool {
    !EXPLANATION.contains(&name) || SHOWN_OF_IT.contains(&name)
}

/// The elements of a conversion's answer in XML, each with its text as it is written.
fn elements(text: &str) -> Option<Vec<(String, String)>> {
    let text = without_declaration(text);
    let mut rest = text
        .strip_prefix("<FileResult>")?
        .strip_suffix("</FileResult>")?;
    let mut elements = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix('<')?.split_once('>')?;
        let (content, after) = after.split_once(&format!("</{name}>"))?;
        elements.push((name.to_owned(), content.to_owned()));
        rest = after;
    }
    Some(elements)
}

/// The same without sentences.
fn presentable_xml(text: &str) -> String {
    let Some(elements) = elements(text) else {
        return without_declaration(text);
    };
    let shown: Vec<_> = elements
        .into_iter()
        .filter(|(name, _)| is_shown(&name.to_ascii_lowercase()))
        .map(|(name, content)| format!("<{name}>{content}</{name}>"))
        .collect();
    format!("<FileResult>{}</FileResult>", shown.concat())
}

/// XML in one line, without its declaration.
fn without_declaration(text: &str) -> String {
    let text = text.trim().trim_start_matches('\u{feff}');
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or("", |(_, after)| after),
        None => text,
    };
    text.lines().map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn meets(expected: &Value, status: u16, body: &str, explained: bool) -> bool {
        let expected = Expected::Http(serde_json::from_value(expected.clone()).unwrap());
        let mut values = Values::at(0);
        values.set("key", "k1");
        let outcome = Outcome::Http(HttpOutcome {
            status,
            body: body.to_owned(),
            date: None,
        });
        outcome.meets(&expected, &values, explained)
    }

    #[test]
    fn members_and_status_are_compared() {
        let refused = json!({ "json": { "error": 6 } });
        assert!(meets(&refused, 200, r#"{"error":6}"#, false));
        assert!(meets(&refused, 200, r#"{"error":6.0}"#, false));
        for (status, body) in [
            (403, r#"{"error":6}"#),
            (200, r#"{"error":7}"#),
            (200, r#"{"error":"6"}"#),
            (200, "{}"),
            (200, "6"),
            (200, ""),
            (200, r#"{"error":6,"key":"k1"}"#),
        ] {
            assert!(!meets(&refused, status, body, true), "{status} {body}");
        }
    }

    #[test]
    fn an_explanation_may_be_there_where_it_is_known() {
        let refused = json!({ "json": { "error": 6 } });
        let body = r#"{"error":6,"code":"token.missing","message":"No token.","hint":"Sign."}"#;
        assert!(meets(&refused, 200, body, true));
        assert!(!meets(&refused, 200, body, false));
    }

    #[test]
    fn patterns_and_placeholders_count() {
        let version = json!({ "json": { "error": 0, "version": "<text>" } });
        assert!(meets(
            &version,
            200,
            r#"{"error":0,"version":"9.3.0"}"#,
            false
        ));
        assert!(!meets(&version, 200, r#"{"error":0,"version":""}"#, false));
        assert!(!meets(&version, 200, r#"{"error":0}"#, false));
        let key = json!({ "json": { "key": "{key}", "keys": "<list>" }, "optional": ["users"] });
        assert!(meets(
            &key,
            200,
            r#"{"key":"k1","keys":[],"users":[]}"#,
            false
        ));
        assert!(!meets(&key, 200, r#"{"key":"k2","keys":[]}"#, false));
    }

    #[test]
    fn xml_is_compared_without_declaration_and_line_breaks() {
        let refused = json!({ "xml": "<FileResult><Error>-8</Error></FileResult>" });
        let body = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<FileResult>\n  <Error>-8</Error>\n</FileResult>";
        assert!(meets(&refused, 200, body, false));
        assert!(!meets(&refused, 200, r#"{"error":-8}"#, false));
        let body =
            "<FileResult><Code>token.missing</Code><Error>-8</Error><Hint>&lt;</Hint></FileResult>";
        assert!(meets(&refused, 200, body, true));
        assert!(!meets(&refused, 200, body, false));
        let body = "<FileResult><Error>-8</Error><Percent>0</Percent></FileResult>";
        assert!(!meets(&refused, 200, body, true));
    }

    #[test]
    fn a_status_alone_is_enough_where_nothing_else_is_expected() {
        assert!(meets(&json!({ "status": 403 }), 403, "whatever", false));
        assert!(!meets(&json!({ "status": 403 }), 200, "whatever", false));
    }

    #[test]
    fn neither_sentences_nor_signed_links_are_shown() {
        let shown = |body: &str| {
            let body = body.to_owned();
            let secret = Secret::from("a\"b");
            let outcome = HttpOutcome {
                status: 200,
                body,
                date: None,
            };
            Outcome::Http(outcome).shown(&secret)
        };
        insta::assert_snapshot!(
            shown(r#"{"error":6,"code":"token.missing","message":"m","hint":"h"}"#),
            @r#"{"code":"token.missing","error":6}"#
        );
        insta::assert_snapshot!(
            shown(r#"{"fileUrl":"http://s/cache/files/x?md5=abc","percent":100}"#),
            @r#"{"fileUrl":"<link>","percent":100}"#
        );
        insta::assert_snapshot!(
            shown(r#"{"jwt":"eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.x-_y","s":"is a\"b"}"#),
            @r#"{"jwt":"<token>","s":"is <secret>"}"#
        );
        insta::assert_snapshot!(
            shown("<?xml version=\"1.0\"?><FileResult><Code>token.missing</Code><Error>-8</Error><Hint>h</Hint></FileResult>"),
            @"<FileResult><Code>token.missing</Code><Error>-8</Error></FileResult>"
        );
    }

    proptest! {
        #[test]
        fn t19_the_secret_is_hidden_wherever_it_stands(
            before in any::<String>(), after in any::<String>(),
            secret in r#"[a-z0-9"\\/&é]{12,20}"#, name in "[a-z]{0,8}",
        ) {
            let told = format!("{before} {secret} {after}");
            let bodies = [
                told.clone(),
                json!({ name: told }).to_string(),
                json!([[told], { told.clone(): 1 }]).to_string(),
                format!("<FileResult><Error>{told}</Error></FileResult>"),
            ];
            for body in bodies {
                let outcome = HttpOutcome { status: 200, body, date: None };
                let shown = Outcome::Http(outcome).shown(&Secret::from(secret.as_str()));
                prop_assert!(!shown.contains(&secret), "{shown}");
                let escaped = json!(secret).to_string();
                let escaped = &escaped[1..escaped.len() - 1];
                prop_assert!(!shown.contains(escaped), "{shown}");
            }
        }
    }
}

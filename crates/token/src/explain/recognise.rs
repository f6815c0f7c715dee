//! Finds out what an input is.

use serde_json::Value;

use super::{
    Context, Evidence, Finding, Kind, MAX_INPUT, catalogue,
    document::{self, Config},
    environment, log, opening,
    report::Report,
    request, request_rules, server_config, snippet,
};

/// Judges a case and says what its main part was taken for.
pub(super) fn judge(evidence: &Evidence<'_>, context: &Context, report: &mut Report) -> Kind {
    let given = evidence.token.and_then(|bytes| read(bytes, report));
    let mut token = given.as_deref().map(bare_token);
    let mut main = None;
    // A token that is given beside a config is that config's.
    let belongs = |kind| matches!(kind, Kind::Config | Kind::Snippet);
    if let Some(text) = evidence.config.and_then(|bytes| read(bytes, report)) {
        let kind = config_text(&text, token, context, report);
        if belongs(kind) {
            token = None;
        }
        main = Some(kind);
    }
    for bytes in [evidence.request, evidence.paste].into_iter().flatten() {
        let Some(text) = read(bytes, report) else {
            continue;
        };
        let kind = paste(&text, token, context, report);
        if belongs(kind) {
            token = None;
        }
        main = main.or(Some(kind));
    }
    if let Some(token) = token {
        opening::token_alone(token, context, report);
        main = main.or(Some(Kind::Token));
    }
    if main.is_none() && !report.has(&catalogue::UNREADABLE) {
        report.add(Finding::new(&catalogue::UNREADABLE));
    }
    main.unwrap_or(Kind::Unknown)
}

/// The input as text. Reports what is not read.
fn read(bytes: &[u8], report: &mut Report) -> Option<String> {
    let bytes = if bytes.len() > MAX_INPUT {
        report.add(
            Finding::new(&catalogue::TRUNCATED)
                .expected(format!("at most {MAX_INPUT} bytes"))
                .found(format!("{} bytes", bytes.len())),
        );
        &bytes[..MAX_INPUT]
    } else {
        bytes
    };
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        String::from_utf16_lossy(&units.collect::<Vec<_>>())
    };
    let text = match bytes {
        // What PowerShell writes by default.
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    let strange = text
        .chars()
        .filter(|c| {
            *c == '\u{FFFD}' || (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1b}'))
        })
        .count();
    if text.trim().is_empty() || strange * 10 > text.chars().count() {
        report.add(
            Finding::new(&catalogue::UNREADABLE).says(if text.trim().is_empty() {
                "The input is empty."
            } else {
                "The input is no text."
            }),
        );
        return None;
    }
    Some(text)
}

/// A token without what people copy along with it.
pub(super) fn bare_token(text: &str) -> &str {
    let mut text = text.trim();
    for prefix in ["Authorization:", "authorization:"] {
        text = text.strip_prefix(prefix).unwrap_or(text).trim();
    }
    for prefix in ["Bearer ", "bearer "] {
        text = text.strip_prefix(prefix).unwrap_or(text).trim();
    }
    for quote in ['"', '\'', '`'] {
        text = text
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
            .unwrap_or(text);
    }
    text
}

/// Judges a config as JSON or as code.
fn config_text(text: &str, token: Option<&str>, context: &Context, report: &mut Report) -> Kind {
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        if server_config::check(&value, report) {
            return Kind::ServerConfig;
        }
        opening::check(&Config::json(value), token, context, report);
        return Kind::Config;
    }
    if snippet::check(text, token, context, report) {
        return Kind::Snippet;
    }
    report.add(Finding::new(&catalogue::UNREADABLE));
    Kind::Unknown
}

/// Judges an input of unknown kind.
fn paste(text: &str, token: Option<&str>, context: &Context, report: &mut Report) -> Kind {
    let text = text.trim();
    if let Ok(value @ Value::Object(_)) = serde_json::from_str::<Value>(text) {
        return object(value, token, context, report);
    }
    if let Some(exchange) = request::parse(text) {
        request_rules::check(&exchange, context, report);
        return Kind::Request;
    }
    if let Some(answer) = request::parse_answer(text) {
        request_rules::answer(&answer, context.purpose, report);
        return Kind::Answer;
    }
    // What another value becomes in a text.
    if text.starts_with("[object ") {
        opening::token_alone(text, context, report);
        return Kind::Token;
    }
    // The number of an error looks like a token of one part.
    let is_number = text.parse::<i64>().is_ok();
    // So do objects that were written without a blank.
    let is_code = text.contains(['{', '[']) && snippet::check(text, token, context, report);
    if is_code {
        return Kind::Snippet;
    }
    if !text.contains(char::is_whitespace) && !text.contains('=') && !is_number
        || is_wrapped_token(text)
    {
        opening::token_alone(&whole(bare_token(text)), context, report);
        return Kind::Token;
    }
    if environment::check(text, report) {
        return Kind::Environment;
    }
    if snippet::check(text, token, context, report) {
        return Kind::Snippet;
    }
    if log::check(text, context, report) {
        return Kind::Log;
    }
    report.add(Finding::new(&catalogue::UNREADABLE));
    Kind::Unknown
}

/// Whether a text is a token that lines were broken in, or one with its header.
fn is_wrapped_token(text: &str) -> bool {
    let bare = bare_token(text);
    bare.starts_with("eyJ") && {
        let whole = whole(bare);
        whole.matches('.').count() == 2
            && whole
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.=+/".contains(c))
    }
}

fn whole(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Judges a JSON object of unknown kind.
fn object(value: Value, token: Option<&str>, context: &Context, report: &mut Report) -> Kind {
    if server_config::check(&value, report) {
        return Kind::ServerConfig;
    }
    let members = value.as_object();
    let has = |name: &str| members.is_some_and(|members| members.contains_key(name));
    let body = has("c")
        || has("outputtype")
        || has("filetype")
        || has("status")
        || (has("token") && members.is_some_and(|m| m.len() == 1));
    if body && !document::is_likely(&value) {
        let exchange = request::Exchange {
            method: "POST".to_owned(),
            target: match context.purpose {
                None if has("c") => "/command",
                None if has("outputtype") || has("filetype") => "/converter",
                _ => "/",
            }
            .to_owned(),
            body: value.to_string(),
            ..request::Exchange::default()
        };
        request_rules::check(&exchange, context, report);
        return Kind::Request;
    }
    if has("error") && members.is_some_and(|members| members.len() <= 2) {
        let answer = request::Answer {
            status: 200,
            body: value.to_string(),
            ..request::Answer::default()
        };
        request_rules::answer(&answer, context.purpose, report);
        return Kind::Answer;
    }
    if is_log_record(&value) && log::check(&texts(&value), context, report) {
        return Kind::Log;
    }
    opening::check(&Config::json(value), token, context, report);
    Kind::Config
}

/// Whether an object is a line of a log that is written as JSON.
fn is_log_record(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    !document::is_likely(value)
        && (has("categoryName") || has("log") || has("msg") || has("message"))
}

/// The texts of a record, one a line.
fn texts(value: &Value) -> String {
    let mut lines = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => lines.push(text.as_str()),
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::Object(members) => open.extend(members.values()),
            _ => {}
        }
    }
    lines.join("\n")
}

//! What is wrong with a request, its token, or its answer.

use serde_json::{Map, Value};

use super::{
    Context, Finding, Purpose, Severity, catalogue,
    document::absent,
    log, payload,
    report::Report,
    request::{Answer, Exchange, header},
    token::{self, Place},
};
use crate::{
    json::{cut, shown},
    shape::COMMANDS,
};

/// Most bytes of a request that a document server takes.
const MAX_BODY: u64 = 104_857_600;

/// Commands that name no document.
const WITHOUT_KEY: [&str; 3] = ["version", "license", "getForgottenList"];

/// Judges a request.
pub(super) fn check(exchange: &Exchange, context: &Context, report: &mut Report) {
    let body = body(exchange, report);
    let purpose = context.purpose.or_else(|| purpose(exchange, body.as_ref()));
    let length = header(&exchange.headers, "Content-Length")
        .and_then(|length| length.trim().parse::<u64>().ok());
    if let Some(length) = length.filter(|length| *length > MAX_BODY) {
        report.add(
            Finding::new(&catalogue::REQUEST_TOO_LARGE)
                .at("Content-Length")
                .expected(format!("at most {MAX_BODY}"))
                .found(length.to_string()),
        );
    }
    if purpose == Some(Purpose::Command)
        && exchange.method == "GET"
        && path(exchange).ends_with("/command")
    {
        report.add(
            Finding::new(&catalogue::REQUEST_METHOD)
                .expected("POST")
                .found("GET"),
        );
    }
    let claims = claims(exchange, body.as_ref(), purpose, context, report);
    if let (Some(claims), Some(purpose)) = (claims, purpose) {
        if matches!(purpose, Purpose::Open | Purpose::Method) {
            payload::for_method(&claims, report);
        } else if let Some(parameters) = payload::for_request(&claims, purpose, report) {
            ignored(&parameters, body.as_ref(), purpose, report);
            required(&parameters, purpose, report);
        }
    }
    if let Some(purpose @ (Purpose::Command | Purpose::Convert)) = purpose
        && !exchange.target.contains("shardkey=")
    {
        let _ = purpose;
        report.add(Finding::new(&catalogue::SHARDKEY_MISSING).at("query"));
    }
    if let Some(answer) = &exchange.answer {
        self::answer(answer, purpose, report);
    }
}

fn path(exchange: &Exchange) -> &str {
    exchange.target.split(['?', '#']).next().unwrap_or_default()
}

fn purpose(exchange: &Exchange, body: Option<&Map<String, Value>>) -> Option<Purpose> {
    let path = path(exchange).to_ascii_lowercase();
    if path.ends_with("/command") || path.contains("commandservice") {
        Some(Purpose::Command)
    } else if path.ends_with("/converter") || path.contains("convertservice") {
        Some(Purpose::Convert)
    } else if body.is_some_and(|body| body.contains_key("status") && body.contains_key("key")) {
        Some(Purpose::Callback)
    } else if exchange.method == "GET" || exchange.method == "HEAD" {
        Some(Purpose::Download)
    } else {
        let token = body.and_then(|body| body.get("token"))?.as_str()?;
        let middle = token.split('.').nth(1)?;
        let claims =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, middle)
                .ok()?;
        payload::purpose_of(&serde_json::from_slice(&claims).ok()?)
    }
}

fn body(exchange: &Exchange, report: &mut Report) -> Option<Map<String, Value>> {
    if exchange.body.is_empty() {
        return None;
    }
    match serde_json::from_str(&exchange.body) {
        Ok(Value::Object(body)) => Some(body),
        Ok(_) => {
            report.add(
                Finding::new(&catalogue::NOT_JSON)
                    .says("The body of the request is not a JSON object.")
                    .at("body")
                    .expected("an object"),
            );
            None
        }
        Err(_) => {
            report.add(
                Finding::new(&catalogue::NOT_JSON)
                    .at("body")
                    .expected("a JSON object"),
            );
            None
        }
    }
}

/// Finds the token as a server does, and judges it.
fn claims(
    exchange: &Exchange,
    body: Option<&Map<String, Value>>,
    purpose: Option<Purpose>,
    context: &Context,
    report: &mut Report,
) -> Option<Map<String, Value>> {
    let place = |path| Place {
        path: Some(path),
        purpose,
        source: false,
    };
    let authorization = header(&exchange.headers, "Authorization");
    let in_body = body
        .and_then(|body| body.get("token"))
        .filter(|token| !absent(Some(token)));
    let Some(in_body) = in_body else {
        let token = in_header(exchange, authorization, purpose, report)?;
        let claims = token::inspect(token, place("Authorization"), context, report);
        if let Some(claims) = &claims
            && purpose
                .is_some_and(|purpose| matches!(purpose, Purpose::Callback | Purpose::Download))
            && !claims.contains_key("payload")
        {
            report.add(Finding::new(&catalogue::NOT_WRAPPED).at("payload"));
        }
        return claims;
    };
    let Value::String(token) = in_body else {
        report.add(
            Finding::new(&catalogue::NOT_A_STRING)
                .at("body.token")
                .expected("a string")
                .found(crate::json::type_name(in_body)),
        );
        return None;
    };
    if authorization.is_none() && purpose == Some(Purpose::Callback) {
        report.add(
            Finding::new(&catalogue::HEADER_MISSING)
                .severity(Severity::Risk)
                .says("The body has a token and the header has none: something on the way may have removed it.")
                .at("Authorization"),
        );
    }
    let before = report.has_fatal();
    let claims = token::inspect(token, place("body.token"), context, report);
    if report.has_fatal() && !before && authorization.is_some() {
        report.add(Finding::new(&catalogue::BODY_TOKEN_WINS).at("body.token"));
    }
    claims
}

/// The token of a header, as strictly as a server reads it.
fn in_header<'e>(
    exchange: &'e Exchange,
    authorization: Option<&'e str>,
    purpose: Option<Purpose>,
    report: &mut Report,
) -> Option<&'e str> {
    if let Some(value) = authorization {
        let wrong = |found: &str| {
            Finding::new(&catalogue::HEADER_PREFIX)
                .at("Authorization")
                .expected("Bearer TOKEN")
                .found(found)
        };
        let Some(token) = value.strip_prefix("Bearer ") else {
            let scheme = value.split_once(' ').map(|(scheme, _)| scheme);
            report.add(wrong(match scheme {
                Some(scheme) if scheme.len() < 20 => scheme,
                _ => "no prefix",
            }));
            return Some(
                value
                    .trim_start_matches(|c: char| {
                        c.is_ascii_alphabetic() && !value.starts_with("ey")
                    })
                    .trim(),
            );
        };
        if token.starts_with(' ') {
            report.add(wrong("two blanks"));
        }
        return Some(token.trim());
    }
    let other = exchange.headers.iter().find(|(_, value)| {
        value
            .trim_start_matches("Bearer ")
            .trim()
            .starts_with("eyJ")
    });
    if let Some((name, value)) = other {
        report.add(
            Finding::new(&catalogue::HEADER_NAME)
                .says(format!("The token is in the header {}, and the server reads Authorization unless it was told otherwise.", cut(name)))
                .at(cut(name))
                .expected("Authorization")
                .found(cut(name)),
        );
        return Some(value.trim_start_matches("Bearer ").trim());
    }
    let query = exchange
        .target
        .split(['?', '&'])
        .find_map(|pair| pair.strip_prefix("token="))
        .filter(|_| exchange.body.is_empty());
    if query.is_some() {
        return query;
    }
    let missing = Finding::new(&catalogue::HEADER_MISSING).at("Authorization");
    match purpose {
        Some(Purpose::Download) => report.add(missing),
        Some(Purpose::Callback) => {
            report.add(missing);
            report.add(Finding::new(&catalogue::CALLBACK_UNSIGNED).at("token"));
        }
        _ => {
            report.add(
                Finding::new(&catalogue::MISSING)
                    .says("The request has no token, neither in its body nor in its header.")
                    .hint("Sign the fields of the request and send the result as \"token\" in the JSON body.")
                    .at("token"),
            );
            report.add(missing.severity(Severity::Note));
        }
    }
    None
}

/// Fields of the body that the token does not sign.
fn ignored(
    parameters: &Map<String, Value>,
    body: Option<&Map<String, Value>>,
    purpose: Purpose,
    report: &mut Report,
) {
    for (name, value) in body
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "token")
    {
        let finding = Finding::new(&catalogue::BODY_IGNORED).at(cut(name));
        match parameters.get(name) {
            None => {
                let needed = matches!(
                    (purpose, name.as_str()),
                    (Purpose::Command, "c" | "key")
                        | (Purpose::Convert, "url" | "filetype" | "outputtype" | "key")
                );
                let finding = finding
                    .expected("the field in the token")
                    .found("the field in the body only");
                report.add(if needed {
                    finding.severity(Severity::Fatal)
                } else {
                    finding
                });
            }
            Some(signed) if signed != value => report.add(
                finding
                    .says(format!(
                        "The body says another {} than the token, and the token's is used.",
                        cut(name)
                    ))
                    .expected(private(signed))
                    .found(private(value)),
            ),
            Some(_) => {}
        }
    }
}

fn private(value: &Value) -> String {
    match value.as_str() {
        Some(text) if text.contains("://") => super::url::shown(text),
        _ => shown(value),
    }
}

fn required(parameters: &Map<String, Value>, purpose: Purpose, report: &mut Report) {
    let command = parameters
        .get("c")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let needed: &[&str] = match purpose {
        Purpose::Command if WITHOUT_KEY.contains(&command) => &["c"],
        Purpose::Command => &["c", "key"],
        Purpose::Convert => &["url", "outputtype", "filetype"],
        Purpose::Callback => &["key", "status"],
        Purpose::Download => &["url"],
        Purpose::Open | Purpose::Method => &[],
    };
    for name in needed {
        let other_spelling = match *name {
            "outputtype" => parameters.get("outputType"),
            "filetype" => parameters.get("fileType"),
            _ => None,
        };
        // Status 0 does not occur, so a falsy value is a missing one.
        if absent(parameters.get(*name).or(other_spelling))
            && !report.has_at(&catalogue::BODY_IGNORED, name)
        {
            report.add(
                Finding::new(&catalogue::MISSING_PARAMETER)
                    .says(format!("The request has no \"{name}\" that is signed."))
                    .at(*name)
                    .expected("a value")
                    .found("nothing"),
            );
        }
    }
    if purpose == Purpose::Command && !command.is_empty() && !COMMANDS.contains(&command) {
        report.add(
            Finding::new(&catalogue::UNKNOWN_COMMAND)
                .at("c")
                .found(command),
        );
    }
    if purpose == Purpose::Convert {
        if parameters.get("key").is_none() {
            report.add(
                Finding::new(&catalogue::KEY_CONSTANT)
                    .says("The conversion has no key, so all conversions of this kind share one result.")
                    .at("key"),
            );
        }
        if let Some(url) = parameters.get("url").and_then(Value::as_str) {
            super::url::check(url, "url", report);
            report.weigh(&catalogue::URL_PRIVATE, Severity::Note);
        }
    }
    if let Some(key) = parameters.get("key").and_then(Value::as_str)
        && !key.is_empty()
        && key
            .chars()
            .any(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '=' | '-')))
    {
        report.add(
            Finding::new(&catalogue::KEY_CHARACTERS)
                .at("key")
                .found(key),
        );
    }
}

/// Judges an answer.
pub(super) fn answer(answer: &Answer, purpose: Option<Purpose>, report: &mut Report) {
    let json = serde_json::from_str::<Value>(answer.body.trim_start_matches('\u{feff}')).ok();
    let error = json.as_ref().and_then(|json| json.get("error"));
    match purpose {
        Some(Purpose::Callback) => {
            let zero = matches!(error, Some(Value::Number(number)) if number.as_f64() == Some(0.0))
                || error.and_then(Value::as_str) == Some("0");
            if answer.status != 200 || !zero {
                report.add(
                    Finding::new(&catalogue::BAD_ANSWER)
                        .at("answer")
                        .expected("200 {\"error\":0}")
                        .found(format!("{} {}", answer.status, cut(&answer.body))),
                );
            }
        }
        Some(Purpose::Download) => {
            let html = header(&answer.headers, "Content-Type")
                .is_some_and(|kind| kind.contains("text/html"));
            let login = header(&answer.headers, "Location").is_some_and(|to| {
                let to = to.to_ascii_lowercase();
                ["login", "signin", "sign-in", "auth", "sso"]
                    .iter()
                    .any(|word| to.contains(word))
            });
            if login || matches!(answer.status, 401 | 403) || (answer.status == 200 && html) {
                report.add(
                    Finding::new(&catalogue::URL_NEEDS_LOGIN)
                        .at("answer")
                        .expected("200 and the file")
                        .found(format!(
                            "{}{}",
                            answer.status,
                            if login {
                                " to a login"
                            } else if html {
                                " with HTML"
                            } else {
                                ""
                            }
                        )),
                );
            } else if !matches!(answer.status, 200 | 206) {
                report.add(
                    Finding::new(&catalogue::URL_UNREACHABLE)
                        .at("answer")
                        .expected("200")
                        .found(answer.status.to_string()),
                );
            }
        }
        _ => {
            // The request itself told more, if it was there.
            if report.has_fatal() {
                return;
            }
            let code = error.and_then(Value::as_i64);
            let entry = match code {
                Some(6 | -8) => &catalogue::SIGNATURE,
                Some(7) => &catalogue::EXPIRED,
                Some(1 | -7) => &catalogue::MISSING_PARAMETER,
                Some(5) => &catalogue::UNKNOWN_COMMAND,
                Some(-4) => &catalogue::URL_UNREACHABLE,
                _ => return,
            };
            let mut finding = Finding::new(entry);
            if entry.code == catalogue::SIGNATURE.code {
                finding = finding.says(log::family(&format!("error {}", code.unwrap_or_default())));
            }
            report.add(
                finding
                    .at("answer")
                    .expected("0")
                    .found(shown(error.unwrap_or(&Value::Null))),
            );
        }
    }
}

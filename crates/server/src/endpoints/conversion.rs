//! `/converter` and `/ConvertService.ashx`: the conversion service.
//!
//! Token and parameters are checked as they must be; the conversion itself is not built.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use recto_docs_api::DocumentKey;
use recto_token::Service;
use serde_json::{Map, Value};

use super::Shared;
use super::not_built::sentence;
use crate::request_id::Reference;
use crate::service::ServiceRequest;

const PARAMETERS: i32 = -7;
const UNKNOWN: i32 = -1;
/// Types that the Docs API can ask for; `ooxml` and `odf` stand for the one that suits the document.
const OUTPUT_TYPES: [&str; 40] = [
    "ooxml", "odf", "docx", "docm", "dotx", "dotm", "odt", "ott", "rtf", "txt", "html", "epub",
    "fb2", "md", "pdf", "pdfa", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "ods", "ots", "csv", "tsv",
    "pptx", "pptm", "ppsx", "ppsm", "potx", "potm", "odp", "otp", "png", "jpg", "jpeg", "bmp",
    "gif", "svg", "docxf",
];
/// Most characters of a password (spec 7.2).
const PASSWORD_MAX: usize = 255;

/// `POST /converter`: JSON, unless XML alone is accepted.
pub async fn converter(
    State(shared): State<Arc<Shared>>,
    reference: Reference,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&shared, &reference, &uri, &headers, &body, Format::Json)
}

/// `/ConvertService.ashx`: XML, unless JSON is accepted and XML is not, or less.
pub async fn convert_service(
    State(shared): State<Arc<Shared>>,
    reference: Reference,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&shared, &reference, &uri, &headers, &body, Format::Xml)
}

fn answer(
    shared: &Shared,
    reference: &Reference,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
    usual: Format,
) -> Response {
    let request = ServiceRequest::new(shared, Service::Converter, uri, headers, body, reference);
    let format = Format::wanted(headers, usual);
    let refused = match request.verified() {
        Ok(parameters) => check(&request, &parameters).err(),
        Err(answer) => Some(answer),
    };
    match refused {
        Some(answer) => format.write(StatusCode::OK, &answer),
        None => format.write(
            StatusCode::NOT_IMPLEMENTED,
            &sentence(UNKNOWN, "conversion"),
        ),
    }
}

/// Judges the parameters (spec 7.2).
fn check(request: &ServiceRequest<'_>, parameters: &Map<String, Value>) -> Result<(), Value> {
    let text = |names: [&str; 2]| {
        names
            .into_iter()
            .find_map(|name| parameters.get(name))
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let wrong = |name: &str, hint: &str| {
        Err(request.wrong(
            PARAMETERS,
            "request.parameter",
            &format!("The parameter \"{name}\" has a value that can't be."),
            hint,
        ))
    };
    if parameters.get("key").is_some_and(|key| {
        key.as_str()
            .is_none_or(|key| DocumentKey::try_from(key).is_err())
    }) {
        return wrong(
            "key",
            "Give 1 to 128 characters of 0-9 a-z A-Z . _ = - that change with the file's content.",
        );
    }
    let type_like = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if text(["filetype", "fileType"]).is_some_and(|name| !type_like(name)) {
        return wrong(
            "filetype",
            "Give the extension of the file, such as docx, without a dot.",
        );
    }
    match text(["outputtype", "outputType"]) {
        None => return Err(request.lacks("outputtype")),
        Some(name) if !OUTPUT_TYPES.contains(&name.to_ascii_lowercase().as_str()) => {
            return wrong(
                "outputtype",
                "Give the extension of a type that a document can be converted to, such as pdf, without a dot.",
            );
        }
        Some(_) => {}
    }
    if text(["url", "url"]).is_none() {
        return Err(request.lacks("url"));
    }
    if text(["password", "password"]).is_some_and(|word| word.chars().count() > PASSWORD_MAX) {
        return wrong("password", "Give a password of at most 255 characters.");
    }
    Ok(())
}

/// In which format the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Xml,
}

impl Format {
    /// The one that the client prefers among those that it accepts; the usual one if it accepts any or
    /// neither (spec 3.4).
    fn wanted(headers: &HeaderMap, usual: Self) -> Self {
        let accept = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let mut best: Option<(Self, f32)> = None;
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let format = match parts.next().unwrap_or_default() {
                "application/json" | "application/*" => Self::Json,
                "text/xml" | "application/xml" | "text/*" => Self::Xml,
                "*/*" => usual,
                _ => continue,
            };
            let weight = parts
                .find_map(|part| part.strip_prefix("q=")?.parse().ok())
                .unwrap_or(1.0);
            let better = best.is_none_or(|(kept, most)| {
                weight > most || (weight >= most && format == usual && kept != usual)
            });
            if weight > 0.0 && better {
                best = Some((format, weight));
            }
        }
        best.map_or(usual, |(format, _)| format)
    }

    fn write(self, status: StatusCode, answer: &Value) -> Response {
        match self {
            Self::Json => (
                status,
                [(header::CONTENT_TYPE, "application/json; charset=UTF-8")],
                Json(answer).0.to_string(),
            )
                .into_response(),
            Self::Xml => (
                status,
                [(header::CONTENT_TYPE, "text/xml; charset=UTF-8")],
                xml(answer),
            )
                .into_response(),
        }
    }
}

/// `FileResult` with an element for each member, whose names have a capital in front.
fn xml(answer: &Value) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?><FileResult>");
    for (name, value) in answer.as_object().into_iter().flatten() {
        let content = match value {
            Value::Null => continue,
            Value::String(content) => escaped(content),
            other => escaped(&other.to_string()),
        };
        let (first, rest) = name.split_at(name.len().min(1));
        let first = first.to_ascii_uppercase();
        // Writing to a String cannot fail.
        let _ = write!(text, "<{first}{rest}>{content}</{first}{rest}>");
    }
    text.push_str("</FileResult>");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted(accept: &str, usual: Format) -> Format {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(header::ACCEPT, accept.parse().unwrap());
        }
        Format::wanted(&headers, usual)
    }

    #[test]
    fn the_client_chooses_the_format() {
        for (accept, usual, expected) in [
            ("", Format::Json, Format::Json),
            ("", Format::Xml, Format::Xml),
            ("*/*", Format::Xml, Format::Xml),
            ("application/json", Format::Xml, Format::Json),
            ("text/xml", Format::Json, Format::Xml),
            ("image/png", Format::Xml, Format::Xml),
            ("application/json, text/xml", Format::Xml, Format::Xml),
            (
                "application/json;q=0.4, text/xml;q=0.9",
                Format::Json,
                Format::Xml,
            ),
            (
                "application/json, text/plain, */*",
                Format::Json,
                Format::Json,
            ),
        ] {
            assert_eq!(wanted(accept, usual), expected, "{accept} {usual:?}");
        }
    }

    #[test]
    fn xml_cannot_be_broken_out_of() {
        let text = xml(&json!({"error": -8, "message": "</FileResult>&\"", "path": null}));
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><FileResult><Error>-8</Error><Message>&lt;/FileResult&gt;&amp;&quot;</Message></FileResult>"
        );
    }
}

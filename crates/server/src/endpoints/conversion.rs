//! `/converter` and `/ConvertService.ashx`: the conversion service.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use recto_convert::Converted;
use recto_docs_api::{Explain, ParameterError};
use recto_token::Service;
use serde_json::{Value, json};

use super::Shared;
use crate::client::Client;
use crate::request_id::Reference;
use crate::service::ServiceRequest;

/// `POST /converter`: JSON, unless XML alone is accepted.
pub async fn converter(
    State(shared): State<Arc<Shared>>,
    reference: Reference,
    uri: Uri,
    client: Client,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let came = (&uri, &client, &headers, &body);
    answer(&shared, &reference, came, Format::Json).await
}

/// `/ConvertService.ashx`: XML, unless JSON is accepted and XML is not, or less.
pub async fn convert_service(
    State(shared): State<Arc<Shared>>,
    reference: Reference,
    uri: Uri,
    client: Client,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let came = (&uri, &client, &headers, &body);
    answer(&shared, &reference, came, Format::Xml).await
}

async fn answer(
    shared: &Shared,
    reference: &Reference,
    (uri, client, headers, body): (&Uri, &Client, &HeaderMap, &Bytes),
    usual: Format,
) -> Response {
    let service = Service::Converter;
    let request = ServiceRequest::new(shared, service, uri, client, headers, body, reference);
    let result = convert(shared, &request).await;
    // Status 200 for errors too (spec 3.4).
    let answer = result.unwrap_or_else(|refused| refused);
    Format::wanted(headers, usual).write(StatusCode::OK, &answer)
}

/// The body of the answer, or of the one that refuses the request.
async fn convert(shared: &Shared, request: &ServiceRequest<'_>) -> Result<Value, Value> {
    let (tenant, parameters) = request
        .verified()
        .inspect_err(|_| shared.metrics.converted("refused"))?;
    let count = |outcome| tenant.metrics.converted(outcome);
    let asked = recto_token::conversion(&parameters).map_err(|error| {
        count(error.code());
        match error {
            ParameterError::Missing(name) => request.lacks(name),
            error => request.wrong(
                error.number(),
                error.code(),
                &error.message(),
                &error.hint(),
            ),
        }
    })?;
    let ignored = asked.ignored.clone();
    let converted = tenant.converter.convert(asked).await.map_err(|error| {
        count(error.code);
        request.wrong(error.number, error.code, &error.message, &error.hint)
    })?;
    count(match converted {
        Converted::Done { .. } => "done",
        Converted::Pending { .. } => "pending",
    });
    let mut answer = match converted {
        Converted::Done {
            link,
            file_type,
            notes,
        } => {
            let mut answer = json!({
                "fileUrl": link, "fileType": file_type, "percent": 100, "endConvert": true,
            });
            if !notes.is_empty() {
                let notes: Vec<_> = notes.iter().map(ToString::to_string).collect();
                answer["notes"] = notes.join(" ").into();
            }
            answer
        }
        Converted::Pending { percent } => json!({ "percent": percent, "endConvert": false }),
    };
    if !ignored.is_empty() {
        answer["ignored"] = ignored.join(", ").into();
    }
    Ok(answer)
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
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
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
    fn a_result_in_xml() {
        let text = xml(&json!({"fileUrl": "http://a/b?c&d", "percent": 100, "endConvert": true}));
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><FileResult><EndConvert>True</EndConvert><FileUrl>http://a/b?c&amp;d</FileUrl><Percent>100</Percent></FileResult>"
        );
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

//! Telling the integrator.

use std::time::{Duration, Instant};

use http::header::{CONTENT_TYPE, HeaderValue};
use recto_docs_api::{Callback, Status};
use recto_token::{Opening, Verified};
use reqwest::Response;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::client::{Limits, Signer};
use crate::delivery::{Delivered, Seen};
use crate::download::looks_like_html;
use crate::target::Target;
use crate::{Answer, CallbackError, Fetcher};

/// Bytes that an answer may have.
const ANSWER: usize = 64 * 1024;
/// How long the body of an answer that is refused by its status is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// From this length of the header's token on, the history is left out of it and of the plain body:
/// web servers refuse longer headers. The body's token keeps it.
const LONG_TOKEN: usize = 7168;

impl Fetcher {
    /// Posts a callback to `editorConfig.callbackUrl`, once for each secret in force: while secrets
    /// are rotated, what the integrator does not take is signed with the next one.
    ///
    /// It is signed twice, in the `Authorization` header and in the body's member `token`, unless
    /// tokens are switched off. The integrator has taken it when it answers status 200 and JSON
    /// whose `error` is 0, or equal to 0 by JavaScript's `==`. Redirects are not followed.
    pub async fn callback(
        &self,
        opening: &Verified<Opening>,
        body: &Callback,
    ) -> Result<(), CallbackError> {
        let delivered = self.deliver(opening, body).await;
        if let Some(observer) = &self.observer {
            observer.delivered(opening, body, &delivered);
        }
        delivered.result
    }

    /// The same with all that is known of the answer, and without telling the observer.
    pub async fn deliver(&self, opening: &Verified<Opening>, body: &Callback) -> Delivered {
        let began = Instant::now();
        let mut requests = 0;
        let mut seen = Seen::default();
        let result = match opening.callback_url.as_deref() {
            Some(address) => {
                self.post_with_each(address, body, &mut seen, &mut requests)
                    .await
            }
            None => Err(CallbackError::Missing),
        };
        Delivered {
            result,
            status: seen.status,
            answer: seen.answer,
            cut: seen.cut,
            requests,
            took: began.elapsed(),
        }
    }

    async fn post_with_each(
        &self,
        address: &str,
        body: &Callback,
        seen: &mut Seen,
        requests: &mut u32,
    ) -> Result<(), CallbackError> {
        let mut first = None;
        for signer in self.signers() {
            *seen = Seen::default();
            *requests += 1;
            match self.post(address, body, &signer, seen).await {
                // Of an integrator that does not answer, the secret is not the cause.
                Err(error) if error.is_answer() => {
                    first.get_or_insert(error);
                }
                result => return result,
            }
        }
        Err(first.unwrap_or(CallbackError::Missing))
    }

    async fn post(
        &self,
        address: &str,
        body: &Callback,
        signer: &Signer,
        seen: &mut Seen,
    ) -> Result<(), CallbackError> {
        let target = Target::parse(address, &self.policy)?;
        let limits = Limits::callback(&self.config);

        let mut body = body.clone();
        body.token = None;
        let token = if self.signs_for(signer, &target) {
            signer.body_token(&serde_json::to_value(&body)?)
        } else {
            None
        };
        let mut headers = self.authorization(signer, &target, &serde_json::to_value(&body)?);
        let length = headers.values().map(HeaderValue::len).sum::<usize>();
        if length >= LONG_TOKEN && has_history(body.status) {
            body.changesurl = None;
            body.history = Some(Value::Object(Map::new()));
            headers = self.authorization(signer, &target, &serde_json::to_value(&body)?);
        }
        let has_token = token.is_some();
        body.token = token;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));

        self.warn_of(&target);
        let request = self
            .client
            .post(target.url().clone())
            .headers(headers)
            .body(serde_json::to_vec(&body)?);
        let response = limits.step(&target, request.send()).await?;
        let status = response.status().as_u16();
        seen.status = Some(status);
        if status != 200 {
            look_at(response, seen).await;
            return Err(CallbackError::Status {
                origin: target.origin(),
                status,
                signed: has_token,
            });
        }
        let verdict = match read(response, &target, &limits, seen).await? {
            Some(bytes) => judge(&bytes),
            None => Verdict::Unclear(Answer::TooLong),
        };
        match verdict {
            Verdict::Taken => Ok(()),
            Verdict::Refused(error) => Err(CallbackError::Refused {
                origin: target.origin(),
                error,
            }),
            Verdict::Unclear(answer) => Err(CallbackError::BadAnswer {
                origin: target.origin(),
                answer,
            }),
        }
    }
}

/// Keeps the beginning of an answer that is refused whatever it says. Nothing waits for it, so it has
/// little time.
async fn look_at(mut response: Response, seen: &mut Seen) {
    let reading = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            seen.keep(&chunk);
            if seen.cut {
                break;
            }
        }
    };
    // What has come until then is enough.
    let _ = timeout(LOOK, reading).await;
}

fn has_history(status: Status) -> bool {
    match status {
        Status::Ready | Status::SaveFailed | Status::ForceSaved | Status::ForceSaveFailed => true,
        Status::Editing | Status::Closed => false,
    }
}

/// The answer's bytes; none when there are too many.
async fn read(
    mut response: Response,
    target: &Target,
    limits: &Limits,
    seen: &mut Seen,
) -> Result<Option<Vec<u8>>, CallbackError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = limits.step(target, response.chunk()).await? {
        seen.keep(&chunk);
        if bytes.len() + chunk.len() > ANSWER {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

/// What an answer of status 200 says.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Taken,
    /// With the value of `error`, or its kind.
    Refused(String),
    Unclear(Answer),
}

fn judge(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Verdict::Unclear(Answer::Binary);
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    if text.is_empty() {
        return Verdict::Unclear(Answer::Empty);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(answer)) => match answer.get("error") {
            None => Verdict::Unclear(Answer::NoError),
            Some(error) if equals_zero(error) => Verdict::Taken,
            Some(error) => Verdict::Refused(describe(error)),
        },
        Ok(_) => Verdict::Unclear(Answer::NotAnObject),
        Err(_) if looks_like_html(text.as_bytes()) && !text.ends_with('}') => {
            Verdict::Unclear(Answer::Html)
        }
        Err(_) if has_object_inside(text) => Verdict::Unclear(Answer::TextAroundJson),
        Err(_) if looks_like_html(text.as_bytes()) => Verdict::Unclear(Answer::Html),
        Err(_) => Verdict::Unclear(Answer::Text),
    }
}

/// JavaScript's `error == 0`, which integrators were tested against.
fn equals_zero(error: &Value) -> bool {
    match error {
        Value::Number(n) => n.as_f64() == Some(0.0),
        Value::String(text) => {
            let text = text.trim();
            text.is_empty() || text.parse() == Ok(0.0)
        }
        Value::Bool(error) => !error,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// A number as it is; of anything else only its kind, as it may hold what is not to be shown.
fn describe(error: &Value) -> String {
    match error {
        Value::Number(n) => n.to_string(),
        Value::Null => "null".into(),
        Value::Bool(error) => error.to_string(),
        Value::String(_) => "(a text)".into(),
        Value::Array(_) => "(an array)".into(),
        Value::Object(_) => "(an object)".into(),
    }
}

/// Whether a JSON object with `error` is at the beginning or the end of a text.
fn has_object_inside(text: &str) -> bool {
    let is_answer = |value: &Value| value.get("error").is_some();
    let at_end = text
        .rfind('{')
        .is_some_and(|at| serde_json::from_str(&text[at..]).is_ok_and(|v| is_answer(&v)));
    let at_start = serde_json::Deserializer::from_str(text)
        .into_iter::<Value>()
        .next()
        .is_some_and(|first| first.is_ok_and(|v| is_answer(&v)));
    at_end || at_start
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn answers_that_confirm() {
        for answer in [
            r#"{"error":0}"#,
            r#"{"error":"0"}"#,
            r#"{"error":0.0,"message":"ok"}"#,
            r#"{"error":false}"#,
            r#"{"error":""}"#,
            "\u{feff}{\"error\":0}\r\n",
            "  {\n\"error\": 0\n}",
        ] {
            assert_eq!(judge(answer.as_bytes()), Verdict::Taken, "{answer}");
        }
    }

    #[test]
    fn answers_that_refuse() {
        for (answer, error) in [
            (r#"{"error":1}"#, "1"),
            (r#"{"error":"1"}"#, "(a text)"),
            (r#"{"error":"/srv/secret not writable"}"#, "(a text)"),
            (r#"{"error":null}"#, "null"),
            (r#"{"error":true}"#, "true"),
            (r#"{"error":[0]}"#, "(an array)"),
        ] {
            assert_eq!(
                judge(answer.as_bytes()),
                Verdict::Refused(error.into()),
                "{answer}"
            );
        }
    }

    #[test]
    fn answers_that_say_nothing() {
        for (answer, kind) in [
            (&b""[..], Answer::Empty),
            (b" \r\n", Answer::Empty),
            (b"\xef\xbb\xbf", Answer::Empty),
            (b"<!DOCTYPE html><title>Log in</title>", Answer::Html),
            (
                b"<br />\n<b>Notice</b>: x in y on line 3\n{\"error\":0}",
                Answer::TextAroundJson,
            ),
            (b"{\"error\":0}<br />Deprecated", Answer::TextAroundJson),
            (b"Notice: x {\"error\":0}", Answer::TextAroundJson),
            (b"{}", Answer::NoError),
            (b"{\"status\":\"ok\"}", Answer::NoError),
            (b"[]", Answer::NotAnObject),
            (b"\"{\\\"error\\\":0}\"", Answer::NotAnObject),
            (b"0", Answer::NotAnObject),
            (b"OK", Answer::Text),
            (b"{\"error\":0", Answer::Text),
            (b"\xff\xfe\x00", Answer::Binary),
        ] {
            assert_eq!(judge(answer), Verdict::Unclear(kind), "{answer:?}");
        }
    }

    proptest! {
        #[test]
        fn only_an_object_with_error_confirms(bytes: Vec<u8>) {
            if judge(&bytes) == Verdict::Taken {
                let text = String::from_utf8_lossy(&bytes);
                prop_assert!(text.contains("error"), "{}", text);
            }
        }
    }
}

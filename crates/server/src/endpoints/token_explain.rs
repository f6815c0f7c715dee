//! `POST /token/explain`: says what is wrong with whatever was pasted.
//!
//! What is pasted is neither stored nor logged nor sent on, and the answer holds no secret.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use recto_token::{Context, Finding, Purpose, Secret, explain};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Largest request in bytes.
pub const MAX_BODY: usize = 1 << 20;
/// Most secrets that are tried.
const MAX_SECRETS: usize = 50;
/// Explanations that are made at once; others wait.
const TURNS_AT_ONCE: usize = 2;
static TURNS: Semaphore = Semaphore::const_new(TURNS_AT_ONCE);

/// What is asked. It has no `Debug`, since it must not be printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    input: String,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(default)]
    purpose: Option<String>,
    /// Unix seconds, to judge as at another time.
    #[serde(default)]
    now: Option<i64>,
}

/// The explanation, with what an ONLYOFFICE server shows in each case.
#[derive(Serialize)]
struct Answer {
    kind: recto_token::explain::Kind,
    #[serde(rename = "kindWords")]
    kind_words: &'static str,
    findings: Vec<WithSymptom>,
}

#[derive(Serialize)]
struct WithSymptom {
    #[serde(flatten)]
    finding: Finding,
    symptom: &'static str,
}

/// Explains. Errors say what to do, and nothing of what was sent.
pub async fn token_explain(ask: Result<Json<Ask>, JsonRejection>) -> Response {
    let ask = match ask {
        Ok(Json(ask)) => ask,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return error(
                StatusCode::PAYLOAD_TOO_LARGE,
                "What was pasted is larger than 1 MiB.",
                "Paste the part that matters: the token, the config, the request or the line of the log.",
            );
        }
        Err(rejection) => {
            return error(
                rejection.status(),
                "The request is not of the form that is expected here.",
                "Send JSON such as {\"input\": \"…\", \"secrets\": [], \"purpose\": null}, with the content type application/json.",
            );
        }
    };
    if ask.secrets.len() > MAX_SECRETS {
        return error(
            StatusCode::BAD_REQUEST,
            "There are more than 50 secrets.",
            "Give those that the server may really have.",
        );
    }
    let purpose = match ask.purpose.as_deref().map(str::parse::<Purpose>) {
        None => None,
        Some(Ok(purpose)) => Some(purpose),
        Some(Err(_)) => {
            return error(
                StatusCode::BAD_REQUEST,
                "There is no such purpose.",
                "Give one of open, command, convert, callback, download, method, or null.",
            );
        }
    };
    let context = Context {
        secrets: ask.secrets.into_iter().map(Secret::from).collect(),
        now: ask.now.unwrap_or_else(unix_now),
        purpose,
        ..Context::default()
    };
    let input = ask.input;
    let Ok(turn) = TURNS.acquire().await else {
        return broken();
    };
    // The turn goes along: the work goes on when the browser no longer waits for it.
    let work = spawn_blocking(move || {
        let explanation = explain(input.as_bytes(), &context);
        drop(turn);
        explanation
    });
    match work.await {
        Ok(explanation) => Json(Answer {
            kind: explanation.kind,
            kind_words: explanation.kind.words(),
            findings: explanation
                .findings
                .into_iter()
                .map(|finding| WithSymptom {
                    symptom: finding.symptom(),
                    finding,
                })
                .collect(),
        })
        .into_response(),
        Err(_) => broken(),
    }
}

fn broken() -> Response {
    error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "The explanation could not be made.",
        "Try it with `recto token explain`, and report it with an input that contains no secret.",
    )
}

fn error(status: StatusCode, message: &str, hint: &str) -> Response {
    (status, Json(json!({ "message": message, "hint": hint }))).into_response()
}

fn unix_now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;

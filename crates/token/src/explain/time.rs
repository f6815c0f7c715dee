//! Judging the times of a token.

use serde_json::{Map, Value};

use super::{Finding, Purpose, catalogue, report::Report};
use crate::{
    CLOCK_TOLERANCE,
    claims::utc,
    json::{shown, type_name},
    refusal::span,
};

/// Times beyond this are not meant in seconds: it is the year 5138, and as
/// milliseconds it is 1973.
const MILLISECONDS: i64 = 100_000_000_000;

/// Expired tokens up to this age may be due to a clock.
const MAYBE_CLOCK: i64 = 3_600;

pub(super) fn check(
    claims: &Map<String, Value>,
    purpose: Option<Purpose>,
    now: i64,
    report: &mut Report,
) {
    if let Some(nbf) = read(claims, "nbf", report) {
        not_before(nbf, now, report);
    }
    match claims.get("exp") {
        Some(_) => {
            if let Some(exp) = read(claims, "exp", report) {
                expiry(exp, purpose, now, report);
            }
        }
        None => no_expiry(claims, report),
    }
    let iat = claims.get("iat").and_then(Value::as_i64);
    if let Some(iat) = iat.filter(|iat| *iat > now.saturating_add(CLOCK_TOLERANCE)) {
        let finding = if iat > MILLISECONDS {
            Finding::new(&catalogue::EXP_MILLISECONDS).says(
                "The token's \"iat\" is in milliseconds, so it means a year far in the future.",
            )
        } else {
            Finding::new(&catalogue::CLOCK_SKEW).says(format!(
                "The token was signed {} in the future: the clock of the machine that signed it is ahead, or the one here is behind.",
                span(iat.saturating_sub(now))
            ))
        };
        report.add(
            finding
                .at("iat")
                .expected(format!("at most {}", now.saturating_add(CLOCK_TOLERANCE)))
                .found(iat.to_string()),
        );
    }
}

/// A time in whole seconds, rounded so that the token is not valid longer.
fn read(claims: &Map<String, Value>, name: &str, report: &mut Report) -> Option<i64> {
    let value = claims.get(name)?;
    let Value::Number(number) = value else {
        report.add(
            Finding::new(&catalogue::TIME_TYPE)
                .says(format!(
                    "The token's \"{name}\" is {} and no number.",
                    type_name(value)
                ))
                .at(name)
                .expected("a number of seconds")
                .found(shown(value)),
        );
        return None;
    };
    if let Some(seconds) = number.as_i64() {
        return Some(seconds);
    }
    let seconds = number.as_f64().unwrap_or(f64::MAX);
    let whole = if name == "exp" {
        seconds.floor()
    } else {
        seconds.ceil()
    };
    // `as` saturates, which is what a time beyond all calendars should do.
    #[allow(clippy::cast_possible_truncation)]
    Some(whole as i64)
}

fn not_before(nbf: i64, now: i64, report: &mut Report) {
    if nbf <= now.saturating_add(CLOCK_TOLERANCE) {
        return;
    }
    let finding = Finding::new(&catalogue::NOT_YET_VALID)
        .at("nbf")
        .expected(format!("at most {}", now.saturating_add(CLOCK_TOLERANCE)))
        .found(nbf.to_string());
    report.add(if nbf > MILLISECONDS {
        finding
            .says("The token becomes valid only in the far future, because its \"nbf\" is in milliseconds.")
            .hint("Divide by 1000: JWT counts in seconds, and JavaScript's Date.now() in milliseconds.")
    } else {
        finding.says(format!(
            "The token becomes valid only in {}, at {}; here it is {}.",
            span(nbf.saturating_sub(now)),
            utc(nbf),
            utc(now)
        ))
    });
}

fn expiry(exp: i64, purpose: Option<Purpose>, now: i64, report: &mut Report) {
    if exp > MILLISECONDS {
        report.add(
            Finding::new(&catalogue::EXP_MILLISECONDS)
                .says("The token's \"exp\" is in milliseconds, so the token never expires.")
                .at("exp")
                .expected(format!("{}", exp / 1000))
                .found(exp.to_string()),
        );
        return;
    }
    if now < exp.saturating_add(CLOCK_TOLERANCE) {
        return;
    }
    let ago = now.saturating_sub(exp);
    let hint = if purpose.is_some_and(Purpose::is_outgoing) {
        "Verify the token when the request arrives and queue the work afterwards: a document server's tokens are valid for five minutes."
    } else if ago < MAYBE_CLOCK {
        "Sign a new token each time the page is built, with an \"exp\" some minutes ahead, and check that both clocks agree."
    } else {
        "Sign a new token each time the page is built, with an \"exp\" some minutes ahead; a page from a cache or a restored tab has an old one."
    };
    report.add(
        Finding::new(&catalogue::EXPIRED)
            .says(format!(
                "The token expired {} ago, at {}; here it is {}.",
                span(ago),
                utc(exp),
                utc(now)
            ))
            .hint(hint)
            .at("exp")
            .expected(format!(
                "later than {}",
                now.saturating_sub(CLOCK_TOLERANCE)
            ))
            .found(exp.to_string()),
    );
}

fn no_expiry(claims: &Map<String, Value>, report: &mut Report) {
    let inside = ["payload", "query", "document", "editorConfig"]
        .into_iter()
        .find(|name| {
            claims
                .get(*name)
                .is_some_and(|inner| inner.get("exp").is_some())
        });
    let finding = Finding::new(&catalogue::NO_EXPIRY).at("exp");
    report.add(match inside {
        Some(name) => finding
            .says(format!("The token never expires: its \"exp\" is inside \"{name}\", where it is not looked at."))
            .hint("Move \"exp\" to the top level of the payload.")
            .found(format!("{name}.exp")),
        None => finding.expected("a number of seconds").found("nothing"),
    });
}

//! The registered claims of time.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    CLOCK_TOLERANCE, Refusal,
    json::{Look, Seen, shown, type_name},
    refusal::{self, reason},
};

/// A time in UTC as RFC 3339, or the bare number when no calendar has it.
pub(crate) fn utc(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| format!("{seconds} s"))
}

/// Checks `nbf` and `exp`, which `claim` gives by their names. `iat` is information and is not judged. `renewed`
/// says when a new token is made.
pub(crate) fn check_time<'v, V: Look<'v>>(
    claim: impl Fn(&str) -> Option<V>,
    renewed: &str,
    now: i64,
) -> Result<(), Refusal> {
    if let Some(nbf) = time_claim(claim("nbf"), "nbf")?
        && nbf > now.saturating_add(CLOCK_TOLERANCE)
    {
        return Err(refusal::not_yet_valid(nbf, now));
    }
    if let Some(exp) = time_claim(claim("exp"), "exp")?
        && now >= exp.saturating_add(CLOCK_TOLERANCE)
    {
        return Err(refusal::expired(exp, renewed, now));
    }
    Ok(())
}

/// A claim in whole seconds. A fraction is rounded so that the token is never
/// valid longer than it says.
fn time_claim<'v>(value: Option<impl Look<'v>>, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(value) = value else {
        return Ok(None);
    };
    let Seen::Number(number) = value.seen() else {
        let value = value.to_value();
        return Err(Refusal::token(
            &reason::TIME_TYPE,
            format!("invalid {name} value"),
            format!("The token's \"{name}\" is {} and no number.", type_name(&value)),
            format!("Write \"{name}\" as a JSON number: seconds since 1970-01-01 UTC, without quotation marks."),
        )
        .at(name)
        .expected("a number of seconds")
        .found(shown(&value)));
    };
    if let Some(seconds) = number.as_i64() {
        return Ok(Some(seconds));
    }
    let seconds = number.as_f64().unwrap_or(f64::MAX);
    let whole = if name == "exp" {
        seconds.floor()
    } else {
        seconds.ceil()
    };
    // `as` saturates, which is what a time beyond all calendars should do.
    #[allow(clippy::cast_possible_truncation)]
    Ok(Some(whole as i64))
}

#[cfg(test)]
mod tests;

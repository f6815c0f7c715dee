//! Time as the portal sees it: Unix seconds from a source that tests can set.

use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::i18n::Language;

/// Gives Unix seconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The machine's clock.
pub(crate) fn system() -> Clock {
    Arc::new(|| OffsetDateTime::now_utc().unix_timestamp())
}

/// A time in the two forms that a page needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// For the `datetime` attribute, from which the browser shows local time.
    pub(crate) machine: String,
    /// For readers without JavaScript.
    pub(crate) human: String,
}

pub(crate) fn show(seconds: i64, language: Language) -> Shown {
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let months = match language {
        Language::English => [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ],
        Language::French => [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
            "nov.", "déc.",
        ],
    };
    let month = months[usize::from(u8::from(time.month())) - 1];
    Shown {
        machine: time.format(&Rfc3339).unwrap_or_default(),
        human: format!(
            "{} {month} {}, {:02}:{:02} UTC",
            time.day(),
            time.year(),
            time.hour(),
            time.minute()
        ),
    }
}

/// A size in the units people read.
pub(crate) fn size(bytes: i64, language: Language) -> String {
    let (unit, comma) = match language {
        Language::English => ("B", '.'),
        Language::French => ("o", ','),
    };
    match bytes {
        ..1_000 => format!("{bytes} {unit}"),
        1_000..1_000_000 => format!("{} k{unit}", (bytes + 500) / 1_000),
        _ => format!(
            "{}{comma}{} M{unit}",
            bytes / 1_000_000,
            bytes % 1_000_000 / 100_000
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_read_well() {
        insta::assert_snapshot!(show(1_795_500_000, Language::English).human, @"24 Nov 2026, 06:00 UTC");
        insta::assert_snapshot!(show(1_795_500_000, Language::French).human, @"24 nov. 2026, 06:00 UTC");
        insta::assert_snapshot!(show(1_795_500_000, Language::English).machine, @"2026-11-24T06:00:00Z");
        insta::assert_snapshot!(size(999, Language::English), @"999 B");
        insta::assert_snapshot!(size(12_400, Language::French), @"12 ko");
        insta::assert_snapshot!(size(3_456_000, Language::French), @"3,4 Mo");
    }
}

use serde_json::{Value, json};

use super::*;
use crate::testing::{NOW, config, lines, open, sent};

fn timed(name: &str, value: Value) -> Result<crate::Verified<crate::Opening>, Refusal> {
    let mut payload = config();
    payload[name] = value;
    open(&sent(config(), &payload))
}

#[test]
fn t6_times_must_be_numbers() {
    for name in ["exp", "nbf"] {
        for value in [
            json!("1800000000"),
            json!("2030-01-01"),
            json!(null),
            json!(true),
            json!([1]),
            json!({}),
        ] {
            let refusal = timed(name, value).unwrap_err();
            assert_eq!(refusal.code, "token.time_type");
            assert_eq!(
                refusal.wire.description,
                format!("token:invalid {name} value")
            );
            assert_eq!(refusal.path.as_deref(), Some(name));
        }
    }
    assert_eq!(timed("exp", json!(-1)).unwrap_err().code, "token.expired");
    assert_eq!(
        timed("exp", json!(i64::MIN)).unwrap_err().code,
        "token.expired"
    );
    assert_eq!(
        timed("exp", json!(-1e300)).unwrap_err().code,
        "token.expired"
    );
    assert_eq!(timed("exp", json!(0)).unwrap_err().code, "token.expired");
    assert!(timed("exp", json!(u64::MAX)).is_ok());
    assert!(timed("exp", json!(1e300)).is_ok());
    assert_eq!(
        timed("nbf", json!(u64::MAX)).unwrap_err().code,
        "token.not_yet_valid"
    );
    assert_eq!(
        timed("nbf", json!(1e300)).unwrap_err().code,
        "token.not_yet_valid"
    );
    assert!(timed("nbf", json!(-5)).is_ok());
    insta::assert_snapshot!(lines(&timed("exp", json!("1800000000")).unwrap_err()), @r#"
        token.time_type "token:invalid exp value"
        The token's "exp" is a string and no number.
        Write "exp" as a JSON number: seconds since 1970-01-01 UTC, without quotation marks.
        path: exp
        expected: a number of seconds
        found: "1800000000"
    "#);
}

#[test]
fn t7_expired_within_tolerance() {
    assert!(timed("exp", json!(NOW - 59)).is_ok());
    assert!(timed("exp", json!(NOW + 1)).is_ok());
    for ago in [60, 61, 86_400] {
        let refusal = timed("exp", json!(NOW - ago)).unwrap_err();
        assert_eq!((refusal.code, refusal.wire.code), ("token.expired", 4005));
        assert_eq!(refusal.wire.description, "token:jwt expired");
    }
    // A fraction of a second is not given on top.
    #[allow(clippy::cast_precision_loss)]
    let half = NOW as f64 + 0.5;
    assert_eq!(
        timed("exp", json!(half - 60.0)).unwrap_err().code,
        "token.expired"
    );
    assert!(timed("exp", json!(half - 59.0)).is_ok());
    assert!(timed("nbf", json!(NOW + 60)).is_ok());
    assert_eq!(
        timed("nbf", json!(NOW + 61)).unwrap_err().code,
        "token.not_yet_valid"
    );
    assert_eq!(
        timed("nbf", json!(half + 60.0)).unwrap_err().code,
        "token.not_yet_valid"
    );
}

#[test]
fn t7_sentences() {
    insta::assert_snapshot!(lines(&timed("exp", json!(NOW - 61)).unwrap_err()), @r#"
        token.expired "token:jwt expired"
        The token expired 61 seconds ago, at 2026-11-24T09:58:59Z.
        Sign a new token each time the page is built, with an "exp" some minutes ahead, and check that both clocks agree: here it is 2026-11-24T10:00:00Z.
        path: exp
        expected: later than 1795514340
        found: 1795514339
    "#);
    insta::assert_snapshot!(lines(&timed("exp", json!(NOW - 7300)).unwrap_err()), @r#"
        token.expired "token:jwt expired"
        The token expired 2 hours ago (7300 seconds), at 2026-11-24T07:58:20Z.
        Sign a new token each time the page is built, with an "exp" some minutes ahead, and check that both clocks agree: here it is 2026-11-24T10:00:00Z.
        path: exp
        expected: later than 1795514340
        found: 1795507100
    "#);
    insta::assert_snapshot!(lines(&timed("nbf", json!(NOW + 61)).unwrap_err()), @r#"
        token.not_yet_valid "token:jwt not active"
        The token becomes valid only in 61 seconds, at 2026-11-24T10:01:01Z.
        Leave out "nbf", or correct the clock of the machine that signed the token: here it is 2026-11-24T10:00:00Z.
        path: nbf
        expected: at most 1795514460
        found: 1795514461
    "#);
    insta::assert_snapshot!(lines(&timed("nbf", json!(i64::MAX)).unwrap_err()), @r#"
        token.not_yet_valid "token:jwt not active"
        The token becomes valid only in 106751991146519 days, at 9223372036854775807 s.
        Leave out "nbf", or correct the clock of the machine that signed the token: here it is 2026-11-24T10:00:00Z.
        path: nbf
        expected: at most 1795514460
        found: 9223372036854775807
    "#);
}

#[test]
fn t8_issued_in_the_future_or_oddly() {
    for iat in [
        json!(NOW + 100_000),
        json!("yesterday"),
        json!(-1.5),
        json!(null),
    ] {
        assert!(timed("iat", iat).is_ok());
    }
}

//! Whether the permissions that the browser sent are the signed ones.

use serde_json::Value;

use crate::{
    Refusal,
    json::{Look, Seen, cut, shown},
    refusal::reason,
};

/// The first place in which two values differ.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference<'v> {
    pub(crate) path: String,
    /// `None`: not there.
    pub(crate) signed: Option<&'v Value>,
    /// `None`: not there.
    pub(crate) sent: Option<&'v Value>,
}

/// Compares strictly: types, members and the order of arrays count, the order
/// of members does not. Numbers are equal when their values are, as in
/// JavaScript; `1` and `true` are not.
pub(crate) fn difference<'v>(
    path: &str,
    signed: Option<&'v Value>,
    sent: Option<&'v Value>,
) -> Option<Difference<'v>> {
    match (signed, sent) {
        (None, None) => None,
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let names = one
                .keys()
                .chain(other.keys().filter(|name| !one.contains_key(*name)));
            names
                .map(|name| {
                    difference(
                        &format!("{path}.{}", cut(name)),
                        one.get(name),
                        other.get(name),
                    )
                })
                .find_map(|found| found)
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => (0..one.len().max(other.len()))
            .find_map(|index| {
                difference(
                    &format!("{path}[{index}]"),
                    one.get(index),
                    other.get(index),
                )
            }),
        (Some(Value::Number(one)), Some(Value::Number(other)))
            if one.as_f64() == other.as_f64() =>
        {
            None
        }
        (Some(one), Some(other)) if one == other => None,
        (signed, sent) => Some(Difference {
            path: path.to_owned(),
            signed,
            sent,
        }),
    }
}

/// Whether [`difference`] finds none, without saying where.
fn same<'v>(signed: impl Look<'v>, sent: &Value) -> bool {
    match (signed.seen(), sent) {
        (Seen::Null, Value::Null) => true,
        (Seen::Bool(one), Value::Bool(other)) => one == *other,
        (Seen::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Seen::String(one), Value::String(other)) => one == other,
        (Seen::Array { .. }, Value::Array(other)) => {
            let mut items = other.iter();
            signed
                .items()
                .all(|one| items.next().is_some_and(|other| same(one, other)))
                && items.next().is_none()
        }
        (Seen::Object, Value::Object(other)) => {
            let mut count = 0;
            signed.members().all(|(name, one)| {
                count += 1;
                other.get(name).is_some_and(|other| same(one, other))
            }) && count == other.len()
        }
        _ => false,
    }
}

fn words(value: Option<&Value>, absent: &str) -> String {
    value.map_or_else(|| absent.to_owned(), shown)
}

/// Refuses permissions that differ from the signed ones.
pub(crate) fn check<'v>(
    signed: Option<impl Look<'v>>,
    sent: Option<&Value>,
) -> Result<(), Refusal> {
    if let (Some(signed), Some(sent)) = (signed, sent)
        && same(signed, sent)
    {
        return Ok(());
    }
    let signed = signed.map(Look::to_value);
    let Some(found) = difference("document.permissions", signed.as_ref(), sent) else {
        return Ok(());
    };
    let (expected, sent) = (words(found.signed, "nothing"), words(found.sent, "absent"));
    Err(Refusal::access(
        &reason::PERMISSIONS_DIFFER,
        format!(
            "The permissions that the page sent are not those that were signed: {} is {sent}, and the token has {expected}.",
            found.path
        ),
        advice(&found),
    )
    .at(found.path)
    .expected(expected)
    .found(sent))
}

fn advice(found: &Difference) -> &'static str {
    match (found.signed, found.sent) {
        (Some(Value::Array(one)), Some(Value::Object(other)))
            if one.is_empty() && other.is_empty() =>
        {
            EMPTY_ARRAY
        }
        (Some(Value::Object(one)), Some(Value::Array(other)))
            if one.is_empty() && other.is_empty() =>
        {
            EMPTY_ARRAY
        }
        (Some(Value::Bool(_)), Some(Value::String(_) | Value::Number(_)))
        | (Some(Value::String(_) | Value::Number(_)), Some(Value::Bool(_))) => {
            "Write permissions as true and false in the page and in the token, not as texts or numbers."
        }
        _ => {
            "Send the page exactly the config that the back end signed, and change no permission after signing."
        }
    }
}

const EMPTY_ARRAY: &str = "PHP writes an empty array as [], so cast the permissions to (object) both for the page and for the token.";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn paths(signed: &Value, sent: &Value) -> Option<String> {
        difference("p", Some(signed), Some(sent)).map(|found| found.path)
    }

    #[test]
    fn p4_types_count() {
        for (signed, sent) in [
            (json!(1), json!(true)),
            (json!("true"), json!(true)),
            (json!([]), json!({})),
            (json!(null), json!(false)),
            (json!("1"), json!(1)),
        ] {
            assert_eq!(
                paths(&json!({"a": signed}), &json!({"a": sent})).as_deref(),
                Some("p.a")
            );
        }
        assert_eq!(paths(&json!({"a": 1}), &json!({"a": 1.0})), None);
    }

    #[test]
    fn p4_absent_is_not_null() {
        assert_eq!(
            paths(&json!({"a": null}), &json!({})).as_deref(),
            Some("p.a")
        );
        assert_eq!(
            paths(&json!({}), &json!({"a": null})).as_deref(),
            Some("p.a")
        );
    }

    #[test]
    fn order_counts_in_arrays_only() {
        assert_eq!(
            paths(&json!({"a": 1, "b": 2}), &json!({"b": 2, "a": 1})),
            None
        );
        assert_eq!(
            paths(&json!(["x", "y"]), &json!(["y", "x"])).as_deref(),
            Some("p[0]")
        );
        assert_eq!(
            paths(&json!(["x"]), &json!(["x", "y"])).as_deref(),
            Some("p[1]")
        );
        let deep = (
            json!({"g": {"edit": [{"n": 1}]}}),
            json!({"g": {"edit": [{"n": 2}]}}),
        );
        assert_eq!(paths(&deep.0, &deep.1).as_deref(), Some("p.g.edit[0].n"));
    }

    #[test]
    fn p4_sentences() {
        let refusal =
            check(Some(&json!({"edit": false})), Some(&json!({"edit": true}))).unwrap_err();
        insta::assert_snapshot!(refusal.message, @"The permissions that the page sent are not those that were signed: document.permissions.edit is true, and the token has false.");
        insta::assert_snapshot!(refusal.hint, @"Send the page exactly the config that the back end signed, and change no permission after signing.");
        assert_eq!(refusal.wire.code, 4004);
        assert_eq!(refusal.wire.description, "access deny");
        assert_eq!(refusal.path.as_deref(), Some("document.permissions.edit"));
        assert_eq!(
            (refusal.expected.as_deref(), refusal.found.as_deref()),
            (Some("false"), Some("true"))
        );

        let absent = check(Some(&json!({"edit": true})), None).unwrap_err();
        insta::assert_snapshot!(absent.message, @r#"The permissions that the page sent are not those that were signed: document.permissions is absent, and the token has {"edit":true}."#);

        let array = check(Some(&json!([])), Some(&json!({}))).unwrap_err();
        insta::assert_snapshot!(array.hint, @"PHP writes an empty array as [], so cast the permissions to (object) both for the page and for the token.");

        let text = check(Some(&json!({"edit": true})), Some(&json!({"edit": "true"}))).unwrap_err();
        insta::assert_snapshot!(text.message, @r#"The permissions that the page sent are not those that were signed: document.permissions.edit is "true", and the token has true."#);
        insta::assert_snapshot!(text.hint, @"Write permissions as true and false in the page and in the token, not as texts or numbers.");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-2i32..3).prop_map(Value::from),
            "[a-b]?".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("[a-c]", inner, 0..3)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn differs_exactly_when_unequal(one in values(), other in values()) {
            prop_assert_eq!(paths(&one, &other).is_none(), one == other);
            prop_assert_eq!(paths(&one, &one), None);
            prop_assert_eq!(same(&one, &other), one == other);
            prop_assert!(same(&one, &one));
        }

        #[test]
        fn order_of_the_arguments_does_not_hide_a_difference(one in values(), other in values()) {
            prop_assert_eq!(paths(&one, &other).is_none(), paths(&other, &one).is_none());
        }
    }
}

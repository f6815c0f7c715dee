//! The data of the cases itself.

use std::collections::BTreeSet;

use crate::case::{Ask, Expected};
use crate::request::Means;
use crate::{Secret, cases};

#[test]
fn ids_are_unique_and_stable_names() {
    let mut seen = BTreeSet::new();
    for case in cases().unwrap() {
        assert!(
            case.id
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.')),
            "{}",
            case.id
        );
        assert!(!case.group().is_empty(), "{}", case.id);
        assert!(seen.insert(case.id.clone()), "{} twice", case.id);
    }
}

#[test]
fn a_difference_has_a_sentence_and_really_differs() {
    for case in cases().unwrap() {
        let Some(difference) = &case.difference else {
            continue;
        };
        assert!(difference.why.ends_with('.'), "{}", case.id);
        assert_ne!(
            difference.expect.to_string(),
            case.expect.to_string(),
            "{}",
            case.id
        );
    }
}

#[test]
fn every_placeholder_is_known() {
    let secret = Secret::from("secret");
    let file = "http://files.example/text.txt".parse().unwrap();
    let means = Means {
        secret: &secret,
        header: "Authorization",
        file: Some(&file),
        now: 1_700_000_000,
    };
    for case in cases().unwrap() {
        let text = match &case.ask {
            Ask::Http(request) => {
                let ready = request.ready(&means).unwrap();
                for expected in [
                    Some(&case.expect),
                    case.difference.as_ref().map(|d| &d.expect),
                ] {
                    if let Some(Expected::Http(answer)) = expected
                        && let Some(json) = &answer.json
                    {
                        ready.values.fill(json).unwrap();
                    }
                }
                format!(
                    "{} {:?} {:?} {:?}",
                    ready.path, ready.query, ready.headers, ready.body
                )
            }
            Ask::Live(request) => {
                let ready = request.ready(&means).unwrap();
                format!("{:?} {:?}", ready.config, ready.token)
            }
        };
        for name in ["{key}", "{token}", "{fields}", "{config}", "{now"] {
            assert!(!text.contains(name), "{}: {text}", case.id);
        }
    }
}

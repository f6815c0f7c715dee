use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::json::{parse, strategies::values};

fn read(text: &[u8], max_depth: usize) -> Option<Value> {
    Tree::read(text, max_depth).map(|tree| tree.root().to_value())
}

/// What tokens are made of is read here, and not left to the slower reader.
#[test]
fn usual_claims_are_read() {
    let claims = json!({
        "document": {"key": "k", "title": "Zoë \u{1f600}.docx", "permissions": {"edit": true, "print": null}},
        "editorConfig": {"recent": [], "plugins": {}, "zoom": -1.5e2, "list": [1, [2], {"a": false}]},
        "exp": 1_795_514_400, "nbf": 0, "far": u64::MAX, "past": -3,
    });
    for text in [
        claims.to_string(),
        serde_json::to_string_pretty(&claims).unwrap(),
        claims.to_string().replace('Z', r"\u005a"),
    ] {
        assert_eq!(read(text.as_bytes(), 32).as_ref(), Some(&claims), "{text}");
    }
    let slashes = br#"{"url":"https:\/\/app.example\/\"\\\n\u00e9"}"#;
    assert_eq!(read(slashes, 9), parse(slashes, 9).ok());
    assert!(read(slashes, 9).is_some());
}

#[test]
fn t16_duplicates_and_depth_are_not_read() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":{"b":[]},"c":[{"x":1,"y":{"z":0},"x":2}]}"#,
        r#"{"key":1,"k\u0065y":2}"#,
        r#"{"":1,"":2}"#,
    ] {
        assert!(read(text.as_bytes(), 32).is_none(), "{text}");
    }
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(nested(31).as_bytes(), 32).is_some());
    for levels in [32, 33, 100_000] {
        assert!(read(nested(levels).as_bytes(), 32).is_none(), "{levels}");
    }
}

#[test]
fn large_objects_are_left_to_the_slower_reader() {
    let object = |count: usize| {
        let members = (0..count).map(|number| (format!("m{number}"), json!(number)));
        Value::Object(members.collect()).to_string()
    };
    assert!(read(object(MAX_MEMBERS).as_bytes(), 9).is_some());
    assert!(read(object(MAX_MEMBERS + 1).as_bytes(), 9).is_none());
    let items = |count: usize| json!({ "a": vec![0; count] }).to_string();
    assert!(read(items(MAX_NODES - 2).as_bytes(), 9).is_some());
    assert!(read(items(MAX_NODES - 1).as_bytes(), 9).is_none());
}

#[test]
fn rubbish_is_not_read() {
    for text in [
        "",
        "{",
        "{}{}",
        "{} x",
        "[]",
        "null",
        "{'a':1}",
        "\u{feff}{}",
        "{,}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":[,1]}"#,
        r#"{"a":[1 2]}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a":nul}"#,
        r#"{"a":truE}"#,
        r#"{"a":truee}"#,
        r#"{"a":01}"#,
        r#"{"a":-}"#,
        r#"{"a":+1}"#,
        r#"{"a":1.}"#,
        r#"{"a":.5}"#,
        r#"{"a":1e}"#,
        r#"{"a":1e999}"#,
        r#"{"a":1-2}"#,
        r#"{"a":NaN}"#,
        r#"{"a":"\x"}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\u12"}"#,
        r#"{"a":"\"}"#,
        r#"{"a":"b}"#,
        "{\"a\":\"\u{1}\"}",
        "{\"a\n\":1}",
        "{\"a\":\u{a0}1}",
        "{\"a\":1}\0",
    ] {
        assert!(read(text.as_bytes(), 9).is_none(), "{text}");
    }
    assert!(read(b"{\"a\":\"\xff\"}", 9).is_none());
}

proptest! {
    #[test]
    fn reads_what_serde_json_writes(value in values(), pretty: bool) {
        let value = json!({ "v": value });
        let text = if pretty {
            serde_json::to_string_pretty(&value).unwrap()
        } else {
            value.to_string()
        };
        let plain = parse(text.as_bytes(), 32).unwrap();
        match read(text.as_bytes(), 32) {
            Some(read) => prop_assert_eq!(read, plain),
            // An escape in a name, which is left to the slower reader.
            None => prop_assert!(text.contains('\\')),
        }
    }

    /// What is near to JSON shows whether it accepts what is none.
    #[test]
    fn reads_nothing_that_the_slower_reader_refuses(
        value in values(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0_u8..3, any::<prop::sample::Index>()), 0..4),
        depth in 0_usize..6,
    ) {
        const BYTES: &[u8] = b"{}[],:\"\\ntrufalse0123456789.-+eE /\n\x00\x1f\x7f\xc3\xa9\xff";
        let mut text = json!({ "v": value, "w": [1, "x"] }).to_string().into_bytes();
        for (at, edit, byte) in edits {
            let at = at.index(text.len());
            let byte = BYTES[byte.index(BYTES.len())];
            match edit {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ if text.len() > 1 => { text.remove(at); }
                _ => {}
            }
        }
        if let Some(value) = read(&text, depth) {
            prop_assert_eq!(parse(&text, depth), Ok(value));
        }
    }

    #[test]
    fn any_object_like_text_gets_the_same_answer(inside in r#"[{}\[\],:"\\ab01.\-eE ntrufals]{0,24}"#) {
        let text = format!("{{{inside}}}");
        if let Some(value) = read(text.as_bytes(), 4) {
            prop_assert_eq!(parse(text.as_bytes(), 4), Ok(value));
        }
    }
}

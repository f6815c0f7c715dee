use proptest::prelude::*;
use serde_json::json;

use super::*;

fn kind_out_of_bounds(text: &str) -> Option<String> {
    match FromBrowser::read(text) {
        Err(Unreadable::OutOfBounds { kind, .. }) => Some(kind),
        Err(Unreadable::Unknown { .. }) => Some("unknown".into()),
        Ok(_) => None,
    }
}

#[test]
fn what_the_editor_sends_is_read() {
    for message in [
        json!({"type":"input","seq":1,"input":{"kind":"key","char":97,"code":512}}),
        json!({"seq":1,"input":{"char":97,"code":512,"kind":"key"},"type":"input"}),
        json!({"type":"input","seq":2,"input":{"kind":"command","name":".uno:Bold"}}),
        json!({"type":"input","seq":2,"input":{"kind":"command","name":".uno:Bold","args":{"Bold":{"type":"boolean","value":true}}}}),
        json!({"type":"viewport","tileTwips":3840,"tilePixels":256,"x":-10,"y":0,"width":9000,"height":7000}),
        json!({"type":"tiles","part":2,"tileTwips":3840,"tilePixels":256,"tiles":[[0,0],[1,7]]}),
        json!({"type":"query","id":8,"command":".uno:StyleApply"}),
        json!({"type":"download","id":9,"format":"pdf","print":false}),
        json!({"type":"download","id":9}),
        json!({"type":"download","id":9,"format":null}),
        json!({"type":"insertImage","id":10,"call":{"c":"add","images":[{"url":"http://a/b"}],"token":"x"}}),
        json!({"type":"takeDocument","id":11,"method":"setRevisedFile","call":{"token":"x"}}),
        json!({"type":"chat","text":"Hello"}),
        json!({"type":"giveUpEditing"}),
        json!({"type":"save"}),
        json!({"type":"ping","at":5}),
        json!({"type":"leave"}),
    ] {
        let text = message.to_string();
        assert!(FromBrowser::read(&text).is_ok(), "{text}");
    }
}

#[test]
fn l1_measures_out_of_bounds_are_refused_where_they_are_decoded() {
    let sound = json!({"type":"viewport","part":0,"tileTwips":3840,"tilePixels":256,"x":0,"y":0,"width":9000,"height":7000});
    for (member, value) in [
        ("part", json!(-1)),
        ("part", json!(100_001)),
        ("tileTwips", json!(0)),
        ("tileTwips", json!(3841)),
        ("tileTwips", json!(65_544)),
        ("tilePixels", json!(0)),
        ("tilePixels", json!(63)),
        ("tilePixels", json!(1025)),
        ("x", json!(i64::MIN)),
        ("y", json!((1_i64 << 29) + 1)),
        ("width", json!(4_000_000_000_000_000_000_i64)),
        ("height", json!(-1)),
        ("width", json!(1.5)),
        ("height", json!(null)),
    ] {
        let mut message = sound.clone();
        message[member] = value;
        let kind = kind_out_of_bounds(&message.to_string());
        assert_eq!(kind.as_deref(), Some("viewport"), "{message}");
    }
}

#[test]
fn l9_a_list_of_tiles_is_cut_while_it_is_decoded() {
    let tiles = |count: usize, after: &str| {
        let places = vec!["[1,2]"; count].join(",");
        format!(r#"{{"type":"tiles","tileTwips":3840,"tilePixels":256,"tiles":[{places}]{after}}}"#)
    };
    let most = crate::wire::MOST_TILES;
    assert!(FromBrowser::read(&tiles(most, "")).is_ok());
    for count in [most + 1, 2_000_000] {
        let read = FromBrowser::read(&tiles(count, ""));
        let Err(Unreadable::OutOfBounds { kind, column }) = read else {
            panic!("{read:?}")
        };
        assert_eq!(kind, "tiles");
        // It was left where the first place is that is too many.
        assert!(column < 100 + 6 * (most + 1), "{column}");
    }
    for place in ["[1]", "[1,2,3]", "[-1,0]", "[0,1048576]", "{}"] {
        let text = tiles(0, "").replace("[]", &format!("[{place}]"));
        assert_eq!(
            kind_out_of_bounds(&text).as_deref(),
            Some("tiles"),
            "{text}"
        );
    }
}

#[test]
fn every_text_list_and_tree_has_its_end() {
    let long = "x".repeat(70_000);
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for (kind, rest) in [
        ("query", format!(r#""id":1,"command":"{long}""#)),
        ("download", format!(r#""id":1,"format":"{long}""#)),
        ("chat", format!(r#""text":"{long}""#)),
        ("insertImage", format!(r#""id":1,"call":{deep}"#)),
        (
            "takeDocument",
            format!(r#""id":1,"method":"setRevisedFile","call":{deep}"#),
        ),
        (
            "insertImage",
            format!(r#""id":1,"call":[{}0]"#, "0,".repeat(30_000)),
        ),
        (
            "input",
            r#""seq":-1,"input":{"kind":"pick","item":1}"#.into(),
        ),
    ] {
        let text = format!(r#"{{"type":"{kind}",{rest}}}"#);
        assert_eq!(
            kind_out_of_bounds(&text).as_deref(),
            Some(kind),
            "{rest:.60}"
        );
    }
    // What is beside the known members is passed over, however deep it is.
    let beside = format!(
        r#"{{"type":"ping","x":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(FromBrowser::read(&beside).is_ok());
}

#[test]
fn an_input_out_of_bounds_is_known_by_its_number() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for (input, told) in [
        (
            r#"{"kind":"erase","before":4000000000,"after":0}"#,
            "before of erase",
        ),
        (
            r#"{"kind":"mouse","action":"up","x":4000000000,"y":0,"count":1,"buttons":1,"modifiers":0}"#,
            "value of mouse",
        ),
        (
            &format!(r#"{{"kind":"command","name":".uno:Bold","args":{{"a":{deep}}}}}"#),
            "value of command",
        ),
        (r#"{"kind":"quit"}"#, "kind of input"),
        ("[]", "kind of input"),
    ] {
        let text = format!(r#"{{"type":"input","seq":7,"input":{input}}}"#);
        let Ok(FromBrowser::Input { seq, input }) = FromBrowser::read(&text) else {
            panic!("not read: {text}")
        };
        assert_eq!(seq, 7);
        assert_eq!(
            input.unwrap_err().to_string(),
            format!("The argument {told} is not acceptable.")
        );
    }
}

#[test]
fn what_is_no_message_is_told_from_what_is_out_of_bounds() {
    for text in [
        "",
        "[]",
        "null",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"rename","title":"x"}"#,
        r#"{"type":"ping","type":"leave"}"#,
        r#"{"type":"ping"} {"#,
        r#"{"type":"ping""#,
    ] {
        assert_eq!(
            kind_out_of_bounds(text).as_deref(),
            Some("unknown"),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = FromBrowser::read(&text);
    }

    #[test]
    fn any_change_of_a_message_is_read_or_refused(
        at in 0..120_usize, length in 0..20_usize, with in "[\\[\\]{}:,\"0-9a-z\\-.\\\\]{0,20}",
    ) {
        let message = r#"{"type":"input","seq":3,"input":{"kind":"command","name":".uno:Bold","args":{"Bold":{"type":"boolean","value":true}}}}"#;
        let from = at.min(message.len());
        let to = (from + length).min(message.len());
        let changed = format!("{}{with}{}", &message[..from], &message[to..]);
        let _ = FromBrowser::read(&changed);
        let _ = serde_json::from_str::<Open>(&changed);
    }
}

//! Places in a text that others can be sent to.

mod support;

use recto_engine::{Input, ViewEvent};
use serde_json::{Value, json};
use support::{editor, onlooker, start, text, unzip, wait_view};

fn command(name: &str, argument: &str, value: &str) -> Input {
    let args: Value = json!({ argument: {"type": "string", "value": value} });
    Input::Command {
        name: format!(".uno:{name}"),
        args: args.as_object().unwrap().clone(),
    }
}

#[tokio::test]
async fn a_bookmark_is_saved_and_a_reader_can_be_sent_to_it() {
    let fixture = start(|_| {}).await;
    let lines: Vec<String> = (0..80).map(|line| format!("Line {line}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let source = fixture.make("text.docx", &text(&lines)).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let end = Input::Key {
        char: 0,
        code: 0x0405 | 0x2000,
    };
    document.input(ann, end).await.unwrap();
    let mark = command("InsertBookmark", "Bookmark", "place_1a2b");
    document.input(ann, mark).await.unwrap();
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let xml = unzip(&saved, "word/document.xml");
    let (before, _) = xml.split_once(r#"w:name="place_1a2b""#).unwrap();
    assert!(before.contains("Line 79"), "it is at the end");

    let (document, mut events) = fixture.open(&saved).await;
    let bob = onlooker(&document, "Bob").await;
    // One that is not there leaves the caret where it is.
    for name in ["nowhere", "x|outline", "place_1a2b"] {
        let jump = command("JumpToMark", "Bookmark", name);
        document.input(bob, jump).await.unwrap();
    }
    let caret = wait_view(&mut events, bob, |event| match event {
        ViewEvent::Caret { rect } if rect.y > 10_000 => Some(*rect),
        _ => None,
    });
    let x = caret.await.x;
    assert!(
        (2150..2170).contains(&x),
        "{x} is behind the last line's text"
    );
}

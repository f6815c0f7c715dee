//! A participant leaves, and the others stay.

mod support;

use recto_engine::{Document, Event, Events, Input, MouseAction, ViewEvent, ViewId};
use support::{Fixture, editor, start, text, wait_view, words};

fn typed(text: &str) -> Input {
    Input::Text { text: text.into() }
}

/// An event that says that the document's kit has died, if one is among those that have come.
fn death(events: &mut Events) -> Option<Event> {
    std::iter::from_fn(|| events.try_recv()).find(|event| matches!(event, Event::Died { .. }))
}

/// What the rest of them can still do: see, write and save.
async fn goes_on(
    fixture: &Fixture,
    document: &Document,
    events: &mut Events,
    view: ViewId,
    file_type: &str,
) -> std::path::PathBuf {
    support::tile(document, view, 0, 0).await;
    document.input(view, typed("Still here. ")).await.unwrap();
    let saved = fixture.path(&format!("saved.{file_type}"));
    document.save_copy(file_type, &saved).await.unwrap();
    assert_eq!(death(events), None);
    saved
}

const TABLE: &str = r#"</text:p><table:table table:name="T"><table:table-column/><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table><text:p>after"#;

async fn ch10_typed_in_a_table(zygote: bool) {
    let fixture = start(|config| config.zygote = zygote).await;
    let flat = text(&[TABLE]).replacen("<text:p></text:p>", "", 1);
    let source = fixture.make("table.docx", &flat).await;
    let (document, mut events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let bob = editor(&document, "Bob").await;
    let down = Input::Key {
        char: 0,
        code: 1024,
    };
    document.input(bob, down).await.unwrap();
    for word in 0..20 {
        document
            .input(ann, typed(&format!("cell {word} ")))
            .await
            .unwrap();
    }
    document.destroy_view(ann).await.unwrap();
    let saved = goes_on(&fixture, &document, &mut events, bob, "docx").await;
    let words = words(&saved, "word/document.xml");
    assert!(words.contains("cell 19 a"), "{words}");
    assert!(words.contains("Still here. after"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ch10_a_view_that_typed_in_a_table_leaves_alone() {
    ch10_typed_in_a_table(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ch10_a_view_that_typed_in_a_table_leaves_alone_without_zygote() {
    ch10_typed_in_a_table(false).await;
}

const FIELD: &str =
    r#"<text:author-name text:fixed="true">Somebody with a long name</text:author-name>"#;

fn click(action: MouseAction, count: u32, (x, y): (i64, i64)) -> Input {
    Input::Mouse {
        action,
        x: i32::try_from(x).unwrap(),
        y: i32::try_from(y).unwrap(),
        count,
        buttons: 1,
        modifiers: 0,
    }
}

/// A double click on a field asks for another content in a dialog, in which LibreOffice would wait. Of a
/// document that was loaded to ask nothing it may show none; a view that leaves meanwhile harms nobody.
#[tokio::test(flavor = "multi_thread")]
async fn ch10_a_view_leaves_while_its_dialog_is_open() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("field.odt", &text(&[FIELD, "after"])).await;
    let (document, mut events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let bob = editor(&document, "Bob").await;
    let caret = wait_view(&mut events, ann, |event| match event {
        ViewEvent::Caret { rect } => Some(*rect),
        _ => None,
    })
    .await;
    let place = (caret.x + 500, caret.y + caret.height / 2);
    // Nobody waits for the answers: she leaves while LibreOffice asks her.
    let mut answers = Vec::new();
    for (action, count) in [
        (MouseAction::Down, 1),
        (MouseAction::Up, 1),
        (MouseAction::Down, 2),
        (MouseAction::Up, 2),
    ] {
        answers.push(document.send_input(ann, click(action, count, place)));
    }
    document.destroy_view(ann).await.unwrap();
    goes_on(&fixture, &document, &mut events, bob, "odt").await;
}

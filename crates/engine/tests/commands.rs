//! Every allowed command is given to LibreOffice: none opens a dialog, none kills it.

mod support;

use std::path::Path;

use recto_docs_api::DocumentKind;
use recto_engine::{Document, Event, Input, MouseAction, ViewEvent, ViewId, allowed_commands};
use support::{editor, sheet, slides, start, text, words};

async fn every_allowed_command_is_survived(kind: DocumentKind) {
    let fixture = start(|_| {}).await;
    let (name, flat) = match kind {
        DocumentKind::Word => ("a.docx", text(&["One two three", "Four five six", "Seven"])),
        DocumentKind::Cell => (
            "a.xlsx",
            sheet(&[&["A", "1"], &["B", "2"], &["C", "3"], &["D", "4"]]),
        ),
        DocumentKind::Slide => ("a.pptx", slides(&["Alpha", "Beta", "Gamma", "Delta"])),
    };
    let source = fixture.make(name, &flat).await;
    let (document, mut events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let mut wrong = Vec::new();
    for input in allowed_commands(kind) {
        let Input::Command { name, .. } = &input else {
            continue;
        };
        let name = name.clone();
        let given = document.input(ann, input).await;
        // There is no comment of the number that a sample has.
        let survived = matches!(given, Ok(()) | Err(recto_engine::InputError::Denied(_)));
        assert!(survived, "{name} killed the engine; before it: {wrong:?}");
        // Answered only after LibreOffice has run its loop.
        document.query(ann, ".uno:Undo").await.unwrap();
        while let Some(event) = events.try_recv() {
            if let Event::View {
                event: ViewEvent::Dialog { title },
                ..
            } = event
            {
                wrong.push(format!("{name}: {title}"));
            }
        }
    }
    write_on(
        &document,
        ann,
        kind,
        &fixture.path(&format!("saved-{name}")),
    )
    .await;
    assert!(wrong.is_empty(), "dialogs: {wrong:#?}");
}

/// The document still takes a text and is saved with it.
async fn write_on(document: &Document, ann: ViewId, kind: DocumentKind, path: &Path) {
    let extension = path.extension().unwrap().to_str().unwrap();
    let part = match kind {
        DocumentKind::Word => {
            // Out of the notes and comments.
            for action in [MouseAction::Down, MouseAction::Up] {
                let (x, y, count, buttons, modifiers) = (1500, 1500, 1, 1, 0);
                let body = Input::Mouse {
                    action,
                    x,
                    y,
                    count,
                    buttons,
                    modifiers,
                };
                document.input(ann, body).await.unwrap();
            }
            document
                .input(
                    ann,
                    Input::Text {
                        text: "Alive".into(),
                    },
                )
                .await
                .unwrap();
            "word/document.xml"
        }
        DocumentKind::Cell => {
            let input = Input::Cell {
                address: "$F$9".into(),
                text: "Alive".into(),
            };
            document.input(ann, input).await.unwrap();
            "xl/sharedStrings.xml"
        }
        DocumentKind::Slide => {
            document.input(ann, Input::Part { index: 0 }).await.unwrap();
            document
                .input(
                    ann,
                    Input::Key {
                        char: 0,
                        code: 1281,
                    },
                )
                .await
                .unwrap();
            let shape = ".uno:BasicShapes.rectangle".to_owned();
            let shape = Input::Command {
                name: shape,
                args: serde_json::Map::new(),
            };
            document.input(ann, shape).await.unwrap();
            document
                .input(
                    ann,
                    Input::Text {
                        text: "Alive".into(),
                    },
                )
                .await
                .unwrap();
            "ppt/slides/slide1.xml"
        }
    };
    document.save_copy(extension, path).await.unwrap();
    assert!(words(path, part).contains("Alive"), "{}", words(path, part));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allowed_command_is_survived_in_a_text() {
    every_allowed_command_is_survived(DocumentKind::Word).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allowed_command_is_survived_in_a_sheet() {
    every_allowed_command_is_survived(DocumentKind::Cell).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allowed_command_is_survived_on_slides() {
    every_allowed_command_is_survived(DocumentKind::Slide).await;
}

//! Every allowed command is given to LibreOffice: none opens a dialog, none kills it.

mod support;

use recto_engine::{Event, Input, Kind, ViewEvent, allowed_commands};
use support::{editor, sheet, slides, start, text, words};

async fn every_allowed_command_is_survived(kind: Kind) {
    let fixture = start(|_| {}).await;
    let (name, flat) = match kind {
        Kind::Word => ("a.docx", text(&["One two three", "Four five six", "Seven"])),
        Kind::Cell => ("a.xlsx", sheet(&[&["A", "1"], &["B", "2"], &["C", "3"], &["D", "4"]])),
        Kind::Slide => ("a.pptx", slides(&["Alpha", "Beta", "Gamma", "Delta"])),
    };
    let source = fixture.make(name, &flat).await;
    let (document, mut events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let mut wrong = Vec::new();
    for input in allowed_commands(kind) {
        let Input::Command { name, .. } = &input else { continue };
        let name = name.clone();
        if document.input(ann, input).await.is_err() {
            panic!("{name} killed the engine; before it: {wrong:?}");
        }
        // Answered only after LibreOffice has run its loop.
        document.query(ann, ".uno:Undo").await.unwrap();
        while let Ok(event) = events.try_recv() {
            if let Event::View { event: ViewEvent::Dialog { title }, .. } = event {
                wrong.push(format!("{name}: {title}"));
            }
        }
    }
    let path = fixture.path(&format!("saved-{name}"));
    let extension = name.rsplit('.').next().unwrap();
    let part = match kind {
        Kind::Word => {
            document.input(ann, Input::Text { text: "Alive".into() }).await.unwrap();
            "word/document.xml"
        }
        Kind::Cell => {
            let input = Input::Cell { address: "$F$9".into(), text: "Alive".into() };
            document.input(ann, input).await.unwrap();
            "xl/sharedStrings.xml"
        }
        Kind::Slide => {
            document.input(ann, Input::Part { index: 0 }).await.unwrap();
            document.input(ann, Input::Key { char: 0, code: 1281 }).await.unwrap();
            document.input(ann, Input::Key { char: 9, code: 1282 }).await.unwrap();
            document.input(ann, Input::Text { text: "Alive".into() }).await.unwrap();
            "ppt/slides/slide1.xml"
        }
    };
    document.save_copy(extension, &path).await.unwrap();
    assert!(words(&path, part).contains("Alive"), "{}", words(&path, part));
    assert!(wrong.is_empty(), "dialogs: {wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allowed_command_is_survived_in_a_text() {
    every_allowed_command_is_survived(Kind::Word).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allowed_command_is_survived_in_a_sheet() {
    every_allowed_command_is_survived(Kind::Cell).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allowed_command_is_survived_on_slides() {
    every_allowed_command_is_survived(Kind::Slide).await;
}

//! Opening, painting, typing and saving on real LibreOffice.

mod support;

use recto_docs_api::DocumentKind;
use recto_engine::{Event, Input, InputDenied, InputError, MouseAction, TileRequest, ViewEvent};
use support::{
    editor, ink, onlooker, sheet, slides, start, text, tile, unzip, wait, wait_view, words,
};

async fn two_people_write(zygote: bool, namespaces: bool) {
    let fixture = start(|config| {
        config.zygote = zygote;
        config.namespaces = namespaces;
    })
    .await;
    assert!(fixture.engine.ready());
    let isolation = fixture.engine.isolation();
    assert!(
        isolation.seccomp && (isolation.landlock || isolation.namespaces),
        "{isolation:?}"
    );
    let source = fixture
        .make("text.docx", &text(&["First paragraph", "Second paragraph"]))
        .await;
    let (document, mut events) = fixture.open(&source).await;
    assert_eq!(document.info().kind, DocumentKind::Word);
    assert!(document.info().width > 10_000);
    let ann = editor(&document, "Ann").await;
    let bob = editor(&document, "Bob").await;
    assert!(
        ink(&tile(&document, ann, 0, 0).await) > 100,
        "the text is painted"
    );

    let end = Input::Key {
        char: 0,
        code: 0x0405 | 0x2000,
    };
    document.input(bob, end).await.unwrap();
    let one = document
        .send_input(
            ann,
            Input::Text {
                text: "Ann was here. ".into(),
            },
        )
        .unwrap();
    let two = document
        .send_input(
            bob,
            Input::Text {
                text: " Bob too 🙂.".into(),
            },
        )
        .unwrap();
    one.await.unwrap();
    two.await.unwrap();
    let (mut peer, mut invalid) = (false, false);
    wait(&mut events, |event| {
        invalid |= matches!(event, Event::Invalidated { .. });
        peer |= matches!(event, Event::View { view, event: ViewEvent::PeerCaret { view: other, .. } }
            if (*view, *other) == (ann, bob));
        (peer && invalid).then_some(())
    })
    .await;
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let xml = words(&saved, "word/document.xml");
    assert!(xml.contains("Ann was here. First paragraph"), "{xml}");
    assert!(xml.contains("Second paragraph Bob too 🙂."), "{xml}");
    document.destroy_view(bob).await.unwrap();
    document
        .input(
            ann,
            Input::Text {
                text: "Still. ".into(),
            },
        )
        .await
        .unwrap();
    document.close().await;
    wait(&mut events, |event| {
        matches!(event, Event::Died { .. }).then_some(())
    })
    .await;
    fixture.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_write_zygote() {
    two_people_write(true, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_write_without_zygote() {
    two_people_write(false, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_write_without_namespaces() {
    two_people_write(true, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_a_reader_cannot_change_a_text() {
    let fixture = start(|_| {}).await;
    let source = fixture
        .make("text.docx", &text(&["Some words to read"]))
        .await;
    let (document, _events) = fixture.open(&source).await;
    let reader = onlooker(&document, "Reader").await;
    for input in [
        Input::Text {
            text: "Forged".into(),
        },
        Input::Key {
            char: 97,
            code: 512,
        },
        Input::Paste {
            mime: "text/html".into(),
            data: b"<b>Forged</b>".to_vec(),
        },
    ] {
        let refused = document.input(reader, input).await;
        assert!(
            matches!(refused, Err(InputError::Denied(InputDenied::ViewOnly))),
            "{refused:?}"
        );
    }
    let click = |action, count| Input::Mouse {
        action,
        x: 2000,
        y: 1500,
        count,
        buttons: 1,
        modifiers: 0,
    };
    document
        .input(reader, click(MouseAction::Down, 2))
        .await
        .unwrap();
    document
        .input(reader, click(MouseAction::Up, 2))
        .await
        .unwrap();
    let selection = document.selection(reader).await.unwrap();
    assert!(
        selection
            .text
            .is_some_and(|word| "Some words to read".contains(word.trim()))
    );
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    assert!(!unzip(&saved, "word/document.xml").contains("Forged"));
    document.set_rights(reader, recto_engine::ViewRights::edit());
    document
        .input(
            reader,
            Input::Text {
                text: "Granted".into(),
            },
        )
        .await
        .unwrap();
    document.save_copy("docx", &saved).await.unwrap();
    assert!(unzip(&saved, "word/document.xml").contains("Granted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_calculate() {
    let fixture = start(|_| {}).await;
    let source = fixture
        .make("table.xlsx", &sheet(&[&["Label", "2"], &["Other", "3"]]))
        .await;
    let (document, mut events) = fixture.open(&source).await;
    assert_eq!(document.info().kind, DocumentKind::Cell);
    let names: Vec<_> = document
        .info()
        .parts
        .iter()
        .map(|part| part.name.clone())
        .collect();
    assert_eq!(names, ["One", "Two"]);
    let ann = editor(&document, "Ann").await;
    let bob = editor(&document, "Bob").await;
    let cell = |address: &str, text: &str| Input::Cell {
        address: address.into(),
        text: text.into(),
    };
    document.input(ann, cell("$C$1", "=B1*21")).await.unwrap();
    document.input(bob, cell("$C$2", "=C1+B2")).await.unwrap();
    let formula = wait_view(&mut events, bob, |event| match event {
        ViewEvent::CellFormula { text } if text.starts_with('=') => Some(text.clone()),
        _ => None,
    })
    .await;
    assert_eq!(formula, "=C1+B2");
    // Typing as with a keyboard.
    let go = Input::Command {
        name: ".uno:GoToCell".into(),
        args: serde_json::from_str(r#"{"ToPoint":{"type":"string","value":"$D$1"}}"#).unwrap(),
    };
    document.input(ann, go).await.unwrap();
    document
        .input(
            ann,
            Input::Text {
                text: "typed\n".into(),
            },
        )
        .await
        .unwrap();
    assert!(ink(&tile(&document, ann, 0, 0).await) > 20);
    let saved = fixture.path("saved.xlsx");
    document.save_copy("xlsx", &saved).await.unwrap();
    let xml = unzip(&saved, "xl/worksheets/sheet1.xml");
    assert!(
        xml.contains("B1*21") && xml.contains("<v>42</v>") && xml.contains("<v>45</v>"),
        "{xml}"
    );
    assert!(unzip(&saved, "xl/sharedStrings.xml").contains("typed"));
    let headers = document
        .query(ann, ".uno:SheetGeometryData?columns=1&rows=1&sizes=1")
        .await;
    assert!(headers.unwrap().get("columns").is_some());
    // A part that is not there is painted as nothing and harms nobody.
    let odd = TileRequest {
        part: 9,
        pixels: 64,
        twips: 3840,
        column: 0,
        row: 0,
    };
    let _ = document.paint(ann, odd).await;
    document
        .save_copy("csv", &fixture.path("saved.csv"))
        .await
        .unwrap();
    let csv = std::fs::read_to_string(fixture.path("saved.csv")).unwrap();
    assert!(
        csv.replace('"', "").starts_with("Label,2,42,typed"),
        "{csv}"
    );
    let (copy, _events) = fixture.open(&fixture.path("saved.csv")).await;
    assert_eq!(copy.info().kind, DocumentKind::Cell);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slide_is_written_on() {
    let fixture = start(|_| {}).await;
    let source = fixture
        .make("slides.pptx", &slides(&["Alpha", "Beta"]))
        .await;
    let (document, mut events) = fixture.open(&source).await;
    assert_eq!(document.info().kind, DocumentKind::Slide);
    assert_eq!(document.info().parts.len(), 2);
    let ann = editor(&document, "Ann").await;
    assert!(ink(&tile(&document, ann, 0, 0).await) > 20);
    // Tab selects the first object, a letter begins to write in it.
    document
        .input(
            ann,
            Input::Key {
                char: 9,
                code: 1282,
            },
        )
        .await
        .unwrap();
    document
        .input(
            ann,
            Input::Text {
                text: "Written".into(),
            },
        )
        .await
        .unwrap();
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
    let insert = Input::Command {
        name: ".uno:InsertPage".into(),
        args: serde_json::Map::new(),
    };
    document.input(ann, insert).await.unwrap();
    let parts = wait(&mut events, |event| match event {
        Event::Size { parts, .. } if parts.len() == 3 => Some(parts.len()),
        _ => None,
    })
    .await;
    assert_eq!(parts, 3);
    let saved = fixture.path("saved.pptx");
    document.save_copy("pptx", &saved).await.unwrap();
    assert!(unzip(&saved, "ppt/slides/slide1.xml").contains("Written"));
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_a_reader_cannot_change_a_sheet() {
    let fixture = start(|_| {}).await;
    let source = fixture
        .make("table.xlsx", &sheet(&[&["A", "1"], &["B", "2"]]))
        .await;
    let (document, mut events) = fixture.open(&source).await;
    let reader = onlooker(&document, "Reader").await;
    let mouse = |action, x, y| Input::Mouse {
        action,
        x,
        y,
        count: 1,
        buttons: 1,
        modifiers: 0,
    };
    document
        .input(reader, mouse(MouseAction::Down, 1900, 380))
        .await
        .unwrap();
    let cell = wait_view(&mut events, reader, |event| match event {
        ViewEvent::Cell { cell: Some(cell) } if (cell.column, cell.row) != (0, 0) => Some(*cell),
        _ => None,
    })
    .await;
    assert_eq!((cell.column, cell.row), (1, 1));
    // A drag by the border of a cell would move it.
    document
        .input(reader, mouse(MouseAction::Move, 3000, 1300))
        .await
        .unwrap();
    document
        .input(reader, mouse(MouseAction::Up, 3000, 1300))
        .await
        .unwrap();
    for code in [1283, 1286, 1280] {
        let key = document.input(reader, Input::Key { char: 0, code }).await;
        assert!(
            matches!(key, Err(InputError::Denied(InputDenied::ViewOnly))),
            "{key:?}"
        );
    }
    document
        .input(
            reader,
            Input::Key {
                char: 0,
                code: 1025,
            },
        )
        .await
        .unwrap();
    let saved = fixture.path("saved.csv");
    document.save_copy("csv", &saved).await.unwrap();
    assert_eq!(std::fs::read_to_string(saved).unwrap(), "A,1\nB,2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_meets_the_change_of_another() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("text.docx", &text(&["Base"])).await;
    let (document, mut events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let bob = editor(&document, "Bob").await;
    document
        .input(
            ann,
            Input::Text {
                text: "Ann ".into(),
            },
        )
        .await
        .unwrap();
    document
        .input(
            bob,
            Input::Text {
                text: "Bob ".into(),
            },
        )
        .await
        .unwrap();
    let undo = Input::Command {
        name: ".uno:Undo".into(),
        args: serde_json::Map::new(),
    };
    document.input(ann, undo).await.unwrap();
    let conflict = wait_view(&mut events, ann, |event| match event {
        ViewEvent::CommandResult { name, conflict, .. } if name == ".uno:Undo" => Some(*conflict),
        _ => None,
    })
    .await;
    assert!(conflict);
}

/// LibreOffice's own read-only views let commands through that fill cells, sort and remove sheets.
#[tokio::test(flavor = "multi_thread")]
async fn p1_no_command_of_a_reader_changes_a_sheet() {
    let fixture = start(|_| {}).await;
    let source = fixture
        .make("table.ods", &sheet(&[&["B", "2"], &["A", "1"]]))
        .await;
    let (document, _events) = fixture.open(&source).await;
    let reader = onlooker(&document, "Reader").await;
    let saved = async |name: &str| {
        let path = fixture.path(name);
        document.save_copy("ods", &path).await.unwrap();
        unzip(&path, "content.xml")
    };
    let before = saved("before.ods").await;
    let cell = Input::Cell {
        address: "$A$1".into(),
        text: "x".into(),
    };
    let mut taken = 0;
    let commands = recto_engine::allowed_commands(recto_docs_api::DocumentKind::Cell);
    for input in commands.into_iter().chain([cell]) {
        match document.input(reader, input).await {
            Ok(()) => taken += 1,
            Err(InputError::Denied(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert!((3..10).contains(&taken), "{taken} only read");
    assert_eq!(saved("after.ods").await, before);
    // With another right, the view writes.
    document.set_rights(reader, recto_engine::ViewRights::edit());
    let typed = Input::Cell {
        address: "$A$1".into(),
        text: "written".into(),
    };
    document.input(reader, typed).await.unwrap();
    assert!(saved("written.ods").await.contains(">written<"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_pasted_into_a_sheet_are_rows_and_into_a_cell_they_are_its_text() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("table.xlsx", &sheet(&[&["A"]])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let key = |code| Input::Key { char: 0, code };
    let paste = |text: &str| Input::Paste {
        mime: "text/plain;charset=utf-8".into(),
        data: text.into(),
    };
    let typed = |text: &str| Input::Text { text: text.into() };
    let (down, enter) = (1024, 1280);
    for input in [
        key(down),
        paste("é & <b>\t=1+1\n1\t2\n"),
        key(down),
        key(down),
        typed("x"),
        paste("one\n2"),
        key(enter),
    ] {
        document.input(ann, input).await.unwrap();
    }
    let saved = fixture.path("saved.csv");
    document.save_copy("csv", &saved).await.unwrap();
    let told = std::fs::read_to_string(saved).unwrap();
    assert_eq!(told, "A,\né & <b>,2\n1,2\n\"xone\n2\",\n");
}

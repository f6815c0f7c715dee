//! A second file beside an open text: compared with, taken changes from, inserted.

mod support;

use std::path::Path;

use recto_docs_api::Access;
use recto_engine::{
    Document, Event, Input, InputDenied, SecondFile, SecondFileError, ViewEvent, ViewId, ViewRights,
};
use support::{Fixture, editor, start, text, unzip, view, words};

fn second<'a>(path: &'a Path, scratch: &'a tempfile::TempDir) -> SecondFile<'a> {
    SecondFile {
        path,
        file_type: path.extension().unwrap().to_str().unwrap(),
        scratch: scratch.path(),
    }
}

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The paragraphs of a text as it is saved.
async fn paragraphs(fixture: &Fixture, document: &Document) -> Vec<String> {
    let path = fixture.path("paragraphs.txt");
    document.save_copy("txt", &path).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.trim_start_matches('\u{feff}').trim_end();
    text.lines().map(str::to_owned).collect()
}

async fn give(document: &Document, view: ViewId, name: &str) {
    let input = Input::Command {
        name: format!(".uno:{name}"),
        args: serde_json::Map::new(),
    };
    document.input(view, input).await.unwrap();
}

/// Type, author and text of every tracked change.
async fn changes(document: &Document, view: ViewId) -> Vec<String> {
    let values = document.query(view, ".uno:AcceptTrackedChanges").await;
    let values = values.unwrap();
    let list = values["redlines"].as_array().unwrap();
    list.iter()
        .map(|one| {
            format!(
                "{}: {}",
                one["author"].as_str().unwrap(),
                one["description"].as_str().unwrap()
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_makes_tracked_changes_that_lead_there_and_back() {
    let fixture = start(|_| {}).await;
    let cases: [(&[&str], &[&str], usize); 4] = [
        (
            &["One two three", "Four five six", "Seven eight", "Nine ten"],
            &["One two three", "Four new six", "Nine ten", "Added here"],
            4,
        ),
        // The first difference is a paragraph that is gone.
        (
            &["First of all", "Second one", "Third of them"],
            &["Second one", "Third of them"],
            1,
        ),
        // The last paragraph is another one.
        (
            &["First of all", "Second one", "Third of them"],
            &["First of all", "Second one", "Quite different text", "More"],
            2,
        ),
        (&["The same text"], &["The same text"], 0),
    ];
    for (before, after, count) in cases {
        let original = fixture.make("original.docx", &text(before)).await;
        let revised = fixture.make("revised.odt", &text(after)).await;
        let (document, mut events) = fixture.open(&original).await;
        let ann = editor(&document, "Ann").await;
        let folder = scratch();
        let compared = fixture
            .engine
            .compare(&document, ann, second(&revised, &folder))
            .await
            .unwrap();
        assert_eq!(compared, count as u64, "{after:?}");
        let marked = changes(&document, ann).await;
        assert_eq!(marked.len(), count, "{marked:?}");
        assert!(
            marked.iter().all(|one| one.starts_with("Ann: ")),
            "{marked:?}"
        );
        if count > 0 {
            give(&document, ann, "AcceptAllTrackedChanges").await;
            assert_eq!(paragraphs(&fixture, &document).await, after);
            give(&document, ann, "Undo").await;
            give(&document, ann, "RejectAllTrackedChanges").await;
        }
        assert_eq!(paragraphs(&fixture, &document).await, before);
        while let Some(event) = events.try_recv() {
            let dialog = matches!(
                &event,
                Event::View {
                    event: ViewEvent::Dialog { .. },
                    ..
                }
            );
            assert!(!dialog, "{event:?}");
        }
        document.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_tracked_changes_is_not_compared_and_a_reviewer_compares_nothing() {
    let fixture = start(|_| {}).await;
    let original = fixture.make("original.docx", &text(&["One two"])).await;
    let (document, _events) = fixture.open(&original).await;
    let ann = editor(&document, "Ann").await;
    let rights = ViewRights {
        access: Access::Review,
        ..ViewRights::edit()
    };
    let rob = view(&document, "Rob", rights).await;
    let folder = scratch();
    let file = second(&original, &folder);
    for done in [
        fixture.engine.compare(&document, rob, file).await.map(drop),
        fixture.engine.combine(&document, rob, file).await.map(drop),
        fixture.engine.insert(&document, rob, file).await,
    ] {
        let denied = SecondFileError::Denied(InputDenied::ViewOnly);
        assert_eq!(done.unwrap_err().to_string(), denied.to_string());
    }
    let typed = Input::Text {
        text: "proposed ".into(),
    };
    document.input(rob, typed).await.unwrap();
    let refused = fixture.engine.compare(&document, ann, file).await;
    assert!(matches!(refused, Err(SecondFileError::HasChanges)));
    assert_eq!(changes(&document, ann).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tracked_changes_of_a_copy_are_taken_over_under_their_authors_names() {
    let fixture = start(|_| {}).await;
    let original = fixture
        .make("original.docx", &text(&["One two three", "Four five six"]))
        .await;
    let copy = fixture.path("copy.docx");
    {
        let (document, _events) = fixture.open(&original).await;
        let rights = ViewRights {
            access: Access::Review,
            ..ViewRights::edit()
        };
        let rob = view(&document, "Rob", rights).await;
        let typed = Input::Text {
            text: "Zero ".into(),
        };
        document.input(rob, typed).await.unwrap();
        document.save_copy("docx", &copy).await.unwrap();
        document.close().await;
    }
    let (document, _events) = fixture.open(&original).await;
    let ann = editor(&document, "Ann").await;
    let folder = scratch();
    let taken = fixture
        .engine
        .combine(&document, ann, second(&copy, &folder))
        .await;
    assert_eq!(taken.unwrap(), 1);
    assert_eq!(changes(&document, ann).await, ["Rob: Insert “Zero ”"]);
    give(&document, ann, "Undo").await;
    let folder = scratch();
    let nothing = fixture
        .engine
        .combine(&document, ann, second(&original, &folder))
        .await;
    assert!(matches!(nothing, Err(SecondFileError::NoChanges)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_a_file_is_put_at_the_caret() {
    let fixture = start(|_| {}).await;
    let original = fixture
        .make("original.docx", &text(&["Head", "Foot"]))
        .await;
    let other = fixture
        .make("other.rtf", &text(&["Inner one", "Inner two"]))
        .await;
    let (document, _events) = fixture.open(&original).await;
    let ann = editor(&document, "Ann").await;
    let end = Input::Key {
        char: 0,
        code: 1029,
    };
    document.input(ann, end).await.unwrap();
    let folder = scratch();
    let done = fixture
        .engine
        .insert(&document, ann, second(&other, &folder))
        .await;
    done.unwrap();
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let inserted = words(&saved, "word/document.xml");
    assert!(
        inserted.contains("HeadInner oneInner twoFoot"),
        "{inserted}"
    );
    // One section, as before: it brings no page of its own.
    let xml = unzip(&saved, "word/document.xml");
    assert_eq!(xml.matches("<w:sectPr").count(), 1);
    assert_eq!(changes(&document, ann).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_marked_against_the_one_before() {
    let fixture = start(|_| {}).await;
    let flat = text(&["Second one", "Third of them"]);
    let style = r#"<office:automatic-styles><style:style style:name="P" style:family="paragraph" style:master-page-name="Wide"/><style:page-layout style:name="L"><style:page-layout-properties xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" fo:page-width="25cm" fo:page-height="10cm"/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Wide" style:page-layout-name="L"/></office:master-styles><office:body>"#;
    let flat = flat.replacen("<office:body>", style, 1).replacen(
        "<text:p>",
        "<text:p text:style-name=\"P\">",
        1,
    );
    let version = fixture.make("version.docx", &flat).await;
    let before = fixture
        .make(
            "before.odt",
            &text(&["First of all", "Second one", "Third"]),
        )
        .await;
    let (document, _events) = fixture.open(&version).await;
    let size = (document.info().width, document.info().height);
    let count = document.mark_since("Ann", &before, "odt").await.unwrap();
    assert_eq!(count, 2);
    let rights = ViewRights::view();
    let rob = view(&document, "Rob", rights).await;
    assert_eq!(
        changes(&document, rob).await,
        ["Ann: Delete “First of all ”", "Ann: Insert “ of them”"]
    );
    // Its page stays what it is, although something stood before its first paragraph.
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let xml = unzip(&saved, "word/document.xml");
    assert!(
        xml.contains(r#"<w:pgSz w:w="14173" w:h="5669""#),
        "{size:?} {xml}"
    );
    let locked = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/locked.docx");
    let refused = document.mark_since("Ann", &locked, "docx").await;
    insta::assert_snapshot!(refused.unwrap_err(), @"The file is protected with a password.");
    let refused = document.mark_since("Ann", &before, "txt").await;
    insta::assert_snapshot!(refused.unwrap_err(), @r#"Files of the type "txt" cannot be opened."#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_protected_is_not_marked_and_goes_on() {
    let fixture = start(|_| {}).await;
    let flat = text(&["Locked"])
        .replace(
            "<text:p>",
            "<text:section text:name=\"S\" text:protected=\"true\"><text:p>",
        )
        .replace("</text:p>", "</text:p></text:section>");
    let version = fixture.make("version.odt", &flat).await;
    let before = fixture.make("before.odt", &text(&["Open"])).await;
    let (document, _events) = fixture.open(&version).await;
    let refused = document.mark_since("Ann", &before, "odt").await;
    insta::assert_snapshot!(refused.unwrap_err(), @"The document engine could not do this: its text cannot be changed.");
    assert_eq!(paragraphs(&fixture, &document).await, ["Locked"]);
}

//! What views of lesser rights do, on real LibreOffice.

mod support;

use recto_docs_api::DocumentKind;
use recto_docs_api::{Access, CommentRule, CommentRules};
use recto_engine::{
    Document, Input, InputDenied, InputError, ViewEvent, ViewId, ViewRights, allowed_commands,
};
use serde_json::{Value, json};
use support::{editor, sheet, slides, start, text, unzip, view, wait_view, words};

fn of(access: Access) -> ViewRights {
    ViewRights {
        access,
        ..ViewRights::edit()
    }
}

fn typed(text: &str) -> Input {
    Input::Text { text: text.into() }
}

fn command(name: &str, args: Value) -> Input {
    let Value::Object(args) = args else {
        panic!("arguments are an object")
    };
    Input::Command {
        name: format!(".uno:{name}"),
        args,
    }
}

fn comment(text: &str, author: &str) -> Input {
    command(
        "InsertAnnotation",
        json!({"Text": {"type": "string", "value": text}, "Author": {"type": "string", "value": author}}),
    )
}

async fn denied(document: &Document, view: ViewId, input: Input) -> InputDenied {
    match document.input(view, input).await {
        Err(InputError::Denied(denied)) => denied,
        other => panic!("it was not denied: {other:?}"),
    }
}

/// Authors and texts of all comments, and their ids.
async fn comments(document: &Document, view: ViewId) -> Vec<(String, String, String)> {
    let values = document.query(view, ".uno:ViewAnnotations").await.unwrap();
    let text = |comment: &Value, name: &str| match &comment[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let list: Vec<_> = match &values["comments"] {
        Value::Array(list) => list.iter().collect(),
        // As presentations have them.
        other => other.as_object().unwrap().values().collect(),
    };
    list.into_iter()
        .map(|c| (text(c, "author"), text(c, "text"), text(c, "id")))
        .collect()
}

/// What is between these tags of a docx, tags removed: `w:ins` or `w:del`.
fn within(xml: &str, tag: &str) -> String {
    xml.split(&format!("<{tag} "))
        .skip(1)
        .filter_map(|part| part.split_once(&format!("</{tag}>")))
        .map(|(inside, _)| {
            let mut in_tag = true;
            inside
                .chars()
                .filter(|&letter| {
                    let plain = !in_tag && letter != '<';
                    in_tag = letter == '<' || (in_tag && letter != '>');
                    plain
                })
                .collect::<String>()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_what_a_reviewer_does_is_tracked_and_what_an_editor_does_is_not() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("text.docx", &text(&["Original words"])).await;
    let (document, mut events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let rob = view(&document, "Rob", of(Access::Review)).await;
    // Not waited for, so that they meet in the engine's queue.
    let mut pending = Vec::new();
    for round in 0..5 {
        for (view, text) in [(ann, format!("{round}e ")), (rob, format!("{round}r "))] {
            pending.push(document.send_input(view, typed(&text)).unwrap());
        }
    }
    for answer in pending {
        answer.await.unwrap();
    }
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let xml = unzip(&saved, "word/document.xml");
    assert_eq!(within(&xml, "w:ins"), "0r 1r 2r 3r 4r ", "{xml}");
    let all = words(&saved, "word/document.xml");
    for round in 0..5 {
        assert!(all.contains(&format!("{round}e")), "{all}");
    }
    assert!(xml.contains("w:author=\"Rob\"") && !xml.contains("w:author=\"Ann\""));
    assert!(
        !unzip(&saved, "word/settings.xml").contains("trackRevisions"),
        "the editors did not ask for it"
    );

    // The editors' own switch is theirs.
    let on = command(
        "TrackChanges",
        json!({"TrackChanges": {"type": "boolean", "value": true}}),
    );
    document.input(ann, on).await.unwrap();
    wait_view(&mut events, ann, |event| match event {
        ViewEvent::State { name, value } if name == "TrackChanges" && value == "true" => Some(()),
        _ => None,
    })
    .await;
    document.input(ann, typed("tracked ")).await.unwrap();
    document.save_copy("docx", &saved).await.unwrap();
    let xml = unzip(&saved, "word/document.xml");
    assert!(xml.contains("w:author=\"Ann\""), "{xml}");
    assert!(unzip(&saved, "word/settings.xml").contains("trackRevisions"));
    fixture.engine.stop().await;
}

/// The list of what a reviewer may do is kept true: after each input that is permitted, a rejection of
/// all changes gives back the document as it was.
#[tokio::test(flavor = "multi_thread")]
async fn p2_what_a_reviewer_does_can_be_rejected() {
    let fixture = start(|_| {}).await;
    let source = fixture
        .make("text.docx", &text(&["One two three", "Four five six"]))
        .await;
    let (document, _events) = fixture.open(&source).await;
    let rob = view(&document, "Rob", of(Access::Review)).await;
    let ann = editor(&document, "Ann").await;
    let saved = fixture.path("saved.docx");
    let original = words(&source, "word/document.xml");
    let inputs = allowed_commands(DocumentKind::Word).into_iter().chain([
        typed("more"),
        Input::Key {
            char: 0,
            code: 1286,
        },
        Input::Key {
            char: 13,
            code: 1280,
        },
        Input::Key {
            char: 0,
            code: 0x0201 | 0x2000,
        },
        Input::Erase {
            before: 0,
            after: 3,
        },
        Input::Paste {
            mime: "text/plain;charset=utf-8".into(),
            data: b"pasted".to_vec(),
        },
    ]);
    let (mut tried, mut bad) = (0, Vec::new());
    document.save_copy("docx", &saved).await.unwrap();
    let mut last = unzip(&saved, "word/document.xml");
    for input in inputs {
        let escape = Input::Key {
            char: 0,
            code: 1281,
        };
        document.input(rob, escape).await.unwrap();
        document
            .input(rob, command("SelectWord", json!({})))
            .await
            .unwrap();
        let name = format!("{input:?}");
        // Comments are no proposals.
        if name.contains("Annotation") || name.contains("Comment") {
            continue;
        }
        match document.input(rob, input).await {
            Err(InputError::Denied(InputDenied::ReviewOnly)) => continue,
            other => other.unwrap(),
        }
        tried += 1;
        // Answered only after LibreOffice has run its loop.
        document.query(rob, ".uno:Undo").await.unwrap();
        document.save_copy("docx", &saved).await.unwrap();
        let proposed = unzip(&saved, "word/document.xml");
        let reject = command("RejectAllTrackedChanges", json!({}));
        document.input(ann, reject).await.unwrap();
        document.query(ann, ".uno:Undo").await.unwrap();
        document.save_copy("docx", &saved).await.unwrap();
        let rejected = words(&saved, "word/document.xml");
        let marked = MARKS.iter().any(|mark| proposed.contains(mark));
        if rejected != original || !(marked || plain(&proposed) == plain(&last)) {
            bad.push(format!("{name}: {rejected}"));
        }
        last = unzip(&saved, "word/document.xml");
    }
    assert!(tried > 20, "{tried}");
    assert!(bad.is_empty(), "{}", bad.join("\n\n"));
    fixture.engine.stop().await;
}

/// What a docx has at each proposal.
const MARKS: [&str; 4] = ["<w:ins ", "<w:del ", "<w:rPrChange ", "<w:pPrChange "];

/// Words and formats, whichever way the text is cut into runs.
fn plain(xml: &str) -> String {
    xml.split("<w:pPr>")
        .map(|part| match part.split_once("</w:pPr>") {
            // A rejected format stays on the mark at the end of a paragraph, where nobody sees it.
            Some((inside, rest)) => {
                let inside = inside.split("<w:rPr>").next().unwrap_or_default();
                format!("{inside}{rest}")
            }
            None => part.into(),
        })
        .collect::<String>()
        .replace("<w:rPr></w:rPr>", "")
        .replace(" xml:space=\"preserve\"", "")
        .replace("</w:t></w:r><w:r><w:t>", "")
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_who_may_only_comment_changes_no_text() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("text.docx", &text(&["Original words"])).await;
    let (document, _events) = fixture.open(&source).await;
    let cat = view(&document, "Cat", of(Access::Comment)).await;
    for input in [
        typed("x"),
        command("Bold", json!({})),
        Input::Key {
            char: 0,
            code: 1286,
        },
        Input::Paste {
            mime: "text/plain;charset=utf-8".into(),
            data: b"x".to_vec(),
        },
    ] {
        assert_eq!(
            denied(&document, cat, input).await,
            InputDenied::CommentOnly
        );
    }
    document
        .input(cat, comment("I wonder", "Ann"))
        .await
        .unwrap();
    let list = comments(&document, cat).await;
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].0, "Cat", "p5: nobody writes in another's name");
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    assert!(words(&saved, "word/document.xml").contains("Original words"));
    assert!(words(&saved, "word/comments.xml").contains("I wonder"));
    fixture.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_of_others_are_changed_only_by_those_who_may() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("text.docx", &text(&["Original words"])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let mut rights = of(Access::Comment);
    rights.comments = CommentRules {
        edit: CommentRule {
            own_only: true,
            groups: None,
        },
        remove: CommentRule {
            own_only: false,
            groups: Some(vec!["Sales".into()]),
        },
        ..CommentRules::default()
    };
    let cat = view(&document, "Cat", rights).await;
    document.input(ann, comment("from Ann", "")).await.unwrap();
    let end = Input::Key {
        char: 0,
        code: 1029,
    };
    document.input(cat, end).await.unwrap();
    document.input(cat, comment("from Cat", "")).await.unwrap();
    let list = comments(&document, ann).await;
    let id = |author: &str| {
        let found = list.iter().find(|(name, _, _)| name == author);
        found.unwrap_or_else(|| panic!("{list:?}")).2.clone()
    };
    let edit = |id: String| {
        command(
            "EditAnnotation",
            json!({"Id": {"type": "string", "value": id}, "Text": {"type": "string", "value": "changed"}}),
        )
    };
    let delete = |id: String| {
        command(
            "DeleteComment",
            json!({"Id": {"type": "string", "value": id}}),
        )
    };
    assert_eq!(
        denied(&document, cat, edit(id("Ann"))).await,
        InputDenied::OtherComment
    );
    assert_eq!(
        denied(&document, cat, delete(id("Ann"))).await,
        InputDenied::OtherComment
    );
    document.input(cat, edit(id("Cat"))).await.unwrap();
    document.input(ann, delete(id("Cat"))).await.unwrap();
    let list = comments(&document, ann).await;
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!((&*list[0].0, &*list[0].1), ("Ann", "from Ann"));
    let mut none = ViewRights::edit();
    none.comment = false;
    document.set_rights(ann, none);
    assert_eq!(
        denied(&document, ann, comment("no", "")).await,
        InputDenied::NoComments
    );
    fixture.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_changes_are_accepted_by_those_whose_groups_they_are_of() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("text.docx", &text(&["Original words"])).await;
    let (document, _events) = fixture.open(&source).await;
    for (name, word) in [
        ("Sales\u{a0}Sam", "1s "),
        ("Law\u{a0}Lea", "2l "),
        ("Rob", "3r "),
    ] {
        let view = view(&document, name, of(Access::Review)).await;
        document.input(view, typed(word)).await.unwrap();
    }
    let mut rights = of(Access::Edit);
    rights.review_groups = Some(vec!["Sales".into(), String::new()]);
    // Her own are no exception.
    let lia = view(&document, "Law\u{a0}Lia", rights).await;
    for name in ["AcceptAllTrackedChanges", "RejectAllTrackedChanges"] {
        assert_eq!(
            denied(&document, lia, command(name, json!({}))).await,
            InputDenied::NotAllChanges
        );
    }
    let values = document
        .query(lia, ".uno:AcceptTrackedChanges")
        .await
        .unwrap();
    let changes = values["redlines"].as_array().unwrap().clone();
    let on = |name: &str, author: &str| {
        let change = changes.iter().find(|change| change["author"] == author);
        let id = change.unwrap_or_else(|| panic!("{changes:?}"))["index"].clone();
        command(name, json!({name: {"type": "unsigned short", "value": id}}))
    };
    for name in ["AcceptTrackedChange", "RejectTrackedChange"] {
        let gone = command(
            name,
            json!({name: {"type": "unsigned short", "value": 999}}),
        );
        for input in [on(name, "Law\u{a0}Lea"), gone] {
            assert_eq!(
                denied(&document, lia, input).await,
                InputDenied::OtherChange
            );
        }
    }
    let accept = on("AcceptTrackedChange", "Sales\u{a0}Sam");
    let reject = on("RejectTrackedChange", "Rob");
    document.input(lia, accept).await.unwrap();
    document.input(lia, reject).await.unwrap();
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    assert_eq!(within(&unzip(&saved, "word/document.xml"), "w:ins"), "2l ");
    let all = words(&saved, "word/document.xml");
    assert!(all.contains("1s ") && !all.contains("3r "), "{all}");
    fixture.engine.stop().await;
}

/// As in texts, in sheets and on slides: whose comments they are decides.
async fn comments_elsewhere(name: &str, flat: String, delete: &str) {
    let fixture = start(|_| {}).await;
    let source = fixture.make(name, &flat).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let mut rights = of(Access::Comment);
    let own = CommentRule {
        own_only: true,
        groups: None,
    };
    rights.comments.edit = own.clone();
    rights.comments.remove = own;
    let cat = view(&document, "Cat", rights).await;
    document.input(ann, comment("from Ann", "")).await.unwrap();
    // Another cell, or the next slide, where hers are also to be deleted from.
    let place = if delete == "DeleteNote" {
        command(
            "GoToCell",
            json!({"ToPoint": {"type": "string", "value": "$B$2"}}),
        )
    } else {
        Input::Part { index: 1 }
    };
    document.input(cat, place.clone()).await.unwrap();
    document.input(cat, comment("from Cat", "")).await.unwrap();
    let list = comments(&document, ann).await;
    let id = |author: &str| {
        let found = list.iter().find(|(name, _, _)| name == author);
        found.unwrap_or_else(|| panic!("{list:?}")).2.clone()
    };
    let on = |command_: &str, id: &str, text: Option<&str>| {
        let mut args = json!({"Id": {"type": "string", "value": id}});
        if let Some(text) = text {
            args["Text"] = json!({"type": "string", "value": text});
        }
        command(command_, args)
    };
    let (anns, cats) = (id("Ann"), id("Cat"));
    for (id, gone) in [(&*anns, false), ("99", true)] {
        for input in [on("EditAnnotation", id, Some("x")), on(delete, id, None)] {
            let denied = denied(&document, cat, input).await;
            assert_eq!(denied, InputDenied::OtherComment, "{id} {gone}");
        }
    }
    let answer = on("ReplyComment", &anns, Some("x"));
    assert!(matches!(
        denied(&document, cat, answer).await,
        InputDenied::Command(_)
    ));
    // An editor's change does not change the author.
    for (view, id) in [(cat, &cats), (ann, &cats)] {
        let changed = on("EditAnnotation", id, Some("changed"));
        document.input(view, changed).await.unwrap();
    }
    let list = comments(&document, ann).await;
    let changed = list.iter().find(|(_, text, _)| text == "changed");
    assert_eq!(
        changed.map(|(author, ..)| &**author),
        Some("Cat"),
        "{list:?}"
    );
    document.input(ann, on(delete, &cats, None)).await.unwrap();
    let list = comments(&document, ann).await;
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!((&*list[0].0, &*list[0].1), ("Ann", "from Ann"));
    fixture.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_in_sheets_are_changed_by_those_who_may() {
    comments_elsewhere("a.xlsx", sheet(&[&["A", "1"], &["B", "2"]]), "DeleteNote").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_on_slides_are_changed_by_those_who_may() {
    comments_elsewhere("a.pptx", slides(&["Alpha", "Beta"]), "DeleteAnnotation").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p7_rights_change_with_the_next_input() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("text.docx", &text(&["Original words"])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    document.input(ann, typed("1 ")).await.unwrap();
    document.set_rights(ann, ViewRights::view());
    assert_eq!(
        denied(&document, ann, typed("two ")).await,
        InputDenied::ViewOnly
    );
    document.set_rights(ann, of(Access::Review));
    document.input(ann, typed("3 ")).await.unwrap();
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let xml = unzip(&saved, "word/document.xml");
    assert_eq!(within(&xml, "w:ins"), "3 ");
    assert!(words(&saved, "word/document.xml").contains("1 "));
    fixture.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_tracks_changes_goes_on_to_after_a_reviewer() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("text.docx", &text(&["Original words"])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let on = json!({"TrackChanges": {"type": "boolean", "value": true}});
    document
        .input(ann, command("TrackChanges", on))
        .await
        .unwrap();
    let tracking = fixture.path("tracking.docx");
    document.save_copy("docx", &tracking).await.unwrap();
    document.close().await;
    assert!(unzip(&tracking, "word/settings.xml").contains("trackRevisions"));

    let (document, _events) = fixture.open(&tracking).await;
    let rob = view(&document, "Rob", of(Access::Review)).await;
    document.input(rob, typed("1 ")).await.unwrap();
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    assert!(unzip(&saved, "word/settings.xml").contains("trackRevisions"));
    fixture.engine.stop().await;
}

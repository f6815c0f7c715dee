//! Filling in fields without the right to edit, on real LibreOffice.

mod support;

use std::io::Write as _;
use std::path::PathBuf;

use recto_docs_api::Access;
use recto_engine::{
    Document, Effect, Events, Field, Input, InputDenied, InputError, MouseAction, ViewEvent,
    ViewId, ViewRights,
};
use serde_json::json;
use support::{Fixture, editor, start, tile, unzip, view, wait_view};

const LINE: i32 = 269;
const TOP: i32 = 1724;

fn filler() -> ViewRights {
    ViewRights {
        access: Access::Fill,
        comment: false,
        ..ViewRights::edit()
    }
}

fn run(text: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

fn sdt(properties: &str, content: &str) -> String {
    format!("<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>")
}

fn field(begin: &str, code: &str, text: &str) -> String {
    let mark = |kind: &str, data: &str| {
        format!("<w:r><w:fldChar w:fldCharType=\"{kind}\">{data}</w:fldChar></w:r>")
    };
    let data = format!("<w:ffData><w:name w:val=\"F\"/><w:enabled/>{begin}</w:ffData>");
    format!(
        "{}<w:r><w:instrText>{code}</w:instrText></w:r>{}{text}{}",
        mark("begin", &data),
        mark("separate", ""),
        mark("end", "")
    )
}

/// A kind of field in each line, with words before and after it.
fn lines() -> Vec<String> {
    let check = "<w14:checkbox><w14:checked w14:val=\"0\"/><w14:checkedState w14:val=\"2612\"/><w14:uncheckedState w14:val=\"2610\"/></w14:checkbox>";
    let items = "<w:dropDownList><w:listItem w:displayText=\"red\" w:value=\"R\"/><w:listItem w:displayText=\"green\" w:value=\"G\"/></w:dropDownList>";
    let date = "<w:date><w:dateFormat w:val=\"yyyy-MM-dd\"/><w:lid w:val=\"en-US\"/></w:date>";
    let bold = "<w:r><w:rPr><w:b/></w:rPr><w:t>bold</w:t></w:r>";
    let list = "<w:ddList><w:listEntry w:val=\"alpha\"/><w:listEntry w:val=\"beta\"/></w:ddList>";
    let old_check = "<w:checkBox><w:sizeAuto/><w:default w:val=\"0\"/></w:checkBox>";
    [
        sdt("<w:text/>", &run("somebody")),
        sdt("<w:showingPlcHdr/><w:text/>", &run("Click here")),
        sdt("", &format!("{}{bold}", run("rich "))),
        sdt(check, &run("\u{2610}")),
        sdt(items, &run("Choose")),
        sdt(date, &run("2022-01-01")),
        format!(
            "{}{}",
            sdt("<w:text/>", &run("aa")),
            sdt("<w:text/>", &run("bb"))
        ),
        sdt("", &run("plain words")),
        field("<w:textInput/>", " FORMTEXT ", &run("old text")),
        field(old_check, " FORMCHECKBOX ", ""),
        field(list, " FORMDROPDOWN ", ""),
        String::new(),
    ]
    .iter()
    .map(|field| format!("<w:p>{}{field}{}</w:p>", run("Before: "), run(" after.")))
    .collect()
}

fn docx(fixture: &Fixture, body: &str) -> PathBuf {
    let path = fixture.path("form.docx");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let office = "http://schemas.openxmlformats.org";
    let content =
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    for (name, text) in [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{office}/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"{content}\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{office}/package/2006/relationships\"><Relationship Id=\"r\" Type=\"{office}/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
            ),
        ),
        (
            "word/document.xml",
            format!(
                "<w:document xmlns:w=\"{office}/wordprocessingml/2006/main\" xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\"><w:body>{body}<w:sectPr/></w:body></w:document>"
            ),
        ),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    path
}

async fn press(
    document: &Document,
    view: ViewId,
    (x, y): (i32, i32),
) -> Result<Effect, InputError> {
    let mouse = |action, buttons| Input::Mouse {
        action,
        x,
        y,
        count: 1,
        buttons,
        modifiers: 0,
    };
    document.input(view, mouse(MouseAction::Down, 1)).await?;
    document.send_input(view, mouse(MouseAction::Up, 1))?.await
}

/// The middle of a line, after the words at its beginning.
fn at(line: usize) -> (i32, i32) {
    (2560, TOP + LINE * i32::try_from(line).unwrap() + LINE / 2)
}

/// Waits until the view is told of this field.
async fn shown(events: &mut Events, of: ViewId, expected: Field) {
    wait_view(events, of, |event| match event {
        ViewEvent::Field { field } => (field.as_ref() == Some(&expected)).then_some(()),
        _ => None,
    })
    .await;
}

async fn denied(document: &Document, view: ViewId, input: Input) -> InputDenied {
    match document.input(view, input).await {
        Err(InputError::Denied(denied)) => denied,
        other => panic!("it was not denied: {other:?}"),
    }
}

fn fill(text: &str) -> Input {
    Input::Fill { text: text.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_each_kind_are_filled_in() {
    let fixture = start(|_| {}).await;
    let source = docx(&fixture, &lines().concat());
    let (document, mut events) = fixture.open(&source).await;
    let fay = view(&document, "Fay", filler()).await;
    let count = wait_view(&mut events, fay, |event| match event {
        ViewEvent::Fields { count } => Some(*count),
        _ => None,
    })
    .await;
    assert_eq!(count, 11, "all but the old text field");

    for (line, held, text) in [
        (0, "somebody", "Zo\u{eb} & \u{4f60}\u{597d}"),
        (1, "Click here", "Paris"),
        (2, "rich bold", "poor"),
    ] {
        press(&document, fay, at(line)).await.unwrap();
        shown(&mut events, fay, Field::Text { text: held.into() }).await;
        let effect = document.send_input(fay, fill(text)).unwrap().await.unwrap();
        assert_eq!(effect, Effect::Changed, "{held}");
    }
    // What is in it by then is told, and a letter beyond 16 bits fills it in, too.
    press(&document, fay, at(0)).await.unwrap();
    shown(
        &mut events,
        fay,
        Field::Text {
            text: "Zo\u{eb} & \u{4f60}\u{597d}".into(),
        },
    )
    .await;
    let effect = document.send_input(fay, fill("\u{1f600}"));
    assert_eq!(effect.unwrap().await.unwrap(), Effect::Changed);
    // Each click ticks or takes the tick away.
    for _ in 0..3 {
        let ticked = press(&document, fay, at(3)).await.unwrap();
        assert_eq!(ticked, Effect::Changed);
    }
    press(&document, fay, at(4)).await.unwrap();
    let items = vec!["red".into(), "green".into()];
    shown(&mut events, fay, Field::List { items }).await;
    document.input(fay, Input::Pick { item: 1 }).await.unwrap();
    assert_eq!(
        denied(&document, fay, Input::Pick { item: 2 }).await,
        InputDenied::NoField
    );
    press(&document, fay, at(5)).await.unwrap();
    shown(&mut events, fay, Field::Day).await;
    let date = "2026-11-24".into();
    document.input(fay, Input::Day { date }).await.unwrap();
    assert_eq!(
        denied(&document, fay, fill("no day")).await,
        InputDenied::NoField
    );

    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let xml = unzip(&saved, "word/document.xml");
    for text in [
        "\u{1f600}",
        "Paris",
        "poor",
        "\u{2612}",
        "green",
        "2026-11-24",
    ] {
        assert!(xml.contains(&format!("{text}</w:t>")), "{text}: {xml}");
    }
    assert!(!xml.contains("somebody") && !xml.contains("<w:ins "));
    fixture.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_whatever_who_fills_in_sends_the_text_around_stays() {
    let fixture = start(|_| {}).await;
    let source = docx(&fixture, &lines().concat());
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let fay = view(&document, "Fay", filler()).await;
    // Also while the editors track their changes.
    let track = json!({"TrackChanges": {"type": "boolean", "value": true}});
    let command = |name: &str, args: serde_json::Value| Input::Command {
        name: format!(".uno:{name}"),
        args: args.as_object().unwrap().clone(),
    };
    document
        .input(ann, command("TrackChanges", track))
        .await
        .unwrap();
    let around = async |name: &str| {
        let saved = fixture.path(name);
        document.save_copy("odt", &saved).await.unwrap();
        without_fields(&unzip(&saved, "content.xml"))
    };
    let before = around("before.odt").await;
    assert_eq!(before.matches("Before: ").count(), lines().len());
    let key = |code| Input::Key { char: 0, code };
    // Keys that move, then everything that changes: most is refused by rule, the rest by what the
    // kit sees.
    let moves = [
        None,
        Some(key(0x1403)),
        Some(key(0x1402)),
        Some(key(1028)),
        Some(key(1029)),
        Some(command("SelectAll", json!({}))),
    ];
    let (mut filled, mut refused) = (0, 0);
    let mut number = 0;
    for line in 0..lines().len() {
        for x in [1730, 2400, 2470, 2560, 2790, 3300] {
            for step in moves.iter().skip(number % 2).step_by(2) {
                number += 1;
                let clicked = press(&document, fay, (x, at(line).1)).await;
                filled += usize::from(matches!(clicked, Ok(Effect::Changed)));
                if let Some(step) = step {
                    document.input(fay, step.clone()).await.unwrap();
                }
                for input in [
                    fill(&format!("v{number}")),
                    Input::Pick {
                        item: u32::try_from(number % 3).unwrap(),
                    },
                    Input::Day {
                        date: "2026-11-24".into(),
                    },
                    key(1283),
                    key(1286),
                    Input::Text {
                        text: "EVIL".into(),
                    },
                    Input::Erase {
                        before: 5,
                        after: 5,
                    },
                    command("Delete", json!({})),
                ] {
                    match document.send_input(fay, input) {
                        Ok(pending) => match pending.await {
                            Ok(Effect::Changed) => filled += 1,
                            Ok(_) => {}
                            Err(InputError::Denied(_)) => refused += 1,
                            Err(error) => panic!("{error}"),
                        },
                        Err(_) => refused += 1,
                    }
                }
            }
        }
        assert_eq!(around(&format!("{line}.odt")).await, before, "line {line}");
    }
    assert!(filled > 20 && refused > 500, "{filled} {refused}");
    fixture.engine.stop().await;
}

/// What is not in a field, from the content of an odt.
fn without_fields(xml: &str) -> String {
    let (_, mut rest) = xml.split_once("<office:text").unwrap();
    let mut around = String::new();
    let fields = [
        ("<text:text-input", "</text:text-input>"),
        ("<loext:content-control", "</loext:content-control>"),
        ("<field:fieldmark ", ">"),
    ];
    while !rest.is_empty() {
        let field = fields.iter().find(|(from, _)| rest.starts_with(from));
        if let Some((from, to)) = field {
            around.push_str(from);
            rest = rest.split_once(to).unwrap().1;
        } else if rest.starts_with('<') {
            rest = rest.split_once('>').unwrap().1;
        } else {
            let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            around.push_str(text);
            rest = after;
        }
    }
    around
}

#[tokio::test(flavor = "multi_thread")]
async fn boxes_and_lists_of_old_forms_are_filled_in() {
    let fixture = start(|_| {}).await;
    let source = docx(&fixture, &lines().concat());
    let (document, mut events) = fixture.open(&source).await;
    let fay = view(&document, "Fay", filler()).await;
    // LibreOffice tells of a list only where it has painted one.
    tile(&document, fay, 0, 1).await;
    let (_, y) = at(9);
    let ticked = press(&document, fay, (2480, y)).await.unwrap();
    assert_eq!(ticked, Effect::Changed);
    let (_, y) = at(10);
    press(&document, fay, (2440, y)).await.unwrap();
    let items = vec!["alpha".into(), "beta".into()];
    shown(&mut events, fay, Field::List { items }).await;
    let pick = document.send_input(fay, Input::Pick { item: 1 });
    assert_eq!(pick.unwrap().await.unwrap(), Effect::Changed);
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let xml = unzip(&saved, "word/document.xml");
    assert!(xml.contains("<w:result w:val=\"1\"/>"), "{xml}");
    assert!(xml.contains("<w:checked"), "{xml}");
    fixture.engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p7_who_may_only_fill_in_from_now_on_types_no_more() {
    let fixture = start(|_| {}).await;
    let source = docx(&fixture, &lines().concat());
    let (document, mut events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    // An editor's lists and days work, too.
    press(&document, ann, at(4)).await.unwrap();
    let items = vec!["red".into(), "green".into()];
    shown(&mut events, ann, Field::List { items }).await;
    document.input(ann, Input::Pick { item: 0 }).await.unwrap();
    document.set_rights(ann, filler());
    let typed = Input::Text { text: "x".into() };
    assert_eq!(denied(&document, ann, typed).await, InputDenied::FillOnly);
    press(&document, ann, at(0)).await.unwrap();
    document.input(ann, fill("Ann")).await.unwrap();
    let saved = fixture.path("saved.docx");
    document.save_copy("docx", &saved).await.unwrap();
    let xml = unzip(&saved, "word/document.xml");
    assert!(
        xml.contains("red</w:t>") && xml.contains("Ann</w:t>"),
        "{xml}"
    );
    fixture.engine.stop().await;
}

//! What may reach LibreOffice.
//!
//! LibreOffice obeys whatever a view sends: it opens files, runs macros, closes the document, or
//! waits in a dialog that nobody sees. So everything is denied that is not on a list here, and the
//! arguments of what is on a list are checked by name, type and range.

mod address;
mod argument;
mod commands;
mod keys;
mod queries;
mod rights;

pub(crate) use commands::samples;
pub(crate) use queries::check as check_query;
pub(crate) use rights::{Commenting, sign};

use crate::client::Kind;
use crate::error::InputDenied;
use crate::input::{Input, modifier};
use crate::rights::ViewRights;

/// The longest text of one input, in bytes.
const LONGEST_TEXT: usize = 64 << 10;
/// The longest cell content: LibreOffice's own limit is 32767 characters before 7.5.
const LONGEST_CELL: usize = 32_767;
/// The longest content of a field, in bytes.
const LONGEST_FIELD: usize = 4000;
/// The largest paste, in bytes.
const LARGEST_PASTE: usize = 16 << 20;
/// No document reaches so far (in twips); LibreOffice's arithmetic is 32 bits wide.
const FARTHEST: i32 = 1 << 29;
const PASTE_TYPES: [&str; 4] = [
    "text/plain;charset=utf-8",
    "text/html",
    "image/png",
    "image/jpeg",
];

/// Whether a view of these rights may give this input to this kind of document.
pub(crate) fn check(kind: Kind, granted: &ViewRights, input: &Input) -> Result<(), InputDenied> {
    rights::check(kind, granted, input)?;
    match input {
        Input::Key { char, code } => keys::check(kind, *char, *code),
        Input::Text { text } | Input::Compose { text } => check_text("text", "text", text),
        Input::Erase { before, after } => {
            limit("erase", "before", *before <= 10_000)?;
            limit("erase", "after", *after <= 10_000)
        }
        Input::Mouse {
            x,
            y,
            count,
            buttons,
            modifiers,
            ..
        } => {
            check_point("mouse", *x, *y)?;
            limit("mouse", "count", (0..=3).contains(count))?;
            limit("mouse", "buttons", *buttons <= 7)?;
            let known = modifier::SHIFT | modifier::CTRL | modifier::ALT;
            limit("mouse", "modifiers", *modifiers & !known == 0)
        }
        Input::Select { x, y, .. } => check_point("select", *x, *y),
        Input::Graphic { x, y, .. } => check_point("graphic", *x, *y),
        Input::Command { name, args } => commands::check(kind, name, args),
        Input::Paste { mime, data } => {
            limit("paste", "mime", PASTE_TYPES.contains(&mime.as_str()))?;
            limit("paste", "data", data.len() <= LARGEST_PASTE)
        }
        Input::Part { index } => limit("part", "index", (0..=100_000).contains(index)),
        Input::Area {
            tile_twips,
            tile_pixels,
            x,
            y,
            width,
            height,
        } => {
            limit("area", "tileTwips", (64..=1 << 20).contains(tile_twips))?;
            limit("area", "tilePixels", (16..=1024).contains(tile_pixels))?;
            check_point("area", *x, *y)?;
            limit("area", "width", (0..=FARTHEST).contains(width))?;
            limit("area", "height", (0..=FARTHEST).contains(height))
        }
        Input::Fill { text } => {
            let line = !text.is_empty() && !text.contains(char::is_control);
            limit("fill", "text", line && text.len() <= LONGEST_FIELD)
        }
        Input::Pick { item } => limit("pick", "item", *item <= 10_000),
        Input::Day { date } => limit("day", "date", is_date(date)),
        Input::Cell { address, text } => {
            limit(
                "cell",
                "address",
                kind == Kind::Cell && address::is_valid(address),
            )?;
            limit(
                "cell",
                "text",
                text.len() <= LONGEST_CELL && !text.contains('\0'),
            )
        }
    }
}

fn check_text(input: &str, argument: &str, text: &str) -> Result<(), InputDenied> {
    let control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t' | '\r');
    limit(
        input,
        argument,
        text.len() <= LONGEST_TEXT && !text.contains(control),
    )
}

/// A day as `2026-11-24`.
fn is_date(date: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let part = |range| date.get(range).and_then(|part: &str| part.parse().ok());
    date.len() == 10
        && date.bytes().enumerate().all(shape)
        && part(5..7).is_some_and(|month: u32| (1..=12).contains(&month))
        && part(8..10).is_some_and(|day: u32| (1..=31).contains(&day))
}

fn check_point(input: &str, x: i32, y: i32) -> Result<(), InputDenied> {
    limit(input, "x", (-FARTHEST..=FARTHEST).contains(&x))?;
    limit(input, "y", (-FARTHEST..=FARTHEST).contains(&y))
}

fn limit(input: &str, argument: &str, holds: bool) -> Result<(), InputDenied> {
    if holds {
        Ok(())
    } else {
        Err(denied(input, argument))
    }
}

fn denied(input: &str, argument: &str) -> InputDenied {
    let short = |text: &str| text.chars().take(60).collect();
    InputDenied::Argument {
        input: short(input),
        argument: short(argument),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{MouseAction, SelectHandle};
    use serde_json::json;

    const KINDS: [Kind; 3] = [Kind::Word, Kind::Cell, Kind::Slide];

    fn command(name: &str, args: serde_json::Value) -> Input {
        let serde_json::Value::Object(args) = args else {
            panic!("arguments are an object")
        };
        Input::Command {
            name: name.into(),
            args,
        }
    }

    #[test]
    fn p1_a_reader_changes_nothing() {
        let inputs = [
            Input::Key {
                char: 97,
                code: 512,
            },
            Input::Key {
                char: 0,
                code: 1283,
            },
            Input::Key {
                char: 0,
                code: 1280,
            },
            Input::Key {
                char: 0,
                code: 512 + 25 + modifier::CTRL,
            },
            Input::Text { text: "a".into() },
            Input::Compose { text: "a".into() },
            Input::Erase {
                before: 1,
                after: 0,
            },
            Input::Paste {
                mime: "text/html".into(),
                data: vec![],
            },
            Input::Cell {
                address: "A1".into(),
                text: "1".into(),
            },
            Input::Graphic {
                action: crate::GraphicAction::Start,
                x: 0,
                y: 0,
            },
            command(".uno:Bold", json!({})),
            command(".uno:Undo", json!({})),
            command(
                ".uno:ExecuteSearch",
                json!({"SearchItem.SearchString": {"type": "string", "value": "a"},
                       "SearchItem.Command": {"type": "long", "value": 3}}),
            ),
        ];
        for kind in KINDS {
            for input in &inputs {
                assert_eq!(
                    check(kind, &ViewRights::view(), input),
                    Err(InputDenied::ViewOnly),
                    "{input:?}"
                );
            }
        }
    }

    #[test]
    fn a_reader_moves_and_selects() {
        let inputs = [
            Input::Key {
                char: 0,
                code: 1024,
            },
            Input::Key {
                char: 0,
                code: 1031 + modifier::SHIFT + modifier::CTRL,
            },
            Input::Key {
                char: 0,
                code: 512 + modifier::CTRL,
            },
            Input::Mouse {
                action: MouseAction::Down,
                x: 1,
                y: 1,
                count: 1,
                buttons: 1,
                modifiers: 0,
            },
            Input::Select {
                handle: SelectHandle::End,
                x: 1,
                y: 1,
            },
            Input::Part { index: 1 },
            command(".uno:SelectAll", json!({})),
        ];
        for input in &inputs {
            assert_eq!(
                check(Kind::Word, &ViewRights::view(), input),
                Ok(()),
                "{input:?}"
            );
        }
    }

    #[test]
    fn p1_who_may_fill_in_fields_does_nothing_else() {
        let rights = ViewRights {
            access: recto_docs_api::Access::Fill,
            comment: false,
            ..ViewRights::edit()
        };
        let fill = Input::Fill { text: "x".into() };
        assert_eq!(check(Kind::Word, &rights, &fill), Ok(()));
        assert_eq!(check(Kind::Cell, &rights, &fill), Err(InputDenied::NoField));
        assert_eq!(
            check(Kind::Word, &ViewRights::view(), &fill),
            Err(InputDenied::ViewOnly)
        );
        for input in [
            Input::Text { text: "x".into() },
            Input::Compose { text: "x".into() },
            Input::Key {
                char: 0,
                code: 1283,
            },
            command(".uno:Undo", json!({})),
            command(".uno:Bold", json!({})),
        ] {
            assert_eq!(
                check(Kind::Word, &rights, &input),
                Err(InputDenied::FillOnly)
            );
        }
        let text = |text: &str| json!({"type": "string", "value": text});
        let note = json!({"Text": text("x"), "Author": text("")});
        let note = command(".uno:InsertAnnotation", note);
        assert_eq!(
            check(Kind::Word, &rights, &note),
            Err(InputDenied::NoComments)
        );
    }

    #[test]
    fn a_field_takes_one_line_or_a_day() {
        let check = |input| check(Kind::Word, &ViewRights::edit(), &input).is_ok();
        let fill = |text: &str| check(Input::Fill { text: text.into() });
        assert!(fill("Zoë, 你好 \u{1f600}"));
        assert!(!fill("") && !fill("a\nb") && !fill("\t") && !fill(&"x".repeat(4001)));
        let day = |date: &str| check(Input::Day { date: date.into() });
        assert!(day("2026-11-24"));
        for bad in [
            "2026-13-01",
            "2026-11-32",
            "24.11.2026",
            "2026-11-2\u{e9}",
            "",
        ] {
            assert!(!day(bad), "{bad}");
        }
        assert!(check(Input::Pick { item: 0 }) && !check(Input::Pick { item: 1 << 20 }));
    }

    #[test]
    fn c4_the_deadly_commands_are_denied() {
        let deadly = "CloseDoc CloseWin Reload PrintPreview EditDoc Quit Open SaveAs Save NewDoc \
            TemplateManager OptionsTreeDialog MacroDialog RunMacro BasicIDEAppear Signature \
            ExportToPDF Print NewWindow InsertGraphic LoadDocument InsertDoc InsertObject \
            InsertPlugin CompareDocuments MergeDocuments ScriptOrganizer UpdateAllLinks ExternalEdit LoadStyles InsertAVMedia";
        for name in deadly.split_whitespace() {
            for kind in KINDS {
                let input = command(&format!(".uno:{name}"), json!({}));
                let denied = InputDenied::Command(format!(".uno:{name}"));
                assert_eq!(check(kind, &ViewRights::edit(), &input), Err(denied));
            }
        }
        let macro_url = command("macro:///Standard.Module1.Main", json!({}));
        assert!(matches!(
            check(Kind::Word, &ViewRights::edit(), &macro_url),
            Err(InputDenied::Command(_))
        ));
        let query = command(".uno:Bold?FileName:string=file:///etc/passwd", json!({}));
        assert!(matches!(
            check(Kind::Word, &ViewRights::edit(), &query),
            Err(InputDenied::Command(_))
        ));
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let long = "x".repeat(LONGEST_TEXT + 1);
        assert!(check(Kind::Word, &ViewRights::edit(), &Input::Text { text: long }).is_err());
        let data = vec![0; LARGEST_PASTE + 1];
        let paste = Input::Paste {
            mime: "image/png".into(),
            data,
        };
        assert!(check(Kind::Word, &ViewRights::edit(), &paste).is_err());
        let odd = Input::Paste {
            mime: "application/x-openoffice".into(),
            data: vec![],
        };
        assert!(check(Kind::Word, &ViewRights::edit(), &odd).is_err());
        let far = Input::Select {
            handle: SelectHandle::End,
            x: i32::MIN,
            y: 0,
        };
        assert!(check(Kind::Word, &ViewRights::edit(), &far).is_err());
    }
}

//! What may reach LibreOffice.
//!
//! LibreOffice obeys whatever a view sends: it opens files, runs macros, closes the document, or
//! waits in a dialog that nobody sees. So everything is denied that is not on a list here, and the
//! arguments of what is on a list are checked by name, type and range.

mod address;
mod argument;
mod commands;
mod keys;
mod measures;
mod queries;
mod rights;

pub(crate) use commands::samples;
pub(crate) use queries::check as check_query;
pub(crate) use rights::{Commenting, sign};

use crate::error::InputDenied;
use crate::input::Input;
use crate::rights::ViewRights;
use recto_docs_api::DocumentKind;

/// Whether a view of these rights may give this input to this kind of document.
pub(crate) fn check(
    kind: DocumentKind,
    granted: &ViewRights,
    input: &Input,
) -> Result<(), InputDenied> {
    rights::check(kind, granted, input)?;
    measures::check(input)?;
    match input {
        Input::Key { char, code } => keys::check(kind, *char, *code),
        Input::Command { name, args } => commands::check(kind, name, args),
        Input::Cell { .. } => limit("cell", "address", kind == DocumentKind::Cell),
        _ => Ok(()),
    }
}

/// Whether an input is a command that leaves the document as it is.
pub(crate) fn only_reads(kind: DocumentKind, input: &Input) -> bool {
    matches!(input, Input::Command { name, args } if commands::only_reads(kind, name, args))
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
    use super::measures::{LARGEST_PASTE, LONGEST_TEXT};
    use super::*;
    use crate::input::{MouseAction, SelectHandle, modifier};
    use serde_json::json;

    const KINDS: [DocumentKind; 3] = [DocumentKind::Word, DocumentKind::Cell, DocumentKind::Slide];

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
                check(DocumentKind::Word, &ViewRights::view(), input),
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
        assert_eq!(check(DocumentKind::Word, &rights, &fill), Ok(()));
        assert_eq!(
            check(DocumentKind::Cell, &rights, &fill),
            Err(InputDenied::NoField)
        );
        assert_eq!(
            check(DocumentKind::Word, &ViewRights::view(), &fill),
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
                check(DocumentKind::Word, &rights, &input),
                Err(InputDenied::FillOnly)
            );
        }
        let text = |text: &str| json!({"type": "string", "value": text});
        let note = json!({"Text": text("x"), "Author": text("")});
        let note = command(".uno:InsertAnnotation", note);
        assert_eq!(
            check(DocumentKind::Word, &rights, &note),
            Err(InputDenied::NoComments)
        );
    }

    #[test]
    fn a_field_takes_one_line_or_a_day() {
        let check = |input| check(DocumentKind::Word, &ViewRights::edit(), &input).is_ok();
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
            check(DocumentKind::Word, &ViewRights::edit(), &macro_url),
            Err(InputDenied::Command(_))
        ));
        let query = command(".uno:Bold?FileName:string=file:///etc/passwd", json!({}));
        assert!(matches!(
            check(DocumentKind::Word, &ViewRights::edit(), &query),
            Err(InputDenied::Command(_))
        ));
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let long = "x".repeat(LONGEST_TEXT + 1);
        assert!(
            check(
                DocumentKind::Word,
                &ViewRights::edit(),
                &Input::Text { text: long }
            )
            .is_err()
        );
        let data = vec![0; LARGEST_PASTE + 1];
        let paste = Input::Paste {
            mime: "image/png".into(),
            data,
        };
        assert!(check(DocumentKind::Word, &ViewRights::edit(), &paste).is_err());
        let odd = Input::Paste {
            mime: "application/x-openoffice".into(),
            data: vec![],
        };
        assert!(check(DocumentKind::Word, &ViewRights::edit(), &odd).is_err());
        let far = Input::Select {
            handle: SelectHandle::End,
            x: i32::MIN,
            y: 0,
        };
        assert!(check(DocumentKind::Word, &ViewRights::edit(), &far).is_err());
    }
}

//! The commands that an editor may give, per kind of document, with their arguments.
//!
//! A command is listed when it does its work from its arguments alone. Those that open a dialog
//! without arguments have them marked as required. Each has an effect that the tests
//! in `tests/commands` see on real LibreOffice.

use serde_json::{Map, Value};

use crate::error::InputDenied;
use recto_docs_api::DocumentKind;

use super::argument::Argument::{self, Address, CommentId, Flag, Link, OneOf, Real, Text, Whole};
use super::argument::whole;
use super::{denied, limit};

/// Every command of a kind of document, with acceptable arguments.
pub(crate) fn samples(kind: DocumentKind) -> Vec<(String, Map<String, Value>)> {
    let rules = RULES.iter().filter(|rule| rule.kinds.contains(&kind));
    let sample = |rule: &Rule| {
        let args = rule
            .required
            .iter()
            .map(|(name, argument)| ((*name).into(), argument.sample()));
        (format!(".uno:{}", rule.name), args.collect())
    };
    rules.map(sample).collect()
}

/// A command of the list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Without `.uno:`.
    pub name: &'static str,
    kinds: &'static [DocumentKind],
    pub required: &'static [(&'static str, Argument)],
    pub optional: &'static [(&'static str, Argument)],
}

const W: &[DocumentKind] = &[DocumentKind::Word];
const C: &[DocumentKind] = &[DocumentKind::Cell];
const S: &[DocumentKind] = &[DocumentKind::Slide];
const WS: &[DocumentKind] = &[DocumentKind::Word, DocumentKind::Slide];
const WC: &[DocumentKind] = &[DocumentKind::Word, DocumentKind::Cell];
const CS: &[DocumentKind] = &[DocumentKind::Cell, DocumentKind::Slide];
const ALL: &[DocumentKind] = &[DocumentKind::Word, DocumentKind::Cell, DocumentKind::Slide];

/// -1 is "automatic" or "none"; the highest byte is transparency.
const COLOR: Argument = Whole(-1, 0xffff_ffff);
const COUNT: Argument = Whole(1, 1000);
const INDEX: Argument = Whole(0, 2_000_000);
/// Hundredths of a millimetre: from 5 cm to 3 m, LibreOffice's largest page.
const PAGE_SIDE: Argument = Whole(5000, 300_000);

type Arguments = &'static [(&'static str, Argument)];

const fn plain(name: &'static str, kinds: &'static [DocumentKind]) -> Rule {
    Rule {
        name,
        kinds,
        required: &[],
        optional: &[],
    }
}

const fn needs(name: &'static str, kinds: &'static [DocumentKind], required: Arguments) -> Rule {
    Rule {
        name,
        kinds,
        required,
        optional: &[],
    }
}

const fn takes(name: &'static str, kinds: &'static [DocumentKind], optional: Arguments) -> Rule {
    Rule {
        name,
        kinds,
        required: &[],
        optional,
    }
}

const FAMILIES: Argument = OneOf(&[
    "ParagraphStyles",
    "CharacterStyles",
    "PageStyles",
    "FrameStyles",
    "NumberingStyles",
    "TableStyles",
    "CellStyles",
    "Default",
]);

/// Every command that may reach the engine.
pub(crate) const RULES: &[Rule] = &[
    // Editing.
    takes("Undo", ALL, &[("Repair", Flag)]),
    takes("Redo", ALL, &[("Repair", Flag)]),
    plain("SelectAll", ALL),
    plain("Delete", WS),
    plain("SwBackspace", W),
    plain("Cut", ALL),
    plain("Copy", ALL),
    plain("Paste", ALL),
    plain("PasteUnformatted", WC),
    plain("SelectWord", W),
    needs(
        "InsertSymbol",
        WS,
        &[("Symbols", Text(64)), ("FontName", Text(100))],
    ),
    Rule {
        name: "ExecuteSearch",
        kinds: ALL,
        required: &[
            ("SearchItem.SearchString", Text(1000)),
            ("SearchItem.Command", Whole(0, 3)),
        ],
        optional: &[
            ("SearchItem.ReplaceString", Text(1000)),
            ("SearchItem.Backward", Flag),
            ("SearchItem.SearchStartPointX", Whole(-1, 1 << 29)),
            ("SearchItem.SearchStartPointY", Whole(-1, 1 << 29)),
            ("SearchItem.SearchFlags", Whole(0, 0xffff)),
            ("Quiet", Flag),
        ],
    },
    // Characters.
    plain("Bold", ALL),
    plain("Italic", ALL),
    plain("Underline", ALL),
    plain("UnderlineDouble", WS),
    plain("Strikeout", ALL),
    plain("SubScript", WS),
    plain("SuperScript", WS),
    plain("Shadowed", ALL),
    plain("OutlineFont", ALL),
    plain("Grow", ALL),
    plain("Shrink", ALL),
    plain("ResetAttributes", WC),
    plain("ChangeCaseToUpper", ALL),
    plain("ChangeCaseToLower", ALL),
    needs(
        "CharFontName",
        ALL,
        &[("CharFontName.FamilyName", Text(100))],
    ),
    needs(
        "FontHeight",
        ALL,
        &[("FontHeight.Height", Real(1.0, 999.9))],
    ),
    needs("Color", ALL, &[("Color", COLOR)]),
    needs("FontColor", W, &[("FontColor", COLOR)]),
    needs("CharBackColor", WS, &[("CharBackColor", COLOR)]),
    needs("BackColor", W, &[("BackColor", COLOR)]),
    needs("BackgroundColor", WC, &[("BackgroundColor", COLOR)]),
    needs(
        "StyleApply",
        ALL,
        &[("Style", Text(200)), ("FamilyName", FAMILIES)],
    ),
    // Paragraphs.
    plain("LeftPara", WS),
    plain("CenterPara", WS),
    plain("RightPara", WS),
    plain("JustifyPara", WS),
    plain("CommonAlignLeft", WC),
    plain("CommonAlignHorizontalCenter", WC),
    plain("CommonAlignRight", WC),
    plain("CommonAlignJustified", WC),
    plain("DefaultBullet", WS),
    plain("DefaultNumbering", WS),
    plain("IncrementIndent", WC),
    plain("DecrementIndent", WC),
    plain("OutlineLeft", S),
    plain("OutlineRight", S),
    plain("SpacePara1", WS),
    plain("SpacePara15", WS),
    plain("SpacePara2", WS),
    plain("ParaspaceIncrease", WS),
    plain("ParaspaceDecrease", WS),
    plain("InsertPagebreak", W),
    plain("InsertFootnote", W),
    plain("InsertEndnote", W),
    needs(
        "AttributePageSize",
        W,
        &[
            ("AttributePageSize.Width", PAGE_SIDE),
            ("AttributePageSize.Height", PAGE_SIDE),
        ],
    ),
    // Places, links and comments.
    needs("InsertBookmark", W, &[("Bookmark", Text(200))]),
    needs("JumpToMark", W, &[("Bookmark", Text(200))]),
    needs(
        "SetHyperlink",
        WC,
        &[("Hyperlink.Text", Text(2000)), ("Hyperlink.URL", Link)],
    ),
    plain("RemoveHyperlink", W),
    needs(
        "InsertAnnotation",
        ALL,
        &[("Text", Text(20_000)), ("Author", Text(200))],
    ),
    needs(
        "EditAnnotation",
        ALL,
        &[("Id", CommentId), ("Text", Text(20_000))],
    ),
    needs(
        "ReplyComment",
        W,
        &[("Id", CommentId), ("Text", Text(20_000))],
    ),
    needs("ResolveComment", W, &[("Id", CommentId)]),
    needs("DeleteComment", W, &[("Id", CommentId)]),
    needs("DeleteNote", C, &[("Id", CommentId)]),
    needs("DeleteAnnotation", S, &[("Id", CommentId)]),
    // Tracked changes.
    takes("TrackChanges", W, &[("TrackChanges", Flag)]),
    plain("AcceptAllTrackedChanges", W),
    plain("RejectAllTrackedChanges", W),
    needs(
        "AcceptTrackedChange",
        W,
        &[("AcceptTrackedChange", Whole(0, 0xffff))],
    ),
    needs(
        "RejectTrackedChange",
        W,
        &[("RejectTrackedChange", Whole(0, 0xffff))],
    ),
    // Tables.
    needs(
        "InsertTable",
        WS,
        &[("Columns", Whole(1, 63)), ("Rows", Whole(1, 500))],
    ),
    plain("InsertRowsBefore", ALL),
    plain("InsertRowsAfter", ALL),
    plain("InsertColumnsBefore", ALL),
    plain("InsertColumnsAfter", ALL),
    plain("DeleteRows", ALL),
    plain("DeleteColumns", ALL),
    plain("DeleteTable", WS),
    plain("EntireRow", WS),
    plain("EntireColumn", WS),
    plain("SelectTable", WS),
    plain("MergeCells", WS),
    needs("MergeCells", C, &[("MoveContents", Flag)]),
    plain("SplitCell", C),
    // Cells.
    needs("GoToCell", C, &[("ToPoint", Address)]),
    needs(
        "EnterString",
        C,
        &[("StringName", Text(super::measures::LONGEST_CELL))],
    ),
    plain("ClearContents", C),
    plain("AlignLeft", C),
    plain("AlignHorizontalCenter", C),
    plain("AlignRight", C),
    plain("AlignBlock", C),
    plain("AlignTop", C),
    plain("AlignVCenter", C),
    plain("AlignBottom", C),
    takes("WrapText", C, &[("WrapText", Flag)]),
    plain("NumberFormatStandard", C),
    plain("NumberFormatCurrency", C),
    plain("NumberFormatPercent", C),
    plain("NumberFormatDate", C),
    plain("NumberFormatTime", C),
    plain("NumberFormatDecimal", C),
    plain("NumberFormatScientific", C),
    plain("NumberFormatThousands", C),
    plain("NumberFormatIncDecimals", C),
    plain("NumberFormatDecDecimals", C),
    plain("SortAscending", C),
    plain("SortDescending", C),
    plain("FreezePanes", C),
    plain("HideRow", C),
    plain("ShowRow", C),
    plain("HideColumn", C),
    plain("ShowColumn", C),
    needs("RowHeight", C, &[("RowHeight", Whole(0, 0xffff))]),
    needs("ColumnWidth", C, &[("ColumnWidth", Whole(0, 0xffff))]),
    needs(
        "SelectRow",
        C,
        &[("Row", INDEX), ("Modifier", Whole(0, 0x7000))],
    ),
    needs(
        "SelectColumn",
        C,
        &[("Col", INDEX), ("Modifier", Whole(0, 0x7000))],
    ),
    // Sheets; LibreOffice counts them from one here.
    needs("Insert", C, &[("Name", Text(100)), ("Index", COUNT)]),
    needs("Remove", C, &[("Index", COUNT)]),
    needs("Name", C, &[("Name", Text(100)), ("Index", COUNT)]),
    // Slides and shapes.
    plain("InsertPage", S),
    plain("DuplicatePage", S),
    plain("DeletePage", S),
    plain("HideSlide", S),
    plain("ShowSlide", S),
    needs(
        "AssignLayout",
        S,
        &[("WhatPage", INDEX), ("WhatLayout", Whole(0, 40))],
    ),
    needs("FillColor", CS, &[("FillColor", COLOR)]),
    needs("XLineColor", CS, &[("XLineColor", COLOR)]),
    plain("BasicShapes.rectangle", S),
    plain("BasicShapes.ellipse", S),
    plain("BasicShapes.isosceles-triangle", S),
    plain("BasicShapes.diamond", S),
    plain("ArrowShapes.right-arrow", S),
    plain("BringToFront", ALL),
    plain("SendToBack", ALL),
    plain("Forward", S),
    plain("Backward", S),
];

/// The commands that leave the document alone, whatever their arguments.
const READING: [&str; 6] = [
    "SelectAll",
    "GoToCell",
    "JumpToMark",
    "SelectRow",
    "SelectColumn",
    "SelectWord",
];

fn find(kind: DocumentKind, name: &str) -> Option<&'static Rule> {
    let name = name.strip_prefix(".uno:")?;
    RULES
        .iter()
        .find(|rule| rule.name == name && rule.kinds.contains(&kind))
}

/// Whether the command may be given with these arguments.
pub(super) fn check(
    kind: DocumentKind,
    name: &str,
    args: &Map<String, Value>,
) -> Result<(), InputDenied> {
    let rule =
        find(kind, name).ok_or_else(|| InputDenied::Command(name.chars().take(60).collect()))?;
    if let Some((missing, _)) = rule
        .required
        .iter()
        .find(|(key, _)| !args.contains_key(*key))
    {
        return Err(denied(name, missing));
    }
    for (key, value) in args {
        let known = rule
            .required
            .iter()
            .chain(rule.optional)
            .find(|(known, _)| known == key);
        limit(
            name,
            key,
            known.is_some_and(|(_, argument)| argument.accepts(value)),
        )?;
    }
    Ok(())
}

/// Whether the command, with these arguments, leaves the document as it is.
pub(super) fn only_reads(kind: DocumentKind, name: &str, args: &Map<String, Value>) -> bool {
    let Some(rule) = find(kind, name) else {
        return false;
    };
    // Next (0) or all (1); the others replace.
    let searches = || {
        let command = args
            .get("SearchItem.Command")
            .and_then(|command| command.get("value"));
        command
            .and_then(whole)
            .is_some_and(|command| (0..=1).contains(&command))
    };
    READING.contains(&rule.name) || (rule.name == "ExecuteSearch" && searches())
}

/// Whether the command searches, and maybe replaces.
pub(super) fn searches_or_replaces(kind: DocumentKind, name: &str) -> bool {
    find(kind, name).is_some_and(|rule| rule.name == "ExecuteSearch")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn run(kind: DocumentKind, name: &str, args: &Value) -> Result<(), InputDenied> {
        check(kind, name, args.as_object().unwrap())
    }

    #[test]
    fn arguments_are_checked() {
        let link = |url: &str| {
            let text = json!({"type": "string", "value": "here"});
            let args =
                json!({"Hyperlink.Text": text, "Hyperlink.URL": {"type": "string", "value": url}});
            run(DocumentKind::Word, ".uno:SetHyperlink", &args).is_ok()
        };
        for good in [
            "https://example.org/a?b#c",
            "mailto:a@example.org",
            "#Heading 1",
            "HTTP://x/",
        ] {
            assert!(link(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "vnd.sun.star.script:x",
            "",
            "x",
            "\u{1}",
        ] {
            assert!(!link(bad), "{bad}");
        }
        let size = |kind: &str, value: Value| {
            let args = json!({"FontHeight.Height": {"type": kind, "value": value}});
            run(DocumentKind::Word, ".uno:FontHeight", &args).is_ok()
        };
        assert!(size("float", json!(12)));
        assert!(size("float", json!("10.5")));
        assert!(!size("float", json!(1e9)));
        assert!(!size("float", json!("NaN")));
        assert!(!size("string", json!("12")));
    }

    #[test]
    fn an_unknown_argument_is_refused() {
        let args = json!({"FileName": {"type": "string", "value": "file:///etc/passwd"}});
        let denied = run(DocumentKind::Word, ".uno:Bold", &args).unwrap_err();
        insta::assert_snapshot!(denied, @"The argument FileName of .uno:Bold is not acceptable.");
    }

    #[test]
    fn a_missing_argument_is_refused() {
        let denied = run(DocumentKind::Word, ".uno:InsertTable", &json!({})).unwrap_err();
        insta::assert_snapshot!(denied, @"The argument Columns of .uno:InsertTable is not acceptable.");
    }

    #[test]
    fn a_command_belongs_to_its_kind() {
        assert!(run(DocumentKind::Slide, ".uno:InsertPage", &json!({})).is_ok());
        assert!(run(DocumentKind::Word, ".uno:InsertPage", &json!({})).is_err());
        assert!(run(DocumentKind::Word, "Bold", &json!({})).is_err());
    }

    #[test]
    fn no_argument_names_a_file() {
        for rule in RULES {
            for (name, argument) in rule.required.iter().chain(rule.optional) {
                let lower = name.to_lowercase();
                let names_one = lower.contains("url") || lower.contains("file");
                assert!(
                    !names_one || matches!(argument, Link),
                    "{} {name}",
                    rule.name
                );
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(name in ".{0,30}", key in ".{0,20}", value in ".{0,40}") {
            let args = json!({key: {"type": "string", "value": value}});
            let _ = run(DocumentKind::Word, &name, &args);
        }
    }
}

//! Each allowed command with what makes its effect visible.

use recto_docs_api::DocumentKind;

/// What shows that a command has done its work.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    /// What is saved differs from what would have been saved before.
    Changed,
    /// What is saved held these words before, and does not any more.
    Lacks(&'static str),
    /// Text that is selected holds these words.
    Selected(&'static str),
    /// The view is told of this state.
    State(&'static str, &'static str),
    /// Nothing in these documents; that LibreOffice lives on has to do.
    Survived,
}

/// How a command is tried.
#[derive(Debug, Clone, Copy)]
pub struct Trial {
    /// Steps before it, with spaces between: see `main::steps`.
    pub before: &'static str,
    /// Its arguments in JSON, in place of the sample's.
    pub args: &'static str,
    /// Steps after it, before the look.
    pub after: &'static str,
    pub seen: Seen,
}

use Seen::{Changed, Lacks, Selected, State, Survived};

const fn trial(before: &'static str, seen: Seen) -> Trial {
    Trial {
        before,
        args: "",
        after: "",
        seen,
    }
}

const fn with(before: &'static str, args: &'static str, seen: Seen) -> Trial {
    Trial {
        args,
        ..trial(before, seen)
    }
}

const fn then(before: &'static str, after: &'static str, seen: Seen) -> Trial {
    Trial {
        after,
        ..trial(before, seen)
    }
}

/// How a command is tried with a kind of document.
pub fn of(kind: DocumentKind, name: &str) -> Trial {
    let (table, usual): (&[(&str, Trial)], _) = match kind {
        DocumentKind::Word => (WORD, LINE),
        DocumentKind::Cell => (CELL, "cell:$B$2"),
        DocumentKind::Slide => (SLIDE, SHAPE),
    };
    let own = table.iter().find(|(of, _)| *of == name);
    own.map_or(trial(usual, Changed), |(_, trial)| *trial)
}

/// The first line is selected.
const LINE: &str = "home select-line";
/// The caret is in the first cell of the table.
const IN_TABLE: &str = "home home down down down";
const WORD: &[(&str, Trial)] = &[
    ("Undo", trial("home type:x", Changed)),
    ("Redo", trial("home type:x cmd:Undo", Changed)),
    ("SelectAll", trial("home", Selected("Four five six"))),
    ("SwBackspace", trial("home right", Changed)),
    ("Copy", then(LINE, "end cmd:Paste", Changed)),
    ("Paste", trial("home select-line cmd:Copy end", Changed)),
    (
        "PasteUnformatted",
        trial("home select-line cmd:Copy end", Changed),
    ),
    ("SelectWord", trial("home", Selected("One"))),
    (
        "ExecuteSearch",
        with(
            "home",
            r#"{"SearchItem.SearchString":{"type":"string","value":"Four"},"SearchItem.Command":{"type":"long","value":0}}"#,
            Selected("Four"),
        ),
    ),
    (
        "ResetAttributes",
        trial("home select-line cmd:Bold", Changed),
    ),
    ("LeftPara", trial("home cmd:CenterPara", Changed)),
    ("CommonAlignLeft", trial("home cmd:CenterPara", Changed)),
    (
        "DecrementIndent",
        trial("home cmd:IncrementIndent", Changed),
    ),
    ("SpacePara1", trial("home cmd:SpacePara2", Changed)),
    (
        "ParaspaceDecrease",
        trial("home cmd:ParaspaceIncrease", Changed),
    ),
    (
        "StyleApply",
        with(
            "home",
            r#"{"Style":{"type":"string","value":"Heading 1"},"FamilyName":{"type":"string","value":"ParagraphStyles"}}"#,
            Changed,
        ),
    ),
    (
        "JumpToMark",
        then("home", "select-line cmd:Delete", Lacks("Seven")),
    ),
    (
        "RemoveHyperlink",
        trial("home sample:SetHyperlink left", Changed),
    ),
    (
        "EditAnnotation",
        trial("home sample:InsertAnnotation", Changed),
    ),
    (
        "ReplyComment",
        trial("home sample:InsertAnnotation", Changed),
    ),
    (
        "ResolveComment",
        trial("home sample:InsertAnnotation", Changed),
    ),
    (
        "DeleteComment",
        trial("home sample:InsertAnnotation", Changed),
    ),
    ("TrackChanges", trial("home", State("TrackChanges", "true"))),
    ("AcceptAllTrackedChanges", trial(TRACKED, Changed)),
    ("RejectAllTrackedChanges", trial(TRACKED, Changed)),
    ("AcceptTrackedChange", trial(TRACKED, Changed)),
    ("RejectTrackedChange", trial(TRACKED, Changed)),
    ("InsertRowsBefore", trial(IN_TABLE, Changed)),
    ("InsertRowsAfter", trial(IN_TABLE, Changed)),
    ("InsertColumnsBefore", trial(IN_TABLE, Changed)),
    ("InsertColumnsAfter", trial(IN_TABLE, Changed)),
    ("DeleteRows", trial(IN_TABLE, Changed)),
    ("DeleteColumns", trial(IN_TABLE, Changed)),
    ("DeleteTable", trial(IN_TABLE, Changed)),
    ("EntireRow", trial(IN_TABLE, Selected("t2"))),
    ("EntireColumn", trial(IN_TABLE, Selected("t3"))),
    ("SelectTable", trial(IN_TABLE, Selected("t4"))),
    (
        "MergeCells",
        trial("home home down down down cmd:EntireRow", Changed),
    ),
    ("BringToFront", trial("click:11000,7500", Changed)),
    ("SendToBack", trial("click:12200,8400", Changed)),
];
const TRACKED: &str = "home cmd:TrackChanges type:new wait cmd:TrackChanges";

const CELL: &[(&str, Trial)] = &[
    ("Undo", trial("cell:$A$9 type:x enter", Changed)),
    ("Redo", trial("cell:$A$9 type:x enter cmd:Undo", Changed)),
    ("SelectAll", then("cell:$H$1", "cmd:ClearContents", Changed)),
    ("Copy", then("cell:$A$1", "cell:$D$1 cmd:Paste", Changed)),
    ("Paste", trial("cell:$A$1 cmd:Copy cell:$D$1", Changed)),
    (
        "PasteUnformatted",
        trial("cell:$A$1 cmd:Copy cell:$D$1", Changed),
    ),
    (
        "ExecuteSearch",
        with(
            "cell:$H$1",
            r#"{"SearchItem.SearchString":{"type":"string","value":"A"},"SearchItem.Command":{"type":"long","value":0}}"#,
            Selected("A"),
        ),
    ),
    ("ResetAttributes", trial("cell:$B$2 cmd:Bold", Changed)),
    ("ChangeCaseToLower", trial("cell:$A$2", Changed)),
    ("ChangeCaseToUpper", trial("cell:$C$1", Changed)),
    (
        "StyleApply",
        with(
            "cell:$B$2",
            r#"{"Style":{"type":"string","value":"Heading 1"},"FamilyName":{"type":"string","value":"CellStyles"}}"#,
            Changed,
        ),
    ),
    (
        "CommonAlignLeft",
        trial("cell:$B$2 cmd:CommonAlignRight", Changed),
    ),
    (
        "DecrementIndent",
        trial("cell:$A$2 cmd:IncrementIndent", Changed),
    ),
    ("SetHyperlink", then("cell:$D$4", "cell:$A$1", Changed)),
    (
        "EditAnnotation",
        with(
            "cell:$A$1 sample:InsertAnnotation",
            r#"{"Id":{"type":"string","value":"1"},"Text":{"type":"string","value":"Other"}}"#,
            Changed,
        ),
    ),
    (
        "DeleteNote",
        trial("cell:$A$1 sample:InsertAnnotation", Changed),
    ),
    ("MergeCells", trial("cell:$D$1:$E$1", Changed)),
    (
        "SplitCell",
        trial("cell:$D$1:$E$1 sample:MergeCells", Changed),
    ),
    ("GoToCell", then("cell:$A$1", "cmd:ClearContents", Changed)),
    (
        "NumberFormatStandard",
        trial("cell:$B$2 cmd:NumberFormatPercent", Changed),
    ),
    (
        "NumberFormatDecDecimals",
        trial("cell:$B$2 cmd:NumberFormatDecimal", Changed),
    ),
    ("SortAscending", trial("cell:$A$1:$B$3", Changed)),
    ("SortDescending", trial("cell:$A$1:$B$3", Changed)),
    ("FreezePanes", trial("cell:$B$2", Survived)),
    (
        "ShowRow",
        trial("cell:$A$1:$A$3 cmd:HideRow cell:$A$1:$A$5", Changed),
    ),
    (
        "ShowColumn",
        trial("cell:$A$1:$B$1 cmd:HideColumn cell:$A$1:$D$1", Changed),
    ),
    ("SelectRow", trial("cell:$H$9", Survived)),
    ("SelectColumn", trial("cell:$H$9", Survived)),
    ("FillColor", trial("click:11000,7500", Changed)),
    ("XLineColor", trial("click:11000,7500", Changed)),
    ("BringToFront", trial("click:11000,7500", Changed)),
    ("SendToBack", trial("click:12200,8400", Changed)),
];

/// The first shape is selected.
const SHAPE: &str = "esc tab";
/// Its text is being written, and selected.
const SHAPE_TEXT: &str = "esc edit home select-end";
const IN_SLIDE_TABLE: &str = "esc sample:InsertTable type:ab";
const SLIDE: &[(&str, Trial)] = &[
    ("Undo", trial("esc cmd:InsertPage", Changed)),
    ("Redo", trial("esc cmd:InsertPage cmd:Undo", Changed)),
    ("SelectAll", then("esc", "cmd:Delete", Changed)),
    ("Copy", then(SHAPE, "cmd:Paste", Changed)),
    ("Paste", trial("esc tab cmd:Copy", Changed)),
    ("InsertSymbol", trial(SHAPE_TEXT, Changed)),
    (
        "ExecuteSearch",
        with(
            "esc",
            r#"{"SearchItem.SearchString":{"type":"string","value":"Alpha"},"SearchItem.Command":{"type":"long","value":0}}"#,
            Selected("Alpha"),
        ),
    ),
    ("ChangeCaseToUpper", trial(SHAPE_TEXT, Changed)),
    ("ChangeCaseToLower", trial(SHAPE_TEXT, Changed)),
    (
        "LeftPara",
        trial("esc edit home select-end cmd:CenterPara", Changed),
    ),
    (
        "SpacePara1",
        trial("esc edit home select-end cmd:SpacePara2", Changed),
    ),
    (
        "ParaspaceDecrease",
        trial("esc edit home select-end cmd:ParaspaceIncrease", Changed),
    ),
    (
        "OutlineLeft",
        trial("esc edit home cmd:DefaultBullet cmd:OutlineRight", Changed),
    ),
    (
        "OutlineRight",
        trial("esc edit home cmd:DefaultBullet", Changed),
    ),
    ("StyleApply", trial(SHAPE, Survived)),
    (
        "EditAnnotation",
        with(
            "esc sample:InsertAnnotation",
            r#"{"Id":{"type":"string","value":"1"},"Text":{"type":"string","value":"Other"}}"#,
            Changed,
        ),
    ),
    (
        "DeleteAnnotation",
        trial("esc sample:InsertAnnotation", Changed),
    ),
    ("InsertRowsBefore", trial(IN_SLIDE_TABLE, Changed)),
    ("InsertRowsAfter", trial(IN_SLIDE_TABLE, Changed)),
    ("InsertColumnsBefore", trial(IN_SLIDE_TABLE, Changed)),
    ("InsertColumnsAfter", trial(IN_SLIDE_TABLE, Changed)),
    ("DeleteRows", trial(IN_SLIDE_TABLE, Changed)),
    ("DeleteColumns", trial(IN_SLIDE_TABLE, Changed)),
    ("DeleteTable", trial(IN_SLIDE_TABLE, Changed)),
    ("EntireRow", then(IN_SLIDE_TABLE, "cmd:MergeCells", Changed)),
    (
        "EntireColumn",
        then(IN_SLIDE_TABLE, "cmd:MergeCells", Changed),
    ),
    (
        "SelectTable",
        then(IN_SLIDE_TABLE, "cmd:MergeCells", Changed),
    ),
    (
        "MergeCells",
        trial("esc sample:InsertTable type:ab cmd:EntireRow", Changed),
    ),
    ("InsertPage", trial("esc", Changed)),
    ("DuplicatePage", trial("esc", Changed)),
    ("DeletePage", trial("esc", Changed)),
    ("HideSlide", trial("esc", Changed)),
    ("ShowSlide", trial("esc cmd:HideSlide", Changed)),
    (
        "AssignLayout",
        with(
            "esc",
            r#"{"WhatPage":{"type":"long","value":1},"WhatLayout":{"type":"long","value":1}}"#,
            Changed,
        ),
    ),
    ("Forward", trial("esc tab", Changed)),
    ("Backward", trial("esc tab tab", Changed)),
    ("BringToFront", trial("esc tab", Changed)),
    ("SendToBack", trial("esc tab tab", Changed)),
    ("SpacePara15", trial(SHAPE_TEXT, Changed)),
    ("SpacePara2", trial(SHAPE_TEXT, Changed)),
    ("ParaspaceIncrease", trial(SHAPE_TEXT, Changed)),
];

//! What an input does, as far as rights ask for it.

use recto_docs_api::Access;
use serde_json::{Value, json};

use super::{commands, keys};
use crate::error::InputDenied;
use crate::input::Input;
use crate::rights::ViewRights;
use recto_docs_api::DocumentKind;

/// What a command does to comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commenting {
    /// Writes a new one.
    Write,
    /// Writes one below another.
    Answer,
    /// Changes one.
    Edit,
    /// Deletes one.
    Remove,
}

impl Commenting {
    /// What the command of this name does to comments, if anything.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            ".uno:InsertAnnotation" => Self::Write,
            ".uno:ReplyComment" => Self::Answer,
            ".uno:EditAnnotation" | ".uno:ResolveComment" => Self::Edit,
            ".uno:DeleteComment" | ".uno:DeleteNote" | ".uno:DeleteAnnotation" => Self::Remove,
            _ => return None,
        })
    }
}

/// The commands that LibreOffice tracks, so that they can be proposals. Found by the test
/// `what_a_reviewer_does_is_tracked`; formats of paragraphs and tables, pictures and pages are not.
const TRACKED: [&str; 19] = [
    ".uno:Undo",
    ".uno:Redo",
    ".uno:Delete",
    ".uno:SwBackspace",
    ".uno:Cut",
    ".uno:Copy",
    ".uno:PasteUnformatted",
    ".uno:InsertSymbol",
    ".uno:Bold",
    ".uno:Italic",
    ".uno:Underline",
    ".uno:Strikeout",
    ".uno:SubScript",
    ".uno:SuperScript",
    ".uno:CharFontName",
    ".uno:FontHeight",
    ".uno:Color",
    ".uno:FontColor",
    ".uno:CharBackColor",
];

/// Whether a view of these rights may give this input.
pub(super) fn check(
    kind: DocumentKind,
    rights: &ViewRights,
    input: &Input,
) -> Result<(), InputDenied> {
    if harmless(kind, input) {
        return Ok(());
    }
    if rights.access == Access::View {
        return Err(InputDenied::ViewOnly);
    }
    let commenting = match input {
        Input::Command { name, .. } => Commenting::of(name),
        _ => None,
    };
    if commenting.is_none() && fills_in(input) {
        return match rights.access {
            Access::Fill | Access::Edit if kind == DocumentKind::Word => Ok(()),
            Access::Fill | Access::Edit => Err(InputDenied::NoField),
            Access::Review => Err(InputDenied::ReviewOnly),
            Access::Comment | Access::View => Err(InputDenied::CommentOnly),
        };
    }
    let all = |name: &str| {
        matches!(
            name,
            ".uno:AcceptAllTrackedChanges" | ".uno:RejectAllTrackedChanges"
        )
    };
    if rights.access == Access::Edit
        && rights.review_groups.is_some()
        && matches!(input, Input::Command { name, .. } if all(name))
    {
        return Err(InputDenied::NotAllChanges);
    }
    match (commenting, rights.access) {
        (Some(_), _) if rights.comment => Ok(()),
        (Some(_), _) => Err(InputDenied::NoComments),
        (None, Access::Edit) => Ok(()),
        (None, Access::Review) if kind == DocumentKind::Word && is_tracked(kind, input) => Ok(()),
        (None, Access::Review) => Err(InputDenied::ReviewOnly),
        (None, Access::Fill) => Err(InputDenied::FillOnly),
        (None, Access::Comment | Access::View) => Err(InputDenied::CommentOnly),
    }
}

/// Whether an input fills in the field at the caret. The kit knows whether there is one.
fn fills_in(input: &Input) -> bool {
    matches!(
        input,
        Input::Fill { .. } | Input::Pick { .. } | Input::Day { .. }
    )
}

/// Whether an input leaves the document as it is. The kit turns a reader's mouse into a selection,
/// so that it cannot drag, tick or fill anything.
fn harmless(kind: DocumentKind, input: &Input) -> bool {
    match input {
        Input::Mouse { .. } | Input::Select { .. } | Input::Part { .. } | Input::Area { .. } => {
            true
        }
        Input::Key { char, code } => keys::only_moves(*char, *code),
        Input::Command { name, args } => commands::only_reads(kind, name, args),
        _ => false,
    }
}

/// Whether the engine tracks what an input does.
fn is_tracked(kind: DocumentKind, input: &Input) -> bool {
    match input {
        Input::Key { char, code } => {
            keys::only_moves(*char, *code) || keys::types_text(*char, *code)
        }
        Input::Text { .. } | Input::Compose { .. } | Input::Erase { .. } | Input::Cut { .. } => {
            true
        }
        // What else may be pasted has pictures and tables.
        Input::Paste { mime, .. } => mime.starts_with("text/plain"),
        Input::Command { name, args } => {
            // A repair undoes what others did.
            let repairs = args.contains_key("Repair");
            (TRACKED.contains(&name.as_str()) && !repairs)
                || commands::searches_or_replaces(kind, name)
        }
        _ => false,
    }
}

/// Puts the view's own name under what it writes, whatever name was given.
pub(crate) fn sign(input: &mut Input, author: &str) {
    if let Input::Command { name, args } = input
        && name == ".uno:InsertAnnotation"
    {
        let named: Value = json!({"type": "string", "value": author});
        args.insert("Author".into(), named);
    }
}

//! Anything that went wrong, in the form in which it reaches a person.

use recto_docs_api::{DocumentKind, Explain, Note};
use recto_store::Changed;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::acts::Act;

/// An explained error that can be kept and sent to several people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} {hint}")]
pub struct Problem {
    /// Stable code.
    pub code: &'static str,
    /// One sentence: what is wrong.
    pub message: String,
    /// One sentence: what to do.
    pub hint: String,
    /// The code that an ONLYOFFICE page would see.
    pub editor_error: i32,
}

impl From<Note> for Problem {
    fn from(note: Note) -> Self {
        Self {
            code: note.code,
            message: note.message,
            hint: note.hint,
            editor_error: 0,
        }
    }
}

impl Problem {
    /// The problem that an error explains.
    pub fn of(error: &impl Explain) -> Self {
        Self {
            code: error.code(),
            message: error.message(),
            hint: error.hint(),
            editor_error: error.editor_error(),
        }
    }

    pub(crate) fn new(code: &'static str, editor_error: i32, message: &str, hint: &str) -> Self {
        Self {
            code,
            message: message.into(),
            hint: hint.into(),
            editor_error,
        }
    }

    /// The key was saved a moment ago, and the file has a new key by now.
    pub fn version_changed() -> Self {
        Self::new(
            "session.version_changed",
            -102,
            "This version of the document was saved and closed.",
            "Load the page again to open the new version; the application must give a changed file a new document.key.",
        )
    }

    /// A text was saved in another encoding than it had.
    pub fn recoded(encoding: &str) -> Self {
        Self::new(
            "content.recoded",
            0,
            &format!(
                "The file was written in {encoding}, which has no place for a letter that stands in it now: it is saved in UTF-8 with a mark."
            ),
            "Programs that read it know it by the mark; tell those who expect the other encoding.",
        )
    }

    /// Nobody gave the document's password.
    pub fn no_password() -> Self {
        Self::new(
            "open.no_password",
            -19,
            "The document opens with a password, and none was given in time.",
            "Load the page again, and give the password.",
        )
    }

    /// A save would lose the document's password.
    pub fn password_not_kept() -> Self {
        Self::new(
            "content.password_not_kept",
            0,
            "The document is protected with a password in an older way, which can't be kept when it is saved: it is open for reading.",
            "To change it, save it as xlsx with a password in the program that made it, and open that.",
        )
    }

    /// The application sent this user away.
    pub fn dropped() -> Self {
        Self::new(
            "session.dropped",
            -100,
            "The application has disconnected you from this document; what you wrote until then is kept.",
            "Open the document from the application again if you are still allowed to.",
        )
    }

    /// The server is stopping.
    pub fn stopping() -> Self {
        Self::new(
            "server.stopping",
            -18,
            "The document server is shutting down; what you wrote is stored.",
            "Wait a moment: the editor connects again by itself.",
        )
    }

    /// The engine died too often with this document.
    pub(crate) fn engine_gave_up(act: Option<&Act>) -> Self {
        let during = act.map_or_else(String::new, |act| format!(", last during {}", act.words()));
        Self::new(
            "engine.crashed_repeatedly",
            -82,
            &format!(
                "LibreOffice ended several times with this document{during}, so the document was closed; its last stored state is kept."
            ),
            "Open an earlier version of the file, and tell the server's administrator, who has a report of each time.",
        )
    }

    /// An input that the engine died of twice.
    pub(crate) fn input_left_out(act: &Act) -> Self {
        Self::new(
            "engine.input_left_out",
            -82,
            &format!(
                "LibreOffice ended twice over what you did ({}), so that was left out; the rest of the document is as it was.",
                act.words()
            ),
            "Do it in smaller parts, or otherwise, and tell the server's administrator, who has a report of it.",
        )
    }

    /// Too many inputs of one user ended the engine.
    pub(crate) fn harmful_inputs(act: &Act) -> Self {
        Self::new(
            "engine.harmful_inputs",
            -82,
            &format!(
                "LibreOffice ended again and again over what you did, last {}, so you were disconnected from this document.",
                act.words()
            ),
            "Open the document again, leave that out, and tell the server's administrator, who has a report of each time.",
        )
    }

    /// The journal has a type of file that is not known.
    pub fn unknown_type() -> Self {
        Self::new(
            "session.file_type",
            -82,
            "The document was stored with a type that this version of the server does not know.",
            "Ask the server's administrator to run the version that stored it.",
        )
    }

    /// A kit died and its document was loaded again; `now` is in Unix seconds.
    pub(crate) fn recovered(lost: Option<&Changed>, act: Option<&Act>, now: i64) -> Self {
        let during = act.map_or_else(String::new, |act| format!(" during {}", act.words()));
        let (what, hint) = match lost {
            None => (
                "nothing that was confirmed is lost".into(),
                "Go on writing.",
            ),
            Some(lost) => (
                format!(
                    "what {} wrote in the last {} is lost",
                    names(&lost.by),
                    seconds(now.saturating_sub(lost.since).max(1))
                ),
                "Look at what you wrote last, and write it again if it is missing.",
            ),
        };
        let message = format!(
            "LibreOffice ended{during} and opens the last stored state of this document again; {what}."
        );
        Self::new("session.recovered", 0, &message, hint)
    }

    /// The document is not what it had become: changes are lost.
    pub fn lost(lost: &Changed) -> Self {
        Self::new(
            "session.lost",
            0,
            &format!(
                "This document had to be restored, and what {} wrote after {} is lost.",
                names(&lost.by),
                time_of_day(lost.since)
            ),
            "Look at what you wrote last, and write it again if it is missing.",
        )
    }

    /// The config named no callback address.
    pub fn no_callback() -> Self {
        Self::new(
            "callback.missing",
            -101,
            "The page that opened this document gave no editorConfig.callbackUrl, so there is nowhere to save changes.",
            "Set editorConfig.callbackUrl in the signed config; until then the server keeps the changes.",
        )
    }

    /// The integrator said by a command that it does not have what it was given.
    pub fn taken_back() -> Self {
        Self::new(
            "callback.taken_back",
            -101,
            "The application said, with the command saved, that it does not have the file, although it accepted the callback.",
            "The server keeps the file: fetch it with the command getForgotten, or open the document again.",
        )
    }

    /// The right to take a copy away is missing.
    pub fn no_download(to_print: bool) -> Self {
        let (code, message) = if to_print {
            ("rights.no_print", "You may not print this document.")
        } else {
            ("rights.no_download", "You may not download this document.")
        };
        Self::new(
            code,
            -23,
            message,
            "Ask the owner of the document for a copy.",
        )
    }

    /// A participant asks faster than the engine answers.
    pub fn too_many_questions() -> Self {
        Self::new(
            "session.busy",
            -1,
            "The document server is still busy with your last requests.",
            "Wait a moment and try again.",
        )
    }

    /// The engine has no document at the moment.
    pub fn not_loaded() -> Self {
        Self::new(
            "session.not_loaded",
            -1,
            "The document is still being loaded.",
            "Wait a moment and try again.",
        )
    }

    /// A copy cannot have this format.
    pub fn no_such_format(kind: DocumentKind) -> Self {
        let formats = crate::download::formats(kind).join(", ");
        Self::new(
            "download.format",
            -88,
            "The document cannot be downloaded in this format.",
            &format!("Use one of {formats}."),
        )
    }

    /// The document is for reading, because a save would lose something.
    pub fn would_lose() -> Self {
        Self::new(
            "losses.strict",
            -23,
            "This document is open for reading, because saving it here would lose a part of it.",
            "See in the editor what would be lost, and edit the document in the program that made it.",
        )
    }

    /// The archive of changes was not written.
    pub fn no_archive(error: &std::io::Error) -> Self {
        Self::new(
            "history.archive",
            -1,
            &format!("The archive of the document's changes could not be written: {error}."),
            "Check free space and rights of the data folder.",
        )
    }

    /// The right to insert a picture is missing.
    pub fn no_insert() -> Self {
        Self::new(
            "rights.no_insert",
            -23,
            "You may not insert pictures into this document.",
            "Ask the owner of the document for the right to edit it.",
        )
    }

    /// What was to be inserted is no picture that the engine takes.
    pub fn no_picture() -> Self {
        Self::new(
            "insert.no_picture",
            -102,
            "The file that the application gave is no picture that can be inserted.",
            "Give insertImage the address of a PNG, JPEG, GIF, BMP, TIFF, WebP or SVG file.",
        )
    }

    /// A picture is larger than what may be inserted.
    pub fn picture_too_large() -> Self {
        Self::new(
            "insert.too_large",
            -101,
            "The picture that the application gave is larger than 16 MiB.",
            "Give insertImage a smaller picture.",
        )
    }

    /// The right to put a second document into this one is missing.
    pub fn no_second() -> Self {
        Self::new(
            "rights.no_second",
            -23,
            "You may not compare this document with another one, because that changes it.",
            "Ask the owner of the document for the right to edit it.",
        )
    }

    /// One of the two documents is not a text.
    pub fn no_text() -> Self {
        Self::new(
            "second.kind",
            -1,
            "Only text documents can be compared, combined or inserted.",
            "Choose a text document, such as docx or odt, while a text document is open.",
        )
    }

    /// One second document at a time.
    pub fn second_under_way() -> Self {
        Self::new(
            "second.busy",
            -1,
            "Another document is being compared with this one or inserted into it.",
            "Wait a moment and try again.",
        )
    }

    /// `c` is not known.
    pub fn no_such_purpose() -> Self {
        Self::new(
            "second.purpose",
            -1,
            "The application did not say what to do with the document that it gave.",
            "Give setRequestedDocument the c of the event: compare, combine or insert-text.",
        )
    }

    /// The version before could not be compared with the one that is shown.
    pub fn not_marked(why: &Self) -> Self {
        Self::new(
            "history.not_marked",
            0,
            &format!(
                "What changed in this version is not marked, because the previous version could not be used ({}).",
                why.code
            ),
            "Look at both versions one after the other; the server's log says more.",
        )
    }

    /// A browser reads more slowly than the document changes.
    pub fn too_slow() -> Self {
        Self::new(
            "session.too_slow",
            -18,
            "This connection received less than the document sent.",
            "The editor connects again by itself.",
        )
    }
}

/// Names in a sentence.
fn names(all: &[String]) -> String {
    match all {
        [] => "somebody".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn seconds(number: i64) -> String {
    match number {
        1 => "second".into(),
        number => format!("{number} seconds"),
    }
}

fn time_of_day(unix: i64) -> String {
    let format = format_description!("[hour]:[minute]:[second] UTC");
    OffsetDateTime::from_unix_timestamp(unix)
        .ok()
        .and_then(|time| time.format(&format).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences() {
        insta::assert_snapshot!(Problem::version_changed(), @"This version of the document was saved and closed. Load the page again to open the new version; the application must give a changed file a new document.key.");
        insta::assert_snapshot!(Problem::recoded("windows-1252"), @"The file was written in windows-1252, which has no place for a letter that stands in it now: it is saved in UTF-8 with a mark. Programs that read it know it by the mark; tell those who expect the other encoding.");
        insta::assert_snapshot!(Problem::no_password(), @"The document opens with a password, and none was given in time. Load the page again, and give the password.");
        insta::assert_snapshot!(Problem::password_not_kept(), @"The document is protected with a password in an older way, which can't be kept when it is saved: it is open for reading. To change it, save it as xlsx with a password in the program that made it, and open that.");
        insta::assert_snapshot!(Problem::dropped(), @"The application has disconnected you from this document; what you wrote until then is kept. Open the document from the application again if you are still allowed to.");
        insta::assert_snapshot!(Problem::stopping(), @"The document server is shutting down; what you wrote is stored. Wait a moment: the editor connects again by itself.");
        insta::assert_snapshot!(Problem::engine_gave_up(None), @"LibreOffice ended several times with this document, so the document was closed; its last stored state is kept. Open an earlier version of the file, and tell the server's administrator, who has a report of each time.");
        insta::assert_snapshot!(Problem::input_left_out(&Act::Paste), @"LibreOffice ended twice over what you did (pasting), so that was left out; the rest of the document is as it was. Do it in smaller parts, or otherwise, and tell the server's administrator, who has a report of it.");
        insta::assert_snapshot!(Problem::harmful_inputs(&Act::Type), @"LibreOffice ended again and again over what you did, last typing, so you were disconnected from this document. Open the document again, leave that out, and tell the server's administrator, who has a report of each time.");
        let ann = Changed::new(36_000, "Ann");
        let all = ann
            .clone()
            .and(Some(Changed::new(36_002, "Ben")))
            .and(Some(Changed::new(36_003, "Eve")));
        insta::assert_snapshot!(Problem::recovered(None, Some(&Act::Command("InsertTable".into())), 36_004), @"LibreOffice ended during the command InsertTable and opens the last stored state of this document again; nothing that was confirmed is lost. Go on writing.");
        insta::assert_snapshot!(Problem::recovered(Some(&ann), None, 36_000), @"LibreOffice ended and opens the last stored state of this document again; what Ann wrote in the last second is lost. Look at what you wrote last, and write it again if it is missing.");
        insta::assert_snapshot!(Problem::recovered(Some(&all), None, 36_004), @"LibreOffice ended and opens the last stored state of this document again; what Ann, Ben and Eve wrote in the last 4 seconds is lost. Look at what you wrote last, and write it again if it is missing.");
        insta::assert_snapshot!(Problem::lost(&all), @"This document had to be restored, and what Ann, Ben and Eve wrote after 10:00:00 UTC is lost. Look at what you wrote last, and write it again if it is missing.");
        insta::assert_snapshot!(Problem::no_callback(), @"The page that opened this document gave no editorConfig.callbackUrl, so there is nowhere to save changes. Set editorConfig.callbackUrl in the signed config; until then the server keeps the changes.");
        insta::assert_snapshot!(Problem::taken_back(), @"The application said, with the command saved, that it does not have the file, although it accepted the callback. The server keeps the file: fetch it with the command getForgotten, or open the document again.");
        insta::assert_snapshot!(Problem::no_download(false), @"You may not download this document. Ask the owner of the document for a copy.");
        insta::assert_snapshot!(Problem::no_download(true), @"You may not print this document. Ask the owner of the document for a copy.");
        insta::assert_snapshot!(Problem::too_many_questions(), @"The document server is still busy with your last requests. Wait a moment and try again.");
        insta::assert_snapshot!(Problem::not_loaded(), @"The document is still being loaded. Wait a moment and try again.");
        insta::assert_snapshot!(Problem::no_such_format(DocumentKind::Cell), @"The document cannot be downloaded in this format. Use one of xlsx, ods, pdf, csv.");
        insta::assert_snapshot!(Problem::no_archive(&std::io::Error::other("no space left")), @"The archive of the document's changes could not be written: no space left. Check free space and rights of the data folder.");
        insta::assert_snapshot!(Problem::would_lose(), @"This document is open for reading, because saving it here would lose a part of it. See in the editor what would be lost, and edit the document in the program that made it.");
        insta::assert_snapshot!(Problem::no_insert(), @"You may not insert pictures into this document. Ask the owner of the document for the right to edit it.");
        insta::assert_snapshot!(Problem::no_picture(), @"The file that the application gave is no picture that can be inserted. Give insertImage the address of a PNG, JPEG, GIF, BMP, TIFF, WebP or SVG file.");
        insta::assert_snapshot!(Problem::picture_too_large(), @"The picture that the application gave is larger than 16 MiB. Give insertImage a smaller picture.");
        insta::assert_snapshot!(Problem::no_second(), @"You may not compare this document with another one, because that changes it. Ask the owner of the document for the right to edit it.");
        insta::assert_snapshot!(Problem::no_text(), @"Only text documents can be compared, combined or inserted. Choose a text document, such as docx or odt, while a text document is open.");
        insta::assert_snapshot!(Problem::second_under_way(), @"Another document is being compared with this one or inserted into it. Wait a moment and try again.");
        insta::assert_snapshot!(Problem::no_such_purpose(), @"The application did not say what to do with the document that it gave. Give setRequestedDocument the c of the event: compare, combine or insert-text.");
        insta::assert_snapshot!(Problem::not_marked(&Problem::no_text()), @"What changed in this version is not marked, because the previous version could not be used (second.kind). Look at both versions one after the other; the server's log says more.");
        insta::assert_snapshot!(Problem::too_slow(), @"This connection received less than the document sent. The editor connects again by itself.");
    }
}

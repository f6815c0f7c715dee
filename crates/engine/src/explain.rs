//! The engine's errors, explained to the person who meets them.

use recto_docs_api::Explain;
use recto_docs_api::editor_error;

use crate::error::{
    ConvertError, EngineError, InputDenied, InputError, OpenError, SaveError, SecondFileError,
};

impl Explain for EngineError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled(_) => "engine.not_installed",
            Self::Fonts { .. } => "engine.fonts",
            Self::Incomplete(_) => "engine.incomplete",
            Self::TooOld(_) => "engine.too_old",
            Self::TooNew(_) => "engine.too_new",
            Self::NoSandbox(_) => "engine.no_sandbox",
            Self::NotStarted(_) => "engine.not_started",
            Self::Gone => "engine.gone",
            Self::Failed(_) => "engine.failed",
            Self::Impossible(_) => "engine.impossible",
            Self::QueryDenied(_) => "input.query_denied",
            Self::Folder(_) => "engine.folder",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::NotInstalled(_) => {
                "Install LibreOffice, or configure the path of its program folder.".into()
            }
            Self::Fonts { .. } => {
                "Make the folder readable for the server, or correct --fonts.".into()
            }
            Self::Incomplete(_) => "Install the full packages libreoffice-writer, -calc, -impress \
                                    and -draw instead of those that end in -nogui."
                .into(),
            Self::TooOld(_) => {
                "Install LibreOffice 25.2: Debian 13 has it, and Debian 12 has it in \
                                its backports."
                    .into()
            }
            Self::TooNew(_) => "Install LibreOffice 25.2, and pin its version so that updates of \
                                the system keep it."
                .into(),
            Self::NoSandbox(_) => "Run the server on Linux 5.13 or newer with Landlock, or permit \
                                   unprivileged user namespaces."
                .into(),
            Self::NotStarted(_) | Self::Folder(_) => {
                "Look in the server's log, and check its memory, its disk and its permissions."
                    .into()
            }
            Self::Gone => {
                "Wait a moment: the document is being opened again from its last copy.".into()
            }
            Self::Failed(_) | Self::Impossible(_) | Self::QueryDenied(_) => {
                "Try something else; if it happens again, report it with what you did.".into()
            }
        }
    }

    fn editor_error(&self) -> i32 {
        editor_error::UNKNOWN
    }
}

impl Explain for OpenError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "open.empty",
            Self::Encrypted => "open.encrypted",
            Self::WrongPassword => "open.wrong_password",
            Self::Protection => "open.protection",
            Self::Damaged => "open.damaged",
            Self::TooLarge { .. } => "open.too_large",
            Self::TooMuch => "open.too_much",
            Self::Unguarded => "open.unguarded",
            Self::TimedOut => "open.timed_out",
            Self::Crashed { .. } => "open.crashed",
            Self::Type(_) => "open.type",
            Self::Engine(error) => error.code(),
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Empty => "Upload the document again: what is stored has no content.".into(),
            Self::Encrypted => "Open it in the editor, which asks for the password, or give the \
                                password with the request."
                .into(),
            Self::Protection => "Open it in the program that made it, and save it there as .docx, \
                                 .xlsx or .pptx, or without a password."
                .into(),
            Self::WrongPassword => "Give the password with which the file opens in the program \
                                    that made it; upper and lower case differ."
                .into(),
            Self::Damaged => "Open it in the program that made it and save it again, or go back \
                              to an earlier version."
                .into(),
            Self::TooLarge { .. } | Self::TooMuch => {
                "Split the document into smaller ones, or save it again in \
                                      the program that made it."
                    .into()
            }
            Self::Unguarded => "Set the axis of the sparklines to the general type in the program \
                                that made it, and save it there."
                .into(),
            Self::TimedOut => "Split the document into smaller ones, or have the time limit \
                               raised."
                .into(),
            Self::Crashed { .. } => {
                "Save the document again in the program that made it, or in another \
                              format such as .docx, .xlsx or .pptx, and open that; the file \
                              itself is as it was."
                    .into()
            }
            Self::Type(_) => "Convert it to .docx, .xlsx or .pptx first.".into(),
            Self::Engine(error) => error.hint(),
        }
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::Encrypted | Self::WrongPassword | Self::Protection => editor_error::PASSWORD,
            Self::Type(_) => editor_error::FORMAT,
            _ => editor_error::OPEN,
        }
    }
}

impl Explain for InputDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Command(_) => "input.command_denied",
            Self::Key => "input.key_denied",
            Self::Argument { .. } => "input.bad_argument",
            Self::ViewOnly => "rights.view_only",
            Self::CommentOnly => "rights.comment_only",
            Self::ReviewOnly => "rights.review_only",
            Self::FillOnly => "rights.fill_only",
            Self::Picture => "input.picture",
            Self::NoField => "input.no_field",
            Self::FieldLeaks => "input.field_leaks",
            Self::TooLargeToFill => "input.too_large_to_fill",
            Self::NoComments => "rights.no_comments",
            Self::OtherComment => "rights.other_comment",
            Self::OtherChange => "rights.other_change",
            Self::NotAllChanges => "rights.not_all_changes",
            Self::NoView => "input.no_view",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Command(_) => "Use the commands of the editor's toolbar.".into(),
            Self::Key => "Use the commands of the editor's toolbar instead.".into(),
            Self::Argument { .. } => "Correct the value and try again.".into(),
            Self::ViewOnly | Self::CommentOnly => {
                "Ask the owner of the document for the right to edit it.".into()
            }
            Self::ReviewOnly => {
                "Type, delete or format text, or ask the owner of the document for the right to edit it."
                    .into()
            }
            Self::FillOnly | Self::NoField => {
                "Click a field, or ask the owner of the document for the right to edit it.".into()
            }
            Self::Picture => "Save it as PNG, JPEG, GIF, BMP, TIFF, WebP or plain SVG of at most 2 MiB, and insert that.".into(),
            Self::FieldLeaks | Self::TooLargeToFill => {
                "Ask somebody who may edit the document to fill it in.".into()
            }
            Self::NoComments => {
                "Ask the owner of the document for the right to comment on it.".into()
            }
            Self::OtherComment => "Answer it with a comment of your own.".into(),
            Self::OtherChange => "Leave it to somebody who may decide on it.".into(),
            Self::NotAllChanges => "Accept or reject them one by one.".into(),
            Self::NoView => "Open the document again.".into(),
        }
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::ViewOnly
            | Self::CommentOnly
            | Self::ReviewOnly
            | Self::FillOnly
            | Self::NoComments
            | Self::OtherComment
            | Self::OtherChange
            | Self::NotAllChanges => editor_error::RIGHTS,
            _ => editor_error::UNKNOWN,
        }
    }
}

impl Explain for InputError {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(error) => error.code(),
            Self::Engine(error) => error.code(),
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Denied(error) => error.hint(),
            Self::Engine(error) => error.hint(),
        }
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::Denied(error) => error.editor_error(),
            Self::Engine(error) => error.editor_error(),
        }
    }
}

impl Explain for SaveError {
    fn code(&self) -> &'static str {
        match self {
            Self::Type(_) => "save.type",
            Self::Refused(_) => "save.refused",
            Self::Unreadable => "save.unreadable",
            Self::Unprotected => "save.unprotected",
            Self::Macros => "save.macros",
            Self::Place(_) => "save.place",
            Self::Engine(error) => error.code(),
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Type(_) => "Choose another format.".into(),
            Self::Refused(_) | Self::Unreadable | Self::Unprotected | Self::Macros => {
                "Copy what you need into a new document; the last saved copy is kept.".into()
            }
            Self::Place(_) => "Check the server's disk space and permissions.".into(),
            Self::Engine(error) => error.hint(),
        }
    }

    fn editor_error(&self) -> i32 {
        editor_error::SAVE
    }
}

impl Explain for ConvertError {
    fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Save(error) => error.code(),
            Self::TimedOut(_) => "convert.timed_out",
            Self::Crashed => "convert.crashed",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Open(error) => error.hint(),
            Self::Save(SaveError::Refused(_) | SaveError::Unreadable) => {
                "Try another format, such as pdf, to find out whether it is the file or the format."
                    .into()
            }
            Self::Save(error) => error.hint(),
            Self::TimedOut(_) => "Split the document into smaller ones, or have the time limit \
                                  raised."
                .into(),
            Self::Crashed => "Save the document in another format, such as .docx, .xlsx or .pptx, \
                              and convert that."
                .into(),
        }
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::Open(error) => error.editor_error(),
            Self::Save(error) => error.editor_error(),
            Self::TimedOut(_) | Self::Crashed => editor_error::SAVE,
        }
    }
}

impl Explain for SecondFileError {
    fn code(&self) -> &'static str {
        match self {
            Self::Open(error) => error.code(),
            Self::Save(error) => error.code(),
            Self::Denied(error) => error.code(),
            Self::Engine(error) => error.code(),
            Self::HasChanges => "second.has_changes",
            Self::Unlike => "second.unlike",
            Self::NoChanges => "second.no_changes",
            Self::TooManyAuthors(_) => "second.too_many_authors",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::Open(error) => error.hint(),
            Self::Save(error) => error.hint(),
            Self::Denied(error) => error.hint(),
            Self::Engine(error) => error.hint(),
            Self::HasChanges => "Accept or reject them first, and compare again.".into(),
            Self::Unlike => {
                "Try again when nobody else writes, or open both documents in two windows.".into()
            }
            Self::NoChanges => {
                "Choose a copy in which changes were tracked, or compare the two documents.".into()
            }
            Self::TooManyAuthors(_) => {
                "Accept the changes of some of them there first, or compare the two documents."
                    .into()
            }
        }
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::Open(error) => error.editor_error(),
            Self::Save(error) => error.editor_error(),
            Self::Denied(error) => error.editor_error(),
            Self::Engine(error) => error.editor_error(),
            _ => editor_error::UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(error: &dyn Explain) -> String {
        let (code, number) = (error.code(), error.editor_error());
        format!("{code} ({number}): {} {}", error.message(), error.hint())
    }

    #[test]
    fn what_a_person_reads() {
        insta::assert_snapshot!(told(&OpenError::Encrypted), @"open.encrypted (-19): The file is protected with a password. Open it in the editor, which asks for the password, or give the password with the request.");
        insta::assert_snapshot!(told(&OpenError::Protection), @"open.protection (-19): The file is protected with a password in a way that can't be opened here. Open it in the program that made it, and save it there as .docx, .xlsx or .pptx, or without a password.");
        insta::assert_snapshot!(told(&SaveError::Unprotected), @"save.unprotected (-83): The document was not saved, because its password would have been lost. Copy what you need into a new document; the last saved copy is kept.");
        insta::assert_snapshot!(told(&SaveError::Macros), @"save.macros (-83): The document was not saved, because its macros would have been lost. Copy what you need into a new document; the last saved copy is kept.");
        insta::assert_snapshot!(told(&OpenError::Damaged), @"open.damaged (-82): The file is damaged or is not what its name says. Open it in the program that made it and save it again, or go back to an earlier version.");
        insta::assert_snapshot!(told(&OpenError::TooLarge { mib: 50 }), @"open.too_large (-82): The file would be larger than 50 MiB when it is unpacked. Split the document into smaller ones, or save it again in the program that made it.");
        insta::assert_snapshot!(told(&OpenError::TooMuch), @"open.too_much (-82): The file takes too long to look through. Split the document into smaller ones, or save it again in the program that made it.");
        insta::assert_snapshot!(told(&OpenError::Unguarded), @"open.unguarded (-82): The workbook has sparklines with dates in a form with which LibreOffice cannot open it. Set the axis of the sparklines to the general type in the program that made it, and save it there.");
        insta::assert_snapshot!(told(&OpenError::TimedOut), @"open.timed_out (-82): Opening the file took too long and was stopped. Split the document into smaller ones, or have the time limit raised.");
        insta::assert_snapshot!(told(&OpenError::WrongPassword), @"open.wrong_password (-19): The password does not open the file. Give the password with which the file opens in the program that made it; upper and lower case differ.");
        insta::assert_snapshot!(told(&ConvertError::TimedOut(std::time::Duration::from_secs(120))), @"convert.timed_out (-83): Converting the file took longer than 120 seconds and was stopped. Split the document into smaller ones, or have the time limit raised.");
        insta::assert_snapshot!(told(&ConvertError::Crashed), @"convert.crashed (-83): The document engine stopped while it converted the file. Save the document in another format, such as .docx, .xlsx or .pptx, and convert that.");
        insta::assert_snapshot!(told(&ConvertError::Save(SaveError::Unreadable)), @"save.unreadable (-83): The document engine wrote a file that cannot be read again. Try another format, such as pdf, to find out whether it is the file or the format.");
        insta::assert_snapshot!(told(&InputDenied::ViewOnly), @"rights.view_only (-23): You may view this document but not change it. Ask the owner of the document for the right to edit it.");
        insta::assert_snapshot!(told(&InputDenied::CommentOnly), @"rights.comment_only (-23): You may comment on this document but not change it. Ask the owner of the document for the right to edit it.");
        insta::assert_snapshot!(told(&InputDenied::ReviewOnly), @"rights.review_only (-23): You may propose changes to this document, and this one cannot be a proposal. Type, delete or format text, or ask the owner of the document for the right to edit it.");
        insta::assert_snapshot!(told(&InputDenied::FillOnly), @"rights.fill_only (-23): You may fill in the fields of this document but not change the rest of it. Click a field, or ask the owner of the document for the right to edit it.");
        insta::assert_snapshot!(told(&InputDenied::Picture), @"input.picture (-1): This is no picture that can be inserted. Save it as PNG, JPEG, GIF, BMP, TIFF, WebP or plain SVG of at most 2 MiB, and insert that.");
        insta::assert_snapshot!(told(&InputDenied::NoField), @"input.no_field (-1): There is no field here that takes this. Click a field, or ask the owner of the document for the right to edit it.");
        insta::assert_snapshot!(told(&InputDenied::FieldLeaks), @"input.field_leaks (-1): This field cannot be filled in without changing the document around it. Ask somebody who may edit the document to fill it in.");
        insta::assert_snapshot!(told(&InputDenied::TooLargeToFill), @"input.too_large_to_fill (-1): This document is too large to be filled in without the right to edit it. Ask somebody who may edit the document to fill it in.");
        insta::assert_snapshot!(told(&InputDenied::NoComments), @"rights.no_comments (-23): You may not comment on this document. Ask the owner of the document for the right to comment on it.");
        insta::assert_snapshot!(told(&InputDenied::OtherChange), @"rights.other_change (-23): This change is gone, or you may not accept or reject it. Leave it to somebody who may decide on it.");
        insta::assert_snapshot!(told(&InputDenied::NotAllChanges), @"rights.not_all_changes (-23): You may accept or reject the changes of some people only, not all at once. Accept or reject them one by one.");
        insta::assert_snapshot!(told(&InputDenied::OtherComment), @"rights.other_comment (-23): This comment is gone, or you may not change it. Answer it with a comment of your own.");
        insta::assert_snapshot!(told(&InputDenied::Command(".uno:Quit".into())), @"input.command_denied (-1): The command .uno:Quit is not available here. Use the commands of the editor's toolbar.");
        insta::assert_snapshot!(told(&SecondFileError::HasChanges), @"second.has_changes (-1): This document has tracked changes, so it cannot be compared with another one. Accept or reject them first, and compare again.");
        insta::assert_snapshot!(told(&SecondFileError::Unlike), @"second.unlike (-1): The differences between the two documents could not be put into this one, for example because a table differs. Try again when nobody else writes, or open both documents in two windows.");
        insta::assert_snapshot!(told(&SecondFileError::NoChanges), @"second.no_changes (-1): The other document is not a copy of this one with tracked changes. Choose a copy in which changes were tracked, or compare the two documents.");
        insta::assert_snapshot!(told(&SecondFileError::TooManyAuthors(20)), @"second.too_many_authors (-1): The other document has tracked changes of more than 20 people. Accept the changes of some of them there first, or compare the two documents.");
        insta::assert_snapshot!(told(&SaveError::Unreadable), @"save.unreadable (-83): The document engine wrote a file that cannot be read again. Copy what you need into a new document; the last saved copy is kept.");
        insta::assert_snapshot!(told(&EngineError::TooOld("7.4".into())), @"engine.too_old (-1): LibreOffice 7.4 is too old: Recto needs 25.2. Install LibreOffice 25.2: Debian 13 has it, and Debian 12 has it in its backports.");
        insta::assert_snapshot!(told(&EngineError::TooNew("26.8".into())), @"engine.too_new (-1): LibreOffice 26.8 is too new: from 26 on it lacks functions that Recto needs. Install LibreOffice 25.2, and pin its version so that updates of the system keep it.");
        insta::assert_snapshot!(told(&EngineError::Incomplete("/usr/lib/x.ui".into())), @"engine.incomplete (-1): This installation of LibreOffice lacks /usr/lib/x.ui. Install the full packages libreoffice-writer, -calc, -impress and -draw instead of those that end in -nogui.");
    }
}

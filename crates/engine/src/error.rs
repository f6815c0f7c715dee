//! What can go wrong, in the words that a person is shown.

use std::path::PathBuf;

/// The engine, or one of its kits, failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// There is no LibreOffice in the configured folder.
    #[error("LibreOffice was not found in {}.", .0.display())]
    NotInstalled(PathBuf),
    /// The folder of fonts that is configured can't be read.
    #[error("The folder of fonts {} can't be read: {error}.", .folder.display())]
    Fonts {
        /// As it was configured.
        folder: PathBuf,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
    /// A file is missing without which LibreOffice dies in use (Debian's `-nogui` packages leave
    /// out the user interface files that even LibreOfficeKit reads).
    #[error("This installation of LibreOffice lacks {}.", .0.display())]
    Incomplete(PathBuf),
    /// This version lacks what Recto needs.
    #[error("LibreOffice {0} is too old: Recto needs 25.2.")]
    TooOld(String),
    /// This version has lost what Recto needs.
    #[error("LibreOffice {0} is too new: from 26 on it lacks functions that Recto needs.")]
    TooNew(String),
    /// The kernel offers nothing that keeps a kit away from files.
    #[error("This system offers no way to isolate documents from its files: {0}.")]
    NoSandbox(String),
    /// The process that kits come from did not start or went away.
    #[error("The document engine did not start: {0}.")]
    NotStarted(String),
    /// The kit died while, or before, it was asked.
    #[error("The document engine of this document has stopped.")]
    Gone,
    /// The kit could not do what it was asked.
    #[error("The document engine could not do this: {0}.")]
    Failed(String),
    /// The request makes no sense, such as a tile of no size.
    #[error("The document engine was asked for something impossible: {0}.")]
    Impossible(&'static str),
    /// A query that is not on the allow-list.
    #[error("The document engine does not answer this question: {0}.")]
    QueryDenied(String),
    /// The work folder could not be used.
    #[error("The engine's folder cannot be used: {0}.")]
    Folder(#[from] std::io::Error),
}

impl EngineError {
    /// Whether there was no space for the files of a kit.
    pub(crate) fn is_full_disk(&self) -> bool {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        matches!(self, Self::Folder(error) if matches!(error.kind(), StorageFull | QuotaExceeded))
    }
}

/// A document was not opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Nothing in it.
    #[error("The file is empty.")]
    Empty,
    /// A password is needed.
    #[error("The file is protected with a password.")]
    Encrypted,
    /// The password that was given is not the file's.
    #[error("The password does not open the file.")]
    WrongPassword,
    /// It is protected in a way that the engine does not know.
    #[error("The file is protected with a password in a way that can't be opened here.")]
    Protection,
    /// The engine cannot read it.
    #[error("The file is damaged or is not what its name says.")]
    Damaged,
    /// It is an archive of more than a document may have.
    #[error("The file would be larger than {mib} MiB when it is unpacked.")]
    TooLarge {
        /// What is permitted.
        mib: u64,
    },
    /// Looking through it takes more than a document is worth.
    #[error("The file takes too long to look through.")]
    TooMuch,
    /// LibreOffice would end, and what ends it can't be taken out and put back.
    #[error(
        "The workbook has sparklines with dates in a form with which LibreOffice cannot open it."
    )]
    Unguarded,
    /// The kit was killed because loading took too long.
    #[error("Opening the file took too long and was stopped.")]
    TimedOut,
    /// The kit died while it loaded.
    #[error("LibreOffice cannot open this document: it ends while it reads the file.")]
    Crashed {
        /// What ended it, if that is known.
        signal: Option<i32>,
    },
    /// The extension is not one that the engine opens.
    #[error("Files of the type {0:?} cannot be opened.")]
    Type(String),
    /// No kit was to be had, or its folder failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Why an input was refused before it reached the engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputDenied {
    /// The command is not on the allow-list of this kind of document.
    #[error("The command {0} is not available here.")]
    Command(String),
    /// The key or chord is not on the allow-list.
    #[error("This key combination is not available here.")]
    Key,
    /// An argument is unknown, of the wrong type or out of range.
    #[error("The argument {argument} of {input} is not acceptable.")]
    Argument {
        /// The input or command.
        input: String,
        /// Which of its arguments.
        argument: String,
    },
    /// The view may only read.
    #[error("You may view this document but not change it.")]
    ViewOnly,
    /// The view may only write comments.
    #[error("You may comment on this document but not change it.")]
    CommentOnly,
    /// The view may only make changes that can be tracked, and this is none.
    #[error("You may propose changes to this document, and this one cannot be a proposal.")]
    ReviewOnly,
    /// The view may only fill in fields.
    #[error("You may fill in the fields of this document but not change the rest of it.")]
    FillOnly,
    /// What was to be inserted is no picture that is taken, or another one than it was said to be.
    #[error("This is no picture that can be inserted.")]
    Picture,
    /// There is no field at the caret that takes this.
    #[error("There is no field here that takes this.")]
    NoField,
    /// LibreOffice would change something outside of the field.
    #[error("This field cannot be filled in without changing the document around it.")]
    FieldLeaks,
    /// The document is too large to be watched while a field is filled in.
    #[error("This document is too large to be filled in without the right to edit it.")]
    TooLargeToFill,
    /// The view may not write comments.
    #[error("You may not comment on this document.")]
    NoComments,
    /// The comment is somebody's whose comments the view may not change, or there is none.
    #[error("This comment is gone, or you may not change it.")]
    OtherComment,
    /// The tracked change is of somebody whose changes the view may not accept or reject, or gone.
    #[error("This change is gone, or you may not accept or reject it.")]
    OtherChange,
    /// Accepting or rejecting all changes would include those that the view may not touch.
    #[error("You may accept or reject the changes of some people only, not all at once.")]
    NotAllChanges,
    /// There is no such view.
    #[error("This view of the document is closed.")]
    NoView,
}

/// An input did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// Refused by rule.
    #[error(transparent)]
    Denied(#[from] InputDenied),
    /// Lost with the engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// A document was not saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SaveError {
    /// The engine does not write this type.
    #[error("Documents cannot be saved as {0:?}.")]
    Type(String),
    /// The engine said no.
    #[error("The document engine could not write the file: {0}.")]
    Refused(String),
    /// The engine said yes but what it wrote is not a whole file.
    #[error("The document engine wrote a file that cannot be read again.")]
    Unreadable,
    /// What the engine wrote of a protected document would open without its password.
    #[error("The document was not saved, because its password would have been lost.")]
    Unprotected,
    /// What the engine wrote lacks the macros of the document.
    #[error("The document was not saved, because its macros would have been lost.")]
    Macros,
    /// The file could not be moved to its place.
    #[error("The saved file could not be put in its place: {0}.")]
    Place(#[from] std::io::Error),
    /// The kit is gone.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// A file was not converted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// It was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It was not written in the other format.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// It took longer than permitted, and the kit was killed.
    #[error("Converting the file took longer than {} seconds and was stopped.", .0.as_secs())]
    TimedOut(std::time::Duration),
    /// The kit died while it wrote the other format.
    #[error("The document engine stopped while it converted the file.")]
    Crashed,
}

/// Nothing was done with a second file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecondFileError {
    /// It was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The document, or the file, was not written for it.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The view may not change the document.
    #[error(transparent)]
    Denied(#[from] InputDenied),
    /// The engine of the document failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The document has tracked changes already, which would be mixed with those of the comparison.
    #[error("This document has tracked changes, so it cannot be compared with another one.")]
    HasChanges,
    /// The engine found changes, and not where they belong: tables or sections differ, or somebody has
    /// changed the document meanwhile.
    #[error(
        "The differences between the two documents could not be put into this one, for example because a table differs."
    )]
    Unlike,
    /// There is nothing to take over.
    #[error("The other document is not a copy of this one with tracked changes.")]
    NoChanges,
    /// Changes are taken over author by author, and there are more than that may be done for.
    #[error("The other document has tracked changes of more than {0} people.")]
    TooManyAuthors(usize),
}

impl SecondFileError {
    /// Whether the document is surely as it was. An engine that fails may have done a part.
    pub fn leaves_alone(&self) -> bool {
        !matches!(self, Self::Engine(_))
    }
}

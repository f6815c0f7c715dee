//! What is done to a document's package before the engine gets its copy, and after the engine has saved.
//!
//! The engine rewrites a file whole. [`bring`] makes the copy that it loads, and remembers the marks that
//! a file has of its own: which version of an application it is for, how it is to be calculated, what is
//! hidden. [`Kept::put_back`] gives them to what the engine saved. Parts that neither touches are copied
//! as they are compressed, byte for byte.
//!
//! Packages are hostile: how many entries there are, and how long a part is that is read, is bounded, and
//! nothing here recurses. What is unpacked of one, and the time, have a limit for the package as a whole.
//! A mark that can't be read is left out: it is never worth a save. Macros are: what was saved without those
//! that were kept is not taken. What would end the engine and can't be
//! taken out is a reason not to open the file.

mod archive;
mod bring;
mod codes;
mod dates;
mod formula;
mod kind;
mod marks;
mod name;
mod types;
mod xml;

pub use bring::{Kept, bring, is_package, keeps_macros};
pub use name::FileName;

/// Why nothing was made of a package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Reading or writing failed.
    #[error("a package can't be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// It is no archive, or a broken one.
    #[error("a package is no sound archive: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// Its entries lie over each other, or beyond its end: copies of it would be longer than it is.
    #[error("the entries of a package overlap")]
    Overlap,
    /// It has more entries, or a part that is longer, than is looked at.
    #[error("a package is larger than what is looked at")]
    TooLarge,
    /// The bytes or the time that the work on one package may take are used up.
    #[error("a package takes more work than it may")]
    Spent,
    /// Its macros can't be put into what was saved.
    #[error("the macros of a package can't be put back")]
    Macros,
    /// It has what would end the engine, in a form in which it can't be taken out and put back.
    #[error("a package has dates below sparklines that can't be kept")]
    Unguarded,
}

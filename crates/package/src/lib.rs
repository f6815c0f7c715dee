//! What is done to a document's package before the engine gets its copy, and after the engine has saved.
//!
//! The engine rewrites a file whole. [`bring`] makes the copy that it loads, and remembers the marks that
//! a file has of its own: which version of an application it is for, how it is to be calculated, what is
//! hidden. [`Kept::put_back`] gives them to what the engine saved. Parts that neither touches are copied
//! as they are compressed, byte for byte.
//!
//! Packages are hostile: how many entries there are, and how long a part is that is read, is bounded, and
//! nothing here recurses. What can't be read is left as it is: a mark is never worth a save.

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

pub use bring::{Kept, bring, is_package};
pub use name::FileName;

/// Why a package was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Reading or writing failed.
    #[error("a package can't be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// It is no archive, or a broken one.
    #[error("a package is no sound archive: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// It has more entries, or a part that is longer, than is looked at.
    #[error("a package is larger than what is looked at")]
    TooLarge,
}

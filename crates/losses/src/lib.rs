//! What a save by the engine would lose of a document, found before the first change.
//!
//! [`scan`] reads a document's package – names of parts, content types, relationships, and the tags of
//! those parts that can hold something that LibreOffice 25.2 with Math does not write back – and lists
//! what it finds by kind, with places. [`LossKind`] is the table of the kinds; each was seen to be lost
//! by a save before it was put there, and what the engine keeps is not in it: a warning about nothing
//! teaches people not to read warnings.
//!
//! The crate knows no engine and opens no file. Documents are hostile: [`Limits`] bounds what is read,
//! and what goes beyond it ends the scan with what was found until then.
#![forbid(unsafe_code)]

mod cell;
mod compound;
mod formula;
mod functions;
mod kind;
mod odf;
mod package;
mod report;
mod scan;
mod slide;
mod style_id;
mod word;
mod xml;

pub use kind::{LossKind, Rank};
pub use report::{Loss, Place, Report};
pub use scan::{Limits, Options, ScanError, scan};

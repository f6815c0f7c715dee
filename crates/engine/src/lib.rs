//! LibreOfficeKit in sandboxed processes, and the client that the rest of Recto uses.
//!
//! A *kit* is a process with one document. Kits are forked from a *launcher*, which has prepared
//! LibreOffice once; they warm themselves and wait in a pool. Server and kit speak in frames over
//! a socket; tiles come through shared memory. Anyone may have written a document, so a kit has no
//! network, no environment, no files but its own, and limits, and what it says is never trusted.

mod client;
mod config;
mod error;
mod event;
mod explain;
mod fds;
mod formats;
mod input;
mod json;
mod kit;
mod lok;
mod picture;
mod protocol;
mod rate;
mod rights;
mod rules;
mod sandbox;
mod svg;
mod version;

use recto_docs_api::DocumentKind;

pub use client::{
    ConvertOptions, Converted, Dialect, Document, DocumentInfo, Effect, Engine, Events, Foreground,
    Isolation, MissingFont, OpenOptions, Painted, PartNotice, Pending, SecondFile, Selection,
    Snapshot, TilePixels, TileRequest, ViewOptions,
};
pub use config::{EngineConfig, Limits};
pub use error::{
    ConvertError, EngineError, InputDenied, InputError, OpenError, SaveError, SecondFileError,
};
pub use event::{CellPosition, Death, Event, Field, Part, Rect, ViewEvent, ViewId};
pub use formats::PAGE;
pub use input::{GraphicAction, Input, MouseAction, SelectHandle, modifier};
pub use kit::kit_main;
pub use picture::PictureKind;
pub use recto_package::keeps_macros;
pub use rights::ViewRights;

/// Every command that an editor may give to a kind of document, with acceptable arguments: what a
/// toolbar can offer, and what the tests give to LibreOffice.
pub fn allowed_commands(kind: DocumentKind) -> Vec<Input> {
    let samples = rules::samples(kind).into_iter();
    samples
        .map(|(name, args)| Input::Command { name, args })
        .collect()
}

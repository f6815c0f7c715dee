//! The scan of one document.

use std::io::{Read, Seek};
use std::time::Duration;

use recto_docs_api::{DocumentKind, FileType};

use crate::kind::LossKind;
use crate::package::Package;
use crate::report::{Found, Report};
use crate::{cell, compound, odf, package, slide, word};

const MIB: u64 = 1 << 20;

/// What a scan may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries of a package.
    pub entries: usize,
    /// Bytes that are unpacked, of all parts together.
    pub unpacked_bytes: u64,
    /// Places of one kind.
    pub places: usize,
    /// How long it may go on.
    pub time: Duration,
}

impl Limits {
    /// What a scan takes if nothing else is said.
    pub const DEFAULT: Self = Self {
        entries: 65_535,
        unpacked_bytes: 512 * MIB,
        places: 20,
        time: Duration::from_secs(5),
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How to scan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Kinds that are put back after the engine has saved, so that nobody hears of them.
    pub kept: Vec<LossKind>,
    /// What the scan may take.
    pub limits: Limits,
}

/// Why a document can't be scanned.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The file can't be read.
    #[error("The file can't be read. Check its disk and its rights.")]
    Read(#[from] std::io::Error),
    /// The file is no package of its type.
    #[error("The file is damaged, or of another type. Open it with the program that made it.")]
    Damaged,
    /// The package has more parts than are looked at.
    #[error("The file has too many parts. Open it with the program that made it.")]
    TooManyParts,
    /// The file is encrypted, so that nothing of it can be seen.
    #[error("The document is protected by a password. Remove the password first.")]
    Encrypted,
}

/// Finds what a save in the document's own type would lose.
///
/// Only the parts that can hold such a thing are unpacked; pictures, sounds and films are not. It
/// takes a processor for as long as [`Limits::time`], so that a server calls it beside its tasks.
pub fn scan(
    mut file: impl Read + Seek,
    file_type: FileType,
    options: &Options,
) -> Result<Report, ScanError> {
    let mut found = Found::new(&options.kept, options.limits.places);
    match file_type.extension() {
        "txt" | "csv" | "tsv" | "rtf" => return Ok(found.report()),
        // A file may be called so and be a package.
        "doc" | "xls" | "ppt" if !package::is_package(&mut file)? => {
            compound::scan(file, &mut found)?;
            return Ok(found.report());
        }
        _ => {}
    }
    let mut package = Package::open(file, &options.limits)?;
    match package.main() {
        Some(main) => {
            by_name(&package, &mut found);
            match file_type.kind() {
                DocumentKind::Word => word::scan(&mut package, &main, &mut found),
                DocumentKind::Cell => cell::scan(&mut package, &main, &mut found),
                DocumentKind::Slide => slide::scan(&mut package, &main, &mut found),
            }
        }
        None if package.has("content.xml") => odf::scan(&package, &mut found),
        None if package.is_complete() => return Err(ScanError::Damaged),
        None => {}
    }
    found.complete &= package.is_complete();
    Ok(found.report())
}

/// What the names of parts tell of a document of any kind.
fn by_name<R: Read + Seek>(package: &Package<R>, found: &mut Found<'_>) {
    for name in package.names() {
        let base = name.rsplit('/').next().unwrap_or_default();
        if base == "vbaproject.bin" {
            found.add(LossKind::Macros, None);
        } else if name.starts_with("_xmlsignatures/") && base.starts_with("sig") {
            found.add(LossKind::Signatures, None);
        }
    }
    if !package.targets("", "webextensiontaskpanes").is_empty() {
        found.add(LossKind::TaskPanes, None);
    }
}

//! A package: a zip whose entries are parts.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::scan::{Limits, ScanError};

/// First bytes of a compound file: an encrypted document, or one of Office 97.
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// An open package.
pub(crate) struct Package<R> {
    archive: ZipArchive<R>,
    entries: usize,
}

impl<R: Read + Seek> Package<R> {
    pub(crate) fn open(mut file: R, limits: &Limits) -> Result<Self, ScanError> {
        let mut head = [0; 8];
        file.rewind()?;
        let mut read = 0;
        while read < head.len() {
            match file.read(&mut head[read..])? {
                0 => break,
                more => read += more,
            }
        }
        file.rewind()?;
        if head == OLE {
            return Err(ScanError::Encrypted);
        }
        let archive = ZipArchive::new(file).map_err(|error| match error {
            ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                ScanError::Read(error)
            }
            _ => ScanError::Damaged,
        })?;
        Ok(Self {
            archive,
            entries: limits.entries,
        })
    }

    /// Whether there are more entries than are looked at.
    pub(crate) fn beyond_limits(&self) -> bool {
        self.archive.len() > self.entries
    }

    /// The names of the parts, as they stand in the package.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.archive.file_names().take(self.entries)
    }
}

//! Compound files: documents of Office 97 to 2003, and packages that are protected by a password. What a
//! save loses of one is told by the names in its directory.

use std::io::{Read, Seek, SeekFrom};

use crate::kind::LossKind;
use crate::report::Found;
use crate::scan::ScanError;

const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Streams that hold a text, a workbook or a presentation.
const DOCUMENTS: [&str; 4] = ["worddocument", "workbook", "book", "powerpoint document"];
/// Folders with a signature.
const SIGNATURES: [&str; 2] = ["_signatures", "_xmlsignatures"];
/// Sectors of the directory that are looked at.
const SECTORS: usize = 4096;
/// A chain of sectors has ended, or leads nowhere.
const END: u32 = 0xFFFF_FFFA;

/// Looks for names in the directory. What is damaged or no compound file has nothing to tell.
pub(crate) fn scan(file: impl Read + Seek, found: &mut Found<'_>) -> Result<(), ScanError> {
    if names(file)?
        .iter()
        .any(|name| SIGNATURES.contains(&&**name))
    {
        found.add(LossKind::Signatures, None);
    }
    Ok(())
}

/// Whether a compound file is a document of Office 97 to 2003. One that is not, where a package was
/// expected, is a package that is protected by a password.
pub(crate) fn is_document(file: impl Read + Seek) -> std::io::Result<bool> {
    Ok(names(file)?.iter().any(|name| DOCUMENTS.contains(&&**name)))
}

/// The names in the directory, in lower case; none if the file is no compound file.
fn names(mut file: impl Read + Seek) -> std::io::Result<Vec<String>> {
    file.rewind()?;
    let mut head = Vec::new();
    file.by_ref().take(512).read_to_end(&mut head)?;
    if head.len() < 512 || !head.starts_with(OLE) {
        return Ok(Vec::new());
    }
    let shift = u32::from(head[30]);
    if !matches!(shift, 9 | 12) {
        return Ok(Vec::new());
    }
    let directory = Directory {
        file,
        size: 1 << shift,
        // The first of the tables that say which sector follows which.
        tables: (0..109)
            .map(|index| number(&head, 76 + 4 * index))
            .collect(),
    };
    Ok(directory.names(number(&head, 48)))
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|raw| raw.try_into().ok())
        .map_or(u32::MAX, u32::from_le_bytes)
}

struct Directory<R> {
    file: R,
    /// Bytes of a sector.
    size: usize,
    tables: Vec<u32>,
}

impl<R: Read + Seek> Directory<R> {
    fn sector(&mut self, index: u32) -> Option<Vec<u8>> {
        if index >= END {
            return None;
        }
        let at = (u64::from(index) + 1) * self.size as u64;
        self.file.seek(SeekFrom::Start(at)).ok()?;
        let mut sector = Vec::new();
        self.file
            .by_ref()
            .take(self.size as u64)
            .read_to_end(&mut sector)
            .ok()?;
        (!sector.is_empty()).then_some(sector)
    }

    /// The names of all streams and folders, in lower case.
    fn names(mut self, first: u32) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = first;
        for _ in 0..SECTORS {
            let Some(sector) = self.sector(at) else {
                break;
            };
            names.extend(sector.chunks_exact(128).filter_map(name_of));
            let a_table = self.size / 4;
            let table = self.tables.get(at as usize / a_table).copied();
            let Some(table) = table.and_then(|table| self.sector(table)) else {
                break;
            };
            at = number(&table, at as usize % a_table * 4);
        }
        names
    }
}

/// The name in an entry of the directory.
fn name_of(entry: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes([entry[64], entry[65]]));
    let raw = entry.get(..length.checked_sub(2)?.min(62))?;
    let letters = raw
        .chunks_exact(2)
        .map(|two| u16::from_le_bytes([two[0], two[1]]));
    Some(
        char::decode_utf16(letters)
            .map(|letter| letter.unwrap_or(' '))
            .collect::<String>()
            .to_lowercase(),
    )
}

//! Archives: parts are read within bounds, and copied without being unpacked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};

use memchr::memmem;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::PackageError;

/// As many as the engine's own check lets through.
const ENTRIES: usize = 65_535;

/// What is unpacked at a time, in bytes.
const PIECE: usize = 64 << 10;

/// Parts by name: what replaces them, or nothing if they are to go.
pub(crate) type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// An archive that is read.
pub(crate) struct Archive(ZipArchive<BufReader<File>>);

impl Archive {
    pub(crate) fn open(file: File) -> Result<Self, PackageError> {
        let archive = ZipArchive::new(BufReader::new(file))?;
        if archive.len() > ENTRIES {
            return Err(PackageError::TooLarge);
        }
        Ok(Self(archive))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.index_for_name(name).is_some()
    }

    /// A part of at most `most` bytes; nothing if there is none of this name.
    pub(crate) fn read(&mut self, name: &str, most: u64) -> Result<Option<Vec<u8>>, PackageError> {
        let Some(index) = self.0.index_for_name(name) else {
            return Ok(None);
        };
        let entry = self.0.by_index(index)?;
        let mut bytes = Vec::new();
        // The size that an entry states may be a lie.
        entry.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            return Err(PackageError::TooLarge);
        }
        Ok(Some(bytes))
    }

    /// The first bytes of a part, at most `most`.
    pub(crate) fn head(&mut self, name: &str, most: u64) -> Result<Vec<u8>, PackageError> {
        let mut bytes = Vec::new();
        if let Some(index) = self.0.index_for_name(name) {
            self.0.by_index(index)?.take(most).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    }

    /// Whether one of `signs` is in the first `most` bytes of a part.
    pub(crate) fn holds(
        &mut self,
        name: &str,
        signs: &[&[u8]],
        most: u64,
    ) -> Result<bool, PackageError> {
        let Some(index) = self.0.index_for_name(name) else {
            return Ok(false);
        };
        let longest = signs.iter().map(|sign| sign.len()).max().unwrap_or(0);
        let finders: Vec<_> = signs.iter().map(memmem::Finder::new).collect();
        let mut entry = self.0.by_index(index)?.take(most);
        let mut buffer = vec![0; PIECE];
        let mut filled = 0;
        loop {
            let read = entry.read(&mut buffer[filled..])?;
            filled += read;
            let piece = &buffer[..filled];
            if finders.iter().any(|finder| finder.find(piece).is_some()) {
                return Ok(true);
            }
            if read == 0 {
                return Ok(false);
            }
            // One may begin at the end of this piece.
            let kept = filled.min(longest.saturating_sub(1));
            buffer.copy_within(filled - kept..filled, 0);
            filled = kept;
        }
    }

    /// Writes the archive anew, with other parts in the place of those that change, and what is added at
    /// its end. All else stays as it is compressed; comments and extra fields go.
    pub(crate) fn rewrite(&mut self, to: File, changes: &Changes) -> Result<(), PackageError> {
        let mut written = ZipWriter::new(BufWriter::new(to));
        for index in 0..self.0.len() {
            let entry = self.0.by_index_raw(index)?;
            let name = entry.name().to_owned();
            match changes.get(&name) {
                None => written.raw_copy_file(entry)?,
                Some(None) => {}
                Some(Some(bytes)) => put(&mut written, &name, bytes)?,
            }
        }
        for (name, change) in changes {
            if let Some(bytes) = change
                && !self.has(name)
            {
                put(&mut written, name, bytes)?;
            }
        }
        written.finish()?.flush()?;
        Ok(())
    }
}

fn put(to: &mut ZipWriter<BufWriter<File>>, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
    to.start_file(name, SimpleFileOptions::default())?;
    to.write_all(bytes)?;
    Ok(())
}

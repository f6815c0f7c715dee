//! Archives: parts are read within bounds, and copied without being unpacked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::time::{Duration, Instant};

use memchr::memmem;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::PackageError;

/// As many as the engine's own check lets through.
const ENTRIES: usize = 65_535;

/// What is unpacked at a time, in bytes.
const PIECE: usize = 64 << 10;

/// What is inflated of an archive, by what comes out, in bytes: more than twice the XML that a document may
/// have.
const INFLATED: u64 = 768 << 20;

/// How long is worked on an archive.
const TIME: Duration = Duration::from_secs(15);

/// What is left of the work that an archive is worth.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    bytes: u64,
    until: Instant,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            bytes: INFLATED,
            until: Instant::now() + TIME,
        }
    }

    #[cfg(test)]
    pub(crate) fn of(bytes: u64, time: Duration) -> Self {
        Self {
            bytes,
            until: Instant::now() + time,
        }
    }

    /// Whether there is time left.
    pub(crate) fn time(&self) -> Result<(), PackageError> {
        if Instant::now() > self.until {
            return Err(PackageError::Spent);
        }
        Ok(())
    }

    fn spend(&mut self, bytes: usize) -> Result<(), PackageError> {
        self.time()?;
        let left = self.bytes.checked_sub(bytes as u64);
        self.bytes = left.ok_or(PackageError::Spent)?;
        Ok(())
    }
}

/// What becomes of a part when an archive is written anew.
pub(crate) enum Change {
    Same,
    Gone,
    To(Vec<u8>),
}

/// Makes parts while an archive is written, so that one is held at a time.
pub(crate) trait Edit {
    fn part(&mut self, archive: &mut Archive, name: &str) -> Result<Change, PackageError>;

    /// What is added at the end.
    fn rest(&mut self, archive: &mut Archive) -> Result<Changes, PackageError>;
}

/// Parts by name: what replaces them, or nothing if they are to go.
pub(crate) type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// An archive that is read.
pub(crate) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    pub(crate) budget: Budget,
}

impl Archive {
    pub(crate) fn open(file: File) -> Result<Self, PackageError> {
        Self::within(file, Budget::new())
    }

    pub(crate) fn within(file: File, budget: Budget) -> Result<Self, PackageError> {
        let zip = ZipArchive::new(BufReader::new(file))?;
        if zip.len() > ENTRIES {
            return Err(PackageError::TooLarge);
        }
        Ok(Self { zip, budget })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// A part of at most `most` bytes; nothing if there is none of this name.
    pub(crate) fn read(&mut self, name: &str, most: u64) -> Result<Option<Vec<u8>>, PackageError> {
        let Some(index) = self.zip.index_for_name(name) else {
            return Ok(None);
        };
        let bytes = self.inflated(index, most.saturating_add(1))?;
        if bytes.len() as u64 > most {
            return Err(PackageError::TooLarge);
        }
        Ok(Some(bytes))
    }

    /// The first bytes of a part, at most `most`.
    pub(crate) fn head(&mut self, name: &str, most: u64) -> Result<Vec<u8>, PackageError> {
        match self.zip.index_for_name(name) {
            Some(index) => self.inflated(index, most),
            None => Ok(Vec::new()),
        }
    }

    /// The size that an entry states may be a lie: what comes out counts.
    fn inflated(&mut self, index: usize, most: u64) -> Result<Vec<u8>, PackageError> {
        let mut entry = self.zip.by_index(index)?.take(most);
        let mut bytes = Vec::new();
        loop {
            let read = (&mut entry).take(PIECE as u64).read_to_end(&mut bytes)?;
            if read == 0 {
                return Ok(bytes);
            }
            self.budget.spend(read)?;
        }
    }

    /// Whether one of `signs` is in a part.
    pub(crate) fn holds(&mut self, name: &str, signs: &[&[u8]]) -> Result<bool, PackageError> {
        let Some(index) = self.zip.index_for_name(name) else {
            return Ok(false);
        };
        let longest = signs.iter().map(|sign| sign.len()).max().unwrap_or(0);
        let finders: Vec<_> = signs.iter().map(memmem::Finder::new).collect();
        let mut entry = self.zip.by_index(index)?;
        let mut buffer = vec![0; PIECE];
        let mut filled = 0;
        loop {
            let read = entry.read(&mut buffer[filled..])?;
            self.budget.spend(read)?;
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
    pub(crate) fn rewrite(&mut self, to: File, edit: &mut dyn Edit) -> Result<(), PackageError> {
        let mut written = ZipWriter::new(BufWriter::new(to));
        for index in 0..self.zip.len() {
            self.budget.time()?;
            let name = self.zip.by_index_raw(index)?.name().to_owned();
            match edit.part(self, &name)? {
                Change::Same => written.raw_copy_file(self.zip.by_index_raw(index)?)?,
                Change::Gone => {}
                Change::To(bytes) => put(&mut written, &name, &bytes)?,
            }
        }
        for (name, change) in edit.rest(self)? {
            if let Some(bytes) = change {
                put(&mut written, &name, &bytes)?;
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

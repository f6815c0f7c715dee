//! Archives: parts are read within bounds, and copied without being unpacked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
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
    length: u64,
    pub(crate) budget: Budget,
}

impl Archive {
    pub(crate) fn open(file: File) -> Result<Self, PackageError> {
        Self::within(file, Budget::new())
    }

    pub(crate) fn within(file: File, budget: Budget) -> Result<Self, PackageError> {
        let length = file.metadata()?.len();
        let mut zip = ZipArchive::new(BufReader::new(file))?;
        if zip.len() > ENTRIES {
            return Err(PackageError::TooLarge);
        }
        let mut places = Vec::with_capacity(zip.len());
        for index in 0..zip.len() {
            budget.time()?;
            let entry = zip.by_index_raw(index)?;
            let end = entry.data_start().checked_add(entry.compressed_size());
            places.push((entry.data_start(), end.ok_or(PackageError::Overlap)?));
        }
        places.sort_unstable();
        let over = places.windows(2).any(|two| two[0].1 > two[1].0);
        if over || places.last().is_some_and(|(_, end)| *end > length) {
            return Err(PackageError::Overlap);
        }
        Ok(Self {
            zip,
            length,
            budget,
        })
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.zip.file_names()
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
        let mut written = ZipWriter::new(Ceiling {
            to: BufWriter::new(to),
            left: self.length.saturating_add(INFLATED),
        });
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

/// A file that grows by so much and no further, whatever is written over.
struct Ceiling {
    to: BufWriter<File>,
    left: u64,
}

impl Write for Ceiling {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.left < bytes.len() as u64 {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        let written = self.to.write(bytes)?;
        self.left -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

impl Seek for Ceiling {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.to.seek(to)
    }
}

fn put(to: &mut ZipWriter<Ceiling>, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
    to.start_file(name, SimpleFileOptions::default())?;
    to.write_all(bytes)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c1_entries_that_lie_over_each_other_are_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        let mut made = ZipWriter::new(File::create(&path).unwrap());
        let stored =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for name in ["a", "b"] {
            made.start_file(name, stored).unwrap();
            made.write_all(&[b'.'; 1000]).unwrap();
        }
        made.finish().unwrap();
        assert!(Archive::open(File::open(&path).unwrap()).is_ok());
        let mut bytes = std::fs::read(&path).unwrap();
        // The second entry of the directory leads to the first one's place: the last field before its name.
        let entry = memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
        bytes[entry + 42..entry + 46].fill(0);
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(
            Archive::open(File::open(&path).unwrap()),
            Err(PackageError::Overlap)
        ));
    }

    #[test]
    fn c1_a_file_grows_to_its_ceiling() {
        let mut file = Ceiling {
            to: BufWriter::new(tempfile::tempfile().unwrap()),
            left: 10,
        };
        file.write_all(&[0; 6]).unwrap();
        file.rewind().unwrap();
        assert!(file.write_all(&[0; 5]).is_err());
        file.write_all(&[0; 4]).unwrap();
    }
}

//! Compound files of Office 97-2003: what their directory names, wherever it lies.

use std::io::{Read, Result, Seek, SeekFrom};

/// Entries of a directory that are looked at; documents have some dozens, each with 128 bytes.
const ENTRIES: usize = 4096;
const ENTRY: usize = 128;
/// Sector numbers from here on mean no sector.
const NO_SECTOR: u32 = 0xFFFF_FFFA;
/// Steps along a chain of sectors before it counts as endless.
const STEPS: usize = 4096;
/// Streams shorter than this lie elsewhere, in most files.
const SHORT: u64 = 4096;
/// How much of a stream's beginning is handed on.
const BEGINNING: usize = 512;

pub(super) const MAGIC: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// An open compound file.
pub(super) struct Ole<'f, F> {
    file: &'f mut F,
    /// Bytes of a sector.
    sector: u32,
    header: [u8; 512],
    /// Names of streams and storages, each with where it begins and its length in bytes.
    entries: Vec<(String, u32, u64)>,
}

impl<'f, F: Read + Seek> Ole<'f, F> {
    /// Reads the directory. What is not as it should be ends the reading, and what was found counts.
    pub fn open(file: &'f mut F) -> Result<Self> {
        let mut header = [0; 512];
        file.seek(SeekFrom::Start(0))?;
        file.read_exact(&mut header)?;
        // Sectors have 512 bytes, or 4096 in newer files.
        let sector = if u16_at(&header, 30) == 12 { 4096 } else { 512 };
        let mut ole = Self {
            file,
            sector,
            header,
            entries: Vec::new(),
        };
        let mut next = u32_at(&header, 48);
        let mut bytes = vec![0; sector as usize];
        for _ in 0..ENTRIES * ENTRY / sector as usize {
            if next >= NO_SECTOR || ole.read(next, &mut bytes).is_err() {
                break;
            }
            ole.entries
                .extend(bytes.chunks_exact(ENTRY).filter_map(entry));
            let Some(following) = ole.following(next) else {
                break;
            };
            next = following;
        }
        Ok(ole)
    }

    /// Whether there is a stream or storage of this name.
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(known, ..)| known == name)
    }

    /// The first bytes of a stream.
    pub fn beginning(&mut self, name: &str) -> Option<Vec<u8>> {
        let (_, start, length) = *self.entries.iter().find(|(known, ..)| known == name)?;
        if length < SHORT {
            return self.of_short_one(start);
        }
        let mut bytes = vec![0; BEGINNING];
        self.read(start, &mut bytes).ok()?;
        Some(bytes)
    }

    /// Short streams share one, which is that of the first entry.
    fn of_short_one(&mut self, start: u32) -> Option<Vec<u8>> {
        const IN_EACH: u32 = 64;
        let (_, mut sector, _) = *self.entries.first()?;
        let at = u64::from(start) * u64::from(IN_EACH);
        let before = at / u64::from(self.sector);
        if before > STEPS as u64 {
            return None;
        }
        for _ in 0..before {
            sector = self.following(sector).filter(|next| *next < NO_SECTOR)?;
        }
        let mut bytes = vec![0; self.sector as usize];
        self.read(sector, &mut bytes).ok()?;
        let within = usize::try_from(at % u64::from(self.sector)).ok()?;
        Some(bytes[within..within + IN_EACH as usize].to_vec())
    }

    fn read(&mut self, sector: u32, to: &mut [u8]) -> Result<()> {
        let at = (u64::from(sector) + 1) * u64::from(self.sector);
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(to)
    }

    /// The sector after this one in its chain.
    fn following(&mut self, sector: u32) -> Option<u32> {
        let in_each = self.sector / 4;
        let table = self.table(sector / in_each)?;
        let mut bytes = vec![0; self.sector as usize];
        self.read(table, &mut bytes).ok()?;
        Some(u32_at(&bytes, (sector % in_each) as usize * 4))
    }

    /// Where the part of the table of chains with this number lies: the header lists the first 109, and
    /// a chain of lists the others.
    fn table(&mut self, number: u32) -> Option<u32> {
        const IN_HEADER: u32 = 109;
        let known = |sector: u32| (sector < NO_SECTOR).then_some(sector);
        if number < IN_HEADER {
            return known(u32_at(&self.header, 76 + number as usize * 4));
        }
        let in_each = self.sector / 4 - 1;
        let (list, at) = (
            (number - IN_HEADER) / in_each,
            (number - IN_HEADER) % in_each,
        );
        let mut next = u32_at(&self.header, 68);
        let mut bytes = vec![0; self.sector as usize];
        if list as usize >= STEPS {
            return None;
        }
        for _ in 0..=list {
            self.read(known(next)?, &mut bytes).ok()?;
            next = u32_at(&bytes, in_each as usize * 4);
        }
        known(u32_at(&bytes, at as usize * 4))
    }
}

fn entry(bytes: &[u8]) -> Option<(String, u32, u64)> {
    // With the 0 at its end, in bytes.
    let length = usize::from(u16_at(bytes, 64));
    let name = bytes.get(..length.checked_sub(2)?.min(64))?;
    let units: Vec<_> = name
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
        .collect();
    let used = matches!(bytes[66], 1 | 2 | 5);
    used.then(|| {
        let (start, length) = (u32_at(bytes, 116), u64::from(u32_at(bytes, 120)));
        (String::from_utf16_lossy(&units), start, length)
    })
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

//! A package: a zip whose entries are parts, and the relationships between them.

use std::cell::Cell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::io::{Read, Seek, SeekFrom};
use std::time::Instant;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::compound;
use crate::report::Place;
use crate::scan::{Limits, ScanError};
use crate::xml::{Event, Scanner, Source};

/// First bytes of a compound file: an encrypted document, or one of Office 97.
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Relationships, and their bytes, that are kept in memory.
const RELATIONS: usize = 1 << 18;
const RELATION_BYTES: usize = 8 << 20;
/// Bytes of one relationship.
const RELATION: usize = 2048;
/// The end record of a zip and the longest comment after it.
const END: u64 = 22 + 65_535;

/// A relationship from one part to another, or to something outside.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) id: String,
    /// The last word of its type, such as `worksheet`.
    pub(crate) kind: String,
    /// The name of the part in lower case, or the address outside.
    pub(crate) target: String,
    pub(crate) outside: bool,
}

/// What is left of a scan's limits.
#[derive(Debug)]
struct Budget {
    bytes: Cell<u64>,
    until: Instant,
    spent: Cell<bool>,
}

/// The content of one part. It ends early when the limits are used up.
pub(crate) struct Part<'a, R: Read> {
    entry: zip::read::ZipFile<'a, R>,
    budget: &'a Budget,
}

impl<R: Read> Read for Part<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.budget.bytes.get();
        if left == 0 || Instant::now() > self.budget.until {
            self.budget.spent.set(true);
            return Ok(0);
        }
        let most = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.entry.read(&mut buffer[..most]).inspect_err(|_| {
            // A damaged part: what follows is not seen.
            self.budget.spent.set(true);
        })?;
        self.budget.bytes.set(left - read as u64);
        Ok(read)
    }
}

impl<R: Read> Source for Part<'_, R> {
    fn is_cut(&self) {
        self.budget.spent.set(true);
    }
}

/// An open package.
pub(crate) struct Package<R> {
    archive: ZipArchive<R>,
    /// The index of each part by its name in lower case.
    parts: HashMap<String, usize>,
    relations: HashMap<String, Vec<Relation>>,
    budget: Budget,
}

impl<R: Read + Seek> Package<R> {
    pub(crate) fn open(mut file: R, limits: &Limits) -> Result<Self, ScanError> {
        if head(&mut file)? == OLE {
            return Err(if compound::is_document(&mut file)? {
                ScanError::Damaged
            } else {
                ScanError::Encrypted
            });
        }
        let beyond = entries(&mut file)? > limits.entries as u64;
        if beyond {
            return Err(ScanError::TooManyParts);
        }
        file.rewind()?;
        let archive = ZipArchive::new(file).map_err(|error| match error {
            ZipError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                ScanError::Read(error)
            }
            _ => ScanError::Damaged,
        })?;
        let parts = archive
            .file_names()
            .take(limits.entries)
            .enumerate()
            .map(|(index, name)| (tidy(name), index))
            .collect();
        let mut package = Self {
            archive,
            parts,
            relations: HashMap::new(),
            budget: Budget {
                bytes: Cell::new(limits.unpacked_bytes),
                until: Instant::now() + limits.time,
                spent: Cell::new(false),
            },
        };
        package.read_relations();
        Ok(package)
    }

    /// Whether everything could be read that was asked for.
    pub(crate) fn is_complete(&self) -> bool {
        !self.budget.spent.get()
    }

    /// The names of the parts, in lower case.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(name)
    }

    /// A scanner of a part.
    pub(crate) fn part(&mut self, name: &str) -> Option<Scanner<Part<'_, R>>> {
        let index = *self.parts.get(name)?;
        let Ok(entry) = self.archive.by_index(index) else {
            self.budget.spent.set(true);
            return None;
        };
        let budget = &self.budget;
        let mut scanner = Scanner::new(Part { entry, budget });
        if scanner.is_utf16() {
            budget.spent.set(true);
            return None;
        }
        Some(scanner)
    }

    fn read_relations(&mut self) {
        let mut names: Vec<String> = self
            .names()
            .filter(|name| name.contains("_rels/") && !name.ends_with('/'))
            .map(str::to_owned)
            .collect();
        // Those of the package and of its main part come first: nothing is found without them.
        names.sort_by_cached_key(|name| (name.matches('/').count(), name.clone()));
        let mut all = HashMap::new();
        let (mut count, mut bytes) = (0, 0);
        let mut cut = false;
        for name in names {
            let Some((folder, base)) = name.rsplit_once("_rels/") else {
                continue;
            };
            let Some(base) = base.strip_suffix(".rels") else {
                continue;
            };
            let owner = format!("{folder}{base}");
            let mut list = Vec::new();
            if let Some(mut scanner) = self.part(&name) {
                while let Some(event) = scanner.next() {
                    let Event::Open(tag) = event else {
                        continue;
                    };
                    if !tag.is(b"Relationship") {
                        continue;
                    }
                    let length = [&b"Id"[..], b"Type", b"Target"]
                        .iter()
                        .filter_map(|name| tag.raw(name))
                        .map(<[u8]>::len)
                        .sum::<usize>();
                    count += 1;
                    bytes += length;
                    if length > RELATION || count > RELATIONS || bytes > RELATION_BYTES {
                        cut = true;
                        continue;
                    }
                    let target = tag.text(b"Target").unwrap_or_default();
                    let outside = tag.raw(b"TargetMode") == Some(b"External");
                    let kind = tag.text(b"Type").unwrap_or_default();
                    list.push(Relation {
                        id: tag.text(b"Id").unwrap_or_default(),
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target: if outside {
                            target
                        } else {
                            resolve(folder, &target)
                        },
                        outside,
                    });
                }
            }
            all.insert(owner, list);
        }
        if cut {
            self.budget.spent.set(true);
        }
        self.relations = all;
    }

    /// The relationships of a part; of the package itself if the name is empty.
    pub(crate) fn relations(&self, owner: &str) -> &[Relation] {
        self.relations.get(owner).map_or(&[], Vec::as_slice)
    }

    /// The parts that a part leads to by relationships of one kind.
    pub(crate) fn targets(&self, owner: &str, kind: &str) -> Vec<String> {
        self.relations(owner)
            .iter()
            .filter(|relation| relation.kind == kind && !relation.outside)
            .map(|relation| relation.target.clone())
            .collect()
    }

    /// The main part of the document.
    pub(crate) fn main(&self) -> Option<String> {
        self.targets("", "officeDocument").into_iter().next()
    }

    /// The parts that can be reached from each of these and from no earlier one: the kind of the
    /// relationship that leads to a part, its name, and the place where it begins.
    pub(crate) fn reached(&self, roots: &[(String, Place)]) -> Vec<(String, String, Place)> {
        /// Ways that lead from a slide or sheet to others.
        const ACROSS: [&str; 6] = [
            "slide",
            "slideLayout",
            "slideMaster",
            "notesMaster",
            "pivotCacheDefinition",
            "theme",
        ];
        let mut reached = Vec::new();
        let mut seen: HashSet<&str> = roots.iter().map(|(root, _)| root.as_str()).collect();
        let mut begun: HashSet<&str> = HashSet::new();
        for (root, place) in roots {
            if !begun.insert(root) {
                continue;
            }
            let mut queue = VecDeque::from([root.as_str()]);
            while let Some(part) = queue.pop_front() {
                if Instant::now() > self.budget.until {
                    self.budget.spent.set(true);
                    return reached;
                }
                for relation in self.relations(part) {
                    if relation.outside
                        || ACROSS.contains(&&*relation.kind)
                        || !self.has(&relation.target)
                        || !seen.insert(&relation.target)
                    {
                        continue;
                    }
                    reached.push((
                        relation.kind.clone(),
                        relation.target.clone(),
                        place.clone(),
                    ));
                    queue.push_back(&relation.target);
                }
            }
        }
        reached
    }
}

/// Whether a file begins as a zip.
pub(crate) fn is_package<R: Read + Seek>(file: &mut R) -> std::io::Result<bool> {
    Ok(head(file)?.starts_with(b"PK"))
}

fn head<R: Read + Seek>(file: &mut R) -> std::io::Result<[u8; 8]> {
    let mut head = [0; 8];
    file.rewind()?;
    let mut read = 0;
    while read < head.len() {
        match file.read(&mut head[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(head)
}

/// The most entries that the end of a zip speaks of, before its list of them is read into memory.
fn entries<R: Read + Seek>(file: &mut R) -> std::io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let from = length.saturating_sub(END + 76);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.take(END + 76).read_to_end(&mut tail)?;
    let number = |at: usize, bytes: usize| {
        tail.get(at..at + bytes).map_or(0, |raw| {
            raw.iter()
                .rev()
                .fold(0, |all, byte| all << 8 | u64::from(*byte))
        })
    };
    let mut most = 0;
    for at in memchr::memmem::find_iter(&tail, b"PK\x05\x06") {
        most = most.max(match number(at + 10, 2) {
            // The number stands in the record of the larger format, to which a locator leads.
            0xFFFF => match at.checked_sub(20) {
                Some(locator) if tail[locator..].starts_with(b"PK\x06\x07") => {
                    large_entries(file, number(locator + 8, 8))?
                }
                _ => 0xFFFF,
            },
            count => count,
        });
    }
    Ok(most)
}

/// The number of entries in the end record of the larger format; a great one if it isn't there.
fn large_entries<R: Read + Seek>(file: &mut R, at: u64) -> std::io::Result<u64> {
    file.seek(SeekFrom::Start(at))?;
    let mut record = Vec::new();
    file.take(56).read_to_end(&mut record)?;
    if record.len() < 56 || !record.starts_with(b"PK\x06\x06") {
        return Ok(u64::MAX);
    }
    Ok(record[32..40]
        .iter()
        .rev()
        .fold(0, |all, byte| (all << 8) | u64::from(*byte)))
}

/// A name as it is compared: in lower case, with slashes, and without one before it.
fn tidy(name: &str) -> String {
    name.replace('\\', "/")
        .trim_start_matches('/')
        .to_ascii_lowercase()
}

/// The part that a target names, seen from a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = tidy_target(target);
    let mut path: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|step| !step.is_empty()).collect()
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/").to_ascii_lowercase()
}

fn tidy_target(target: &str) -> String {
    let target = target.replace('\\', "/");
    match target.split_once('#') {
        Some((target, _)) => target.to_owned(),
        None => target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        assert_eq!(
            resolve("xl/worksheets/", "../Tables/T.xml"),
            "xl/tables/t.xml"
        );
        assert_eq!(resolve("xl/", "/xl/a.xml"), "xl/a.xml");
        assert_eq!(resolve("", "word/document.xml#a"), "word/document.xml");
        assert_eq!(resolve("a/", "../../../b"), "b");
    }
}

//! Into the engine, and out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use crate::PackageError;
use crate::archive::{Archive, Change, Changes, Edit};
use crate::codes;
use crate::dates::{self, Dates, Own};
use crate::formula;
use crate::kind::{Family, related, relationships};
use crate::marks::Marks;
use crate::types::{self, Macros};

/// The longest sheet that is changed, in bytes.
const SHEET: u64 = 64 << 20;
/// The longest list of sheets and names that is changed for the dates of groups, in bytes.
const WORKBOOK: u64 = 16 << 20;

/// What is remembered of a file while the engine has its copy.
#[derive(Debug, Default)]
pub struct Kept {
    marks: Option<(Family, Marks)>,
    dates: Dates,
    macros: Option<Macros>,
    /// It has macros that could not be kept.
    lacks_macros: bool,
    /// What macros call the sheets.
    codes: BTreeMap<String, String>,
}

/// Whether files of this type are packages to which something may be put back.
pub fn is_package(extension: &str) -> bool {
    Family::of(extension).is_some()
}

/// Puts the copy of `from` that the engine gets at `to`. `extension` is the file's type, without a dot.
///
/// What is no archive is copied as it is: what it is, the engine says.
pub fn bring(from: &Path, to: &Path, extension: &str) -> Result<Kept, PackageError> {
    let archive = match Family::of(extension) {
        Some(family) => match Archive::open(File::open(from)?) {
            Ok(archive) => Some((archive, family)),
            Err(PackageError::Archive(_)) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    if let Some((archive, family)) = archive {
        return package(archive, family, from, to);
    }
    std::fs::copy(from, to)?;
    // One of a kind that has marks may have some that are not known.
    let marks = Family::of(extension).map(|family| (family, Marks::default()));
    Ok(Kept {
        marks,
        ..Kept::default()
    })
}

fn package(
    mut archive: Archive,
    family: Family,
    from: &Path,
    to: &Path,
) -> Result<Kept, PackageError> {
    let mut dates = Dates::default();
    let is_guarded = family == Family::Cell && guard(&mut archive, to, &mut dates)?;
    if !is_guarded {
        std::fs::copy(from, to)?;
    }
    // None of these is worth the guard.
    let marks = Marks::of(&mut archive, family).unwrap_or_default();
    let (macros, lacks_macros) = match Macros::of(&mut archive) {
        Ok(macros) => (macros, false),
        Err(_) => (None, true),
    };
    let codes = match &macros {
        Some(_) if family == Family::Cell => codes::of(&mut archive).unwrap_or_default(),
        _ => BTreeMap::new(),
    };
    Ok(Kept {
        marks: Some((family, marks)),
        dates,
        macros,
        lacks_macros,
        codes,
    })
}

/// Whether the macros of a file of this type, if it has any, are kept: they can be read in full, and the
/// type is one with macros.
pub fn keeps_macros(path: &Path, extension: &str) -> bool {
    let read = || {
        let mut archive = Archive::open(File::open(path)?)?;
        Macros::of(&mut archive)
    };
    Family::of(extension).is_some() && types::has_macros(extension) && read().is_ok()
}

/// Leaves out what would end the engine, if there is any. Whether the copy was written.
fn guard(archive: &mut Archive, to: &Path, dates: &mut Dates) -> Result<bool, PackageError> {
    let mut guarded = BTreeSet::new();
    for name in sheets(archive)? {
        // No text in UTF-8 has a zero; in others the sign is written in another way.
        if archive.holds(&name, &[dates::SIGN, b"\0"])? {
            guarded.insert(name);
        }
    }
    if guarded.is_empty() {
        return Ok(false);
    }
    let workbook = related(archive, "", "officeDocument")?.unwrap_or_default();
    let mut guard = Guard {
        sheets: guarded,
        workbook,
        dates,
    };
    archive.rewrite(File::create(to)?, &mut guard)?;
    Ok(!dates.is_empty())
}

/// Takes the dates out while the copy is written, and names their cells at its end.
struct Guard<'a> {
    sheets: BTreeSet<String>,
    workbook: String,
    dates: &'a mut Dates,
}

impl Edit for Guard<'_> {
    fn part(&mut self, archive: &mut Archive, name: &str) -> Result<Change, PackageError> {
        if name == self.workbook {
            return Ok(Change::Gone);
        }
        if !self.sheets.contains(name) {
            return Ok(Change::Same);
        }
        let sheet = match archive.read(name, SHEET) {
            Err(PackageError::TooLarge) => {
                return if archive.holds(name, &[dates::AXIS, b"\0"])? {
                    Err(PackageError::Unguarded)
                } else {
                    Ok(Change::Same)
                };
            }
            read => read?.unwrap_or_default(),
        };
        let sheet = String::from_utf8(sheet).map_err(|_| PackageError::Unguarded)?;
        if sheet.contains('\0') {
            return Err(PackageError::Unguarded);
        }
        Ok(match self.dates.take_out(&sheet, &archive.budget)? {
            Some(without) => Change::To(without.into_bytes()),
            None => Change::Same,
        })
    }

    fn rest(&mut self, archive: &mut Archive) -> Result<Changes, PackageError> {
        let mut changes = Changes::new();
        if !self.dates.is_empty() {
            let workbook = archive.read(&self.workbook, WORKBOOK)?.unwrap_or_default();
            let named = self.dates.name(&workbook).ok_or(PackageError::Unguarded)?;
            changes.insert(self.workbook.clone(), Some(named.into_bytes()));
        }
        Ok(changes)
    }
}

/// The sheets of a workbook, each once, however often it is named.
fn sheets(archive: &mut Archive) -> Result<BTreeSet<String>, PackageError> {
    let Some(workbook) = related(archive, "", "officeDocument")? else {
        return Ok(BTreeSet::new());
    };
    let all = relationships(archive, &workbook)?;
    let sheets = all.into_iter().filter(|it| it.kind == "worksheet");
    Ok(sheets.map(|it| it.part).collect())
}

/// A part as text; nothing if it is too long or no UTF-8.
fn text(archive: &mut Archive, name: &str, most: u64) -> Result<Option<String>, PackageError> {
    match archive.read(name, most) {
        Ok(bytes) => Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok())),
        Err(PackageError::TooLarge) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Kept {
    /// Whether a save as this type is worth nothing unless macros are put back.
    pub fn holds_macros(&self, extension: &str) -> bool {
        let same = self.marks.as_ref().map(|(family, _)| *family) == Family::of(extension);
        self.macros.is_some() && same && types::has_macros(extension)
    }

    /// Whether macros that the file has are not kept, though its type and this one may have some.
    pub fn lacks_macros(&self, extension: &str) -> bool {
        self.lacks_macros && types::has_macros(extension)
    }

    /// Writes what the engine `saved`, a file of the type `extension`, to `to`, with what is the file's
    /// own. Whether there was anything to do: if not, `saved` is to be taken as it is, and if it
    /// fails, too, unless it was to hold macros.
    pub fn put_back(&self, saved: File, extension: &str, to: &Path) -> Result<bool, PackageError> {
        let Some(family) = Family::of(extension) else {
            return Ok(false);
        };
        let mut archive = Archive::open(saved)?;
        let mut changes = Changes::new();
        let marks = self.marks.as_ref().filter(|(of, _)| *of == family);
        let marks = marks.map(|(_, marks)| marks);
        Marks::put_back(marks, &mut archive, family, &mut changes)?;
        let repairs = if family == Family::Cell {
            let has_macros = types::has_macros(extension);
            self.repairs(&mut archive, has_macros, &mut changes)?
        } else {
            Repairs::default()
        };
        let macros = self
            .macros
            .as_ref()
            .filter(|_| self.holds_macros(extension));
        if let Some(main) = related(&mut archive, "", "officeDocument")? {
            types::put_back(macros, &mut archive, &main, extension, &mut changes)?;
        }
        let project = macros.and_then(Macros::project);
        if project.is_some_and(|name| !changes.contains_key(name)) {
            return Err(PackageError::Macros);
        }
        if changes.is_empty() && repairs.sheets.is_empty() {
            return Ok(false);
        }
        let mut back = Back { changes, repairs };
        archive.rewrite(File::create(to)?, &mut back)?;
        Ok(true)
    }

    /// Repairs the names of a workbook, and gives what is to be done to its sheets.
    fn repairs(
        &self,
        archive: &mut Archive,
        has_macros: bool,
        changes: &mut Changes,
    ) -> Result<Repairs, PackageError> {
        let mut repairs = Repairs {
            has_dates: !self.dates.is_empty(),
            groups: self.dates.groups().to_vec(),
            ..Repairs::default()
        };
        if let Some(name) = related(archive, "", "officeDocument")? {
            let merged = changes.get(&name).cloned().flatten();
            let workbook = match merged.and_then(|bytes| String::from_utf8(bytes).ok()) {
                Some(text) => Some(text),
                None => text(archive, &name, WORKBOOK)?,
            };
            if let Some(mut workbook) = workbook {
                let before = workbook.len();
                if repairs.has_dates
                    && let Some((without, found)) = dates::unname(&workbook)
                {
                    (workbook, repairs.cells) = (without, found);
                }
                let fixed = formula::with_commas(&workbook);
                if fixed.is_some() || workbook.len() != before {
                    let workbook = fixed.unwrap_or(workbook);
                    changes.insert(name, Some(workbook.into_bytes()));
                }
            }
        }
        if has_macros {
            repairs.codes = codes::wanted(archive, &self.codes)?;
        }
        let signs: &[&[u8]] = &[b"~", dates::MARK.as_bytes()];
        for name in sheets(archive)? {
            if repairs.codes.contains_key(&name) || archive.holds(&name, signs)? {
                repairs.sheets.insert(name);
            }
        }
        Ok(repairs)
    }
}

/// What is to be done to the sheets that were saved.
#[derive(Default)]
struct Repairs {
    sheets: BTreeSet<String>,
    has_dates: bool,
    cells: BTreeMap<usize, String>,
    groups: Vec<Own>,
    codes: BTreeMap<String, String>,
}

impl Repairs {
    /// A sheet as it is to be; nothing if it stays as it is.
    fn sheet(&self, archive: &mut Archive, name: &str) -> Result<Option<String>, PackageError> {
        let Some(sheet) = text(archive, name, SHEET)? else {
            return Ok(None);
        };
        let dated = if self.has_dates {
            dates::put_back(&sheet, &self.cells, &self.groups, &archive.budget)?
        } else {
            None
        };
        let code = self.codes.get(name);
        let named = code.and_then(|code| codes::named(dated.as_ref().unwrap_or(&sheet), code));
        let changed = named.or(dated);
        Ok(formula::with_commas(changed.as_ref().unwrap_or(&sheet)).or(changed))
    }
}

/// Puts back while what was saved is written anew.
struct Back {
    changes: Changes,
    repairs: Repairs,
}

impl Edit for Back {
    fn part(&mut self, archive: &mut Archive, name: &str) -> Result<Change, PackageError> {
        if let Some(change) = self.changes.remove(name) {
            return Ok(change.map_or(Change::Gone, Change::To));
        }
        if !self.repairs.sheets.contains(name) {
            return Ok(Change::Same);
        }
        let repaired = self.repairs.sheet(archive, name)?;
        Ok(repaired.map_or(Change::Same, |it| Change::To(it.into_bytes())))
    }

    fn rest(&mut self, _archive: &mut Archive) -> Result<Changes, PackageError> {
        Ok(std::mem::take(&mut self.changes))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::archive::Budget;

    const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const LONG: usize = 1 << 20;

    /// A workbook with `count` sheets of a megabyte, each with dates below sparklines.
    fn bomb(path: &Path, count: usize) {
        let mut archive = zip::ZipWriter::new(File::create(path).unwrap());
        let mut put = |name: &str, text: &str| {
            archive
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        };
        let lead = |kind: &str, part: &str| {
            format!(r#"<Relationship Id="r" Type="x/{kind}" Target="/{part}"/>"#)
        };
        let all = |leads: String| {
            format!(r#"<Relationships xmlns="{RELATIONSHIPS}">{leads}</Relationships>"#)
        };
        put("_rels/.rels", &all(lead("officeDocument", "book")));
        let sheets = (0..count).map(|it| lead("worksheet", &format!("s{it}.x")));
        put("_rels/book.rels", &all(sheets.collect()));
        put(
            "book",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>"#,
        );
        let group = r#"<g:sparklineGroup xmlns:g="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" dateAxis="1"><f xmlns="http://schemas.microsoft.com/office/excel/2006/main">D!A1</f></g:sparklineGroup>"#;
        let sheet = format!("<s>{}{group}</s>", " ".repeat(LONG));
        for number in 0..count {
            put(&format!("s{number}.x"), &sheet);
        }
        archive.finish().unwrap();
    }

    #[test]
    fn c1_sheets_together_cost_what_one_package_may() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        bomb(&from, 4);
        let bring = |bytes: usize, time| {
            let budget = Budget::of(bytes as u64, time);
            let archive = Archive::within(File::open(&from).unwrap(), budget);
            archive.and_then(|archive| package(archive, Family::Cell, &from, &to))
        };
        let enough = Duration::from_secs(600);
        assert!(!bring(9 * LONG, enough).unwrap().dates.is_empty());
        for refused in [bring(7 * LONG, enough), bring(9 * LONG, Duration::ZERO)] {
            assert!(matches!(refused, Err(PackageError::Spent)));
        }
    }
}

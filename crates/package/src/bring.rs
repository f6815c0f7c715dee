//! Into the engine, and out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use crate::PackageError;
use crate::archive::{Archive, Changes};
use crate::codes;
use crate::dates::{self, Dates};
use crate::formula;
use crate::kind::{Family, LONGEST, related, relationships};
use crate::marks::Marks;
use crate::types::{self, Macros};

/// The longest sheet that is changed, in bytes.
const SHEET: u64 = 64 << 20;

/// What is remembered of a file while the engine has its copy.
#[derive(Debug, Default)]
pub struct Kept {
    marks: Option<(Family, Marks)>,
    dates: Dates,
    macros: Option<Macros>,
    /// What macros call the sheets.
    codes: BTreeMap<String, String>,
}

/// Whether files of this type are packages to which something may be put back.
pub fn is_package(extension: &str) -> bool {
    Family::of(extension).is_some()
}

/// Puts the copy of `from` that the engine gets at `to`. `extension` is the file's type, without a dot.
///
/// What can't be read as a package is copied as it is: what it is, the engine says.
pub fn bring(from: &Path, to: &Path, extension: &str) -> std::io::Result<Kept> {
    if let Ok(kept) = package(from, to, extension) {
        return Ok(kept);
    }
    std::fs::copy(from, to)?;
    Ok(Kept::default())
}

fn package(from: &Path, to: &Path, extension: &str) -> Result<Kept, PackageError> {
    let Some(family) = Family::of(extension) else {
        std::fs::copy(from, to)?;
        return Ok(Kept::default());
    };
    let mut archive = Archive::open(File::open(from)?)?;
    let mut changes = Changes::new();
    let mut dates = Dates::default();
    if family == Family::Cell {
        guard(&mut archive, &mut dates, &mut changes)?;
    }
    let marks = Marks::of(&mut archive, family)?;
    let macros = match related(&mut archive, "", "officeDocument")? {
        Some(main) => Macros::of(&mut archive, &main)?,
        None => None,
    };
    let codes = match &macros {
        Some(_) if family == Family::Cell => codes::of(&mut archive)?,
        _ => BTreeMap::new(),
    };
    if changes.is_empty() {
        std::fs::copy(from, to)?;
    } else {
        archive.rewrite(File::create(to)?, &changes)?;
    }
    Ok(Kept {
        marks: Some((family, marks)),
        dates,
        macros,
        codes,
    })
}

/// Leaves out what would kill the engine.
fn guard(
    archive: &mut Archive,
    dates: &mut Dates,
    changes: &mut Changes,
) -> Result<(), PackageError> {
    for name in sheets(archive)? {
        if !archive.holds(&name, &[dates::SIGN], SHEET)? {
            continue;
        }
        let Some(sheet) = text(archive, &name, SHEET)? else {
            continue;
        };
        if let Some(without) = dates.take_out(&sheet) {
            changes.insert(name, Some(without.into_bytes()));
        }
    }
    if dates.is_empty() {
        return Ok(());
    }
    if let Some(name) = related(archive, "", "officeDocument")?
        && let Some(workbook) = text(archive, &name, LONGEST)?
        && let Some(named) = dates.name(workbook.as_bytes())
    {
        changes.insert(name, Some(named.into_bytes()));
    }
    Ok(())
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
    /// Writes what the engine `saved`, a file of the type `extension`, to `to`, with what is the file's
    /// own. Whether there was anything to do: if not, or if it fails, `saved` is to be taken as it is.
    pub fn put_back(&self, saved: File, extension: &str, to: &Path) -> Result<bool, PackageError> {
        let Some(family) = Family::of(extension) else {
            return Ok(false);
        };
        let mut archive = Archive::open(saved)?;
        let mut changes = Changes::new();
        let marks = self.marks.as_ref().filter(|(of, _)| *of == family);
        let marks = marks.map(|(_, marks)| marks);
        Marks::put_back(marks, &mut archive, family, &mut changes)?;
        if family == Family::Cell {
            let has_macros = types::has_macros(extension);
            self.sheets(&mut archive, has_macros, &mut changes)?;
        }
        if let Some(main) = related(&mut archive, "", "officeDocument")? {
            let macros = self.macros.as_ref().filter(|_| marks.is_some());
            types::put_back(macros, &mut archive, &main, extension, &mut changes)?;
        }
        if changes.is_empty() {
            return Ok(false);
        }
        archive.rewrite(File::create(to)?, &changes)?;
        Ok(true)
    }

    /// Repairs the formulas and puts back the dates of a workbook.
    fn sheets(
        &self,
        archive: &mut Archive,
        has_macros: bool,
        changes: &mut Changes,
    ) -> Result<(), PackageError> {
        let mut cells = BTreeMap::new();
        if let Some(name) = related(archive, "", "officeDocument")? {
            let merged = changes.get(&name).cloned().flatten();
            let workbook = match merged.and_then(|bytes| String::from_utf8(bytes).ok()) {
                Some(text) => Some(text),
                None => text(archive, &name, LONGEST)?,
            };
            if let Some(mut workbook) = workbook {
                let before = workbook.len();
                if !self.dates.is_empty()
                    && let Some((without, found)) = dates::unname(&workbook)
                {
                    (workbook, cells) = (without, found);
                }
                let fixed = formula::with_commas(&workbook);
                if fixed.is_some() || workbook.len() != before {
                    let workbook = fixed.unwrap_or(workbook);
                    changes.insert(name, Some(workbook.into_bytes()));
                }
            }
        }
        let codes = if has_macros {
            codes::wanted(archive, &self.codes)?
        } else {
            BTreeMap::new()
        };
        for name in sheets(archive)? {
            let code = codes.get(&name);
            if code.is_none() && !archive.holds(&name, &[b"~", dates::MARK.as_bytes()], SHEET)? {
                continue;
            }
            let Some(mut sheet) = text(archive, &name, SHEET)? else {
                continue;
            };
            let back = (!self.dates.is_empty())
                .then(|| dates::put_back(&sheet, &cells))
                .flatten();
            let is_dated = back.is_some();
            sheet = back.unwrap_or(sheet);
            let with_code = code.and_then(|code| codes::named(&sheet, code));
            let is_coded = with_code.is_some();
            sheet = with_code.unwrap_or(sheet);
            let fixed = formula::with_commas(&sheet);
            if is_dated || is_coded || fixed.is_some() {
                changes.insert(name, Some(fixed.unwrap_or(sheet).into_bytes()));
            }
        }
        Ok(())
    }
}

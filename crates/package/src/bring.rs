//! Into the engine, and out of it.

use std::fs::File;
use std::path::Path;

use crate::PackageError;
use crate::archive::{Archive, Changes};
use crate::kind::Family;
use crate::marks::Marks;

/// What is remembered of a file while the engine has its copy.
#[derive(Debug, Default)]
pub struct Kept {
    marks: Option<(Family, Marks)>,
}

/// Puts the copy of `from` that the engine gets at `to`. `extension` is the file's type, without a dot.
///
/// What can't be read as a package is copied as it is: what it is, the engine says.
pub fn bring(from: &Path, to: &Path, extension: &str) -> std::io::Result<Kept> {
    let kept = read(from, extension);
    std::fs::copy(from, to)?;
    Ok(kept.unwrap_or_default())
}

fn read(from: &Path, extension: &str) -> Result<Kept, PackageError> {
    let Some(family) = Family::of(extension) else {
        return Ok(Kept::default());
    };
    let mut archive = Archive::open(File::open(from)?)?;
    let marks = Marks::of(&mut archive, family)?;
    Ok(Kept {
        marks: Some((family, marks)),
    })
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
        if changes.is_empty() {
            return Ok(false);
        }
        archive.rewrite(File::create(to)?, &changes)?;
        Ok(true)
    }
}

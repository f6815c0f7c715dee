//! Which part is which: found by the relationships between parts, as applications find them.

use crate::PackageError;
use crate::archive::Archive;
use crate::xml::{Part, Space};

/// The longest part that is read for its marks, in bytes.
pub(crate) const LONGEST: u64 = 1 << 20;

/// What a package of Office Open XML holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// A text.
    Word,
    /// A workbook.
    Cell,
    /// A presentation.
    Slide,
}

impl Family {
    /// By a file's extension.
    pub(crate) fn of(extension: &str) -> Option<Self> {
        Some(match extension {
            "docx" | "docm" | "dotx" | "dotm" => Self::Word,
            "xlsx" | "xlsm" | "xltx" | "xltm" => Self::Cell,
            "pptx" | "pptm" | "potx" | "potm" | "ppsx" | "ppsm" => Self::Slide,
            _ => return None,
        })
    }
}

/// Where a part leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relationship {
    /// What the part calls it.
    pub id: String,
    /// The last word of its type: both spellings of the standard have the same.
    pub kind: String,
    /// The name of the part that is meant.
    pub part: String,
}

/// The relationships of a part; of the package, if it is "".
pub(crate) fn relationships(
    archive: &mut Archive,
    part: &str,
) -> Result<Vec<Relationship>, PackageError> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    let name = format!("{folder}{slash}_rels/{file}.rels");
    let bytes = archive.read(&name, LONGEST)?;
    Ok(bytes.map_or_else(Vec::new, |bytes| read(folder, &bytes)))
}

fn read(folder: &str, bytes: &[u8]) -> Vec<Relationship> {
    let Some(part) = Part::read(bytes) else {
        return Vec::new();
    };
    let internal = |tag: &crate::xml::Tag| tag.get("TargetMode") != Some("External");
    part.children
        .iter()
        .filter(|it| it.space == Space::Main && it.name == "Relationship" && internal(&it.tag))
        .filter_map(|it| {
            let kind = it.tag.get("Type")?.rsplit('/').next()?;
            Some(Relationship {
                id: it.tag.get("Id").unwrap_or_default().to_owned(),
                kind: kind.to_owned(),
                part: resolve(folder, it.tag.get("Target")?)?,
            })
        })
        .collect()
}

/// The name of a part that a part in `folder` calls `target`.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let (mut parts, target): (Vec<_>, _) = match target.strip_prefix('/') {
        Some(absolute) => (Vec::new(), absolute),
        None => (
            folder.split('/').filter(|it| !it.is_empty()).collect(),
            target,
        ),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            step => parts.push(step),
        }
    }
    Some(parts.join("/"))
}

/// The first part that is related to `part` in this way.
pub(crate) fn related(
    archive: &mut Archive,
    part: &str,
    kind: &str,
) -> Result<Option<String>, PackageError> {
    let all = relationships(archive, part)?;
    let found = all.into_iter().find(|it| it.kind == kind);
    Ok(found.map(|it| it.part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_within_the_package() {
        let resolved = |folder, target| resolve(folder, target);
        assert_eq!(
            resolved("word", "settings.xml").unwrap(),
            "word/settings.xml"
        );
        assert_eq!(
            resolved("xl/worksheets", "../a/b.xml").unwrap(),
            "xl/a/b.xml"
        );
        assert_eq!(resolved("xl", "/word/a.xml").unwrap(), "word/a.xml");
        assert_eq!(resolved("", "../../etc/passwd"), None);
    }
}

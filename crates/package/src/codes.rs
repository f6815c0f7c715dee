//! The names by which macros know the sheets of a workbook. Macros of a sheet are lost to it without.

use std::collections::{BTreeMap, HashMap};

use crate::PackageError;
use crate::archive::Archive;
use crate::kind::{LONGEST, related, relationships};
use crate::xml::Part;

/// Where a sheet says its name, in bytes from its beginning.
const HEAD: u64 = 64 << 10;
const TAG: &str = "<sheetPr";

/// The sheets of a workbook: what their users call them, and their parts.
fn sheets(archive: &mut Archive) -> Result<Vec<(String, String)>, PackageError> {
    let Some(main) = related(archive, "", "officeDocument")? else {
        return Ok(Vec::new());
    };
    let all = relationships(archive, &main)?;
    let parts: HashMap<_, _> = all.into_iter().map(|it| (it.id, it.part)).collect();
    let bytes = archive.read(&main, LONGEST)?.unwrap_or_default();
    let found = Part::read(&bytes).and_then(|part| {
        let list = part.written(part.child("sheets")?);
        let named = Part::read(list.as_bytes())?;
        let sheet = |tag: &crate::xml::Tag| {
            let name = tag.get("name")?.to_owned();
            let id = tag.attributes.iter().find(|it| it.name.ends_with(":id"))?;
            Some((name, parts.get(&id.value)?.clone()))
        };
        Some(
            named
                .children
                .iter()
                .filter_map(|it| sheet(&it.tag))
                .collect(),
        )
    });
    Ok(found.unwrap_or_default())
}

/// The names for macros, by what users call the sheets.
pub(crate) fn of(archive: &mut Archive) -> Result<BTreeMap<String, String>, PackageError> {
    let mut names = BTreeMap::new();
    for (sheet, part) in sheets(archive)? {
        let head = archive.head(&part, HEAD)?;
        let head = String::from_utf8_lossy(&head);
        if let Some((_, tag)) = properties(&head)
            && let Some(name) = tag.get("codeName")
        {
            names.insert(sheet, name.to_owned());
        }
    }
    Ok(names)
}

/// The names for macros that the parts of a saved workbook are to have.
pub(crate) fn wanted(
    archive: &mut Archive,
    names: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, PackageError> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sheets = sheets(archive)?.into_iter();
    let parts = sheets.filter_map(|(sheet, part)| Some((part, names.get(&sheet)?.clone())));
    Ok(parts.collect())
}

/// A sheet with its name for macros.
pub(crate) fn named(sheet: &str, name: &str) -> Option<String> {
    let (range, mut tag) = properties(sheet)?;
    if tag.get("codeName").is_some() {
        return None;
    }
    tag.set("codeName", name);
    Some([&sheet[..range.start], &tag.text(), &sheet[range.end..]].concat())
}

fn properties(sheet: &str) -> Option<(std::ops::Range<usize>, crate::xml::Tag)> {
    let mut end = sheet.len().min(usize::try_from(HEAD).ok()?);
    while !sheet.is_char_boundary(end) {
        end -= 1;
    }
    let start = sheet[..end].find(TAG)?;
    let end = start + sheet[start..end].find('>')? + 1;
    let text = &sheet[start..end];
    let empty = text.ends_with("/>");
    let alone = format!("{}/>", text.trim_end_matches('>').trim_end_matches('/'));
    let mut tag = Part::read(alone.as_bytes())?.root;
    tag.empty = empty;
    Some((start..end, tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_gets_its_name_where_it_has_none() {
        let sheet = r#"<worksheet><sheetPr filterMode="false"><a/></sheetPr></worksheet>"#;
        assert_eq!(
            named(sheet, "Sheet1").unwrap(),
            r#"<worksheet><sheetPr filterMode="false" codeName="Sheet1"><a/></sheetPr></worksheet>"#
        );
        assert_eq!(named(r#"<sheetPr codeName="Mine"/>"#, "Sheet1"), None);
        assert_eq!(named("<sheetPr", "Sheet1"), None);
        assert_eq!(named("", "Sheet1"), None);
    }
}

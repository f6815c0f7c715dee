//! The dates below sparklines, which kill the engine when it opens a workbook.
//!
//! A group of sparklines may name the cells with the dates of its points. The engine's copy is without
//! that. In its place it has a hidden name for the cells, and a mark of the group: the engine keeps both,
//! and keeps the name right when rows and columns come and go. What it saves gets the dates back by them,
//! and loses the name.

use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use crate::PackageError;
use crate::archive::Budget;
use crate::xml::{Open, Part, Space, Tag};

const GROUPS: &[u8] = b"http://schemas.microsoft.com/office/spreadsheetml/2009/9/main";
const REFERENCES: &[u8] = b"http://schemas.microsoft.com/office/excel/2006/main";
const REVISIONS: &str = "http://schemas.microsoft.com/office/spreadsheetml/2015/revision2";
/// What names the cells with the dates begins with.
const NAMING: &str = r#"<xm:f xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">"#;
/// What the names of a copy begin with.
const NAME: &str = "_Recto_dates_";
/// What the marks of groups begin with; a number of twelve digits and a brace follow.
pub(crate) const MARK: &str = "{52656374-6F00-4000-8000-";
/// Groups with dates, of a workbook, that are kept.
const MOST: usize = 10_000;
/// What is in every sheet that has such a group.
pub(crate) const SIGN: &[u8] = b"sparklineGroup";
/// What such a group says if it has dates.
pub(crate) const AXIS: &[u8] = b"dateAxis";
/// References of one group that are looked at; there is one.
const REFERENCED: usize = 16;
/// The longest way in which dates are said that is kept, and the longest identifier.
const LONGEST: usize = 8192;
const UID: usize = 64;
/// Tags between two looks at the clock.
const TAGS: u32 = 4096;

/// A group of sparklines in the text of a sheet.
struct Group {
    tag: Tag,
    start: Range<usize>,
    /// The element that names the cells with the dates, and what it says, as it is written.
    dates: Vec<(Range<usize>, String)>,
}

/// The groups of a sheet of which `keep` is true; nothing if it is not well-formed, or has more of something
/// than is looked at.
fn groups(
    sheet: &str,
    budget: &Budget,
    keep: fn(&Group) -> bool,
) -> Result<Option<Vec<Group>>, PackageError> {
    let mut tags = 0_u32;
    let mut in_time = || {
        tags = tags.wrapping_add(1);
        !tags.is_multiple_of(TAGS) || budget.time().is_ok()
    };
    let found = read(sheet, keep, &mut in_time);
    budget.time()?;
    Ok(found)
}

fn read(
    sheet: &str,
    keep: fn(&Group) -> bool,
    in_time: &mut dyn FnMut() -> bool,
) -> Option<Vec<Group>> {
    let mut reader = NsReader::from_str(sheet);
    let mut opened = Open::default();
    let mut groups: Vec<Group> = Vec::new();
    // The depths of the group, and of what names its dates, while they are open.
    let (mut group, mut dates): (Option<usize>, Option<usize>) = (None, None);
    loop {
        let begin = usize::try_from(reader.buffer_position()).ok()?;
        if !in_time() {
            return None;
        }
        let event = reader.read_event().ok()?;
        let end = usize::try_from(reader.buffer_position()).ok()?;
        match event {
            Event::Start(ref start) | Event::Empty(ref start) => {
                let empty = matches!(event, Event::Empty(_));
                let depth = opened.depth();
                opened.start(start, empty)?;
                let (resolved, local) = reader.resolver().resolve_element(start.name());
                let is = |space: &[u8], name: &[u8]| {
                    matches!(&resolved, ResolveResult::Bound(uri) if uri.as_ref() == space)
                        && local.as_ref() == name
                };
                if group.is_none() && is(GROUPS, SIGN) {
                    groups.push(Group {
                        tag: Tag::of(start, empty)?,
                        start: begin..end,
                        dates: Vec::new(),
                    });
                    group = (!empty).then_some(depth);
                    if empty {
                        settle(&mut groups, keep)?;
                    }
                } else if group.is_some_and(|it| it + 1 == depth) && is(REFERENCES, b"f") {
                    let group = groups.last_mut()?;
                    if group.dates.len() == REFERENCED {
                        return None;
                    }
                    group.dates.push((begin..end, String::new()));
                    dates = (!empty).then_some(depth);
                }
            }
            Event::End(_) => {
                opened.end()?;
                let depth = opened.depth();
                if dates == Some(depth) {
                    dates = None;
                    let (range, text) = groups.last_mut()?.dates.last_mut()?;
                    sheet[range.end..begin].clone_into(text);
                    range.end = end;
                }
                if group == Some(depth) {
                    group = None;
                    settle(&mut groups, keep)?;
                }
            }
            Event::Eof => return (opened.depth() == 0).then_some(groups),
            _ => {}
        }
    }
}

/// The last group is read: it stays if it is one to keep. Nothing if there are too many.
fn settle(groups: &mut Vec<Group>, keep: fn(&Group) -> bool) -> Option<()> {
    if groups.last().is_some_and(|it| !keep(it)) {
        groups.pop();
    }
    (groups.len() <= MOST).then_some(())
}

/// The dates of the groups of a workbook, by the number of their mark.
#[derive(Debug, Default)]
pub(crate) struct Dates {
    /// The cells, as a name has them; nothing where they can't be named.
    cells: Vec<Option<String>>,
    /// What is put back of each group.
    groups: Vec<Own>,
}

/// What a group of a file has of its own.
#[derive(Debug, Default, Clone)]
pub(crate) struct Own {
    /// Its identifier, where its mark stands meanwhile.
    uid: Option<String>,
    /// How it says its dates, if that is not as cells of a sheet.
    said: Option<String>,
}

impl Dates {
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub(crate) fn groups(&self) -> &[Own] {
        &self.groups
    }

    /// Takes the dates out of a sheet. Nothing if there are none.
    pub(crate) fn take_out(
        &mut self,
        sheet: &str,
        budget: &Budget,
    ) -> Result<Option<String>, PackageError> {
        let groups = groups(sheet, budget, |it| {
            !it.dates.is_empty() || number(&it.tag).is_some()
        })?;
        let groups = groups.ok_or(PackageError::Unguarded)?;
        if groups.is_empty() {
            return Ok(None);
        }
        if self.cells.len() + groups.len() > MOST {
            return Err(PackageError::Unguarded);
        }
        let (mut made, mut done) = (String::with_capacity(sheet.len()), 0);
        for group in groups {
            let mut tag = group.tag;
            if let Some((_, said)) = group.dates.first() {
                let cells = absolute(said);
                // Other workbooks are numbered, and may get other numbers.
                let is_kept = said.len() <= LONGEST && !said.contains(['[', '<']);
                if cells.is_none() && !is_kept {
                    return Err(PackageError::Unguarded);
                }
                self.groups.push(Own {
                    uid: uid(&tag).filter(|it| it.len() <= UID && number(&tag).is_none()),
                    said: cells.is_none().then(|| said.clone()),
                });
                self.cells.push(cells);
                mark(&mut tag, self.cells.len());
            } else {
                // A mark that an earlier save left is another group's by the numbers of this one.
                unmark(&mut tag, None);
            }
            made.push_str(&sheet[done..group.start.start]);
            made.push_str(&tag.text());
            done = group.start.end;
            for (range, _) in group.dates {
                made.push_str(&sheet[done..range.start]);
                done = range.end;
            }
        }
        made.push_str(&sheet[done..]);
        Ok(Some(made))
    }

    /// The workbook of the copy, with the names.
    pub(crate) fn name(&self, workbook: &[u8]) -> Option<String> {
        let part = Part::read(workbook)?;
        let prefix = part.root.name.strip_suffix("workbook")?;
        let mut names = Vec::new();
        for (index, cells) in self.cells.iter().enumerate() {
            if let Some(cells) = cells {
                let number = index + 1;
                names.push(format!(
                    r#"<{prefix}definedName name="{NAME}{number}" hidden="1">{cells}</{prefix}definedName>"#
                ));
            }
        }
        let names = names.concat();
        let mut children: Vec<_> = part
            .children
            .iter()
            .map(|child| part.written(child).to_owned())
            .collect();
        let known = part
            .children
            .iter()
            .position(|it| it.name == "definedNames");
        if let Some(at) = known.filter(|at| !part.children[*at].tag.empty) {
            let end = children[at].rfind("</")?;
            children[at].insert_str(end, &names);
            return Some(part.with(&part.root, &children));
        }
        let all = format!("<{prefix}definedNames>{names}</{prefix}definedNames>");
        if let Some(at) = known {
            children[at] = all;
        } else {
            let before = ["sheets", "functionGroups", "externalReferences"];
            let last = |it: &crate::xml::Child| before.contains(&it.name.as_str());
            let at = part.children.iter().rposition(last)?;
            children.insert(at + 1, all);
        }
        Some(part.with(&part.root, &children))
    }
}

/// Takes the names out of a workbook that was saved, and gives the cells that they are for by then.
pub(crate) fn unname(workbook: &str) -> Option<(String, BTreeMap<usize, String>)> {
    let part = Part::read(workbook.as_bytes())?;
    let mut found = BTreeMap::new();
    let mut children = Vec::new();
    for child in &part.children {
        let written = part.written(child);
        if child.space != Space::Main || child.name != "definedNames" {
            children.push(written.to_owned());
            continue;
        }
        let names = Part::read(written.as_bytes())?;
        let mut left = Vec::new();
        for name in &names.children {
            let number = name.tag.get("name").and_then(|it| it.strip_prefix(NAME));
            let written = names.written(name);
            match number.and_then(|it| it.parse::<usize>().ok()) {
                Some(number) => {
                    if let Some(cells) = relative(&written[name.start.len()..]) {
                        found.insert(number, cells);
                    }
                }
                None => left.push(written.to_owned()),
            }
        }
        // An empty list of names is none.
        if !left.is_empty() {
            children.push(names.with(&names.root, &left));
        }
    }
    Some((part.with(&part.root, &children), found))
}

/// Puts the dates back into a sheet that was saved. A group whose cells are gone is one without dates.
pub(crate) fn put_back(
    sheet: &str,
    cells: &BTreeMap<usize, String>,
    own: &[Own],
    budget: &Budget,
) -> Result<Option<String>, PackageError> {
    let groups = groups(sheet, budget, |it| number(&it.tag).is_some())?;
    Ok(groups.and_then(|groups| dated(sheet, groups, cells, own)))
}

fn dated(
    sheet: &str,
    groups: Vec<Group>,
    cells: &BTreeMap<usize, String>,
    own: &[Own],
) -> Option<String> {
    let (mut made, mut done) = (String::with_capacity(sheet.len()), 0);
    for group in groups {
        let Some(number) = number(&group.tag) else {
            continue;
        };
        let mut tag = group.tag;
        let own = number.checked_sub(1).and_then(|at| own.get(at));
        unmark(&mut tag, own.and_then(|own| own.uid.as_deref()));
        let dates = cells
            .get(&number)
            .or_else(|| own?.said.as_ref())
            .filter(|_| group.dates.is_empty() && !tag.empty);
        if dates.is_none() && group.dates.is_empty() {
            tag.attributes.retain(|it| it.name != "dateAxis");
        }
        made.push_str(&sheet[done..group.start.start]);
        made.push_str(&tag.text());
        done = group.start.end;
        if let Some(dates) = dates {
            // Colours come before it.
            let list = sheet[done..].find("sparklines").map(|at| done + at)?;
            let at = sheet[..list].rfind('<').filter(|at| *at >= done)?;
            made.push_str(&sheet[done..at]);
            made.push_str(NAMING);
            made.push_str(dates);
            made.push_str("</xm:f>");
            done = at;
        }
    }
    (done > 0).then(|| made + &sheet[done..])
}

fn mark(tag: &mut Tag, number: usize) {
    let mark = format!("{MARK}{number:012}}}");
    let known = tag
        .attributes
        .iter_mut()
        .find(|it| it.name.ends_with(":uid"));
    if let Some(attribute) = known {
        attribute.value = mark;
    } else {
        tag.set("xmlns:xr2", REVISIONS);
        tag.set("xr2:uid", &mark);
    }
}

fn uid(tag: &Tag) -> Option<String> {
    let uid = tag.attributes.iter().find(|it| it.name.ends_with(":uid"))?;
    Some(uid.value.clone())
}

/// Gives a group its own identifier in place of its mark, or none.
fn unmark(tag: &mut Tag, uid: Option<&str>) {
    match uid {
        None => tag.attributes.retain(|it| !it.name.ends_with(":uid")),
        Some(uid) => {
            for it in &mut tag.attributes {
                if it.name.ends_with(":uid") {
                    uid.clone_into(&mut it.value);
                }
            }
        }
    }
}

fn number(tag: &Tag) -> Option<usize> {
    let uid = tag.attributes.iter().find(|it| it.name.ends_with(":uid"))?;
    uid.value
        .strip_prefix(MARK)?
        .strip_suffix('}')?
        .parse()
        .ok()
}

/// A sheet's name with its mark, and the rest of a reference.
fn split(reference: &str) -> Option<(&str, &str)> {
    let at = reference.rfind('!')? + 1;
    let (sheet, cells) = reference.split_at(at);
    // Names of other workbooks have brackets, unquoted ones no spaces and signs.
    let named = !sheet.contains(['[', ']', '<', '>']) && !sheet.starts_with('#');
    named.then_some((sheet, cells))
}

/// A reference that stays on its cells wherever it is used; nothing if it is not one to cells of a sheet.
fn absolute(reference: &str) -> Option<String> {
    let (sheet, cells) = split(reference.trim())?;
    let corners: Vec<_> = cells.split(':').map(corner).collect::<Option<_>>()?;
    if corners.len() > 2 {
        return None;
    }
    let fixed = |(column, row): &(String, String)| format!("${column}${row}");
    let cells: Vec<_> = corners.iter().map(fixed).collect();
    Some(format!("{sheet}{}", cells.join(":")))
}

fn corner(cell: &str) -> Option<(String, String)> {
    let plain = cell.replace('$', "");
    let at = plain.find(|it: char| it.is_ascii_digit())?;
    let (column, row) = plain.split_at(at);
    let sound = (1..=3).contains(&column.len())
        && column.bytes().all(|it| it.is_ascii_uppercase())
        && (1..=7).contains(&row.len())
        && row.bytes().all(|it| it.is_ascii_digit());
    sound.then(|| (column.to_owned(), row.to_owned()))
}

/// What a name is for, as a group of sparklines says it.
fn relative(name: &str) -> Option<String> {
    let reference = name.split('<').next()?;
    let (sheet, cells) = split(reference.trim())?;
    let corners: Vec<_> = cells.split(':').map(corner).collect::<Option<_>>()?;
    let plain: Vec<_> = corners
        .iter()
        .map(|(column, row)| format!("{column}{row}"))
        .collect();
    (plain.len() <= 2).then(|| format!("{}{}", sheet.trim_start_matches('$'), plain.join(":")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">"#;

    fn sheet(groups: &str) -> String {
        format!(
            "{ROOT}<extLst><x14:sparklineGroups>{groups}</x14:sparklineGroups></extLst></worksheet>"
        )
    }

    const LINE: &str =
        "<x14:sparklines><x14:sparkline><xm:f>D!A2:E2</xm:f></x14:sparkline></x14:sparklines>";

    #[test]
    fn dates_go_and_come_back_with_the_cells_that_they_are_in_by_then() {
        let file = sheet(&format!(
            r#"<x14:sparklineGroup dateAxis="1"><x14:colorAxis/><xm:f>D!A1:E1</xm:f>{LINE}</x14:sparklineGroup><x14:sparklineGroup>{LINE}</x14:sparklineGroup>"#
        ));
        let mut dates = Dates::default();
        let copy = dates.take_out(&file, &Budget::new()).unwrap().unwrap();
        assert!(
            !copy.contains("D!A1:E1") && copy.contains("D!A2:E2"),
            "{copy}"
        );
        let workbook = br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/><calcPr/></workbook>"#;
        let named = dates.name(workbook).unwrap();
        assert!(named.contains(r#"<sheets/><definedNames><definedName name="_Recto_dates_1" hidden="1">D!$A$1:$E$1</definedName></definedNames><calcPr/>"#), "{named}");
        let moved = named.replace("D!$A$1:$E$1", "'D &amp; E'!$A$3:$E$3");
        let (workbook, cells) = unname(&moved).unwrap();
        assert!(workbook.contains("<sheets/><calcPr/>"), "{workbook}");
        let back = put_back(&copy, &cells, dates.groups(), &Budget::new())
            .unwrap()
            .unwrap();
        assert!(back.contains("<x14:colorAxis/><xm:f xmlns:xm=\"http://schemas.microsoft.com/office/excel/2006/main\">'D &amp; E'!A3:E3</xm:f><x14:sparklines>"), "{back}");
        assert_eq!(back.matches("dateAxis").count(), 1);
        assert!(
            Dates::default()
                .take_out(&back, &Budget::new())
                .unwrap()
                .is_some(),
            "it is as it was"
        );
    }

    #[test]
    fn a_group_whose_dates_are_gone_has_none() {
        let file = sheet(&format!(
            r#"<x14:sparklineGroup dateAxis="1"><xm:f>D!A1:E1</xm:f>{LINE}</x14:sparklineGroup>"#
        ));
        let copy = Dates::default()
            .take_out(&file, &Budget::new())
            .unwrap()
            .unwrap();
        let back = put_back(&copy, &BTreeMap::new(), &[], &Budget::new())
            .unwrap()
            .unwrap();
        assert!(!back.contains("dateAxis"), "{back}");
        assert_eq!(relative("#REF!$A$1</definedName>"), None);
        assert_eq!(relative("D!#REF!</definedName>"), None);
        for other in [
            "[1]D!A1:E1",
            "Name",
            "D!A1:B2:C3",
            "D!A:A",
            "OFFSET(D!A1,1,1)",
        ] {
            assert_eq!(absolute(other), None, "{other}");
        }
    }

    #[test]
    fn a_group_keeps_its_identifier_and_dates_that_are_no_cells() {
        let file = sheet(&format!(
            r#"<x14:sparklineGroup dateAxis="1" xmlns:xr2="{REVISIONS}" xr2:uid="{{OWN}}"><xm:f>Days</xm:f>{LINE}</x14:sparklineGroup><x14:sparklineGroup xmlns:xr2="{REVISIONS}" xr2:uid="{MARK}000000000001}}">{LINE}</x14:sparklineGroup>"#
        ));
        let (mut dates, budget) = (Dates::default(), Budget::new());
        let copy = dates.take_out(&file, &budget).unwrap().unwrap();
        assert_eq!(
            copy.matches(MARK).count(),
            1,
            "a mark that was left is gone"
        );
        let back = put_back(&copy, &BTreeMap::new(), dates.groups(), &budget);
        let back = back.unwrap().unwrap();
        assert!(back.contains("{OWN}") && !back.contains(MARK), "{back}");
        assert_eq!(back.matches(">Days</xm:f>").count(), 1, "{back}");
        let other = sheet("<x14:sparklineGroup><xm:f>[1]D!A1:E1</xm:f></x14:sparklineGroup>");
        let other = Dates::default().take_out(&other, &budget);
        assert!(matches!(other, Err(PackageError::Unguarded)));
    }

    #[test]
    fn c1_what_is_no_sheet_is_not_opened_and_not_changed() {
        for text in ["<a>", "<x14:sparklineGroup><xm:f>", "<a></b>"] {
            let budget = Budget::new();
            assert!(matches!(
                Dates::default().take_out(text, &budget),
                Err(PackageError::Unguarded)
            ));
            assert!(
                put_back(text, &BTreeMap::new(), &[], &budget)
                    .unwrap()
                    .is_none()
            );
        }
    }

    #[test]
    fn c1_dates_of_too_many_groups_or_of_too_long_a_time_are_no_work() {
        let group = "<x14:sparklineGroup><xm:f>D!A1</xm:f></x14:sparklineGroup>";
        let take = |count, budget| Dates::default().take_out(&sheet(&group.repeat(count)), &budget);
        assert!(take(MOST, Budget::new()).unwrap().is_some());
        let many = take(MOST + 1, Budget::new());
        assert!(matches!(many, Err(PackageError::Unguarded)));
        let late = take(MOST, Budget::of(u64::MAX, std::time::Duration::ZERO));
        assert!(matches!(late, Err(PackageError::Spent)));
        let many = "<xm:f>D!A1</xm:f>".repeat(REFERENCED + 1);
        let many = sheet(&format!("<x14:sparklineGroup>{many}</x14:sparklineGroup>"));
        let many = Dates::default().take_out(&many, &Budget::new());
        assert!(matches!(many, Err(PackageError::Unguarded)));
    }
}

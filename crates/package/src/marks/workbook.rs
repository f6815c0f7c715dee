//! The marks of a workbook.

use std::collections::{HashMap, HashSet};

use super::{take, take_left};
use crate::xml::{Child, Part, Space, Tag};

/// In the order of the schema (ECMA-376, 18.2.27), as far as a mark may have to be put between.
const ORDER: [&str; 4] = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
];
/// What the file says better of its window.
const VIEW: [&str; 7] = [
    "xWindow",
    "yWindow",
    "windowWidth",
    "windowHeight",
    "tabRatio",
    "minimized",
    "autoFilterDateGrouping",
];
/// What the file says better of how it is calculated. By which version it was is not among it: without
/// that, another application calculates the workbook when it opens it.
const CALCULATION: [&str; 7] = [
    "calcMode",
    "fullCalcOnLoad",
    "fullPrecision",
    "calcOnSave",
    "forceFullCalc",
    "concurrentCalc",
    "concurrentManualCount",
];
/// What the engine leaves out of a name.
const NAME: [&str; 9] = [
    "comment",
    "customMenu",
    "description",
    "help",
    "statusBar",
    "functionGroupId",
    "shortcutKey",
    "publishToServer",
    "workbookParameter",
];

pub(super) fn merged(file: Option<&Part>, engine: &Part) -> Option<String> {
    let file = file?;
    let mut root = engine.root.clone();
    let is_named = |it: &&Child| it.space == Space::Main && ORDER.contains(&it.name.as_str());
    let mut children = Vec::new();
    for name in ORDER {
        let (ours, theirs) = (file.child(name), engine.child(name));
        children.extend(match (name, ours, theirs) {
            ("workbookPr", Some(ours), Some(theirs)) => Some(properties(ours, theirs)),
            // The engine reads how its values are to be understood; it has to be as it wrote them.
            ("workbookPr", _, theirs) => theirs.map(|it| engine.written(it).to_owned()),
            ("workbookProtection", Some(ours), theirs) => Some(match theirs {
                Some(theirs) if protects(&theirs.tag) => engine.written(theirs).to_owned(),
                _ => written(file, ours, &mut root)?,
            }),
            ("fileVersion" | "fileSharing", Some(ours), _) => Some(written(file, ours, &mut root)?),
            (_, _, theirs) => theirs.map(|it| engine.written(it).to_owned()),
        });
    }
    for child in engine.children.iter().filter(|it| !is_named(it)) {
        let ours = file
            .child(&child.name)
            .filter(|_| child.space == Space::Main);
        let text = ours.and_then(|ours| match child.name.as_str() {
            "bookViews" => views(file.written(ours), engine.written(child)),
            "sheets" => sheets(file.written(ours), engine.written(child)),
            "definedNames" => names(file.written(ours), engine.written(child)),
            "calcPr" => {
                let mut tag = child.tag.clone();
                take(&ours.tag, &mut tag, &CALCULATION);
                Some(engine.retagged(child, &tag))
            }
            _ => None,
        });
        children.push(text.unwrap_or_else(|| engine.written(child).to_owned()));
    }
    Some(engine.with(&root, &children))
}

fn written(file: &Part, child: &Child, root: &mut Tag) -> Option<String> {
    (!child.bound && file.declare(child, root)).then(|| file.written(child).to_owned())
}

/// All that the file says of itself, but how its days are counted: the engine wrote them.
fn properties(file: &Child, engine: &Child) -> String {
    let mut tag = engine.tag.clone();
    for attribute in &file.tag.attributes {
        if attribute.name != "date1904" && !attribute.name.contains(':') {
            tag.set(&attribute.name, &attribute.value);
        }
    }
    tag.empty = true;
    tag.text()
}

fn protects(tag: &Tag) -> bool {
    let mut attributes = tag.attributes.iter();
    attributes.any(|it| it.name.starts_with("lock") && matches!(it.value.as_str(), "1" | "true"))
}

/// Applies `change` to the tags of all children of an element that stands alone.
fn each(written: &str, mut change: impl FnMut(usize, &mut Tag)) -> Option<String> {
    let part = Part::read(written.as_bytes())?;
    let children: Vec<_> = part
        .children
        .iter()
        .enumerate()
        .map(|(index, child)| {
            let mut tag = child.tag.clone();
            change(index, &mut tag);
            part.retagged(child, &tag)
        })
        .collect();
    Some(part.with(&part.root, &children))
}

fn views(file: &str, engine: &str) -> Option<String> {
    let ours = Part::read(file.as_bytes())?;
    // Which window is which is known as long as there is one.
    let [view] = ours.children.as_slice() else {
        return None;
    };
    each(engine, |index, tag| {
        if index == 0 {
            take(&view.tag, tag, &VIEW);
        }
    })
}

fn sheets(file: &str, engine: &str) -> Option<String> {
    let ours = Part::read(file.as_bytes())?;
    let very_hidden: HashSet<_> = ours
        .children
        .iter()
        .filter(|it| it.tag.get("state") == Some("veryHidden"))
        .filter_map(|it| it.tag.get("name"))
        .collect();
    // One that was shown meanwhile stays so.
    each(engine, |_, tag| {
        let same = tag
            .get("name")
            .is_some_and(|name| very_hidden.contains(name));
        if same && tag.get("state") == Some("hidden") {
            tag.set("state", "veryHidden");
        }
    })
}

fn names(file: &str, engine: &str) -> Option<String> {
    let ours = Part::read(file.as_bytes())?;
    let mut known: HashMap<&str, &Tag> = HashMap::new();
    for it in &ours.children {
        if let Some(name) = it.tag.get("name")
            && it.tag.get("localSheetId").is_none()
        {
            known.entry(name).or_insert(&it.tag);
        }
    }
    each(engine, |_, tag| {
        // One of a sheet is named by the sheet's number, which may be another's.
        if tag.get("localSheetId").is_some() {
            return;
        }
        let same = tag.get("name").and_then(|name| known.get(name));
        if let Some(same) = same {
            take_left(same, tag, &NAME);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c1_many_names_are_found_by_their_names() {
        let list = |comment: &str| {
            let names = (0..9_990).map(|it| {
                let name = format!("{}{it}", "N".repeat(60));
                format!(r#"<definedName name="{name}"{comment}>1</definedName>"#)
            });
            format!("<definedNames>{}</definedNames>", names.collect::<String>())
        };
        let made = names(&list(r#" comment="all""#), &list("")).unwrap();
        assert_eq!(made.matches(r#"comment="all""#).count(), 9_990);
    }
}

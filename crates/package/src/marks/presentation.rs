//! The marks of a presentation.

use super::Whose::{self, Engine, File, Left};
use super::{in_order, take_left};
use crate::xml::Part;

/// What the root of a presentation says.
const ROOT: [&str; 9] = [
    "serverZoom",
    "firstSlideNum",
    "showSpecialPlsOnTitleSld",
    "rtl",
    "removePersonalInfoOnSave",
    "compatMode",
    "strictFirstAndLastChars",
    "saveSubsetFonts",
    "autoCompressPictures",
];

/// The properties of a presentation in the order of the schema (ECMA-376, 19.2.1.27).
const PROPERTIES: [(&str, Whose); 6] = [
    ("htmlPubPr", Engine),
    ("webPr", Engine),
    ("prnPr", Left),
    ("showPr", Engine),
    ("clrMru", File),
    ("extLst", Left),
];

pub(super) fn merged(file: Option<&Part>, engine: &Part) -> Option<String> {
    let file = file?;
    let mut root = engine.root.clone();
    take_left(&file.root, &mut root, &ROOT);
    let mut children: Vec<_> = engine
        .children
        .iter()
        .map(|child| {
            let mut tag = child.tag.clone();
            let before = (child.name == "sldSz")
                .then(|| file.child("sldSz"))
                .flatten();
            if let Some(before) = before
                && before.tag.get("cx") == tag.get("cx")
                && before.tag.get("cy") == tag.get("cy")
            {
                take_left(&before.tag, &mut tag, &["type"]);
            }
            engine.retagged(child, &tag)
        })
        .collect();
    // The wish that the file is not changed; only what extends the schema comes after it.
    if let Some(wish) = file.child("modifyVerifier")
        && engine.child("modifyVerifier").is_none()
        && file.declare(wish, &mut root)
    {
        let last = engine.children.last().is_some_and(|it| it.name == "extLst");
        let at = children.len() - usize::from(last);
        children.insert(at, file.written(wish).to_owned());
    }
    Some(engine.with(&root, &children))
}

pub(super) fn properties(file: Option<&Part>, engine: &Part) -> Option<String> {
    let file = file?;
    let mut root = engine.root.clone();
    let children = in_order(file, engine, &mut root, &PROPERTIES);
    Some(engine.with(&root, &children))
}

//! The properties of a document that its application writes, and those that say what it is about.

use super::Whose::{self, Engine, File};
use super::in_order;
use crate::xml::Part;

/// The application's properties; what is counted is the engine's.
const APPLICATION: [(&str, Whose); 19] = [
    ("Template", File),
    ("TotalTime", Engine),
    ("Pages", Engine),
    ("Words", Engine),
    ("Characters", Engine),
    ("CharactersWithSpaces", Engine),
    ("Lines", Engine),
    ("Paragraphs", Engine),
    ("Application", File),
    ("AppVersion", File),
    ("PresentationFormat", File),
    ("DocSecurity", File),
    ("ScaleCrop", File),
    ("Manager", File),
    ("Company", File),
    ("LinksUpToDate", File),
    ("SharedDoc", File),
    ("HyperlinkBase", File),
    ("HyperlinksChanged", File),
];

/// What the engine leaves out of the other properties.
const CORE: [&str; 5] = [
    "category",
    "contentStatus",
    "contentType",
    "identifier",
    "version",
];

pub(super) fn application(file: Option<&Part>, engine: &Part) -> Option<String> {
    let file = file?;
    let mut root = engine.root.clone();
    let children = in_order(file, engine, &mut root, &APPLICATION);
    Some(engine.with(&root, &children))
}

pub(super) fn core(file: Option<&Part>, engine: &Part) -> Option<String> {
    let file = file?;
    let mut root = engine.root.clone();
    let mut children: Vec<_> = engine
        .children
        .iter()
        .map(|it| engine.written(it).to_owned())
        .collect();
    let before = children.len();
    for child in file
        .children
        .iter()
        .filter(|it| CORE.contains(&it.name.as_str()))
    {
        let left_out = !engine.children.iter().any(|it| it.name == child.name);
        if left_out && !child.bound && file.declare(child, &mut root) {
            children.push(file.written(child).to_owned());
        }
    }
    (children.len() > before).then(|| engine.with(&root, &children))
}

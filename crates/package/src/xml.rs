//! A part as a root element and its children, of which each can be taken out or put in as it is written.

use std::ops::Range;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;

/// The children of a root that are looked at.
const CHILDREN: usize = 10_000;
/// The attributes of an element that are looked at.
const ATTRIBUTES: usize = 256;
/// Prefixes that are declared at a place; each name is looked up among them.
const DECLARED: usize = 500;
/// Elements in elements.
const DEEPEST: usize = 1000;

/// What names of elements and attributes belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// The vocabulary of texts, workbooks, presentations or properties, in both of its spellings.
    Main,
    /// References to other parts.
    References,
    /// How extensions are marked.
    Compatibility,
    /// Formulas of texts.
    Math,
    /// What later versions of Word add to texts.
    Extension,
    /// Any other, or none.
    Other,
}

fn space(uri: &[u8]) -> Space {
    match uri {
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        | b"http://purl.oclc.org/ooxml/wordprocessingml/main"
        | b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        | b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        | b"http://schemas.openxmlformats.org/presentationml/2006/main"
        | b"http://purl.oclc.org/ooxml/presentationml/main"
        | b"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
        | b"http://purl.oclc.org/ooxml/officeDocument/extendedProperties"
        | b"http://schemas.openxmlformats.org/package/2006/relationships"
        | b"http://schemas.openxmlformats.org/package/2006/content-types" => Space::Main,
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        | b"http://purl.oclc.org/ooxml/officeDocument/relationships" => Space::References,
        b"http://schemas.openxmlformats.org/markup-compatibility/2006" => Space::Compatibility,
        b"http://schemas.openxmlformats.org/officeDocument/2006/math"
        | b"http://purl.oclc.org/ooxml/officeDocument/math" => Space::Math,
        _ if uri.starts_with(b"http://schemas.microsoft.com/office/word/") => Space::Extension,
        _ => Space::Other,
    }
}

/// An attribute as it is written: its name with its prefix, and its value with its entities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub name: String,
    pub value: String,
}

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// With its prefix.
    pub name: String,
    pub attributes: Vec<Attribute>,
    pub empty: bool,
}

impl Tag {
    pub(crate) fn of(start: &BytesStart, empty: bool) -> Option<Self> {
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            attributes.push(Attribute {
                name: text(attribute.key.as_ref())?,
                value: text(&attribute.value)?,
            });
        }
        Some(Self {
            name: text(start.name().as_ref())?,
            attributes,
            empty,
        })
    }

    /// The value of an attribute, by its name with its prefix.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|it| it.name == name);
        found.map(|it| it.value.as_str())
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        match self.attributes.iter_mut().find(|it| it.name == name) {
            Some(found) => value.clone_into(&mut found.value),
            None => self.attributes.push(Attribute {
                name: name.into(),
                value: value.into(),
            }),
        }
    }

    /// As it is written.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("<{}", self.name);
        for Attribute { name, value } in &self.attributes {
            text.push(' ');
            text.push_str(name);
            text.push_str("=\"");
            // It may have been between single quotes.
            text.push_str(&value.replace('"', "&quot;"));
            text.push('"');
        }
        text.push_str(if self.empty { "/>" } else { ">" });
        text
    }

    /// The prefixes that it declares.
    fn declared(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().filter_map(|it| {
            let prefix = it.name.strip_prefix("xmlns:")?;
            Some((prefix, it.value.as_str()))
        })
    }
}

/// A child of the root.
#[derive(Debug, Clone)]
pub(crate) struct Child {
    pub space: Space,
    /// Without its prefix.
    pub name: String,
    pub tag: Tag,
    /// Where it is in the text.
    pub range: Range<usize>,
    /// Where its start tag is.
    pub start: Range<usize>,
    /// It names another part, or means different things to different readers.
    pub bound: bool,
    prefixes: Vec<String>,
}

/// A part, read so far as it is needed to change it.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    pub text: &'a str,
    pub root: Tag,
    root_range: Range<usize>,
    pub children: Vec<Child>,
    /// Where the root's end tag is; it is empty if the root is.
    end: Range<usize>,
}

impl<'a> Part<'a> {
    /// Reads UTF-8 that is well-formed as far as it is looked at; nothing otherwise.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        // Its entities would be ours to understand.
        if text.contains("<!DOCTYPE") {
            return None;
        }
        let mut reader = NsReader::from_str(text);
        reader.config_mut().check_end_names = true;
        let mut root: Option<(Tag, Range<usize>)> = None;
        let mut children: Vec<Child> = Vec::new();
        let mut opened = Open::default();
        loop {
            let begin = position(&reader)?;
            let event = reader.read_event().ok()?;
            let end = position(&reader)?;
            if let Event::Start(start) | Event::Empty(start) = &event {
                let empty = matches!(event, Event::Empty(_));
                let found = (&mut root, &mut children);
                open(&reader, start, empty, opened.depth(), begin..end, found)?;
                opened.start(start, empty)?;
            }
            match event {
                Event::End(_) => {
                    opened.end()?;
                    if opened.depth() == 1 {
                        children.last_mut()?.range.end = end;
                    } else if opened.depth() == 0 {
                        let (root, root_range) = root?;
                        return Some(Self {
                            text,
                            root,
                            root_range,
                            children,
                            end: begin..end,
                        });
                    }
                }
                Event::Eof => return None,
                _ => {}
            }
            if let Some((tag, range)) = &root
                && tag.empty
            {
                return Some(Self {
                    text,
                    root: tag.clone(),
                    root_range: range.clone(),
                    children,
                    end: range.end..range.end,
                });
            }
        }
    }

    /// The first child of this name in the main vocabulary.
    pub(crate) fn child(&self, name: &str) -> Option<&Child> {
        let is = |child: &&Child| child.space == Space::Main && child.name == name;
        self.children.iter().find(is)
    }

    /// A child as it is written.
    pub(crate) fn written(&self, child: &Child) -> &'a str {
        &self.text[child.range.clone()]
    }

    /// A child with another start tag.
    pub(crate) fn retagged(&self, child: &Child, tag: &Tag) -> String {
        tag.text() + &self.text[child.start.end..child.range.end]
    }

    /// The part with other children, and with the root's start tag as `root` says.
    pub(crate) fn with(&self, root: &Tag, children: &[String]) -> String {
        let mut text = self.text[..self.root_range.start].to_owned();
        let mut root = root.clone();
        root.empty = false;
        text.push_str(&root.text());
        text.extend(children.iter().map(String::as_str));
        if self.end.is_empty() {
            text.push_str("</");
            text.push_str(&root.name);
            text.push('>');
        }
        text.push_str(&self.text[self.end.start..]);
        text
    }

    /// Declares in `root`, the start tag of another part, what a child of this one needs there to mean the
    /// same. Whether that can be.
    pub(crate) fn declare(&self, child: &Child, root: &mut Tag) -> bool {
        // An element without a prefix means what the root's default is.
        if root.get("xmlns") != self.root.get("xmlns")
            && child.prefixes.iter().any(String::is_empty)
        {
            return false;
        }
        let mut added = Vec::new();
        for prefix in child
            .prefixes
            .iter()
            .filter(|it| !it.is_empty() && *it != "xml")
        {
            let declared = self.root.declared().find(|(known, _)| known == prefix);
            let Some((_, uri)) = declared else {
                // It is declared within the child.
                continue;
            };
            match root.declared().find(|(known, _)| known == prefix) {
                Some((_, other)) if other == uri => {}
                Some(_) => return false,
                None => added.push((prefix.clone(), uri.to_owned())),
            }
        }
        for (prefix, uri) in added {
            root.set(&format!("xmlns:{prefix}"), &uri);
        }
        self.ignorable(child, root)
    }

    /// What older readers are to ignore stays so.
    fn ignorable(&self, child: &Child, root: &mut Tag) -> bool {
        const COMPATIBILITY: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";
        let Some(ignorable) = self.root.get("mc:Ignorable") else {
            return true;
        };
        let all: Vec<_> = ignorable.split_ascii_whitespace().collect();
        let used = child
            .prefixes
            .iter()
            .filter(|it| all.contains(&it.as_str()));
        for prefix in used {
            match root.get("xmlns:mc") {
                Some(COMPATIBILITY) => {}
                Some(_) => return false,
                None => root.set("xmlns:mc", COMPATIBILITY),
            }
            let known = root.get("mc:Ignorable").unwrap_or_default().to_owned();
            if !known.split_ascii_whitespace().any(|it| it == prefix) {
                root.set("mc:Ignorable", format!("{known} {prefix}").trim());
            }
        }
        true
    }
}

/// The elements that are open at a place, with the prefixes that they declare.
#[derive(Debug, Default)]
pub(crate) struct Open {
    declared: Vec<usize>,
    sum: usize,
}

impl Open {
    pub(crate) fn depth(&self) -> usize {
        self.declared.len()
    }

    /// Begins an element; nothing if there is more of something than is looked at.
    pub(crate) fn start(&mut self, start: &BytesStart, empty: bool) -> Option<()> {
        let declared = declarations(start)?;
        let sound = self.sum + declared <= DECLARED && self.depth() < DEEPEST;
        if !empty {
            self.declared.push(declared);
            self.sum += declared;
        }
        sound.then_some(())
    }

    /// Ends one; nothing if none is open.
    pub(crate) fn end(&mut self) -> Option<()> {
        self.sum -= self.declared.pop()?;
        Some(())
    }
}

/// How many prefixes an element declares; nothing if it has more attributes than are looked at.
fn declarations(start: &BytesStart) -> Option<usize> {
    let mut declared = 0;
    for (index, attribute) in start.attributes().with_checks(false).enumerate() {
        if index == ATTRIBUTES {
            return None;
        }
        declared += usize::from(attribute.ok()?.key.as_namespace_binding().is_some());
    }
    Some(declared)
}

fn position(reader: &NsReader<&[u8]>) -> Option<usize> {
    usize::try_from(reader.buffer_position()).ok()
}

fn open(
    reader: &NsReader<&[u8]>,
    start: &BytesStart,
    empty: bool,
    depth: usize,
    range: Range<usize>,
    (root, children): (&mut Option<(Tag, Range<usize>)>, &mut Vec<Child>),
) -> Option<()> {
    let (resolved, local) = reader.resolver().resolve_element(start.name());
    let space_of = |resolved: &ResolveResult| match resolved {
        ResolveResult::Bound(uri) => space(uri.as_ref()),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => Space::Other,
    };
    let element = space_of(&resolved);
    match depth {
        0 => {
            if root.is_some() {
                return None;
            }
            *root = Some((Tag::of(start, empty)?, range));
            return Some(());
        }
        1 => {
            if children.len() == CHILDREN {
                return None;
            }
            children.push(Child {
                space: element,
                name: std::str::from_utf8(local.as_ref()).ok()?.to_owned(),
                tag: Tag::of(start, empty)?,
                start: range.clone(),
                range,
                bound: false,
                prefixes: Vec::new(),
            });
        }
        _ => {}
    }
    let child = children.last_mut()?;
    child.bound |= element == Space::Compatibility;
    note(&mut child.prefixes, start.name())?;
    // Whether one is there twice is found out by comparing each with each.
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.ok()?;
        let key = attribute.key;
        if key.as_namespace_binding().is_some() || key.prefix().is_none() {
            continue;
        }
        note(&mut child.prefixes, key)?;
        let (resolved, _) = reader.resolver().resolve_attribute(key);
        child.bound |= matches!(
            space_of(&resolved),
            Space::References | Space::Compatibility
        );
    }
    Some(())
}

/// Notes the prefix of a name; it is empty if there is none.
fn note(prefixes: &mut Vec<String>, name: QName) -> Option<()> {
    let prefix = match name.prefix() {
        Some(prefix) => std::str::from_utf8(prefix.into_inner()).ok()?,
        None => "",
    };
    if !prefixes.iter().any(|known| known == prefix) {
        if prefixes.len() == ATTRIBUTES {
            return None;
        }
        prefixes.push(prefix.to_owned());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    #[test]
    fn children_are_found_as_they_are_written() {
        let text = format!(
            r#"<?xml version="1.0"?><w:settings xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><!-- x --><w:zoom w:percent='1"0'/> <w:compat><w:a/><w:compat/></w:compat><w:attachedTemplate r:id="rId1"/></w:settings>"#
        );
        let part = Part::read(text.as_bytes()).unwrap();
        let names: Vec<_> = part.children.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["zoom", "compat", "attachedTemplate"]);
        assert!(part.children.iter().all(|it| it.space == Space::Main));
        let compat = part.child("compat").unwrap();
        assert_eq!(
            part.written(compat),
            "<w:compat><w:a/><w:compat/></w:compat>"
        );
        let zoom = &part.children[0].tag;
        assert_eq!(zoom.text(), r#"<w:zoom w:percent="1&quot;0"/>"#);
        assert!(part.children[2].bound && !part.children[1].bound);
    }

    #[test]
    fn what_is_not_well_formed_is_not_read() {
        for text in [
            "",
            "<a>",
            "<a></b>",
            "<a/",
            "<!DOCTYPE a><a/>",
            "text",
            "<a><b></a>",
        ] {
            assert!(Part::read(text.as_bytes()).is_none(), "{text}");
        }
        assert!(Part::read(&[0xff, 0xfe, b'<', 0, b'a', 0]).is_none());
    }

    #[test]
    fn an_empty_root_can_be_given_children() {
        let part = Part::read(br#"<?xml version="1.0"?><a x="1"/>"#).unwrap();
        let made = part.with(&part.root, &["<b/>".into()]);
        assert_eq!(made, r#"<?xml version="1.0"?><a x="1"><b/></a>"#);
    }
}

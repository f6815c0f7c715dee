//! SVG without what could lead elsewhere. It is kept in documents that others open, perhaps in a browser
//! one day, and it may come from anybody: so what is not known to draw is left out, be it a script or a
//! reference to another file, and what is too large or nested too deep is refused.

use std::borrow::Cow;
use std::collections::HashSet;

use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

pub(crate) const MIME: &str = "image/svg+xml";
/// The largest, in bytes.
const LARGEST: usize = 2 << 20;
/// How much of it is looked at to tell what it is.
const PROLOG: usize = 4 << 10;
const MOST_ELEMENTS: usize = 20_000;
const DEEPEST: usize = 64;
/// Elements drawn by `use`, counted as if each drew all there are.
const MOST_DRAWN: usize = 1_000_000;

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Elements that draw, or say how. No script, no animation, which could set a reference, and nothing of
/// other languages.
#[rustfmt::skip]
const ELEMENTS: &[&str] = &[
    "svg", "g", "defs", "symbol", "use", "switch", "a", "title", "desc", "style", "path", "rect", "circle",
    "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath", "image", "linearGradient",
    "radialGradient", "stop", "pattern", "clipPath", "mask", "marker", "view", "filter", "feBlend",
    "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting",
    "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG",
    "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight",
    "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence", "solidcolor", "hatch", "hatchpath",
    "mesh", "meshpatch",
];
/// What an `image` may hold itself.
const EMBEDDED: [&str; 3] = [
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/gif;base64,",
];

/// Whether a content is XML whose first element is `svg`.
pub(crate) fn looks_like_it(content: &[u8]) -> bool {
    let start = &content[..content.len().min(PROLOG)];
    let mut reader = Reader::from_reader(start);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                return element.local_name().as_ref() == b"svg";
            }
            Ok(Event::Text(text)) => {
                let text = text.as_ref();
                let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
                if !text.trim_ascii().is_empty() {
                    return false;
                }
            }
            Ok(Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_)) => {}
            Ok(_) | Err(_) => return false,
        }
    }
}

/// The picture without what could lead elsewhere; none if it is no SVG, too large or nested too deep.
pub(crate) fn cleaned(content: &[u8]) -> Option<Vec<u8>> {
    if content.len() > LARGEST {
        return None;
    }
    let text = std::str::from_utf8(content).ok()?;
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut cleaner = Cleaner::default();
    loop {
        match reader.read_event().ok()? {
            Event::Eof => break,
            event => cleaner.take(event)?,
        }
    }
    cleaner.end()
}

/// What was written so far, and where in the picture that is.
struct Cleaner {
    out: Writer<Vec<u8>>,
    /// The open elements that were written, with their ids.
    open: Vec<(String, Option<String>)>,
    /// How deep within an element that is left out.
    left_out: usize,
    elements: usize,
    uses: usize,
    /// What `use` draws, and what holds a `use`.
    drawn: HashSet<String>,
    holders: HashSet<String>,
}

impl Default for Cleaner {
    fn default() -> Self {
        Self {
            out: Writer::new(Vec::new()),
            open: Vec::new(),
            left_out: 0,
            elements: 0,
            uses: 0,
            drawn: HashSet::new(),
            holders: HashSet::new(),
        }
    }
}

impl Cleaner {
    fn take(&mut self, event: Event<'_>) -> Option<()> {
        match event {
            Event::Start(element) => self.start(&element, false),
            Event::Empty(element) => self.start(&element, true),
            Event::End(_) if self.left_out > 0 => {
                self.left_out -= 1;
                Some(())
            }
            Event::End(_) => {
                let (name, _) = self.open.pop()?;
                self.write(Event::End(BytesEnd::new(name)))
            }
            Event::Text(text) => self.text(&text.decode().ok()?),
            Event::CData(text) => {
                let text = text.decode().ok()?;
                self.text(&quick_xml::escape::escape(&*text))
            }
            // Without a type of the document there are the five of XML and numbers.
            Event::GeneralRef(name) => {
                let name = name.decode().ok()?;
                let known =
                    ["amp", "lt", "gt", "quot", "apos"].contains(&&*name) || name.starts_with('#');
                if known {
                    self.text(&format!("&{name};"))
                } else {
                    None
                }
            }
            Event::Decl(_) | Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => {
                Some(())
            }
        }
    }

    /// Text as it stands in the file, its references included.
    fn text(&mut self, text: &str) -> Option<()> {
        let style = self.open.last().is_some_and(|(name, _)| name == "style");
        if self.left_out > 0 || self.open.is_empty() || (style && leads_elsewhere(text)) {
            return Some(());
        }
        self.write(Event::Text(BytesText::from_escaped(text)))
    }

    fn start(&mut self, element: &BytesStart<'_>, empty: bool) -> Option<()> {
        self.elements += 1;
        let depth = self.open.len() + self.left_out;
        if self.elements > MOST_ELEMENTS || depth >= DEEPEST {
            return None;
        }
        let full = std::str::from_utf8(element.name().into_inner())
            .ok()?
            .to_owned();
        let name = full.strip_prefix("svg:").unwrap_or(&full).to_owned();
        if self.open.is_empty() && (name != "svg" || self.elements > 1) {
            return None;
        }
        if self.left_out > 0 || !ELEMENTS.contains(&name.as_str()) {
            self.left_out += usize::from(!empty);
            return Some(());
        }
        let mut clean = BytesStart::new(name.clone());
        let mut id = None;
        let mut space = false;
        for attribute in element.attributes() {
            let attribute = attribute.ok()?;
            let key = std::str::from_utf8(attribute.key.into_inner()).ok()?;
            let value = attribute.unescape_value().ok()?;
            if !self.keeps(&name, key, &value) {
                continue;
            }
            space |= key == "xmlns";
            if key == "id" {
                id = Some(value.clone().into_owned());
            }
            clean.push_attribute((key, &*value));
        }
        // The prefix of the language is left out, so it is the default.
        if self.open.is_empty() && !space {
            clean.push_attribute(("xmlns", SVG));
        }
        if name == "use" {
            self.uses += 1;
            let holding = self.open.iter().filter_map(|(_, id)| id.clone());
            self.holders.extend(holding);
            self.holders.extend(id.clone());
        }
        if empty {
            return self.write(Event::Empty(clean));
        }
        self.write(Event::Start(clean))?;
        self.open.push((name, id));
        Some(())
    }

    /// Whether an attribute stays. Its value is the one that a reader of XML sees.
    fn keeps(&mut self, element: &str, key: &str, value: &str) -> bool {
        let (prefix, local) = key.split_once(':').unwrap_or(("", key));
        match (prefix, local) {
            ("", "xmlns") => value == SVG,
            ("xmlns", "xlink") => value == XLINK,
            ("xml", "space" | "lang") => true,
            ("" | "xlink", "href") => match value.trim().strip_prefix('#') {
                Some(place) => {
                    if element == "use" {
                        self.drawn.insert(place.to_owned());
                    }
                    true
                }
                None => element == "image" && EMBEDDED.iter().any(|kind| value.starts_with(kind)),
            },
            ("", local) => {
                let listens = local.len() > 2 && local.as_bytes()[..2].eq_ignore_ascii_case(b"on");
                let refers = ["src", "base", "action", "formaction"];
                !listens && !refers.contains(&local) && !leads_elsewhere(value)
            }
            _ => false,
        }
    }

    fn write(&mut self, event: Event<'_>) -> Option<()> {
        self.out.write_event(event).ok()
    }

    /// The whole; none if an element is still open, or if what is drawn again draws others again.
    fn end(self) -> Option<Vec<u8>> {
        let nested = self.drawn.intersection(&self.holders).next().is_some();
        let drawn = self.uses.saturating_mul(self.elements);
        let whole = self.elements > 0 && self.open.is_empty() && self.left_out == 0;
        (whole && !nested && drawn <= MOST_DRAWN).then(|| self.out.into_inner())
    }
}

/// Whether a value or a style refers to anything but a place in the picture itself.
fn leads_elsewhere(text: &str) -> bool {
    // CSS lets letters be written as `\75`, and comments be anywhere.
    let text: Cow<'_, str> = Cow::Owned(text.to_ascii_lowercase());
    if text.contains('\\') || text.contains("@import") || text.contains("javascript:") {
        return true;
    }
    text.split("url(").skip(1).any(|rest| {
        let rest = rest.trim_start().trim_start_matches(['"', '\'']);
        !rest.trim_start().starts_with('#')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean(content: &str) -> String {
        match cleaned(content.as_bytes()) {
            Some(clean) => String::from_utf8(clean).unwrap(),
            None => "refused".into(),
        }
    }

    #[test]
    fn what_draws_stays() {
        insta::assert_snapshot!(clean(r##"<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd"><!-- A --><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10"><defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs><style>.b { fill: url(#a) }</style><rect class="b" width="4" height="4" style="stroke:red"/><use xlink:href="#a"/><text x="1">A &amp; <![CDATA[B < C]]></text></svg>"##), @r##"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10"><defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs><style>.b { fill: url(#a) }</style><rect class="b" width="4" height="4" style="stroke:red"/><use xlink:href="#a"/><text x="1">A &amp; B &lt; C</text></svg>"##);
        let prefixed = r#"<svg:svg xmlns:svg="http://www.w3.org/2000/svg"><svg:g/></svg:svg>"#;
        insta::assert_snapshot!(clean(prefixed), @r#"<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>"#);
    }

    #[test]
    fn what_leads_elsewhere_goes() {
        for (inside, left) in [
            ("<script>alert(1)</script>", ""),
            ("<svg:script>alert(1)</svg:script>", ""),
            ("<script><g/></script><g/>", "<g/>"),
            ("<x:script xmlns:x='http://www.w3.org/2000/svg'/>", ""),
            (
                "<foreignObject><iframe src='http://a.test'/></foreignObject>",
                "",
            ),
            (
                "<rect onload='a()' OnClick='b()' width='1'/>",
                r#"<rect width="1"/>"#,
            ),
            ("<image href='http://a.test/x.png'/>", "<image/>"),
            ("<image xlink:href='file:///etc/passwd'/>", "<image/>"),
            ("<image href='data:image/svg+xml;base64,AA'/>", "<image/>"),
            (
                "<image href='data:image/png;base64,AA'/>",
                r#"<image href="data:image/png;base64,AA"/>"#,
            ),
            ("<a href='javascript:a()'><g/></a>", "<a><g/></a>"),
            ("<a href='&#106;avascript:a()'/>", "<a/>"),
            ("<use href='other.svg#a'/>", "<use/>"),
            ("<style>@import 'http://a.test';</style>", "<style></style>"),
            (
                "<style>a { fill: url( 'http://a.test' ) }</style>",
                "<style></style>",
            ),
            (
                "<g style='fill:URL(http://a.test)' fill='u\\72l(http://a.test)'/>",
                "<g/>",
            ),
            (
                "<g fill='url(&quot;//a.test#b&quot;)' mask='url(#m)'/>",
                r#"<g mask="url(#m)"/>"#,
            ),
            ("<animate attributeName='href' to='javascript:a()'/>", ""),
            ("<?xml-stylesheet href='http://a.test'?>", ""),
        ] {
            let root = "<svg xmlns=\"http://www.w3.org/2000/svg\">";
            let expected = format!("{root}{left}</svg>");
            assert_eq!(
                clean(&format!("{root}{inside}</svg>")),
                expected,
                "{inside}"
            );
        }
    }

    #[test]
    fn what_cannot_be_cleaned_is_refused() {
        let deep = format!("<svg>{}{}</svg>", "<g>".repeat(70), "</g>".repeat(70));
        let many = format!("<svg>{}</svg>", "<g/>".repeat(MOST_ELEMENTS));
        let large = format!("<svg>{}</svg>", " ".repeat(LARGEST));
        let entity = "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg><text>&a;</text></svg>";
        let laughs =
            "<svg><g id='a'/><g id='b'><use href='#a'/><use href='#a'/></g><use href='#b'/></svg>";
        for content in [
            "",
            "text",
            "<html/>",
            "<svg>",
            "<svg><g></svg>",
            "<svg/><svg/>",
            "<svg a='1' a='2'/>",
            &deep,
            &many,
            &large,
            entity,
            laughs,
        ] {
            let start: String = content.chars().take(80).collect();
            assert_eq!(clean(content), "refused", "{start}");
        }
    }

    proptest! {
        #[test]
        fn what_is_clean_stays_as_it_is(content in "(<svg>|</svg>|<g a='&lt;'>|</g>|<use href='#a'/>|<script>|</script>|text|&amp;|<!--|-->|url\\(x\\)){0,12}") {
            if let Some(once) = cleaned(content.as_bytes()) {
                prop_assert_eq!(cleaned(&once), Some(once.clone()));
                let text = String::from_utf8(once).unwrap();
                prop_assert!(!text.contains("<script"));
            }
        }
    }
}

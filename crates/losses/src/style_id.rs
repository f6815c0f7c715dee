//! The ids of a text's styles. Word writes them in the language of its user, and the engine in English.

use std::io::{Read, Seek};

use crate::kind::LossKind;
use crate::package::Package;
use crate::report::Found;
use crate::xml::{Event, Ns, walk};

/// Styles that nearly every text has. Their ids in English are their names without spaces.
const NAMES: [&str; 19] = [
    "normal",
    "heading 1",
    "heading 2",
    "heading 3",
    "heading 4",
    "heading 5",
    "heading 6",
    "heading 7",
    "heading 8",
    "heading 9",
    "title",
    "subtitle",
    "body text",
    "header",
    "footer",
    "hyperlink",
    "list paragraph",
    "default paragraph font",
    "no list",
];

pub(crate) fn scan<R: Read + Seek>(package: &mut Package<R>, part: &str, found: &mut Found<'_>) {
    let Some(scanner) = package.part(part) else {
        return;
    };
    let mut id = None;
    walk(scanner, |event| {
        let Event::Open(tag) = event else {
            return;
        };
        if tag.ns != Ns::Own {
            return;
        }
        if tag.is(b"style") {
            id = tag.text(b"styleId");
        } else if tag.is(b"name")
            && let Some(id) = id.take()
            && let Some(name) = tag.text(b"val")
            && is_translated(&id, &name)
        {
            found.add(LossKind::StyleNames, None);
        }
    });
}

fn is_translated(id: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.contains(&&*name) && !id.eq_ignore_ascii_case(&name.replace(' ', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_another_language_are_noticed() {
        assert!(is_translated("berschrift1", "heading 1"));
        assert!(!is_translated("Heading1", "heading 1"));
        assert!(!is_translated("Mine", "House style"));
    }
}

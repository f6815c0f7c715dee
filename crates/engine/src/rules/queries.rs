//! Questions that an editor may ask (`getCommandValues`).

use crate::error::InputDenied;

/// What a parameter may be.
enum Range {
    /// `true` or `false`, which LibreOffice also takes as 1 and 0.
    Flag,
    /// A place or a length on a sheet, in twips, from here to there.
    Number(i64, i64),
}

/// The last cell of a sheet of usual size ends before this, in twips.
const FARTHEST: i64 = 1 << 30;
const PLACE: Range = Range::Number(-FARTHEST, FARTHEST);
/// No window shows more of a sheet.
const LENGTH: Range = Range::Number(0, 1 << 24);
/// A tile in pixels and in twips.
const TILE: Range = Range::Number(1, 1 << 20);

/// Commands, each with the parameters that it takes.
const QUERIES: &[(&str, &[(&str, Range)])] = &[
    (".uno:CharFontName", &[]),
    (".uno:StyleApply", &[]),
    (".uno:LanguageStatus", &[]),
    (".uno:Undo", &[]),
    (".uno:Redo", &[]),
    (".uno:AcceptTrackedChanges", &[]),
    (".uno:TrackedChangeAuthors", &[]),
    (".uno:ViewAnnotations", &[]),
    (".uno:ViewAnnotationsPosition", &[]),
    (
        ".uno:ViewRowColumnHeaders",
        &[
            ("x", PLACE),
            ("y", PLACE),
            ("width", LENGTH),
            ("height", LENGTH),
            ("columnHeader", Range::Flag),
        ],
    ),
    (
        ".uno:SheetGeometryData",
        &[
            ("columns", Range::Flag),
            ("rows", Range::Flag),
            ("sizes", Range::Flag),
            ("hidden", Range::Flag),
            ("filtered", Range::Flag),
            ("groups", Range::Flag),
        ],
    ),
    (
        ".uno:CellCursor",
        &[
            ("outputHeight", TILE),
            ("outputWidth", TILE),
            ("tileHeight", TILE),
            ("tileWidth", TILE),
        ],
    ),
];

impl Range {
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Flag => matches!(value, "true" | "false" | "0" | "1"),
            Self::Number(least, most) => {
                // No sign but one, no more digits than any number of the range has.
                let plain = value.len() <= 11 && !value.starts_with('+');
                let number = value.parse().ok().filter(|_| plain);
                number.is_some_and(|number: i64| (*least..=*most).contains(&number))
            }
        }
    }
}

/// A command of the list, with parameters in their ranges.
pub(crate) fn check(query: &str) -> Result<(), InputDenied> {
    let denied = || InputDenied::Command(query.chars().take(60).collect());
    let (command, parameters) = query.split_once('?').unwrap_or((query, ""));
    let (_, known) = QUERIES
        .iter()
        .find(|(name, _)| *name == command)
        .ok_or_else(denied)?;
    for parameter in parameters
        .split('&')
        .filter(|parameter| !parameter.is_empty())
    {
        let (name, value) = parameter.split_once('=').ok_or_else(denied)?;
        let range = known.iter().find(|(known, _)| *known == name);
        if !range.is_some_and(|(_, range)| range.holds(value)) {
            return Err(denied());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list() {
        for good in [
            ".uno:CharFontName",
            ".uno:ViewRowColumnHeaders?x=0&y=-5&width=100&height=20000",
            ".uno:SheetGeometryData?columns=1&rows=1&sizes=true",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            ".uno:DocumentProperties",
            ".uno:CharFontName?file=1",
            ".uno:ViewRowColumnHeaders?x=1;2",
            ".uno:ViewRowColumnHeaders?x=",
            ".uno:ViewRowColumnHeaders?x=99999999999999999999",
            ".uno:ViewRowColumnHeaders?x=0&y=0&width=100&height=9999999999",
            ".uno:ViewRowColumnHeaders?width=-1",
            ".uno:ViewRowColumnHeaders?x=+1",
            ".uno:ViewRowColumnHeaders?columnHeader=2",
            ".uno:SheetGeometryData?columns=1000000",
            ".uno:CellCursor?tileWidth=0",
            "",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}

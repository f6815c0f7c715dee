//! Questions that an editor may ask (`getCommandValues`).

use crate::error::InputDenied;

/// Commands, each with the parameters that it takes.
const QUERIES: &[(&str, &[&str])] = &[
    (".uno:CharFontName", &[]),
    (".uno:StyleApply", &[]),
    (".uno:LanguageStatus", &[]),
    (".uno:Undo", &[]),
    (".uno:Redo", &[]),
    (".uno:AcceptTrackedChanges", &[]),
    (".uno:TrackedChangeAuthors", &[]),
    (".uno:ViewAnnotations", &[]),
    (".uno:ViewAnnotationsPosition", &[]),
    (".uno:ViewRowColumnHeaders", &["x", "y", "width", "height", "columnHeader"]),
    (
        ".uno:SheetGeometryData",
        &["columns", "rows", "sizes", "hidden", "filtered", "groups"],
    ),
    (".uno:CellCursor", &["outputHeight", "outputWidth", "tileHeight", "tileWidth"]),
];

/// A command of the list, with parameters that are whole numbers, `true` or `false`.
pub(crate) fn check(query: &str) -> Result<(), InputDenied> {
    let denied = || InputDenied::Command(query.chars().take(60).collect());
    let (command, parameters) = query.split_once('?').unwrap_or((query, ""));
    let (_, known) =
        QUERIES.iter().find(|(name, _)| *name == command).ok_or_else(denied)?;
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').ok_or_else(denied)?;
        let number = value.len() <= 10
            && value.strip_prefix('-').unwrap_or(value).bytes().all(|digit| digit.is_ascii_digit());
        let plain = !value.is_empty() && (number || matches!(value, "true" | "false"));
        if !known.contains(&name) || !plain {
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
            "",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}

//! What a save loses of a workbook.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use memchr::memmem::Finder;
use memchr::memrchr;

use crate::formula;
use crate::kind::LossKind;
use crate::package::{Package, Part};
use crate::report::{Found, Place, quote};
use crate::xml::{Event, Ns, Scanner, Tag, attribute, unescape, walk};

/// The longest formula that is looked at; Excel allows 8192 characters.
const FORMULA: usize = 32_768;
/// Sheets that are looked at.
const SHEETS: usize = 16_384;

/// Scans a package whose main part is a workbook.
pub(crate) fn scan<R: Read + Seek>(package: &mut Package<R>, main: &str, found: &mut Found<'_>) {
    let sheets = workbook(package, main, found);
    let relations: HashMap<String, (String, String)> = package
        .relations(main)
        .iter()
        .map(|relation| {
            (
                relation.id.clone(),
                (relation.kind.clone(), relation.target.clone()),
            )
        })
        .collect();
    let rich = package.names().any(|name| name.starts_with("xl/richdata/"));
    let mut roots = Vec::new();
    let mut seen = HashSet::new();
    for (name, id) in sheets {
        let Some((kind, part)) = relations.get(&id) else {
            continue;
        };
        if !seen.insert(part) {
            continue;
        }
        let place = Place::Sheet {
            sheet: name.clone(),
        };
        match &**kind {
            "worksheet" => {
                sheet(package, part, &name, found);
                if rich {
                    rich_cells(package, part, &name, found);
                }
            }
            "chartsheet" => found.add(LossKind::ChartSheets, Some(place.clone())),
            "dialogsheet" | "xlMacrosheet" | "xlIntlMacrosheet" => {
                found.add(LossKind::OldSheets, Some(place.clone()));
            }
            _ => {}
        }
        roots.push((part.clone(), place));
    }
    for (kind, part) in relations.values() {
        match &**kind {
            "styles" => styles(package, part, found),
            "sharedStrings" => strings(package, part, found),
            "xmlMaps" => found.add(LossKind::XmlMaps, None),
            "powerPivotData" => found.add(LossKind::DataModel, None),
            "revisionHeaders" => found.add(LossKind::SharedWorkbook, None),
            _ => {}
        }
    }
    if package.has("xl/featurepropertybag/featurepropertybag.xml") {
        found.add(LossKind::CellControls, None);
    }
    of_sheets(package, &roots, found);
}

/// The sheets, by name and the id of their relationship.
fn workbook<R: Read + Seek>(
    package: &mut Package<R>,
    main: &str,
    found: &mut Found<'_>,
) -> Vec<(String, String)> {
    let mut sheets = Vec::new();
    let Some(scanner) = package.part(main) else {
        return sheets;
    };
    let mut name: Option<String> = None;
    let mut formula = Vec::new();
    walk(scanner, |event| match event {
        Event::Open(tag) if tag.ns == Ns::Own => match tag.name {
            b"sheet" => {
                let id = tag.relation().unwrap_or_default();
                if sheets.len() >= SHEETS || id.len() > 256 {
                    found.complete = false;
                    return;
                }
                let title = quote(&tag.text(b"name").unwrap_or_default());
                sheets.push((title, id));
            }
            b"definedName" => {
                let title = quote(&tag.text(b"name").unwrap_or_default());
                formula.clear();
                name = (!tag.empty).then_some(title);
            }
            b"calcPr" => {
                if matches!(tag.raw(b"fullPrecision"), Some(b"0" | b"false")) {
                    found.add(LossKind::PrecisionAsShown, None);
                }
            }
            b"customWorkbookView" => found.add(LossKind::CustomViews, None),
            _ => {}
        },
        Event::Text(text) if name.is_some() => append(&mut formula, text),
        Event::Close(b"definedName") => {
            let Some(title) = name.take() else {
                return;
            };
            let findings = formula::look(&formula);
            let place = || {
                Some(Place::Name {
                    name: title.clone(),
                })
            };
            if findings.unknown {
                found.add(LossKind::UnknownFunctions, place());
            }
            if findings.union && !title.starts_with("_xlnm.") {
                found.add(LossKind::Union, place());
            }
        }
        _ => {}
    });
    sheets
}

fn append(formula: &mut Vec<u8>, text: &[u8]) {
    let room = FORMULA.saturating_sub(formula.len());
    formula.extend_from_slice(&text[..text.len().min(room)]);
}

fn sheet<R: Read + Seek>(package: &mut Package<R>, part: &str, name: &str, found: &mut Found<'_>) {
    let Some(mut scanner) = package.part(part) else {
        return;
    };
    let place = || {
        Some(Place::Sheet {
            sheet: name.to_owned(),
        })
    };
    // What stands before the cells.
    let prefix = loop {
        let Some(event) = scanner.next() else {
            return;
        };
        if let Event::Open(tag) = event
            && tag.ns == Ns::Own
            && tag.is(b"sheetData")
        {
            break (!tag.empty).then(|| tag.prefix.to_vec());
        }
    };
    if let Some(prefix) = prefix {
        cells(&mut scanner, &prefix, name, found);
    }
    walk(scanner, |event| {
        if let Event::Open(tag) = event
            && let Some(kind) = after_cells(tag)
        {
            found.add(kind, place());
        }
    });
}

/// What a tag after the cells says of the sheet.
fn after_cells(tag: &Tag<'_>) -> Option<LossKind> {
    Some(match tag.name {
        b"cfRule" if tag.is_on(b"stopIfTrue") => LossKind::StopIfTrue,
        b"legacyDrawingHF" => LossKind::SheetHeaderPictures,
        b"hyperlink" if tag.raw(b"tooltip").is_some_and(|tip| !tip.is_empty()) => {
            LossKind::ScreenTips
        }
        b"sparklineGroup" if tag.is_on(b"dateAxis") => LossKind::SparklineDates,
        b"ignoredError" | b"cellWatch" | b"dataConsolidate" | b"sortState" => {
            LossKind::ExcelSettings
        }
        _ => return None,
    })
}

/// Looks at the cells that have a formula. The others are passed over, since a sheet may have millions.
fn cells<R: Read>(
    scanner: &mut Scanner<Part<'_, R>>,
    prefix: &[u8],
    sheet: &str,
    found: &mut Found<'_>,
) {
    let with_prefix = |before: &[u8], name: &[u8]| {
        let mut tag = before.to_vec();
        if !prefix.is_empty() {
            tag.extend_from_slice(prefix);
            tag.push(b':');
        }
        tag.extend_from_slice(name);
        tag
    };
    let formula = Finder::new(&with_prefix(b"<", b"f")).into_owned();
    let end = Finder::new(&with_prefix(b"</", b"sheetData")).into_owned();
    let (mut text, mut around) = (Vec::new(), Vec::new());
    while scanner.seek(&formula, &end) {
        let before = scanner.before();
        // The tag before a formula's is that of its cell.
        let at = memrchr(b'<', before).unwrap_or(before.len());
        around.clear();
        around.extend_from_slice(&before[at..]);
        let Some(Event::Open(tag)) = scanner.next() else {
            return;
        };
        if !tag.is(b"f") {
            continue;
        }
        let mut add = |kind| {
            let reference = attribute(&around, b"r").map(unescape);
            found.add(
                kind,
                Some(Place::Cell {
                    sheet: sheet.to_owned(),
                    cell: quote(&reference.unwrap_or_default()),
                }),
            );
        };
        match tag.raw(b"t") {
            Some(b"dataTable") => add(LossKind::WhatIfTable),
            // Those that spill are arrays whose cell has metadata.
            Some(b"array") if attribute(&around, b"cm").is_some() => add(LossKind::DynamicArrays),
            _ => {}
        }
        if tag.empty {
            continue;
        }
        text.clear();
        while let Some(Event::Text(piece)) = scanner.next() {
            append(&mut text, piece);
        }
        let findings = formula::look(&text);
        if findings.unknown {
            add(LossKind::UnknownFunctions);
        }
        if findings.union {
            add(LossKind::Union);
        }
    }
}

/// Pictures and data types stand in cells by an attribute, which only a walk over all cells finds.
fn rich_cells<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    sheet: &str,
    found: &mut Found<'_>,
) {
    let Some(scanner) = package.part(part) else {
        return;
    };
    walk(scanner, |event| {
        if let Event::Open(tag) = event
            && tag.is(b"c")
            && tag.raw(b"vm").is_some()
        {
            found.add(
                LossKind::CellPictures,
                Some(Place::Cell {
                    sheet: sheet.to_owned(),
                    cell: quote(&tag.text(b"r").unwrap_or_default()),
                }),
            );
        }
    });
}

fn styles<R: Read + Seek>(package: &mut Package<R>, part: &str, found: &mut Found<'_>) {
    let Some(scanner) = package.part(part) else {
        return;
    };
    // Formats of conditions have fills, too, which are kept.
    let mut in_fills = false;
    walk(scanner, |event| match event {
        Event::Open(tag) => match tag.name {
            b"fills" => in_fills = true,
            b"gradientFill" if in_fills => found.add(LossKind::CellLooks, None),
            b"patternFill"
                if in_fills
                    && !matches!(
                        tag.raw(b"patternType"),
                        None | Some(b"none" | b"solid" | b"gray125")
                    ) =>
            {
                found.add(LossKind::CellLooks, None);
            }
            b"alignment" if tag.raw(b"horizontal") == Some(b"centerContinuous") => {
                found.add(LossKind::CellLooks, None);
            }
            b"tableStyle" => found.add(LossKind::TableStyles, None),
            _ => {}
        },
        Event::Close(b"fills") => in_fills = false,
        _ => {}
    });
}

fn strings<R: Read + Seek>(package: &mut Package<R>, part: &str, found: &mut Found<'_>) {
    let Some(mut scanner) = package.part(part) else {
        return;
    };
    let (mark, end) = (Finder::new("<rPh"), Finder::new("</sst"));
    while scanner.seek(&mark, &end) {
        found.add(LossKind::Readings, None);
        scanner.next();
    }
}

/// What belongs to sheets: tables, drawings, charts, comments and the like.
fn of_sheets<R: Read + Seek>(
    package: &mut Package<R>,
    roots: &[(String, Place)],
    found: &mut Found<'_>,
) {
    for (kind, part, place) in package.reached(roots) {
        let place = Some(place);
        match &*kind {
            "slicer" | "timeline" => found.add(LossKind::Slicers, place),
            "queryTable" => found.add(LossKind::QueryTables, place),
            "control" => found.add(LossKind::Controls, place),
            "diagramData" => found.add(LossKind::Diagrams, place),
            "chartEx" => found.add(LossKind::NewerCharts, place),
            "table" => each_tag(package, &part, |tag| {
                if tag.is(b"calculatedColumnFormula") {
                    found.add(LossKind::CalculatedColumns, place.clone());
                } else if tag.is(b"tableStyleInfo") && tag.raw(b"name").is_some() {
                    found.add(LossKind::TableStyles, place.clone());
                }
            }),
            "threadedComment" => each_tag(package, &part, |tag| {
                if tag.is(b"threadedComment") && tag.raw(b"parentId").is_none() {
                    found.add(LossKind::ThreadedComments, place.clone());
                }
            }),
            "drawing" => {
                let mut described = false;
                each_tag(package, &part, |tag| match tag.name {
                    b"cNvPr" => {
                        described = tag.raw(b"descr").is_some_and(|text| !text.is_empty());
                    }
                    b"chart" if described => {
                        described = false;
                        found.add(LossKind::ChartDescription, place.clone());
                    }
                    _ => {}
                });
            }
            "chart" if is_of_another_workbook(package, &part) => {
                found.add(LossKind::OutsideChartData, place);
            }
            _ => {}
        }
    }
}

fn each_tag<R: Read + Seek>(package: &mut Package<R>, part: &str, mut visit: impl FnMut(&Tag<'_>)) {
    if let Some(scanner) = package.part(part) {
        walk(scanner, |event| {
            if let Event::Open(tag) = event {
                visit(tag);
            }
        });
    }
}

/// Whether a chart draws the figures of another workbook, as `[1]Sheet1!A1` or `'[1]Sheet 1'!A1`.
fn is_of_another_workbook<R: Read + Seek>(package: &mut Package<R>, part: &str) -> bool {
    let Some(scanner) = package.part(part) else {
        return false;
    };
    let (mut in_formula, mut outside) = (false, false);
    walk(scanner, |event| match event {
        Event::Open(tag) => in_formula = tag.is(b"f"),
        Event::Text(text) if in_formula => {
            let text = unescape(&text[..text.len().min(64)]);
            let text = text.trim_start().trim_start_matches('\'');
            // [0] is the workbook itself.
            outside |= text.starts_with('[') && !text.starts_with("[0]");
        }
        Event::Close(_) => in_formula = false,
        Event::Text(_) => {}
    });
    outside
}

//! What a save loses of a presentation.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use crate::kind::LossKind;
use crate::package::Package;
use crate::report::{Found, Place};
use crate::xml::{Event, Ns, Tag, walk};

/// Slides that are looked at.
const SLIDES: usize = 65_535;
/// Transitions of `PowerPoint` 2010 and later that become simpler ones; the others are written back.
const TRANSITIONS: [&[u8]; 15] = [
    b"conveyor",
    b"doors",
    b"ferris",
    b"flip",
    b"flythrough",
    b"gallery",
    b"morph",
    b"pan",
    b"prstTrans",
    b"reveal",
    b"shred",
    b"switch",
    b"warp",
    b"wheelReverse",
    b"window",
];

/// Scans a package whose main part is a presentation.
pub(crate) fn scan<R: Read + Seek>(package: &mut Package<R>, main: &str, found: &mut Found<'_>) {
    let ids = presentation(package, main, found);
    let targets: HashMap<&str, &str> = package
        .relations(main)
        .iter()
        .map(|relation| (&*relation.id, &*relation.target))
        .collect();
    let mut roots = Vec::new();
    let mut seen = HashSet::new();
    for (index, id) in ids.iter().enumerate() {
        if let Some(part) = targets.get(&**id)
            && seen.insert(*part)
        {
            let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            roots.push(((*part).to_owned(), Place::Slide { number }));
        }
    }
    for (part, place) in &roots {
        slide(package, part, place, found);
    }
    for (kind, part, place) in package.reached(&roots) {
        let place = Some(place);
        match &*kind {
            "tags" => found.add(LossKind::SlideTags, place),
            "control" => found.add(LossKind::Controls, place),
            "comments" if is_modern(package, &part) => {
                let mut count = 0;
                each_tag(package, &part, |tag| count += u32::from(tag.is(b"cm")));
                for _ in 0..count {
                    found.add(LossKind::ModernComments, place.clone());
                }
            }
            "chart" => {
                let data = package
                    .relations(&part)
                    .iter()
                    .any(|relation| matches!(&*relation.kind, "package" | "oleObject"));
                if data {
                    found.add(LossKind::ChartData, place);
                }
            }
            _ => {}
        }
    }
    for relation in package.targets(main, "handoutMaster") {
        if package.has(&relation) {
            found.add(LossKind::HandoutMaster, None);
        }
    }
    if !package.targets(main, "tags").is_empty() {
        found.add(LossKind::SlideTags, None);
    }
    for part in package.targets(main, "slideMaster") {
        each_tag(package, &part, |tag| {
            if tag.is(b"ph") {
                found.add(LossKind::MasterPlaceholders, Some(Place::Master));
            }
        });
    }
}

/// The ids of the slides' relationships, in the order of the presentation.
fn presentation<R: Read + Seek>(
    package: &mut Package<R>,
    main: &str,
    found: &mut Found<'_>,
) -> Vec<String> {
    let mut ids = Vec::new();
    each_tag(package, main, |tag| match (tag.ns, tag.name) {
        (Ns::Own, b"sldId") => match tag.relation() {
            // Its own number has the same name without a prefix.
            Some(id) if ids.len() < SLIDES && id.len() < 256 => ids.push(id),
            _ => found.complete = false,
        },
        (Ns::Extension, b"section") => found.add(LossKind::Sections, None),
        (Ns::Extension, b"guide") => found.add(LossKind::Guides, None),
        _ => {}
    });
    ids
}

/// Whether the part has the tags of comments that `PowerPoint` writes since 2021.
fn is_modern<R: Read + Seek>(package: &mut Package<R>, part: &str) -> bool {
    let mut modern = false;
    each_tag(package, part, |tag| {
        modern |= tag.is(b"cmLst") && tag.ns == Ns::Extension;
    });
    modern
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

fn slide<R: Read + Seek>(
    package: &mut Package<R>,
    part: &str,
    place: &Place,
    found: &mut Found<'_>,
) {
    let Some(scanner) = package.part(part) else {
        return;
    };
    let mut groups = 0_u32;
    walk(scanner, |event| match event {
        Event::Open(tag) => {
            let kind = match tag.name {
                b"grpSp" if !tag.empty => {
                    groups = groups.saturating_add(1);
                    None
                }
                // Outside groups it is kept.
                b"relIds" if groups > 0 => Some(LossKind::Diagrams),
                _ => on_slide(tag),
            };
            if let Some(kind) = kind {
                found.add(kind, Some(place.clone()));
            }
        }
        Event::Close(b"grpSp") => groups = groups.saturating_sub(1),
        _ => {}
    });
}

/// What a tag of a slide says.
fn on_slide(tag: &Tag<'_>) -> Option<LossKind> {
    use LossKind as Kind;
    Some(match (tag.ns, tag.name) {
        (Ns::Math, b"oMath") => Kind::SlideEquations,
        (Ns::Own, b"contentPart") => Kind::Ink,
        (Ns::Own, b"ph")
            if matches!(
                tag.raw(b"type"),
                Some(
                    b"ctrTitle"
                        | b"body"
                        | b"pic"
                        | b"tbl"
                        | b"chart"
                        | b"clipArt"
                        | b"dgm"
                        | b"media"
                )
            ) =>
        {
            Kind::PlaceholderKinds
        }
        (Ns::Drawing, b"tableStyleId") => Kind::TableStyles,
        (Ns::Drawing, b"duotone" | b"clrChange" | b"lum") => Kind::PictureEffects,
        (Ns::Drawing, b"hlinkMouseOver" | b"hlinkHover") => Kind::SlideActions,
        (Ns::Drawing, b"hlinkClick") => {
            let action = tag.raw(b"action").unwrap_or_default();
            if action.starts_with(b"ppaction://macro") || action.starts_with(b"ppaction://program")
            {
                Kind::SlideActions
            } else if tag.raw(b"tooltip").is_some_and(|tip| !tip.is_empty()) {
                Kind::ScreenTips
            } else {
                return None;
            }
        }
        (Ns::Extension, b"sldZm" | b"sectionZm" | b"summaryZm" | b"model3d") => Kind::Zooms,
        (Ns::Extension, b"chart") => Kind::NewerCharts,
        (Ns::Extension, name) if TRANSITIONS.contains(&name) => Kind::Transitions,
        _ => return None,
    })
}

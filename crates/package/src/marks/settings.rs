//! The settings of a text.

use super::Whose::{self, Engine, File, Left};
use super::in_order;
use crate::xml::{Part, Tag};

/// What a text is made for that comes from another kind of file: Word 2013 and all later ones.
const CURRENT: &str = "15";
/// What the setting is called that says it.
const MODE: &str = "compatibilityMode";

/// The settings in the order of the schema (ECMA-376, 17.15.1.78).
///
/// The engine's are those that it reads, or that a command of an editor changes, and those that name
/// parts or styles, which it may have renamed.
const TABLE: [(&str, Whose); 98] = [
    ("writeProtection", Left),
    ("view", Left),
    ("zoom", Engine),
    ("removePersonalInformation", File),
    ("removeDateAndTime", File),
    ("doNotDisplayPageBoundaries", File),
    ("displayBackgroundShape", Engine),
    ("printPostScriptOverText", File),
    ("printFractionalCharacterWidth", File),
    ("printFormsData", File),
    ("embedTrueTypeFonts", Engine),
    ("embedSystemFonts", Engine),
    ("saveSubsetFonts", Left),
    ("saveFormsData", File),
    ("mirrorMargins", Engine),
    ("alignBordersAndEdges", File),
    ("bordersDoNotSurroundHeader", File),
    ("bordersDoNotSurroundFooter", File),
    ("gutterAtTop", Engine),
    ("hideSpellingErrors", File),
    ("hideGrammaticalErrors", File),
    ("activeWritingStyle", File),
    ("proofState", Engine),
    ("formsDesign", File),
    ("attachedTemplate", Engine),
    ("linkStyles", File),
    ("stylePaneFormatFilter", File),
    ("stylePaneSortMethod", File),
    ("documentType", File),
    ("mailMerge", Engine),
    ("revisionView", Engine),
    ("trackRevisions", Engine),
    ("doNotTrackMoves", File),
    ("doNotTrackFormatting", File),
    ("documentProtection", Engine),
    ("autoFormatOverride", File),
    ("styleLockTheme", File),
    ("styleLockQFSet", File),
    ("defaultTabStop", Engine),
    ("autoHyphenation", Engine),
    ("consecutiveHyphenLimit", Engine),
    ("hyphenationZone", Engine),
    ("doNotHyphenateCaps", Engine),
    ("showEnvelope", File),
    ("summaryLength", File),
    ("clickAndTypeStyle", Engine),
    ("defaultTableStyle", Engine),
    ("evenAndOddHeaders", Engine),
    ("bookFoldRevPrinting", Left),
    ("bookFoldPrinting", Left),
    ("bookFoldPrintingSheets", Left),
    ("drawingGridHorizontalSpacing", File),
    ("drawingGridVerticalSpacing", File),
    ("displayHorizontalDrawingGridEvery", File),
    ("displayVerticalDrawingGridEvery", File),
    ("doNotUseMarginsForDrawingGridOrigin", File),
    ("drawingGridHorizontalOrigin", File),
    ("drawingGridVerticalOrigin", File),
    ("doNotShadeFormData", File),
    ("noPunctuationKerning", File),
    ("characterSpacingControl", File),
    ("printTwoOnOne", File),
    ("strictFirstAndLastChars", File),
    ("noLineBreaksAfter", Left),
    ("noLineBreaksBefore", Left),
    ("savePreviewPicture", File),
    ("doNotValidateAgainstSchema", File),
    ("saveInvalidXml", File),
    ("ignoreMixedContent", File),
    ("alwaysShowPlaceholderText", File),
    ("doNotDemarcateInvalidXml", File),
    ("saveXmlDataOnly", Engine),
    ("useXSLTWhenSaving", Engine),
    ("saveThroughXslt", Engine),
    ("showXMLTags", File),
    ("alwaysMergeEmptyNamespace", File),
    ("updateFields", Left),
    ("hdrShapeDefaults", Engine),
    ("footnotePr", Engine),
    ("endnotePr", Engine),
    ("compat", File),
    ("docVars", Left),
    ("rsids", Left),
    ("mathPr", Left),
    ("attachedSchema", File),
    ("themeFontLang", Engine),
    ("clrSchemeMapping", Left),
    ("doNotIncludeSubdocsInStats", File),
    ("doNotAutoCompressPictures", File),
    ("forceUpgrade", Engine),
    ("captions", Left),
    ("readModeInkLockDown", File),
    ("smartTagType", Engine),
    ("schemaLibrary", Engine),
    ("shapeDefaults", Engine),
    ("doNotEmbedSmartTags", File),
    ("decimalSymbol", File),
    ("listSeparator", File),
];

/// The settings of a text that was saved, with its own marks.
pub(super) fn merged(file: Option<&Part>, engine: &Part) -> Option<String> {
    let file = file?;
    let mut root = engine.root.clone();
    let children = in_order(file, engine, &mut root, &TABLE);
    let text = engine.with(&root, &children);
    // In the strict spelling of the standard nothing can be taken over as it is written.
    let compat = file.child("compat");
    let is_strict = compat.is_some_and(|it| !file.declare(it, &mut engine.root.clone()));
    let mode = compat
        .filter(|_| is_strict)
        .and_then(|it| mode(file.written(it)));
    let with_mode = mode.and_then(|mode| for_mode(&Part::read(text.as_bytes())?, &mode));
    Some(with_mode.unwrap_or(text))
}

/// The settings of a text that comes from another kind of file, with the mark of the current version.
pub(super) fn foreign(_file: Option<&Part>, engine: &Part) -> Option<String> {
    for_mode(engine, CURRENT)
}

/// The mode that a list of compatibility settings names.
fn mode(compat: &str) -> Option<String> {
    let list = Part::read(compat.as_bytes())?;
    let of = |tag: &Tag, name: &str| {
        let local = |it: &str| it.rsplit(':').next() == Some(name);
        let found = tag.attributes.iter().find(|it| local(&it.name));
        found.map(|it| it.value.clone())
    };
    let named = |tag: &Tag| of(tag, "name").as_deref() == Some(MODE);
    let value = of(&list.children.iter().find(|it| named(&it.tag))?.tag, "val")?;
    let sound = value.len() == 2 && value.bytes().all(|it| it.is_ascii_digit());
    sound.then_some(value)
}

/// The engine's settings for another mode.
fn for_mode(engine: &Part, mode: &str) -> Option<String> {
    let compat = engine.child("compat")?;
    let prefix = compat.tag.name.strip_suffix("compat")?;
    let inner = Part::read(engine.written(compat).as_bytes())?;
    let settings: Vec<_> = inner
        .children
        .iter()
        .map(|it| {
            let mut tag = it.tag.clone();
            if tag.get(&format!("{prefix}name")) == Some(MODE) {
                tag.set(&format!("{prefix}val"), mode);
            }
            inner.retagged(it, &tag)
        })
        .collect();
    let list = inner.with(&inner.root, &settings);
    let children: Vec<_> = engine
        .children
        .iter()
        .map(|it| {
            if it.range == compat.range {
                list.clone()
            } else {
                engine.written(it).to_owned()
            }
        })
        .collect();
    Some(engine.with(&engine.root, &children))
}

//! The settings of a text.

use super::Whose::{self, Engine, File, Left};
use super::in_order;
use crate::xml::Part;

/// What a text is made for that comes from another kind of file: Word 2013 and all later ones.
const CURRENT: &str = "15";

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

/// The settings of a text that was saved, with its own marks; without a text of this kind, with the mark
/// of the current version.
pub(super) fn merged(file: Option<&Part>, engine: &Part) -> Option<String> {
    let Some(file) = file else {
        return current(engine);
    };
    let mut root = engine.root.clone();
    let children = in_order(file, engine, &mut root, &TABLE);
    Some(engine.with(&root, &children))
}

fn current(engine: &Part) -> Option<String> {
    let compat = engine.child("compat")?;
    let prefix = compat.tag.name.strip_suffix("compat")?;
    let inner = Part::read(engine.written(compat).as_bytes())?;
    let settings: Vec<_> = inner
        .children
        .iter()
        .map(|it| {
            let mut tag = it.tag.clone();
            if tag.get(&format!("{prefix}name")) == Some("compatibilityMode") {
                tag.set(&format!("{prefix}val"), CURRENT);
            }
            inner.retagged(it, &tag)
        })
        .collect();
    let made = inner.with(&inner.root, &settings);
    let children: Vec<_> = engine
        .children
        .iter()
        .map(|it| {
            if it.range == compat.range {
                made.clone()
            } else {
                engine.written(it).to_owned()
            }
        })
        .collect();
    Some(engine.with(&engine.root, &children))
}

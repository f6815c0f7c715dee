//! Packages that have one thing each that a save loses.

use std::io::{Cursor, Write};

use recto_docs_api::FileType;
use recto_losses::{LossKind, Options, Report, ScanError, scan};

/// A document: its type, and its parts by name.
#[derive(Clone, Debug)]
pub struct Sample {
    pub extension: &'static str,
    pub parts: Vec<(String, String)>,
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relations(list: &[(&str, &str, &str)]) -> String {
    let entries: Vec<_> = list
        .iter()
        .map(|(id, kind, target)| {
            format!(r#"<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>"#)
        })
        .collect();
    let entries = entries.concat();
    format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}</Relationships>"#
    )
}

impl Sample {
    fn new(extension: &'static str, main: &str, parts: &[(&str, &str)]) -> Self {
        let mut sample = Self {
            extension,
            parts: Vec::new(),
        };
        sample.add(
            "_rels/.rels",
            &relations(&[("rId1", "officeDocument", main)]),
        );
        for (name, content) in parts {
            sample.add(name, content);
        }
        sample
    }

    fn add(&mut self, name: &str, content: &str) {
        self.parts.push((name.to_owned(), content.to_owned()));
    }

    pub fn zip(&self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in &self.parts {
            zip.start_file(name, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    pub fn scan(&self) -> Report {
        scan_bytes(&self.zip(), self.extension, &Options::default()).unwrap()
    }
}

pub fn scan_bytes(bytes: &[u8], extension: &str, options: &Options) -> Result<Report, ScanError> {
    let file_type = FileType::parse(extension).unwrap();
    scan(Cursor::new(bytes), file_type, options)
}

const W: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:wp15="http://schemas.microsoft.com/office/word/2012/wordprocessingDrawing""#;

/// A text with this body.
pub fn text(body: &str) -> Sample {
    let document = format!("<w:document {W}><w:body>{body}</w:body></w:document>");
    Sample::new(
        "docx",
        "word/document.xml",
        &[("word/document.xml", &document)],
    )
}

/// A text of one paragraph, which holds this.
pub fn paragraph(content: &str) -> Sample {
    text(&format!(
        "<w:p><w:r><w:t>Some words</w:t></w:r>{content}</w:p>"
    ))
}

/// A text with a field.
pub fn field(code: &str) -> Sample {
    paragraph(&format!(
        r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> {code} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>"#
    ))
}

/// A text with another part.
pub fn text_with(kind: &str, root: &str, content: &str) -> Sample {
    let mut sample = paragraph("");
    sample.add(
        "word/_rels/document.xml.rels",
        &relations(&[("rId1", kind, "other.xml")]),
    );
    sample.add("word/other.xml", &format!("<{root} {W}>{content}</{root}>"));
    sample
}

const X: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main""#;

/// A workbook whose one sheet holds this, beside what stands in the workbook itself.
pub fn workbook(extra: &str, sheet: &str) -> Sample {
    let main = format!(
        r#"<workbook {X}><sheets><sheet name="Plan" sheetId="1" r:id="rId1"/></sheets>{extra}</workbook>"#
    );
    let sheet = format!("<worksheet {X}>{sheet}</worksheet>");
    let mut sample = Sample::new(
        "xlsx",
        "xl/workbook.xml",
        &[
            ("xl/workbook.xml", &main),
            ("xl/worksheets/sheet1.xml", &sheet),
        ],
    );
    sample.add(
        "xl/_rels/workbook.xml.rels",
        &relations(&[("rId1", "worksheet", "worksheets/sheet1.xml")]),
    );
    sample
}

/// A workbook with a formula in B4.
pub fn formula(cell: &str, tag: &str, text: &str) -> Sample {
    workbook(
        "",
        &format!(
            r#"<sheetData><row r="4"><c r="A4"><v>1</v></c><c r="B4" {cell}><f {tag}>{text}</f><v>2</v></c></row></sheetData>"#
        ),
    )
}

/// A workbook with another part, at the sheet or at the workbook.
pub fn workbook_with(owner: &str, kind: &str, content: &str) -> Sample {
    let mut sample = workbook("", "<sheetData/>");
    if owner == "workbook" {
        sample
            .parts
            .retain(|(name, _)| name != "xl/_rels/workbook.xml.rels");
        sample.add(
            "xl/_rels/workbook.xml.rels",
            &relations(&[
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", kind, "parts/part.xml"),
            ]),
        );
    } else {
        sample.add(
            "xl/worksheets/_rels/sheet1.xml.rels",
            &relations(&[("rId1", kind, "../parts/part.xml")]),
        );
    }
    sample.add("xl/parts/part.xml", content);
    sample
}

/// A workbook whose second sheet is of another kind.
pub fn sheet_of_kind(kind: &str, state: &str) -> Sample {
    let main = format!(
        r#"<workbook {X}><sheets><sheet name="Plan" sheetId="1" r:id="rId1" {state}/></sheets></workbook>"#
    );
    let mut sample = Sample::new("xlsx", "xl/workbook.xml", &[("xl/workbook.xml", &main)]);
    sample.add(
        "xl/_rels/workbook.xml.rels",
        &relations(&[("rId1", kind, "sheets/sheet1.xml")]),
    );
    sample.add("xl/sheets/sheet1.xml", "<a/>");
    sample
}

const P: &str = r#"xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main" xmlns:p159="http://schemas.microsoft.com/office/powerpoint/2015/09/main" xmlns:pslz="http://schemas.microsoft.com/office/powerpoint/2016/slidezoom" xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex""#;

/// A presentation whose second slide holds this, beside what stands in the presentation itself.
pub fn slides(extra: &str, slide: &str) -> Sample {
    let main = format!(
        r#"<p:presentation {P}><p:sldIdLst><p:sldId id="256" r:id="rId1"/><p:sldId id="257" r:id="rId2"/></p:sldIdLst>{extra}</p:presentation>"#
    );
    let slide = format!("<p:sld {P}>{slide}</p:sld>");
    let mut sample = Sample::new(
        "pptx",
        "ppt/presentation.xml",
        &[
            ("ppt/presentation.xml", &main),
            ("ppt/slides/slide1.xml", "<a/>"),
            ("ppt/slides/slide2.xml", &slide),
        ],
    );
    sample.add(
        "ppt/_rels/presentation.xml.rels",
        &relations(&[
            ("rId1", "slide", "slides/slide1.xml"),
            ("rId2", "slide", "slides/slide2.xml"),
        ]),
    );
    sample
}

/// A presentation with another part, at the second slide or at the presentation.
pub fn slides_with(owner: &str, kind: &str, content: &str) -> Sample {
    let mut sample = slides("", "");
    if owner == "presentation" {
        sample
            .parts
            .retain(|(name, _)| name != "ppt/_rels/presentation.xml.rels");
        sample.add(
            "ppt/_rels/presentation.xml.rels",
            &relations(&[("rId9", kind, "parts/part.xml")]),
        );
    } else {
        sample.add(
            "ppt/slides/_rels/slide2.xml.rels",
            &relations(&[("rId1", kind, "../parts/part.xml")]),
        );
    }
    sample.add("ppt/parts/part.xml", content);
    sample
}

/// With a part that counts by its name alone.
pub fn named(mut sample: Sample, name: &str) -> Sample {
    sample.add(name, "x");
    sample
}

/// For each kind, a document that loses it.
#[expect(clippy::too_many_lines, reason = "one line for each kind")]
pub fn samples() -> Vec<(LossKind, Sample)> {
    use LossKind as K;
    let drawing =
        format!(r#"<d {P}><nv><cNvPr id="1" descr="Sales"/></nv><c:chart xmlns:c="urn:c"/></d>"#);
    let mut chart_on_slide = slides_with("slide", "chart", "<c/>");
    chart_on_slide.add(
        "ppt/parts/_rels/part.xml.rels",
        &relations(&[("rId1", "package", "../embeddings/book.xlsx")]),
    );
    let mut task_pane = paragraph("");
    task_pane.parts.retain(|(name, _)| name != "_rels/.rels");
    task_pane.add(
        "_rels/.rels",
        &relations(&[
            ("rId1", "officeDocument", "word/document.xml"),
            (
                "rId2",
                "webextensiontaskpanes",
                "word/webextensions/taskpanes.xml",
            ),
        ]),
    );
    let rich = {
        let mut sample = workbook(
            "",
            r#"<sheetData><row r="1"><c r="A1" t="e" vm="1"><v>2</v></c></row></sheetData>"#,
        );
        sample.add("xl/richData/rdrichvalue.xml", "<a/>");
        sample
    };
    let after = |content: &str| workbook("", &format!("<sheetData/>{content}"));
    vec![
        (
            K::UnknownFunctions,
            formula("", "", "_xlfn.TEXTSPLIT(A4,1)"),
        ),
        (
            K::WhatIfTable,
            formula("", r#"t="dataTable" ref="B4:B7""#, ""),
        ),
        (K::Union, formula("", "", "SUM((A1:A3,B1:B2))")),
        (
            K::OutsideChartData,
            workbook_with("sheet", "chart", "<c><f>[1]Other!$A$1</f></c>"),
        ),
        (
            K::PrecisionAsShown,
            workbook(r#"<calcPr fullPrecision="0"/>"#, "<sheetData/>"),
        ),
        (K::CellPictures, rich),
        (
            K::SheetHeaderPictures,
            after(r#"<legacyDrawingHF r:id="rId1"/>"#),
        ),
        (K::SlideEquations, slides("", "<m:oMath/>")),
        (
            K::ModernComments,
            slides_with(
                "slide",
                "comments",
                r#"<q:cmLst xmlns:q="http://schemas.microsoft.com/office/powerpoint/2018/8/main"><q:cm/></q:cmLst>"#,
            ),
        ),
        (K::NewerCharts, slides("", "<cx:chart/>")),
        (K::ImportedText, text(r#"<w:altChunk r:id="rId1"/>"#)),
        (K::EquationFields, field(r"EQ \f(1,2)")),
        (
            K::ArtBorders,
            text(r#"<w:sectPr><w:pgBorders><w:top w:val="apples"/></w:pgBorders></w:sectPr>"#),
        ),
        (
            K::ChartDescription,
            workbook_with("sheet", "drawing", &drawing),
        ),
        (K::Macros, named(paragraph(""), "word/vbaProject.bin")),
        (
            K::Signatures,
            named(paragraph(""), "_xmlsignatures/sig1.xml"),
        ),
        (
            K::ThreadedComments,
            workbook_with(
                "sheet",
                "threadedComment",
                r#"<a><threadedComment id="1"/><threadedComment id="2" parentId="1"/></a>"#,
            ),
        ),
        (K::Slicers, workbook_with("sheet", "slicer", "<a/>")),
        (
            K::CalculatedColumns,
            workbook_with(
                "sheet",
                "table",
                "<table><calculatedColumnFormula>A1</calculatedColumnFormula></table>",
            ),
        ),
        (
            K::DynamicArrays,
            formula(
                r#"cm="1""#,
                r#"t="array" ref="B4:B5""#,
                "_xlfn._xlws.SORT(A1:A2)",
            ),
        ),
        (K::QueryTables, workbook_with("sheet", "queryTable", "<a/>")),
        (
            K::DataModel,
            workbook_with("workbook", "powerPivotData", "<a/>"),
        ),
        (K::XmlMaps, workbook_with("workbook", "xmlMaps", "<a/>")),
        (K::ChartSheets, sheet_of_kind("chartsheet", "")),
        (K::OldSheets, sheet_of_kind("dialogsheet", "")),
        (
            K::CustomViews,
            workbook(
                "<customWorkbookViews><customWorkbookView/></customWorkbookViews>",
                "<sheetData/>",
            ),
        ),
        (
            K::SharedWorkbook,
            workbook_with("workbook", "revisionHeaders", "<a/>"),
        ),
        (
            K::CellControls,
            named(
                workbook("", "<sheetData/>"),
                "xl/featurePropertyBag/featurePropertyBag.xml",
            ),
        ),
        (K::Controls, slides_with("slide", "control", "<a/>")),
        (K::Diagrams, workbook_with("sheet", "diagramData", "<a/>")),
        (K::Sections, slides("<p14:section/>", "")),
        (K::Transitions, slides("", "<p159:morph/>")),
        (K::ChartData, chart_on_slide),
        (K::SlideActions, slides("", "<a:hlinkMouseOver/>")),
        (K::Zooms, slides("", "<pslz:sldZm/>")),
        (K::Ink, slides("", "<p:contentPart/>")),
        (
            K::TrackedChanges,
            paragraph(r"<w:ins><w:del><w:r><w:delText>x</w:delText></w:r></w:del></w:ins>"),
        ),
        (
            K::TrackingLock,
            text_with(
                "settings",
                "w:settings",
                r#"<w:documentProtection w:edit="trackedChanges" w:enforcement="1"/>"#,
            ),
        ),
        (
            K::ConditionalFields,
            field("IF 1 = 1 &quot;a&quot; &quot;b&quot;"),
        ),
        (K::IndexEntries, field("XE &quot;Term&quot;")),
        (
            K::MailMerge,
            text_with("settings", "w:settings", "<w:mailMerge/>"),
        ),
        (K::OtherFields, field("GOTOBUTTON here there")),
        (
            K::ContentControls,
            text(
                r"<w:sdt><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>Some words</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            ),
        ),
        (K::OnlineVideos, paragraph("<w:r><wp15:webVideoPr/></w:r>")),
        (
            K::TableStyles,
            workbook_with(
                "sheet",
                "table",
                r#"<table><tableStyleInfo name="TableStyleMedium4"/></table>"#,
            ),
        ),
        (
            K::CellLooks,
            workbook_with(
                "workbook",
                "styles",
                "<styleSheet><fills><fill><gradientFill/></fill></fills></styleSheet>",
            ),
        ),
        (
            K::StopIfTrue,
            after(r#"<conditionalFormatting><cfRule stopIfTrue="1"/></conditionalFormatting>"#),
        ),
        (
            K::SparklineDates,
            after(r#"<x14:sparklineGroup dateAxis="1"/>"#),
        ),
        (
            K::ScreenTips,
            after(r#"<hyperlink ref="A1" tooltip="tip"/>"#),
        ),
        (
            K::Readings,
            workbook_with(
                "workbook",
                "sharedStrings",
                "<sst><si><t>x</t><rPh><t>y</t></rPh></si></sst>",
            ),
        ),
        (
            K::ExcelSettings,
            after("<ignoredErrors><ignoredError/></ignoredErrors>"),
        ),
        (K::TaskPanes, task_pane),
        (
            K::MasterPlaceholders,
            slides_with(
                "presentation",
                "slideMaster",
                &format!("<p:sldMaster {P}><p:ph/></p:sldMaster>"),
            ),
        ),
        (
            K::PlaceholderKinds,
            slides("", r#"<p:ph type="ctrTitle"/>"#),
        ),
        (
            K::HandoutMaster,
            slides_with("presentation", "handoutMaster", "<a/>"),
        ),
        (K::SlideTags, slides_with("slide", "tags", "<a/>")),
        (K::Guides, slides("<p14:guide/>", "")),
        (K::PictureEffects, slides("", "<a:duotone/>")),
        (K::FormulaFields, field("= 2 * 3")),
        (
            K::StyleNames,
            text_with(
                "styles",
                "w:styles",
                r#"<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>"#,
            ),
        ),
        (K::TextTags, paragraph("<w:smartTag/>")),
        (
            K::FittedText,
            paragraph("<w:r><w:rPr><w:fitText/></w:rPr></w:r>"),
        ),
        (
            K::AttachedTemplate,
            text_with("settings", "w:settings", "<w:attachedTemplate/>"),
        ),
        (
            K::CommentPeople,
            text_with("people", "w15:people", "<w15:presenceInfo/>"),
        ),
        (
            K::TableDescription,
            text(r#"<w:tbl><w:tblPr><w:tblCaption w:val="c"/></w:tblPr></w:tbl>"#),
        ),
    ]
}

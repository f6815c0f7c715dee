//! Each kind is found where it is, and nothing where nothing is lost.
#![allow(missing_docs, reason = "tests are named after what they prove")]

mod support;

use recto_losses::{LossKind, Options, Place, Rank};
use support::{
    field, formula, named, paragraph, samples, scan_bytes, sheet_of_kind, slides, text, text_with,
    workbook, workbook_with,
};

#[test]
fn every_kind_is_found_alone() {
    let samples = samples();
    for kind in LossKind::ALL {
        assert!(
            samples.iter().any(|(of, _)| of == kind),
            "{kind} has a sample"
        );
    }
    for (kind, sample) in samples {
        let report = sample.scan();
        let kinds: Vec<_> = report.losses.iter().map(|loss| loss.kind).collect();
        assert_eq!(kinds, [kind]);
        assert_eq!(report.losses[0].count, 1, "{kind}");
        assert!(report.complete, "{kind}");
        assert_eq!(report.line_worthy(), kind.rank() < Rank::Later, "{kind}");
    }
}

#[test]
fn what_is_put_back_after_a_save_is_not_announced() {
    for (kind, sample) in samples() {
        let options = Options {
            kept: vec![kind],
            ..Options::default()
        };
        let report = scan_bytes(&sample.zip(), sample.extension, &options).unwrap();
        assert_eq!(report.losses, [], "{kind}");
    }
}

#[test]
fn what_the_engine_keeps_is_not_announced() {
    for sample in [
        paragraph(""),
        field("PAGE"),
        field("IF 2 &gt;= 1 &quot;a=b&quot;"),
        field("MERGEFIELD Name"),
        field("REF here"),
        // A control inside a paragraph, and one of plain text around it.
        paragraph("<w:sdt><w:sdtPr/><w:sdtContent><w:r/></w:sdtContent></w:sdt>"),
        text("<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:p></w:p></w:sdtContent></w:sdt>"),
        paragraph("<w:ins><w:r/></w:ins><w:del><w:r/></w:del>"),
        paragraph("<w:r><w:rPr><w:rPrChange/></w:rPr></w:r>"),
        text(r#"<w:sectPr><w:pgBorders><w:top w:val="single"/></w:pgBorders></w:sectPr>"#),
        text_with(
            "settings",
            "w:settings",
            r#"<w:documentProtection w:edit="forms" w:enforcement="1"/>"#,
        ),
        text_with(
            "styles",
            "w:styles",
            r#"<w:style w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>"#,
        ),
        formula("", "", "SUM(A1:A3,B1)"),
        formula("", r#"t="array" ref="B4:B5""#, "A1:A2*2"),
        workbook(r#"<calcPr calcMode="auto"/>"#, "<sheetData/>"),
        workbook(
            r#"<definedNames><definedName name="_xlnm.Print_Area">(Plan!$A$1,Plan!$B$1)</definedName></definedNames>"#,
            "<sheetData/>",
        ),
        workbook_with("sheet", "chart", "<c><f>Plan!$A$1</f></c>"),
        workbook(
            "",
            r#"<cols><col min="1" max="1" width="20" customWidth="1"/></cols><sheetData/>"#,
        ),
        workbook_with("sheet", "chart", "<c><f>[0]!Sales</f></c>"),
        workbook_with("sheet", "pivotTable", "<a/>"),
        workbook_with("workbook", "connections", "<a/>"),
        workbook_with(
            "workbook",
            "styles",
            r#"<styleSheet><fills><fill><patternFill patternType="gray125"/></fill></fills><dxfs><dxf><fill><patternFill patternType="lightUp"/></fill></dxf></dxfs></styleSheet>"#,
        ),
        sheet_of_kind("worksheet", r#"state="hidden""#),
        slides(
            "",
            r#"<p:ph type="title"/><p:transition><p:fade/></p:transition><p14:vortex/>"#,
        ),
        slides("", r#"<p:grpSp/><dgm:relIds xmlns:dgm="urn:dgm"/>"#),
        named(paragraph(""), "word/media/image1.png"),
    ] {
        assert_eq!(sample.scan().losses, [], "{:?}", sample.parts);
    }
}

#[test]
fn a_fallback_is_not_counted_again() {
    let sample = slides(
        "",
        r#"<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice><m:oMath/></mc:Choice><mc:Fallback><m:oMath/><mc:Fallback/></mc:Fallback></mc:AlternateContent>"#,
    );
    assert_eq!(sample.scan().losses[0].count, 1);
}

#[test]
fn a_diagram_on_a_slide_is_lost_inside_a_group() {
    let sample = slides(
        "",
        r#"<p:grpSp><dgm:relIds xmlns:dgm="urn:dgm"/></p:grpSp><dgm:relIds/>"#,
    );
    let report = sample.scan();
    assert_eq!(report.losses[0].kind, LossKind::Diagrams);
    assert_eq!(report.losses[0].count, 1);
}

#[test]
fn places_lead_to_what_is_lost() {
    let places = |sample: support::Sample| sample.scan().losses[0].places.clone();
    let samples = samples();
    let of = |kind| {
        let (_, sample) = samples.iter().find(|(of, _)| *of == kind).unwrap();
        places(sample.clone())
    };
    let cell = Place::Cell {
        sheet: "Plan".to_owned(),
        cell: "B4".to_owned(),
    };
    assert_eq!(of(LossKind::Union), [cell]);
    assert_eq!(of(LossKind::Sections), []);
    for kind in [LossKind::Transitions, LossKind::ChartData] {
        assert_eq!(of(kind), [Place::Slide { number: 2 }], "{kind}");
    }
    let sheet = Place::Sheet {
        sheet: "Plan".to_owned(),
    };
    assert_eq!(of(LossKind::Slicers), [sheet]);
    let words = Place::Paragraph {
        words: "Some wordsx".to_owned(),
    };
    assert_eq!(of(LossKind::EquationFields), [words]);
    assert_eq!(
        places(text_with("header", "w:hdr", "<w:p><w:smartTag/></w:p>")),
        [Place::Header]
    );
    assert_eq!(
        places(workbook(
            "<definedNames><definedName name=\"Twice\">_xlfn.LAMBDA(_xlpm.x,2)</definedName></definedNames>",
            "<sheetData/>"
        )),
        [Place::Name {
            name: "Twice".to_owned()
        }]
    );
}

#[test]
fn tags_are_known_whatever_their_prefix_is() {
    let mut sample = workbook("", "");
    for (name, content) in &mut sample.parts {
        if name == "xl/worksheets/sheet1.xml" {
            *content = r#"<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row><x:c r="C3"><x:f>_xlfn.TAKE(A1,1)</x:f></x:c></x:row></x:sheetData></x:worksheet>"#.to_owned();
        }
    }
    let report = sample.scan();
    assert!(report.has(LossKind::UnknownFunctions));
    assert_eq!(report.losses[0].places[0].to_string(), "Plan!C3");
}

#[test]
fn a_signed_open_document_loses_its_signature() {
    let mut sample = paragraph("");
    sample.extension = "odt";
    sample.parts = vec![("content.xml".to_owned(), "<a/>".to_owned())];
    assert_eq!(sample.scan().losses, []);
    sample = named(sample, "META-INF/documentsignatures.xml");
    assert!(sample.scan().has(LossKind::Signatures));
}

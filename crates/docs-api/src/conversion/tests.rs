use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{DocumentKind, Explain};

fn parse(parameters: &Value) -> Result<Conversion, ParameterError> {
    Conversion::parse(parameters.as_object().unwrap())
}

fn with(name: &str, value: Value) -> Result<Conversion, ParameterError> {
    let mut parameters = json!({
        "key": "k1", "url": "https://a.example/f", "filetype": "docx", "outputtype": "pdf",
    });
    parameters[name] = value;
    parse(&parameters)
}

#[test]
fn both_spellings_count() {
    for (file, output) in [("filetype", "outputType"), ("fileType", "outputtype")] {
        let parsed = parse(&json!({ file: "CSV", output: "XLSX", "url": "u" })).unwrap();
        assert_eq!(parsed.source.extension(), "csv");
        assert_eq!(parsed.output.extension(), "xlsx");
        assert_eq!(parsed.key, None);
    }
}

#[test]
fn a_query_gives_texts() {
    let parsed = parse(&json!({
        "url": "u", "filetype": "csv", "outputtype": "png", "async": "true", "delimiter": "2",
        "codePage": "1251", "thumbnail": "{\"aspect\":1,\"width\":\"300\",\"first\":true}",
    }))
    .unwrap();
    assert!(parsed.is_async);
    assert_eq!(parsed.delimiter, Some(b';'));
    assert_eq!(parsed.code_page.unwrap().label(), "windows-1251");
    let Thumbnail {
        aspect,
        width,
        height,
    } = parsed.thumbnail;
    assert_eq!((aspect, width, height), (Aspect::Keep, 300, 100));
}

#[test]
fn the_type_is_found_in_title_or_address() {
    let parsed = parse(
        &json!({ "url": "https://a.example/f/report.odt?x=1.pdf#a.b", "outputtype": "ooxml" }),
    );
    let parsed = parsed.unwrap();
    assert_eq!(
        (parsed.source.extension(), parsed.output.extension()),
        ("odt", "docx")
    );
    let parsed =
        parse(&json!({ "url": "https://a.example/9", "title": "Sum.xls", "outputtype": "odf" }));
    assert_eq!(parsed.unwrap().output.extension(), "ods");
    let unknown = json!({ "url": "https://a.example/9", "outputtype": "odf" });
    assert_eq!(parse(&unknown), Err(ParameterError::Undetected));
    assert_eq!(ParameterError::Undetected.number(), -9);
}

#[test]
fn what_is_wrong_is_named() {
    for (name, value) in [
        ("key", json!("a/b")),
        ("key", json!(7)),
        ("filetype", json!("do/cx")),
        ("filetype", json!(1)),
        ("outputtype", json!("p-df")),
        ("url", json!(["u"])),
        ("async", json!("yes")),
        ("password", json!("x".repeat(256))),
        ("codePage", json!(1)),
        ("codePage", json!(-1)),
        ("delimiter", json!(6)),
        ("delimiterChar", json!("\"")),
        ("delimiterChar", json!("é")),
        ("thumbnail", json!("{")),
        ("thumbnail", json!({ "width": 0 })),
        ("thumbnail", json!({ "height": 4097 })),
        ("thumbnail", json!({ "aspect": 3 })),
        ("thumbnail", json!({ "first": false })),
        ("pdf", json!(true)),
        ("region", json!("Germany")),
    ] {
        match with(name, value.clone()) {
            Err(ParameterError::Wrong(named, _)) => assert_eq!(named, name, "{value}"),
            other => panic!("{name} {value}: {other:?}"),
        }
    }
    assert_eq!(
        with("outputtype", Value::Null),
        Err(ParameterError::Missing("outputtype"))
    );
    assert_eq!(with("url", json!("")), Err(ParameterError::Missing("url")));
}

#[test]
fn pdf_has_flavours() {
    assert!(!with("pdf", json!({})).unwrap().archival);
    assert!(with("pdf", json!({ "pdfa": true })).unwrap().archival);
    let archival = with("outputtype", json!("pdfa")).unwrap();
    assert_eq!(
        (archival.archival, archival.output.extension()),
        (true, "pdf")
    );
    let form = with("pdf", json!({ "form": true })).unwrap();
    assert_eq!(form.ignored, ["pdf.form"]);
    let layout = with("spreadsheetLayout", json!({ "fitToWidth": 1 })).unwrap();
    assert_eq!(layout.ignored, ["spreadsheetLayout"]);
    // A file of another kind has its numbers as numbers.
    let region = with("region", json!("de-DE")).unwrap();
    assert_eq!((region.region, region.ignored), (None, vec!["region"]));
    let text = json!({ "url": "u", "filetype": "csv", "outputtype": "xlsx", "region": "de-DE" });
    let text = parse(&text).unwrap();
    assert!(text.region.unwrap().has_decimal_comma() && text.ignored.is_empty());
}

#[test]
fn the_result_is_named_after_the_title() {
    for (title, name) in [
        (json!("Report.docx"), "Report.pdf"),
        (json!("Report 1.5"), "Report 1.pdf"),
        (json!("Übersicht"), "Übersicht.pdf"),
        (json!("../../etc/passwd"), "_.._etc_passwd.pdf"),
        (json!("a\"b\r\nc.docx"), "a_b__c.pdf"),
        (json!(".docx"), "docx.pdf"),
        (Value::Null, "output.pdf"),
    ] {
        assert_eq!(
            with("title", title.clone()).unwrap().file_name(),
            name,
            "{title}"
        );
    }
}

#[test]
fn a_password_is_in_no_debug_output() {
    let parsed = with("password", json!("opensesame")).unwrap();
    assert_eq!(parsed.password.as_ref().unwrap().as_str(), "opensesame");
    assert!(!format!("{parsed:?}").contains("opensesame"));
}

#[test]
fn every_source_becomes_a_pdf_and_a_picture() {
    for source in SourceType::all() {
        let outputs: Vec<_> = source.outputs().map(OutputType::extension).collect();
        assert!(outputs.contains(&"pdf") && outputs.contains(&"png"));
        // What an editor saves it as, a conversion can write too.
        if let Ok(file_type) = crate::FileType::parse(source.extension()) {
            assert!(
                outputs.contains(&file_type.saved_as().extension()),
                "{source:?}"
            );
        }
        assert!(SourceType::parse(source.extension()) == Ok(source));
    }
    for dangerous in ["html", "odb", "hwp", "exe", ""] {
        assert!(SourceType::parse(dangerous).is_err(), "{dangerous}");
    }
}

#[test]
fn sentences() {
    let told = |error: &ParameterError| {
        format!(
            "{} {} {} {}",
            error.number(),
            error.code(),
            error.message(),
            error.hint()
        )
    };
    insta::assert_snapshot!(told(&ParameterError::Missing("url")), @r#"-7 request.parameter_missing The request lacks the parameter "url". Add "url" to what the token signs."#);
    insta::assert_snapshot!(told(&with("delimiter", json!(9)).unwrap_err()), @r#"-7 request.parameter The parameter "delimiter" has an invalid value. Give 1 for a tab, 2 for a semicolon, 3 for a colon, 4 for a comma or 5 for a space; with 0 the delimiter is recognised."#);
    insta::assert_snapshot!(told(&with("filetype", json!("pages")).unwrap_err()), @r#"-7 conversion.file_type Files of the type "pages" can't be converted. Give one of these as filetype: docx, docm, dotx, dotm, odt, ott, doc, rtf, txt, xlsx, xlsm, xltx, xltm, ods, ots, xls, csv, tsv, pptx, pptm, potx, potm, ppsx, ppsm, odp, otp, ppt, dot, fodt, xlt, fods, pot, pps, fodp."#);
    insta::assert_snapshot!(told(&with("outputtype", json!("swf")).unwrap_err()), @r#"-7 conversion.output_type Nothing can be converted to the type "swf". Give one of these as outputtype: ooxml, odf, pdfa, pdf, png, jpg, jpeg, docx, docm, dotx, dotm, odt, ott, doc, rtf, txt, html, epub, xlsx, xlsm, xltx, xltm, ods, ots, xls, csv, tsv, pptx, pptm, potx, potm, ppsx, ppsm, odp, otp, ppt."#);
    insta::assert_snapshot!(told(&with("outputtype", json!("xlsx")).unwrap_err()), @"-7 conversion.pair A file of the type docx can't be converted to xlsx. Choose one of these: pdf, png, jpg, jpeg, docx, docm, dotx, dotm, odt, ott, doc, rtf, txt, html, epub.");
    insta::assert_snapshot!(told(&ParameterError::Undetected), @"-9 conversion.undetected The type to convert to can't be found, since nothing says what type the file is. Give filetype, or an outputtype that names a format, such as docx.");
}

/// Any JSON that a parameter may have.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!({ "aspect": 1, "width": 9 })),
        Just(json!([1])),
    ]
}

const BEGIN: &str =
    "<!-- pairs: written by `RECTO_WRITE_DOCS=1 cargo test -p recto-docs-api documentation` -->\n";
const END: &str = "<!-- end of pairs -->\n";

#[test]
fn the_documentation_lists_the_pairs() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/topics/conversion.md"
    );
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let list = |names: Vec<&str>| format!("`{}`", names.join("` `"));
    let mut table = "\n| from | to |\n|---|---|\n".to_owned();
    for kind in [DocumentKind::Word, DocumentKind::Cell, DocumentKind::Slide] {
        let sources: Vec<_> = SourceType::all().filter(|it| it.kind() == kind).collect();
        let outputs = sources[0].outputs().map(OutputType::extension).collect();
        let sources = sources.into_iter().map(SourceType::extension).collect();
        let row = [list(sources), list(outputs)].join(" | ");
        table.extend(["| ", &row, " |\n"]);
    }
    let wanted = format!("{before}{BEGIN}{table}\n{END}{after}");
    if std::env::var_os("RECTO_WRITE_DOCS").is_some() {
        std::fs::write(path, wanted).unwrap();
        return;
    }
    assert_eq!(page, wanted);
    // What has no effect is named there.
    for name in IGNORED {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

proptest! {
    #[test]
    fn no_parameters_panic(values in proptest::collection::vec(value(), 12)) {
        let names = [
            "key", "url", "filetype", "outputtype", "title", "async", "password", "codePage",
            "delimiter", "delimiterChar", "thumbnail", "region",
        ];
        let parameters = names.into_iter().map(String::from).zip(values).collect();
        let _ = Conversion::parse(&parameters);
    }

    #[test]
    fn f1_a_name_stays_a_name(title in ".{0,300}") {
        let name = with("title", title.into()).unwrap().file_name();
        prop_assert!(name.strip_suffix(".pdf").is_some_and(|base| !base.is_empty()));
        prop_assert!(!name.starts_with('.'));
        prop_assert!(!name.contains(['/', '\\', '"', '\r', '\n', '\0']));
        prop_assert!(name.chars().count() <= LONGEST_TITLE + 7);
    }

    #[test]
    fn a_pair_is_accepted_exactly_if_it_is_listed(from in 0_usize..34, to in 0_usize..22) {
        let from = SourceType::all().nth(from).unwrap();
        let to = OutputType::all().nth(to).unwrap();
        let parsed = parse(&json!({
            "url": "u", "filetype": from.extension(), "outputtype": to.extension(),
        }));
        match parsed {
            Ok(parsed) => {
                prop_assert!(from.outputs().any(|listed| listed == to));
                prop_assert_eq!((parsed.source, parsed.output), (from, to));
            }
            Err(error) => {
                prop_assert!(from.outputs().all(|listed| listed != to));
                prop_assert_eq!(error.number(), -7);
            }
        }
    }
}

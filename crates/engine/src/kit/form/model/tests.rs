use proptest::prelude::*;

use super::*;

fn document(styles: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><office:document><office:meta><meta:date>1</meta:date></office:meta>\
         <office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text \
         text:use-soft-page-breaks=\"true\">{body}</office:text></office:body></office:document>"
    )
}

fn form(body: &str) -> Form {
    read(&document("", body)).unwrap()
}

const FORM: &str = "<text:p>Name: <text:text-input text:description=\"\">A &amp; B</text:text-input> end\
    <loext:content-control loext:checkbox=\"true\" loext:checked-state=\"x\">o</loext:content-control>\
    <loext:content-control><loext:list-item loext:value=\"r\"/>red</loext:content-control>\
    <loext:content-control loext:date=\"true\">2022</loext:content-control>\
    <field:fieldmark-start text:name=\"T\" field:type=\"vnd.oasis.opendocument.field.FORMTEXT\"/>old<field:fieldmark-end/>\
    <field:fieldmark text:name=\"a1\" field:type=\"vnd.oasis.opendocument.field.FORMCHECKBOX\"><field:param/></field:fieldmark></text:p>";

#[test]
fn fields_are_found_with_what_they_hold() {
    let found: Vec<_> = form(FORM)
        .controls
        .into_iter()
        .map(|control| (control.kind, control.text))
        .collect();
    insta::assert_snapshot!(format!("{found:?}"), @r#"[(Text, "A & B"), (Check, "o"), (List, "red"), (Day, "2022"), (OldText, "old"), (OldCheck, "")]"#);
}

#[test]
fn a_field_s_content_is_told_from_its_surroundings() {
    let before = form(FORM);
    let change = |from: &str, to: &str| before.changes(&form(&FORM.replacen(from, to, 1)));
    assert_eq!(change("", ""), Some(vec![]));
    let spaces = "C<text:s text:c=\"2\"/>";
    assert_eq!(change("A &amp; B", spaces), Some(vec![0]));
    let box_ = "checkbox=\"true\"";
    let ticked = format!("{box_} loext:checked=\"true\"");
    assert_eq!(change(box_, &ticked), Some(vec![1]));
    let span = "<text:span text:style-name=\"T9\">r</text:span>";
    assert_eq!(change("red", span), Some(vec![2]));
    assert_eq!(change(">old<", "><"), Some(vec![4]));
    let one = "<field:param field:value=\"1\"/>";
    assert_eq!(change("<field:param/>", one), Some(vec![5]));
    for (from, to) in [
        (" end", " End"),
        ("Name", "<text:span text:style-name=\"T1\">Name</text:span>"),
        ("<loext:list-item loext:value=\"r\"/>", ""),
        ("<text:p>", "<text:p/><text:p>"),
        ("A &amp; B</text:text-input>", "</text:text-input>A &amp; B"),
        ("A &amp; B", "<text:note>1</text:note>"),
        ("checked-state=\"x\"", "checked-state=\"y\""),
    ] {
        assert_eq!(change(from, to), None, "{from} {to}");
    }
}

#[test]
fn names_of_styles_and_what_is_calculated_count_for_nothing() {
    let one = document(
        "<style:style style:name=\"P1\" style:family=\"paragraph\"><style:text-properties fo:color=\"red\" officeooo:rsid=\"1\"/></style:style>",
        "<text:p text:style-name=\"P1\">x  y</text:p><text:p text:style-name=\"Standard\">1<text:time>12:01</text:time></text:p>",
    );
    let two = document(
        "<style:style style:name=\"P1\" style:family=\"paragraph\" style:parent-style-name=\"Standard\"><style:text-properties officeooo:paragraph-rsid=\"2\"/></style:style>\
         <style:style style:name=\"P2\" style:family=\"paragraph\"><style:text-properties fo:color=\"red\"/></style:style>",
        "<text:p text:style-name=\"P2\">x <text:s/>y<text:soft-page-break/></text:p><text:p text:style-name=\"P1\">1<text:time>12:02</text:time></text:p>",
    );
    assert_eq!(read(&one), read(&two));
    let blue = two.replace("red", "blue");
    assert_ne!(read(&one), read(&blue));
}

#[test]
fn half_a_document_is_none() {
    let whole = document("", FORM);
    assert!(read(&whole).is_some());
    for missing in 1..200 {
        assert!(read(&whole[..whole.len() - missing]).is_none(), "{missing}");
    }
    assert!(read("").is_none());
}

proptest! {
    #[test]
    fn nothing_panics(body in "(<text:p>|</text:p>|<text:s/>|<text:span>|</text:span>|<field:fieldmark-end/>|<field:fieldmark>|<text:text-input>|x|<){0,12}") {
        let _ = read(&document("", &body));
        let _ = read(&body);
    }
}

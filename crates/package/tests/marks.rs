//! Marks that come back, and packages that are nobody's.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use recto_package::{PackageError, bring, keeps_macros};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const S: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn rels(targets: &[(&str, &str)]) -> String {
    let all: Vec<_> = targets
        .iter()
        .enumerate()
        .map(|(index, (kind, target))| {
            format!(r#"<Relationship Id="rId{index}" Type="{TYPES}/{kind}" Target="{target}"/>"#)
        })
        .collect();
    let all = all.concat();
    format!(
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{all}</Relationships>"#
    )
}

fn write(path: &Path, parts: &[(&str, &[u8])]) {
    let mut archive = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in parts {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

/// A text with these settings, and with a body and a picture that nobody touches.
fn text(path: &Path, settings: &str) {
    let settings =
        format!(r#"<?xml version="1.0"?><w:settings xmlns:w="{W}" {settings}</w:settings>"#);
    let picture: Vec<_> = (0..=255_u8).cycle().take(5000).collect();
    write(
        path,
        &[
            (
                "_rels/.rels",
                rels(&[("officeDocument", "word/document.xml")]).as_bytes(),
            ),
            ("word/document.xml", b"<document/>"),
            (
                "word/_rels/document.xml.rels",
                rels(&[("settings", "settings.xml")]).as_bytes(),
            ),
            ("word/settings.xml", settings.as_bytes()),
            ("word/media/image1.png", &picture),
        ],
    );
}

fn workbook(path: &Path, children: &str) {
    let workbook = format!(
        r#"<?xml version="1.0"?><workbook xmlns="{S}" xmlns:r="{TYPES}">{children}</workbook>"#
    );
    write(
        path,
        &[
            (
                "_rels/.rels",
                rels(&[("officeDocument", "xl/workbook.xml")]).as_bytes(),
            ),
            ("xl/workbook.xml", workbook.as_bytes()),
        ],
    );
}

fn part(path: &Path, name: &str) -> String {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The compressed bytes of every entry but `changed`.
fn raw(path: &Path, changed: &str) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index_raw(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if entry.name() != changed {
            all.push((entry.name().to_owned(), bytes));
        }
    }
    all
}

struct Places {
    folder: tempfile::TempDir,
}

impl Places {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What comes of `saved` with what is kept of `file`, if there is anything to do.
    fn back(&self, file: &Path, saved: &Path) -> Option<PathBuf> {
        let extension = saved.extension().unwrap().to_str().unwrap();
        let of = file.extension().unwrap().to_str().unwrap();
        let kept = bring(file, &self.at("brought"), of).unwrap();
        let to = self.at("back");
        let done = kept
            .put_back(File::open(saved).unwrap(), extension, &to)
            .unwrap();
        done.then_some(to)
    }
}

#[test]
fn settings_come_back_in_the_order_of_their_schema_and_all_else_byte_for_byte() {
    let places = Places::new();
    let (file, saved) = (places.at("file.docx"), places.at("saved.docx"));
    text(
        &file,
        r#"xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" mc:Ignorable="w14"><w:zoom w:percent="80"/><w:attachedTemplate r:id="rId1"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="u" w:val="14"/></w:compat><w:decimalSymbol w:val=","/><w14:docId w14:val="1"/>"#,
    );
    text(
        &saved,
        r#"><w:zoom w:percent="100"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="u" w:val="12"/></w:compat><w:themeFontLang w:val="en-US"/>"#,
    );
    let back = places.back(&file, &saved).unwrap();
    let settings = part(&back, "word/settings.xml");
    let children = settings.split_once("<w:zoom").unwrap().1;
    assert_eq!(
        children,
        r#" w:percent="100"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="u" w:val="14"/></w:compat><w:themeFontLang w:val="en-US"/><w:decimalSymbol w:val=","/><w14:docId w14:val="1"/></w:settings>"#,
    );
    assert!(settings.contains(r#"mc:Ignorable="w14""#), "{settings}");
    assert_eq!(
        raw(&back, "word/settings.xml"),
        raw(&saved, "word/settings.xml")
    );
}

#[test]
fn a_text_that_was_none_is_for_the_current_version() {
    let places = Places::new();
    let (file, saved) = (places.at("file.odt"), places.at("saved.docx"));
    std::fs::write(&file, "no package at all").unwrap();
    text(
        &saved,
        r#"><w:compat><w:a/><w:compatSetting w:name="compatibilityMode" w:uri="u" w:val="12"/></w:compat>"#,
    );
    let settings = part(&places.back(&file, &saved).unwrap(), "word/settings.xml");
    assert!(settings.contains(r#"<w:compat><w:a/><w:compatSetting w:name="compatibilityMode" w:uri="u" w:val="15"/></w:compat>"#), "{settings}");
}

#[test]
fn a_text_whose_settings_are_not_known_is_not_made_a_later_one() {
    let places = Places::new();
    let (file, saved) = (places.at("file.docx"), places.at("saved.docx"));
    text(
        &saved,
        r#"><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="u" w:val="12"/></w:compat>"#,
    );
    let leads = rels(&[("officeDocument", "word/document.xml")]);
    write(&file, &[("_rels/.rels", leads.as_bytes())]);
    assert!(places.back(&file, &saved).is_none(), "no settings");
    text(&file, r"><broken>");
    assert!(
        places.back(&file, &saved).is_none(),
        "none that can be read"
    );
    std::fs::write(&file, "no archive").unwrap();
    assert!(places.back(&file, &saved).is_none(), "no package");
}

#[test]
fn a_text_in_the_strict_spelling_keeps_its_mode() {
    let places = Places::new();
    let (file, saved) = (places.at("file.docx"), places.at("saved.docx"));
    let mode = |number| {
        format!(
            r#"<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="u" w:val="{number}"/></w:compat>"#
        )
    };
    let strict = format!(
        r#"<w:settings xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main">{}</w:settings>"#,
        mode("14")
    );
    write(
        &file,
        &[
            (
                "_rels/.rels",
                rels(&[("officeDocument", "word/document.xml")]).as_bytes(),
            ),
            ("word/document.xml", b"<document/>"),
            (
                "word/_rels/document.xml.rels",
                rels(&[("settings", "settings.xml")]).as_bytes(),
            ),
            ("word/settings.xml", strict.as_bytes()),
        ],
    );
    text(&saved, &format!(">{}", mode("12")));
    let settings = part(&places.back(&file, &saved).unwrap(), "word/settings.xml");
    assert!(settings.contains(&mode("14")), "{settings}");
}

#[test]
fn a_workbook_gets_its_marks_and_keeps_what_was_done_to_it() {
    let places = Places::new();
    let (file, saved) = (places.at("file.xlsx"), places.at("saved.xlsx"));
    workbook(
        &file,
        r#"<fileVersion appName="xl" lastEdited="7"/><fileSharing readOnlyRecommended="1"/><workbookPr date1904="1" codeName="Book" filterPrivacy="1"/><workbookProtection lockStructure="1"/><bookViews><workbookView xWindow="9" activeTab="2"/></bookViews><sheets><sheet name="A" sheetId="1" state="veryHidden" r:id="rId1"/><sheet name="B" sheetId="2" state="veryHidden" r:id="rId2"/></sheets><definedNames><definedName name="Rate" comment="all">1</definedName></definedNames><calcPr calcId="9" calcMode="manual"/>"#,
    );
    workbook(
        &saved,
        r#"<fileVersion appName="Calc"/><workbookPr date1904="false"/><bookViews><workbookView xWindow="0" activeTab="1"/></bookViews><sheets><sheet name="A" sheetId="1" state="hidden" r:id="rId3"/><sheet name="B" sheetId="2" state="visible" r:id="rId4"/></sheets><definedNames><definedName name="Rate">2</definedName></definedNames><calcPr refMode="A1"/>"#,
    );
    let made = part(&places.back(&file, &saved).unwrap(), "xl/workbook.xml");
    let (_, children) = made.split_once(r#"relationships">"#).unwrap();
    assert_eq!(
        children,
        r#"<fileVersion appName="xl" lastEdited="7"/><fileSharing readOnlyRecommended="1"/><workbookPr date1904="false" codeName="Book" filterPrivacy="1"/><workbookProtection lockStructure="1"/><bookViews><workbookView xWindow="9" activeTab="1"/></bookViews><sheets><sheet name="A" sheetId="1" state="veryHidden" r:id="rId3"/><sheet name="B" sheetId="2" state="visible" r:id="rId4"/></sheets><definedNames><definedName name="Rate" comment="all">2</definedName></definedNames><calcPr refMode="A1" calcMode="manual"/></workbook>"#,
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn c1_no_package_makes_it_panic_and_no_part_that_it_leaves_alone_changes(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
        inner in any::<prop::sample::Index>(), letter in any::<char>(), which in 0..3,
    ) {
        let places = Places::new();
        let (file, saved) = (places.at("file.docx"), places.at("saved.docx"));
        let mut settings = r#"xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:compat><w:compatSetting w:name="compatibilityMode" w:val="14"/></w:compat><w:rsids/>"#.to_owned();
        if which == 0 {
            let at = inner.index(settings.len());
            if settings.is_char_boundary(at) {
                settings.insert(at, letter);
            }
        }
        text(&file, &settings);
        text(&saved, r#"><w:compat><w:compatSetting w:name="compatibilityMode" w:val="12"/></w:compat>"#);
        let harmed = if which == 1 { &file } else { &saved };
        if which > 0 {
            let mut bytes = std::fs::read(harmed).unwrap();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if cut.index(10) == 0 {
                bytes.truncate(at);
            }
            std::fs::write(harmed, bytes).unwrap();
        }
        let Ok(kept) = bring(&file, &places.at("brought"), "docx") else {
            prop_assert_eq!(which, 1, "only a harmed file is refused");
            return Ok(());
        };
        let to = places.at("back");
        if let Ok(true) = kept.put_back(File::open(&saved).unwrap(), "docx", &to) && which < 2 {
            prop_assert_eq!(raw(&to, "word/settings.xml"), raw(&saved, "word/settings.xml"));
        }
    }
}

const MAIN: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

/// A text with the types of its parts, and with macros if `project` is some.
fn typed(path: &Path, project: Option<&[u8]>) {
    let types = format!(
        r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>"#
    );
    let package = rels(&[("officeDocument", "word/document.xml")]);
    let mut leads = rels(&[("styles", "styles.xml")]);
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", package.as_bytes()),
        ("word/document.xml", b"<document/>"),
    ];
    let signed = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProjectSignature" Target="vbaProjectSignature.bin"/></Relationships>"#;
    if let Some(project) = project {
        leads = leads.replace(
            "</Relationships>",
            r#"<Relationship Id="rId9" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>"#,
        );
        parts.push(("word/vbaProject.bin", project));
        parts.push(("word/_rels/vbaProject.bin.rels", signed.as_bytes()));
        parts.push(("word/vbaProjectSignature.bin", b"signed"));
    }
    parts.push(("word/_rels/document.xml.rels", leads.as_bytes()));
    write(path, &parts);
}

#[test]
fn macros_come_back_byte_for_byte_in_a_type_that_has_them() {
    let places = Places::new();
    let project = b"a project \x00\xff of macros";
    let file = places.at("file.docm");
    typed(&file, Some(project));
    let saved = places.at("saved.docm");
    typed(&saved, None);
    let back = places.back(&file, &saved).unwrap();
    let mut archive = ZipArchive::new(File::open(&back).unwrap()).unwrap();
    let mut bytes = Vec::new();
    archive
        .by_name("word/vbaProject.bin")
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(bytes, project);
    assert_eq!(part(&back, "word/vbaProjectSignature.bin"), "signed");
    assert!(
        part(&back, "word/_rels/vbaProject.bin.rels")
            .contains(r#"Target="/word/vbaProjectSignature.bin""#)
    );
    assert!(
        part(&back, "word/_rels/document.xml.rels").contains(r#"Target="/word/vbaProject.bin""#)
    );
    let types = part(&back, "[Content_Types].xml");
    assert!(
        types.contains("document.macroEnabled.main+xml")
            && types.contains(r#"PartName="/word/vbaProject.bin""#),
        "{types}"
    );
    // Once more, as after each snapshot that is opened again.
    let again = places.at("again.docm");
    std::fs::copy(&back, &again).unwrap();
    assert!(places.back(&again, &saved).is_some());
    // A type without macros gets none.
    let plain = places.at("saved.docx");
    typed(&plain, None);
    assert!(places.back(&file, &plain).is_none());
}

#[test]
fn macros_that_cannot_be_put_back_fail_the_save() {
    let places = Places::new();
    let file = places.at("file.docm");
    typed(&file, Some(b"project"));
    let kept = bring(&file, &places.at("brought"), "docm").unwrap();
    assert!(kept.holds_macros("docm") && !kept.holds_macros("docx") && !kept.holds_macros("xlsm"));
    let saved = places.at("saved.docm");
    // A name that is taken, and a package without types.
    typed(&saved, Some(b"other"));
    let taken = kept.put_back(File::open(&saved).unwrap(), "docm", &places.at("back"));
    assert!(matches!(taken, Err(PackageError::Macros)));
    text(&saved, ">");
    let untyped = kept.put_back(File::open(&saved).unwrap(), "docm", &places.at("back"));
    assert!(matches!(untyped, Err(PackageError::Macros)));
}

#[test]
fn macros_are_kept_where_their_type_has_some_and_they_can_be_read() {
    let places = Places::new();
    let file = places.at("file.docm");
    typed(&file, Some(b"project"));
    assert!(keeps_macros(&file, "docm"));
    assert!(!keeps_macros(&file, "docx") && !keeps_macros(&file, "odt"));
    typed(&file, Some(&vec![0; (16 << 20) + 1]));
    assert!(!keeps_macros(&file, "docm"));
    let kept = bring(&file, &places.at("brought"), "docm").unwrap();
    assert!(kept.lacks_macros("docm") && !kept.holds_macros("docm"));
    // Nothing leads to these.
    write(
        &file,
        &[
            (
                "_rels/.rels",
                rels(&[("officeDocument", "word/document.xml")]).as_bytes(),
            ),
            ("word/vbaProject.bin", b"project"),
        ],
    );
    assert!(!keeps_macros(&file, "docm"));
    typed(&file, None);
    assert!(keeps_macros(&file, "docm"), "there are none");
}

#[test]
fn templates_get_their_type_back() {
    let places = Places::new();
    let (file, saved) = (places.at("file.dotx"), places.at("saved.dotx"));
    typed(&file, None);
    typed(&saved, None);
    let types = part(&places.back(&file, &saved).unwrap(), "[Content_Types].xml");
    assert!(
        types.contains("wordprocessingml.template.main+xml"),
        "{types}"
    );
}

//! Documents that are made rather than kept: long, wide and heavy ones.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TYPES: &str = "application/vnd.openxmlformats-officedocument";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006";
/// Characters of a paragraph are as many sentences of this.
const SENTENCE: &str = "All that a person writes in a day, and what others add to it, one by one. ";
/// Pixels of a picture's side: 4 MB that cannot be packed.
const SIDE: u32 = 1155;

/// A text of so many pages, each with a heading and paragraphs.
pub fn pages(to: &Path, pages: usize) -> anyhow::Result<()> {
    let mut body = String::new();
    for page in 1..=pages {
        let broken = if page == 1 {
            ""
        } else {
            "<w:pageBreakBefore/>"
        };
        write!(
            body,
            "<w:p><w:pPr>{broken}</w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>Page {page}</w:t></w:r></w:p>"
        )?;
        for _ in 0..6 {
            write!(
                body,
                "<w:p><w:r><w:t>{}</w:t></w:r></w:p>",
                SENTENCE.repeat(7)
            )?;
        }
    }
    text(to, &body, &[])
}

/// A text with so many pictures of 4 MB.
pub fn pictures(to: &Path, count: usize) -> anyhow::Result<()> {
    let mut body = String::new();
    let mut all = Vec::new();
    for number in 1..=count {
        let size = "cx=\"3600000\" cy=\"3600000\"";
        write!(
            body,
            "<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p><w:p><w:r><w:drawing><wp:inline><wp:extent {size}/><wp:docPr id=\"{number}\" name=\"P{number}\"/><a:graphic><a:graphicData uri=\"{DRAWING}/picture\"><pic:pic><pic:nvPicPr><pic:cNvPr id=\"{number}\" name=\"P{number}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"p{number}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext {size}/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        )?;
        all.push(noise(u32::try_from(number)?)?);
    }
    text(to, &body, &all)
}

/// A workbook with so many rows and columns of numbers.
pub fn cells(to: &Path, rows: usize, columns: u8) -> anyhow::Result<()> {
    let mut package = Package::begin(to)?;
    let part = |name: &str, kind: &str| {
        format!("<Override PartName=\"/{name}\" ContentType=\"{TYPES}.spreadsheetml.{kind}+xml\"/>")
    };
    package.types(
        &(part("xl/workbook.xml", "sheet.main") + &part("xl/sheet1.xml", "worksheet")),
        "xl/workbook.xml",
    )?;
    package.part(
        "xl/_rels/workbook.xml.rels",
        &format!("<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"s\" Type=\"{RELATIONS}/worksheet\" Target=\"sheet1.xml\"/></Relationships>"),
    )?;
    package.part(
        "xl/workbook.xml",
        &format!("<workbook xmlns=\"{SHEET}\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"One\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"),
    )?;
    let mut sheet = format!("<worksheet xmlns=\"{SHEET}\"><sheetData>");
    for row in 1..=rows {
        write!(sheet, "<row r=\"{row}\">")?;
        for column in 0..columns {
            let letter = char::from(b'A' + column);
            let value = row * usize::from(column + 3) % 9973;
            write!(sheet, "<c r=\"{letter}{row}\"><v>{value}</v></c>")?;
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    package.part("xl/sheet1.xml", &sheet)?;
    package.end()
}

fn text(to: &Path, body: &str, pictures: &[Vec<u8>]) -> anyhow::Result<()> {
    let mut package = Package::begin(to)?;
    package.types(
        &format!("<Default Extension=\"png\" ContentType=\"image/png\"/><Override PartName=\"/word/document.xml\" ContentType=\"{TYPES}.wordprocessingml.document.main+xml\"/>"),
        "word/document.xml",
    )?;
    let mut relations = format!("<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for (index, picture) in pictures.iter().enumerate() {
        let number = index + 1;
        write!(
            relations,
            "<Relationship Id=\"p{number}\" Type=\"{RELATIONS}/image\" Target=\"media/{number}.png\"/>"
        )?;
        package.stored(&format!("word/media/{number}.png"), picture)?;
    }
    relations.push_str("</Relationships>");
    package.part("word/_rels/document.xml.rels", &relations)?;
    package.part(
        "word/document.xml",
        &format!("<w:document xmlns:w=\"{WORD}\" xmlns:r=\"{RELATIONS}\" xmlns:a=\"{DRAWING}/main\" xmlns:pic=\"{DRAWING}/picture\" xmlns:wp=\"{DRAWING}/wordprocessingDrawing\"><w:body>{body}</w:body></w:document>"),
    )?;
    package.end()
}

/// A picture without any pattern.
fn noise(seed: u32) -> anyhow::Result<Vec<u8>> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    let pixels: Vec<u8> = (0..SIDE * SIDE * 3).map(|_| next()).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(file)
}

/// An OOXML package.
struct Package(ZipWriter<File>);

impl Package {
    fn begin(to: &Path) -> anyhow::Result<Self> {
        Ok(Self(ZipWriter::new(File::create(to)?)))
    }

    /// Says what its parts are, and which is the main one.
    fn types(&mut self, types: &str, main: &str) -> anyhow::Result<()> {
        let rels = "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>";
        self.part(
            "[Content_Types].xml",
            &format!("<Types xmlns=\"{PACKAGE}/content-types\">{rels}{types}</Types>"),
        )?;
        self.part(
            "_rels/.rels",
            &format!("<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"m\" Type=\"{RELATIONS}/officeDocument\" Target=\"{main}\"/></Relationships>"),
        )
    }

    fn part(&mut self, name: &str, xml: &str) -> anyhow::Result<()> {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
        self.0.start_file(name, SimpleFileOptions::default())?;
        self.0.write_all(head.as_bytes())?;
        Ok(self.0.write_all(xml.as_bytes())?)
    }

    fn stored(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let plain = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        self.0.start_file(name, plain)?;
        Ok(self.0.write_all(bytes)?)
    }

    fn end(self) -> anyhow::Result<()> {
        self.0.finish()?;
        Ok(())
    }
}

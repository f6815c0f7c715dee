//! A request to the conversion service (spec 7.2), and what it can be for.

mod code_page;
mod error;
mod region;
mod types;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroize;

pub use code_page::CodePage;
pub use error::ParameterError;
pub use region::Region;
pub use types::{OutputType, SourceType};

use crate::DocumentKey;

/// Most characters of a password.
const LONGEST_PASSWORD: usize = 255;
/// Most characters of a title that count.
const LONGEST_TITLE: usize = 240;
/// Most pixels of a side of a thumbnail.
const LARGEST_SIDE: u32 = 4096;
/// Sides of a thumbnail for which the request names none, in pixels.
const USUAL_SIDE: u32 = 100;
/// What the request may say, and this engine does not do.
const IGNORED: [&str; 5] = [
    "documentLayout",
    "documentRenderer",
    "pdfLayout",
    "spreadsheetLayout",
    "watermark",
];

/// The password of a document. It is in no debug output, and wiped from memory with the value.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The password that opens the document.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// How a page becomes a picture of a given size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// It is stretched to it.
    Stretch,
    /// It fits into it, and keeps its proportions.
    Keep,
    /// The size does not count: a picture of 96 pixels an inch.
    Natural,
}

/// The picture of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Thumbnail {
    /// What the size means.
    pub aspect: Aspect,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl Default for Thumbnail {
    fn default() -> Self {
        Self {
            aspect: Aspect::Natural,
            width: USUAL_SIDE,
            height: USUAL_SIDE,
        }
    }
}

/// What is to be converted to what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Conversion {
    /// Identifies a revision of the document.
    pub key: Option<DocumentKey>,
    /// Where the document is.
    pub url: String,
    /// What the document is.
    pub source: SourceType,
    /// What it becomes.
    pub output: OutputType,
    /// A PDF that is fit for an archive.
    pub archival: bool,
    /// The document's name.
    pub title: Option<String>,
    /// The answer does not wait for the result.
    pub is_async: bool,
    /// Opens a protected document.
    pub password: Option<Password>,
    /// How a text is encoded; recognised if it is not said.
    pub code_page: Option<CodePage>,
    /// What is between the values of a text, in ASCII.
    pub delimiter: Option<u8>,
    /// How the numbers of a text of values are written; as in English if it is not said.
    pub region: Option<Region>,
    /// The size of a picture.
    pub thumbnail: Thumbnail,
    /// Parameters that were given and that this server does nothing with.
    pub ignored: Vec<&'static str>,
}

impl Conversion {
    /// Reads the parameters of a request. A query gives all of them as texts.
    pub fn parse(parameters: &Map<String, Value>) -> Result<Self, ParameterError> {
        let reader = Reader(parameters);
        let key = match parameters.get("key") {
            None | Some(Value::Null) => None,
            Some(key) => Some(
                key.as_str()
                    .and_then(|key| DocumentKey::try_from(key).ok())
                    .ok_or(ParameterError::Wrong(
                        "key",
                        "Give 1 to 128 characters of 0-9 a-z A-Z . _ = - that change with the file's content.",
                    ))?,
            ),
        };
        let named = reader.type_name(["filetype", "fileType"])?;
        let wanted = reader
            .type_name(["outputtype", "outputType"])?
            .ok_or(ParameterError::Missing("outputtype"))?;
        let url = reader
            .text(["url"])?
            .ok_or(ParameterError::Missing("url"))?
            .to_owned();
        let title = reader
            .text(["title"])?
            .map(|title| title.chars().take(LONGEST_TITLE).collect::<String>());
        let (output, archival) = OutputType::parse(wanted)?;
        let source = match named {
            Some(name) => Some(SourceType::parse(name)?),
            None => [title.as_deref(), Some(url.as_str())]
                .into_iter()
                .flatten()
                .find_map(SourceType::of_name),
        };
        let source = match (source, output) {
            (Some(source), _) => source,
            (None, types::Wanted::Exact(_)) => return Err(ParameterError::Missing("filetype")),
            (None, _) => return Err(ParameterError::Undetected),
        };
        let output = output.for_source(source)?;
        let pdf = reader.object("pdf")?;
        let pdf = Reader(&pdf);
        let mut ignored: Vec<_> = IGNORED
            .into_iter()
            .filter(|name| reader.given([name]).is_some())
            .collect();
        if pdf.flag("form")? == Some(true) {
            ignored.push("pdf.form");
        }
        let mut region = reader.text(["region"])?.map(Region::parse).transpose()?;
        if region.is_some() && !matches!(source.extension(), "csv" | "tsv") {
            // Other files have their numbers as numbers.
            region = None;
            ignored.push("region");
        }
        Ok(Self {
            key,
            url,
            source,
            output,
            archival: archival || (output.extension() == "pdf" && pdf.flag("pdfa")? == Some(true)),
            title,
            is_async: reader.flag("async")?.unwrap_or(false),
            password: reader.password()?,
            code_page: match reader.number("codePage")? {
                None => None,
                Some(number) => Some(CodePage::parse(number)?),
            },
            delimiter: reader.delimiter()?,
            region,
            thumbnail: reader.thumbnail()?,
            ignored,
        })
    }

    /// What the document is called: its title, or what its address ends with if that has the extension of
    /// a file. Nothing if neither is there.
    pub fn name(&self) -> Cow<'_, str> {
        if let Some(title) = &self.title {
            return title.as_str().into();
        }
        let last = last_of(&self.url);
        if SourceType::of_name(last).is_some() {
            percent_encoding::percent_decode_str(last).decode_utf8_lossy()
        } else {
            "".into()
        }
    }

    /// The name of the result: the title with another extension.
    pub fn file_name(&self) -> String {
        let title = self.title.as_deref().unwrap_or_default();
        // Nothing that ends a name, a header or a folder.
        let clean: String = title
            .chars()
            .map(|c| match c {
                '/' | '\\' | '"' | ':' | '*' | '?' | '<' | '>' | '|' => '_',
                c if c.is_control() => '_',
                c => c,
            })
            .collect();
        let base = match clean.rsplit_once('.') {
            Some((base, extension))
                if !base.is_empty()
                    && (1..=5).contains(&extension.len())
                    && extension.bytes().all(|b| b.is_ascii_alphanumeric()) =>
            {
                base
            }
            _ => &clean,
        };
        let base = base.trim().trim_start_matches('.');
        let base = if base.is_empty() { "output" } else { base };
        format!("{base}.{}", self.output.extension())
    }

    /// The same without what changes nothing in the result.
    #[must_use]
    pub fn essence(&self) -> Self {
        Self {
            url: String::new(),
            // Fields of the document may show it.
            title: Some(self.name().into_owned()),
            is_async: false,
            ignored: Vec::new(),
            ..self.clone()
        }
    }
}

/// The last segment of an address.
fn last_of(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    path.rsplit('/').next().unwrap_or(path)
}

/// Reads parameters that may have come as JSON or as texts.
struct Reader<'p>(&'p Map<String, Value>);

impl<'p> Reader<'p> {
    /// The first of these names that has a value. An empty text is none.
    fn given<const N: usize>(&self, names: [&'static str; N]) -> Option<(&'static str, &'p Value)> {
        names.into_iter().find_map(|name| {
            let value = self.0.get(name)?;
            (!value.is_null() && value.as_str() != Some("")).then_some((name, value))
        })
    }

    fn text<const N: usize>(
        &self,
        names: [&'static str; N],
    ) -> Result<Option<&'p str>, ParameterError> {
        match self.given(names) {
            None => Ok(None),
            Some((_, Value::String(text))) => Ok(Some(text)),
            Some((name, _)) => Err(ParameterError::Wrong(name, "Give a text.")),
        }
    }

    fn type_name(&self, names: [&'static str; 2]) -> Result<Option<&'p str>, ParameterError> {
        let hint = "Give the extension of the file, such as docx, without a dot.";
        let Some((name, value)) = self.given(names) else {
            return Ok(None);
        };
        match value.as_str() {
            Some(text) if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Ok(Some(text)),
            _ => Err(ParameterError::Wrong(name, hint)),
        }
    }

    fn flag(&self, name: &'static str) -> Result<Option<bool>, ParameterError> {
        match self.given([name]) {
            None => Ok(None),
            Some((_, Value::Bool(flag))) => Ok(Some(*flag)),
            Some((_, Value::String(text))) if text == "true" => Ok(Some(true)),
            Some((_, Value::String(text))) if text == "false" => Ok(Some(false)),
            Some(_) => Err(ParameterError::Wrong(name, "Give true or false.")),
        }
    }

    fn number(&self, name: &'static str) -> Result<Option<u32>, ParameterError> {
        let Some((_, value)) = self.given([name]) else {
            return Ok(None);
        };
        value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .or_else(|| value.as_str()?.trim().parse().ok())
            .map(Some)
            .ok_or(ParameterError::Wrong(
                name,
                "Give a number of at least 0, without a fraction.",
            ))
    }

    /// A member that is an object, or the text of one.
    fn object(&self, name: &'static str) -> Result<Map<String, Value>, ParameterError> {
        let wrong = ParameterError::Wrong(name, "Give a JSON object.");
        match self.given([name]) {
            None => Ok(Map::new()),
            Some((_, Value::Object(members))) => Ok(members.clone()),
            Some((_, Value::String(text))) => serde_json::from_str(text).map_err(|_| wrong),
            Some(_) => Err(wrong),
        }
    }

    fn password(&self) -> Result<Option<Password>, ParameterError> {
        let wrong = ParameterError::Wrong("password", "Give a password of at most 255 characters.");
        match self.given(["password"]) {
            None => Ok(None),
            Some((_, Value::String(word))) if word.chars().count() <= LONGEST_PASSWORD => {
                Ok(Some(Password(word.clone())))
            }
            Some(_) => Err(wrong),
        }
    }

    /// The number of the API's list, unless a character is given.
    fn delimiter(&self) -> Result<Option<u8>, ParameterError> {
        if let Some(text) = self.text(["delimiterChar"])? {
            return match text.as_bytes() {
                [byte] if (byte.is_ascii_graphic() || b" \t".contains(byte)) && *byte != b'"' => {
                    Ok(Some(*byte))
                }
                _ => Err(ParameterError::Wrong(
                    "delimiterChar",
                    "Give one ASCII character that is not a quotation mark.",
                )),
            };
        }
        Ok(match self.number("delimiter")? {
            None | Some(0) => None,
            Some(1) => Some(b'\t'),
            Some(2) => Some(b';'),
            Some(3) => Some(b':'),
            Some(4) => Some(b','),
            Some(5) => Some(b' '),
            Some(_) => {
                return Err(ParameterError::Wrong(
                    "delimiter",
                    "Give 1 for a tab, 2 for a semicolon, 3 for a colon, 4 for a comma or 5 for a space; with 0 the delimiter is recognised.",
                ));
            }
        })
    }

    fn thumbnail(&self) -> Result<Thumbnail, ParameterError> {
        let members = self.object("thumbnail")?;
        let reader = Reader(&members);
        let of_thumbnail = |hint| move |_: ParameterError| ParameterError::Wrong("thumbnail", hint);
        if reader
            .flag("first")
            .map_err(of_thumbnail("Give true or false as \"first\"."))?
            == Some(false)
        {
            return Err(ParameterError::Wrong(
                "thumbnail",
                "Leave out \"first\", or set it to true: pictures of all pages are not made.",
            ));
        }
        let sides = "Give \"width\" and \"height\" from 1 to 4096.";
        let side = |name| match reader.number(name).map_err(of_thumbnail(sides))? {
            None => Ok(USUAL_SIDE),
            Some(side) if (1..=LARGEST_SIDE).contains(&side) => Ok(side),
            Some(_) => Err(ParameterError::Wrong("thumbnail", sides)),
        };
        let aspects = "Give 0 (stretch), 1 (keep) or 2 (96 pixels an inch) as \"aspect\".";
        let aspect = match reader.number("aspect").map_err(of_thumbnail(aspects))? {
            Some(0) => Aspect::Stretch,
            Some(1) => Aspect::Keep,
            None | Some(2) => Aspect::Natural,
            Some(_) => return Err(ParameterError::Wrong("thumbnail", aspects)),
        };
        Ok(Thumbnail {
            aspect,
            width: side("width")?,
            height: side("height")?,
        })
    }
}

#[cfg(test)]
mod tests;

//! How texts are encoded.

use super::ParameterError;

/// Numbers of code pages, with the names of their encodings in the Encoding Standard.
static KNOWN: [(u32, &str); 38] = [
    (866, "ibm866"),
    (874, "windows-874"),
    (932, "shift_jis"),
    (936, "gbk"),
    (949, "euc-kr"),
    (950, "big5"),
    (1200, "utf-16le"),
    (1201, "utf-16be"),
    (1250, "windows-1250"),
    (1251, "windows-1251"),
    (1252, "windows-1252"),
    (1253, "windows-1253"),
    (1254, "windows-1254"),
    (1255, "windows-1255"),
    (1256, "windows-1256"),
    (1257, "windows-1257"),
    (1258, "windows-1258"),
    (10000, "macintosh"),
    (10007, "x-mac-cyrillic"),
    (20127, "windows-1252"),
    (20866, "koi8-r"),
    (20932, "euc-jp"),
    (21866, "koi8-u"),
    (28591, "iso-8859-1"),
    (28592, "iso-8859-2"),
    (28593, "iso-8859-3"),
    (28594, "iso-8859-4"),
    (28595, "iso-8859-5"),
    (28596, "iso-8859-6"),
    (28597, "iso-8859-7"),
    (28598, "iso-8859-8"),
    (28599, "iso-8859-9"),
    (28603, "iso-8859-13"),
    (28605, "iso-8859-15"),
    (50220, "iso-2022-jp"),
    (51932, "euc-jp"),
    (54936, "gb18030"),
    (65001, "utf-8"),
];

/// The encoding of a text, by the number that Windows gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodePage(&'static (u32, &'static str));

impl CodePage {
    /// Finds it by its number, such as 65001 for UTF-8.
    pub fn parse(number: u32) -> Result<Self, ParameterError> {
        KNOWN
            .iter()
            .find(|(known, _)| *known == number)
            .map(Self)
            .ok_or(ParameterError::Wrong(
                "codePage",
                "Give the number of a Windows code page, such as 65001 for UTF-8 or 1252 for Western Europe, or leave it out to have it recognised.",
            ))
    }

    /// Its name in the Encoding Standard.
    pub fn label(self) -> &'static str {
        self.0.1
    }
}

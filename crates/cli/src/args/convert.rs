//! The command line of `recto convert`.

use std::path::PathBuf;

use clap::Args as Group;

/// Options of a conversion.
#[derive(Debug, Group)]
pub struct Convert {
    /// The file to convert.
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The file to write; its extension says to what. One that is there is replaced once the new one
    /// is whole.
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// Type of the file, such as docx [default: its extension].
    #[arg(long, value_name = "TYPE")]
    pub from: Option<String>,
    /// Type to convert to, such as pdf [default: the extension of OUT].
    #[arg(long, value_name = "TYPE")]
    pub to: Option<String>,
    /// Opens a protected file. Other users of this machine can see it while the command runs:
    /// --password-file is safer.
    #[arg(long, conflicts_with = "password_file")]
    pub password: Option<String>,
    /// File that holds the password; one line end after it does not count.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// What is between the values of a csv: one ASCII character, or tab, semicolon, colon, comma or
    /// space [default: recognised in what is read, a comma in what is written].
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub delimiter: Option<char>,
    /// Number of the Windows code page of a txt or csv, such as 1252 [default: recognised].
    #[arg(long, value_name = "NUMBER")]
    pub code_page: Option<u32>,
    /// Locale of a csv, such as de-DE: whether its numbers have a decimal point or a comma.
    #[arg(long, value_name = "LOCALE")]
    pub region: Option<String>,
    /// Make a PDF that is fit for an archive (PDF/A-2b).
    #[arg(long)]
    pub pdfa: bool,
    /// Largest width and height of a png or jpg, in pixels, such as 300x200 [default: 96 pixels an inch].
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub thumbnail: Option<(u32, u32)>,
    /// Seconds that it may take.
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    pub seconds: u64,
    /// LibreOffice's program folder [default: found].
    #[arg(long, env = "RECTO_OFFICE")]
    pub office: Option<PathBuf>,
    /// Folder of fonts beside the system's.
    #[arg(long, env = "RECTO_FONTS")]
    pub fonts: Option<PathBuf>,
    /// Print what was done, or what is wrong, as JSON.
    #[arg(long)]
    pub json: bool,
}

fn delimiter(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (text, characters.next(), characters.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        ("semicolon", ..) => Ok(';'),
        ("colon", ..) => Ok(':'),
        ("comma", ..) => Ok(','),
        ("space", ..) => Ok(' '),
        (_, Some(one), None) if one.is_ascii() => Ok(one),
        _ => Err("give one ASCII character, or tab, semicolon, colon, comma or space".to_owned()),
    }
}

fn size(text: &str) -> Result<(u32, u32), String> {
    text.split_once(['x', 'X'])
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .filter(|(width, height)| {
            [width, height]
                .iter()
                .all(|side| (1..=4096).contains(*side))
        })
        .ok_or_else(|| {
            "give width and height from 1 to 4096 with an x between, as in 300x200".to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_have_names() {
        assert_eq!(delimiter("tab"), Ok('\t'));
        assert_eq!(delimiter("semicolon"), Ok(';'));
        assert_eq!(delimiter("|"), Ok('|'));
        for text in ["", "ab", "é", ";;"] {
            assert!(delimiter(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("300x200"), Ok((300, 200)));
        for text in ["", "300", "x", "0x1", "1x4097", "-1x2", "1x2x3"] {
            assert!(size(text).is_err(), "{text:?}");
        }
    }
}

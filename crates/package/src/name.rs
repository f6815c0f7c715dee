//! What a document is called, as the name of a file.

/// The longest name that file systems take, in bytes.
const LONGEST: usize = 255;
/// What a document is called that has no name.
const NAMELESS: &str = "document";

/// A name that is safe for a file in a folder of its own: one part of a path, visible, of at most
/// 255 bytes, that ends with the extension of the file's type. Fields and functions that give a document's
/// name show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// The name that comes nearest to a document's title, which may be any text.
    pub fn of(title: &str, extension: &str) -> Self {
        let plain: String = title
            .chars()
            .filter(|letter| !letter.is_control() && !is_direction(*letter))
            .map(|letter| match letter {
                '/' | '\\' => '_',
                letter => letter,
            })
            .collect();
        let plain = plain.trim().trim_start_matches('.').trim_start();
        let ending = format!(".{extension}");
        // In the letters that it has: nobody wants "LETTER.DOCX" to be called otherwise.
        let (stem, ending) = match plain.len().checked_sub(ending.len()) {
            Some(at) if plain.is_char_boundary(at) && plain[at..].eq_ignore_ascii_case(&ending) => {
                plain.split_at(at)
            }
            _ => (plain, ending.as_str()),
        };
        let stem = cut(stem, LONGEST.saturating_sub(ending.len())).trim_end();
        let stem = if stem.is_empty() { NAMELESS } else { stem };
        Self(format!("{stem}{ending}"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

/// Marks that turn the direction of what is beside them: a name must not read as another one.
fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(title: &str) -> String {
        FileName::of(title, "docx").0
    }

    #[test]
    fn a_document_is_called_as_its_title_says() {
        assert_eq!(named("Letter to Zoë.docx"), "Letter to Zoë.docx");
        assert_eq!(named("LETTER.DOCX"), "LETTER.DOCX");
        assert_eq!(named("Letter"), "Letter.docx");
        assert_eq!(named("letter.odt"), "letter.odt.docx");
        assert_eq!(named("50 % #1?.docx"), "50 % #1?.docx");
    }

    #[test]
    fn a_title_is_no_path() {
        assert_eq!(named("../../etc/passwd"), "_.._etc_passwd.docx");
        assert_eq!(named(r"C:\a\b.docx"), "C:_a_b.docx");
        assert_eq!(named("..."), "document.docx");
        assert_eq!(named(".docx"), "docx.docx");
        assert_eq!(named(" \u{0}\n.docx"), "docx.docx");
        assert_eq!(named(""), "document.docx");
        assert_eq!(named("a\u{202e}xcod.exe"), "axcod.exe.docx");
    }

    proptest! {
        #[test]
        fn any_title_gives_a_safe_name(title in any::<String>(), again in "[^\\PC]{0,400}") {
            for title in [title, again, "ä".repeat(300)] {
                let name = FileName::of(&title, "docx").0;
                prop_assert!(name.len() <= LONGEST && name.len() > ".docx".len());
                prop_assert!(name.to_ascii_lowercase().ends_with(".docx"));
                prop_assert!(!name.starts_with('.') && !name.contains(['/', '\\', '\0']));
                prop_assert!(!name.chars().any(char::is_control));
                prop_assert_eq!(&FileName::of(&name, "docx").0, &name, "it is its own name");
            }
        }
    }
}

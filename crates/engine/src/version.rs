//! The versions of LibreOffice that Recto runs on.

use std::io::Read;
use std::path::Path;

use crate::error::EngineError;

/// The first that has all that Recto uses; the binding is its.
const FIRST: (u32, u32) = (25, 2);
/// From here on LibreOffice does not describe its dialogs any more, and functions are gone from the middle
/// of the tables that the binding reads.
const TOO_NEW: u32 = 26;
/// LibreOffice's own has a few lines.
const LONGEST_FILE: u64 = 64 << 10;

/// Whether Recto runs on this version ("25.2", or with more numbers behind).
pub(crate) fn check(version: &str) -> Result<(), EngineError> {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().ok());
    let major = numbers.next().flatten();
    let minor = numbers.next().flatten().unwrap_or(0);
    match major {
        Some(TOO_NEW..) => Err(EngineError::TooNew(version.to_owned())),
        Some(major) if (major, minor) >= FIRST => Ok(()),
        Some(_) => Err(EngineError::TooOld(version.to_owned())),
        None => Err(EngineError::NotStarted(
            "LibreOffice does not tell its version".into(),
        )),
    }
}

/// The version in a program folder, if a file there tells it. It is not loaded for that: what is too new
/// might not get far enough to say so.
pub(crate) fn installed(program: &Path) -> Option<String> {
    let file = std::fs::File::open(program.join("bootstraprc")).ok()?;
    let mut text = String::new();
    file.take(LONGEST_FILE).read_to_string(&mut text).ok()?;
    let product = text
        .lines()
        .find_map(|line| line.strip_prefix("ProductKey="))?;
    let version = product.split_whitespace().last()?;
    let is_one = version.starts_with(|letter: char| letter.is_ascii_digit())
        && version
            .chars()
            .all(|letter| letter.is_ascii_digit() || letter == '.');
    is_one.then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_one_line_are_taken() {
        let verdict = |version: &str| match check(version) {
            Ok(()) => "taken",
            Err(EngineError::TooOld(_)) => "too old",
            Err(EngineError::TooNew(_)) => "too new",
            Err(_) => "unknown",
        };
        for version in ["25.2", "25.2.3.2", "25.8"] {
            assert_eq!(verdict(version), "taken", "{version}");
        }
        for version in ["7.4", "7.4.7.2", "24.8", "25", "25.1"] {
            assert_eq!(verdict(version), "too old", "{version}");
        }
        for version in ["26", "26.2", "26.8.3.1", "27.2"] {
            assert_eq!(verdict(version), "too new", "{version}");
        }
        for version in ["", "LibreOffice", "-1", "99999999999"] {
            assert_eq!(verdict(version), "unknown", "{version}");
        }
    }

    #[test]
    fn a_program_folder_tells_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let told = |text: &str| {
            std::fs::write(folder.path().join("bootstraprc"), text).unwrap();
            installed(folder.path())
        };
        let text = "[Bootstrap]\nProductKey=LibreOffice 25.2\nUserInstallation=x\n";
        assert_eq!(told(text).as_deref(), Some("25.2"));
        assert_eq!(
            told("ProductKey=LibreOfficeDev 26.8").as_deref(),
            Some("26.8")
        );
        for text in ["", "ProductKey=", "ProductKey=LibreOffice", "Product=1"] {
            assert_eq!(told(text), None, "{text}");
        }
        assert_eq!(installed(&folder.path().join("none")), None);
    }
}

//! The parts of an installation of LibreOffice: what is there, and what it costs that something is not.

use std::path::Path;

use serde::Serialize;

use crate::error::EngineError;

/// Whether a part should be there.
#[derive(Clone, Copy)]
enum Want {
    /// LibreOffice dies in use without it.
    Needs,
    /// Without it, this is lost.
    Wants(&'static str),
    /// With it, more of LibreOffice is within a document's reach, and nothing is gained.
    Refrains,
}

/// A part, known by its files. They are below the installation (the program folder's parent); one that
/// begins with a slash is the system's.
struct Row {
    name: &'static str,
    /// All of them belong to it.
    files: &'static [&'static str],
    want: Want,
    /// As Debian calls it.
    package: &'static str,
}

const fn row(
    name: &'static str,
    package: &'static str,
    want: Want,
    files: &'static [&'static str],
) -> Row {
    Row {
        name,
        files,
        want,
        package,
    }
}

use Want::{Needs, Refrains, Wants};

/// Every part that makes a difference.
const PARTS: &[Row] = &[
    row(
        "Writer",
        "libreoffice-writer",
        Needs,
        &[
            "program/libswlo.so",
            "program/libsw_writerfilterlo.so",
            "share/registry/writer.xcd",
        ],
    ),
    row(
        "Calc",
        "libreoffice-calc",
        Needs,
        &[
            "program/libsclo.so",
            "program/libscfiltlo.so",
            "share/registry/calc.xcd",
            "share/config/soffice.cfg/modules/scalc/ui/inputbar.ui",
        ],
    ),
    row(
        "Impress",
        "libreoffice-impress",
        Needs,
        &["program/libsdlo.so", "share/registry/impress.xcd"],
    ),
    // The packages that end in -nogui leave these out, and what would open a dialog dies.
    row(
        "the dialogs",
        "libreoffice-core",
        Needs,
        &[
            "program/libcuilo.so",
            "program/libswuilo.so",
            "program/libscuilo.so",
            "program/libsduilo.so",
        ],
    ),
    row(
        "Math",
        "libreoffice-math",
        Wants("saving a document destroys its equations"),
        &["program/libsmlo.so", "share/registry/math.xcd"],
    ),
    row(
        "Draw",
        "libreoffice-draw",
        Wants("drawings and PDF files cannot be opened, and SVG pictures are not written"),
        &[
            "share/registry/draw.xcd",
            "program/libsvgfilterlo.so",
            "program/libgraphicfilterlo.so",
        ],
    ),
    row(
        "PDF import",
        "libreoffice-core",
        Wants("PDF files cannot be opened"),
        &[
            "program/libpdfimportlo.so",
            "program/xpdfimport",
            "share/registry/pdfimport.xcd",
        ],
    ),
    row(
        "XSLT",
        "libreoffice-common",
        Wants("documents in the XML formats of Office 2003 cannot be opened"),
        &["share/registry/xsltfilter.xcd", "share/xslt"],
    ),
    row(
        "Spelling",
        "libreoffice-common",
        Wants("no spelling is checked and no word is hyphenated"),
        &["share/registry/lingucomponent.xcd"],
    ),
    row(
        "Carlito",
        "fonts-crosextra-carlito",
        Wants("texts in Calibri break their lines and pages elsewhere"),
        &["/usr/share/fonts/truetype/crosextra/Carlito-Regular.ttf"],
    ),
    row(
        "Liberation",
        "fonts-liberation",
        Wants("texts in Arial and Times New Roman break their lines and pages elsewhere"),
        &["/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf"],
    ),
    row(
        "Noto",
        "fonts-noto-core",
        Wants("Arabic, Hebrew, Hindi and Thai may be shown as boxes"),
        &["/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf"],
    ),
    row(
        "Noto CJK",
        "fonts-noto-cjk",
        Wants("Chinese, Japanese and Korean may be shown as boxes"),
        &["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"],
    ),
    row(
        "The dictionary of English",
        "hunspell-en-us",
        Wants("no spelling of English is checked"),
        &["/usr/share/hunspell/en_US.aff"],
    ),
    row(
        "Base",
        "libreoffice-base",
        Refrains,
        &["share/registry/base.xcd"],
    ),
    row(
        "Python",
        "python3-uno",
        Refrains,
        &["program/libpythonloaderlo.so"],
    ),
    row(
        "Java",
        "libreoffice-java-common",
        Refrains,
        &["program/classes/libreoffice.jar"],
    ),
];

/// A part of LibreOffice that should be there and is not, or the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PartNotice {
    /// Its name, such as "Math".
    pub part: &'static str,
    /// What its absence or presence costs.
    pub cost: &'static str,
    /// The package of Debian that has it.
    pub package: &'static str,
    /// Whether it should not be there.
    pub superfluous: bool,
}

impl std::fmt::Display for PartNotice {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            part,
            cost,
            package,
            superfluous,
        } = self;
        let verb = if *superfluous { "Remove" } else { "Install" };
        let is = if *superfluous { "is" } else { "is not" };
        write!(
            to,
            "{part} {is} installed with LibreOffice: {cost}. {verb} the package {package}."
        )
    }
}

/// What is to be said of the parts beside this program folder. Fails without those that LibreOffice dies
/// without.
pub(crate) fn check(install: &Path) -> Result<Vec<PartNotice>, EngineError> {
    let library = ["libsofficeapp.so", "libmergedlo.so"];
    if !library.iter().any(|name| install.join(name).exists()) {
        return Err(EngineError::NotInstalled(install.to_owned()));
    }
    let root = install.parent().unwrap_or(install);
    let mut notices = Vec::new();
    for part in PARTS {
        let missing = part
            .files
            .iter()
            // Within the installation, the program folder may have any name.
            .map(|file| match file.strip_prefix("program/") {
                Some(name) => install.join(name),
                None => root.join(file),
            })
            .find(|path| !path.exists());
        let (cost, superfluous) = match (part.want, missing) {
            (Needs, Some(missing)) => return Err(EngineError::Incomplete(missing)),
            (Wants(cost), Some(_)) => (cost, false),
            (Refrains, None) => (
                "Recto does not use it, and it gives documents more to attack",
                true,
            ),
            _ => continue,
        };
        notices.push(PartNotice {
            part: part.name,
            cost,
            package: part.package,
            superfluous,
        });
    }
    Ok(notices)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program folder with all that is wanted.
    fn installation() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let files = PARTS
            .iter()
            .filter(|part| !matches!(part.want, Refrains))
            .flat_map(|part| part.files);
        let own = files.filter(|file| !file.starts_with('/'));
        for file in own.chain(&["program/libmergedlo.so"]) {
            touch(root.path(), file);
        }
        root
    }

    fn touch(root: &Path, file: &str) {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }

    fn checked(root: &Path) -> Result<String, EngineError> {
        let notices = check(&root.join("program"))?;
        let lines: Vec<_> = notices.iter().map(ToString::to_string).collect();
        Ok(lines.join("\n"))
    }

    #[test]
    fn of_a_whole_installation_nothing_is_said() {
        assert_eq!(checked(installation().path()).unwrap(), "");
    }

    #[test]
    fn what_is_missing_is_said_with_what_it_costs() {
        let root = installation();
        for file in [
            "share/registry/math.xcd",
            "program/libsvgfilterlo.so",
            "program/xpdfimport",
            "share/registry/xsltfilter.xcd",
            "share/registry/lingucomponent.xcd",
        ] {
            std::fs::remove_file(root.path().join(file)).unwrap();
        }
        insta::assert_snapshot!(checked(root.path()).unwrap(), @r"
        Math is not installed with LibreOffice: saving a document destroys its equations. Install the package libreoffice-math.
        Draw is not installed with LibreOffice: drawings and PDF files cannot be opened, and SVG pictures are not written. Install the package libreoffice-draw.
        PDF import is not installed with LibreOffice: PDF files cannot be opened. Install the package libreoffice-core.
        XSLT is not installed with LibreOffice: documents in the XML formats of Office 2003 cannot be opened. Install the package libreoffice-common.
        Spelling is not installed with LibreOffice: no spelling is checked and no word is hyphenated. Install the package libreoffice-common.
        ");
    }

    #[test]
    fn what_should_not_be_there_is_said() {
        let root = installation();
        touch(root.path(), "share/registry/base.xcd");
        touch(root.path(), "program/libpythonloaderlo.so");
        touch(root.path(), "program/classes/libreoffice.jar");
        insta::assert_snapshot!(checked(root.path()).unwrap(), @r"
        Base is installed with LibreOffice: Recto does not use it, and it gives documents more to attack. Remove the package libreoffice-base.
        Python is installed with LibreOffice: Recto does not use it, and it gives documents more to attack. Remove the package python3-uno.
        Java is installed with LibreOffice: Recto does not use it, and it gives documents more to attack. Remove the package libreoffice-java-common.
        ");
    }

    #[test]
    fn without_what_libreoffice_dies_without_nothing_starts() {
        let needed = PARTS.iter().filter(|part| matches!(part.want, Needs));
        for file in needed.flat_map(|part| part.files) {
            let root = installation();
            std::fs::remove_file(root.path().join(file)).unwrap();
            let missing = checked(root.path()).unwrap_err();
            let told = missing.to_string();
            assert!(
                matches!(missing, EngineError::Incomplete(_)) && told.contains(file),
                "{told}"
            );
        }
        let root = installation();
        std::fs::remove_file(root.path().join("program/libmergedlo.so")).unwrap();
        let missing = checked(root.path()).unwrap_err();
        assert!(matches!(missing, EngineError::NotInstalled(_)));
    }

    #[test]
    fn this_machine_has_all_that_is_wanted() {
        let config = crate::EngineConfig::new("kit".into(), "work".into());
        assert_eq!(check(&config.install).unwrap(), []);
    }
}

//! Which fonts kits have: the system's, those of a folder of one's own, and for each font that is not
//! there what stands in for it.

mod table;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use table::SUBSTITUTES;

use crate::config::EngineConfig;
use crate::error::EngineError;

/// Below the work folder, and kept from one start to the next: reading many fonts takes seconds.
const FOLDER: &str = "fonts";
const CONFIG: &str = "fonts.conf";
const CACHE: &str = "cache";

/// What a kit reads beside the system's fonts.
#[derive(Debug, Clone)]
pub(crate) struct Fonts {
    /// Configuration and cache.
    folder: PathBuf,
    own: Option<PathBuf>,
}

impl Fonts {
    /// Writes the configuration. `config.work` exists.
    pub(crate) fn prepare(config: &EngineConfig) -> Result<Self, EngineError> {
        let own = match &config.fonts {
            Some(own) => {
                let found = own.canonicalize();
                let found = found.and_then(|own| std::fs::read_dir(&own).map(|_| own));
                Some(found.map_err(|error| EngineError::Fonts {
                    folder: own.clone(),
                    error,
                })?)
            }
            None => None,
        };
        let folder = config.work.join(FOLDER);
        std::fs::create_dir_all(folder.join(CACHE))?;
        let text = described(
            own.as_deref(),
            &folder.join(CACHE),
            &config.font_substitutes,
        )?;
        std::fs::write(folder.join(CONFIG), text)?;
        Ok(Self { folder, own })
    }

    /// The configuration of fontconfig.
    pub(crate) fn config(&self) -> PathBuf {
        self.folder.join(CONFIG)
    }

    /// What kits must be able to read.
    pub(crate) fn readable(&self) -> impl Iterator<Item = &Path> {
        [Some(&self.folder), self.own.as_ref()]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
    }
}

/// The system's configuration, and ours after it: where two rules are for the same font, the later one is
/// the stronger.
fn described(
    own: Option<&Path>,
    cache: &Path,
    substitutes: &[(String, String)],
) -> Result<String, EngineError> {
    let mut text = String::from(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"urn:fontconfig:fonts.dtd\">\n<fontconfig>\n\
         <include ignore_missing=\"yes\">/etc/fonts/fonts.conf</include>\n",
    );
    if let Some(own) = own {
        line(&mut text, "dir", &unicode(own)?);
    }
    line(&mut text, "cachedir", &unicode(cache)?);
    for (fonts, stand_ins) in SUBSTITUTES {
        for font in *fonts {
            alias(&mut text, font, stand_ins.iter().copied());
        }
    }
    for (font, stand_in) in substitutes {
        alias(&mut text, font, [stand_in.as_str()].into_iter());
    }
    text.push_str("</fontconfig>\n");
    Ok(text)
}

/// A font that is there stays what it is.
fn alias<'a>(text: &mut String, font: &str, stand_ins: impl Iterator<Item = &'a str>) {
    text.push_str("<alias binding=\"same\">");
    line(text, "family", font);
    text.push_str("<accept>");
    for stand_in in stand_ins {
        line(text, "family", stand_in);
    }
    text.push_str("</accept></alias>\n");
}

fn line(text: &mut String, tag: &str, content: &str) {
    let content = content
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    // A String takes everything that is written to it.
    let _ = write!(text, "<{tag}>{content}</{tag}>");
}

fn unicode(path: &Path) -> Result<String, EngineError> {
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| EngineError::NotStarted("a configured path is not Unicode".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_font_has_two_rules_and_none_stands_in_for_itself() {
        let mut seen = std::collections::HashSet::new();
        for (fonts, stand_ins) in SUBSTITUTES {
            for font in *fonts {
                assert!(seen.insert(font.to_lowercase()), "{font}");
                assert!(!stand_ins.contains(font), "{font}");
            }
        }
    }

    #[test]
    fn names_and_paths_can_be_no_tags() {
        let rows = [("A<b>&".to_owned(), "</family>".to_owned())];
        let text = described(Some(Path::new("/a<b&c")), Path::new("/cache"), &rows).unwrap();
        assert!(text.contains("<dir>/a&lt;b&amp;c</dir>"), "{text}");
        assert!(text.contains(
            "<family>A&lt;b&gt;&amp;</family><accept><family>&lt;/family&gt;</family></accept>"
        ));
    }
}

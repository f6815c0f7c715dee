//! What was found in a document.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::kind::{LossKind, Rank};

/// The longest text of a place, in characters.
const TEXT: usize = 60;

/// Where something is that would be lost.
///
/// A place may quote the document, so that it must not reach a log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "kebab-case")]
pub enum Place {
    /// A sheet, by its name.
    Sheet {
        /// The name.
        sheet: String,
    },
    /// A cell of a sheet.
    Cell {
        /// The name of the sheet.
        sheet: String,
        /// The cell, such as `B4`.
        cell: String,
    },
    /// A name of a workbook, such as that of a range.
    Name {
        /// The name.
        name: String,
    },
    /// A slide, by its number from 1.
    Slide {
        /// The number.
        number: u32,
    },
    /// A paragraph of the text, by its first words.
    Paragraph {
        /// The words.
        words: String,
    },
    /// A header.
    Header,
    /// A footer.
    Footer,
    /// A footnote or an endnote.
    Note,
    /// A comment.
    Comment,
    /// The master of slides, notes or handouts, or one of its layouts.
    Master,
}

/// Without what it quotes.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sheet { .. } => "Sheet",
            Self::Cell { .. } => "Cell",
            Self::Name { .. } => "Name",
            Self::Slide { .. } => "Slide",
            Self::Paragraph { .. } => "Paragraph",
            Self::Header => "Header",
            Self::Footer => "Footer",
            Self::Note => "Note",
            Self::Comment => "Comment",
            Self::Master => "Master",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sheet { sheet } => write!(f, "sheet {sheet}"),
            Self::Cell { sheet, cell } => write!(f, "{sheet}!{cell}"),
            Self::Name { name } => write!(f, "name {name}"),
            Self::Slide { number } => write!(f, "slide {number}"),
            Self::Paragraph { words } => write!(f, "“{words}”"),
            Self::Header => f.write_str("header"),
            Self::Footer => f.write_str("footer"),
            Self::Note => f.write_str("note"),
            Self::Comment => f.write_str("comment"),
            Self::Master => f.write_str("master"),
        }
    }
}

/// One kind of loss in one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// What is lost.
    pub kind: LossKind,
    /// How much it matters.
    pub rank: Rank,
    /// How often it is there.
    pub count: u32,
    /// The first places, each once, in the order of the document; none if it belongs to the whole
    /// document.
    pub places: Vec<Place>,
}

/// What a save would lose of a document, the gravest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The losses, each kind once, in the order of [`LossKind`]'s table.
    pub losses: Vec<Loss>,
    /// Whether the whole document was looked at. It wasn't if it goes beyond a limit or is damaged; what
    /// was found until then is in the list.
    pub complete: bool,
}

impl Report {
    /// Whether the document has something that must be said before the first change.
    pub fn line_worthy(&self) -> bool {
        self.told().next().is_some()
    }

    /// The losses that must be said before the first change: those of the first two ranks.
    pub fn told(&self) -> impl Iterator<Item = &Loss> {
        self.losses
            .iter()
            .filter(|loss| loss.rank.is_worth_a_line())
    }

    /// Whether a kind is in the list.
    pub fn has(&self, kind: LossKind) -> bool {
        self.losses.iter().any(|loss| loss.kind == kind)
    }
}

/// Gathers what is found, within its limits.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    kept: &'a [LossKind],
    most_places: usize,
    losses: BTreeMap<LossKind, (u32, Vec<Place>)>,
    pub(crate) complete: bool,
}

impl<'a> Found<'a> {
    pub(crate) fn new(kept: &'a [LossKind], most_places: usize) -> Self {
        Self {
            kept,
            most_places,
            losses: BTreeMap::new(),
            complete: true,
        }
    }

    /// One more of a kind.
    pub(crate) fn add(&mut self, kind: LossKind, place: Option<Place>) {
        if self.kept.contains(&kind) {
            return;
        }
        let (count, places) = self.losses.entry(kind).or_default();
        *count = count.saturating_add(1);
        if let Some(place) = place
            && places.len() < self.most_places
            && !places.contains(&place)
        {
            places.push(place);
        }
    }

    pub(crate) fn report(self) -> Report {
        Report {
            losses: self
                .losses
                .into_iter()
                .map(|(kind, (count, places))| Loss {
                    kind,
                    rank: kind.rank(),
                    count,
                    places,
                })
                .collect(),
            complete: self.complete,
        }
    }
}

/// A text of the document for a place: one line of bounded length.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::new();
    for (count, char) in text.chars().enumerate() {
        if count == TEXT {
            quoted.push('…');
            break;
        }
        quoted.push(if char.is_control() { ' ' } else { char });
    }
    quoted
}

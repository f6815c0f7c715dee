//! The table of what can be lost. Code, rank, name and sentence of a kind are said here and nowhere else.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How much a loss matters. The first two are said before the first change; the last is only listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rank {
    /// Something that people read: text, pictures, figures.
    Content,
    /// Something that works: macros, signatures, slicers, threads of comments.
    Function,
    /// Something that only shows in later work with another program: names of styles, theme, masters.
    Later,
}

impl Rank {
    /// Every rank, the gravest first.
    pub const ALL: [Self; 3] = [Self::Content, Self::Function, Self::Later];

    /// The word that JSON has.
    pub fn code(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Function => "function",
            Self::Later => "later",
        }
    }

    /// Whether a loss of this rank is worth a line before the first change.
    pub fn is_worth_a_line(self) -> bool {
        self < Self::Later
    }
}

macro_rules! kinds {
    ($($variant:ident, $rank:ident, $code:literal, $name:literal, $sentence:literal;)*) => {
        /// A kind of loss. The order is that of the table: by rank, then by how much it matters.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LossKind {
            $(#[doc = $sentence] $variant,)*
        }

        impl LossKind {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name of the kind, in kebab-case.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// How much it matters.
            pub fn rank(self) -> Rank {
                match self { $(Self::$variant => Rank::$rank,)* }
            }

            /// What is lost, in a few English words, such as "Slicers".
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What a save does to it, in an English sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }
    };
}

kinds! {
    UnknownFunctions, Content, "unknown-function",
        "Functions that are not known here",
        "The formula can't be calculated here, and an error replaces its value.";
    WhatIfTable, Content, "what-if-table",
        "What-if tables",
        "The table is removed, and the values in its cells are emptied.";

    Macros, Function, "macros",
        "Macros",
        "The macros are removed.";
    Signatures, Function, "signatures",
        "Digital signatures",
        "The signatures are removed, since they stand for the file as it was.";
    Slicers, Function, "slicers",
        "Slicers",
        "The slicers are removed. What they filtered stays as it is.";
    Sections, Function, "slide-sections",
        "Sections of slides",
        "The slides stay in their order, but are no longer grouped in sections.";

    TableStyle, Later, "table-style",
        "Styles of tables in a workbook",
        "The table loses its style, so its colours and bands are gone in other programs.";
}

impl LossKind {
    /// The kind that has this code.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

impl fmt::Display for LossKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for LossKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for LossKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::by_code(&code)
            .ok_or_else(|| serde::de::Error::custom("this kind of loss is not known"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        for kind in LossKind::ALL {
            let code = kind.code();
            assert_eq!(
                LossKind::by_code(code),
                Some(*kind),
                "{code} is there twice"
            );
            assert!(
                code.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{code} is kebab-case"
            );
            assert!(
                !kind.name().ends_with('.'),
                "{code} has a name, not a sentence"
            );
            assert!(kind.sentence().ends_with('.'), "{code} has a sentence");
        }
        assert!(
            LossKind::ALL.is_sorted_by_key(|kind| kind.rank()),
            "the table is in the order of ranks"
        );
    }

    #[test]
    fn a_kind_is_its_code_in_json() {
        let text = serde_json::to_string(LossKind::ALL).unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<LossKind>>(&text).unwrap(),
            LossKind::ALL
        );
        assert!(text.contains("\"what-if-table\""));
        assert!(serde_json::from_str::<LossKind>("\"nothing\"").is_err());
        for rank in Rank::ALL {
            assert_eq!(
                serde_json::to_string(&rank).unwrap(),
                format!("{:?}", rank.code())
            );
        }
    }
}

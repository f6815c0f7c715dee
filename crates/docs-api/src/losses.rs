//! What a save of a document loses, and what is to be done about it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What happens to a document of which a save would lose something, from the mildest to the strictest.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum LossRule {
    /// It is edited, and the editor says nothing by itself.
    Quiet,
    /// The editor says what would be lost, and asks before the first change.
    #[default]
    Tell,
    /// It is open for reading.
    Strict,
}

impl LossRule {
    /// What may stand for it in a config.
    pub const EXPECTED: &str = "\"tell\", \"strict\" or \"quiet\"";

    /// The rule of a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "quiet" => Some(Self::Quiet),
            "tell" => Some(Self::Tell),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }

    /// The rule that holds where the server and a config may each have one: the stricter of both, and
    /// [`LossRule::Tell`] where neither has.
    pub fn of(server: Option<Self>, config: Option<Self>) -> Self {
        server.max(config).unwrap_or_default()
    }
}

/// No rule of losses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("There is no such rule for losses. Give tell, strict or quiet.")]
pub struct UnknownLossRule;

impl FromStr for LossRule {
    type Err = UnknownLossRule;

    fn from_str(name: &str) -> Result<Self, UnknownLossRule> {
        Self::parse(name).ok_or(UnknownLossRule)
    }
}

/// How much a loss matters, from the most to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LossRank {
    /// Something that people read, or a figure.
    Content,
    /// Something that works, such as macros or signatures.
    Function,
    /// Something that shows only in later work with another program.
    #[serde(other)]
    Later,
}

/// One kind of thing that a save loses.
///
/// A place may quote the document, so that it must not reach a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Its stable code.
    pub kind: String,
    /// How much it matters.
    pub rank: LossRank,
    /// How often it is there.
    pub count: u32,
    /// The first places of it; none if it belongs to the whole document.
    #[serde(default)]
    pub places: Vec<LostPlace>,
}

/// Where something is that a save loses. Which members there are depends on `in`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostPlace {
    /// The kind of place, such as `cell` or `slide`.
    #[serde(rename = "in")]
    pub kind: String,
    /// The name of a sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// A cell of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// A name in a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number of a slide, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The first words of a paragraph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// What a save loses of a document, as far as it could be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossReport {
    /// Each kind once, the gravest first.
    pub losses: Vec<Lost>,
    /// Whether the whole document was looked at.
    pub complete: bool,
}

impl LossReport {
    /// The losses that are said before the first change: those of content and functions.
    pub fn told(&self) -> impl Iterator<Item = &Lost> {
        self.losses
            .iter()
            .filter(|lost| lost.rank < LossRank::Later)
    }

    /// Whether anything is to be said before the first change.
    pub fn is_told(&self) -> bool {
        self.told().next().is_some()
    }

    /// Whether a kind is among them.
    pub fn has(&self, kind: &str) -> bool {
        self.losses.iter().any(|lost| lost.kind == kind)
    }

    /// How many bytes this takes, roughly; exact for what a document chooses.
    pub fn weight(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let place = |place: &LostPlace| {
            64 + text(&place.sheet) + text(&place.cell) + text(&place.name) + text(&place.words)
        };
        let each = |lost: &Lost| 128 + lost.places.iter().map(place).sum::<usize>();
        self.losses.iter().map(each).sum()
    }
}

/// By hand, because places quote the document.
impl fmt::Debug for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lost")
            .field("kind", &self.kind)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// By hand, because places quote the document.
impl fmt::Debug for LostPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LostPlace")
            .field("in", &self.kind)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_rule_counts() {
        use LossRule::{Quiet, Strict, Tell};
        assert_eq!(LossRule::of(None, None), Tell);
        assert_eq!(LossRule::of(None, Some(Quiet)), Quiet);
        assert_eq!(LossRule::of(Some(Quiet), None), Quiet);
        assert_eq!(LossRule::of(Some(Tell), Some(Quiet)), Tell);
        assert_eq!(LossRule::of(Some(Quiet), Some(Strict)), Strict);
        assert_eq!(LossRule::of(Some(Strict), Some(Tell)), Strict);
    }

    #[test]
    fn names_of_rules_are_those_of_the_config() {
        for rule in [LossRule::Quiet, LossRule::Tell, LossRule::Strict] {
            let name = serde_json::to_value(rule).unwrap();
            assert_eq!(LossRule::parse(name.as_str().unwrap()), Some(rule));
        }
        assert_eq!(LossRule::parse("Strict"), None);
    }

    #[test]
    fn what_a_newer_server_may_say_is_read_too() {
        let text = r#"{"losses":[{"kind":"x","rank":"new","count":2,"places":[{"in":"orbit","planet":3}]},
            {"kind":"y","rank":"content","count":1}],"complete":true}"#;
        let report: LossReport = serde_json::from_str(text).unwrap();
        assert_eq!(report.losses[0].rank, LossRank::Later);
        assert_eq!(report.losses[0].places[0].kind, "orbit");
        let told: Vec<_> = report.told().map(|lost| lost.kind.as_str()).collect();
        assert_eq!(told, ["y"]);
    }

    #[test]
    fn a_place_keeps_to_its_own_members_and_out_of_logs() {
        let lost = Lost {
            kind: "what-if-table".into(),
            rank: LossRank::Content,
            count: 1,
            places: vec![LostPlace {
                kind: "cell".into(),
                sheet: Some("Secret".into()),
                cell: Some("B4".into()),
                ..LostPlace::default()
            }],
        };
        let text = serde_json::to_string(&lost).unwrap();
        insta::assert_snapshot!(text, @r#"{"kind":"what-if-table","rank":"content","count":1,"places":[{"in":"cell","sheet":"Secret","cell":"B4"}]}"#);
        assert!(!format!("{lost:?}{:?}", lost.places).contains("Secret"));
    }
}

//! What a save would lose of a document: found in the file that was fetched, told to everybody who takes
//! part, and under the strict rule a reason not to let them change it.

use std::path::Path;
use std::time::Duration;

use recto_docs_api::{Access, FileType, LossReport, LossRule, Lost, MacroRule};
use recto_losses::LossKind;
use recto_token::Opening;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::actor::Session;
use crate::rights::Rights;

/// Files that are looked at at once. Each takes a processor, for some milliseconds unless it is hostile.
static SCANS: Semaphore = Semaphore::const_new(2);
/// How long one of them may take.
const TIME: Duration = Duration::from_secs(2);
/// How long an opening waits for what is found, its turn included; the engine loads meanwhile.
const WAIT: Duration = Duration::from_secs(5);

/// What a browser is told of it.
#[derive(Debug, Clone, Serialize)]
pub struct LossState {
    /// The rule that holds for the receiver.
    pub rule: LossRule,
    /// Whether the receiver could change the document if nothing would be lost.
    pub held: bool,
    /// What would be lost.
    #[serde(flatten)]
    pub report: LossReport,
}

/// Looks for what a save would lose of a file; `None` if that cannot be said. Nothing that a file holds
/// stops its opening here.
pub(crate) async fn look(
    path: &Path,
    file_type: FileType,
    macros: MacroRule,
) -> Option<LossReport> {
    let path = path.to_owned();
    let looked = async {
        let turn = SCANS.acquire().await.ok()?;
        // The turn ends with the work, which nobody may wait for any more.
        let scanned = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            scan(&path, file_type, macros)
        });
        scanned.await.ok().flatten()
    };
    let report = tokio::time::timeout(WAIT, looked).await.ok().flatten();
    match &report {
        None => tracing::warn!(%file_type, "what a save would lose of a document is not known"),
        Some(report) if report.losses.is_empty() => {}
        Some(report) => {
            let kinds: Vec<_> = report.losses.iter().map(|lost| &lost.kind).collect();
            tracing::info!(%file_type, ?kinds, "a save would lose something of a document");
        }
    }
    report
}

fn scan(path: &Path, file_type: FileType, macros: MacroRule) -> Option<LossReport> {
    let file = std::fs::File::open(path).ok()?;
    let mut options = recto_losses::Options::default();
    options.limits.time = TIME;
    if macros == MacroRule::Keep && recto_engine::keeps_macros(path, file_type.extension()) {
        options.kept.push(LossKind::Macros);
    }
    match recto_losses::scan(std::io::BufReader::new(file), file_type, &options) {
        Ok(report) => reported(&report),
        Err(error) => {
            tracing::info!(%error, "a document could not be looked at");
            None
        }
    }
}

/// In the form in which it is kept and told.
fn reported(report: &recto_losses::Report) -> Option<LossReport> {
    serde_json::from_value(serde_json::to_value(report).ok()?).ok()
}

/// Whether a rule makes a document one for reading.
fn holds(rule: LossRule, report: Option<&LossReport>) -> bool {
    rule == LossRule::Strict && report.is_none_or(|report| report.is_told() || !report.complete)
}

impl Session {
    /// Whether somebody who opened the document like this may only read it, because of what a save would
    /// lose. What could not be looked at may lose anything.
    pub fn is_held(&self, opening: &Opening) -> bool {
        let record = self.record.as_ref();
        let by_contents = record.is_some_and(|record| {
            let losses = record.losses.as_ref();
            let may_have = || record.file_type.ends_with('m');
            let has_macros = || losses.map_or_else(may_have, |it| it.has(LossKind::Macros.code()));
            holds(self.rule_of(opening), losses)
                || (self.services.config.macros == MacroRule::Read && has_macros())
        });
        by_contents || self.loses_password()
    }

    /// The rights that these become by it.
    pub fn held_to_reading(&self, opening: &Opening, mut rights: Rights) -> Rights {
        if self.is_held(opening) {
            rights.access = Access::View;
        }
        rights
    }

    /// The document was loaded: those who have waited for it get the rights that it permits.
    pub fn hold_all(&mut self) {
        let held: Vec<_> = self
            .participants
            .iter()
            .map(|p| self.held_to_reading(p.opening.get(), p.rights.clone()))
            .collect();
        for (participant, rights) in self.participants.iter_mut().zip(held) {
            participant.rights = rights;
        }
    }

    /// What the one who opened the document like this is told.
    pub fn loss_state(&self, opening: &Opening) -> Option<LossState> {
        let record = self.record.as_ref()?;
        let report = record.losses.clone().unwrap_or_default();
        (!report.losses.is_empty() || !report.complete).then(|| LossState {
            rule: self.rule_of(opening),
            held: self.is_held(opening) && Rights::signed(opening).may_change(),
            report,
        })
    }

    /// What the integrator is told of a saved file.
    pub fn lost(&self) -> Option<Vec<Lost>> {
        let losses = &self.record.as_ref()?.losses.as_ref()?.losses;
        (!losses.is_empty()).then(|| losses.clone())
    }

    fn rule_of(&self, opening: &Opening) -> LossRule {
        LossRule::of(self.services.config.losses, opening.losses)
    }
}

#[cfg(test)]
mod tests {
    use recto_docs_api::LossRank;
    use recto_losses::{Loss, Place, Rank, Report};

    use super::*;

    fn report(ranks: &[LossRank], complete: bool) -> LossReport {
        let losses = ranks.iter().map(|&rank| Lost {
            kind: "kind".into(),
            rank,
            count: 1,
            places: Vec::new(),
        });
        LossReport {
            losses: losses.collect(),
            complete,
        }
    }

    #[test]
    fn the_strict_rule_holds_what_is_worth_a_line_and_what_nobody_looked_at() {
        use LossRank::{Content, Function, Later};
        use LossRule::{Quiet, Strict, Tell};
        let grave = report(&[Function, Later], true);
        assert!(holds(Strict, Some(&grave)));
        assert!(holds(Strict, Some(&report(&[Content], true))));
        assert!(holds(Strict, Some(&report(&[], false))));
        assert!(holds(Strict, None));
        assert!(!holds(Strict, Some(&report(&[Later], true))));
        assert!(!holds(Strict, Some(&report(&[], true))));
        for rule in [Tell, Quiet] {
            assert!(!holds(rule, Some(&grave)) && !holds(rule, None));
        }
    }

    #[test]
    fn what_is_found_is_told_in_full() {
        let places = vec![
            Place::Sheet { sheet: "S".into() },
            Place::Cell {
                sheet: "S".into(),
                cell: "B4".into(),
            },
            Place::Name { name: "N".into() },
            Place::Slide { number: 3 },
            Place::Paragraph { words: "W".into() },
            Place::Header,
            Place::Footer,
            Place::Note,
            Place::Comment,
            Place::Master,
        ];
        let found = Report {
            losses: Rank::ALL
                .into_iter()
                .map(|rank| Loss {
                    kind: LossKind::ALL[0],
                    rank,
                    count: 12,
                    places: places.clone(),
                })
                .collect(),
            complete: true,
        };
        let told = reported(&found).unwrap();
        assert_eq!(
            serde_json::to_value(&told).unwrap(),
            serde_json::to_value(&found).unwrap()
        );
        let ranks: Vec<_> = told.losses.iter().map(|lost| lost.rank).collect();
        assert_eq!(
            ranks,
            [LossRank::Content, LossRank::Function, LossRank::Later]
        );
    }
}

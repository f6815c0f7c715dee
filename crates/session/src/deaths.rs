//! An engine that died over a document: what an administrator finds of it, and what its readers are
//! offered in its place.

use std::time::Duration;

use recto_engine::Death;
use recto_store::{DeathOutcome, DeathPhase, DeathReport, death_id};

use crate::actor::{Engine, Session};
use crate::loading::{Source, restore};
use crate::messages::Op;
use crate::problem::Problem;
use crate::suspects::Died;
use crate::ways::{self, Of, Way};
use crate::wire::{Stage, ToBrowser};

/// A file that could not be loaded.
pub(crate) struct Unloaded {
    pub problem: Problem,
    /// The file, if it was loading it that failed.
    pub source: Option<Source>,
    /// Codes of what is in it.
    pub features: Vec<String>,
    /// How long it was tried.
    pub took: Duration,
    /// The signal that ended the engine, if that is known.
    pub signal: Option<i32>,
}

impl Unloaded {
    /// How the engine ended, if it did.
    fn death(&self) -> Option<Death> {
        match self.problem.code {
            "open.crashed" => Some(Death::Crashed),
            "open.timed_out" => Some(Death::Hung),
            _ => None,
        }
    }
}

/// A document that goes on no more: why, and what is offered in its place.
pub(crate) struct Ended {
    pub problem: Problem,
    pub ways: Vec<Way>,
    /// Whether it was open before, so that what was changed is owed to its integrator.
    pub was_open: bool,
}

impl Session {
    /// The engine does not open the document.
    pub fn on_unloaded(&mut self, unloaded: Unloaded) {
        let death = unloaded.death();
        let Unloaded {
            problem,
            source,
            features,
            took,
            signal,
        } = unloaded;
        let source = match (problem.code, source) {
            ("open.encrypted", Some(source)) => return self.ask_for_password(source, false),
            ("open.wrong_password", Some(source)) => return self.ask_for_password(source, true),
            (_, source) => source,
        };
        let (Some(death), Some(source)) = (death, source) else {
            return self.on_load_failed(&problem, &[]);
        };
        let mut report = self.death_report(death, DeathPhase::Open, DeathOutcome::NotOpened);
        report.file_type = source.file_type().extension().into();
        report.seconds = took.as_secs();
        report.signal = signal;
        report.bytes = source.bytes();
        if !features.is_empty() {
            report.features = features;
        }
        self.keep_report(report);
        let of = if source.is_fresh() {
            Of::Original
        } else {
            Of::Stored
        };
        self.offer(problem, of, false, async move { Ok(source) });
    }

    /// The engine died too often with the document that was open.
    pub fn give_up_document(&mut self, problem: Problem) {
        let Some(stored) = self.stored() else {
            return self.on_ended(Ended {
                problem,
                ways: Vec::new(),
                was_open: true,
            });
        };
        let services = self.services.clone();
        self.offer(problem, stored.2, true, restore(services, stored));
    }

    /// Makes what the document's readers get in its place, and tells them then: nobody waits for it long.
    fn offer(
        &mut self,
        problem: Problem,
        of: Of,
        was_open: bool,
        source: impl Future<Output = Result<Source, Problem>> + Send + 'static,
    ) {
        self.engine = Engine::Loading;
        self.document_number += 1;
        self.tell_all(&ToBrowser::Progress {
            stage: Stage::Opening,
        });
        let takes = |to_print| {
            let mut all = self.participants.iter();
            all.any(|p| p.rights.may_take(to_print))
        };
        let (file, paper) = (takes(false), takes(true));
        let opening = self.participants.first().map(|p| p.opening.get());
        let title = self
            .title
            .clone()
            .or_else(|| opening.map(|it| it.title.clone()))
            .unwrap_or_default();
        let services = self.services.clone();
        self.start(async move {
            let ways = match source.await {
                Ok(source) if file || paper => {
                    ways::find(&services, &source, of, &title, file).await
                }
                _ => Vec::new(),
            };
            Op::Ended(Box::new(Ended {
                problem,
                ways,
                was_open,
            }))
        });
    }

    pub fn on_ended(&mut self, ended: Ended) {
        let Ended {
            problem,
            ways,
            was_open,
        } = ended;
        if !was_open {
            return self.on_load_failed(&problem, &ways);
        }
        self.engine = Engine::Absent;
        self.tell_ended(&problem, &ways);
        let ids: Vec<_> = self.participants.iter().map(|p| p.id.clone()).collect();
        for id in ids {
            self.leave(&id);
        }
    }

    /// Tells everybody that the document goes on no more, and offers each what they may have of it.
    pub fn tell_ended(&mut self, problem: &Problem, ways: &[Way]) {
        for participant in &mut self.participants {
            let file = participant.rights.may_take(false);
            let paper = file || participant.rights.may_take(true);
            let permitted = ways.iter().filter(|way| match way.kind {
                ways::Kind::Pdf => paper,
                ways::Kind::File => file,
            });
            let failed = ToBrowser::failed(problem, true).with_ways(permitted.cloned().collect());
            participant.send(failed);
        }
    }

    /// The engine of the open document died, and of this the suspects know `died`.
    pub fn report_death(
        &mut self,
        (death, signal): (Death, Option<i32>),
        died: &Died,
        outcome: DeathOutcome,
    ) {
        let phase = if died.under_way {
            DeathPhase::Edit
        } else if self.saving.busy() {
            DeathPhase::Save
        } else {
            DeathPhase::Idle
        };
        let mut report = self.death_report(death, phase, outcome);
        report.signal = signal;
        report.command = died.at.as_ref().map(|(_, act)| act.code().to_owned());
        self.keep_report(report);
    }

    /// What is known of a death, with neither the document's key nor anything in it.
    fn death_report(&self, death: Death, phase: DeathPhase, outcome: DeathOutcome) -> DeathReport {
        let record = self.record.as_ref();
        let losses = record.and_then(|record| record.losses.as_ref());
        let features = losses.into_iter().flat_map(|report| &report.losses);
        DeathReport {
            id: death_id(),
            at: self.services.now(),
            file_type: record.map_or_else(String::new, |record| record.file_type.clone()),
            bytes: None,
            features: features.map(|lost| lost.kind.clone()).collect(),
            phase,
            death: match death {
                Death::Crashed => "crashed",
                Death::Hung => "hung",
                Death::Greedy => "greedy",
                Death::Broken => "broken",
                _ => "stopped",
            }
            .into(),
            signal: None,
            seconds: self.loaded_at.map_or(0, |at| at.elapsed().as_secs()),
            command: None,
            outcome,
            engine: self.services.engine.version().into(),
        }
    }

    fn keep_report(&mut self, mut report: DeathReport) {
        tracing::error!(key = %self.key, report = report.id, death = report.death, phase = ?report.phase,
            seconds = report.seconds, command = report.command, outcome = ?report.outcome,
            "an engine process died over a document");
        let store = self.services.store.clone();
        let blob = self.stored().map(|(blob, ..)| blob);
        self.start(async move {
            if let (None, Some(blob)) = (report.bytes, blob) {
                report.bytes = store.length(&blob).await.ok();
            }
            if let Err(error) = store.report_death(report).await {
                tracing::warn!(%error, "the report of a death could not be kept");
            }
            Op::Nothing
        });
    }
}

//! What participants do: inputs, copying and questions.

use recto_engine::{
    Effect, EngineError, Input, InputDenied, InputError, MouseAction, Selection, ViewEvent,
};

use crate::actor::Session;
use crate::credit::Share;
use crate::messages::Op;
use crate::participant::Changer;
use crate::problem::Problem;
use crate::suspects::{InputId, Verdict};
use crate::wire::ToBrowser;

impl Session {
    /// Takes an input. Its share of the participant's credit is given back when the engine has carried
    /// it out.
    pub fn on_input(
        &mut self,
        id: &str,
        seq: u64,
        input: Result<Input, InputDenied>,
        share: Option<Share>,
    ) {
        // Without an engine the input is not taken: the browser sends it again after `opened`.
        if self.document().is_none() {
            return;
        }
        let Some(participant) = self.participant(id) else {
            return;
        };
        if participant.view.is_none() {
            return;
        }
        if participant.taken.is_some_and(|taken| seq <= taken) {
            return self.acknowledge(id);
        }
        participant.taken = Some(seq);
        if matches!(input, Ok(Input::Cut { .. })) && !participant.rights.may_copy() {
            return participant.deny(seq, Problem::no_copy());
        }
        participant.under_way += 1;
        let input = match input {
            Ok(input) => input,
            Err(denied) => return self.on_applied(id, seq, None, None, Err(denied.into())),
        };
        let input_id = (id.to_owned(), seq);
        match self.suspects.judge(&input_id, &input) {
            Verdict::Go => self.carry_out_input(input_id, input, share),
            Verdict::Wait => self.suspects.wait(input_id, input, share),
            Verdict::LeaveOut(act) => {
                if let Some(participant) = self.participant(id) {
                    participant.under_way = participant.under_way.saturating_sub(1);
                    participant.deny(seq, Problem::input_left_out(&act));
                }
            }
        }
    }

    fn carry_out_input(&mut self, (id, seq): InputId, input: Input, share: Option<Share>) {
        let document = self.document();
        let Some(participant) = self.participant(&id) else {
            self.suspects.answered(&(id, seq));
            return;
        };
        let (Some(view), Some(document)) = (participant.view, document) else {
            // The browser sends it again.
            participant.under_way = participant.under_way.saturating_sub(1);
            self.suspects.answered(&(id, seq));
            return;
        };
        let cut = match &input {
            Input::Cut { id } => Some(*id),
            _ => None,
        };
        let selected = matches!(
            participant.last_events.get("graphic"),
            Some(ViewEvent::Graphic { rect: Some(_), .. })
        );
        let changer = participant
            .may_change()
            .then(|| Box::new(participant.changer()));
        let may_change = (!document.only_reads(&input) && may_change(&input, selected))
            || (participant.in_cell && may_leave_cell(&input));
        let sent = document.send_input(view, input);
        let number = self.document_number;
        self.attend(async move {
            let result = match sent {
                Ok(pending) => pending.await,
                Err(denied) => Err(InputError::Denied(denied)),
            };
            drop(share);
            let (result, touched, selection) = match result {
                Ok(Effect::Changed) => (Ok(()), true, None),
                Ok(Effect::Unknown) => (Ok(()), may_change, None),
                Ok(Effect::Unchanged) => (Ok(()), false, None),
                Ok(Effect::Cut { selection, deleted }) => (Ok(()), deleted, Some(selection)),
                Err(error) => (Err(error), false, None),
            };
            Op::Applied {
                participant: id,
                seq,
                document: number,
                changer: changer.filter(|_| touched),
                cut: cut.zip(selection),
                result,
            }
        });
    }

    /// An engine has answered. What it answered just before it died is not in its heir: it counts as not
    /// applied, and the browser sends it again.
    pub fn on_answered(
        &mut self,
        document: u64,
        id: &str,
        seq: u64,
        changer: Option<Box<Changer>>,
        cut: Option<(u64, Selection)>,
        result: Result<(), InputError>,
    ) {
        if document == self.document_number && self.document().is_some() {
            self.on_applied(id, seq, changer, cut, result);
        } else {
            self.on_applied(id, seq, None, None, Err(EngineError::Gone.into()));
        }
    }

    fn on_applied(
        &mut self,
        id: &str,
        seq: u64,
        changer: Option<Box<Changer>>,
        cut: Option<(u64, Selection)>,
        result: Result<(), InputError>,
    ) {
        if result.is_ok()
            && let Some(changer) = changer
        {
            // Also of somebody who has gone meanwhile.
            self.touch(*changer);
        }
        if matches!(result, Ok(()) | Err(InputError::Denied(_))) {
            self.suspects.answered(&(id.to_owned(), seq));
            while let Some((next, input, share)) = self.suspects.next() {
                self.carry_out_input(next, input, share);
            }
        }
        let held = self
            .participants
            .iter()
            .any(|p| p.id == id && self.is_held(p.opening.get()));
        let Some(participant) = self.participant(id) else {
            return;
        };
        participant.under_way = participant.under_way.saturating_sub(1);
        if let Some((id, Selection { text, html })) = cut {
            participant.send(ToBrowser::Clipboard { id, text, html });
        }
        match result {
            Ok(()) => {
                participant.applied = participant.applied.max(seq);
                self.acknowledge(id);
            }
            Err(InputError::Denied(denied)) => {
                // It is no word on the inputs before it, which may still be under way.
                let why = match denied {
                    InputDenied::ViewOnly if held => Problem::would_lose(),
                    denied => Problem::of(&denied),
                };
                participant.deny(seq, why);
            }
            // Not applied: the browser sends it again when the engine is back.
            Err(_) => {}
        }
        if self
            .participant(id)
            .is_some_and(|it| it.under_way == 0 && std::mem::take(&mut it.wants_save))
        {
            self.on_save(id);
        }
    }

    /// Tells a browser which of its inputs were dispatched, once the journal knows that there are changes.
    fn acknowledge(&mut self, id: &str) {
        let noting = self.saving.marking > 0;
        let Some(participant) = self.participant(id) else {
            return;
        };
        if noting {
            participant.ack_due = true;
        } else {
            let seq = participant.applied;
            participant.send(ToBrowser::Ack { seq });
        }
    }

    pub fn on_copy(&mut self, id: &str, question: u64) {
        let document = self.document();
        let Some(participant) = self.participant(id) else {
            return;
        };
        let (Some(view), Some(document)) = (participant.view, document) else {
            return;
        };
        let asked = participant.rights.may_copy().then(|| participant.ask());
        let Some(asked) = asked.flatten() else {
            participant.send(ToBrowser::Clipboard {
                id: question,
                text: None,
                html: None,
            });
            return;
        };
        let id = id.to_owned();
        self.start(async move {
            let selection = document.selection(view).await.ok();
            Op::Selected {
                participant: id,
                id: question,
                asked,
                selection,
            }
        });
    }

    pub fn on_query(&mut self, id: &str, question: u64, command: String) {
        let document = self.document();
        let Some(participant) = self.participant(id) else {
            return;
        };
        let (Some(view), Some(document)) = (participant.view, document) else {
            return;
        };
        let Some(asked) = participant.ask() else {
            let nothing = serde_json::Value::Null;
            participant.send(ToBrowser::values(question, command, &nothing));
            return;
        };
        let id = id.to_owned();
        self.start(async move {
            let values = match document.query(view, &command).await {
                Ok(values) => values,
                Err(error) => {
                    tracing::debug!(%error, "a query was not answered");
                    serde_json::Value::Null
                }
            };
            Op::Queried {
                participant: id,
                id: question,
                asked,
                command,
                values,
            }
        });
    }
}

/// Whether an input may end the editing of a cell, and so put what was typed into the document.
fn may_leave_cell(input: &Input) -> bool {
    let moves = MouseAction::Move;
    !matches!(input, Input::Area { .. })
        && !matches!(input, Input::Mouse { action, .. } if *action == moves)
}

/// Whether an input of an editor, other than a command that only reads, may change the document. Saying yes too often costs a snapshot;
/// saying no too often would lose an edit.
fn may_change(input: &Input, object_selected: bool) -> bool {
    const CTRL: u32 = 0x2000;
    const MODIFIERS: u32 = 0x7000;
    match input {
        Input::Text { .. }
        | Input::Erase { .. }
        | Input::Command { .. }
        | Input::Cut { .. }
        | Input::Paste { .. }
        | Input::Cell { .. }
        | Input::Graphic { .. }
        | Input::Fill { .. }
        | Input::Pick { .. }
        | Input::Day { .. } => true,
        Input::Compose { .. } | Input::Select { .. } | Input::Part { .. } | Input::Area { .. } => {
            false
        }
        Input::Mouse { action, .. } => *action == MouseAction::Up && object_selected,
        Input::Key { char, code } => {
            // 1024 to 1031 move; Ctrl+A selects.
            let key = code & !MODIFIERS;
            let moves = (1024..=1031).contains(&key) || (code & CTRL != 0 && key == 512);
            !moves && (*char != 0 || key >= 1280 || code & CTRL != 0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_changes_and_moving_does_not() {
        let key = |char, code| Input::Key { char, code };
        assert!(may_change(&key(u32::from('a'), 512), false));
        assert!(may_change(&key(0, 1283), false), "backspace");
        assert!(may_change(&key(0, 0x2000 | 0x0219), false), "Ctrl+Z");
        assert!(!may_change(&key(0, 1024), false), "down");
        assert!(!may_change(&key(0, 0x1000 | 0x0403), false), "Shift+Right");
        assert!(!may_change(&key(0, 0x2000 | 0x0200), false), "Ctrl+A");
        assert!(!may_change(&Input::Compose { text: "´".into() }, false));
    }
}

//! One participant of a session, and the way to their browser.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use recto_docs_api::GROUP_SEPARATOR;
use recto_engine::{Rect, ViewEvent, ViewId};
use recto_token::{Opening, Verified};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::admission::TokenId;
use crate::credit::Credit;
use crate::limits::Limits;
use crate::problem::Problem;
use crate::rights::Rights;
use crate::tiles::TileQueue;
use crate::wire::{Presence, ToBrowser};

/// Messages that may wait for one browser before its connection counts as too slow.
const OUTGOING: usize = 2048;
/// Bytes that may wait for one browser, as far as they count: a copied text can be large.
const OUTGOING_BYTES: usize = 16 << 20;
/// Tiles that may wait for one browser; more are not painted until it has taken these.
const TILES: usize = 16;

/// States of a view that are kept for a browser that returns. LibreOffice has some 500.
const STATES: usize = 1024;

/// Colours of participants: told apart by people with the common colour deficiencies, and dark
/// enough for white text.
const COLORS: [&str; 10] = [
    "#0b6bcb", "#c2410c", "#15803d", "#9333ea", "#b4235f", "#0f766e", "#a16207", "#4f46e5",
    "#be123c", "#4d7c0f",
];

/// The name that the token rules give to users without one.
const NAMELESS: &str = "Anonymous";

/// Whose session token a browser came with.
#[derive(Debug, Clone)]
pub struct Returning {
    /// The participant's id, from the verified token.
    pub participant: String,
    /// Whether the browser goes on as that participant; otherwise it only has their rights.
    pub resumes: bool,
}

/// The place of one question among those of a participant that are not answered yet. It is given back
/// when the answer is through, or lost.
#[derive(Debug)]
pub(crate) struct Asked {
    _place: OwnedSemaphorePermit,
}

/// What a message takes of what may wait, until it is through.
#[derive(Debug)]
pub struct Waiting {
    _bytes: OwnedSemaphorePermit,
    _asked: Option<Asked>,
}

/// One frame for a browser.
#[derive(Debug)]
pub enum Outgoing {
    /// A message, and its share of what may wait.
    Text(ToBrowser, Waiting),
    /// A tile.
    Tile(Bytes),
    /// The connection ends after this.
    Close,
}

/// The session's end of the way to one browser.
#[derive(Debug, Clone)]
pub struct Outlet {
    text: mpsc::Sender<Outgoing>,
    tiles: mpsc::Sender<Outgoing>,
    room: Arc<Semaphore>,
    given_up: CancellationToken,
}

/// The web side's end of the way to one browser.
#[derive(Debug)]
pub struct Inlet {
    /// Messages, in order.
    pub text: mpsc::Receiver<Outgoing>,
    /// Tiles; messages go before them.
    pub tiles: mpsc::Receiver<Outgoing>,
    /// Cancelled when the browser does not take what is queued: the connection is to be cut.
    pub given_up: CancellationToken,
}

/// Makes the way to one browser. Tiles are painted only as fast as they are taken.
pub fn outlet() -> (Outlet, Inlet) {
    let (text, text_out) = mpsc::channel(OUTGOING);
    let (tiles, tiles_out) = mpsc::channel(TILES);
    let given_up = CancellationToken::new();
    let inlet = Inlet {
        text: text_out,
        tiles: tiles_out,
        given_up: given_up.clone(),
    };
    let outlet = Outlet {
        text,
        tiles,
        room: Arc::new(Semaphore::new(OUTGOING_BYTES)),
        given_up,
    };
    (outlet, inlet)
}

impl Outlet {
    /// Tells why nobody can take part, and ends the connection.
    pub fn fail(&self, problem: &Problem) {
        self.send(ToBrowser::failed(problem, true));
        self.close();
    }

    /// Queues a message; false when the browser is gone or too slow.
    pub(crate) fn send(&self, message: ToBrowser) -> bool {
        self.queue(message, None)
    }

    fn queue(&self, message: ToBrowser, asked: Option<Asked>) -> bool {
        let share = message.weight().min(OUTGOING_BYTES);
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        let Ok(bytes) = self.room.clone().try_acquire_many_owned(share) else {
            return false;
        };
        let share = Waiting {
            _bytes: bytes,
            _asked: asked,
        };
        self.text.try_send(Outgoing::Text(message, share)).is_ok()
    }

    /// Ends the connection after what is queued, or at once if the queue is full.
    pub(crate) fn close(&self) {
        if self.text.try_send(Outgoing::Close).is_err() {
            self.given_up.cancel();
        }
    }

    /// Room for one tile, if the browser has taken enough of the earlier ones.
    pub(crate) fn tile_permit(&self) -> Option<mpsc::OwnedPermit<Outgoing>> {
        self.tiles.clone().try_reserve_owned().ok()
    }

    /// Completes when there is room for a tile again.
    pub(crate) async fn tile_room(self) {
        // A closed channel has its own end; here it only means that nobody waits any more.
        let _ = self.tiles.reserve().await;
    }

    pub(crate) fn same_as(&self, other: &Self) -> bool {
        self.text.same_channel(&other.text)
    }
}

/// What it means when a connection ends without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It was lost, and its participant may return.
    Loss,
    /// Its page said that it was closed.
    Leaving,
}

/// Who changed a document: what they opened, and the integrator's id of them.
pub(crate) type Changer = (Verified<Opening>, String);

/// One participant.
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts, not one state"
)]
pub(crate) struct Participant {
    pub id: String,
    pub opening: Verified<Opening>,
    /// What the user may do now; the opening has what was signed.
    pub rights: Rights,
    /// Whether the page gave up the right to change the document.
    pub gave_up: bool,
    pub name: String,
    pub user_id: String,
    pub color: &'static str,
    pub view: Option<ViewId>,
    pub outlet: Option<Outlet>,
    /// Since when the connection is lost.
    pub lost_at: Option<Instant>,
    /// What the end of the connection will be.
    pub ending: Ending,
    /// Inputs up to this one were taken; `None` before the first.
    pub taken: Option<u64>,
    /// Inputs that the engine has not dispatched yet.
    pub under_way: usize,
    /// Whether the user asked for a save of what is under way.
    pub wants_save: bool,
    /// Inputs up to this one were dispatched by the engine.
    pub applied: u64,
    /// Whether the word that they were is still to be given.
    pub ack_due: bool,
    /// How many of their inputs ended the engine.
    pub convictions: u32,
    /// How many losses of the session they were told of.
    pub losses_told: u64,
    /// Whether a cell is being edited, so that its text is not in the document yet.
    pub in_cell: bool,
    /// The last event of each kind, for a browser that returns.
    pub last_events: HashMap<String, ViewEvent>,
    pub tiles: TileQueue,
    /// What may be under way, over all connections.
    pub credit: Arc<Credit>,
    /// Which token opened this view, or the one whose session opened it.
    pub token: Option<TokenId>,
    /// The number of the document for which the engine makes a view.
    pub view_in_the_making: Option<u64>,
    /// Whether a wait for tile room is under way.
    pub waits_for_room: bool,
    /// Room for questions to the engine whose answers are not through yet.
    questions: Arc<Semaphore>,
    /// Whether the others are still to be told that the connection is lost.
    pub loss_untold: bool,
}

impl Participant {
    pub fn new(
        id: String,
        opening: Verified<Opening>,
        index: usize,
        outlet: Outlet,
        limits: &Limits,
    ) -> Self {
        let user = &opening.get().user;
        let name = match (user.name.trim(), &user.group) {
            // Several who were not signed would all have the same name.
            (NAMELESS, _) if user.id.is_empty() => format!("Guest {}", index + 1),
            ("", _) => format!("Guest {}", index + 1),
            // The API shows the group in front of the name, with a no-break space (spec 2.5).
            (name, Some(group)) if !group.is_empty() => {
                format!("{group}{GROUP_SEPARATOR}{name}")
            }
            (name, _) => name.to_owned(),
        };
        let user_id = user_id(opening.get(), &id);
        Self {
            id,
            name,
            user_id,
            color: COLORS[index % COLORS.len()],
            rights: Rights::signed(opening.get()),
            gave_up: false,
            opening,
            view: None,
            outlet: Some(outlet),
            lost_at: None,
            ending: Ending::Loss,
            taken: None,
            under_way: 0,
            wants_save: false,
            applied: 0,
            ack_due: false,
            convictions: 0,
            losses_told: 0,
            in_cell: false,
            last_events: HashMap::new(),
            tiles: TileQueue::default(),
            credit: Arc::new(Credit::new(limits)),
            token: None,
            view_in_the_making: None,
            waits_for_room: false,
            questions: Arc::new(Semaphore::new(limits.questions)),
            loss_untold: false,
        }
    }

    /// Whether this participant may change the file.
    pub fn may_change(&self) -> bool {
        self.rights.may_change()
    }

    /// Whether they came to change it, whatever became of their rights.
    pub fn came_to_change(&self) -> bool {
        Rights::signed(self.opening.get()).may_change()
    }

    /// Whether this participant is shown who `other` is, and where.
    pub fn sees(&self, other: &Self) -> bool {
        self.id == other.id || self.rights.shows_user(&other.name)
    }

    /// Lets the engine be asked for this participant, unless they have asked enough: one who asks
    /// without end, or never reads the answers, must not hold up the others.
    pub fn ask(&self) -> Option<Asked> {
        let place = self.questions.clone().try_acquire_owned().ok()?;
        Some(Asked { _place: place })
    }

    pub fn online(&self) -> bool {
        self.outlet.is_some()
    }

    /// Sends a message; a browser that is too slow loses its connection, and may return.
    pub fn send(&mut self, message: ToBrowser) {
        self.queue(message, None);
    }

    /// Answers a question.
    pub fn answer(&mut self, message: ToBrowser, asked: Asked) {
        self.queue(message, Some(asked));
    }

    fn queue(&mut self, message: ToBrowser, asked: Option<Asked>) {
        if let Some(outlet) = &self.outlet
            && !outlet.queue(message, asked)
        {
            tracing::info!(participant = %self.id, "a connection is gone or too slow");
            self.lose();
        }
    }

    /// Tells that an input is not carried out, and why.
    pub fn deny(&mut self, seq: u64, why: Problem) {
        let Problem {
            code,
            message,
            hint,
            ..
        } = why;
        self.send(ToBrowser::Denied {
            seq,
            code: code.into(),
            message,
            hint,
        });
    }

    /// Forgets the connection and begins to wait for a return.
    pub fn lose(&mut self) {
        if let Some(outlet) = self.outlet.take() {
            outlet.close();
            self.lost_at = Some(Instant::now());
            self.loss_untold = true;
            self.tiles.clear();
        }
    }

    /// When they count as gone, if the connection is lost: at once if the page said that it closes. Its
    /// connection may break before the end of it is read, while something is sent to it.
    pub fn gone_at(&self, return_within: Duration) -> Option<Instant> {
        let lost_at = self.lost_at?;
        Some(match self.ending {
            Ending::Loss => lost_at + return_within,
            Ending::Leaving => lost_at,
        })
    }

    pub fn presence(&self) -> Option<Presence> {
        Some(Presence {
            id: self.id.clone(),
            view: self.view?,
            user_id: self.user_id.clone(),
            name: self.name.clone(),
            color: self.color.to_owned(),
            access: self.rights.access,
            online: self.online(),
        })
    }

    /// Where the caret is.
    pub fn caret(&self) -> Option<Rect> {
        match self.last_events.get("caret") {
            Some(ViewEvent::Caret { rect }) => Some(*rect),
            _ => None,
        }
    }

    /// Keeps an event for a browser that returns.
    pub fn remember(&mut self, event: &ViewEvent) {
        if let ViewEvent::Cell { cell } = event {
            self.in_cell = cell.is_none();
        }
        // A kit chooses the names of states and how many peers there are. The few kinds that describe the
        // participant's own view are always kept: what counts as a change depends on them.
        if let Some(key) = replay_key(event)
            && (!key.contains(' ')
                || self.last_events.len() < STATES
                || self.last_events.contains_key(&key))
        {
            self.last_events.insert(key, event.clone());
        }
    }

    /// Forgets what was remembered of another participant's view that is gone.
    pub fn forget_peer(&mut self, view: ViewId) {
        let its = format!(" {view}");
        self.last_events
            .retain(|key, _| !(key.starts_with("peer") && key.ends_with(&its)));
    }
}

/// The id under which the integrator is told of a user: one of our own if none was signed.
pub(crate) fn user_id(opening: &Opening, participant: &str) -> String {
    // In a version they are who they are in the document.
    let participant = match &opening.version_of {
        Some(of) => &of.participant,
        None => participant,
    };
    match opening.user.id.as_str() {
        "" => format!("uid-{participant}"),
        id => id.to_owned(),
    }
}

/// Under what name an event replaces an earlier one, for those that describe a state.
fn replay_key(event: &ViewEvent) -> Option<String> {
    Some(match event {
        ViewEvent::Caret { .. } => "caret".into(),
        ViewEvent::CaretVisible { .. } => "caretVisible".into(),
        ViewEvent::Selection { .. } => "selection".into(),
        ViewEvent::PeerCaret { view, .. } => format!("peerCaret {view}"),
        ViewEvent::PeerCaretVisible { view, .. } => format!("peerCaretVisible {view}"),
        ViewEvent::PeerSelection { view, .. } => format!("peerSelection {view}"),
        ViewEvent::PeerCell { view, .. } => format!("peerCell {view}"),
        ViewEvent::PeerGraphic { view, .. } => format!("peerGraphic {view}"),
        ViewEvent::Graphic { .. } => "graphic".into(),
        ViewEvent::Cell { .. } => "cell".into(),
        ViewEvent::CellArea { .. } => "cellArea".into(),
        ViewEvent::CellFormula { .. } => "cellFormula".into(),
        ViewEvent::CellAddress { .. } => "cellAddress".into(),
        ViewEvent::State { name, .. } => format!("state {name}"),
        ViewEvent::Part { .. } => "part".into(),
        ViewEvent::Field { .. } => "field".into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use recto_token::opening_with_tokens_off;
    use serde_json::json;

    use super::*;

    fn participant(outlet: Outlet) -> Participant {
        let config = json!({
            "document": { "fileType": "docx", "key": "k", "title": "T", "url": "http://a/b" },
            "documentType": "word",
            "editorConfig": { "user": { "id": "u1", "name": "Ann" } },
        });
        let opening = opening_with_tokens_off(&config).unwrap();
        Participant::new("p1".into(), opening, 0, outlet, &Limits::default())
    }

    #[test]
    fn l3_who_reads_no_answers_is_given_no_more_than_may_wait() {
        let large = json!("x".repeat(4 << 20));
        let (outlet, mut inlet) = outlet();
        let mut eve = participant(outlet);
        let ask = |eve: &mut Participant| {
            let asked = eve.ask()?;
            eve.answer(
                ToBrowser::values(1, ".uno:ViewAnnotations".into(), &large),
                asked,
            );
            Some(())
        };
        for _ in 0..3 {
            assert!(ask(&mut eve).is_some() && eve.online());
        }
        // A fourth would be more than 16 MiB with what comes around it.
        assert!(ask(&mut eve).is_some());
        assert!(!eve.online());
        while inlet.text.try_recv().is_ok() {}
        assert!(inlet.text.is_closed());
    }

    #[test]
    fn l3_a_question_counts_until_its_answer_is_through() {
        let (outlet, mut inlet) = outlet();
        let mut eve = participant(outlet);
        let most = Limits::default().questions;
        for _ in 0..most {
            let asked = eve.ask().unwrap();
            eve.answer(
                ToBrowser::values(1, ".uno:Zoom".into(), &json!(null)),
                asked,
            );
        }
        assert!(eve.ask().is_none(), "all are answered, and none is read");
        let first = inlet.text.try_recv().unwrap();
        assert!(eve.ask().is_none(), "it is being sent");
        drop(first);
        assert!(eve.ask().is_some());
    }

    #[test]
    fn whoever_said_that_they_leave_is_not_waited_for_when_their_connection_breaks() {
        let (outlet, _inlet) = outlet();
        let mut ann = participant(outlet);
        let wait = Duration::from_secs(60);
        assert_eq!(ann.gone_at(wait), None, "she is here");
        ann.lose();
        assert_eq!(ann.gone_at(wait), ann.lost_at.map(|at| at + wait));
        ann.ending = Ending::Leaving;
        assert_eq!(ann.gone_at(wait), ann.lost_at);
    }
}

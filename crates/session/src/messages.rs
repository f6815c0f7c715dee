//! What reaches the task of a session: what it is told, and what became of work that it began.

use std::sync::Arc;

use recto_docs_api::Callback;
use recto_engine::{InputError, Selection, Snapshot, ViewId};
use recto_fetch::CallbackError;
use recto_store::{BlobId, SessionRecord, StoreError};
use recto_token::{MethodGrant, Opening, Verified};
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use crate::admission::TokenId;
use crate::callbacks::{Draft, Given};
use crate::credit::{Credit, Share};
use crate::deaths::{Ended, Unloaded};
use crate::download::Copied;
use crate::insert::Insertion;
use crate::loading::{Loaded, Source};
use crate::orders::Order;
use crate::participant::{Asked, Changer, Outlet, Returning};
use crate::problem::Problem;
use crate::rights::Rights;
use crate::second::{Done, Purpose};
use crate::tiles::{Tile, TileKey};
use crate::wire::FromBrowser;

/// What a session is told.
pub(crate) enum Command {
    Join(Box<Join>),
    Message {
        participant: String,
        outlet: Outlet,
        message: FromBrowser,
        /// Of an input: its part of the participant's credit.
        share: Option<Share>,
    },
    /// Pictures that the integrator signed.
    Insert {
        participant: String,
        outlet: Outlet,
        id: u64,
        grant: Box<Verified<MethodGrant>>,
    },
    /// A document that the integrator signed.
    Second {
        participant: String,
        outlet: Outlet,
        id: u64,
        grant: Box<Verified<MethodGrant>>,
        purpose: Purpose,
    },
    Ended {
        participant: String,
        outlet: Outlet,
        on_purpose: bool,
    },
    /// A page was closed: its connection ends on purpose, however that looks from here.
    Goodbye {
        participant: String,
    },
    Order(Order),
    Stop(oneshot::Sender<()>),
    /// A sign of life is wanted.
    Answer(oneshot::Sender<()>),
}

impl Command {
    /// What the task is at that carries it out, for the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Join(_) => "a join",
            Self::Message { .. } => "a browser's message",
            Self::Insert { .. } => "pictures to insert",
            Self::Second { .. } => "a second document",
            Self::Ended { .. } | Self::Goodbye { .. } => "the end of a connection",
            Self::Order(_) => "an integrator's or administrator's order",
            Self::Stop(_) => "the stop of the server",
            Self::Answer(_) => "a sign of life",
        }
    }
}

/// Somebody who wants to take part.
pub(crate) struct Join {
    pub opening: Verified<Opening>,
    pub returning: Option<Returning>,
    /// For a version: the user's rights in the document that were changed.
    pub changed: Map<String, Value>,
    pub outlet: Outlet,
    /// The token that the view counts for, if there was one: with which the document was opened, whether
    /// by this view or by the one whose session it comes with.
    pub token: Option<TokenId>,
    pub reply: oneshot::Sender<Result<Joining, Problem>>,
}

impl Join {
    /// Whether they come to change the document, rather than to read it.
    pub fn may_change(&self) -> bool {
        Rights::signed(self.opening.get()).may_change()
    }
}

/// A participant who was let in.
pub(crate) struct Joining {
    pub participant: String,
    pub credit: Arc<Credit>,
}

/// Work that was under way, done.
pub(crate) enum Op {
    Fetched(Result<Box<Source>, Problem>),
    Loaded(Result<Box<Loaded>, Box<Unloaded>>),
    /// A document goes on no more, and what is offered in its place is there.
    Ended(Box<Ended>),
    ViewMade {
        participant: String,
        document: u64,
        view: Result<ViewId, Problem>,
    },
    ViewEnded {
        participant: String,
    },
    Applied {
        participant: String,
        seq: u64,
        document: u64,
        /// Who changed the document by it, if it can have been changed.
        changer: Option<Box<Changer>>,
        /// What a cut took away, and its id.
        cut: Option<(u64, Selection)>,
        result: Result<(), InputError>,
    },
    Painted {
        key: TileKey,
        document: u64,
        tile: Option<Tile>,
    },
    TileRoom {
        participant: String,
    },
    Selected {
        participant: String,
        id: u64,
        asked: Asked,
        selection: Option<Selection>,
    },
    Queried {
        participant: String,
        id: u64,
        asked: Asked,
        command: String,
        values: serde_json::Value,
    },
    Copied {
        participant: String,
        id: u64,
        asked: Asked,
        copied: Result<Copied, Problem>,
    },
    Inserted {
        participant: String,
        insertion: Box<Insertion>,
        changer: Box<Changer>,
        inserted: Result<(), Problem>,
    },
    Second {
        participant: String,
        id: u64,
        asked: Asked,
        changer: Box<Changer>,
        done: Done,
    },
    Stored {
        document: u64,
        result: Result<(BlobId, Snapshot), Problem>,
    },
    /// A snapshot is in the journal, or is not.
    Recorded {
        snapshot: BlobId,
        /// The snapshot before it.
        before: Option<BlobId>,
        result: Result<(), Problem>,
    },
    /// The journal says that there are unsaved changes, or can't.
    Noted(Result<(), StoreError>),
    /// A cell was entered for someone who left it, or lost the right to; `None` if it could not be.
    Entered {
        by: Option<Box<Changer>>,
    },
    /// A file for the integrator is ready to be named by a callback.
    Drafted {
        draft: Box<Draft>,
        file: Result<Given, StoreError>,
    },
    ForgottenDeleted {
        record: Box<SessionRecord>,
        result: Result<(), StoreError>,
        reply: oneshot::Sender<Result<bool, StoreError>>,
    },
    /// The journal has what [`crate::actor::Session::writing`] counts.
    Written,
    CalledBack {
        callback: Box<Callback>,
        result: Result<(), CallbackError>,
    },
    Nothing,
}

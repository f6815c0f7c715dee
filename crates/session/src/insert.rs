//! Pictures that the integrator gives: `insertImage`.

use std::time::Duration;

use recto_engine::{Input, InputError, PictureKind};
use recto_token::{MethodGrant, Verified};

use crate::actor::Session;
use crate::config::Services;
use crate::loading::scratch_folder;
use crate::messages::Op;
use crate::participant::{Asked, Changer};
use crate::problem::Problem;
use crate::wire::ToBrowser;

/// Pictures in one call; more are not fetched.
const MOST: usize = 20;
/// The largest in bytes: what a paste may have.
const LARGEST: u64 = 16 << 20;

/// The engine leaves a picture some time after it was put in (LibreOffice's own timer has 120 ms), and
/// reports nothing then; until it has, the next one would take its place.
const SETTLES: Duration = Duration::from_millis(400);

/// A picture that was fetched.
struct Picture {
    mime: &'static str,
    data: Vec<u8>,
}

impl Session {
    /// Somebody's page was given pictures by the integrator, who signed their addresses.
    pub fn on_insert(&mut self, id: &str, question: u64, grant: Verified<MethodGrant>) {
        let Some(participant) = self.participant(id) else {
            return;
        };
        let asked = if participant.rights.access.can_edit() {
            participant.ask().ok_or_else(Problem::too_many_questions)
        } else {
            Err(Problem::no_insert())
        };
        let asked = match asked {
            Ok(asked) => asked,
            Err(problem) => {
                return participant.send(ToBrowser::inserted(question, Some(problem)));
            }
        };
        self.insert_next(
            id,
            Insertion {
                question,
                asked,
                grant,
                next: 0,
            },
        );
    }

    /// Inserts one picture. One at a time, so that each counts as a change before the next is fetched.
    fn insert_next(&mut self, id: &str, insertion: Insertion) {
        let document = self.document();
        let services = self.services.clone();
        let Some(participant) = self.participant(id) else {
            return;
        };
        let number = insertion.next;
        if number == insertion.grant.files.len().min(MOST) {
            return self.end_insertion(id, insertion, None);
        }
        let (Some(document), Some(view)) = (document, participant.view) else {
            return self.end_insertion(id, insertion, Some(Problem::not_loaded()));
        };
        let changer = Box::new(participant.changer());
        let id = id.to_owned();
        self.start(async move {
            let inserted = async {
                let settled = tokio::time::sleep(if number > 0 { SETTLES } else { Duration::ZERO });
                let Picture { mime, data } = fetch(&services, &insertion.grant, number).await?;
                settled.await;
                let mime = mime.into();
                match document.input(view, Input::Paste { mime, data }).await {
                    Ok(()) => Ok(()),
                    Err(InputError::Denied(denied)) => Err(Problem::of(&denied)),
                    Err(InputError::Engine(error)) => Err(Problem::of(&error)),
                    Err(_) => Err(Problem::not_loaded()),
                }
            }
            .await;
            Op::Inserted {
                participant: id,
                insertion: Box::new(insertion),
                changer,
                inserted,
            }
        });
    }

    pub fn on_inserted(
        &mut self,
        id: &str,
        mut insertion: Insertion,
        changer: Changer,
        inserted: Result<(), Problem>,
    ) {
        match inserted {
            Ok(()) => {
                self.touch(changer);
                insertion.next += 1;
                self.insert_next(id, insertion);
            }
            Err(problem) => self.end_insertion(id, insertion, Some(problem)),
        }
    }

    fn end_insertion(&mut self, id: &str, insertion: Insertion, problem: Option<Problem>) {
        if let Some(participant) = self.participant(id) {
            let answer = ToBrowser::inserted(insertion.question, problem);
            participant.answer(answer, insertion.asked);
        }
    }
}

/// Pictures that are being inserted.
pub(crate) struct Insertion {
    question: u64,
    asked: Asked,
    grant: Verified<MethodGrant>,
    /// The number of the next one.
    next: usize,
}

async fn fetch(
    services: &Services,
    grant: &Verified<MethodGrant>,
    number: usize,
) -> Result<Picture, Problem> {
    let folder = scratch_folder(services)?;
    let path = folder.path().join("picture");
    match services.fetcher.download_signed(grant, number, &path).await {
        Some(Ok(downloaded)) if downloaded.bytes > LARGEST => {
            return Err(Problem::picture_too_large());
        }
        Some(Ok(_)) => {}
        Some(Err(error)) => return Err(Problem::of(&error)),
        None => return Err(Problem::no_picture()),
    }
    let data = tokio::fs::read(&path)
        .await
        .map_err(|_| Problem::no_picture())?;
    let kind = PictureKind::of(&data).ok_or_else(Problem::no_picture)?;
    let mime = kind.mime;
    Ok(Picture { mime, data })
}

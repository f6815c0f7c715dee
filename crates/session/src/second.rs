//! A second file that the integrator gives: `setRequestedDocument` and `setRevisedFile`.

use recto_docs_api::{DocumentKind, FileType};
use recto_engine::{Document, SecondFile, ViewId};
use recto_token::{MethodGrant, Verified};
use serde::{Deserialize, Serialize};

use crate::actor::Session;
use crate::config::Services;
use crate::loading::{examine, scratch_folder};
use crate::messages::Op;
use crate::participant::{Asked, Changer};
use crate::problem::Problem;
use crate::wire::ToBrowser;

/// What is done with the file: `c` of `setRequestedDocument`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// What makes the file out of the document becomes tracked changes.
    Compare,
    /// The tracked changes of the file, a copy of the document, are taken over.
    Combine,
    /// Its text is put at the caret.
    InsertText,
}

impl Purpose {
    /// What `c` asks for; comparing if it is missing.
    pub fn parse(command: Option<&str>) -> Result<Self, Problem> {
        match command {
            None | Some("compare") => Ok(Self::Compare),
            Some("combine") => Ok(Self::Combine),
            Some("insert-text") => Ok(Self::InsertText),
            Some(_) => Err(Problem::no_such_purpose()),
        }
    }
}

/// What became of it.
pub(crate) struct Done {
    /// How many tracked changes have come.
    changes: Result<u64, Problem>,
    /// Whether the document may be another one than before: the engine may also fail half way.
    changed: bool,
}

impl From<Problem> for Done {
    fn from(problem: Problem) -> Self {
        Self {
            changes: Err(problem),
            changed: false,
        }
    }
}

impl Session {
    /// Somebody's page was given a document by the integrator, who signed its address.
    pub fn on_second(
        &mut self,
        id: &str,
        question: u64,
        grant: Verified<MethodGrant>,
        purpose: Purpose,
    ) {
        let document = self.document();
        let services = self.services.clone();
        let busy = self.taking;
        let Some(participant) = self.participant(id) else {
            return;
        };
        let refused = if busy {
            Some(Problem::second_under_way())
        } else if participant.opening.get().file_type.kind() != DocumentKind::Word {
            Some(Problem::no_text())
        } else if !participant.rights.access.can_edit() {
            Some(Problem::no_second())
        } else {
            None
        };
        let asked = match refused {
            Some(problem) => Err(problem),
            None => participant.ask().ok_or_else(Problem::too_many_questions),
        };
        let (asked, document, view) = match (asked, document, participant.view) {
            (Ok(asked), Some(document), Some(view)) => (asked, document, view),
            (asked, ..) => {
                let problem = asked.err().unwrap_or_else(Problem::not_loaded);
                return participant.send(ToBrowser::taken(question, Err(problem)));
            }
        };
        let changer = Box::new(participant.changer());
        let id = id.to_owned();
        self.taking = true;
        self.start(async move {
            Op::Second {
                participant: id,
                id: question,
                asked,
                changer,
                done: take(&services, &document, view, &grant, purpose)
                    .await
                    .unwrap_or_else(Done::from),
            }
        });
    }

    pub fn on_second_done(
        &mut self,
        id: &str,
        (question, asked): (u64, Asked),
        changer: Changer,
        done: Done,
    ) {
        self.taking = false;
        if done.changed {
            self.touch(changer);
        }
        if let Some(participant) = self.participant(id) {
            participant.answer(ToBrowser::taken(question, done.changes), asked);
        }
    }
}

async fn take(
    services: &Services,
    document: &Document,
    view: ViewId,
    grant: &Verified<MethodGrant>,
    purpose: Purpose,
) -> Result<Done, Problem> {
    let file_type = grant
        .get()
        .files
        .first()
        .and_then(|file| FileType::parse(file.file_type.as_deref()?).ok())
        .filter(|file_type| file_type.kind() == DocumentKind::Word)
        .ok_or_else(Problem::no_text)?;
    let folder = scratch_folder(services)?;
    let path = folder.path().join("second");
    services
        .fetcher
        .download_signed(grant, 0, &path)
        .await
        .ok_or_else(Problem::no_text)?
        .map_err(|error| Problem::of(&error))?;
    let file_type = examine(file_type, &path).await?.file_type;
    let file = SecondFile {
        path: &path,
        file_type: file_type.extension(),
        scratch: folder.path(),
    };
    let changes = match purpose {
        Purpose::Compare => services.engine.compare(document, view, file).await,
        Purpose::Combine => services.engine.combine(document, view, file).await,
        Purpose::InsertText => services
            .engine
            .insert(document, view, file)
            .await
            .map(|()| 0),
    };
    let untouched = match &changes {
        Ok(count) => *count == 0 && purpose != Purpose::InsertText,
        Err(error) => error.leaves_alone(),
    };
    Ok(Done {
        changes: changes.map_err(|error| Problem::of(&error)),
        changed: !untouched,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_with_a_file_is_one_of_three() {
        for (command, purpose) in [
            (None, Purpose::Compare),
            (Some("compare"), Purpose::Compare),
            (Some("combine"), Purpose::Combine),
            (Some("insert-text"), Purpose::InsertText),
        ] {
            assert_eq!(Purpose::parse(command), Ok(purpose));
        }
        for other in ["", "Compare", ".uno:InsertDoc", "mailmerge"] {
            let problem = Purpose::parse(Some(other)).unwrap_err();
            assert_eq!(problem.code, "second.purpose", "{other}");
        }
    }
}

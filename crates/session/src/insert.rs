//! Pictures that the integrator gives: `insertImage`.

use recto_engine::{Input, InputError};
use recto_token::{MethodGrant, Verified};

use crate::actor::Session;
use crate::config::Services;
use crate::loading::scratch_folder;
use crate::messages::Op;
use crate::problem::Problem;
use crate::wire::ToBrowser;

/// Pictures in one call; more are not fetched.
const MOST: usize = 20;
/// The largest in bytes: what a paste may have.
const LARGEST: u64 = 16 << 20;

/// A picture that was fetched.
struct Picture {
    mime: &'static str,
    data: Vec<u8>,
}

impl Session {
    /// Somebody's page was given pictures by the integrator, who signed their addresses.
    pub fn on_insert(&mut self, id: &str, question: u64, grant: Verified<MethodGrant>) {
        let document = self.document();
        let services = self.services.clone();
        let Some(participant) = self.participant(id) else {
            return;
        };
        let refused = if !participant.rights.access.can_edit() {
            Some(Problem::no_insert())
        } else if !participant.may_ask() {
            Some(Problem::too_many_questions())
        } else {
            None
        };
        let (Some(document), Some(view), None) = (document, participant.view, &refused) else {
            let problem = refused.unwrap_or_else(Problem::not_loaded);
            participant.send(ToBrowser::inserted(question, Some(problem)));
            return;
        };
        participant.asked += 1;
        let changer = participant.changer();
        let id = id.to_owned();
        self.start(async move {
            let inserted = async {
                for number in 0..grant.get().files.len().min(MOST) {
                    let Picture { mime, data } = fetch(&services, &grant, number).await?;
                    let mime = mime.into();
                    match document.input(view, Input::Paste { mime, data }).await {
                        Ok(()) => {}
                        Err(InputError::Denied(denied)) => return Err(Problem::of(&denied)),
                        Err(InputError::Engine(error)) => return Err(Problem::of(&error)),
                        Err(_) => return Err(Problem::not_loaded()),
                    }
                }
                Ok(())
            }
            .await;
            Op::Inserted {
                participant: id,
                id: question,
                changer: Box::new(changer),
                inserted,
            }
        });
    }
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
    let mime = kind_of(&data).ok_or_else(Problem::no_picture)?;
    Ok(Picture { mime, data })
}

/// What the engine takes; told by the content, since names and headers may say anything.
fn kind_of(data: &[u8]) -> Option<&'static str> {
    if data.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if data.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_content() {
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n..."), Some("image/png"));
        assert_eq!(kind_of(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        for other in [&b"<svg/>"[..], b"GIF89a", b"", b"%PDF"] {
            assert_eq!(kind_of(other), None);
        }
    }
}

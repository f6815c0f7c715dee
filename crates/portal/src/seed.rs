//! What a first start makes: sample accounts and, if a folder is given, sample files.

use std::path::Path;

use futures::StreamExt;
use recto_docs_api::{Explain, FileType};
use tokio_util::io::ReaderStream;

use crate::storage::{BlobError, Level, NewVersion, Origin, StorageError, User};
use crate::{App, MAX_FILE_BYTES, PortalError, auth};

/// The password of every sample account. The sign-in page shows it: the accounts are there to be tried.
pub const SAMPLE_PASSWORD: &str = "recto-demo";

/// Ids, names and whether the account is a writer.
pub(crate) const SAMPLE_USERS: [(&str, &str, bool); 3] = [
    ("ada", "Ada Okafor", true),
    ("bruno", "Bruno Keller", true),
    ("vera", "Vera Lindqvist", false),
];

/// Names, and what the reader may do with each.
const SAMPLE_FILES: [(&str, Level); 4] = [
    ("Welcome.docx", Level::View),
    ("Budget.xlsx", Level::View),
    ("Slides.pptx", Level::View),
    ("Form.docx", Level::Fill),
];

pub(crate) async fn first_start(app: &App, samples: Option<&Path>) -> Result<(), PortalError> {
    if app.storage.has_users().await? {
        return Ok(());
    }
    for (id, name, _) in SAMPLE_USERS {
        let hash = tokio::task::spawn_blocking(|| auth::hash_password(SAMPLE_PASSWORD))
            .await
            .map_err(|error| PortalError::Data {
                reason: error.to_string(),
            })??;
        let user = User {
            id: id.to_owned(),
            name: name.to_owned(),
        };
        app.storage.add_user(&user, &hash, app.now()).await?;
    }
    if let Some(folder) = samples {
        for (name, level) in SAMPLE_FILES {
            take_in(app, &folder.join(name), name, level).await?;
        }
    }
    Ok(())
}

/// A sample that is missing or unusable is left out; the portal is useful without it.
async fn take_in(app: &App, path: &Path, name: &str, level: Level) -> Result<(), StorageError> {
    let Ok(file) = tokio::fs::File::open(path).await else {
        return Ok(());
    };
    let Some(file_type) = name
        .rsplit_once('.')
        .and_then(|(_, extension)| FileType::parse(extension).ok())
    else {
        return Ok(());
    };
    let blob = match app
        .storage
        .blobs
        .write(ReaderStream::new(file).boxed(), MAX_FILE_BYTES)
        .await
    {
        Ok(blob) => blob,
        Err(BlobError::Storage(error)) => return Err(error),
        Err(error) => {
            tracing::warn!(sample = name, %error, "a sample file is left out");
            return Ok(());
        }
    };
    if let Err(error) = app.storage.blobs.examine(&blob.id, file_type).await {
        tracing::warn!(
            sample = name,
            reason = error.message(),
            "a sample file is left out"
        );
        app.storage.blobs.discard(&[blob.id]).await;
        return Ok(());
    }
    let (owner, owner_name, _) = SAMPLE_USERS[0];
    let version = NewVersion {
        blob: &blob,
        file_type: file_type.extension(),
        author: owner_name,
        origin: Origin::Uploaded,
    };
    let file = app
        .storage
        .create_file(owner, name, &version, app.now())
        .await?;
    let rights = [
        ("bruno".to_owned(), Some(Level::Edit)),
        ("vera".to_owned(), Some(level)),
    ];
    app.storage.set_rights(&file, &rights).await
}

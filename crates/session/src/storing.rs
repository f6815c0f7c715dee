//! A document's way from the engine into the store.

use recto_engine::Snapshot;
use recto_store::BlobId;

use crate::problem::Problem;

/// How often a document is written on its way into the store: by the engine, beside it, and in the store.
const COPIES: u64 = 3;
/// What else may be written meanwhile, in bytes.
const BESIDE: u64 = 1 << 20;

/// Looks whether a document that was so large can be stored, before the engine is asked for it: it may
/// die of a full disk, and take along what could still be stored later.
pub(crate) async fn room_for_copy(
    services: &crate::Services,
    last: &BlobId,
) -> Result<(), Problem> {
    let store = &services.store;
    let room = async {
        let length = store.length(last).await?;
        store
            .room_for(length.saturating_mul(COPIES).saturating_add(BESIDE))
            .await
    };
    room.await.map_err(|error| Problem::of(&error))
}

/// Has the engine write a document, and puts the file into the store.
pub(crate) async fn store_copy(
    services: &crate::Services,
    document: &recto_engine::Document,
    extension: &str,
) -> Result<(BlobId, Snapshot), Problem> {
    let folder = tempfile::Builder::new()
        .prefix("save-")
        .tempdir_in(&services.scratch)
        .map_err(|error| Problem {
            code: "server.scratch",
            message: format!("The server cannot write to its folder for temporary files: {error}."),
            hint:
                "Ask the server's administrator to check free space and rights of the data folder."
                    .into(),
            editor_error: -83,
        })?;
    let path = folder.path().join(format!("snapshot.{extension}"));
    let how = services
        .engine
        .snapshot(document, extension, &path)
        .await
        .map_err(|error| Problem::of(&error))?;
    let stored = services.store.put_file(&path).await;
    Ok((stored.map_err(|error| Problem::of(&error))?, how))
}

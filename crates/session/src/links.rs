//! Links to stored files, for integrators (spec/tokens.md 6.8).

use recto_docs_api::FileType;
use recto_store::{BlobId, ResultRecord, StoreError};
use recto_token::link;

use crate::config::Services;

/// Makes a link to a document that was saved as `file_type`; it lives for
/// [`crate::SessionConfig::link_life`].
pub(crate) async fn make_link(
    services: &Services,
    blob: BlobId,
    file_type: FileType,
) -> Result<String, StoreError> {
    let file_name = format!("output.{}", file_type.extension());
    make_link_as(services, blob, file_name, file_type.mime()).await
}

/// As [`make_link`], for a file of this name and media type.
pub(crate) async fn make_link_as(
    services: &Services,
    blob: BlobId,
    file_name: String,
    mime: &str,
) -> Result<String, StoreError> {
    let id = recto_store::new_id();
    let life = i64::try_from(services.config.link_life.as_secs()).unwrap_or(900);
    let expires = services.now() + life;
    // The link has a plain name, whatever the download is called.
    let extension = file_name.rsplit('.').next().unwrap_or_default();
    let path = format!("/cache/files/{id}/output.{extension}");
    let result = ResultRecord {
        id,
        blob,
        file_name,
        mime: mime.into(),
        expires,
    };
    services.store.add_result(&result).await?;
    Ok(link(&services.keys, &services.public, &path, expires))
}

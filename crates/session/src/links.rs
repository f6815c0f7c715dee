//! Links to stored files, for integrators (spec/tokens.md 6.8).

use recto_docs_api::FileType;
use recto_store::{BlobId, ResultRecord, StoreError};
use recto_token::sign_link;

use crate::config::Services;

/// Makes a link to a document that was saved as `file_type`; it begins with `base` and lives for
/// [`crate::SessionConfig::link_life`].
pub(crate) async fn make_link(
    services: &Services,
    base: &str,
    blob: BlobId,
    file_type: FileType,
) -> Result<String, StoreError> {
    let id = recto_store::new_id();
    let life = i64::try_from(services.config.link_life.as_secs()).unwrap_or(900);
    let expires = services.now() + life;
    let file_name = format!("output.{}", file_type.extension());
    let path = format!("/cache/files/{id}/{file_name}");
    let result = ResultRecord {
        id,
        blob,
        file_name,
        mime: file_type.mime().into(),
        expires,
    };
    services.store.add_result(&result).await?;
    let query = sign_link(&services.keys, &path, expires);
    Ok(format!("{base}{path}?{query}"))
}

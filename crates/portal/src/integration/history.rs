//! The versions of a file for the editor's own history: what `refreshHistory` and `setHistoryData` get.

use serde_json::{Value, json};

use super::config::{content_url, document_key};
use crate::Settings;
use crate::clock::show;
use crate::i18n::Language;
use crate::storage::{FileRow, Version};

/// The argument of `refreshHistory`: all versions, the oldest first.
pub(crate) fn list(file: &FileRow, versions: &[Version], language: Language) -> Value {
    let history: Vec<_> = versions
        .iter()
        .rev()
        .map(|version| {
            json!({
                "version": version.number,
                "key": key(file, version.number),
                "created": show(version.created, language).machine,
                "user": { "name": version.author },
            })
        })
        .collect();
    json!({ "currentVersion": file.versions, "history": history })
}

/// The argument of `setHistoryData` for one version, signed: the document server fetches what the token
/// names, and nothing else. It marks what changed since `previous`, the version before.
pub(crate) fn data(
    settings: &Settings,
    file: &FileRow,
    version: &Version,
    previous: Option<&Version>,
    now: i64,
) -> Value {
    let of = |version: &Version| {
        json!({
            "key": key(file, version.number),
            "url": content_url(settings, &file.id, version.number),
            "fileType": version.file_type,
        })
    };
    let mut fields = of(version);
    fields["version"] = version.number.into();
    if let Some(previous) = previous {
        fields["previous"] = of(previous);
    }
    settings.integrator.sign_method(&fields, now)
}

/// A key of its own for each version, so that none is mistaken for the content that is edited.
fn key(file: &FileRow, number: i64) -> String {
    document_key(&file.id, &format!("version-{number}")).to_string()
}

//! Opening a version of a document's history: `setHistoryData`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use recto_docs_api::{Access, DocumentKey, DocumentKind, FileType};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::{
    Keys, Method, MethodGrant, Opening, Refusal, SessionGrant, SignedFile, Verified, VersionOf,
    method::method_with_tokens_off,
    opening::fields::{Origin, missing},
    refusal::reason,
    verify_method,
};

/// Verifies that the integrator lets those who opened a document look at this version of it.
///
/// `data` is the argument of `setHistoryData`, its token inside; `from` is what the session
/// of the document granted. The version is looked at and never changed, and what may be copied or downloaded of the
/// document may be copied or downloaded of the version. It has a key of its own, so that it is never
/// the document that others edit. With `marks`, a text is to be marked against the version before, if
/// that was signed too.
pub fn verify_history(
    keys: &Keys,
    data: &Value,
    from: &Verified<SessionGrant>,
    marks: bool,
    now: i64,
) -> Result<Verified<Opening>, Refusal> {
    let token = data
        .get("token")
        .and_then(Value::as_str)
        .unwrap_or_default();
    version(
        verify_method(keys, token, Method::SetHistoryData, now)?,
        from,
        marks,
    )
}

/// As [`verify_history`], from the bare argument, because the operator switched tokens off.
///
/// The caller logs that it did so.
pub fn history_with_tokens_off(
    data: &Value,
    from: &Verified<SessionGrant>,
    marks: bool,
) -> Result<Verified<Opening>, Refusal> {
    let grant = method_with_tokens_off(data, Method::SetHistoryData)?;
    version(grant, from, marks)
}

fn version(
    grant: Verified<MethodGrant>,
    from: &Verified<SessionGrant>,
    marks: bool,
) -> Result<Verified<Opening>, Refusal> {
    let MethodGrant { files, version, .. } = grant.into_inner();
    let (Some(file), Some(version)) = (files.into_iter().next(), version) else {
        return Err(missing(&["url"], Origin::Method));
    };
    let SessionGrant {
        participant,
        opening: from,
        ..
    } = from.get();
    let file_type = type_of(&file, from);
    let Some(file_type) = file_type.filter(|it| it.kind() == from.file_type.kind()) else {
        return Err(Refusal::token(
            &reason::FILE_TYPE,
            " fileType is of another kind",
            "The version is a document of another kind than the one that is open.",
            "Sign fileType and url of an earlier version of the same document.",
        )
        .at("fileType"));
    };
    let mut permissions = from.permissions.clone();
    for name in ["edit", "review", "comment", "fillForms", "chat"] {
        if let Some(flag) = permissions.flag_mut(name) {
            *flag = Some(false);
        }
    }
    let previous = version
        .previous
        .filter(|_| marks && file_type.kind() == DocumentKind::Word)
        .and_then(|previous| {
            let file_type = type_of(&previous.file, from)?;
            (file_type.kind() == DocumentKind::Word).then(|| SignedFile {
                url: previous.file.url,
                file_type: Some(file_type.extension().into()),
            })
        });
    let before = previous.as_ref().map(|file| &*file.url);
    let key = key_of(&version.key, &version.version, &file.url, before)?;
    Ok(Verified::new(Opening {
        key,
        url: file.url,
        title: from.title.clone(),
        file_type,
        callback_url: None,
        user: from.user.clone(),
        lang: from.lang.clone(),
        access: Access::View,
        permissions,
        force_save: false,
        losses: None,
        // Of a version that was reached from another one, it is still the document's rights.
        version_of: from.version_of.clone().or_else(|| {
            Some(VersionOf {
                key: from.key.clone(),
                participant: participant.clone(),
            })
        }),
        previous,
    }))
}

/// What was signed, what the address ends with, or else what is open.
fn type_of(file: &SignedFile, from: &Opening) -> Option<FileType> {
    match &file.file_type {
        Some(file_type) => FileType::parse(file_type).ok(),
        None => by_address(&file.url).or(Some(from.file_type)),
    }
}

fn by_address(url: &str) -> Option<FileType> {
    let url = Url::parse(url).ok()?;
    FileType::parse(url.path().rsplit_once('.')?.1).ok()
}

/// A key that no integrator gives by chance, the same for all who look at this file as this version,
/// marked against the same version before or not marked.
fn key_of(
    key: &DocumentKey,
    version: &str,
    url: &str,
    before: Option<&str>,
) -> Result<DocumentKey, Refusal> {
    let mut hasher = Sha256::new();
    for part in [key.as_str(), version, url].into_iter().chain(before) {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    let digest = URL_SAFE_NO_PAD.encode(&hasher.finalize()[..20]);
    DocumentKey::try_from(format!("history-{digest}").as_str())
        .map_err(|_| missing(&["key"], Origin::Method))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{NOW, SECRET, config, hs256, keys};
    use crate::verify_opening;

    fn open(change: impl FnOnce(&mut Value)) -> Verified<SessionGrant> {
        let mut config = config();
        change(&mut config);
        config["token"] = hs256(SECRET, &config).into();
        granted(verify_opening(&keys(), &config, NOW).unwrap(), "p1")
    }

    fn granted(opening: Verified<Opening>, participant: &str) -> Verified<SessionGrant> {
        Verified::with_tokens_off(SessionGrant {
            participant: participant.to_owned(),
            opening: opening.into_inner(),
            counts_for: None,
        })
    }

    fn data() -> Value {
        json!({
            "version": 2, "key": "old-key", "url": "https://files.example/old.docx?v=2",
            "changesUrl": "https://files.example/changes.zip",
            "previous": { "key": "older", "url": "https://files.example/older.docx" },
        })
    }

    fn verify(data: &Value, from: &Verified<SessionGrant>) -> Result<Opening, Refusal> {
        let mut data = data.clone();
        data["token"] = hs256(SECRET, &data).into();
        verify_history(&keys(), &data, from, true, NOW).map(Verified::into_inner)
    }

    #[test]
    fn a_version_is_looked_at_under_a_key_of_its_own() {
        let from = open(|_| {});
        let version = verify(&data(), &from).unwrap();
        assert_eq!(version.access, Access::View);
        assert_eq!(version.url, "https://files.example/old.docx?v=2");
        assert!(version.key.as_str().starts_with("history-") && version.key != from.opening.key);
        assert_eq!(version.callback_url, None);
        let mut other = data();
        other["version"] = 3.into();
        assert_ne!(verify(&other, &from).unwrap().key, version.key);
        assert_eq!(verify(&data(), &from).unwrap().key, version.key);
    }

    #[test]
    fn p7_a_version_names_the_session_whose_rights_count() {
        let from = open(|_| {});
        let version = verify(&data(), &from).unwrap();
        let of = version.version_of.clone().unwrap();
        assert_eq!(
            (&of.key, of.participant.as_str()),
            (&from.opening.key, "p1")
        );
        // And so does one that is reached from it.
        let again = granted(Verified::with_tokens_off(version), "p2");
        assert_eq!(verify(&data(), &again).unwrap().version_of, Some(of));
    }

    #[test]
    fn p3_what_may_not_be_copied_may_not_be_copied_from_a_version() {
        let from = open(|config| {
            config["document"]["permissions"] = json!({ "copy": false, "download": false });
        });
        let version = verify(&data(), &from).unwrap();
        assert!(!version.permissions.may_copy() && !version.permissions.may_download());
        assert!(!version.permissions.may_edit());
    }

    #[test]
    fn s6_only_what_was_signed_is_fetched() {
        let from = open(|_| {});
        let mut forged = data();
        forged["token"] = hs256(SECRET, &data()).into();
        forged["url"] = "http://169.254.169.254/".into();
        forged["previous"]["url"] = "http://169.254.169.254/".into();
        let version = verify_history(&keys(), &forged, &from, true, NOW).unwrap();
        assert_eq!(version.url, "https://files.example/old.docx?v=2");
        let previous = version.previous.as_ref().unwrap();
        assert_eq!(previous.url, "https://files.example/older.docx");
        // What was not signed is not fetched either.
        let mut alone = data();
        alone.as_object_mut().unwrap().remove("previous");
        let token = hs256(SECRET, &alone);
        let mut added = data();
        added["token"] = token.into();
        let version = verify_history(&keys(), &added, &from, true, NOW).unwrap();
        assert_eq!(version.previous, None);
        let mut bare = data();
        bare["token"] = "".into();
        let refusal = verify_history(&keys(), &bare, &from, true, NOW).unwrap_err();
        assert_eq!(refusal.code, "token.missing");
    }

    #[test]
    fn a_version_of_another_kind_is_refused() {
        let mut sheet = data();
        sheet["fileType"] = "xlsx".into();
        let refusal = verify(&sheet, &open(|_| {})).unwrap_err();
        assert_eq!(refusal.code, "config.file_type");
    }

    #[test]
    fn a_text_is_marked_against_the_version_before_unless_that_is_not_wanted() {
        let from = open(|_| {});
        let marked = verify(&data(), &from).unwrap();
        let previous = marked.previous.unwrap();
        assert_eq!(previous.file_type.as_deref(), Some("docx"));
        let mut data = data();
        data["token"] = hs256(SECRET, &data).into();
        let plain = verify_history(&keys(), &data, &from, false, NOW).unwrap();
        assert_eq!(plain.previous, None);
        assert_ne!(plain.key, marked.key);
        data["previous"]["fileType"] = "xlsx".into();
        assert_eq!(verify(&data, &from).unwrap().previous, None);
    }

    #[test]
    fn tokens_may_be_off() {
        let from = open(|_| {});
        let version = history_with_tokens_off(&data(), &from, true).unwrap();
        assert_eq!(version.get().url, "https://files.example/old.docx?v=2");
    }
}

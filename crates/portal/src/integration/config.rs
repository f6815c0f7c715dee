//! The editor's configuration: what to open, for whom, with which rights, and where to save it.

use recto_docs_api::{FileType, FileTypeError};
use recto_token::sign_config;
use serde_json::{Value, json};

use crate::Settings;
use crate::storage::{FileRow, User};

/// Seconds for which a page's configuration can start an editor. A page that is reloaded gets a
/// new one, so this only has to outlast a slow connection.
const TOKEN_LIFE: i64 = 600;

/// Who opens what.
pub(crate) struct Opening<'a> {
    pub(crate) file: &'a FileRow,
    pub(crate) user: &'a User,
    /// Language of the editor, such as `fr`.
    pub(crate) language: &'a str,
    /// What the editor's way back to the portal is called.
    pub(crate) back: &'a str,
}

/// The configuration for `new DocsAPI.DocEditor(element, config)`, signed.
///
/// Everything is decided here, on the server. Nothing may be added to or changed in the browser
/// afterwards: the document server takes only what the token holds.
pub(crate) fn editor_config(
    settings: &Settings,
    opening: &Opening<'_>,
    now: i64,
) -> Result<Value, FileTypeError> {
    let Opening {
        file,
        user,
        language,
        back,
    } = opening;
    let file_type = FileType::parse(&file.file_type)?;
    let edit = file.level.may_edit();
    let mut config = json!({
        "type": "desktop",
        "width": "100%",
        "height": "100%",
        "documentType": file_type.kind(),
        "document": {
            "key": document_key(&file.id, &file.key_version),
            "url": content_url(settings, &file.id, file.versions),
            "fileType": file_type,
            "title": file.name,
            "permissions": {
                "edit": edit,
                "comment": edit,
                "review": edit,
                "fillForms": edit,
                "download": true,
                "print": true,
                "copy": true,
                "chat": true,
            },
        },
        "editorConfig": {
            "callbackUrl": format!("{}integration/callback/{}", settings.public_url, file.id),
            "mode": if edit { "edit" } else { "view" },
            "lang": language,
            "user": { "id": user.id, "name": user.name },
            "customization": {
                "forcesave": true,
                "goback": { "url": "/files", "text": back, "blank": false },
            },
        },
    });
    config["token"] = Value::String(sign_config(&settings.secret, &config, now, TOKEN_LIFE));
    Ok(config)
}

/// The document key: equal for everybody who opens the same content, so that they meet in one
/// session, and new as soon as another content was saved, so that nobody is shown the old one.
pub(super) fn document_key(file: &str, version: &str) -> String {
    format!("{file}-{version}")
}

/// The version that a document key names, if the key belongs to the file.
pub(super) fn version_of_key<'k>(file: &str, key: &'k str) -> Option<&'k str> {
    key.strip_prefix(file)?.strip_prefix('-')
}

/// Where the document server fetches a version.
pub(super) fn content_url(settings: &Settings, file: &str, number: i64) -> String {
    format!(
        "{}integration/files/{file}/versions/{number}/content",
        settings.public_url
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Level;
    use recto_docs_api::DocumentKey;
    use recto_token::{Keys, Secret, verify_opening};

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn settings() -> Settings {
        Settings {
            document_server: "http://127.0.0.1:8080/".parse().expect("valid"),
            public_url: "http://127.0.0.1:8081/".parse().expect("valid"),
            secret: Secret::from(SECRET),
        }
    }

    fn file(level: Level) -> FileRow {
        let ada = User {
            id: "ada".into(),
            name: "Ada Okafor".into(),
        };
        FileRow {
            id: "f".repeat(32),
            name: "Welcome.docx".into(),
            owner: ada,
            changed: 0,
            versions: 3,
            file_type: "docx".into(),
            key_version: "a".repeat(16),
            level,
            editors: Vec::new(),
        }
    }

    fn config(level: Level) -> Value {
        let user = User {
            id: "vera".into(),
            name: "Vera Lindqvist".into(),
        };
        let opening = Opening {
            file: &file(level),
            user: &user,
            language: "fr",
            back: "Tous les fichiers",
        };
        editor_config(&settings(), &opening, 1000).expect("a known type")
    }

    #[test]
    fn the_document_server_accepts_what_is_signed() {
        let keys = Keys::from_secret(Secret::from(SECRET));
        let opening = verify_opening(&keys, &config(Level::Edit), 1000).expect("accepted");
        assert_eq!(
            opening.url,
            format!(
                "http://127.0.0.1:8081/integration/files/{}/versions/3/content",
                "f".repeat(32)
            )
        );
        assert_eq!(opening.access, recto_docs_api::Access::Edit);
        assert_eq!(opening.user.name, "Vera Lindqvist");
        assert!(
            verify_opening(&keys, &config(Level::Edit), 1000 + TOKEN_LIFE + 61).is_err(),
            "expires"
        );
    }

    #[test]
    fn a_viewer_s_configuration_grants_no_edit() {
        let keys = Keys::from_secret(Secret::from(SECRET));
        let config = config(Level::View);
        assert_eq!(config["editorConfig"]["mode"], "view");
        assert_eq!(config["document"]["permissions"]["edit"], false);
        let opening = verify_opening(&keys, &config, 1000).expect("accepted");
        assert_eq!(opening.access, recto_docs_api::Access::View);
    }

    #[test]
    fn a_key_belongs_to_one_file() {
        let key = document_key("abc", "123");
        assert!(key.parse::<DocumentKey>().is_ok());
        assert_eq!(version_of_key("abc", &key), Some("123"));
        assert_eq!(version_of_key("ab", &key), None);
        assert_eq!(version_of_key("abcd", &key), None);
    }
}

//! The editor's configuration: what to open, for whom, with which rights, and where to save it.

use recto_sdk::{Config, ConfigError, DocumentKey, Rights, SignedConfig};
use serde_json::json;

use crate::Settings;
use crate::storage::{FileRow, Level, User};

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
) -> Result<SignedConfig, ConfigError> {
    let Opening {
        file,
        user,
        language,
        back,
    } = opening;
    let config = Config::new(
        &file.file_type,
        document_key(&file.id, &file.key_version),
        content_url(settings, &file.id, file.versions),
    )
    .title(&file.name)
    .rights(rights_of(file.level))
    .callback_url(format!(
        "{}integration/callback/{}",
        settings.public_url, file.id
    ))
    .user(&user.id, &user.name)
    .language(*language)
    .extra("type", "desktop")
    .extra("width", "100%")
    .extra("height", "100%")
    .extra("editorConfig.customization.forcesave", true)
    .extra(
        "editorConfig.customization.goback",
        json!({ "url": "/files", "text": back, "blank": false }),
    );
    settings.integrator.sign(&config, now)
}

/// What a right of this application is in the Docs API.
pub(super) fn rights_of(level: Level) -> Rights {
    match level {
        Level::View => Rights::View,
        Level::Comment => Rights::Comment,
        Level::Fill => Rights::FillForms,
        Level::Review => Rights::Review,
        Level::Edit | Level::Owner => Rights::CoEdit,
    }
}

/// Tells this application's keys from those of others that use the same document server.
const INSTALLATION: &str = "portal";

/// The document key: equal for everybody who opens the same content, so that they meet in one
/// session, and new as soon as another content was saved, so that nobody is shown the old one.
pub(super) fn document_key(file: &str, version: &str) -> DocumentKey {
    recto_sdk::document_key(INSTALLATION, file, version)
}

/// The version that a document key names, if the key belongs to the file.
pub(super) fn version_of_key<'k>(file: &str, key: &'k str) -> Option<&'k str> {
    key.strip_prefix(INSTALLATION)?
        .strip_prefix('.')?
        .strip_prefix(file)?
        .strip_prefix('.')
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
    use recto_sdk::{Integrator, Secret};
    use recto_token::{Keys, verify_opening};
    use serde_json::Value;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn settings() -> Settings {
        let document_server: url::Url = "http://127.0.0.1:8080/".parse().expect("valid");
        Settings {
            integrator: Integrator::new(Secret::from(SECRET), document_server.clone())
                .expect("a good secret"),
            document_server,
            public_url: "http://127.0.0.1:8081/".parse().expect("valid"),
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
        editor_config(&settings(), &opening, 1000)
            .expect("a known type")
            .as_json()
            .clone()
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
            verify_opening(&keys, &config(Level::Edit), 1000 + 600 + 61).is_err(),
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
    fn each_level_is_granted_as_it_is_called() {
        use recto_docs_api::Access;
        let keys = Keys::from_secret(Secret::from(SECRET));
        for (level, access) in [
            (Level::View, Access::View),
            (Level::Comment, Access::Comment),
            (Level::Fill, Access::Fill),
            (Level::Review, Access::Review),
            (Level::Edit, Access::Edit),
            (Level::Owner, Access::Edit),
        ] {
            let opening = verify_opening(&keys, &config(level), 1000).expect("accepted");
            assert_eq!(opening.access, access, "{level:?}");
        }
    }

    #[test]
    fn a_key_belongs_to_one_file() {
        let key = document_key("abc", "123");
        assert_eq!(version_of_key("abc", key.as_str()), Some("123"));
        assert_eq!(version_of_key("ab", key.as_str()), None);
        assert_eq!(version_of_key("abcd", key.as_str()), None);
        assert_eq!(version_of_key("abc", "other.abc.123"), None);
    }
}

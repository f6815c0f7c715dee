//! The config of `new DocsAPI.DocEditor(placeholder, config)`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{DocumentKind, Permissions};

/// The config of an editor, as an integrator's page gives it.
///
/// Every member is optional here, since what must be there is a rule of the
/// opening and not of the shape. Unknown members are kept.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditorConfig {
    /// The document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentConfig>,
    /// The kind of editor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_type: Option<DocumentKind>,
    /// The editor's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editor_config: Option<EditorSettings>,
    /// The token that signs the config.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// `desktop`, `mobile` or `embedded`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Height of the editor, a CSS length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<String>,
    /// Width of the editor, a CSS length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<String>,
    /// All other members, unchanged.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// By hand, because a token must not reach a log.
impl fmt::Debug for EditorConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EditorConfig")
            .field("document", &self.document)
            .field("document_type", &self.document_type)
            .field("editor_config", &self.editor_config)
            .field("token", &self.token.as_ref().map(|_| "[hidden]"))
            .finish_non_exhaustive()
    }
}

/// The member `document` of the config.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentConfig {
    /// File type, as a file name's extension without the dot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_type: Option<String>,
    /// Key of this revision of the document; see [`crate::DocumentKey`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// File name that users see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where the document server gets the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What the user may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
    /// All other members, unchanged.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The member `editorConfig` of the config.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditorSettings {
    /// Where the document server reports who edits and what was saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// Language of the user interface, such as `en` or `de-DE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// `edit` (the default) or `view`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Who opens the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// All other members, unchanged.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The user who opens the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The integrator's id of the user.
    #[serde(default)]
    pub id: String,
    /// Name that the other participants see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Group that the user belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Address of the user's picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Value {
        json!({
            "document": {
                "fileType": "docx", "key": "k1", "title": "A.docx", "url": "https://files.example/a.docx",
                "permissions": {"edit": true}, "referenceData": {"fileKey": "x"}
            },
            "documentType": "word",
            "editorConfig": {
                "callbackUrl": "https://files.example/cb", "lang": "en", "mode": "edit",
                "user": {"id": "u1", "name": "Ada"}, "customization": {"forcesave": true}
            },
            "events": {}, "type": "desktop", "token": "aaa.bbb.ccc"
        })
    }

    #[test]
    fn nothing_gets_lost() {
        let config: EditorConfig = serde_json::from_value(sample()).unwrap();
        assert_eq!(config.kind.as_deref(), Some("desktop"));
        assert_eq!(serde_json::to_value(&config).unwrap(), sample());
    }

    #[test]
    fn t19_debug_hides_the_token() {
        let config: EditorConfig = serde_json::from_value(sample()).unwrap();
        let shown = format!("{config:?}");
        assert!(
            shown.contains("[hidden]") && !shown.contains("bbb"),
            "{shown}"
        );
    }
}

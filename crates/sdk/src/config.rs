//! The editor's config, built step by step.

use recto_docs_api::{DocumentKey, Explain, FileType, FileTypeError, Permissions, editor_error};
use serde_json::{Map, Value, json};
use url::Url;

use crate::Rights;

/// Most characters of a user's id, as in ONLYOFFICE.
const USER_ID_MAX: usize = 240;

/// Why a config cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file type is none that a document server opens.
    #[error("{}", .0.message())]
    FileType(#[from] FileTypeError),
    /// An address is not one that a server can fetch.
    #[error("{path} is not an absolute http or https address.")]
    Address {
        /// The member of the config.
        path: &'static str,
    },
    /// Changes could not be saved.
    #[error("The rights permit changes, but there is no callbackUrl to save them.")]
    NoCallback,
    /// Nobody is named.
    #[error("The user has no id.")]
    NoUser,
    /// The user's id is too long.
    #[error("The user's id has {length} characters; at most {USER_ID_MAX} are permitted.")]
    LongUser {
        /// Its length in characters.
        length: usize,
    },
    /// A member that the builder has a method for, or that would change what the token is for.
    #[error("The member {path} cannot be set as an extra one.")]
    Reserved {
        /// The member of the config.
        path: String,
    },
}

impl Explain for ConfigError {
    fn code(&self) -> &'static str {
        match self {
            Self::FileType(error) => error.code(),
            Self::Address { .. } => "config.url_scheme",
            Self::NoCallback => "config.missing_field",
            Self::NoUser => "config.user_unsigned",
            Self::LongUser { .. } => "payload.type",
            Self::Reserved { .. } => "payload.extra_field",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        match self {
            Self::FileType(error) => error.hint(),
            Self::Address { path } => format!(
                "Give {path} as the document server reaches it, for example https://app.example/files/17."
            ),
            Self::NoCallback => {
                "Call callback_url, or open the document with Rights::View.".to_owned()
            }
            Self::NoUser => {
                "Call user with the application's own id of the user: it tells the authors of changes apart."
                    .to_owned()
            }
            Self::LongUser { .. } => {
                "Use a shorter id, for example the number of the user in the database.".to_owned()
            }
            Self::Reserved { .. } => {
                "Use the builder's method for it, or leave it out.".to_owned()
            }
        }
    }

    fn editor_error(&self) -> i32 {
        editor_error::UNKNOWN
    }
}

/// The config of `new DocsAPI.DocEditor(element, config)`.
///
/// Everything that must be signed has a method of its own; all else goes in with
/// [`Config::extra`].
#[derive(Clone, Debug)]
pub struct Config {
    file_type: String,
    key: DocumentKey,
    url: String,
    title: Option<String>,
    rights: Rights,
    permissions: Option<Permissions>,
    callback_url: Option<String>,
    user: Map<String, Value>,
    language: Option<String>,
    extra: Vec<(String, Value)>,
}

impl Config {
    /// A config that opens the file of type `file_type` (an extension, such as
    /// `docx`) at `url` for viewing. The document server must reach `url`; it
    /// sends a token that [`crate::Integrator::download`] verifies.
    pub fn new(file_type: impl Into<String>, key: DocumentKey, url: impl Into<String>) -> Self {
        Self {
            file_type: file_type.into(),
            key,
            url: url.into(),
            title: None,
            rights: Rights::View,
            permissions: None,
            callback_url: None,
            user: Map::new(),
            language: None,
            extra: Vec::new(),
        }
    }

    /// The file name that users see.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// What the user may do.
    #[must_use]
    pub fn rights(mut self, rights: Rights) -> Self {
        self.rights = rights;
        self
    }

    /// Permissions in place of those that the rights give, for example without
    /// `download`. The mode stays that of the rights.
    #[must_use]
    pub fn permissions(mut self, permissions: Permissions) -> Self {
        self.permissions = Some(permissions);
        self
    }

    /// Where the document server reports who edits and what was saved.
    #[must_use]
    pub fn callback_url(mut self, url: impl Into<String>) -> Self {
        self.callback_url = Some(url.into());
        self
    }

    /// Who opens the document: the application's id, at most 240 characters, and
    /// the name that others see.
    #[must_use]
    pub fn user(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        self.user.insert("id".to_owned(), Value::from(id.into()));
        self.user
            .insert("name".to_owned(), Value::from(name.into()));
        self
    }

    /// The group of the user.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.user
            .insert("group".to_owned(), Value::from(group.into()));
        self
    }

    /// Language of the user interface, such as `fr` or `de-DE`.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Any other member, by its dotted path, such as
    /// `editorConfig.customization.forcesave`.
    #[must_use]
    pub fn extra(mut self, path: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.push((path.into(), value.into()));
        self
    }

    /// The config as JSON, without a token.
    pub(crate) fn build(&self) -> Result<Value, ConfigError> {
        let file_type = FileType::parse(&self.file_type.to_ascii_lowercase())?;
        address("document.url", &self.url)?;
        if let Some(url) = &self.callback_url {
            address("editorConfig.callbackUrl", url)?;
        } else if self.rights.changes() {
            return Err(ConfigError::NoCallback);
        }
        let id = self.user.get("id").and_then(Value::as_str);
        match id.map(|id| id.chars().count()) {
            None | Some(0) if self.rights.changes() => return Err(ConfigError::NoUser),
            Some(length) if length > USER_ID_MAX => return Err(ConfigError::LongUser { length }),
            _ => {}
        }
        let permissions = self
            .permissions
            .clone()
            .unwrap_or_else(|| self.rights.permissions());
        let mut config = json!({
            "documentType": file_type.kind(),
            "document": {
                "fileType": file_type,
                "key": self.key,
                "url": self.url,
                "permissions": permissions,
            },
            "editorConfig": {"mode": self.rights.mode()},
        });
        let mut put = |path: &str, value: Option<Value>| {
            if let Some(value) = value {
                set(&mut config, path, value);
            }
        };
        put("document.title", self.title.clone().map(Value::from));
        put(
            "editorConfig.callbackUrl",
            self.callback_url.clone().map(Value::from),
        );
        put("editorConfig.lang", self.language.clone().map(Value::from));
        put(
            "editorConfig.user",
            (!self.user.is_empty()).then(|| Value::Object(self.user.clone())),
        );
        put(
            "editorConfig.coEditing",
            self.rights
                .co_editing()
                .map(|mode| json!({"mode": mode, "change": true})),
        );
        for (path, value) in &self.extra {
            if is_reserved(path) {
                return Err(ConfigError::Reserved { path: path.clone() });
            }
            set(&mut config, path, value.clone());
        }
        Ok(config)
    }
}

/// Members that have a method, or that give a token another meaning.
fn is_reserved(path: &str) -> bool {
    const OWN: [&str; 14] = [
        "document",
        "document.fileType",
        "document.key",
        "document.url",
        "document.title",
        "document.permissions",
        "editorConfig",
        "editorConfig.mode",
        "editorConfig.callbackUrl",
        "editorConfig.lang",
        "editorConfig.user",
        "token",
        "documentType",
        "version",
    ];
    const ALIEN: [&str; 5] = ["url", "key", "payload", "exp", "iat"];
    let last = path.rsplit('.').next().unwrap_or_default();
    OWN.contains(&path)
        || ALIEN.contains(&path)
        || path.split('.').any(str::is_empty)
        || path.starts_with("document.permissions.")
        || last.starts_with("ds_")
}

fn address(path: &'static str, text: &str) -> Result<(), ConfigError> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(ConfigError::Address { path }),
    }
}

/// Sets the member at a dotted path; what is no object on the way becomes one.
fn set(config: &mut Value, path: &str, value: Value) {
    let mut place = config;
    for name in path.split('.') {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[name];
    }
    *place = value;
}

#[cfg(test)]
mod tests;

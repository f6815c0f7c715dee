//! Opening a document: what the config and its token must be.

pub(crate) mod fields;

use std::fmt;

use recto_docs_api::{Access, DocumentKey, FileType, LossRule, Permissions};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Keys, Refusal, SignedFile, Verified,
    json::{self, Look, Seen, type_name},
    jws::{self, Expect, has_nothing},
    permissions,
    refusal::reason,
    shape::Shape,
};
use fields::{Origin, absent, at, missing, text_at, wrong_type};

/// Everything that an opening was granted.
///
/// It holds what the token says and nothing that the browser said beside it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// The document's key.
    pub key: DocumentKey,
    /// Where to get the file.
    pub url: String,
    /// File name that users see; `Unnamed.<type>` when the integrator gave none.
    pub title: String,
    /// The file's type.
    pub file_type: FileType,
    /// Where to report who edits and what was saved.
    pub callback_url: Option<String>,
    /// Who opens it.
    pub user: Participant,
    /// Language of the user interface.
    pub lang: Option<String>,
    /// Whether the document may be changed.
    pub access: Access,
    /// All permissions.
    pub permissions: Permissions,
    /// Whether the save button gives the integrator the file at once:
    /// `editorConfig.customization.forcesave`.
    #[serde(default)]
    pub force_save: bool,
    /// What happens if a save of the document would lose something:
    /// `editorConfig.customization.losses`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub losses: Option<LossRule>,
    /// Of a version of the history: the version before, against which it is marked. Its type is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<SignedFile>,
    /// Set for a version of a document's history: whose rights in the document it is looked at by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_of: Option<VersionOf>,
}

/// The document that a version belongs to, as somebody has it open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionOf {
    /// The document's key.
    pub key: DocumentKey,
    /// This server's id of the participant who may look at the version.
    pub participant: String,
}

/// By hand, because the URLs may hold credentials.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening")
            .field("key", &self.key)
            .field("file_type", &self.file_type)
            .field("user", &self.user.id)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

/// The person who opens a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The integrator's id of the user. Empty when no id was signed; the
    /// session then takes one of its own.
    pub id: String,
    /// Name that the other participants see.
    pub name: String,
    /// Group that the user belongs to.
    pub group: Option<String>,
    /// Whether the id was signed.
    pub signed: bool,
}

/// Most characters of a user's id, as in ONLYOFFICE.
const USER_ID_MAX: usize = 240;
const ANONYMOUS: &str = "Anonymous";

/// Verifies that an integrator lets this browser open this document.
///
/// `config` is what the browser sent, with the token as its member `token`. The
/// rules are those of ONLYOFFICE's server, with these deviations:
///
/// * A user that was not signed is a guest with an empty id; the browser's claim
///   is not taken over.
/// * A `fileType` that was not signed is not taken over either; the extension of
///   the signed title or URL decides.
/// * `ds_…` claims have no effect, so nobody can sign a session of their own.
/// * A permission must be `true` or `false`.
/// * Every refusal says what is wrong, and `nbf` in the future has a code.
pub fn verify_opening(keys: &Keys, config: &Value, now: i64) -> Result<Verified<Opening>, Refusal> {
    let token = token_of(config)?;
    let payload = jws::payload(keys.inbox(), token, Expect::INBOX, now)?;
    let opening = match payload.plain(now)? {
        Some(tree) => granted(tree.root(), config)?,
        None => granted(&Value::Object(payload.claims(now)?), config)?,
    };
    Ok(Verified::new(opening))
}

/// What these claims grant the sender of this config.
fn granted<'v>(claims: impl Look<'v>, config: &Value) -> Result<Opening, Refusal> {
    let (signed, sent) = (Config::of(claims), Config::of(config));
    if !signed.document.is_some_and(Look::is_object) || !absent(claims.member("version")) {
        check_shape(&claims.to_value())?;
    }
    check_mandatory(&signed, &sent)?;
    permissions::check(
        signed.document("permissions").filter(|v| !v.is_null()),
        sent.document("permissions").filter(|v| !v.is_null()),
    )?;
    check_alien(claims)?;
    read(&signed, &sent, Origin::Token)
}

/// A config, and the objects in it that have what is looked for.
struct Config<V> {
    document: Option<V>,
    editor: Option<V>,
}

impl<'v, V: Look<'v>> Config<V> {
    fn of(whole: V) -> Self {
        Self {
            document: whole.member("document"),
            editor: whole.member("editorConfig"),
        }
    }

    fn document(&self, name: &str) -> Option<V> {
        self.document?.member(name)
    }

    fn editor(&self, name: &str) -> Option<V> {
        self.editor?.member(name)
    }
}

/// Takes the opening from the bare config, because the operator switched tokens
/// off. The user is what the browser claims, and is marked as not signed.
///
/// The caller logs that it did so.
pub fn opening_with_tokens_off(config: &Value) -> Result<Verified<Opening>, Refusal> {
    if !config.is_object() {
        return Err(not_a_config(config));
    }
    for path in ["document.key", "document.url"] {
        if absent(at(config, path)) {
            return Err(missing(&[path], Origin::Config));
        }
    }
    let parts = Config::of(config);
    let opening = read(&parts, &parts, Origin::Config)?;
    // A token is limited by its size; a bare config must not hold more.
    let bytes = serde_json::to_vec(&opening).unwrap_or_default();
    if bytes.len() > Expect::INBOX.max_bytes
        || json::parse(&bytes, Expect::INBOX.max_depth + 2).is_err()
    {
        return Err(Refusal::token(
            &reason::TOO_LARGE,
            "jwt malformed",
            "The config is too large or nested too deeply.",
            "Give only the members that the editor needs.",
        )
        .expected(format!("at most {} bytes", Expect::INBOX.max_bytes))
        .found(format!("{} bytes", bytes.len())));
    }
    Ok(Verified::with_tokens_off(opening))
}

fn not_a_config(config: &Value) -> Refusal {
    Refusal::token(
        &reason::TYPE,
        "jwt must be provided",
        format!("The config is {} and not an object.", type_name(config)),
        "Give new DocsAPI.DocEditor the config as an object.",
    )
    .expected("an object")
    .found(type_name(config))
}

fn token_of(config: &Value) -> Result<&str, Refusal> {
    if !config.is_object() {
        return Err(not_a_config(config));
    }
    match config.get("token") {
        Some(Value::String(token)) if !token.trim().is_empty() => Ok(token),
        None | Some(Value::Null | Value::String(_)) => {
            let misplaced = ["document.token", "editorConfig.token"]
                .into_iter()
                .find(|path| at(config, path).is_some());
            Err(match misplaced {
                Some(path) => Refusal::token(
                    &reason::MISPLACED,
                    "jwt must be provided",
                    "The token is not where the server looks for it.",
                    format!("Move it from {path} to the top level of the config: config.token."),
                )
                .at(path)
                .expected("token at the top level"),
                None => Refusal::token(
                    &reason::MISSING,
                    "jwt must be provided",
                    "The config has no token.",
                    "Sign the config in the back end with the shared secret, and put the result in config.token.",
                )
                .at("token"),
            })
        }
        Some(other) => Err(Refusal::token(
            &reason::NOT_A_STRING,
            "jwt must be a string",
            format!("The config's token is {} and not a string.", type_name(other)),
            "Wait for the result if the token is made asynchronously, and put the bare text into config.token.",
        )
        .at("token")
        .expected("a string")
        .found(type_name(other))),
    }
}

/// Finds payloads that sign something else than an opening.
fn check_shape(claims: &Value) -> Result<(), Refusal> {
    if has_nothing(claims) {
        return Err(Refusal::token(
            &reason::EMPTY,
            " document.key is missing",
            "The token is correctly signed, but its payload is empty.",
            "Sign the whole config, with document and editorConfig in it; a config that could not be serialised often becomes {}.",
        )
        .at("document.key")
        .expected("the config")
        .found("{}"));
    }
    if !absent(claims.get("version")) {
        return Err(Refusal::token(
            &reason::OPENS_HISTORY,
            " version opens the history",
            "The payload has \"version\" at its top level, which asks for the version history.",
            "Leave \"version\" out of what is signed to open the document itself.",
        )
        .at("version"));
    }
    if claims.get("document").is_some_and(Value::is_object) {
        return Ok(());
    }
    for wrapper in ["payload", "config"] {
        let Some(inner) = claims.get(wrapper) else {
            continue;
        };
        if inner.get("document").is_some() {
            return Err(Refusal::token(
                &reason::WRAPPED,
                " document.key is missing",
                format!("The config is wrapped: the token has it inside \"{wrapper}\"."),
                "Sign the config itself, so that document and editorConfig are at the top level of the payload.",
            )
            .at(wrapper)
            .expected("document and editorConfig at the top level")
            .found(format!("{wrapper}.document")));
        }
        if inner.get("url").is_some() || inner.get("status").is_some() {
            return Err(made_for("an outgoing request of a document server"));
        }
    }
    let Some(members) = claims.as_object() else {
        return Ok(());
    };
    match Shape::of(members) {
        Shape::File | Shape::Script if !absent(claims.get("key")) => Err(Refusal::token(
            &reason::FLAT,
            " document.key is missing",
            "The members of document are at the top level of the payload.",
            "Sign the whole config: {\"document\": {…}, \"editorConfig\": {…}}.",
        )
        .at("key")
        .expected("document.key")
        .found("key at the top level")),
        shape => shape
            .words()
            .filter(|_| shape != Shape::Opening)
            .map_or(Ok(()), |what| Err(made_for(what))),
    }
}

fn made_for(what: &str) -> Refusal {
    Refusal::token(
        &reason::WRONG_PURPOSE,
        " document.key is missing",
        format!("The token was made for {what}, not for opening a document."),
        "Sign the whole config for config.token, with document and editorConfig at the top level of the payload.",
    )
    .at("document")
    .expected("document and editorConfig")
    .found(format!("a token for {what}"))
}

/// The fields that must be signed; which ones depends on what the browser sent.
fn check_mandatory<'v, V: Look<'v>>(
    signed: &Config<V>,
    sent: &Config<&Value>,
) -> Result<(), Refusal> {
    let mode = sent.editor("mode");
    let edits = !absent(mode) && mode.and_then(Look::as_text) != Some("view");
    let permissions = !absent(sent.document("permissions"));
    let callback = !absent(sent.editor("callbackUrl"));
    let lacking: Vec<&str> = [
        ("document.key", true, signed.document("key")),
        (
            "document.permissions",
            permissions,
            signed.document("permissions"),
        ),
        ("document.url", true, signed.document("url")),
        (
            "editorConfig.callbackUrl",
            callback,
            signed.editor("callbackUrl"),
        ),
        ("editorConfig.mode", edits, signed.editor("mode")),
    ]
    .into_iter()
    .filter(|(_, needed, value)| *needed && absent(*value))
    .map(|(path, ..)| path)
    .collect();
    if lacking.is_empty() {
        Ok(())
    } else {
        Err(missing(&lacking, Origin::Token))
    }
}

/// Refuses members that would make the token valid for other requests too.
fn check_alien<'v>(claims: impl Look<'v>) -> Result<(), Refusal> {
    for name in ["url", "payload", "key"] {
        if !absent(claims.member(name)) {
            return Err(Refusal::access(
                &reason::EXTRA_FIELD,
                format!("The payload has \"{name}\" at its top level beside the config."),
                "Sign the config only; a token that also has the form of another request is refused.",
            )
            .at(name)
            .expected("nothing"));
        }
    }
    Ok(())
}

fn read<'v, V: Look<'v>>(
    signed: &Config<V>,
    sent: &Config<&Value>,
    origin: Origin,
) -> Result<Opening, Refusal> {
    let file_type = fields::file_type(signed.document, origin)?;
    let permissions = fields::permissions(signed.document("permissions"), origin)?;
    let sent_mode = text_at(sent.editor("mode"), "editorConfig.mode", Origin::Config)?;
    let access = match sent_mode {
        // A browser may lower itself, and never raise.
        Some("view") => Access::View,
        _ => Access::granted(
            fields::mode(signed.editor("mode"), origin)?,
            &permissions,
            file_type.kind(),
        ),
    };
    let document = |name, path| text_at(signed.document(name), path, origin);
    let editor = |name, path| text_at(signed.editor(name), path, origin);
    Ok(Opening {
        key: fields::key_at(signed.document("key"), "document.key", origin)?,
        url: document("url", "document.url")?
            .ok_or_else(|| missing(&["document.url"], origin))?
            .to_owned(),
        title: document("title", "document.title")?
            .map_or_else(|| format!("Unnamed.{file_type}"), str::to_owned),
        file_type,
        callback_url: editor("callbackUrl", "editorConfig.callbackUrl")?.map(str::to_owned),
        user: user(signed.editor("user"), origin)?,
        lang: editor("lang", "editorConfig.lang")?.map(str::to_owned),
        access,
        permissions,
        previous: None,
        force_save: matches!(
            signed
                .editor("customization")
                .and_then(|customization| customization.member("forcesave"))
                .map(Look::seen),
            Some(Seen::Bool(true))
        ),
        losses: fields::losses(
            signed
                .editor("customization")
                .and_then(|customization| customization.member("losses")),
            origin,
        )?,
        version_of: None,
    })
}

fn user<'v, V: Look<'v>>(user: Option<V>, origin: Origin) -> Result<Participant, Refusal> {
    let member = |name| user.and_then(|user| user.member(name));
    match user.map(|user| (user, user.seen())) {
        None | Some((_, Seen::Null | Seen::Object | Seen::Array { empty: true })) => {}
        Some((user, _)) => {
            let user = user.to_value();
            return Err(wrong_type("editorConfig.user", "an object", &user, origin));
        }
    }
    let id = match member("id").map(Look::seen) {
        // Editors turn a number into a text; so must a comparison.
        Some(Seen::Number(id)) => id.to_string(),
        _ => text_at(member("id"), "editorConfig.user.id", origin)?
            .unwrap_or_default()
            .to_owned(),
    };
    let length = id.chars().count();
    if length > USER_ID_MAX {
        return Err(Refusal::token(
            &reason::TYPE,
            " editorConfig.user.id is too long",
            format!("The user's id has {length} characters; at most {USER_ID_MAX} are permitted."),
            "Use a shorter id, for example the number of the user in the database.",
        )
        .at("editorConfig.user.id")
        .expected(format!("at most {USER_ID_MAX} characters"))
        .found(format!("{length} characters")));
    }
    let parts = [
        text_at(member("firstname"), "editorConfig.user.firstname", origin)?,
        text_at(member("lastname"), "editorConfig.user.lastname", origin)?,
    ];
    let name = match text_at(member("name"), "editorConfig.user.name", origin)? {
        Some(name) => name.to_owned(),
        None if parts == [None, None] => ANONYMOUS.to_owned(),
        None => parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
    };
    let group = text_at(member("group"), "editorConfig.user.group", origin)?;
    Ok(Participant {
        signed: origin == Origin::Token && !id.is_empty(),
        name,
        group: group.map(str::to_owned),
        id,
    })
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod trust_tests;

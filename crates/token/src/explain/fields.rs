//! The members that a config may have, and those that stand in a wrong place or
//! are misspelt.

use serde_json::{Map, Value};

use super::{Finding, Severity, catalogue, document::Config, report::Report};
use crate::json::cut;

/// Names of the members of an object at a path.
type Level = (&'static str, &'static [&'static str]);

const LEVELS: [Level; 9] = [
    (
        "",
        &[
            "document",
            "documentType",
            "editorConfig",
            "events",
            "height",
            "width",
            "token",
            "type",
            "iss",
            "sub",
            "aud",
            "exp",
            "nbf",
            "iat",
            "jti",
            "parentOrigin",
            "frameOrigin",
            "documentServerUrl",
            "isLocalFile",
        ],
    ),
    (
        "document",
        &[
            "fileType",
            "key",
            "title",
            "url",
            "info",
            "permissions",
            "referenceData",
            "isForm",
            "options",
            "directUrl",
            "vkey",
            "lang",
            "encryptionInfo",
            "version",
        ],
    ),
    (
        "document.permissions",
        &[
            "chat",
            "comment",
            "commentGroups",
            "copy",
            "deleteCommentAuthorOnly",
            "download",
            "edit",
            "editCommentAuthorOnly",
            "fillForms",
            "modifyContentControl",
            "modifyFilter",
            "print",
            "protect",
            "rename",
            "review",
            "reviewGroups",
            "userInfoGroups",
            "changeHistory",
            "copyOut",
            "reader",
        ],
    ),
    (
        "document.info",
        &[
            "author",
            "created",
            "favorite",
            "folder",
            "owner",
            "sharingSettings",
            "uploaded",
        ],
    ),
    (
        "editorConfig",
        &[
            "actionLink",
            "callbackUrl",
            "coEditing",
            "createUrl",
            "customization",
            "embedded",
            "lang",
            "location",
            "mode",
            "plugins",
            "recent",
            "region",
            "templates",
            "user",
            "sharingSettingsUrl",
            "mergeFolderUrl",
            "saveAsUrl",
            "fileChoiceUrl",
            "licenseUrl",
            "customerId",
            "wopi",
            "encryptionKeys",
            "targetApp",
            "branding",
            "fileType",
        ],
    ),
    (
        "editorConfig.customization",
        &[
            "about",
            "anonymous",
            "autosave",
            "chat",
            "close",
            "comments",
            "commentAuthorOnly",
            "compactHeader",
            "compactToolbar",
            "compatibleFeatures",
            "customer",
            "features",
            "feedback",
            "font",
            "forcesave",
            "forceWesternFontSize",
            "goback",
            "help",
            "hideNotes",
            "hideRightMenu",
            "hideRulers",
            "integrationMode",
            "layout",
            "loaderLogo",
            "loaderName",
            "logo",
            "losses",
            "macros",
            "macrosMode",
            "mentionShare",
            "mobile",
            "mobileForceView",
            "plugins",
            "pointerMode",
            "review",
            "reviewDisplay",
            "showHorizontalScroll",
            "showReviewChanges",
            "showVerticalScroll",
            "slidePlayerBackground",
            "spellcheck",
            "startFillingForm",
            "submitForm",
            "suggestFeature",
            "toolbarHideFileName",
            "toolbarNoTabs",
            "trackChanges",
            "uiTheme",
            "unit",
            "wordHeadingsColor",
            "zoom",
            "leftMenu",
            "rightMenu",
            "toolbar",
            "statusBar",
            "showDocEmptyScreen",
            "externalLogo",
        ],
    ),
    (
        "editorConfig.user",
        &[
            "group",
            "id",
            "image",
            "name",
            "firstname",
            "lastname",
            "index",
            "customerId",
            "roles",
            "email",
        ],
    ),
    ("editorConfig.coEditing", &["mode", "change"]),
    (
        "editorConfig.embedded",
        &[
            "embedUrl",
            "fullscreenUrl",
            "saveUrl",
            "shareUrl",
            "toolbarDocked",
            "autostart",
        ],
    ),
];

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// Names that are common to several levels and say nothing by themselves.
const COMMON: [&str; 8] = [
    "name", "id", "image", "index", "type", "chat", "plugins", "review",
];

/// Whether a name may stand at a level although the list has it not.
fn is_tolerated(level: &str, name: &str) -> bool {
    name.starts_with("ds_")
        || (level == "editorConfig" && name.starts_with("can"))
        || (level.is_empty() && matches!(name, "version" | "url" | "key" | "payload"))
}

/// Reports members that stand in a wrong place, and those that nobody knows.
///
/// `signed` is for a payload, where some names at the top level are refused on
/// other grounds.
pub(super) fn check(config: &Config, report: &mut Report) {
    for (level, names) in LEVELS {
        let members = if level.is_empty() {
            config.value.as_object()
        } else {
            config.get(level).known().and_then(Value::as_object)
        };
        for (name, value) in members.into_iter().flatten() {
            if !names.contains(&name.as_str()) {
                strange(level, names, name, value, report);
            }
        }
    }
}

fn strange(level: &str, names: &[&str], name: &str, value: &Value, report: &mut Report) {
    let path = join(level, &cut(name));
    if name == "token" {
        report.add(
            Finding::new(&catalogue::MISPLACED)
                .severity(Severity::Note)
                .says(format!(
                    "A token is at {path}, where the server does not look for one."
                ))
                .at(path)
                .expected("token"),
        );
        return;
    }
    // "url", "key" and the like at the top level of a page's config.
    let homes = homes(level, name);
    if let [home] = homes.as_slice()
        && !COMMON.contains(&name)
    {
        report.add(
            Finding::new(&catalogue::CONFIG_MISPLACED)
                .says(format!(
                    "{path} is in the wrong place, where nothing reads it."
                ))
                .hint(format!("Move it to {home}."))
                .at(path)
                .expected(home),
        );
        return;
    }
    if is_tolerated(level, name) {
        return;
    }
    let finding = Finding::new(&catalogue::UNKNOWN_FIELD)
        .says(format!(
            "The config has {path}, which the Docs API does not know."
        ))
        .at(&path);
    report.add(match near(names, name) {
        Some(meant) => finding
            .hint(format!("Write it as {}.", join(level, meant)))
            .expected(join(level, meant)),
        // New versions of the API have new members.
        None => finding
            .severity(Severity::Note)
            .hint("Correct its name, or remove it if it is not meant for an extension of yours.")
            .expected(if value.is_object() {
                "nothing"
            } else {
                "a known member"
            }),
    });
}

/// The paths at which a name belongs, if it is at a wrong one.
fn homes(level: &str, name: &str) -> Vec<String> {
    // What the levels alone do not decide.
    let home = match name {
        "mode" => Some("editorConfig.mode"),
        "lang" => Some("editorConfig.lang"),
        "fileType" => Some("document.fileType"),
        "permissions" => Some("document.permissions"),
        "url" if level != "document" => Some("document.url"),
        "key" if level != "document" => Some("document.key"),
        "title" if level != "document" => Some("document.title"),
        "edit" | "download" | "print" | "comment" | "copy" => Some(match name {
            "edit" => "document.permissions.edit",
            "download" => "document.permissions.download",
            "print" => "document.permissions.print",
            "comment" => "document.permissions.comment",
            _ => "document.permissions.copy",
        }),
        _ => None,
    };
    if let Some(home) = home {
        // Members of an object that may have any, such as goback.url.
        let own = matches!(level, "" | "document" | "editorConfig");
        return if own {
            vec![home.to_owned()]
        } else {
            Vec::new()
        };
    }
    LEVELS
        .iter()
        .filter(|(other, names)| *other != level && names.contains(&name))
        .map(|(other, _)| join(other, name))
        .collect()
}

/// A known name that is written nearly so.
pub(super) fn near<'n>(names: &[&'n str], name: &str) -> Option<&'n str> {
    let bare = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect()
    };
    if name.len() > 40 {
        return None;
    }
    let wanted = bare(name);
    names
        .iter()
        .find(|known| bare(known) == wanted)
        .or_else(|| {
            names
                .iter()
                .find(|known| known.len() > 4 && distance(&bare(known), &wanted) <= 2)
        })
        .copied()
}

/// How many letters must be changed, left out or put in.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Members whose names say that they hold the secret.
pub(super) fn secret_members(value: &Map<String, Value>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<(String, &Map<String, Value>)> = vec![(String::new(), value)];
    while let Some((path, members)) = open.pop() {
        for (name, value) in members {
            let path = join(&path, &cut(name));
            match value {
                Value::Object(inner) if open.len() < 64 => open.push((path, inner)),
                Value::String(text) if is_secret_name(name) && !text.is_empty() => {
                    found.push((path, text.clone()));
                }
                _ => {}
            }
        }
    }
    found
}

/// Whether a member or variable of this name holds a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let bare: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    matches!(
        bare.as_str(),
        "secret"
            | "jwtsecret"
            | "secretkey"
            | "jwtkey"
            | "tokensecret"
            | "jwtsecretkey"
            | "signingkey"
    )
}

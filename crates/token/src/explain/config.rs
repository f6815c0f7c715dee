//! Judging a config by itself.

use recto_docs_api::{DocumentKey, DocumentKind, Explain as _, FileType, Permissions};
use serde_json::Value;

use super::{
    Context, Finding, Severity, catalogue,
    document::{Config, Source},
    fields, placeholder,
    report::Report,
    secrets, url,
};
use crate::json::{cut, shown, type_name};

/// Most characters of a user's id, as in ONLYOFFICE.
const USER_ID_MAX: usize = 240;

/// Types that ONLYOFFICE opens and Recto does not.
const OTHER_TYPES: &[&str] = &[
    "pdf", "djvu", "xps", "oxps", "epub", "fb2", "html", "htm", "mht", "mhtml", "xml", "docxf",
    "oform", "hwp", "hwpx", "pages", "md", "fodt", "stw", "sxw", "wps", "wpt", "dot", "dotm",
    "fods", "numbers", "et", "ett", "sxc", "xlsb", "xlt", "xltm", "tsv", "fodp", "key", "odg",
    "pot", "pps", "ppsm", "sxi", "dps", "dpt", "vsdx", "vssx", "vstx", "vsdm", "vssm", "vstm",
    "xlsm", "xltx", "docm", "dotx", "pptm", "potx", "ppsx", "potm",
];

/// Whose values are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The token's.
    Payload,
    /// The page's.
    Page,
}

/// Judges a config as the page has it.
pub(super) fn check(config: &Config, context: &Context, report: &mut Report) {
    required(config, report);
    fields::check(config, report);
    values(config, Side::Page, report);
    secrets::in_page(config, context, report);
}

fn required(config: &Config, report: &mut Report) {
    let missing = |path: &str| {
        Finding::new(&catalogue::CONFIG_MISSING_FIELD)
            .says(format!("The config has no {path}."))
            .at(path)
            .expected("a value")
            .found("nothing")
    };
    if config.get("document").is_absent() {
        report.add(missing("document"));
        return;
    }
    if config.get("document.url").is_absent() {
        report.add(missing("document.url"));
    }
    if config.get("document.fileType").is_absent() && config.get("documentType").is_absent() {
        report.add(
            missing("document.fileType")
                .says("The config has neither document.fileType nor documentType, so the browser does not know which editor to start."),
        );
    }
    if config.get("document.key").is_absent() {
        report.add(
            Finding::new(&catalogue::KEY_RANDOM)
                .at("document.key")
                .expected("a key")
                .found("nothing"),
        );
    }
    let views = config.get("editorConfig.mode").text() == Some("view")
        || config.get("document.permissions.edit").known() == Some(&Value::Bool(false));
    if config.get("editorConfig.callbackUrl").is_absent() && !views {
        let asked = config.get("editorConfig.mode").text() == Some("edit");
        report.add(
            missing("editorConfig.callbackUrl")
                .severity(if asked { Severity::Risk } else { Severity::Note })
                .says("The config has no editorConfig.callbackUrl, so nothing that is edited is saved.")
                .hint("Give the address that takes the callbacks, or set mode to \"view\"."),
        );
    }
}

/// Judges single values, of a page's config or of a payload.
pub(super) fn values(config: &Config, side: Side, report: &mut Report) {
    types(config, side, report);
    if let Some(key) = config.get("document.key").text() {
        document_key(key, config, report);
    }
    if let Some(file_type) = config.get("document.fileType").text() {
        self::file_type(file_type, config, side, report);
    }
    document_type(config, report);
    for path in ["document.url", "editorConfig.callbackUrl"] {
        let Some(address) = config.get(path).text().filter(|text| !text.is_empty()) else {
            continue;
        };
        if unexpanded(address, config.source) {
            continue;
        }
        url::check(address, path, report);
    }
    for path in ["document.title", "document.key", "editorConfig.user.name"] {
        if let Some(text) = config.get(path).text() {
            url::entities(text, path, report);
        }
    }
    templates(config, report);
}

fn unexpanded(text: &str, source: Source) -> bool {
    match source {
        Source::Json => placeholder::is_template(text) || placeholder::names_variable(text),
        Source::BackEnd => placeholder::has_variable(text),
        Source::Page | Source::Template => placeholder::names_variable(text),
    }
}

/// Reports templates that were not filled in.
fn templates(config: &Config, report: &mut Report) {
    let mut open = vec![(String::new(), &config.value)];
    while let Some((path, value)) = open.pop() {
        let within = |name: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            }
        };
        match value {
            Value::Object(members) => {
                open.extend(
                    members
                        .iter()
                        .map(|(name, value)| (within(&cut(name)), value)),
                );
            }
            Value::Array(items) => {
                open.extend(
                    items
                        .iter()
                        .enumerate()
                        .map(|(i, value)| (format!("{path}[{i}]"), value)),
                );
            }
            Value::String(text)
                if path != "token"
                    && unexpanded(text, config.source)
                    && config.unknown_at(&path).is_none() =>
            {
                let finding = Finding::new(&catalogue::TEMPLATE_UNEXPANDED)
                    .says(format!("{path} is a template that was not filled in."))
                    .at(&path)
                    .expected("a value")
                    .found(cut(text));
                report.add(if config.source == Source::BackEnd {
                    finding.hint("PHP replaces variables only in double quotation marks: write \"…\" in place of '…', or the variable alone.")
                } else {
                    finding
                });
            }
            _ => {}
        }
    }
}

fn types(config: &Config, side: Side, report: &mut Report) {
    let (entry, whose) = match side {
        Side::Payload => (&catalogue::TYPE, "payload"),
        Side::Page => (&catalogue::CONFIG_TYPE, "config"),
    };
    let wrong = |path: &str, expected: &str, found: &Value| {
        Finding::new(entry)
            .says(format!(
                "In the {whose}, {path} is {} where {expected} belongs.",
                described(found)
            ))
            .hint(format!(
                "Write {path} as {expected} before the config is signed."
            ))
            .at(path)
            .expected(expected)
            .found(described(found))
    };
    let texts = [
        "document.key",
        "document.url",
        "document.title",
        "document.fileType",
        "documentType",
        "editorConfig.callbackUrl",
        "editorConfig.lang",
        "editorConfig.mode",
        "editorConfig.user.name",
        "editorConfig.user.group",
    ];
    for path in texts {
        if let Some(value) = config.get(path).known()
            && !value.is_string()
            && !value.is_null()
        {
            report.add(wrong(path, "a string", value));
        }
    }
    match config.get("editorConfig.user.id").known() {
        Some(value @ Value::Number(_)) => report.add(
            wrong("editorConfig.user.id", "a string", value)
                .severity(Severity::Risk)
                .hint("Write the id as a string; the browser warns and turns the number into one."),
        ),
        Some(Value::String(id)) if id.chars().count() > USER_ID_MAX => report.add(
            Finding::new(entry)
                .says(format!(
                    "The user's id has {} characters; at most {USER_ID_MAX} are permitted.",
                    id.chars().count()
                ))
                .hint("Use a shorter id, for example the number of the user in the database.")
                .at("editorConfig.user.id")
                .expected(format!("at most {USER_ID_MAX} characters"))
                .found(format!("{} characters", id.chars().count())),
        ),
        Some(Value::String(_) | Value::Null) | None => {}
        Some(other) => report.add(wrong("editorConfig.user.id", "a string", other)),
    }
    if let Some(mode) = config.get("editorConfig.mode").text()
        && !matches!(mode, "edit" | "view" | "")
        && !unexpanded(mode, config.source)
    {
        report.add(
            wrong("editorConfig.mode", "\"edit\" or \"view\"", &Value::from(mode)).hint(
                "Use \"edit\" or \"view\" as mode, and express commenting, reviewing and form filling by document.permissions.",
            ),
        );
    }
    for path in [
        "document",
        "editorConfig",
        "editorConfig.user",
        "document.permissions",
    ] {
        match config.get(path).known() {
            None | Some(Value::Object(_) | Value::Null) => {}
            Some(Value::Array(items)) if items.is_empty() => {}
            Some(other) => report.add(wrong(path, "an object", other)),
        }
    }
    for name in Permissions::FLAGS {
        let path = format!("document.permissions.{name}");
        if let Some(flag) = config.get(&path).known()
            && !flag.is_boolean()
            && !flag.is_null()
        {
            report.add(wrong(&path, "true or false", flag));
        }
    }
}

fn described(value: &Value) -> String {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => type_name(value).to_owned(),
        other => format!("{} ({})", type_name(other), shown(other)),
    }
}

fn document_key(key: &str, config: &Config, report: &mut Report) {
    let path = "document.key";
    if key.is_empty() || unexpanded(key, config.source) {
        return;
    }
    if let Err(error) = DocumentKey::try_from(key) {
        let entry = if error.code() == "config.key_characters" {
            &catalogue::KEY_CHARACTERS
        } else {
            &catalogue::KEY_LENGTH
        };
        report.add(
            Finding::new(entry)
                .says(error.message())
                .at(path)
                .expected("1 to 128 characters of 0-9 a-z A-Z . _ = -")
                .found(key),
        );
        return;
    }
    let name = |path: &str| config.get(path).text().map(str::to_ascii_lowercase);
    let stem = |name: &str| {
        name.rsplit_once('.')
            .map_or(name, |(stem, _)| stem)
            .to_owned()
    };
    let lower = key.to_ascii_lowercase();
    let title = name("document.title");
    let file = name("document.url").map(|url| {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    });
    let plain =
        |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
    let is_name = [title, file]
        .into_iter()
        .flatten()
        .filter(|name| !name.is_empty())
        .any(|name| {
            plain(&lower) == plain(&name)
                || plain(&lower) == plain(&stem(&name)) && !has_number(&lower)
        });
    let says = if key == "Khirz6zTPdfd7" {
        "The document key is that of the documentation's samples."
    } else if is_name {
        "The document key is the name of the file, which stays the same when the content changes and which other files may have."
    } else if is_time(key) {
        "The document key is a bare time: two files of the same second share it, and with the time of the page each user is alone."
    } else if matches!(
        lower.as_str(),
        "key"
            | "test"
            | "document"
            | "doc"
            | "file"
            | "mykey"
            | "my_key"
            | "documentkey"
            | "document_key"
            | "default"
            | "unique_key"
            | "undefined"
            | "null"
            | "0"
            | "1"
            | "123"
            | "1234"
    ) {
        "The document key is a constant, so all files and versions share it."
    } else {
        return;
    };
    report.add(
        Finding::new(&catalogue::KEY_CONSTANT)
            .says(says)
            .at(path)
            .found(key),
    );
}

fn has_number(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Unix seconds or milliseconds of this century.
fn is_time(key: &str) -> bool {
    key.parse::<u64>().is_ok_and(|number| {
        (1_000_000_000..4_100_000_000).contains(&number)
            || (1_000_000_000_000..4_100_000_000_000).contains(&number)
    })
}

fn file_type(file_type: &str, config: &Config, side: Side, report: &mut Report) {
    let path = "document.fileType";
    if file_type.is_empty() || unexpanded(file_type, config.source) {
        return;
    }
    let lower = file_type.to_ascii_lowercase();
    let known = FileType::parse(&lower);
    let finding = Finding::new(&catalogue::FILE_TYPE)
        .at(path)
        .found(file_type);
    if known.is_ok() || OTHER_TYPES.contains(&lower.as_str()) {
        if lower != file_type && side == Side::Payload {
            report.add(
                finding
                    .says("The signed fileType has capital letters, and the server takes it as it is written.")
                    .hint("Write it in lower case before the config is signed.")
                    .expected(&lower),
            );
        } else if known.is_err() {
            report.add(
                finding
                    .severity(Severity::Note)
                    .says(format!(
                        "ONLYOFFICE opens {lower} files, and Recto does not."
                    ))
                    .hint("Convert the file first if the server is Recto."),
            );
        }
        return;
    }
    if let Err(error) = known {
        report.add(
            finding
                .says(error.message())
                .hint(error.hint())
                .expected("an extension such as docx"),
        );
    }
}

fn document_type(config: &Config, report: &mut Report) {
    let path = "documentType";
    let Some(given) = config.get(path).text() else {
        return;
    };
    if given.is_empty() || unexpanded(given, config.source) {
        return;
    }
    let finding = || {
        Finding::new(&catalogue::DOCUMENT_TYPE)
            .at(path)
            .found(given)
    };
    let (modern, old) = match given {
        "word" | "cell" | "slide" | "pdf" | "diagram" => (given, false),
        "text" => ("word", true),
        "spreadsheet" => ("cell", true),
        "presentation" => ("slide", true),
        _ => {
            report.add(
                finding()
                    .says("The Docs API does not know this documentType.")
                    .expected("word, cell, slide or pdf"),
            );
            return;
        }
    };
    let kind = config
        .get("document.fileType")
        .text()
        .and_then(|file_type| FileType::parse(file_type).ok())
        .map(|file_type| match file_type.kind() {
            DocumentKind::Word => "word",
            DocumentKind::Cell => "cell",
            DocumentKind::Slide => "slide",
        });
    if let Some(kind) = kind
        && kind != modern
    {
        report.add(
            finding()
                .says(format!(
                    "The documentType is {given}, and the file is one for {kind}."
                ))
                .expected(kind),
        );
    } else if old {
        report.add(
            finding()
                .severity(Severity::Note)
                .says(format!(
                    "The documentType {given} is the old name of {modern}."
                ))
                .hint(format!(
                    "Write {modern}; the old names are deprecated since version 6.1."
                ))
                .expected(modern),
        );
    }
}

//! The settings of an ONLYOFFICE server that are about tokens, so that a server
//! can be replaced without writing them again.

mod error;

use std::{
    io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    CLOCK_TOLERANCE, Key, KeyRing, Keys, Secret,
    json::{self, shown},
    key::Algorithm,
    opening::fields::at,
};
pub use error::LocalJsonError;

/// What an ONLYOFFICE `local.json` says of tokens, below `services.CoAuthoring`.
///
/// What is not in the file has the default of ONLYOFFICE's server, but for the
/// secrets: their default is known to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalJson {
    /// `secret.inbox`: verifies configs and requests.
    pub inbox: Option<SecretSource>,
    /// `secret.outbox`: signs downloads and callbacks.
    pub outbox: Option<SecretSource>,
    /// `secret.session`: signs what only the server reads.
    pub session: Option<SecretSource>,
    /// `secret.browser`: not read by ONLYOFFICE's server since 7.2, which takes
    /// the inbox secret, and not used here either.
    pub browser: Option<SecretSource>,
    /// `token.enable.browser`: whether openings need a token.
    pub browser_tokens: bool,
    /// `token.enable.request.inbox`: whether requests need one.
    pub inbox_tokens: bool,
    /// `token.enable.request.outbox`: whether the server signs its own.
    pub outbox_tokens: bool,
    /// `token.inbox.header`.
    pub inbox_header: String,
    /// `token.inbox.prefix`, with its blank.
    pub inbox_prefix: String,
    /// `token.outbox.header`.
    pub outbox_header: String,
    /// `token.outbox.prefix`, with its blank.
    pub outbox_prefix: String,
    /// `token.outbox.algorithm`: the HMAC that outgoing requests are signed with.
    pub outbox_algorithm: Algorithm,
    /// `token.outbox.expires`: life of an outgoing token in seconds.
    pub outbox_life: i64,
    /// `token.outbox.urlExclusionRegex`: requests to URLs that contain this text
    /// are not signed. (ONLYOFFICE's server escapes it, so it is no pattern.)
    pub unsigned_urls: Option<String>,
    /// `token.verifyOptions.clockTolerance` in seconds. Here it is always
    /// [`CLOCK_TOLERANCE`]; one that differs is worth a warning.
    pub clock_tolerance: i64,
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In the file itself.
    Value(Secret),
    /// In another file, all of which is the secret: ONLYOFFICE's server does not
    /// remove a line end.
    File(PathBuf),
}

impl LocalJson {
    /// Reads the text of a `local.json`.
    pub fn parse(text: &str) -> Result<Self, LocalJsonError> {
        let text = text.trim_start_matches('\u{feff}');
        let text = without_comments(text);
        let value = json::parse(text.as_bytes(), 64).map_err(|_| LocalJsonError::NotJson)?;
        let settings = at(&value, "services.CoAuthoring")
            .filter(|settings| settings.is_object())
            .ok_or(LocalJsonError::NoServer)?;
        let settings = Settings(settings);
        let life = settings.0.pointer("/token/outbox/expires");
        let algorithm = settings.text("token.outbox.algorithm", "HS256")?;
        Ok(Self {
            inbox: settings.secret("inbox")?,
            outbox: settings.secret("outbox")?,
            session: settings.secret("session")?,
            browser: settings.secret("browser")?,
            browser_tokens: settings.flag("token.enable.browser")?,
            inbox_tokens: settings.flag("token.enable.request.inbox")?,
            outbox_tokens: settings.flag("token.enable.request.outbox")?,
            inbox_header: settings.text("token.inbox.header", "Authorization")?,
            inbox_prefix: settings.text("token.inbox.prefix", "Bearer ")?,
            outbox_header: settings.text("token.outbox.header", "Authorization")?,
            outbox_prefix: settings.text("token.outbox.prefix", "Bearer ")?,
            outbox_algorithm: Algorithm::named(&algorithm)
                .filter(|algorithm| algorithm.is_symmetric())
                .ok_or_else(|| {
                    wrong(
                        "token.outbox.algorithm",
                        "HS256, HS384 or HS512",
                        &algorithm.into(),
                    )
                })?,
            outbox_life: match life {
                None | Some(Value::Null) => 300,
                Some(value) => seconds(value)
                    .ok_or_else(|| wrong("token.outbox.expires", "a time such as \"5m\"", value))?,
            },
            unsigned_urls: Some(settings.text("token.outbox.urlExclusionRegex", "")?)
                .filter(|text| !text.is_empty()),
            clock_tolerance: settings
                .number("token.verifyOptions.clockTolerance", CLOCK_TOLERANCE)?,
        })
    }

    /// The files that hold secrets; [`keys`](Self::keys) reads them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        [&self.inbox, &self.outbox, &self.session]
            .into_iter()
            .filter_map(|source| match source {
                Some(SecretSource::File(path)) => Some(path.as_path()),
                _ => None,
            })
    }

    /// The keys. `read` gives the text of a secret's file.
    ///
    /// Without a session secret the inbox secret takes its place: it only serves
    /// to derive keys of the server's own. Links are signed with the session
    /// secret too.
    pub fn keys(&self, read: &dyn Fn(&Path) -> io::Result<String>) -> Result<Keys, LocalJsonError> {
        let secret = |kind: &'static str, source: &Option<SecretSource>| {
            let secret = match source {
                None => return Err(LocalJsonError::NoSecret { kind }),
                Some(SecretSource::Value(secret)) => secret.clone(),
                Some(SecretSource::File(path)) => {
                    read(path)
                        .map(Secret::from)
                        .map_err(|error| LocalJsonError::File {
                            kind,
                            path: path.clone(),
                            error: error.kind(),
                        })?
                }
            };
            if secret.is_empty() {
                return Err(LocalJsonError::EmptySecret { kind });
            }
            Ok(secret)
        };
        let inbox = secret("inbox", &self.inbox)?;
        let outbox = Key::secret(secret("outbox", &self.outbox)?);
        let outbox = match self.outbox_algorithm {
            Algorithm::Hs256 => outbox,
            other => outbox.only(other)?,
        };
        let session = match &self.session {
            None => inbox.clone(),
            source => secret("session", source)?,
        };
        let session = KeyRing::from(session);
        let keys = Keys::from_rings(inbox.into(), outbox.into(), &session, &session)?;
        Ok(keys.with_outgoing_life(self.outbox_life))
    }
}

/// The text with blanks in place of comments, which ONLYOFFICE's server takes in
/// its files.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut quoted = false;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '\\' if quoted => rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at),
            '"' => {
                quoted = !quoted;
                1
            }
            '/' if !quoted && rest.starts_with("//") => {
                rest = rest.find('\n').map_or("", |at| &rest[at..]);
                continue;
            }
            '/' if !quoted && rest.starts_with("/*") => {
                rest = rest[2..].find("*/").map_or("", |at| &rest[at + 4..]);
                out.push(' ');
                continue;
            }
            c => c.len_utf8(),
        };
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    out
}

fn wrong(path: &str, expected: &'static str, found: &Value) -> LocalJsonError {
    wrong_type(path, expected, shown(found))
}

fn wrong_type(path: &str, expected: &'static str, found: String) -> LocalJsonError {
    LocalJsonError::Type {
        path: format!("services.CoAuthoring.{path}"),
        expected,
        found,
    }
}

struct Settings<'v>(&'v Value);

impl Settings<'_> {
    fn at(&self, path: &str) -> Option<&Value> {
        at(self.0, path).filter(|value| !value.is_null())
    }

    fn text(&self, path: &str, default: &str) -> Result<String, LocalJsonError> {
        match self.at(path) {
            None => Ok(default.to_owned()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(other) => Err(wrong(path, "a string", other)),
        }
    }

    fn flag(&self, path: &str) -> Result<bool, LocalJsonError> {
        match self.at(path) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(wrong(path, "true or false", other)),
        }
    }

    fn number(&self, path: &str, default: i64) -> Result<i64, LocalJsonError> {
        match self.at(path) {
            None => Ok(default),
            Some(value) => value
                .as_i64()
                .filter(|number| *number >= 0)
                .ok_or_else(|| wrong(path, "a number of seconds", value)),
        }
    }

    /// The string wins unless it is empty; a value of another type is not shown,
    /// since it may be the secret.
    fn secret(&self, kind: &str) -> Result<Option<SecretSource>, LocalJsonError> {
        let read = |member: &str| {
            let path = format!("secret.{kind}.{member}");
            match self.at(&path) {
                None => Ok(None),
                Some(Value::String(text)) => Ok(Some(text.as_str())),
                Some(other) => Err(wrong_type(
                    &path,
                    "a string",
                    json::type_name(other).to_owned(),
                )),
            }
        };
        let [string, file] = [read("string")?, read("file")?];
        let file = file.filter(|file| !file.is_empty());
        Ok(match (string, file) {
            (Some("") | None, Some(file)) => Some(SecretSource::File(file.into())),
            (Some(string), _) => Some(SecretSource::Value(string.into())),
            (None, None) => None,
        })
    }
}

/// A life as the JWT library of ONLYOFFICE's server reads it: a number of
/// seconds, or a text with a unit. A text without a unit is milliseconds there.
fn seconds(value: &Value) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return (number > 0).then_some(number);
    }
    let text = value.as_str()?.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number: i64 = text[..end].parse().ok()?;
    let seconds = match text[end..].trim().to_ascii_lowercase().as_str() {
        "" | "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => number / 1000,
        "s" | "sec" | "secs" | "second" | "seconds" => number,
        "m" | "min" | "mins" | "minute" | "minutes" => number.checked_mul(60)?,
        "h" | "hr" | "hrs" | "hour" | "hours" => number.checked_mul(3_600)?,
        "d" | "day" | "days" => number.checked_mul(86_400)?,
        "w" | "week" | "weeks" => number.checked_mul(604_800)?,
        _ => return None,
    };
    (seconds > 0).then_some(seconds)
}

#[cfg(test)]
mod tests;

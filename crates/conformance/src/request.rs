//! A case made into a request.

use std::collections::BTreeMap;

use rand::distr::{Alphanumeric, SampleString as _};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::case::Changes;
use crate::forge::{Recipe, Secret};
use crate::template::{UnknownPlaceholder, Values, with, without};

/// An address that no server can reach: the name is reserved for that (RFC 6761).
const NOWHERE: &str = "http://conformance.invalid/document.txt";

/// Seconds for which good tokens are valid.
const LIFE: i64 = 300;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    Get,
    #[default]
    Post,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    None,
    Json(Value),
    Text(String),
}

impl Body {
    /// What a case says, or the bare parameters.
    pub fn of(json: Option<Value>, text: Option<String>) -> Self {
        match (json, text) {
            (Some(json), _) => Self::Json(json),
            (None, Some(text)) => Self::Text(text),
            (None, None) => Self::Json("{fields}".into()),
        }
    }
}

/// A request over HTTP, with placeholders.
#[derive(Clone, Debug)]
pub(crate) struct HttpRequest {
    pub method: Method,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub accept: Option<String>,
    pub body: Body,
    pub fields: Value,
    pub decoy: Value,
    pub token: Recipe,
    pub other: Recipe,
    /// What is asked for instead, once this request has brought a link.
    pub link: Option<LinkEdit>,
}

/// What is done to the link of a converted file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LinkEdit {
    BadSignature,
    PastExpiry,
}

impl LinkEdit {
    /// The link, changed; `None` if it has no such member.
    pub fn apply(self, link: &Url) -> Option<Url> {
        // ONLYOFFICE's name, and Recto's.
        const SIGNATURES: [&str; 2] = ["md5", "sig"];
        let mut found = false;
        let members: Vec<(String, String)> = link
            .query_pairs()
            .map(|(name, value)| {
                let changed = match self {
                    Self::BadSignature if SIGNATURES.contains(&&*name) => {
                        Some(value.chars().rev().collect())
                    }
                    Self::PastExpiry if name == "expires" => Some("1000000000".to_owned()),
                    _ => None,
                };
                found |= changed.as_ref().is_some_and(|changed| *changed != value);
                (name.into_owned(), changed.unwrap_or(value.into_owned()))
            })
            .collect();
        let mut link = link.clone();
        link.query_pairs_mut().clear().extend_pairs(members);
        found.then_some(link)
    }
}

/// How a token opens a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sent {
    /// As the config's token.
    #[default]
    Config,
    /// As the session token of somebody who comes back.
    Session,
    /// Not at all.
    Nothing,
}

/// An opening, with placeholders.
#[derive(Clone, Debug)]
pub(crate) struct LiveRequest {
    pub sent: Sent,
    pub config: Changes,
    pub token: Recipe,
}

/// What requests are made from, apart from their case.
#[derive(Clone, Debug)]
pub(crate) struct Means<'a> {
    pub secret: &'a Secret,
    /// Name of the header that carries tokens.
    pub header: &'a str,
    /// A file that the server can fetch.
    pub file: Option<&'a Url>,
    /// Unix seconds.
    pub now: i64,
}

impl Means<'_> {
    /// Values for one request. Its key has never been used before.
    fn values(&self) -> Values {
        let mut values = Values::at(self.now);
        let random = Alphanumeric.sample_string(&mut rand::rng(), 16);
        values.set("key", format!("conformance-{random}"));
        values.set("nowhere", NOWHERE);
        values.set("life", json!({ "iat": self.now, "exp": self.now + LIFE }));
        values.set("header", self.header);
        let unread = if self.header.eq_ignore_ascii_case("AuthorizationJwt") {
            "Authorization"
        } else {
            "AuthorizationJwt"
        };
        values.set("unread", unread);
        if let Some(file) = self.file {
            values.set("file", file.as_str());
            let name = file.path();
            let kind = name.rsplit_once('.').map_or("txt", |(_, kind)| kind);
            values.set("file_type", kind);
        }
        values
    }
}

/// A request over HTTP, ready to be sent.
#[derive(Debug)]
pub(crate) struct ReadyHttp {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub accept: Option<String>,
    pub body: Option<String>,
    /// What the placeholders of the answer stand for.
    pub values: Values,
}

impl HttpRequest {
    /// Makes the tokens and fills in everything.
    pub fn ready(&self, means: &Means<'_>) -> Result<ReadyHttp, UnknownPlaceholder> {
        let mut values = means.values();
        let fields = values.fill(&self.fields)?;
        values.set("fields", fields);
        let decoy = values.fill(&self.decoy)?;
        values.set("decoy", decoy);
        let claims = json!({ "...": ["{fields}", "{life}"] });
        let token = self.token.make(&claims, &values, means.secret)?;
        let other = self.other.make(&claims, &values, means.secret)?;
        values.set("token", token);
        values.set("other", other);

        let pairs = |map: &BTreeMap<String, String>| {
            map.iter()
                .map(|(name, value)| Ok((values.fill_text(name)?, values.fill_text(value)?)))
                .collect::<Result<Vec<_>, UnknownPlaceholder>>()
        };
        let body = match &self.body {
            Body::None => None,
            Body::Json(template) => Some(values.fill(template)?.to_string()),
            Body::Text(text) => Some(text.clone()),
        };
        Ok(ReadyHttp {
            method: self.method,
            path: values.fill_text(&self.path)?,
            query: pairs(&self.query)?,
            headers: pairs(&self.headers)?,
            accept: self.accept.clone(),
            body,
            values,
        })
    }
}

/// An opening, ready to be sent.
#[derive(Debug)]
pub(crate) struct ReadyLive {
    pub key: String,
    /// The config as the page gives it, without a token.
    pub config: Value,
    /// The token, which need not be a text.
    pub token: Option<Value>,
    /// Whether the token is one of a session.
    pub as_session: bool,
    pub values: Values,
}

impl LiveRequest {
    /// Makes the token and fills in everything.
    pub fn ready(&self, means: &Means<'_>) -> Result<ReadyLive, UnknownPlaceholder> {
        let mut values = means.values();
        let mut config = values.fill(&json!({
            "document": {
                "fileType": "txt", "key": "{key}", "title": "Conformance.txt", "url": "{nowhere}",
                "permissions": { "edit": true, "print": true },
            },
            "documentType": "word",
            "editorConfig": {
                "callbackUrl": "{nowhere}", "lang": "en", "mode": "edit",
                "user": { "id": "conformance", "name": "Conformance" },
            },
        }))?;
        without(&mut config, &self.config.without);
        with(&mut config, &self.config.with);
        values.set("config", config.clone());
        let claims = json!({ "...": ["{config}", "{life}"] });
        let token = match self.sent {
            Sent::Nothing => None,
            Sent::Config | Sent::Session => {
                Some(self.token.make(&claims, &values, means.secret)?)
            }
        };
        Ok(ReadyLive {
            key: values.fill_text("{key}")?,
            config,
            token,
            as_session: self.sent == Sent::Session,
            values,
        })
    }
}

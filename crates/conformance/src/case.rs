//! The cases, read from the data in `cases`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::forge::Recipe;
use crate::request::{Body, HttpRequest, LinkEdit, LiveRequest, Method, Sent};

const TOKENS: &str = include_str!("../cases/tokens.toml");
const SERVICES: &str = include_str!("../cases/services.toml");
const WEBSOCKET: &str = include_str!("../cases/websocket.toml");

/// The data of the cases cannot be read. It is compiled in, so this is a mistake of the program.
#[derive(Debug, thiserror::Error)]
#[error(
    "The data of the cases can't be read: {0}. Report this, since it is compiled into the program."
)]
pub struct CaseError(String);

impl CaseError {
    pub(crate) fn of(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// One question, and what ONLYOFFICE 9.3 answered.
#[derive(Clone, Debug)]
pub struct Case {
    /// Stable name, such as `command.token.header_lower_case`.
    pub id: String,
    /// What is special about it.
    pub title: String,
    /// What ONLYOFFICE answered.
    pub expect: Expected,
    /// What Recto answers on purpose.
    pub difference: Option<Difference>,
    pub(crate) ask: Ask,
    /// Whether a second decides, so that the clocks must be brought together.
    pub(crate) precise: bool,
    /// Whether the server must be able to fetch a file.
    pub(crate) needs_file: bool,
    /// Why an ONLYOFFICE server may accept what the case expects to be refused.
    pub(crate) interchangeable: Option<String>,
}

impl Case {
    /// The id without its last part.
    pub fn group(&self) -> &str {
        self.id.rsplit_once('.').map_or("", |(group, _)| group)
    }
}

/// How it is asked.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Http(Box<HttpRequest>),
    Live(Box<LiveRequest>),
}

/// An answer.
#[derive(Clone, Debug)]
pub enum Expected {
    /// Over HTTP.
    Http(HttpAnswer),
    /// Over the WebSocket: the token is accepted.
    Accepted,
    /// Over the WebSocket: a refusal.
    Refused {
        /// Code of the refusal; ONLYOFFICE sends none in some cases.
        code: Option<i64>,
        /// Text beside the code.
        description: Option<String>,
    },
}

/// An answer over HTTP.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpAnswer {
    /// Status code.
    #[serde(default = "ok")]
    pub status: u16,
    /// Members that the JSON object in the body has; `<text>` and `<list>` stand for any.
    pub json: Option<Value>,
    /// The XML document in the body, without its declaration.
    pub xml: Option<String>,
    /// Members that may be there besides.
    #[serde(default)]
    pub optional: Vec<String>,
}

fn ok() -> u16 {
    200
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(answer) => {
                let body = answer
                    .json
                    .as_ref()
                    .map(ToString::to_string)
                    .or_else(|| answer.xml.clone());
                match (answer.status, body) {
                    (200, Some(body)) => f.write_str(&body),
                    (status, Some(body)) => write!(f, "status {status} {body}"),
                    (status, None) => write!(f, "status {status}"),
                }
            }
            Self::Accepted => f.write_str("accepted"),
            Self::Refused { code, description } => {
                f.write_str(&refusal(*code, description.as_deref()))
            }
        }
    }
}

/// How a refusal is written in a report.
pub(crate) fn refusal(code: Option<i64>, description: Option<&str>) -> String {
    let code = code.map_or_else(|| "no code".to_owned(), |code| code.to_string());
    match description {
        Some(description) => format!("{code} `{description}`"),
        None => format!("{code}, no text"),
    }
}

/// What Recto answers in place of ONLYOFFICE's answer.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What it answers.
    pub expect: Expected,
    /// One sentence.
    pub why: String,
}

/// All cases, in the order of the report.
pub fn cases() -> Result<Vec<Case>, CaseError> {
    let tokens: Rows<TokenRow> = read(TOKENS)?;
    let services: Services = read(SERVICES)?;
    let websocket: Rows<LiveRow> = read(WEBSOCKET)?;
    let mut all = Vec::new();
    for column in [Column::Command, Column::Converter] {
        for row in &tokens.row {
            all.push(row.case(column)?);
        }
    }
    all.extend(services.case.into_iter().map(Service::case));
    all.extend(websocket.row.into_iter().map(LiveRow::case));
    Ok(all)
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, CaseError> {
    toml::from_str(text).map_err(CaseError::of)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows<T> {
    row: Vec<T>,
}

/// A row of the table of tokens; a cell for each of the services that it is asked of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenRow {
    id: String,
    title: String,
    #[serde(default)]
    precise: bool,
    #[serde(default)]
    token: Recipe,
    #[serde(default)]
    other: Recipe,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    body: Option<Value>,
    body_text: Option<String>,
    command: Cell,
    converter: Cell,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Cell {
    Error(i64),
    Word(String),
}

#[derive(Clone, Copy)]
enum Column {
    Command,
    Converter,
}

impl TokenRow {
    fn case(&self, column: Column) -> Result<Case, CaseError> {
        let (name, path, accept, cell) = match column {
            Column::Command => ("command", "/command", None, &self.command),
            Column::Converter => (
                "converter",
                "/converter",
                Some("application/json".to_owned()),
                &self.converter,
            ),
        };
        let passes = match cell {
            Cell::Error(_) => false,
            Cell::Word(word) if word == "ok" => true,
            Cell::Word(word) => return Err(CaseError::of(format!("{}: {word:?}", self.id))),
        };
        let conversion = |output: &str| json!({ "key": "{key}", "url": "{nowhere}", "filetype": "txt", "outputtype": output });
        let (fields, decoy, answer) = match (column, cell) {
            (Column::Command, Cell::Error(error)) => (
                json!({ "c": "version" }),
                json!({}),
                json!({ "error": error }),
            ),
            (Column::Command, Cell::Word(_)) => (
                json!({ "c": "version" }),
                json!({ "c": "conformance" }),
                json!({ "error": 0, "version": "<text>" }),
            ),
            (Column::Converter, Cell::Error(error)) => {
                (conversion("pdf"), json!({}), json!({ "error": error }))
            }
            // The parameters are judged after the token, and before anything is fetched.
            (Column::Converter, Cell::Word(_)) => (
                conversion("no-type"),
                conversion("pdf"),
                json!({ "error": -7 }),
            ),
        };
        let title = match (column, passes) {
            (Column::Converter, true) => format!("{}; its output type is refused", self.title),
            _ => self.title.clone(),
        };
        Ok(Case {
            id: format!("{name}.token.{}", self.id),
            title,
            expect: Expected::Http(HttpAnswer {
                status: 200,
                json: Some(answer),
                xml: None,
                optional: Vec::new(),
            }),
            difference: None,
            ask: Ask::Http(Box::new(HttpRequest {
                method: Method::Post,
                path: path.to_owned(),
                query: self.query.clone(),
                headers: self.headers.clone(),
                accept,
                body: Body::of(self.body.clone(), self.body_text.clone()),
                fields,
                decoy,
                token: self.token.clone(),
                other: self.other.clone(),
                link: None,
            })),
            precise: self.precise,
            needs_file: false,
            interchangeable: None,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Services {
    case: Vec<Service>,
}

/// A case of one service.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    id: String,
    title: String,
    #[serde(default)]
    method: Method,
    path: String,
    accept: Option<String>,
    #[serde(default)]
    needs_file: bool,
    link: Option<LinkEdit>,
    #[serde(default)]
    fields: Value,
    #[serde(default)]
    token: Recipe,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    body: Option<Value>,
    body_text: Option<String>,
    expect: HttpAnswer,
    recto: Option<HttpDifference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpDifference {
    why: String,
    expect: HttpAnswer,
}

impl Service {
    fn case(self) -> Case {
        let body = match self.method {
            Method::Get => Body::None,
            Method::Post => Body::of(self.body, self.body_text),
        };
        Case {
            id: self.id,
            title: self.title,
            expect: Expected::Http(self.expect),
            difference: self.recto.map(|recto| Difference {
                expect: Expected::Http(recto.expect),
                why: recto.why,
            }),
            ask: Ask::Http(Box::new(HttpRequest {
                method: self.method,
                path: self.path,
                query: self.query,
                headers: self.headers,
                accept: self.accept,
                body,
                fields: self.fields,
                decoy: json!({}),
                token: self.token,
                other: Recipe::default(),
                link: self.link,
            })),
            precise: false,
            needs_file: self.needs_file,
            interchangeable: None,
        }
    }
}

/// A row of the table of openings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LiveRow {
    id: String,
    title: String,
    #[serde(default)]
    send: Sent,
    #[serde(default)]
    config: Changes,
    #[serde(default)]
    token: Recipe,
    #[serde(default)]
    accepted: bool,
    code: Option<i64>,
    description: Option<String>,
    interchangeable: Option<String>,
    recto: Option<LiveDifference>,
}

/// What is changed in the config that the page gives.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    #[serde(default)]
    pub without: Vec<String>,
    #[serde(default)]
    pub with: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LiveDifference {
    why: String,
    code: i64,
    description: String,
}

impl LiveRow {
    fn case(self) -> Case {
        let expect = if self.accepted {
            Expected::Accepted
        } else {
            Expected::Refused {
                code: self.code,
                description: self.description,
            }
        };
        Case {
            id: format!("websocket.{}", self.id),
            title: self.title,
            expect,
            difference: self.recto.map(|recto| Difference {
                expect: Expected::Refused {
                    code: Some(recto.code),
                    description: Some(recto.description),
                },
                why: recto.why,
            }),
            ask: Ask::Live(Box::new(LiveRequest {
                sent: self.send,
                config: self.config,
                token: self.token,
            })),
            precise: false,
            needs_file: false,
            interchangeable: self.interchangeable,
        }
    }
}

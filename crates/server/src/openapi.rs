//! `GET /openapi.json`: the description of Recto's HTTP interface, as `OpenAPI` 3.1.

use axum::Json;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{
    Content, HttpMethod, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, OpenApiBuilder,
    PathItem, PathsBuilder, Required, ResponseBuilder, ResponsesBuilder, Type,
};

const GET: &[HttpMethod] = &[HttpMethod::Get];
const POST: &[HttpMethod] = &[HttpMethod::Post];
const BOTH: &[HttpMethod] = &[HttpMethod::Get, HttpMethod::Post];

/// Whom a part of the interface is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// Applications: they sign what they send.
    Integrators,
    /// Pages, and what they connect to.
    Browsers,
    /// The person or organisation that runs the server.
    Administrators,
}

/// One path.
struct Described {
    path: &'static str,
    methods: &'static [HttpMethod],
    whom: For,
    summary: &'static str,
    /// Media type of the request's body, and what is in it.
    body: Option<(&'static str, &'static str)>,
    /// Names and meanings of parameters in the query.
    query: &'static [(&'static str, &'static str)],
    answers: &'static [(&'static str, &'static str)],
}

const fn described(
    path: &'static str,
    methods: &'static [HttpMethod],
    whom: For,
    summary: &'static str,
    answers: &'static [(&'static str, &'static str)],
) -> Described {
    Described {
        path,
        methods,
        whom,
        summary,
        body: None,
        query: &[],
        answers,
    }
}

impl Described {
    const fn body(mut self, media: &'static str, what: &'static str) -> Self {
        self.body = Some((media, what));
        self
    }

    const fn query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }
}

const JSON: &str = "application/json";
const COMMAND: &str =
    "\"c\", \"key\" and what the command wants, with the token over them as \"token\"";
const CONVERSION: &str = "\"filetype\", \"outputtype\", \"key\", \"url\" and options, with the token over them as \"token\"";
const SERVICE: &[(&str, &str)] = &[
    (
        "200",
        "JSON; \"error\" is 0, or a number with \"code\", \"message\" and \"hint\" beside it",
    ),
    ("413", "The request is larger than 1 MiB"),
    ("501", "This version does not have that"),
];
const CONVERTED: &[(&str, &str)] = &[
    (
        "200",
        "JSON or XML, as \"Accept\" says: a link to the result, the progress, or an error",
    ),
    ("413", "The request is larger than 1 MiB"),
];
const NOT_BUILT: &[(&str, &str)] = &[("501", "This version does not have that")];
const PAGE: &[(&str, &str)] = &[("200", "HTML")];
const FILE: &[(&str, &str)] = &[("200", "The file"), ("404", "There is no such file")];
const SHARD: &[(&str, &str)] = &[(
    "shardkey",
    "The document's key, for a balancer in front; not read here",
)];

use For::{Administrators, Browsers, Integrators};

const ALL: &[Described] = &[
    described(
        "/command",
        POST,
        Integrators,
        "The command service",
        SERVICE,
    )
    .body(JSON, COMMAND)
    .query(SHARD),
    described(
        "/coauthoring/CommandService.ashx",
        BOTH,
        Integrators,
        "The command service, by its old name",
        SERVICE,
    )
    .body(JSON, COMMAND)
    .query(SHARD),
    described(
        "/converter",
        POST,
        Integrators,
        "The conversion service",
        CONVERTED,
    )
    .body(JSON, CONVERSION)
    .query(SHARD),
    described(
        "/ConvertService.ashx",
        BOTH,
        Integrators,
        "The conversion service, by its old name",
        CONVERTED,
    )
    .body(JSON, CONVERSION)
    .query(SHARD),
    described(
        "/docbuilder",
        POST,
        Integrators,
        "The builder service, which is not offered",
        SERVICE,
    )
    .body(JSON, "A script, signed"),
    described(
        "/cache/files/{id}/{name}",
        GET,
        Integrators,
        "A saved or converted document",
        &[
            ("200", "The document"),
            ("403", "The link was not signed by this server"),
            ("410", "The link or the document has expired"),
        ],
    )
    .query(&[
        ("expires", "Until when the link is good, in Unix seconds"),
        ("sig", "The link's signature"),
    ]),
    described(
        "/healthcheck",
        GET,
        Integrators,
        "Whether documents can be opened",
        &[("200", "The text true or false")],
    ),
    described(
        "/openapi.json",
        GET,
        Integrators,
        "This description",
        &[("200", "OpenAPI 3.1")],
    ),
    described(
        "/downloadas/{key}",
        BOTH,
        Browsers,
        "Not built yet",
        NOT_BUILT,
    ),
    described(
        "/downloadfile/{key}",
        BOTH,
        Browsers,
        "Not built yet",
        NOT_BUILT,
    ),
    described(
        "/savefile/{key}",
        BOTH,
        Browsers,
        "Not built yet",
        NOT_BUILT,
    ),
    described("/upload/{key}", BOTH, Browsers, "Not built yet", NOT_BUILT),
    described(
        "/printfile/{key}/{name}",
        BOTH,
        Browsers,
        "Not built yet",
        NOT_BUILT,
    ),
    described(
        "/web-apps/apps/api/documents/api.js",
        GET,
        Browsers,
        "The script that defines DocsAPI.DocEditor",
        FILE,
    ),
    described(
        "/web-apps/apps/api/documents/preload.html",
        GET,
        Browsers,
        "A page for a hidden frame, which has the browser fetch the editor's files",
        PAGE,
    ),
    described(
        "/web-apps/apps/api/documents/cache-scripts.html",
        GET,
        Browsers,
        "The same by another name",
        PAGE,
    ),
    described(
        "/favicon.ico",
        GET,
        Browsers,
        "The icon of the server's own pages",
        &[("200", "SVG")],
    ),
    described(
        "/web-apps/apps/editor/{path}",
        GET,
        Browsers,
        "The editor's page and what it loads",
        FILE,
    ),
    described(
        "/doc/{key}/live",
        GET,
        Browsers,
        "The WebSocket of one open document",
        &[
            ("101", "The connection becomes a WebSocket"),
            ("403", "A page of another server asks"),
        ],
    ),
    described(
        "/doc/{key}/goodbye",
        POST,
        Browsers,
        "A page says that it was closed",
        &[
            ("204", "It was noted"),
            ("403", "The session token is not good"),
        ],
    )
    .body("text/plain", "The session token"),
    described(
        "/",
        GET,
        Browsers,
        "A page that says what this server is",
        PAGE,
    ),
    described(
        "/docs",
        GET,
        Browsers,
        "Leads to the documentation",
        &[("307", "To the first page")],
    ),
    described(
        "/docs/",
        GET,
        Browsers,
        "Leads to the documentation",
        &[("307", "To the first page")],
    ),
    described(
        "/docs/{path}",
        GET,
        Browsers,
        "A page of the documentation",
        FILE,
    ),
    described(
        "/info/info.json",
        GET,
        Administrators,
        "What is open, and who was connected in the last month",
        &[("200", "JSON")],
    ),
    described(
        "/metrics",
        GET,
        Administrators,
        "Counters for Prometheus",
        &[("200", "OpenMetrics text")],
    ),
    described(
        "/token",
        GET,
        Administrators,
        "Leads to the page about tokens",
        &[("307", "To /token/")],
    ),
    described(
        "/token/",
        GET,
        Administrators,
        "What is wrong with a token",
        PAGE,
    ),
    described(
        "/token/assets/{path}",
        GET,
        Administrators,
        "Scripts and styles of that page",
        FILE,
    ),
    described(
        "/token/explain",
        POST,
        Administrators,
        "Explains what was pasted",
        &[
            ("200", "What was found, as JSON"),
            ("400", "The question is not of the expected form"),
            ("413", "The input is larger than 1 MiB"),
        ],
    )
    .body(
        JSON,
        "\"input\", and \"secrets\" and a \"purpose\" if they are known",
    ),
    described(
        "/callbacks",
        GET,
        Administrators,
        "Leads to the page of callbacks",
        &[("307", "To /callbacks/")],
    ),
    described(
        "/callbacks/",
        GET,
        Administrators,
        "The last callbacks",
        PAGE,
    ),
    described(
        "/callbacks/assets/{path}",
        GET,
        Administrators,
        "Scripts and styles of that page",
        FILE,
    ),
    described(
        "/info/deaths.json",
        GET,
        Administrators,
        "Reports of engine processes that died over documents, the newest first",
        &[(
            "200",
            "Types, sizes, phases and commands, without keys, names or contents, as JSON",
        )],
    ),
    described(
        "/callbacks.json",
        GET,
        Administrators,
        "The last callbacks, the newest first",
        &[(
            "200",
            "Attempts to deliver a callback, without tokens and signatures, as JSON",
        )],
    )
    .query(&[
        ("key", "Only those of documents with this key"),
        ("tenant", "Only those of this tenant; empty for the default"),
    ]),
    described(
        "/callbacks/replay",
        POST,
        Administrators,
        "Sends a callback again, newly signed",
        &[
            ("200", "The new attempt, as in the list"),
            ("404", "The attempt is no longer known"),
            ("410", "The file that it names is no longer kept"),
            ("429", "Too many are waiting for their answers"),
        ],
    )
    .body(JSON, "\"id\": the attempt's id in the list"),
];

/// What stands before everything of the administrator's.
const GUARD: [(&str, &str); 3] = [
    ("401", "The administrator's password is wanted"),
    (
        "403",
        "There is no password and the request is not from the server's own machine, or a page of another server sends it",
    ),
    ("429", "Too many passwords were wrong"),
];

/// Answers with the description.
pub async fn openapi() -> Json<OpenApi> {
    Json(description())
}

fn description() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Recto")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "A document server that speaks the ONLYOFFICE Docs API. Applications sign what they send with the shared secret; what is for the administrator needs their password, or a request from the server's own machine.",
        ))
        .license(Some(LicenseBuilder::new().name("MPL-2.0").build()))
        .build();
    let paths = ALL.iter().fold(PathsBuilder::new(), |paths, one| {
        let mut item = PathItem::default();
        for method in one.methods {
            let place = match method {
                HttpMethod::Post => &mut item.post,
                _ => &mut item.get,
            };
            *place = Some(operation(one, method));
        }
        paths.path(one.path, item)
    });
    OpenApiBuilder::new().info(info).paths(paths).build()
}

fn operation(one: &Described, method: &HttpMethod) -> utoipa::openapi::path::Operation {
    let tag = match one.whom {
        For::Integrators => "integrators",
        For::Browsers => "browsers",
        For::Administrators => "administrators",
    };
    let guard: &[_] = match one.whom {
        For::Administrators => &GUARD,
        _ => &[],
    };
    let answers =
        one.answers
            .iter()
            .chain(guard)
            .fold(ResponsesBuilder::new(), |all, (status, what)| {
                all.response(*status, ResponseBuilder::new().description(*what).build())
            });
    let operation = OperationBuilder::new()
        .tag(tag)
        .summary(Some(one.summary))
        .responses(answers);
    let in_path = one.path.split('/').filter_map(|part| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        Some(parameter(name, ParameterIn::Path, None))
    });
    let in_query = one
        .query
        .iter()
        .map(|(name, what)| parameter(name, ParameterIn::Query, Some(what)));
    let operation = in_path
        .chain(in_query)
        .fold(operation, OperationBuilder::parameter);
    let body = one.body.filter(|_| *method == HttpMethod::Post);
    operation
        .request_body(body.map(|(media, what)| {
            RequestBodyBuilder::new()
                .description(Some(what))
                .content(media, Content::default())
                .build()
        }))
        .build()
}

fn parameter(name: &str, place: ParameterIn, what: Option<&str>) -> Parameter {
    let required = match place {
        ParameterIn::Path => Required::True,
        _ => Required::False,
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(what)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}

/// The paths of all pages and services.
pub(crate) fn described_paths() -> Vec<String> {
    let mut paths: Vec<_> = ALL.iter().map(|one| one.path.to_owned()).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests;

//! What a run knows of the server, and how it asks one case.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, redirect};
use serde_json::{Value, json};
use url::Url;

use crate::case::{Ask, Case, CaseError};
use crate::clock::{self, Clock};
use crate::forge::Recipe;
use crate::integrator::Integrator;
use crate::judge::{HttpOutcome, Outcome};
use crate::live::Protocol;
use crate::report::{Row, Verdict};
use crate::request::{Body, HttpRequest, LinkEdit, Means, Method, ReadyHttp};
use crate::run::{Options, RunError};
use crate::server::{ServerInfo, ServerKind, Target, shown};
use crate::story::{self, Stage};
use crate::template::Values;

/// How often a question is repeated whose second passed before the answer came.
const ATTEMPTS: usize = 8;
/// Time for a conversion, beyond that for other answers.
const CONVERSION: Duration = Duration::from_secs(120);
/// How often a server is asked for the time until its second changes.
const DATES: usize = 60;
const BETWEEN_DATES: Duration = Duration::from_millis(25);
/// Largest answer that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// Everything that a run needs.
pub(crate) struct Runner<'a> {
    target: &'a Target,
    timeout: Duration,
    /// Without a slash at its end.
    base: String,
    client: Client,
    /// A client whose connections can go on as something else than HTTP.
    upgrading: Client,
    clock: Clock,
    healthy: bool,
    kind: ServerKind,
}

impl<'a> Runner<'a> {
    /// Finds the server and learns its clock.
    pub async fn meet(target: &'a Target, options: &Options) -> Result<Self, RunError> {
        let mut url = target.url.clone();
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(RunError::Address(shown(&url)));
        }
        url.set_query(None);
        url.set_fragment(None);
        let base = url.as_str().trim_end_matches('/').to_owned();
        let unreachable = |error: &reqwest::Error| RunError::Unreachable {
            url: shown(&target.url),
            reason: reason(error),
        };
        let builder = || {
            Client::builder()
                .redirect(redirect::Policy::none())
                .connect_timeout(options.timeout)
                .user_agent(concat!("recto-conformance/", env!("CARGO_PKG_VERSION")))
        };
        let client = builder().timeout(options.timeout).build();
        let client = client.map_err(|error| unreachable(&error))?;
        let upgrading = builder().http1_only().build();
        let upgrading = upgrading.map_err(|error| unreachable(&error))?;

        let mut first = None;
        let mut healthy = false;
        let mut clock = Clock::default();
        for _ in 0..DATES {
            let answer = client.get(format!("{base}/healthcheck")).send().await;
            let answer = answer.map_err(|error| unreachable(&error))?;
            let date = clock::date(&answer);
            let status = answer.status().as_u16();
            // It is read in any case, or else the connection could not be used again.
            let text = answer.text().await.unwrap_or_default();
            let Some(before) = first else {
                healthy = text.trim() == "true";
                if !healthy && text.trim() != "false" {
                    return Err(RunError::NoDocumentServer {
                        url: shown(&target.url),
                        status,
                    });
                }
                let Some(date) = date else { break };
                first = Some(date);
                continue;
            };
            match date {
                Some(date) if date == before => tokio::time::sleep(BETWEEN_DATES).await,
                Some(date) => {
                    clock = Clock::of_new_second(date);
                    break;
                }
                None => break,
            }
        }
        Ok(Self {
            target,
            timeout: options.timeout,
            base,
            client,
            upgrading,
            clock,
            healthy,
            kind: ServerKind::Other,
        })
    }

    /// Finds out what kind of server it is, and what is to be known about the whole run.
    pub async fn look(&mut self) -> Result<(ServerInfo, Vec<String>), RunError> {
        for (protocol, kind) in [
            (Protocol::Recto, ServerKind::Recto),
            (Protocol::Onlyoffice, ServerKind::Onlyoffice),
        ] {
            let spoken = protocol.is_spoken(&self.upgrading, &self.base);
            if tokio::time::timeout(self.timeout, spoken)
                .await
                .unwrap_or(false)
            {
                self.kind = kind;
                break;
            }
        }
        let mut notes: Vec<String> = self.clock.note().into_iter().collect();
        if !self.healthy {
            notes.push("The server says by /healthcheck that it is not ready, so rows may be wrong for that reason. Wait until it is, and look into its log.".to_owned());
        }
        let version = self.version(json!({ "token": "{token}" })).await?;
        if version["error"] == 6 {
            notes.push("The server refuses a token that was made with the given secret, so most rows say nothing. Give the secret that the server has for requests (inbox), and look at whether it begins or ends with white space.".to_owned());
        } else if self.version("{fields}".into()).await?["error"] == 0 {
            notes.push("The server carries out commands without a token, so anybody who reaches it can use it. Switch tokens on, for example with JWT_ENABLED=true.".to_owned());
        }
        let server = ServerInfo {
            url: shown(&self.target.url),
            kind: self.kind,
            // `version` is that of the API; Recto tells its own besides.
            version: ["recto", "version"]
                .into_iter()
                .find_map(|name| version[name].as_str())
                .map(str::to_owned),
        };
        Ok((server, notes))
    }

    /// What the server answers to the command `version`.
    async fn version(&self, body: Value) -> Result<Value, RunError> {
        let request = HttpRequest {
            method: Method::Post,
            path: "/command".to_owned(),
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            accept: None,
            body: Body::Json(body),
            fields: json!({ "c": "version" }),
            decoy: json!({}),
            token: Recipe::default(),
            other: Recipe::default(),
            link: None,
        };
        let ready = request.ready(&self.means()).map_err(CaseError::of)?;
        Ok(match self.http(&ready, self.timeout).await {
            Outcome::Http(answer) => answer.json().unwrap_or_default(),
            _ => json!({}),
        })
    }

    fn means(&self) -> Means<'_> {
        Means {
            secret: &self.target.secret,
            header: &self.target.header,
            file: self.target.file.as_ref(),
            now: self.clock.now(),
        }
    }

    /// Asks the rows that need a document which is really open.
    pub async fn story(&self, integrator: Option<&mut Integrator>, only: Option<&str>) -> Vec<Row> {
        let Some(integrator) = integrator else {
            return story::skipped(
                only,
                "It needs an application that the server reaches; let the built-in one listen with --listen.",
            );
        };
        if self.kind != ServerKind::Recto {
            return story::skipped(
                only,
                "Documents are edited in Recto's own protocol alone, and the server speaks another.",
            );
        }
        let clock = self.clock;
        let stage = Stage {
            client: &self.client,
            upgrading: &self.upgrading,
            base: &self.base,
            secret: &self.target.secret,
            now: &move || clock.now(),
            run: format!("{:016x}", rand::random::<u64>()),
        };
        let mut rows = story::tell(&stage, integrator).await;
        rows.retain(|row| only.is_none_or(|only| row.id.starts_with(only)));
        rows
    }

    /// Asks one case.
    pub async fn row(&self, case: &Case) -> Result<Row, RunError> {
        let row = |verdict, got, why| Row {
            id: case.id.clone(),
            group: case.group().to_owned(),
            title: case.title.clone(),
            verdict,
            expected: case.expect.to_string(),
            got,
            why,
        };
        let skipped = |why: &str| Ok(row(Verdict::Skipped, None, Some(why.to_owned())));
        if case.needs_file && self.target.file.is_none() {
            return skipped("It needs a file that the server can fetch; name one with --file-url.");
        }
        let protocol = match self.kind {
            ServerKind::Recto => Some(Protocol::Recto),
            ServerKind::Onlyoffice => Some(Protocol::Onlyoffice),
            ServerKind::Other => None,
        };
        if matches!(case.ask, Ask::Live(_)) && protocol.is_none() {
            return skipped(
                "The server speaks neither ONLYOFFICE's protocol nor Recto's on its WebSocket.",
            );
        }
        let attempts = if case.precise { ATTEMPTS } else { 1 };
        let mut attempt = 1;
        loop {
            if case.precise {
                self.clock.early_in_a_second().await;
            }
            let (outcome, values) = self.ask(case, protocol).await?;
            let explained = self.kind == ServerKind::Recto;
            let (verdict, why) = judge(case, self.kind, &outcome, &values, explained);
            // An answer says nothing if the second that its token is about had passed.
            let answered = match &outcome {
                Outcome::Http(answer) => answer.date,
                _ => None,
            };
            let late = answered.unwrap_or_else(|| self.clock.now()) != values.now();
            if verdict == Verdict::Wrong && late && attempt < attempts {
                attempt += 1;
                continue;
            }
            let mut got = outcome.shown(&self.target.secret);
            // The key is another one in each run.
            if let Some(key) = values.text("key") {
                got = got.replace(key, "{key}");
            }
            return Ok(row(verdict, Some(got), why));
        }
    }

    async fn ask(
        &self,
        case: &Case,
        protocol: Option<Protocol>,
    ) -> Result<(Outcome, Values), RunError> {
        let means = self.means();
        match &case.ask {
            Ask::Http(request) => {
                let ready = request.ready(&means).map_err(CaseError::of)?;
                let timeout = if case.needs_file {
                    self.timeout + CONVERSION
                } else {
                    self.timeout
                };
                let mut outcome = self.http(&ready, timeout).await;
                if let Some(edit) = request.link {
                    outcome = self.follow(edit, &outcome, timeout).await;
                }
                Ok((outcome, ready.values))
            }
            Ask::Live(request) => {
                let ready = request.ready(&means).map_err(CaseError::of)?;
                let outcome = match protocol {
                    Some(protocol) => {
                        let opening = protocol.open(&self.upgrading, &self.base, &ready);
                        tokio::time::timeout(self.timeout, opening)
                            .await
                            .unwrap_or_else(|_| self.silence())
                    }
                    None => self.silence(),
                };
                Ok((outcome, ready.values))
            }
        }
    }

    fn silence(&self) -> Outcome {
        Outcome::Nothing(format!("no answer within {} s", self.timeout.as_secs()))
    }

    async fn http(&self, request: &ReadyHttp, timeout: Duration) -> Outcome {
        let url = format!("{}{}", self.base, request.path);
        let mut builder = match request.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url),
        };
        builder = builder.timeout(timeout).query(&request.query);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(accept) = &request.accept {
            builder = builder.header(reqwest::header::ACCEPT, accept);
        }
        if let Some(body) = &request.body {
            builder = builder
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        answer(builder).await
    }

    /// Fetches a converted file by a link that was changed.
    async fn follow(&self, edit: LinkEdit, converted: &Outcome, timeout: Duration) -> Outcome {
        let link = match converted {
            Outcome::Http(answer) => answer.json().unwrap_or_default()["fileUrl"]
                .as_str()
                .and_then(|link| Url::parse(link).ok()),
            _ => None,
        };
        let Some(link) = link else {
            let shown = converted.shown(&self.target.secret);
            return Outcome::Impossible(format!("The conversion brought no link: {shown}."));
        };
        match edit.apply(&link) {
            Some(link) => answer(self.client.get(link).timeout(timeout)).await,
            None => Outcome::Impossible(
                "The link of the converted file has no member that could be changed so.".to_owned(),
            ),
        }
    }
}

/// Sends a request and reads its answer.
async fn answer(request: RequestBuilder) -> Outcome {
    match request.send().await {
        Ok(mut answer) => {
            let status = answer.status().as_u16();
            let date = clock::date(&answer);
            let mut body = Vec::new();
            loop {
                match answer.chunk().await {
                    Ok(Some(chunk)) if body.len() + chunk.len() <= LARGEST => {
                        body.extend_from_slice(&chunk);
                    }
                    Ok(Some(_)) => {
                        return Outcome::Nothing("an answer of more than 1 MiB".to_owned());
                    }
                    Ok(None) => break,
                    Err(error) => return Outcome::Nothing(reason(&error)),
                }
            }
            let body = String::from_utf8_lossy(&body).into_owned();
            Outcome::Http(HttpOutcome { status, body, date })
        }
        Err(error) => Outcome::Nothing(reason(&error)),
    }
}

fn judge(
    case: &Case,
    kind: ServerKind,
    outcome: &Outcome,
    values: &Values,
    explained: bool,
) -> (Verdict, Option<String>) {
    if let Outcome::Impossible(why) = outcome {
        return (Verdict::Skipped, Some(why.clone()));
    }
    if outcome.meets(&case.expect, values, explained) {
        return (Verdict::Equal, None);
    }
    if kind == ServerKind::Recto {
        if let Some(difference) = &case.difference
            && outcome.meets(&difference.expect, values, explained)
        {
            return (Verdict::Deliberate, Some(difference.why.clone()));
        }
    } else if let (Some(why), Outcome::Accepted) = (&case.interchangeable, outcome) {
        return (Verdict::Skipped, Some(why.clone()));
    }
    (Verdict::Wrong, None)
}

/// What went wrong with a request, without its address: that may hold a token.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    if error.source().is_none() {
        return "the request failed".to_owned();
    }
    deepest.to_string()
}

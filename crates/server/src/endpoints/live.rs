//! `GET /doc/{key}/live`: the WebSocket of one browser.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use governor::clock::Clock;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use recto_docs_api::DocumentKey;
use recto_session::wire::{FromBrowser, Open, Taking, ToBrowser, Unreadable};
use recto_session::{
    Inlet, Joined, Limits, Outgoing, Problem, Purpose, Returning, Room, TokenId, outlet,
};
use recto_token::{
    Method, Opening, Refusal, Verified, history_with_tokens_off, method_with_tokens_off,
    opening_with_tokens_off, verify_history, verify_method, verify_opening, verify_session,
};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tracing::{Instrument, Span};

use super::{Shared, log_refusal};
use crate::client::Client;
use crate::config::Refusals;
use crate::listener::Seats;
use crate::metrics::{Metrics, Traffic};
use crate::request_id::Reference;
use crate::socket::{Gate, MAX_MESSAGE, Socket, USUAL_MESSAGE, Upgrade};
use crate::tenants::Tenant;

/// Time for the first message.
const FIRST: Duration = Duration::from_secs(10);
/// Heartbeats that may go unanswered.
const SILENT: u32 = 3;
/// What those are told for whom there is no room.
const FULL: [&str; 4] = [
    "session.full",
    "session.token_views",
    "tenant.full",
    "server.full",
];

/// Characters of a refused origin in the log.
const SHOWN_ORIGIN: usize = 200;

/// Upgrades, unless another server's page asks.
pub async fn live(
    State(shared): State<Arc<Shared>>,
    Path(key): Path<String>,
    Reference(request): Reference,
    client: Client,
    seats: Seats,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    if !shared.origins.has(&headers) {
        let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
        let origin = String::from_utf8_lossy(origin.unwrap_or_default());
        let origin: String = origin.chars().take(SHOWN_ORIGIN).collect();
        tracing::warn!(
            request,
            ?origin,
            "a WebSocket from a page of another origin was refused; if it is this server's own address, set public_url to it"
        );
        return (
            StatusCode::FORBIDDEN,
            "Only this server's own editor page may connect here.",
        )
            .into_response();
    }
    let Ok(place) = shared.unauthenticated.clone().try_acquire_owned() else {
        shared.metrics.beyond_limit("live.unauthenticated");
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "10")],
            "Too many connections have not said yet who they are. Try again in a moment.",
        )
            .into_response();
    };
    let telling = Telling {
        request,
        refusals: shared.refusals,
    };
    // What is logged on the connection's behalf has its request's id too.
    let span = Span::current();
    let before = shared.first_message_bytes;
    let large = shared.large_messages.clone();
    upgrade.accept(before, large, move |socket, gate| {
        let unknown = Unknown {
            gate,
            _place: place,
        };
        let served = serve(shared, key, client, telling, socket, unknown);
        async move {
            served.await;
            drop(seats);
        }
        .instrument(span)
    })
}

/// Somebody of whom nothing is known yet: they may send little, and there are few of them.
struct Unknown {
    gate: Gate,
    _place: OwnedSemaphorePermit,
}

impl Unknown {
    /// It is known who they are, and whether they may change the document.
    fn admitted(self, may_change: bool) -> Gate {
        self.gate.open(if may_change {
            MAX_MESSAGE
        } else {
            USUAL_MESSAGE
        });
        self.gate
    }
}

/// How the browser of one connection is told of an end.
#[derive(Clone)]
struct Telling {
    request: String,
    refusals: Refusals,
}

impl Telling {
    fn tell(&self, message: ToBrowser) -> ToBrowser {
        let message = message.with_request(&self.request);
        match self.refusals {
            Refusals::Full => message,
            Refusals::Code => message.in_general(),
        }
    }
}

async fn serve(
    shared: Arc<Shared>,
    key: String,
    client: Client,
    telling: Telling,
    socket: Socket,
    unknown: Unknown,
) {
    let connected = shared.metrics.connected();
    let traffic = connected.traffic();
    let (sink, mut stream) = socket.split();
    let first = timeout(FIRST, first_message(&mut stream)).await;
    let first = match first {
        Ok(None) if unknown.gate.is_shut() => Ok(Some(Err(Problem::first_message()))),
        first => first,
    };
    let open = match first {
        Ok(Some(Ok(open))) => open,
        Ok(Some(Err(problem))) => {
            shared.metrics.refused(problem.code);
            shared.metrics.beyond_limit(problem.code);
            return end(sink, &telling.tell(ToBrowser::failed(&problem, true))).await;
        }
        Ok(None) | Err(_) => return,
    };
    let token = open
        .session
        .as_deref()
        .or_else(|| open.config.get("token")?.as_str());
    let tenant = match shared.tenants.find(client.host(), token) {
        Ok(tenant) => tenant,
        Err(refusal) => return refuse(sink, &shared.metrics, &telling, refusal).await,
    };
    let Admitted {
        opening,
        returning,
        token,
    } = match admit(&shared, tenant, &key, open) {
        Ok(admitted) => admitted,
        Err(refusal) => return refuse(sink, &tenant.metrics, &telling, refusal).await,
    };
    let gate = unknown.admitted(opening.access.can_change());
    // The first message is through.
    gate.whole(0);
    let heartbeat = tenant.sessions.services().config.heartbeat;
    let request = telling.request.clone();
    let (outlet, inlet) = outlet();
    let sent = traffic.clone();
    let mut writer = tokio::spawn(write(sink, inlet, heartbeat, key, telling, sent));
    let returned = returning.is_some();
    match tenant
        .sessions
        .join(opening, returning, token, outlet.clone())
        .await
    {
        Ok(joined) => {
            tenant.metrics.opened(returned);
            drop(outlet);
            let on_purpose = tokio::select! {
                on_purpose = read(&shared, tenant, (&mut stream, &gate), &joined, heartbeat * SILENT, &traffic) => on_purpose,
                _ = &mut writer => false,
            };
            joined.ended(on_purpose).await;
        }
        Err(problem) => {
            tenant.metrics.refused(problem.code);
            if FULL.contains(&problem.code) {
                tenant.metrics.beyond_limit(problem.code);
                tracing::warn!(
                    request,
                    code = problem.code,
                    "there is no room for one more"
                );
            }
            outlet.fail(&problem);
            drop(outlet);
        }
    }
    // The connection ends with its writer: after the last word, or when that does not get through.
    if !writer.is_finished() && timeout(FIRST, &mut writer).await.is_err() {
        writer.abort();
    }
}

/// Says why nobody is let in, and ends.
async fn refuse(
    sink: SplitSink<Socket, Message>,
    metrics: &Metrics,
    telling: &Telling,
    refusal: Refusal,
) {
    metrics.refused(refusal.code);
    log_refusal("opening refused", &telling.request, &refusal);
    end(sink, &telling.tell(ToBrowser::from(refusal))).await;
}

async fn first_message(stream: &mut SplitStream<Socket>) -> Option<Result<Open, Problem>> {
    loop {
        match stream.next().await? {
            Ok(Message::Text(text)) => {
                // The parser's word may quote what was sent, so it is not passed on.
                return Some(serde_json::from_str(&text).map_err(|_| Problem::unreadable()));
            }
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(Message::Binary(_) | Message::Close(_) | Message::Frame(_)) | Err(_) => return None,
        }
    }
}

/// Somebody who may come in.
struct Admitted {
    opening: Verified<Opening>,
    returning: Option<Returning>,
    /// The verified token that the view counts for.
    token: Option<TokenId>,
}

/// Who may join which document, from verified values alone.
fn admit(
    shared: &Shared,
    tenant: &Tenant,
    path_key: &str,
    open: Open,
) -> Result<Admitted, Refusal> {
    let now = shared.now();
    if let Some(session) = &open.session {
        let key: DocumentKey = path_key
            .parse()
            .map_err(|_| Refusal::wrong_document(path_key))?;
        let grant = verify_session(&tenant.keys, session, &key, now)?;
        // A session token of a version of this server that named none counts as one by itself.
        let token = match grant.get().counts_for {
            Some(token) => Some(TokenId::from(token)),
            None => shared.tokens.then(|| TokenId::of(session)),
        };
        if let Some(version) = &open.version {
            let version = if shared.tokens {
                verify_history(&tenant.keys, version, &grant, open.marks, now)?
            } else {
                tracing::warn!(
                    key = path_key,
                    "tokens are off: an unsigned version of the history is shown"
                );
                history_with_tokens_off(version, &grant, open.marks)?
            };
            return Ok(Admitted {
                opening: version,
                returning: None,
                token,
            });
        }
        let participant = grant.get().participant.clone();
        let resumes = open
            .resume
            .is_some_and(|resume| resume.participant == participant);
        let returning = Returning {
            participant,
            resumes,
        };
        return Ok(Admitted {
            opening: grant.opening(),
            returning: Some(returning),
            token,
        });
    }
    let opening = if shared.tokens {
        verify_opening(&tenant.keys, &open.config, now)?
    } else {
        tracing::warn!(
            key = path_key,
            "tokens are off: an unsigned config is accepted"
        );
        opening_with_tokens_off(&open.config)?
    };
    if opening.get().key.as_str() == path_key {
        let token = open.config.get("token").and_then(Value::as_str);
        Ok(Admitted {
            opening,
            returning: None,
            token: token.filter(|_| shared.tokens).map(TokenId::of),
        })
    } else {
        Err(Refusal::wrong_document(path_key))
    }
}

/// Waits until the participant may have a message under way. Nothing is read meanwhile, so their pings
/// are answered unasked.
async fn room(joined: &Joined, message: &FromBrowser, bytes: usize, heartbeat: Duration) -> Room {
    let room = joined.room(message, bytes);
    tokio::pin!(room);
    loop {
        match timeout(heartbeat, &mut room).await {
            Ok(room) => return room,
            Err(_) => joined.answer(ToBrowser::Pong),
        }
    }
}

/// How fast messages of one connection are read.
struct Pace(Option<DefaultDirectRateLimiter>);

impl Pace {
    fn new(limits: &Limits) -> Self {
        let rate = NonZeroU32::new(limits.messages_per_second);
        Self(rate.map(|rate| RateLimiter::direct(Quota::per_second(rate))))
    }

    /// Waits until the next message may be read.
    async fn keep(&self) {
        let Some(limiter) = &self.0 else { return };
        while let Err(early) = limiter.check() {
            sleep(early.wait_time_from(limiter.clock().now())).await;
        }
    }
}

/// How often a connection sent values that are out of bounds lately.
struct Conduct {
    refused: bool,
    limiter: Option<DefaultDirectRateLimiter>,
}

impl Conduct {
    fn new(limits: &Limits) -> Self {
        // What is far apart over a long day is no attack.
        let quota = NonZeroU32::new(limits.refused_messages)
            .map(|most| Quota::per_minute(NonZeroU32::MIN).allow_burst(most));
        Self {
            refused: false,
            limiter: quota.map(RateLimiter::direct),
        }
    }

    /// What is told of a message that was not taken, and what ends the connection, if anything does.
    fn refused(&mut self, why: &Unreadable) -> (Option<Problem>, Option<Problem>) {
        let Unreadable::OutOfBounds { kind, column } = why else {
            tracing::info!(%why, "a connection is ended");
            return (None, Some(Problem::unreadable()));
        };
        if !std::mem::replace(&mut self.refused, true) {
            // Once for each connection, and without the value: it may be a document's text.
            tracing::warn!(kind, column, "a message has a value that is out of bounds");
        }
        (Some(Problem::out_of_bounds(kind)), self.counted())
    }

    fn counted(&mut self) -> Option<Problem> {
        let enough = match &self.limiter {
            Some(limiter) => limiter.check().is_err(),
            None => true,
        };
        enough.then(|| {
            tracing::warn!("a connection is ended that goes on to send values out of bounds");
            Problem::misbehaved()
        })
    }
}

/// Hands messages on until the connection ends; true when it was ended on purpose.
async fn read(
    shared: &Shared,
    tenant: &Tenant,
    (stream, gate): (&mut SplitStream<Socket>, &Gate),
    joined: &Joined,
    silence: Duration,
    traffic: &Traffic,
) -> bool {
    let limits = &tenant.sessions.services().config.limits;
    let mut conduct = Conduct::new(limits);
    let pace = Pace::new(limits);
    let mut until = Instant::now() + silence;
    let mut had_begun = false;
    loop {
        let Ok(Some(Ok(message))) = timeout_at(until, stream.next()).await else {
            return false;
        };
        let bytes = length(&message);
        let large = match &message {
            Message::Text(_) | Message::Binary(_) => gate.whole(bytes),
            _ => {
                gate.control(bytes);
                None
            }
        };
        traffic.received(bytes);
        pace.keep().await;
        match message {
            Message::Text(text) => match FromBrowser::read(&text) {
                Ok(FromBrowser::InsertImage { id, call }) => {
                    if !insert(shared, tenant, joined, id, &call).await {
                        return false;
                    }
                }
                Ok(FromBrowser::TakeDocument { id, method, call }) => {
                    if !take(shared, tenant, joined, id, method, &call).await {
                        return false;
                    }
                }
                Ok(message) => {
                    if let FromBrowser::Input { input: Err(_), .. } = &message
                        && let Some(end) = conduct.counted()
                    {
                        tenant.metrics.beyond_limit(end.code);
                        joined.fail(&end);
                        return true;
                    }
                    let room = room(joined, &message, bytes, silence / SILENT).await;
                    let room = room.with(large);
                    if !joined.send(message, room).await {
                        return false;
                    }
                }
                Err(unreadable) => {
                    let (told, end) = conduct.refused(&unreadable);
                    if let Some(problem) = told {
                        tenant.metrics.beyond_limit(problem.code);
                        joined.answer(ToBrowser::notice(&problem));
                    }
                    if let Some(problem) = end {
                        tenant.metrics.beyond_limit(problem.code);
                        joined.fail(&problem);
                        return true;
                    }
                }
            },
            Message::Close(frame) => {
                // A page that is closed says so; one that reconnects has its own code.
                return frame.is_some_and(|frame| {
                    matches!(frame.code, CloseCode::Normal | CloseCode::Away)
                });
            }
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Binary(_) | Message::Frame(_) => return false,
        }
        // Pings are a sign of life, but none of the message that they interrupt.
        let had_not = !had_begun;
        had_begun = gate.has_begun();
        if had_not || !had_begun {
            until = Instant::now() + silence;
        }
    }
}

/// Hands on the pictures that the token of the call names; false when the session has ended.
async fn insert(shared: &Shared, tenant: &Tenant, joined: &Joined, id: u64, call: &Value) -> bool {
    let now = shared.now();
    let token = call
        .get("token")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let grant = if shared.tokens {
        verify_method(&tenant.keys, token, Method::InsertImage, now)
    } else {
        tracing::warn!("tokens are off: unsigned pictures are inserted");
        method_with_tokens_off(call, Method::InsertImage)
    };
    match grant {
        Ok(grant) => joined.insert(id, grant).await,
        Err(refusal) => {
            tracing::warn!(code = refusal.code, "pictures were refused");
            joined.answer(ToBrowser::insert_refused(id, &refusal));
            true
        }
    }
}

/// Hands on the document that the token of the call names; false when the session has ended.
async fn take(
    shared: &Shared,
    tenant: &Tenant,
    joined: &Joined,
    id: u64,
    method: Taking,
    call: &Value,
) -> bool {
    let now = shared.now();
    let text = |name: &str| call.get(name).and_then(Value::as_str);
    let method = match method {
        Taking::SetRequestedDocument => Method::SetRequestedDocument,
        Taking::SetRevisedFile => Method::SetRevisedFile,
    };
    let grant = if shared.tokens {
        verify_method(&tenant.keys, text("token").unwrap_or_default(), method, now)
    } else {
        tracing::warn!("tokens are off: an unsigned document is taken");
        method_with_tokens_off(call, method)
    };
    let grant = match grant {
        Ok(grant) => grant,
        Err(refusal) => {
            tracing::warn!(code = refusal.code, "a second document was refused");
            joined.answer(ToBrowser::take_refused(id, &refusal));
            return true;
        }
    };
    // ONLYOFFICE's own examples sign the file and not what is done with it.
    let command = match method {
        Method::SetRevisedFile => None,
        _ => grant.command.as_deref().or(text("c")),
    };
    match Purpose::parse(command) {
        Ok(purpose) => joined.take(id, grant, purpose).await,
        Err(problem) => {
            joined.answer(ToBrowser::taken(id, Err(problem)));
            true
        }
    }
}

async fn write(
    mut sink: SplitSink<Socket, Message>,
    mut inlet: Inlet,
    heartbeat: Duration,
    key: String,
    telling: Telling,
    traffic: Traffic,
) {
    let mut beat = interval_at(Instant::now() + heartbeat, heartbeat);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let outgoing = tokio::select! {
            biased;
            outgoing = inlet.text.recv() => outgoing.unwrap_or(Outgoing::Close),
            Some(outgoing) = inlet.tiles.recv() => outgoing,
            _ = beat.tick() => {
                if sink.send(Message::Ping(Bytes::new())).await.is_err() {
                    return;
                }
                continue;
            }
        };
        // The share is given back when the message is through.
        let (message, _share) = match outgoing {
            Outgoing::Text(message, share) => {
                if let ToBrowser::Failed {
                    code,
                    message,
                    fatal: true,
                    ..
                } = &message
                {
                    // The session's own line has the key, and no request: many share a session.
                    tracing::warn!(request = telling.request, %key, code, sentence = message, "a browser was told of a failure");
                }
                (as_text(&telling.tell(message)), Some(share))
            }
            Outgoing::Tile(frame) => (Message::Binary(frame), None),
            Outgoing::Close => break,
        };
        let bytes = length(&message);
        tokio::select! {
            sent = sink.send(message) => {
                traffic.sent(bytes);
                if sent.is_err() {
                    return;
                }
            }
            () = inlet.given_up.cancelled() => return,
        }
    }
    // The other side may be gone already.
    let _ = sink.send(goodbye()).await;
    let _ = sink.close().await;
}

/// Bytes of a message's content.
fn length(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) | Message::Frame(_) => 0,
    }
}

/// Closes a connection on the server's initiative.
fn goodbye() -> Message {
    Message::Close(Some(CloseFrame {
        code: CloseCode::Library(4001),
        reason: "".into(),
    }))
}

fn as_text(message: &ToBrowser) -> Message {
    match serde_json::to_string(message) {
        Ok(text) => Message::Text(text.into()),
        Err(error) => {
            // Plain structures of text and numbers: this cannot happen, and is no reason to panic.
            tracing::error!(%error, "a message could not be written");
            Message::Ping(Bytes::new())
        }
    }
}

async fn end(mut sink: SplitSink<Socket, Message>, last: &ToBrowser) {
    // The other side may be gone already.
    let _ = sink.send(as_text(last)).await;
    let _ = sink.send(goodbye()).await;
    let _ = sink.close().await;
}

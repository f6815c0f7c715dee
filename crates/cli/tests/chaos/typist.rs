//! A browser that types numbered words and does not give up: it comes back, and sends again what was
//! not confirmed, as the editor does.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// How long to wait before connecting again.
const PAUSE: Duration = Duration::from_millis(200);
/// Ctrl+End, as the engine names keys.
const TO_THE_END: u32 = 0x2000 | 0x405;

/// A word, and when the server confirmed it.
#[derive(Debug, Clone)]
pub struct Word {
    pub text: String,
    pub confirmed: Option<Instant>,
    /// When the server said that all is stored.
    pub stored: Option<Instant>,
}

/// Something that was said to the user.
#[derive(Debug, Clone)]
pub struct Told {
    pub at: Instant,
    pub message: String,
}

/// What a typist did and heard.
#[derive(Debug, Default, Clone)]
pub struct Record {
    pub words: Vec<Word>,
    pub told: Vec<Told>,
    /// Downloads that came.
    pub downloads: usize,
    /// What ended it for good.
    pub ended: Option<Value>,
}

#[derive(Default)]
struct State {
    record: Record,
    /// Sequence number, input and which word it is.
    pending: VecDeque<(u64, Value, Option<usize>)>,
    last: u64,
    session: Value,
    participant: Value,
    /// Inputs are kept back until a new engine has the document.
    held: bool,
}

enum Order {
    Word,
    Download,
    Leave,
}

/// How far a typist is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Progress {
    open: bool,
    confirmed: bool,
    ended: bool,
}

pub struct Typist {
    name: char,
    state: Arc<Mutex<State>>,
    orders: mpsc::UnboundedSender<Order>,
    progress: watch::Receiver<Progress>,
    task: JoinHandle<()>,
}

impl Typist {
    /// Begins to open the document of a config. The server may be away, and return at this address.
    pub fn start(server: SocketAddr, config: Value, name: char) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let (orders, inbox) = mpsc::unbounded_channel();
        let (progress, seen) = watch::channel(Progress::default());
        let key = config["document"]["key"].as_str().unwrap();
        let connection = Connection {
            url: format!("ws://{server}/doc/{key}/live"),
            config,
            state: state.clone(),
            progress,
        };
        Self {
            name,
            state,
            orders,
            progress: seen,
            task: tokio::spawn(connection.run(inbox)),
        }
    }

    /// Types the next word.
    pub fn word(&self) {
        let mut state = lock(&self.state);
        let text = format!("{}{:04}", self.name, state.record.words.len());
        state.record.words.push(Word {
            text,
            confirmed: None,
            stored: None,
        });
        drop(state);
        let _ = self.orders.send(Order::Word);
    }

    /// Asks for a download.
    pub fn download(&self) {
        let _ = self.orders.send(Order::Download);
    }

    /// Whether the document is open; waits for it.
    pub async fn opened(&self, limit: Duration) -> bool {
        self.seen(limit, |progress| progress.open).await
    }

    /// Whether all that was typed is confirmed; waits for it.
    pub async fn confirmed(&self, limit: Duration) -> bool {
        self.seen(limit, |progress| progress.confirmed).await
    }

    async fn seen(&self, limit: Duration, what: impl Fn(&Progress) -> bool) -> bool {
        let mut progress = self.progress.clone();
        let wanted = progress.wait_for(|progress| progress.ended || what(progress));
        matches!(tokio::time::timeout(limit, wanted).await, Ok(Ok(progress)) if !progress.ended)
    }

    /// Leaves on purpose, and gives what was typed and heard.
    pub async fn leave(self) -> Record {
        let _ = self.orders.send(Order::Leave);
        let _ = self.task.await;
        lock(&self.state).record.clone()
    }

    /// Is cut off and does not come back.
    pub fn cut(self) -> Record {
        self.task.abort();
        lock(&self.state).record.clone()
    }
}

struct Connection {
    url: String,
    config: Value,
    state: Arc<Mutex<State>>,
    progress: watch::Sender<Progress>,
}

impl Connection {
    async fn run(self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            let left = self.connected(&mut orders).await;
            self.progress.send_modify(|progress| progress.open = false);
            if left || lock(&self.state).record.ended.is_some() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.progress.send_modify(|progress| progress.ended = true);
    }

    /// Until the connection ends. Whether the typist has left.
    async fn connected(&self, orders: &mut mpsc::UnboundedReceiver<Order>) -> bool {
        let Ok((socket, _)) = connect_async(&self.url).await else {
            return false;
        };
        let (mut to, mut from) = socket.split();
        if to.send(Message::text(self.open())).await.is_err() {
            return false;
        }
        let mut leaving = false;
        loop {
            let say = tokio::select! {
                message = from.next() => match message {
                    Some(Ok(Message::Text(text))) => self.hears(&text),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return leaving,
                    Some(Ok(_)) => Vec::new(),
                },
                order = orders.recv(), if self.progress.borrow().open && !leaving => match order {
                    Some(Order::Word) => self.types(),
                    Some(Order::Download) => {
                        vec![json!({ "type": "download", "id": 1, "print": false, "format": "pdf" })]
                    }
                    Some(Order::Leave) | None => {
                        leaving = true;
                        vec![json!({ "type": "leave" })]
                    }
                },
            };
            for message in say {
                if to.send(Message::text(message.to_string())).await.is_err() {
                    return leaving;
                }
            }
        }
    }

    fn open(&self) -> String {
        let state = lock(&self.state);
        let mut open = json!({ "type": "open", "config": self.config });
        if !state.participant.is_null() {
            open["session"] = state.session.clone();
            open["resume"] = json!({ "participant": state.participant, "sent": state.last });
        }
        open.to_string()
    }

    /// The next word that was not sent yet.
    fn types(&self) -> Vec<Value> {
        let mut state = lock(&self.state);
        let sent = state.pending.iter().filter_map(|(_, _, word)| *word).max();
        let confirmed = state
            .record
            .words
            .iter()
            .rposition(|it| it.confirmed.is_some());
        let word = sent.max(confirmed).map_or(0, |last| last + 1);
        let text = format!("{} ", state.record.words[word].text);
        let inputs = [
            (to_the_end(), None),
            (json!({ "kind": "text", "text": text }), Some(word)),
        ];
        let first = state.pending.len();
        for (input, word) in inputs {
            state.last += 1;
            let seq = state.last;
            state.pending.push_back((seq, input, word));
        }
        self.progress
            .send_modify(|progress| progress.confirmed = false);
        if state.held {
            return Vec::new();
        }
        state.pending.iter().skip(first).map(numbered).collect()
    }

    /// What is to be said to a message.
    fn hears(&self, text: &str) -> Vec<Value> {
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            return Vec::new();
        };
        let mut state = lock(&self.state);
        let mut say = Vec::new();
        match message["type"].as_str().unwrap_or_default() {
            "opened" => {
                say = state.opened(&message);
                self.progress.send_modify(|progress| progress.open = true);
            }
            "session" => state.session = message["token"].clone(),
            "ack" => state.confirmed(message["seq"].as_u64().unwrap_or_default()),
            "progress" => state.held |= message["stage"] == "recovering",
            "download" => state.record.downloads += 1,
            "save" if message["state"] == "saved" => state.stored(),
            "notice" => state.told(&message),
            "refused" => {
                state.told(&message);
                state.record.ended = Some(message);
            }
            "failed" => {
                state.told(&message);
                if message["fatal"] == true {
                    state.record.ended = Some(message);
                }
            }
            _ => {}
        }
        let confirmed = state.pending.is_empty();
        let waiting = state.record.words.len();
        let done = state
            .record
            .words
            .iter()
            .filter(|it| it.confirmed.is_some());
        let confirmed = confirmed && done.count() == waiting;
        self.progress.send_if_modified(|progress| {
            let changed = progress.confirmed != confirmed;
            progress.confirmed = confirmed;
            changed
        });
        say
    }
}

impl State {
    /// Sends again what was not applied: to a new view from the end of the text on.
    fn opened(&mut self, opened: &Value) -> Vec<Value> {
        let applied = opened["applied"].as_u64().unwrap_or_default();
        self.participant = opened["participant"].clone();
        self.session = opened["session"].clone();
        self.held = false;
        if opened["fresh"] == true {
            let again = std::mem::take(&mut self.pending);
            let again = again.into_iter().map(|(_, input, word)| (input, word));
            self.pending = (applied + 1..)
                .zip([(to_the_end(), None)].into_iter().chain(again))
                .map(|(seq, (input, word))| (seq, input, word))
                .collect();
            self.last = applied + self.pending.len() as u64;
        } else {
            self.confirmed(applied);
        }
        self.pending.iter().map(numbered).collect()
    }

    fn confirmed(&mut self, seq: u64) {
        while let Some((first, _, word)) = self.pending.front()
            && *first <= seq
        {
            if let Some(word) = word {
                self.record.words[*word].confirmed = Some(Instant::now());
            }
            self.pending.pop_front();
        }
    }

    fn stored(&mut self) {
        let words = self.record.words.iter_mut();
        for word in words.filter(|word| word.confirmed.is_some()) {
            word.stored.get_or_insert_with(Instant::now);
        }
    }

    fn told(&mut self, message: &Value) {
        let message = format!(
            "{}: {}",
            message["code"].as_str().unwrap_or_default(),
            message["message"].as_str().unwrap_or_default()
        );
        self.record.told.push(Told {
            at: Instant::now(),
            message,
        });
    }
}

fn to_the_end() -> Value {
    json!({ "kind": "key", "char": 0, "code": TO_THE_END })
}

fn numbered((seq, input, _): &(u64, Value, Option<usize>)) -> Value {
    json!({ "type": "input", "seq": seq, "input": input })
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap()
}

//! Some documents at a time, two people in each, and what happens to them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use rand::Rng;
use rand::rngs::StdRng;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::common::{Answer, Integrator, LONGEST, Server, Setup, get, new_key, signed};
use crate::judge::{Findings, Trial};
use crate::sources::{broken_sources, some_broken};
use crate::typist::{Record, Typist};

/// From a change to its snapshot, in seconds.
const SNAPSHOT: u64 = 2;
/// What a busy machine may add to it, until the snapshot is on the disk.
const BUSY: Duration = Duration::from_secs(8);
/// How long an engine is stopped: no time to be given up.
const STOPPED: Duration = Duration::from_secs(2);
/// How often somebody may type.
const TICK: Duration = Duration::from_millis(40);

/// What happens to a document.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each of them happens or doesn't, whatever the others do"
)]
#[derive(Debug, Default, Clone, Copy)]
pub struct Fate {
    pub kit_killed: bool,
    pub kit_stopped: bool,
    pub source_broken: bool,
    pub callback_broken: bool,
    /// Everybody is gone when the server is killed, or at the end, and nobody says so.
    pub abandoned: bool,
}

impl Fate {
    pub fn any(random: &mut StdRng) -> Self {
        Self {
            kit_killed: random.random_bool(0.5),
            kit_stopped: random.random_bool(0.3),
            source_broken: random.random_bool(0.3),
            callback_broken: random.random_bool(0.3),
            abandoned: random.random_bool(0.2),
        }
    }
}

/// A document that is being written.
pub struct Scene {
    key: String,
    fate: Fate,
    pub typists: Vec<Typist>,
    records: Vec<Record>,
    kills: Vec<Instant>,
    stopped: Option<(i32, Instant)>,
}

impl Scene {
    /// Whether its engine is still to be hurt.
    fn due(&self) -> bool {
        !self.typists.is_empty() && (self.fate.kit_killed || self.fate.kit_stopped)
    }
}

/// The server and who talks to it.
pub struct Stage {
    pub findings: Findings,
    setup: Setup,
    /// What servers that were killed wrote.
    logs: String,
    server: Server,
    address: SocketAddr,
    integrator: Integrator,
    sources: SocketAddr,
}

impl Stage {
    pub async fn start() -> Self {
        let setup = Setup::default()
            .arg("--snapshot-seconds", &SNAPSHOT.to_string())
            .arg("--recover-seconds", "10")
            .arg("--download-seconds", "3");
        Self::on(setup).await
    }

    /// With a server of this setup.
    pub async fn on(setup: Setup) -> Self {
        let server = Server::start(&setup).await;
        let address = server.address();
        Self {
            findings: Findings::default(),
            setup: setup.arg("--listen", &address.to_string()),
            logs: String::new(),
            server,
            address,
            integrator: Integrator::start().await,
            sources: broken_sources().await,
        }
    }

    /// People write for a while, things break, and everybody leaves.
    pub async fn round(
        &mut self,
        random: &mut StdRng,
        fates: &[Fate],
        typing: Duration,
        server_killed: bool,
    ) {
        let mut scenes = Vec::new();
        for fate in fates {
            scenes.push(self.opened(random, *fate).await);
        }
        self.write(random, &mut scenes, typing, server_killed).await;
        for scene in &mut scenes {
            self.end(scene).await;
        }
        for scene in scenes {
            let trial = self.delivered(scene).await;
            let wrong = self.findings.wrong.len();
            self.findings.judge(&trial);
            if self.findings.wrong.len() > wrong {
                self.tell(&trial.key);
            }
        }
    }

    /// What the servers wrote about a document.
    fn tell(&self, key: &str) {
        let last = self.server.log();
        for line in self.logs.lines().chain(last.lines()) {
            if line.contains(key) || line.contains("-- killed") || line.contains("earlier run") {
                println!("chaos: {line}");
            }
        }
    }

    /// What the server wrote since it was last started.
    pub fn log(&self) -> String {
        self.server.log()
    }

    fn config(&self, key: &str, user: char) -> Value {
        self.integrator
            .config(key, &user.to_string(), &format!("User {user}"))
    }

    pub async fn opened(&mut self, random: &mut StdRng, fate: Fate) -> Scene {
        let key = new_key("chaos");
        if fate.source_broken {
            self.findings.bad_sources += 1;
            let mut config = self.config(&key, 'c');
            config["document"]["url"] = some_broken(self.sources, random).into();
            let broken = Typist::start(self.address, signed(config), 'c');
            if broken.opened(LONGEST).await {
                let what = format!("{key}: a broken source was opened");
                self.findings.wrong.push(what);
            }
            broken.cut();
        }
        let open = |user| Typist::start(self.address, signed(self.config(&key, user)), user);
        let typists: Vec<_> = ['a', 'b'].map(open).into();
        for typist in &typists {
            if !typist.opened(LONGEST).await {
                let what = format!("{key}: it was not opened");
                self.findings.wrong.push(what);
            }
        }
        Scene {
            key,
            fate,
            typists,
            records: Vec::new(),
            kills: Vec::new(),
            stopped: None,
        }
    }

    async fn write(
        &mut self,
        random: &mut StdRng,
        scenes: &mut [Scene],
        typing: Duration,
        server_killed: bool,
    ) {
        let ticks = u32::try_from(typing.as_millis() / TICK.as_millis()).unwrap();
        let mut moment = || random.random_range(ticks / 5..ticks * 9 / 10);
        let moments: Vec<_> = scenes.iter().map(|_| [moment(), moment()]).collect();
        let mut server_dies = server_killed.then(&mut moment);
        // An engine that is only now loading its document is hurt later.
        let due = |scenes: &[Scene]| scenes.iter().any(Scene::due);
        for tick in 0..3 * ticks {
            if tick >= ticks && !due(scenes) {
                break;
            }
            for (scene, [kill_at, stop_at]) in scenes.iter_mut().zip(&moments) {
                for typist in &scene.typists {
                    if random.random_bool(0.2) {
                        typist.word();
                    }
                    if random.random_bool(0.01) {
                        typist.download();
                    }
                }
                if let Some(kit) = kit_in(&self.server.log(), &scene.key) {
                    self.hurt(scene, kit, tick >= *kill_at, tick >= *stop_at);
                }
            }
            if server_dies.take_if(|at| *at <= tick).is_some() {
                self.server_dies(scenes).await;
            }
            tokio::time::sleep(TICK).await;
        }
    }

    /// What is due for a document's engine.
    fn hurt(&mut self, scene: &mut Scene, kit: i32, kill: bool, stop: bool) {
        let now = Instant::now();
        if let Some((kit, _)) = scene.stopped.take_if(|(_, until)| *until < now) {
            signal(kit, Signal::CONT);
        }
        if scene.fate.kit_stopped && stop {
            scene.fate.kit_stopped = false;
            scene.stopped = Some((kit, now + STOPPED));
            self.findings.stops += 1;
            signal(kit, Signal::STOP);
        }
        if scene.fate.kit_killed && kill {
            scene.fate.kit_killed = false;
            scene.kills.push(now);
            self.findings.kit_kills += 1;
            signal(kit, Signal::KILL);
        }
    }

    async fn server_dies(&mut self, scenes: &mut [Scene]) {
        for scene in scenes.iter_mut().filter(|scene| scene.fate.abandoned) {
            scene.records = scene.typists.drain(..).map(Typist::cut).collect();
        }
        let now = Instant::now();
        self.server.kill();
        self.logs += &self.server.log();
        self.logs += "-- killed\n";
        self.findings.server_kills += 1;
        for scene in scenes {
            scene.kills.push(now);
            scene.stopped = None;
            // Typed while nobody is there to confirm it.
            scene.typists.iter().for_each(Typist::word);
        }
        self.server = Server::start(&self.setup).await;
    }

    /// All that was typed is confirmed, and everybody leaves.
    pub async fn end(&mut self, scene: &mut Scene) {
        if let Some((kit, _)) = scene.stopped.take() {
            signal(kit, Signal::CONT);
        }
        for typist in &scene.typists {
            if !typist.confirmed(LONGEST * 2).await {
                let what = format!("{}: what was typed is not confirmed", scene.key);
                self.findings.wrong.push(what);
            }
        }
        if scene.fate.callback_broken {
            self.findings.bad_callbacks += 1;
            let ways = [
                Answer(StatusCode::INTERNAL_SERVER_ERROR, "out of order"),
                Answer(StatusCode::OK, "{\"err"),
            ];
            let way = self.findings.bad_callbacks % ways.len();
            self.integrator.answer_next([ways[way].clone()]);
        }
        for typist in scene.typists.drain(..) {
            let record = if scene.fate.abandoned {
                typist.cut()
            } else {
                typist.leave().await
            };
            scene.records.push(record);
        }
    }

    /// Waits for what the integrator is told at the end. A document that it did not take is opened
    /// again, which delivers it.
    pub async fn delivered(&mut self, scene: Scene) -> Trial {
        let accepted = |log: &str| {
            [2, 3, 4].iter().any(|status| {
                log.contains(&format!(
                    "callback accepted key={} status={status}",
                    scene.key
                ))
            })
        };
        let forgotten = |log: &str| {
            log.lines()
                .any(|line| line.contains("kept as forgotten") && line.contains(&scene.key))
        };
        let log = self
            .server
            .logged(|log| accepted(log) || forgotten(log))
            .await;
        if !accepted(&log) {
            let config = signed(self.config(&scene.key, 'd'));
            let again = Typist::start(self.address, config, 'd');
            again.opened(LONGEST).await;
            again.leave().await;
            self.server.logged(accepted).await;
        }
        let calls = self.integrator.all_called();
        let mine = calls
            .iter()
            .filter(|it| it.body["key"] == scene.key.as_str());
        let ends: Vec<_> = mine.filter(|it| it.status() != 1).collect();
        let last = ends.iter().rfind(|it| it.status() == 2);
        let file = match last.and_then(|it| it.body["url"].as_str()) {
            Some(url) => Some(get(url).await.1),
            None => None,
        };
        Trial {
            key: scene.key,
            stayed: !scene.fate.abandoned,
            statuses: ends.iter().map(|it| it.status()).collect(),
            records: scene.records,
            kills: scene.kills,
            file,
            may_be_lost: Duration::from_secs(SNAPSHOT) + BUSY,
        }
    }
}

/// A process that may have ended by now.
fn signal(pid: i32, signal: Signal) {
    let _ = kill_process(Pid::from_raw(pid).unwrap(), signal);
}

/// The engine process that loaded a document last, as far as the log has come.
fn kit_in(log: &str, key: &str) -> Option<i32> {
    let key = format!("key={key} ");
    let line = log
        .lines()
        .rfind(|line| line.contains("document loaded") && line.contains(&key))?;
    let (_, after) = line.split_once("kit=")?;
    after.split_whitespace().next()?.parse().ok()
}

//! What is counted, for Prometheus. No label holds anything that a client could choose: names of
//! tenants are the operator's.

use std::fmt;
use std::sync::Arc;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};
use recto_docs_api::{Explain, Status};
use recto_fetch::Delivered;

type Labels<const N: usize> = [(&'static str, &'static str); N];
type Counters<const N: usize> = Family<(Labels<N>, OfTenant), Counter>;

/// The label `tenant`; the default has none. The operator chose the name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct OfTenant(Option<Arc<str>>);

impl EncodeLabelSet for OfTenant {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => ("tenant", &**name).encode(encoder.encode_label()),
            None => Ok(()),
        }
    }
}

/// Bounds of the buckets of a callback's latency, in seconds. An integrator fetches the file before it
/// answers, and may take ten minutes.
const CALLBACK_SECONDS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0,
];

/// The counters of one server, as one tenant writes to them. Clones share them.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    tenant: OfTenant,
    openings: Counters<2>,
    callbacks: Counters<2>,
    callback_seconds: Family<(Labels<1>, OfTenant), Histogram, fn() -> Histogram>,
    commands: Counters<2>,
    conversions: Counters<1>,
    live_connections: Gauge,
    live_bytes: Family<Labels<1>, Counter>,
    documents: Gauge,
    participants: Family<Labels<1>, Gauge>,
    kits: Family<Labels<1>, Gauge>,
    limit_refusals: Counters<1>,
    limits: Family<Labels<1>, Gauge>,
    failed_starts: Gauge,
    snapshots: Family<Labels<1>, Counter>,
    healthy: Gauge,
    tenant_documents: Family<OfTenant, Gauge>,
    tenant_participants: Family<(Labels<1>, OfTenant), Gauge>,
}

/// What is looked at when the counters are read, rather than counted.
pub struct Now {
    /// Open documents.
    pub documents: usize,
    /// Participants who may edit.
    pub editors: usize,
    /// Participants who may only look.
    pub viewers: usize,
    /// Kits that wait for a document.
    pub warm_kits: usize,
    /// Kits that have one.
    pub busy_kits: usize,
    /// Starts of kits that have failed since the last one that did not.
    pub failed_starts: usize,
    /// Files written of open documents so far, by how.
    pub snapshots: Vec<(&'static str, u64)>,
    /// What `/healthcheck` says.
    pub healthy: bool,
    /// Documents, editors and viewers of each tenant but the default.
    pub tenants: Vec<(String, [usize; 3])>,
}

impl Metrics {
    pub fn new(version: &str, engine: &str) -> Self {
        let mut registry = Registry::with_prefix("recto");
        let openings = registered(
            &mut registry,
            "openings",
            "Connections that asked to open a document, by what they were told",
        );
        let callbacks = registered(
            &mut registry,
            "callbacks",
            "Attempts to deliver a callback, by its status and how they ended",
        );
        let callback_seconds: Family<_, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(CALLBACK_SECONDS));
        registry.register_with_unit(
            "callback_duration",
            "Time from a callback to the end of its answer",
            Unit::Seconds,
            callback_seconds.clone(),
        );
        let commands = registered(
            &mut registry,
            "commands",
            "Requests to the command service, by the number that was answered",
        );
        let conversions = registered(
            &mut registry,
            "conversions",
            "Requests to the conversion service, by how they ended",
        );
        let live_connections = registered(
            &mut registry,
            "live_connections",
            "WebSockets that are open",
        );
        let live_bytes = Family::default();
        registry.register_with_unit(
            "live",
            "Contents of WebSocket messages, before compression and framing",
            Unit::Bytes,
            live_bytes.clone(),
        );
        let documents = registered(&mut registry, "open_documents", "Documents that are open");
        let participants: Family<Labels<1>, Gauge> = registered(
            &mut registry,
            "participants",
            "People in open documents, by whether they may edit",
        );
        let kits: Family<Labels<1>, Gauge> =
            registered(&mut registry, "kits", "Engine processes, by what they do");
        let limit_refusals = registered(
            &mut registry,
            "limit_refusals",
            "What went beyond a limit, by the code that was answered",
        );
        let limits: Family<Labels<1>, Gauge> =
            registered(&mut registry, "limit", "Limits in force, by their names");
        let failed_starts = registered(
            &mut registry,
            "kit_failed_starts",
            "Starts of engine processes that have failed since the last one that did not",
        );
        let snapshots = registered(
            &mut registry,
            "snapshots",
            "Files written of open documents: in the background, or why not",
        );
        let healthy = registered(&mut registry, "healthy", "1 while /healthcheck says true");
        let tenant_documents = registered(
            &mut registry,
            "tenant_open_documents",
            "Documents that are open, by tenant, without the default's",
        );
        let tenant_participants = registered(
            &mut registry,
            "tenant_participants",
            "People in open documents, by whether they may edit and by tenant, without the default's",
        );
        name_build(&mut registry, version, engine);
        Self {
            registry: Arc::new(registry),
            tenant: OfTenant::default(),
            openings,
            callbacks,
            callback_seconds,
            commands,
            conversions,
            live_connections,
            live_bytes,
            documents,
            participants,
            kits,
            limit_refusals,
            limits,
            failed_starts,
            snapshots,
            healthy,
            tenant_documents,
            tenant_participants,
        }
    }

    /// Shows the limits in force.
    pub fn limited_by(&self, limits: &[(&'static str, u64)]) {
        for (name, number) in limits {
            self.limits
                .get_or_create(&[("limit", *name)])
                .set(i64::try_from(*number).unwrap_or(i64::MAX));
        }
    }

    /// Something went beyond a limit, and was told so by this code.
    pub fn beyond_limit(&self, code: &'static str) {
        self.count(&self.limit_refusals, [("code", code)]);
    }

    /// The same counters for what happens to a tenant of this name.
    pub fn of_tenant(&self, name: &str) -> Self {
        Self {
            tenant: OfTenant(Some(name.into())),
            ..self.clone()
        }
    }

    fn count<const N: usize>(&self, counters: &Counters<N>, labels: Labels<N>) {
        counters.get_or_create(&(labels, self.tenant.clone())).inc();
    }

    /// Somebody joined a document: with a config, or with an earlier session.
    pub fn opened(&self, returned: bool) {
        let outcome = if returned { "returned" } else { "accepted" };
        self.count(&self.openings, [("outcome", outcome), ("code", "")]);
    }

    /// Somebody was not let in, or the document could not be opened.
    pub fn refused(&self, code: &'static str) {
        self.count(&self.openings, [("outcome", "refused"), ("code", code)]);
    }

    pub fn delivered(&self, status: Status, delivered: &Delivered) {
        let outcome = match &delivered.result {
            Ok(()) => "taken",
            Err(error) => error.code(),
        };
        let status = ("status", number(status));
        self.count(&self.callbacks, [status, ("outcome", outcome)]);
        self.callback_seconds
            .get_or_create(&([status], self.tenant.clone()))
            .observe(delivered.took.as_secs_f64());
    }

    pub fn commanded(&self, command: &'static str, error: Option<i64>) {
        let error = match error {
            Some(0) => "0",
            Some(1) => "1",
            Some(2) => "2",
            Some(3) => "3",
            Some(4) => "4",
            Some(5) => "5",
            Some(6) => "6",
            _ => "other",
        };
        self.count(&self.commands, [("command", command), ("error", error)]);
    }

    /// `outcome` is `done`, `pending`, or the code of an error.
    pub fn converted(&self, outcome: &'static str) {
        self.count(&self.conversions, [("outcome", outcome)]);
    }

    /// A WebSocket was opened; it counts until what is given is dropped.
    pub fn connected(&self) -> Connected {
        self.live_connections.inc();
        Connected {
            connections: self.live_connections.clone(),
            received: self.live_bytes.get_or_create_owned(&[("direction", "in")]),
            sent: self.live_bytes.get_or_create_owned(&[("direction", "out")]),
        }
    }

    /// All of them, in the text format that Prometheus reads (`OpenMetrics` 1.0).
    pub fn text(&self, now: &Now) -> Result<String, fmt::Error> {
        let set = |gauge: &Gauge, number: usize| {
            gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
        };
        set(&self.documents, now.documents);
        for (rights, number) in [("edit", now.editors), ("view", now.viewers)] {
            set(
                &self.participants.get_or_create(&[("rights", rights)]),
                number,
            );
        }
        for (state, number) in [("warm", now.warm_kits), ("busy", now.busy_kits)] {
            set(&self.kits.get_or_create(&[("state", state)]), number);
        }
        set(&self.failed_starts, now.failed_starts);
        for (how, number) in &now.snapshots {
            let counter = self.snapshots.get_or_create(&[("how", *how)]);
            counter.inc_by(number.saturating_sub(counter.get()));
        }
        set(&self.healthy, usize::from(now.healthy));
        for (name, [documents, editors, viewers]) in &now.tenants {
            let of = OfTenant(Some(name.as_str().into()));
            set(&self.tenant_documents.get_or_create(&of), *documents);
            for (rights, number) in [("edit", editors), ("view", viewers)] {
                let labels = ([("rights", rights)], of.clone());
                set(&self.tenant_participants.get_or_create(&labels), *number);
            }
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Says which versions these are.
fn name_build(registry: &mut Registry, version: &str, engine: &str) {
    let build: Family<[(&'static str, String); 2], Gauge> = Family::default();
    build
        .get_or_create(&[
            ("version", version.to_owned()),
            ("engine", engine.to_owned()),
        ])
        .set(1);
    registry.register("build_info", "Versions of Recto and of its engine", build);
}

/// A metric of this name, which the registry has too.
fn registered<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

/// One open WebSocket.
#[derive(Clone)]
pub struct Traffic {
    received: Counter,
    sent: Counter,
}

/// Counts a WebSocket for as long as it lives.
pub struct Connected {
    connections: Gauge,
    received: Counter,
    sent: Counter,
}

impl Connected {
    /// The counters of what goes over it.
    pub fn traffic(&self) -> Traffic {
        Traffic {
            received: self.received.clone(),
            sent: self.sent.clone(),
        }
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.connections.dec();
    }
}

impl Traffic {
    pub fn received(&self, bytes: usize) {
        self.received
            .inc_by(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    pub fn sent(&self, bytes: usize) {
        self.sent.inc_by(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

fn number(status: Status) -> &'static str {
    match status {
        Status::Editing => "1",
        Status::Ready => "2",
        Status::SaveFailed => "3",
        Status::Closed => "4",
        Status::ForceSaved => "6",
        Status::ForceSaveFailed => "7",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_happened_is_counted() {
        let metrics = Metrics::new("0.1.0", "LibreOffice");
        metrics.opened(false);
        metrics.opened(true);
        metrics.refused("token.signature");
        metrics.commanded("info", Some(1));
        metrics.commanded("other", None);
        metrics.converted("done");
        metrics.of_tenant("acme").converted("done");
        metrics.of_tenant("acme").opened(false);
        let delivered = Delivered {
            result: Ok(()),
            status: Some(200),
            answer: Vec::new(),
            cut: false,
            requests: 1,
            took: Duration::from_millis(20),
        };
        metrics.delivered(Status::Ready, &delivered);
        metrics.limited_by(&[("participants", 200)]);
        metrics.of_tenant("acme").beyond_limit("session.full");
        let one = metrics.connected();
        one.traffic().sent(5);
        drop(metrics.connected());
        let now = Now {
            documents: 3,
            editors: 2,
            viewers: 1,
            warm_kits: 4,
            busy_kits: 5,
            failed_starts: 2,
            snapshots: vec![("background", 7), ("threads", 0)],
            healthy: true,
            tenants: vec![("acme".into(), [2, 1, 0])],
        };
        let text = metrics.text(&now).unwrap();
        for line in [
            "recto_openings_total{outcome=\"accepted\",code=\"\"} 1",
            "recto_openings_total{outcome=\"returned\",code=\"\"} 1",
            "recto_openings_total{outcome=\"refused\",code=\"token.signature\"} 1",
            "recto_callbacks_total{status=\"2\",outcome=\"taken\"} 1",
            "recto_callback_duration_seconds_bucket{le=\"0.01\",status=\"2\"} 0",
            "recto_callback_duration_seconds_bucket{le=\"0.025\",status=\"2\"} 1",
            "recto_callback_duration_seconds_count{status=\"2\"} 1",
            "recto_commands_total{command=\"info\",error=\"1\"} 1",
            "recto_commands_total{command=\"other\",error=\"other\"} 1",
            "recto_conversions_total{outcome=\"done\"} 1",
            "recto_conversions_total{outcome=\"done\",tenant=\"acme\"} 1",
            "recto_openings_total{outcome=\"accepted\",code=\"\",tenant=\"acme\"} 1",
            "recto_tenant_open_documents{tenant=\"acme\"} 2",
            "recto_tenant_participants{rights=\"edit\",tenant=\"acme\"} 1",
            "recto_limit{limit=\"participants\"} 200",
            "recto_limit_refusals_total{code=\"session.full\",tenant=\"acme\"} 1",
            "recto_live_connections 1",
            "recto_live_bytes_total{direction=\"out\"} 5",
            "recto_open_documents 3",
            "recto_participants{rights=\"edit\"} 2",
            "recto_participants{rights=\"view\"} 1",
            "recto_kits{state=\"warm\"} 4",
            "recto_kits{state=\"busy\"} 5",
            "recto_kit_failed_starts 2",
            "recto_snapshots_total{how=\"background\"} 7",
            "recto_snapshots_total{how=\"threads\"} 0",
            "recto_healthy 1",
            "recto_build_info{version=\"0.1.0\",engine=\"LibreOffice\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}

//! The document server's configuration: file, then environment, then flags, each stronger than the
//! one before.

mod engine;
pub mod headers;
pub mod language;
mod limits;
mod outgoing;
mod tenants;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use ipnet::IpNet;
use recto_convert::ConvertConfig;
use recto_docs_api::{LossRule, MacroRule};
use recto_fetch::{HostPattern, UrlPattern};
use recto_server::{
    AdminPassword, ForwardedHeader, FrameAncestors, HttpConfig, Refusals, ServerConfig, Tokens,
    TrustedProxy,
};
use recto_session::SessionConfig;
use recto_token::{Keys, PublicUrl};
use serde::Deserialize;

use self::headers::Said;
use self::language::Language;
use crate::args::Serve;
use crate::keys::{self, Places};
use crate::secret;

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "recto.toml";

/// `recto.toml`. Unknown names are errors: a misspelt one would be ignored silently.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "the names are what people write")]
struct File {
    listen: Option<SocketAddr>,
    data: Option<PathBuf>,
    #[serde(default)]
    allow_network: Vec<IpNet>,
    #[serde(default)]
    allow_host: Vec<HostPattern>,
    #[serde(default)]
    only_allowed: bool,
    #[serde(default)]
    unsigned_host: Vec<HostPattern>,
    #[serde(default)]
    unsigned_url: Vec<UrlPattern>,
    outgoing_header: Option<String>,
    outgoing_prefix: Option<String>,
    ca_file: Option<PathBuf>,
    #[serde(default)]
    insecure_tls: bool,
    connect_seconds: Option<u64>,
    download_seconds: Option<u64>,
    callback_seconds: Option<u64>,
    jwt_enabled: Option<bool>,
    jwt_secret_file: Option<PathBuf>,
    jwt_keys_file: Option<PathBuf>,
    jwt_local_json: Option<PathBuf>,
    jwt_header: Option<String>,
    jwt_prefix: Option<String>,
    public_url: Option<PublicUrl>,
    #[serde(default)]
    trusted_proxies: Vec<TrustedProxy>,
    forwarded_header: Option<ForwardedHeader>,
    max_document_mib: Option<u64>,
    snapshot_seconds: Option<u64>,
    save_seconds: Option<u64>,
    force_save_seconds: Option<u64>,
    losses: Option<LossRule>,
    macros: Option<MacroRule>,
    return_seconds: Option<u64>,
    recover_seconds: Option<u64>,
    convert_seconds: Option<u64>,
    conversions: Option<usize>,
    warm_kits: Option<usize>,
    zygote: Option<bool>,
    office: Option<PathBuf>,
    fonts: Option<PathBuf>,
    #[serde(default)]
    font_substitutes: BTreeMap<String, String>,
    languages: Option<Vec<Language>>,
    frame_ancestors: Option<String>,
    refusals: Option<Refusals>,
    admin_listen: Option<SocketAddr>,
    admin_password_file: Option<PathBuf>,
    base_domain: Option<String>,
    default_tenant: Option<bool>,
    #[serde(default)]
    tenant: Vec<tenants::Entry>,
    #[serde(default)]
    limits: limits::Limits,
}

/// The variables that images made for ONLYOFFICE set (spec/tokens.md 1.4). Those of Recto's own are
/// read with the flags, except for a secret one, which is no flag.
#[derive(Debug, Default)]
#[allow(
    clippy::struct_field_names,
    reason = "the names are those of the variables"
)]
pub struct Environment {
    /// `JWT_ENABLED`
    pub jwt_enabled: Option<String>,
    /// `JWT_SECRET`
    pub jwt_secret: Option<String>,
    /// `JWT_SECRET_FILE`
    pub jwt_secret_file: Option<PathBuf>,
    /// `JWT_HEADER`
    pub jwt_header: Option<String>,
    /// `JWT_PREFIX`
    pub jwt_prefix: Option<String>,
    /// `RECTO_ADMIN_PASSWORD`
    pub admin_password: Option<String>,
    /// `ALLOW_PRIVATE_IP_ADDRESS`, which is not followed
    pub allow_private: Option<String>,
    /// `ALLOW_META_IP_ADDRESS`, which is not followed
    pub allow_meta: Option<String>,
    /// `USE_UNAUTHORIZED_STORAGE`, which is not followed
    pub unauthorized_storage: Option<String>,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        let text = |name| std::env::var(name).ok();
        Self {
            jwt_enabled: text("JWT_ENABLED"),
            jwt_secret: text("JWT_SECRET"),
            jwt_secret_file: text("JWT_SECRET_FILE").map(PathBuf::from),
            jwt_header: text("JWT_HEADER"),
            jwt_prefix: text("JWT_PREFIX"),
            admin_password: text("RECTO_ADMIN_PASSWORD"),
            allow_private: text("ALLOW_PRIVATE_IP_ADDRESS"),
            allow_meta: text("ALLOW_META_IP_ADDRESS"),
            unauthorized_storage: text("USE_UNAUTHORIZED_STORAGE"),
        }
    }

    /// What is to be said of variables that switch a protection off in images made for ONLYOFFICE, and
    /// do not here.
    pub fn not_followed(&self) -> Vec<&'static str> {
        let is_on = |value: &Option<String>| value.as_deref().map(str::trim) == Some("true");
        [
            (
                &self.allow_private,
                "ALLOW_PRIVATE_IP_ADDRESS is set, and Recto has no switch for all private addresses. Name the networks with --allow-network, or the hosts with --allow-host.",
            ),
            (
                &self.allow_meta,
                "ALLOW_META_IP_ADDRESS is set, and Recto has no switch for the addresses where clouds give out credentials. Name the network with --allow-network if an application is really there.",
            ),
            (
                &self.unauthorized_storage,
                "USE_UNAUTHORIZED_STORAGE is set, but Recto still verifies certificates. Give the authority's certificate with --ca-file.",
            ),
        ]
        .into_iter()
        .filter_map(|(value, sentence)| is_on(value).then_some(sentence))
        .collect()
    }
}

/// The configuration in force.
pub fn server(mut args: Serve, environment: &Environment) -> anyhow::Result<ServerConfig> {
    let mut file = file(args.config.as_deref())?;
    let asked = tenants::Asked::take(&mut file);
    let session = session(&args, &file);
    let convert = conversions(&args, &file);
    let mut outgoing = outgoing::config(&args, &file)?;
    let data = args.data.take().or(file.data.take());
    let data = data.unwrap_or_else(|| "data".into());
    let engine = engine::config(&mut args, &mut file, &data)?;
    let enabled = tokens_required(environment, file.jwt_enabled)?;
    asked.check(enabled)?;
    let mut incoming = Said {
        header: environment.jwt_header.clone().or(file.jwt_header),
        prefix: environment.jwt_prefix.clone().or(file.jwt_prefix),
    };
    let mut sent = Said {
        header: args.outgoing_header.or(file.outgoing_header),
        prefix: args.outgoing_prefix.or(file.outgoing_prefix),
    }
    .or(incoming.clone());
    let mut tenants = Vec::new();
    let tokens = if enabled {
        let places = Places {
            secret_file: args.secret_file,
            configured_secret: file.jwt_secret_file,
            keys_file: args.keys_file.or(file.jwt_keys_file),
            local_json: args.local_json.or(file.jwt_local_json),
        };
        let default = if asked.default {
            let found = asked.explained(keys::find(&places, environment))?;
            incoming = incoming.or(found.incoming);
            sent = sent.or(found.outgoing);
            outgoing.policy.unsigned_urls.extend(found.unsigned_url);
            Some(found.keys)
        } else {
            keys::none(&places, environment)?;
            None
        };
        let policy = &outgoing.policy;
        let (all, own) = asked.tenants(default, policy.only_listed, &outgoing.authorities)?;
        tenants = own;
        Tokens::Required(all)
    } else {
        Tokens::Off(own_keys(&data, environment)?)
    };
    let (token_header, token_prefix) = incoming.checked(["JWT_HEADER", "JWT_PREFIX"])?;
    (outgoing.token_header, outgoing.token_prefix) =
        sent.checked(["The outgoing header", "The outgoing prefix"])?;
    let listen = args
        .listen
        .or(file.listen)
        .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    let public_url = args.public_url.or(file.public_url);
    let suited = Refusals::suited_to(listen, public_url.as_ref());
    let mut config = ServerConfig {
        listen,
        data,
        public_url,
        trusted_proxies: outgoing::stronger(&args.trusted_proxies, &file.trusted_proxies),
        forwarded_header: args
            .forwarded_header
            .or(file.forwarded_header)
            .unwrap_or_default(),
        outgoing,
        tokens,
        tenants,
        token_header,
        token_prefix,
        frame_ancestors: match (args.frame_ancestors, file.frame_ancestors) {
            (Some(sources), _) => sources,
            (None, Some(text)) => text.parse()?,
            (None, None) => FrameAncestors::default(),
        },
        admin_listen: args.admin_listen.or(file.admin_listen),
        refusals: args.refusals.or(file.refusals).unwrap_or(suited),
        admin_password: admin_password(
            args.admin_password_file.as_deref(),
            file.admin_password_file.as_deref(),
            environment.admin_password.as_deref(),
        )?,
        http: HttpConfig::default(),
        session,
        convert,
        engine,
        documents: 2000,
        unauthenticated_sockets: 512,
        first_message_bytes: 256 << 10,
        large_message_bytes: 512 << 20,
        answer_within: Duration::from_secs(15),
        stop_within: Duration::from_secs(50),
        limits: Vec::new(),
    };
    file.limits.apply(&mut config);
    Ok(config)
}

/// Whether tokens are required: the environment says so, else the file.
fn tokens_required(environment: &Environment, configured: Option<bool>) -> anyhow::Result<bool> {
    match environment.jwt_enabled.as_deref().map(str::trim) {
        None | Some("") => Ok(configured.unwrap_or(true)),
        Some("true" | "1" | "yes" | "on") => Ok(true),
        Some("false" | "0" | "no" | "off") => Ok(false),
        Some(other) => bail!(
            "JWT_ENABLED is {other:?}, which is neither true nor false. Set it to true, or unset it."
        ),
    }
}

/// Keys of nobody else, in the data folder: sessions and result links are signed even if tokens are off.
fn own_keys(data: &Path, environment: &Environment) -> anyhow::Result<Keys> {
    std::fs::create_dir_all(data).with_context(|| {
        format!(
            "The folder {} can't be made. Choose another with --data",
            data.display()
        )
    })?;
    let own = data.join("own-secret");
    secret::made_once(&own)?;
    let secret = secret::find(Some(&own), None, environment)?;
    Ok(Keys::from_secret(secret))
}

fn conversions(args: &Serve, file: &File) -> ConvertConfig {
    let defaults = ConvertConfig::default();
    ConvertConfig {
        time_limit: args
            .convert_seconds
            .or(file.convert_seconds)
            .map_or(defaults.time_limit, Duration::from_secs),
        at_once: args
            .conversions
            .or(file.conversions)
            .unwrap_or(defaults.at_once),
        ..defaults
    }
}

fn session(args: &Serve, file: &File) -> SessionConfig {
    let defaults = SessionConfig::default();
    let seconds = |flag: Option<u64>, file: Option<u64>, default: Duration| {
        flag.or(file).map_or(default, Duration::from_secs)
    };
    SessionConfig {
        snapshot_after: args
            .snapshot_seconds
            .or(file.snapshot_seconds)
            .map(Duration::from_secs),
        save_after: seconds(args.save_seconds, file.save_seconds, defaults.save_after),
        force_save_every: args
            .force_save_seconds
            .or(file.force_save_seconds)
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs),
        losses: args.losses.or(file.losses),
        macros: args.macros.or(file.macros).unwrap_or_default(),
        return_within: seconds(
            args.return_seconds,
            file.return_seconds,
            defaults.return_within,
        ),
        recover_within: seconds(
            args.recover_seconds,
            file.recover_seconds,
            defaults.recover_within,
        ),
        max_bytes: args
            .max_document_mib
            .or(file.max_document_mib)
            .map_or(defaults.max_bytes, |mib| mib << 20),
        ..defaults
    }
}

/// The password from the file that is named, else from the environment, else from the file that the
/// configuration names; none if nobody gave one.
fn admin_password(
    named: Option<&Path>,
    configured: Option<&Path>,
    environment: Option<&str>,
) -> anyhow::Result<Option<AdminPassword>> {
    let text = match (named, environment) {
        (Some(_), Some(_)) => bail!(
            "Both a file with the administrator's password and RECTO_ADMIN_PASSWORD are given, so it is not clear which counts. Leave out one of them."
        ),
        (None, Some(text)) => text.to_owned(),
        (file, None) => match file.or(configured) {
            Some(file) => secret::text(file)?,
            None => return Ok(None),
        },
    };
    Ok(Some(AdminPassword::new(&text)?))
}

fn file(named: Option<&Path>) -> anyhow::Result<File> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    if named.is_none() && !path.exists() {
        return Ok(File::default());
    }
    let text = std::fs::read_to_string(path).with_context(|| {
        format!(
            "The configuration {} can't be read. Check its path and rights",
            path.display()
        )
    })?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        anyhow!(
            "The configuration {} is not valid. Fix {}{}",
            path.display(),
            place(&text, error.span()),
            error.message()
        )
    })
}

/// The line of a mistake and the name that it begins with. The rest is not quoted, since somebody may
/// have put a secret there.
fn place(text: &str, span: Option<std::ops::Range<usize>>) -> String {
    let Some(before) = span.and_then(|span| text.get(..span.start)) else {
        return "it: ".into();
    };
    let number = before.matches('\n').count();
    let name = text
        .lines()
        .nth(number)
        .and_then(|line| line.split_once('='))
        .map(|(name, _)| format!(", {}", name.trim()))
        .unwrap_or_default();
    format!("line {}{name}: ", number + 1)
}

#[cfg(test)]
mod tests;

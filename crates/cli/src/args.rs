//! The command line.

pub mod check;
pub mod conformance;
pub mod convert;
pub mod deaths;
pub mod token;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args as Group, Parser, Subcommand};
use ipnet::IpNet;
use recto_docs_api::{LossRule, MacroRule};
use recto_fetch::{HostPattern, UrlPattern};
use recto_server::{ForwardedHeader, FrameAncestors, Refusals, TrustedProxy};
use recto_token::PublicUrl;
use url::Url;

use crate::config::language::Language;

/// A document server that speaks the ONLYOFFICE Docs API.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Args {
    /// Write the log as JSON, one object a line.
    #[arg(long, global = true, env = "RECTO_LOG_JSON", value_parser = FalseyValueParser::new())]
    pub log_json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the document server.
    Serve(Box<Serve>),
    /// Run the portal: a small document manager that uses a document server.
    Portal(Portal),
    /// Run both with a shared secret, to try Recto.
    Demo(Demo),
    /// Find out what is wrong with a token, check and sign tokens, and make and replace secrets.
    #[command(subcommand)]
    Token(token::Token),
    /// Convert a file without a server, with the same engine and the same isolation.
    ///
    /// The exit code is 0 if the file is made, 1 if the document can't be converted, and 2 if it can't be tried.
    Convert(convert::Convert),
    /// Say what a save would lose of documents, before anybody changes them.
    ///
    /// The exit code is 0 if nothing would be lost that must be said before the first change, 1 if
    /// something would, and 2 if a file can't be read.
    Check(check::Check),
    /// List the documents over which engine processes died: their types, sizes and what was done, and
    /// nothing of their contents.
    Deaths(deaths::Deaths),
    /// Compare the answers of a document server with those of ONLYOFFICE 9.3.
    ///
    /// The exit code is 0 if no answer is wrong, 1 if one is, and 2 if nothing could be asked.
    Conformance(conformance::Conformance),
}

/// Options of the document server. Each may also stand in `recto.toml` or in the environment; a flag
/// is stronger than the environment, and that is stronger than the file.
#[derive(Debug, Default, Group)]
pub struct Serve {
    /// Configuration file [default: recto.toml, if there is one].
    #[arg(long, env = "RECTO_CONFIG")]
    pub config: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:8080].
    #[arg(long, env = "RECTO_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Folder for everything that must survive [default: data].
    #[arg(long, env = "RECTO_DATA")]
    pub data: Option<PathBuf>,
    /// Private network that may be fetched from, for example 10.1.0.0/16; may be repeated.
    #[arg(long, env = "RECTO_ALLOW_NETWORK", value_delimiter = ',')]
    pub allow_network: Vec<IpNet>,
    /// Host that may be fetched from although its name resolves to a private address, for example
    /// files.lan or *.apps.lan; may be repeated.
    #[arg(long, env = "RECTO_ALLOW_HOST", value_delimiter = ',')]
    pub allow_host: Vec<HostPattern>,
    /// Contact only hosts and networks that are allowed by name, even on the public internet.
    #[arg(long, env = "RECTO_ONLY_ALLOWED", value_parser = FalseyValueParser::new())]
    pub only_allowed: bool,
    /// Host that requests are sent to without a token, such as a store with signed addresses; may be
    /// repeated.
    #[arg(long, env = "RECTO_UNSIGNED_HOST", value_delimiter = ',')]
    pub unsigned_host: Vec<HostPattern>,
    /// What an address contains that requests are sent to without a token, such as X-Amz-Signature= in
    /// addresses that are signed already; * in it stands for anything. May be repeated.
    #[arg(long, env = "RECTO_UNSIGNED_URL", value_delimiter = ',')]
    pub unsigned_url: Vec<UrlPattern>,
    /// Header of outgoing tokens, if it is another one than that of incoming tokens.
    #[arg(long, env = "RECTO_OUTGOING_HEADER")]
    pub outgoing_header: Option<String>,
    /// The word before a token in that header.
    #[arg(long, env = "RECTO_OUTGOING_PREFIX")]
    pub outgoing_prefix: Option<String>,
    /// File of certificates in PEM whose authorities are trusted beside the system's.
    #[arg(long, env = "RECTO_CA_FILE")]
    pub ca_file: Option<PathBuf>,
    /// Do not verify certificates of integrators. Anyone in between can then read and change
    /// documents: use --ca-file instead.
    #[arg(long, env = "RECTO_INSECURE_TLS", value_parser = FalseyValueParser::new())]
    pub insecure_tls: bool,
    /// Seconds that connecting to an integrator may take [default: 10].
    #[arg(long, env = "RECTO_CONNECT_SECONDS")]
    pub connect_seconds: Option<u64>,
    /// Seconds that a download may take [default: 120].
    #[arg(long, env = "RECTO_DOWNLOAD_SECONDS")]
    pub download_seconds: Option<u64>,
    /// Seconds that an integrator may take to answer a callback [default: 600].
    #[arg(long, env = "RECTO_CALLBACK_SECONDS")]
    pub callback_seconds: Option<u64>,
    /// File that holds the secret shared with integrators (environment: JWT_SECRET_FILE, or JWT_SECRET
    /// for the secret itself).
    #[arg(long)]
    pub secret_file: Option<PathBuf>,
    /// File of several keys, each with the time in which it counts, in place of the one secret;
    /// `recto token rotate` makes it.
    #[arg(long, env = "JWT_KEYS_FILE")]
    pub keys_file: Option<PathBuf>,
    /// An ONLYOFFICE server's local.json, to take its secrets and its header from.
    #[arg(long, env = "RECTO_LOCAL_JSON")]
    pub local_json: Option<PathBuf>,
    /// Address at which browsers and integrators reach this server; every link begins with it
    /// [default: that of --listen, if only this machine reaches it].
    #[arg(long, env = "RECTO_PUBLIC_URL")]
    pub public_url: Option<PublicUrl>,
    /// Address or network of a proxy that is believed about whom it speaks for; may be repeated.
    #[arg(
        long = "trusted-proxy",
        env = "RECTO_TRUSTED_PROXIES",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<TrustedProxy>,
    /// Header in which those proxies say it: x-forwarded-for or forwarded [default: x-forwarded-for].
    #[arg(long, env = "RECTO_FORWARDED_HEADER")]
    pub forwarded_header: Option<ForwardedHeader>,
    /// Largest document in MiB [default: 100].
    #[arg(long, env = "RECTO_MAX_DOCUMENT_MIB")]
    pub max_document_mib: Option<u64>,
    /// Seconds from a change to its snapshot [default: 1 to 5, by what it costs].
    #[arg(long, env = "RECTO_SNAPSHOT_SECONDS")]
    pub snapshot_seconds: Option<u64>,
    /// Seconds from when the last editor leaves to the final save [default: 5].
    #[arg(long, env = "RECTO_SAVE_SECONDS")]
    pub save_seconds: Option<u64>,
    /// Seconds from a change until the application gets the file while the document is edited; 0 is never [default: 0].
    #[arg(long, env = "RECTO_FORCE_SAVE_SECONDS")]
    pub force_save_seconds: Option<u64>,
    /// What happens to documents of which a save would lose something: tell, strict (they open for
    /// reading) or quiet. A config may be stricter [default: what the config says, else tell].
    #[arg(long, env = "RECTO_LOSSES")]
    pub losses: Option<LossRule>,
    /// What happens to documents with macros, which never run: keep, or read (they open for reading)
    /// [default: keep].
    #[arg(long, env = "RECTO_MACROS")]
    pub macros: Option<MacroRule>,
    /// Seconds to wait for a lost connection [default: 60].
    #[arg(long, env = "RECTO_RETURN_SECONDS")]
    pub return_seconds: Option<u64>,
    /// Seconds that documents that were open before a restart wait for their editors [default: 15].
    #[arg(long, env = "RECTO_RECOVER_SECONDS")]
    pub recover_seconds: Option<u64>,
    /// Seconds that the conversion of one file may take [default: 120].
    #[arg(long, env = "RECTO_CONVERT_SECONDS")]
    pub convert_seconds: Option<u64>,
    /// Files that are converted at once [default: one for each processor].
    #[arg(long, env = "RECTO_CONVERSIONS")]
    pub conversions: Option<usize>,
    /// Engine processes that wait ready for the next document [default: 2].
    #[arg(long, env = "RECTO_WARM_KITS")]
    pub warm_kits: Option<usize>,
    /// Start each engine process by itself, for systems where a prepared one can't be forked.
    #[arg(long, env = "RECTO_NO_ZYGOTE")]
    pub no_zygote: bool,
    /// LibreOffice's program folder [default: found].
    #[arg(long, env = "RECTO_OFFICE")]
    pub office: Option<PathBuf>,
    /// Folder of fonts beside the system's.
    #[arg(long, env = "RECTO_FONTS")]
    pub fonts: Option<PathBuf>,
    /// Language whose dictionaries are loaded, for example cs-CZ; may be repeated [default: those that
    /// scripts/setup installs].
    #[arg(long = "language", env = "RECTO_LANGUAGES", value_delimiter = ',')]
    pub languages: Vec<Language>,
    /// Pages that may embed the editor, as sources of a frame-ancestors directive [default: *].
    #[arg(long, env = "RECTO_FRAME_ANCESTORS")]
    pub frame_ancestors: Option<FrameAncestors>,
    /// How much a browser is told of a refused opening: full, or code [default: full if the server
    /// listens on this machine only, else code].
    #[arg(long, env = "RECTO_REFUSALS")]
    pub refusals: Option<Refusals>,
    /// Address and port of the administrator's pages, if they must not be where everything else is.
    #[arg(long, env = "RECTO_ADMIN_LISTEN")]
    pub admin_listen: Option<SocketAddr>,
    /// File that holds the password of the administrator's pages, such as /token (environment:
    /// `RECTO_ADMIN_PASSWORD` for the password itself).
    #[arg(long, env = "RECTO_ADMIN_PASSWORD_FILE")]
    pub admin_password_file: Option<PathBuf>,
}

/// Options of the portal.
#[derive(Debug, Group)]
pub struct Portal {
    /// Address and port to listen on.
    #[arg(long, env = "RECTO_PORTAL_LISTEN", default_value = "127.0.0.1:8081")]
    pub listen: SocketAddr,
    /// Folder for users, files and versions.
    #[arg(long, env = "RECTO_PORTAL_DATA", default_value = "portal-data")]
    pub data: PathBuf,
    /// Address at which browsers reach the document server.
    #[arg(
        long,
        env = "RECTO_DOCUMENT_SERVER",
        default_value = "http://127.0.0.1:8080"
    )]
    pub document_server: Url,
    /// Address at which the document server reaches this portal [default: from --listen].
    #[arg(long, env = "RECTO_PORTAL_URL")]
    pub public_url: Option<Url>,
    /// File that holds the secret shared with the document server (environment: JWT_SECRET_FILE, or
    /// JWT_SECRET for the secret itself).
    #[arg(long)]
    pub secret_file: Option<PathBuf>,
    /// Folder with sample documents for a new portal.
    #[arg(long)]
    pub samples: Option<PathBuf>,
}

/// Options of the demo.
#[derive(Debug, Group)]
pub struct Demo {
    /// Folder for everything, the secret included.
    #[arg(long, default_value = "data/demo")]
    pub data: PathBuf,
    /// Where the document server listens.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where the portal listens.
    #[arg(long, default_value = "127.0.0.1:8081")]
    pub portal_listen: SocketAddr,
    /// Address under which browsers reach the document server [default: that of --listen, if only this
    /// machine reaches it].
    #[arg(long)]
    pub public_url: Option<PublicUrl>,
    /// Address under which browsers and the document server reach the portal [default: from
    /// --portal-listen].
    #[arg(long)]
    pub portal_url: Option<Url>,
    /// Folder with sample documents.
    #[arg(long)]
    pub samples: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Args::command().debug_assert();
    }
}

//! The command line of `recto conformance`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args as Group;
use url::Url;

/// Options of a comparison.
#[derive(Debug, Group)]
pub struct Conformance {
    /// Address of the document server.
    #[arg(long)]
    pub url: Url,
    /// File that holds the secret which the server shares with applications (environment: `JWT_SECRET_FILE`,
    /// or `JWT_SECRET` for the secret itself).
    #[arg(long, conflicts_with = "secret")]
    pub secret_file: Option<PathBuf>,
    /// The secret itself; other users of this machine can see it here, so a file is better.
    #[arg(long)]
    pub secret: Option<String>,
    /// Header that carries tokens [default: `JWT_HEADER`, else Authorization].
    #[arg(long)]
    pub header: Option<String>,
    /// Address of a document that the server can fetch, to convert it.
    #[arg(long)]
    pub file_url: Option<Url>,
    /// Address and port for a built-in application, such as 127.0.0.1:0, whose document the server fetches
    /// and to which it sends callbacks: it really opens, edits and saves a document then.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Address at which the server reaches the built-in application, if it is another one.
    #[arg(long, requires = "listen")]
    pub listen_url: Option<Url>,
    /// Only rows whose name begins so, for example command.token or websocket.
    #[arg(long, value_name = "PREFIX")]
    pub only: Option<String>,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
    /// Print all rows, also those that are equal or skipped.
    #[arg(long)]
    pub verbose: bool,
}

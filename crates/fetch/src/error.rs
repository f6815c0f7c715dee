//! Why a request could not be made or its answer not be used.

use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use recto_docs_api::{Explain, editor_error};

use crate::{AddressClass, Forbidden};

/// What stood between Recto and an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The name could not be resolved.
    Name,
    /// Nothing listens there.
    Refused,
    /// The TLS handshake failed, usually over the certificate.
    Tls,
    /// The connection ended before the answer did.
    Broken,
    /// Anything else that the network said.
    Other,
}

/// Whether a request carried a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSent {
    /// In the `Authorization` header.
    Yes,
    /// No, as a redirect led to another origin.
    Withheld,
    /// No, as the host is among those that get none.
    Excluded,
    /// No, as tokens are switched off.
    Off,
}

/// Why a document could not be fetched.
///
/// Of an address only the origin is kept, as paths and queries of integrators carry access tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Not an absolute URL.
    #[error("not a usable address: {reason}")]
    Invalid {
        /// What the URL parser said.
        reason: String,
    },
    /// Neither http nor https.
    #[error("the scheme {scheme} is not http or https")]
    Scheme {
        /// The scheme that was found.
        scheme: String,
    },
    /// A user name or password in the address.
    #[error("the address carries a user name or password")]
    Credentials,
    /// An address that is not globally routable and whose network is not allowed.
    #[error("{host} is {class}: {address}")]
    ForbiddenAddress {
        /// The host as it is in the URL.
        host: String,
        /// What it resolved to. For the log; not told to remote callers.
        address: IpAddr,
        /// Of which kind that is.
        class: AddressClass,
    },
    /// Only listed hosts and networks may be contacted.
    #[error("{host} is not among the hosts that may be contacted")]
    NotListed {
        /// The host as it is in the URL.
        host: String,
    },
    /// No answer, or half of one.
    #[error("{origin} cannot be reached: {detail}")]
    Unreachable {
        /// Scheme, host and port.
        origin: String,
        /// What kind of obstacle it was.
        cause: Cause,
        /// What the system or library said.
        detail: String,
    },
    /// A time limit passed.
    #[error("{origin} took longer than {} s ({what})", .limit.as_secs_f32())]
    Timeout {
        /// Scheme, host and port.
        origin: String,
        /// What took too long.
        what: &'static str,
        /// The limit that passed.
        limit: Duration,
    },
    /// An answer that is not 200 or 206.
    #[error("{origin} answered with status {status}")]
    Status {
        /// Scheme, host and port.
        origin: String,
        /// The HTTP status.
        status: u16,
        /// Whether the request carried a token.
        token: TokenSent,
        /// Whether a redirect led there.
        redirected: bool,
    },
    /// More bytes than permitted.
    #[error("more than {limit} bytes")]
    TooLarge {
        /// The permitted number of bytes.
        limit: u64,
    },
    /// No bytes at all.
    #[error("{origin} sent an empty file")]
    Empty {
        /// Scheme, host and port.
        origin: String,
    },
    /// A web page where a document should be.
    #[error("{origin} sent a web page")]
    HtmlInstead {
        /// Scheme, host and port.
        origin: String,
        /// The file type that was expected.
        expected: &'static str,
        /// Whether a redirect led there.
        redirected: bool,
    },
    /// A redirect from https to http.
    #[error("redirected from https to {to}")]
    Downgrade {
        /// Scheme, host and port of where it leads.
        to: String,
    },
    /// One redirect after the other.
    #[error("{origin} redirects more than {limit} times")]
    TooManyRedirects {
        /// Scheme, host and port of the last one.
        origin: String,
        /// The permitted number.
        limit: usize,
    },
    /// A content encoding that was not asked for and is not understood.
    #[error("{origin} sent the content encoding {encoding}")]
    Encoding {
        /// Scheme, host and port.
        origin: String,
        /// The header's value.
        encoding: String,
    },
    /// The downloaded file could not be written.
    #[error("the downloaded file could not be written")]
    Write(#[source] io::Error),
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up: {0}")]
    Setup(String),
}

/// Which of the integrator's addresses a sentence speaks of.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Document,
    Source,
    Callback,
}

impl Subject {
    fn address(self) -> &'static str {
        match self {
            Self::Document => "The document address (document.url)",
            Self::Source => "The address of the file to convert (url)",
            Self::Callback => "The callback address (editorConfig.callbackUrl)",
        }
    }
}

impl FetchError {
    /// An address that the policy does not let pass.
    pub(crate) fn forbidden(host: String, address: IpAddr, why: Forbidden) -> Self {
        match why {
            Forbidden::Class(class) => Self::ForbiddenAddress {
                host,
                address,
                class,
            },
            Forbidden::NotListed => Self::NotListed { host },
        }
    }

    /// Whether the same request may well succeed a moment later.
    pub(crate) fn transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status >= 500,
            Self::Unreachable { cause, .. } => *cause != Cause::Tls,
            _ => false,
        }
    }

    /// [`Explain::message`] for a file that is to be converted.
    pub fn message_of_source(&self) -> String {
        self.message_about(Subject::Source)
    }

    /// [`Explain::message`], of the address that was meant.
    pub(crate) fn message_about(&self, subject: Subject) -> String {
        let address = subject.address();
        match self {
            Self::Invalid { reason } => format!("{address} is not a complete URL: {reason}."),
            Self::Scheme { scheme } => {
                format!("{address} begins with {scheme}:, which is not http or https.")
            }
            Self::Credentials => format!("{address} carries a user name or password."),
            Self::ForbiddenAddress { host, class, .. } => format!(
                "{address} leads to the host {host}, which is {class}; the document server contacts only public addresses and allowed networks."
            ),
            Self::NotListed { host } => format!(
                "{address} leads to the host {host}, and the document server contacts only the hosts and networks that were listed."
            ),
            Self::Unreachable {
                origin,
                cause,
                detail,
            } => match cause {
                Cause::Name => {
                    format!("{address} cannot be reached: the name in {origin} is not known.")
                }
                Cause::Refused => {
                    format!("{address} cannot be reached: nothing listens at {origin}.")
                }
                Cause::Tls => {
                    format!("{address} cannot be trusted: TLS with {origin} failed ({detail}).")
                }
                Cause::Broken => {
                    format!("{address} gave an incomplete answer: {origin} ended the connection.")
                }
                Cause::Other => format!("{address} cannot be reached: {origin}: {detail}."),
            },
            Self::Timeout {
                origin,
                what,
                limit,
            } => format!(
                "{address} is too slow: {origin} took longer than {} s ({what}).",
                limit.as_secs_f32()
            ),
            Self::Status {
                origin,
                status,
                redirected,
                ..
            } => {
                let way = if *redirected { " after a redirect" } else { "" };
                format!("{address} gives no file: {origin} answered with status {status}{way}.")
            }
            Self::TooLarge { limit } => {
                format!(
                    "The document is larger than the {} that the document server takes.",
                    size(*limit)
                )
            }
            Self::Empty { origin } => {
                format!("{address} gives an empty file: {origin} sent no bytes.")
            }
            Self::HtmlInstead {
                origin,
                expected,
                redirected,
            } => {
                let way = if *redirected { " after a redirect" } else { "" };
                format!(
                    "{address} gives a web page instead of a {expected} file: {origin} sent HTML{way}."
                )
            }
            Self::Downgrade { to } => {
                format!("{address} redirects from https to {to}, which is not encrypted.")
            }
            Self::TooManyRedirects { origin, limit } => {
                format!("{address} redirects more than {limit} times, last at {origin}.")
            }
            Self::Encoding { origin, encoding } => {
                format!(
                    "{address} gives a file encoded as {encoding}: {origin} was asked for plain bytes."
                )
            }
            Self::Write(e) => {
                format!("The document server cannot write the downloaded document: {e}.")
            }
            Self::Setup(reason) => {
                format!("The document server cannot make requests: {reason}.")
            }
        }
    }

    /// [`Explain::hint`].
    pub(crate) fn advice(&self) -> String {
        match self {
            Self::Invalid { .. } => {
                "Use an absolute URL such as https://files.example.com/get/1, as the document server reaches it.".into()
            }
            Self::Scheme { .. } => "Serve the file over http or https.".into(),
            Self::Credentials => {
                "Leave them out and authorise the request by the token in its Authorization header, or by a short-lived parameter in the query.".into()
            }
            Self::ForbiddenAddress { class, .. } => forbidden_advice(*class),
            Self::NotListed { .. } => {
                "If the application is there, start the document server with --allow-host and the name, or with --allow-network and its network.".into()
            }
            Self::Unreachable { cause, .. } => match cause {
                Cause::Name => {
                    "Check the name, and that the document server's machine or container can resolve it: try it there with `getent hosts`."
                }
                Cause::Refused => {
                    "Check the port and that the application runs, and that its address is the one at which the document server's machine or container reaches it."
                }
                Cause::Tls => {
                    "Serve a certificate for this name together with its intermediates, or give the document server the certificate of your authority with --ca-file."
                }
                Cause::Broken => "Look in the application's log for why it stopped sending.",
                Cause::Other => {
                    "Try the address from the document server's machine with `curl -I`; a firewall or proxy may stand between."
                }
            }
            .into(),
            Self::Timeout { .. } => {
                "See that the application answers the document server at once: a firewall that drops packets, or a handler that waits for another request, are the usual reasons.".into()
            }
            Self::Status {
                status,
                token,
                ..
            } => status_advice(*status, *token),
            Self::TooLarge { .. } => {
                "Make the document smaller, for instance its images, or have the limit raised.".into()
            }
            Self::Empty { .. } => {
                "Check that the application finds the file and sends it; a new document needs a template, not zero bytes.".into()
            }
            Self::HtmlInstead { .. } => {
                "The document server fetches the file itself, without the browser's cookies, so the address must not need a login: let the application accept the token in the Authorization header or a short-lived parameter in the address.".into()
            }
            Self::Downgrade { .. } => {
                "Let the redirect lead to https, or give the final address.".into()
            }
            Self::TooManyRedirects { .. } => {
                "Give the final address; redirects in a circle often mean a login or a missing trailing slash.".into()
            }
            Self::Encoding { .. } => {
                "Switch compression off for this address.".into()
            }
            Self::Write(e) => match e.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "Free space on the document server's disk."
                }
                _ => "Check the rights and the disk of the document server's data folder.",
            }
            .into(),
            Self::Setup(_) => {
                "Check that the system's certificate store is installed (package ca-certificates).".into()
            }
        }
    }
}

fn forbidden_advice(class: AddressClass) -> String {
    match class {
        AddressClass::Loopback | AddressClass::Unspecified => {
            "localhost and 127.0.0.1 are the document server's own machine or container: use an address at which the document server reaches the application, or, if it does run there, start the document server with --allow-network 127.0.0.0/8 (or ::1/128)."
        }
        AddressClass::CloudMetadata => {
            "Such an address gives out credentials of the machine; use the application's own address."
        }
        AddressClass::LinkLocal
        | AddressClass::Private
        | AddressClass::SharedCarrier
        | AddressClass::Translated => {
            "If the application is in that network, start the document server with --allow-network and the network, for instance --allow-network 10.1.2.0/24, or with --allow-host and the name; its log names the address."
        }
        AddressClass::Multicast | AddressClass::Reserved => {
            "Check the name's DNS entry: no application can be reached there, unless --allow-network allows its network."
        }
    }
    .into()
}

fn status_advice(status: u16, token: TokenSent) -> String {
    match (status, token) {
        (401 | 403, TokenSent::Yes) => {
            "The request carried `Authorization: Bearer` with a token signed by the shared secret: check that the application verifies it with the same secret, asks for no login beside it, and that the web server passes the header on (Apache: CGIPassAuth On)."
        }
        (400, TokenSent::Yes) => {
            "The request carried `Authorization: Bearer` with a token, which stores with signed addresses refuse: if this is one, name its host by unsigned_host, or what such addresses contain by unsigned_url, as in X-Amz-Signature=."
        }
        (401 | 403, TokenSent::Withheld) => {
            "A token goes to the first origin only, so none was sent after the redirect: give the final address."
        }
        (401 | 403, TokenSent::Excluded) => {
            "The request carried no token, as the address is among those of unsigned_host or unsigned_url: take it out of there, or let the application accept the request by a parameter in the address."
        }
        (401 | 403, TokenSent::Off) => {
            "The request carried no token, as tokens are switched off: switch them on, or let the application accept the request by a parameter in the address."
        }
        (404 | 410, _) => {
            "Check that the address is still valid when the document server fetches it, and that it is the address of the file itself."
        }
        (429, _) => "Exempt the document server from the application's rate limit.",
        (500.., _) => "Look in the application's log for the error behind it.",
        (300..=399, _) => "Give the final address of the file.",
        _ => "Let the application answer with status 200 and the bytes of the file.",
    }
    .into()
}

/// A number of bytes in words.
fn size(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else {
        format!("{bytes} bytes")
    }
}

impl Explain for FetchError {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "fetch.invalid_address",
            Self::Scheme { .. } => "fetch.scheme",
            Self::Credentials => "fetch.credentials",
            Self::ForbiddenAddress { .. } => "fetch.forbidden_address",
            Self::NotListed { .. } => "fetch.not_listed",
            Self::Unreachable { .. } => "fetch.unreachable",
            Self::Timeout { .. } => "fetch.timeout",
            Self::Status { .. } => "fetch.status",
            Self::TooLarge { .. } => "fetch.too_large",
            Self::Empty { .. } => "fetch.empty",
            Self::HtmlInstead { .. } => "fetch.html_instead",
            Self::Downgrade { .. } | Self::TooManyRedirects { .. } => "fetch.redirect",
            Self::Encoding { .. } => "fetch.encoding",
            Self::Write(_) => "fetch.write",
            Self::Setup(_) => "fetch.setup",
        }
    }

    fn message(&self) -> String {
        self.message_about(Subject::Document)
    }

    fn hint(&self) -> String {
        self.advice()
    }

    fn editor_error(&self) -> i32 {
        match self {
            Self::TooLarge { .. } => editor_error::SIZE,
            _ => editor_error::DOWNLOAD,
        }
    }
}

/// The first error of type `T` in a chain of causes.
pub(crate) fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(|e| e.downcast_ref())
}

/// An error and what caused it, outermost first. Unlike `Error::source` alone, this also looks
/// into an `io::Error` that carries another error.
pub(crate) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |e: &&'a (dyn Error + 'static)| {
        let e: &'a (dyn Error + 'static) = *e;
        match e.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => e.source(),
        }
    })
}

#[cfg(test)]
mod tests;

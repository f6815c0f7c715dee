//! The command line of `recto token`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as Group, Subcommand, ValueEnum};
use recto_token::{Method, Purpose};

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Explain whatever there is: a token, a config as JSON, JavaScript or PHP, a request, a line of
    /// a log, an environment, or a server's local.json.
    ///
    /// The exit code is 0 if no fault was found, 1 if one was, and 2 if the command can't be carried out.
    Explain(Explain),
    /// Check a token as the document server would, and show what it holds.
    Verify(Verify),
    /// Sign a config or the fields of a request, and print the token.
    Sign(Sign),
    /// Make a secret of 256 bits.
    NewSecret(NewSecret),
    /// Replace the secret of a file of keys without a moment at which a token is refused.
    Rotate(Rotate),
}

/// The secrets that a command knows.
#[derive(Debug, Default, Group)]
pub struct Secrets {
    /// A secret which the server may have; may be repeated. Other users of this machine can see it while
    /// the command runs: --secret-file is safer.
    #[arg(long, value_name = "SECRET")]
    pub secret: Vec<String>,
    /// File that holds such a secret; may be repeated (environment: `JWT_SECRET` or `JWT_SECRET_FILE`).
    #[arg(long, value_name = "FILE")]
    pub secret_file: Vec<PathBuf>,
    /// File with a public key which the server may have, in PEM form, or with a JWK set; may be repeated.
    #[arg(long, value_name = "FILE")]
    pub public_key: Vec<PathBuf>,
}

/// In which form findings are printed.
#[derive(Debug, Default, Group)]
pub struct Form {
    /// Print the findings as JSON.
    #[arg(long, conflicts_with = "sarif")]
    pub json: bool,
    /// Print the findings as SARIF 2.1.0, which code hosts and editors show.
    #[arg(long)]
    pub sarif: bool,
    /// Whether to print in colour.
    #[arg(long, value_enum, default_value_t)]
    pub color: Color,
}

/// Whether to print in colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Options of an explanation.
#[derive(Debug, Group)]
pub struct Explain {
    /// File with a paste of any kind; standard input if it is `-`, or if nothing else is given.
    pub file: Option<PathBuf>,
    /// A token.
    #[arg(long)]
    pub token: Option<String>,
    /// File with the config: as JSON, or as the code that makes it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// File with a raw request or a curl line, with or without its answer.
    #[arg(long, value_name = "FILE")]
    pub request: Option<PathBuf>,
    /// The secrets.
    #[command(flatten)]
    pub secrets: Secrets,
    /// What the token is for, if that is known.
    #[arg(long = "for", value_name = "PURPOSE", value_parser = purpose())]
    pub purpose: Option<Purpose>,
    /// The time to judge by, in Unix seconds [default: this machine's clock].
    #[arg(long, value_name = "UNIX")]
    pub now: Option<i64>,
    /// The form.
    #[command(flatten)]
    pub form: Form,
}

/// Options of a check.
#[derive(Debug, Group)]
pub struct Verify {
    /// The token, a file that holds it, or `-` for standard input.
    pub token: String,
    /// The secrets.
    #[command(flatten)]
    pub secrets: Secrets,
    /// What the token is for.
    #[arg(long = "for", value_name = "PURPOSE", value_parser = purpose(), default_value = "open")]
    pub purpose: Purpose,
    /// File with the page's config as JSON, to be held against a token that opens a document.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The address that is downloaded, to be held against a token for a download.
    #[arg(long)]
    pub url: Option<String>,
    /// The method that a token is for, such as insertImage; needed with `--for method`.
    #[arg(long, value_parser = method())]
    pub method: Option<Method>,
    /// The time to judge by, in Unix seconds [default: this machine's clock].
    #[arg(long, value_name = "UNIX")]
    pub now: Option<i64>,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of signing.
#[derive(Debug, Group)]
pub struct Sign {
    /// File with the config or the fields as JSON; standard input if it is missing or `-`.
    pub file: Option<PathBuf>,
    /// The secret. Other users of this machine can see it while the command runs: --secret-file is safer.
    #[arg(long, value_name = "SECRET", conflicts_with = "secret_file")]
    pub secret: Option<String>,
    /// File that holds the secret (environment: `JWT_SECRET` or `JWT_SECRET_FILE`).
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// Where the token goes: `body` signs the fields as they are, as config.token and a request's body
    /// need them; `header` puts them into "payload", as an Authorization header needs them.
    #[arg(long, value_enum, default_value_t)]
    pub layout: Layout,
    /// Seconds for which the token is valid.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(i64).range(1..=31_536_000))]
    pub ttl: i64,
    /// The time from which it is valid, in Unix seconds [default: this machine's clock].
    #[arg(long, value_name = "UNIX")]
    pub now: Option<i64>,
    /// Print the whole object with the token in it, in place of the token alone.
    #[arg(long)]
    pub whole: bool,
}

/// Where a token goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    /// Into the config or the body of a request.
    #[default]
    Body,
    /// Into the header of a request.
    Header,
}

/// Options of a new secret.
#[derive(Debug, Group)]
pub struct NewSecret {
    /// Write it to this new file, readable by its owner only, in place of printing it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Options of a rotation.
#[derive(Debug, Group)]
pub struct Rotate {
    /// The server's file of keys (`jwt_keys_file`); made from the secret in use if it does not exist.
    #[arg(long, value_name = "FILE", env = "JWT_KEYS_FILE")]
    pub keys: PathBuf,
    /// The secret in use, for a file that does not exist yet (environment: `JWT_SECRET` or
    /// `JWT_SECRET_FILE`).
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// How long the old secret is accepted beside the new one, such as 90m, 24h or 7d.
    #[arg(long, default_value = "24h", value_parser = span)]
    pub overlap: Duration,
    /// The application uses the new secret now: let the old one end at once.
    #[arg(long)]
    pub finish: bool,
    /// The time of the rotation, in Unix seconds [default: this machine's clock].
    #[arg(long, value_name = "UNIX")]
    pub now: Option<i64>,
}

fn method() -> impl clap::builder::TypedValueParser<Value = Method> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};
    PossibleValuesParser::new(Method::ALL.map(Method::as_str)).map(|name| {
        let known = Method::ALL
            .into_iter()
            .find(|method| method.as_str() == name);
        // The parser lets nothing else through.
        known.unwrap_or(Method::InsertImage)
    })
}

fn purpose() -> impl clap::builder::TypedValueParser<Value = Purpose> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};
    PossibleValuesParser::new(Purpose::ALL.map(Purpose::as_str))
        .try_map(|name| name.parse::<Purpose>())
}

/// Reads "90m", "24h", "7d" or a number of seconds.
fn span(text: &str) -> Result<Duration, String> {
    let (digits, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(digits) => (digits, &text[digits.len()..]),
        None => (text, "s"),
    };
    let factor = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => 1,
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .filter(|seconds| (60..=31_536_000).contains(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| {
            "give a time from 1m to 365d, as a number with s, m, h or d behind it".to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        assert_eq!(span("24h"), Ok(Duration::from_secs(86_400)));
        assert_eq!(span("90m"), Ok(Duration::from_secs(5_400)));
        assert_eq!(span("600"), Ok(Duration::from_secs(600)));
        for text in [
            "",
            "h",
            "1y",
            "0h",
            "-1h",
            "9999999999999999999d",
            "5s",
            "400d",
            "ü",
        ] {
            assert!(span(text).is_err(), "{text:?}");
        }
    }
}

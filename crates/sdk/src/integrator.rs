//! What the application knows: the secret, and where its document server is.

use std::fmt;

use recto_token::{
    Refusal, Secret, SecretError, Verified, check_secret, sign_config, verify_download,
};
use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

use crate::{Accepted, CallbackError, Config, ConfigError, callback, script};

/// Seconds for which a signed config can start an editor. A page that is
/// reloaded gets a new one, so this only has to outlast a slow connection.
const CONFIG_LIFE: i64 = 600;

/// Seconds for which a signed request is good.
const REQUEST_LIFE: i64 = 300;

/// The application's side of one document server.
///
/// It cannot be printed, because it holds the secret.
#[derive(Clone)]
pub struct Integrator {
    secret: Secret,
    pub(crate) document_server: Url,
    header: String,
}

impl fmt::Debug for Integrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Integrator")
            .field("document_server", &self.document_server.as_str())
            .finish_non_exhaustive()
    }
}

impl Integrator {
    /// `secret` is the one that the document server has (`JWT_SECRET`), byte for
    /// byte; an empty one and those that manuals print are refused.
    /// `document_server` is the address at which this application reaches the
    /// document server: saved files are fetched from nowhere else.
    pub fn new(secret: Secret, document_server: Url) -> Result<Self, SecretError> {
        check_secret(&secret)?;
        Ok(Self {
            secret,
            document_server,
            header: "Authorization".to_owned(),
        })
    }

    /// Sets the name of the header in which the document server sends its tokens,
    /// if it is not `Authorization` (`JWT_HEADER`).
    #[must_use]
    pub fn header(mut self, name: impl Into<String>) -> Self {
        self.header = name.into();
        self
    }

    /// Signs a config; the result is what the page gets. It can start an editor
    /// for 10 minutes. Nothing may be changed in it afterwards.
    pub fn sign(&self, config: &Config, now: i64) -> Result<SignedConfig, ConfigError> {
        let mut config = config.build()?;
        config["token"] = sign_config(&self.secret, &config, now, CONFIG_LIFE).into();
        Ok(SignedConfig(config))
    }

    /// Signs the fields of another method of the editor, such as `insertImage`,
    /// and gives them with the token. They are good for 10 minutes.
    pub fn sign_method(&self, fields: &Value, now: i64) -> Value {
        self.signed(fields, now, CONFIG_LIFE)
    }

    /// The body of a request to the command or conversion service: the fields and
    /// the token that signs them. It is good for 5 minutes.
    ///
    /// ```
    /// # use recto_sdk::{Integrator, Secret};
    /// # let secret = Secret::from("0123456789abcdef0123456789abcdef");
    /// # let integrator = Integrator::new(secret, "https://docs.example/".parse()?)?;
    /// # let now = 1_795_514_400;
    /// let body = integrator.sign_request(
    ///     &serde_json::json!({"c": "info", "key": "shop.17.3"}),
    ///     now,
    /// );
    /// // POST it to https://docs.example/command as application/json.
    /// assert_eq!(body["c"], "info");
    /// assert!(body["token"].is_string());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sign_request(&self, fields: &Value, now: i64) -> Value {
        self.signed(fields, now, REQUEST_LIFE)
    }

    fn signed(&self, fields: &Value, now: i64, life: i64) -> Value {
        let mut signed = if fields.is_object() {
            fields.clone()
        } else {
            json!({"payload": fields})
        };
        signed["token"] = sign_config(&self.secret, &signed, now, life).into();
        signed
    }

    /// Verifies what came to a `callbackUrl`. `headers` are those of the request,
    /// `body` its body as it came.
    ///
    /// Only what the token holds is used. A file on another server than the
    /// document server is refused: a sender that could name any address would make this
    /// application fetch it.
    pub fn callback<'h>(
        &self,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
        body: &[u8],
        now: i64,
    ) -> Result<Accepted, CallbackError> {
        callback::accept(self, &self.secret, self.token_header(headers), body, now)
    }

    /// Verifies that the document server asks for a file, and gives the address
    /// that it signed. `url` is the one that the config named.
    pub fn download<'h>(
        &self,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
        url: &str,
        now: i64,
    ) -> Result<Verified<String>, Refusal> {
        verify_download(&self.secret, self.token_header(headers), url, now)
    }

    fn token_header<'h>(
        &self,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
    ) -> Option<&'h str> {
        headers
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&self.header))
            .map(|(_, value)| value)
    }
}

/// A config with its token.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct SignedConfig(Value);

/// By hand, because a token must not reach a log.
impl fmt::Debug for SignedConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedConfig([hidden])")
    }
}

impl SignedConfig {
    /// The config as JSON.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// The config as text that may stand in a `<script>` element as it is; a
    /// template must not escape it again.
    pub fn to_script(&self) -> String {
        script::json(&self.0)
    }
}

#[cfg(test)]
mod tests;

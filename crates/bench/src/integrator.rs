//! A minimal integrator: serves the sample, takes callbacks, signs configs.

use std::path::Path;

use anyhow::Context;
use axum::Router;
use axum::routing::{get, post};
use recto_token::{Secret, sign_config};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The secret that it shares with the server.
pub const SECRET: &str = "bench-secret-bench-secret-bench-secret";

/// The integrator.
pub struct Integrator {
    base: String,
}

impl Integrator {
    /// Serves `sample` on a free port.
    pub async fn start(sample: &Path) -> anyhow::Result<Self> {
        let bytes = axum::body::Bytes::from(
            std::fs::read(sample).with_context(|| format!("{} can't be read", sample.display()))?,
        );
        let app = Router::new()
            .route("/sample.docx", get(move || async move { bytes }))
            .route("/callback", post(async || "{\"error\":0}"));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { base })
    }

    /// Address of the sample.
    pub fn file(&self) -> String {
        format!("{}/sample.docx", self.base)
    }

    /// A signed config.
    pub fn config(&self, key: &str, user: &str, name: &str) -> Value {
        let mut config = json!({
            "document": {
                "fileType": "docx", "key": key, "title": "Sample.docx",
                "url": self.file(),
                "permissions": { "edit": true },
            },
            "documentType": "word",
            "editorConfig": {
                "callbackUrl": format!("{}/callback", self.base), "mode": "edit", "lang": "en",
                "user": { "id": user, "name": name },
            },
        });
        let token = sign_config(&Secret::from(SECRET), &config, now(), 300);
        config["token"] = token.into();
        config
    }
}

/// Unix seconds.
pub fn now() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}

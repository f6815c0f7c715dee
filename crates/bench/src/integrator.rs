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
    file_type: String,
}

impl Integrator {
    /// Serves `sample` on a free port.
    pub async fn start(sample: &Path) -> anyhow::Result<Self> {
        let bytes = axum::body::Bytes::from(
            std::fs::read(sample).with_context(|| format!("{} can't be read", sample.display()))?,
        );
        let file_type = sample.extension().unwrap_or_default().to_string_lossy();
        let app = Router::new()
            .route("/sample", get(move || async move { bytes }))
            .route("/callback", post(async || "{\"error\":0}"));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, app).await });
        let file_type = file_type.into_owned();
        Ok(Self { base, file_type })
    }

    /// Address of the sample.
    pub fn file(&self) -> String {
        format!("{}/sample", self.base)
    }

    /// A signed config.
    pub fn config(&self, key: &str, user: &str, name: &str) -> Value {
        let kind = match &*self.file_type {
            "xlsx" => "cell",
            "pptx" => "slide",
            _ => "word",
        };
        let mut config = json!({
            "document": {
                "fileType": self.file_type, "key": key,
                "title": format!("Sample.{}", self.file_type),
                "url": self.file(),
                "permissions": { "edit": true },
            },
            "documentType": kind,
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

//! An ONLYOFFICE server's configuration.

use serde_json::Value;

use super::{Finding, Severity, catalogue, document::at, report::Report, secrets};

/// Judges a server's configuration; says whether it is one.
pub(super) fn check(value: &Value, report: &mut Report) -> bool {
    let Some(server) = at(value, "services.CoAuthoring") else {
        return false;
    };
    report.add(Finding::new(&catalogue::SERVER_CONFIG).at("services.CoAuthoring"));
    for kind in ["inbox", "outbox", "session", "browser"] {
        let path = format!("secret.{kind}.string");
        let Some(secret) = at(server, &path).and_then(Value::as_str) else {
            continue;
        };
        let file = at(server, &format!("secret.{kind}.file")).and_then(Value::as_str);
        if secret.is_empty() && file.is_some_and(|file| !file.is_empty()) {
            continue;
        }
        secrets::check(secret, &format!("services.CoAuthoring.{path}"), report);
    }
    let is_set = |kind: &str| {
        ["string", "file"].iter().any(|member| {
            at(server, &format!("secret.{kind}.{member}"))
                .and_then(Value::as_str)
                .is_some_and(|text| !text.is_empty())
        })
    };
    // A file that says how tokens are taken and names no secret leaves the server's own.
    if at(server, "token").is_some() && !is_set("inbox") {
        report.add(
            Finding::new(&catalogue::SECRET_DEFAULT)
                .says("The file sets no secret for the inbox, so ONLYOFFICE's server takes the one that everybody knows.")
                .at("services.CoAuthoring.secret.inbox.string")
                .expected("a secret")
                .found("nothing"),
        );
    }
    for path in [
        "token.enable.browser",
        "token.enable.request.inbox",
        "token.enable.request.outbox",
    ] {
        match at(server, path) {
            Some(Value::Bool(true)) | None => {}
            Some(other) => report.add(
                Finding::new(&catalogue::TOKENS_OFF)
                    .severity(Severity::Risk)
                    .at(format!("services.CoAuthoring.{path}"))
                    .expected("true")
                    .found(crate::json::shown(other)),
            ),
        }
    }
    true
}

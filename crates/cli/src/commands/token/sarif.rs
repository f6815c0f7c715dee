//! Findings as SARIF 2.1.0, the Static Analysis Results Interchange Format of OASIS.

use std::path::Path;

use recto_token::explain::{Explanation, Finding, Severity};
use serde_json::{Value, json};

/// A log with one run. `source` is the file that was explained, if it was one.
pub fn log(explanation: &Explanation, source: Option<&Path>) -> Value {
    let mut rules: Vec<&Finding> = Vec::new();
    for finding in &explanation.findings {
        if !rules.iter().any(|rule| rule.code == finding.code) {
            rules.push(finding);
        }
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "recto",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| json!({
                    "id": rule.code,
                    "help": {"text": rule.hint},
                    "properties": {"documentation": rule.docs},
                })).collect::<Vec<_>>(),
            }},
            "results": explanation
                .findings
                .iter()
                .map(|finding| result(finding, source))
                .collect::<Vec<_>>(),
        }],
    })
}

fn result(finding: &Finding, source: Option<&Path>) -> Value {
    let mut location = json!({});
    if let Some(source) = source {
        location["physicalLocation"] =
            json!({"artifactLocation": {"uri": source.to_string_lossy().replace('\\', "/")}});
    }
    if let Some(path) = &finding.path {
        location["logicalLocations"] = json!([{"fullyQualifiedName": path}]);
    }
    json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": {"text": format!("{} {}", finding.message, finding.hint)},
        "locations": [location],
        "properties": {"expected": finding.expected, "found": finding.found},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal => "error",
        Severity::Silent | Severity::Risk => "warning",
        Severity::Note => "note",
    }
}

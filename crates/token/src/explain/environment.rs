//! Environments, compose files and `docker` lines.

use super::{Finding, catalogue, fields, report::Report, secrets};

/// Judges an environment; says whether it is one.
pub(super) fn check(text: &str, report: &mut Report) -> bool {
    let pairs: Vec<(&str, &str)> = text.lines().flat_map(pairs_of).collect();
    let about = |name: &str| name.starts_with("JWT") || fields::is_secret_name(name);
    let server = text.contains("onlyoffice/documentserver");
    if !server && !pairs.iter().any(|(name, _)| about(name)) {
        return false;
    }
    let enabled = pairs
        .iter()
        .find(|(name, _)| *name == "JWT_ENABLED")
        .map(|(_, value)| *value);
    if enabled.is_some_and(|value| value.eq_ignore_ascii_case("false")) {
        report.add(
            Finding::new(&catalogue::TOKENS_OFF)
                .at("JWT_ENABLED")
                .expected("true")
                .found("false"),
        );
    }
    let mut set = false;
    for (name, value) in &pairs {
        match *name {
            "JWT_SECRET" => {
                set = true;
                let value = match default_of(value) {
                    Some(default) => default,
                    None if value.starts_with('$') => continue,
                    None => value,
                };
                secrets::check(value, "JWT_SECRET", report);
            }
            name if name.starts_with("JWT") && fields::is_secret_name(name)
                || matches!(name, "JWT-SECRET" | "JWT_KEY" | "jwt_secret") =>
            {
                report.hide(value);
                report.add(
                    Finding::new(&catalogue::SECRET_VARIABLE_NAME)
                        .says(format!(
                            "The variable {name} is one that the server does not read."
                        ))
                        .at(name)
                        .expected("JWT_SECRET")
                        .found(name),
                );
            }
            name if fields::is_secret_name(name) => report.hide(value),
            _ => {}
        }
    }
    let off = report.has(&catalogue::TOKENS_OFF);
    if !set && !off && (server || enabled.is_some() || report.has(&catalogue::SECRET_VARIABLE_NAME))
    {
        report.add(
            Finding::new(&catalogue::SECRET_RESTART)
                .at("JWT_SECRET")
                .expected("a fixed secret")
                .found("nothing"),
        );
    }
    true
}

/// The variables of a line: `NAME=value`, `- NAME=value`, `NAME: value`, and
/// those of `-e` in a command.
fn pairs_of(line: &str) -> Vec<(&str, &str)> {
    let line = line
        .trim()
        .trim_start_matches("- ")
        .trim_start_matches("export ")
        .trim();
    // Several in one line, as units of systemd have them.
    if let Some(rest) = line.strip_prefix("Environment=") {
        return rest
            .split('"')
            .filter_map(|part| {
                if part.contains('=') {
                    part.trim().split_once('=')
                } else {
                    None
                }
            })
            .filter(|(name, _)| is_name(name))
            .collect();
    }
    if line.starts_with('#') {
        return Vec::new();
    }
    if line.contains("-e ") || line.contains("--env ") {
        return line
            .split_whitespace()
            .filter_map(|word| word.trim_matches(['"', '\'']).split_once('='))
            .filter(|(name, _)| is_name(name))
            .map(|(name, value)| (name, unquoted(value)))
            .collect();
    }
    let pair = line
        .trim_matches(['"', '\''])
        .split_once('=')
        .filter(|(name, _)| is_name(name))
        .or_else(|| {
            line.split_once(':')
                .filter(|(name, _)| is_name(name.trim()))
        });
    pair.map(|(name, value)| (name.trim(), unquoted(value.trim())))
        .into_iter()
        .collect()
}

/// What stands in for a variable that is not set: `${NAME:-default}`.
fn default_of(value: &str) -> Option<&str> {
    let inner = value.strip_prefix("${")?.strip_suffix('}')?;
    inner
        .split_once(":-")
        .or_else(|| inner.split_once('-'))
        .map(|(_, default)| default)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}

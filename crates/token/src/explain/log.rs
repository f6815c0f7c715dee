//! Lines of a server's log or of a browser's console.

use super::{
    Context, Finding, Purpose,
    catalogue::{self, Entry},
    report::Report,
    token::{self, Place},
};

/// What a log says, in small letters, and what it means.
const SAYINGS: &[(&str, &Entry)] = &[
    ("is private ip address", &catalogue::URL_PRIVATE),
    ("auth missing required parameter", &catalogue::MISSING_FIELD),
    ("jwt must be provided", &catalogue::MISSING),
    ("jwt must be a string", &catalogue::NOT_A_STRING),
    ("jwt signature is required", &catalogue::UNSIGNED),
    (
        "secret or public key must be provided",
        &catalogue::SECRET_EMPTY,
    ),
    ("key may not be empty", &catalogue::SECRET_EMPTY),
    ("empty secret", &catalogue::SECRET_EMPTY),
    ("invalid algorithm", &catalogue::ALG_UNSUPPORTED),
    ("invalid signature", &catalogue::SIGNATURE),
    ("signature verification failed", &catalogue::SIGNATURE),
    ("jwt expired", &catalogue::EXPIRED),
    ("jwt not active", &catalogue::NOT_YET_VALID),
    ("invalid exp value", &catalogue::TIME_TYPE),
    ("invalid nbf value", &catalogue::TIME_TYPE),
    ("wrong number of segments", &catalogue::MALFORMED),
    ("not enough segments", &catalogue::MALFORMED),
    ("jwt malformed", &catalogue::MALFORMED),
    ("invalid token", &catalogue::MALFORMED),
    ("cannot handle token", &catalogue::CLOCK_SKEW),
    ("token used before issued", &catalogue::CLOCK_SKEW),
    ("not yet valid (iat)", &catalogue::CLOCK_SKEW),
    ("key is too short", &catalogue::SECRET_SHORT),
    ("mixed content", &catalogue::MIXED_CONTENT),
    ("mixed active content", &catalogue::MIXED_CONTENT),
    ("econnrefused 127.0.0.1", &catalogue::URL_LOOPBACK),
    ("econnrefused ::1", &catalogue::URL_LOOPBACK),
    ("access deny", &catalogue::PERMISSIONS_DIFFER),
    ("permissions mismatch", &catalogue::PERMISSIONS_DIFFER),
    ("do not have rights", &catalogue::PERMISSIONS_DIFFER),
    ("security token has expired", &catalogue::EXPIRED),
    ("token is not correctly formed", &catalogue::SIGNATURE),
    ("error code: -8", &catalogue::SIGNATURE),
    ("postdata error", &catalogue::BAD_ANSWER),
    ("error downloadfile", &catalogue::URL_UNREACHABLE),
    ("download failed", &catalogue::URL_UNREACHABLE),
    ("document could not be saved", &catalogue::BAD_ANSWER),
    ("version has been changed", &catalogue::KEY_CONSTANT),
];

/// Words of the editor's texts in other languages: all of them must be there.
const WORDS: &[(&[&str], &Entry)] = &[
    (&["sicherheitstoken", "abgelaufen"], &catalogue::EXPIRED),
    (
        &["sicherheitstoken", "nicht korrekt"],
        &catalogue::SIGNATURE,
    ),
    (
        &["herunterladen", "fehlgeschlagen"],
        &catalogue::URL_UNREACHABLE,
    ),
    (&["jeton de sécurité", "expiré"], &catalogue::EXPIRED),
    (&["jeton de sécurité", "formé"], &catalogue::SIGNATURE),
    (&["téléchargement", "échoué"], &catalogue::URL_UNREACHABLE),
    (&["токен", "срок"], &catalogue::EXPIRED),
    (&["токен", "формат"], &catalogue::SIGNATURE),
    (&["token de seguridad", "expirado"], &catalogue::EXPIRED),
    (&["token de seguridad", "formato"], &catalogue::SIGNATURE),
    (&["token di sicurezza", "scaduto"], &catalogue::EXPIRED),
    (&["token di sicurezza"], &catalogue::SIGNATURE),
    (&["token de segurança", "expirou"], &catalogue::EXPIRED),
    (&["token de segurança"], &catalogue::SIGNATURE),
];

/// Numbers that an editor or a server shows.
const NUMBERS: &[(&str, &Entry)] = &[
    ("4004", &catalogue::PERMISSIONS_DIFFER),
    ("4005", &catalogue::EXPIRED),
    ("4006", &catalogue::SIGNATURE),
    ("4007", &catalogue::CALLBACK_UNREACHABLE),
    ("4008", &catalogue::KEY_CONSTANT),
    ("-20", &catalogue::SIGNATURE),
    ("-21", &catalogue::EXPIRED),
    ("-23", &catalogue::PERMISSIONS_DIFFER),
    ("-4", &catalogue::URL_UNREACHABLE),
    ("-100", &catalogue::CALLBACK_UNREACHABLE),
    ("-101", &catalogue::BAD_ANSWER),
    ("-102", &catalogue::KEY_CONSTANT),
];

/// Sayings that stand for every token that is not acceptable.
const VAGUE: [&str; 2] = ["token is not correctly formed", "error code: -8"];

/// What may lie behind an answer that says no more than that a token is bad.
pub(super) fn family(said: &str) -> String {
    format!(
        "\"{said}\" says only that the token is not acceptable: most often it was signed with another secret, and else it is missing, malformed, or lacks a field that must be signed."
    )
}

/// Judges lines of a log; says whether anything in them is known.
pub(super) fn check(text: &str, context: &Context, report: &mut Report) -> bool {
    let lower = text.to_lowercase();
    if let Some(token) = token_in(text) {
        let place = Place {
            path: Some("token"),
            purpose: Some(Purpose::Open),
            // Logs mask and cut tokens; what the line says of them is more.
            source: true,
        };
        let claims = token::inspect(token, place, context, report);
        if let Some(claims) = claims {
            super::payload::for_opening(claims, None, report);
        }
    }
    let mut known = report.has_fatal();
    for (saying, entry) in SAYINGS {
        let Some(at) = lower.find(saying) else {
            continue;
        };
        known = true;
        // The token itself told more.
        if report.has_fatal() && entry.code.starts_with("token.") {
            continue;
        }
        let mut finding = Finding::new(entry).found(*saying);
        if entry.code == catalogue::SIGNATURE.code && VAGUE.contains(saying) {
            finding = finding.says(family(saying));
        }
        if entry.code == catalogue::MISSING_FIELD.code {
            let field = lower[at + saying.len()..]
                .split_whitespace()
                .next()
                .unwrap_or_default();
            let field = [
                "document.key",
                "document.url",
                "document.permissions",
                "editorConfig.callbackUrl",
                "editorConfig.mode",
            ]
            .into_iter()
            .find(|known| {
                known.to_lowercase() == field.trim_matches(|c: char| !c.is_ascii_alphanumeric())
            })
            .unwrap_or("document.key");
            finding = finding
                .says(format!("The token has no {field}, which must be signed."))
                .at(field)
                .expected("a value");
        }
        report.add(finding);
        if entry.severity == super::Severity::Fatal {
            break;
        }
    }
    if known {
        return true;
    }
    let said = WORDS
        .iter()
        .find(|(words, _)| words.iter().all(|word| lower.contains(word)));
    if let Some((words, entry)) = said {
        let found = words.join(" … ");
        let finding = Finding::new(entry);
        report.add(if entry.code == catalogue::SIGNATURE.code {
            finding.says(family(&found)).found(found)
        } else {
            finding.found(found)
        });
        return true;
    }
    let marked = ["error", "code", "disconnect", "onerror", "reason"]
        .iter()
        .any(|word| lower.contains(word))
        || text.trim().len() <= 8;
    let number = NUMBERS.iter().find(|(number, _)| {
        lower
            .split(|c: char| !(c.is_ascii_digit() || c == '-'))
            .any(|word| word == *number)
    });
    match number {
        Some((number, entry)) if marked => {
            report.add(
                Finding::new(entry)
                    .says(format!(
                        "{number} names only a family of causes; the most frequent one: {}",
                        entry.message
                    ))
                    .found(*number),
            );
            if entry.code == catalogue::SIGNATURE.code {
                report.add(
                    Finding::new(&catalogue::MISSING_FIELD)
                        .severity(super::Severity::Note)
                        .says("The second most frequent cause: a field that must be signed is not in the payload."),
                );
            }
            true
        }
        _ => false,
    }
}

/// The text behind `token =` in a log line.
fn token_in(text: &str) -> Option<&str> {
    let start = text
        .find("token = ")
        .map(|at| at + 8)
        .or_else(|| text.find("eyJ"))?;
    text[start..].split_whitespace().next()
}

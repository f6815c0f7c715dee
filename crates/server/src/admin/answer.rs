//! What somebody gets who may not see a page of the administrator.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use super::Duration;

/// Why a page is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    /// The connection comes from another machine.
    FromElsewhere,
    /// A proxy passed the request on, so nobody knows from where it comes.
    PassedOn,
    /// The page was asked for under a name that is not one of this machine's own.
    ForeignName,
    /// There is a password, and none was given.
    PasswordWanted,
    /// The password or the user name is wrong.
    PasswordWrong,
    /// Too many passwords were wrong: time until the next may be tried.
    TooMany(Duration),
    /// Another server's page sent this.
    ForeignPage,
}

/// A title, why, and what to do.
type Words = [&'static str; 3];

impl Denied {
    fn status(self) -> StatusCode {
        match self {
            Self::FromElsewhere | Self::PassedOn | Self::ForeignName | Self::ForeignPage => {
                StatusCode::FORBIDDEN
            }
            Self::PasswordWanted | Self::PasswordWrong => StatusCode::UNAUTHORIZED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::FromElsewhere => "admin.from_elsewhere",
            Self::PassedOn => "admin.passed_on",
            Self::ForeignName => "admin.foreign_name",
            Self::PasswordWanted => "admin.password_wanted",
            Self::PasswordWrong => "admin.password_wrong",
            Self::TooMany(_) => "admin.too_many",
            Self::ForeignPage => "admin.foreign_page",
        }
    }

    fn english(self) -> Words {
        const SET: &str = "Open it on the server's own machine, under http://localhost, or start the server with --admin-password-file and sign in.";
        const CLOSED: &str = "This page is for the administrator";
        match self {
            Self::FromElsewhere => [
                CLOSED,
                "Without a password, this page is shown on the server's own machine only, and this request comes from another one.",
                SET,
            ],
            Self::PassedOn => [
                CLOSED,
                "Without a password, this page is shown on the server's own machine only, and this request was passed on by a proxy.",
                SET,
            ],
            Self::ForeignName => [
                CLOSED,
                "Without a password, this page is shown under the names localhost, 127.0.0.1 and [::1] only, and it was asked for under another.",
                SET,
            ],
            Self::PasswordWanted => [
                CLOSED,
                "This page needs the administrator's password.",
                "Load it again, and sign in as admin with the password that the server was started with.",
            ],
            Self::PasswordWrong => [
                CLOSED,
                "The user name or the password is wrong.",
                "Sign in as admin with the password that the server was started with.",
            ],
            Self::TooMany(_) => [
                "Too many wrong passwords",
                "Too many passwords were wrong, so none is tried for a while.",
                "Wait a minute, then sign in again.",
            ],
            Self::ForeignPage => [
                CLOSED,
                "This was sent by a page of another server.",
                "Open the page on this server, and use it there.",
            ],
        }
    }

    fn french(self) -> Words {
        const SET: &str = "Ouvrez-la sur la machine du serveur, à l’adresse http://localhost, ou démarrez le serveur avec --admin-password-file et identifiez-vous.";
        const CLOSED: &str = "Cette page est réservée à l’administrateur";
        match self {
            Self::FromElsewhere => [
                CLOSED,
                "Sans mot de passe, cette page ne s’affiche que sur la machine du serveur, et cette demande vient d’une autre.",
                SET,
            ],
            Self::PassedOn => [
                CLOSED,
                "Sans mot de passe, cette page ne s’affiche que sur la machine du serveur, et cette demande a été transmise par un proxy.",
                SET,
            ],
            Self::ForeignName => [
                CLOSED,
                "Sans mot de passe, cette page ne s’affiche que sous les noms localhost, 127.0.0.1 et [::1], et elle a été demandée sous un autre.",
                SET,
            ],
            Self::PasswordWanted => [
                CLOSED,
                "Cette page demande le mot de passe de l’administrateur.",
                "Rechargez-la et identifiez-vous comme admin, avec le mot de passe donné au démarrage du serveur.",
            ],
            Self::PasswordWrong => [
                CLOSED,
                "Le nom d’utilisateur ou le mot de passe est faux.",
                "Identifiez-vous comme admin, avec le mot de passe donné au démarrage du serveur.",
            ],
            Self::TooMany(_) => [
                "Trop de mots de passe faux",
                "Trop de mots de passe étaient faux ; aucun n’est essayé pendant un moment.",
                "Attendez une minute, puis identifiez-vous à nouveau.",
            ],
            Self::ForeignPage => [
                CLOSED,
                "Cette demande vient d’une page d’un autre serveur.",
                "Ouvrez la page sur ce serveur, et utilisez-la là.",
            ],
        }
    }

    /// A page for a person, JSON for a program.
    pub(super) fn answer(self, asked: &HeaderMap) -> Response {
        let text = |name| {
            asked
                .get(name)
                .and_then(|value: &HeaderValue| value.to_str().ok())
                .unwrap_or_default()
        };
        let mut response = if text(header::ACCEPT).contains("text/html") {
            let (lang, words) = if prefers_french(text(header::ACCEPT_LANGUAGE)) {
                ("fr", self.french())
            } else {
                ("en", self.english())
            };
            (self.status(), Html(page(lang, words))).into_response()
        } else {
            let [_, message, hint] = self.english();
            let body = json!({ "code": self.code(), "message": message, "hint": hint });
            (self.status(), Json(body)).into_response()
        };
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
        );
        headers.insert(
            header::VARY,
            HeaderValue::from_static("Accept, Accept-Language"),
        );
        match self {
            Self::PasswordWanted | Self::PasswordWrong => {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Basic realm=\"Recto\", charset=\"UTF-8\""),
                );
            }
            Self::TooMany(wait) => {
                headers.insert(
                    header::RETRY_AFTER,
                    HeaderValue::from(wait.as_secs().saturating_add(1)),
                );
            }
            _ => {}
        }
        response
    }
}

/// Whether French comes before English in an `Accept-Language` header, which browsers send in order.
fn prefers_french(accepted: &str) -> bool {
    accepted
        .split(',')
        .map(|one| one.trim().to_ascii_lowercase())
        .find(|one| one.starts_with("fr") || one.starts_with("en"))
        .is_some_and(|one| one.starts_with("fr"))
}

fn page(lang: &str, [title, why, how]: Words) -> String {
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><style>\
         body{{font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:4em auto;padding:0 1em}}\
         h1{{font-size:1.5em;line-height:1.25}}</style></head>\
         <body><h1>{title}</h1><p>{why}</p><p>{how}</p></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_first_that_there_is() {
        for (accepted, french) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", true),
            ("en-GB,en;q=0.9,fr;q=0.8", false),
            ("de,fr;q=0.5,en;q=0.3", true),
            ("de", false),
            ("", false),
        ] {
            assert_eq!(prefers_french(accepted), french, "{accepted}");
        }
    }
}

//! Requests to the server: the command, conversion and builder services, and
//! files for the browser.

use recto_docs_api::{Conversion, ParameterError};
use serde_json::{Map, Value};

use crate::{
    Keys, Refusal, Verified,
    json::{Look, Tree, type_name},
    jws::{self, Expect},
    opening::fields::absent,
    refusal::reason,
    shape::Shape,
};

/// The parts of an HTTP request that may hold its parameters and its token.
#[derive(Clone, Copy)]
pub struct RequestParts<'r> {
    /// The body, whatever its `Content-Type` says; not compressed.
    pub body: &'r [u8],
    /// The pairs of the query, decoded.
    pub query: &'r [(String, String)],
    /// The value of the header that carries tokens, normally `Authorization`.
    pub header: Option<&'r str>,
    /// What the token follows in the header, blanks included: normally
    /// `Bearer` and one blank.
    pub prefix: &'r str,
}

/// A service of the document server that takes tokens of integrators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// `/command` and `/coauthoring/CommandService.ashx`.
    Command,
    /// `/converter` and `/ConvertService.ashx`.
    Converter,
    /// `/docbuilder`.
    Docbuilder,
    /// `/downloadfile/:docid`.
    DownloadFile,
}

impl Service {
    /// All services.
    pub const ALL: [Self; 4] = [
        Self::Command,
        Self::Converter,
        Self::Docbuilder,
        Self::DownloadFile,
    ];

    /// The service in words.
    fn words(self) -> &'static str {
        match self {
            Self::Command => "the command service",
            Self::Converter => "the conversion service",
            Self::Docbuilder => "the builder service",
            Self::DownloadFile => "a file for the browser",
        }
    }

    /// What to sign for it.
    fn hint(self) -> &'static str {
        match self {
            Self::Command => "Sign the command itself: c and key, and what else the command has.",
            Self::Converter => "Sign the conversion itself: url, filetype, outputtype and key.",
            Self::Docbuilder => "Sign the request itself: url, key and async.",
            Self::DownloadFile => {
                "Send the token that the back end signed for this file, with url and fileType in it, or with the changesUrl of a version."
            }
        }
    }

    /// Whether a token for these parameters may be for this service.
    ///
    /// Parameters that nothing is known of pass: the service then says which
    /// one is missing or wrong, as ONLYOFFICE's server does.
    fn takes(self, parameters: &Map<String, Value>) -> bool {
        let any = |names: &[&str]| names.iter().any(|name| parameters.contains_key(*name));
        match (self, Shape::of(parameters)) {
            (_, Shape::Other)
            | (Self::Command, Shape::Command)
            | (Self::Converter, Shape::Conversion)
            | (Self::Docbuilder, Shape::Script | Shape::Address)
            | (Self::DownloadFile, Shape::File | Shape::Reference | Shape::History) => true,
            // A conversion that lacks the types, or spells them otherwise.
            (Self::Converter, Shape::Script | Shape::Address | Shape::File) => {
                any(&["key", "async", "title", "codePage", "delimiter", "password"])
            }
            _ => false,
        }
    }
}

/// The parameters of a request as they were sent, signed or not: the members of
/// a JSON body, else the pairs of the query.
///
/// Nothing may be granted by them. They are for an answer that repeats the key
/// of a refused command. A name that the query has several times is an array.
pub fn unsigned_parameters(parts: &RequestParts) -> Map<String, Value> {
    match serde_json::from_slice(parts.body) {
        Ok(Value::Object(members)) => return members,
        Ok(_) => return Map::new(),
        Err(_) => {}
    }
    let mut parameters = Map::new();
    for (name, value) in parts.query {
        let value = Value::from(value.as_str());
        match parameters.get_mut(name) {
            None => {
                parameters.insert(name.clone(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    parameters
}

/// Takes the parameters of a request unsigned, because the operator switched
/// tokens off.
///
/// The caller logs that it did so, and keeps on refusing addresses in
/// private networks.
pub fn request_without_tokens(parts: &RequestParts) -> Verified<Map<String, Value>> {
    let mut parameters = unsigned_parameters(parts);
    parameters.remove("token");
    Verified::with_tokens_off(parameters)
}

/// Reads a conversion from parameters that were verified.
pub fn conversion(
    parameters: &Verified<Map<String, Value>>,
) -> Result<Verified<Conversion>, ParameterError> {
    Conversion::parse(parameters).map(Verified::new)
}

/// Verifies a request to a service and gives its parameters.
///
/// The rules are those of ONLYOFFICE's server:
///
/// * The token is the member `token` of a JSON body, or of the query when the
///   body is not JSON. Only if there is none it is the header's, after the exact
///   prefix. A bad token is not made good by another one.
/// * The parameters are the claims, overridden by the members of `payload`,
///   overridden by those of `query`. Nothing that was not signed counts.
///
/// Beyond them, a token that was made for something else is refused, and
/// registered claims (`exp` and the like) are no parameters. A payload that has
/// no parameters gives an empty map; [`Refusal::missing_parameter`] says what
/// lacks.
pub fn verify_request(
    keys: &Keys,
    service: Service,
    parts: &RequestParts,
    now: i64,
) -> Result<Verified<Map<String, Value>>, Refusal> {
    let claims = match Tree::read(parts.body, Expect::REQUEST.max_depth) {
        Some(body) => claims(keys, parts, body.root().member("token"), now)?,
        None => claims(keys, parts, unsigned_parameters(parts).get("token"), now)?,
    };
    let parameters = merged(claims);
    if !service.takes(&parameters) {
        return Err(Shape::of(&parameters).refused(service.words(), service.hint()));
    }
    Ok(Verified::new(parameters))
}

/// The token of a request as it was sent, unverified: to find by it whose keys
/// are to verify it, and for nothing else.
pub fn unsigned_token(parts: &RequestParts) -> Option<String> {
    let token = unsigned_parameters(parts).remove("token");
    match token.filter(|token| !absent(Some(token))) {
        Some(Value::String(token)) => Some(token),
        Some(_) => None,
        None => header_token(parts).ok().map(str::to_owned),
    }
}

/// The claims of a request's token: of the one beside its parameters, else of
/// the header's.
fn claims<'v>(
    keys: &Keys,
    parts: &RequestParts,
    token: Option<impl Look<'v>>,
    now: i64,
) -> Result<Map<String, Value>, Refusal> {
    let Some(token) = token.filter(|token| !absent(Some(*token))) else {
        return jws::open(keys.inbox(), header_token(parts)?, Expect::REQUEST, now);
    };
    let Some(token) = token.as_text() else {
        return Err(not_a_string(&token.to_value()));
    };
    jws::open(keys.inbox(), token, Expect::REQUEST, now).map_err(|refusal| {
        if parts.header.is_some() {
            refusal.and("The header's token is ignored, because there is another one beside the parameters.")
        } else {
            refusal
        }
    })
}

/// The parameters in the claims of a token.
fn merged(mut claims: Map<String, Value>) -> Map<String, Value> {
    let wrapped = ["payload", "query"].map(|name| claims.remove(name));
    for inner in wrapped.into_iter().flatten() {
        if let Value::Object(members) = inner {
            claims.extend(members);
        }
    }
    claims.retain(|name, _| !jws::is_registered(name) && name != "token");
    claims
}

fn not_a_string(token: &Value) -> Refusal {
    Refusal::token(
        &reason::NOT_A_STRING,
        "jwt must be a string",
        format!(
            "The request's \"token\" is {} and not a string.",
            type_name(token)
        ),
        "Wait for the result if the token is made asynchronously, and send the bare text once.",
    )
    .at("token")
    .expected("a string")
    .found(type_name(token))
}

fn header_token<'r>(parts: &RequestParts<'r>) -> Result<&'r str, Refusal> {
    let Some(header) = parts.header.filter(|header| !header.trim().is_empty()) else {
        return Err(no_token(parts));
    };
    let word = parts.prefix.trim();
    let found = match header.strip_prefix(parts.prefix) {
        Some(token) if !token.trim().is_empty() && !token.starts_with(char::is_whitespace) => {
            return Ok(token);
        }
        Some(token) if !token.trim().is_empty() => "two blanks after it",
        Some(_) => "no token after it",
        None if header.trim() == word => "no token after it",
        None => match header.trim().split_once(char::is_whitespace) {
            Some((first, _)) if first == word => "other white space after it",
            Some((first, _)) if first.eq_ignore_ascii_case(word) => "another spelling of it",
            Some(_) => "another prefix",
            None => "no prefix",
        },
    };
    Err(Refusal::token(
        &reason::HEADER_PREFIX,
        "jwt must be provided",
        format!(
            "The token in the header does not follow \"{}\" as this server demands.",
            parts.prefix
        ),
        format!(
            "Send \"{}TOKEN\" in the header: the prefix in this spelling with its one blank, then the token and nothing else.",
            parts.prefix
        ),
    )
    .at("header")
    .expected(format!("{}TOKEN", parts.prefix))
    .found(found))
}

fn no_token(parts: &RequestParts) -> Refusal {
    let body: Result<Value, _> = serde_json::from_slice(parts.body);
    if body.is_err() && !parts.body.trim_ascii().is_empty() {
        return Refusal::token(
            &reason::NOT_JSON,
            "jwt must be provided",
            "The request carries no token that could be read, because its body is not JSON.",
            "Send a JSON object with the token as its member \"token\"; form fields are not read.",
        )
        .at("body")
        .expected("a JSON object")
        .found("no JSON");
    }
    let hint = if body.is_ok() && parts.query.iter().any(|(name, _)| name == "token") {
        "Put the token into the body too: beside a JSON body the token of the query is ignored."
    } else {
        "Sign the fields of the request in the back end, and send the result as \"token\" in the JSON body; if it is sent in a header, check the header's name."
    };
    Refusal::token(
        &reason::MISSING,
        "jwt must be provided",
        "The request carries no token.",
        hint,
    )
    .at("token")
}

impl Refusal {
    /// A rightly signed request without a parameter that its service needs.
    ///
    /// The code is `request.body_ignored` when the request has the parameter
    /// beside the token, where it does not count.
    pub fn missing_parameter(name: &str, parts: &RequestParts) -> Self {
        let refusal = if absent(unsigned_parameters(parts).get(name)) {
            Self::token(
                &reason::MISSING_PARAMETER,
                format!(" {name} is missing"),
                format!("The request has no \"{name}\"."),
                format!("Add \"{name}\", and sign it."),
            )
            .found("nothing")
        } else {
            Self::token(
                &reason::BODY_IGNORED,
                format!(" {name} is missing"),
                format!(
                    "The request has \"{name}\" beside its token and not in it, and what is not signed does not count."
                ),
                "Sign all fields of the request.",
            )
            .found(format!("\"{name}\" outside the token"))
        };
        refusal.at(name).expected("a signed value")
    }

    /// The number with which a service tells an ONLYOFFICE integrator of this
    /// refusal: `error` of the command service (1, 6, 7), the conversion and
    /// the builder service (-7, -8), or the HTTP status of a file (403).
    pub fn service_error(&self, service: Service) -> i32 {
        let code = self.code;
        let parameter = [reason::MISSING_PARAMETER.code, reason::BODY_IGNORED.code].contains(&code);
        match service {
            Service::DownloadFile => 403,
            Service::Command if parameter => 1,
            Service::Command if code == reason::EXPIRED.code => 7,
            Service::Command => 6,
            Service::Converter | Service::Docbuilder if parameter => -7,
            Service::Converter | Service::Docbuilder => -8,
        }
    }
}

#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;

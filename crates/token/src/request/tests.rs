use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    Secret,
    testing::{NOW, SECRET, config, hs256, keys, lines, token},
};

const TOKEN_ERROR: i32 = 6;

/// A request of which single parts are changed.
pub(super) struct Request {
    pub(super) body: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) header: Option<String>,
}

impl Request {
    pub(super) fn body(body: &Value) -> Self {
        Self {
            body: body.to_string(),
            query: Vec::new(),
            header: None,
        }
    }

    /// A full body that is not signed, and a header.
    pub(super) fn header(header: impl Into<String>) -> Self {
        Self {
            header: Some(header.into()),
            ..Self::body(&unsigned())
        }
    }

    pub(super) fn query(pairs: &[(&str, &str)]) -> Self {
        Self {
            body: String::new(),
            query: pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            header: None,
        }
    }

    fn parts(&self) -> RequestParts<'_> {
        RequestParts {
            body: self.body.as_bytes(),
            query: &self.query,
            header: self.header.as_deref(),
            prefix: "Bearer ",
        }
    }

    pub(super) fn verify(&self, service: Service) -> Result<Value, Refusal> {
        verify_request(&keys(), service, &self.parts(), NOW)
            .map(|parameters| Value::Object(parameters.into_inner()))
    }

    fn refused(&self) -> Refusal {
        self.verify(Service::Command).unwrap_err()
    }
}

pub(super) fn signed(payload: &Value) -> String {
    hs256(SECRET, payload)
}

pub(super) fn bearer(payload: &Value) -> String {
    format!("Bearer {}", signed(payload))
}

pub(super) fn info() -> Value {
    json!({"c": "info", "key": "k1"})
}

pub(super) fn conversion() -> Value {
    json!({
        "async": false, "filetype": "docx", "key": "k1", "outputtype": "pdf",
        "title": "A.pdf", "url": "https://files.example/a.docx"
    })
}

/// What is in the body beside a token, and must not count.
fn unsigned() -> Value {
    json!({"c": "drop", "key": "unsigned", "url": "https://evil.example/"})
}

pub(super) fn with_token(token: impl Into<Value>) -> Request {
    let mut body = unsigned();
    body["token"] = token.into();
    Request::body(&body)
}

#[test]
fn payload_overrides_claims_and_query_overrides_payload() {
    let claims = json!({
        "c": "a", "key": "a", "users": ["a"],
        "payload": {"c": "b", "key": "b", "token": "x"},
        "query": {"c": "info"},
        "iss": "integrator", "iat": NOW
    });
    assert_eq!(
        with_token(signed(&claims))
            .verify(Service::Command)
            .unwrap(),
        json!({"c": "info", "key": "b", "users": ["a"]})
    );
    let text = json!({"payload": "{\"c\":\"info\"}", "query": [1], "c": "version"});
    assert_eq!(
        with_token(signed(&text)).verify(Service::Command).unwrap(),
        json!({"c": "version"})
    );
}

#[test]
fn t17_the_body_token_wins_and_has_no_substitute() {
    let mut request = with_token(signed(&info()));
    request.header = Some(bearer(&json!({"payload": {"c": "drop", "key": "other"}})));
    assert_eq!(request.verify(Service::Command).unwrap(), info());
    let mut bad = with_token(hs256("wrong", &info()));
    bad.header = Some(bearer(&info()));
    let refusal = bad.refused();
    assert_eq!(refusal.code, "token.signature");
    insta::assert_snapshot!(refusal.hint, @"Set the same secret in the back end and here, and check that nothing changed the token on its way. The header's token is ignored, because there is another one beside the parameters.");
}

#[test]
fn another_prefix_can_be_configured() {
    let payload = signed(&info());
    let verify = |header: &str, prefix: &str| {
        let parts = RequestParts {
            body: b"",
            query: &[],
            header: Some(header),
            prefix,
        };
        verify_request(&keys(), Service::Command, &parts, NOW).map_err(|refusal| refusal.code)
    };
    assert!(verify(&format!("JWT:{payload}"), "JWT:").is_ok());
    assert!(verify(&payload, "").is_ok());
    assert_eq!(
        verify(&format!("Bearer {payload}"), "JWT:"),
        Err("request.header_prefix")
    );
}

#[test]
fn a_token_twice_in_the_query_is_no_string() {
    let token = signed(&info());
    let request = Request::query(&[("token", &token), ("token", &token), ("key", "k")]);
    assert_eq!(request.refused().code, "token.not_a_string");
    assert_eq!(
        unsigned_parameters(&request.parts()).get("key"),
        Some(&json!("k"))
    );
}

#[test]
fn a_json_body_hides_the_query() {
    for body in ["{}", "[]", "5", "null", "{\"key\":\"b\"}"] {
        let request = Request {
            body: body.to_owned(),
            ..Request::query(&[("key", "q")])
        };
        assert_ne!(
            unsigned_parameters(&request.parts()).get("key"),
            Some(&json!("q")),
            "{body}"
        );
    }
}

#[test]
fn without_tokens_all_parameters_count() {
    let mut body = conversion();
    body["token"] = json!("rubbish");
    assert_eq!(
        Value::Object(request_without_tokens(&Request::body(&body).parts()).into_inner()),
        conversion()
    );
}

/// A config, a callback, a conversion and the like at `/command`.
#[test]
fn t13_tokens_for_other_uses_are_no_command() {
    for payload in [
        config(),
        json!({"payload": config()}),
        json!({"key": "k", "status": 2, "url": "https://docs.example/a.docx"}),
        json!({"payload": {"key": "k", "status": 4}}),
        conversion(),
        json!({"payload": {"url": "https://files.example/a.docx"}}),
        json!({"c": "add", "images": [{"fileType": "png", "url": "https://files.example/a.png"}]}),
        json!({"c": "compare", "fileType": "docx", "url": "https://files.example/a.docx"}),
        json!({"version": 2, "key": "k", "url": "https://files.example/a.docx"}),
    ] {
        let refusal = with_token(signed(&payload)).refused();
        assert_eq!(refusal.code, "token.wrong_purpose", "{payload}");
        assert_eq!(refusal.service_error(Service::Command), TOKEN_ERROR);
    }
    insta::assert_snapshot!(lines(&with_token(signed(&config())).refused()), @r#"
        token.wrong_purpose "token:invalid token"
        The token was made for opening a document, not for the command service.
        Sign the command itself: c and key, and what else the command has.
        path: document
        expected: a token for the command service
        found: a token for opening a document
    "#);
    insta::assert_snapshot!(lines(&with_token(signed(&json!({"key": "k", "status": 2}))).refused()), @r#"
        token.wrong_purpose "token:invalid token"
        The token was made for a callback, not for the command service.
        Sign the command itself: c and key, and what else the command has.
        path: status
        expected: a token for the command service
        found: a token for a callback
    "#);
    let own = token(
        SECRET,
        &json!({"alg": "HS256", "typ": "recto-session+jwt"}),
        info().to_string(),
    );
    assert_eq!(with_token(own).refused().code, "token.wrong_purpose");
}

/// What integrators send is not taken for something else.
#[test]
fn requests_of_integrators_pass() {
    let url = "https://files.example/a.docx";
    for (service, payload) in [
        (Service::Command, json!({"c": "version"})),
        (
            Service::Command,
            json!({"c": "drop", "key": "k", "users": ["u1"]}),
        ),
        (
            Service::Command,
            json!({"c": "forcesave", "key": "k", "userdata": "u"}),
        ),
        (
            Service::Command,
            json!({"c": "meta", "key": "k", "meta": {"title": "T.docx"}}),
        ),
        (
            Service::Command,
            json!({"c": "saved", "key": "k", "status": 1}),
        ),
        (
            Service::Command,
            json!({"c": "deleteForgotten", "key": "k"}),
        ),
        (Service::Command, json!({"c": "unknown", "key": "k"})),
        (Service::Command, json!({"c": 5, "key": "k"})),
        (Service::Command, json!({"key": "k"})),
        (Service::Converter, json!({"url": url, "outputtype": "pdf"})),
        (
            Service::Converter,
            json!({"url": url, "outputType": "pdf", "fileType": "docx"}),
        ),
        (
            Service::Converter,
            json!({"url": url, "filetype": "docx", "key": "k"}),
        ),
        (Service::Converter, json!({"url": url, "key": "k"})),
        (Service::Converter, json!({"outputtype": "pdf", "key": "k"})),
        (
            Service::Converter,
            json!({"url": url, "fileType": "docx", "key": "k", "async": true}),
        ),
        (Service::Docbuilder, json!({"url": url})),
        (
            Service::Docbuilder,
            json!({"url": url, "key": "k", "async": true, "argument": {}}),
        ),
        (
            Service::DownloadFile,
            json!({"url": url, "fileType": "xlsx", "path": "a.xlsx", "referenceData": {"fileKey": "f"}}),
        ),
        (
            Service::DownloadFile,
            json!({"version": 2, "key": "k", "url": url, "changesUrl": url, "previous": {"key": "j", "url": url}}),
        ),
    ] {
        assert_eq!(
            with_token(signed(&payload)).verify(service).as_ref(),
            Ok(&payload),
            "{service:?}"
        );
    }
}

#[test]
fn sentences_of_requests() {
    insta::assert_snapshot!(lines(&Request::body(&info()).refused()), @r#"
        token.missing "token:jwt must be provided"
        The request carries no token.
        Sign the fields of the request in the back end, and send the result as "token" in the JSON body; if it is sent in a header, check the header's name.
        path: token
    "#);
    let header = |header: &str| lines(&Request::header(header).refused());
    insta::assert_snapshot!(header("bearer eyJ.e30.x"), @r#"
        request.header_prefix "token:jwt must be provided"
        The token in the header does not follow "Bearer " as this server demands.
        Send "Bearer TOKEN" in the header: the prefix in this spelling with its one blank, then the token and nothing else.
        path: header
        expected: Bearer TOKEN
        found: another spelling of it
    "#);
    insta::assert_snapshot!(header("Bearer  eyJ.e30.x"), @r#"
        request.header_prefix "token:jwt must be provided"
        The token in the header does not follow "Bearer " as this server demands.
        Send "Bearer TOKEN" in the header: the prefix in this spelling with its one blank, then the token and nothing else.
        path: header
        expected: Bearer TOKEN
        found: two blanks after it
    "#);
    for (value, found) in [
        ("eyJ.e30.x", "no prefix"),
        ("Bearer", "no token after it"),
        ("Bearer   ", "no token after it"),
        ("Bearer\teyJ.e30.x", "other white space after it"),
        ("Basic eyJ.e30.x", "another prefix"),
    ] {
        let refusal = Request::header(value).refused();
        assert_eq!(refusal.code, "request.header_prefix", "{value}");
        assert_eq!(refusal.found.as_deref(), Some(found), "{value}");
    }
    assert_eq!(Request::header(" ").refused().code, "token.missing");
    let form = Request {
        body: "c=info&key=k".to_owned(),
        ..Request::query(&[])
    };
    insta::assert_snapshot!(lines(&form.refused()), @r#"
        request.not_json "token:jwt must be provided"
        The request carries no token that could be read, because its body is not JSON.
        Send a JSON object with the token as its member "token"; form fields are not read.
        path: body
        expected: a JSON object
        found: no JSON
    "#);
    insta::assert_snapshot!(lines(&with_token(5).refused()), @r#"
        token.not_a_string "token:jwt must be a string"
        The request's "token" is a number and not a string.
        Wait for the result if the token is made asynchronously, and send the bare text once.
        path: token
        expected: a string
        found: a number
    "#);
    insta::assert_snapshot!(lines(&with_token("a.b").refused()), @r#"
        token.malformed "token:jwt malformed"
        The token has 1 dot, and a JWT has two.
        Make the token with a JWT library: sign all fields of the request with HS256, and put the resulting text in the member "token" of the body unchanged.
        expected: 2 dots
        found: 1 dot
    "#);
    let mut expired = info();
    expired["exp"] = json!(NOW - 3600);
    insta::assert_snapshot!(lines(&with_token(signed(&expired)).refused()), @r#"
        token.expired "token:jwt expired"
        The token expired 60 minutes ago (3600 seconds), at 2026-11-24T09:00:00Z.
        Sign a new token for each request, with an "exp" some minutes ahead, and check that both clocks agree: here it is 2026-11-24T10:00:00Z.
        path: exp
        expected: later than 1795514340
        found: 1795510800
    "#);
    let hidden = Request {
        body: "{}".to_owned(),
        ..Request::query(&[("token", "x")])
    };
    insta::assert_snapshot!(hidden.refused().hint, @"Put the token into the body too: beside a JSON body the token of the query is ignored.");
}

#[test]
fn missing_parameters() {
    let request = with_token(signed(&json!({"c": "info"})));
    let ignored = Refusal::missing_parameter("key", &request.parts());
    insta::assert_snapshot!(lines(&ignored), @r#"
        request.body_ignored "token: key is missing"
        The request has "key" beside its token and not in it, and what is not signed does not count.
        Sign all fields of the request.
        path: key
        expected: a signed value
        found: "key" outside the token
    "#);
    let missing = Refusal::missing_parameter("outputtype", &request.parts());
    insta::assert_snapshot!(lines(&missing), @r#"
        request.missing_parameter "token: outputtype is missing"
        The request has no "outputtype".
        Add "outputtype", and sign it.
        path: outputtype
        expected: a signed value
        found: nothing
    "#);
    for refusal in [ignored, missing] {
        assert_eq!(
            Service::ALL.map(|service| refusal.service_error(service)),
            [1, -7, -7, 403]
        );
    }
}

#[test]
fn numbers_of_the_services() {
    let number = |refusal: &Refusal| Service::ALL.map(|service| refusal.service_error(service));
    let wrong = with_token(hs256("wrong", &info())).refused();
    assert_eq!(number(&wrong), [6, -8, -8, 403]);
    let mut expired = info();
    expired["exp"] = json!(NOW - 61);
    let expired = with_token(signed(&expired)).refused();
    assert_eq!(number(&expired), [7, -8, -8, 403]);
    let early = with_token(signed(&json!({"c": "version", "nbf": NOW + 61}))).refused();
    assert_eq!(
        (early.code, number(&early)),
        ("token.not_yet_valid", [6, -8, -8, 403])
    );
}

#[test]
fn t16_large_requests() {
    let many: Vec<_> = (0..20_000).map(|n| format!("user-{n}")).collect();
    let payload = json!({"c": "drop", "key": "k", "users": many});
    assert!(
        with_token(signed(&payload))
            .verify(Service::Command)
            .is_ok()
    );
    let payload = json!({"c": "info", "key": "x".repeat(1024 * 1024)});
    assert_eq!(
        with_token(signed(&payload)).refused().code,
        "token.too_large"
    );
    let bomb = Request {
        body: "[".repeat(1_000_000),
        ..Request::query(&[])
    };
    assert_eq!(bomb.refused().code, "request.not_json");
}

#[test]
fn t18_double_encoding() {
    let text = token(
        SECRET,
        &json!({"alg": "HS256"}),
        json!(info().to_string()).to_string(),
    );
    let refusal = with_token(text).refused();
    assert_eq!(refusal.code, "payload.double_encoded");
    insta::assert_snapshot!(refusal.hint, @"Give the JWT library the request as an object, not the text that json_encode or JSON.stringify makes of it.");
}

#[test]
fn empty_keys_verify_nothing() {
    let keys = Keys::from_secret(Secret::from(""));
    let request = with_token(hs256("", &info()));
    let refusal = verify_request(&keys, Service::Command, &request.parts(), NOW).unwrap_err();
    assert_eq!(refusal.code, "secret.empty");
    assert_eq!(refusal.service_error(Service::Command), TOKEN_ERROR);
}

proptest! {
    /// Whatever comes, there is an answer, and nothing unsigned in it.
    #[test]
    fn any_request_gets_an_answer(
        body in prop_oneof![".{0,40}", Just(String::new()), Just("{}".to_owned())],
        header in proptest::option::of("(Bearer |bearer |)[a-z.]{0,12}"),
        query in proptest::collection::vec(("(token|key|c)", ".{0,8}"), 0..3),
    ) {
        let request = Request { body, query, header };
        for service in Service::ALL {
            prop_assert!(request.verify(service).is_err());
        }
        let _ = request_without_tokens(&request.parts());
    }

    #[test]
    fn t19_refusals_hide_the_token(token in "[A-Za-z0-9_-]{12,40}", word in "[A-Z]{4,12}") {
        for header in [token.clone(), format!("bearer {token}"), format!("Bearer  {token}"), format!("{token} {word}")] {
            let refusal = Request::header(header).refused();
            prop_assert!(!crate::testing::shown(&refusal).contains(&token));
        }
    }

    /// Parameters survive in each of the three layouts.
    #[test]
    fn parameters_survive(key in "[a-z0-9]{1,20}", users in proptest::collection::vec(".{0,6}", 0..4)) {
        let wanted = json!({"c": "drop", "key": key, "users": users});
        for claims in [wanted.clone(), json!({"payload": wanted}), json!({"query": wanted})] {
            prop_assert_eq!(with_token(signed(&claims)).verify(Service::Command).unwrap(), wanted.clone());
            prop_assert_eq!(Request::header(bearer(&claims)).verify(Service::Command).unwrap(), wanted.clone());
        }
    }
}

#[test]
fn the_token_by_which_a_tenant_is_found_is_the_one_that_is_verified() {
    let found = |request: &Request| unsigned_token(&request.parts());
    let token = signed(&info());
    let bare = Some(token.clone());
    assert_eq!(found(&Request::body(&json!({"token": token}))), bare);
    assert_eq!(found(&Request::query(&[("token", &token)])), bare);
    assert_eq!(found(&Request::header(bearer(&info()))), bare);
    let mut both = Request::header("Bearer other");
    both.body = json!({"token": token}).to_string();
    assert_eq!(found(&both), bare);
    both.body = json!({"token": ""}).to_string();
    assert_eq!(found(&both).as_deref(), Some("other"));
    both.body = json!({"token": ["other"]}).to_string();
    assert_eq!(found(&both), None);
}

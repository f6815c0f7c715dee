//! The table of a running ONLYOFFICE server, as far as it is about tokens.

use serde_json::json;

use super::{
    tests::{Request, bearer, conversion, info, signed, with_token},
    *,
};
use crate::testing::{NOW, SECRET, hs256, token};

/// What a service answers: the number of the refusal, or 0 with the parameters.
fn answer(request: &Request, service: Service) -> (i32, Value) {
    match request.verify(service) {
        Ok(parameters) => (0, parameters),
        Err(refusal) => (refusal.service_error(service), Value::Null),
    }
}

/// The rows of the table of a running ONLYOFFICE server that are about tokens:
/// the request, the answer of `/command` and that of `/converter`. Where both
/// are 0 the parameters are those that were signed.
#[test]
#[allow(clippy::too_many_lines)]
fn the_table_of_a_running_server() {
    let good = |wanted: &Value| {
        let mut flat = wanted.clone();
        flat["exp"] = json!(NOW + 300);
        flat
    };
    for (service, wanted) in [
        (Service::Command, info()),
        (Service::Converter, conversion()),
    ] {
        let refusal = if service == Service::Command { 6 } else { -8 };
        let expired = if service == Service::Command { 7 } else { -8 };
        let nothing = json!({});
        let lacking = match service {
            Service::Command => json!({"c": "info"}),
            _ => json!({"outputtype": "pdf"}),
        };
        let flat = good(&wanted);
        let payload = json!({"payload": wanted, "exp": NOW + 300});
        let query = json!({"query": wanted});
        let with_exp = |exp: Value| {
            let mut claims = wanted.clone();
            claims["exp"] = exp;
            claims
        };
        let with_claim = |name: &str, value: Value| {
            let mut claims = wanted.clone();
            claims[name] = value;
            claims
        };
        let good_token = signed(&wanted);
        let alg = |alg: &str| {
            with_token(token(
                SECRET,
                &json!({"alg": alg, "typ": "JWT"}),
                wanted.to_string(),
            ))
        };
        let mut tampered = good_token.clone();
        let at = good_token.find('.').unwrap() + 5;
        tampered.replace_range(
            at..=at,
            if &good_token[at..=at] == "x" {
                "y"
            } else {
                "x"
            },
        );
        let mut body_and_header = with_token(good_token.clone());
        body_and_header.header = Some("Bearer rubbish".to_owned());
        let mut bad_body_good_header = with_token("rubbish");
        bad_body_good_header.header = Some(bearer(&wanted));
        let mut empty_token = with_token("");
        empty_token.header = Some(bearer(&wanted));

        for (name, request, error, parameters) in [
            ("no token", Request::body(&wanted), refusal, None),
            ("empty body", Request::query(&[]), refusal, None),
            (
                "no JSON",
                Request {
                    body: "c=info".to_owned(),
                    ..Request::query(&[])
                },
                refusal,
                None,
            ),
            ("signed {}", with_token(signed(&nothing)), 0, Some(&nothing)),
            (
                "signed {foo:1}",
                with_token(signed(&json!({"foo": 1}))),
                0,
                Some(&json!({"foo": 1})),
            ),
            (
                "token lacks what the body has",
                with_token(signed(&lacking)),
                0,
                Some(&lacking),
            ),
            (
                "body token, flat",
                with_token(signed(&flat)),
                0,
                Some(&wanted),
            ),
            (
                "body token, payload",
                with_token(signed(&payload)),
                0,
                Some(&wanted),
            ),
            (
                "body token, query",
                with_token(signed(&query)),
                0,
                Some(&wanted),
            ),
            (
                "header, payload",
                Request::header(bearer(&payload)),
                0,
                Some(&wanted),
            ),
            (
                "header, flat",
                Request::header(bearer(&flat)),
                0,
                Some(&wanted),
            ),
            (
                "header, empty payload",
                Request::header(bearer(&json!({"payload": {}}))),
                0,
                Some(&nothing),
            ),
            (
                "header beside a body that is not JSON",
                Request {
                    body: "<x/>".to_owned(),
                    ..Request::header(bearer(&payload))
                },
                0,
                Some(&wanted),
            ),
            (
                "bearer in small letters",
                Request::header(format!("bearer {good_token}")),
                refusal,
                None,
            ),
            (
                "no prefix",
                Request::header(good_token.clone()),
                refusal,
                None,
            ),
            (
                "two blanks",
                Request::header(format!("Bearer  {good_token}")),
                refusal,
                None,
            ),
            (
                "wrong secret",
                with_token(hs256("wrong", &wanted)),
                refusal,
                None,
            ),
            (
                "empty secret",
                with_token(hs256("", &wanted)),
                refusal,
                None,
            ),
            ("tampered", with_token(tampered), refusal, None),
            ("malformed", with_token("a.b"), refusal, None),
            ("not a string", with_token(5), refusal, None),
            (
                "not a string, an object",
                with_token(json!({})),
                refusal,
                None,
            ),
            ("alg none", alg("none"), refusal, None),
            ("alg None", alg("None"), refusal, None),
            ("alg RS256", alg("RS256"), refusal, None),
            ("alg HS384", alg("HS384"), 0, Some(&wanted)),
            ("alg HS512", alg("HS512"), 0, Some(&wanted)),
            (
                "no typ",
                with_token(token(SECRET, &json!({"alg": "HS256"}), wanted.to_string())),
                0,
                Some(&wanted),
            ),
            (
                "exp 300 s ago",
                with_token(signed(&with_exp(json!(NOW - 300)))),
                expired,
                None,
            ),
            (
                "exp 61 s ago",
                with_token(signed(&with_exp(json!(NOW - 61)))),
                expired,
                None,
            ),
            (
                "exp 59 s ago",
                with_token(signed(&with_exp(json!(NOW - 59)))),
                0,
                Some(&wanted),
            ),
            (
                "exp is a text",
                with_token(signed(&with_exp(json!("soon")))),
                refusal,
                None,
            ),
            (
                "nbf 300 s ahead",
                with_token(signed(&with_claim("nbf", json!(NOW + 300)))),
                refusal,
                None,
            ),
            (
                "iat in the future",
                with_token(signed(&with_claim("iat", json!(NOW + 9999)))),
                0,
                Some(&wanted),
            ),
            (
                "expired and wrong secret",
                with_token(hs256("wrong", &with_exp(json!(NOW - 300)))),
                refusal,
                None,
            ),
            (
                "exp in payload does not count",
                with_token(signed(&json!({"payload": with_exp(json!(1))}))),
                0,
                Some(&wanted),
            ),
            (
                "good body token, bad header",
                body_and_header,
                0,
                Some(&wanted),
            ),
            (
                "bad body token, good header",
                bad_body_good_header,
                refusal,
                None,
            ),
            (
                "empty body token, good header",
                empty_token,
                0,
                Some(&wanted),
            ),
            (
                "token in the query, empty body",
                Request::query(&[("token", &good_token)]),
                0,
                Some(&wanted),
            ),
            (
                "token in the query, JSON body",
                Request {
                    body: wanted.to_string(),
                    ..Request::query(&[("token", &good_token)])
                },
                refusal,
                None,
            ),
        ] {
            let (got, found) = answer(&request, service);
            assert_eq!(got, error, "{service:?}: {name}");
            assert_eq!(
                found,
                parameters.cloned().unwrap_or_default(),
                "{service:?}: {name}"
            );
        }
    }
}

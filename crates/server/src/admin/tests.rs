use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tower::ServiceExt;

use super::*;

const PASSWORD: &str = "correct horse";

fn with_password() -> Arc<Admin> {
    Arc::new(Admin::new(
        Some(AdminPassword::new(PASSWORD).unwrap()),
        Arc::default(),
    ))
}

fn without() -> Arc<Admin> {
    Arc::new(Admin::new(None, Arc::default()))
}

fn basic(password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("admin:{password}")))
}

/// A request from somewhere, with headers.
fn from(peer: &str, method: Method, headers: &[(&str, &str)]) -> Request {
    let peer: IpAddr = peer.parse().unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri("/page")
        .extension(ConnectInfo(SocketAddr::new(peer, 5555)));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

async fn answer(admin: Arc<Admin>, request: Request) -> Response {
    let pages = Router::new()
        .route("/page", get(|| async { "shown" }))
        .route("/page", post(|| async { "done" }));
    guarded(pages, admin).oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), 1 << 16).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

/// Status, and the code of the reason if there is one.
async fn outcome(admin: Arc<Admin>, request: Request) -> (u16, String) {
    let response = answer(admin, request).await;
    let status = response.status().as_u16();
    let body = text(response).await;
    let code = serde_json::from_str::<serde_json::Value>(&body)
        .ok()
        .and_then(|body| Some(body["code"].as_str()?.to_owned()))
        .unwrap_or_default();
    (status, code)
}

async fn reads(peer: &str, headers: &[(&str, &str)]) -> (u16, String) {
    outcome(without(), from(peer, Method::GET, headers)).await
}

#[tokio::test]
async fn without_a_password_this_machine_may_look() {
    for peer in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"] {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:8080",
        ] {
            let (status, code) = reads(peer, &[("host", host)]).await;
            assert_eq!(status, 200, "{peer} {host} {code}");
        }
    }
}

#[tokio::test]
async fn without_a_password_other_machines_may_not() {
    for peer in ["10.0.0.1", "192.0.2.1", "0.0.0.0", "::2", "::ffff:10.0.0.1"] {
        let (status, code) = reads(peer, &[("host", "localhost")]).await;
        assert_eq!(
            (status, code.as_str()),
            (403, "admin.from_elsewhere"),
            "{peer}"
        );
    }
    // An unknown address counts as one from elsewhere.
    let unknown = Request::get("/page")
        .header("host", "localhost")
        .body(Body::empty())
        .unwrap();
    assert_eq!(outcome(without(), unknown).await.0, 403);
}

#[tokio::test]
async fn a_name_that_was_pointed_here_opens_nothing() {
    for host in [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example@localhost",
        "127.0.0.2",
        "0.0.0.0",
        "[::]",
        "::1",
        "",
    ] {
        let (status, code) = reads("127.0.0.1", &[("host", host)]).await;
        assert_eq!(
            (status, code.as_str()),
            (403, "admin.foreign_name"),
            "{host}"
        );
    }
    let none = reads("127.0.0.1", &[]).await;
    assert_eq!(none, (403, "admin.foreign_name".into()));
    let two = [("host", "localhost"), ("host", "evil.example")];
    assert_eq!(reads("127.0.0.1", &two).await.0, 403);
    // A request may name its host in the address too, and both count.
    let mut absolute = from("127.0.0.1", Method::GET, &[("host", "localhost")]);
    *absolute.uri_mut() = "http://evil.example/page".parse().unwrap();
    assert_eq!(outcome(without(), absolute).await.0, 403);
}

#[tokio::test]
async fn what_a_proxy_passes_on_is_not_from_this_machine() {
    for header in [
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded",
        "forwarded",
        "via",
        "x-real-ip",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
    ] {
        let (status, code) = reads("127.0.0.1", &[("host", "localhost"), (header, "")]).await;
        assert_eq!(
            (status, code.as_str()),
            (403, "admin.passed_on"),
            "{header}"
        );
    }
    let mut old = from("127.0.0.1", Method::GET, &[("host", "localhost")]);
    *old.version_mut() = Version::HTTP_10;
    assert_eq!(outcome(without(), old).await.1, "admin.passed_on");
}

#[tokio::test]
async fn without_a_password_giving_one_helps_nobody() {
    let headers = [("host", "localhost"), ("authorization", &basic(PASSWORD))];
    assert_eq!(reads("10.0.0.1", &headers).await.0, 403);
}

#[tokio::test]
async fn a_password_opens_it_from_anywhere() {
    let right = basic(PASSWORD);
    for peer in ["127.0.0.1", "10.0.0.1"] {
        for headers in [
            vec![("host", "docs.example")],
            vec![("host", "docs.example"), ("x-forwarded-for", "192.0.2.1")],
        ] {
            let mut headers = headers;
            headers.push(("authorization", &right));
            let (status, code) = outcome(with_password(), from(peer, Method::GET, &headers)).await;
            assert_eq!(status, 200, "{peer} {headers:?} {code}");
        }
    }
}

#[tokio::test]
async fn once_there_is_a_password_everybody_is_asked_for_it() {
    for peer in ["127.0.0.1", "10.0.0.1"] {
        let request = from(peer, Method::GET, &[("host", "localhost")]);
        let response = answer(with_password(), request).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(
            response.headers()["www-authenticate"],
            "Basic realm=\"Recto\", charset=\"UTF-8\""
        );
        let wrong = [("host", "localhost"), ("authorization", &basic("wrong"))];
        let wrong = outcome(with_password(), from(peer, Method::GET, &wrong)).await;
        assert_eq!(wrong, (401, "admin.password_wrong".into()));
    }
}

#[tokio::test]
async fn w4_guessing_comes_to_an_end() {
    let admin = with_password();
    let guess = |peer: &str, password: &str| {
        let headers = [("host", "localhost"), ("authorization", &*basic(password))];
        outcome(admin.clone(), from(peer, Method::GET, &headers))
    };
    for number in 0..failures::MOST {
        assert_eq!(guess("10.0.0.1", &number.to_string()).await.0, 401);
    }
    // The right one is not tried either, or a guesser would know it by the answer.
    assert_eq!(
        guess("10.0.0.1", PASSWORD).await,
        (429, "admin.too_many".into())
    );
    assert_eq!(guess("10.0.0.2", PASSWORD).await.0, 200);
    let headers = [("authorization", &*basic(PASSWORD))];
    let response = answer(admin.clone(), from("10.0.0.1", Method::GET, &headers)).await;
    let wait: u64 = response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    // To be asked for the password is no failure.
    assert_eq!(
        outcome(admin, from("10.0.0.3", Method::GET, &[])).await,
        (401, "admin.password_wanted".into())
    );
}

#[tokio::test]
async fn a_page_of_another_origin_sends_nothing() {
    let right = basic(PASSWORD);
    for (admin, host, sent) in [
        (without(), "localhost:8080", None),
        (with_password(), "docs.example", Some(&right)),
    ] {
        for (origin, status) in [
            (None, 200),
            (Some(format!("http://{host}")), 200),
            (Some("https://evil.example".into()), 403),
            (Some("http://localhost:8081".into()), 403),
            (Some("null".into()), 403),
        ] {
            let mut headers = vec![("host", host)];
            if let Some(sent) = sent {
                headers.push(("authorization", sent));
            }
            if let Some(origin) = &origin {
                headers.push(("origin", origin));
            }
            let request = from("127.0.0.1", Method::POST, &headers);
            let (found, code) = outcome(admin.clone(), request).await;
            assert_eq!(found, status, "{origin:?} {code}");
        }
    }
}

#[tokio::test]
async fn every_answer_keeps_out_of_frames_and_caches() {
    for peer in ["127.0.0.1", "10.0.0.1"] {
        let request = from(peer, Method::GET, &[("host", "localhost")]);
        let response = answer(without(), request).await;
        for (name, value) in [
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(response.headers()[name], value, "{peer}");
        }
    }
}

#[tokio::test]
async fn a_person_gets_a_page_in_his_language() {
    let page = async |language: &str| {
        let headers = [
            ("host", "localhost"),
            ("accept", "text/html,*/*;q=0.8"),
            ("accept-language", language),
        ];
        let response = answer(without(), from("10.0.0.1", Method::GET, &headers)).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert!(
            response.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
        let page = text(response).await;
        page.split_once("<body>").unwrap().1.to_owned()
    };
    insta::assert_snapshot!(page("en").await, @"<h1>This page is for the administrator</h1><p>Without a password, this page is shown on the server's own machine only, and this request comes from another one.</p><p>Open it on the server's own machine, under http://localhost, or start the server with --admin-password-file and sign in.</p></body></html>");
    insta::assert_snapshot!(page("fr-FR,fr;q=0.9").await, @"<h1>Cette page est réservée à l’administrateur</h1><p>Sans mot de passe, cette page ne s’affiche que sur la machine du serveur, et cette demande vient d’une autre.</p><p>Ouvrez-la sur la machine du serveur, à l’adresse http://localhost, ou démarrez le serveur avec --admin-password-file et identifiez-vous.</p></body></html>");
}

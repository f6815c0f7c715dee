//! What the document server reports and delivers.

use std::sync::atomic::Ordering;

use http::StatusCode;
use recto_token::{Keys, Secret, sign_body, sign_header};
use serde_json::{Value, json};

use crate::support::{NOW, SECRET, Stage, changed_docx, docx, xlsx};

fn done() -> Value {
    json!({ "error": 0 })
}

struct Open {
    stage: Stage,
    file: String,
    key: String,
}

impl Open {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let mut ada = stage.signed_in("ada").await;
        let file = ada.file("Welcome.docx").await.expect("a sample");
        let key = ada.key(&file).await;
        drop(ada);
        Self { stage, file, key }
    }

    fn fields(&self, status: u8, result: Option<&str>) -> Value {
        let mut fields = json!({ "key": self.key, "status": status, "users": ["bruno"] });
        if let Some(result) = result {
            fields["url"] = json!(self.stage.result_url(result));
        }
        fields
    }

    async fn send(&self, status: u8, result: Option<&str>) -> crate::support::Answer {
        self.stage
            .callback(&self.file, &self.fields(status, result))
            .await
    }

    async fn versions(&self) -> Vec<i64> {
        self.stage
            .signed_in("ada")
            .await
            .version_numbers(&self.file)
            .await
    }

    async fn current_key(&self) -> String {
        self.stage.signed_in("ada").await.key(&self.file).await
    }
}

#[tokio::test]
async fn a_saved_file_becomes_a_version_and_the_key_moves() {
    let open = Open::new().await;
    open.stage.documents.put("r1", &changed_docx("saved"));
    assert_eq!(open.send(1, None).await.json(), done());
    assert_eq!(open.send(2, Some("r1")).await.json(), done());
    let mut ada = open.stage.signed_in("ada").await;
    assert_eq!(ada.version_numbers(&open.file).await, [2, 1]);
    assert_eq!(
        ada.version(&open.file, 1).await,
        docx(),
        "the first version stays byte for byte"
    );
    assert_eq!(ada.version(&open.file, 2).await, changed_docx("saved"));
    assert_ne!(open.current_key().await, open.key);
    assert!(
        ada.get(&format!("/files/{}/versions", open.file))
            .await
            .text()
            .contains("by Bruno Keller")
    );
}

#[tokio::test]
async fn the_same_callback_twice_makes_one_version() {
    let open = Open::new().await;
    open.stage.documents.put("r1", &changed_docx("saved"));
    for _ in 0..2 {
        assert_eq!(open.send(2, Some("r1")).await.json(), done());
    }
    assert_eq!(
        open.stage.documents.fetched.load(Ordering::SeqCst),
        1,
        "it is not even fetched again"
    );
    open.stage
        .documents
        .put("signed-anew", &changed_docx("saved"));
    assert_eq!(open.send(2, Some("signed-anew")).await.json(), done());
    assert_eq!(open.versions().await, [2, 1]);
    assert_eq!(open.stage.contents(), 2);
}

#[tokio::test]
async fn the_same_callback_at_the_same_time_makes_one_version() {
    let open = Open::new().await;
    open.stage.documents.put("r1", &changed_docx("saved"));
    let (one, two) = tokio::join!(open.send(2, Some("r1")), open.send(2, Some("r1")));
    assert_eq!((one.json(), two.json()), (done(), done()));
    assert_eq!(open.versions().await, [2, 1]);
    assert_eq!(open.stage.contents(), 2);
}

#[tokio::test]
async fn a_content_delivered_late_under_an_old_key_is_not_lost() {
    let open = Open::new().await;
    open.stage.documents.put("r1", &changed_docx("one"));
    open.stage.documents.put("r2", &changed_docx("two"));
    assert_eq!(open.send(2, Some("r1")).await.json(), done());
    assert_eq!(open.send(2, Some("r2")).await.json(), done());
    assert_eq!(open.versions().await, [3, 2, 1]);
}

#[tokio::test]
async fn a_force_save_keeps_the_session_s_key_until_the_session_ends() {
    let open = Open::new().await;
    open.stage.documents.put("f1", &changed_docx("forced"));
    open.stage.documents.put("r1", &changed_docx("final"));
    assert_eq!(open.send(6, Some("f1")).await.json(), done());
    assert_eq!(open.versions().await, [2, 1]);
    assert_eq!(
        open.current_key().await,
        open.key,
        "anyone who opens the file now joins the session"
    );
    assert_eq!(open.send(2, Some("r1")).await.json(), done());
    assert_eq!(open.versions().await, [3, 2, 1]);
    assert_ne!(open.current_key().await, open.key);
}

#[tokio::test]
async fn a_session_that_ends_as_it_was_force_saved_moves_the_key() {
    for status in [2, 4] {
        let open = Open::new().await;
        open.stage.documents.put("f1", &changed_docx("forced"));
        assert_eq!(open.send(6, Some("f1")).await.json(), done());
        assert_eq!(
            open.send(status, (status == 2).then_some("f1"))
                .await
                .json(),
            done()
        );
        assert_eq!(open.versions().await, [2, 1], "status {status}");
        assert_ne!(open.current_key().await, open.key, "status {status}");
    }
}

#[tokio::test]
async fn closing_without_changes_changes_nothing() {
    let open = Open::new().await;
    let closed =
        json!({ "key": open.key, "status": 4, "actions": [{ "type": 0, "userid": "ada" }] });
    assert_eq!(
        open.stage.callback(&open.file, &closed).await.json(),
        done()
    );
    assert_eq!(open.versions().await, [1]);
    assert_eq!(open.current_key().await, open.key);
}

#[tokio::test]
async fn a_failed_save_keeps_the_file_that_comes_with_it() {
    let open = Open::new().await;
    assert_eq!(open.send(7, None).await.json(), done());
    assert_eq!(open.send(3, None).await.json(), done());
    assert_eq!(open.versions().await, [1]);
    open.stage.documents.put("r1", &changed_docx("rescued"));
    assert_eq!(open.send(3, Some("r1")).await.json(), done());
    let page = open
        .stage
        .signed_in("ada")
        .await
        .get(&format!("/files/{}/versions", open.file))
        .await
        .text();
    assert!(page.contains("Recovered after a failed save"));
}

#[tokio::test]
async fn a_callback_of_another_file_or_of_none_is_refused() {
    let open = Open::new().await;
    open.stage.documents.put("r1", &changed_docx("x"));
    let mut ada = open.stage.signed_in("ada").await;
    ada.post("/files/new", &[("type", "docx")]).await;
    let other = ada.file("Untitled document.docx").await.expect("made");
    let foreign = open
        .stage
        .callback(&other, &open.fields(2, Some("r1")))
        .await;
    assert_eq!(foreign.status, StatusCode::BAD_REQUEST);
    assert_eq!(foreign.json()["error"], 1);
    for key in [
        format!("{}-0123456789abcdef", open.file),
        open.file.clone(),
        "other".into(),
    ] {
        let answer = open
            .stage
            .callback(&open.file, &json!({ "key": key, "status": 1 }))
            .await;
        assert_eq!(
            answer.json()["message"],
            "The document key belongs to another file."
        );
    }
    ada.post(&format!("/files/{}/delete", open.file), &[]).await;
    for status in [1, 2, 4] {
        let answer = open.send(status, Some("r1")).await;
        assert_eq!(answer.json()["error"], 1);
        assert_eq!(
            answer.json()["message"],
            "The file of this callback was deleted or never existed here."
        );
    }
    assert_eq!(open.stage.documents.fetched.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn s6_a_saved_file_is_fetched_from_the_document_server_only() {
    let open = Open::new().await;
    let own = open
        .stage
        .documents_url
        .as_str()
        .trim_end_matches('/')
        .to_owned();
    for url in [
        "http://169.254.169.254/latest/meta-data".to_owned(),
        format!("{own}@evil.example/x.docx"),
        own.replace("http://", "http://user:password@"),
        own.replace("http://", "https://"),
        "file:///etc/passwd".to_owned(),
        "not an address".to_owned(),
    ] {
        let answer = open
            .stage
            .callback(
                &open.file,
                &json!({ "key": open.key, "status": 2, "url": url }),
            )
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{url}");
        assert_eq!(answer.json()["error"], 1);
    }
    let without = open.send(2, None).await;
    assert_eq!(
        (without.status, without.json()["error"].clone()),
        (StatusCode::BAD_REQUEST, json!(1))
    );
    assert_eq!(open.versions().await, [1]);
}

#[tokio::test]
async fn a_file_that_cannot_be_had_is_asked_for_again() {
    let open = Open::new().await;
    open.stage.documents.answer("moved", StatusCode::FOUND, b"");
    open.stage.documents.put("wrong", xlsx());
    open.stage.documents.put("empty", b"");
    for result in ["absent", "moved", "wrong", "empty"] {
        let answer = open.send(2, Some(result)).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_GATEWAY,
            "a document server repeats after a 5xx: {result}"
        );
        assert_eq!(answer.json()["error"], 1);
        assert!(
            !answer.text().contains("sig="),
            "the signed link stays out of messages"
        );
    }
    assert_eq!(open.versions().await, [1]);
    assert_eq!(open.stage.contents(), 1, "nothing unusable stays on disk");
    open.stage.documents.put("absent", &changed_docx("late"));
    assert_eq!(open.send(2, Some("absent")).await.json(), done());
}

#[tokio::test]
async fn another_file_type_moves_the_name_s_extension() {
    let stage = Stage::with_samples(false).await;
    let mut ada = stage.signed_in("ada").await;
    ada.upload("Letter.rtf", b"{\\rtf1 hello}").await;
    let file = ada.file("Letter.rtf").await.expect("uploaded");
    stage.documents.put("r1", &changed_docx("as docx"));
    let fields = json!({ "key": ada.key(&file).await, "status": 2, "url": stage.result_url("r1"), "filetype": "docx" });
    assert_eq!(stage.callback(&file, &fields).await.json(), done());
    assert_eq!(ada.file("Letter.docx").await, Some(file.clone()));
    assert_eq!(ada.version(&file, 1).await, b"{\\rtf1 hello}");
}

#[tokio::test]
async fn an_unsigned_or_wrongly_signed_callback_is_refused_with_the_reason() {
    let open = Open::new().await;
    open.stage.documents.put("r1", &changed_docx("forged"));
    let fields = open.fields(2, Some("r1"));
    let other = Keys::from_secret(Secret::from("another secret of thirty-two byte"));
    let ours = Keys::from_secret(Secret::from(SECRET));
    let with = |token: String| {
        let mut body = fields.clone();
        body["token"] = json!(token);
        body
    };
    let header = format!("Bearer {}", sign_header(&ours, &fields, NOW));
    for (body, authorization, code) in [
        (fields.clone(), None, "token.missing"),
        (
            with(sign_body(&other, &fields, NOW)),
            None,
            "token.signature",
        ),
        // T17: a bad token in the body is not made good by the header's.
        (
            with(sign_body(&other, &fields, NOW)),
            Some(header.as_str()),
            "token.signature",
        ),
        (
            with(sign_body(&ours, &fields, NOW - 400)),
            None,
            "token.expired",
        ),
    ] {
        let answer = open
            .stage
            .raw_callback(&open.file, &body, authorization)
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let told = answer.json();
        assert_eq!(
            (&told["error"], &told["refusal"]["code"]),
            (&json!(1), &json!(code)),
            "{told}"
        );
        assert!(!answer.text().contains("eyJ"), "no token in an answer");
    }
    assert_eq!(open.versions().await, [1]);
}

#[tokio::test]
async fn t17_only_what_is_signed_counts() {
    let open = Open::new().await;
    open.stage.documents.put("r1", &changed_docx("signed"));
    let signed = open.fields(4, None);
    let mut body = open.fields(2, Some("r1"));
    body["token"] = json!(sign_body(
        &Keys::from_secret(Secret::from(SECRET)),
        &signed,
        NOW
    ));
    assert_eq!(
        open.stage
            .raw_callback(&open.file, &body, None)
            .await
            .json(),
        done()
    );
    assert_eq!(
        open.versions().await,
        [1],
        "the unsigned status 2 beside it saves nothing"
    );
    let header = format!(
        "Bearer {}",
        sign_header(
            &Keys::from_secret(Secret::from(SECRET)),
            &open.fields(2, Some("r1")),
            NOW
        )
    );
    assert_eq!(
        open.stage
            .raw_callback(&open.file, &json!({}), Some(&header))
            .await
            .json(),
        done()
    );
    assert_eq!(open.versions().await, [2, 1], "the header alone is enough");
}

use recto_docs_api::Access;
use recto_token::{Keys, sign_header, verify_opening};
use serde_json::json;

use super::*;
use crate::{Rights, document_key};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_795_514_400;

fn integrator() -> Integrator {
    let server = "https://docs.example/".parse().unwrap();
    Integrator::new(Secret::from(SECRET), server).unwrap()
}

fn keys() -> Keys {
    Keys::from_secret(Secret::from(SECRET))
}

fn config(rights: Rights) -> Config {
    Config::new(
        "docx",
        document_key("shop", "17", "3"),
        "https://app.example/files/17",
    )
    .title("</script>.docx")
    .rights(rights)
    .callback_url("https://app.example/files/17/callback")
    .user("u1", "Ada Okafor")
}

#[test]
fn a_document_server_accepts_every_preset() {
    for rights in Rights::ALL {
        let signed = integrator().sign(&config(rights), NOW).unwrap();
        let opening = verify_opening(&keys(), signed.as_json(), NOW + 600).unwrap();
        assert_eq!(opening.user.name, "Ada Okafor");
        assert_eq!(
            opening.access == Access::Edit,
            matches!(rights, Rights::Edit | Rights::CoEdit)
        );
        assert!(verify_opening(&keys(), signed.as_json(), NOW + 661).is_err());
    }
}

#[test]
fn the_page_gets_a_config_that_ends_no_script() {
    let signed = integrator().sign(&config(Rights::Edit), NOW).unwrap();
    let text = signed.to_script();
    assert!(!text.contains("</script>"));
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        *signed.as_json()
    );
}

#[test]
fn t11_a_secret_from_a_manual_is_refused() {
    let server: Url = "https://docs.example/".parse().unwrap();
    assert!(Integrator::new(Secret::from("secret"), server).is_err());
}

#[test]
fn t19_neither_secret_nor_token_can_be_printed() {
    let integrator = integrator();
    let signed = integrator.sign(&config(Rights::View), NOW).unwrap();
    let shown = format!("{integrator:?} {signed:?}");
    assert!(!shown.contains(SECRET));
    assert!(!shown.contains("eyJ"));
}

#[test]
fn downloads_are_for_the_signed_address_only() {
    let url = "https://app.example/files/17";
    let token = sign_header(&keys(), &json!({ "url": url }), NOW);
    let header = format!("Bearer {token}");
    let headers = [("authorization", header.as_str())];
    assert_eq!(*integrator().download(headers, url, NOW).unwrap(), url);
    let other = integrator().download(headers, "https://app.example/files/18", NOW);
    assert_eq!(other.unwrap_err().code, "token.wrong_purpose");
    let renamed = integrator().header("AuthorizationJwt");
    assert_eq!(
        renamed.download(headers, url, NOW).unwrap_err().code,
        "token.missing"
    );
    let headers = [("AuthorizationJWT", header.as_str())];
    assert!(renamed.download(headers, url, NOW).is_ok());
}

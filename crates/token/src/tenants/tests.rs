use serde_json::json;

use super::*;
use crate::{
    Key, Secret, issue_session,
    link::sign_link,
    seal,
    testing::{NOW, config, token},
    unseal, verify_link, verify_opening, verify_session,
};

fn keys(tenant: &str) -> Keys {
    let ring = KeyRing::from(
        Key::secret(Secret::from(format!("the secret of the tenant {tenant}")))
            .with_id(&format!("{tenant}-1"))
            .unwrap(),
    );
    Keys::from_rings(ring.clone(), ring.clone(), &ring, &ring).unwrap()
}

fn tenants() -> Tenants {
    Tenants::only(keys("default"))
        .with_base_domain("docs.example")
        .with("acme", keys("acme"))
        .with("office.bolt.example", keys("bolt"))
}

fn signed(tenant: &str, kid: &str) -> String {
    token(
        format!("the secret of the tenant {tenant}"),
        &json!({"alg": "HS256", "kid": kid}),
        config().to_string(),
    )
}

fn name(host: Option<&str>, token: Option<&str>) -> Option<String> {
    tenants().find(host, token).unwrap().name.map(str::to_owned)
}

#[test]
fn hosts_name_tenants() {
    for (host, tenant) in [
        ("acme.docs.example", Some("acme")),
        ("ACME.Docs.Example:8443", Some("acme")),
        ("acme.docs.example.", Some("acme")),
        ("acme", Some("acme")),
        ("office.bolt.example", Some("office.bolt.example")),
        ("docs.example", None),
        ("x.acme.docs.example", None),
        ("acme.docs.example.evil.example", None),
        ("acmedocs.example", None),
        ("[::1]:80", None),
        ("", None),
    ] {
        assert_eq!(name(Some(host), None).as_deref(), tenant, "{host}");
    }
}

#[test]
fn kid_names_the_tenant_of_an_unknown_host() {
    let token = signed("bolt", "bolt-1");
    assert_eq!(
        name(Some("10.0.0.1"), Some(&token)).as_deref(),
        Some("office.bolt.example")
    );
    assert_eq!(
        name(None, Some(&token)).as_deref(),
        Some("office.bolt.example")
    );
    for kid in ["unknown", "default-1", "../bolt-1"] {
        assert_eq!(name(None, Some(&signed("bolt", kid))), None, "{kid}");
    }
    for rubbish in ["", "..", "a.b.c", "eyJ"] {
        assert_eq!(name(None, Some(rubbish)), None, "{rubbish}");
    }
}

/// On the host of one tenant the key of another one opens nothing, and naming
/// it changes nothing.
#[test]
fn t9_kid_of_another_tenant() {
    let tenants = tenants();
    for kid in ["bolt-1", "acme-1"] {
        let token = signed("bolt", kid);
        let tenant = tenants
            .find(Some("acme.docs.example"), Some(&token))
            .unwrap();
        assert_eq!(tenant.name, Some("acme"));
        let mut page = config();
        page["token"] = token.into();
        let refusal = verify_opening(tenant.keys, &page, NOW).unwrap_err();
        assert_eq!(refusal.code, "token.signature");
    }
    // And where the kid does choose the tenant, its own key must have signed.
    let forged = signed("acme", "bolt-1");
    let tenant = tenants.find(None, Some(&forged)).unwrap();
    let mut page = config();
    page["token"] = forged.into();
    assert_eq!(
        verify_opening(tenant.keys, &page, NOW).unwrap_err().code,
        "token.signature"
    );
}

#[test]
fn an_id_of_two_tenants_chooses_none() {
    let tenants = Tenants::only(keys("default"))
        .with("a", keys("same"))
        .with("b", keys("same"));
    assert_eq!(
        tenants
            .find(None, Some(&signed("same", "same-1")))
            .unwrap()
            .name,
        None
    );
}

#[test]
fn without_a_default_unknown_hosts_are_refused() {
    let tenants = Tenants::without_default().with("acme", keys("acme"));
    assert!(tenants.find(Some("acme"), None).is_ok());
    let refusal = tenants.find(Some("other.example"), None).unwrap_err();
    insta::assert_snapshot!(crate::testing::lines(&refusal), @r#"
        token.unknown_tenant "token:invalid signature"
        The request belongs to no tenant of this server.
        Call the server by the host that was set up for the tenant, or name one of the tenant's keys as "kid" in the token's header.
        path: host
        expected: the host of a tenant
        found: other.example
    "#);
    assert!(tenants.find(None, None).is_err());
}

#[test]
fn all_are_listed_the_default_first() {
    let tenants = tenants();
    let names: Vec<_> = tenants.all().map(|tenant| tenant.name).collect();
    assert_eq!(names, [None, Some("acme"), Some("office.bolt.example")]);
    let acme = Tenants::without_default().with("acme", keys("acme"));
    assert_eq!(acme.all().count(), 1);
}

/// Even if two tenants were given one secret, what the server made for one of
/// them is nothing to the other.
#[test]
fn f5_what_the_server_signs_is_bound_to_the_tenant() {
    let tenants = Tenants::only(keys("same"))
        .with("a", keys("same"))
        .with("b", keys("same"));
    let all: Vec<_> = tenants.all().collect();
    let mut page = config();
    page["token"] = signed("same", "same-1").into();
    let opening = verify_opening(all[0].keys, &page, NOW).unwrap();
    for (at, one) in all.iter().enumerate() {
        let session = issue_session(one.keys, &opening, "p1", None, NOW);
        let sealed = seal(one.keys, &opening);
        let link = sign_link(one.keys, "/cache/files/1/output.docx", NOW + 900);
        let (expires, sig) = link.split_once("&sig=").unwrap();
        let expires = expires.strip_prefix("expires=").unwrap();
        for (other_at, other) in all.iter().enumerate() {
            let same = at == other_at;
            let key = &opening.get().key;
            assert_eq!(verify_session(other.keys, &session, key, NOW).is_ok(), same);
            assert_eq!(unseal(other.keys, &sealed).is_ok(), same);
            let path = "/cache/files/1/output.docx";
            let verified = verify_link(other.keys, path, expires, sig, NOW);
            assert_eq!(verified.is_ok(), same);
        }
    }
}

#[test]
fn a_key_that_two_sets_share_is_found_whatever_its_id() {
    let one = Keys::from_secret(Secret::from("the secret of the tenant a"));
    assert!(one.overlaps(&keys("a")));
    assert!(keys("a").of_tenant("x").overlaps(&one));
    assert!(!one.overlaps(&keys("b")));
}

//! Any bytes give an answer, and no answer tells a secret.

use proptest::prelude::*;

use super::*;
use crate::{testing::hs256, verify_opening};

fn samples() -> Vec<String> {
    let token = hs256(SECRET, &payload());
    vec![
        good().to_string(),
        token.clone(),
        format!(
            "POST /command HTTP/1.1\nAuthorization: Bearer {token}\n\n{{\"c\":\"info\",\"token\":\"{token}\"}}\nHTTP/1.1 200 OK\n\n{{\"error\":6}}"
        ),
        format!("curl -H 'Authorization: Bearer {token}' -d '{{\"key\":\"k\"}}' http://x/command"),
        format!(
            "<script>new DocsAPI.DocEditor(“x”, {{document: {{key: k, url: \"{{{{ $u }}}}\",}}, token: \"{token}\"</script>"
        ),
        "<?php $c = ['document' => ['key' => $k, 'url' => '$u']];".to_owned(),
        format!("environment:\n  - JWT_SECRET={SECRET}\n"),
        "checkJwt error: name = JsonWebTokenError message = jwt malformed token = a.b.c".to_owned(),
    ]
}

#[test]
fn no_answer_tells_a_secret_or_a_signature() {
    for sample in samples() {
        let signature = hs256(SECRET, &payload())
            .rsplit('.')
            .next()
            .unwrap()
            .to_owned();
        let text = of_text(&sample).to_text();
        assert!(
            !text.contains(SECRET) && !text.contains(&signature),
            "{text}"
        );
    }
}

#[test]
fn a_long_input_is_read_up_to_a_limit() {
    let long = "a ".repeat(crate::explain::MAX_INPUT);
    assert!(codes(&of_text(&long)).contains(&"input.truncated"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!explain(&bytes, &with_secret()).findings.is_empty());
    }

    #[test]
    fn mutated_samples_get_the_same_answer_twice(
        index in 0usize..8,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<char>(), any::<bool>()), 0..12),
    ) {
        let mut text: Vec<char> = samples()[index].chars().collect();
        for (at, c, remove) in edits {
            let at = at.index(text.len().max(1)).min(text.len());
            if remove && at < text.len() { text.remove(at); } else { text.insert(at, c); }
        }
        let text: String = text.into_iter().collect();
        let one = of_text(&text);
        prop_assert!(!one.findings.is_empty());
        prop_assert_eq!(&one, &of_text(&text));
        prop_assert!(!one.to_text().contains(SECRET));
    }

    /// What has no fault here is accepted by the server, and what the server
    /// refuses has a fatal finding here.
    #[test]
    fn agrees_with_the_server(
        path in prop::sample::select(vec!["document.key", "document.url", "document.permissions", "editorConfig.mode", "editorConfig.callbackUrl", "editorConfig.user", "exp", "nbf", "version", "url"]),
        new in prop::sample::select(vec![Value::Null, Value::from(""), Value::from("x y"), Value::from(1), Value::from(true), serde_json::json!({}), serde_json::json!([])]),
        in_page in any::<bool>(),
    ) {
        let (mut page, mut payload) = (crate::testing::config(), payload());
        crate::testing::set(&mut payload, path, new.clone());
        if in_page { crate::testing::set(&mut page, path, new); }
        let sent = crate::testing::sent(page, &payload);
        let refused = verify_opening(&crate::testing::keys(), &sent, NOW).is_err();
        let fatal = of(&sent).findings[0].severity == crate::explain::Severity::Fatal;
        prop_assert!(!refused || fatal, "{}", of(&sent).to_text());
    }

    /// A change of the page after signing is told at its place, whatever was
    /// changed and to what.
    #[test]
    fn a_change_of_the_page_is_told(
        path in prop::sample::select(vec!["document.key", "document.url", "document.title", "editorConfig.callbackUrl", "editorConfig.lang"]),
        new in "[a-z]{1,12}",
    ) {
        prop_assume!(crate::explain::document::at(&good(), path) != Some(&Value::from(new.clone())));
        let explanation = page_with(path, new.into());
        let told = explanation.findings.iter().any(|f| f.code == "config.value_replaced" && f.path.as_deref() == Some(path));
        prop_assert!(told, "{}", explanation.to_text());
    }

    /// So is a permission that the page has otherwise than the token.
    #[test]
    fn a_change_of_the_permissions_is_told(
        name in prop::sample::select(recto_docs_api::Permissions::FLAGS.to_vec()),
        signed in prop::option::of(any::<bool>()),
        sent in prop::option::of(any::<bool>()),
    ) {
        let path = format!("document.permissions.{name}");
        let value = |flag: Option<bool>| flag.map_or(Value::Null, Value::from);
        let (mut page, mut payload) = (crate::testing::config(), payload());
        crate::testing::set(&mut page, &path, value(sent));
        crate::testing::set(&mut payload, &path, value(signed));
        let explanation = of(&crate::testing::sent(page, &payload));
        let told = explanation.findings.iter().any(|f| f.code == "config.permissions_differ" && f.path.as_deref() == Some(path.as_str()));
        prop_assert_eq!(told, signed != sent, "{}", explanation.to_text());
    }

    /// So is a field that must be signed and is not.
    #[test]
    fn a_field_that_is_missing_is_told(
        path in prop::sample::select(vec!["document.key", "document.url", "document.permissions", "editorConfig.callbackUrl", "editorConfig.mode"]),
        falsy in prop::sample::select(vec![Value::Null, Value::from(""), Value::from(0), Value::from(false)]),
    ) {
        let mut payload = payload();
        // A null in `set` removes the member, which must be told too.
        crate::testing::set(&mut payload, path, falsy);
        let explanation = signing(&payload);
        let told = explanation.findings.iter().any(|f| f.code == "payload.missing_field" && f.path.as_deref() == Some(path));
        prop_assert!(told, "{}", explanation.to_text());
    }

    /// So is any bit of the token that was turned over on its way.
    #[test]
    fn a_changed_bit_of_the_token_is_told(at in any::<prop::sample::Index>(), bit in 0u8..7) {
        let token = hs256(SECRET, &payload());
        let mut bytes = token.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let explanation = explain(&bytes, &with_secret());
        prop_assert_eq!(explanation.findings[0].severity, crate::explain::Severity::Fatal, "{}", explanation.to_text());
    }
}

//! The catalogue.

use std::collections::BTreeSet;

use crate::explain::catalogue;

#[test]
fn codes_are_unique_and_have_sentences() {
    let mut seen = BTreeSet::new();
    for entry in catalogue::all() {
        assert!(seen.insert(entry.code), "{} twice", entry.code);
        for text in [entry.message, entry.hint] {
            assert!(text.ends_with(['.', '"', ')']), "{}: {text}", entry.code);
        }
        let id = entry.code.split_once('.').unwrap().1.replace('_', "-");
        assert!(entry.docs.ends_with(&format!("/{id}")), "{}", entry.code);
    }
}

#[test]
fn the_codes_of_the_contract_exist() {
    let contract = "input.unreadable token.missing token.misplaced token.not_a_string token.malformed token.is_the_secret token.base64_padding token.alg_none token.alg_unsupported token.unsigned token.signature token.signed_with_empty_key token.signed_with_known_key token.secret_whitespace token.secret_quoted token.secret_encoding token.docs_sample token.expired token.not_yet_valid token.time_type token.exp_milliseconds token.no_expiry token.wrong_purpose token.too_large payload.empty payload.not_an_object payload.double_encoded payload.wrapped payload.not_wrapped payload.flat payload.missing_field payload.extra_field payload.opens_history payload.type payload.reserved_claim config.missing_field config.misplaced_field config.type config.permissions_differ config.value_replaced config.mode_lowered config.user_unsigned config.key_characters config.key_length config.key_random config.file_type config.document_type config.html_entities config.url_loopback config.url_private config.url_double_slash config.url_scheme config.mixed_content request.header_prefix request.header_name request.body_ignored request.body_token_wins request.missing_parameter secret.empty secret.default secret.short secret.in_browser_code secret.variable_name secret.changes_at_restart token.placeholder config.template_unexpanded config.unknown_field config.key_constant config.url_needs_login request.header_missing request.not_json callback.bad_answer time.clock_skew input.server_config input.no_fault_found";
    let known: BTreeSet<_> = catalogue::all().map(|entry| entry.code).collect();
    for code in contract.split(' ') {
        assert!(known.contains(code), "{code}");
    }
}

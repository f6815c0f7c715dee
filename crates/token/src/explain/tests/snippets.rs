//! Code that makes a config member by member, and pages with two configs.

use std::fmt::Write as _;

use serde_json::json;

use super::*;
use crate::{explain::Kind, testing::hs256};

#[test]
fn php_that_sets_member_by_member_is_read() {
    let php = r#"<?php
$config = [];
$config['document']['fileType'] = 'docx';
$config['document']['key'] = '{17/3}';
$config['document']['url'] = '$url';
$config['document']['permissions'] = ['edit' => true];
$config['editorConfig']['callbackUrl'] = "https://files.example/$id";
$config["editorConfig"]["user"] = ["id" => $user->id, "name" => $user->name];
$config['token'] = JWT::encode($config, $secret, 'HS256');
"#;
    let explanation = of_text(php);
    assert_eq!(explanation.kind, Kind::Snippet);
    finds(&explanation, "config.template_unexpanded", "document.url");
    finds(&explanation, "config.key_characters", "document.key");
    let codes = codes(&explanation);
    for absent in [
        "token.missing",
        "config.missing_field",
        "config.changed_after_signing",
    ] {
        assert!(!codes.contains(&absent), "{}", explanation.to_text());
    }
}

#[test]
fn what_is_set_after_signing_is_told() {
    for code in [
        "<?php $config = ['document' => ['fileType' => 'docx', 'key' => $k, 'url' => $u], 'documentType' => 'word'];\n$config['token'] = JWT::encode($config, $secret, 'HS256');\n$config['editorConfig']['mode'] = 'edit';\n",
        "const config = {document: {fileType: 'docx', key: row.key, url: row.url}, documentType: 'word'};\nconfig.token = jwt.sign(config, process.env.JWT_SECRET);\nconfig.editorConfig.mode = 'edit';\n",
        "config = {'document': {'fileType': 'docx', 'key': key, 'url': url}}\nconfig['token'] = jwt.encode(config, os.environ['JWT_SECRET'])\nconfig['editorConfig']['mode'] = 'edit'\n",
    ] {
        let explanation = of_text(code);
        finds(
            &explanation,
            "config.changed_after_signing",
            "editorConfig.mode",
        );
    }
    let page = format!(
        "<script>var config = {};\nconfig.document.permissions.edit = false;\nnew DocsAPI.DocEditor('x', config);</script>",
        good()
    );
    let explanation = of_text(&page);
    finds(
        &explanation,
        "config.permissions_differ",
        "document.permissions.edit",
    );
}

#[test]
fn the_browser_s_own_document_is_no_config() {
    let script = "document.title = 'Editor';\ndocument.cookie = 'a=b';\n";
    assert_ne!(of_text(script).kind, Kind::Snippet);
}

#[test]
fn a_second_config_with_other_permissions_is_refused_by_refresh_file() {
    let mut changed = payload();
    changed["document"]["permissions"] = json!({"edit": false, "download": false});
    let second = json!({"token": hs256(SECRET, &changed), "document": changed["document"], "editorConfig": changed["editorConfig"]});
    let page = |second: &Value| {
        format!(
            "<script>const e = new DocsAPI.DocEditor('x', {});\nfunction onRequestRefreshFile() {{ e.refreshFile({second}); }}</script>",
            good()
        )
    };
    let explanation = of_text(&page(&second));
    finds(
        &explanation,
        "config.permissions_differ",
        "refreshFile.document.permissions.edit",
    );
    let same = of_text(&page(&good()));
    assert!(
        !codes(&same).contains(&"config.permissions_differ"),
        "{}",
        same.to_text()
    );
}

#[test]
fn json_that_a_template_escapes_is_told() {
    let page = |json: &str| {
        format!(
            "<script>new DocsAPI.DocEditor('x', {{document: {json}, documentType: 'word'}});</script>"
        )
    };
    for json in ["{{ json_encode($document) }}", "{{ document|json_encode }}"] {
        finds(&of_text(&page(json)), "config.html_entities", "script");
    }
    for json in [
        "{!! json_encode($document) !!}",
        "@json($document)",
        "{{ document|json_encode|raw }}",
        "{{ document|tojson }}",
    ] {
        let explanation = of_text(&page(json));
        assert!(
            !codes(&explanation).contains(&"config.html_entities"),
            "{json}: {}",
            explanation.to_text()
        );
    }
}

#[test]
fn escapes_of_json_are_read() {
    let mut page = crate::testing::config();
    page["document"]["title"] = json!("Bericht \"\u{e4}\u{1f600}</script>\u{2028}.docx");
    let mut payload = page.clone();
    payload["exp"] = json!(NOW + 300);
    let sent = crate::testing::sent(page, &payload).to_string();
    let mut escaped = String::new();
    for c in sent.chars() {
        if c.is_ascii() && c != '<' {
            escaped.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    let text = format!("<script>new DocsAPI.DocEditor(\"x\", {escaped});</script>");
    let explanation = of_text(&text);
    assert_eq!(explanation.kind, Kind::Snippet);
    assert!(explanation.is_fine(), "{}", explanation.to_text());
}

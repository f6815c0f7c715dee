use super::*;
use crate::document_key;

fn config() -> Config {
    Config::new(
        "docx",
        document_key("shop", "17", "3"),
        "https://app.example/files/17",
    )
}

fn editable() -> Config {
    config()
        .rights(Rights::Edit)
        .callback_url("https://app.example/files/17/callback")
        .user("u1", "Ada Okafor")
}

fn refused(config: &Config) -> String {
    let error = config.build().unwrap_err();
    format!("{}: {} {}", error.code(), error.message(), error.hint())
}

#[test]
fn a_whole_config() {
    let config = editable()
        .rights(Rights::CoEdit)
        .title("Report.docx")
        .group("Engines")
        .language("fr")
        .extra("editorConfig.customization.forcesave", true)
        .build()
        .unwrap();
    insta::assert_json_snapshot!(config, @r#"
    {
      "document": {
        "fileType": "docx",
        "key": "shop.17.3",
        "permissions": {
          "chat": true,
          "comment": true,
          "copy": true,
          "download": true,
          "edit": true,
          "fillForms": true,
          "print": true,
          "review": true
        },
        "title": "Report.docx",
        "url": "https://app.example/files/17"
      },
      "documentType": "word",
      "editorConfig": {
        "callbackUrl": "https://app.example/files/17/callback",
        "coEditing": {
          "change": true,
          "mode": "fast"
        },
        "customization": {
          "forcesave": true
        },
        "lang": "fr",
        "mode": "edit",
        "user": {
          "group": "Engines",
          "id": "u1",
          "name": "Ada Okafor"
        }
      }
    }
    "#);
}

#[test]
fn what_is_missing_or_wrong_is_said() {
    insta::assert_snapshot!(refused(&config().rights(Rights::Edit)), @"config.missing_field: The rights permit changes, but there is no callbackUrl to save them. Call callback_url, or open the document with Rights::View.");
    insta::assert_snapshot!(refused(&config().rights(Rights::Comment).callback_url("https://app.example/c")), @"config.user_unsigned: The user has no id. Call user with the application's own id of the user: it tells the authors of changes apart.");
    insta::assert_snapshot!(refused(&editable().user("x".repeat(241), "Ada")), @"payload.type: The user's id has 241 characters; at most 240 are permitted. Use a shorter id, for example the number of the user in the database.");
    insta::assert_snapshot!(refused(&editable().callback_url("/callback")), @"config.url_scheme: editorConfig.callbackUrl is not an absolute http or https address. Give editorConfig.callbackUrl as the document server reaches it, for example https://app.example/files/17.");
    insta::assert_snapshot!(refused(&editable().extra("document.permissions.edit", false)), @"payload.extra_field: The member document.permissions.edit cannot be set as an extra one. Use the builder's method for it, or leave it out.");
    let unknown = Config::new(
        "exe",
        document_key("shop", "17", "3"),
        "https://app.example/17",
    );
    assert!(refused(&unknown).starts_with("config.file_type: The file type \"exe\""));
}

#[test]
fn nothing_that_changes_the_token_s_meaning_gets_in() {
    for path in [
        "token",
        "url",
        "key",
        "payload",
        "version",
        "exp",
        "document",
        "ds_view",
        "editorConfig.ds_x",
        "",
        "a..b",
    ] {
        assert!(
            matches!(
                editable().extra(path, 1).build(),
                Err(ConfigError::Reserved { .. })
            ),
            "{path:?}"
        );
    }
}

#[test]
fn a_viewer_needs_neither_user_nor_callback() {
    let config = config().build().unwrap();
    assert_eq!(config["editorConfig"]["mode"], "view");
    assert_eq!(config["document"]["permissions"]["edit"], false);
}

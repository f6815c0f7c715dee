use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn environment() -> Environment {
    Environment {
        jwt_secret: Some(SECRET.into()),
        ..Environment::default()
    }
}

fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recto.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

/// The configuration of a server whose file has this text.
pub(super) fn configured(text: &str) -> ServerConfig {
    let (_folder, path) = written(text);
    let args = Serve {
        config: Some(path),
        ..Serve::default()
    };
    server(args, &environment()).unwrap()
}

#[test]
fn a_flag_is_stronger_than_the_file() {
    let (_folder, path) =
        written("listen = \"127.0.0.1:1\"\nsave_seconds = 9\nsnapshot_seconds = 7");
    let args = Serve {
        config: Some(path),
        save_seconds: Some(3),
        ..Serve::default()
    };
    let config = server(args, &environment()).unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!(config.session.save_after, Duration::from_secs(3));
    assert_eq!(config.session.snapshot_after, Some(Duration::from_secs(7)));
}

#[test]
fn fonts_and_languages_are_those_of_the_file_unless_a_flag_names_others() {
    let text = "fonts = \"/srv/fonts\"\nlanguages = [\"cs-CZ\"]\n[font_substitutes]\n\"House Sans\" = \"Carlito\"";
    let config = configured(text);
    assert_eq!(config.engine.fonts, Some("/srv/fonts".into()));
    assert_eq!(config.engine.languages, ["cs-CZ"]);
    assert_eq!(
        config.engine.font_substitutes,
        [("House Sans".to_owned(), "Carlito".to_owned())]
    );
    let (_folder, path) = written(text);
    let args = Serve {
        config: Some(path),
        fonts: Some("/opt/fonts".into()),
        languages: vec!["sv-SE".parse().unwrap()],
        ..Serve::default()
    };
    let config = server(args, &environment()).unwrap();
    assert_eq!(config.engine.fonts, Some("/opt/fonts".into()));
    assert_eq!(config.engine.languages, ["sv-SE"]);
    assert!(
        configured("")
            .engine
            .languages
            .contains(&"de-DE".to_owned())
    );
}

#[test]
fn a_misspelt_name_is_named() {
    let (_folder, path) = written("lisen = \"127.0.0.1:1\"");
    let args = Serve {
        config: Some(path),
        ..Serve::default()
    };
    let error = format!(
        "{:#}",
        server(args, &environment()).map(|_| ()).unwrap_err()
    );
    assert!(error.contains("lisen"), "{error}");
}

#[test]
fn how_much_is_told_follows_the_address_unless_it_is_said() {
    let told = |listen: &str, refusals| {
        let args = Serve {
            listen: Some(listen.parse().unwrap()),
            refusals,
            ..Serve::default()
        };
        server(args, &environment()).unwrap().refusals
    };
    assert_eq!(told("127.0.0.1:8080", None), Refusals::Full);
    assert_eq!(told("0.0.0.0:8080", None), Refusals::Code);
    assert_eq!(told("127.0.0.1:8080", Some(Refusals::Code)), Refusals::Code);
    assert_eq!(told("0.0.0.0:8080", Some(Refusals::Full)), Refusals::Full);
    let (_folder, path) = written("refusals = \"code\"");
    let args = Serve {
        config: Some(path),
        ..Serve::default()
    };
    assert_eq!(
        server(args, &environment()).unwrap().refusals,
        Refusals::Code
    );
}

#[test]
fn the_administrators_password_comes_from_one_place() {
    let (folder, path) = written("correct horse battery\n");
    let with = |file: Option<&Path>, password: Option<&str>| {
        let args = Serve {
            admin_password_file: file.map(Path::to_owned),
            ..Serve::default()
        };
        let environment = Environment {
            admin_password: password.map(str::to_owned),
            ..environment()
        };
        server(args, &environment).map(|config| config.admin_password)
    };
    assert!(with(None, None).unwrap().is_none());
    assert!(with(Some(&path), None).unwrap().is_some());
    assert!(with(None, Some("correct horse battery")).unwrap().is_some());
    let both = with(Some(&path), Some("correct horse battery")).unwrap_err();
    insta::assert_snapshot!(both, @"Both a file with the administrator's password and RECTO_ADMIN_PASSWORD are given, so it is not clear which counts. Leave out one of them.");
    let short = with(None, Some("short")).unwrap_err();
    insta::assert_snapshot!(short, @"The administrator's password has 5 characters, and 12 are the fewest. Make one with `openssl rand -base64 18`.");
    let missing = with(Some(&folder.path().join("none")), None).unwrap_err();
    assert!(missing.to_string().contains("can't be read"), "{missing}");
    // Its line end does not count.
    std::fs::write(&path, "elevenchars\n").unwrap();
    assert!(with(Some(&path), None).is_err());
}

#[test]
fn the_variables_of_the_onlyoffice_image_work() {
    let mut environment = environment();
    environment.jwt_header = Some("AuthorizationJwt".into());
    let config = server(Serve::default(), &environment).unwrap();
    assert_eq!(config.token_header, "authorizationjwt");
    assert!(matches!(config.tokens, Tokens::Required(ref tenants) if tenants.all().count() == 1));
    assert_eq!(config.token_prefix, "Bearer ");
    environment.jwt_enabled = Some("maybe".into());
    let error = server(Serve::default(), &environment)
        .map(|_| ())
        .unwrap_err();
    insta::assert_snapshot!(error, @r#"JWT_ENABLED is "maybe", which is neither true nor false. Set it to true, or unset it."#);
}

#[test]
fn tokens_may_be_sent_in_another_header_than_they_come_in() {
    let with = |args: Serve| {
        let environment = Environment {
            jwt_header: Some("AuthorizationJwt".into()),
            jwt_prefix: Some("Token".into()),
            ..environment()
        };
        let config = server(args, &environment)?;
        let sent = config.outgoing;
        anyhow::Ok([
            format!("{}: {}", config.token_header, config.token_prefix),
            format!("{}: {}", sent.token_header, sent.token_prefix),
        ])
    };
    let same = "authorizationjwt: Token ";
    assert_eq!(with(Serve::default()).unwrap(), [same, same]);
    let args = Serve {
        outgoing_header: Some("Authorization".into()),
        outgoing_prefix: Some("Bearer".into()),
        ..Serve::default()
    };
    assert_eq!(with(args).unwrap(), [same, "authorization: Bearer "]);
    let args = Serve {
        outgoing_header: Some("no header".into()),
        ..Serve::default()
    };
    insta::assert_snapshot!(format!("{:#}", with(args).unwrap_err()), @r#"The outgoing header is "no header", which can't be the name of a header. Use letters and hyphens, such as AuthorizationJwt: invalid HTTP header name"#);
}

#[test]
fn the_prefix_is_one_word_or_nothing() {
    let with = |prefix: &str| {
        let environment = Environment {
            jwt_prefix: Some(prefix.into()),
            ..environment()
        };
        server(Serve::default(), &environment).map(|config| config.token_prefix)
    };
    assert_eq!(with("Token").unwrap(), "Token ");
    assert_eq!(with("Bearer ").unwrap(), "Bearer ");
    assert_eq!(with("").unwrap(), "");
    insta::assert_snapshot!(with("two words").unwrap_err(), @r#"JWT_PREFIX is "two words", which can't precede a token in a header. Give one word in ASCII, such as Bearer, or nothing."#);
}

#[test]
fn s7_variables_that_would_switch_the_filter_off_are_told_of_and_not_followed() {
    let environment = Environment {
        allow_private: Some("true".into()),
        allow_meta: Some("true".into()),
        unauthorized_storage: Some(" true ".into()),
        ..environment()
    };
    insta::assert_snapshot!(environment.not_followed().join("\n"), @"
    ALLOW_PRIVATE_IP_ADDRESS is set, and Recto has no switch for all private addresses. Name the networks with --allow-network, or the hosts with --allow-host.
    ALLOW_META_IP_ADDRESS is set, and Recto has no switch for the addresses where clouds give out credentials. Name the network with --allow-network if an application is really there.
    USE_UNAUTHORIZED_STORAGE is set, but Recto still verifies certificates. Give the authority's certificate with --ca-file.
    ");
    let config = server(Serve::default(), &environment).unwrap();
    assert!(config.outgoing.policy.networks.is_empty() && !config.outgoing.insecure_tls);
    let off = Environment {
        allow_private: Some("false".into()),
        ..Environment::default()
    };
    assert!(off.not_followed().is_empty());
}

use std::path::Path;

use recto_server::Tokens;

use super::*;
use crate::args::Serve;
use crate::config::server;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

struct Folder(tempfile::TempDir);

impl Folder {
    /// With secrets a and b, and a file of keys whose key is that of a.
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for name in ["a", "b"] {
            folder.write(name, &name.repeat(32));
        }
        folder.write("known", "secret");
        let keys = format!("[[key]]\nid = \"k1\"\nsecret = \"{}\"\n", "a".repeat(32));
        folder.write("keys.toml", &keys);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// The configuration of a `recto.toml`, where `@` stands for this folder.
    fn read(
        &self,
        text: &str,
        environment: &Environment,
    ) -> anyhow::Result<recto_server::ServerConfig> {
        let folder = self.path().display().to_string();
        self.write("recto.toml", &text.replace('@', &folder));
        let args = Serve {
            config: Some(self.path().join("recto.toml")),
            data: Some(self.path().join("data")),
            ..Serve::default()
        };
        server(args, environment)
    }

    fn said(&self, text: &str, environment: &Environment) -> String {
        let error = self.read(text, environment).map(|_| ()).unwrap_err();
        format!("{error:#}").replace(&self.path().display().to_string(), "@")
    }
}

fn with_secret() -> Environment {
    Environment {
        jwt_secret: Some(SECRET.into()),
        ..Environment::default()
    }
}

const TWO: &str = "
base_domain = \"docs.example\"
allow_host = [\"default.lan\"]
[[tenant]]
name = \"Acme\"
jwt_secret_file = \"@/a\"
allow_host = [\"files.acme.lan\"]
allow_network = [\"10.1.0.0/16\"]
frame_ancestors = \"https://acme.example\"
public_url = \"https://acme.docs.example\"
[[tenant]]
name = \"office.bolt.example\"
jwt_secret_file = \"@/b\"
";

#[test]
fn tenants_have_keys_and_lists_of_their_own() {
    let folder = Folder::new();
    let config = folder.read(TWO, &with_secret()).unwrap();
    let Tokens::Required(tenants) = &config.tokens else {
        panic!("tokens are required");
    };
    let names: Vec<_> = tenants.all().map(|tenant| tenant.name).collect();
    assert_eq!(names, [None, Some("acme"), Some("office.bolt.example")]);
    let found = |host: &str| tenants.find(Some(host), None).unwrap().name;
    assert_eq!(found("acme.docs.example:8443"), Some("acme"));
    assert_eq!(found("docs.example"), None);
    let [acme, bolt] = &config.tenants[..] else {
        panic!("two tenants");
    };
    assert_eq!(
        (acme.name.as_str(), bolt.name.as_str()),
        ("acme", "office.bolt.example")
    );
    assert_eq!(acme.policy.hosts[0].to_string(), "files.acme.lan");
    assert_eq!(acme.policy.networks.len(), 1);
    assert_eq!(acme.frame_ancestors.as_str(), "https://acme.example");
    assert!(bolt.policy.hosts.is_empty() && bolt.policy.networks.is_empty());
    assert_eq!(bolt.frame_ancestors.as_str(), "*");
    assert_eq!(bolt.public_url, None);
    assert_eq!(config.outgoing.policy.hosts[0].to_string(), "default.lan");
}

#[test]
fn without_a_default_only_tenants_are_served() {
    let folder = Folder::new();
    let text = format!("default_tenant = false\n{TWO}");
    let config = folder.read(&text, &Environment::default()).unwrap();
    let Tokens::Required(tenants) = &config.tokens else {
        panic!("tokens are required");
    };
    assert!(tenants.find(Some("docs.example"), None).is_err());
    assert!(tenants.find(Some("acme.docs.example"), None).is_ok());
    insta::assert_snapshot!(folder.said(&text, &with_secret()), @"default_tenant is false and there are keys for it, so it is not clear what is meant. Leave default_tenant out, or the keys that are no tenant's: JWT_SECRET, JWT_SECRET_FILE, JWT_KEYS_FILE, RECTO_LOCAL_JSON, and the flags and settings of these.");
    insta::assert_snapshot!(folder.said(TWO, &Environment::default()), @"Requests to no tenant's host go to the default, whose keys can't be used; set default_tenant = false if there is none: No secret is set, and tokens are required. Set JWT_SECRET or JWT_SECRET_FILE to the secret that your application signs with; `openssl rand -hex 32` makes one.");
    insta::assert_snapshot!(folder.said("default_tenant = false", &Environment::default()), @"base_domain or default_tenant is set, and there is no [[tenant]] that it could mean. Add one, or leave both out.");
}

#[test]
fn s7_what_is_allowed_to_nobody_but_the_listed_is_so_for_tenants() {
    let folder = Folder::new();
    let text = format!("only_allowed = true\n{TWO}");
    insta::assert_snapshot!(folder.said(&text, &with_secret()), @"The tenant office.bolt.example can't be served: only_allowed is set and no host or network is allowed, so no document could be fetched. Name them with allow_host and allow_network, or leave only_allowed out.");
    let all = text.replace("/b\"\n", "/b\"\nallow_host = [\"files.bolt.lan\"]\n");
    let config = folder.read(&all, &with_secret()).unwrap();
    assert!(
        config
            .tenants
            .iter()
            .all(|tenant| tenant.policy.only_listed)
    );
}

#[test]
fn what_cannot_be_told_apart_is_refused() {
    let folder = Folder::new();
    let said = |text: &str| folder.said(text, &with_secret());
    let tenant = |name: &str, rest: &str| format!("[[tenant]]\nname = \"{name}\"\n{rest}\n");
    let a = "jwt_secret_file = \"@/a\"";
    let b = "jwt_secret_file = \"@/b\"";
    insta::assert_snapshot!(said(&(tenant("acme", a) + &tenant("ACME", b))), @"There are two tenants of the name acme. Give each [[tenant]] another one.");
    let one_host = format!(
        "base_domain = \"docs.example\"\n{}{}",
        tenant("acme", a),
        tenant("acme.docs.example", b)
    );
    insta::assert_snapshot!(said(&one_host), @"The tenants acme and acme.docs.example have the same host. Leave out one of them.");
    insta::assert_snapshot!(said(&format!("base_domain = \"docs.example\"\n{}", tenant("docs.example", a))), @"The tenant docs.example has the name of base_domain, which is in front of no tenant. Give the tenant its label, or leave base_domain out.");
    insta::assert_snapshot!(said(&(tenant("acme", a) + &tenant("bolt", a))), @"The tenants acme and bolt have the same key, so each could sign for the other. Give each a key of its own.");
    insta::assert_snapshot!(said(&(tenant("acme", a) + &tenant("bolt", "jwt_keys_file = \"@/keys.toml\""))), @"The tenants acme and bolt have the same key, so each could sign for the other. Give each a key of its own.");
    folder.write("a", SECRET);
    insta::assert_snapshot!(said(&tenant("acme", a)), @"The tenant acme has the same key as the default, so each could sign for the other. Give it a key of its own, or set default_tenant = false and leave out the default's.");
    insta::assert_snapshot!(said(&tenant("acme", "")), @"The tenant acme can't be served: it has no keys. Give it a jwt_secret_file or a jwt_keys_file; `recto token new-secret --out acme.secret` makes a secret.");
    insta::assert_snapshot!(said(&tenant("acme", &format!("{b}\njwt_keys_file = \"@/keys.toml\""))), @"The tenant acme can't be served: it has both jwt_secret_file and jwt_keys_file, so it is not clear which counts. Leave out one of them.");
    insta::assert_snapshot!(said(&tenant("https://acme.example:8443", b)), @r#"The name of a [[tenant]] is "https://acme.example:8443", which is not a host. Give a host such as docs.example, without scheme, port and path, or the label in front of base_domain."#);
    insta::assert_snapshot!(said("base_domain = \"docs.example\""), @"base_domain or default_tenant is set, and there is no [[tenant]] that it could mean. Add one, or leave both out.");
    insta::assert_snapshot!(said(&format!("jwt_enabled = false\n{}", tenant("acme", b))), @"Tokens are off and there are tenants, who are told apart by their keys. Leave out jwt_enabled and JWT_ENABLED, or every [[tenant]].");
}

#[test]
fn t11_default_secrets_are_refused_for_tenants_too() {
    let folder = Folder::new();
    let text = "[[tenant]]\nname = \"acme\"\njwt_secret_file = \"@/known\"";
    insta::assert_snapshot!(folder.said(text, &with_secret()), @r#"The tenant acme can't be served: The token secret is one that manuals and examples print, so anybody can sign with it. Make one with "openssl rand -hex 32" and set it on both sides, here and in the application that embeds the editor."#);
    let missing = text.replace("known", "nowhere");
    insta::assert_snapshot!(folder.said(&missing, &with_secret()), @"The tenant acme can't be served: The secret file @/nowhere can't be read. Check its path and rights: No such file or directory (os error 2)");
}

#[test]
fn t19_a_secret_in_the_configuration_is_refused_and_not_quoted() {
    let folder = Folder::new();
    for (text, line) in [
        (
            "[[tenant]]\nname = \"acme\"\nsecret = \"very-secret-text\"",
            "line 3, secret",
        ),
        (
            "[[tenant]]\nname = \"acme\"\njwt_secret = \"very-secret-text\"",
            "line 3, jwt_secret",
        ),
        ("jwt_secret = \"very-secret-text\"", "line 1, jwt_secret"),
        ("jwt_secret = \"very-secret-text", "line 1, jwt_secret"),
    ] {
        let said = folder.said(text, &with_secret());
        assert!(
            said.contains(line) && !said.contains("very-secret-text"),
            "{said}"
        );
    }
}

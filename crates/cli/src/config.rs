//! The document server's configuration: file, then environment, then flags, each stronger than the
//! one before.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use ipnet::IpNet;
use recto_convert::ConvertConfig;
use recto_engine::EngineConfig;
use recto_server::{AdminPassword, Refusals, ServerConfig, Tokens};
use recto_session::SessionConfig;
use recto_token::Keys;
use serde::Deserialize;
use url::Url;

use crate::args::Serve;
use crate::keys::{self, Places};
use crate::secret;

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "recto.toml";

/// `recto.toml`. Unknown names are errors: a misspelt one would be ignored silently.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "the names are what people write")]
struct File {
    listen: Option<SocketAddr>,
    data: Option<PathBuf>,
    #[serde(default)]
    allow_network: Vec<IpNet>,
    jwt_enabled: Option<bool>,
    jwt_secret_file: Option<PathBuf>,
    jwt_keys_file: Option<PathBuf>,
    jwt_local_json: Option<PathBuf>,
    jwt_header: Option<String>,
    public_url: Option<Url>,
    max_document_mib: Option<u64>,
    snapshot_seconds: Option<u64>,
    save_seconds: Option<u64>,
    force_save_seconds: Option<u64>,
    return_seconds: Option<u64>,
    recover_seconds: Option<u64>,
    convert_seconds: Option<u64>,
    conversions: Option<usize>,
    warm_kits: Option<usize>,
    zygote: Option<bool>,
    office: Option<PathBuf>,
    frame_ancestors: Option<String>,
    refusals: Option<Refusals>,
    admin_password_file: Option<PathBuf>,
}

/// The variables that images made for ONLYOFFICE set (spec/tokens.md 1.4). Those of Recto's own are
/// read with the flags, except for a secret one, which is no flag.
#[derive(Debug, Default)]
#[allow(
    clippy::struct_field_names,
    reason = "the names are those of the variables"
)]
pub struct Environment {
    /// `JWT_ENABLED`
    pub jwt_enabled: Option<String>,
    /// `JWT_SECRET`
    pub jwt_secret: Option<String>,
    /// `JWT_SECRET_FILE`
    pub jwt_secret_file: Option<PathBuf>,
    /// `JWT_HEADER`
    pub jwt_header: Option<String>,
    /// `RECTO_ADMIN_PASSWORD`
    pub admin_password: Option<String>,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        let text = |name| std::env::var(name).ok();
        Self {
            jwt_enabled: text("JWT_ENABLED"),
            jwt_secret: text("JWT_SECRET"),
            jwt_secret_file: text("JWT_SECRET_FILE").map(PathBuf::from),
            jwt_header: text("JWT_HEADER"),
            admin_password: text("RECTO_ADMIN_PASSWORD"),
        }
    }
}

/// The configuration in force.
pub fn server(args: Serve, environment: &Environment) -> anyhow::Result<ServerConfig> {
    let file = file(args.config.as_deref())?;
    let session = session(&args, &file);
    let convert = conversions(&args, &file);
    let data = args.data.or(file.data).unwrap_or_else(|| "data".into());
    let enabled = match environment.jwt_enabled.as_deref().map(str::trim) {
        None | Some("") => file.jwt_enabled.unwrap_or(true),
        Some("true" | "1" | "yes" | "on") => true,
        Some("false" | "0" | "no" | "off") => false,
        Some(other) => bail!(
            "JWT_ENABLED is {other:?}, which is neither true nor false. Set it to true, or unset it."
        ),
    };
    let mut header = environment.jwt_header.clone().or(file.jwt_header);
    let tokens = if enabled {
        let places = Places {
            secret_file: args.secret_file,
            configured_secret: file.jwt_secret_file,
            keys_file: args.keys_file.or(file.jwt_keys_file),
            local_json: args.local_json.or(file.jwt_local_json),
        };
        let found = keys::find(&places, environment)?;
        header = header.or(found.header.map(|name| name.as_str().to_owned()));
        Tokens::Required(found.keys)
    } else {
        // Sessions and result links are signed even then.
        std::fs::create_dir_all(&data).with_context(|| {
            format!(
                "The folder {} can't be made. Choose another with --data",
                data.display()
            )
        })?;
        let own = data.join("own-secret");
        secret::made_once(&own)?;
        Tokens::Off(Keys::from_secret(secret::find(
            Some(&own),
            None,
            environment,
        )?))
    };
    let own = std::env::current_exe()
        .context("The path of this program is not known. Start it by its full path")?;
    let mut engine = EngineConfig::new(own, data.join("engine"));
    engine.kit_args = vec!["kit".into()];
    engine.zygote = !args.no_zygote && file.zygote.unwrap_or(true);
    if let Some(warm) = args.warm_kits.or(file.warm_kits) {
        engine.warm = warm;
    }
    if let Some(office) = args.office.or(file.office) {
        engine.install = office;
    }
    let token_header = match header.as_deref() {
        None | Some("") => http::header::AUTHORIZATION,
        Some(name) => name.parse().with_context(|| {
            format!("JWT_HEADER is {name:?}, which can't be the name of a header. Use letters and hyphens, such as AuthorizationJwt")
        })?,
    };
    let allow_network = if args.allow_network.is_empty() {
        file.allow_network
    } else {
        args.allow_network
    };
    let listen = args
        .listen
        .or(file.listen)
        .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    Ok(ServerConfig {
        listen,
        data,
        public_url: args.public_url.or(file.public_url),
        allow_network,
        tokens,
        token_header,
        frame_ancestors: args
            .frame_ancestors
            .or(file.frame_ancestors)
            .unwrap_or_else(|| "*".into()),
        refusals: args
            .refusals
            .or(file.refusals)
            .unwrap_or_else(|| Refusals::suited_to(listen)),
        admin_password: admin_password(
            args.admin_password_file.as_deref(),
            file.admin_password_file.as_deref(),
            environment.admin_password.as_deref(),
        )?,
        session,
        convert,
        engine,
    })
}

fn conversions(args: &Serve, file: &File) -> ConvertConfig {
    let defaults = ConvertConfig::default();
    ConvertConfig {
        time_limit: args
            .convert_seconds
            .or(file.convert_seconds)
            .map_or(defaults.time_limit, Duration::from_secs),
        at_once: args
            .conversions
            .or(file.conversions)
            .unwrap_or(defaults.at_once),
        ..defaults
    }
}

fn session(args: &Serve, file: &File) -> SessionConfig {
    let defaults = SessionConfig::default();
    let seconds = |flag: Option<u64>, file: Option<u64>, default: Duration| {
        flag.or(file).map_or(default, Duration::from_secs)
    };
    SessionConfig {
        snapshot_after: seconds(
            args.snapshot_seconds,
            file.snapshot_seconds,
            defaults.snapshot_after,
        ),
        save_after: seconds(args.save_seconds, file.save_seconds, defaults.save_after),
        force_save_every: args
            .force_save_seconds
            .or(file.force_save_seconds)
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs),
        return_within: seconds(
            args.return_seconds,
            file.return_seconds,
            defaults.return_within,
        ),
        recover_within: seconds(
            args.recover_seconds,
            file.recover_seconds,
            defaults.recover_within,
        ),
        max_bytes: args
            .max_document_mib
            .or(file.max_document_mib)
            .map_or(defaults.max_bytes, |mib| mib << 20),
        ..defaults
    }
}

/// The password from the file that is named, else from the environment, else from the file that the
/// configuration names; none if nobody gave one.
fn admin_password(
    named: Option<&Path>,
    configured: Option<&Path>,
    environment: Option<&str>,
) -> anyhow::Result<Option<AdminPassword>> {
    let text = match (named, environment) {
        (Some(_), Some(_)) => bail!(
            "Both a file with the administrator's password and RECTO_ADMIN_PASSWORD are given, so it is not clear which counts. Leave out one of them."
        ),
        (None, Some(text)) => text.to_owned(),
        (file, None) => match file.or(configured) {
            Some(file) => secret::text(file)?,
            None => return Ok(None),
        },
    };
    Ok(Some(AdminPassword::new(&text)?))
}

fn file(named: Option<&Path>) -> anyhow::Result<File> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    if named.is_none() && !path.exists() {
        return Ok(File::default());
    }
    let text = std::fs::read_to_string(path).with_context(|| {
        format!(
            "The configuration {} can't be read. Check its path and rights",
            path.display()
        )
    })?;
    toml::from_str(&text).with_context(|| {
        format!(
            "The configuration {} is not valid. Mend the line that is named",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
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
        assert_eq!(config.session.snapshot_after, Duration::from_secs(7));
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
        assert!(
            matches!(config.tokens, Tokens::Required(ref keys) if keys.inbox().keys().len() == 1)
        );
        environment.jwt_enabled = Some("maybe".into());
        let error = server(Serve::default(), &environment)
            .map(|_| ())
            .unwrap_err();
        insta::assert_snapshot!(error, @r#"JWT_ENABLED is "maybe", which is neither true nor false. Set it to true, or unset it."#);
    }
}

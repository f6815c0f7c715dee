//! The server behind real proxies, with the configurations that the documentation gives.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::common::{Browser, Integrator, LONGEST, Server, Setup, body, kill, new_key};

const HOST: &str = "docs.example";
/// Where the browsers of these tests are: not where the proxy is.
const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// Who they say they are.
const FORGED: &str = "192.0.2.66";

/// The fenced blocks of a language on the page about proxies.
fn blocks(language: &str) -> Vec<String> {
    let page = include_str!("../../../../docs/setup/proxy.md");
    let fence = format!("```{language}\n");
    let all = page.split(&fence).skip(1);
    all.map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// A program that `scripts/setup test` has unpacked, or that the system has.
fn program(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let unpacked = root.join("target/proxies");
    let places = ["usr/sbin", "usr/bin"];
    let all = [unpacked.as_path(), Path::new("/")]
        .into_iter()
        .flat_map(|at| places.map(|place| at.join(place).join(name)));
    all.into_iter()
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{name} is missing; run scripts/setup test"))
}

/// One of the proxies.
#[derive(Clone, Copy)]
enum Kind {
    Nginx,
    Apache,
    Caddy,
}

impl Kind {
    fn language(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Caddy => "caddyfile",
        }
    }

    /// What a system's own configuration has around the block of the page.
    fn whole(self, block: &str, run: &str, port: u16) -> String {
        match self {
            Self::Nginx => format!(
                "daemon off; master_process off; pid {run}/pid; error_log /dev/stderr; events {{}}
                 http {{ access_log off; client_body_temp_path {run}/body; proxy_temp_path {run}/proxy;
                 fastcgi_temp_path {run}/fastcgi; uwsgi_temp_path {run}/uwsgi; scgi_temp_path {run}/scgi;
                 {block} }}"
            ),
            Self::Apache => {
                let modules: String = ["mpm_event", "authz_core", "ssl", "proxy", "proxy_http"]
                    .map(|name| {
                        format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n")
                    })
                    .concat();
                format!(
                    "{modules}ServerRoot {run}\nDefaultRuntimeDir {run}\nPidFile {run}/pid\n\
                     ErrorLog /dev/stderr\nServerName {HOST}\nUser www-data\nGroup www-data\n\
                     Listen {port} https\n{block}"
                )
            }
            Self::Caddy => format!(
                "{{\nadmin off\nauto_https disable_redirects\nstorage file_system {run}\n}}\n{block}"
            ),
        }
    }

    fn command(self, config: &Path, run: &str) -> Command {
        let (name, args) = match self {
            Self::Nginx => ("nginx", vec!["-p", run, "-e", "/dev/stderr", "-c"]),
            Self::Apache => ("apache2", vec!["-D", "FOREGROUND", "-f"]),
            Self::Caddy => ("caddy", vec!["run", "--adapter", "caddyfile", "--config"]),
        };
        let mut command = Command::new(program(name));
        command.args(args).arg(config);
        command
    }
}

/// A proxy that runs; it is stopped with the value.
struct Proxy {
    child: Child,
    port: u16,
    certificate: CertificateDer<'static>,
    pem: String,
    _folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        kill(i32::try_from(self.child.id()).unwrap(), Signal::TERM);
        self.child.wait().unwrap();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

impl Proxy {
    async fn start(kind: Kind, block: &str, port: u16, server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(vec![HOST.to_owned()]).unwrap();
        let (pem, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let run = folder.path().to_str().unwrap().to_owned();
        std::fs::write(folder.path().join("docs.example.pem"), &pem).unwrap();
        std::fs::write(folder.path().join("docs.example.key"), key).unwrap();
        for is in ["/etc/ssl/docs.example.pem", "127.0.0.1:8080"] {
            assert!(block.contains(is), "no {is} in {block}");
        }
        let block = block
            .replace("/etc/ssl/", &format!("{run}/"))
            .replace("127.0.0.1:8080", &server.address().to_string())
            .replace("listen 443 ssl", &format!("listen {port} ssl"))
            .replace("*:443", &format!("*:{port}"))
            .replace("docs.example {", &format!("docs.example:{port} {{"));
        let config = folder.path().join("config");
        std::fs::write(&config, kind.whole(&block, &run, port)).unwrap();
        let mut command = kind.command(&config, &run);
        // When it ends, Apache ends its whole process group, which must not be ours.
        command.process_group(0).stdin(Stdio::null());
        command.env("HOME", &run).stdout(Stdio::null());
        command.stderr(std::fs::File::create(folder.path().join("log")).unwrap());
        let child = command.spawn().unwrap();
        let log = folder.path().join("log");
        let up = timeout(LONGEST, async {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                .await
                .is_err()
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let up = up.await.is_ok();
        assert!(up, "{}", std::fs::read_to_string(log).unwrap());
        Self {
            child,
            port,
            certificate: made.cert.der().clone(),
            pem,
            _folder: folder,
        }
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// Somebody elsewhere who trusts the certificate.
    fn client(&self) -> reqwest::Client {
        let mut forged = reqwest::header::HeaderMap::new();
        forged.insert("x-forwarded-for", FORGED.parse().unwrap());
        forged.insert(
            "forwarded",
            format!("for={FORGED};host=evil.example").parse().unwrap(),
        );
        reqwest::Client::builder()
            .add_root_certificate(reqwest::Certificate::from_pem(self.pem.as_bytes()).unwrap())
            .resolve(HOST, self.address())
            .local_address(Some(CLIENT.into()))
            .default_headers(forged)
            .build()
            .unwrap()
    }

    /// A live connection from a page of `origin`.
    async fn live(&self, live: &str, origin: &str) -> Result<Browser, Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((CLIENT, 0).into()).unwrap();
        let wire = socket.connect(self.address()).await.unwrap();
        let name = ServerName::try_from(HOST).unwrap();
        let wire = TlsConnector::from(Arc::new(tls)).connect(name, wire).await;
        let mut request = live.into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", origin.parse().unwrap());
        headers.insert("x-forwarded-for", FORGED.parse().unwrap());
        Browser::over(Box::new(wire.unwrap()), request).await
    }
}

/// From the script that an application loads to the saved file, at the root of a host or below a path.
async fn from_click_to_saved_file(kind: Kind, below_a_path: bool) {
    let at = usize::from(below_a_path);
    let port = free_port();
    let setup = Setup::default();
    let settings = &blocks("toml")[at];
    let origin = format!("https://{HOST}:{port}");
    let settings = settings.replace("https://docs.example", &origin);
    std::fs::write(setup.data().join("recto.toml"), settings).unwrap();
    let server = Server::start(&setup).await;
    let proxy = Proxy::start(kind, &blocks(kind.language())[at], port, &server).await;
    let public = format!("{origin}{}", if below_a_path { "/office" } else { "" });
    let client = proxy.client();
    let get = async |url: &str| {
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        (answer.url().to_string(), answer.text().await.unwrap())
    };

    assert_eq!(get(&format!("{public}/healthcheck")).await.1, "true");
    get(&format!("{public}/web-apps/apps/api/documents/api.js")).await;
    let page = format!("{public}/web-apps/apps/editor/index.html");
    let (_, html) = get(&page).await;
    let (_, asset) = html.split_once("src=\"").unwrap();
    let asset = asset.split('"').next().unwrap();
    let asset = reqwest::Url::parse(&page).unwrap().join(asset).unwrap();
    get(asset.as_str()).await;
    for way in ["docs", "docs/"] {
        let (found, html) = get(&format!("{public}/{way}")).await;
        assert_eq!(found, format!("{public}/docs/index"));
        let (_, style) = html.split_once("href=\"").unwrap();
        let style = style.split('"').next().unwrap();
        let style = reqwest::Url::parse(&found).unwrap().join(style).unwrap();
        assert_eq!(style.as_str(), format!("{public}/docs/docs.css"));
        get(style.as_str()).await;
    }

    let integrator = Integrator::start().await;
    let key = new_key("proxy");
    let live = format!("{}/doc/{key}/live", public.replace("https://", "wss://"));
    match proxy.live(&live, "https://evil.example").await {
        Err(Error::Http(refused)) => assert_eq!(refused.status(), 403),
        other => panic!("{:?}", other.map(|_| "connected")),
    }
    let mut ada = proxy.live(&live, &origin).await.unwrap();
    let config = integrator.signed(&key, "u1", "Ada");
    ada.say(&json!({ "type": "open", "config": config })).await;
    ada.until_opened().await;
    ada.types("Through the proxy. ").await;
    ada.say(&json!({ "type": "download", "id": 1, "print": false }))
        .await;
    let copy = ada.until("download").await;
    let link = copy["url"].as_str().unwrap();
    assert!(
        link.starts_with(&format!("{public}/cache/files/")),
        "{link}"
    );
    assert!(get(link).await.1.contains("Through the proxy. "));

    // A name that is written in more than one way, and a body of nearly the largest size.
    let fields = json!({
        "url": integrator.url("/files/text.txt"), "filetype": "txt", "outputtype": "odt",
        "key": new_key("proxy"), "title": "Bericht ü (1)+2 & 'x' 100%.odt",
    });
    let mut request = body(&fields);
    request["padding"] = "x".repeat(1_000_000).into();
    let converter = client.post(format!("{public}/converter"));
    let converter = converter
        .header("accept", "application/json")
        .json(&request);
    let answer: Value = converter.send().await.unwrap().json().await.unwrap();
    let link = answer["fileUrl"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"));
    assert!(link.starts_with(&public), "{link}");
    get(link).await;

    ada.leave().await;
    let saved = integrator.called_with(2).await;
    let link = saved.body["url"].as_str().unwrap();
    assert!(link.starts_with(&public), "{link}");
    assert!(get(link).await.1.contains("Through the proxy. "));

    let log = server.log();
    assert!(log.contains(&format!("client={CLIENT}")), "{log}");
    assert!(
        !log.contains(FORGED) && !log.contains("client=127.0.0.1"),
        "{log}"
    );
}

#[tokio::test]
async fn l2_behind_nginx_at_the_root_of_a_host() {
    from_click_to_saved_file(Kind::Nginx, false).await;
}

#[tokio::test]
async fn l2_behind_nginx_below_a_path() {
    from_click_to_saved_file(Kind::Nginx, true).await;
}

#[tokio::test]
async fn l2_behind_apache_at_the_root_of_a_host() {
    from_click_to_saved_file(Kind::Apache, false).await;
}

#[tokio::test]
async fn l2_behind_apache_below_a_path() {
    from_click_to_saved_file(Kind::Apache, true).await;
}

#[tokio::test]
async fn l2_behind_caddy_at_the_root_of_a_host() {
    from_click_to_saved_file(Kind::Caddy, false).await;
}

#[tokio::test]
async fn l2_behind_caddy_below_a_path() {
    from_click_to_saved_file(Kind::Caddy, true).await;
}

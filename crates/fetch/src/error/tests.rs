//! The sentences that people see.

use super::*;
use crate::{Answer, CallbackError};

fn origin() -> String {
    "https://files.example".into()
}

fn both(error: &impl Explain) -> String {
    format!("{}\n{}", error.message(), error.hint())
}

fn forbidden(host: &str, class: AddressClass) -> FetchError {
    FetchError::ForbiddenAddress {
        host: host.into(),
        address: "10.1.2.3".parse().unwrap(),
        class,
    }
}

fn status(status: u16, token: TokenSent, redirected: bool) -> FetchError {
    FetchError::Status {
        origin: origin(),
        status,
        token,
        redirected,
    }
}

fn unreachable(cause: Cause, detail: &str) -> FetchError {
    FetchError::Unreachable {
        origin: origin(),
        cause,
        detail: detail.into(),
    }
}

#[test]
fn forbidden_addresses() {
    let own = forbidden("localhost", AddressClass::Loopback);
    insta::assert_snapshot!(both(&own), @"
    The document address (document.url) leads to the host localhost, which is a loopback address; the document server contacts only public addresses and allowed networks.
    localhost and 127.0.0.1 are the document server's own machine or container: use an address at which the document server reaches the application, or, if it does run there, start the document server with --allow-network 127.0.0.0/8 (or ::1/128).
    ");
    let inside = forbidden("files.lan", AddressClass::Private);
    insta::assert_snapshot!(both(&inside), @"
    The document address (document.url) leads to the host files.lan, which is a private network address; the document server contacts only public addresses and allowed networks.
    If the application is in that network, start the document server with --allow-network and the network, for instance --allow-network 10.1.2.0/24, or with --allow-host and the name; its log names the address.
    ");
    insta::assert_snapshot!(both(&CallbackError::from(inside)), @"
    The callback address (editorConfig.callbackUrl) leads to the host files.lan, which is a private network address; the document server contacts only public addresses and allowed networks.
    If the application is in that network, start the document server with --allow-network and the network, for instance --allow-network 10.1.2.0/24, or with --allow-host and the name; its log names the address.
    ");
    let cloud = forbidden("169.254.169.254", AddressClass::CloudMetadata);
    insta::assert_snapshot!(both(&cloud), @"
    The document address (document.url) leads to the host 169.254.169.254, which is a cloud metadata address; the document server contacts only public addresses and allowed networks.
    Such an address gives out credentials of the machine; use the application's own address.
    ");
    let multicast = forbidden("files.example", AddressClass::Multicast);
    insta::assert_snapshot!(both(&multicast), @"
    The document address (document.url) leads to the host files.example, which is a multicast address; the document server contacts only public addresses and allowed networks.
    Check the name's DNS entry: no application can be reached there, unless --allow-network allows its network.
    ");
}

#[test]
fn hosts_that_are_not_listed() {
    let error = FetchError::NotListed {
        host: "files.example".into(),
    };
    insta::assert_snapshot!(both(&error), @"
    The document address (document.url) leads to the host files.example, and the document server contacts only the hosts and networks that were listed.
    If the application is there, start the document server with --allow-host and the name, or with --allow-network and its network.
    ");
    let error = CallbackError::from(error);
    insta::assert_snapshot!(both(&error), @"
    The callback address (editorConfig.callbackUrl) leads to the host files.example, and the document server contacts only the hosts and networks that were listed.
    If the application is there, start the document server with --allow-host and the name, or with --allow-network and its network.
    ");
    assert_eq!(
        (error.code(), error.retryable()),
        ("callback.not_listed", false)
    );
}

#[test]
fn a_resolved_address_is_for_the_log_only() {
    let error = forbidden("files.lan", AddressClass::Private);
    assert!(error.to_string().contains("10.1.2.3"));
    assert!(!both(&error).contains("10.1.2.3"));
}

#[test]
fn addresses_of_the_wrong_form() {
    let invalid = FetchError::Invalid {
        reason: "relative URL without a base".into(),
    };
    insta::assert_snapshot!(both(&invalid), @"
    The document address (document.url) is not a complete URL: relative URL without a base.
    Use an absolute URL such as https://files.example.com/get/1, as the document server reaches it.
    ");
    let scheme = FetchError::Scheme {
        scheme: "file".into(),
    };
    insta::assert_snapshot!(both(&scheme), @"
    The document address (document.url) begins with file:, which is not http or https.
    Serve the file over http or https.
    ");
    insta::assert_snapshot!(both(&FetchError::Credentials), @"
    The document address (document.url) carries a user name or password.
    Leave them out and authorise the request by the token in its Authorization header, or by a short-lived parameter in the query.
    ");
}

#[test]
fn obstacles() {
    insta::assert_snapshot!(both(&unreachable(Cause::Name, "no such name")), @"
    The document address (document.url) cannot be reached: the name in https://files.example is not known.
    Check the name, and that the document server's machine or container can resolve it: try it there with `getent hosts`.
    ");
    insta::assert_snapshot!(both(&unreachable(Cause::Refused, "Connection refused")), @"
    The document address (document.url) cannot be reached: nothing listens at https://files.example.
    Check the port and that the application runs, and that its address is the one at which the document server's machine or container reaches it.
    ");
    insta::assert_snapshot!(both(&unreachable(Cause::Tls, "invalid peer certificate: UnknownIssuer")), @"
    The document address (document.url) cannot be trusted: TLS with https://files.example failed (invalid peer certificate: UnknownIssuer).
    Serve a certificate for this name together with its intermediates, or give the document server the certificate of your authority with --ca-file.
    ");
    insta::assert_snapshot!(both(&unreachable(Cause::Broken, "")), @"
    The document address (document.url) gave an incomplete answer: https://files.example ended the connection.
    Look in the application's log for why it stopped sending.
    ");
    insta::assert_snapshot!(both(&unreachable(Cause::Other, "No route to host")), @"
    The document address (document.url) cannot be reached: https://files.example: No route to host.
    Try the address from the document server's machine with `curl -I`; a firewall or proxy may stand between.
    ");
    let slow = FetchError::Timeout {
        origin: origin(),
        what: "connecting",
        limit: Duration::from_secs(10),
    };
    insta::assert_snapshot!(both(&slow), @"
    The document address (document.url) is too slow: https://files.example took longer than 10 s (connecting).
    See that the application answers the document server at once: a firewall that drops packets, or a handler that waits for another request, are the usual reasons.
    ");
}

#[test]
fn statuses() {
    insta::assert_snapshot!(both(&status(403, TokenSent::Yes, false)), @"
    The document address (document.url) gives no file: https://files.example answered with status 403.
    The request carried `Authorization: Bearer` with a token signed by the shared secret: check that the application verifies it with the same secret, asks for no login beside it, and that the web server passes the header on (Apache: CGIPassAuth On).
    ");
    insta::assert_snapshot!(both(&status(401, TokenSent::Off, false)), @"
    The document address (document.url) gives no file: https://files.example answered with status 401.
    The request carried no token, as tokens are switched off: switch them on, or let the application accept the request by a parameter in the address.
    ");
    insta::assert_snapshot!(both(&status(401, TokenSent::Excluded, false)), @"
    The document address (document.url) gives no file: https://files.example answered with status 401.
    The request carried no token, as the address is among those of unsigned_host or unsigned_url: take it out of there, or let the application accept the request by a parameter in the address.
    ");
    insta::assert_snapshot!(both(&status(400, TokenSent::Yes, false)), @"
    The document address (document.url) gives no file: https://files.example answered with status 400.
    The request carried `Authorization: Bearer` with a token, which stores with signed addresses refuse: if this is one, name its host by unsigned_host, or what such addresses contain by unsigned_url, as in X-Amz-Signature=.
    ");
    insta::assert_snapshot!(both(&status(401, TokenSent::Withheld, true)), @"
    The document address (document.url) gives no file: https://files.example answered with status 401 after a redirect.
    A token goes to the first origin only, so none was sent after the redirect: give the final address.
    ");
    insta::assert_snapshot!(both(&status(404, TokenSent::Yes, false)), @"
    The document address (document.url) gives no file: https://files.example answered with status 404.
    Check that the address is still valid when the document server fetches it, and that it is the address of the file itself.
    ");
    insta::assert_snapshot!(both(&status(500, TokenSent::Yes, false)), @"
    The document address (document.url) gives no file: https://files.example answered with status 500.
    Look in the application's log for the error behind it.
    ");
}

#[test]
fn unusable_files() {
    let large = FetchError::TooLarge {
        limit: 100 * 1024 * 1024,
    };
    insta::assert_snapshot!(both(&large), @"
    The document is larger than the 100 MiB that the document server takes.
    Make the document smaller, for instance its images, or have the limit raised.
    ");
    assert_eq!(large.editor_error(), editor_error::SIZE);
    insta::assert_snapshot!(both(&FetchError::Empty { origin: origin() }), @"
    The document address (document.url) gives an empty file: https://files.example sent no bytes.
    Check that the application finds the file and sends it; a new document needs a template, not zero bytes.
    ");
    let page = FetchError::HtmlInstead {
        origin: origin(),
        expected: "docx",
        redirected: true,
    };
    insta::assert_snapshot!(both(&page), @"
    The document address (document.url) gives a web page instead of a docx file: https://files.example sent HTML after a redirect.
    The document server fetches the file itself, without the browser's cookies, so the address must not need a login: let the application accept the token in the Authorization header or a short-lived parameter in the address.
    ");
    assert_eq!(page.editor_error(), editor_error::DOWNLOAD);
    let full = FetchError::Write(io::Error::from(io::ErrorKind::StorageFull));
    insta::assert_snapshot!(both(&full), @"
    The document server cannot write the downloaded document: no storage space.
    Free space on the document server's disk.
    ");
}

#[test]
fn callbacks() {
    insta::assert_snapshot!(both(&CallbackError::Missing), @"
    The config has no callback address (editorConfig.callbackUrl), so the document cannot be handed back.
    Give editorConfig.callbackUrl, inside the signed config.
    ");
    let status = |status, signed| CallbackError::Status {
        origin: origin(),
        status,
        signed,
    };
    insta::assert_snapshot!(both(&status(204, true)), @r#"
    The integrator did not take the callback: https://files.example answered with status 204 instead of 200.
    Answer with status 200 and the body {"error":0}.
    "#);
    insta::assert_snapshot!(both(&status(302, true)), @"
    The integrator did not take the callback: https://files.example answered with status 302 instead of 200.
    Redirects are not followed, as they would lose the body: give the final address, mind trailing slashes and https, and exempt the handler from the login.
    ");
    insta::assert_snapshot!(both(&status(403, true)), @"
    The integrator did not take the callback: https://files.example answered with status 403 instead of 200.
    The callback carried a token signed by the shared secret, in the Authorization header and in the body's member “token”: let the handler verify that, and exempt it from login and CSRF checks.
    ");
    insta::assert_snapshot!(both(&status(403, false)), @"
    The integrator did not take the callback: https://files.example answered with status 403 instead of 200.
    The callback carried no token, as tokens are switched off; exempt the handler from login and CSRF checks.
    ");
    let bad = |answer| CallbackError::BadAnswer {
        origin: origin(),
        answer,
    };
    insta::assert_snapshot!(both(&bad(Answer::Empty)), @r#"
    The integrator did not confirm the callback: https://files.example answered with an empty answer instead of {"error":0}.
    Let the handler answer every callback, whatever its status member, with the body {"error":0} and nothing else once it has done its part.
    "#);
    insta::assert_snapshot!(both(&bad(Answer::Html)), @r#"
    The integrator did not confirm the callback: https://files.example answered with a web page instead of {"error":0}.
    That is often a login or error page: exempt the handler from the login, and let it answer with {"error":0} and nothing else.
    "#);
    insta::assert_snapshot!(both(&bad(Answer::TextAroundJson)), @r#"
    The integrator did not confirm the callback: https://files.example answered with text around a JSON object instead of {"error":0}.
    Often that is a PHP notice: set display_errors to off, see the application's log, and print nothing but {"error":0}.
    "#);
    let refused = CallbackError::Refused {
        origin: origin(),
        error: "1".into(),
    };
    insta::assert_snapshot!(both(&refused), @"
    The integrator refused the callback: https://files.example answered with error 1.
    Look in the application's log for why it could not store the document; a handler that wants the callback again must answer with status 500 or above.
    ");
}

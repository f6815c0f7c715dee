//! The sandbox, tried with hostile documents.

mod support;

use std::net::TcpListener;

use support::{editor, ink, start, text, tile, unzip};

#[tokio::test(flavor = "multi_thread")]
async fn c3_a_linked_picture_is_not_fetched() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for namespaces in [true, false] {
        let fixture = start(|config| config.namespaces = namespaces).await;
        let picture = format!(
            r#"Text<draw:frame text:anchor-type="paragraph" svg:width="5cm" svg:height="5cm"><draw:image xlink:href="http://127.0.0.1:{port}/x.png" xlink:type="simple"/></draw:frame>"#
        );
        let source = fixture.write("linked.fodt", text(&[&picture]));
        let (document, _events) = fixture.open(&source).await;
        let ann = editor(&document, "Ann").await;
        assert!(ink(&tile(&document, ann, 0, 0).await) > 0);
        document
            .save_copy("pdf", &fixture.path("linked.pdf"))
            .await
            .unwrap();
        let asked = listener.accept();
        assert!(asked.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c3_a_section_of_the_servers_files_stays_empty() {
    for namespaces in [true, false] {
        let fixture = start(|config| config.namespaces = namespaces).await;
        let secret = fixture.write("secret.txt", "swordfish");
        let section = format!(
            r#"</text:p><text:section text:name="S"><text:section-source xlink:href="file://{}" xlink:type="simple"/><text:p>Cached</text:p></text:section><text:p>"#,
            secret.display()
        );
        let source = fixture.write("linked.fodt", text(&[&section]));
        let (document, _events) = fixture.open(&source).await;
        let saved = fixture.path("saved.odt");
        document.save_copy("odt", &saved).await.unwrap();
        assert!(!unzip(&saved, "content.xml").contains("swordfish"));
    }
}

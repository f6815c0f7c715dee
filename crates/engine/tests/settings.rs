//! The settings that make documents harmless are in force in the kits.

mod support;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::{editor, ink, start, text, tile};

fn black_png() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 64, 64);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0; 64 * 64]).unwrap();
    writer.finish().unwrap();
    file
}

/// The `doc` folders of all kits, which only the kits themselves can read.
fn folders(work: &Path) -> Vec<PathBuf> {
    let kits = std::fs::read_dir(work).unwrap().flatten();
    kits.map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("kit-")
        })
        .map(|path| path.join("doc"))
        .collect()
}

async fn ch11_links_stay_closed_and_no_lock_is_made(zygote: bool, namespaces: bool) {
    let fixture = start(|config| {
        config.zygote = zygote;
        config.namespaces = namespaces;
    })
    .await;
    let work = fixture.path("engine");
    // The picture lies where the kit may read, so that nothing but its settings keeps it from it.
    let waiting = folders(&work);
    for folder in &waiting {
        std::fs::write(folder.join("linked.png"), black_png()).unwrap();
    }
    let seen_as = |folder: &Path| {
        if fixture.engine.isolation().namespaces {
            "/doc/linked.png".to_owned()
        } else {
            folder.join("linked.png").display().to_string()
        }
    };
    let frame = |source: &str| {
        format!(
            r#"<draw:frame text:anchor-type="as-char" svg:width="5cm" svg:height="5cm">{source}</draw:frame>"#
        )
    };
    let linked: String = waiting
        .iter()
        .map(|folder| {
            frame(&format!(
                r#"<draw:image xlink:href="file://{}" xlink:type="simple" xlink:actuate="onLoad"/>"#,
                seen_as(folder)
            ))
        })
        .collect();
    let source = fixture.write("linked.fodt", text(&[&linked]));
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let dark = ink(&tile(&document, ann, 0, 0).await);
    assert!(dark < 2000, "the picture is drawn: {dark} dark pixels");
    for folder in folders(&work) {
        let names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        let lock = names
            .iter()
            .any(|name| name.to_string_lossy().contains("lock"));
        assert!(!lock, "{names:?}");
    }
    // Of the same size, a picture that the document has in itself is drawn.
    let data = STANDARD.encode(black_png());
    let own = format!("<draw:image><office:binary-data>{data}</office:binary-data></draw:image>");
    let source = fixture.write("own.fodt", text(&[&frame(&own)]));
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    let dark = ink(&tile(&document, ann, 0, 0).await);
    assert!(dark > 10_000, "{dark} dark pixels");
}

#[tokio::test(flavor = "multi_thread")]
async fn ch11_a_linked_picture_is_not_drawn() {
    ch11_links_stay_closed_and_no_lock_is_made(true, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ch11_a_linked_picture_is_not_drawn_without_namespaces() {
    ch11_links_stay_closed_and_no_lock_is_made(true, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ch11_a_linked_picture_is_not_drawn_without_zygote() {
    ch11_links_stay_closed_and_no_lock_is_made(false, true).await;
}

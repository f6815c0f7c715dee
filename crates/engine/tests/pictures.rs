//! Pictures of every kind that may be inserted, in documents of every kind.

mod support;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use recto_engine::{Input, InputDenied, InputError, PictureKind};
use support::{Fixture, editor, sheet, slides, start, text};

/// As small as can be, and each of another content: an office keeps what is the same once.
fn pictures() -> Vec<(&'static str, Vec<u8>)> {
    let coded = |text: &str| STANDARD.decode(text).unwrap();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 1, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&[255, 0, 0])
        .unwrap();
    let mut bmp =
        b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0".to_vec();
    bmp.resize(54, 0);
    bmp.extend([255, 0, 0, 0]);
    vec![
        ("png", png),
        ("gif", coded("R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=")),
        ("bmp", bmp),
        ("tif", tiff()),
        ("webp", coded("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")),
        (
            "svg",
            b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"40\"><script>alert(1)</script><rect width=\"40\" height=\"40\" fill=\"red\"/></svg>".to_vec(),
        ),
    ]
}

fn tiff() -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    // Width, height, bits, compression, photometric, strip, samples, rows, length.
    let tags: [(u16, u16, u32); 9] = [
        (256, 3, 1),
        (257, 3, 1),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 122),
        (277, 3, 1),
        (278, 3, 1),
        (279, 4, 1),
    ];
    file.extend(9_u16.to_le_bytes());
    for (tag, kind, value) in tags {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend(0_u32.to_le_bytes());
    assert_eq!(file.len(), 122);
    file.push(128);
    file
}

/// The files of the pictures in a document of the `OpenDocument` kind.
fn inside(path: &Path) -> Vec<String> {
    let archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let names = archive.file_names().filter_map(|name| {
        let file = name.strip_prefix("Pictures/")?;
        Some(
            file.rsplit_once('.')
                .map_or(file, |(_, end)| end)
                .to_owned(),
        )
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// What is in a document after these pictures were put into it.
async fn inserted(fixture: &Fixture, name: &str, some: &[(&str, Vec<u8>)]) -> Vec<String> {
    let (document, _events) = fixture.open(&fixture.path(name)).await;
    let ann = editor(&document, "Ann").await;
    for (extension, data) in some {
        let kind = PictureKind::of(data).unwrap();
        assert_eq!(kind.extension, *extension);
        let (mime, data) = (kind.mime.to_owned(), data.clone());
        document
            .input(ann, Input::Paste { mime, data })
            .await
            .unwrap();
    }
    let saved = fixture.path(&format!("saved-{name}"));
    let format = name.rsplit_once('.').unwrap().1;
    document.save_copy(format, &saved).await.unwrap();
    document.close().await;
    inside(&saved)
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_every_kind_are_inserted() {
    let fixture = start(|_| {}).await;
    fixture.make("a.odt", &text(&["Hello"])).await;
    fixture.make("a.ods", &sheet(&[&["Hello"]])).await;
    fixture.make("a.odp", &slides(&["Hello"])).await;
    let pictures = pictures();
    for one in &pictures {
        // WebP is kept as PNG, and an SVG goes with a PNG for programs that can't show it.
        let kept: &[&str] = match one.0 {
            "webp" => &["png"],
            "svg" => &["png", "svg"],
            other => &[other],
        };
        let one = std::slice::from_ref(one);
        assert_eq!(inserted(&fixture, "a.odt", one).await, kept);
    }
    let gif = std::slice::from_ref(&pictures[1]);
    assert_eq!(inserted(&fixture, "a.ods", gif).await, ["gif"]);
    let kept = ["bmp", "gif", "png", "png", "png", "svg", "tif"];
    assert_eq!(inserted(&fixture, "a.odp", &pictures).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused() {
    let fixture = start(|_| {}).await;
    let source = fixture.make("a.odt", &text(&["Hello"])).await;
    let (document, _events) = fixture.open(&source).await;
    let ann = editor(&document, "Ann").await;
    for (mime, data) in [
        ("image/gif", &b"<html>"[..]),
        ("image/svg+xml", b"<svg><g></svg>"),
        ("image/png", b"GIF89a"),
    ] {
        let (mime, data) = (mime.to_owned(), data.to_vec());
        let refused = document.input(ann, Input::Paste { mime, data }).await;
        assert!(
            matches!(refused, Err(InputError::Denied(InputDenied::Picture))),
            "{refused:?}"
        );
    }
}

//! Pictures of a page in the size and the format that are asked for.

use std::io::{BufReader, Cursor};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, ImageReader, Limits, Rgb, RgbImage, imageops::FilterType};
use recto_docs_api::{Aspect, Thumbnail};

/// A page is not larger; what the engine wrote may be anything.
const LARGEST_SIDE: u32 = 20_000;
const MOST_MEMORY: u64 = 512 << 20;
/// Of 100.
const QUALITY: u8 = 85;

/// Reads the engine's picture and writes it in another size, as JPEG or PNG.
pub(crate) fn finish(
    from: &Path,
    to: &Path,
    thumbnail: Thumbnail,
    jpeg: bool,
) -> Result<(), image::ImageError> {
    let mut reader = ImageReader::new(BufReader::new(std::fs::File::open(from)?));
    reader.set_format(ImageFormat::Png);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let page = sized(reader.decode()?, thumbnail);
    let mut bytes = Cursor::new(Vec::new());
    if jpeg {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
        on_paper(&page).write_with_encoder(encoder)?;
    } else {
        page.write_to(&mut bytes, ImageFormat::Png)?;
    }
    std::fs::write(to, bytes.into_inner())?;
    Ok(())
}

fn sized(page: DynamicImage, thumbnail: Thumbnail) -> DynamicImage {
    let Thumbnail {
        aspect,
        width,
        height,
    } = thumbnail;
    match aspect {
        Aspect::Natural => page,
        Aspect::Keep => page.resize(width, height, FilterType::CatmullRom),
        Aspect::Stretch => page.resize_exact(width, height, FilterType::CatmullRom),
    }
}

/// JPEG has no transparency: what is transparent is white, as paper.
fn on_paper(page: &DynamicImage) -> RgbImage {
    let page = page.to_rgba8();
    let mut paper = RgbImage::new(page.width(), page.height());
    for (to, from) in paper.pixels_mut().zip(page.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        let blend = |channel: u32| {
            let mixed = (channel * alpha + 255 * (255 - alpha) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        *to = Rgb([blend(red), blend(green), blend(blue)]);
    }
    paper
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn page() -> DynamicImage {
        RgbaImage::from_pixel(200, 100, Rgba([200, 0, 0, 0])).into()
    }

    fn made(aspect: Aspect, jpeg: bool) -> DynamicImage {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        page().save_with_format(&from, ImageFormat::Png).unwrap();
        let thumbnail = Thumbnail {
            aspect,
            width: 50,
            height: 50,
        };
        finish(&from, &to, thumbnail, jpeg).unwrap();
        let format = if jpeg {
            ImageFormat::Jpeg
        } else {
            ImageFormat::Png
        };
        image::load_from_memory_with_format(&std::fs::read(to).unwrap(), format).unwrap()
    }

    #[test]
    fn the_size_is_the_one_that_the_aspect_means() {
        for (aspect, size) in [
            (Aspect::Natural, (200, 100)),
            (Aspect::Keep, (50, 25)),
            (Aspect::Stretch, (50, 50)),
        ] {
            for jpeg in [true, false] {
                let made = made(aspect, jpeg);
                assert_eq!((made.width(), made.height()), size, "{aspect:?}");
            }
        }
    }

    #[test]
    fn what_is_transparent_becomes_paper() {
        let made = made(Aspect::Natural, true).to_rgb8();
        assert!(made.pixels().all(|pixel| pixel.0.iter().all(|c| *c > 250)));
    }

    /// The beginning of a picture, as the format has it: what is claimed is looked at before memory is
    /// taken for it.
    #[test]
    fn c10_a_picture_that_claims_to_be_huge_is_not_unpacked() {
        let crc = |bytes: &[u8]| {
            !bytes.iter().fold(u32::MAX, |crc, byte| {
                (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                    (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
                })
            })
        };
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        for (width, height) in [(20_001_u32, 1_u32), (1, 20_001), (20_000, 20_000)] {
            let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
            let mut header = b"IHDR".to_vec();
            header.extend(width.to_be_bytes());
            header.extend(height.to_be_bytes());
            // Four channels of eight bits.
            header.extend([8, 6, 0, 0, 0]);
            file.extend(&header);
            file.extend(crc(&header).to_be_bytes());
            file.extend(b"\0\0\0\0IDAT");
            file.extend(crc(b"IDAT").to_be_bytes());
            std::fs::write(&from, file).unwrap();
            let refused = finish(&from, &to, Thumbnail::default(), false).unwrap_err();
            assert!(
                matches!(refused, image::ImageError::Limits(_)),
                "{width} × {height}: {refused:?}"
            );
        }
        assert!(!to.exists());
    }

    #[test]
    fn what_is_no_picture_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&from, b"\x89PNG\r\n\x1a\nnothing").unwrap();
        assert!(finish(&from, &to, Thumbnail::default(), false).is_err());
        assert!(!to.exists());
    }
}

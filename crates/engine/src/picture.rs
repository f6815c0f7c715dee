//! Pictures that are put into a document, told by their content: names and headers may say anything.

use crate::error::InputDenied;
use crate::input::Input;
use crate::svg;

/// A kind of picture that LibreOffice reads and applications hand over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureKind {
    /// Its media type.
    pub mime: &'static str,
    /// The extension of its files.
    pub extension: &'static str,
    /// LibreOffice's number for it (`GfxLinkType`), if it does not take it from a clipboard as it is.
    number: Option<u16>,
    /// How it begins, by the place of each part.
    starts: &'static [&'static [(usize, &'static [u8])]],
}

const fn picture(
    mime: &'static str,
    extension: &'static str,
    number: Option<u16>,
    starts: &'static [&'static [(usize, &'static [u8])]],
) -> PictureKind {
    PictureKind {
        mime,
        extension,
        number,
        starts,
    }
}

/// The kinds that are taken. What else LibreOffice reads (PCX, PSD, TGA, PICT …) no application sends,
/// and each is one more old parser for hostile files.
const KINDS: [PictureKind; 6] = [
    picture("image/png", "png", None, &[&[(0, b"\x89PNG\r\n\x1a\n")]]),
    picture("image/jpeg", "jpg", None, &[&[(0, b"\xff\xd8\xff")]]),
    picture(
        "image/gif",
        "gif",
        Some(2),
        &[&[(0, b"GIF87a")], &[(0, b"GIF89a")]],
    ),
    // The second is for the reserved members, which are zero.
    picture(
        "image/bmp",
        "bmp",
        Some(11),
        &[&[(0, b"BM"), (6, b"\0\0\0\0")]],
    ),
    picture(
        "image/tiff",
        "tif",
        Some(5),
        &[&[(0, b"II*\0")], &[(0, b"MM\0*")]],
    ),
    picture(
        "image/webp",
        "webp",
        Some(13),
        &[&[(0, b"RIFF"), (8, b"WEBP")]],
    ),
];

/// What LibreOffice calls a picture of its own clipboard.
pub(crate) const WRAPPED: &str =
    "application/x-openoffice-svxb;windows_formatname=\"SVXB (StarView Bitmap/Animation)\"";

/// Text, so it has no certain beginning.
const SVG: PictureKind = picture(svg::MIME, "svg", Some(9), &[]);

impl PictureKind {
    /// Which kind a content is; none if it is no picture that is taken.
    pub fn of(content: &[u8]) -> Option<Self> {
        let begins = |kind: &PictureKind| {
            kind.starts.iter().any(|parts| {
                let holds = |(at, bytes): &(usize, &[u8])| {
                    content
                        .get(*at..)
                        .is_some_and(|rest| rest.starts_with(bytes))
                };
                parts.iter().all(holds)
            })
        };
        let found = KINDS.into_iter().find(begins);
        found.or_else(|| svg::looks_like_it(content).then_some(SVG))
    }

    /// The content as LibreOffice's own clipboard has it: a picture in its native form
    /// (`TypeSerializer::readGraphic`). None if it takes the content as it is.
    pub(crate) fn wrapped(self, content: &[u8]) -> Option<Vec<u8>> {
        let number = self.number?;
        let length = u32::try_from(content.len()).ok()?;
        let mut wrapped = Vec::with_capacity(content.len() + 26);
        wrapped.extend(b"NAT5");
        // Two headers of a version and a length: that of the picture, which is empty, and that of its data.
        wrapped.extend(1_u16.to_le_bytes());
        wrapped.extend(0_u32.to_le_bytes());
        wrapped.extend(1_u16.to_le_bytes());
        wrapped.extend(10_u32.to_le_bytes());
        wrapped.extend(number.to_le_bytes());
        wrapped.extend(length.to_le_bytes());
        wrapped.extend(0_u32.to_le_bytes());
        wrapped.extend(content);
        Some(wrapped)
    }

    /// The kind of this media type.
    pub(crate) fn named(mime: &str) -> Option<Self> {
        KINDS
            .into_iter()
            .chain([SVG])
            .find(|kind| kind.mime == mime)
    }
}

/// Takes out of a picture what could lead elsewhere; what remains is what it is said to be.
pub(crate) fn settle(input: &mut Input) -> Result<(), InputDenied> {
    let Input::Paste { mime, data } = input else {
        return Ok(());
    };
    let Some(kind) = PictureKind::named(mime) else {
        return Ok(());
    };
    if PictureKind::of(data) != Some(kind) {
        return Err(InputDenied::Picture);
    }
    if kind == SVG {
        *data = svg::cleaned(data).ok_or(InputDenied::Picture)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(content: &[u8]) -> &'static str {
        PictureKind::of(content).map_or("none", |kind| kind.extension)
    }

    #[test]
    fn pictures_are_told_by_their_content() {
        for (content, expected) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], "png"),
            (b"\xff\xd8\xff\xe0", "jpg"),
            (b"GIF89a..", "gif"),
            (b"BM\x46\0\0\0\0\0\0\0\x36", "bmp"),
            (b"BMW is a make of cars", "none"),
            (b"II*\0\x08", "tif"),
            (b"MM\0*\0", "tif"),
            (b"RIFF\x10\0\0\0WEBPVP8L", "webp"),
            (b"RIFF\x10\0\0\0WAVEfmt ", "none"),
            (
                b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a --><svg xmlns='x'/>",
                "svg",
            ),
            (b"<html><svg/></html>", "none"),
            (b"", "none"),
            (b"%PDF-1.7", "none"),
        ] {
            assert_eq!(kind(content), expected, "{content:?}");
        }
    }

    #[test]
    fn what_a_paste_says_must_be_what_it_is() {
        let paste = |mime: &str, data: &[u8]| {
            let (mime, data) = (mime.to_owned(), data.to_vec());
            settle(&mut Input::Paste { mime, data })
        };
        assert_eq!(paste("image/gif", b"GIF89a"), Ok(()));
        assert_eq!(paste("image/png", b"GIF89a"), Err(InputDenied::Picture));
        assert_eq!(paste("text/html", b"GIF89a"), Ok(()));
        let broken = b"<svg><g></svg>";
        assert_eq!(paste(svg::MIME, broken), Err(InputDenied::Picture));
    }

    proptest! {
        #[test]
        fn no_content_is_too_much(content: Vec<u8>) {
            let _ = PictureKind::of(&content);
        }
    }
}

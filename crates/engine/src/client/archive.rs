//! Archives that would be larger than a document may be, before LibreOffice unpacks them.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use crate::error::OpenError;
use crate::formats;
use recto_docs_api::DocumentKind;

const MIB: u64 = 1 << 20;
/// Everything in an archive together, by the sizes that it states.
const WHOLE: u64 = 2048 * MIB;
/// Entries of an archive; a presentation of thousands of slides has some ten thousand.
const ENTRIES: usize = 65_535;
/// What is looked at of an entry to say whether it is XML, in bytes.
const HEAD: u64 = 256;

/// How many bytes of XML a document may have, unpacked (spec 9.3).
fn most_xml(kind: DocumentKind) -> u64 {
    match kind {
        DocumentKind::Word | DocumentKind::Slide => 50 * MIB,
        DocumentKind::Cell => 300 * MIB,
    }
}

/// Checks a file that is an archive by its extension.
pub(super) async fn check(
    file: &Path,
    extension: &str,
    kind: DocumentKind,
) -> Result<(), OpenError> {
    if !formats::is_zip(extension) {
        return Ok(());
    }
    let file = file.to_owned();
    tokio::task::spawn_blocking(move || unpacked(&file, most_xml(kind)))
        .await
        .unwrap_or(Ok(()))
}

/// What can't be read here is left to LibreOffice, which says what it is, within a kit's own limits.
fn unpacked(file: &Path, limit: u64) -> Result<(), OpenError> {
    let Ok(file) = File::open(file) else {
        return Ok(());
    };
    let Ok(mut archive) = zip::ZipArchive::new(BufReader::new(file)) else {
        return Ok(());
    };
    let too_large = |limit: u64| OpenError::TooLarge { mib: limit / MIB };
    let (mut whole, mut xml) = (0_u64, 0_u64);
    if archive.len() > ENTRIES {
        return Err(too_large(WHOLE));
    }
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index(index) else {
            continue;
        };
        whole = whole.saturating_add(entry.size());
        if whole > WHOLE {
            return Err(too_large(WHOLE));
        }
        let stated = entry.size();
        // The size that is stated may be a lie.
        let mut rest = entry.take(limit - xml + 1);
        let mut head = Vec::new();
        let _ = (&mut rest).take(HEAD).read_to_end(&mut head);
        // By what they are, not by what they are called: relationships may lead to any name.
        if !begins_xml(&head) {
            continue;
        }
        if xml.saturating_add(stated) > limit {
            return Err(too_large(limit));
        }
        xml += head.len() as u64;
        xml += std::io::copy(&mut rest, &mut std::io::sink()).unwrap_or(0);
        if xml > limit {
            return Err(too_large(limit));
        }
    }
    Ok(())
}

/// Whether a part that begins like this may be XML, in any encoding whose signs are one or two bytes.
fn begins_xml(head: &[u8]) -> bool {
    // A mark of the order of bytes, the other half of wide signs, and what may be left out.
    let skipped = [0xFE, 0xFF, 0xEF, 0xBB, 0xBF, 0, b' ', b'\t', b'\r', b'\n'];
    match head.iter().find(|byte| !skipped.contains(byte)) {
        Some(first) => *first == b'<',
        None => !head.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(entries: &[(&str, usize)]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.docx");
        let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, size) in entries {
            archive
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            let fill = if name.ends_with("png") { b'.' } else { b' ' };
            archive.write_all(&vec![fill; *size]).unwrap();
        }
        archive.finish().unwrap();
        (folder, path)
    }

    #[test]
    fn c1_the_xml_of_all_parts_counts_together() {
        let (_folder, path) = archive(&[
            ("word/document.xml", 600),
            ("word/_rels/document.xml.rels", 400),
            ("word/media/image1.png", 5000),
        ]);
        assert!(unpacked(&path, 1000).is_ok());
        assert!(matches!(
            unpacked(&path, 999),
            Err(OpenError::TooLarge { .. })
        ));
    }

    #[test]
    fn c1_xml_counts_whatever_it_is_called() {
        let (_folder, path) = archive(&[("xl/s1.x", 600), ("xl/s2", 600)]);
        assert!(unpacked(&path, 1200).is_ok());
        assert!(unpacked(&path, 1199).is_err());
        for (head, is_xml) in [
            (&b"<a/>"[..], true),
            (b"\xEF\xBB\xBF\n<a/>", true),
            (b"\xFF\xFE<\0a\0", true),
            (b"\0<\0a", true),
            (b"\x89PNG<", false),
            (b"", false),
        ] {
            assert_eq!(begins_xml(head), is_xml, "{head:?}");
        }
    }

    #[test]
    fn c1_a_size_that_is_stated_too_small_does_not_help() {
        let (_folder, path) = archive(&[("word/document.xml", 1 << 20)]);
        let mut bytes = std::fs::read(&path).unwrap();
        // The stated size stands in the entry's own header and in the directory at the end.
        let size = (1_u32 << 20).to_le_bytes();
        let places: Vec<_> = (0..bytes.len() - 4)
            .filter(|at| bytes[*at..*at + 4] == size)
            .collect();
        assert!(!places.is_empty());
        for at in places {
            bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
        std::fs::write(&path, bytes).unwrap();
        assert!(unpacked(&path, 1000).is_err());
    }

    #[test]
    fn what_is_no_archive_is_left_to_the_engine() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"PK\x03\x04nothing").unwrap();
        assert!(unpacked(&path, 1).is_ok());
    }
}

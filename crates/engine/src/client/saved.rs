//! Looking at files: why one was not opened, and whether one was saved whole.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use recto_docs_api::{FileType, SourceType};
use recto_package::Kept;

use crate::error::{OpenError, SaveError};
use crate::formats;

/// A manifest beyond this size is not read.
const LONGEST_MANIFEST: u64 = 4 << 20;
/// How compound files begin, in which protected packages lie.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Whether a file of this type is protected with a password, as far as its container tells.
pub(super) fn is_encrypted(path: &Path, extension: &str) -> bool {
    let examined = FileType::parse(extension).map(|it| it.examine_file(path));
    if let Ok(Ok(content)) = examined
        && content.encrypted
    {
        return true;
    }
    let Ok(file) = File::open(path) else {
        return false;
    };
    let Ok(mut archive) = zip::ZipArchive::new(file) else {
        return false;
    };
    let Ok(manifest) = archive.by_name("META-INF/manifest.xml") else {
        return false;
    };
    let mut text = Vec::new();
    let key = b"encryption-data";
    manifest
        .take(LONGEST_MANIFEST)
        .read_to_end(&mut text)
        .is_ok()
        && text.windows(key.len()).any(|window| window == key)
}

/// Whether a file is protected with a password; an error if LibreOffice can't open such a file: of old
/// texts it dies, and old presentations it takes for damaged.
pub(super) async fn protection(path: &Path, extension: &str) -> Result<bool, OpenError> {
    let (path, of) = (path.to_owned(), extension.to_owned());
    let protected = tokio::task::spawn_blocking(move || {
        let content = SourceType::parse(&of).ok().and_then(SourceType::content);
        content.is_some_and(|content| is_encrypted(&path, content.extension()))
    });
    let protected = protected.await.unwrap_or(false);
    let closed = matches!(extension, "doc" | "dot" | "ppt" | "pot" | "pps");
    if protected && closed {
        return Err(OpenError::Protection);
    }
    Ok(protected)
}

/// Whether a text was saved with its changes being tracked. LibreOffice reports it only some time after
/// a view was made, when a reviewer may have written already. `None` for formats that are
/// not asked.
pub(super) fn tracks_changes(path: &Path, extension: &str) -> Option<bool> {
    let (part, mark, off) = match extension {
        "docx" | "docm" | "dotx" | "dotm" => (
            "word/settings.xml",
            "<w:trackRevisions",
            ["w:val=\"false\"", "w:val=\"0\""],
        ),
        "odt" | "ott" => (
            "content.xml",
            "<text:tracked-changes",
            ["text:track-changes=\"false\"", "text:track-changes=\"0\""],
        ),
        _ => return None,
    };
    let mut archive = zip::ZipArchive::new(File::open(path).ok()?).ok()?;
    let Ok(entry) = archive.by_name(part) else {
        return Some(false);
    };
    let mut text = Vec::new();
    entry.take(LONGEST_MANIFEST).read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text);
    Some(text.split_once(mark).is_some_and(|(_, rest)| {
        let tag = rest.split('>').next().unwrap_or_default();
        !off.iter().any(|off| tag.contains(off))
    }))
}

/// Copies what the engine wrote to `to` and returns when it is on the disk, if it is a file of this
/// type that can be read again. A copy, because the kit may hold the file open and write on.
///
/// What is the file's own is put back on the way.
pub(super) fn take(from: &Path, to: &Path, extension: &str, kept: &Kept) -> Result<(), SaveError> {
    take_unsynced(from, to, extension, kept)?;
    sync(to).inspect_err(|_| {
        let _ = std::fs::remove_file(to);
    })?;
    Ok(())
}

/// Copies the file of a protected document, which the engine goes on with, if it is protected still.
pub(super) fn copy_protected(from: &Path, to: &Path, extension: &str) -> Result<(), SaveError> {
    let copied = copy(from, to, extension, &Kept::default()).and_then(|()| {
        if is_encrypted(to, extension) {
            Ok(sync(to)?)
        } else {
            Err(SaveError::Unprotected)
        }
    });
    copied.inspect_err(|_| {
        let _ = std::fs::remove_file(to);
    })
}

/// The same, without waiting for the disk: for what is copied on anyway.
pub(super) fn take_unsynced(
    from: &Path,
    to: &Path,
    extension: &str,
    kept: &Kept,
) -> Result<(), SaveError> {
    let result = copy(from, to, extension, kept).and_then(|()| check(to, extension));
    let _ = std::fs::remove_file(from);
    if result.is_err() {
        let _ = std::fs::remove_file(to);
    }
    result
}

fn copy(from: &Path, to: &Path, extension: &str, kept: &Kept) -> Result<(), SaveError> {
    use std::os::unix::fs::OpenOptionsExt;
    // The folder is the kit's: what lies there may be anything.
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let mut from = File::options().read(true).custom_flags(flags).open(from)?;
    if !from.metadata()?.is_file() {
        let why = "the engine did not write a plain file";
        return Err(std::io::Error::other(why).into());
    }
    match put_back(kept, &mut from, extension, to) {
        Ok(true) => return Ok(()),
        Ok(false) => {}
        // Macros are part of the document.
        Err(error) if kept.holds_macros(extension) => {
            tracing::warn!(%error, extension, "macros of a file are not put back");
            return Err(SaveError::Macros);
        }
        // What the engine saved is worth more than what would be put back.
        Err(error) => tracing::warn!(%error, extension, "marks of a file are not put back"),
    }
    from.rewind()?;
    let mut target = File::create(to)?;
    std::io::copy(&mut from, &mut target)?;
    Ok(())
}

/// Puts back what is the file's own, into a package. A protected file is none: nothing of it can be read.
fn put_back(
    kept: &Kept,
    saved: &mut File,
    extension: &str,
    to: &Path,
) -> Result<bool, recto_package::PackageError> {
    let mut beginning = Vec::new();
    let mut first = saved.by_ref().take(COMPOUND.len() as u64);
    first.read_to_end(&mut beginning)?;
    if beginning == COMPOUND {
        return Ok(false);
    }
    saved.rewind()?;
    kept.put_back(saved.try_clone()?, extension, to)
}

pub(super) fn sync(to: &Path) -> std::io::Result<()> {
    File::open(to)?.sync_all()?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// An empty text is an empty file.
pub(super) fn may_be_empty(extension: &str) -> bool {
    matches!(extension, "txt" | "csv" | "tsv")
}

fn check(path: &Path, extension: &str) -> Result<(), SaveError> {
    let file = File::open(path)?;
    if formats::is_zip(extension) {
        let archive = zip::ZipArchive::new(file).map_err(|_| SaveError::Unreadable)?;
        return if archive.is_empty() {
            Err(SaveError::Unreadable)
        } else {
            Ok(())
        };
    }
    if file.metadata()?.len() > 0 || may_be_empty(extension) {
        Ok(())
    } else {
        Err(SaveError::Unreadable)
    }
}

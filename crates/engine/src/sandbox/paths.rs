//! What LibreOffice reads of the system.

use std::path::{Path, PathBuf};

/// Fonts, their configuration and caches, dictionaries, language tags, LibreOffice's settings, the
/// linker's cache, the time zone, and the locale that kits run in: without it, a kit that was not forked
/// from the zygote writes texts in ASCII. Nothing here tells about the machine or its users.
const READ: [&str; 20] = [
    "/usr/lib/locale/C.utf8",
    "/usr/lib64",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/fonts",
    "/usr/share/hunspell",
    "/usr/share/hyphen",
    "/usr/share/libexttextcat",
    "/usr/share/liblangtag",
    "/usr/share/libreoffice",
    "/usr/share/myspell",
    "/usr/share/mythes",
    "/usr/share/zoneinfo",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/libreoffice",
    "/etc/localtime",
    "/var/cache/fontconfig",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
];

/// The devices that a C library may want.
pub(super) const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];

/// All that exist here, and `also`, without those that lie within another.
pub(crate) fn readable(install: &Path, also: &[PathBuf]) -> Vec<PathBuf> {
    let arch = PathBuf::from(format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH));
    let libraries = if arch.is_dir() {
        arch
    } else {
        PathBuf::from("/usr/lib")
    };
    // The program folder's neighbours (`share`) belong to it.
    let office = install.parent().unwrap_or(install).to_owned();
    let mut paths = vec![libraries, office];
    paths.extend(READ.iter().map(PathBuf::from));
    paths.extend_from_slice(also);
    paths.retain(|path| path.exists());
    paths.sort();
    paths.dedup();
    let all = paths.clone();
    paths.retain(|path| {
        !all.iter()
            .any(|other| path != other && path.starts_with(other))
    });
    paths
}

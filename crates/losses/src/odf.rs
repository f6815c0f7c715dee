//! What a save loses of an `OpenDocument` file.

use std::io::{Read, Seek};

use crate::kind::LossKind;
use crate::package::Package;
use crate::report::Found;

/// Its own format is the engine's, so that little is lost.
pub(crate) fn scan<R: Read + Seek>(package: &Package<R>, found: &mut Found<'_>) {
    if package.has("meta-inf/documentsignatures.xml") || package.has("meta-inf/macrosignatures.xml")
    {
        found.add(LossKind::Signatures, None);
    }
}

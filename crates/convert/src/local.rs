//! From a file to a file: what the service and the command line have in common.

use std::path::Path;
use std::time::Duration;

use recto_docs_api::{ContentError, Conversion};
use recto_engine::{ConvertError, ConvertOptions, Engine, OpenError};

use crate::ConversionError;
use crate::picture;

/// Checks that a file of `length` bytes that begins with `head` (4096 bytes are enough) can be what it
/// is said to be, and that its password is given if it is seen to need one.
pub fn check_source(
    conversion: &Conversion,
    head: &[u8],
    length: u64,
) -> Result<(), ConversionError> {
    let Some(content) = conversion.source.content() else {
        return Ok(());
    };
    match content.check_content(head, length) {
        Err(ContentError::Encrypted) if conversion.password.is_some() => Ok(()),
        Err(error) => Err(ConversionError::from(&error)),
        Ok(()) => Ok(()),
    }
}

/// Converts `from` as it is asked for, whatever its address, and writes the result to `to`. It is
/// killed after `limit`.
pub async fn convert_file(
    engine: &Engine,
    conversion: &Conversion,
    from: &Path,
    to: &Path,
    limit: Duration,
) -> Result<(), ConversionError> {
    let output = conversion.output;
    let options = ConvertOptions {
        file_type: conversion.source.extension(),
        to: if output.is_picture() {
            "png"
        } else {
            output.extension()
        },
        password: conversion.password.clone(),
        code_page: conversion.code_page,
        delimiter: conversion.delimiter,
        region: conversion.region.clone(),
        archival: conversion.archival,
        limit,
    };
    let converted = match engine.convert(from, to, &options).await {
        // A process may have died while it waited: the document's guilt is proved by a second one.
        Err(ConvertError::Open(OpenError::Crashed)) => engine.convert(from, to, &options).await,
        converted => converted,
    };
    converted.map_err(|error| ConversionError::from(&error))?;
    if !output.is_picture() {
        return Ok(());
    }
    let (path, thumbnail) = (to.to_owned(), conversion.thumbnail);
    let jpeg = output.extension() != "png";
    tokio::task::spawn_blocking(move || picture::finish(&path, &path, thumbnail, jpeg))
        .await
        .map_err(|_| ConversionError::stopped())?
        .map_err(|_| ConversionError::picture())
}

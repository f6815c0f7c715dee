//! From a file to a file: what the service and the command line have in common.

use std::path::Path;
use std::time::Duration;

use recto_docs_api::{Conversion, Note};
use recto_engine::{ConvertError, ConvertOptions, Engine, OpenError};

use crate::ConversionError;
use crate::picture;

/// What a file is that is to be converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name by which the engine knows its type.
    engine_type: &'static str,
    /// What people should know of it.
    pub notes: Vec<Note>,
}

/// Finds out what the file is, whatever it is said to be.
pub async fn examine_source(
    conversion: &Conversion,
    file: &Path,
) -> Result<Source, ConversionError> {
    let named = conversion.source.extension();
    let Some(file_type) = conversion.source.content() else {
        return Ok(Source {
            engine_type: named,
            notes: Vec::new(),
        });
    };
    let file = file.to_owned();
    let content = tokio::task::spawn_blocking(move || file_type.examine_file(&file))
        .await
        .map_err(|_| ConversionError::stopped())?
        .map_err(|error| ConversionError::from(&error))?;
    Ok(Source {
        engine_type: if content.is_page {
            recto_engine::PAGE
        } else if content.renamed.is_some() {
            content.file_type.extension()
        } else {
            named
        },
        notes: content.note(named, false).into_iter().collect(),
    })
}

/// Converts `from` as it is asked for, whatever its address, and writes the result to `to`. It is
/// killed after `limit`. Gives what people should know of the result.
pub async fn convert_file(
    engine: &Engine,
    conversion: &Conversion,
    source: &Source,
    from: &Path,
    to: &Path,
    limit: Duration,
) -> Result<Vec<Note>, ConversionError> {
    let output = conversion.output;
    let title = conversion.name();
    let options = ConvertOptions {
        file_type: source.engine_type,
        title: &title,
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
        Err(ConvertError::Open(OpenError::Crashed { .. })) => {
            engine.convert(from, to, &options).await
        }
        converted => converted,
    };
    let made = converted.map_err(|error| ConversionError::from(&error))?;
    let mut notes = source.notes.clone();
    notes.extend(made.notes);
    if !output.is_picture() {
        return Ok(notes);
    }
    let (path, thumbnail) = (to.to_owned(), conversion.thumbnail);
    let jpeg = output.extension() != "png";
    tokio::task::spawn_blocking(move || picture::finish(&path, &path, thumbnail, jpeg))
        .await
        .map_err(|_| ConversionError::stopped())?
        .map_err(|_| ConversionError::picture())?;
    Ok(notes)
}

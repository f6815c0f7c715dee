//! The conversion service: jobs, their limits and their results.
//!
//! A job fetches a file, has it converted in an engine process of its own, and keeps the result for
//! as long as its link lives. The same request joins the job that is under way. A result is found
//! again by the key, by everything that was asked for, *and* by the content of the file: another
//! content under the same key is converted again.
#![forbid(unsafe_code)]

mod converter;
mod error;
mod job;
mod local;
mod picture;

pub use converter::{ConvertConfig, Converted, Converter, Services};
pub use error::ConversionError;
pub use local::{Source, convert_file, examine_source};

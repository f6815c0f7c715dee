//! Why a request for a conversion can't be carried out as it stands.

use crate::{Explain, editor_error};

/// What is wrong with the parameters of a conversion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// A parameter is not there.
    #[error("The request lacks the parameter \"{0}\".")]
    Missing(&'static str),
    /// A parameter has a value that it can't have; and what to give instead.
    #[error("The parameter \"{0}\" has an invalid value.")]
    Wrong(&'static str, &'static str),
    /// The type can't be read.
    #[error("Files of the type {0:?} can't be converted.")]
    Source(String),
    /// The type can't be written.
    #[error("Nothing can be converted to the type {0:?}.")]
    Output(String),
    /// Both types are known, but not together.
    #[error("A file of the type {from} can't be converted to {to}.")]
    Pair {
        /// The type that is there.
        from: &'static str,
        /// The type that is wanted.
        to: &'static str,
    },
    /// `ooxml` or `odf`, and nothing says what the document is.
    #[error("The type to convert to can't be found, since nothing says what type the file is.")]
    Undetected,
}

impl ParameterError {
    /// The number that the conversion service has for it (spec 7.3).
    pub fn number(&self) -> i32 {
        match self {
            Self::Undetected => -9,
            _ => -7,
        }
    }
}

impl Explain for ParameterError {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "request.parameter_missing",
            Self::Wrong(..) => "request.parameter",
            Self::Source(_) => "conversion.file_type",
            Self::Output(_) => "conversion.output_type",
            Self::Pair { .. } => "conversion.pair",
            Self::Undetected => "conversion.undetected",
        }
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn hint(&self) -> String {
        let list = |names: Vec<&'static str>| names.join(", ");
        match self {
            Self::Missing(name) => format!("Add \"{name}\" to what the token signs."),
            Self::Wrong(_, hint) => (*hint).to_owned(),
            Self::Source(_) => format!(
                "Give one of these as filetype: {}.",
                list(
                    super::SourceType::all()
                        .map(super::SourceType::extension)
                        .collect()
                )
            ),
            Self::Output(_) => format!(
                "Give one of these as outputtype: ooxml, odf, pdfa, {}.",
                list(
                    super::OutputType::all()
                        .map(super::OutputType::extension)
                        .collect()
                )
            ),
            Self::Pair { from, .. } => {
                let outputs = super::SourceType::parse(from).map_or_else(
                    |_| Vec::new(),
                    |source| source.outputs().map(super::OutputType::extension).collect(),
                );
                format!("Choose one of these: {}.", list(outputs))
            }
            Self::Undetected => {
                "Give filetype, or an outputtype that names a format, such as docx.".into()
            }
        }
    }

    fn editor_error(&self) -> i32 {
        editor_error::UNKNOWN
    }
}

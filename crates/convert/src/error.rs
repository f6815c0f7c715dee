//! Why nothing came of a conversion, in words and in the service's numbers.

use recto_docs_api::{ContentError, Explain};
use recto_engine::{ConvertError, OpenError};
use recto_fetch::FetchError;
use recto_store::StoreError;

/// Why a conversion failed. It can be told to everybody who waits for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} {hint}")]
pub struct ConversionError {
    /// The number that the conversion service has for it (spec 7.3).
    pub number: i32,
    /// Stable code.
    pub code: &'static str,
    /// One sentence: what is wrong.
    pub message: String,
    /// One sentence: what to do.
    pub hint: String,
}

const UNKNOWN: i32 = -1;
const TIMEOUT: i32 = -2;
const CONVERSION: i32 = -3;
const DOWNLOAD: i32 = -4;
const PASSWORD: i32 = -5;
const QUEUE: i32 = -6;
const SIZE: i32 = -10;

impl ConversionError {
    fn of(number: i32, error: &impl Explain) -> Self {
        Self {
            number,
            code: error.code(),
            message: error.message(),
            hint: error.hint(),
        }
    }

    fn new(number: i32, code: &'static str, message: &str, hint: &str) -> Self {
        Self {
            number,
            code,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Too many jobs wait already.
    pub(crate) fn busy() -> Self {
        Self::new(
            QUEUE,
            "conversion.busy",
            "Too many conversions are waiting already.",
            "Try again in a minute, or let the server do more of them at once.",
        )
    }

    /// The server is stopping, or the job's task failed.
    pub(crate) fn stopped() -> Self {
        Self::new(
            UNKNOWN,
            "conversion.stopped",
            "The conversion was stopped before its end.",
            "Try again; if it happens again while the server runs, report it.",
        )
    }

    pub(crate) fn scratch(error: &std::io::Error) -> Self {
        Self::new(
            UNKNOWN,
            "server.scratch",
            &format!("The server cannot write to its folder for temporary files: {error}."),
            "Ask the server's administrator to check free space and rights of the data folder.",
        )
    }

    pub(crate) fn picture() -> Self {
        Self::new(
            CONVERSION,
            "conversion.picture",
            "The engine made a picture that cannot be read.",
            "Convert to pdf to find out whether the file can be shown at all.",
        )
    }
}

impl From<&FetchError> for ConversionError {
    fn from(error: &FetchError) -> Self {
        let number = match error {
            FetchError::TooLarge { .. } => SIZE,
            FetchError::Write(_) | FetchError::Setup(_) => UNKNOWN,
            _ => DOWNLOAD,
        };
        Self {
            message: error.message_of_source(),
            ..Self::of(number, error)
        }
    }
}

impl From<&ContentError> for ConversionError {
    fn from(error: &ContentError) -> Self {
        let hint = match error {
            ContentError::Unreadable(_) => return Self::of(UNKNOWN, error),
            ContentError::Empty => "Check that url delivers the whole file.",
            ContentError::Mismatch { .. } => {
                "Set filetype to the file's real type, and check that url delivers the file itself and no login or error page."
            }
        };
        Self {
            hint: hint.into(),
            ..Self::of(CONVERSION, error)
        }
    }
}

impl From<&ConvertError> for ConversionError {
    fn from(error: &ConvertError) -> Self {
        match error {
            ConvertError::Open(OpenError::Encrypted) => {
                Self::of(PASSWORD, error).with_password_hint()
            }
            ConvertError::Open(OpenError::WrongPassword) => Self::of(PASSWORD, error),
            ConvertError::Open(OpenError::TooLarge { .. } | OpenError::TooMuch) => {
                Self::of(SIZE, error)
            }
            ConvertError::Open(OpenError::Engine(_)) => Self::of(UNKNOWN, error),
            ConvertError::TimedOut(_) => Self::of(TIMEOUT, error),
            _ => Self::of(CONVERSION, error),
        }
    }
}

impl From<&StoreError> for ConversionError {
    fn from(error: &StoreError) -> Self {
        Self::of(UNKNOWN, error)
    }
}

impl ConversionError {
    fn with_password_hint(self) -> Self {
        Self {
            hint: "Give the file's password as password.".into(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn told(error: &ConversionError) -> String {
        format!("{} {}: {error}", error.number, error.code)
    }

    #[test]
    fn every_failure_has_its_number_and_sentences() {
        let of_fetch = |error: FetchError| told(&ConversionError::from(&error));
        let of_engine = |error: ConvertError| told(&ConversionError::from(&error));
        let gone = FetchError::Status {
            origin: "https://files.example".into(),
            status: 404,
            token: recto_fetch::TokenSent::Yes,
            redirected: false,
        };
        insta::assert_snapshot!(of_fetch(gone), @"-4 fetch.status: The address of the file to convert (url) gives no file: https://files.example answered with status 404. Check that the address is still valid when the document server fetches it, and that it is the address of the file itself.");
        insta::assert_snapshot!(of_fetch(FetchError::TooLarge { limit: 1 << 20 }), @"-10 fetch.too_large: The document is larger than the 1 MiB that the document server takes. Make the document smaller, for instance its images, or have the limit raised.");
        insta::assert_snapshot!(of_engine(ConvertError::TimedOut(Duration::from_secs(120))), @"-2 convert.timed_out: Converting the file took longer than 120 seconds and was stopped. Split the document into smaller ones, or have the time limit raised.");
        insta::assert_snapshot!(of_engine(OpenError::TooLarge { mib: 50 }.into()), @"-10 open.too_large: The file would be larger than 50 MiB when it is unpacked. Split the document into smaller ones, or save it again in the program that made it.");
        insta::assert_snapshot!(of_engine(OpenError::Damaged.into()), @"-3 open.damaged: The file is damaged or is not what its name says. Open it in the program that made it and save it again, or go back to an earlier version.");
        insta::assert_snapshot!(of_engine(OpenError::Encrypted.into()), @"-5 open.encrypted: The file is protected with a password. Give the file's password as password.");
        insta::assert_snapshot!(of_engine(OpenError::WrongPassword.into()), @"-5 open.wrong_password: The password does not open the file. Give the password with which the file opens in the program that made it; upper and lower case differ.");
        insta::assert_snapshot!(of_engine(ConvertError::Crashed), @"-3 convert.crashed: The document engine stopped while it converted the file. Save the document in another format, such as .docx, .xlsx or .pptx, and convert that.");
        insta::assert_snapshot!(of_engine(recto_engine::SaveError::Refused("I/O".into()).into()), @"-3 save.refused: The document engine could not write the file: I/O. Try another format, such as pdf, to find out whether it is the file or the format.");
        insta::assert_snapshot!(told(&ConversionError::from(&ContentError::Empty)), @"-3 content.empty: The document's file is empty. Check that url delivers the whole file.");
        insta::assert_snapshot!(told(&ConversionError::busy()), @"-6 conversion.busy: Too many conversions are waiting already. Try again in a minute, or let the server do more of them at once.");
        insta::assert_snapshot!(told(&ConversionError::stopped()), @"-1 conversion.stopped: The conversion was stopped before its end. Try again; if it happens again while the server runs, report it.");
        insta::assert_snapshot!(told(&ConversionError::picture()), @"-3 conversion.picture: The engine made a picture that cannot be read. Convert to pdf to find out whether the file can be shown at all.");
    }
}

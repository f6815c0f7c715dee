//! Tokens of the editor's methods that take files: `insertImage` and the like.

use std::fmt;

use recto_docs_api::{DocumentKey, DocumentKind, FileType};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Keys, Refusal, Verified,
    json::shown,
    jws::{self, Expect, has_nothing, wrong_purpose},
    opening::fields::{self, Origin, absent, missing, text, text_of, wrong_type},
    refusal::reason,
    shape::Shape,
};

/// A method of the editor that takes files, with a token of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Puts images into the document.
    InsertImage,
    /// Compares the document with another one.
    SetRevisedFile,
    /// Takes a document to compare with or to insert, depending on `c`.
    SetRequestedDocument,
    /// Takes a spreadsheet with recipients.
    SetMailMergeRecipients,
    /// Takes a spreadsheet for what `c` says.
    SetRequestedSpreadsheet,
    /// Refreshes data that the document refers to.
    SetReferenceData,
    /// Makes the document refer to another source.
    SetReferenceSource,
    /// Shows a version of the document.
    SetHistoryData,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 8] = [
        Self::InsertImage,
        Self::SetRevisedFile,
        Self::SetRequestedDocument,
        Self::SetMailMergeRecipients,
        Self::SetRequestedSpreadsheet,
        Self::SetReferenceData,
        Self::SetReferenceSource,
        Self::SetHistoryData,
    ];

    /// The name in the Docs API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InsertImage => "insertImage",
            Self::SetRevisedFile => "setRevisedFile",
            Self::SetRequestedDocument => "setRequestedDocument",
            Self::SetMailMergeRecipients => "setMailMergeRecipients",
            Self::SetRequestedSpreadsheet => "setRequestedSpreadsheet",
            Self::SetReferenceData => "setReferenceData",
            Self::SetReferenceSource => "setReferenceSource",
            Self::SetHistoryData => "setHistoryData",
        }
    }

    /// What to sign for it.
    fn hint(self) -> &'static str {
        match self {
            Self::InsertImage => {
                "Sign what the method is given: images with fileType and url of each, and c."
            }
            Self::SetHistoryData => {
                "Sign what the method is given: version, key and url, and changesUrl and previous where there are changes."
            }
            Self::SetReferenceData | Self::SetReferenceSource => {
                "Sign what the method is given: fileType, path, referenceData and url."
            }
            _ => "Sign what the method is given: fileType and url, and c where the event had it.",
        }
    }

    /// Whether a file of this kind may be given to it.
    fn takes(self, kind: DocumentKind) -> bool {
        match self {
            Self::SetRevisedFile | Self::SetRequestedDocument => kind != DocumentKind::Cell,
            _ => kind == DocumentKind::Cell,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the token of a method grants: to fetch these files, and no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodGrant {
    /// The method.
    pub method: Method,
    /// `c`: what is done with the files.
    pub command: Option<String>,
    /// The files that may be fetched; for a version of the history, its document.
    pub files: Vec<SignedFile>,
    /// Of `setReferenceData` and `setReferenceSource`: what is referred to.
    pub reference: Option<Reference>,
    /// Of `setHistoryData`: the version.
    pub version: Option<HistoryVersion>,
}

/// A file that was signed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedFile {
    /// Where to get it. An image may have a `data:` address.
    pub url: String,
    /// The extension in small letters, without a dot; `None` when none was signed.
    pub file_type: Option<String>,
}

/// By hand, because the URL may hold credentials.
impl fmt::Debug for SignedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedFile")
            .field("file_type", &self.file_type)
            .finish_non_exhaustive()
    }
}

/// What referenced data comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Name or path that users see.
    pub path: Option<String>,
    /// `referenceData`: the integrator's own data on the file.
    pub data: Option<Value>,
}

/// A version of a document.
#[derive(Clone, PartialEq, Eq)]
pub struct HistoryVersion {
    /// Number or name of the version.
    pub version: String,
    /// Document key of the version.
    pub key: DocumentKey,
    /// Where to get the changes since the version before.
    pub changes_url: Option<String>,
    /// The version before.
    pub previous: Option<PreviousVersion>,
}

/// By hand, because the URL may hold credentials.
impl fmt::Debug for HistoryVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryVersion")
            .field("version", &self.version)
            .field("key", &self.key)
            .field("previous", &self.previous)
            .finish_non_exhaustive()
    }
}

/// The version before another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousVersion {
    /// Its document key.
    pub key: DocumentKey,
    /// Its file.
    pub file: SignedFile,
}

/// Types of images that the editor takes.
const IMAGES: [&str; 13] = [
    "jpg", "jpeg", "jpe", "png", "gif", "bmp", "svg", "tiff", "tif", "webp", "heic", "heif", "avif",
];

fn is_image(file_type: &str) -> bool {
    IMAGES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(file_type))
}

/// Verifies the token of a method's call and gives what it grants.
///
/// All data come from the token; what the page says beside it does not count.
/// A token that was made for something else is refused, by the shape of what it
/// signs: an opening, a request, another method, or a file of a kind that the
/// method does not take. Methods that take the same thing (`setRevisedFile` and
/// `setRequestedDocument`, for example) have the same tokens in the Docs API.
pub fn verify_method(
    keys: &Keys,
    token: &str,
    method: Method,
    now: i64,
) -> Result<Verified<MethodGrant>, Refusal> {
    if token.is_empty() {
        return Err(Refusal::token(
            &reason::MISSING,
            "jwt must be provided",
            format!("The call of {method} has no token."),
            "Sign the argument of the method in the back end, and put the result into its member \"token\".",
        )
        .at("token"));
    }
    let claims = Value::Object(jws::open(keys.inbox(), token, Expect::METHOD, now)?);
    if has_nothing(&claims) {
        return Err(Refusal::token(
            &reason::EMPTY,
            " url is missing",
            "The token is correctly signed, but its payload is empty.",
            method.hint(),
        )
        .expected("the method's argument")
        .found("{}"));
    }
    check_shape(&claims, method)?;
    granted(&claims, method).map(Verified::new)
}

/// Takes the grant from the bare argument of a method, because the operator switched tokens off.
///
/// The caller logs that it did so.
pub fn method_with_tokens_off(
    argument: &Value,
    method: Method,
) -> Result<Verified<MethodGrant>, Refusal> {
    granted(argument, method).map(Verified::with_tokens_off)
}

/// What these claims grant.
fn granted(claims: &Value, method: Method) -> Result<MethodGrant, Refusal> {
    let (files, reference, version) = match method {
        Method::InsertImage => (images(claims)?, None, None),
        Method::SetHistoryData => {
            let version = version(claims)?;
            let file = file(claims, "", Type::Any)?;
            (vec![file], None, Some(version))
        }
        Method::SetReferenceData | Method::SetReferenceSource => {
            let reference = Reference {
                path: text(claims, "path", Origin::Method)?,
                data: claims
                    .get("referenceData")
                    .filter(|data| !data.is_null())
                    .cloned(),
            };
            (
                vec![file(claims, "", Type::For(method))?],
                Some(reference),
                None,
            )
        }
        _ => (vec![file(claims, "", Type::For(method))?], None, None),
    };
    Ok(MethodGrant {
        method,
        command: text(claims, "c", Origin::Method)?,
        files,
        reference,
        version,
    })
}

fn check_shape(claims: &Value, method: Method) -> Result<(), Refusal> {
    let wanted = format!("the method {method}");
    let refused = |shape: Shape| Err(shape.refused(&wanted, method.hint()));
    let Some(members) = claims.as_object() else {
        return Ok(());
    };
    for wrapper in ["payload", "query"] {
        if let Some(Value::Object(inner)) = members.get(wrapper) {
            return refused(Shape::of(inner));
        }
    }
    let shape = Shape::of(members);
    let image = text_of(members, "fileType").is_some_and(is_image);
    match (method, shape) {
        (Method::InsertImage, Shape::File) if image => Ok(()),
        (Method::InsertImage | Method::SetHistoryData, Shape::File) => refused(shape),
        (_, Shape::File) if image => refused(Shape::Images),
        (_, Shape::File | Shape::Other)
        | (Method::InsertImage, Shape::Images | Shape::Address)
        | (Method::SetReferenceData | Method::SetReferenceSource, Shape::Reference)
        | (Method::SetHistoryData, Shape::History) => Ok(()),
        _ => refused(shape),
    }
}

fn images(claims: &Value) -> Result<Vec<SignedFile>, Refusal> {
    match claims.get("images") {
        images if absent(images) => Ok(vec![file(claims, "", Type::Image)?]),
        Some(Value::Array(images)) if images.is_empty() => {
            Err(missing(&["images[0].url"], Origin::Method))
        }
        Some(Value::Array(images)) => images
            .iter()
            .enumerate()
            .map(|(index, image)| file(image, &format!("images[{index}]."), Type::Image))
            .collect(),
        Some(other) => Err(wrong_type("images", "an array", other, Origin::Method)),
        None => Err(missing(&["images"], Origin::Method)),
    }
}

fn version(claims: &Value) -> Result<HistoryVersion, Refusal> {
    let version = match claims.get("version") {
        Some(Value::Number(number)) => number.to_string(),
        _ => text(claims, "version", Origin::Method)?
            .ok_or_else(|| missing(&["version"], Origin::Method))?,
    };
    let previous = match claims.get("previous") {
        previous if absent(previous) => None,
        Some(previous @ Value::Object(_)) => Some(PreviousVersion {
            key: fields::key(claims, "previous.key", Origin::Method)?,
            file: file(previous, "previous.", Type::Any)?,
        }),
        other => {
            return Err(wrong_type(
                "previous",
                "an object",
                other.unwrap_or(&Value::Null),
                Origin::Method,
            ));
        }
    };
    Ok(HistoryVersion {
        version,
        key: fields::key(claims, "key", Origin::Method)?,
        changes_url: text(claims, "changesUrl", Origin::Method)?,
        previous,
    })
}

/// Which types a file may have.
#[derive(Clone, Copy)]
enum Type {
    Image,
    /// Whatever the engine opens; none need be given.
    Any,
    /// A document for the method.
    For(Method),
}

/// The file in `members`, which is at `prefix` in the payload.
fn file(members: &Value, prefix: &str, wanted: Type) -> Result<SignedFile, Refusal> {
    let empty = Map::new();
    let members = members.as_object().unwrap_or(&empty);
    let read = |name: &str| match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok((!text.is_empty()).then(|| text.clone())),
        Some(other) => Err(wrong_type(
            &format!("{prefix}{name}"),
            "a string",
            other,
            Origin::Method,
        )),
    };
    let path = |name: &str| format!("{prefix}{name}");
    let url = read("url")?.ok_or_else(|| missing(&[&path("url")], Origin::Method))?;
    let file_type = read("fileType")?;
    let checked = match (wanted, &file_type) {
        (Type::Image, Some(file_type)) if !is_image(file_type) => {
            return Err(Refusal::token(
                &reason::FILE_TYPE,
                format!(" {} is no image", path("fileType")),
                format!(
                    "Images of the type {} are not taken.",
                    shown(&file_type.as_str().into())
                ),
                format!("Give one of {}.", IMAGES.join(", ")),
            )
            .at(path("fileType"))
            .found(file_type));
        }
        (Type::For(_), None) => return Err(missing(&[&path("fileType")], Origin::Method)),
        (Type::Image, _) | (Type::Any, None) => None,
        (Type::Any | Type::For(_), Some(file_type)) => {
            Some(FileType::parse(file_type).map_err(|error| {
                use recto_docs_api::Explain as _;
                Refusal::token(
                    &reason::FILE_TYPE,
                    format!(" {} cannot be opened", path("fileType")),
                    error.message(),
                    error.hint(),
                )
                .at(path("fileType"))
                .found(file_type)
            })?)
        }
    };
    if let (Type::For(method), Some(checked)) = (wanted, checked)
        && !method.takes(checked.kind())
    {
        let extension = checked.extension();
        return Err(wrong_purpose(
            format!(
                "The token signs a file of the type {extension}, which {method} does not take."
            ),
            method.hint(),
        )
        .at("fileType")
        .found(extension));
    }
    Ok(SignedFile {
        url,
        file_type: file_type.map(|file_type| file_type.to_ascii_lowercase()),
    })
}

#[cfg(test)]
mod tests;

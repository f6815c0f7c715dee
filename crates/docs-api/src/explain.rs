//! What every error that a person may see can say.

/// An error that explains itself to the person who meets it.
pub trait Explain {
    /// Stable, dotted name of the reason, such as `token.signature`.
    fn code(&self) -> &'static str;

    /// One sentence that says what is wrong.
    fn message(&self) -> String;

    /// One sentence that says what to do about it.
    fn hint(&self) -> String;

    /// The error number that an ONLYOFFICE editor would show; see
    /// [`editor_error`].
    fn editor_error(&self) -> i32;
}

/// Error numbers of the ONLYOFFICE editor, as its `onError` event names them.
pub mod editor_error {
    /// Nothing more precise is known.
    pub const UNKNOWN: i32 = -1;
    /// The document could not be downloaded.
    pub const DOWNLOAD: i32 = -4;
    /// The file is protected by a password.
    pub const PASSWORD: i32 = -19;
    /// The token is not correctly formed.
    pub const TOKEN: i32 = -20;
    /// The token has expired.
    pub const TOKEN_EXPIRED: i32 = -21;
    /// The user has no right to do this.
    pub const RIGHTS: i32 = -23;
    /// The document could not be opened.
    pub const OPEN: i32 = -82;
    /// The document could not be saved.
    pub const SAVE: i32 = -83;
    /// The file is larger than the server takes.
    pub const SIZE: i32 = -84;
    /// The content does not match the file type.
    pub const FORMAT: i32 = -85;
}

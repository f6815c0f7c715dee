//! What a token is expected to be, and how the sentences about it call it.

/// What a token signs, in the words of the sentences about it.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    /// What is signed: "the config".
    pub(crate) name: &'static str,
    /// The same, said so that nobody leaves out a part of it.
    pub(crate) whole: &'static str,
    /// Where the token goes.
    pub(crate) place: &'static str,
    /// When a new one is made.
    pub(crate) renewed: &'static str,
}

impl Subject {
    pub(crate) const CONFIG: Self = Self {
        name: "the config",
        whole: "the whole config",
        place: "config.token",
        renewed: "each time the page is built",
    };

    const REQUEST: Self = Self {
        name: "the request",
        whole: "all fields of the request",
        place: "the member \"token\" of the body",
        renewed: "for each request",
    };

    const METHOD: Self = Self {
        name: "the method's argument",
        whole: "the whole argument of the method",
        place: "its member \"token\"",
        renewed: "each time the method is called",
    };
}

/// What a token is expected to be.
#[derive(Clone, Copy)]
pub(crate) struct Expect {
    /// What it signs.
    pub(crate) subject: Subject,
    /// The `typ` of a token of our own; `None` for one from somebody else.
    pub(crate) own_type: Option<&'static str>,
    /// Most bytes of the token.
    pub(crate) max_bytes: usize,
    /// Most levels of nesting.
    pub(crate) max_depth: usize,
}

impl Expect {
    /// A token from an integrator.
    pub(crate) const INBOX: Self = Self {
        subject: Subject::CONFIG,
        own_type: None,
        max_bytes: 64 * 1024,
        max_depth: 32,
    };

    /// A token from an integrator for a method of the editor.
    pub(crate) const METHOD: Self = Self {
        subject: Subject::METHOD,
        ..Self::INBOX
    };

    /// A token from an integrator for a request, which may hold a list of users
    /// or a watermark.
    pub(crate) const REQUEST: Self = Self {
        subject: Subject::REQUEST,
        max_bytes: 512 * 1024,
        ..Self::INBOX
    };

    /// A token of a document server, which may hold a long history of changes.
    pub(crate) const OUTBOX: Self = Self {
        subject: Subject::REQUEST,
        max_bytes: 512 * 1024,
        ..Self::INBOX
    };

    /// A token of our own. It holds what an inbox token held, a level deeper.
    pub(crate) const fn own(own_type: &'static str) -> Self {
        Self {
            subject: Subject::CONFIG,
            own_type: Some(own_type),
            max_bytes: 256 * 1024,
            max_depth: 64,
        }
    }
}

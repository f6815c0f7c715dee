//! What a user may do, in the words that the Docs API has for it.

use recto_docs_api::Permissions;

/// What a user may do with a document.
///
/// The Docs API spreads this over `editorConfig.mode` and a dozen permissions,
/// whose defaults depend on each other (`comment` follows `edit`, for example).
/// A preset sets every one of them that decides about changes, so that nothing
/// hangs on a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rights {
    /// Read it.
    View,
    /// Read it and comment.
    Comment,
    /// Propose changes that an author accepts or rejects, and comment.
    Review,
    /// Fill in its forms.
    FillForms,
    /// Change it; others see the changes when they are saved (`coEditing.mode`
    /// is `strict`). Recto shows changes at once anyway.
    Edit,
    /// Change it together with others, who see each letter as it is typed
    /// (`coEditing.mode` is `fast`).
    CoEdit,
}

impl Rights {
    /// All presets, from the least to the most.
    pub const ALL: [Self; 6] = [
        Self::View,
        Self::Comment,
        Self::Review,
        Self::FillForms,
        Self::Edit,
        Self::CoEdit,
    ];

    /// `editorConfig.mode`.
    pub fn mode(self) -> &'static str {
        match self {
            Self::View => "view",
            _ => "edit",
        }
    }

    /// `document.permissions`. Downloading, printing, copying and the chat are
    /// permitted, as they are by default; set them in the result if not.
    pub fn permissions(self) -> Permissions {
        let edits = matches!(self, Self::Edit | Self::CoEdit);
        Permissions {
            edit: Some(edits),
            comment: Some(edits || matches!(self, Self::Comment | Self::Review)),
            review: Some(edits || self == Self::Review),
            fill_forms: Some(edits || self == Self::FillForms),
            download: Some(true),
            print: Some(true),
            copy: Some(true),
            chat: Some(true),
            ..Permissions::default()
        }
    }

    /// `editorConfig.coEditing.mode`, where it matters.
    pub(crate) fn co_editing(self) -> Option<&'static str> {
        match self {
            Self::Edit => Some("strict"),
            Self::CoEdit => Some("fast"),
            _ => None,
        }
    }

    /// Whether the document may be changed in any way, so that it must be saved.
    pub fn changes(self) -> bool {
        self != Self::View
    }
}

#[cfg(test)]
mod tests {
    use recto_docs_api::{Access, DocumentKind};

    use super::*;

    #[test]
    fn each_preset_is_granted_what_its_name_says() {
        let granted = |rights: Rights, kind| {
            Access::granted(Some(rights.mode()), &rights.permissions(), kind)
        };
        for (rights, expected) in [
            (Rights::View, Access::View),
            (Rights::Comment, Access::Comment),
            (Rights::Review, Access::Review),
            (Rights::FillForms, Access::Fill),
            (Rights::Edit, Access::Edit),
            (Rights::CoEdit, Access::Edit),
        ] {
            assert_eq!(granted(rights, DocumentKind::Word), expected, "{rights:?}");
        }
        assert_eq!(granted(Rights::Review, DocumentKind::Cell), Access::Comment);
    }

    #[test]
    fn no_preset_hangs_on_a_default() {
        for rights in Rights::ALL {
            let permissions = rights.permissions();
            for flag in [
                permissions.edit,
                permissions.comment,
                permissions.review,
                permissions.fill_forms,
            ] {
                assert!(flag.is_some(), "{rights:?}");
            }
        }
        assert_eq!(Rights::Review.permissions().comment, Some(true));
        assert_eq!(Rights::FillForms.permissions().comment, Some(false));
        assert_eq!(Rights::Comment.permissions().review, Some(false));
    }
}

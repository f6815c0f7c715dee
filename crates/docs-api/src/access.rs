//! What a participant may do with the document as a whole.

use serde::{Deserialize, Serialize};

use crate::{DocumentKind, Permissions};

/// What a participant may do with the document as a whole, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Look at it.
    View,
    /// Look at it, and write comments.
    Comment,
    /// Fill in its fields, and write comments if `comment` says so. Only a text has fields.
    Fill,
    /// Propose changes, which an editor accepts or rejects. Only a text knows proposals.
    Review,
    /// Change it.
    Edit,
}

impl Access {
    /// The access that a mode and permissions grant in a document of this kind.
    ///
    /// Anything but [`Access::View`] needs a mode other than `view` (the default is `edit`).
    /// Without the permission `edit` (the default is yes), `review` in a text grants
    /// [`Access::Review`], `fillForms` in a text grants [`Access::Fill`], and `comment` grants
    /// [`Access::Comment`], if they are signed as `true` (spec/tokens.md 8.3).
    pub fn granted(mode: Option<&str>, permissions: &Permissions, kind: DocumentKind) -> Self {
        if mode == Some("view") {
            Self::View
        } else if permissions.may_edit() {
            Self::Edit
        } else if permissions.review == Some(true) && kind == DocumentKind::Word {
            Self::Review
        } else if permissions.fill_forms == Some(true) && kind == DocumentKind::Word {
            Self::Fill
        } else if permissions.comment == Some(true) {
            Self::Comment
        } else {
            Self::View
        }
    }

    /// Whether the document may be changed without anybody's consent.
    pub fn can_edit(self) -> bool {
        self == Self::Edit
    }

    /// Whether anything in the file may become different, so that it is to be saved.
    pub fn can_change(self) -> bool {
        self != Self::View
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(edit: Option<bool>, review: Option<bool>, comment: Option<bool>) -> Permissions {
        Permissions {
            comment,
            edit,
            review,
            ..Permissions::default()
        }
    }

    #[test]
    fn the_mode_and_the_first_of_edit_review_and_comment_decide() {
        const YES: Option<bool> = Some(true);
        const NO: Option<bool> = Some(false);
        let granted = |mode, edit, review, comment| {
            Access::granted(
                mode,
                &permissions(edit, review, comment),
                DocumentKind::Word,
            )
        };
        for (mode, edit, review, comment, expected) in [
            (None, None, None, None, Access::Edit),
            (Some("edit"), YES, NO, NO, Access::Edit),
            (Some("view"), YES, YES, YES, Access::View),
            (None, NO, YES, None, Access::Review),
            (None, NO, YES, YES, Access::Review),
            (None, NO, None, YES, Access::Comment),
            (None, NO, NO, NO, Access::View),
            (Some("view"), NO, YES, YES, Access::View),
            // Their default is that of `edit`.
            (None, NO, None, None, Access::View),
        ] {
            assert_eq!(
                granted(mode, edit, review, comment),
                expected,
                "{mode:?} {edit:?} {review:?} {comment:?}"
            );
        }
    }

    #[test]
    fn only_texts_are_reviewed() {
        for kind in [DocumentKind::Cell, DocumentKind::Slide] {
            let review = permissions(Some(false), Some(true), None);
            assert_eq!(Access::granted(None, &review, kind), Access::View);
            let both = permissions(Some(false), Some(true), Some(true));
            assert_eq!(Access::granted(None, &both, kind), Access::Comment);
        }
    }

    #[test]
    fn forms_are_filled_in_in_texts() {
        let granted = |mode, review, comment, kind| {
            let forms = Permissions {
                fill_forms: Some(true),
                ..permissions(Some(false), review, comment)
            };
            Access::granted(mode, &forms, kind)
        };
        let (word, yes) = (DocumentKind::Word, Some(true));
        assert_eq!(granted(None, None, None, word), Access::Fill);
        assert_eq!(granted(None, None, yes, word), Access::Fill);
        assert_eq!(granted(None, yes, None, word), Access::Review);
        assert_eq!(granted(Some("view"), None, None, word), Access::View);
        for kind in [DocumentKind::Cell, DocumentKind::Slide] {
            assert_eq!(granted(None, None, None, kind), Access::View);
            assert_eq!(granted(None, None, yes, kind), Access::Comment);
        }
    }

    #[test]
    fn wire_names() {
        let all = [
            Access::View,
            Access::Comment,
            Access::Fill,
            Access::Review,
            Access::Edit,
        ];
        assert_eq!(
            serde_json::to_string(&all).unwrap(),
            r#"["view","comment","fill","review","edit"]"#
        );
        assert!(all.is_sorted());
        assert_eq!(
            all.map(Access::can_edit),
            [false, false, false, false, true]
        );
        assert_eq!(all.map(Access::can_change), [false, true, true, true, true]);
    }
}

//! What a participant may do with the document as a whole.

use serde::{Deserialize, Serialize};

use crate::Permissions;

/// What a participant may do with the document as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Look at it.
    View,
    /// Change it.
    Edit,
}

impl Access {
    /// The access that a mode and permissions grant.
    ///
    /// Editing needs a mode other than `view` (the default is `edit`) and the
    /// permission `edit` (the default is yes). Permission to review, comment or
    /// fill in forms without `edit` gives [`Access::View`]: such restricted
    /// editing is not built, and granting full editing in its place would give
    /// away more than the integrator signed.
    pub fn granted(mode: Option<&str>, permissions: &Permissions) -> Self {
        if mode != Some("view") && permissions.may_edit() {
            Self::Edit
        } else {
            Self::View
        }
    }

    /// Whether the document may be changed.
    pub fn can_edit(self) -> bool {
        self == Self::Edit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(edit: Option<bool>, review: Option<bool>) -> Permissions {
        Permissions {
            edit,
            review,
            ..Permissions::default()
        }
    }

    #[test]
    fn edit_needs_mode_and_permission() {
        let all = permissions(None, None);
        assert_eq!(Access::granted(None, &all), Access::Edit);
        assert_eq!(Access::granted(Some("edit"), &all), Access::Edit);
        assert_eq!(Access::granted(Some("view"), &all), Access::View);
        let none = permissions(Some(false), None);
        assert_eq!(Access::granted(Some("edit"), &none), Access::View);
    }

    #[test]
    fn review_only_is_not_full_editing() {
        let review = permissions(Some(false), Some(true));
        assert_eq!(Access::granted(Some("edit"), &review), Access::View);
    }

    #[test]
    fn wire_names() {
        assert_eq!(
            serde_json::to_string(&[Access::View, Access::Edit]).unwrap(),
            r#"["view","edit"]"#
        );
        assert!(Access::Edit.can_edit() && !Access::View.can_edit());
    }
}

//! What a view may do.

use recto_docs_api::{Access, CommentRules};
use serde::{Deserialize, Serialize};

/// What a view may do. Nothing unless it is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewRights {
    /// With the document as a whole.
    pub access: Access,
    /// Whether comments may be written and changed at all.
    pub comment: bool,
    /// Whose comments may be changed, if any.
    pub comments: CommentRules,
    /// The groups whose tracked changes may be accepted and rejected; none for everybody's.
    pub review_groups: Option<Vec<String>>,
}

impl ViewRights {
    /// Everything.
    pub fn edit() -> Self {
        Self {
            access: Access::Edit,
            comment: true,
            comments: CommentRules::default(),
            review_groups: None,
        }
    }

    /// Nothing but looking.
    pub fn view() -> Self {
        Self {
            access: Access::View,
            comment: false,
            comments: CommentRules::default(),
            review_groups: None,
        }
    }
}

impl Default for ViewRights {
    fn default() -> Self {
        Self::view()
    }
}

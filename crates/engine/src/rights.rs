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
}

impl ViewRights {
    /// Everything.
    pub fn edit() -> Self {
        Self {
            access: Access::Edit,
            comment: true,
            comments: CommentRules::default(),
        }
    }

    /// Nothing but looking.
    pub fn view() -> Self {
        Self {
            access: Access::View,
            comment: false,
            comments: CommentRules::default(),
        }
    }
}

impl Default for ViewRights {
    fn default() -> Self {
        Self::view()
    }
}

//! `document.permissions`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a user may do with the document, as the integrator wrote it.
///
/// An absent permission has the default that the Docs API gives it; the
/// methods here apply it. Members without a meaning of their own here are kept
/// in [`Permissions::other`], so that nothing signed gets lost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permissions {
    /// Chat with the other participants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<bool>,
    /// Comment on the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<bool>,
    /// Copy content to the clipboard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<bool>,
    /// Delete only comments of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_comment_author_only: Option<bool>,
    /// Download the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<bool>,
    /// Edit the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<bool>,
    /// Edit only comments of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit_comment_author_only: Option<bool>,
    /// Fill in forms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill_forms: Option<bool>,
    /// Change the settings of content controls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modify_content_control: Option<bool>,
    /// Let one's filter of a sheet apply to everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modify_filter: Option<bool>,
    /// Print the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print: Option<bool>,
    /// Protect the document by a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
    /// Propose changes that the author accepts or rejects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<bool>,
    /// All other members, unchanged.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Permissions {
    /// The names of the members that are `true` or `false`.
    pub const FLAGS: [&'static str; 13] = [
        "chat",
        "comment",
        "copy",
        "deleteCommentAuthorOnly",
        "download",
        "edit",
        "editCommentAuthorOnly",
        "fillForms",
        "modifyContentControl",
        "modifyFilter",
        "print",
        "protect",
        "review",
    ];

    /// The permission of this name, which is one of [`Self::FLAGS`].
    pub fn flag_mut(&mut self, name: &str) -> Option<&mut Option<bool>> {
        Some(match name {
            "chat" => &mut self.chat,
            "comment" => &mut self.comment,
            "copy" => &mut self.copy,
            "deleteCommentAuthorOnly" => &mut self.delete_comment_author_only,
            "download" => &mut self.download,
            "edit" => &mut self.edit,
            "editCommentAuthorOnly" => &mut self.edit_comment_author_only,
            "fillForms" => &mut self.fill_forms,
            "modifyContentControl" => &mut self.modify_content_control,
            "modifyFilter" => &mut self.modify_filter,
            "print" => &mut self.print,
            "protect" => &mut self.protect,
            "review" => &mut self.review,
            _ => return None,
        })
    }

    /// Whether editing is permitted (the default is yes).
    pub fn may_edit(&self) -> bool {
        self.edit != Some(false)
    }

    /// Whether copying to the clipboard is permitted (the default is yes).
    pub fn may_copy(&self) -> bool {
        self.copy != Some(false)
    }

    /// Whether downloading is permitted (the default is yes).
    pub fn may_download(&self) -> bool {
        self.download != Some(false)
    }

    /// Whether printing is permitted (the default is yes).
    pub fn may_print(&self) -> bool {
        self.print != Some(false)
    }

    /// Whether chatting is permitted (the default is yes).
    pub fn may_chat(&self) -> bool {
        self.chat != Some(false)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn absent_is_permitted_and_stays_absent() {
        let permissions: Permissions = serde_json::from_value(json!({})).unwrap();
        assert!(permissions.may_edit() && permissions.may_copy() && permissions.may_download());
        assert!(permissions.may_print() && permissions.may_chat());
        assert_eq!(serde_json::to_value(&permissions).unwrap(), json!({}));
    }

    #[test]
    fn unknown_members_survive() {
        let value = json!({"edit": false, "fillForms": true, "commentGroups": {"edit": [""]}});
        let permissions: Permissions = serde_json::from_value(value.clone()).unwrap();
        assert!(!permissions.may_edit());
        assert_eq!(serde_json::to_value(&permissions).unwrap(), value);
    }

    /// A text such as `"false"` must not be taken for a permission.
    #[test]
    fn only_true_and_false_are_flags() {
        for name in Permissions::FLAGS {
            assert!(
                serde_json::from_value::<Permissions>(json!({name: "false"})).is_err(),
                "{name}"
            );
            let set: Permissions = serde_json::from_value(json!({name: true})).unwrap();
            assert!(set.other.is_empty(), "{name} is a field of its own");
            let mut by_name = Permissions::default();
            *by_name.flag_mut(name).unwrap() = Some(true);
            assert_eq!(by_name, set, "{name}");
        }
    }
}

//! Whose comments a user may change: the permissions that are about comments.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Permissions;

/// What joins group and name in the name that others see (spec/tokens.md 2.5).
pub const GROUP_SEPARATOR: char = '\u{a0}';

/// Whose comments something may be done with. One's own are always among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentRule {
    /// Nobody else's.
    pub own_only: bool,
    /// Only those of users in these groups; an empty name stands for users without a group.
    pub groups: Option<Vec<String>>,
}

impl CommentRule {
    /// Whether `user` may do it with a comment of `author`, both as others see their names.
    pub fn permits(&self, user: &str, author: &str) -> bool {
        if author == user {
            return true;
        }
        let group = group_of(author);
        !self.own_only
            && self
                .groups
                .as_ref()
                .is_none_or(|groups| groups.iter().any(|known| known == group))
    }

    /// Whether it sets no limit.
    pub fn is_unlimited(&self) -> bool {
        !self.own_only && self.groups.is_none()
    }
}

/// The group in a name as others see it; empty for none.
fn group_of(name: &str) -> &str {
    name.split_once(GROUP_SEPARATOR)
        .map_or("", |(group, _)| group)
}

/// What may be done with the comments of others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentRules {
    /// See them.
    pub view: CommentRule,
    /// Change and resolve them.
    pub edit: CommentRule,
    /// Delete them.
    pub remove: CommentRule,
}

impl Permissions {
    /// The rules that `commentGroups`, `editCommentAuthorOnly` and `deleteCommentAuthorOnly` set.
    pub fn comment_rules(&self) -> CommentRules {
        let groups = |name: &str| {
            let list = self.other.get("commentGroups")?.get(name)?;
            match list {
                Value::Null => None,
                Value::Array(list) => Some(
                    list.iter()
                        .filter_map(|group| group.as_str().map(str::to_owned))
                        .collect(),
                ),
                // The documentation's sample has a text where its table has a list.
                Value::String(group) => Some(vec![group.clone()]),
                // Nobody's: what cannot be read must not give more than was meant.
                _ => Some(Vec::new()),
            }
        };
        let rule = |name: &str, own_only: Option<bool>| CommentRule {
            own_only: own_only == Some(true),
            groups: groups(name),
        };
        CommentRules {
            view: rule("view", None),
            edit: rule("edit", self.edit_comment_author_only),
            remove: rule("remove", self.delete_comment_author_only),
        }
    }

    /// Whether the user is shown who somebody is and where his caret is (`userInfoGroups`); `name` is the
    /// other's, as others see it.
    pub fn shows_user(&self, name: &str) -> bool {
        let group = group_of(name);
        self.shows_everybody()
            || self
                .other
                .get("userInfoGroups")
                // What cannot be read shows nobody: not more than was meant.
                .and_then(Value::as_array)
                .is_some_and(|groups| groups.iter().any(|known| known.as_str() == Some(group)))
    }

    /// Whether `userInfoGroups` hides nobody.
    pub fn shows_everybody(&self) -> bool {
        match self.other.get("userInfoGroups") {
            None | Some(Value::Null) => true,
            Some(Value::String(all)) => all.is_empty(),
            Some(_) => false,
        }
    }

    /// Whether comments may be written, where `edit` decides unless `comment` was given.
    pub fn may_comment(&self, changes: bool) -> bool {
        self.comment.unwrap_or(changes)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules(permissions: Value) -> CommentRules {
        serde_json::from_value::<Permissions>(permissions)
            .unwrap()
            .comment_rules()
    }

    #[test]
    fn without_rules_everybody_s_comments_may_be_changed() {
        let rules = rules(json!({}));
        assert!(rules.view.is_unlimited() && rules.edit.is_unlimited());
        assert!(rules.remove.permits("Ann", "Bob"));
    }

    #[test]
    fn own_comments_are_always_one_s_own() {
        let rules = rules(json!({
            "editCommentAuthorOnly": true,
            "commentGroups": {"remove": []},
        }));
        assert!(rules.edit.permits("Ann", "Ann") && !rules.edit.permits("Ann", "Bob"));
        assert!(rules.remove.permits("Ann", "Ann") && !rules.remove.permits("Ann", "Bob"));
        assert!(!rules.edit.is_unlimited());
    }

    #[test]
    fn groups_are_those_in_front_of_names() {
        let rules = rules(json!({"commentGroups": {"edit": ["Sales", ""], "view": ""}}));
        assert!(rules.edit.permits("Ann", "Sales\u{a0}Bob"));
        assert!(rules.edit.permits("Ann", "Bob"));
        assert!(!rules.edit.permits("Ann", "Law\u{a0}Bob"));
        assert!(rules.view.permits("Ann", "Bob") && !rules.view.permits("Ann", "Law\u{a0}Bob"));
        assert!(rules.remove.permits("Ann", "Law\u{a0}Bob"));
        let only = self::rules(json!({"commentGroups": {"edit": ["Sales"]}}));
        assert!(only.edit.permits("Ann", "Sales\u{a0}Bob"));
        assert!(
            !only.edit.permits("Ann", "Sales Bob"),
            "a space is no separator"
        );
    }

    #[test]
    fn what_cannot_be_read_permits_nobody_s() {
        let rules = rules(json!({"commentGroups": {"edit": 7, "remove": [7]}}));
        assert!(!rules.edit.permits("Ann", "Bob") && !rules.remove.permits("Ann", "Bob"));
    }

    #[test]
    fn whoever_is_of_no_group_that_is_named_is_not_shown() {
        let shown = |permissions: Value, name: &str| {
            serde_json::from_value::<Permissions>(permissions)
                .unwrap()
                .shows_user(name)
        };
        for everybody in [
            json!({}),
            json!({"userInfoGroups": ""}),
            json!({"userInfoGroups": null}),
        ] {
            assert!(shown(everybody, "Law\u{a0}Bob"));
        }
        let some = json!({"userInfoGroups": ["Sales", ""]});
        assert!(shown(some.clone(), "Sales\u{a0}Ann") && shown(some.clone(), "Ann"));
        assert!(!shown(some, "Law\u{a0}Bob"));
        for nobody in [
            json!({"userInfoGroups": []}),
            json!({"userInfoGroups": true}),
        ] {
            assert!(!shown(nobody, "Ann"));
        }
    }

    #[test]
    fn comments_follow_edit_unless_they_are_given() {
        let permissions = |value| serde_json::from_value::<Permissions>(value).unwrap();
        assert!(permissions(json!({})).may_comment(true));
        assert!(!permissions(json!({})).may_comment(false));
        assert!(!permissions(json!({"comment": false})).may_comment(true));
    }
}

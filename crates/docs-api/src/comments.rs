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
        !self.own_only
            && self
                .groups
                .as_ref()
                .is_none_or(|groups| is_of_groups(author, groups))
    }

    /// Whether it sets no limit.
    pub fn is_unlimited(&self) -> bool {
        !self.own_only && self.groups.is_none()
    }
}

/// Whether somebody, by the name that others see, is in one of these groups. A user of several has them
/// separated by commas; an empty name stands for users without a group.
pub fn is_of_groups(author: &str, groups: &[String]) -> bool {
    let of = author
        .split_once(GROUP_SEPARATOR)
        .map_or("", |(groups, _)| groups);
    of.split(',')
        .any(|group| groups.iter().any(|known| known == group.trim()))
}

/// The groups that a permission names; none if it sets no limit, as an empty text does not.
fn limit(groups: Option<&Value>) -> Option<Vec<String>> {
    match groups? {
        Value::Null => None,
        Value::String(group) if group.is_empty() => None,
        Value::String(group) => Some(vec![group.clone()]),
        Value::Array(list) => Some(
            list.iter()
                .filter_map(|group| group.as_str().map(str::to_owned))
                .collect(),
        ),
        // Nobody's: what cannot be read must not give more than was meant.
        _ => Some(Vec::new()),
    }
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
        let groups = |name: &str| match self.other.get("commentGroups")?.get(name) {
            // The documentation's sample has a text where its table has a list.
            Some(Value::String(group)) => Some(vec![group.clone()]),
            list => limit(list),
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

    /// Whether the user is shown who somebody is and where their caret is (`userInfoGroups`); `name` is the
    /// other's, as others see it.
    pub fn shows_user(&self, name: &str) -> bool {
        limit(self.other.get("userInfoGroups")).is_none_or(|groups| is_of_groups(name, &groups))
    }

    /// Whether `userInfoGroups` hides nobody.
    pub fn shows_everybody(&self) -> bool {
        limit(self.other.get("userInfoGroups")).is_none()
    }

    /// The groups of those whose tracked changes may be accepted and rejected; everybody's without a
    /// limit. One's own are no exception.
    pub fn review_groups(&self) -> Option<Vec<String>> {
        limit(self.other.get("reviewGroups"))
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
    fn changes_are_reviewed_by_groups() {
        let groups = |value: Value| {
            serde_json::from_value::<Permissions>(json!({ "reviewGroups": value }))
                .unwrap()
                .review_groups()
        };
        assert_eq!(Permissions::default().review_groups(), None);
        assert_eq!(groups(json!(null)), None);
        assert_eq!(groups(json!("")), None);
        assert_eq!(groups(json!([])), Some(vec![]));
        assert_eq!(groups(json!(7)), Some(vec![]));
        let some = groups(json!(["Sales", ""])).unwrap();
        for (author, expected) in [
            ("Sales\u{a0}Bob", true),
            ("Law, Sales\u{a0}Bob", true),
            ("Bob", true),
            ("Law\u{a0}Bob", false),
        ] {
            assert_eq!(is_of_groups(author, &some), expected, "{author}");
        }
        assert!(!is_of_groups("Bob", &[]));
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

//! What each participant may do, and how the integrator changes it while the document is open.

use std::collections::HashMap;

use recto_docs_api::{Access, Permissions};
use recto_engine::ViewRights;
use recto_store::Phase;
use recto_token::Opening;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::actor::Session;
use crate::callbacks::{joined, left};
use crate::participant::{Changer, Participant};
use crate::wire::ToBrowser;

/// What one participant may do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rights {
    pub access: Access,
    permissions: Permissions,
}

/// Rights as a browser is told of them, so that it offers nothing in vain. The server asks them again
/// for each message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "each is a right of its own")]
pub struct RightsState {
    /// What may be done with the document as a whole.
    pub access: Access,
    /// Whether comments may be written.
    pub comment: bool,
    /// Whether the selection may be copied.
    pub copy: bool,
    /// Whether the file may be downloaded.
    pub download: bool,
    /// Whether it may be printed.
    pub print: bool,
    /// Whether one may write to the others.
    pub chat: bool,
}

impl Rights {
    /// As signed.
    pub fn signed(opening: &Opening) -> Self {
        Self {
            access: opening.access,
            permissions: opening.permissions.clone(),
        }
    }

    /// As signed, and changed since then: never more than was signed.
    pub fn changed(opening: &Opening, change: &Map<String, Value>) -> Self {
        let mut permissions = opening.permissions.clone();
        for (name, value) in change {
            match (permissions.flag_mut(name), value) {
                (Some(flag), value) => *flag = Some(lesser(name, *flag, value)),
                (None, value) => {
                    let value = lesser_groups(permissions.other.get(name), value);
                    permissions.other.insert(name.clone(), value);
                }
            }
        }
        let access = Access::granted(None, &permissions, opening.file_type.kind());
        let mut changed = Self {
            access: access.min(opening.access),
            permissions,
        };
        // Rights of which neither holds the other.
        if !Self::signed(opening).may_comment() {
            changed.permissions.comment = Some(false);
            if changed.access == Access::Comment {
                changed.access = Access::View;
            }
        }
        changed
    }

    /// Whether the file may become different by this participant.
    pub fn may_change(&self) -> bool {
        self.access.can_change()
    }

    pub fn may_copy(&self) -> bool {
        self.permissions.may_copy()
    }

    pub fn shows_user(&self, name: &str) -> bool {
        self.permissions.shows_user(name)
    }

    pub fn shows_everybody(&self) -> bool {
        self.permissions.shows_everybody()
    }

    pub fn may_chat(&self) -> bool {
        self.permissions.may_chat()
    }

    /// Whether a copy may be taken away in this format. What may be printed may be had as PDF: that is
    /// what a browser prints.
    pub fn may_take(&self, to_print: bool) -> bool {
        if to_print {
            self.permissions.may_print()
        } else {
            self.permissions.may_download()
        }
    }

    /// Takes the comments that `user` may not see out of the engine's list of comments.
    pub fn hide_comments(&self, user: &str, values: &mut Value) {
        let rule = self.permissions.comment_rules().view;
        if rule.is_unlimited() {
            return;
        }
        let hidden = |comment: &Value| {
            let author = comment.get("author").and_then(Value::as_str);
            author.is_some_and(|author| !rule.permits(user, author))
        };
        match values.get_mut("comments") {
            Some(Value::Array(comments)) => comments.retain(|comment| !hidden(comment)),
            // As presentations have them.
            Some(Value::Object(comments)) => comments.retain(|_, comment| !hidden(comment)),
            _ => {}
        }
    }

    pub fn of_view(&self) -> ViewRights {
        ViewRights {
            access: self.access,
            comment: self.may_comment(),
            comments: self.permissions.comment_rules(),
            review_groups: self.permissions.review_groups(),
        }
    }

    pub fn state(&self) -> RightsState {
        RightsState {
            access: self.access,
            comment: self.may_comment(),
            copy: self.may_copy(),
            download: self.permissions.may_download(),
            print: self.permissions.may_print(),
            chat: self.may_chat(),
        }
    }

    fn may_comment(&self) -> bool {
        self.may_change() && self.permissions.may_comment(self.access >= Access::Review)
    }
}

/// What holds of a permission that was signed and then changed: never more than was signed.
fn lesser(name: &str, signed: Option<bool>, change: &Value) -> bool {
    if name.ends_with("AuthorOnly") {
        // These limit what may be done, if they are there.
        signed == Some(true) || *change != Value::Bool(false)
    } else {
        signed != Some(false) && *change == Value::Bool(true)
    }
}

/// The same for lists of groups, such as those in `commentGroups`: only groups that both lists have. Where
/// there is no list, all groups are meant.
fn lesser_groups(signed: Option<&Value>, change: &Value) -> Value {
    fn list(value: &Value) -> Vec<&Value> {
        match value {
            Value::Array(list) => list.iter().collect(),
            Value::String(_) => vec![value],
            // What cannot be read is nobody's, as everywhere.
            _ => Vec::new(),
        }
    }
    match (signed, change) {
        (None | Some(Value::Null), change) => change.clone(),
        (Some(signed), Value::Null) => signed.clone(),
        (Some(Value::Object(signed)), change) => {
            let mut lists = signed.clone();
            for (name, change) in change.as_object().into_iter().flatten() {
                lists.insert(name.clone(), lesser_groups(signed.get(name), change));
            }
            lists.into()
        }
        (Some(signed), change) => {
            let changed = list(change);
            let both = list(signed).into_iter().filter(|it| changed.contains(it));
            both.cloned().collect()
        }
    }
}

/// What the integrator changed since the document was opened. It holds for users who return with a
/// session token; a newly signed config is newer than that.
#[derive(Default)]
pub(crate) struct ChangedRights {
    everybody: Map<String, Value>,
    users: HashMap<String, Map<String, Value>>,
}

impl ChangedRights {
    /// Remembers a change for these users; without a list, for all.
    pub fn remember(&mut self, users: Option<&[String]>, change: &Map<String, Value>) {
        let add = |to: &mut Map<String, Value>| to.extend(change.clone());
        match users {
            None => {
                add(&mut self.everybody);
                self.users.values_mut().for_each(add);
            }
            Some(users) => {
                for user in users {
                    let known = self.users.entry(user.clone());
                    add(known.or_insert_with(|| self.everybody.clone()));
                }
            }
        }
    }

    /// What holds for a user, if anything was changed.
    pub fn of(&self, user: &str) -> Option<&Map<String, Value>> {
        let change = self.users.get(user).unwrap_or(&self.everybody);
        (!change.is_empty()).then_some(change)
    }

    /// The rights of a user who returns.
    pub fn on_return(&self, user: &str, opening: &Opening) -> Rights {
        match self.of(user) {
            Some(change) => Rights::changed(opening, change),
            None => Rights::signed(opening),
        }
    }
}

impl Session {
    /// The integrator gives these users other permissions; without a list, all.
    pub fn change_rights(&mut self, users: Option<&[String]>, change: &Map<String, Value>) {
        self.changed_rights.remember(users, change);
        let changed: Vec<_> = self
            .participants
            .iter()
            .filter(|p| users.is_none_or(|users| users.contains(&p.user_id)))
            .map(|p| {
                let mut rights = self.changed_rights.on_return(&p.user_id, p.opening.get());
                if p.gave_up {
                    rights.access = Access::View;
                }
                let rights = self.held_to_reading(p.opening.get(), rights);
                (p.id.clone(), rights)
            })
            .collect();
        tracing::info!(key = %self.key, participants = changed.len(), "the integrator changed rights");
        for (id, rights) in changed {
            self.set_rights(&id, rights);
        }
    }

    /// A page gives up its right to edit (`denyEditingRights`).
    pub fn give_up_editing(&mut self, id: &str) {
        if let Some(participant) = self.participant(id) {
            participant.gave_up = true;
            let mut rights = participant.rights.clone();
            rights.access = Access::View;
            self.set_rights(id, rights);
        }
    }

    fn set_rights(&mut self, id: &str, mut rights: Rights) {
        let open = self
            .record
            .as_ref()
            .is_none_or(|record| record.phase == Phase::Open);
        let document = self.document();
        let Some(participant) = self.participant(id) else {
            return;
        };
        let before = participant.rights.may_change();
        if rights.may_change() && !before && !open {
            // What was saved and closed is opened again by a new config only.
            rights.access = Access::View;
        }
        if participant.rights == rights {
            return;
        }
        let enters = participant.in_cell && before && !rights.may_change();
        let view = participant.view;
        participant.rights = rights;
        let (state, of_view) = (participant.rights.state(), participant.rights.of_view());
        let (opening, user) = participant.changer();
        participant.send(ToBrowser::Rights(state));
        if let (Some(document), Some(view)) = (document, view) {
            if enters {
                self.enter_cell(&document, view, (opening.clone(), user.clone()));
            }
            document.set_rights(view, of_view);
        }
        match (before, state.access.can_change()) {
            (true, false) => self.stops_editing((opening, user)),
            (false, true) => {
                self.editors_left_at = None;
                self.saving.closing = false;
                self.delivery.announced.insert(id.to_owned());
                self.call_back_editing(joined(&user), &opening);
            }
            _ => {}
        }
        self.tell_presence();
    }

    /// Somebody who could change the document no longer can: they left, or lost the right to.
    pub fn stops_editing(&mut self, (opening, user): Changer) {
        if self.participants.iter().any(Participant::may_change) {
            self.call_back_editing(left(&user), &opening);
        } else {
            self.editors_left_at = Some(Instant::now());
            self.saving.last_editor = Some((opening, user));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            _ => panic!("an object"),
        }
    }

    #[test]
    fn p7_a_change_gives_back_and_gives_no_more() {
        for (name, signed, changed, holds) in [
            ("copy", None, json!(true), true),
            ("copy", Some(true), json!(false), false),
            ("copy", Some(false), json!(true), false),
            ("print", None, json!("yes"), false),
            ("comment", None, json!(true), true),
            ("editCommentAuthorOnly", None, json!(true), true),
            ("editCommentAuthorOnly", None, json!(false), false),
            ("editCommentAuthorOnly", Some(true), json!(false), true),
            ("deleteCommentAuthorOnly", None, json!(null), true),
        ] {
            assert_eq!(
                lesser(name, signed, &changed),
                holds,
                "{name} {signed:?} {changed}"
            );
        }
    }

    #[test]
    fn p7_a_change_adds_no_group_to_those_that_were_signed() {
        let signed = json!({ "view": ["Sales", ""], "edit": [], "remove": null });
        for (change, holds) in [
            (
                json!({ "view": ["Sales", "Law"] }),
                json!({ "view": ["Sales"], "edit": [], "remove": null }),
            ),
            (
                json!({ "view": "Law", "edit": ["Law"] }),
                json!({ "view": [], "edit": [], "remove": null }),
            ),
            (
                json!({ "remove": ["Law"] }),
                json!({ "view": ["Sales", ""], "edit": [], "remove": ["Law"] }),
            ),
            (json!({ "view": null }), signed.clone()),
            (json!(null), signed.clone()),
            (json!("all"), signed.clone()),
        ] {
            assert_eq!(lesser_groups(Some(&signed), &change), holds, "{change}");
        }
        let change = json!({ "view": ["Law"] });
        assert_eq!(lesser_groups(None, &change), change);
        let reviewed = json!(["Sales"]);
        assert_eq!(
            lesser_groups(Some(&reviewed), &json!(["Law", "Sales"])),
            reviewed
        );
    }

    #[test]
    fn comments_of_hidden_groups_are_not_told() {
        let rights = Rights {
            access: Access::Comment,
            permissions: serde_json::from_value(json!({"commentGroups": {"view": ["Sales"]}}))
                .unwrap(),
        };
        let mut values = json!({"comments": [
            {"author": "Sales\u{a0}Ann", "text": "1"},
            {"author": "Law\u{a0}Bob", "text": "2"},
            {"author": "Me", "text": "3"},
        ]});
        rights.hide_comments("Me", &mut values);
        let texts: Vec<_> = values["comments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| &c["text"])
            .collect();
        assert_eq!(texts, ["1", "3"]);
        let mut slides =
            json!({"comments": {"comment1": {"author": "Bob"}, "comment2": {"author": "Me"}}});
        rights.hide_comments("Me", &mut slides);
        assert_eq!(slides, json!({"comments": {"comment2": {"author": "Me"}}}));
        let mut fonts = json!({"commandName": ".uno:CharFontName"});
        rights.hide_comments("Me", &mut fonts);
        assert_eq!(fonts, json!({"commandName": ".uno:CharFontName"}));
    }

    #[test]
    fn p7_a_change_gives_no_more_than_was_signed() {
        let signed = json!({
            "copy": false,
            "editCommentAuthorOnly": true,
            "reviewGroups": ["Sales", "Law"],
            "commentGroups": {"edit": ["Sales"], "view": ""},
        });
        let config = json!({
            "document": {"fileType": "docx", "key": "k", "title": "t", "url": "http://x/f.docx", "permissions": signed},
            "documentType": "word",
        });
        let opening = recto_token::opening_with_tokens_off(&config).unwrap();
        let changed = Rights::changed(
            opening.get(),
            &change(json!({
                "copy": true,
                "print": false,
                "editCommentAuthorOnly": false,
                "reviewGroups": ["Law", "Board"],
                "commentGroups": {"edit": ["Board"], "view": ["Law"]},
            })),
        );
        assert!(!changed.may_copy() && !changed.may_take(true));
        let view = changed.of_view();
        assert_eq!(view.review_groups, Some(vec!["Law".to_owned()]));
        assert!(view.comments.edit.own_only);
        assert_eq!(view.comments.edit.groups, Some(vec![]));
        // An empty text stands for those without a group.
        assert_eq!(view.comments.view.groups, Some(vec![]));
        let all = Rights::changed(opening.get(), &change(json!({"reviewGroups": null})));
        let groups = all.of_view().review_groups.unwrap();
        assert_eq!(groups, ["Sales", "Law"]);
    }

    #[test]
    fn p7_changes_hold_for_those_who_return() {
        let mut rights = ChangedRights::default();
        rights.remember(None, &change(json!({"copy": false})));
        rights.remember(Some(&["ann".into()]), &change(json!({"edit": false})));
        rights.remember(None, &change(json!({"print": false})));
        assert_eq!(
            rights.of("ann"),
            Some(&change(
                json!({"copy": false, "edit": false, "print": false})
            ))
        );
        assert_eq!(
            rights.of("bob"),
            Some(&change(json!({"copy": false, "print": false})))
        );
        rights.remember(Some(&["ann".into()]), &change(json!({"edit": true})));
        assert_eq!(rights.of("ann").unwrap()["edit"], json!(true));
    }
}

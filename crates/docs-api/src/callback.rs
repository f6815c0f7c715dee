//! What a document server posts to `editorConfig.callbackUrl`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{DocumentKey, Lost};

/// A number that has no meaning in this place of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{number} is no known {what}")]
pub struct UnknownNumber {
    /// What the number should have been.
    pub what: &'static str,
    /// The number.
    pub number: u8,
}

/// An enumeration that the protocol writes as a number.
macro_rules! numbers {
    ($(#[$meta:meta])* $name:ident, $what:literal { $($(#[$doc:meta])* $variant:ident = $number:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u8", into = "u8")]
        #[repr(u8)]
        pub enum $name {
            $($(#[$doc])* $variant = $number),+
        }

        impl TryFrom<u8> for $name {
            type Error = UnknownNumber;

            fn try_from(number: u8) -> Result<Self, UnknownNumber> {
                match number {
                    $($number => Ok(Self::$variant),)+
                    number => Err(UnknownNumber { what: $what, number }),
                }
            }
        }

        impl From<$name> for u8 {
            fn from(value: $name) -> u8 {
                value as u8
            }
        }
    };
}

numbers! {
    /// What a callback reports.
    Status, "callback status" {
        /// Somebody joined or left, and the document is being edited.
        Editing = 1,
        /// The last editor left; `url` has the changed document.
        Ready = 2,
        /// The last editor left, and the document could not be saved.
        SaveFailed = 3,
        /// The last editor left, and nothing was changed.
        Closed = 4,
        /// Editing goes on; `url` has the document as it is now.
        ForceSaved = 6,
        /// Editing goes on, and saving on demand failed.
        ForceSaveFailed = 7,
    }
}

numbers! {
    /// What a user did.
    ActionKind, "callback action" {
        /// Left the document.
        Left = 0,
        /// Joined the document.
        Joined = 1,
        /// Asked for the document to be saved now.
        ForceSaved = 2,
    }
}

numbers! {
    /// What started a save on demand.
    ForceSaveKind, "kind of forced save" {
        /// The command service.
        Command = 0,
        /// The save button.
        Button = 1,
        /// A timer.
        Timer = 2,
        /// A submitted form.
        Form = 3,
    }
}

/// One user's doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What was done.
    #[serde(rename = "type")]
    pub kind: ActionKind,
    /// Who did it: the integrator's id of the user.
    pub userid: String,
}

/// The body of a callback.
///
/// Members are written in the order in which ONLYOFFICE's server writes them,
/// and absent ones are omitted.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Callback {
    /// The key that the document was opened with.
    pub key: DocumentKey,
    /// What is reported.
    pub status: Status,
    /// Where to get the saved document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where to get the changes of this session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changesurl: Option<String>,
    /// The history of the changes, an object to give back to the editor later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<Value>,
    /// Who edits now, or who changed the document last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<String>>,
    /// What users did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<Action>>,
    /// What came with the command that this answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userdata: Option<String>,
    /// Time of the last change, ISO 8601 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lastsave: Option<String>,
    /// Nothing was changed since the last save on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notmodified: Option<bool>,
    /// What started the save on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forcesavetype: Option<ForceSaveKind>,
    /// All other members, signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// File type of the document at `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filetype: Option<String>,
    /// Recto's own: what the document at `url` has lost of that which was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Vec<Lost>>,
}

impl Callback {
    /// A callback with nothing but key and status.
    pub fn new(key: DocumentKey, status: Status) -> Self {
        Self {
            key,
            status,
            url: None,
            changesurl: None,
            history: None,
            users: None,
            actions: None,
            userdata: None,
            lastsave: None,
            notmodified: None,
            forcesavetype: None,
            token: None,
            filetype: None,
            lost: None,
        }
    }
}

/// By hand, because neither a token nor a signed link may reach a log.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("key", &self.key)
            .field("status", &self.status)
            .field("users", &self.users)
            .field("actions", &self.actions)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Callback {
        Callback {
            url: Some("https://docs.example/cache/files/1/a.docx?sig=s".to_owned()),
            changesurl: Some("https://docs.example/c.zip".to_owned()),
            history: Some(serde_json::json!({})),
            users: Some(vec!["u1".to_owned()]),
            actions: Some(vec![Action {
                kind: ActionKind::Left,
                userid: "u1".to_owned(),
            }]),
            userdata: Some("d".to_owned()),
            lastsave: Some("2026-11-24T10:00:00.000Z".to_owned()),
            notmodified: Some(false),
            forcesavetype: Some(ForceSaveKind::Button),
            token: Some("h.p.s".to_owned()),
            filetype: Some("docx".to_owned()),
            lost: Some(vec![crate::Lost {
                kind: "macros".to_owned(),
                rank: crate::LossRank::Function,
                count: 1,
                places: Vec::new(),
            }]),
            ..Callback::new("k".parse().unwrap(), Status::Ready)
        }
    }

    #[test]
    fn members_keep_the_order_of_the_protocol() {
        insta::assert_snapshot!(serde_json::to_string(&full()).unwrap(), @r#"{"key":"k","status":2,"url":"https://docs.example/cache/files/1/a.docx?sig=s","changesurl":"https://docs.example/c.zip","history":{},"users":["u1"],"actions":[{"type":0,"userid":"u1"}],"userdata":"d","lastsave":"2026-11-24T10:00:00.000Z","notmodified":false,"forcesavetype":1,"token":"h.p.s","filetype":"docx","lost":[{"kind":"macros","rank":"function","count":1,"places":[]}]}"#);
    }

    #[test]
    fn absent_members_are_omitted() {
        let closed = Callback::new("k".parse().unwrap(), Status::Closed);
        assert_eq!(
            serde_json::to_string(&closed).unwrap(),
            r#"{"key":"k","status":4}"#
        );
    }

    #[test]
    fn reading_is_the_reverse_and_lenient() {
        let text = serde_json::to_string(&full()).unwrap();
        assert_eq!(serde_json::from_str::<Callback>(&text).unwrap(), full());
        let more = r#"{"key":"k","status":1,"somethingNew":[1],"users":["u1"]}"#;
        assert_eq!(
            serde_json::from_str::<Callback>(more).unwrap().status,
            Status::Editing
        );
    }

    #[test]
    fn unknown_numbers_are_refused() {
        for status in [0u8, 5, 8, 255] {
            let text = format!(r#"{{"key":"k","status":{status}}}"#);
            assert!(serde_json::from_str::<Callback>(&text).is_err(), "{status}");
        }
        assert!(serde_json::from_str::<Callback>(r#"{"key":"k","status":"2"}"#).is_err());
    }

    #[test]
    fn t19_debug_hides_token_and_link() {
        let shown = format!("{:?}", full());
        assert!(
            !shown.contains("h.p.s") && !shown.contains("sig="),
            "{shown}"
        );
    }
}

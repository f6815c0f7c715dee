//! Whose tracked changes a view may accept and reject.

use recto_docs_api::is_of_groups;
use serde_json::Value;

use super::main_loop::Kit;
use crate::input::Input;
use crate::lok::Document;

/// Whether a view may accept or reject the change that an input names. Only LibreOffice knows its
/// author.
pub(super) fn permits(kit: &Kit, document: Document, view: i32, input: &Input) -> bool {
    let argument = match input {
        Input::Command { name, args } => match &**name {
            ".uno:AcceptTrackedChange" => args.get("AcceptTrackedChange"),
            ".uno:RejectTrackedChange" => args.get("RejectTrackedChange"),
            _ => return true,
        },
        _ => return true,
    };
    let groups = match kit.views.borrow().get(&view) {
        Some(state) => state.rights.review_groups.clone(),
        None => return false,
    };
    let Some(groups) = groups else {
        return true;
    };
    let id = argument.and_then(|argument| number(argument.get("value")?));
    let list = document.values(".uno:AcceptTrackedChanges");
    id.zip(list)
        .and_then(|(id, list)| author(&list, id))
        .is_some_and(|author| is_of_groups(&author, &groups))
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The author of the change with this number, in a list as LibreOffice gives it.
fn author(list: &str, id: u64) -> Option<String> {
    let list: Value = serde_json::from_str(list).ok()?;
    let changes = list.get("redlines")?.as_array()?;
    let has_id = |change: &&Value| change.get("index").and_then(number) == Some(id);
    let found = changes.iter().find(has_id)?;
    Some(found.get("author")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_are_found_in_the_list() {
        let list = r#"{"redlines":[{"index":1,"author":"Ann"},{"index":"7","author":"Bob"}]}"#;
        assert_eq!(author(list, 7).as_deref(), Some("Bob"));
        for (odd, id) in [
            (list, 2),
            ("", 1),
            ("[]", 1),
            (r#"{"redlines":[{"index":1}]}"#, 1),
        ] {
            assert_eq!(author(odd, id), None, "{odd}");
        }
    }
}

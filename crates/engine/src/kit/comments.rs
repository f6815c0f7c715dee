//! Whose comments a view may change.

use serde_json::{Map, Value, json};

use super::main_loop::Kit;
use crate::input::Input;
use crate::lok::Document;
use crate::rules::Commenting;

/// Whether a view may change the comment that an input names. Only LibreOffice knows its author, and
/// in a sheet it forgets the author unless the name is given again.
pub(super) fn permits(kit: &Kit, document: Document, view: i32, input: &mut Input) -> bool {
    let Input::Command { name, args } = input else {
        return true;
    };
    let views = kit.views.borrow();
    let Some(state) = views.get(&view) else {
        return false;
    };
    let rules = &state.rights.comments;
    let rule = match Commenting::of(name) {
        Some(Commenting::Edit) => &rules.edit,
        Some(Commenting::Remove) => &rules.remove,
        Some(Commenting::Answer) => &rules.view,
        Some(Commenting::Write) | None => return true,
    };
    let (rule, me) = (rule.clone(), state.author.clone());
    drop(views);
    // Also without limits: what is said of a comment that is gone, LibreOffice does to another.
    let list = document.values(".uno:ViewAnnotations").unwrap_or_default();
    let author = id_of(args)
        .and_then(|id| find(&list, &id))
        .and_then(|comment| comment.get("author")?.as_str().map(str::to_owned));
    let Some(author) = author.filter(|author| rule.permits(&me, author)) else {
        return false;
    };
    if document.kind() == 1 && name == ".uno:EditAnnotation" {
        let author = json!({"type": "string", "value": author});
        args.insert("Author".into(), author);
    }
    true
}

/// Carries an input out, and if it deletes a comment, on the slide of that: elsewhere LibreOffice does not
/// find it, and it names slides to nobody by what comments name them by.
pub(super) fn on_its_slide(document: Document, input: &Input, act: impl Fn()) {
    act();
    let id = match input {
        Input::Command { name, args } if name == ".uno:DeleteAnnotation" => id_of(args),
        _ => return,
    };
    let is_there = || {
        let list = document.values(".uno:ViewAnnotations").unwrap_or_default();
        id.as_ref().is_some_and(|id| find(&list, id).is_some())
    };
    let before = document.part();
    for part in (0..document.parts()).filter(|part| *part != before) {
        if !is_there() {
            break;
        }
        document.set_part(part);
        act();
    }
    if document.part() != before {
        document.set_part(before);
    }
}

/// A number, or the text of one.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn id_of(args: &Map<String, Value>) -> Option<String> {
    text(args.get("Id")?.get("value")?)
}

/// The comment with this id, in a list as LibreOffice gives it.
fn find(list: &str, id: &str) -> Option<Value> {
    let list: Value = serde_json::from_str(list).ok()?;
    let has_id = |comment: &&Value| comment.get("id").and_then(text).as_deref() == Some(id);
    let found = match list.get("comments")? {
        Value::Array(comments) => comments.iter().find(has_id),
        // As presentations have them.
        Value::Object(comments) => comments.values().find(has_id),
        _ => None,
    }?;
    Some(found.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_are_found_in_lists_of_either_form() {
        let author = |list: &str, id: &str| {
            let found = find(list, id)?;
            Some(found.get("author")?.as_str()?.to_owned())
        };
        let list = r#"{"comments":[{"id":"1","author":"Ann"},{"id":"2","author":"Bob"}]}"#;
        assert_eq!(author(list, "2").as_deref(), Some("Bob"));
        assert_eq!(author(list, "3"), None);
        let slides = r#"{"comments":{"comment1":{"id":7,"author":"Eve"}}}"#;
        assert_eq!(author(slides, "7").as_deref(), Some("Eve"));
        for odd in ["", "[]", "{}", r#"{"comments":[{"id":"1"}]}"#] {
            assert_eq!(author(odd, "1"), None, "{odd}");
        }
    }
}

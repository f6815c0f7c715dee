//! What users do, by name: what an engine died of is told without what was in it.

use recto_engine::{Input, MouseAction};

/// Letters of the name of a command.
const LETTERS: usize = 48;

/// What an input does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// A command of the engine, without its scheme and arguments.
    Command(String),
    Type,
    Delete,
    Key,
    Click,
    Drag,
    Select,
    Cut,
    Paste,
    Go,
    Show,
    Fill,
    EnterCell,
}

impl Act {
    pub fn of(input: &Input) -> Self {
        match input {
            Input::Key { .. } => Self::Key,
            Input::Text { .. } | Input::Compose { .. } => Self::Type,
            Input::Erase { .. } => Self::Delete,
            Input::Mouse { action, .. } if *action == MouseAction::Move => Self::Drag,
            Input::Mouse { .. } => Self::Click,
            Input::Select { .. } => Self::Select,
            Input::Graphic { .. } => Self::Drag,
            Input::Command { name, .. } => Self::Command(named(name)),
            Input::Cut { .. } => Self::Cut,
            Input::Paste { .. } => Self::Paste,
            Input::Part { .. } => Self::Go,
            Input::Area { .. } => Self::Show,
            Input::Fill { .. } | Input::Pick { .. } | Input::Day { .. } => Self::Fill,
            Input::Cell { .. } => Self::EnterCell,
        }
    }

    /// The name in a report.
    pub fn code(&self) -> &str {
        match self {
            Self::Command(name) => name,
            Self::Type => "type",
            Self::Delete => "delete",
            Self::Key => "key",
            Self::Click => "click",
            Self::Drag => "drag",
            Self::Select => "select",
            Self::Cut => "cut",
            Self::Paste => "paste",
            Self::Go => "go",
            Self::Show => "show",
            Self::Fill => "fill",
            Self::EnterCell => "cell",
        }
    }

    /// What it is called in a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Command(name) => return format!("the command {name}"),
            Self::Type => "typing",
            Self::Delete => "deleting",
            Self::Key => "a key",
            Self::Click => "a click",
            Self::Drag => "dragging",
            Self::Select => "selecting",
            Self::Cut => "cutting",
            Self::Paste => "pasting",
            Self::Go => "going to another sheet or slide",
            Self::Show => "scrolling",
            Self::Fill => "filling in a field",
            Self::EnterCell => "entering a cell",
        }
        .to_owned()
    }
}

/// The name of a command, of which a browser may have made anything.
fn named(name: &str) -> String {
    let name = name.strip_prefix(".uno:").unwrap_or(name);
    let is_name = !name.is_empty()
        && name.len() <= LETTERS
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_name { name } else { "unknown" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_has_a_name_and_nothing_of_its_content() {
        let command = |name: &str| {
            Act::of(&Input::Command {
                name: name.into(),
                args: serde_json::Map::new(),
            })
        };
        assert_eq!(
            command(".uno:InsertTable").words(),
            "the command InsertTable"
        );
        for odd in [".uno:", "Dear Ann, your salary", &"x".repeat(100)] {
            assert_eq!(command(odd).code(), "unknown");
        }
        let text = Input::Text {
            text: "secret".into(),
        };
        assert_eq!(
            (Act::of(&text).code(), &*Act::of(&text).words()),
            ("type", "typing")
        );
    }
}

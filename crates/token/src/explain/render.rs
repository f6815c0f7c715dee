//! An explanation as text for people.

use std::fmt::Write as _;

use super::{Explanation, Finding, Severity};

/// A piece of an explanation, for code that colours it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The word for the severity.
    Severity(Severity),
    /// The code.
    Code,
    /// The sentence that says what is wrong.
    Message,
    /// The name of a line, such as `found`.
    Label,
    /// What stands behind such a name.
    Value,
}

impl Explanation {
    /// The explanation as plain text, the root cause first. The text has no
    /// colours, ends with a line break, and is the same for the same findings.
    pub fn to_text(&self) -> String {
        self.to_styled_text(|_, text| text.to_owned())
    }

    /// The same, with each piece as `style` gives it back. Pieces hold no control
    /// characters.
    pub fn to_styled_text(&self, style: impl Fn(Part, &str) -> String) -> String {
        let mut text = format!("This is {}.\n", self.kind.words());
        for finding in &self.findings {
            text.push('\n');
            render(finding, &style, &mut text);
        }
        text
    }
}

fn render(finding: &Finding, style: &impl Fn(Part, &str) -> String, text: &mut String) {
    let severity = finding.severity;
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{}: {}",
        style(Part::Severity(severity), severity.as_str()),
        style(Part::Code, finding.code)
    );
    let _ = writeln!(
        text,
        "  {}",
        style(Part::Message, &one_line(&finding.message))
    );
    let docs = Some(format!("docs/refusals/{}", finding.docs));
    let hint = Some(finding.hint.clone());
    for (name, value) in [
        ("path", &finding.path),
        ("expected", &finding.expected),
        ("found", &finding.found),
        ("do", &hint),
        ("read", &docs),
    ] {
        if let Some(value) = value {
            let _ = writeln!(
                text,
                "  {} {}",
                style(Part::Label, &format!("{name:<9}")),
                style(Part::Value, &one_line(value))
            );
        }
    }
}

/// A text without control characters, which could rewrite a terminal.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

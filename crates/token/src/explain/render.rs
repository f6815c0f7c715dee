//! An explanation as plain text.

use std::fmt::Write as _;

use super::{Explanation, Finding};

impl Explanation {
    /// The explanation as plain text, the root cause first. The text has no
    /// colours, ends with a line break, and is the same for the same findings.
    pub fn to_text(&self) -> String {
        let mut text = format!("This is {}.\n", self.kind.words());
        for finding in &self.findings {
            text.push('\n');
            render(finding, &mut text);
        }
        text
    }
}

fn render(finding: &Finding, text: &mut String) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}: {}", finding.severity.as_str(), finding.code);
    let _ = writeln!(text, "  {}", one_line(&finding.message));
    for (name, value) in [
        ("path", &finding.path),
        ("expected", &finding.expected),
        ("found", &finding.found),
    ] {
        if let Some(value) = value {
            let _ = writeln!(text, "  {name:<9} {}", one_line(value));
        }
    }
    let _ = writeln!(text, "  {:<9} {}", "do", one_line(&finding.hint));
    let _ = writeln!(text, "  {:<9} {}", "read", finding.docs);
}

/// A text without control characters, which could rewrite a terminal.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

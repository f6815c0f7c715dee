//! The union of references in formulas, which the engine writes in a letter of its own: other applications
//! take the workbook for damaged, and drop the formula.

use quick_xml::escape::{partial_escape, unescape};

/// The engine's letter for a union.
const UNION: u8 = b'~';
/// Parentheses in parentheses that are followed; applications allow 64.
const DEEPEST: usize = 256;
/// Elements of a sheet or a workbook that are formulas, without their prefixes.
const FORMULAS: [&str; 5] = ["f", "formula", "formula1", "formula2", "definedName"];

/// A part with its unions as all applications write them; nothing if there are none.
pub(crate) fn with_commas(part: &str) -> Option<String> {
    let mut made = String::new();
    let mut done = 0;
    let mut from = 0;
    while let Some(found) = memchr::memchr(UNION, &part.as_bytes()[from..]) {
        let at = from + found;
        let end = part[at..].find('<').map_or(part.len(), |end| at + end);
        from = end;
        let before = &part[..at];
        let Some(tag) = before.rfind('<') else {
            continue;
        };
        // Within a tag it is the value of an attribute.
        let Some(close) = part[tag..at].find('>') else {
            from = part[at..].find('>').map_or(part.len(), |end| at + end);
            continue;
        };
        let begin = tag + close + 1;
        let Some(name) = name(&part[tag + 1..begin - 1]) else {
            continue;
        };
        let Ok(formula) = unescape(&part[begin..end]) else {
            continue;
        };
        if let Some(fixed) = fixed(&formula, name != "definedName") {
            made.push_str(&part[done..begin]);
            made.push_str(&partial_escape(fixed));
            done = end;
        }
    }
    (done > 0).then(|| made + &part[done..])
}

/// The name in a start tag, if it is one of a formula.
fn name(tag: &str) -> Option<&'static str> {
    let name = tag.split([' ', '\t', '\r', '\n']).next()?;
    let local = name.rsplit(':').next()?;
    FORMULAS.into_iter().find(|known| *known == local)
}

/// Where operands of a union may begin, at one depth of parentheses.
struct Run {
    /// In what is made.
    start: usize,
    has_union: bool,
    /// The parenthesis is of a function's arguments.
    call: bool,
    /// There is something else between the parentheses.
    several: bool,
}

impl Run {
    fn at(start: usize, call: bool) -> Self {
        Self {
            start,
            has_union: false,
            call,
            several: false,
        }
    }

    /// Ends what may be a union, with parentheses around it where a comma would separate something else.
    fn end(&mut self, made: &mut String, bare: bool) {
        if std::mem::take(&mut self.has_union) && !bare {
            made.insert(self.start, '(');
            made.push(')');
        }
    }
}

/// A formula with commas; nothing if it has no unions, or is not understood. A union that is all of it gets
/// parentheses if it is the formula of a cell.
fn fixed(formula: &str, of_cell: bool) -> Option<String> {
    let mut made = String::with_capacity(formula.len() + 2);
    let mut runs = vec![Run::at(0, false)];
    let mut any = false;
    let mut rest = formula;
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            // What is between quotes or brackets is a text or a name.
            '"' | '\'' | '[' => quoted(rest)?,
            _ => letter.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        let run = runs.last_mut()?;
        match letter {
            '~' => {
                run.has_union = true;
                any = true;
                made.push(',');
            }
            '(' => {
                let call =
                    made.ends_with(|it: char| it.is_alphanumeric() || matches!(it, '.' | '_'));
                made.push('(');
                if runs.len() == DEEPEST {
                    return None;
                }
                runs.push(Run::at(made.len(), call));
            }
            ')' => {
                let bare = !run.call && !run.several;
                run.end(&mut made, bare);
                made.push(')');
                runs.pop();
            }
            ',' | ';' | '+' | '-' | '*' | '/' | '^' | '&' | '=' | '<' | '>' | '{' | '}' | '%' => {
                run.end(&mut made, false);
                run.several = true;
                made.push(letter);
                run.start = made.len();
            }
            _ => made.push_str(token),
        }
    }
    let mut run = runs.pop()?;
    if !any || !runs.is_empty() {
        return None;
    }
    let bare = !of_cell && !run.several;
    run.end(&mut made, bare);
    Some(made)
}

/// The length of what begins with a quote or a bracket, up to the one that ends it.
fn quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let open = *bytes.first()?;
    if open != b'[' {
        // Two of them within are one that ends it and one that begins the next.
        return text[1..].find(char::from(open)).map(|end| end + 2);
    }
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'[' => depth += 1,
            b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            // It takes its meaning from what follows.
            b'\'' => at += 1,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell(formula: &str) -> Option<String> {
        fixed(formula, true)
    }

    #[test]
    fn a_union_is_written_with_commas_between_parentheses() {
        assert_eq!(cell("SUM(A1:A3~B1:B2)").unwrap(), "SUM((A1:A3,B1:B2))");
        assert_eq!(cell("SUM((A1:A3~B1:B2))").unwrap(), "SUM((A1:A3,B1:B2))");
        assert_eq!(
            cell("RANK(B2,B1~B2~B3,1)").unwrap(),
            "RANK(B2,(B1,B2,B3),1)"
        );
        assert_eq!(
            cell("1+SUM(A1~OFFSET(B1,1,1))*2").unwrap(),
            "1+SUM((A1,OFFSET(B1,1,1)))*2"
        );
        assert_eq!(cell("AREAS((1,A1~B1))").unwrap(), "AREAS((1,(A1,B1)))");
        assert_eq!(cell("A1~B1").unwrap(), "(A1,B1)");
        assert_eq!(fixed("D!$A$1~D!$B$1", false).unwrap(), "D!$A$1,D!$B$1");
        assert_eq!(cell("SUM('a~b'!A1~B1)").unwrap(), "SUM(('a~b'!A1,B1))");
    }

    #[test]
    fn texts_and_names_keep_their_letters() {
        for formula in [
            r#"IF(A1="a~""b~",1,2)"#,
            "'it''s ~'!A1",
            "T[a~b]",
            "T[[#All],[a'[~]]",
            "SUM(A1:B2)",
            "",
        ] {
            assert_eq!(cell(formula), None, "{formula}");
        }
        for broken in ["(A1~B1", "A1~B1)", "\"a~", "T[a~"] {
            assert_eq!(cell(broken), None, "{broken}");
        }
    }

    #[test]
    fn formulas_of_a_part_are_found() {
        let sheet = r#"<c t="~"><f a="~">SUM(A1~B1)&amp;&quot;~&quot;</f><v>~</v></c><xm:f>A1~B1</xm:f><definedName name="a">A1~B1</definedName>"#;
        assert_eq!(
            with_commas(sheet).unwrap(),
            r#"<c t="~"><f a="~">SUM((A1,B1))&amp;"~"</f><v>~</v></c><xm:f>(A1,B1)</xm:f><definedName name="a">A1,B1</definedName>"#
        );
        assert_eq!(with_commas("<v>~</v>"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[~()\\[\\]'\"A1,;+ <>&ä]{0,60}") {
            let _ = fixed(&text, true);
            let _ = with_commas(&text);
            let _ = with_commas(&format!("<f>{text}</f>"));
        }
    }
}

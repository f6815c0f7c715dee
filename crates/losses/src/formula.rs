//! What a formula of a workbook has that the engine can't calculate or write.

use crate::functions::KNOWN;

/// What was found in a formula.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// A function that the engine doesn't know.
    pub(crate) unknown: bool,
    /// The union of ranges, such as `(A1:A3,B1:B2)`.
    pub(crate) union: bool,
}

/// Parentheses within each other that are told apart; Excel allows 64.
const DEPTH: usize = 128;

/// The longest name of a function that may be known, with what stands before it.
const LONGEST: usize = 80;

/// Looks at a formula as it stands in the file.
pub(crate) fn look(text: &[u8]) -> Findings {
    let mut findings = Findings::default();
    if memchr::memchr(b'(', text).is_none() {
        return findings;
    }
    // For each open parenthesis, whether it holds the arguments of a function.
    let mut open = Vec::new();
    let mut braces = 0_u32;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        match byte {
            b'"' | b'\'' => {
                at += 1 + memchr::memchr(byte, &text[at + 1..]).unwrap_or(text.len());
            }
            // `"` may be written as an entity.
            b'&' if text[at..].starts_with(b"&quot;") => {
                let rest = &text[at + 6..];
                at += 5 + memchr::memmem::find(rest, b"&quot;").map_or(text.len(), |end| end + 6);
            }
            b'[' => at = bracket(text, at),
            b'{' => braces += 1,
            b'}' => braces = braces.saturating_sub(1),
            b'(' if open.len() < DEPTH => open.push(false),
            b')' => {
                open.pop();
            }
            b',' if braces == 0 && open.last() == Some(&false) => findings.union = true,
            _ if starts_name(byte) => {
                let end = at
                    + text[at..]
                        .iter()
                        .position(|byte| !is_of_name(*byte))
                        .unwrap_or(text.len() - at);
                if text.get(end) == Some(&b'(') {
                    findings.unknown |= !is_known(&text[at..end]);
                    if open.len() < DEPTH {
                        open.push(true);
                    }
                    at = end;
                } else {
                    at = end - 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    findings
}

/// The end of `[…]`: the columns of a table, or the number of another workbook.
fn bracket(text: &[u8], from: usize) -> usize {
    let mut depth = 0_u32;
    let mut at = from;
    while at < text.len() {
        match text[at] {
            // It frees the next one of its meaning.
            b'\'' => at += 1,
            b'[' => depth += 1,
            b']' if depth <= 1 => return at,
            b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

fn starts_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'\\' || byte >= 0x80
}

fn is_of_name(byte: u8) -> bool {
    starts_name(byte) || byte.is_ascii_digit() || byte == b'.'
}

/// Whether the engine calculates a function, as its name is written in files.
fn is_known(name: &[u8]) -> bool {
    let mut capitals = [0; LONGEST];
    let Some(capitals) = capitals.get_mut(..name.len()) else {
        return false;
    };
    capitals.copy_from_slice(name);
    capitals.make_ascii_uppercase();
    let name = &*capitals;
    let name = name.strip_prefix(b"_XLFN.").unwrap_or(name);
    let name = name.strip_prefix(b"_XLWS.").unwrap_or(name);
    // What LibreOffice itself writes, and what a formula calls its own arguments.
    name.starts_with(b"ORG.")
        || name.starts_with(b"COM.")
        || name.starts_with(b"_XLPM.")
        || KNOWN
            .binary_search_by(|known| known.as_bytes().cmp(name))
            .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (bool, bool) {
        let findings = look(text.as_bytes());
        (findings.unknown, findings.union)
    }

    #[test]
    fn the_list_can_be_searched() {
        assert!(KNOWN.is_sorted());
        assert!(KNOWN.windows(2).all(|two| two[0] != two[1]));
    }

    #[test]
    fn functions_are_known_by_their_name_in_files() {
        for known in [
            "SUM(A1:A3)",
            "_xlfn.XLOOKUP(A1,B:B,C:C)",
            "_xlfn._xlws.SORT(A1:A3)",
            "IF(A1=\"TEXTSPLIT(\",1,2)",
            "SUM('It''s TAKE(x)'!A1)",
            "Orders[[#This Row],[Price (net)]]*2",
            "[1]Sheet1!A1",
            "_xlfn.LET(_xlpm.f,2,_xlpm.f*2)",
            "A1*(B1+2)",
            "sum(a1)",
            "_xlfn.ORG.LIBREOFFICE.ROUNDSIG(1,2)",
            "CONCATENATE(&quot;VSTACK(&quot;,A1)",
        ] {
            assert_eq!(found(known), (false, false), "{known}");
        }
        for unknown in [
            "_xlfn.TEXTSPLIT(A1,\",\")",
            "_xlfn.LAMBDA(_xlpm.x,_xlpm.x*2)(3)",
            "SUM(_xlfn.VSTACK(A1,B1))",
            "CUBEVALUE(\"c\",\"m\")",
            "MyMacro(A1)",
            "[1]!Theirs(A1)",
            "ÄNDERN(A1)",
        ] {
            assert_eq!(found(unknown), (true, false), "{unknown}");
        }
    }

    #[test]
    fn a_union_is_a_comma_between_bare_parentheses() {
        for union in ["SUM((A1:A3,B1:B2))", "(Data!$A$1,Data!$B$1)"] {
            assert_eq!(found(union), (false, true), "{union}");
        }
        for none in [
            "SUM(A1,(B1))",
            "INDEX({1,2;3,4},1)",
            "(SUM(1,2)*3)",
            "IF(A1,(B1+\"a,b\"),2)",
            "Data!$A:$A,Data!$1:$2",
        ] {
            assert_eq!(found(none), (false, false), "{none}");
        }
    }
}

//! Splits code of several languages into the few kinds of tokens that matter
//! for finding a config in it. It never fails: what it does not know it skips.

/// A token of a snippet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Lexeme {
    /// A text in quotation marks, and which marks they were.
    Text(String, char),
    /// A placeholder of a template language.
    Template,
    /// A name, a number or a keyword.
    Word(String),
    /// A sign, with `=>` as one.
    Sign(char),
    /// `=>`.
    Arrow,
}

/// The tokens, and whether typographic quotation marks were met.
pub(super) fn split(text: &str) -> (Vec<Lexeme>, bool) {
    let mut lexer = Lexer {
        rest: text,
        out: Vec::new(),
        typographic: false,
    };
    while !lexer.rest.is_empty() {
        lexer.step();
    }
    (lexer.out, lexer.typographic)
}

struct Lexer<'t> {
    rest: &'t str,
    out: Vec<Lexeme>,
    typographic: bool,
}

/// Longest placeholder outside a text.
const MAX_TEMPLATE: usize = 200;

impl Lexer<'_> {
    fn step(&mut self) {
        let Some(c) = self.rest.chars().next() else {
            return;
        };
        if self.comment() || self.template() {
            return;
        }
        match c {
            '"' | '\'' | '`' => self.quoted(c, &[c]),
            '“' | '”' | '„' | '″' => self.typographic(&['”', '“', '″', '"']),
            '‘' | '’' | '‚' => self.typographic(&['’', '‘', '\'']),
            '«' => self.typographic(&['»']),
            _ if c.is_alphanumeric() || matches!(c, '_' | '$' | '@') => self.word(),
            '=' if self.rest.starts_with("=>") => {
                self.out.push(Lexeme::Arrow);
                self.rest = &self.rest[2..];
            }
            _ => {
                if !c.is_whitespace() {
                    self.out.push(Lexeme::Sign(c));
                }
                self.rest = &self.rest[c.len_utf8()..];
            }
        }
    }

    fn skip_past(&mut self, open: usize, close: &str) {
        let inner = &self.rest[open..];
        self.rest = inner
            .find(close)
            .map_or("", |end| &inner[end + close.len()..]);
    }

    fn comment(&mut self) -> bool {
        for (open, close) in [("{{--", "--}}"), ("<!--", "-->"), ("/*", "*/")] {
            if self.rest.starts_with(open) {
                self.skip_past(open.len(), close);
                return true;
            }
        }
        if self.rest.starts_with("//") {
            self.skip_past(2, "\n");
            return true;
        }
        false
    }

    /// A placeholder that stands by itself.
    fn template(&mut self) -> bool {
        for (open, close) in [
            ("{{", "}}"),
            ("{!!", "!!}"),
            ("<?=", "?>"),
            ("<?php echo", "?>"),
            ("<%", "%>"),
            ("{%", "%}"),
        ] {
            let Some(inner) = self.rest.strip_prefix(open) else {
                continue;
            };
            // No farther than this: a text of nothing but openings must not take forever.
            let mut limit = inner.len().min(MAX_TEMPLATE + close.len());
            while !inner.is_char_boundary(limit) {
                limit -= 1;
            }
            let Some(end) = inner[..limit].find(close) else {
                continue;
            };
            // Two braces also begin an object in JSX.
            if inner[..end].contains(['\n', '{']) || (open == "{{" && inner[..end].contains(": ")) {
                continue;
            }
            self.out.push(Lexeme::Template);
            self.rest = &inner[end + close.len()..];
            return true;
        }
        false
    }

    fn typographic(&mut self, close: &[char]) {
        self.typographic = true;
        self.quoted('"', close);
    }

    fn quoted(&mut self, mark: char, close: &[char]) {
        // Parts of characters beyond the basic plane, as JSON escapes them.
        let mut units: Vec<u16> = Vec::new();
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        let mut end = self.rest.len();
        while let Some((at, c)) = chars.next() {
            if close.contains(&c) {
                end = at + c.len_utf8();
                break;
            }
            // A text that was not closed ends with its line.
            if c == '\n' && mark != '`' {
                end = at;
                break;
            }
            if c == '\\' {
                if let Some((unit, digits)) = escaped_unit(&self.rest[at..]) {
                    units.push(unit);
                    text.push_str(&characters(&mut units, false));
                    chars.nth(digits);
                    continue;
                }
                text.push_str(&characters(&mut units, true));
                match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, other)) => text.push(other),
                    None => break,
                }
                continue;
            }
            text.push_str(&characters(&mut units, true));
            text.push(c);
        }
        text.push_str(&characters(&mut units, true));
        self.rest = &self.rest[end..];
        self.out.push(Lexeme::Text(text, mark));
    }

    fn word(&mut self) {
        let end = self
            .rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| !(c.is_alphanumeric() || matches!(c, '_' | '$')))
            .map_or(self.rest.len(), |(at, _)| at);
        self.out.push(Lexeme::Word(self.rest[..end].to_owned()));
        self.rest = &self.rest[end..];
    }
}

/// The UTF-16 unit of an escape such as `\u00e4`, and how many characters follow
/// its backslash before the last one.
fn escaped_unit(text: &str) -> Option<(u16, usize)> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let unit = u16::from_str_radix(digits, 16).ok().filter(|_| hex)?;
    Some((unit, 4))
}

/// The characters that units stand for; the first half of a pair waits for the
/// second, unless this is the end.
fn characters(units: &mut Vec<u16>, end: bool) -> String {
    let waits = units
        .last()
        .is_some_and(|unit| (0xD800..0xDC00).contains(unit));
    if waits && !end {
        return String::new();
    }
    String::from_utf16_lossy(&std::mem::take(units))
}

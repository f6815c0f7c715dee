//! Requests as raw HTTP or as a `curl` line, with or without their answers.

/// A request and, if it is there, its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Exchange {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) answer: Option<Answer>,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS"];

/// The value of a header; names are the same in small and capital letters.
pub(super) fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers
        .iter()
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// Reads a request; `None` if the text is none.
pub(super) fn parse(text: &str) -> Option<Exchange> {
    let text = text.trim_start().trim_start_matches("$ ");
    if text.starts_with("curl ") || text.starts_with("wget ") {
        return Some(curl(text));
    }
    let lines: Vec<&str> = text.lines().map(unmarked).collect();
    let first = lines.iter().position(|line| {
        line.split_once(' ').is_some_and(|(method, rest)| {
            METHODS.contains(&method) && (rest.starts_with('/') || rest.starts_with("http"))
        })
    })?;
    // A log may have a request line far below other things.
    if first > 20 {
        return None;
    }
    let mut words = lines[first].split_whitespace();
    let mut exchange = Exchange {
        method: words.next()?.to_owned(),
        target: words.next()?.to_owned(),
        ..Exchange::default()
    };
    let rest = &lines[first + 1..];
    let end = rest
        .iter()
        .position(|line| line.starts_with("HTTP/"))
        .unwrap_or(rest.len());
    (exchange.headers, exchange.body) = message(&rest[..end]);
    exchange.answer = answer(&rest[end..]);
    Some(exchange)
}

/// Reads an answer that stands alone or behind a request.
pub(super) fn parse_answer(text: &str) -> Option<Answer> {
    let lines: Vec<&str> = text.trim_start().lines().map(unmarked).collect();
    answer(&lines)
}

/// A line without the marks of `curl -v`.
fn unmarked(line: &str) -> &str {
    line.strip_prefix("> ")
        .or_else(|| line.strip_prefix("< "))
        .unwrap_or(match line {
            ">" | "<" => "",
            other => other,
        })
        .trim_end()
}

fn message(lines: &[&str]) -> (Vec<(String, String)>, String) {
    let end = lines
        .iter()
        .position(|line| line.is_empty() || line.starts_with(['{', '[']))
        .unwrap_or(lines.len());
    let headers = lines[..end]
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| {
            let value = value.strip_prefix(' ').unwrap_or(value);
            (name.trim().to_owned(), value.to_owned())
        })
        .collect();
    (headers, lines[end..].join("\n").trim().to_owned())
}

fn answer(lines: &[&str]) -> Option<Answer> {
    let (first, rest) = lines.split_first()?;
    let status = first
        .strip_prefix("HTTP/")?
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()?;
    let (headers, body) = message(rest);
    Some(Answer {
        status,
        headers,
        body,
    })
}

/// Reads a `curl` line, and an answer on the lines below it.
fn curl(text: &str) -> Exchange {
    let (line, answer) = match text.find("\nHTTP/") {
        Some(at) => (&text[..at], parse_answer(&text[at + 1..])),
        None => (text, None),
    };
    let words = shell_words(line);
    let mut exchange = Exchange {
        answer,
        ..Exchange::default()
    };
    let mut words = words.into_iter().skip(1);
    while let Some(word) = words.next() {
        let (option, glued) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => {
                (option.to_owned(), Some(value.to_owned()))
            }
            _ => (word, None),
        };
        let mut value = || glued.clone().or_else(|| words.next()).unwrap_or_default();
        match option.as_str() {
            "-X" | "--request" | "--method" => exchange.method = value(),
            "-H" | "--header" => {
                if let Some((name, value)) = value().split_once(':') {
                    let value = value.strip_prefix(' ').unwrap_or(value);
                    exchange
                        .headers
                        .push((name.trim().to_owned(), value.to_owned()));
                }
            }
            "--post-data" | "--body-data" | "-d" | "--data" | "--data-raw" | "--data-binary"
            | "--json" | "--data-ascii" => {
                exchange.body = value();
            }
            "-u" | "--user" | "-o" | "--output" | "-A" | "-b" | "--cookie" | "-m"
            | "--max-time" | "-F" | "--form" => {
                value();
            }
            "--url" => exchange.target = value(),
            option if option.starts_with('-') => {}
            target if exchange.target.is_empty() => target.clone_into(&mut exchange.target),
            _ => {}
        }
    }
    if exchange.method.is_empty() {
        let method = if exchange.body.is_empty() {
            "GET"
        } else {
            "POST"
        };
        method.clone_into(&mut exchange.method);
    }
    exchange
}

/// Splits a line as a shell does, as far as quoting goes.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut inside = false;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                inside = true;
                word.extend(chars.by_ref().take_while(|c| *c != '\''));
            }
            '"' => {
                inside = true;
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => word.extend(chars.next()),
                        _ => word.push(c),
                    }
                }
            }
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some('\r') => {
                    chars.next();
                }
                Some(c) => {
                    inside = true;
                    word.push(c);
                }
            },
            c if c.is_whitespace() => {
                if inside {
                    words.push(std::mem::take(&mut word));
                    inside = false;
                }
            }
            c => {
                inside = true;
                word.push(c);
            }
        }
    }
    if inside {
        words.push(word);
    }
    words
}

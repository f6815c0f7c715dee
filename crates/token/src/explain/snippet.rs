//! Finds the config in a snippet of a page or of a back end.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

mod assignments;

use super::{
    Context, Finding, catalogue, compare,
    document::{self, Config, Source, Unknown},
    lexer::{self, Lexeme},
    opening, placeholder,
    report::Report,
};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// A token or a group in brackets.
#[derive(Clone, Debug)]
enum Node {
    Leaf(Lexeme),
    Group(char, Vec<Node>),
}

/// Judges the config in a snippet; says whether there is one.
pub(super) fn check(
    text: &str,
    token: Option<&str>,
    context: &Context,
    report: &mut Report,
) -> bool {
    let (lexemes, typographic) = lexer::split(text);
    let source = source_of(text);
    let (nodes, balanced) = group(lexemes);
    let mut found = Vec::new();
    search(&nodes, source, &mut found);
    let number = found.iter().filter(|found| names_a_file(found)).count();
    let literal = found.into_iter().next();
    let is_literal = literal.is_some();
    let mut config = literal.unwrap_or(Config {
        value: Value::Object(Map::new()),
        unknown: BTreeMap::new(),
        source,
    });
    hoist(&mut config);
    let assigned = assignments::apply(&nodes, &mut config, report);
    if !is_literal && !assigned {
        return false;
    }
    named_token(&nodes, &mut config);
    if typographic || !balanced {
        let what = if typographic {
            "The text has typographic quotation marks, which no language reads as such."
        } else {
            "Brackets of the text do not match; one is missing or too many."
        };
        report.add(Finding::new(&catalogue::REPAIRED).says(what));
    }
    signing(text, source, report);
    escaped(text, report);
    mixed_content(text, &config, report);
    opening::check(&config, token, context, report);
    if let Some(second) = refreshed(&nodes, source) {
        compare::refreshed(&config, &second, report);
    } else if number > 1 {
        report.add(
            Finding::new(&catalogue::SEVERAL)
                .expected("one config")
                .found(format!("{number} configs")),
        );
    }
    true
}

/// Takes a token that is in a variable, if the config names one and there is one only.
fn named_token(nodes: &[Node], config: &mut Config) {
    fn collect<'n>(nodes: &'n [Node], found: &mut Vec<&'n str>) {
        for (at, node) in nodes.iter().enumerate() {
            match node {
                Node::Group(_, inner) => collect(inner, found),
                Node::Leaf(Lexeme::Text(text, _))
                    if at > 1
                        && is_sign(&nodes[at - 1], '=')
                        && matches!(nodes[at - 2], Node::Leaf(Lexeme::Word(_)))
                        && text.starts_with("eyJ") =>
                {
                    found.push(text);
                }
                Node::Leaf(_) => {}
            }
        }
    }
    if !config.unknown.contains_key("token") {
        return;
    }
    let mut found = Vec::new();
    collect(nodes, &mut found);
    if let [token] = found.as_slice()
        && let Some(members) = config.value.as_object_mut()
    {
        members.insert("token".to_owned(), Value::from(*token));
        config.unknown.remove("token");
    }
}

/// The config that `refreshFile` is called with.
fn refreshed(nodes: &[Node], source: Source) -> Option<Config> {
    nodes.iter().enumerate().find_map(|(at, node)| match node {
        Node::Leaf(Lexeme::Word(name)) if name == "refreshFile" => match nodes.get(at + 1)? {
            Node::Group('(', inner) => {
                let mut found = Vec::new();
                search(inner, source, &mut found);
                found.into_iter().next()
            }
            _ => None,
        },
        Node::Group(_, inner) => refreshed(inner, source),
        Node::Leaf(_) => None,
    })
}

fn source_of(text: &str) -> Source {
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    let page = has(&[
        "<script",
        "DocsAPI.",
        "</",
        "document.getElementById",
        "window.",
    ]);
    if !page
        && has(&[
            "=>",
            "<?php",
            "require(",
            "process.env",
            "$config",
            "jwt.encode",
            "os.environ",
        ])
    {
        Source::BackEnd
    } else if has(&["{{", "{!!", "<?", "<%", "{%", "@json("]) {
        Source::Template
    } else if !page && text.contains("=> ") {
        Source::BackEnd
    } else {
        Source::Page
    }
}

/// Groups the tokens by brackets; closes what was left open, and leaves out
/// what closes nothing.
fn group(lexemes: Vec<Lexeme>) -> (Vec<Node>, bool) {
    let mut open: Vec<(char, Vec<Node>)> = Vec::new();
    let mut top = Vec::new();
    let mut balanced = true;
    let close = |open: &mut Vec<(char, Vec<Node>)>, top: &mut Vec<Node>| {
        if let Some((sign, nodes)) = open.pop() {
            let node = Node::Group(sign, nodes);
            open.last_mut().map_or(top, |(_, nodes)| nodes).push(node);
        }
    };
    for lexeme in lexemes {
        match lexeme {
            Lexeme::Sign(sign @ ('{' | '[' | '(')) if open.len() < MAX_DEPTH => {
                open.push((sign, Vec::new()));
            }
            Lexeme::Sign(sign @ ('}' | ']' | ')')) => {
                let wanted = match sign {
                    '}' => '{',
                    ']' => '[',
                    _ => '(',
                };
                if open.iter().any(|(sign, _)| *sign == wanted) {
                    while open.last().is_some_and(|(sign, _)| *sign != wanted) {
                        balanced = false;
                        close(&mut open, &mut top);
                    }
                    close(&mut open, &mut top);
                } else {
                    balanced = false;
                }
            }
            other => open
                .last_mut()
                .map_or(&mut top, |(_, nodes)| nodes)
                .push(Node::Leaf(other)),
        }
    }
    balanced &= open.is_empty();
    while !open.is_empty() {
        close(&mut open, &mut top);
    }
    (top, balanced)
}

/// Collects the configs, in their order; what is in one is no other.
fn search(nodes: &[Node], source: Source, found: &mut Vec<Config>) {
    // Members without the braces around them are an object too.
    let mut config = object(nodes, source);
    if document::is_likely(&config.value) || has_members_of_document(&config.value) {
        config.source = source;
        found.push(config);
        return;
    }
    for node in nodes {
        if let Node::Group(_, inner) = node {
            search(inner, source, found);
        }
    }
}

/// Whether it says which document to open, so that it is a config by itself.
fn names_a_file(config: &Config) -> bool {
    document::at(&config.value, "document.url").is_some()
        && document::at(&config.value, "document.key").is_some()
}

fn has_members_of_document(value: &Value) -> bool {
    value.get("token").is_some() && (value.get("width").is_some() || value.get("type").is_some())
}

/// Reads the members of a group.
fn object(nodes: &[Node], source: Source) -> Config {
    let mut members = Map::new();
    let mut unknown = BTreeMap::new();
    read_object(nodes, "", source, &mut members, &mut unknown);
    Config {
        value: Value::Object(members),
        unknown,
        source,
    }
}

fn is_sign(node: &Node, sign: char) -> bool {
    matches!(node, Node::Leaf(Lexeme::Sign(found)) if *found == sign)
}

fn read_object(
    nodes: &[Node],
    path: &str,
    source: Source,
    members: &mut Map<String, Value>,
    unknown: &mut BTreeMap<String, Unknown>,
) {
    let mut at = 0;
    while at < nodes.len() {
        let name = match (&nodes[at], nodes.get(at + 1)) {
            (
                Node::Leaf(Lexeme::Text(name, _) | Lexeme::Word(name)),
                Some(Node::Leaf(Lexeme::Sign(':') | Lexeme::Arrow)),
            ) => name,
            // A member that is written short: `{ document, editorConfig }`.
            (Node::Leaf(Lexeme::Word(name)), next)
                if (at == 0 || is_sign(&nodes[at - 1], ','))
                    && next.is_none_or(|next| is_sign(next, ','))
                    && matches!(name.as_str(), "document" | "editorConfig" | "token") =>
            {
                let dot = if path.is_empty() { "" } else { "." };
                unknown.insert(format!("{path}{dot}{name}"), computed(source));
                members.insert(name.clone(), Value::Null);
                at += 1;
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        };
        at += 2;
        let start = at;
        while at < nodes.len()
            && !is_sign(&nodes[at], ',')
            && !is_sign(&nodes[at], ';')
            && !begins_member(nodes, at, start)
        {
            at += 1;
        }
        let dot = if path.is_empty() { "" } else { "." };
        let path = format!("{path}{dot}{name}");
        let value = read_value(&nodes[start..at], &path, source, unknown);
        members.insert(name.clone(), value);
    }
}

/// Whether the next member begins although the comma is missing.
fn begins_member(nodes: &[Node], at: usize, start: usize) -> bool {
    at > start
        && matches!(nodes[at], Node::Leaf(Lexeme::Text(..)))
        && matches!(
            nodes.get(at + 1),
            Some(Node::Leaf(Lexeme::Sign(':') | Lexeme::Arrow))
        )
        && !nodes[start..at].iter().any(|node| is_sign(node, '?'))
}

fn computed(source: Source) -> Unknown {
    if source == Source::BackEnd {
        Unknown::BackEnd
    } else {
        Unknown::Browser
    }
}

fn read_value(
    nodes: &[Node],
    path: &str,
    source: Source,
    unknown: &mut BTreeMap<String, Unknown>,
) -> Value {
    let nodes = match nodes {
        // PHP's array(…) and (object) […].
        [Node::Leaf(Lexeme::Word(word)), rest @ ..]
            if word.eq_ignore_ascii_case("array") && !rest.is_empty() =>
        {
            rest
        }
        [Node::Group('(', cast), rest @ ..]
            if matches!(cast.as_slice(), [Node::Leaf(Lexeme::Word(word))] if word == "object")
                && !rest.is_empty() =>
        {
            rest
        }
        _ => nodes,
    };
    let mut no_value = |why| {
        unknown.insert(path.to_owned(), why);
        Value::String(String::new())
    };
    match nodes {
        [Node::Leaf(Lexeme::Text(text, mark))] => {
            let template = match source {
                Source::BackEnd => *mark != '\'' && placeholder::has_variable(text),
                _ => placeholder::is_template(text),
            };
            if template {
                let why = if *mark == '`' {
                    computed(source)
                } else {
                    Unknown::Template
                };
                return no_value(why);
            }
            Value::String(text.clone())
        }
        [Node::Leaf(Lexeme::Template)] => no_value(Unknown::Template),
        [Node::Leaf(Lexeme::Word(word))] => match word.as_str() {
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            "null" | "None" | "NULL" | "undefined" => Value::Null,
            number => number
                .parse::<i64>()
                .map_or_else(|_| no_value(computed(source)), Value::from),
        },
        [Node::Group('{' | '[' | '(', inner)]
            if has_members(inner) || matches!(nodes, [Node::Group('{', _)]) =>
        {
            let mut members = Map::new();
            read_object(inner, path, source, &mut members, unknown);
            Value::Object(members)
        }
        [Node::Group('[' | '(', inner)] => {
            let items = inner
                .split(|node| is_sign(node, ','))
                .filter(|item| !item.is_empty());
            let items = items
                .enumerate()
                .map(|(index, item)| read_value(item, &format!("{path}[{index}]"), source, unknown))
                .collect();
            Value::Array(items)
        }
        _ => no_value(computed(source)),
    }
}

fn has_members(nodes: &[Node]) -> bool {
    matches!(
        nodes,
        [
            Node::Leaf(Lexeme::Text(..) | Lexeme::Word(_)),
            Node::Leaf(Lexeme::Sign(':') | Lexeme::Arrow),
            ..
        ]
    )
}

/// Moves members to the top that a missing bracket left inside another.
fn hoist(config: &mut Config) {
    for outer in ["document", "editorConfig"] {
        for name in [
            "editorConfig",
            "documentType",
            "token",
            "document",
            "width",
            "height",
            "type",
        ] {
            if config.value.get(name).is_some()
                || matches!(name, "token") && outer == "editorConfig"
            {
                continue;
            }
            let Some(value) = config
                .value
                .get_mut(outer)
                .and_then(Value::as_object_mut)
                .and_then(|inner| inner.remove(name))
            else {
                continue;
            };
            if let Some(members) = config.value.as_object_mut() {
                members.insert(name.to_owned(), value);
            }
            let prefix = format!("{outer}.{name}");
            let moved: Vec<_> = config
                .unknown
                .keys()
                .filter(|path| path.starts_with(&prefix))
                .cloned()
                .collect();
            for path in moved {
                if let Some(why) = config.unknown.remove(&path) {
                    config
                        .unknown
                        .insert(path[outer.len() + 1..].to_owned(), why);
                }
            }
        }
    }
}

/// Reports code that signs in the browser.
fn signing(text: &str, source: Source, report: &mut Report) {
    if source == Source::BackEnd {
        return;
    }
    let signs = [
        "HmacSHA256",
        "KJUR.jws",
        "SignJWT",
        "jwt.sign(",
        "subtle.sign",
        "jsonwebtoken",
        "jsrsasign",
    ];
    if let Some(mark) = signs.iter().find(|mark| text.contains(**mark)) {
        report.add(
            Finding::new(&catalogue::SECRET_IN_BROWSER)
                .at("script")
                .found(*mark),
        );
    }
}

/// Reports JSON that Blade, Twig or Jinja escapes for HTML on its way into a script.
fn escaped(text: &str, report: &mut Report) {
    let escapes = text.split("{{").skip(1).any(|rest| {
        let inner = rest.split("}}").next().unwrap_or_default();
        let raw = inner.starts_with('!') || inner.contains("|raw") || inner.contains("| raw");
        let safe = inner.contains("|safe") || inner.contains("| safe");
        let json = [
            "json_encode(",
            "|json_encode",
            "| json_encode",
            "json.dumps(",
        ];
        json.iter().any(|name| inner.contains(name)) && !raw && !safe
    });
    if escapes {
        report.add(
            Finding::new(&catalogue::HTML_ENTITIES)
                .says("{{ }} escapes the JSON for HTML, so the script gets &quot; in place of quotation marks.")
                .hint("Write @json($config) or {!! json_encode($config) !!} in Blade, {{ config|json_encode|raw }} in Twig, {{ config|tojson }} in Jinja.")
                .at("script"),
        );
    }
}

fn mixed_content(text: &str, config: &Config, report: &mut Report) {
    let api = text
        .find("api.js")
        .map(|end| &text[..end])
        .and_then(|before| before.rfind("http").map(|start| &before[start..]));
    let secure = ["document.url", "editorConfig.callbackUrl"]
        .iter()
        .any(|path| {
            config
                .get(path)
                .text()
                .is_some_and(|url| url.starts_with("https:"))
        });
    if api.is_some_and(|api| api.starts_with("http:")) && secure {
        report.add(
            Finding::new(&catalogue::MIXED_CONTENT)
                .says("The page loads the editor over http, and the application is on https.")
                .at("script.src")
                .expected("https://…/api.js"),
        );
    }
}

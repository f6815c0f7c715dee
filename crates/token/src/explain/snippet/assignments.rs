//! Members that are set one by one: `$config['document']['key'] = …` in PHP,
//! `config.document.key = …` in JavaScript, `config["document"]["key"] = …` in
//! Python.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Node, is_sign, read_value};
use crate::{
    explain::{Finding, Severity, catalogue, document::Config, lexer::Lexeme, report::Report},
    json::cut,
};

/// Members of a config with which such a path begins.
const TOP: [&str; 7] = [
    "document",
    "editorConfig",
    "documentType",
    "token",
    "type",
    "width",
    "height",
];

/// Sets what is assigned; says whether anything was.
pub(super) fn apply(nodes: &[Node], config: &mut Config, report: &mut Report) -> bool {
    let mut state = State {
        config,
        report,
        signed: false,
        any: false,
    };
    state.walk(nodes);
    state.any
}

struct State<'s> {
    config: &'s mut Config,
    report: &'s mut Report,
    /// Whether the token was set already.
    signed: bool,
    any: bool,
}

impl State<'_> {
    fn walk(&mut self, nodes: &[Node]) {
        let mut at = 0;
        while at < nodes.len() {
            if let Some((path, start)) = target(nodes, at) {
                let end = end_of(nodes, start);
                self.assign(&path, &nodes[start..end]);
                at = end;
                continue;
            }
            if let Node::Group(_, inner) = &nodes[at] {
                self.walk(inner);
            }
            at += 1;
        }
    }

    fn assign(&mut self, path: &[&str], nodes: &[Node]) {
        let dotted = path.join(".");
        let mut unknown = BTreeMap::new();
        let value = read_value(nodes, &dotted, self.config.source, &mut unknown);
        // A function or a copy of a whole member says nothing of the config.
        if path.len() == 1 && matches!(path[0], "type" | "width" | "height") && value.is_object() {
            return;
        }
        self.any = true;
        self.config
            .unknown
            .retain(|known, _| known != &dotted && !known.starts_with(&format!("{dotted}.")));
        self.config.unknown.append(&mut unknown);
        let mut place = &mut self.config.value;
        for name in path {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            place = &mut place[*name];
        }
        *place = value;
        if path == ["token"] {
            self.signed = true;
        } else if self.signed {
            self.after_signing(&dotted);
        }
    }

    fn after_signing(&mut self, path: &str) {
        let finding = Finding::new(&catalogue::CHANGED_AFTER_SIGNING)
            .says(format!(
                "{} is set after the token was made, so the token does not have it.",
                cut(path)
            ))
            .at(cut(path));
        let compared = path.starts_with("document.permissions");
        self.report.add(if compared {
            finding.severity(Severity::Fatal)
        } else {
            finding
        });
    }
}

/// The path that is assigned to at `at`, and where the value begins.
fn target(nodes: &[Node], at: usize) -> Option<(Vec<&str>, usize)> {
    let Node::Leaf(Lexeme::Word(_)) = nodes.get(at)? else {
        return None;
    };
    // What follows a dot is a part of a longer path.
    if at > 0 && is_sign(&nodes[at - 1], '.') {
        return None;
    }
    let mut path = Vec::new();
    let mut next = at + 1;
    loop {
        match (nodes.get(next)?, nodes.get(next + 1)) {
            (Node::Group('[', inner), _) => match inner.as_slice() {
                [Node::Leaf(Lexeme::Text(name, _))] => {
                    path.push(name.as_str());
                    next += 1;
                }
                _ => return None,
            },
            (Node::Leaf(Lexeme::Sign('.')), Some(Node::Leaf(Lexeme::Word(name)))) => {
                path.push(name.as_str());
                next += 2;
            }
            (Node::Leaf(Lexeme::Sign('=')), Some(value)) if !is_sign(value, '=') => {
                let fits = path.first().is_some_and(|first| TOP.contains(first))
                    // window.document.title and the like are something else.
                    && (path.len() > 1 || path == ["token"] || path == ["documentType"]);
                return fits.then_some((path, next + 1));
            }
            _ => return None,
        }
    }
}

/// Where a value ends: at a semicolon, or where the next assignment begins.
fn end_of(nodes: &[Node], start: usize) -> usize {
    let mut at = start;
    while at < nodes.len() && !is_sign(&nodes[at], ';') {
        if at > start && !is_sign(&nodes[at - 1], '.') && target(nodes, at).is_some() {
            break;
        }
        at += 1;
    }
    at
}

//! Every allowed command is given to LibreOffice, and each has an effect that can be seen: none opens a
//! dialog, none kills it, none is on the list for nothing.

#[path = "../support/mod.rs"]
mod support;
mod trials;

use std::path::PathBuf;

use recto_docs_api::DocumentKind;
use recto_engine::{
    Document, Event, Events, Input, InputError, MouseAction, ViewEvent, ViewId, allowed_commands,
};
use serde_json::{Map, Value};
use support::{Fixture, editor, sheet, slides, start, text, unzip};
use trials::{Seen, Trial};

/// LibreOffice takes some inputs back in several steps.
const UNDOS: usize = 16;

/// Two shapes that overlap, behind the text's words.
fn shapes(anchor: &str) -> String {
    let shape = |x: &str, y: &str, order: u32| {
        format!(
            r#"<draw:rect {anchor} draw:z-index="{order}" svg:x="{x}" svg:y="{y}" svg:width="3cm" svg:height="2cm"><text:p/></draw:rect>"#
        )
    };
    shape("18cm", "12cm", 0) + &shape("20cm", "13.5cm", 1)
}

/// A document of each kind with something for every command.
fn flat(kind: DocumentKind) -> (&'static str, String) {
    match kind {
        DocumentKind::Word => {
            let cell = |word: &str| {
                format!("<table:table-cell><text:p>{word}</text:p></table:table-cell>")
            };
            let row = |one, two| {
                format!(
                    "<table:table-row>{}{}</table:table-row>",
                    cell(one),
                    cell(two)
                )
            };
            let table = format!(
                r#"<table:table table:name="T"><table:table-column table:number-columns-repeated="2"/>{}{}</table:table>"#,
                row("t1", "t2"),
                row("t3", "t4")
            );
            let flat = text(&[
                "One two three",
                "Four five six",
                r#"<text:bookmark text:name="Sample"/>Seven"#,
                "TABLE",
                "Last",
            ]);
            let anchor = r#"text:anchor-type="page" text:anchor-page-number="1""#;
            let flat = flat
                .replace("<text:p>TABLE</text:p>", &table)
                .replace("<office:text>", &format!("<office:text>{}", shapes(anchor)));
            ("text.odt", flat)
        }
        DocumentKind::Cell => {
            let flat = sheet(&[&["B", "2", "low"], &["A", "1"], &["C", "3"]]);
            let table = r#"<table:table table:name="One">"#;
            let drawn = format!("{table}<table:shapes>{}</table:shapes>", shapes(""));
            ("table.ods", flat.replacen(table, &drawn, 1))
        }
        DocumentKind::Slide => {
            let mut flat = slides(&["Alpha", "Beta", "Gamma"]);
            let end = flat.find("</draw:page>").unwrap();
            flat.insert_str(end, &shapes(""));
            ("slides.odp", flat)
        }
    }
}

/// A document that commands are tried in, one after the other.
struct Bench {
    fixture: Fixture,
    kind: DocumentKind,
    source: PathBuf,
    document: Document,
    events: Events,
    view: ViewId,
    /// What is saved of it before anything is tried.
    whole: String,
    commands: Vec<(String, Map<String, Value>)>,
}

impl Bench {
    async fn new(kind: DocumentKind) -> Self {
        let fixture = start(|_| {}).await;
        let (name, flat) = flat(kind);
        let source = fixture.make(name, &flat).await;
        let (document, events) = fixture.open(&source).await;
        let view = editor(&document, "Ann").await;
        let commands = allowed_commands(kind).into_iter().map(|input| match input {
            Input::Command { name, args } => (name, args),
            _ => unreachable!("a list of commands"),
        });
        let mut bench = Self {
            commands: commands.collect(),
            fixture,
            kind,
            source,
            document,
            events,
            view,
            whole: String::new(),
        };
        bench.whole = bench.saved().await;
        bench
    }

    /// What is saved of the document as it is now.
    async fn saved(&self) -> String {
        let path = self
            .source
            .with_file_name("saved")
            .with_extension(self.source.extension().unwrap());
        let file_type = path.extension().unwrap().to_str().unwrap().to_owned();
        self.document.save_copy(&file_type, &path).await.unwrap();
        unzip(&path, "content.xml") + &unzip(&path, "styles.xml")
    }

    async fn give(&self, input: Input) -> Result<(), InputError> {
        self.document.input(self.view, input).await
    }

    /// LibreOffice runs its loop, and tells what has become of the inputs.
    async fn settle(&self) {
        self.document.query(self.view, ".uno:Undo").await.unwrap();
    }

    fn sample(&self, name: &str) -> Map<String, Value> {
        let found = self.commands.iter().find(|(of, _)| of[5..] == *name);
        found
            .unwrap_or_else(|| panic!("no command {name}"))
            .1
            .clone()
    }

    /// Does steps with spaces between: a key's name, `edit` for the text of the first shape, `type:` a word, `click:x,y` in twips, `cell:` to go
    /// there, `cmd:` a command, and `sample:` one with arguments.
    async fn steps(&self, steps: &str) {
        for step in steps.split_whitespace() {
            let (what, rest) = step.split_once(':').unwrap_or((step, ""));
            let key = |code| Input::Key { char: 0, code };
            let command = |name: &str, args| Input::Command {
                name: format!(".uno:{name}"),
                args,
            };
            let inputs = match what {
                "wait" => vec![],
                "home" => vec![key(0x2404)],
                "end" => vec![key(0x2405)],
                "select-line" => vec![key(0x1405)],
                "select-end" => vec![key(0x3405)],
                "left" => vec![key(1026)],
                "right" => vec![key(1027)],
                "down" => vec![key(1024)],
                "enter" => vec![key(1280)],
                // Out of the text of a shape, and out of the shape.
                "esc" => vec![key(1281), key(1281)],
                "tab" => vec![key(1282)],
                "edit" => [1, 2]
                    .into_iter()
                    .flat_map(|count| {
                        [MouseAction::Down, MouseAction::Up].map(|action| Input::Mouse {
                            action,
                            x: 2000,
                            y: 1500,
                            count,
                            buttons: 1,
                            modifiers: 0,
                        })
                    })
                    .collect(),
                "type" => vec![Input::Text { text: rest.into() }],
                "cmd" => vec![command(rest, Map::new())],
                "sample" => vec![command(rest, self.sample(rest))],
                "cell" => {
                    let to = serde_json::json!({"ToPoint": {"type": "string", "value": rest}});
                    vec![command("GoToCell", to.as_object().unwrap().clone())]
                }
                "click" => {
                    let (x, y) = rest.split_once(',').unwrap();
                    let press = |action| Input::Mouse {
                        action,
                        x: x.parse().unwrap(),
                        y: y.parse().unwrap(),
                        count: 1,
                        buttons: 1,
                        modifiers: 0,
                    };
                    vec![press(MouseAction::Down), press(MouseAction::Up)]
                }
                _ => panic!("no step {step}"),
            };
            for input in inputs {
                let done = self.give(input).await;
                done.unwrap_or_else(|error| panic!("{step} of {steps}: {error}"));
            }
            self.settle().await;
        }
    }

    /// The arguments of a command, with the comment or change that there is.
    async fn arguments(&self, args: Map<String, Value>, trial: &Trial) -> Map<String, Value> {
        let mut args = match trial.args {
            "" => args,
            own => serde_json::from_str(own).unwrap(),
        };
        let first = |list: &Value, name: &str| {
            let one = match list {
                Value::Object(all) => all.values().next(),
                list => list.get(0),
            };
            one.map(|one| one[name].clone())
        };
        if args.contains_key("Id") {
            let all = self.document.query(self.view, ".uno:ViewAnnotations").await;
            let id = first(&all.unwrap()["comments"], "id").expect("a comment");
            args["Id"]["value"] = id.to_string().trim_matches('"').into();
        }
        for name in ["AcceptTrackedChange", "RejectTrackedChange"] {
            if args.contains_key(name) {
                let all = self
                    .document
                    .query(self.view, ".uno:AcceptTrackedChanges")
                    .await;
                args[name]["value"] = first(&all.unwrap()["redlines"], "index").expect("a change");
            }
        }
        args
    }

    /// Tries one command. What is wrong with it.
    async fn try_one(&mut self, name: &str, args: Map<String, Value>) -> Option<String> {
        let trial = trials::of(self.kind, &name[5..]);
        self.steps("esc").await;
        self.steps(trial.before).await;
        // What comes after the command alone would do is no effect of the command.
        let before = match trial.seen {
            Seen::Changed | Seen::Lacks(_) => self.saved().await,
            _ => String::new(),
        };
        while self.events.try_recv().is_some() {}
        let args = self.arguments(args, &trial).await;
        let input = Input::Command {
            name: name.into(),
            args,
        };
        if let Err(error) = self.give(input).await {
            return Some(error.to_string());
        }
        self.settle().await;
        self.steps(trial.after).await;
        let seen = match trial.seen {
            Seen::Changed => self.saved().await != before,
            Seen::Lacks(words) => before.contains(words) && !self.saved().await.contains(words),
            Seen::Selected(words) => {
                let selected = self.document.selection(self.view).await.unwrap();
                selected.text.is_some_and(|text| text.contains(words))
            }
            Seen::State(..) => false,
            Seen::Survived => true,
        };
        let mut told = false;
        while let Some(event) = self.events.try_recv() {
            match event {
                Event::View {
                    event: ViewEvent::Dialog { title },
                    ..
                } => {
                    return Some(format!("it opened {title:?}"));
                }
                Event::View {
                    event: ViewEvent::State { name, value },
                    ..
                } => {
                    told |= matches!(trial.seen, Seen::State(of, is) if of == name && is == value);
                }
                _ => {}
            }
        }
        (!seen && !told).then(|| "it had no effect".to_owned())
    }

    /// Takes everything back, or begins again.
    async fn restore(&mut self) {
        let off = serde_json::json!({"TrackChanges": {"type": "boolean", "value": false}});
        if self.kind == DocumentKind::Word {
            let name = ".uno:TrackChanges".into();
            let args = off.as_object().unwrap().clone();
            let _ = self.give(Input::Command { name, args }).await;
        }
        for _ in 0..UNDOS {
            if self.document.query(self.view, ".uno:Undo").await.is_err() {
                break;
            }
            if self.saved().await == self.whole {
                return;
            }
            self.steps(if self.kind == DocumentKind::Word {
                "cmd:Undo"
            } else {
                "esc cmd:Undo"
            })
            .await;
        }
        self.document.clone().close().await;
        (self.document, self.events) = self.fixture.open(&self.source).await;
        self.view = editor(&self.document, "Ann").await;
    }
}

async fn every_allowed_command_has_an_effect(kind: DocumentKind) {
    let mut bench = Bench::new(kind).await;
    let mut wrong = Vec::new();
    for (name, args) in bench.commands.clone() {
        let mut what = bench.try_one(&name, args.clone()).await;
        bench.restore().await;
        if what.is_some() {
            // Where the steps before it failed, since LibreOffice scrolled under a click, they do so but once.
            what = bench.try_one(&name, args).await;
            bench.restore().await;
        }
        if let Some(what) = what {
            wrong.push(format!("{name}: {what}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allowed_command_has_an_effect_in_a_text() {
    every_allowed_command_has_an_effect(DocumentKind::Word).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allowed_command_has_an_effect_in_a_sheet() {
    every_allowed_command_has_an_effect(DocumentKind::Cell).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_allowed_command_has_an_effect_on_slides() {
    every_allowed_command_has_an_effect(DocumentKind::Slide).await;
}

//! Rows that need a document which is really open: what the server fetches, which callbacks it sends,
//! and what commands do to the document. They are asked one after the other, as they happened on
//! ONLYOFFICE.

mod check;

use serde_json::{Value, json};

use crate::forge::{Algorithm, Secret, token};
use crate::integrator::{Asked, Integrator};
use crate::live::Writer;
use crate::report::{Row, Verdict};
use check::{in_header, judge, short, tokens};

/// Id, title, and what ONLYOFFICE does.
pub(crate) const ROWS: [(&str, &str, &str); 21] = [
    (
        "session.download.token",
        "the document is fetched with a token over its address",
        "a header with {payload: {url}}, HS256, for 300 s",
    ),
    (
        "session.opening.opened",
        "a document of the built-in application opens",
        "it opens",
    ),
    (
        "session.callback.joined",
        "somebody begins to edit",
        "status 1 with key, users, actions of type 1",
    ),
    (
        "session.callback.tokens",
        "both tokens of a callback",
        "the header's payload and the body's token say what the body says, for 300 s",
    ),
    (
        "session.command.info",
        "info of a document that is open",
        r#"{"error":0,"key":"{key}","users":["u1"]}"#,
    ),
    (
        "session.callback.info",
        "info sends a callback with its userdata",
        "status 1 with key, users, userdata, and no actions",
    ),
    (
        "session.command.meta",
        "another title",
        r#"{"error":0,"key":"{key}"}, and the page is told"#,
    ),
    (
        "session.command.forcesave_unchanged",
        "forcesave of a document without changes",
        r#"{"error":4,"key":"{key}"}"#,
    ),
    (
        "session.command.forcesave",
        "forcesave of a changed document",
        r#"{"error":0,"key":"{key}"}"#,
    ),
    (
        "session.callback.forced",
        "the callback of a forced save by command",
        "status 6 with key, url, users, userdata, lastsave, filetype, forcesavetype 0, and no notmodified",
    ),
    (
        "session.callback.forced_file",
        "the file of a forced save",
        "what was typed, from a link for 900 s",
    ),
    (
        "session.callback.button",
        "the callback of the Save button, with customization.forcesave",
        "status 6 with key, url, users, lastsave, filetype, forcesavetype 1, and no notmodified",
    ),
    (
        "session.command.drop",
        "drop of one user",
        r#"{"error":0,"key":"{key}"}, and the user's editor ends"#,
    ),
    (
        "session.callback.left",
        "the dropped user's end",
        "status 1 with the other user, actions of type 0",
    ),
    (
        "session.callback.saved",
        "the last editor leaves a changed document",
        "status 2 with key, url, users, actions of type 0, lastsave, notmodified, filetype",
    ),
    (
        "session.callback.saved_file",
        "the saved file",
        "what was typed, from a link for 900 s",
    ),
    (
        "session.callback.unchanged",
        "the last editor leaves an unchanged document",
        "status 4 with key, actions of type 0, and no users",
    ),
    (
        "session.forgotten.list",
        "a file that the application refused",
        "getForgottenList has its key",
    ),
    (
        "session.forgotten.get",
        "getForgotten of it",
        "error 0, and a url with what was typed",
    ),
    (
        "session.forgotten.delete",
        "deleteForgotten of it",
        r#"{"error":0,"key":"{key}"}"#,
    ),
    (
        "session.forgotten.gone",
        "getForgotten after that",
        r#"{"error":1,"key":"{key}"}"#,
    ),
];

/// What a story needs of the run.
pub(crate) struct Stage<'a> {
    pub client: &'a reqwest::Client,
    pub upgrading: &'a reqwest::Client,
    pub base: &'a str,
    pub secret: &'a Secret,
    /// Unix seconds at the server.
    pub now: &'a dyn Fn() -> i64,
    /// A part of keys that no other run has.
    pub run: String,
}

/// Rows that were not asked.
pub(crate) fn skipped(only: Option<&str>, why: &str) -> Vec<Row> {
    let wanted = |id: &str| only.is_none_or(|only| id.starts_with(only));
    ROWS.iter()
        .filter(|(id, ..)| wanted(id))
        .map(|(id, ..)| row(id, Verdict::Skipped, None, Some(why.to_owned())))
        .collect()
}

/// Asks all of them.
pub(crate) async fn tell(stage: &Stage<'_>, integrator: &mut Integrator) -> Vec<Row> {
    let mut story = Story {
        stage,
        integrator,
        rows: Vec::new(),
    };
    let ended = story.run().await;
    let mut rows = story.rows;
    // What the story did not come to stands where it broke.
    for (id, ..) in ROWS {
        if !rows.iter().any(|row| row.id == id) {
            let why = ended.clone().err().unwrap_or_default();
            let why = format!("The story ended before: {why}.");
            rows.push(row(id, Verdict::Wrong, Some(why), None));
        }
    }
    rows.sort_by_key(|row| ROWS.iter().position(|(id, ..)| *id == row.id));
    rows
}

fn row(id: &str, verdict: Verdict, got: Option<String>, why: Option<String>) -> Row {
    let known = ROWS.iter().find(|(known, ..)| *known == id);
    let (_, title, expected) = known.copied().unwrap_or((id, "", ""));
    Row {
        id: id.to_owned(),
        group: id
            .rsplit_once('.')
            .map_or("", |(group, _)| group)
            .to_owned(),
        title: title.to_owned(),
        verdict,
        expected: expected.to_owned(),
        got,
        why,
    }
}

struct Story<'a> {
    stage: &'a Stage<'a>,
    integrator: &'a mut Integrator,
    rows: Vec<Row>,
}

impl Story<'_> {
    /// Adds a row: `Ok` if it is as it should be, else what was seen.
    fn check(&mut self, id: &str, seen: Result<(), String>) {
        self.rows.push(match seen {
            Ok(()) => row(id, Verdict::Equal, None, None),
            Err(got) => row(id, Verdict::Wrong, Some(got), None),
        });
    }

    fn key(&self, name: &str) -> String {
        format!("conformance-{}-{name}", self.stage.run)
    }

    fn sign(&self, fields: &Value) -> String {
        let now = (self.stage.now)();
        let mut claims = fields.clone();
        claims["iat"] = now.into();
        claims["exp"] = (now + 300).into();
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        let claims = claims.to_string();
        let secret = self.stage.secret.bytes();
        token(header, claims.as_bytes(), Algorithm::Hs256, secret)
    }

    async fn open(&self, name: &str, user: &str) -> Result<Writer, String> {
        let key = self.key(name);
        let mut config = json!({
            "documentType": "word",
            "document": {
                "fileType": "txt", "key": key, "title": "Conformance.txt",
                "url": self.integrator.file(&key), "permissions": { "edit": true },
            },
            "editorConfig": {
                "callbackUrl": self.integrator.callback(&key), "mode": "edit",
                "customization": { "forcesave": true },
                "user": { "id": user, "name": user },
            },
        });
        config["token"] = self.sign(&config).into();
        Writer::open(self.stage.upgrading, self.stage.base, &key, &config).await
    }

    async fn command(&self, fields: Value) -> Result<Value, String> {
        let body = json!({ "token": self.sign(&fields) });
        let answer = self
            .stage
            .client
            .post(format!("{}/command", self.stage.base))
            .json(&body)
            .send()
            .await
            .map_err(|error| crate::runner::reason(&error))?;
        answer
            .json()
            .await
            .map_err(|error| crate::runner::reason(&error))
    }

    /// Gives a command, which is to be answered so; sentences beside do not count.
    async fn commands(&mut self, id: &str, fields: Value, error: i64) -> Result<Value, String> {
        let key = fields["key"].clone();
        let answer = self.command(fields).await?;
        let good = answer["error"] == error && answer["key"] == key;
        self.check(id, good.then_some(()).ok_or_else(|| short(&answer)));
        Ok(answer)
    }

    async fn called(&mut self) -> Result<Asked, String> {
        let called = self.integrator.called().await;
        called.ok_or_else(|| "a callback did not come".to_owned())
    }

    /// The next callback, which is to have these values, these members besides, and no others.
    async fn callback(
        &mut self,
        id: &str,
        values: &Value,
        members: &[&str],
        optional: &[&str],
    ) -> Result<Asked, String> {
        let called = self.called().await?;
        self.check(id, judge(&called.body, values, members, optional));
        Ok(called)
    }

    /// What a signed link gives, and whether it lives for 900 s.
    async fn file(&self, link: &Value, text: &str) -> Result<(), String> {
        let link = link.as_str().ok_or("no link")?;
        let expires = link
            .split(['?', '&'])
            .find_map(|part| part.strip_prefix("expires=")?.parse::<i64>().ok());
        let life = expires.map(|expires| expires - (self.stage.now)());
        if !life.is_some_and(|life| (840..=901).contains(&life)) {
            return Err(format!("a link that lives for {life:?} s"));
        }
        let answer = self.stage.client.get(link).send().await;
        let answer = answer.map_err(|error| crate::runner::reason(&error))?;
        let status = answer.status().as_u16();
        let got = answer.text().await.unwrap_or_default();
        if status == 200 && got.contains(text) {
            Ok(())
        } else {
            Err(format!(
                "status {status}, {} bytes without the text",
                got.len()
            ))
        }
    }

    async fn run(&mut self) -> Result<(), String> {
        self.edited().await?;
        self.untouched().await?;
        self.forgotten().await
    }

    async fn edited(&mut self) -> Result<(), String> {
        let key = self.key("edited");
        let mut ann = self.open("edited", "u1").await?;
        self.check("session.opening.opened", Ok(()));
        let download = self.integrator.fetched(&key);
        let url = json!({ "url": self.integrator.file(&key) });
        let signed = download
            .ok_or_else(|| "it was not fetched".to_owned())
            .and_then(|asked| in_header(self.stage.secret, &asked, &url));
        self.check("session.download.token", signed);

        let joined = json!({ "key": key, "status": 1, "users": ["u1"], "actions": [{ "type": 1, "userid": "u1" }] });
        let called = self
            .callback("session.callback.joined", &joined, &["token"], &[])
            .await?;
        self.check(
            "session.callback.tokens",
            tokens(self.stage.secret, &called),
        );

        let info = json!({ "c": "info", "key": key, "userdata": "asked" });
        let answer = self.command(info).await?;
        let good =
            answer["error"] == 0 && answer["key"] == *key && answer["users"] == json!(["u1"]);
        self.check(
            "session.command.info",
            good.then_some(()).ok_or_else(|| short(&answer)),
        );
        let told = json!({ "key": key, "status": 1, "users": ["u1"], "userdata": "asked" });
        self.callback("session.callback.info", &told, &["token"], &[])
            .await?;

        let meta = json!({ "c": "meta", "key": key, "meta": { "title": "Renamed.txt" } });
        let answer = self.command(meta).await?;
        let title = ann.until(|message| message["type"] == "title").await;
        let good = answer["error"] == 0 && title.is_ok_and(|it| it["title"] == "Renamed.txt");
        self.check(
            "session.command.meta",
            good.then_some(()).ok_or_else(|| short(&answer)),
        );

        let forcesave = json!({ "c": "forcesave", "key": key, "userdata": "by command" });
        self.commands("session.command.forcesave_unchanged", forcesave.clone(), 4)
            .await?;
        ann.types("Typed by a machine. ").await?;
        self.commands("session.command.forcesave", forcesave, 0)
            .await?;
        let forced = json!({ "key": key, "status": 6, "users": ["u1"], "userdata": "by command", "forcesavetype": 0, "filetype": "txt" });
        let called = self
            .callback(
                "session.callback.forced",
                &forced,
                &["url", "lastsave", "token", "history", "changesurl"],
                &["actions"],
            )
            .await?;
        let file = self.file(&called.body["url"], "Typed by a machine. ").await;
        self.check("session.callback.forced_file", file);

        ann.types("Saved by hand. ").await?;
        ann.saves().await?;
        let forced = json!({ "key": key, "status": 6, "users": ["u1"], "forcesavetype": 1, "filetype": "txt" });
        self.callback(
            "session.callback.button",
            &forced,
            &["url", "lastsave", "token", "history", "changesurl"],
            &["actions"],
        )
        .await?;

        let mut bob = self.open("edited", "u2").await?;
        // That the user came.
        self.called().await?;
        let drop = json!({ "c": "drop", "key": key, "users": ["u2"] });
        let answer = self.command(drop).await?;
        let ended = bob.until(|message| message["type"] == "failed").await;
        let good = answer["error"] == 0 && ended.is_ok_and(|it| it["editorError"] == -100);
        self.check(
            "session.command.drop",
            good.then_some(()).ok_or_else(|| short(&answer)),
        );
        let left = json!({ "key": key, "status": 1, "users": ["u1"], "actions": [{ "type": 0, "userid": "u2" }] });
        self.callback("session.callback.left", &left, &["token"], &[])
            .await?;

        ann.types("And once more. ").await?;
        ann.leave().await;
        let saved = json!({ "key": key, "status": 2, "users": ["u1"], "actions": [{ "type": 0, "userid": "u1" }], "notmodified": false, "filetype": "txt" });
        let called = self
            .callback(
                "session.callback.saved",
                &saved,
                &["url", "lastsave", "token", "history", "changesurl"],
                &["userdata"],
            )
            .await?;
        let file = self.file(&called.body["url"], "And once more. ").await;
        self.check("session.callback.saved_file", file);
        Ok(())
    }

    async fn untouched(&mut self) -> Result<(), String> {
        let key = self.key("untouched");
        let ann = self.open("untouched", "u1").await?;
        self.called().await?;
        ann.leave().await;
        let closed = json!({ "key": key, "status": 4, "actions": [{ "type": 0, "userid": "u1" }] });
        self.callback("session.callback.unchanged", &closed, &["token"], &[])
            .await?;
        Ok(())
    }

    async fn forgotten(&mut self) -> Result<(), String> {
        let key = self.key("forgotten");
        let mut ann = self.open("forgotten", "u1").await?;
        self.called().await?;
        ann.types("Nobody takes it. ").await?;
        self.integrator.refuse(true);
        ann.leave().await;
        self.called().await?;
        self.integrator.refuse(false);
        // The server learns of the answer after it was given.
        let mut listed = Err("the key is not in the list".to_owned());
        for _ in 0..40 {
            let answer = self.command(json!({ "c": "getForgottenList" })).await?;
            let keys = answer["keys"].as_array();
            if keys.is_some_and(|keys| keys.iter().any(|it| *it == *key)) {
                listed = Ok(());
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        self.check("session.forgotten.list", listed);
        let get = json!({ "c": "getForgotten", "key": key });
        let answer = self.command(get.clone()).await?;
        let file = self.file(&answer["url"], "Nobody takes it. ").await;
        let good = if answer["error"] == 0 {
            file
        } else {
            Err(short(&answer))
        };
        self.check("session.forgotten.get", good);
        let delete = json!({ "c": "deleteForgotten", "key": key });
        self.commands("session.forgotten.delete", delete, 0).await?;
        self.commands("session.forgotten.gone", get, 1).await?;
        Ok(())
    }
}

//! `recto token rotate`

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::bail;
use recto_token::Secret;

use super::{print, time};
use crate::args::token::Rotate;
use crate::config::Environment;
use crate::keys_file::{self, Entry, KeysFile, MAX_KEYS};
use crate::secret;

/// Adds a key and lets the others end after the overlap, or at once.
pub fn run(args: &Rotate, environment: &Environment) -> anyhow::Result<ExitCode> {
    let now = time(args.now);
    let mut file = if args.keys.exists() {
        keys_file::read(&args.keys)?
    } else if args.finish {
        bail!(
            "There is no file of keys {}, so no rotation can be finished. Start one without --finish.",
            args.keys.display()
        );
    } else {
        first(args, environment)?
    };
    // What ended is of no use to anybody.
    file.key
        .retain(|key| key.retires.is_none_or(|end| end > now));
    let text = if args.finish {
        finish(&mut file)?
    } else {
        start(&mut file, now, args)?
    };
    keys_file::write(&args.keys, &file)?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// A file with the secret in use.
fn first(args: &Rotate, environment: &Environment) -> anyhow::Result<KeysFile> {
    let text = secret::find_text(args.secret_file.as_deref(), None, environment)?;
    secret::checked(Secret::from(text.as_str()))?;
    Ok(KeysFile {
        key: vec![Entry {
            id: "first".to_owned(),
            secret: Some(text),
            public_key_file: None,
            not_before: None,
            retires: None,
        }],
    })
}

fn start(file: &mut KeysFile, now: i64, args: &Rotate) -> anyhow::Result<String> {
    let shared = |key: &Entry| key.secret.is_some();
    if file
        .key
        .iter()
        .any(|key| shared(key) && key.retires.is_some())
    {
        bail!(
            "A rotation is under way already. Give the application the new secret and run this with --finish, or wait until the old one has ended."
        );
    }
    if file.key.len() >= MAX_KEYS {
        bail!(
            "The file has {} keys, which is as many as one may have. Remove those that no application uses.",
            file.key.len()
        );
    }
    let overlap = i64::try_from(args.overlap.as_secs()).unwrap_or(i64::MAX);
    let end = now.saturating_add(overlap);
    let mut old = Vec::new();
    for key in file.key.iter_mut().filter(|key| shared(key)) {
        key.retires = Some(end);
        old.push(fingerprint(key));
    }
    let new = Entry {
        id: new_id(file, now),
        secret: Some(secret::new()),
        public_key_file: None,
        not_before: None,
        retires: None,
    };
    let mut text = format!(
        "{} has the new key {}.\n\n",
        args.keys.display(),
        fingerprint(&new)
    );
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "1. Restart the document server, so that it reads the file. From then on it accepts tokens by both keys, and signs with the old one: {}.\n\
         2. Within {} hours, put the new secret into the application's settings. It is the value of `secret` under the id {} in the file.\n\
         3. Run `recto token rotate --finish --keys {}` and restart the document server: it then signs with the new key and refuses the old one. Callbacks that the application refuses in between are delivered again.\n",
        old.join(", "),
        overlap / 3_600,
        new.id,
        args.keys.display()
    );
    // Behind the old ones: the first key that counts signs.
    file.key.push(new);
    Ok(text)
}

fn finish(file: &mut KeysFile) -> anyhow::Result<String> {
    let ending: Vec<_> = file
        .key
        .iter()
        .filter(|key| key.retires.is_some())
        .map(fingerprint)
        .collect();
    let Some(kept) = file
        .key
        .iter()
        .find(|key| key.secret.is_some() && key.retires.is_none())
        .map(fingerprint)
    else {
        bail!(
            "The file has no secret that stays, so the old one can't end. Start a rotation without --finish."
        );
    };
    if ending.is_empty() {
        bail!(
            "No rotation is under way: no key of the file has an end. Start one without --finish."
        );
    }
    file.key.retain(|key| key.retires.is_none());
    Ok(format!(
        "The old key {} is removed, and {kept} signs. Restart the document server.\n",
        ending.join(", ")
    ))
}

/// Id and fingerprint of a key: what may be shown.
fn fingerprint(key: &Entry) -> String {
    match &key.secret {
        Some(secret) => format!(
            "{} (fingerprint {})",
            key.id,
            Secret::from(secret.as_str()).fingerprint()
        ),
        None => key.id.clone(),
    }
}

fn new_id(file: &KeysFile, now: i64) -> String {
    let mut id = format!("k{now}");
    while file.key.iter().any(|key| key.id == id) {
        id.push('x');
    }
    id
}

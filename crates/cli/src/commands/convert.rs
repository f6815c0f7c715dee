//! `recto convert`

use std::fs::{File, Permissions};
use std::io::{IsTerminal, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use recto_convert::{ConversionError, Source, convert_file, examine_source};
use recto_docs_api::{Conversion, Explain, Note, OutputType, ParameterError, SourceType};
use recto_engine::{Engine, EngineConfig};
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

use super::asked_to_stop;
use crate::args::convert::Convert;
use crate::secret;

/// Nothing is said of what is done sooner.
const PATIENCE: Duration = Duration::from_secs(2);

/// Converts a file. The exit code is 0 if it is done, and 1 if the file can't be converted; an error is
/// for what can't be tried.
pub fn run(args: &Convert) -> anyhow::Result<ExitCode> {
    let asked = asked(args)?;
    readable(&args.input)?;
    let begun = Instant::now();
    let runtime = tokio::runtime::Runtime::new()
        .context("The system gave no threads. Raise the limit of processes for this user")?;
    let done = runtime.block_on(make(args, &asked))?;
    tell(args, &asked, done, begun.elapsed())
}

/// Makes the file. Gives what people should know of it.
async fn make(
    args: &Convert,
    asked: &Conversion,
) -> anyhow::Result<Result<Vec<Note>, ConversionError>> {
    let source = match examine_source(asked, &args.input).await {
        Ok(source) => source,
        Err(error) => return Ok(Err(error)),
    };
    let place = place(&args.output)?;
    let done = convert(args, asked, &source, place.path()).await?;
    if done.is_ok() {
        place
            .as_file()
            .sync_all()
            .context("The file can't be written to the disk. Check its space")?;
        place.persist(&args.output).with_context(|| {
            format!(
                "The file {} can't be replaced. Check the rights of its folder",
                args.output.display()
            )
        })?;
    }
    Ok(done)
}

/// What is asked for, in the terms of the conversion service.
fn asked(args: &Convert) -> anyhow::Result<Conversion> {
    let (from, to) = (
        type_of(args.from.as_deref(), &args.input, "--from")?,
        type_of(args.to.as_deref(), &args.output, "--to")?,
    );
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("url", "file:".into());
    set("filetype", from.into());
    set("outputtype", to.into());
    let name = args.input.file_name().map(|it| it.to_string_lossy());
    set("title", name.unwrap_or_default().into());
    set("pdf", json!({ "pdfa": args.pdfa }));
    if let Some((width, height)) = args.thumbnail {
        set(
            "thumbnail",
            json!({ "aspect": 1, "width": width, "height": height }),
        );
    }
    if let Some(delimiter) = args.delimiter {
        set("delimiterChar", delimiter.to_string().into());
    }
    if let Some(number) = args.code_page {
        set("codePage", number.into());
    }
    if let Some(region) = &args.region {
        set("region", region.as_str().into());
    }
    let password = match &args.password_file {
        Some(file) => Some(secret::text(file)?),
        None => args.password.clone(),
    };
    if let Some(password) = password {
        set("password", password.into());
    }
    let asked = Conversion::parse(&fields).map_err(|error| {
        let hint = match error {
            ParameterError::Source(_) => format!(
                "Give the type with --from if the extension is wrong; these can be converted: {}.",
                list(SourceType::all().map(SourceType::extension))
            ),
            ParameterError::Output(_) => format!(
                "Give the type with --to if the extension is wrong; these can be made: pdfa, {}.",
                list(OutputType::all().map(OutputType::extension))
            ),
            ref error => error.hint(),
        };
        anyhow::anyhow!("{} {hint}", error.message())
    })?;
    if args.thumbnail.is_some() && !asked.output.is_picture() {
        bail!(
            "--thumbnail gives the size of a picture, and {} is none. Leave it out, or convert to png or jpg.",
            asked.output.extension()
        );
    }
    if args.pdfa && asked.output.extension() != "pdf" {
        bail!(
            "--pdfa makes a PDF for archives, and the file is converted to {}. Leave it out, or convert to pdf.",
            asked.output.extension()
        );
    }
    Ok(asked)
}

fn list(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// The type that is said, else the extension.
fn type_of(said: Option<&str>, file: &Path, option: &str) -> anyhow::Result<String> {
    let extension = || file.extension().and_then(|it| it.to_str());
    match said.or_else(extension) {
        Some(name) => Ok(name.trim_start_matches('.').to_owned()),
        None => bail!(
            "The name {} has no extension that tells the type. Give the type with {option}.",
            file.display()
        ),
    }
}

/// Checks that there is a file that can be read.
fn readable(path: &Path) -> anyhow::Result<()> {
    let unreadable = || {
        format!(
            "The file {} can't be read. Check its path and rights",
            path.display()
        )
    };
    let file = File::open(path).with_context(unreadable)?;
    let about = file.metadata().with_context(unreadable)?;
    if !about.is_file() {
        bail!("{} is not a file. Name a file to convert.", path.display());
    }
    Ok(())
}

/// A file beside the one that is to be made: half a file never has its name.
fn place(output: &Path) -> anyhow::Result<NamedTempFile> {
    if output.is_dir() {
        bail!(
            "{} is a folder. Name the file to write in it.",
            output.display()
        );
    }
    let folder = match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    tempfile::Builder::new()
        .prefix(".recto-")
        // As any new file: the process's mask takes away the rest.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
        .with_context(|| {
            format!(
                "Nothing can be written in the folder {}. Check that it is there, and its rights",
                folder.display()
            )
        })
}

/// Converts with an engine that is started for it, and that is gone afterwards.
async fn convert(
    args: &Convert,
    asked: &Conversion,
    source: &Source,
    to: &Path,
) -> anyhow::Result<Result<Vec<Note>, ConversionError>> {
    let stop = asked_to_stop();
    let work = tempfile::tempdir()
        .context("No temporary folder can be made. Check the space and the rights of TMPDIR")?;
    let engine = tokio::select! {
        engine = Engine::start(config(args, work.path().join("engine"))?) => engine
            .map_err(|error| anyhow::anyhow!("{} {}", error.message(), error.hint()))?,
        () = patience(args) => bail!("The conversion was not begun."),
    };
    let limit = Duration::from_secs(args.seconds);
    let done = tokio::select! {
        done = convert_file(&engine, asked, source, &args.input, to, limit) => Ok(done),
        () = patience(args) => Err("The conversion ended by itself."),
        () = stop => Err("The conversion was stopped. The file to write is as it was before."),
    };
    engine.stop().await;
    hide(args);
    done.map_err(anyhow::Error::msg)
}

fn config(args: &Convert, work: PathBuf) -> anyhow::Result<EngineConfig> {
    let own = std::env::current_exe()
        .context("The path of this program is not known. Start it by its full path")?;
    let mut config = EngineConfig::new(own, work);
    config.kit_args = vec!["kit".into()];
    // One process is all that is needed: nothing is gained by one to fork it from.
    config.zygote = false;
    config.warm = 1;
    config.fonts.clone_from(&args.fonts);
    if let Some(office) = &args.office {
        config.install.clone_from(office);
    }
    Ok(config)
}

/// Says on a terminal for how long it goes on; never completes.
async fn patience(args: &Convert) {
    if args.json || !std::io::stderr().is_terminal() {
        std::future::pending::<()>().await;
    }
    let begun = Instant::now();
    tokio::time::sleep(PATIENCE).await;
    loop {
        eprint!(
            "\rConverting {} … {} s ",
            args.input.display(),
            begun.elapsed().as_secs()
        );
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn hide(args: &Convert) {
    if !args.json && std::io::stderr().is_terminal() {
        // To the end of the line.
        eprint!("\r\x1b[K");
    }
}

fn tell(
    args: &Convert,
    asked: &Conversion,
    done: Result<Vec<Note>, ConversionError>,
    took: Duration,
) -> anyhow::Result<ExitCode> {
    let (answer, code) = match done {
        Ok(notes) => {
            for note in notes.iter().filter(|_| !args.json) {
                eprintln!("recto: {note}");
            }
            if !args.json && !asked.ignored.is_empty() {
                eprintln!(
                    "recto: --{} has no effect on a file of the type {}. Leave it out.",
                    asked.ignored.join(", --"),
                    asked.source.extension()
                );
            }
            let bytes = std::fs::metadata(&args.output).map_or(0, |about| about.len());
            let answer = json!({
                "output": args.output, "fileType": asked.output.extension(), "bytes": bytes,
                "milliseconds": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                "ignored": asked.ignored, "notes": notes,
            });
            (answer, ExitCode::SUCCESS)
        }
        Err(error) => {
            let hint = hint(&error);
            if !args.json {
                eprintln!("recto: {} {hint}", error.message);
            }
            let answer = json!({
                "error": error.number, "code": error.code, "message": error.message, "hint": hint,
            });
            (answer, ExitCode::FAILURE)
        }
    };
    if args.json {
        let text = serde_json::to_string_pretty(&answer)? + "\n";
        std::io::stdout()
            .write_all(text.as_bytes())
            .context("The answer can't be written")?;
    }
    Ok(code)
}

/// What to do, in the terms of the command line.
fn hint(error: &ConversionError) -> &str {
    match error.code {
        "content.empty" => "Check whether it was written to its end.",
        "content.mismatch" => {
            "Give its real type with --from, such as --from odt, or a name with the right extension."
        }
        "open.encrypted" => "Give the password with --password-file or --password.",
        "convert.timed_out" => {
            "Split the document into smaller ones, or give it longer with --seconds."
        }
        _ => &error.hint,
    }
}

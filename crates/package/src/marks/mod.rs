//! The marks that a file has of its own: for which version of an application it is, how it is calculated,
//! what is hidden in it. The engine writes its own in their place, or none.
//!
//! They are kept as the parts that hold them, which are short, and put into what the engine saved by rules
//! that say of each mark whether the file or the engine knows better. A mark that names another part is
//! never put back: the part may not be there.

mod presentation;
mod properties;
mod settings;
mod workbook;

use crate::PackageError;
use crate::archive::{Archive, Changes};
use crate::kind::{Family, LONGEST, related};
use crate::xml::{Child, Part, Space, Tag};

/// Parts with marks, by what they are to their package or its main part.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    main: Option<Vec<u8>>,
    settings: Option<Vec<u8>>,
    presentation: Option<Vec<u8>>,
    application: Option<Vec<u8>>,
    core: Option<Vec<u8>>,
}

/// Who knows better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The engine: what it wrote stays, and what it left out is not there any more.
    Engine,
    /// The file: what it has is put back, and what it lacks goes.
    File,
    /// The file, if the engine wrote none.
    Left,
}

/// Reads a part within bounds; one that is longer has no marks that are kept.
fn short(archive: &mut Archive, name: Option<&str>) -> Result<Option<Vec<u8>>, PackageError> {
    let Some(name) = name else { return Ok(None) };
    match archive.read(name, LONGEST) {
        Err(PackageError::TooLarge) => Ok(None),
        read => read,
    }
}

struct Names {
    main: Option<String>,
    settings: Option<String>,
    presentation: Option<String>,
    application: Option<String>,
    core: Option<String>,
}

impl Names {
    fn of(archive: &mut Archive) -> Result<Self, PackageError> {
        let main = related(archive, "", "officeDocument")?;
        let beside = main.as_deref().unwrap_or_default();
        let (settings, presentation) = if beside.is_empty() {
            (None, None)
        } else {
            (
                related(archive, beside, "settings")?,
                related(archive, beside, "presProps")?,
            )
        };
        Ok(Self {
            settings,
            presentation,
            application: related(archive, "", "extended-properties")?,
            core: related(archive, "", "core-properties")?,
            main,
        })
    }
}

impl Marks {
    /// The marks of a file.
    pub(crate) fn of(archive: &mut Archive, family: Family) -> Result<Self, PackageError> {
        let names = Names::of(archive)?;
        // A text's main part has none, and is long.
        let main = names.main.filter(|_| family != Family::Word);
        Ok(Self {
            main: short(archive, main.as_deref())?,
            settings: short(archive, names.settings.as_deref())?,
            presentation: short(archive, names.presentation.as_deref())?,
            application: short(archive, names.application.as_deref())?,
            core: short(archive, names.core.as_deref())?,
        })
    }

    /// Notes what is to change in what the engine saved. `None` for the marks of a file of another kind,
    /// which has none; one of this kind whose marks are not known has empty ones.
    pub(crate) fn put_back(
        marks: Option<&Self>,
        saved: &mut Archive,
        family: Family,
        changes: &mut Changes,
    ) -> Result<(), PackageError> {
        let names = Names::of(saved)?;
        let mut merge = |name: Option<&String>,
                         file: Option<&Vec<u8>>,
                         rule: fn(Option<&Part>, &Part) -> Option<String>|
         -> Result<(), PackageError> {
            let Some(name) = name else { return Ok(()) };
            let Some(bytes) = short(saved, Some(name))? else {
                return Ok(());
            };
            let file = file.and_then(|bytes| Part::read(bytes));
            let merged = Part::read(&bytes).and_then(|engine| rule(file.as_ref(), &engine));
            // What can't be read again is never worth a save.
            if let Some(text) = merged.filter(|text| Part::read(text.as_bytes()).is_some()) {
                changes.insert(name.clone(), Some(text.into_bytes()));
            }
            Ok(())
        };
        let of = |part: fn(&Self) -> Option<&Vec<u8>>| marks.and_then(part);
        match family {
            Family::Word => {
                let file = of(|it| it.settings.as_ref());
                // A text whose settings are not known is left as the engine wrote it.
                let rule = match marks {
                    Some(_) => settings::merged,
                    None => settings::foreign,
                };
                merge(names.settings.as_ref(), file, rule)?;
            }
            Family::Cell => {
                let file = of(|it| it.main.as_ref());
                merge(names.main.as_ref(), file, workbook::merged)?;
            }
            Family::Slide => {
                let file = of(|it| it.main.as_ref());
                merge(names.main.as_ref(), file, presentation::merged)?;
                let file = of(|it| it.presentation.as_ref());
                merge(names.presentation.as_ref(), file, presentation::properties)?;
            }
        }
        let file = of(|it| it.application.as_ref());
        merge(names.application.as_ref(), file, properties::application)?;
        let file = of(|it| it.core.as_ref());
        merge(names.core.as_ref(), file, properties::core)
    }
}

/// The children of a merged root in the order of `table`, which names those of the main vocabulary. What
/// the table does not name is the engine's, and then come the file's own extensions that the engine has not.
fn in_order(file: &Part, engine: &Part, root: &mut Tag, table: &[(&str, Whose)]) -> Vec<String> {
    let known =
        |child: &Child| is_named(child) && table.iter().any(|(name, _)| *name == child.name);
    let mut children = Vec::new();
    for (name, whose) in table {
        let of = |part: &Part| -> Vec<Child> {
            let all = part.children.iter();
            all.filter(|it| is_named(it) && it.name == *name)
                .cloned()
                .collect()
        };
        let (ours, theirs) = (of(file), of(engine));
        let from_file = match whose {
            Whose::Engine => false,
            Whose::File => true,
            Whose::Left => theirs.is_empty(),
        } && !ours.iter().any(|it| it.bound);
        if from_file && ours.iter().all(|it| file.declare(it, root)) {
            children.extend(ours.iter().map(|it| file.written(it).to_owned()));
        } else {
            children.extend(theirs.iter().map(|it| engine.written(it).to_owned()));
        }
    }
    let rest = engine.children.iter().filter(|it| !known(it));
    children.extend(rest.map(|it| engine.written(it).to_owned()));
    let extensions = file.children.iter();
    for extension in extensions.filter(|it| it.space == Space::Extension) {
        let same = |it: &Child| it.space == Space::Extension && it.name == extension.name;
        if !extension.bound && !engine.children.iter().any(same) && file.declare(extension, root) {
            children.push(file.written(extension).to_owned());
        }
    }
    children
}

fn is_named(child: &Child) -> bool {
    matches!(child.space, Space::Main | Space::Math)
}

/// Takes attributes of the file's tag into the engine's.
fn take(file: &Tag, engine: &mut Tag, names: &[&str]) {
    for name in names {
        if let Some(value) = file.get(name) {
            engine.set(name, value);
        }
    }
}

/// The same, for those that the engine did not write.
fn take_left(file: &Tag, engine: &mut Tag, names: &[&str]) {
    for name in names {
        if engine.get(name).is_none() {
            take(file, engine, &[*name]);
        }
    }
}

//! Templates, shows and files with macros: the engine saves a plain document, and what makes it what it is
//! is put back: the type of its main part, and the project of its macros, byte for byte. Macros never run.

use crate::PackageError;
use crate::archive::{Archive, Changes};
use crate::kind::{LONGEST, related, relationships};
use crate::xml::Part;

/// The longest part of a project of macros that is kept, in bytes. It is in memory while its document is
/// open; the largest projects that people write have a few million.
const PROJECT: u64 = 16 << 20;

/// The types of files by their extensions, with the type of their main part.
const MAIN: [(&str, &str); 14] = [
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ),
    (
        "docm",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    ),
    (
        "dotx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    ),
    (
        "dotm",
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    ),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    ),
    (
        "xlsm",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ),
    (
        "xltx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    ),
    (
        "xltm",
        "application/vnd.ms-excel.template.macroEnabled.main+xml",
    ),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
    (
        "pptm",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
    ),
    (
        "potx",
        "application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
    ),
    (
        "potm",
        "application/vnd.ms-powerpoint.template.macroEnabled.main+xml",
    ),
    (
        "ppsx",
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml",
    ),
    (
        "ppsm",
        "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
    ),
];

/// A kind of part that belongs to macros: the end of its relationship's type, all of that, and its own
/// type.
struct Kind {
    name: &'static str,
    relationship: &'static str,
    content: &'static str,
}

const VBA: Kind = Kind {
    name: "vbaProject",
    relationship: "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
    content: "application/vnd.ms-office.vbaProject",
};

/// What a project of macros refers to.
const BESIDE: [Kind; 4] = [
    Kind {
        name: "wordVbaData",
        relationship: "http://schemas.microsoft.com/office/2006/relationships/wordVbaData",
        content: "application/vnd.ms-word.vbaData+xml",
    },
    Kind {
        name: "vbaProjectSignature",
        relationship: "http://schemas.microsoft.com/office/2006/relationships/vbaProjectSignature",
        content: "application/vnd.ms-office.vbaProjectSignature",
    },
    Kind {
        name: "vbaProjectSignatureAgile",
        relationship: "http://schemas.microsoft.com/office/2014/relationships/vbaProjectSignatureAgile",
        content: "application/vnd.ms-office.vbaProjectSignatureAgile",
    },
    Kind {
        name: "vbaProjectSignatureV3",
        relationship: "http://schemas.microsoft.com/office/2020/07/relationships/vbaProjectSignatureV3",
        content: "application/vnd.ms-office.vbaProjectSignatureV3",
    },
];

/// The parts of a project of macros; the first is the project.
pub(crate) struct Macros(Vec<(&'static Kind, String, Vec<u8>)>);

impl std::fmt::Debug for Macros {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Macros({})", self.0.len())
    }
}

/// Whether files of this type may have macros.
pub(crate) fn has_macros(extension: &str) -> bool {
    extension.ends_with('m')
}

impl Macros {
    /// The macros of a file, if it has any; an error if they can't be kept.
    pub(crate) fn of(archive: &mut Archive) -> Result<Option<Self>, PackageError> {
        let main = related(archive, "", "officeDocument")?;
        let all = match &main {
            Some(main) => relationships(archive, main)?,
            None => Vec::new(),
        };
        let Some(project) = all.into_iter().find(|it| it.kind == VBA.name) else {
            // Some that nothing leads to, or whose way can't be read.
            let is_project = |name: &str| name.to_ascii_lowercase().ends_with("vbaproject.bin");
            return if archive.names().any(is_project) {
                Err(PackageError::Macros)
            } else {
                Ok(None)
            };
        };
        let Some(bytes) = archive.read(&project.part, PROJECT)? else {
            return Err(PackageError::Macros);
        };
        let beside = relationships(archive, &project.part)?;
        let mut parts = vec![(&VBA, project.part, bytes)];
        for kind in &BESIDE {
            if let Some(found) = beside.iter().find(|it| it.kind == kind.name)
                && let Some(bytes) = archive.read(&found.part, PROJECT)?
            {
                parts.push((kind, found.part.clone(), bytes));
            }
        }
        Ok(Some(Self(parts)))
    }

    /// The name of the project's part.
    pub(crate) fn project(&self) -> Option<&str> {
        self.0.first().map(|(_, name, _)| name.as_str())
    }

    /// Adds the parts, and what leads to them from the part `main`. Nothing if a name is taken.
    fn add(
        &self,
        archive: &mut Archive,
        main: &str,
        changes: &mut Changes,
    ) -> Result<Option<Vec<(String, &'static str)>>, PackageError> {
        if self.0.iter().any(|(_, name, _)| archive.has(name)) {
            return Ok(None);
        }
        let Some((project, beside)) = self.0.split_first() else {
            return Ok(None);
        };
        let rels = rels_of(main);
        let Some(bytes) = archive.read(&rels, LONGEST)? else {
            return Ok(None);
        };
        let Some(part) = Part::read(&bytes) else {
            return Ok(None);
        };
        let mut children: Vec<_> = part
            .children
            .iter()
            .map(|it| part.written(it).into())
            .collect();
        children.push(relationship("rIdVba", project.0, &project.1));
        let leading = part.with(&part.root, &children);
        changes.insert(rels, Some(leading.into_bytes()));
        if !beside.is_empty() {
            let children: Vec<_> = beside
                .iter()
                .enumerate()
                .map(|(index, (kind, name, _))| {
                    relationship(&format!("rId{}", index + 1), kind, name)
                })
                .collect();
            let children = children.concat();
            let text = format!(
                r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{children}</Relationships>"#
            );
            changes.insert(rels_of(&project.1), Some(text.into_bytes()));
        }
        for (_, name, bytes) in &self.0 {
            changes.insert(name.clone(), Some(bytes.clone()));
        }
        let types = self
            .0
            .iter()
            .map(|(kind, name, _)| (name.clone(), kind.content));
        Ok(Some(types.collect()))
    }
}

fn rels_of(part: &str) -> String {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}_rels/{file}.rels")
}

fn escaped(name: &str) -> std::borrow::Cow<'_, str> {
    quick_xml::escape::escape(name)
}

fn relationship(id: &str, kind: &Kind, part: &str) -> String {
    format!(
        r#"<Relationship Id="{id}" Type="{}" Target="/{}"/>"#,
        kind.relationship,
        escaped(part)
    )
}

/// Makes a saved file with the part `main` one of the type `extension`.
pub(crate) fn put_back(
    macros: Option<&Macros>,
    archive: &mut Archive,
    main: &str,
    extension: &str,
    changes: &mut Changes,
) -> Result<(), PackageError> {
    const TYPES: &str = "[Content_Types].xml";
    let Some((_, wanted)) = MAIN.iter().find(|(known, _)| *known == extension) else {
        return Ok(());
    };
    let Some(bytes) = archive.read(TYPES, LONGEST)? else {
        return Ok(());
    };
    let Some(part) = Part::read(&bytes) else {
        return Ok(());
    };
    let is_main = |tag: &crate::xml::Tag| {
        tag.get("PartName")
            .is_some_and(|it| it.strip_prefix('/') == Some(main))
    };
    let Some(before) = part.children.iter().find(|it| is_main(&it.tag)) else {
        return Ok(());
    };
    let macros = macros.filter(|_| has_macros(extension));
    if before.tag.get("ContentType") == Some(wanted) && macros.is_none() {
        return Ok(());
    }
    let added = match macros {
        Some(macros) => macros.add(archive, main, changes)?.unwrap_or_default(),
        None => Vec::new(),
    };
    let mut children: Vec<_> = part
        .children
        .iter()
        .map(|child| {
            let mut tag = child.tag.clone();
            if is_main(&tag) {
                tag.set("ContentType", wanted);
            }
            part.retagged(child, &tag)
        })
        .collect();
    children.extend(added.iter().map(|(name, content)| {
        format!(
            r#"<Override PartName="/{}" ContentType="{content}"/>"#,
            escaped(name)
        )
    }));
    let text = part.with(&part.root, &children);
    changes.insert(TYPES.into(), Some(text.into_bytes()));
    Ok(())
}

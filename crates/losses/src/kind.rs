//! The table of what can be lost. Code, rank, name and sentence of a kind are said here and nowhere else.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How much a loss matters. The first two are said before the first change; the last is only listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rank {
    /// Something that people read: text, pictures, figures.
    Content,
    /// Something that works: macros, signatures, slicers, threads of comments.
    Function,
    /// Something that only shows in later work with another program: names of styles, theme, masters.
    Later,
}

impl Rank {
    /// Every rank, the gravest first.
    pub const ALL: [Self; 3] = [Self::Content, Self::Function, Self::Later];

    /// The word that JSON has.
    pub fn code(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Function => "function",
            Self::Later => "later",
        }
    }

    /// Whether a loss of this rank is worth a line before the first change.
    pub fn is_worth_a_line(self) -> bool {
        self < Self::Later
    }
}

macro_rules! kinds {
    ($($variant:ident, $rank:ident, $code:literal, $name:literal, $sentence:literal;)*) => {
        /// A kind of loss. The order is that of the table: by rank, then by how much it matters.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LossKind {
            $(#[doc = $sentence] $variant,)*
        }

        impl LossKind {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name of the kind, in kebab-case.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// How much it matters.
            pub fn rank(self) -> Rank {
                match self { $(Self::$variant => Rank::$rank,)* }
            }

            /// What is lost, in a few English words, such as "Slicers".
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What a save does to it, in an English sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }
    };
}

kinds! {
    UnknownFunctions, Content, "unknown-function",
        "Functions that are not known here",
        "The formula can't be calculated here: when it is calculated again, an error replaces its value.";

    WhatIfTable, Content, "what-if-table",
        "What-if tables",
        "The table is removed, and the values in its cells are emptied.";

    OutsideChartData, Content, "outside-chart-data",
        "Charts on the data of another workbook",
        "The values are emptied, so the chart is blank.";

    PrecisionAsShown, Content, "precision-as-shown",
        "Calculation with figures as they are shown",
        "Excel calculates with all digits again, so totals may change.";

    CellPictures, Content, "cell-picture",
        "Pictures and data types in cells",
        "The cell gets the error #VALUE! in their place.";

    SheetHeaderPictures, Content, "header-picture",
        "Pictures in headers and footers of sheets",
        "The pictures are removed.";

    SlideEquations, Content, "slide-equation",
        "Equations on slides",
        "The equation and the text beside it are removed, or a picture stays in their place.";

    ModernComments, Content, "modern-comment",
        "Comments of newer versions of PowerPoint",
        "The comments are removed, with their replies.";

    NewerCharts, Content, "newer-chart",
        "Charts of newer kinds, such as waterfall and treemap",
        "The chart is removed, or a picture stays in its place.";

    ImportedText, Content, "imported-text",
        "Text that is fetched from another document or part",
        "The text is removed.";

    EquationFields, Content, "equation-field",
        "Equations made with an EQ field",
        "The equation is removed; only what the program last showed as text stays.";

    ArtBorders, Content, "page-border-art",
        "Borders of pages made of pictures",
        "The border is removed.";

    ChartDescription, Content, "chart-description",
        "Alternative texts of charts",
        "People who can't see the chart no longer hear what it shows.";

    Macros, Function, "macros",
        "Macros",
        "They never run here, and only a file of a type with macros keeps them.";

    Signatures, Function, "signatures",
        "Digital signatures",
        "The signatures are removed, since they stand for the file as it was.";

    ThreadedComments, Function, "threaded-comment",
        "Threads of comments in a workbook",
        "Each thread becomes one old note.";

    Slicers, Function, "slicers",
        "Slicers and timelines",
        "The slicers are removed. What they filtered stays as it is.";

    CalculatedColumns, Function, "calculated-column",
        "Calculated columns of tables",
        "The formulas stay in their cells, but a further row does not get them by itself.";

    DynamicArrays, Function, "dynamic-array",
        "Formulas that spill into the cells beside them",
        "They become array formulas of a fixed size.";

    QueryTables, Function, "query-table",
        "Tables that are refreshed from a source",
        "The values stay, but can't be refreshed.";

    DataModel, Function, "data-model",
        "The data model of a workbook",
        "The model is removed, and what is calculated from it can't be refreshed.";

    XmlMaps, Function, "xml-map",
        "Maps of a workbook to XML",
        "The maps are removed.";

    ChartSheets, Function, "chart-sheet",
        "Sheets that are a chart",
        "The chart is moved onto a sheet with cells.";

    OldSheets, Function, "dialog-sheet",
        "Sheets with dialogs or old macros",
        "They become ordinary sheets.";

    CustomViews, Function, "custom-view",
        "Custom views of a workbook",
        "The views are removed.";

    SharedWorkbook, Function, "shared-workbook",
        "The history of a shared workbook",
        "The history of changes is removed.";

    CellControls, Function, "cell-checkbox",
        "Check boxes in cells",
        "They become the words TRUE and FALSE.";

    Controls, Function, "control",
        "Controls with macros (ActiveX)",
        "The controls are removed, or become pictures.";

    Diagrams, Function, "diagram",
        "SmartArt in a workbook, or in a group on a slide",
        "The diagrams become ordinary shapes.";

    Sections, Function, "slide-sections",
        "Sections of slides",
        "The slides stay in their order, but are no longer grouped in sections.";

    Transitions, Function, "slide-transition",
        "Transitions of newer versions, such as Morph",
        "Simpler transitions take their place.";

    ChartData, Function, "chart-data",
        "The data behind charts on slides",
        "The chart stays, but its data can't be edited any more.";

    SlideActions, Function, "slide-action",
        "Actions of shapes that run something or wait for the mouse",
        "The actions are removed.";

    Zooms, Function, "slide-zoom",
        "Zooms and 3D models",
        "A picture stays in their place.";

    Ink, Function, "ink",
        "Ink",
        "A picture stays in its place, or nothing.";

    TrackedChanges, Function, "tracked-change",
        "Tracked changes of some kinds: of cells, tables and sections, and within other changes",
        "The changes are made for good, or belong to one person alone.";

    TrackingLock, Function, "tracking-lock",
        "Protection that lets people change the text only with changes tracked",
        "Everybody may change the text without that.";

    ConditionalFields, Function, "if-field",
        "Fields with a condition (IF)",
        "The condition is damaged: its = and the fields in it are gone, so that it can't be updated.";

    IndexEntries, Function, "index-entry",
        "Entries of an index",
        "Each entry gets an empty one below it, which shows when the index is made again.";

    MailMerge, Function, "mail-merge",
        "The set-up of a mail merge",
        "The source and the rules of the merge are removed. Its fields stay.";

    OtherFields, Function, "field",
        "Fields of rare kinds",
        "They become plain text or are damaged, and are not updated any more.";

    ContentControls, Function, "content-control",
        "Content controls around paragraphs and rows",
        "They become controls for plain text, lose their title, or are removed.";

    OnlineVideos, Function, "online-video",
        "Online videos",
        "A picture with a link stays in their place.";

    TableStyles, Later, "table-style",
        "Styles of tables in a workbook or on slides",
        "The table loses its style: in other programs its colours and bands are gone or no longer change with the theme.";

    CellLooks, Later, "cell-look",
        "Fills of cells with gradients or patterns, and text centred across cells",
        "Plain fills and centred text take their place.";

    StopIfTrue, Later, "stop-if-true",
        "Conditional formats that stop the ones after them",
        "The ones after them apply as well.";

    SparklineDates, Later, "sparkline-date-axis",
        "Dates below sparklines",
        "The points stand at equal distances on screen and in a PDF; the file keeps the dates.";

    Union, Later, "union-formula",
        "Formulas with a union of ranges",
        "The union is put between parentheses.";

    ScreenTips, Later, "screen-tip",
        "Tips of links",
        "The tips are removed. The links stay.";

    Readings, Later, "reading",
        "Readings of Chinese characters (furigana)",
        "The readings are removed.";

    ExcelSettings, Later, "workbook-setting",
        "Settings that only Excel uses: ignored errors, watched cells, sort order, consolidation",
        "The settings are removed.";

    TaskPanes, Later, "task-pane",
        "Add-ins that open with the document",
        "They no longer open with it.";

    MasterPlaceholders, Later, "master-placeholder",
        "Placeholders of the slide master",
        "The master is emptied, so layouts no longer follow it.";

    PlaceholderKinds, Later, "placeholder-kind",
        "Kinds of placeholders on slides",
        "They become ordinary ones, which another layout may arrange otherwise.";

    HandoutMaster, Later, "handout-master",
        "The master of handouts",
        "It is removed.";

    SlideTags, Later, "slide-tag",
        "Data that add-ins keep in a presentation",
        "The data are removed.";

    Guides, Later, "guide",
        "Guides",
        "They are removed.";

    PictureEffects, Later, "picture-effect",
        "Recoloured pictures",
        "The picture keeps its look, or its own colours, but the effect can't be changed.";

    FormulaFields, Later, "formula-field",
        "Fields with a formula",
        "The formula is written in another form, without the format of its number.";

    StyleNames, Later, "style-name",
        "Ids of styles",
        "Styles get other ids, which templates and programs may look for.";

    TextTags, Later, "text-tag",
        "Smart tags and tags of XML around text",
        "The tags are removed. The text stays.";

    FittedText, Later, "fitted-text",
        "Text fitted into a width, and tabs that follow the margins",
        "Ordinary text and tabs take their place.";

    AttachedTemplate, Later, "attached-template",
        "The link to the document's template",
        "The link is removed.";

    CommentPeople, Later, "comment-people",
        "Who the authors of comments are",
        "The names stay, but not the accounts.";

    TableDescription, Later, "table-description",
        "Titles and descriptions of tables",
        "They are removed.";
}

impl LossKind {
    /// The kind that has this code.
    pub fn by_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

impl fmt::Display for LossKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for LossKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for LossKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::by_code(&code)
            .ok_or_else(|| serde::de::Error::custom("this kind of loss is not known"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        for kind in LossKind::ALL {
            let code = kind.code();
            assert_eq!(
                LossKind::by_code(code),
                Some(*kind),
                "{code} is there twice"
            );
            assert!(
                code.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{code} is kebab-case"
            );
            assert!(
                !kind.name().ends_with('.'),
                "{code} has a name, not a sentence"
            );
            assert!(kind.sentence().ends_with('.'), "{code} has a sentence");
        }
        assert!(
            LossKind::ALL.is_sorted_by_key(|kind| kind.rank()),
            "the table is in the order of ranks"
        );
    }

    #[test]
    fn a_kind_is_its_code_in_json() {
        let text = serde_json::to_string(LossKind::ALL).unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<LossKind>>(&text).unwrap(),
            LossKind::ALL
        );
        assert!(text.contains("\"what-if-table\""));
        assert!(serde_json::from_str::<LossKind>("\"nothing\"").is_err());
        for rank in Rank::ALL {
            assert_eq!(
                serde_json::to_string(&rank).unwrap(),
                format!("{:?}", rank.code())
            );
        }
    }
}

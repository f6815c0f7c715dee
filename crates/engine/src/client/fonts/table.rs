//! What stands in for fonts that documents name and that a server may not have.

/// Fonts of documents, and what stands in for them, the best first. The first lines are at the same
/// widths, so that lines and pages break where they did; of the others only the style is alike. Symbol
/// and Wingdings are not here: LibreOffice has their signs in a font of its own.
pub(super) const SUBSTITUTES: &[(&[&str], &[&str])] = &[
    (&["Arial", "Helvetica"], &["Liberation Sans"]),
    (
        &["Arial Narrow"],
        &["Liberation Sans Narrow", "Liberation Sans"],
    ),
    (&["Times New Roman", "Times"], &["Liberation Serif"]),
    (&["Courier New", "Courier"], &["Liberation Mono"]),
    (&["Calibri"], &["Carlito"]),
    (&["Cambria"], &["Caladea"]),
    (&["Georgia"], &["Gelasio", "Noto Serif"]),
    // Latin, in the same style.
    (&["Calibri Light", "Candara", "Corbel"], &["Carlito"]),
    (&["Cambria Math", "Constantia"], &["Caladea"]),
    (
        &[
            "Aptos",
            "Aptos Display",
            "Arial Unicode MS",
            "Microsoft Sans Serif",
        ],
        &["Liberation Sans"],
    ),
    (
        &["Segoe UI", "Trebuchet MS", "Lucida Sans Unicode"],
        &["Noto Sans"],
    ),
    (&["Verdana", "Tahoma"], &["DejaVu Sans"]),
    (
        &[
            "Garamond",
            "Book Antiqua",
            "Palatino Linotype",
            "Century",
            "Bookman Old Style",
        ],
        &["Liberation Serif"],
    ),
    (
        &["Consolas", "Lucida Console", "Aptos Mono"],
        &["Liberation Mono"],
    ),
    // Japanese. Documents name these fonts in English or in their own language.
    (
        &[
            "MS Mincho",
            "MS PMincho",
            "Yu Mincho",
            "Hiragino Mincho ProN",
            "ＭＳ 明朝",
            "ＭＳ Ｐ明朝",
            "游明朝",
        ],
        &["Noto Serif CJK JP"],
    ),
    (
        &[
            "MS Gothic",
            "MS PGothic",
            "MS UI Gothic",
            "Meiryo",
            "Meiryo UI",
            "Yu Gothic",
            "Hiragino Sans",
            "ＭＳ ゴシック",
            "ＭＳ Ｐゴシック",
            "メイリオ",
            "游ゴシック",
        ],
        &["Noto Sans CJK JP"],
    ),
    // Chinese, with simplified and with traditional letters.
    (
        &[
            "SimSun",
            "NSimSun",
            "FangSong",
            "KaiTi",
            "STSong",
            "STKaiti",
            "STFangsong",
            "宋体",
            "新宋体",
            "仿宋",
            "楷体",
            "华文宋体",
            "华文楷体",
            "华文仿宋",
        ],
        &["Noto Serif CJK SC"],
    ),
    (
        &[
            "SimHei",
            "Microsoft YaHei",
            "Microsoft YaHei UI",
            "DengXian",
            "STHeiti",
            "PingFang SC",
            "黑体",
            "微软雅黑",
            "等线",
            "华文黑体",
        ],
        &["Noto Sans CJK SC"],
    ),
    (
        &[
            "PMingLiU",
            "MingLiU",
            "DFKai-SB",
            "新細明體",
            "細明體",
            "標楷體",
        ],
        &["Noto Serif CJK TC"],
    ),
    (
        &["Microsoft JhengHei", "PingFang TC", "微軟正黑體"],
        &["Noto Sans CJK TC"],
    ),
    // Korean.
    (
        &["Batang", "BatangChe", "Gungsuh", "바탕", "궁서"],
        &["Noto Serif CJK KR"],
    ),
    (
        &[
            "Malgun Gothic",
            "Gulim",
            "GulimChe",
            "Dotum",
            "DotumChe",
            "Apple SD Gothic Neo",
            "맑은 고딕",
            "굴림",
            "돋움",
        ],
        &["Noto Sans CJK KR"],
    ),
    // Arabic, Hebrew, Devanagari, Thai.
    (
        &[
            "Arabic Typesetting",
            "Traditional Arabic",
            "Simplified Arabic",
            "Sakkal Majalla",
            "Andalus",
        ],
        &["Noto Naskh Arabic"],
    ),
    (&["David", "FrankRuehl", "Narkisim"], &["Noto Serif Hebrew"]),
    (&["Gisha", "Miriam", "Levenim MT"], &["Noto Sans Hebrew"]),
    (
        &["Mangal", "Nirmala UI", "Utsaah"],
        &["Noto Sans Devanagari"],
    ),
    (&["Kokila", "Aparajita"], &["Noto Serif Devanagari"]),
    (
        &["Angsana New", "AngsanaUPC", "DilleniaUPC"],
        &["Noto Serif Thai"],
    ),
    (
        &[
            "Browallia New",
            "Cordia New",
            "CordiaUPC",
            "TH Sarabun New",
            "TH SarabunPSK",
            "Leelawadee",
        ],
        &["Noto Sans Thai"],
    ),
    // Signs.
    (
        &["Segoe UI Emoji", "Apple Color Emoji"],
        &["Noto Color Emoji"],
    ),
    (
        &["Segoe UI Symbol"],
        &["Noto Sans Symbols", "Noto Sans Symbols2"],
    ),
];

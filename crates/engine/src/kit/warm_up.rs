//! What a kit does before it takes a document: it loads and paints blank ones, so that the code
//! and fonts which a real one needs are there already.

use super::main_loop::{Kit, folder_url};
use crate::protocol::Paint;

/// A blank document's address within LibreOffice, and the format that it is written and read in.
const BLANKS: [(&str, &str); 3] = [
    ("private:factory/swriter", "docx"),
    ("private:factory/scalc", "xlsx"),
    ("private:factory/simpress", "pptx"),
];

const SIDE: u32 = 256;
/// `LOK_DOCTYPE_SPREADSHEET`.
const SPREADSHEET: i32 = 1;

pub(super) fn run(kit: &Kit) {
    for (blank, format) in BLANKS {
        let file = kit.tmp.join(format!("blank.{format}"));
        let url = folder_url(&file);
        if visit(kit, blank, Some((&url, format))) {
            visit(kit, &url, None);
        }
        let _ = std::fs::remove_file(file);
    }
    crate::sandbox::return_free_memory();
}

/// Loads, paints, perhaps writes, and closes.
fn visit(kit: &Kit, url: &str, write: Option<(&str, &str)>) -> bool {
    let Ok(document) = kit.office.load(url, "") else {
        return false;
    };
    // Made ready for painting, a spreadsheet has all that are loaded after it measured with a printer's
    // letters, but none written so: their columns would grow with each save.
    if document.kind() != SPREADSHEET {
        document.initialize("{}");
    }
    let paint = Paint {
        view: 0,
        slot: 0,
        part: 0,
        pixels: SIDE,
        twips: 3840,
        x: 0,
        y: 0,
    };
    let mut canvas = vec![0; SIDE as usize * SIDE as usize * 4];
    document.paint(&mut canvas, &paint);
    let written = write.is_some_and(|(url, format)| document.save_as(url, format, ""));
    document.destroy();
    written
}

//! Keys: everything that types or moves, and a list of chords. The engine binds hundreds of chords,
//! among them open, save, close and quit.

use crate::error::InputDenied;
use crate::input::modifier::{ALT, CTRL, SHIFT};
use recto_docs_api::DocumentKind;

/// Codes of `com.sun.star.awt.Key`.
mod key {
    pub const DIGITS: std::ops::RangeInclusive<u32> = 256..=265;
    pub const A: u32 = 512;
    pub const LETTERS: std::ops::RangeInclusive<u32> = 512..=537;
    pub const F2: u32 = 769;
    /// Down, up, left, right, home, end, page up, page down.
    pub const MOVEMENT: std::ops::RangeInclusive<u32> = 1024..=1031;
    pub const RETURN: u32 = 1280;
    pub const ESCAPE: u32 = 1281;
    pub const TAB: u32 = 1282;
    pub const BACKSPACE: u32 = 1283;
    pub const SPACE: u32 = 1284;
    pub const DELETE: u32 = 1286;
    /// Add, subtract, multiply, divide, point, comma, less, greater, equal.
    pub const ARITHMETIC: std::ops::RangeInclusive<u32> = 1287..=1295;
    /// Decimal, tilde, quotes, brackets, semicolon and what later versions add to them.
    pub const PUNCTUATION: std::ops::RangeInclusive<u32> = 1309..=1318;
}

/// Letters that may be pressed with Ctrl: select all, bold, italic, underline, undo, redo, and the
/// four alignments.
const CTRL_LETTERS: &[u8] = b"abiuzylerj";

pub(super) fn check(kind: DocumentKind, char: u32, code: u32) -> Result<(), InputDenied> {
    let base = code & 0x0fff;
    let modifiers = code & !0x0fff;
    let allowed = match modifiers {
        0 | SHIFT => types_or_moves(char, base) || (code == key::F2 && kind == DocumentKind::Cell),
        CTRL => is_ctrl_letter(base) || edits_or_moves(base),
        _ if modifiers == CTRL | SHIFT => edits_or_moves(base),
        // A line feed within a cell.
        ALT => base == key::RETURN && kind == DocumentKind::Cell,
        _ => false,
    };
    if allowed {
        Ok(())
    } else {
        Err(InputDenied::Key)
    }
}

/// Whether the key moves the caret or the selection and does nothing else in any document.
pub(super) fn only_moves(char: u32, code: u32) -> bool {
    let base = code & 0x0fff;
    let modifiers = code & !0x0fff;
    let select_all = base == key::A && modifiers == CTRL;
    let moves = key::MOVEMENT.contains(&base) && modifiers & !(SHIFT | CTRL) == 0;
    let escape = base == key::ESCAPE && modifiers == 0;
    select_all || (char == 0 && (moves || escape))
}

/// Whether the key types, deletes, or formats letters, in a text.
pub(super) fn types_text(char: u32, code: u32) -> bool {
    let base = code & 0x0fff;
    match code & !0x0fff {
        0 | SHIFT => types_or_moves(char, base),
        // Undo, redo, bold, italic, underline; the other letters format paragraphs.
        CTRL => {
            edits_or_moves(base)
                || (is_ctrl_letter(base)
                    && b"biuzy"
                        .iter()
                        .any(|letter| u32::from(letter - b'a') == base - key::A))
        }
        modifiers => modifiers == CTRL | SHIFT && edits_or_moves(base),
    }
}

fn types_or_moves(char: u32, base: u32) -> bool {
    // The engine takes one UTF-16 unit; what lies beyond comes as text.
    let typed = char::from_u32(char).is_some_and(|letter| char <= 0xffff && !letter.is_control());
    let enters = matches!(
        base,
        key::RETURN | key::ESCAPE | key::TAB | key::BACKSPACE | key::DELETE
    );
    if enters || key::MOVEMENT.contains(&base) {
        // Browsers give these a control character or nothing.
        return char < 0x20 || char == 0x7f;
    }
    let printable = base == 0
        || base == key::SPACE
        || key::DIGITS.contains(&base)
        || key::LETTERS.contains(&base)
        || key::ARITHMETIC.contains(&base)
        || key::PUNCTUATION.contains(&base);
    printable && typed
}

fn edits_or_moves(base: u32) -> bool {
    matches!(base, key::RETURN | key::BACKSPACE | key::DELETE) || key::MOVEMENT.contains(&base)
}

fn is_ctrl_letter(base: u32) -> bool {
    key::LETTERS.contains(&base)
        && CTRL_LETTERS
            .iter()
            .any(|letter| u32::from(letter - b'a') == base - key::A)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [DocumentKind; 3] = [DocumentKind::Word, DocumentKind::Cell, DocumentKind::Slide];

    fn letter(letter: u8) -> u32 {
        key::A + u32::from(letter - b'a')
    }

    #[test]
    fn typing_is_allowed() {
        for kind in KINDS {
            for (char, code) in [
                (97, 512),
                (65, 512 | SHIFT),
                (0x20ac, 0),
                (0x4f60, 0),
                (32, key::SPACE),
                (13, 1280),
            ] {
                assert_eq!(check(kind, char, code), Ok(()), "{char} {code}");
            }
        }
    }

    #[test]
    fn chords_that_open_save_close_or_quit_are_denied() {
        for kind in KINDS {
            for name in *b"oswqnpfhkmtdg" {
                assert_eq!(check(kind, 0, letter(name) | CTRL), Err(InputDenied::Key));
                assert_eq!(
                    check(kind, 0, letter(name) | CTRL | SHIFT),
                    Err(InputDenied::Key)
                );
                assert_eq!(check(kind, 0, letter(name) | ALT), Err(InputDenied::Key));
            }
            for number in 768..=793 {
                let allowed = number == key::F2 && kind == DocumentKind::Cell;
                assert_eq!(check(kind, 0, number).is_ok(), allowed, "F{}", number - 767);
                assert_eq!(check(kind, 0, number | SHIFT), Err(InputDenied::Key));
                assert_eq!(check(kind, 0, number | CTRL), Err(InputDenied::Key));
            }
            // The keys of old keyboards: open, cut, copy, paste, …, help.
            for number in 1296..=1308 {
                assert_eq!(check(kind, 0, number), Err(InputDenied::Key));
            }
        }
    }

    #[test]
    fn only_alt_enter_in_a_sheet() {
        assert_eq!(check(DocumentKind::Cell, 0, key::RETURN | ALT), Ok(()));
        assert_eq!(
            check(DocumentKind::Word, 0, key::RETURN | ALT),
            Err(InputDenied::Key)
        );
        assert_eq!(
            check(DocumentKind::Cell, 0, 1024 | ALT),
            Err(InputDenied::Key)
        );
    }

    #[test]
    fn bits_beyond_the_modifiers_are_denied() {
        assert_eq!(
            check(DocumentKind::Word, 97, 512 | 1 << 20),
            Err(InputDenied::Key)
        );
        assert_eq!(check(DocumentKind::Word, 0x1f600, 0), Err(InputDenied::Key));
        assert_eq!(check(DocumentKind::Word, 0xd800, 0), Err(InputDenied::Key));
        assert_eq!(check(DocumentKind::Word, 7, 0), Err(InputDenied::Key));
    }

    #[test]
    fn a_moving_key_that_types_is_no_moving_key() {
        assert!(only_moves(0, 0x0402 | SHIFT));
        assert!(!only_moves(97, 1026));
        assert!(!only_moves(0, key::TAB));
        assert!(!only_moves(0, 0x0402 | ALT));
    }
}

//! Addresses of cells, as a person may enter them.

/// LibreOffice's largest row: a sheet has 2^20 rows.
const ROWS: u32 = 1 << 20;

/// `B7`, `$B$7`, `B7:C9`, and either with `Sheet.`, `$Sheet.` or `'A sheet'.` before it.
pub(super) fn is_valid(address: &str) -> bool {
    if address.len() > 200 {
        return false;
    }
    let Some(cells) = split_sheet(address) else {
        return false;
    };
    match cells.split_once(':') {
        Some((from, to)) => is_cell(from) && is_cell(to),
        None => is_cell(cells),
    }
}

/// What follows the name of the sheet; everything when there is none. None when it is malformed.
fn split_sheet(address: &str) -> Option<&str> {
    let named = address.strip_prefix('$').unwrap_or(address);
    if let Some(quoted) = named.strip_prefix('\'') {
        // A quote in a name is written twice.
        let mut rest = quoted;
        loop {
            let at = rest.find('\'')?;
            let after = &rest[at + 1..];
            match after.strip_prefix('\'') {
                Some(more) => rest = more,
                None => return after.strip_prefix('.'),
            }
        }
    }
    match named.rsplit_once('.') {
        Some((name, cells)) => {
            let plain = |letter: char| letter.is_alphanumeric() || letter == '_';
            (!name.is_empty() && name.chars().all(plain)).then_some(cells)
        }
        None => Some(address),
    }
}

fn is_cell(cell: &str) -> bool {
    let cell = cell.strip_prefix('$').unwrap_or(cell);
    let letters = cell.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = cell.split_at(letters);
    let row = row.strip_prefix('$').unwrap_or(row);
    (1..=3).contains(&column.len())
        && row.bytes().all(|digit| digit.is_ascii_digit())
        && row
            .parse::<u32>()
            .is_ok_and(|row| (1..=ROWS).contains(&row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses() {
        for good in [
            "A1",
            "$B$7",
            "AMJ1048576",
            "b2:C$9",
            "Sheet1.A1",
            "$Sheet_2.$A$1:B2",
        ] {
            assert!(is_valid(good), "{good}");
        }
        for good in ["'My sheet'.A1", "$'It''s: ok.'.A1", "Übersicht.B2"] {
            assert!(is_valid(good), "{good}");
        }
        for bad in [
            "", "A", "1", "A0", "A1048577", "ABCD1", "A1;B2", "A1:", "'x'A1", "'x.A1", "a b.A1",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
        for bad in [
            "file:///etc/passwd",
            "'file:///x'#$S.A1",
            "A+1",
            ".A1",
            "A1\n",
            "=A1",
        ] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_cell_is_valid(column in "[A-Z]{1,3}", row in 1..=ROWS) {
            let address = format!("${column}${row}");
            prop_assert!(is_valid(&address));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = is_valid(&text);
        }
    }
}

//! Painted tiles.

use crate::error::EngineError;

/// Which tile to paint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileRequest {
    /// Sheet or slide; texts have only part 0.
    pub part: i32,
    /// Side of the tile in pixels: 16 to 1024.
    pub pixels: u32,
    /// Side of the tile in twips.
    pub twips: u32,
    /// Tiles to the left of it.
    pub column: u32,
    /// Tiles above it.
    pub row: u32,
}

impl TileRequest {
    /// The left upper corner in twips, when the request makes sense.
    pub(crate) fn corner(&self) -> Result<(i32, i32), EngineError> {
        if !(16..=1024).contains(&self.pixels) {
            return Err(EngineError::Impossible("a tile has 16 to 1024 pixels a side"));
        }
        // Between 4 and 400 % and their neighbours; beyond, the engine's arithmetic overflows.
        if !(64..=1 << 20).contains(&self.twips) || self.part < 0 {
            return Err(EngineError::Impossible("a tile has 64 to 1048576 twips a side"));
        }
        let place = |index: u32| {
            index
                .checked_mul(self.twips)
                .and_then(|at| at.checked_add(self.twips))
                .and_then(|end| i32::try_from(end - self.twips).ok())
                .ok_or(EngineError::Impossible("the tile lies outside of every document"))
        };
        Ok((place(self.column)?, place(self.row)?))
    }
}

/// A painted tile: RGBA, straight alpha, row after row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TilePixels {
    /// Width and height in pixels.
    pub side: u32,
    /// `side * side * 4` bytes.
    pub rgba: Vec<u8>,
}

impl TilePixels {
    /// Takes what LibreOffice paints: BGRA with premultiplied alpha.
    pub(crate) fn from_premultiplied_bgra(side: u32, mut pixels: Vec<u8>) -> Self {
        for pixel in pixels.chunks_exact_mut(4) {
            pixel.swap(0, 2);
            match pixel[3] {
                255 => {}
                0 => pixel.fill(0),
                alpha => {
                    let alpha = u32::from(alpha);
                    for channel in &mut pixel[..3] {
                        let straight = (u32::from(*channel) * 255 + alpha / 2) / alpha;
                        *channel = u8::try_from(straight).unwrap_or(255);
                    }
                }
            }
        }
        Self { side, rgba: pixels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn swaps_and_straightens() {
        let painted = vec![1, 2, 3, 255, 10, 20, 30, 0, 64, 0, 128, 128, 0, 0, 0, 77];
        let tile = TilePixels::from_premultiplied_bgra(2, painted);
        assert_eq!(tile.rgba, [3, 2, 1, 255, 0, 0, 0, 0, 255, 0, 128, 128, 0, 0, 0, 77]);
    }

    proptest! {
        #[test]
        fn a_corner_never_overflows(
            part in -2..9i32, pixels: u32, twips: u32, column: u32, row: u32,
        ) {
            let request = TileRequest { part, pixels, twips, column, row };
            if let Ok((x, y)) = request.corner() {
                prop_assert!(x >= 0 && y >= 0);
                prop_assert!(x.checked_add(i32::try_from(twips).unwrap()).is_some() || column > 0);
            }
        }
    }
}

//! Measures of tiles and of what a browser shows.

use recto_engine::Rect;
use serde::{Deserialize, Deserializer, de::Error};

/// No document reaches so far, in twips.
const FARTHEST: i64 = 1 << 29;
/// Sheets or slides that are told apart.
const PARTS: i32 = 100_000;
/// Columns and rows of tiles.
pub(crate) const PLACES: u32 = 1 << 20;
/// Tiles of one message, and tiles of what a browser shows.
pub const MOST_TILES: usize = 512;

/// Which sheet or slide, and how large its tiles are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scale {
    part: i32,
    tile_twips: u32,
    tile_pixels: u32,
}

impl Scale {
    /// Sheet or slide, side of a tile in twips and in device pixels; `None` if a measure is out of
    /// bounds.
    pub fn checked(part: i32, tile_twips: u32, tile_pixels: u32) -> Option<Self> {
        let sound = (0..=PARTS).contains(&part)
            && (256..=65_536).contains(&tile_twips)
            && tile_twips.is_multiple_of(8)
            && (64..=1024).contains(&tile_pixels);
        sound.then_some(Self {
            part,
            tile_twips,
            tile_pixels,
        })
    }

    /// Sheet or slide; 0 in text documents.
    pub fn part(self) -> i32 {
        self.part
    }

    /// Side of a tile in twips.
    pub fn tile_twips(self) -> u32 {
        self.tile_twips
    }

    /// Side of a tile in device pixels.
    pub fn tile_pixels(self) -> u32 {
        self.tile_pixels
    }
}

/// What part of the document a browser shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewport {
    scale: Scale,
    area: Rect,
}

impl Viewport {
    /// `None` if a measure is out of bounds.
    pub fn checked(scale: Scale, area: Rect) -> Option<Self> {
        let at = -FARTHEST..=FARTHEST;
        let long = 0..=FARTHEST;
        let sound = at.contains(&area.x)
            && at.contains(&area.y)
            && long.contains(&area.width)
            && long.contains(&area.height);
        sound.then_some(Self { scale, area })
    }

    /// Its tiles.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// In twips.
    pub fn area(&self) -> Rect {
        self.area
    }
}

impl<'de> Deserialize<'de> for Viewport {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            #[serde(default)]
            part: i32,
            tile_twips: u32,
            tile_pixels: u32,
            x: i64,
            y: i64,
            width: i64,
            height: i64,
        }

        let wire = Wire::deserialize(from)?;
        let area = Rect {
            x: wire.x,
            y: wire.y,
            width: wire.width,
            height: wire.height,
        };
        Scale::checked(wire.part, wire.tile_twips, wire.tile_pixels)
            .and_then(|scale| Self::checked(scale, area))
            .ok_or_else(|| D::Error::custom("a measure is out of bounds"))
    }
}

/// The tiles that a browser wants, the most urgent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    scale: Scale,
    places: Vec<(u32, u32)>,
}

impl Wanted {
    /// Sheet or slide, and how large the tiles are.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// At most [`MOST_TILES`] columns and rows, each below 2²⁰.
    pub fn places(&self) -> &[(u32, u32)] {
        &self.places
    }
}

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            #[serde(default)]
            part: i32,
            tile_twips: u32,
            tile_pixels: u32,
            #[serde(deserialize_with = "recto_docs_api::bounded::list::<MOST_TILES, Place, _>")]
            tiles: Vec<Place>,
        }

        let wire = Wire::deserialize(from)?;
        let scale = Scale::checked(wire.part, wire.tile_twips, wire.tile_pixels)
            .ok_or_else(|| D::Error::custom("a measure is out of bounds"))?;
        let places = wire.tiles.into_iter().map(|place| place.0).collect();
        Ok(Self { scale, places })
    }
}

/// Column and row.
struct Place((u32, u32));

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (column, row) = <(u32, u32)>::deserialize(from)?;
        if column < PLACES && row < PLACES {
            Ok(Self((column, row)))
        } else {
            Err(D::Error::custom("a place is out of bounds"))
        }
    }
}

//! Which tiles exist, who wants them, and what is being painted.

use std::collections::{HashMap, HashSet, VecDeque};

use bytes::Bytes;
use recto_engine::{Rect, TilePixels, TileRequest};

use crate::wire::{MOST_TILES as WANTED, PLACES, Scale, Viewport};

/// Bytes of PNG that one session keeps.
const CACHE_BYTES: usize = 24 << 20;
/// What a browser is remembered to have.
const SHOWN: usize = 8192;

/// Names one tile: sheet or slide, scale and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TileKey {
    scale: Scale,
    column: u32,
    row: u32,
}

impl TileKey {
    /// The tile at a place; `None` outside the places that there are.
    pub fn at(scale: Scale, column: u32, row: u32) -> Option<Self> {
        (column < PLACES && row < PLACES).then_some(Self { scale, column, row })
    }

    pub fn rect(self) -> Rect {
        let side = i64::from(self.scale.tile_twips());
        Rect {
            x: i64::from(self.column) * side,
            y: i64::from(self.row) * side,
            width: side,
            height: side,
        }
    }

    /// Whether the middle of a rectangle is in this tile.
    pub fn covers(self, rect: &Rect) -> bool {
        let middle = Rect {
            x: rect.x.saturating_add(rect.width / 2),
            y: rect.y.saturating_add(rect.height / 2),
            width: 1,
            height: 1,
        };
        common(&self.rect(), &middle).is_some()
    }

    /// Whether an invalidation makes this tile stale. `part` -1 means every part.
    pub fn touched_by(self, part: i32, rect: Option<&Rect>) -> bool {
        (part < 0 || part == self.scale.part())
            && rect.is_none_or(|rect| common(rect, &self.rect()).is_some())
    }
}

impl From<TileKey> for TileRequest {
    fn from(key: TileKey) -> Self {
        Self {
            part: key.scale.part(),
            pixels: key.scale.tile_pixels(),
            twips: key.scale.tile_twips(),
            column: key.column,
            row: key.row,
        }
    }
}

/// What two rectangles have in common.
fn common(a: &Rect, b: &Rect) -> Option<Rect> {
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    let right = a.x.saturating_add(a.width).min(b.x.saturating_add(b.width));
    let bottom =
        a.y.saturating_add(a.height)
            .min(b.y.saturating_add(b.height));
    // A kit may report any numbers.
    (right > x && bottom > y).then(|| Rect {
        x,
        y,
        width: right.saturating_sub(x),
        height: bottom.saturating_sub(y),
    })
}

/// The tiles of a viewport, row by row, and no more than a browser may want.
pub(crate) fn tiles_in(viewport: &Viewport, clip: Option<&Rect>) -> Vec<TileKey> {
    let scale = viewport.scale();
    let area = match clip {
        None => Some(viewport.area()),
        Some(clip) => common(&viewport.area(), clip),
    };
    let Some(area) = area else {
        return Vec::new();
    };
    let columns = places(area.x, area.width, scale);
    if columns.is_empty() {
        // Rows without columns would be walked one by one, to no end.
        return Vec::new();
    }
    places(area.y, area.height, scale)
        .flat_map(|row| columns.clone().map(move |column| (column, row)))
        .filter_map(|(column, row)| TileKey::at(scale, column, row))
        .take(WANTED)
        .collect()
}

/// The columns, or the rows, that a stretch touches. All of them are places of tiles.
fn places(start: i64, length: i64, scale: Scale) -> std::ops::Range<u32> {
    let side = i64::from(scale.tile_twips());
    let end = start.saturating_add(length).max(0);
    let place = |twips: i64| u32::try_from(twips).map_or(PLACES, |place| place.min(PLACES));
    place(start.max(0) / side)..place(end.saturating_add(side - 1) / side)
}

/// A painted tile.
#[derive(Debug, Clone)]
pub(crate) struct Tile {
    /// The frame as it goes to a browser.
    pub frame: Bytes,
    /// Of the pixels; equal hashes mean that nothing is to be sent.
    pub hash: u64,
}

/// What one browser wants and has.
#[derive(Debug, Default)]
pub(crate) struct TileQueue {
    pub viewport: Option<Viewport>,
    /// Became stale where the browser looks.
    stale: Wanted,
    /// What the browser asked for last.
    asked: Wanted,
    shown: HashMap<TileKey, u64>,
}

/// Tiles in order, each once.
#[derive(Debug, Default)]
struct Wanted {
    order: VecDeque<TileKey>,
    known: HashSet<TileKey>,
}

impl Wanted {
    fn push(&mut self, key: TileKey) {
        if self.order.len() < WANTED && self.known.insert(key) {
            self.order.push_back(key);
        }
    }

    fn push_front(&mut self, key: TileKey) {
        if self.known.insert(key) {
            self.order.push_front(key);
        }
    }

    fn pop(&mut self) -> Option<TileKey> {
        let key = self.order.pop_front()?;
        self.known.remove(&key);
        Some(key)
    }

    fn clear(&mut self) {
        self.order.clear();
        self.known.clear();
    }
}

impl TileQueue {
    /// Replaces what the browser asked for; it says that it does not have these.
    pub fn ask(&mut self, keys: impl IntoIterator<Item = TileKey>) {
        self.asked.clear();
        for key in keys {
            self.shown.remove(&key);
            self.asked.push(key);
        }
    }

    /// Wants a tile that became stale where the browser looks.
    pub fn refresh(&mut self, key: TileKey) {
        self.stale.push(key);
    }

    /// The next tile: what is seen to be wrong goes before what is missing.
    pub fn next(&mut self) -> Option<TileKey> {
        self.stale.pop().or_else(|| self.asked.pop())
    }

    pub fn is_empty(&self) -> bool {
        self.stale.order.is_empty() && self.asked.order.is_empty()
    }

    /// Puts back a tile for which there was no room.
    pub fn put_back(&mut self, key: TileKey) {
        self.stale.push_front(key);
    }

    pub fn has(&self, key: TileKey, hash: u64) -> bool {
        self.shown.get(&key) == Some(&hash)
    }

    pub fn sent(&mut self, key: TileKey, hash: u64) {
        if self.shown.len() >= SHOWN {
            self.shown.clear();
        }
        self.shown.insert(key, hash);
    }

    pub fn clear(&mut self) {
        self.stale.clear();
        self.asked.clear();
        self.shown.clear();
    }
}

/// The tiles that are up to date.
#[derive(Debug, Default)]
pub(crate) struct TileCache {
    tiles: HashMap<TileKey, Tile>,
    order: VecDeque<TileKey>,
    bytes: usize,
}

impl TileCache {
    pub fn get(&self, key: TileKey) -> Option<&Tile> {
        self.tiles.get(&key)
    }

    pub fn insert(&mut self, key: TileKey, tile: Tile) {
        self.bytes += tile.frame.len();
        if let Some(old) = self.tiles.insert(key, tile) {
            self.bytes -= old.frame.len();
        } else {
            self.order.push_back(key);
        }
        while self.bytes > CACHE_BYTES {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            if let Some(old) = self.tiles.remove(&oldest) {
                self.bytes -= old.frame.len();
            }
        }
    }

    pub fn invalidate(&mut self, part: i32, rect: Option<&Rect>) {
        let bytes = &mut self.bytes;
        self.tiles.retain(|key, tile| {
            let stale = key.touched_by(part, rect);
            if stale {
                *bytes -= tile.frame.len();
            }
            !stale
        });
        let tiles = &self.tiles;
        self.order.retain(|key| tiles.contains_key(key));
    }
}

/// Encodes a tile as the live protocol sends it.
pub(crate) fn encode(key: TileKey, version: u32, painted: &TilePixels) -> Tile {
    let rgba = &painted.rgba;
    let pixels = key.scale.tile_pixels();
    let hash = hash(rgba);
    let mut frame = Vec::with_capacity(16 << 10);
    frame.extend_from_slice(&[1, 0]);
    frame.extend_from_slice(&u16::try_from(pixels).unwrap_or(u16::MAX).to_le_bytes());
    frame.extend_from_slice(&key.scale.tile_twips().to_le_bytes());
    frame.extend_from_slice(&key.scale.part().to_le_bytes());
    frame.extend_from_slice(&key.column.to_le_bytes());
    frame.extend_from_slice(&key.row.to_le_bytes());
    frame.extend_from_slice(&version.to_le_bytes());
    let mut encoder = png::Encoder::new(&mut frame, pixels, pixels);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fastest);
    encoder.set_filter(png::Filter::Up);
    let written = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(rgba));
    if let Err(error) = written {
        // Only a wrong length could fail here; the browser keeps the tile it has.
        tracing::error!(%error, "a tile could not be encoded");
    }
    Tile {
        frame: frame.into(),
        hash,
    }
}

/// FNV over 64-bit words: cheap, and only compared within one session.
fn hash(bytes: &[u8]) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    words.iter().fold(0xcbf2_9ce4_8422_2325, |hash, word| {
        (hash ^ u64::from_le_bytes(*word))
            .wrapping_mul(0x0000_0100_0000_01b3)
            .rotate_left(23)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scale() -> Scale {
        Scale::checked(0, 3840, 256).unwrap()
    }

    fn key(column: u32, row: u32) -> TileKey {
        TileKey::at(scale(), column, row).unwrap()
    }

    fn viewport() -> Viewport {
        let area = Rect {
            x: 100,
            y: 3800,
            width: 3840,
            height: 100,
        };
        Viewport::checked(scale(), area).unwrap()
    }

    #[test]
    fn a_viewport_names_the_tiles_that_it_touches() {
        assert_eq!(
            tiles_in(&viewport(), None),
            [key(0, 0), key(1, 0), key(0, 1), key(1, 1)]
        );
    }

    #[test]
    fn an_invalidation_outside_the_viewport_names_none() {
        let elsewhere = Rect {
            x: 0,
            y: 20_000,
            width: 100,
            height: 100,
        };
        assert!(tiles_in(&viewport(), Some(&elsewhere)).is_empty());
    }

    #[test]
    fn l1_a_viewport_without_columns_names_no_rows() {
        let area = Rect {
            x: 0,
            y: 0,
            width: 0,
            height: 1 << 29,
        };
        let scale = Scale::checked(0, 256, 64).unwrap();
        let viewport = Viewport::checked(scale, area).unwrap();
        assert!(places(area.x, area.width, scale).is_empty());
        assert!(tiles_in(&viewport, None).is_empty());
    }

    #[test]
    fn places_end_where_no_tile_is_any_more() {
        assert!(TileKey::at(scale(), PLACES, 0).is_none());
        assert!(TileKey::at(scale(), 0, u32::MAX).is_none());
        assert_eq!(places(i64::MIN, i64::MAX, scale()), 0..0);
        assert_eq!(places(0, i64::MAX, scale()), 0..PLACES);
        assert_eq!(places(i64::MAX, i64::MAX, scale()), PLACES..PLACES);
        assert_eq!(places(3840, 1, scale()), 1..2);
    }

    proptest! {
        #[test]
        fn l1_any_viewport_and_any_invalidation_name_few_tiles(
            measures in (any::<i32>(), any::<u32>(), any::<u32>()),
            sound in (0..10_i32, (32..8192_u32).prop_map(|twips| twips * 8), 64..1025_u32),
            at in (any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>()),
            near in (-600_000_000..600_000_000_i64, -1_000_000..1_000_000_i64, 0..600_000_000_i64, 0..600_000_000_i64),
            clip in proptest::option::of((any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>())),
        ) {
            let rect = |(x, y, width, height)| Rect { x, y, width, height };
            let clip = clip.map(rect);
            for (part, twips, pixels) in [measures, sound] {
                for area in [at, near] {
                    let viewport = Scale::checked(part, twips, pixels)
                        .and_then(|scale| Viewport::checked(scale, rect(area)));
                    if let Some(viewport) = viewport {
                        prop_assert!(tiles_in(&viewport, None).len() <= WANTED);
                        prop_assert!(tiles_in(&viewport, clip.as_ref()).len() <= WANTED);
                    }
                }
            }
        }
    }

    #[test]
    fn an_invalidation_drops_only_what_it_touches() {
        let mut cache = TileCache::default();
        let tile = Tile {
            frame: Bytes::from_static(b"png"),
            hash: 1,
        };
        cache.insert(key(0, 0), tile.clone());
        cache.insert(key(5, 5), tile);
        cache.invalidate(
            0,
            Some(&Rect {
                x: 10,
                y: 10,
                width: 10,
                height: 10,
            }),
        );
        assert!(cache.get(key(0, 0)).is_none());
        assert!(cache.get(key(5, 5)).is_some());
        cache.invalidate(-1, None);
        assert!(cache.get(key(5, 5)).is_none());
        assert_eq!(cache.bytes, 0);
    }

    #[test]
    fn the_cache_stays_within_its_bytes() {
        let mut cache = TileCache::default();
        for n in 0..100 {
            cache.insert(
                key(n, 0),
                Tile {
                    frame: vec![0; 1 << 20].into(),
                    hash: 0,
                },
            );
        }
        assert!(cache.bytes <= CACHE_BYTES);
        assert!(cache.get(key(99, 0)).is_some());
    }

    #[test]
    fn asking_replaces_only_what_was_asked_and_the_stale_go_first() {
        let mut queue = TileQueue::default();
        queue.refresh(key(3, 0));
        queue.ask([key(0, 0), key(1, 0)]);
        queue.ask([key(2, 0), key(2, 0)]);
        assert_eq!(queue.next(), Some(key(3, 0)));
        assert_eq!(queue.next(), Some(key(2, 0)));
        assert!(queue.is_empty());
    }

    #[test]
    fn what_is_asked_for_is_sent_even_if_it_was_sent_before() {
        let mut queue = TileQueue::default();
        queue.sent(key(0, 0), 7);
        assert!(queue.has(key(0, 0), 7));
        queue.ask([key(0, 0)]);
        assert!(!queue.has(key(0, 0), 7));
    }
}

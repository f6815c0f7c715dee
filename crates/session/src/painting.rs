//! Which tiles are sent and painted next.

use recto_engine::Document;

use crate::actor::{Painting, Session};
use crate::messages::Op;
use crate::participant::{Outgoing, Outlet};
use crate::tiles::{Tile, TileKey, encode};

/// Paintings under way at a time: enough to keep the engine busy, few enough that a key press does
/// not wait behind them.
const PAINTINGS: usize = 3;

impl Session {
    /// Sends tiles that exist and has the engine paint those that don't, as far as there is room.
    pub fn pump_tiles(&mut self) {
        let Some(document) = self.document() else {
            return;
        };
        let mut progress = true;
        while progress {
            progress = false;
            for index in 0..self.participants.len() {
                progress |= self.pump_one_tile(index, &document);
            }
        }
    }

    fn pump_one_tile(&mut self, index: usize, document: &Document) -> bool {
        let participant = &mut self.participants[index];
        let (Some(outlet), Some(view)) = (&participant.outlet, participant.view) else {
            return false;
        };
        if participant.tiles.is_empty() {
            return false;
        }
        let Some(permit) = outlet.tile_permit() else {
            if !participant.waits_for_room {
                participant.waits_for_room = true;
                let (outlet, id): (Outlet, String) = (outlet.clone(), participant.id.clone());
                self.start(async move {
                    outlet.tile_room().await;
                    Op::TileRoom { participant: id }
                });
            }
            return false;
        };
        let Some(key) = participant.tiles.next() else {
            return false;
        };
        if let Some(tile) = self.cache.get(key) {
            if !participant.tiles.has(key, tile.hash) {
                permit.send(Outgoing::Tile(tile.frame.clone()));
                participant.tiles.sent(key, tile.hash);
            }
            return true;
        }
        let room = self.paintings.len() < PAINTINGS;
        match self.paintings.get_mut(&key) {
            Some(painting) if !painting.stale => {
                painting.waiting.push(participant.id.clone());
                return true;
            }
            None if room => {}
            _ => {
                participant.tiles.put_back(key);
                return false;
            }
        }
        let waiting = vec![participant.id.clone()];
        self.paintings.insert(
            key,
            Painting {
                waiting,
                stale: false,
            },
        );
        let (version, number) = (self.version, self.document_number);
        let painted = document.paint(view, key.into());
        self.start(async move {
            let tile = match painted.await {
                Ok(painted) => tokio::task::spawn_blocking(move || {
                    let pixels = painted.pixels().ok()?;
                    Some(encode(key, version, &pixels))
                })
                .await
                .ok()
                .flatten(),
                Err(error) => {
                    tracing::debug!(%error, "a tile was not painted");
                    None
                }
            };
            Op::Painted {
                key,
                document: number,
                tile,
            }
        });
        true
    }

    pub fn on_painted(&mut self, key: TileKey, number: u64, tile: Option<Tile>) {
        if number != self.document_number {
            return;
        }
        let Some(painting) = self.paintings.remove(&key) else {
            return;
        };
        let Some(tile) = tile else { return };
        for id in painting.waiting {
            let Some(participant) = self.participants.iter_mut().find(|p| p.id == id) else {
                continue;
            };
            if participant.tiles.has(key, tile.hash) {
                continue;
            }
            match participant.outlet.as_ref().and_then(Outlet::tile_permit) {
                Some(permit) => {
                    permit.send(Outgoing::Tile(tile.frame.clone()));
                    participant.tiles.sent(key, tile.hash);
                }
                None => participant.tiles.put_back(key),
            }
        }
        if !painting.stale {
            self.cache.insert(key, tile);
        }
    }
}

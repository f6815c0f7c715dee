//! The kit's end of the tile memory.
#![allow(
    unsafe_code,
    reason = "memory shared with another process is only reachable by pointer"
)]

use std::os::fd::OwnedFd;
use std::ptr::NonNull;

use rustix::mm::{MapFlags, ProtFlags};

use crate::protocol::{SLOT_BYTES, SLOTS};

/// All slots, mapped for as long as the process lives.
pub(super) struct Canvas {
    start: NonNull<u8>,
}

impl Canvas {
    pub(super) fn map(memory: &OwnedFd) -> std::io::Result<Self> {
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice.
        let start = unsafe {
            let length = SLOT_BYTES * SLOTS;
            rustix::mm::mmap(
                std::ptr::null_mut(),
                length,
                access,
                MapFlags::SHARED,
                memory,
                0,
            )?
        };
        let start = NonNull::new(start.cast()).ok_or(std::io::ErrorKind::InvalidData)?;
        Ok(Self { start })
    }

    /// Runs `paint` on the first `length` bytes of a slot, which begin transparent.
    pub(super) fn with_slot(&self, slot: usize, length: usize, paint: impl FnOnce(&mut [u8])) {
        assert!(
            slot < SLOTS && length <= SLOT_BYTES,
            "slots come from the server"
        );
        // SAFETY: the range is in the mapping; the kit paints one tile at a time, and the server
        // reads a slot only after the kit has answered.
        let slot = unsafe {
            std::slice::from_raw_parts_mut(self.start.as_ptr().add(slot * SLOT_BYTES), length)
        };
        slot.fill(0);
        paint(slot);
    }
}

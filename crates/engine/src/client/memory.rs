//! The memory in which a kit paints and from which the server copies.
#![allow(
    unsafe_code,
    reason = "memory shared with another process is only reachable by pointer"
)]

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::mm::{MapFlags, ProtFlags};

use crate::protocol::{SLOT_BYTES, SLOTS};

/// The slots of one kit, mapped for reading.
pub(crate) struct TileMemory {
    file: OwnedFd,
    start: NonNull<u8>,
}

// SAFETY: the mapping belongs to this value alone, is never written through it, and lives until
// it is dropped.
unsafe impl Send for TileMemory {}
// SAFETY: as above; reading from several threads is no conflict.
unsafe impl Sync for TileMemory {}

impl TileMemory {
    /// Sealed against resizing: a kit that could shrink it could kill the server with SIGBUS.
    pub(crate) fn new() -> std::io::Result<Self> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = rustix::fs::memfd_create("recto-tiles", flags)?;
        rustix::fs::ftruncate(&file, (SLOT_BYTES * SLOTS) as u64)?;
        let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        rustix::fs::fcntl_add_seals(&file, seals)?;
        // SAFETY: a new mapping at an address of the kernel's choice.
        let start = unsafe {
            rustix::mm::mmap(
                std::ptr::null_mut(),
                SLOT_BYTES * SLOTS,
                ProtFlags::READ,
                MapFlags::SHARED,
                &file,
                0,
            )?
        };
        let start = NonNull::new(start.cast()).ok_or(std::io::ErrorKind::InvalidData)?;
        Ok(Self { file, start })
    }

    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// The first `length` bytes of a slot. A kit that paints on meanwhile only harms its own tile.
    pub(crate) fn copy(&self, slot: usize, length: usize) -> Vec<u8> {
        assert!(
            slot < SLOTS && length <= SLOT_BYTES,
            "the slot is checked by the caller"
        );
        let mut pixels = Vec::with_capacity(length);
        // SAFETY: the range is in the mapping (asserted), the target was just allocated and does
        // not overlap it, and every byte up to `length` is initialised by the copy.
        unsafe {
            let from = self.start.as_ptr().add(slot * SLOT_BYTES);
            std::ptr::copy_nonoverlapping(from, pixels.as_mut_ptr(), length);
            pixels.set_len(length);
        }
        pixels
    }
}

impl Drop for TileMemory {
    fn drop(&mut self) {
        // SAFETY: the whole mapping that `new` made; no reference into it is ever handed out.
        let _ = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), SLOT_BYTES * SLOTS) };
    }
}

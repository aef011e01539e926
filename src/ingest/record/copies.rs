//! How much the drafts of one record may copy of its texts.
//!
//! A prompt of a megabyte beside ten thousand short generations is a small record that would become
//! ten gigabytes. Comes in: the size of each draft. Goes out: whether it may be kept. A
//! [`Node`](super::Node) hands its [`Copies`] to its drafts, and [`Draft::charge`](super::Draft::charge)
//! takes from them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the drafts of a record may copy where nothing else is said: four times the longest record.
const MOST: usize = 256 << 20;

/// How many bytes may still be copied. Clones share the number.
#[derive(Debug, Clone)]
pub(in crate::ingest) struct Copies(Arc<AtomicUsize>);

impl Copies {
    /// So many bytes.
    pub fn of(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    /// Takes so many bytes. False, for this and all later ones, where fewer are left.
    pub fn take(&self, bytes: usize) -> bool {
        let left = self.left().checked_sub(bytes);
        self.0.store(left.unwrap_or(0), Ordering::Relaxed);
        left.is_some()
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Default for Copies {
    fn default() -> Self {
        Self::of(MOST)
    }
}

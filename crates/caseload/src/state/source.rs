//! Bytes that come from somewhere, a block at a time, and are summed up as they are used.

use std::io::Read as _;

use crate::CheckpointBytes;

/// See the module.
pub(super) struct Source<'a> {
    from: &'a mut CheckpointBytes,
    /// How many may still come, the sum at the end not among them.
    left: u64,
    block: Vec<u8>,
    /// Where in the block the next ones are.
    at: usize,
    sum: crc32fast::Hasher,
}

const SUM: usize = 4;

impl<'a> Source<'a> {
    /// The most bytes that can be asked for at a time.
    pub(super) const BLOCK: usize = 256 * 1024;

    pub(super) fn new(from: &'a mut CheckpointBytes) -> Option<Source<'a>> {
        let left = from.length().checked_sub(SUM as u64)?;
        let sum = crc32fast::Hasher::new();
        Some(Source { from, left, block: Vec::with_capacity(Source::BLOCK), at: 0, sum })
    }

    /// How many may still come.
    pub(super) fn left(&self) -> usize {
        usize::try_from(self.left).unwrap_or(usize::MAX)
    }

    /// The next so many.
    pub(super) fn bytes(&mut self, length: usize) -> Option<&[u8]> {
        self.left = self.left.checked_sub(length as u64)?;
        self.load(length)?;
        let bytes = self.block.get(self.at..self.at + length)?;
        self.sum.update(bytes);
        self.at += length;
        Some(bytes)
    }

    /// Makes sure that so many lie in the block.
    fn load(&mut self, length: usize) -> Option<()> {
        if self.block.len() - self.at >= length {
            return Some(());
        }
        self.block.drain(..self.at);
        self.at = 0;
        let room = Source::BLOCK.max(length) - self.block.len();
        self.from.take(room as u64).read_to_end(&mut self.block).ok()?;
        (self.block.len() >= length).then_some(())
    }

    /// Whether that was all but the sum over it, and the sum is right.
    pub(super) fn ends_with_its_sum(mut self) -> Option<()> {
        if self.left != 0 {
            return None;
        }
        self.load(SUM)?;
        let (sum, rest) = self.block.get(self.at..)?.split_first_chunk::<SUM>()?;
        (rest.is_empty() && self.sum.finalize() == u32::from_le_bytes(*sum)).then_some(())
    }
}

//! Where the values of each channel stand in the dense part of a row.

use super::channel::Channel;
use std::ops::Range;

/// A stretch of the dense part.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub channel: Channel,
    pub places: Range<usize>,
    /// What one standard deviation is worth.
    pub unit: f32,
}

/// The number of dense values in these blocks.
pub(super) fn end_of(blocks: &[Block]) -> usize {
    blocks.last().map_or(0, |block| block.places.end)
}

/// Adds a block of `width` values that have the root mean square length `weight` together.
pub(super) fn add_block(blocks: &mut Vec<Block>, channel: Channel, width: usize, weight: f32) {
    if width > 0 {
        let places = end_of(blocks)..end_of(blocks) + width;
        blocks.push(Block { channel, places, unit: weight / (width as f32).sqrt() });
    }
}

/// The dense values of the `chosen` channels, of those that count n-grams the most widespread ones, each
/// with its factor. See [`Vectorizer::style_places`](super::Vectorizer::style_places).
pub(super) fn chosen_places(blocks: &[Block], chosen: &[(Channel, usize)]) -> Vec<(usize, f32)> {
    let of = |block: &Block| chosen.iter().find(|one| one.0 == block.channel);
    let places = |block: &Block| {
        let most = of(block).map_or(0, |one| one.1);
        let width = if most > 0 { most.min(block.places.len()) } else { block.places.len() };
        let factor = (width.max(1) as f32).sqrt().recip();
        (block.places.start..block.places.start + width).map(move |place| (place, factor))
    };
    blocks.iter().filter(|block| of(block).is_some()).flat_map(places).collect()
}

/// See [`Vectorizer::style_blocks`](super::Vectorizer::style_blocks).
pub(super) fn style_blocks(
    blocks: &[Block],
    places: &[(usize, f32)],
) -> Vec<(Channel, Range<usize>)> {
    let block_of = |place: usize| blocks.iter().find(|b| b.places.contains(&place));
    let mut found: Vec<(Channel, Range<usize>)> = Vec::new();
    for (at, &(place, _)) in places.iter().enumerate() {
        let Some(block) = block_of(place) else { continue };
        match found.last_mut() {
            Some((channel, range)) if *channel == block.channel => range.end = at + 1,
            _ => found.push((block.channel, at..at + 1)),
        }
    }
    found
}

//! In which channels the style moved.

use super::{pairs::PromptPair, result::DriftChannel, size_test::u_product};
use crate::atlas::Atlas;

/// The part of the shift's squared length in each channel.
pub(in crate::lineage) fn channels(atlas: &Atlas, pairs: &[PromptPair]) -> Vec<DriftChannel> {
    let places = atlas.model.vectorizer.style_places();
    let mut parts: Vec<(String, f64)> = Vec::new();
    for (channel, range) in atlas.model.vectorizer.style_blocks(&places) {
        let part =
            u_product(pairs, |pair| &pair.shift[range.clone()], |pair| &pair.shift[range.clone()]);
        parts.push((channel.name().into(), part.max(0.0)));
    }
    let all: f64 = parts.iter().map(|part| part.1).sum();
    parts
        .into_iter()
        .map(|(channel, part)| DriftChannel {
            channel,
            share: if all > 0.0 { part / all } else { 0.0 },
        })
        .collect()
}

//! Profiles of the references and the input → a map on which neighbours stay together (t-SNE).
//!
//! Called by `analysis` for reports. The linear map keeps large distances and loses small ones; this
//! one keeps neighbours and loses the rest, and a page has to say so.

use super::{Comparison, scored_corpus::ScoredCorpus};
use crate::atlas::Atlas;

/// The most references on the map: those with the largest shares.
#[cfg(feature = "tsne")]
const MOST: usize = 200;

/// Adds nothing: this build draws no map, because the feature `tsne` is off.
#[cfg(not(feature = "tsne"))]
pub(crate) fn add_neighbourhood(_: &mut Comparison, _: &Atlas, _: &ScoredCorpus, _: u64) {}

/// Adds the map to a comparison, or nothing where there are too few corpora or where the algorithm
/// finds no finite places.
#[cfg(feature = "tsne")]
pub(crate) fn add_neighbourhood(
    comparison: &mut Comparison,
    atlas: &Atlas,
    tally: &ScoredCorpus,
    seed: u64,
) {
    use super::{Neighbour, Neighbourhood};
    use crate::stats::tsne::{perplexity, places};

    if comparison.ranking.is_empty() {
        return;
    }
    let profiles = &atlas.model.profiles;
    let own = profiles.standardize(&tally.mean_profile());
    let mut labels = vec!["input".to_owned()];
    let mut rows: Vec<&[f32]> = vec![&own];
    for one in comparison.ranking.iter().take(MOST) {
        if let Some(at) = atlas.names().position(|name| name == one.reference) {
            labels.push(one.reference.clone());
            rows.push(profiles.reference(at));
        }
    }
    comparison.neighbourhood = places(&rows, seed).map(|places| Neighbourhood {
        perplexity: perplexity(rows.len()),
        places: labels
            .into_iter()
            .zip(places)
            .map(|(label, [x, y])| Neighbour { label, x, y })
            .collect(),
    });
}

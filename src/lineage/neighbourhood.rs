//! Profiles of all references and of the input → a map on which neighbours stand together (t-SNE; van der Maaten & Hinton 2008).
//!
//! Called by `cli` for reports. The linear map keeps large distances and loses small ones; this keeps neighbours and loses
//! the rest: how far groups are apart and how large they are means nothing here, and a page has to say so. It is the exact
//! algorithm (no Barnes-Hut tree), which runs on one thread and draws from the seed alone, so that the same input gives the
//! same bytes.

use super::{Comparison, Neighbour, Neighbourhood, scored_corpus::ScoredCorpus};
use crate::{atlas::Atlas, stats::random::stream};
use linfa::traits::Transformer;
use linfa_tsne::TSneParams;
use ndarray::Array2;
use ndarray_rand::rand;
use rand_pcg::{Pcg64Mcg, rand_core::RngCore};

/// With fewer corpora than this the linear map says it all.
pub const FEWEST: usize = 13;
/// References on the map at most: those with the largest shares.
const MOST: usize = 200;
/// Neighbours that a corpus is held to, about; fewer where there are few corpora.
const PERPLEXITY: f64 = 12.0;
const ITERATIONS: usize = 1_000;

/// A random stream behind the traits that `linfa-tsne` asks for: those of an older version of `rand`. The
/// standard generator of `rand` may change from version to version, and the map with it.
#[derive(Debug, Clone)]
struct MapRandom(Pcg64Mcg);

impl rand::RngCore for MapRandom {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, target: &mut [u8]) {
        self.0.fill_bytes(target);
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), rand::Error> {
        self.0.fill_bytes(target);
        Ok(())
    }
}

/// Adds the map to a comparison; nothing where there are too few corpora or the algorithm finds no finite places.
pub fn add_neighbourhood(
    comparison: &mut Comparison,
    atlas: &Atlas,
    tally: &ScoredCorpus,
    seed: u64,
) {
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

fn perplexity(count: usize) -> f64 {
    // The algorithm needs three times as many other points.
    PERPLEXITY.min((count.saturating_sub(1) as f64 / 3.0).floor())
}

/// Places in a plane, centred, the longer side of the map from −1 to 1.
fn places(rows: &[&[f32]], seed: u64) -> Option<Vec<[f64; 2]>> {
    let width = rows.first().map_or(0, |row| row.len());
    if rows.len() < FEWEST || width < 2 || rows.iter().any(|row| row.len() != width) {
        return None;
    }
    let values = rows.iter().flat_map(|row| row.iter().map(|&value| f64::from(value))).collect();
    let data = Array2::from_shape_vec((rows.len(), width), values).ok()?;
    // Squared distances of profiles of length 1 are 2 − 2 · similarity: near means alike.
    let found = TSneParams::embedding_size_with_rng(2, MapRandom(stream(seed, 0)))
        .perplexity(perplexity(rows.len()))
        .approx_threshold(0.0)
        .max_iter(ITERATIONS)
        .transform(data)
        .ok()?;
    let centre = found.mean_axis(ndarray::Axis(0))?;
    let mut places: Vec<[f64; 2]> =
        found.rows().into_iter().map(|row| [row[0] - centre[0], row[1] - centre[1]]).collect();
    let longest = places.iter().flatten().fold(0.0_f64, |most, value| most.max(value.abs()));
    if !longest.is_finite() || longest <= 0.0 || places.iter().flatten().any(|v| !v.is_finite()) {
        return None;
    }
    // Six decimals: more than a figure shows, and the same wherever the last bits differ.
    let rounded = |value: f64| (value / longest * 1e6).round() / 1e6 + 0.0;
    places.iter_mut().flatten().for_each(|value| *value = rounded(*value));
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three groups of seven directions that are a little apart.
    fn groups() -> Vec<Vec<f32>> {
        let row = |i: usize| {
            let mut row = vec![0.05 * (i % 7) as f32; 6];
            row[i / 7] += 1.0;
            row[3 + i % 3] += 0.1;
            row
        };
        (0..21).map(row).collect()
    }

    #[test]
    fn neighbours_stand_together() {
        let rows = groups();
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let places = places(&rows, 1).unwrap();
        let distance =
            |i: usize, j: usize| (places[i][0] - places[j][0]).hypot(places[i][1] - places[j][1]);
        for i in 0..21 {
            let nearest = (0..21)
                .filter(|&j| j != i)
                .min_by(|&a, &b| distance(i, a).total_cmp(&distance(i, b)));
            assert_eq!(nearest.unwrap() / 7, i / 7, "{i} is next to another group");
        }
        let longest = places.iter().flatten().fold(0.0_f64, |most, v| most.max(v.abs()));
        assert_eq!(longest, 1.0);
    }

    #[test]
    fn the_map_depends_on_the_seed_alone() {
        let rows = groups();
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let with = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| places(&rows, seed)).unwrap()
        };
        assert_eq!(with(1, 7), with(3, 7));
        assert_ne!(with(1, 7), with(1, 8));
    }

    #[test]
    fn too_few_or_broken_profiles_make_no_map() {
        let rows = groups();
        let all: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        assert_eq!(places(&all[..FEWEST - 1], 1), None);
        let broken = [f32::NAN; 6];
        let mut with_broken = all.clone();
        with_broken[3] = &broken;
        assert_eq!(places(&with_broken, 1), None);
        // All the same: no place is better than another, and none is told that is not finite.
        let same = vec![all[0]; 20];
        assert!(places(&same, 1).is_none_or(|p| p.iter().flatten().all(|v| v.is_finite())));
    }
}

//! Points → places in a plane where neighbours stay together (t-SNE; van der Maaten & Hinton 2008).
//!
//! The exact algorithm (no Barnes-Hut tree): it runs on one thread and draws from the seed alone, so
//! that the same points give the same bytes. Distances between groups and their sizes mean nothing.

use linfa::traits::Transformer;
use linfa_tsne::TSneParams;
use ndarray::Array2;
use ndarray_rand::rand;
use rand_pcg::{Pcg64Mcg, rand_core::RngCore};

use super::random::stream;

/// With fewer points than this there is no map: a linear one shows all there is.
const FEWEST: usize = 13;
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

/// The perplexity for a number of corpora.
pub(crate) fn perplexity(count: usize) -> f64 {
    // The algorithm needs three times as many other points.
    PERPLEXITY.min((count.saturating_sub(1) as f64 / 3.0).floor())
}

/// Places in a plane, centred, the longer side of the map from −1 to 1.
pub(crate) fn places(rows: &[&[f32]], seed: u64) -> Option<Vec<[f64; 2]>> {
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

//! Models → groups that are left out of learning in turn, of whole families.
//!
//! A model is a stranger only where no relative of it is known. Called by [`super::open_set`].

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A round of the open set leaves this many models at least.
const LEAST_MODELS: usize = 2;

/// Deals the families out to about `rounds` groups of about equally many models. `families` gives the
/// family of each model, `models` their names, and each group leaves `least` families at least if it
/// can. Gives the group of each model and the number of groups; `None` where no two models would be
/// left.
pub(super) fn groups(
    models: &[String],
    families: &[usize],
    rounds: usize,
    least: usize,
    seed: u64,
) -> Option<(Vec<usize>, usize)> {
    let sizes = sizes(families, families.len());
    let family_count = sizes.iter().filter(|size| **size > 0).count();
    let dealt = |count: usize| deal(models, families, &sizes, count, seed);
    let leaves = |group: &[usize], count: usize, least: usize| {
        (0..count).all(|left_out| {
            let left = |family: usize| {
                (0..group.len()).any(|i| families[i] == family && group[i] != left_out)
            };
            (0..sizes.len()).filter(|&family| left(family)).count() >= least
                && group.iter().filter(|group| **group != left_out).count() >= LEAST_MODELS
        })
    };
    let all = rounds.clamp(2, family_count.max(2))..=family_count;
    let enough = |least: usize| {
        let mut tried = all.clone().map(|count| (dealt(count), count));
        tried.find(|(group, count)| leaves(group, *count, least))
    };
    enough(least).or_else(|| enough(1))
}

/// How many models each family has.
fn sizes(families: &[usize], count: usize) -> Vec<usize> {
    let mut sizes = vec![0; count];
    families.iter().for_each(|&family| sizes[family] += 1);
    sizes
}

/// The group of each model: families are dealt out, the largest first and else in an order drawn by
/// lot, each to the smallest group.
fn deal(
    models: &[String],
    families: &[usize],
    sizes: &[usize],
    count: usize,
    seed: u64,
) -> Vec<usize> {
    // A family goes by its first model.
    let name = |family: usize| families.iter().position(|&own| own == family).map(|i| &models[i]);
    let mut order: Vec<(usize, u64, usize)> = (0..sizes.len())
        .filter_map(|family| {
            let drawn = xxh3_64_with_seed(name(family)?.as_bytes(), seed);
            Some((usize::MAX - sizes[family], drawn, family))
        })
        .collect();
    order.sort_unstable();
    let (mut filled, mut group_of) = (vec![0; count], vec![0; sizes.len()]);
    for (_, _, family) in order {
        let smallest = (0..count).min_by_key(|&group| filled[group]).unwrap_or(0);
        filled[smallest] += sizes[family];
        group_of[family] = smallest;
    }
    families.iter().map(|&family| group_of[family]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groups of models of these families.
    fn of(families: &[usize], rounds: usize, least: usize) -> Option<(Vec<usize>, usize)> {
        let names: Vec<String> = (0..families.len()).map(|i| format!("m{i}")).collect();
        groups(&names, families, rounds, least, 3)
    }

    #[test]
    fn two_models_are_always_left() {
        let alone: Vec<usize> = (0..12).collect();
        let count = |models: usize, rounds| of(&alone[..models], rounds, 1).map(|(_, count)| count);
        assert_eq!(
            (count(3, 2), count(4, 2), count(12, 5), count(3, 5)),
            (Some(3), Some(2), Some(5), Some(3))
        );
        assert_eq!(count(2, 2), None);
        let (group, _) = of(&alone, 5, 1).unwrap();
        for one in 0..5 {
            assert!((2..=3).contains(&group.iter().filter(|&&g| g == one).count()));
        }
        // Of one family nobody is left.
        assert_eq!(of(&[0, 0, 0, 0], 2, 1), None);
    }

    #[test]
    fn families_are_left_out_whole_and_enough_are_left() {
        let families = [0, 0, 0, 3, 3, 5, 6, 7, 8, 9, 10, 11];
        let (group, count) = of(&families, 3, 5).unwrap();
        assert_eq!(count, 3);
        assert!(
            (0..12).all(|i| (0..12).all(|j| families[i] != families[j] || group[i] == group[j]))
        );
        // Three of twelve models in one family: no group has more than five.
        assert!((0..3).all(|one| (3..=5).contains(&group.iter().filter(|&&g| g == one).count())));
        // With seven families six are left only if each is left out alone.
        assert_eq!(of(&[0, 1, 2, 3, 4, 5, 6], 5, 6).unwrap().1, 7);
        // Six cannot be left of five.
        assert_eq!(of(&[0, 1, 2, 3, 4], 5, 6).unwrap().1, 5);
    }
}

//! Isotonic regression of two classes by pooling adjacent violators (Ayer et al. 1955).

/// Pools groups of two classes, in ascending order of a score, until the share of the first class
/// ascends. Each group holds the weights of the first and the second class; so does each block that
/// comes out. The blocks' shares are the best probabilities that ascend with the score: no others of
/// that kind have a lower logarithmic loss (Brümmer & du Preez 2006). A group without weight joins
/// its neighbour.
pub(crate) fn pooled_blocks(groups: impl IntoIterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut blocks: Vec<(f64, f64)> = Vec::new();
    for (mut first, mut second) in groups {
        // The share of the block before is not smaller: a / (a + b) ≥ c / (c + d) ⇔ a·d ≥ c·b.
        while let Some(&(a, b)) = blocks.last().filter(|(a, b)| a * second >= first * b) {
            blocks.pop();
            first += a;
            second += b;
        }
        blocks.push((first, second));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violators_are_pooled() {
        let (one, other) = ((1.0, 0.0), (0.0, 1.0));
        // Already in order: each class has its block.
        assert_eq!(pooled_blocks([other, other, one, one]), [(0.0, 2.0), (2.0, 0.0)]);
        // 0, 1, 0, 1 → 0, ½, 1.
        assert_eq!(pooled_blocks([other, one, other, one]), [(0.0, 1.0), (1.0, 1.0), (1.0, 0.0)]);
        // The wrong way round everything is one block.
        assert_eq!(pooled_blocks([one, one, other]), [(2.0, 1.0)]);
        // 1, 2/3 and then 0 of weight 4: pooling goes back to the start.
        assert_eq!(pooled_blocks([one, (2.0, 1.0), (0.0, 4.0)]), [(3.0, 5.0)]);
        assert!(pooled_blocks([]).is_empty());
    }
}

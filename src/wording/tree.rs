//! A tree of styles, in sentences.

use super::numbers::counted;
use crate::lineage::tree::{Consensus, LineageTree};

/// Stands under every tree.
pub const STYLE_IS_NOT_DESCENT: &str = "Near in this tree means alike in style. The tree does not say \
    which model learned from which, and a fork is not an ancestor.";

/// What a tree cannot show.
pub const TREE_IS_NESTED: &str = "A tree shows nested groups even where there are none: rely on groups with high support, \
    and compare them with the distances.";

/// What the support of a tree leaves out.
pub const SUPPORT_IS_OF_FEATURES: &str = "Support resamples features and prompts of the inputs, but not \
    the traces of references. Features overlap, so support is too high rather than too low.";

/// How a tree was made, in a sentence.
pub fn tree_basis(tree: &LineageTree) -> String {
    let mut method = tree.method.title().to_owned();
    if let Some(first) = method.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let kind = match tree.consensus {
        None => "",
        Some(Consensus::Majority) => ", majority-rule consensus",
        Some(Consensus::Extended) => ", extended majority-rule consensus",
    };
    let support = match tree.replicates {
        0 => "no support was computed".to_owned(),
        _ if tree.tree.nodes.iter().all(|node| node.support.is_none()) => {
            "so few corpora have only one tree".to_owned()
        }
        n => format!(
            "numbers are support in % over {}, from 50 % on",
            counted(n, "resample", "resamples")
        ),
    };
    format!(
        "{method}{kind} of distances by {} ({}); {support}.",
        tree.distance.name(),
        counted(tree.features, "feature", "features")
    )
}

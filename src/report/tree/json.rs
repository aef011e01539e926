//! The tree as JSON: what `cotprint tree --json` prints.

use super::{labels, newick};
use crate::{
    lineage::tree::{Consensus, DistanceKind, LineageTree, Method, Tip},
    report::{escaped_json, wording},
};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    method: Method,
    rooted: bool,
    consensus: Option<Consensus>,
    distance: DistanceKind,
    features: usize,
    resamples: usize,
    seed: u64,
    newick: &'a str,
    /// In the order of the rows of `distances`.
    tips: Vec<JsonTip<'a>>,
    /// The groups of tips that the tree sets apart.
    groups: Vec<Group>,
    distances: Vec<Vec<f64>>,
    left_out: &'a [String],
    limits: [&'static str; 2],
    program: &'static str,
    command: &'a str,
    atlas: &'a str,
    atlas_checksum: &'a str,
}

#[derive(Serialize)]
struct JsonTip<'a> {
    /// What it is called in the other formats.
    label: String,
    #[serde(flatten)]
    tip: &'a Tip,
}

#[derive(Serialize)]
struct Group {
    /// Indices into `tips`.
    tips: Vec<usize>,
    /// The branch that sets it apart.
    length: f64,
    /// The share of resampled trees with it.
    support: Option<f64>,
}

/// The document. `command` makes it again with the `atlas` of this name and checksum.
///
/// # Errors
/// When serde cannot write it; none of today's types can cause that.
pub fn tree_json(
    tree: &LineageTree,
    command: &str,
    atlas: &str,
    atlas_checksum: &str,
) -> Result<String, serde_json::Error> {
    let newick = newick(tree);
    let count = tree.tips.len();
    let groups = tree
        .tree
        .groups()
        .into_iter()
        .zip(&tree.tree.nodes)
        .filter_map(|(group, node)| {
            let group = group?;
            Some(Group {
                tips: (0..count).filter(|&tip| group.contains(tip)).collect(),
                length: rounded(node.length),
                support: node.support.map(rounded),
            })
        })
        .collect();
    escaped_json(&Document {
        method: tree.method,
        rooted: tree.tree.rooted,
        consensus: tree.consensus,
        distance: tree.distance,
        features: tree.features,
        resamples: tree.replicates,
        seed: tree.seed,
        newick: newick.trim_end(),
        tips: labels(tree)
            .into_iter()
            .zip(&tree.tips)
            .map(|(label, tip)| JsonTip { label, tip })
            .collect(),
        groups,
        distances: tree
            .distances
            .iter()
            .map(|row| row.iter().copied().map(rounded).collect())
            .collect(),
        left_out: &tree.left_out,
        limits: [wording::STYLE_IS_NOT_DESCENT, wording::SUPPORT_IS_OF_FEATURES],
        program: concat!("cotprint ", env!("CARGO_PKG_VERSION")),
        command,
        atlas,
        atlas_checksum,
    })
}

/// Six decimals: more would be noise.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn groups_have_their_support_and_nothing_acts_on_a_terminal() {
        let tree = example(["a\u{1b}[2J", "b", "c", "d"]);
        let text = tree_json(&tree, "cotprint tree", "embedded", "0").unwrap();
        assert!(!text.contains('\u{1b}'));
        let found: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(found["groups"][0]["tips"], serde_json::json!([2, 3]));
        assert_eq!(found["groups"][0]["support"], 0.874);
        assert_eq!(found["tips"][0]["name"], "a\u{1b}[2J");
        assert_eq!(found["distances"][1][3], 1.0);
    }
}

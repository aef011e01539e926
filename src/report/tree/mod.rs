//! A tree of styles → a page, Newick, NEXUS, PHYLIP, JSON, and text for a terminal.
//!
//! Comes in: a [`LineageTree`]. Goes out: text. Called by `cli`; the figure is
//! [`crate::report::plots::TreePlot`]. Names are hostile: all formats take them from [`labels`],
//! which makes them one visible line each, and quote what their format wants quoted.

pub(super) mod figure;
mod figure_key;
mod json;
mod newick;
mod nexus;
mod page;
mod phylip;
mod text;

pub use json::tree_json;
pub use newick::newick;
pub use nexus::nexus;
pub(super) use page::TreeSection;
pub use page::{TreeProvenance, render_tree};
pub use phylip::phylip;
pub use text::write_tree;

use super::escape;
use crate::lineage::tree::{LineageTree, THE_INPUT};
use std::collections::BTreeSet;

/// The label of each tip: its name, with ` *input*` behind that of an input, each different from
/// all others.
pub fn labels(tree: &LineageTree) -> Vec<String> {
    let mut taken = BTreeSet::new();
    tree.tips
        .iter()
        .map(|tip| {
            // The input of a comparison is called what the mark would say.
            let mark = if tip.input && tip.name != THE_INPUT { " *input*" } else { "" };
            let name = escape::name(&tip.name);
            let numbered = |n: usize| match n {
                1 => format!("{name}{mark}"),
                n => format!("{name} #{n}{mark}"),
            };
            // Two long names may be cut to the same.
            let label = (1..).map(numbered).find(|label| !taken.contains(label));
            let label = label.unwrap_or_default();
            taken.insert(label.clone());
            label
        })
        .collect()
}

/// A share as a whole percentage.
fn percentage(share: f64) -> u32 {
    (100.0 * share.clamp(0.0, 1.0)).round() as u32
}

/// A small tree for the tests of this folder.
#[cfg(test)]
pub(super) fn example(names: [&str; 4]) -> LineageTree {
    use crate::lineage::tree::{DistanceKind, Method, Node, Tip, Tree};
    let tips = names.map(|name| Tip {
        name: name.into(),
        family: Some("f".into()),
        input: name == names[3],
        traces: 5,
        words: 500,
    });
    let tip = |tip, length| Node { tip: Some(tip), length, ..Node::default() };
    let nodes = vec![
        tip(0, 1.0),
        tip(1, 2.0),
        tip(2, 3.0),
        tip(3, 4.0),
        Node { children: vec![2, 3], length: 0.5, support: Some(0.874), tip: None },
        Node { children: vec![0, 1, 4], ..Node::default() },
    ];
    let distances = (0..4)
        .map(|i| (0..4).map(|j| if i == j { 0.0 } else { f64::from(i + j) / 4.0 }).collect())
        .collect();
    LineageTree {
        tips: tips.to_vec(),
        tree: Tree { nodes, root: 5, rooted: false },
        distances,
        distance: DistanceKind::StyleEmbedding,
        features: 1500,
        method: Method::Nj,
        consensus: None,
        replicates: 200,
        seed: 0,
        left_out: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_visible_and_all_different() {
        let long = "x".repeat(200);
        let longer = format!("{}y{}", "x".repeat(100), "x".repeat(100));
        let tree = example(["a\u{1b}[2J", &long, &longer, "a\u{202E}"]);
        let labels = labels(&tree);
        assert_eq!(labels[0], "a‹U+001B›[2J");
        assert_eq!(labels[2], format!("{} #2", labels[1]));
        assert_eq!(labels[3], "a‹U+202E› *input*");
    }
}

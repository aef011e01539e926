//! The distances and the tree in NEXUS (Maddison, Swofford & Maddison 1997): the blocks TAXA,
//! DISTANCES and TREES, as SplitsTree, PAUP* and DendroPy read them.

use super::{
    labels,
    newick::{quoted, written},
};
use crate::lineage::tree::LineageTree;
use std::fmt::Write;

/// The file.
pub fn nexus(tree: &LineageTree) -> String {
    let labels: Vec<String> = labels(tree).iter().map(|label| quoted(label)).collect();
    let mut text =
        format!("#NEXUS\n\nBEGIN TAXA;\n  DIMENSIONS NTAX={};\n  TAXLABELS\n", labels.len());
    for label in &labels {
        text.push_str(&format!("    {label}\n"));
    }
    text.push_str("  ;\nEND;\n\nBEGIN DISTANCES;\n  FORMAT TRIANGLE=BOTH DIAGONAL LABELS=LEFT;\n");
    text.push_str("  MATRIX\n");
    for (label, row) in labels.iter().zip(&tree.distances) {
        text.push_str(&format!("    {label}"));
        for distance in row {
            // Writing to a string cannot fail.
            let _ = write!(text, " {distance:.6}");
        }
        text.push('\n');
    }
    let root = if tree.tree.rooted { "[&R]" } else { "[&U]" };
    text.push_str(&format!(
        "  ;\nEND;\n\nBEGIN TREES;\n  TREE styles = {root} {}\nEND;\n",
        written(tree, &labels)
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn blocks_hold_names_distances_and_the_tree() {
        let text = nexus(&example(["a", "b c", "it's", "d"]));
        assert!(text.starts_with("#NEXUS\n"), "{text}");
        assert!(text.contains("NTAX=4;") && text.contains("\n    'it''s'\n"), "{text}");
        assert!(text.contains("    'b c' 0.250000 0.000000 0.750000 1.000000\n"), "{text}");
        assert!(text.contains("TREE styles = [&U] ('a':1.000000,"), "{text}");
    }
}

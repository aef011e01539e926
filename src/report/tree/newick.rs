//! The tree in Newick (Felsenstein, "The Newick tree format"): names quoted, lengths of branches
//! behind colons, support as a whole percentage at the node below its branch.

use super::{labels, percentage};
use crate::lineage::tree::LineageTree;

/// The tree as one line with its end. An unrooted tree begins with a fork of three or more.
pub fn newick(tree: &LineageTree) -> String {
    let labels: Vec<String> = labels(tree).iter().map(|label| quoted(label)).collect();
    let mut line = written(tree, &labels);
    line.push('\n');
    line
}

/// The tree up to its semicolon, with these labels as they are.
pub(super) fn written(tree: &LineageTree, labels: &[String]) -> String {
    let tree = &tree.tree;
    let mut parts: Vec<String> = vec![String::new(); tree.nodes.len()];
    for at in tree.postorder() {
        let node = &tree.nodes[at];
        let mut part = match node.tip {
            Some(tip) => labels.get(tip).cloned().unwrap_or_default(),
            None => {
                let children: Vec<String> =
                    node.children.iter().map(|&child| std::mem::take(&mut parts[child])).collect();
                format!("({})", children.join(","))
            }
        };
        if let Some(support) = node.support {
            part.push_str(&percentage(support).to_string());
        }
        if at != tree.root {
            part.push_str(&format!(":{:.6}", node.length));
        }
        parts[at] = part;
    }
    format!("{};", parts.swap_remove(tree.root))
}

/// A label between single quotes, those inside it doubled, as Newick and NEXUS have it.
pub(super) fn quoted(label: &str) -> String {
    format!("'{}'", label.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn names_are_quoted_and_support_stands_at_its_node() {
        let tree = example(["o'brien/m_1", "a(b,c);", "[x]:y", "new"]);
        assert_eq!(
            newick(&tree),
            "('o''brien/m_1':1.000000,'a(b,c);':2.000000,\
             ('[x]:y':3.000000,'new *input*':4.000000)87:0.500000);\n"
        );
    }
}

//! The distances as a PHYLIP matrix (Felsenstein, PHYLIP's `neighbor`), in its relaxed form: names
//! of any length without white space.

use super::labels;
use crate::lineage::tree::LineageTree;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The number of corpora, then a line for each: its name and its distance to all, itself among
/// them.
pub fn phylip(tree: &LineageTree) -> String {
    let mut taken = BTreeSet::new();
    let mut text = format!("{}\n", tree.distances.len());
    for (label, row) in labels(tree).iter().zip(&tree.distances) {
        // The program forbids brackets, colons, semicolons and commas; white space ends a name.
        let plain = |c: char| if c.is_whitespace() || "()[]:;,".contains(c) { '_' } else { c };
        let name: String = label.chars().map(plain).collect();
        let numbered = |n: usize| if n == 1 { name.clone() } else { format!("{name}_{n}") };
        let name = (1..).map(numbered).find(|name| !taken.contains(name)).unwrap_or_default();
        text.push_str(&name);
        for distance in row {
            // Writing to a string cannot fail.
            let _ = write!(text, " {distance:.6}");
        }
        text.push('\n');
        taken.insert(name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn names_have_no_white_space_and_stay_apart() {
        let text = phylip(&example(["a b", "a_b", "c", "d"]));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "4");
        assert_eq!(lines[1], "a_b 0.000000 0.250000 0.500000 0.750000");
        assert!(lines[2].starts_with("a_b_2 0.25") && lines[4].starts_with("d_*input* 0.75"));
    }
}

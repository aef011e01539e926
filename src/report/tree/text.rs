//! The tree in characters, for a terminal of 80 columns: a line for each tip, branches to scale as
//! far as the columns allow.

use super::{labels, percentage};
use crate::{
    lineage::tree::{LineageTree, Tree},
    report::{
        escape::{columns, fit_columns},
        terminal::{WIDTH, wrap},
        wording,
    },
};
use std::io::{self, Write};

/// Columns that a name takes at most.
const NAMES: usize = 44;
/// Columns that branches take at most: of more a reader has no use.
const BRANCHES: usize = 44;
/// The directions in which a cell of the drawing has a line.
const LEFT: u8 = 1;
const RIGHT: u8 = 2;
const UP: u8 = 4;
const DOWN: u8 = 8;

/// Prints the tree, then in sentences what it is. With `colour` the names of inputs are bold.
///
/// # Errors
/// Those of the writer, a closed pipe among them.
pub fn write_tree(tree: &LineageTree, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let labels = labels(tree);
    let names = labels.iter().map(|label| columns(label)).max().unwrap_or(0).min(NAMES);
    let width = (WIDTH - names - 1).min(BRANCHES);
    let drawn = tree.tree.to_draw();
    for (line, tip) in Drawing::of(&drawn, width).lines().into_iter().zip(drawn.tip_order()) {
        let name = fit_columns(&labels[tip], names);
        if colour && tree.tips[tip].input {
            writeln!(out, "{line} \u{1b}[1m{name}\u{1b}[0m")?;
        } else {
            writeln!(out, "{line} {name}")?;
        }
    }
    writeln!(out)?;
    for sentence in [wording::tree_basis(tree), wording::STYLE_IS_NOT_DESCENT.to_owned()] {
        for line in wrap(&sentence, WIDTH) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Lines and numbers on a grid with a row per tip.
struct Drawing {
    cells: Vec<Vec<u8>>,
    /// Characters that are in the place of a line.
    texts: Vec<(usize, usize, char)>,
    /// The last column of each row.
    ends: Vec<usize>,
}

impl Drawing {
    fn of(tree: &Tree, width: usize) -> Self {
        let order = tree.tip_order();
        let mut row_of_tip = vec![0; order.len()];
        order.iter().enumerate().for_each(|(row, &tip)| row_of_tip[tip] = row);
        let depths = tree.depths();
        let deepest = depths.iter().copied().fold(0.0, f64::max);
        // (row, forks below) of each node; and of a fork the rows of its first and last child.
        let mut rows = vec![0; tree.nodes.len()];
        let mut forks = vec![0_usize; tree.nodes.len()];
        let mut reach = vec![(0, 0); tree.nodes.len()];
        for node in tree.postorder() {
            let own = &tree.nodes[node];
            if let Some(tip) = own.tip {
                rows[node] = row_of_tip[tip];
                continue;
            }
            let below = own.children.iter().map(|&child| rows[child]);
            reach[node] = (below.clone().min().unwrap_or(0), below.max().unwrap_or(0));
            rows[node] = usize::midpoint(reach[node].0, reach[node].1);
            forks[node] = 1 + own.children.iter().map(|&child| forks[child]).max().unwrap_or(0);
        }
        let mut drawing = Self {
            cells: vec![vec![0; width]; order.len()],
            texts: Vec::new(),
            ends: vec![0; order.len()],
        };
        let mut column = vec![0; tree.nodes.len()];
        let mut from_root = tree.postorder();
        from_root.reverse();
        for node in from_root {
            let own = &tree.nodes[node];
            if own.tip.is_none() {
                drawing.upright(column[node], reach[node]);
            }
            for &child in &own.children {
                let share = if deepest > 0.0 { depths[child] / deepest } else { 1.0 };
                let scaled = (share * (width - 1) as f64).round() as usize;
                // A column further than the parent, with one left for each fork below; where there
                // are more forks than columns, forks share one.
                let room = (width - 1).saturating_sub(forks[child]);
                column[child] = scaled.max(column[node] + 1).min(room).max(column[node]);
                drawing.level(rows[child], column[node], column[child]);
                let support = tree.nodes[child].support.filter(|support| *support >= 0.5);
                if let Some(support) = support {
                    drawing.number(rows[child], column[node], column[child], percentage(support));
                }
                if tree.nodes[child].tip.is_some() {
                    drawing.ends[rows[child]] = column[child];
                }
            }
        }
        drawing
    }

    fn upright(&mut self, column: usize, (first, last): (usize, usize)) {
        for row in first..=last {
            let up = if row > first { UP } else { 0 };
            let down = if row < last { DOWN } else { 0 };
            self.cells[row][column] |= up | down;
        }
    }

    fn level(&mut self, row: usize, from: usize, to: usize) {
        for column in from..=to {
            let left = if column > from { LEFT } else { 0 };
            let right = if column < to { RIGHT } else { 0 };
            self.cells[row][column] |= left | right;
        }
    }

    /// A number at the end of the line between two columns, where there is room.
    fn number(&mut self, row: usize, from: usize, to: usize, number: u32) {
        let digits = number.to_string();
        if to > from + digits.len() {
            let first = to - digits.len();
            self.texts.extend(digits.chars().enumerate().map(|(i, c)| (row, first + i, c)));
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<Vec<char>> = self
            .cells
            .iter()
            .zip(&self.ends)
            .map(|(row, &end)| row[..=end].iter().map(|&cell| character(cell)).collect())
            .collect();
        for &(row, column, c) in &self.texts {
            if let Some(cell) = lines[row].get_mut(column) {
                *cell = c;
            }
        }
        lines.into_iter().map(|line| line.into_iter().collect()).collect()
    }
}

/// The character with lines in these directions.
fn character(cell: u8) -> char {
    const CHARACTERS: [char; 16] =
        [' ', '─', '─', '─', '│', '┘', '└', '┴', '│', '┐', '┌', '┬', '│', '┤', '├', '┼'];
    CHARACTERS[usize::from(cell & 15)]
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_tree_is_drawn_to_scale_in_80_columns() {
        let long = "a-vendor/".to_owned() + &"long-name-".repeat(12);
        let mut tree = example(["a", "b", &long, "d\u{1b}[2J"]);
        tree.tree.nodes[4].length = 2.0;
        let mut out = Vec::new();
        write_tree(&tree, false, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        // The longest ways, from b to the other two, have their middle at the fork of c and d.
        let line = text.lines().find(|line| line.contains("d‹U+001B›[2J *input*")).unwrap();
        assert_eq!(line.chars().take_while(|c| !c.is_alphabetic()).count(), 36, "{text}");
        assert!(text.lines().next().unwrap().ends_with("87┬───────── a"), "{text}");
    }

    #[test]
    fn more_forks_than_columns_are_no_panic() {
        let tips = 200;
        let mut tree = Tree {
            nodes: (0..tips)
                .map(|tip| crate::lineage::tree::Node {
                    tip: Some(tip),
                    length: 1.0,
                    ..Default::default()
                })
                .collect(),
            root: 0,
            rooted: true,
        };
        for tip in 1..tips {
            let children = vec![tip, tree.root];
            tree.root = tree.nodes.len();
            tree.nodes.push(crate::lineage::tree::Node {
                children,
                length: 1.0,
                support: Some(1.0),
                tip: None,
            });
        }
        let lines = Drawing::of(&tree, 30).lines();
        assert!(lines.len() == tips && lines.iter().all(|line| line.chars().count() <= 30));
    }
}

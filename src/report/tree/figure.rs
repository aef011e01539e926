//! The tree of styles: rectangular, branches to scale, a name at each tip. For a file, a page or a
//! phone ([`Look`]).
//!
//! A tree without a root is drawn from the middle of its longest way. The largest families have
//! colours, on the branches of their members too; inputs are bold on a band. A dot on a fork says
//! how often resamples have it, and its number is next to it where there is room for it.

use super::figure_key::{
    self, KEY_SIZE, KeyLine, KeyPart, LONGEST_KEY, SHOWN, dot_colour, in_lines, key_height,
    round_step,
};
use crate::lineage::tree::{LineageTree, THE_INPUT, Tree};
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{Colour, GRID, INK, MUTED, OTHER, SERIES};
use crate::report::drawing::render::LARGEST_SIDE;
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{PlotError, Text};
use crate::report::{tree::labels, wording};
use std::collections::BTreeMap;

/// Height of a tip where there is room, in a file and in a page, and the least that can be read.
const ROW: (f64, f64, f64) = (24.0, 18.0, 9.5);
/// From a tip to its name.
const TO_NAME: f64 = 16.0;
/// Size of the numbers at forks.
const NUMBER: f64 = 10.0;
/// The figure.
pub struct TreePlot {
    frame: Frame,
    tree: Tree,
    /// Name, colour and whether it is an input, of each tip.
    tips: Vec<(String, Colour, bool)>,
    /// The parts of the key with their widths, on lines that fit.
    key: Vec<KeyLine>,
    row: f64,
    names: f64,
    /// The length that fills the room for branches.
    deepest: f64,
    /// Where each node stands: its distance from the root, and its row.
    places: Vec<(f64, f64)>,
}

impl TreePlot {
    /// The figure of a tree.
    ///
    /// # Errors
    /// Where there are more tips than a figure can show, or the bundled font cannot be read.
    pub fn new(lineage: &LineageTree, look: Look) -> Result<Self, PlotError> {
        let tree = lineage.tree.to_draw();
        let count = lineage.tips.len();
        let colours = family_colours(lineage);
        let labels = labels(lineage);
        let text = Text::new(name_size(look), INK);
        let mut names: f64 = 0.0;
        for label in &labels {
            names = names.max(text.bold().width(label)? + 4.0);
        }
        let names = names.min(longest_name(look));
        let tips: Vec<(String, Colour, bool)> = lineage
            .tips
            .iter()
            .zip(labels)
            .map(|(tip, label)| {
                let colour = tip.family.as_ref().and_then(|family| colours.get(family));
                (label, colour.copied().unwrap_or(if tip.input { INK } else { OTHER }), tip.input)
            })
            .collect();
        let mut in_order: Vec<(&String, &Colour)> = colours.iter().collect();
        in_order.sort_by_key(|(_, colour)| SERIES.iter().position(|series| series == *colour));
        let title = title(lineage);
        let basis = format!("{} {}", wording::tree_basis(lineage), wording::STYLE_IS_NOT_DESCENT);
        let whole = width(look) - 2.0 * look.margin();
        let description = format!("{basis} From the top: {}.", first_names(&tree, &tips));
        let frame = Frame::new(look, whole, title, &basis, description)?;
        let depths = tree.depths();
        let deepest = depths.iter().copied().fold(0.0, f64::max);
        let mut parts = Vec::new();
        if deepest > 0.0 {
            let step = round_step(deepest / 6.0);
            let length = branch_room(look, names) * step / deepest;
            parts.push(KeyPart::Scale(length, format!("distance {step}")));
        }
        if tree.nodes.iter().any(|node| node.support.is_some()) {
            let said = ["support 95–100 %", "75–94 %", "50–74 %"];
            let limits = SHOWN.iter().rev().map(|(limit, _)| *limit);
            parts.extend(limits.zip(said).map(|(limit, said)| KeyPart::Support(limit, said)));
        }
        if tips.iter().any(|tip| tip.2) {
            parts.push(KeyPart::Input);
        }
        let small = Text::new(KEY_SIZE, MUTED);
        for (family, &colour) in in_order {
            let family = small.fit(&crate::report::escape::name(family), LONGEST_KEY)?;
            parts.push(KeyPart::Family(family, colour));
        }
        let key = in_lines(parts, whole)?;
        let others = 2.0 * look.margin() + frame.heading() + key_height(&key);
        let highest = if look == Look::File { ROW.0 } else { ROW.1 };
        let row = ((LARGEST_SIDE - others) / count.max(1) as f64).min(highest);
        if row < ROW.2 {
            return Err(PlotError::TooManyTips { count });
        }
        let mut places: Vec<(f64, f64)> = depths.iter().map(|&depth| (depth, 0.0)).collect();
        tree.tip_order().into_iter().enumerate().for_each(|(place, tip)| {
            if let Some(node) = tree.nodes.iter().position(|node| node.tip == Some(tip)) {
                places[node].1 = place as f64 + 0.5;
            }
        });
        for node in tree.postorder() {
            let rows = tree.nodes[node].children.iter().map(|&child| places[child].1);
            let (low, high) = rows.fold((f64::MAX, f64::MIN), |(l, h), y| (l.min(y), h.max(y)));
            if low <= high {
                places[node].1 = f64::midpoint(low, high);
            }
        }
        Ok(Self { frame, tree, tips, key, row, names, deepest, places })
    }

    /// Where a node is drawn, given the upper end of the rows.
    fn at(&self, node: usize, top: f64) -> (f64, f64) {
        let left = self.frame.look.margin() + 4.0;
        let room = branch_room(self.frame.look, self.names);
        let (depth, row) = self.places[node];
        let share = if self.deepest > 0.0 { depth / self.deepest } else { 0.0 };
        (left + room * share, top + self.row * row)
    }

    /// The colour of the branch above each node: that of the family of all tips below it.
    fn branch_colours(&self) -> Vec<Colour> {
        let mut colours = vec![INK; self.tree.nodes.len()];
        for node in self.tree.postorder() {
            let own = &self.tree.nodes[node];
            colours[node] = match own.tip {
                Some(tip) => self.tips[tip].1,
                None => {
                    let mut below = own.children.iter().map(|&child| colours[child]);
                    let first = below.next().unwrap_or(OTHER);
                    let same = below.all(|colour| colour == first) && first != INK;
                    if same { first } else { OTHER }
                }
            };
        }
        colours
    }

    fn bands(&self, drawing: &mut Drawing, top: f64) {
        let margin = self.frame.look.margin();
        let (left, right) = (margin, width(self.frame.look) - margin);
        for (node, own) in self.tree.nodes.iter().enumerate() {
            if own.tip.is_some_and(|tip| self.tips[tip].2) {
                let (_, y) = self.at(node, top);
                let half = self.row / 2.0;
                drawing.rect((left, y - half), (right, y + half), SERIES[4].faint(0.16));
            }
        }
    }

    fn branches(&self, drawing: &mut Drawing, top: f64) -> Result<Vec<Area>, PlotError> {
        let colours = self.branch_colours();
        let mut taken = Vec::new();
        for (node, own) in self.tree.nodes.iter().enumerate() {
            let (x, y) = self.at(node, top);
            let ends: Vec<(f64, f64)> =
                own.children.iter().map(|&child| self.at(child, top)).collect();
            let low = ends.iter().map(|end| end.1).fold(y, f64::min);
            let high = ends.iter().map(|end| end.1).fold(y, f64::max);
            if low < high {
                let colour = if colours[node] == INK { OTHER } else { colours[node] };
                drawing.line((x, low - 0.7), (x, high + 0.7), 1.4, colour);
                taken.push(Area { from: (x - 1.0, low), to: (x + 1.0, high) });
            }
            for (&child, &(end, y)) in own.children.iter().zip(&ends) {
                drawing.line((x, y), (end, y), 1.4, colours[child]);
                taken.push(Area { from: (x, y - 1.0), to: (end, y + 1.0) });
            }
        }
        Ok(taken)
    }

    fn names(
        &self,
        drawing: &mut Drawing,
        top: f64,
        taken: &mut Vec<Area>,
    ) -> Result<(), PlotError> {
        let size = (self.row * 0.72).clamp(8.0, name_size(self.frame.look));
        for (node, own) in self.tree.nodes.iter().enumerate() {
            let Some(tip) = own.tip else { continue };
            let (name, colour, input) = &self.tips[tip];
            let (x, y) = self.at(node, top);
            let mut look = Text::new(size, INK);
            look.bold = *input;
            if *input {
                drawing.diamond((x + 7.0, y), 4.0, INK);
            } else {
                drawing.dot((x + 7.0, y), 3.2, *colour);
            }
            let name = look.fit(name, self.names)?;
            let start = x + TO_NAME;
            drawing.text(&name, (start, y), &look);
            let half = size / 2.0;
            taken.push(Area { from: (x, y - half), to: (start + look.width(&name)?, y + half) });
        }
        Ok(())
    }

    /// Dots on supported forks, and their numbers where they touch nothing.
    fn support(
        &self,
        drawing: &mut Drawing,
        top: f64,
        mut taken: Vec<Area>,
    ) -> Result<(), PlotError> {
        const RADIUS: f64 = 2.8;
        let mut supported: Vec<(usize, f64)> = (self.tree.nodes.iter().enumerate())
            .filter_map(|(node, own)| Some((node, own.support.filter(|s| *s >= SHOWN[0].0)?)))
            .collect();
        for &(node, support) in &supported {
            let (x, y) = self.at(node, top);
            drawing.dot((x, y), RADIUS, dot_colour(support));
            taken.push(Area { from: (x - RADIUS, y - RADIUS), to: (x + RADIUS, y + RADIUS) });
        }
        // Where two want the same place, the better supported gets it.
        supported.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (node, support) in supported {
            let (x, y) = self.at(node, top);
            let look = Text::new(NUMBER, MUTED);
            let text = format!("{:.0}", 100.0 * support);
            let (width, half) = (look.width(&text)?, NUMBER * 0.48);
            let candidates = [
                (x - 3.5 - width, y - half - 2.4),
                (x - 3.5 - width, y + half + 2.4),
                (x + 4.5, y),
                (x + 4.5, y - half - 2.4),
                (x + 4.5, y + half + 2.4),
            ];
            for (left, middle) in candidates {
                let area = Area { from: (left, middle - half), to: (left + width, middle + half) };
                if left >= 0.0 && taken.iter().all(|other| !area.touches(other)) {
                    drawing.text(&text, (left, middle), &look);
                    taken.push(area);
                    break;
                }
            }
        }
        Ok(())
    }
}

fn width(look: Look) -> f64 {
    match look {
        Look::File => 1200.0,
        Look::Page => 960.0,
        Look::Phone => 350.0,
    }
}

/// Room for the widest name.
fn longest_name(look: Look) -> f64 {
    match look {
        Look::File => 540.0,
        Look::Page => 420.0,
        Look::Phone => 196.0,
    }
}

/// Size of the names where rows are high enough.
fn name_size(look: Look) -> f64 {
    if look == Look::Phone { 11.0 } else { 12.5 }
}

/// Room for branches next to names.
fn branch_room(look: Look, names: f64) -> f64 {
    width(look) - 2.0 * look.margin() - 4.0 - TO_NAME - names
}

impl Figure for TreePlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let rows = self.row * self.tips.len() as f64;
        let others = 2.0 * self.frame.look.margin() + self.frame.heading() + key_height(&self.key);
        (width(self.frame.look), others + rows)
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        self.bands(drawing, top);
        let mut taken = self.branches(drawing, top)?;
        self.names(drawing, top, &mut taken)?;
        self.support(drawing, top, taken)?;
        let bottom = top + self.row * self.tips.len() as f64;
        let margin = self.frame.look.margin();
        let (left, right) =
            ((margin, bottom + 4.0), (width(self.frame.look) - margin, bottom + 4.0));
        drawing.line(left, right, 1.0, GRID);
        figure_key::draw(drawing, &self.key, self.frame.look.margin() + 4.0, bottom);
        Ok(())
    }
}

/// A rectangle that something is drawn in.
#[derive(Debug, Clone, Copy)]
struct Area {
    from: (f64, f64),
    to: (f64, f64),
}

impl Area {
    fn touches(&self, other: &Self) -> bool {
        self.from.0 < other.to.0
            && other.from.0 < self.to.0
            && self.from.1 < other.to.1
            && other.from.1 < self.to.1
    }
}

/// Colours for the families with the most tips, two at least; of equals the first in the alphabet.
fn family_colours(lineage: &LineageTree) -> BTreeMap<String, Colour> {
    let mut sizes: BTreeMap<&String, usize> = BTreeMap::new();
    for family in lineage.tips.iter().filter_map(|tip| tip.family.as_ref()) {
        *sizes.entry(family).or_default() += 1;
    }
    let mut order: Vec<(&String, usize)> = sizes.into_iter().filter(|size| size.1 > 1).collect();
    order.sort_by_key(|size| std::cmp::Reverse(size.1));
    order.into_iter().zip(SERIES).map(|((family, _), colour)| (family.clone(), colour)).collect()
}

/// What the figure says, as its title: the nearest reference of the only input, else what is
/// compared.
pub(crate) fn title(lineage: &LineageTree) -> String {
    let inputs: Vec<usize> =
        (0..lineage.tips.len()).filter(|&tip| lineage.tips[tip].input).collect();
    let name = |tip: usize| crate::report::escape::name(&lineage.tips[tip].name);
    let all = lineage.tips.len();
    let [input] = inputs[..] else { return format!("Style of {all} corpora") };
    let nearest = (0..all).filter(|&tip| !lineage.tips[tip].input).min_by(|&a, &b| {
        lineage.distances[input][a].total_cmp(&lineage.distances[input][b]).then(a.cmp(&b))
    });
    match nearest {
        // Part of a report, whose verdict alone may name.
        Some(_) if lineage.tips[input].name == THE_INPUT => {
            format!("The style of the input among {} references", all - 1)
        }
        Some(nearest) => format!("{} is nearest to {}", name(input), name(nearest)),
        None => format!("Style of {all} corpora"),
    }
}

fn first_names(tree: &Tree, tips: &[(String, Colour, bool)]) -> String {
    let names: Vec<&str> =
        tree.tip_order().into_iter().take(12).map(|tip| tips[tip].0.as_str()).collect();
    names.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{plots::svg, tree::example};

    #[test]
    fn a_figure_is_safe_and_names_its_tips() {
        let tree = example(["<script>x</script>", "b", "c", "d"]);
        let drawn = svg(&TreePlot::new(&tree, Look::File).unwrap(), "tree").unwrap();
        assert!(!drawn.contains("<script"), "{drawn}");
        assert!(drawn.contains("&lt;script&gt;") && drawn.contains("d *input*"), "{drawn}");
        assert!(drawn.contains("d is nearest to &lt;script&gt;"), "{drawn}");
    }

    #[test]
    fn too_many_tips_are_said_to_be_too_many() {
        let mut tree = example(["a", "b", "c", "d"]);
        let tip = crate::lineage::tree::Tip { input: false, ..tree.tips[0].clone() };
        tree.tips = vec![tip; 400];
        let refused = TreePlot::new(&tree, Look::File).err().unwrap().to_string();
        assert!(refused.contains("400 corpora are too many"), "{refused}");
    }

    #[test]
    fn areas_touch_where_they_share_more_than_an_edge() {
        let area = |x: f64| Area { from: (x, 0.0), to: (x + 2.0, 1.0) };
        assert!(area(0.0).touches(&area(1.0)) && !area(0.0).touches(&area(2.0)));
    }
}

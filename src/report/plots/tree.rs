//! The tree of styles: rectangular, branches to scale, a name at each tip.
//!
//! A tree without a root is drawn from the middle of its longest way. The largest families have colours,
//! on the branches of their members too; inputs are bold on a band. A dot on a fork says how often
//! resamples have it, and its number stands beside it where there is room for it.

use super::canvas::{Canvas, Figure, LARGEST_SIDE, PlotError, Text};
use super::palette::{AXIS, Colour, GRID, INK, MUTED, OTHER, PAPER, SERIES};
use super::{Heading, Look, heading};
use crate::lineage::tree::{LineageTree, Tree};
use crate::report::{tree::labels, wording};
use plotters::backend::DrawingBackend;
use std::collections::BTreeMap;

const WIDTH: f64 = 1200.0;
/// Height of a tip where there is room, and the least that can be read.
const ROW: (f64, f64) = (24.0, 9.5);
/// Room for the widest name.
const LONGEST_NAME: f64 = 540.0;
/// From a tip to its name.
const TO_NAME: f64 = 16.0;
/// Height of the scale and of the key of support.
const SCALE_ROOM: f64 = 44.0;
/// Height of a line of the key of families.
const KEY_LINE: f64 = 20.0;
/// Size of the numbers at forks.
const NUMBER: f64 = 10.0;
/// Support that is shown, and from where on in a darker dot.
const SHOWN: [(f64, Colour); 3] = [(0.5, GRID_DARK), (0.75, AXIS_DARK), (0.95, INK)];
const GRID_DARK: Colour = Colour { red: 0xB9, green: 0xBE, blue: 0xC4, opacity: 1.0 };
const AXIS_DARK: Colour = Colour { red: 0x76, green: 0x7E, blue: 0x86, opacity: 1.0 };

/// The figure.
pub struct TreePlot {
    heading: Heading,
    title: String,
    description: String,
    tree: Tree,
    /// Name, colour and whether it is an input, of each tip.
    tips: Vec<(String, Colour, bool)>,
    /// Families with their colours, on lines that fit.
    key: Vec<Vec<(String, Colour)>>,
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
    pub fn new(lineage: &LineageTree) -> Result<Self, PlotError> {
        let tree = lineage.tree.to_draw();
        let count = lineage.tips.len();
        let colours = family_colours(lineage);
        let labels = labels(lineage);
        let look = Text::new(12.5, INK);
        let mut names: f64 = 0.0;
        for label in &labels {
            names = names.max(look.bold().width(label)? + 4.0);
        }
        let names = names.min(LONGEST_NAME);
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
        let room = WIDTH - 2.0 * Look::File.margin();
        let mut key: Vec<Vec<(String, Colour)>> = Vec::new();
        let mut used = f64::INFINITY;
        for (family, &colour) in in_order {
            let label = crate::report::escape::name(family);
            let width = key_width(&label)?;
            if used + width > room {
                key.push(Vec::new());
                used = 0.0;
            }
            used += width;
            if let Some(line) = key.last_mut() {
                line.push((label, colour));
            }
        }
        let title = title(lineage);
        let basis = format!("{} {}", wording::tree_basis(lineage), wording::STYLE_IS_NOT_DESCENT);
        let heading = Heading::new(Look::File, room, &title, &basis)?;
        let others = 2.0 * Look::File.margin()
            + heading.height
            + SCALE_ROOM
            + KEY_LINE * key.len() as f64
            + 10.0;
        let row = ((LARGEST_SIDE - others) / count.max(1) as f64).min(ROW.0);
        if row < ROW.1 {
            return Err(PlotError(format!(
                "{count} corpora are too many for a figure that can be read; keep those nearest to the \
                 inputs with --references N, or choose another format"
            )));
        }
        let depths = tree.depths();
        let deepest = depths.iter().copied().fold(0.0, f64::max);
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
        let description = format!("{basis} From the top: {}.", first_names(&tree, &tips));
        Ok(Self { heading, title, description, tree, tips, key, row, names, deepest, places })
    }

    /// Where a node is drawn, given the upper end of the rows.
    fn at(&self, node: usize, top: f64) -> (f64, f64) {
        let left = Look::File.margin() + 4.0;
        let room = WIDTH - Look::File.margin() - self.names - TO_NAME - left;
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

    fn bands<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, DB>,
        top: f64,
    ) -> Result<(), PlotError> {
        let (left, right) = (Look::File.margin(), WIDTH - Look::File.margin());
        for (node, own) in self.tree.nodes.iter().enumerate() {
            if own.tip.is_some_and(|tip| self.tips[tip].2) {
                let (_, y) = self.at(node, top);
                let half = self.row / 2.0;
                canvas.rect((left, y - half), (right, y + half), SERIES[4].faint(0.16))?;
            }
        }
        Ok(())
    }

    fn branches<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, DB>,
        top: f64,
    ) -> Result<Vec<Area>, PlotError> {
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
                canvas.line((x, low - 0.7), (x, high + 0.7), 1.4, colour)?;
                taken.push(Area { from: (x - 1.0, low), to: (x + 1.0, high) });
            }
            for (&child, &(end, y)) in own.children.iter().zip(&ends) {
                canvas.line((x, y), (end, y), 1.4, colours[child])?;
                taken.push(Area { from: (x, y - 1.0), to: (end, y + 1.0) });
            }
        }
        Ok(taken)
    }

    fn names<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, DB>,
        top: f64,
        taken: &mut Vec<Area>,
    ) -> Result<(), PlotError> {
        let size = (self.row * 0.72).clamp(8.0, 12.5);
        for (node, own) in self.tree.nodes.iter().enumerate() {
            let Some(tip) = own.tip else { continue };
            let (name, colour, input) = &self.tips[tip];
            let (x, y) = self.at(node, top);
            let mut look = Text::new(size, INK);
            look.bold = *input;
            if *input {
                canvas.diamond((x + 7.0, y), 4.0, INK)?;
            } else {
                canvas.dot((x + 7.0, y), 3.2, *colour)?;
            }
            let name = look.fit(name, self.names)?;
            let start = x + TO_NAME;
            canvas.text(&name, (start, y), &look)?;
            let half = size / 2.0;
            taken.push(Area { from: (x, y - half), to: (start + look.width(&name)?, y + half) });
        }
        Ok(())
    }

    /// Dots on supported forks, and their numbers where they touch nothing.
    fn support<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<'_, DB>,
        top: f64,
        mut taken: Vec<Area>,
    ) -> Result<(), PlotError> {
        const RADIUS: f64 = 2.8;
        let mut supported: Vec<(usize, f64)> = (self.tree.nodes.iter().enumerate())
            .filter_map(|(node, own)| Some((node, own.support.filter(|s| *s >= SHOWN[0].0)?)))
            .collect();
        for &(node, support) in &supported {
            let (x, y) = self.at(node, top);
            canvas.dot((x, y), RADIUS, dot_colour(support))?;
            taken.push(Area { from: (x - RADIUS, y - RADIUS), to: (x + RADIUS, y + RADIUS) });
        }
        // Where two want the same place, the better supported gets it.
        supported.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (node, support) in supported {
            let (x, y) = self.at(node, top);
            let look = Text::new(NUMBER, MUTED);
            let text = format!("{:.0}", 100.0 * support);
            let (width, half) = (look.width(&text)?, NUMBER * 0.38);
            let candidates = [
                (x - 3.5 - width, y - half - 2.4),
                (x - 3.5 - width, y + half + 2.4),
                (x + 4.5, y),
                (x + 4.5, y - half - 2.4),
                (x + 4.5, y + half + 2.4),
            ];
            for (left, middle) in candidates {
                let area = Area { from: (left, middle - half), to: (left + width, middle + half) };
                if taken.iter().all(|other| !area.touches(other)) {
                    canvas.text(&text, (left, middle), &look)?;
                    taken.push(area);
                    break;
                }
            }
        }
        Ok(())
    }

    /// The scale of branches, the key of support, the key of families.
    fn keys<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>, top: f64) -> Result<(), PlotError> {
        let small = Text::new(12.0, MUTED);
        let left = Look::File.margin() + 4.0;
        let y = top + 20.0;
        let room = WIDTH - Look::File.margin() - self.names - TO_NAME - left;
        let mut x = left;
        if self.deepest > 0.0 {
            let step = round_step(self.deepest / 6.0);
            let width = room * step / self.deepest;
            canvas.line((x, y), (x + width, y), 1.4, INK)?;
            for end in [x, x + width] {
                canvas.line((end, y - 3.5), (end, y + 3.5), 1.4, INK)?;
            }
            let label = format!("distance {step}");
            canvas.text(&label, (x + width + 8.0, y), &small)?;
            x += width + 8.0 + small.width(&label)? + 40.0;
        }
        if self.tree.nodes.iter().any(|node| node.support.is_some()) {
            for (limit, text) in [(0.95, "support 95–100 %"), (0.75, "75–94 %"), (0.5, "50–74 %")]
            {
                canvas.dot((x, y), 3.6, dot_colour(limit))?;
                canvas.text(text, (x + 9.0, y), &small)?;
                x += 9.0 + small.width(text)? + 22.0;
            }
        }
        if self.tips.iter().any(|tip| tip.2) {
            canvas.diamond((x + 18.0, y), 4.0, INK)?;
            canvas.text("input", (x + 28.0, y), &small)?;
        }
        for (i, line) in self.key.iter().enumerate() {
            let y = top + SCALE_ROOM + KEY_LINE * (i as f64 + 0.5);
            let mut x = left;
            for (family, colour) in line {
                canvas.dot((x + 4.0, y), 4.0, *colour)?;
                let label = small.fit(family, LONGEST_KEY)?;
                canvas.text(&label, (x + 13.0, y), &small)?;
                x += key_width(family)?;
            }
        }
        Ok(())
    }
}

impl Figure for TreePlot {
    fn size(&self) -> (f64, f64) {
        let rows = self.row * self.tips.len() as f64;
        let keys = SCALE_ROOM + KEY_LINE * self.key.len() as f64 + 10.0;
        (WIDTH, 2.0 * Look::File.margin() + self.heading.height + rows + keys)
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn description(&self) -> &str {
        &self.description
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<(), PlotError> {
        canvas.rect((0.0, 0.0), self.size(), PAPER)?;
        let top = heading(canvas, Look::File, &self.heading)?;
        self.bands(canvas, top)?;
        let mut taken = self.branches(canvas, top)?;
        self.names(canvas, top, &mut taken)?;
        self.support(canvas, top, taken)?;
        let bottom = top + self.row * self.tips.len() as f64;
        canvas.line(
            (Look::File.margin(), bottom + 4.0),
            (WIDTH - Look::File.margin(), bottom + 4.0),
            1.0,
            GRID,
        )?;
        self.keys(canvas, bottom)
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

/// Width of a family's name in the key.
const LONGEST_KEY: f64 = 220.0;

fn key_width(label: &str) -> Result<f64, PlotError> {
    Ok(13.0 + Text::new(12.0, MUTED).width(label)?.min(LONGEST_KEY) + 22.0)
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

fn title(lineage: &LineageTree) -> String {
    let inputs: Vec<usize> =
        (0..lineage.tips.len()).filter(|&tip| lineage.tips[tip].input).collect();
    let name = |tip: usize| crate::report::escape::name(&lineage.tips[tip].name);
    let all = lineage.tips.len();
    let [input] = inputs[..] else { return format!("How alike {all} corpora write") };
    let nearest = (0..all).filter(|&tip| !lineage.tips[tip].input).min_by(|&a, &b| {
        lineage.distances[input][a].total_cmp(&lineage.distances[input][b]).then(a.cmp(&b))
    });
    match nearest {
        Some(nearest) => format!("{} stands nearest to {}", name(input), name(nearest)),
        None => format!("How alike {all} corpora write"),
    }
}

fn first_names(tree: &Tree, tips: &[(String, Colour, bool)]) -> String {
    let names: Vec<&str> =
        tree.tip_order().into_iter().take(12).map(|tip| tips[tip].0.as_str()).collect();
    names.join("; ")
}

fn dot_colour(support: f64) -> Colour {
    SHOWN.iter().rev().find(|(limit, _)| support >= *limit).map_or(AXIS, |(_, colour)| *colour)
}

/// The largest of 1, 2 and 5 times a power of ten that is not over a length.
fn round_step(length: f64) -> f64 {
    let power = 10_f64.powf(length.log10().floor());
    let step = [5.0, 2.0, 1.0].into_iter().find(|step| step * power <= length).unwrap_or(1.0);
    // Undo what the power of ten left in the last digits.
    (step * power * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{plots::svg, tree::example};

    #[test]
    fn a_figure_is_safe_and_names_its_tips() {
        let tree = example(["<script>x</script>", "b", "c", "d"]);
        let drawn = svg(&TreePlot::new(&tree).unwrap(), "tree").unwrap();
        assert!(!drawn.contains("<script"), "{drawn}");
        assert!(drawn.contains("&lt;script&gt;") && drawn.contains("d *input*"), "{drawn}");
        assert!(drawn.contains("d stands nearest to &lt;script&gt;"), "{drawn}");
    }

    #[test]
    fn too_many_tips_are_said_to_be_too_many() {
        let mut tree = example(["a", "b", "c", "d"]);
        let tip = crate::lineage::tree::Tip { input: false, ..tree.tips[0].clone() };
        tree.tips = vec![tip; 400];
        let refused = TreePlot::new(&tree).err().unwrap().to_string();
        assert!(refused.contains("400") && refused.contains("--references"), "{refused}");
    }

    #[test]
    fn steps_of_the_scale_are_round() {
        for (length, step) in [(0.137, 0.1), (0.2, 0.2), (0.74, 0.5), (3.0, 2.0)] {
            assert_eq!(round_step(length), step);
        }
    }

    #[test]
    fn areas_touch_where_they_share_more_than_an_edge() {
        let area = |x: f64| Area { from: (x, 0.0), to: (x + 2.0, 1.0) };
        assert!(area(0.0).touches(&area(1.0)) && !area(0.0).touches(&area(2.0)));
    }
}

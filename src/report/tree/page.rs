//! A tree of styles → `tree.html`: one file that needs nothing else and asks for nothing.
//!
//! Comes in: a [`LineageTree`]. Goes out: the page, and the part of it that is in `report.html`
//! too ([`TreeSection`]). Everything is text before the templates `assets/tree.html` and
//! `assets/tree-part.html` see it.

use super::{labels, percentage};
use crate::{
    lineage::tree::{LineageTree, Method, Tip},
    report::{
        Error,
        downloads::{Cell, DataTable, Downloads, rounded},
        escape::{name, sentence},
        numbers::{count, counted, fixed},
        page_parts::{Fact, fact, listed, unbroken_one},
        plots::{Look, TreePlot},
        template::{fill, inline, style_sheet},
        tree::figure::title as tree_title,
        wording,
    },
};
use minijinja::context;
use serde::Serialize;
use serde_json::json;

const TEMPLATE: &str = include_str!("../../../assets/tree.html");
/// Members of a group that are named, references that are next to an input, inputs that have such
/// a table.
const MEMBERS: usize = 8;
const NEAREST: usize = 10;
const INPUTS: usize = 12;
/// The least support of a group in the table: that of the figure.
const SUPPORTED: f64 = 0.5;

/// The part that shows the tree itself.
#[derive(Serialize)]
pub(in crate::report) struct TreeSection {
    title: String,
    basis: String,
    no_descent: &'static str,
    caption: String,
    figure: String,
    figure_phone: String,
    groups: Vec<Group>,
    downloads: Vec<Data>,
}

#[derive(Serialize)]
struct Group {
    support: String,
    size: String,
    members: String,
}

#[derive(Serialize)]
struct Data {
    what: &'static str,
    links: Downloads,
}

/// An input and what stands near it.
#[derive(Serialize)]
struct Input {
    name: String,
    size: String,
    nearest: Vec<[String; 3]>,
}

/// How a tree is made again.
#[derive(Debug, Clone, Copy)]
pub struct TreeProvenance<'a> {
    /// The command that makes it.
    pub command: &'a str,
    /// The name of the atlas.
    pub atlas: &'a str,
    /// Its checksum.
    pub atlas_checksum: &'a str,
}

/// The page as text.
///
/// # Errors
/// Where there are more tips than a figure can show, when the figure cannot be drawn, or the
/// template fails.
pub fn render_tree(tree: &LineageTree, from: TreeProvenance<'_>) -> Result<String, Error> {
    let inputs: Vec<usize> = (0..tree.tips.len()).filter(|&tip| tree.tips[tip].input).collect();
    let more = inputs.len().saturating_sub(INPUTS);
    let references = tree.tips.len() - inputs.len();
    fill(
        "tree.html",
        TEMPLATE,
        style_sheet(),
        context! {
            tree => TreeSection::new(tree)?,
            // The title stands over the page.
            alone => true,
            style_is_evidence => wording::STYLE_IS_EVIDENCE,
            facts => vec![
                fact("references", count(references)),
                fact("inputs", count(inputs.len())),
                fact("features", count(tree.features)),
                fact("resamples", count(tree.replicates)),
            ],
            inputs => inputs.iter().take(INPUTS).map(|&tip| Input::new(tree, tip)).collect::<Vec<_>>(),
            inputs_left_out => (more > 0).then(|| {
                format!("{} in the downloads.", counted(more, "more input is", "more inputs are"))
            }),
            left_out => tree.left_out.iter().map(|line| sentence(line)).collect::<Vec<_>>(),
            limits => [wording::STYLE_IS_NOT_DESCENT, wording::SUPPORT_IS_OF_FEATURES, wording::TREE_IS_NESTED],
            method => method(tree),
            command => sentence(from.command),
            provenance => provenance(tree, from),
        },
    )
}

impl TreeSection {
    /// The part of a tree.
    ///
    /// # Errors
    /// Where there are more tips than a figure can show, or it cannot be drawn.
    pub fn new(tree: &LineageTree) -> Result<Self, Error> {
        let drawn = |source| Error::Figure { what: "the tree".into(), source };
        let figure = |look, id| inline(TreePlot::new(tree, look), id).map_err(drawn);
        let labels = labels(tree);
        let mut groups = groups(tree);
        let rows = groups.iter().map(|(support, members)| {
            let names: Vec<&str> = members.iter().map(|&tip| labels[tip].as_str()).collect();
            vec![Cell::Number(*support), Cell::Count(members.len()), Cell::Text(names.join("; "))]
        });
        let table = DataTable {
            name: "tree-groups",
            columns: ["support", "corpora", "which"].map(str::to_owned).to_vec(),
            rows: rows.collect(),
        };
        let mut downloads = vec![Data { what: "All distances", links: distances(tree, &labels)? }];
        if !groups.is_empty() {
            downloads.push(Data { what: "All groups", links: table.downloads()? });
        }
        groups.retain(|(support, _)| *support >= SUPPORTED);
        Ok(Self {
            title: tree_title(tree),
            basis: unbroken_one(wording::tree_basis(tree)),
            no_descent: wording::STYLE_IS_NOT_DESCENT,
            caption: caption(tree),
            figure: figure(Look::Page, "tree")?,
            figure_phone: figure(Look::Phone, "tree-phone")?,
            groups: groups
                .iter()
                .map(|(support, members)| Group {
                    support: format!("{}\u{a0}%", percentage(*support)),
                    size: count(members.len()),
                    members: listed(members.iter().map(|&tip| labels[tip].clone()), MEMBERS),
                })
                .collect(),
            downloads,
        })
    }
}

impl Input {
    fn new(tree: &LineageTree, input: usize) -> Self {
        let own = &tree.tips[input];
        let distance = |tip: usize| tree.distances[input][tip];
        let mut order: Vec<usize> =
            (0..tree.tips.len()).filter(|&tip| !tree.tips[tip].input).collect();
        order.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)));
        let row = |tip: usize| {
            let Tip { name: reference, family, .. } = &tree.tips[tip];
            let family = family.as_deref().map_or_else(|| "–".into(), name);
            [name(reference), family, fixed(distance(tip), 2)]
        };
        Self {
            name: name(&own.name),
            size: format!(
                "{}, {}",
                counted(own.traces, "trace", "traces"),
                counted(own.words, "word", "words")
            ),
            nearest: order.into_iter().take(NEAREST).map(row).collect(),
        }
    }
}

/// The groups that were resampled with their support and members, the best supported and then the
/// smallest first. Of the two sides of a branch without a root, the smaller one.
fn groups(tree: &LineageTree) -> Vec<(f64, Vec<usize>)> {
    let tips = tree.tips.len();
    let found = tree.tree.groups().into_iter().zip(&tree.tree.nodes);
    let mut groups: Vec<(f64, Vec<usize>)> = found
        .filter_map(|(group, node)| {
            let (group, support) = (group?, node.support?);
            let other = group.complement(tips);
            let side = if !tree.tree.rooted && other.len() < group.len() { &other } else { &group };
            Some((support, (0..tips).filter(|&tip| side.contains(tip)).collect()))
        })
        .collect();
    groups.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then(a.1.len().cmp(&b.1.len())).then_with(|| a.1.cmp(&b.1))
    });
    groups
}

/// The matrix of distances: as JSON its labels stand once.
fn distances(tree: &LineageTree, labels: &[String]) -> Result<Downloads, Error> {
    // Four decimals: a hundred corpora have ten thousand of them.
    let short = |value: f64| (value * 1e4).round() / 1e4;
    let rows = labels.iter().zip(&tree.distances).map(|(label, row)| {
        let cells = row.iter().map(|value| Cell::Number(short(*value)));
        std::iter::once(Cell::Text(label.clone())).chain(cells).collect()
    });
    let table = DataTable {
        name: "tree-distances",
        columns: std::iter::once("corpus".to_owned()).chain(labels.iter().cloned()).collect(),
        rows: rows.collect(),
    };
    let values: Vec<Vec<_>> = tree
        .distances
        .iter()
        .map(|row| row.iter().map(|value| rounded(short(*value))).collect())
        .collect();
    table.downloads_with(&json!({ "labels": labels, "distances": values }))
}

fn caption(tree: &LineageTree) -> String {
    let mut words = String::from(
        "The length of the path between two tips shows how different their styles are",
    );
    if tree.method == Method::Nj {
        words.push_str("; the tree has no root and is drawn from the middle of its longest path");
    }
    words.push_str(". Colour: the family.");
    if tree.tips.iter().any(|tip| tip.input) {
        words.push_str(" Bold on a band: an input.");
    }
    if tree.tree.nodes.iter().any(|node| node.support.is_some()) {
        words.push_str(" Numbers that would overlap are left out; the table has all of them.");
    }
    words
}

/// The method in plain words, one paragraph each.
fn method(tree: &LineageTree) -> Vec<String> {
    let distance = format!(
        "The distance of two corpora is one minus the cosine of what they are by {}, over {}. The tree is made of all \
         distances by {}.",
        tree.distance.name(),
        counted(tree.features, "feature", "features"),
        tree.method.title()
    );
    let mut paragraphs = vec![distance];
    if tree.replicates > 0 {
        paragraphs.push(format!(
            "Support is the share of {} in which the same group of corpora comes out: features are drawn with \
             replacement, and prompts of the inputs (Felsenstein 1985).",
            counted(tree.replicates, "resample", "resamples")
        ));
    }
    paragraphs
}

fn provenance(tree: &LineageTree, from: TreeProvenance<'_>) -> Vec<Fact> {
    vec![
        fact("Program", concat!("cotprint ", env!("CARGO_PKG_VERSION")).into()),
        fact("Atlas", name(from.atlas)),
        fact("Atlas checksum", name(from.atlas_checksum)),
        fact(
            "Bootstrap",
            format!("{}, seed {}", counted(tree.replicates, "resample", "resamples"), tree.seed),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    fn page(tree: &LineageTree) -> String {
        let from = TreeProvenance { command: "cotprint tree", atlas: "<i>a", atlas_checksum: "0" };
        render_tree(tree, from).unwrap()
    }

    #[test]
    fn the_page_is_safe_and_tells_what_stands_near_the_input() {
        let tree = example(["<script>x</script>", "b", "c", "d"]);
        let page = page(&tree);
        assert!(!page.contains("<script") && !page.contains("<i>a"), "hostile names are escaped");
        assert!(page.contains("d is nearest to &lt;script&gt;"));
        let places = ["<h3>d</h3>", "0.75</td>", "1.00</td>"].map(|part| page.find(part).unwrap());
        assert!(places.is_sorted(), "the nearest first: {places:?}");
        assert!(page.contains("87\u{a0}%</td>"), "the support of a group");
    }

    #[test]
    fn a_group_is_the_smaller_side_of_its_branch() {
        let mut tree = example(["a", "b", "c", "d"]);
        assert_eq!(groups(&tree), [(0.874, vec![2, 3])]);
        tree.tips.push(Tip { name: "e".into(), ..tree.tips[0].clone() });
        // The branch above c, d, e of an unrooted tree of five sets a and b apart.
        tree.tree.nodes[4].children.push(6);
        tree.tree.nodes.push(crate::lineage::tree::Node { tip: Some(4), ..Default::default() });
        assert_eq!(groups(&tree)[0].1, [0, 1]);
        tree.tree.rooted = true;
        assert_eq!(groups(&tree)[0].1, [2, 3, 4]);
    }
}

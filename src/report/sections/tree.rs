//! The tree of styles, as a section of the report.

use super::section::{Question, Section, SectionFigure};
use crate::lineage::Comparison;
use crate::report::Error;
use crate::report::markdown::Markdown;
use crate::report::tree::TreeSection;
use crate::report::tree::figure::{TreePlot, title};
use crate::report::wording;
use minijinja::{Value, context};

/// The section.
pub(super) struct Tree;

impl Section for Tree {
    fn id(&self) -> &'static str {
        "tree"
    }

    fn question(&self) -> Question {
        Question::Else
    }

    fn template(&self) -> &'static str {
        include_str!("tree.html")
    }

    // The page's part draws it by itself, as on the page of a tree alone.
    fn figures<'a>(&self, comparison: &'a Comparison) -> Vec<SectionFigure<'a>> {
        let tree = comparison.tree.iter();
        let figure = |tree| {
            SectionFigure::new("tree", move |look| TreePlot::new(tree, look)).in_files_only()
        };
        tree.map(figure).collect()
    }

    fn page(&self, comparison: &Comparison) -> Result<Option<Value>, Error> {
        let tree = comparison.tree.as_ref().map(TreeSection::new).transpose()?;
        // One drawing of nearness is enough: the likeness on shared prompts, else this one.
        let drawn = !comparison.pairing.as_ref().is_some_and(|pairing| pairing.paired);
        Ok(tree.map(|tree| context! { tree => Value::from_serialize(tree), drawn }))
    }

    fn markdown(&self, comparison: &Comparison, out: &mut Markdown) {
        if let Some(tree) = &comparison.tree {
            out.heading(&title(tree));
            out.image(&title(tree), "tree.png");
            out.paragraph(wording::STYLE_IS_NOT_DESCENT);
        }
    }
}

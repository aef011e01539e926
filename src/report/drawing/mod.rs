//! What figures are drawn with: shapes, texts, colours, axes, rows, and the way to SVG and PNG.
//!
//! A figure stands with the section or the verb that it belongs to and implements
//! [`figure::Figure`] once; SVG and PNG come from that. Figures that several results share stand
//! here: [`shares`] and [`heat_map`]. Labels go through [`crate::report::escape`] when a figure is
//! made, before anything measures or draws them.

pub(super) mod axis;
mod dendrogram;
pub(super) mod figure;
pub(super) mod heat_map;
pub(super) mod palette;
pub(super) mod render;
pub(super) mod rows;
pub(super) mod shapes;
pub(super) mod shares;
pub(super) mod text;

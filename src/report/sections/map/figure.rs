//! Maps of the input among references, on which near means alike: one that is linear, and one that keeps neighbours.
//!
//! The linear one: principal coordinates of the similarities (Gower 1966): Cosine Delta is a cosine, so that 2 − 2·similarity is the
//! square of a distance, and the two directions that hold most of all distances are the map. They are those of
//! a principal component analysis of the profiles, scaled to length 1. Both directions have one scale;
//! neither has a meaning of its own. The other is the [`Neighbourhood`] of the comparison (t-SNE). Names that would overlap are left out.

use crate::lineage::{Comparison, Neighbourhood, SimilarityMatrix};
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{Colour, GRID, INK, MUTED, PAPER, SERIES};
use crate::report::drawing::rows::width;
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::shares::FamilyColours;
use crate::report::drawing::text::{Align, PlotError, Text};
use crate::report::{escape, numbers, wording};
use linfa_linalg::eigh::Eigh;
use ndarray::Array2;

/// The fewest corpora that a map says something of.
pub const FEWEST: usize = 5;
/// Height of the words below the map.
const FOOT: f64 = 40.0;
/// Corpora that are drawn on a phone, and on a wide figure.
const SHOWN: (usize, usize) = (24, 120);
/// Radius of a reference's dot.
const DOT: f64 = 4.6;

/// A corpus on the map, in units of the square root of 2 − 2·similarity.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    /// The label, as it stands in the matrix.
    pub label: String,
    /// Along the direction that holds most of the differences.
    pub x: f64,
    /// Along the next.
    pub y: f64,
}

/// Where each corpus stands, the input first, and the share of all differences that the two directions hold.
/// Nothing where there are fewer than [`FEWEST`] corpora.
pub(crate) fn places(matrix: &SimilarityMatrix) -> Option<(Vec<Place>, f64)> {
    let size = matrix.labels.len().min(matrix.values.len());
    if size < FEWEST {
        return None;
    }
    let known = |i: usize, j: usize| matrix.values.get(i).and_then(|row| row.get(j)).copied();
    let similarity = |i: usize, j: usize| match known(i, j).zip(known(j, i)) {
        _ if i == j => 1.0,
        Some((one, other)) if one.is_finite() && other.is_finite() => f64::midpoint(one, other),
        // What is not known is taken for unrelated.
        _ => 0.0,
    };
    let similarities = Array2::from_shape_fn((size, size), |(i, j)| similarity(i, j));
    let means: Vec<f64> =
        similarities.rows().into_iter().map(|row| row.sum() / size as f64).collect();
    let mean = means.iter().sum::<f64>() / size as f64;
    let centred = Array2::from_shape_fn((size, size), |(i, j)| {
        similarities[(i, j)] - means[i] - means[j] + mean
    });
    let (values, vectors) = centred.eigh().ok()?;
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
    let along = |direction: usize| -> Vec<f64> {
        let length = values[direction].max(0.0).sqrt();
        // A direction may be turned round: the input stands at its upper end.
        let sign = if vectors[(0, direction)] < 0.0 { -1.0 } else { 1.0 };
        (0..size).map(|i| sign * length * vectors[(i, direction)]).collect()
    };
    let (xs, ys) = (along(order[0]), along(order[1]));
    let all: f64 = values.iter().map(|value| value.max(0.0)).sum();
    let held = (values[order[0]].max(0.0) + values[order[1]].max(0.0)) / all;
    let places: Vec<Place> = matrix.labels[..size]
        .iter()
        .zip(xs.into_iter().zip(ys))
        .map(|(label, (x, y))| Place { label: label.clone(), x, y })
        .collect();
    let finite = held.is_finite() && places.iter().all(|p| p.x.is_finite() && p.y.is_finite());
    finite.then_some((places, held))
}

/// The figure.
pub struct MapPlot {
    frame: Frame,
    points: Vec<Point>,
    /// Height of the map.
    height: f64,
    /// What stands below the map.
    foot: String,
}

/// What is written around a map.
struct Words {
    title: String,
    subtitle: String,
    /// The end of the description.
    end: String,
    foot: String,
}

struct Point {
    name: String,
    /// From 0 to the width and the height of the map.
    at: (f64, f64),
    colour: Colour,
}

/// A rectangle: left, top, right, bottom.
type Area = (f64, f64, f64, f64);

/// Where a name is set.
struct Anchor {
    at: (f64, f64),
    align: Align,
}

impl MapPlot {
    /// The figure of a comparison; nothing where there are too few corpora for a map.
    pub fn new(comparison: &Comparison, look: Look) -> Result<Option<Self>, PlotError> {
        let found = places(&comparison.similarity);
        found.map(|found| Self::of_coordinates(comparison, &found, look)).transpose()
    }

    /// The figure of a comparison's principal coordinates.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    pub(crate) fn of_coordinates(
        comparison: &Comparison,
        (places, held): &(Vec<Place>, f64),
        look: Look,
    ) -> Result<Self, PlotError> {
        let held = *held;
        let words = Words {
            title: wording::map_title(comparison),
            subtitle: wording::map_shown(held),
            end: format!("The two directions hold {} of all differences.", numbers::percent(held)),
            foot: format!(
                "near: alike; the two directions hold {} of all differences",
                numbers::percent(held)
            ),
        };
        Self::of_places(comparison, places.clone(), words, look)
    }

    /// The figure of a comparison's neighbourhood.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    pub fn of_neighbours(
        comparison: &Comparison,
        neighbourhood: &Neighbourhood,
        look: Look,
    ) -> Result<Self, PlotError> {
        let known =
            neighbourhood.places.iter().filter(|one| one.x.is_finite() && one.y.is_finite());
        let places =
            known.map(|one| Place { label: one.label.clone(), x: one.x, y: one.y }).collect();
        let words = Words {
            title: wording::neighbours_title(neighbourhood),
            subtitle: wording::neighbours_shown().into(),
            end: "How far groups are apart means nothing.".into(),
            foot: match look {
                Look::Phone => format!("neighbours: alike (the first {} references)", SHOWN.0 - 1),
                _ => "neighbours: alike; distances between groups mean nothing (t-SNE)".into(),
            },
        };
        Self::of_places(comparison, places, words, look)
    }

    fn of_places(
        comparison: &Comparison,
        mut places: Vec<Place>,
        words: Words,
        look: Look,
    ) -> Result<Self, PlotError> {
        places.truncate(if look == Look::Phone { SHOWN.0 } else { SHOWN.1 });
        let colours = FamilyColours::new(comparison.ranking.iter().map(|r| r.family.as_deref()));
        let family = |label: &str| {
            let one = comparison.ranking.iter().find(|one| one.reference == label)?;
            one.family.as_deref()
        };
        let bounds = |of: fn(&Place) -> f64| {
            let values = places.iter().map(of);
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                (low.min(v), high.max(v))
            })
        };
        let ((left, right), (bottom, top)) = (bounds(|p| p.x), bounds(|p| p.y));
        let (room, rim) = (width(look) - 2.0 * look.margin(), 26.0);
        let (wide, high) = ((right - left).max(1e-6), (top - bottom).max(1e-6));
        let highest = if look == Look::Phone { 420.0 } else { 560.0 };
        let scale = ((room - 2.0 * rim) / wide).min((highest - 2.0 * rim) / high);
        let height = (high * scale + 2.0 * rim).max(160.0);
        let beside = (room - wide * scale) / 2.0;
        let above = (height - high * scale) / 2.0;
        let points = places
            .iter()
            .enumerate()
            .map(|(i, place)| Point {
                name: if i == 0 { "the input".into() } else { escape::name(&place.label) },
                at: (beside + (place.x - left) * scale, above + (top - place.y) * scale),
                colour: if i == 0 { INK } else { colours.of(family(&place.label)) },
            })
            .collect();
        let frame =
            Frame::new(look, room, words.title, &words.subtitle, describe(&places, &words.end))?;
        Ok(Self { frame, points, height, foot: words.foot })
    }

    /// The area and the anchor of each name that can be set: it covers no dot and no name that was set before.
    fn names(&self) -> Result<Vec<Option<Anchor>>, PlotError> {
        let room = width(self.frame.look) - 2.0 * self.frame.look.margin();
        let mut taken: Vec<Area> = Vec::new();
        let dots: Vec<Area> = self
            .points
            .iter()
            .map(|Point { at: (x, y), .. }| (x - DOT, y - DOT, x + DOT, y + DOT))
            .collect();
        let mut set = Vec::new();
        for (i, point) in self.points.iter().enumerate() {
            let text = look(i);
            let (wide, half) = (text.width(&point.name)?, text.size * 0.62);
            let (x, y) = point.at;
            let gap = DOT + if i == 0 { 7.0 } else { 4.0 };
            let found = [
                ((x + gap, y), Align::Left),
                ((x - gap, y), Align::Right),
                ((x, y - gap - half), Align::Middle),
                ((x, y + gap + half), Align::Middle),
            ]
            .into_iter()
            .find_map(|(at, align)| {
                let left = match align {
                    Align::Left => at.0,
                    Align::Middle => at.0 - wide / 2.0,
                    Align::Right => at.0 - wide,
                };
                let area = (left - 2.0, at.1 - half, left + wide + 2.0, at.1 + half);
                let inside = area.0 >= 2.0
                    && area.2 <= room - 2.0
                    && area.1 >= 2.0
                    && area.3 <= self.height - 2.0;
                let free = |others: &[Area], own: Option<usize>| {
                    others
                        .iter()
                        .enumerate()
                        .all(|(j, other)| Some(j) == own || apart(area, *other))
                };
                (inside && free(&taken, None) && free(&dots, Some(i))).then_some((area, at, align))
            });
            set.push(found.map(|(area, at, align)| {
                taken.push(area);
                Anchor { at, align }
            }));
        }
        Ok(set)
    }
}

impl Figure for MapPlot {
    fn frame(&self) -> &Frame {
        &self.frame
    }

    fn size(&self) -> (f64, f64) {
        let margins = 2.0 * self.frame.look.margin();
        (width(self.frame.look), margins + self.frame.heading() + self.height + FOOT)
    }

    fn draw(&self, drawing: &mut Drawing, top: f64) -> Result<(), PlotError> {
        let left = self.frame.look.margin();
        let (right, bottom) = (width(self.frame.look) - left, top + self.height);
        for (from, to) in [
            ((left, top), (right, top)),
            ((left, bottom), (right, bottom)),
            ((left, top), (left, bottom)),
            ((right, top), (right, bottom)),
        ] {
            drawing.line(from, to, 1.0, GRID);
        }
        let names = self.names()?;
        let moved = |(x, y): (f64, f64)| (left + x, top + y);
        for point in self.points.iter().skip(1) {
            drawing.dot(moved(point.at), DOT + 0.9, PAPER);
            drawing.dot(moved(point.at), DOT, point.colour);
        }
        if let Some(input) = self.points.first() {
            drawing.dot(moved(input.at), DOT + 4.4, PAPER);
            drawing.dot(moved(input.at), DOT + 3.2, SERIES[1]);
            drawing.dot(moved(input.at), DOT + 0.4, PAPER);
            drawing.dot(moved(input.at), DOT - 2.0, SERIES[1]);
        }
        for (i, (point, set)) in self.points.iter().zip(names).enumerate() {
            if let Some(Anchor { at, align }) = set {
                drawing.text(&point.name, moved(at), &look(i).align(align));
            }
        }
        let middle = f64::midpoint(left, right);
        drawing.text(
            &self.foot,
            (middle, bottom + 20.0),
            &Text::new(12.0, MUTED).align(Align::Middle),
        );
        Ok(())
    }
}

/// How the name of a point looks: the input is the first.
fn look(place: usize) -> Text {
    if place == 0 { Text::new(13.0, INK).bold() } else { Text::new(11.5, MUTED) }
}

fn apart(a: Area, b: Area) -> bool {
    a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1
}

fn describe(places: &[Place], end: &str) -> String {
    let Some(input) = places.first() else { return "The figure is empty.".into() };
    let mut near: Vec<(f64, &Place)> =
        places.iter().skip(1).map(|p| ((p.x - input.x).hypot(p.y - input.y), p)).collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let near: Vec<String> =
        near.iter().take(5).map(|(_, place)| escape::name(&place.label)).collect();
    format!("On the map the input stands nearest to {}. {end}", near.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_found_again() {
        // Five unit vectors in a plane, at 0°, 90°, 180°, 270° and 90°: their cosines.
        let angles = [0.0_f64, 90.0, 180.0, 270.0, 90.0].map(f64::to_radians);
        let values: Vec<Vec<f64>> =
            angles.iter().map(|a| angles.iter().map(|b| (a - b).cos()).collect()).collect();
        let labels = ["input", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        let (places, held) = places(&SimilarityMatrix { labels, values }).unwrap();
        assert!((held - 1.0).abs() < 1e-9, "{held}");
        let distance =
            |i: usize, j: usize| (places[i].x - places[j].x).hypot(places[i].y - places[j].y);
        for (i, j, expected) in [(0, 1, 2.0_f64.sqrt()), (0, 2, 2.0), (1, 3, 2.0), (1, 4, 0.0)] {
            assert!((distance(i, j) - expected).abs() < 1e-6, "{i} {j}: {}", distance(i, j));
        }
    }

    #[test]
    fn too_few_corpora_make_no_map() {
        let labels = vec!["input".to_owned(), "a".into()];
        assert_eq!(places(&SimilarityMatrix { labels, values: vec![vec![1.0; 2]; 2] }), None);
    }
}

//! Maps of the input among the references, on which near means alike.
//!
//! One shows principal coordinates ([`principal_coordinates`]), the other the [`Neighbourhood`] of
//! the comparison (t-SNE). Both directions have one scale; neither has a meaning of its own. Names
//! that would overlap are left out.

use crate::lineage::{Comparison, MapCoordinates, MapPlace, Neighbourhood, principal_coordinates};
use crate::report::drawing::figure::{Figure, Frame, Look};
use crate::report::drawing::palette::{Colour, GRID, INK, MUTED, PAPER, SERIES};
use crate::report::drawing::rows::width;
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::shares::FamilyColours;
use crate::report::drawing::text::{Align, PlotError, Text};
use crate::report::{escape, numbers, wording};

/// Height of the words below the map.
const FOOT: f64 = 40.0;
/// Corpora that are drawn on a phone, and on a wide figure.
const SHOWN: (usize, usize) = (24, 120);
/// Radius of a reference's dot.
const DOT: f64 = 4.6;

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
        let found = principal_coordinates(&comparison.similarity);
        found.map(|found| Self::of_coordinates(comparison, &found, look)).transpose()
    }

    /// The figure of a comparison's principal coordinates.
    ///
    /// # Errors
    /// When the bundled font cannot be read.
    pub(crate) fn of_coordinates(
        comparison: &Comparison,
        MapCoordinates { places, held }: &MapCoordinates,
        look: Look,
    ) -> Result<Self, PlotError> {
        let held = *held;
        let words = Words {
            title: wording::map_title(comparison),
            subtitle: wording::map_shown(held),
            end: format!("The two directions show {} of all differences.", numbers::percent(held)),
            foot: format!(
                "near: alike; the two directions show {} of all differences",
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
            known.map(|one| MapPlace { label: one.label.clone(), x: one.x, y: one.y }).collect();
        let words = Words {
            title: wording::neighbours_title(neighbourhood),
            subtitle: wording::neighbours_shown().into(),
            end: "The distance between groups means nothing.".into(),
            foot: match look {
                Look::Phone => format!("neighbours: alike (the first {} references)", SHOWN.0 - 1),
                _ => "neighbours: alike; distances between groups mean nothing (t-SNE)".into(),
            },
        };
        Self::of_places(comparison, places, words, look)
    }

    fn of_places(
        comparison: &Comparison,
        mut places: Vec<MapPlace>,
        words: Words,
        look: Look,
    ) -> Result<Self, PlotError> {
        places.truncate(if look == Look::Phone { SHOWN.0 } else { SHOWN.1 });
        let colours = FamilyColours::new(comparison.ranking.iter().map(|r| r.family.as_deref()));
        let family = |label: &str| {
            let one = comparison.ranking.iter().find(|one| one.reference == label)?;
            one.family.as_deref()
        };
        let bounds = |of: fn(&MapPlace) -> f64| {
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

    /// The area and the anchor of each name that can be set: it covers no dot and no name that was
    /// set before.
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

fn describe(places: &[MapPlace], end: &str) -> String {
    let Some(input) = places.first() else { return "The figure is empty.".into() };
    let mut near: Vec<(f64, &MapPlace)> =
        places.iter().skip(1).map(|p| ((p.x - input.x).hypot(p.y - input.y), p)).collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let near: Vec<String> =
        near.iter().take(5).map(|(_, place)| escape::name(&place.label)).collect();
    format!("On the map the input is nearest to {}. {end}", near.join(", "))
}

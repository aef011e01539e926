//! The key of the tree's figure: the scale of branches, support, inputs and families, on lines that
//! fit.

use crate::report::drawing::palette::{AXIS, Colour, INK, MUTED};
use crate::report::drawing::shapes::Drawing;
use crate::report::drawing::text::{PlotError, Text};

/// Height of a line of the key, what is left free above and below it, and between two of its parts.
const KEY_LINE: f64 = 20.0;
const KEY_ROOM: f64 = 12.0;
const KEY_GAP: f64 = 22.0;
/// Width of a family's name in the key, the size of its texts, and what it calls an input.
pub(super) const LONGEST_KEY: f64 = 220.0;
pub(super) const KEY_SIZE: f64 = 12.0;
const INPUT: &str = "input";

/// Support that is shown, and from where on in a darker dot.
pub(super) const SHOWN: [(f64, Colour); 3] = [(0.5, GRID_DARK), (0.75, AXIS_DARK), (0.95, INK)];
const GRID_DARK: Colour = Colour { red: 0xB9, green: 0xBE, blue: 0xC4, opacity: 1.0 };
const AXIS_DARK: Colour = Colour { red: 0x76, green: 0x7E, blue: 0x86, opacity: 1.0 };

/// A part of the key.
pub(super) enum KeyPart {
    /// The length of branches: how long the line is in CSS pixels, and what is said of it.
    Scale(f64, String),
    /// A dot on a fork: from which support on, and what is said of it.
    Support(f64, &'static str),
    /// The mark of an input.
    Input,
    /// The colour of a family.
    Family(String, Colour),
}

/// A line of the key: its parts with their widths.
pub(super) type KeyLine = Vec<(KeyPart, f64)>;

impl KeyPart {
    /// Width of the mark, and of what is free behind it.
    fn mark(&self) -> f64 {
        match self {
            Self::Scale(length, _) => length + 8.0,
            _ => 13.0,
        }
    }

    fn width(&self) -> Result<f64, PlotError> {
        let label = match self {
            Self::Scale(_, label) | Self::Family(label, _) => label,
            Self::Support(_, label) => *label,
            Self::Input => INPUT,
        };
        Ok(self.mark() + Text::new(KEY_SIZE, MUTED).width(label)?)
    }
}

/// The parts on lines of at most this width, with the width of each; families begin a line of their
/// own.
pub(super) fn in_lines(parts: Vec<KeyPart>, room: f64) -> Result<Vec<KeyLine>, PlotError> {
    let mut lines: Vec<KeyLine> = Vec::new();
    let (mut used, mut of_families) = (f64::INFINITY, false);
    for part in parts {
        let width = part.width()?;
        let is_family = matches!(part, KeyPart::Family(..));
        if used + width > room || is_family != of_families {
            lines.push(Vec::new());
            used = 4.0;
        }
        (used, of_families) = (used + width + KEY_GAP, is_family);
        if let Some(line) = lines.last_mut() {
            line.push((part, width));
        }
    }
    Ok(lines)
}

pub(super) fn key_height(key: &[KeyLine]) -> f64 {
    KEY_LINE * key.len() as f64 + 1.5 * KEY_ROOM
}

/// Draws the lines of a key: the scale of branches, support, inputs, families.
pub(super) fn draw(drawing: &mut Drawing, key: &[KeyLine], left: f64, top: f64) {
    let small = Text::new(KEY_SIZE, MUTED);
    for (i, line) in key.iter().enumerate() {
        let y = top + KEY_ROOM + KEY_LINE * (i as f64 + 0.5);
        let mut x = left;
        for (part, width) in line {
            let label = match part {
                KeyPart::Scale(length, label) => {
                    drawing.line((x, y), (x + length, y), 1.4, INK);
                    for end in [x, x + length] {
                        drawing.line((end, y - 3.5), (end, y + 3.5), 1.4, INK);
                    }
                    label
                }
                KeyPart::Support(limit, label) => {
                    drawing.dot((x + 4.0, y), 3.6, dot_colour(*limit));
                    *label
                }
                KeyPart::Input => {
                    drawing.diamond((x + 4.0, y), 4.0, INK);
                    INPUT
                }
                KeyPart::Family(label, colour) => {
                    drawing.dot((x + 4.0, y), 4.0, *colour);
                    label
                }
            };
            drawing.text(label, (x + part.mark(), y), &small);
            x += width + KEY_GAP;
        }
    }
}

pub(super) fn dot_colour(support: f64) -> Colour {
    SHOWN.iter().rev().find(|(limit, _)| support >= *limit).map_or(AXIS, |(_, colour)| *colour)
}

/// The largest of 1, 2 and 5 times a power of ten that is not over a length.
pub(super) fn round_step(length: f64) -> f64 {
    let power = 10_f64.powf(length.log10().floor());
    let step = [5.0, 2.0, 1.0].into_iter().find(|step| step * power <= length).unwrap_or(1.0);
    // Undo what the power of ten left in the last digits.
    (step * power * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::round_step;

    #[test]
    fn steps_of_the_scale_are_round() {
        for (length, step) in [(0.137, 0.1), (0.2, 0.2), (0.74, 0.5), (3.0, 2.0)] {
            assert_eq!(round_step(length), step);
        }
    }
}

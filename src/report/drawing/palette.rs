//! The colours of the figures.
//!
//! Structural colours ([`INK`], [`MUTED`], …) are exact values that the page's style sheet maps to
//! other values in dark mode, so they must not be used for data. The series are Okabe and Ito's
//! colours, which stay apart for colour-blind readers and in grey; the diverging scale runs from
//! brown through near-white to blue for the same reason.

/// A colour with an opacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour {
    /// Red, 0–255.
    pub red: u8,
    /// Green, 0–255.
    pub green: u8,
    /// Blue, 0–255.
    pub blue: u8,
    /// From 0 (cannot be seen) to 1.
    pub opacity: f64,
}

/// A colour out of `0xRRGGBB`.
const fn hex(value: u32) -> Colour {
    let [_, red, green, blue] = value.to_be_bytes();
    Colour { red, green, blue, opacity: 1.0 }
}

/// Text and marks.
pub const INK: Colour = hex(0x1B1D21);
/// Secondary text.
pub const MUTED: Colour = hex(0x59616A);
/// Grid lines.
pub const GRID: Colour = hex(0xE1E3E6);
/// Axes and ticks.
pub const AXIS: Colour = hex(0x99A1A9);
/// The background of a figure.
pub const PAPER: Colour = hex(0xFFFFFF);
/// Dark text on a light cell.
pub const ON_LIGHT: Colour = hex(0x000000);
/// Light text on a dark cell.
pub const ON_DARK: Colour = hex(0xFFFFFE);
/// A cell without a value.
pub const MISSING: Colour = hex(0xC9CCD1);
/// What belongs to no series, or to one series too many.
pub const OTHER: Colour = hex(0x7C848C);

/// Colours of series, in the order in which they are given out.
pub const SERIES: [Colour; 7] = [
    hex(0x0072B2), // blue
    hex(0xD55E00), // vermilion
    hex(0x009E73), // green
    hex(0xA6528A), // purple
    hex(0xB98300), // ochre
    hex(0x3D9DD0), // sky
    hex(0x8A5A44), // brown
];

/// The stops of the diverging scale at -1, -0.5, 0, 0.5 and 1.
const DIVERGING: [Colour; 5] =
    [hex(0x7F3B08), hex(0xE0974A), hex(0xF4F3EF), hex(0x6BA8D4), hex(0x0B3C74)];

impl Colour {
    /// The same colour, partly see-through.
    pub fn faint(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }

    /// Relative luminance as WCAG 2 defines it, from 0 to 1.
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Whichever of [`ON_LIGHT`] and [`ON_DARK`] reads better on it.
    pub fn text_on(self) -> Self {
        let with = |text: Self| contrast(self, text);
        if with(ON_LIGHT) >= with(ON_DARK) { ON_LIGHT } else { ON_DARK }
    }
}

/// The contrast ratio of two colours as WCAG 2 defines it, from 1 to 21.
pub fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The colour of a value in [-1, 1]; values outside are drawn as the nearest end.
pub fn diverging(value: f64) -> Colour {
    if !value.is_finite() {
        return MISSING;
    }
    let steps = (DIVERGING.len() - 1) as f64;
    let at = (value.clamp(-1.0, 1.0) + 1.0) / 2.0 * steps;
    let low = at.floor().min(steps - 1.0);
    let (from, to, part) = (DIVERGING[low as usize], DIVERGING[low as usize + 1], at - low);
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    Colour {
        red: mix(from.red, to.red),
        green: mix(from.green, to.green),
        blue: mix(from.blue, to.blue),
        opacity: 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_on_every_cell() {
        for step in -100..=100 {
            let cell = diverging(f64::from(step) / 100.0);
            assert!(contrast(cell, cell.text_on()) >= 4.5, "{step}: {cell:?}");
        }
    }

    #[test]
    fn text_reads_on_paper() {
        assert!(contrast(INK, PAPER) >= 7.0);
        assert!(contrast(MUTED, PAPER) >= 4.5);
        for series in SERIES.into_iter().chain([OTHER]) {
            assert!(contrast(series, PAPER) >= 3.0, "{series:?}");
        }
    }

    #[test]
    fn the_scale_hits_its_stops() {
        assert_eq!(diverging(-1.0), DIVERGING[0]);
        assert_eq!(diverging(0.0), DIVERGING[2]);
        assert_eq!(diverging(7.0), DIVERGING[4]);
        assert_eq!(diverging(f64::NAN), MISSING);
    }
}

//! Texts of figures: how they look, how wide they are, and how they are cut and wrapped.
//!
//! Widths come from the bundled font, which is registered here: without a registered font plotters
//! draws no text.

use super::palette::Colour;
use crate::report::escape::shorten_middle;
use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use std::sync::OnceLock;

/// The bundled font's name, and the fonts to use where an SVG is shown without it.
const FONT: &str = "Inter, system-ui, sans-serif";
const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.ttf");
const SEMI_BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf");

/// Plotters' font sizes are 1.24 times the em that its SVG writes.
const PLOTTERS_SIZE_PER_EM: f64 = 1.24;

/// Why a figure could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// The bundled font cannot be read.
    #[error("the bundled font cannot be read")]
    Font,
    /// The picture could not be drawn.
    #[error("the picture cannot be drawn: {0}")]
    Drawing(String),
    /// The picture could not be written as PNG.
    #[error("the picture cannot be written as PNG: {0}")]
    Png(String),
    /// A tree has too many tips.
    #[error("{count} corpora are too many for a figure that can be read")]
    TooManyTips {
        /// The tips.
        count: usize,
    },
}

/// Where a text stands against its point; vertically it is always centred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// The point is the text's left end.
    Left,
    /// The point is its middle.
    Middle,
    /// The point is its right end.
    Right,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Size in CSS pixels.
    pub size: f64,
    /// Semi-bold instead of regular.
    pub bold: bool,
    /// Colour.
    pub colour: Colour,
    /// Where the point is.
    pub align: Align,
    /// Whether it runs upwards.
    pub upwards: bool,
}

impl Text {
    /// Regular text that begins at its point.
    pub fn new(size: f64, colour: Colour) -> Self {
        Self { size, bold: false, colour, align: Align::Left, upwards: false }
    }

    /// The same, semi-bold.
    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same with its point elsewhere.
    pub fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    /// The same, running upwards.
    pub fn upwards(self) -> Self {
        Self { upwards: true, ..self }
    }

    /// The width of a text in CSS pixels.
    pub fn width(&self, text: &str) -> Result<f64, PlotError> {
        register()?;
        // Measured large: plotters answers in whole pixels.
        const LARGE: f64 = 200.0;
        let font = self.font_of_size(LARGE);
        let (width, _) =
            font.box_size(text).map_err(|error| PlotError::Drawing(error.to_string()))?;
        Ok(f64::from(width) * self.size / LARGE)
    }

    /// The text, cut in the middle until it is at most `width` wide.
    pub fn fit(&self, text: &str, width: f64) -> Result<String, PlotError> {
        if self.width(text)? <= width {
            return Ok(text.to_owned());
        }
        let (mut fits, mut too_many) = (1, text.chars().count());
        while fits + 1 < too_many {
            let middle = usize::midpoint(fits, too_many);
            match self.width(&shorten_middle(text, middle))? <= width {
                true => fits = middle,
                false => too_many = middle,
            }
        }
        Ok(shorten_middle(text, fits))
    }

    /// The text on at most `lines` lines of at most `width`; what is left over is cut.
    pub fn wrap(&self, text: &str, width: f64, lines: usize) -> Result<Vec<String>, PlotError> {
        let mut wrapped: Vec<String> = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let joined = wrapped.last().map(|line| format!("{line} {word}"));
            match joined {
                Some(joined) if wrapped.len() == lines || self.width(&joined)? <= width => {
                    wrapped.pop();
                    wrapped.push(joined);
                }
                _ => wrapped.push(word.to_owned()),
            }
        }
        wrapped.iter().map(|line| self.fit(line, width)).collect()
    }

    /// Its font for a drawing with `units` units per CSS pixel.
    pub(super) fn font(&self, units: f64) -> FontDesc<'static> {
        self.font_of_size(self.size * units)
    }

    fn font_of_size(&self, size: f64) -> FontDesc<'static> {
        let style = if self.bold { FontStyle::Bold } else { FontStyle::Normal };
        FontDesc::new(FontFamily::Name(FONT), size * PLOTTERS_SIZE_PER_EM, style)
    }
}

/// Registers the bundled font once.
pub(super) fn register() -> Result<(), PlotError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let done = REGISTERED.get_or_init(|| {
        register_font(FONT, FontStyle::Normal, REGULAR).is_ok()
            && register_font(FONT, FontStyle::Bold, SEMI_BOLD).is_ok()
    });
    if *done { Ok(()) } else { Err(PlotError::Font) }
}

#[cfg(test)]
mod tests {
    use super::super::palette::INK;
    use super::*;

    #[test]
    fn text_is_measured_cut_and_wrapped() {
        let look = Text::new(13.0, INK);
        let width = look.width("deepseek/deepseek-r1").unwrap();
        assert!((100.0..160.0).contains(&width), "{width}");
        assert!(look.bold().width("deepseek").unwrap() > look.width("deepseek").unwrap());
        let cut = look.fit("a-vendor-with-a-name/a-model-with-a-longer-name", 120.0).unwrap();
        assert!(cut.contains('…') && look.width(&cut).unwrap() <= 120.0, "{cut}");
        let lines = look.wrap("one two three four five six seven eight", 80.0, 2).unwrap();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| look.width(line).unwrap() <= 80.0), "{lines:?}");
        assert!(look.wrap("", 80.0, 2).unwrap().is_empty());
    }
}

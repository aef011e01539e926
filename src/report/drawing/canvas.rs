//! What figures are drawn with: one set of shapes and texts over plotters' drawing backends.
//!
//! A figure implements [`Figure`] once; [`svg`] and [`png`] run it against plotters' SVG and
//! bitmap backends. Coordinates are in CSS pixels; the canvas scales them. The bundled font is
//! registered here, since without a registered font plotters draws no text.

use super::palette::{Colour, PAPER};
use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::{BitMapBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle,
    register_font,
};
use std::path::Path;
use std::sync::OnceLock;

/// The bundled font's name, and what stands in where an SVG is shown without it.
const FONT: &str = "Inter, system-ui, sans-serif";
const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.ttf");
const SEMI_BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf");

/// Plotters' font sizes are 1.24 times the em that its SVG writes.
const PLOTTERS_SIZE_PER_EM: f64 = 1.24;
/// How much higher than the SVG's the bitmap's centred text stands, in em: the SVG puts the
/// baseline half an x-height (0.273 em) under the middle, the bitmap 0.12 em.
const BITMAP_TEXT_SHIFT: f64 = 0.273 - 0.12;
/// Units of the drawing per CSS pixel: plotters draws on whole units.
const SCALE: u32 = 4;
/// The largest side of a figure in CSS pixels; a bitmap of that size takes 300 MB while it is drawn.
pub const LARGEST_SIDE: f64 = 2_400.0;

/// Why a figure could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PlotError(pub(in crate::report) String);

/// One figure.
pub trait Figure {
    /// Width and height in CSS pixels.
    fn size(&self) -> (f64, f64);
    /// Draws it.
    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<'_, DB>) -> Result<(), PlotError>;
    /// What it shows in one sentence: the SVG's accessible name.
    fn title(&self) -> &str;
    /// The finding with its numbers: the SVG's description.
    fn description(&self) -> &str;
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
        let font =
            FontDesc::new(FontFamily::Name(FONT), LARGE * PLOTTERS_SIZE_PER_EM, self.style());
        let (width, _) = font.box_size(text).map_err(failed)?;
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
            match self.width(&crate::report::escape::shorten_middle(text, middle))? <= width {
                true => fits = middle,
                false => too_many = middle,
            }
        }
        Ok(crate::report::escape::shorten_middle(text, fits))
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

    fn style(&self) -> FontStyle {
        if self.bold { FontStyle::Bold } else { FontStyle::Normal }
    }
}

/// The surface that a figure is drawn on.
pub struct Canvas<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    /// How far centred text has to be moved down, in em.
    text_shift: f64,
}

impl<DB: DrawingBackend> Canvas<'_, DB> {
    /// A filled rectangle between two corners.
    pub fn rect(&self, from: (f64, f64), to: (f64, f64), colour: Colour) -> Result<(), PlotError> {
        let corners = [units(from), units(to)];
        self.area.draw(&Rectangle::new(corners, rgba(colour).filled())).map_err(failed)
    }

    /// A line of some width.
    pub fn line(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        width: f64,
        colour: Colour,
    ) -> Result<(), PlotError> {
        // Upright and level lines are drawn as rectangles: they come out sharp in both backends.
        let half = width / 2.0;
        if from.0 == to.0 {
            return self.rect((from.0 - half, from.1), (to.0 + half, to.1), colour);
        }
        if from.1 == to.1 {
            return self.rect((from.0, from.1 - half), (to.0, to.1 + half), colour);
        }
        let path = PathElement::new(vec![units(from), units(to)], stroke(width, colour));
        self.area.draw(&path).map_err(failed)
    }

    /// A filled circle.
    pub fn dot(&self, at: (f64, f64), radius: f64, colour: Colour) -> Result<(), PlotError> {
        let circle = Circle::new(units(at), unit(radius), rgba(colour).filled());
        self.area.draw(&circle).map_err(failed)
    }

    /// A diamond that is filled with the paper's colour and has an outline.
    pub fn diamond(&self, at: (f64, f64), radius: f64, colour: Colour) -> Result<(), PlotError> {
        let corners = |r: f64| {
            let (x, y) = at;
            vec![units((x, y - r)), units((x + r, y)), units((x, y + r)), units((x - r, y))]
        };
        let outer = Polygon::new(corners(radius + 0.9), rgba(colour).filled());
        self.area.draw(&outer).map_err(failed)?;
        let inner = Polygon::new(corners(radius - 0.9), rgba(PAPER).filled());
        self.area.draw(&inner).map_err(failed)
    }

    /// A text. It must come from [`crate::report::escape`].
    pub fn text(&self, text: &str, at: (f64, f64), look: &Text) -> Result<(), PlotError> {
        if text.is_empty() {
            return Ok(());
        }
        let shift = self.text_shift * look.size;
        let at = if look.upwards { (at.0 + shift, at.1) } else { (at.0, at.1 + shift) };
        let horizontal = match look.align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let size = look.size * PLOTTERS_SIZE_PER_EM * f64::from(SCALE);
        // `FontDesc::style` would keep the regular outlines.
        let mut font = FontDesc::new(FontFamily::Name(FONT), size, look.style());
        if look.upwards {
            font = font.transform(FontTransform::Rotate270);
        }
        let Colour { red, green, blue, .. } = look.colour;
        let colour = RGBColor(red, green, blue);
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(horizontal, VPos::Center));
        self.area.draw_text(text, &style, units(at)).map_err(failed)
    }
}

/// The figure as an SVG document without an XML declaration, ready to stand in a page.
/// `id` makes the ids inside it unique in that page.
pub fn svg<F: Figure>(figure: &F, id: &str) -> Result<String, PlotError> {
    register()?;
    let (width, height) = bounded(figure.size());
    let mut drawn = String::new();
    {
        let backend = SVGBackend::with_string(&mut drawn, (width * SCALE, height * SCALE));
        let area = backend.into_drawing_area();
        figure.draw(&Canvas { area: &area, text_shift: 0.0 })?;
        area.present().map_err(failed)?;
    }
    // Plotters opens with the size in drawing units and knows no titles: the first tag is ours.
    let body = drawn.split_once('>').map_or("", |(_, body)| body);
    let (title, description) = (xml(figure.title()), xml(figure.description()));
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}-title {id}-text\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-text\">{description}</desc>{body}",
        width * SCALE,
        height * SCALE,
    ))
}

/// Writes the figure as a PNG to a file.
pub fn png<F: Figure>(figure: &F, path: &Path) -> Result<(), PlotError> {
    std::fs::write(path, png_bytes(figure)?).map_err(failed)
}

/// The figure as a PNG with two pixels for each CSS pixel.
///
/// It is drawn with four and averaged, which smooths what plotters draws with hard edges.
pub fn png_bytes<F: Figure>(figure: &F) -> Result<Vec<u8>, PlotError> {
    register()?;
    let (width, height) = bounded(figure.size());
    let (fine_width, fine_height) = (width * SCALE, height * SCALE);
    let mut fine = vec![255; (fine_width as usize) * (fine_height as usize) * 3];
    {
        let backend = BitMapBackend::with_buffer(&mut fine, (fine_width, fine_height));
        let area = backend.into_drawing_area();
        figure.draw(&Canvas { area: &area, text_shift: BITMAP_TEXT_SHIFT })?;
        area.present().map_err(failed)?;
    }
    let pixels = halved(&fine, fine_width as usize);
    encoded(&pixels, fine_width / 2, fine_height / 2)
        .map_err(|error| PlotError(format!("the picture cannot be written as PNG: {error}")))
}

/// Pixels of three bytes as a PNG.
fn encoded(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_adaptive_filter(png::AdaptiveFilterType::Adaptive);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}

/// The mean of every square of two by two pixels; both sides of the picture are even.
fn halved(fine: &[u8], width: usize) -> Vec<u8> {
    let row = width * 3;
    let mut pixels = Vec::with_capacity(fine.len() / 4);
    for rows in fine.chunks_exact(2 * row) {
        let (upper, lower) = rows.split_at(row);
        for (above, below) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for channel in 0..3 {
                let sum = [above[channel], above[channel + 3], below[channel], below[channel + 3]]
                    .map(u16::from)
                    .iter()
                    .sum::<u16>();
                pixels.push(((sum + 2) / 4) as u8);
            }
        }
    }
    pixels
}

/// Registers the bundled font once.
fn register() -> Result<(), PlotError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let done = REGISTERED.get_or_init(|| {
        register_font(FONT, FontStyle::Normal, REGULAR).is_ok()
            && register_font(FONT, FontStyle::Bold, SEMI_BOLD).is_ok()
    });
    if *done { Ok(()) } else { Err(PlotError("the bundled font cannot be read".into())) }
}

fn failed(error: impl std::fmt::Display) -> PlotError {
    PlotError(error.to_string())
}

fn bounded((width, height): (f64, f64)) -> (u32, u32) {
    let side = |length: f64| length.clamp(1.0, LARGEST_SIDE).ceil() as u32;
    (side(width), side(height))
}

fn unit(length: f64) -> i32 {
    (length * f64::from(SCALE)).round() as i32
}

fn units((x, y): (f64, f64)) -> (i32, i32) {
    (unit(x), unit(y))
}

fn rgba(colour: Colour) -> plotters::style::RGBAColor {
    RGBColor(colour.red, colour.green, colour.blue).mix(colour.opacity)
}

fn stroke(width: f64, colour: Colour) -> ShapeStyle {
    rgba(colour).stroke_width(unit(width).max(1) as u32)
}

fn xml(text: &str) -> String {
    [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&apos;")]
        .into_iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::drawing::palette::INK;

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

    #[test]
    fn the_halved_picture_holds_means() {
        let fine = [0, 0, 0, 4, 4, 4, 8, 8, 8, 8, 8, 8];
        assert_eq!(halved(&fine, 2), [5, 5, 5]);
    }
}

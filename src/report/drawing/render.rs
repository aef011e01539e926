//! A figure → SVG text and PNG files.
//!
//! Both come from one list of shapes. Plotters draws on whole units, so a CSS pixel is four of
//! them.

use super::figure::{Figure, draw};
use super::palette::Colour;
use super::shapes::{Drawing, Shape};
use super::text::{Align, PlotError, Text, register};
use plotters::backend::DrawingBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::{BitMapBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, RGBColor, ShapeStyle, TextStyle};

/// How much higher than the SVG's the bitmap's centred text stands, in em: the SVG puts the
/// baseline half an x-height (0.273 em) under the middle, the bitmap 0.12 em.
const BITMAP_TEXT_SHIFT: f64 = 0.273 - 0.12;
/// Units of the drawing per CSS pixel.
const SCALE: u32 = 4;
/// The largest side of a figure in CSS pixels; a bitmap of that size takes 300 MB while it is
/// drawn.
pub const LARGEST_SIDE: f64 = 2_400.0;

/// The figure as an SVG document without an XML declaration, ready to be in a page.
/// `id` makes the ids inside it unique in that page.
///
/// # Errors
/// When the bundled font cannot be read.
pub fn svg(figure: &dyn Figure, id: &str) -> Result<String, PlotError> {
    register()?;
    let (width, height) = bounded(figure.size());
    let mut drawn = String::new();
    {
        let backend = SVGBackend::with_string(&mut drawn, (width * SCALE, height * SCALE));
        let area = backend.into_drawing_area();
        lay(&draw(figure)?, &area, 0.0)?;
        area.present().map_err(failed)?;
    }
    // Plotters opens with the size in drawing units and knows no titles: the first tag is ours.
    let body = drawn.split_once('>').map_or("", |(_, body)| body);
    let (title, description) = (xml(&figure.frame().title), xml(&figure.frame().description));
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}-title {id}-text\">\n\
         <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-text\">{description}</desc>{body}",
        width * SCALE,
        height * SCALE,
    ))
}

/// The figure as a PNG with two pixels for each CSS pixel.
///
/// It is drawn with four and averaged, which smooths what plotters draws with hard edges.
///
/// # Errors
/// When the bundled font cannot be read.
pub fn png_bytes(figure: &dyn Figure) -> Result<Vec<u8>, PlotError> {
    register()?;
    let (width, height) = bounded(figure.size());
    let (fine_width, fine_height) = (width * SCALE, height * SCALE);
    let mut fine = vec![255; (fine_width as usize) * (fine_height as usize) * 3];
    {
        let backend = BitMapBackend::with_buffer(&mut fine, (fine_width, fine_height));
        let area = backend.into_drawing_area();
        lay(&draw(figure)?, &area, BITMAP_TEXT_SHIFT)?;
        area.present().map_err(failed)?;
    }
    let pixels = halved(&fine, fine_width as usize);
    encoded(&pixels, fine_width / 2, fine_height / 2)
        .map_err(|error| PlotError::Png(error.to_string()))
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

/// Draws all shapes; centred text is moved down by `text_shift` em.
fn lay<DB: DrawingBackend>(
    drawing: &Drawing,
    area: &DrawingArea<DB, Shift>,
    text_shift: f64,
) -> Result<(), PlotError> {
    for shape in &drawing.shapes {
        match shape {
            Shape::Rectangle { from, to, colour } => {
                area.draw(&Rectangle::new([units(*from), units(*to)], rgba(*colour).filled()))
            }
            Shape::Line { from, to, width, colour } => {
                let ends = vec![units(*from), units(*to)];
                area.draw(&PathElement::new(ends, stroke(*width, *colour)))
            }
            Shape::Circle { at, radius, colour } => {
                area.draw(&Circle::new(units(*at), unit(*radius), rgba(*colour).filled()))
            }
            Shape::Polygon { corners, colour } => {
                let corners: Vec<(i32, i32)> = corners.iter().map(|&at| units(at)).collect();
                area.draw(&Polygon::new(corners, rgba(*colour).filled()))
            }
            Shape::Text { text, at, look } => {
                let shift = text_shift * look.size;
                let (right, down) = if look.upwards { (shift, 0.0) } else { (0.0, shift) };
                let Colour { red, green, blue, .. } = look.colour;
                let colour = RGBColor(red, green, blue);
                area.draw_text(text, &style(look, &colour), units((at.0 + right, at.1 + down)))
            }
        }
        .map_err(failed)?;
    }
    Ok(())
}

fn style<'a>(look: &Text, colour: &'a RGBColor) -> TextStyle<'a> {
    let horizontal = match look.align {
        Align::Left => HPos::Left,
        Align::Middle => HPos::Center,
        Align::Right => HPos::Right,
    };
    let mut font = look.font(f64::from(SCALE));
    if look.upwards {
        font = font.transform(FontTransform::Rotate270);
    }
    TextStyle::from(font).color(colour).pos(Pos::new(horizontal, VPos::Center))
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

fn failed(error: impl std::fmt::Display) -> PlotError {
    PlotError::Drawing(error.to_string())
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
    use super::halved;

    #[test]
    fn the_halved_picture_holds_means() {
        let fine = [0, 0, 0, 4, 4, 4, 8, 8, 8, 8, 8, 8];
        assert_eq!(halved(&fine, 2), [5, 5, 5]);
    }
}

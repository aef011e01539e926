//! A template and its values → a page: one file that needs nothing else and asks for nothing.
//!
//! The template escapes every value because its name ends in `.html`; only what this stage itself
//! made (the style sheet and the figures, whose labels the SVG writer escapes) goes in as it is.
//! The page's policy forbids scripts and every request, and names its style sheet by hash.

use super::Error;
use super::drawing::figure::Figure;
use super::drawing::render::svg;
use super::drawing::text::PlotError;
use super::sentences::Told;
use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{Environment, Value, context};
use sha2::{Digest, Sha256};

/// The beginning and the end of every page.
const HEAD: &str = include_str!("../../assets/head.html");
const FOOT: &str = include_str!("../../assets/foot.html");
/// The links to a figure's data.
const DOWNLOADS: &str = include_str!("../../assets/downloads.html");
/// What several sections of a report show alike.
const PARTS: &str = include_str!("../../assets/parts.html");
/// The tree of styles, alone or in a report.
const TREE: &str = include_str!("../../assets/tree-part.html");
/// The rules of a check, at the top of its report.
const RULES: &str = include_str!("../../assets/rules.html");
const STYLE: &str = include_str!("../../assets/report.css");
const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.woff2");
const SEMI_BOLD: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.woff2");

/// Fills a template. It sees the values, its style sheet and the policy that names the sheet. It
/// may include `head.html`, for which it sets `title`, `foot.html` and all of `parts`, and import
/// the macros of `downloads.html` and `parts.html`. The filter `told` keeps names whole and explains
/// terms of art. All names end in `.html`, so that every value
/// is escaped.
///
/// # Errors
/// When the template fails, which is a mistake in this program.
pub(super) fn fill_with(
    name: &str,
    template: &str,
    parts: &[(String, &'static str)],
    style: String,
    values: Value,
) -> Result<String, Error> {
    let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; font-src data:; img-src data:; \
         base-uri 'none'; form-action 'none'"
    );
    let mut environment = Environment::new();
    // Before the template is read, or it would keep the white space around its tags.
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    let told = Told::default();
    environment.add_filter("told", move |text: &str| told.html(text));
    environment.add_template("head.html", HEAD)?;
    environment.add_template("foot.html", FOOT)?;
    environment.add_template("downloads.html", DOWNLOADS)?;
    environment.add_template("parts.html", PARTS)?;
    environment.add_template("rules.html", RULES)?;
    environment.add_template("tree-part.html", TREE)?;
    for (name, part) in parts {
        environment.add_template(name, part)?;
    }
    environment.add_template(name, template)?;
    Ok(environment.get_template(name)?.render(context! { policy, style, ..values })?)
}

/// Fills a template that includes no parts of its own.
///
/// # Errors
/// When the template fails, which is a mistake in this program.
pub(super) fn fill(
    name: &str,
    template: &str,
    style: String,
    values: Value,
) -> Result<String, Error> {
    fill_with(name, template, &[], style, values)
}

/// A figure for the page; `id` is unique in it.
///
/// # Errors
/// When the figure cannot be made or drawn.
pub(super) fn inline<F: Figure>(
    figure: Result<F, PlotError>,
    id: &str,
) -> Result<String, PlotError> {
    svg(&figure?, id)
}

/// The style sheet with the bundled font in it.
pub(super) fn style_sheet() -> String {
    let mut sheet = String::new();
    for (weight, font) in [("400", REGULAR), ("600 700", SEMI_BOLD)] {
        sheet.push_str(&format!(
            "@font-face{{font-family:Inter;font-weight:{weight};\
             src:url(data:font/woff2;base64,{}) format(\"woff2\")}}\n",
            STANDARD.encode(font)
        ));
    }
    sheet + STYLE
}

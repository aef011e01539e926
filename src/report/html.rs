//! A comparison → `report.html`: one file that needs nothing else and asks for nothing.
//!
//! The template escapes every value because its name ends in `.html`; only what this stage itself
//! made (the style sheet and the figures, whose labels the SVG writer escapes) goes in as it is.
//! The page of a check is the same page with its rules on top ([`super::gate`]).
//! The page's policy forbids scripts and every request, and names its style sheet by hash.

use super::Error;
use super::explain;
use super::gate::RulesSection;
use super::page::Page;
use super::plots::{
    self, BreakdownPlot, DriftPlot, Figure, FloorsPlot, HabitsPlot, HeatMap, LikenessPlot, Look,
    MapPlot, PlotError, RankingPlot,
};
use super::sections::breakdown::page::BreakdownSection;
use super::sections::examples::ExamplesSection;
use super::sections::habits::page::HabitsSection;
use super::tree::TreeSection;
use super::wording;
use crate::lineage::Comparison;
use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{Environment, Value, context};
use sha2::{Digest, Sha256};

const TEMPLATE: &str = include_str!("../../assets/report.html");
/// The beginning and the end of every page.
const HEAD: &str = include_str!("../../assets/head.html");
const FOOT: &str = include_str!("../../assets/foot.html");
/// The links to a figure's data.
const DOWNLOADS: &str = include_str!("../../assets/downloads.html");
/// The tree of styles, alone or in a report.
const TREE: &str = include_str!("../../assets/tree-part.html");
/// The rules of a check, which stand on top of its report.
const RULES: &str = include_str!("../../assets/rules.html");
const STYLE: &str = include_str!("../../assets/report.css");
const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.woff2");
const SEMI_BOLD: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.woff2");

/// The page as text.
///
/// # Errors
/// When a figure cannot be drawn or the template fails.
pub fn render_page(comparison: &Comparison) -> Result<String, Error> {
    render_page_with(comparison, None)
}

/// The page, with the rules of a check on top of it where there was one.
pub(super) fn render_page_with(
    comparison: &Comparison,
    check: Option<&RulesSection>,
) -> Result<String, Error> {
    let figure = |what: &'static str| {
        move |source: PlotError| Error::Figure { what: what.to_owned(), source }
    };
    let ranking = |look, id| inline(RankingPlot::new(comparison, look), id);
    let similarity = |look, id| inline(HeatMap::new(comparison, look), id);
    let drift = |look, id| match &comparison.drift {
        Some(drift) => inline(DriftPlot::new(drift, look), id),
        None => Ok(String::new()),
    };
    let likeness = |look, id| match &comparison.pairing {
        Some(pairing) => inline(LikenessPlot::new(pairing, look), id),
        None => Ok(String::new()),
    };
    let map = |look, id| match MapPlot::new(comparison, look) {
        Ok(Some(map)) => plots::svg(&map, id),
        Ok(None) => Ok(String::new()),
        Err(error) => Err(error),
    };
    let neighbours = |look, id| match &comparison.neighbourhood {
        Some(known) => inline(MapPlot::of_neighbours(comparison, known, look), id),
        None => Ok(String::new()),
    };
    let holds = |look, id| match &comparison.holds {
        Some(holds) => inline(BreakdownPlot::new(holds, look), id),
        None => Ok(String::new()),
    };
    let mut habits = Vec::new();
    for known in comparison.habits.iter().filter(|known| !known.habits.is_empty()) {
        let id = super::sections::habits::figure::file_name(known);
        let drawn = |look, id: &str| inline(HabitsPlot::new(known, look), id);
        habits.push(HabitsSection::new(
            known,
            drawn(Look::Page, id).map_err(figure("the habits"))?,
            drawn(Look::Phone, &format!("{id}-phone")).map_err(figure("the habits"))?,
        )?);
    }
    let values = context! {
        check,
        habits,
        examples => ExamplesSection::new(comparison),
        tree => comparison.tree.as_ref().map(TreeSection::new).transpose()?,
        holds => comparison.holds.as_ref().map(BreakdownSection::new),
        figure_holds => holds(Look::Page, "holds").map_err(figure("where it holds"))?,
        figure_holds_phone =>
            holds(Look::Phone, "holds-phone").map_err(figure("where it holds"))?,
        neighbours_title => comparison.neighbourhood.as_ref().map(wording::neighbours_title),
        neighbours_shown => wording::neighbours_shown(),
        neighbours => neighbours(Look::Page, "neighbours").map_err(figure("the neighbours"))?,
        neighbours_phone =>
            neighbours(Look::Phone, "neighbours-phone").map_err(figure("the neighbours"))?,
        map_title => wording::map_title(comparison),
        map => map(Look::Page, "map").map_err(figure("the map"))?,
        map_phone => map(Look::Phone, "map-phone").map_err(figure("the map"))?,
        page => Page::new(comparison)?,
        figure_drift => drift(Look::Page, "drift").map_err(figure("the drift"))?,
        figure_drift_phone => drift(Look::Phone, "drift-phone").map_err(figure("the drift"))?,
        figure_likeness => likeness(Look::Page, "likeness").map_err(figure("the likeness"))?,
        figure_likeness_phone =>
            likeness(Look::Phone, "likeness-phone").map_err(figure("the likeness"))?,
        ranking => ranking(Look::Page, "ranking").map_err(figure("the ranking"))?,
        ranking_phone => ranking(Look::Phone, "ranking-phone").map_err(figure("the ranking"))?,
        similarity => similarity(Look::Page, "similarity").map_err(figure("the heat map"))?,
        floors => plots::svg(&FloorsPlot::new(comparison), "floors").map_err(figure("the floors"))?,
        similarity_phone =>
            similarity(Look::Phone, "similarity-phone").map_err(figure("the heat map"))?,
    };
    fill("report.html", TEMPLATE, style_sheet() + explain::STYLE, values)
}

/// Fills a template, which sees the values, its style sheet and the policy that names it. The template's name ends
/// in `.html`, so that every value is escaped; it may include `head.html`, for which it sets `title`, and `foot.html`, and import
/// the macro of `downloads.html`.
pub(super) fn fill(
    name: &str,
    template: &str,
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
    environment.add_template("head.html", HEAD)?;
    environment.add_template("foot.html", FOOT)?;
    environment.add_template("downloads.html", DOWNLOADS)?;
    environment.add_template("rules.html", RULES)?;
    environment.add_template("tree-part.html", TREE)?;
    environment.add_template(name, template)?;
    Ok(environment.get_template(name)?.render(context! { policy, style, ..values })?)
}

/// A figure for the page; `id` is unique in it.
pub(super) fn inline<F: Figure>(
    figure: Result<F, PlotError>,
    id: &str,
) -> Result<String, PlotError> {
    plots::svg(&figure?, id)
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

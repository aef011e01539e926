//! The leading references as rows of a terminal, cut where nothing is left to see.

use super::visible;
use crate::lineage::{Comparison, Drift, RankedReference};
use crate::report::escape::{columns, name};
use crate::report::numbers::{count, interval, share, signed, signed_interval, similarity};
use crate::report::terminal::{Ink, TerminalPage, bar, padded};

/// References that are shown at most.
const MOST: usize = 8;
/// Columns of a row beside its name and family: place, share, interval, bar and what is between.
const FIXED: usize = 36;
/// Families have a column where names leave this many columns.
const FAMILY: usize = 8;

/// At most `room` lines: an empty one, the head, the rows, and how many more there are.
pub(super) fn leading_rows(
    comparison: &Comparison,
    page: &TerminalPage<'_>,
    room: usize,
) -> Vec<(String, Ink)> {
    if let Some(drift) = &comparison.drift {
        return changed_rows(drift, page, room);
    }
    let ranking = &comparison.ranking;
    let shown = visible(ranking).clamp(3, MOST).min(room.saturating_sub(3)).min(ranking.len());
    if shown == 0 {
        return Vec::new();
    }
    let rows = &ranking[..shown];
    let widest = |texts: &mut dyn Iterator<Item = String>| texts.map(|t| columns(&t)).max();
    let all = page.table_width().saturating_sub(FIXED);
    let name_room = widest(&mut rows.iter().map(|one| name(&one.reference))).unwrap_or(0);
    let name_room = name_room.max("reference".len()).min(all);
    let family_room = widest(&mut rows.iter().filter_map(family)).unwrap_or(0);
    let left = all.saturating_sub(name_room + 1);
    let family_room = if left < FAMILY { 0 } else { family_room.min(left) };
    let line = |place: &str, reference: &str, family: &str, share: &str, interval: &str| {
        let family = match family_room {
            0 => String::new(),
            room => format!(" {}", padded(family, room.max("family".len()))),
        };
        format!("{place:>3} {}{family} {share:>5}  {interval:<13}", padded(reference, name_room))
    };
    let head = line("", "reference", "family", "share", "95 % interval");
    let mut lines = vec![(String::new(), Ink::Plain), (head.trim_end().to_owned(), Ink::Dim)];
    for (place, one) in rows.iter().enumerate() {
        let cells = line(
            &(place + 1).to_string(),
            &name(&one.reference),
            &family(one).unwrap_or_default(),
            &share(one.score),
            &interval(one.low, one.high),
        );
        lines.push((format!("{cells} {}", bar(one.score)).trim_end().to_owned(), Ink::Plain));
    }
    if ranking.len() > shown {
        lines.push((format!("    … and {} more", count(ranking.len() - shown)), Ink::Dim));
    }
    lines
}

/// The references that the style moved towards first: likeness before and now, and the change.
fn changed_rows(drift: &Drift, page: &TerminalPage<'_>, room: usize) -> Vec<(String, Ink)> {
    let all = &drift.references;
    let shown = MOST.min(room.saturating_sub(3)).min(all.len());
    if shown == 0 {
        return Vec::new();
    }
    let widest = all[..shown].iter().map(|one| columns(&name(&one.reference))).max().unwrap_or(0);
    let name_room = widest.max("reference".len()).min(page.table_width().saturating_sub(FIXED + 8));
    let line = |cells: [&str; 6]| {
        let [place, reference, before, now, change, interval] = cells;
        let text = format!(
            "{place:>3} {} {before:>7} {now:>7} {change:>7}  {interval}",
            padded(reference, name_room)
        );
        (text.trim_end().to_owned(), Ink::Plain)
    };
    let head = line(["", "reference", "before", "now", "change", "95 % interval"]);
    let mut lines = vec![(String::new(), Ink::Plain), (head.0, Ink::Dim)];
    for (place, one) in all[..shown].iter().enumerate() {
        lines.push(line([
            &(place + 1).to_string(),
            &name(&one.reference),
            &similarity(one.before),
            &similarity(one.after),
            &signed(one.change),
            &signed_interval(one.low, one.high),
        ]));
    }
    if all.len() > shown {
        lines.push((format!("    … and {} more", count(all.len() - shown)), Ink::Dim));
    }
    lines
}

fn family(one: &RankedReference) -> Option<String> {
    one.family.as_deref().map(name)
}

//! A tally → its measured habits next to those of the nearest references: layout, rhythm, and what
//! sentences do in the reasoning.
//!
//! Called by [`super::compare`]. Values are standard deviations of a single trace. Where the atlas
//! has a panel, layout and rhythm are departures from what all references wrote on the same prompts
//! (or in the same data set), so that neither a prompt nor a subject passes for a habit, and the
//! references have values of their own. An atlas keeps no values of single references for other
//! channels: there (moves, or an atlas without a panel) the input stands against all traces that
//! the atlas was learned from.

use super::{
    Habit, Habits, HabitsBasis,
    breakdown::LEAST_PROMPTS,
    readable_measures::{Readable, readable},
    residuals::{Departure, Residuals, member_for},
    scored_corpus::ScoredCorpus,
};
use crate::{
    atlas::Atlas,
    features::Channel,
    stats::{Interval, bootstrap::Resamples},
};

/// Habits that are told of each basis: those in which the input deviates most.
const MOST: usize = 12;
/// References that are shown next to the input.
const REFERENCES: usize = 4;

/// The habits of a tally; `order` has the numbers of the references, the nearest first.
pub(super) fn habits(
    atlas: &Atlas,
    tally: &ScoredCorpus,
    order: &[usize],
    resamples: usize,
    seed: u64,
) -> Vec<Habits> {
    if tally.kept.is_empty() {
        return Vec::new();
    }
    let panel = beside_references(atlas, tally, order, resamples, seed);
    let is_moves = |one: &Readable| one.channel == Channel::Moves;
    let moves = beside_traces(tally, resamples, seed, is_moves);
    let others = beside_traces(tally, resamples, seed, |one| !is_moves(one));
    panel.into_iter().chain(others).chain(moves).collect()
}

/// Those that the panel has.
fn beside_references(
    atlas: &Atlas,
    tally: &ScoredCorpus,
    order: &[usize],
    resamples: usize,
    seed: u64,
) -> Option<Habits> {
    let panel = &atlas.panel;
    if panel.width() == 0 {
        return None;
    }
    let residuals = Residuals::of(panel, tally);
    let data_sets: Vec<(usize, Vec<&Departure>)> = residuals.by_data_set().into_iter().collect();
    let vectorizer = &atlas.model.vectorizer;
    let style = vectorizer.style_places();
    // Each measure with its place among the values that the panel compares, and the factor that is to be undone.
    let measures: Vec<(Readable, usize, f32)> = readable(vectorizer)
        .into_iter()
        .filter_map(|one| {
            let at = style.iter().position(|&(place, _)| place == one.place)?;
            (at < panel.width() && style[at].1 > 0.0).then(|| (one, at, style[at].1))
        })
        .collect();
    if residuals.prompts.len() < LEAST_PROMPTS || measures.is_empty() {
        return None;
    }
    let own = |values: &[f32]| -> Vec<f64> {
        measures.iter().map(|(_, at, factor)| f64::from(values[*at] / factor)).collect()
    };
    let rows: Vec<Vec<f64>> =
        residuals.prompts.iter().map(|departure| own(&departure.values)).collect();
    // A reference's value on each data set, weighed as the input's prompts are.
    let all = residuals.prompts.len() as f64;
    let of_reference = |reference: usize| -> Option<Vec<f64>> {
        let mut sum = vec![0.0; measures.len()];
        for (data_set, prompts) in &data_sets {
            let member = member_for(panel, reference, *data_set)?;
            let weight = prompts.len() as f64 / all;
            sum.iter_mut().zip(own(&member.departure)).for_each(|(sum, v)| *sum += weight * v);
        }
        Some(sum)
    };
    let values: Vec<Option<Vec<f64>>> =
        (0..atlas.about.references.len()).map(of_reference).collect();
    let beside: Vec<usize> =
        order.iter().copied().filter(|&one| values[one].is_some()).take(REFERENCES).collect();
    let usual = |column: usize| {
        let all = values.iter().flatten().map(|own| own[column]).collect();
        Interval::percentiles_at(all, 0.05).unwrap_or_default()
    };
    let basis = if residuals.paired { HabitsBasis::Prompts } else { HabitsBasis::DataSet };
    let names: Vec<&Readable> = measures.iter().map(|(one, ..)| one).collect();
    let habits = told(&names, &rows, resamples, seed, |column, habit| {
        let usual = usual(column);
        (habit.usual_low, habit.usual_high) = (usual.low, usual.high);
        let value = |one: &usize| values[*one].as_ref().map_or(f64::NAN, |own| own[column]);
        habit.values = beside.iter().map(value).collect();
    });
    let references = beside.iter().map(|&one| atlas.about.references[one].name.clone()).collect();
    Some(Habits { basis, prompts: rows.len(), references, habits })
}

/// Those that only the traces that the atlas was learned from can be set next to, as far as they
/// are `wanted`.
fn beside_traces(
    tally: &ScoredCorpus,
    resamples: usize,
    seed: u64,
    wanted: impl Fn(&Readable) -> bool,
) -> Option<Habits> {
    let columns: Vec<usize> =
        (0..tally.readable.len()).filter(|&at| wanted(&tally.readable[at])).collect();
    let value = |habits: &[f32], at: usize| f64::from(habits.get(at).copied().unwrap_or(0.0));
    let rows = tally.by_prompt(|kept| columns.iter().map(|&at| value(&kept.habits, at)).collect());
    if columns.is_empty() || rows.len() < LEAST_PROMPTS {
        return None;
    }
    let names: Vec<&Readable> = columns.iter().map(|&at| &tally.readable[at]).collect();
    let habits = told(&names, &rows, resamples, seed, |_, habit| {
        // Values are standardized over those traces.
        (habit.usual_low, habit.usual_high) = (-1.0, 1.0);
    });
    Some(Habits { basis: HabitsBasis::Traces, prompts: rows.len(), references: Vec::new(), habits })
}

/// The habits in which the input deviates most, in the order of the measures; `fill` adds the
/// values of the references.
fn told(
    measures: &[&Readable],
    rows: &[Vec<f64>],
    resamples: usize,
    seed: u64,
    fill: impl Fn(usize, &mut Habit),
) -> Vec<Habit> {
    let drawn = Resamples::draw(rows, resamples, seed);
    let mean =
        |column: usize| rows.iter().map(|row| row[column]).sum::<f64>() / rows.len().max(1) as f64;
    let mut order: Vec<(f64, usize)> =
        (0..measures.len()).map(|column| (mean(column), column)).collect();
    order.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.cmp(&b.1)));
    order.truncate(MOST);
    order.sort_by_key(|&(_, column)| column);
    let habit = |(input, column): (f64, usize)| {
        let Interval { low, high } = drawn.interval(column).containing(input);
        let mut habit = Habit {
            channel: measures[column].channel.name().into(),
            measure: measures[column].measure.clone(),
            what: measures[column].what.clone(),
            input,
            low,
            high,
            usual_low: 0.0,
            usual_high: 0.0,
            values: Vec::new(),
        };
        fill(column, &mut habit);
        habit
    };
    order.into_iter().map(habit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_departures_are_told_in_the_order_of_the_measures() {
        let readable: Vec<Readable> = (0..20)
            .map(|place| Readable {
                channel: Channel::Layout,
                measure: format!("m{place}"),
                what: String::new(),
                place,
            })
            .collect();
        let names: Vec<&Readable> = readable.iter().collect();
        // Column c departs by c − 10, the same for each of six prompts.
        let rows = vec![(0..20).map(|column| f64::from(column) - 10.0).collect::<Vec<_>>(); 6];
        let habits = told(&names, &rows, 100, 1, |_, _| {});
        let told: Vec<f64> = habits.iter().map(|habit| habit.input).collect();
        // Twelve: down to −4, which comes before 4.
        assert_eq!(told, [-10.0, -9.0, -8.0, -7.0, -6.0, -5.0, -4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        assert!(habits.iter().all(|habit| habit.low == habit.input && habit.high == habit.input));
    }
}

//! One condition of a rule → its figure, interval and outcome.
//!
//! Called by [`super::check`]. Shares of probability are means over prompts, each with the same
//! weight; shares of traces are ratios, resampled by prompt; parts of a data set come from
//! [`Mixture`](super::mixture::Mixture), drift from [`Movement`](crate::lineage::Movement).

use super::{
    checked_records::{CheckedRecords, Record},
    context::Context,
    decide::{LEAST_PROMPTS, Outcome, compare, decide, more_prompts},
    result::{ConditionAnswer, Note, Unit},
    worst_records::list,
};
use crate::{
    lineage::Resampled,
    policy::{Condition, Quantity, Target},
    stats::Interval,
};
use std::collections::BTreeMap;

/// Resamples times prompts (times values) are at most this many.
const BUDGET: usize = 40_000_000;
/// See [`BUDGET`].
const DRIFT_BUDGET: usize = 2_000_000_000;

/// Measures a condition and decides it.
pub(super) fn measure(condition: &Condition, context: &Context<'_>) -> ConditionAnswer {
    let mut answer = ConditionAnswer {
        what: condition.quantity.words(),
        unit: unit(&condition.quantity),
        value: None,
        low: None,
        high: None,
        bound: condition.bound,
        outcome: Outcome::CannotTell,
        prompts: 0,
        traces: 0,
        more_prompts: None,
        note: None,
        offenders: Vec::new(),
        offending: 0,
    };
    if condition.quantity.is_count() {
        count(condition, context, &mut answer);
    } else if condition.quantity.needs_baseline() {
        drift(condition, context, &mut answer);
    } else if let Quantity::Mixture(target) = &condition.quantity {
        part_of_data(target, context, &mut answer);
    } else {
        share(condition, context, &mut answer);
    }
    answer
}

fn unit(quantity: &Quantity) -> Unit {
    match quantity {
        quantity if quantity.is_count() => Unit::Count,
        Quantity::Likeness | Quantity::DriftTowards(_) => Unit::Similarity,
        Quantity::DriftSize => Unit::Deviations,
        _ => Unit::Share,
    }
}

fn count(condition: &Condition, context: &Context<'_>, answer: &mut ConditionAnswer) {
    let sample = context.sample;
    let scored: Vec<&Record> = sample.of(context.slice).filter(|record| record.scored).collect();
    let mut prompts: Vec<u32> = scored.iter().map(|record| record.drawn_with).collect();
    prompts.sort_unstable();
    prompts.dedup();
    let value = match &condition.quantity {
        Quantity::Traces => scored.len(),
        Quantity::Prompts => prompts.len(),
        Quantity::Words => scored.iter().map(|record| record.words).sum(),
        Quantity::InLanguage(language) => {
            scored.iter().filter(|record| sample.language_is(record, language)).count()
        }
        _ => 0,
    };
    answer.prompts = prompts.len();
    answer.traces = scored.len();
    answer.value = Some(value as f64);
    answer.outcome = compare(value as f64, condition.bound);
}

/// What a record adds to a share, and whether it is counted at all.
fn part(quantity: &Quantity, record: &Record, sample: &CheckedRecords) -> Option<f64> {
    let is = |holds: bool| Some(f64::from(u8::from(holds)));
    let of = |target| sample.target(target).filter(|_| record.scored);
    match quantity {
        Quantity::OtherMediation(allowed) => is(!allowed.contains(&record.mediation)),
        Quantity::Share(target) => of(target).map(|(at, _)| f64::from(record.probabilities[at])),
        Quantity::Attributed(target) => of(target).and_then(|(at, _)| is(record.first[at])),
        Quantity::Duplicates => is(record.repeats),
        Quantity::Refusals => is(record.refusal),
        Quantity::CutOff => is(record.cut_off),
        Quantity::SelfNaming => is(record.names),
        Quantity::LanguageShare(language) => is(sample.language_is(record, language)),
        _ => None,
    }
}

fn share(condition: &Condition, context: &Context<'_>, answer: &mut ConditionAnswer) {
    let Context { sample, slice, level, options, .. } = *context;
    let quantity = &condition.quantity;
    // By prompt: the sum of the parts and their number.
    let mut by_prompt: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for record in sample.of(slice) {
        let Some(part) = part(quantity, record, sample) else { continue };
        let (sum, count) = by_prompt.entry(record.drawn_with).or_default();
        *sum += part;
        *count += 1.0;
        answer.traces += 1;
    }
    let of_traces = quantity.is_share_of_traces();
    let rows: Vec<(f64, f64)> = by_prompt
        .into_values()
        .map(|(sum, count)| if of_traces { (sum, count) } else { (sum / count, 1.0) })
        .collect();
    answer.prompts = rows.len();
    if rows.is_empty() {
        answer.more_prompts = Some(LEAST_PROMPTS);
        answer.note = Some(Note::EmptySlice);
        return;
    }
    let (sum, all) = rows.iter().fold((0.0, 0.0), |(a, b), (sum, count)| (a + sum, b + count));
    let value = sum / all;
    answer.value = Some(value);
    if condition.is_estimated() && rows.len() < LEAST_PROMPTS {
        settle(answer, None);
    } else if condition.is_estimated() {
        let resamples = level.resamples(options.resamples, BUDGET / rows.len());
        let drawn = context.draws.ratios(&rows, resamples, options.seed);
        settle(answer, level.interval(value, drawn, rows.len(), of_traces));
    } else {
        answer.outcome = compare(value, condition.bound);
    }
    if answer.outcome != Outcome::Passed {
        let target = quantity.target().and_then(|target| sample.target(target)).map(|(at, _)| at);
        list(context, answer, |record| {
            let against = part(quantity, record, sample).is_some_and(|part| part >= 0.5);
            against.then(|| target.map(|at| f64::from(record.probabilities[at])))
        });
    }
}

/// The part of the data that is a target's.
fn part_of_data(target: &Target, context: &Context<'_>, answer: &mut ConditionAnswer) {
    let sample = context.sample;
    let found = context.mixture.zip(sample.target(target)).and_then(|(mixture, (_, members))| {
        let (value, drawn) = mixture.part(members)?;
        Some((mixture, members, value, drawn))
    });
    let Some((mixture, members, value, drawn)) = found else {
        answer.more_prompts = Some(LEAST_PROMPTS);
        answer.note = Some(Note::EmptySlice);
        return;
    };
    (answer.prompts, answer.traces) = (mixture.prompts, mixture.traces);
    answer.value = Some(value);
    match &mixture.rough {
        Some(why) => answer.note = Some(Note::Rough(why.clone())),
        None => settle(answer, context.level.interval(value, drawn, mixture.prompts, true)),
    }
    if answer.outcome != Outcome::Passed {
        list(context, answer, |record| {
            let probability = mixture.probability(sample, record, members)?;
            (probability >= 0.5).then_some(Some(probability))
        });
    }
}

/// Puts an interval in, and decides by it.
fn settle(answer: &mut ConditionAnswer, interval: Option<Interval>) {
    let Some(interval) = interval else {
        answer.more_prompts = Some(LEAST_PROMPTS.saturating_sub(answer.prompts));
        answer.note = Some(Note::FewPrompts { needed: LEAST_PROMPTS });
        return;
    };
    // What was widened by a standard deviation may reach beyond what there is.
    let (least, most) = match answer.unit {
        Unit::Share => (0.0, 1.0),
        Unit::Deviations => (0.0, f64::INFINITY),
        Unit::Count | Unit::Similarity => (f64::NEG_INFINITY, f64::INFINITY),
    };
    let interval = Interval { low: interval.low.max(least), high: interval.high.min(most) };
    (answer.low, answer.high) = (Some(interval.low), Some(interval.high));
    answer.outcome = decide(interval, answer.bound);
    if answer.outcome == Outcome::CannotTell {
        let value = answer.value.unwrap_or_default();
        answer.more_prompts = more_prompts(value, interval, answer.bound.value(), answer.prompts);
    }
}

fn drift(condition: &Condition, context: &Context<'_>, answer: &mut ConditionAnswer) {
    let movement = match context.movement {
        Some(Ok(movement)) => movement,
        Some(Err(why)) => {
            answer.note = Some(Note::NotMeasured(why.to_string()));
            return;
        }
        None => {
            answer.note = Some(Note::NoBaseline);
            return;
        }
    };
    answer.prompts = movement.prompts();
    answer.traces = context.sample.of(context.slice).filter(|record| record.scored).count();
    if !movement.paired {
        answer.note = Some(Note::OtherPrompts);
    }
    let work = (movement.prompts() * movement.width()).max(1);
    let resamples = context.level.resamples(context.options.resamples, DRIFT_BUDGET / work);
    let resampled: Option<Resampled> = match &condition.quantity {
        Quantity::DriftSize => Some(movement.size(resamples)),
        Quantity::Likeness => Some(movement.likeness(resamples)),
        Quantity::DriftTowards(target) => context
            .sample
            .target(target)
            .and_then(|(_, members)| movement.change_towards(context.atlas, members, resamples)),
        _ => None,
    };
    let Some(Resampled { value, drawn }) = resampled else {
        answer.note = Some(Note::NotOnTheseDataSets);
        return;
    };
    answer.value = Some(value);
    settle(answer, context.level.interval(value, drawn, movement.prompts(), false));
}

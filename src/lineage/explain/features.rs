//! One trace → the features that speak for its first reference against the second, and where they stand.
//!
//! Called by [`super::explain`]. A feature's weight is its part of the regression's log-odds: its value in
//! the trace's row times the difference of its learned weights for the two references. Only n-grams can be
//! shown in the text; what channels measure, and how often common words come, is summed.

use super::{ChannelWeight, FeatureWeight, MeasureWeight};
use crate::{
    atlas::Atlas,
    features::{Channel, Row, Vectorizer, word_ngrams},
};
use rustc_hash::FxHashMap;

/// Features that are shown for the first reference, and against it.
const MOST: (usize, usize) = (40, 20);
/// Places that are shown of one feature.
pub const MOST_PLACES: usize = 200;
/// Measures that are shown.
const MEASURES: usize = 12;
/// What the summed weight of common n-grams is called.
const FREQUENCIES: &str = "frequencies of common n-grams";

/// All weights of a trace.
pub(super) struct Weighed {
    pub features: Vec<FeatureWeight>,
    pub measures: Vec<MeasureWeight>,
    pub channels: Vec<ChannelWeight>,
}

/// Weighs the row of a text for `first` against `second`, both places in the atlas.
pub(super) fn weigh(atlas: &Atlas, text: &str, row: &Row, first: usize, second: usize) -> Weighed {
    let mut features = located(atlas, row, first, second);
    find_places(&atlas.model.vectorizer, text, &mut features);
    let (measures, mut channels) = measured(atlas, row, first, second);
    channels.extend(counted(atlas, row, first, second));
    channels.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then(a.name.cmp(&b.name)));
    let features = features.into_iter().map(|(_, feature)| feature).collect();
    Weighed { features, measures, channels }
}

/// The strongest n-grams with their index, those for the first reference before those against it. One
/// that only repeats a stronger one of its channel is left out.
fn located(atlas: &Atlas, row: &Row, first: usize, second: usize) -> Vec<(u32, FeatureWeight)> {
    let weights = &atlas.model.weights;
    let forms = atlas.model.vectorizer.vocabulary().features();
    let mut all: Vec<(f64, usize)> = row
        .indices
        .iter()
        .zip(&row.values)
        .enumerate()
        .map(|(at, (&index, &value))| {
            let index = index as usize;
            let difference = weights.advantage(index, first) - weights.advantage(index, second);
            (f64::from(value * difference), at)
        })
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(row.indices[a.1].cmp(&row.indices[b.1])));
    let pick = |candidates: &mut dyn Iterator<Item = &(f64, usize)>, most: usize| {
        let mut chosen: Vec<(u32, FeatureWeight)> = Vec::new();
        for &(weight, at) in candidates {
            let index = row.indices[at];
            let feature = &forms[index as usize];
            let repeats = chosen.iter().any(|(_, other)| {
                other.channel == feature.channel.name() && repeats(&feature.form, &other.form)
            });
            if repeats || feature.form.trim().is_empty() {
                continue;
            }
            let advantage = weights.advantage(index as usize, first);
            chosen.push((
                index,
                FeatureWeight {
                    channel: feature.channel.name().into(),
                    form: feature.form.clone(),
                    weight,
                    over_average: f64::from(row.values[at] * advantage),
                    count: row.counts.get(at).copied().unwrap_or(0),
                    share_of_reference_traces: f64::from(feature.traces)
                        / atlas.traces().max(1) as f64,
                    places: Vec::new(),
                },
            ));
            if chosen.len() == most {
                break;
            }
        }
        chosen
    };
    let mut chosen = pick(&mut all.iter().take_while(|one| one.0 > 0.0), MOST.0);
    chosen.extend(pick(&mut all.iter().rev().take_while(|one| one.0 < 0.0), MOST.1));
    chosen
}

/// Whether a form only repeats a stronger one: its tokens are part of the stronger one,
/// or the other way round, unless the stronger one is a single token.
fn repeats(form: &str, stronger: &str) -> bool {
    let tokens = |form: &str| {
        let mut tokens = Vec::new();
        word_ngrams::for_each_token(form, |start, end| tokens.push(form[start..end].to_owned()));
        tokens
    };
    let holds = |one: &[String], other: &[String]| {
        !other.is_empty() && one.windows(other.len()).any(|run| run == other)
    };
    let (form, stronger) = (tokens(form), tokens(stronger));
    holds(&stronger, &form) || (stronger.len() > 1 && holds(&form, &stronger))
}

/// Looks for the features in the text, at most [`MOST_PLACES`] of each.
fn find_places(vectorizer: &Vectorizer, text: &str, features: &mut [(u32, FeatureWeight)]) {
    let places: FxHashMap<u32, usize> =
        features.iter().enumerate().map(|(at, (index, _))| (*index, at)).collect();
    let vocabulary = vectorizer.vocabulary();
    let mut note = |channel: Channel, id: u64, start: usize, end: usize| {
        let Some(index) = vocabulary.index_of(id) else { return };
        if vocabulary.features()[index].channel != channel {
            return;
        }
        if let Some(&at) = places.get(&(index as u32)) {
            let own = &mut features[at].1.places;
            if own.len() < MOST_PLACES {
                own.push([start, end]);
            }
        }
    };
    for options in vectorizer.channels().channels() {
        let channel = options.channel;
        match (channel, vectorizer.tokens()) {
            (Channel::Token, Some(tokens)) => {
                // What could not be tokenized was counted when the trace was scored.
                let _ = tokens.for_each(text, |id, start, end| note(channel, id, start, end));
            }
            _ => channel.for_each_ngram(text, |id, start, end| note(channel, id, start, end)),
        }
    }
}

/// The strongest measures, and the sum of each channel that measures.
fn measured(
    atlas: &Atlas,
    row: &Row,
    first: usize,
    second: usize,
) -> (Vec<MeasureWeight>, Vec<ChannelWeight>) {
    let vectorizer = &atlas.model.vectorizer;
    let weights = &atlas.model.weights;
    let part = |place: usize| {
        let difference =
            weights.dense_advantage(place, first) - weights.dense_advantage(place, second);
        f64::from(row.dense.get(place).copied().unwrap_or(0.0) * difference)
    };
    let mut measures = Vec::new();
    let mut channels =
        vec![ChannelWeight { name: FREQUENCIES.into(), weight: (0..row.common).map(part).sum() }];
    for options in vectorizer.channels().channels() {
        let channel = options.channel;
        let places = vectorizer.measures_of(channel);
        if places.is_empty() {
            continue;
        }
        channels.push(ChannelWeight {
            name: channel.name().into(),
            weight: places.clone().map(part).sum(),
        });
        for (name, place) in channel.measures().into_iter().zip(places) {
            measures.push(MeasureWeight {
                channel: channel.name().into(),
                name,
                deviations: f64::from(row.dense.get(place).copied().unwrap_or(0.0)),
                weight: part(place),
            });
        }
    }
    measures.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then(a.name.cmp(&b.name)));
    measures.truncate(MEASURES);
    (measures, channels)
}

/// The sum of the n-grams of each channel.
fn counted(atlas: &Atlas, row: &Row, first: usize, second: usize) -> Vec<ChannelWeight> {
    let weights = &atlas.model.weights;
    let forms = atlas.model.vectorizer.vocabulary().features();
    let mut sums: Vec<(Channel, f64)> = Vec::new();
    for (&index, &value) in row.indices.iter().zip(&row.values) {
        let index = index as usize;
        let difference = weights.advantage(index, first) - weights.advantage(index, second);
        let channel = forms[index].channel;
        let part = f64::from(value * difference);
        match sums.iter_mut().find(|(own, _)| *own == channel) {
            Some((_, sum)) => *sum += part,
            None => sums.push((channel, part)),
        }
    }
    let named = |(channel, weight): (Channel, f64)| ChannelWeight {
        name: format!("{} n-grams", channel.name()),
        weight,
    };
    sums.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_repeats_another_by_whole_tokens() {
        assert!(repeats("user wants", "the user wants"));
        assert!(repeats("the user wants", "user wants"));
        assert!(repeats(",", "Wait,"));
        // A phrase says more than its strongest word.
        assert!(!repeats("the user", "user"));
        assert!(!repeats("is", "this"));
        assert!(!repeats("", "the user"));
    }
}

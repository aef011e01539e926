//! Chooses the n-grams that the model will know, channel by channel.

use crate::attribution::{error::FitError, training_set::TrainingSet};
use crate::features::{
    ChannelSet, Vocabulary, VocabularyBuilder, read_forms, token_ngrams::TokenNgrams,
};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// A channel of few n-grams needs about this many traces to find them.
const SAMPLE: usize = 1_500;
/// A channel with at most this many n-grams is one of few.
const FEW_FEATURES: usize = 1_000;

/// The most widespread n-grams of each channel.
pub(super) fn learn(
    set: &TrainingSet<'_>,
    channels: &ChannelSet,
    tokens: Option<&Arc<TokenNgrams>>,
) -> Result<Vocabulary, FitError> {
    let step = set.len().div_ceil(SAMPLE).max(1);
    // Drawn, not counted off: examples come in the order of prompts and references.
    let drawn = |i: &usize| xxh3_64(&(*i as u64).to_le_bytes()).is_multiple_of(step as u64);
    let chosen: Vec<usize> = (0..set.len()).filter(drawn).collect();
    let sample: Vec<_> = chosen.iter().map(|&i| &set.examples[i]).collect();
    let sample_prompts: Vec<u32> = chosen.iter().map(|&i| set.prompts[i]).collect();
    let all: Vec<_> = set.examples.iter().collect();
    let mut features = Vec::new();
    let counted = channels.channels().iter().filter(|options| options.channel.counts_ngrams());
    for options in counted.filter(|options| options.features > 0) {
        let (examples, prompts, step) = if options.features <= FEW_FEATURES {
            (&sample, &sample_prompts, step)
        } else {
            (&all, &set.prompts, 1)
        };
        let mut builder = VocabularyBuilder::with_tokens(options.channel, tokens.cloned());
        builder.add(examples, prompts);
        let selected = builder.select(options.features);
        let mut found = read_forms(options.channel, &selected, examples, tokens.map(AsRef::as_ref));
        found.sort_by(|a, b| a.form.cmp(&b.form));
        // An estimate of how many of all traces hold it.
        found.iter_mut().for_each(|feature| feature.traces *= step as u32);
        features.append(&mut found);
    }
    Ok(Vocabulary::new(features)?)
}

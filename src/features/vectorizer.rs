//! Text → the row of numbers that the learner and the atlas work on.
//!
//! A row has two parts. N-grams are weighted as `(1 + ln tf) · idf` with the smooth inverse
//! document frequency `ln((1 + N) / (1 + df)) + 1` (Salton & Buckley 1988), and each channel is
//! scaled to the length that its weight says, so that neither a long trace nor a channel with many
//! features outweighs the rest. The dense part holds what is there for every text: square roots of
//! the relative frequencies of each channel's most widespread n-grams (the z-scores of Burrows
//! 2002, where the absence of a common word speaks too), and what the measuring channels measure.
//! It is centred, scaled to unit variance over the training traces, and clipped. The channel
//! `vectors` is a part of it that is not made of the text here: a model of the user's makes it
//! ([`Embedder`]), or the caller gives it ([`Vectorizer::row_with`]). A row without a vector stands
//! at the mean of all there.

use super::{
    channel::Channel,
    channel_set::ChannelSet,
    dense::{Block, add_block, chosen_places, end_of, style_blocks},
    embed::Embedder,
    ngram_counter::NgramCounter,
    row::Row,
    scale::{Scale, mean_and_deviation},
    skeleton,
    token_ngrams::TokenNgrams,
    vocabulary::Vocabulary,
};
use crate::text::{breaks_off, count_words};
use rayon::prelude::*;
use std::{ops::Range, sync::Arc};

const NO_PLACE: u32 = u32::MAX;

/// Turns texts into rows. Learned by `fit`, stored in the atlas.
#[derive(Debug, Clone)]
pub struct Vectorizer {
    vocabulary: Vocabulary,
    /// What a row needs to know of each feature, side by side in memory.
    entries: Vec<Entry>,
    set: ChannelSet,
    blocks: Vec<Block>,
    common: usize,
    scale: Scale,
    logarithms: Vec<f32>,
    tokens: Option<Arc<TokenNgrams>>,
    embedder: Option<Arc<dyn Embedder>>,
}

/// What a row needs to know of a feature.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Inverse document frequency.
    idf: f32,
    /// Its channel's place in the set.
    part: u32,
    /// Its place in the dense part, or `NO_PLACE`.
    place: u32,
}

impl Vectorizer {
    /// A vectorizer for `vocabulary`, learned from `traces` traces with the channels of `set`. Its
    /// rows are not scaled before [`Vectorizer::set_scale`].
    pub fn new(vocabulary: Vocabulary, traces: usize, set: ChannelSet) -> Self {
        let smooth = |df: u32| ((1.0 + traces as f64) / (1.0 + f64::from(df))).ln() as f32 + 1.0;
        let features = vocabulary.features();
        let part_of = |channel: Channel| set.channels().iter().position(|o| o.channel == channel);
        let mut entries: Vec<Entry> = features
            .iter()
            .map(|f| Entry {
                idf: smooth(f.traces),
                part: part_of(f.channel).unwrap_or(0) as u32,
                place: NO_PLACE,
            })
            .collect();
        let mut blocks: Vec<Block> = Vec::new();
        for options in set.channels() {
            let mut widespread: Vec<usize> =
                (0..features.len()).filter(|&i| features[i].channel == options.channel).collect();
            widespread.sort_by_key(|&i| (u32::MAX - features[i].traces, i));
            widespread.truncate(options.common);
            let first = end_of(&blocks);
            for (place, &index) in widespread.iter().enumerate() {
                entries[index].place = (first + place) as u32;
            }
            add_block(&mut blocks, options.channel, widespread.len(), options.common_weight);
        }
        let common = end_of(&blocks);
        for options in set.channels() {
            add_block(&mut blocks, options.channel, options.measure_count(), options.weight);
        }
        let logarithms = (0..1024).map(|tf| 1.0 + (tf.max(1) as f32).ln()).collect();
        let scale = Scale::default();
        let (tokens, embedder) = (None, None);
        Self { vocabulary, entries, set, blocks, common, scale, logarithms, tokens, embedder }
    }

    /// The same with the tokenizer of the channel `token`, which sees nothing without one.
    #[must_use]
    pub fn with_tokens(mut self, tokens: Option<Arc<TokenNgrams>>) -> Self {
        self.tokens = tokens;
        self
    }

    /// The tokenizer of the channel `token`.
    pub fn tokens(&self) -> Option<&Arc<TokenNgrams>> {
        self.tokens.as_ref()
    }

    /// The same with the model of the channel `vectors` ([`Vectorizer::set_embedder`]).
    #[must_use]
    pub fn with_embedder(mut self, embedder: Option<Arc<dyn Embedder>>) -> Self {
        self.set_embedder(embedder);
        self
    }

    /// From now on this model makes the vectors of the channel `vectors`. Without one, only texts
    /// whose vector is given have one ([`Vectorizer::row_with`]).
    pub fn set_embedder(&mut self, embedder: Option<Arc<dyn Embedder>>) {
        self.embedder = embedder;
    }

    /// The channels that rows are made of.
    pub fn channels(&self) -> &ChannelSet {
        &self.set
    }

    /// The number of dense values that belong to common n-grams: the length of a profile.
    pub fn profile_features(&self) -> usize {
        self.common
    }

    /// The number of dense values of a row.
    pub fn dense_values(&self) -> usize {
        end_of(&self.blocks)
    }

    /// Where the measures of a channel stand in the dense part; empty where it has none.
    pub fn measures_of(&self, channel: Channel) -> Range<usize> {
        let mut own = self.blocks.iter().filter(|b| b.channel == channel);
        own.find(|block| block.places.start >= self.common).map_or(0..0, |b| b.places.clone())
    }

    /// What one step of each dense value is worth to the learner, as its channel's weight says.
    pub fn units(&self) -> Vec<f32> {
        self.blocks.iter().flat_map(|b| std::iter::repeat_n(b.unit, b.places.len())).collect()
    }

    /// The dense values that the style embedding reads, each with its factor, by which all blocks
    /// have the same root mean square length: the most widespread words and skeletons, and what the
    /// channels of [`ChannelSet::STYLE`] measure. Empty where the set does not have them.
    pub fn style_places(&self) -> Vec<(usize, f32)> {
        chosen_places(&self.blocks, &ChannelSet::STYLE)
    }

    /// The dense values that verification reads, as [`Vectorizer::style_places`] has them: those of
    /// [`ChannelSet::VERIFICATION`].
    pub fn verification_places(&self) -> Vec<(usize, f32)> {
        chosen_places(&self.blocks, &ChannelSet::VERIFICATION)
    }

    /// Which stretch of [`Vectorizer::style_places`] belongs to which channel: its frequencies of
    /// common n-grams, or its measures.
    pub fn style_blocks(&self, places: &[(usize, f32)]) -> Vec<(Channel, Range<usize>)> {
        style_blocks(&self.blocks, places)
    }

    /// How dense values are centred and scaled.
    pub fn scale(&self) -> &Scale {
        &self.scale
    }

    /// Centres and scales the dense values of all rows from now on. Nothing is done where the scale
    /// is for another number of values.
    pub fn set_scale(&mut self, scale: Scale) {
        let fits = |values: &[f32]| values.len() == self.dense_values();
        if fits(&scale.mean) && fits(&scale.deviation) {
            self.scale = scale;
        }
    }

    /// The features that are looked for.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// One text as numbers, its vector made by the model of the channel `vectors`, where there is
    /// one.
    pub fn row(&self, text: &str, counter: &mut NgramCounter) -> Row {
        self.row_with(text, None, counter)
    }

    /// One text as numbers. `vector` is what the channel `vectors` has of it; where it is `None`,
    /// the model makes it. Where there is no model either, or the vector has another length than
    /// the channel or a number that is not finite, the channel's numbers stand at their means and
    /// [`Row::without_vector`] says so.
    pub fn row_with(&self, text: &str, vector: Option<&[f32]>, counter: &mut NgramCounter) -> Row {
        let mut row = self.unscaled_row(text, vector, counter);
        self.scale.apply(&mut row, &self.blocks);
        row
    }

    /// The vector of a text, as it was given or as the model makes it.
    fn vector_of(&self, text: &str, given: Option<&[f32]>, length: usize) -> Option<Vec<f32>> {
        let vector = match (given, &self.embedder) {
            (Some(given), _) => given.to_vec(),
            (None, Some(embedder)) => embedder.embed(&[text]).ok()?.pop()?,
            (None, None) => return None,
        };
        let usable = vector.len() == length && vector.iter().all(|value| value.is_finite());
        usable.then_some(vector)
    }

    fn unscaled_row(&self, text: &str, vector: Option<&[f32]>, counter: &mut NgramCounter) -> Row {
        let mut row = Row {
            dense: vec![0.0; self.common],
            common: self.common,
            words: count_words(text),
            unfinished: breaks_off(text),
            ..Row::default()
        };
        let words = row.words.max(1) as f32;
        counter.set_tokens(self.tokens.as_ref());
        if self.set.channels().iter().any(|options| options.channel.reads_tokens()) {
            skeleton::read(text, &mut counter.read);
        }
        for (part, options) in self.set.channels().iter().enumerate() {
            let channel = options.channel;
            if channel == Channel::Vectors {
                let length = options.measure_count();
                let own = self.vector_of(text, vector, length);
                row.without_vector = own.is_none();
                row.dense.extend(own.unwrap_or_else(|| vec![0.0; length]));
                continue;
            }
            row.dense.extend(channel.measure_read(text, &counter.read));
            if !channel.counts_ngrams() {
                continue;
            }
            let first = row.values.len();
            let mut square = 0.0_f32;
            counter.for_each_known(channel, text, &self.vocabulary, |index, count| {
                let entry = self.entries[index];
                if entry.part as usize != part {
                    return;
                }
                let logarithm = match self.logarithms.get(count as usize) {
                    Some(&logarithm) => logarithm,
                    None => 1.0 + (count as f32).ln(),
                };
                let value = logarithm * entry.idf;
                square += value * value;
                row.indices.push(index as u32);
                row.values.push(value);
                row.counts.push(count);
                if entry.place != NO_PLACE {
                    row.dense[entry.place as usize] = (count as f32 / words).sqrt();
                }
            });
            let factor = if square > 0.0 { options.weight / square.sqrt() } else { 0.0 };
            row.values[first..].iter_mut().for_each(|value| *value *= factor);
        }
        row.untokenized = counter.take_untokenized();
        row
    }

    /// Many texts as numbers to learn from, in their order, by all threads; the rows hold no
    /// counts. The scale of the dense values is learned from them. `vector_of` gives the vector of
    /// a text, as in [`Vectorizer::row_with`].
    pub fn learn_rows<'a, T: AsRef<str> + Sync>(
        &mut self,
        texts: &'a [T],
        vector_of: impl Fn(&'a T) -> Option<&'a [f32]> + Sync,
    ) -> Vec<Row> {
        let mut rows: Vec<Row> = texts
            .par_iter()
            .map_init(NgramCounter::default, |counter, text| {
                let mut row = self.unscaled_row(text.as_ref(), vector_of(text), counter);
                row.counts = Vec::new();
                row.indices.shrink_to_fit();
                row.values.shrink_to_fit();
                row
            })
            .collect();
        let dense: Vec<&[f32]> = rows.iter().map(|row| row.dense.as_slice()).collect();
        let (mut mean, mut deviation) = mean_and_deviation(&dense);
        if rows.iter().any(|row| row.without_vector) {
            // Texts without a vector say nothing about how vectors are spread.
            let places = self.measures_of(Channel::Vectors);
            let known: Vec<&[f32]> = rows
                .iter()
                .filter(|row| !row.without_vector)
                .map(|row| &row.dense[places.clone()])
                .collect();
            let (own_mean, own_deviation) = mean_and_deviation(&known);
            if !known.is_empty() {
                mean[places.clone()].copy_from_slice(&own_mean);
                deviation[places].copy_from_slice(&own_deviation);
            }
        }
        self.set_scale(Scale { mean, deviation });
        rows.par_iter_mut().for_each(|row| self.scale.apply(row, &self.blocks));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{
        Feature,
        embed::{EmbedError, TextError},
        layout,
    };

    fn vectorizer() -> Vectorizer {
        let feature = |channel, form: &str, traces| Feature { channel, form: form.into(), traces };
        let vocabulary = Vocabulary::new(vec![
            feature(Channel::Word, "wait", 3),
            feature(Channel::Word, "so", 1),
            feature(Channel::Char, "t", 3),
        ])
        .unwrap();
        let set = "char:10@2,word:10+2@1+0.5,layout@0.3".parse().unwrap();
        Vectorizer::new(vocabulary, 3, set)
    }

    #[test]
    fn a_row_is_worked_by_hand() {
        let row = vectorizer().row("wait so wait", &mut NgramCounter::default());
        let value = |index| row.values[row.indices.iter().position(|&i| i == index).unwrap()];
        // idf(wait) = ln(4/4) + 1 = 1, idf(so) = ln(4/2) + 1; tf(wait) = 1 + ln 2.
        let (wait, so) = (1.0 + 2.0_f32.ln(), 1.0 + 2.0_f32.ln());
        let length = (wait * wait + so * so).sqrt();
        assert!((value(0) - wait / length).abs() < 1e-6);
        assert!((value(1) - so / length).abs() < 1e-6);
        assert!((value(2) - 2.0).abs() < 1e-6);
        // "wait" is the most widespread of the two word n-grams: 2 of 3 words.
        assert!((row.profile()[0] - (2.0_f32 / 3.0).sqrt()).abs() < 1e-6);
        assert!((row.profile()[1] - (1.0_f32 / 3.0).sqrt()).abs() < 1e-6);
        assert_eq!(row.dense.len(), 2 + layout::MEASURES);
    }

    #[test]
    fn dense_values_are_z_scores_with_the_channels_weight() {
        let mut vectorizer = vectorizer();
        let rows = vectorizer.learn_rows(&["wait wait", "so so", "wait so"], |_| None);
        // Roots of frequencies of "wait": 1, 0, √½; a deviation is worth 0.5 / √2.
        assert_eq!(vectorizer.units()[..2], [0.5 / 2.0_f32.sqrt(); 2]);
        let values = [1.0, 0.0, 0.5_f32.sqrt()];
        let mean = values.iter().sum::<f32>() / 3.0;
        let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / 3.0).sqrt();
        for (row, value) in rows.iter().zip(values) {
            let expected = (value - mean) / deviation;
            assert!((row.profile()[0] - expected).abs() < 1e-5);
        }
        assert_eq!(vectorizer.measures_of(Channel::Layout), 2..2 + layout::MEASURES);
        assert_eq!(vectorizer.measures_of(Channel::Word), 0..0);
        let again = vectorizer.row("wait so", &mut NgramCounter::default());
        assert_eq!(again.dense, rows[2].dense);
    }

    /// Gives the number of bytes, and tenfold; fails on an empty text.
    #[derive(Debug)]
    struct Lengths;

    impl Embedder for Lengths {
        fn dimensions(&self) -> usize {
            2
        }

        fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
            let one = |(text, content): (usize, &&str)| match content.len() as f32 {
                0.0 => {
                    let detail = TextError::Network { said: "it is empty".into() };
                    Err(EmbedError::Text { model: "m".into(), text, detail })
                }
                length => Ok(vec![length, 10.0 * length]),
            };
            texts.iter().enumerate().map(one).collect()
        }
    }

    fn with_vectors() -> Vectorizer {
        let set = "layout,vectors@2".parse::<ChannelSet>().unwrap().with_vectors_of(2);
        Vectorizer::new(Vocabulary::new(Vec::new()).unwrap(), 4, set)
    }

    #[test]
    fn vectors_are_z_scores_that_do_not_ask_texts_without_one() {
        let mut vectorizer = with_vectors().with_embedder(Some(Arc::new(Lengths)));
        let places = vectorizer.measures_of(Channel::Vectors);
        assert_eq!(places, layout::MEASURES..layout::MEASURES + 2);
        assert_eq!(vectorizer.units()[places.clone()], [2.0 / 2.0_f32.sqrt(); 2]);
        let rows = vectorizer.learn_rows(&["a", "", "abc", "abcde"], |_| None);
        // Lengths 1, 3 and 5: mean 3, variance 8/3.
        let step = 2.0 / (8.0_f32 / 3.0).sqrt();
        for (row, expected) in rows.iter().zip([-step, 0.0, 0.0, step]) {
            let own = &row.dense[places.clone()];
            assert!(own.iter().all(|value| (value - expected).abs() < 1e-5), "{own:?}");
        }
        assert_eq!(rows.iter().filter(|row| row.without_vector).count(), 1);
        assert!(rows[1].without_vector);
        let again = vectorizer.row("abcde", &mut NgramCounter::default());
        assert_eq!(again.dense, rows[3].dense);
    }

    #[test]
    fn a_vector_that_is_given_stands_before_the_models() {
        let mut vectorizer = with_vectors();
        let given = [[1.0_f32, 0.0], [3.0, 1e-9], [5.0, 2e-9]];
        let texts = ["a", "b", "c"];
        let of = |text: &&str| texts.iter().position(|own| own == text).map(|i| &given[i][..]);
        let rows = vectorizer.learn_rows(&texts, of);
        let places = vectorizer.measures_of(Channel::Vectors);
        let own = |row: &Row| row.dense[places.clone()].to_vec();
        // Small numbers are no small matter: the second is scaled like the first.
        let step = 2.0 / (8.0_f32 / 3.0).sqrt();
        assert!(own(&rows[2]).iter().all(|value| (value - step).abs() < 1e-5), "{rows:?}");
        let counter = &mut NgramCounter::default();
        let with_model = vectorizer.clone().with_embedder(Some(Arc::new(Lengths)));
        assert_eq!(own(&with_model.row_with("x", Some(&given[2]), counter)), own(&rows[2]));
        for unusable in [None, Some(&[1.0][..]), Some(&[f32::NAN, 1.0])] {
            let row = vectorizer.row_with("x", unusable, counter);
            assert!(row.without_vector && own(&row) == [0.0, 0.0], "{unusable:?}");
        }
        // Without the channel there is nothing to be without.
        let set = "layout".parse().unwrap();
        let other = Vectorizer::new(Vocabulary::new(Vec::new()).unwrap(), 3, set);
        assert!(!other.row_with("x", Some(&given[0]), counter).without_vector);
    }

    #[test]
    fn a_text_without_known_features_has_an_empty_row() {
        let row = vectorizer().row("—", &mut NgramCounter::default());
        assert!(row.indices.is_empty());
        assert!(row.dense.iter().all(|v| v.is_finite()));
    }
}

//! The sections of the learned model and its description.
//!
//! Comes in: a [`Model`] with what is known about it, or the sections of a file. Goes out: the
//! other of the two. A model that is read is checked: its parts must have the same numbers of
//! references, features and data sets.

use super::{
    error::FormatError,
    features,
    numbers::{is_sound, read_bytes, read_finite, read_floats, write_bytes, write_floats},
    profiles,
    sections::Sections,
    style::{self, StyleSections},
};
use crate::{
    atlas::about::About,
    attribution::{
        Model,
        added::Added,
        data_sets::{self, DataSets},
        open_set::OpenSet,
        pool::Pooling,
        stack::Stack,
        style::StyleEmbedding,
        weights::Weights,
    },
    features::{
        Channel, Scale, Vectorizer, Vocabulary, embed::MOST_DIMENSIONS, token_ngrams::TokenNgrams,
    },
    stats::logistic::BinaryLogistic,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// The first section.
#[derive(Serialize, Deserialize)]
struct Description {
    about: About,
    /// Older atlases have none: they were learned before several traces were pooled.
    #[serde(default)]
    pooling: Pooling,
    /// Absent from atlases of older programs, which had none.
    #[serde(default = "one")]
    sharpness: f64,
    open_set: OpenSet,
    open_set_new: Option<OpenSet>,
    known: Stack,
    new: Option<Stack>,
    /// The logit of each data set for the mean row.
    #[serde(rename = "ground_offsets")]
    data_set_offsets: Vec<f32>,
    /// How near each data set its own traces are.
    #[serde(rename = "ground_usual")]
    data_set_usual: Vec<[f64; 2]>,
    /// The probability that a trace is of a known data set.
    #[serde(rename = "familiarity")]
    in_domain_probability: BinaryLogistic,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    added: Option<Added>,
}

/// The sections of a model that was learned from the texts with these hashes.
pub(super) fn write(
    about: &About,
    model: &Model,
    seen: &[u64],
) -> Result<Sections<Vec<u8>>, FormatError> {
    let description = Description {
        about: about.clone(),
        pooling: model.pooling.clone(),
        sharpness: model.sharpness,
        open_set: model.open_set.clone(),
        open_set_new: model.open_set_new.clone(),
        known: model.known.clone(),
        new: model.new.clone(),
        data_set_offsets: model.data_sets.offsets.clone(),
        data_set_usual: model.data_sets.usual.clone(),
        in_domain_probability: model.data_sets.in_domain_probability.clone(),
        added: model.added.clone(),
    };
    let (bytes, factors, dense_bytes, dense_factors) = model.weights.parts();
    let (data_set_bytes, data_set_factors, ..) = model.data_sets.weights.parts();
    let scale = model.vectorizer.scale();
    let tokenizer = model.vectorizer.tokens().map(|tokens| tokens.source().to_vec());
    let style = style::write(model.style.as_ref());
    Ok(Sections {
        description: serde_json::to_vec(&description).map_err(FormatError::WriteDescription)?,
        features: features::write(model.vectorizer.vocabulary().features()),
        feature_weights: write_bytes(bytes),
        feature_factors: write_floats(factors),
        dense_weights: write_bytes(dense_bytes),
        dense_factors: write_floats(dense_factors),
        scale: [write_floats(&scale.mean), write_floats(&scale.deviation)].concat(),
        profiles: profiles::write(&model.profiles),
        whole_weights: style.whole_weights,
        whole_factors: style.whole_factors,
        piece_weights: style.piece_weights,
        piece_factors: style.piece_factors,
        centres: style.centres,
        data_set_weights: write_bytes(data_set_bytes),
        data_set_factors: write_floats(data_set_factors),
        tokenizer: tokenizer.unwrap_or_default(),
        seen: seen.iter().flat_map(|hash| hash.to_le_bytes()).collect(),
    })
}

fn one() -> f64 {
    1.0
}

/// What [`FormatError::Number`] calls the factors of the weights.
const WEIGHTS: &str = "what its weights are worth";

/// The most bytes of a reference's name.
const LONGEST_NAME: usize = 1000;

/// Reads what [`write`] wrote, apart from the hashes.
pub(super) fn read(sections: &Sections<&[u8]>) -> Result<(About, Model), FormatError> {
    let description: Description =
        serde_json::from_slice(sections.description).map_err(FormatError::ReadDescription)?;
    let about = &description.about;
    check_names(about)?;
    let references = about.references.len();
    let data_sets = description.data_set_offsets.len();
    let vocabulary = Vocabulary::new(features::read(sections.features)?)?;
    let weights = Weights::from_parts(
        references,
        (read_bytes(sections.feature_weights), read_floats(sections.feature_factors, WEIGHTS)?),
        (read_bytes(sections.dense_weights), read_floats(sections.dense_factors, WEIGHTS)?),
    )?;
    let tokens = read_tokenizer(about, sections.tokenizer)?;
    check_vectors(about)?;
    let traces = about.learned().iter().map(|reference| reference.traces).sum();
    let mut vectorizer =
        Vectorizer::new(vocabulary, traces, about.options.channels.extracted()).with_tokens(tokens);
    let values = vectorizer.dense_values();
    if weights.features() != vectorizer.vocabulary().len()
        || weights.dense_values() != values
        || sections.scale.len() != 8 * values
        || !description.fits_references()
    {
        return Err(FormatError::SectionSizes);
    }
    let (mean, deviation) = sections.scale.split_at(4 * values);
    let what = "the means and deviations of its measures";
    let scale = Scale { mean: read_finite(mean, what)?, deviation: read_finite(deviation, what)? };
    vectorizer.set_scale(scale);
    let profiles = profiles::read(sections.profiles, references, vectorizer.profile_features())?;
    let style = style::read(&style_sections(sections), references, data_sets)?;
    let data_set_weights = Weights::from_parts(
        data_sets,
        (read_bytes(sections.data_set_weights), read_floats(sections.data_set_factors, WEIGHTS)?),
        (Vec::new(), Vec::new()),
    )?;
    if data_set_weights.features() != vectorizer.vocabulary().len()
        || style.as_ref().is_some_and(|style| !style.fits(values))
        || !description.fits_learners(style.as_ref())
    {
        return Err(FormatError::Learners);
    }
    let model = Model {
        vectorizer,
        weights,
        style,
        data_sets: DataSets {
            weights: data_set_weights,
            offsets: description.data_set_offsets,
            usual: description.data_set_usual,
            in_domain_probability: description.in_domain_probability,
        },
        known: description.known,
        new: description.new,
        added: description.added,
        pooling: description.pooling,
        sharpness: description.sharpness.clamp(1.0, 10.0),
        open_set: description.open_set,
        open_set_new: description.open_set_new,
        profiles,
    };
    Ok((description.about, model))
}

impl Description {
    /// Whether there are enough references, and the open sets belong to those that were learned.
    fn fits_references(&self) -> bool {
        let learned = self.about.learned().len();
        self.about.references.len() >= 2
            && self.about.options.channels.is_sound()
            && self.open_set.fits(learned)
            && self.open_set_new.as_ref().is_none_or(|open_set| open_set.fits(learned))
    }

    /// Whether stacks, data sets and added references belong to one model with this embedding.
    fn fits_learners(&self, style: Option<&StyleEmbedding>) -> bool {
        let learned = self.about.learned().len();
        let added = self.about.references.len() - learned;
        let data_sets = self.data_set_offsets.len();
        let learners = if style.is_some() { 3 } else { 1 };
        data_sets > 0
            && is_sound(&self.data_set_offsets)
            && self.pooling.is_sound()
            && (data_sets == 1 || self.data_set_usual.len() == data_sets)
            && self.data_set_usual.iter().flatten().all(|value| value.is_finite())
            && self.in_domain_probability.fits(data_sets::COVARIATES)
            && self.known.weighs(learners)
            && self.new.as_ref().is_none_or(|new| style.is_some() && new.weighs(2))
            && self.added.as_ref().map_or(0, Added::references) == added
            && self
                .added
                .as_ref()
                .is_none_or(|added| style.is_some() && added.is_sound() && learned > 0)
    }
}

/// Scores are an object by name: names are there, short and unique.
fn check_names(about: &About) -> Result<(), FormatError> {
    let mut names = BTreeSet::new();
    for (index, reference) in about.references.iter().enumerate() {
        let name = reference.name.as_str();
        let is_sound = !name.trim().is_empty() && name.len() <= LONGEST_NAME;
        if !is_sound || !names.insert(name) {
            return Err(FormatError::ReferenceName { index });
        }
    }
    Ok(())
}

/// The tokenizer of the channel `token`, which is there just where the channel is.
fn read_tokenizer(about: &About, bytes: &[u8]) -> Result<Option<Arc<TokenNgrams>>, FormatError> {
    let has_channel = about.options.channels.has(Channel::Token);
    if has_channel == bytes.is_empty() {
        return Err(FormatError::TokenizerAndChannels);
    }
    if !has_channel {
        return Ok(None);
    }
    Ok(Some(Arc::new(TokenNgrams::from_bytes(bytes, "the atlas's tokenizer")?)))
}

/// Checks that the channel `vectors` and the source of vectors have the same length.
fn check_vectors(about: &About) -> Result<(), FormatError> {
    let lengths: Vec<usize> = (about.options.channels.channels().iter())
        .filter(|options| options.channel == Channel::Vectors)
        .map(|options| options.features)
        .collect();
    let expected: Vec<usize> = about.vectors.iter().map(|source| source.dimensions).collect();
    let allowed = lengths.iter().all(|length| (1..=MOST_DIMENSIONS).contains(length));
    if lengths == expected && allowed { Ok(()) } else { Err(FormatError::VectorsAndChannels) }
}

fn style_sections<'a>(sections: &Sections<&'a [u8]>) -> StyleSections<&'a [u8]> {
    StyleSections {
        whole_weights: sections.whole_weights,
        whole_factors: sections.whole_factors,
        piece_weights: sections.piece_weights,
        piece_factors: sections.piece_factors,
        centres: sections.centres,
    }
}

//! The n-grams that an atlas knows, and how a text's n-grams are looked up among them.

use super::{channel::Channel, id_table::IdTable};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// One n-gram that an atlas knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// The channel that it belongs to.
    pub channel: Channel,
    /// The n-gram as a person reads it; hashing it gives the id.
    pub form: String,
    /// Training traces that hold it.
    pub traces: u32,
}

impl Feature {
    /// The id that texts are searched for, or `None` where the form is no n-gram of its channel.
    pub fn id(&self) -> Option<u64> {
        self.channel.id_of(&self.form)
    }
}

/// Why features are not a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VocabularyError {
    /// A form is not an n-gram of its channel.
    #[error("the feature {form:?} is no n-gram of the channel {}", channel.name())]
    NoNgram {
        /// The form.
        form: String,
        /// The channel.
        channel: Channel,
    },
    /// A form is there twice.
    #[error("the feature {form:?} stands twice")]
    Repeated {
        /// The form.
        form: String,
    },
}

/// The n-grams that an atlas knows, in an order of their own, with a table to look them up by id.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    features: Vec<Feature>,
    ids: IdTable,
}

impl Vocabulary {
    /// Indexes features and keeps their order.
    ///
    /// # Errors
    /// Where a form is no n-gram of its channel, or is there twice.
    pub fn new(features: Vec<Feature>) -> Result<Self, VocabularyError> {
        let hashed: Vec<Option<u64>> = features.par_iter().map(Feature::id).collect();
        let mut ids = IdTable::with_capacity(features.len());
        for (feature, id) in features.iter().zip(hashed) {
            let form = || feature.form.clone();
            let Some(id) = id else {
                return Err(VocabularyError::NoNgram { form: form(), channel: feature.channel });
            };
            if !ids.insert(id) {
                return Err(VocabularyError::Repeated { form: form() });
            }
        }
        ids.end_features();
        // All parts of a feature can be found, so that a search for longer and longer n-grams may
        // stop at the first that is not there.
        let parts: Vec<u64> = features
            .par_iter()
            .flat_map_iter(|feature| {
                let mut parts = Vec::new();
                feature.channel.for_each_part(&feature.form, |id| {
                    if !ids.contains(id) {
                        parts.push(id);
                    }
                });
                parts
            })
            .collect();
        for id in parts {
            ids.insert(id);
        }
        Ok(Self { features, ids })
    }

    /// The features, in the order of their indices.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The number of features.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there is no feature.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The index of the feature with this id.
    #[inline]
    pub fn index_of(&self, id: u64) -> Option<usize> {
        self.ids.index_of(id)
    }

    /// The table of ids.
    pub(super) fn ids(&self) -> &IdTable {
        &self.ids
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::word_ngrams;

    #[test]
    fn every_feature_is_found_by_its_id_and_no_other() {
        let forms = ["a", "b", "the cat", "\n\n", "Wait,"];
        let features = |forms: &[&str]| -> Vec<Feature> {
            forms
                .iter()
                .map(|form| Feature { channel: Channel::Word, form: (*form).into(), traces: 1 })
                .collect()
        };
        let vocabulary = Vocabulary::new(features(&forms)).unwrap();
        for (index, feature) in vocabulary.features().iter().enumerate() {
            assert_eq!(vocabulary.index_of(feature.id().unwrap()), Some(index));
        }
        assert_eq!(vocabulary.index_of(word_ngrams::id_of("zebra").unwrap()), None);
        let refused = |forms: &[&str]| Vocabulary::new(features(forms)).unwrap_err();
        assert!(matches!(refused(&["a", "a"]), VocabularyError::Repeated { form } if form == "a"));
        assert!(matches!(refused(&[""]), VocabularyError::NoNgram { .. }));
        assert_eq!(Vocabulary::new(Vec::new()).unwrap().index_of(5), None);
    }
}
